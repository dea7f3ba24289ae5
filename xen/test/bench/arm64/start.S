/* SPDX-License-Identifier: MIT */
/*
 * A Linux Image of our own: header, one to one translation by blocks (the one that holds this image
 * and those after it for 2 GiB are memory, the others devices), vectors, and a second CPU.
 */
#ifdef GRANULE_64K
#define BLOCK_SHIFT 29
#define NR_BLOCKS   8192                /* 42 bits, a table of 64 KiB at level 2 */
#define TCR         0x200807516
#elif defined(GRANULE_16K)
#define BLOCK_SHIFT 25
#define NR_BLOCKS   2048                /* 36 bits, a table of 16 KiB at level 2 */
#define TCR         0x20080b51c
#else
#define BLOCK_SHIFT 30
#define NR_BLOCKS   512                 /* 39 bits, a table of 4 KiB at level 1 */
#define TCR         0x200803519
#endif
#define MEMORY_BLOCKS (1 << (31 - BLOCK_SHIFT))

        .text
        .globl _start
_start:
        b       1f
        .long   0
        .quad   0                       /* offset from a 2 MiB boundary */
        .quad   image_bytes
        .quad   0xa                     /* little endian, 4K pages, anywhere */
        .quad   0, 0, 0
        .ascii  "ARM\x64"
        .long   0

1:      adr     x1, _start
        adrp    x2, table
        add     x2, x2, :lo12:table
        lsr     x3, x1, #BLOCK_SHIFT
        mov     x4, #0
        mov     x6, #0x405              /* block, AF, attribute 1: device */
        mov     x7, #0x701              /* block, AF, inner shareable, attribute 0: memory */
2:      lsl     x5, x4, #BLOCK_SHIFT
        sub     x8, x4, x3
        cmp     x8, #MEMORY_BLOCKS
        csel    x8, x7, x6, lo
        orr     x5, x5, x8
        str     x5, [x2, x4, lsl #3]
        add     x4, x4, #1
        cmp     x4, #NR_BLOCKS
        b.lo    2b
        adrp    x0, stack0
        add     x0, x0, :lo12:stack0
        mov     x19, #0
        b       3f

        .globl second_entry
second_entry:
        adrp    x0, stack1
        add     x0, x0, :lo12:stack1
        mov     x19, #1

3:      add     sp, x0, #0x4000
        ldr     x0, =0x04ff             /* 0: write-back, 1: device nGnRE */
        msr     mair_el1, x0
        ldr     x0, =TCR                /* 40-bit machine addresses, no TTBR1 */
        msr     tcr_el1, x0
        adrp    x0, table
        add     x0, x0, :lo12:table
        msr     ttbr0_el1, x0
        mov     x0, #(3 << 20)
        msr     cpacr_el1, x0
        adrp    x0, vectors
        add     x0, x0, :lo12:vectors
        msr     vbar_el1, x0
        dsb     sy
        tlbi    vmalle1
        dsb     sy
        isb
        ldr     x0, =0x30d0180d         /* MMU, caches */
        msr     sctlr_el1, x0
        isb
        mov     x0, x19
        bl      main
4:      wfi
        b       4b
        .ltorg

/* The number of a trapped access is all that the handler tells of: the instruction is stepped
 * over. Interrupts go to C. */
        .macro  frame_in
        sub     sp, sp, #192
        stp     x0, x1, [sp]
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x30, [sp, #144]
        .endm
        .macro  frame_out
        ldp     x0, x1, [sp]
        ldp     x2, x3, [sp, #16]
        ldp     x4, x5, [sp, #32]
        ldp     x6, x7, [sp, #48]
        ldp     x8, x9, [sp, #64]
        ldp     x10, x11, [sp, #80]
        ldp     x12, x13, [sp, #96]
        ldp     x14, x15, [sp, #112]
        ldp     x16, x17, [sp, #128]
        ldp     x18, x30, [sp, #144]
        add     sp, sp, #192
        .endm

on_sync:
        str     x0, [sp, #-16]!
        mrs     x0, esr_el1
        lsr     x0, x0, #26
        cmp     x0, #0x25               /* data abort */
        b.ne    on_bad
        mrs     x0, elr_el1
        add     x0, x0, #4
        msr     elr_el1, x0
        ldr     x0, [sp], #16
        eret
on_irq:
        frame_in
        bl      interrupt
        frame_out
        eret
on_bad:
        mrs     x0, esr_el1
        mrs     x1, elr_el1
        mrs     x2, far_el1
        bl      bad_trap

        .balign 2048
vectors:
        .rept   4
        .balign 128
        b       on_bad
        .endr
        .balign 128
        b       on_sync
        .balign 128
        b       on_irq
        .rept   10
        .balign 128
        b       on_bad
        .endr

        .section .bss
        .balign 65536
table:  .space  NR_BLOCKS * 8
stack0: .space  0x4000
stack1: .space  0x4000
