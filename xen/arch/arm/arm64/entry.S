/* SPDX-License-Identifier: MIT */
/*
 * Vectors of EL2. While a guest runs, SP_EL2 points to the end of guest_regs at the top of the
 * stack, so a trap fills that frame. A trap from the hypervisor pushes a frame where its stack is.
 */
#include <asm/config.h>
#include <generated/asm-offsets.h>

        .macro  save_regs
        stp     x0, x1, [sp, #-REGS_size]!
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x19, [sp, #144]
        stp     x20, x21, [sp, #160]
        stp     x22, x23, [sp, #176]
        stp     x24, x25, [sp, #192]
        stp     x26, x27, [sp, #208]
        stp     x28, x29, [sp, #224]
        mrs     x21, elr_el2
        mrs     x22, spsr_el2
        mrs     x23, esr_el2
        str     x30, [sp, #240]
        stp     x21, x22, [sp, #REGS_pc]
        str     x23, [sp, #REGS_esr]
        .endm

/* What calls may have changed, and x21-x23, which we used. */
        .macro  restore_regs
        ldp     x21, x22, [sp, #REGS_pc]
        ldp     x0, x1, [sp]
        ldp     x2, x3, [sp, #16]
        msr     elr_el2, x21
        msr     spsr_el2, x22
        ldp     x4, x5, [sp, #32]
        ldp     x6, x7, [sp, #48]
        ldp     x8, x9, [sp, #64]
        ldp     x10, x11, [sp, #80]
        ldp     x12, x13, [sp, #96]
        ldp     x14, x15, [sp, #112]
        ldp     x16, x17, [sp, #128]
        ldp     x18, x19, [sp, #144]
        ldp     x20, x21, [sp, #160]
        ldp     x22, x23, [sp, #176]
        ldp     x24, x25, [sp, #192]
        ldp     x26, x27, [sp, #208]
        ldp     x28, x29, [sp, #224]
        ldr     x30, [sp, #240]
        add     sp, sp, #REGS_size
        eret
        /* No speculation past the return. */
        dsb     nsh
        isb
        .endm

        .section .text.entry, "ax"
hyp_trap:
        mrs     x1, far_el2
        add     x0, sp, #REGS_size
        str     x0, [sp, #REGS_sp]
        str     x1, [sp, #REGS_esr + 8]
        /* A frame record, for backtraces through the trap. */
        mov     x0, sp
        stp     x29, x21, [sp, #-16]!
        mov     x29, sp
        blr     x20
        add     sp, sp, #16
        restore_regs

guest_trap:
        mov     x0, sp
        mov     x29, xzr
        blr     x20
to_guest:
        bl      prepare_to_enter        /* leaves interrupts off */
        restore_regs

        .globl leave_to_guest
leave_to_guest:
        mov     x0, sp
        orr     x0, x0, #(STACK_SIZE - 1)
        add     x0, x0, #1
        sub     sp, x0, #CPUINFO_size
        mov     x29, xzr
        b       to_guest

/* x0: function that does not return, to be called with an empty stack */
        .globl reset_stack_and_jump
reset_stack_and_jump:
        mov     x1, sp
        orr     x1, x1, #(STACK_SIZE - 1)
        add     x1, x1, #1
        sub     sp, x1, #CPUINFO_size
        mov     x29, xzr
        mov     x30, xzr
        br      x0

bad_trap:
        mov     x0, sp
        add     x2, sp, #REGS_size
        str     x2, [sp, #REGS_sp]
        mrs     x2, far_el2
        str     x2, [sp, #REGS_esr + 8]
        mov     x1, x20
        bl      trap_bad
1:      wfe
        b       1b

        .macro  vector path, handler
        .balign 128
        save_regs
        ldr     x20, =\handler
        b       \path
        .endm

        .section .text.vectors, "ax"
        .balign 2048
        .globl vectors
vectors:
        /* EL2 with SP_EL0: never used */
        vector  bad_trap, 0
        vector  bad_trap, 1
        vector  bad_trap, 2
        vector  bad_trap, 3
        /* EL2 */
        vector  hyp_trap, trap_hyp_sync
        vector  hyp_trap, trap_hyp_irq
        vector  bad_trap, 6
        vector  hyp_trap, trap_hyp_serror
        /* a guest, AArch64 */
        vector  guest_trap, trap_guest_sync
        vector  guest_trap, trap_guest_irq
        vector  bad_trap, 10
        vector  guest_trap, trap_guest_serror
        /* a guest, AArch32 */
        vector  guest_trap, trap_guest_sync
        vector  guest_trap, trap_guest_irq
        vector  bad_trap, 14
        vector  guest_trap, trap_guest_serror
        .ltorg

        .macro  fp_all insn
        \insn   q0, q1, [x0]
        \insn   q2, q3, [x0, #32]
        \insn   q4, q5, [x0, #64]
        \insn   q6, q7, [x0, #96]
        \insn   q8, q9, [x0, #128]
        \insn   q10, q11, [x0, #160]
        \insn   q12, q13, [x0, #192]
        \insn   q14, q15, [x0, #224]
        \insn   q16, q17, [x0, #256]
        \insn   q18, q19, [x0, #288]
        \insn   q20, q21, [x0, #320]
        \insn   q22, q23, [x0, #352]
        \insn   q24, q25, [x0, #384]
        \insn   q26, q27, [x0, #416]
        \insn   q28, q29, [x0, #448]
        \insn   q30, q31, [x0, #480]
        .endm

        .section .text.entry, "ax"
/* x0: struct fp_state */
        .globl fp_save, fp_load
fp_save:
        fp_all  stp
        mrs     x1, fpcr
        mrs     x2, fpsr
        str     x1, [x0, #512]
        str     x2, [x0, #520]
        ret

fp_load:
        fp_all  ldp
        ldr     x1, [x0, #512]
        ldr     x2, [x0, #520]
        msr     fpcr, x1
        msr     fpsr, x2
        ret
