/* SPDX-License-Identifier: MIT */
/* Entry from the firmware, with its stack and its MMU, and the way out of both. */
#include <asm/sysregs.h>

        .section .text.efi, "ax"
/* x0: handle of the image, x1: system table */
        .globl efi_entry
efi_entry:
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        bl      efi_stub
        ldp     x29, x30, [sp], #16
        ret

        .globl efi_exception_level
efi_exception_level:
        mrs     x0, CurrentEL
        lsr     x0, x0, #2
        ret

/* Clean and drop [x0, x0 + x1) down to memory. Clobbers x2, x3. */
write_back:
        add     x1, x0, x1
        mrs     x2, ctr_el0
        ubfx    x2, x2, #16, #4
        mov     x3, #4
        lsl     x3, x3, x2
        sub     x2, x3, #1
        bic     x0, x0, x2
1:      dc      civac, x0
        add     x0, x0, x3
        cmp     x0, x1
        b.lo    1b
        dsb     sy
        ret

/* x0: device tree, x1: the copy, x2: its bytes */
        .globl efi_leave
efi_leave:
        msr     daifset, #0xf
        mov     x20, x0
        mov     x21, x1
        mov     x0, x1
        mov     x1, x2
        bl      write_back
        adr     x0, efi_entry
        adr     x1, efi_end
        sub     x1, x1, x0
        bl      write_back
        mov     x0, x20
        mrs     x1, sctlr_el2
        mov     x2, #(SCTLR_M | SCTLR_C)
        orr     x2, x2, #SCTLR_I
        bic     x1, x1, x2
        msr     sctlr_el2, x1
        isb
        ic      iallu
        tlbi    alle2
        dsb     sy
        isb
        br      x21
efi_end:
