/* SPDX-License-Identifier: MIT */
/* memcpy, memmove and memset for whole pages and small structures; on normal memory only. */

        .section .text.memcpy, "ax"
/* x0: to, x1: from, x2: bytes; returns x0 */
        .globl memcpy
        .type memcpy, %function
memcpy:
        mov     x3, x0
        subs    x2, x2, #64
        b.lo    2f
1:      ldp     x4, x5, [x1]
        ldp     x6, x7, [x1, #16]
        ldp     x8, x9, [x1, #32]
        ldp     x10, x11, [x1, #48]
        add     x1, x1, #64
        stp     x4, x5, [x3]
        stp     x6, x7, [x3, #16]
        stp     x8, x9, [x3, #32]
        stp     x10, x11, [x3, #48]
        add     x3, x3, #64
        subs    x2, x2, #64
        b.hs    1b
        /* The low six bits of x2 are what is left. */
2:      tbz     x2, #5, 3f
        ldp     x4, x5, [x1], #16
        ldp     x6, x7, [x1], #16
        stp     x4, x5, [x3], #16
        stp     x6, x7, [x3], #16
3:      tbz     x2, #4, 4f
        ldp     x4, x5, [x1], #16
        stp     x4, x5, [x3], #16
4:      tbz     x2, #3, 5f
        ldr     x4, [x1], #8
        str     x4, [x3], #8
5:      tbz     x2, #2, 6f
        ldr     w4, [x1], #4
        str     w4, [x3], #4
6:      tbz     x2, #1, 7f
        ldrh    w4, [x1], #2
        strh    w4, [x3], #2
7:      tbz     x2, #0, 8f
        ldrb    w4, [x1]
        strb    w4, [x3]
8:      ret
        .size memcpy, . - memcpy

        .section .text.memset, "ax"
/* x0: to, w1: byte, x2: bytes; returns x0 */
        .globl memset
        .type memset, %function
memset:
        and     x1, x1, #0xff
        mov     x4, #0x0101010101010101
        mul     x4, x1, x4
        mov     x3, x0
        cbnz    x1, 1f
        /* Zeroes by cache line, where lines are 64 bytes and the range is made of them. */
        orr     x5, x0, x2
        tst     x5, #63
        b.ne    1f
        mrs     x5, dczid_el0
        cmp     x5, #4                  /* not prohibited, 16 words */
        b.ne    1f
        cbz     x2, 8f
9:      dc      zva, x3
        add     x3, x3, #64
        subs    x2, x2, #64
        b.hi    9b
        ret
1:      subs    x2, x2, #32
        b.lo    3f
2:      stp     x4, x4, [x3]
        stp     x4, x4, [x3, #16]
        add     x3, x3, #32
        subs    x2, x2, #32
        b.hs    2b
3:      tbz     x2, #4, 4f
        stp     x4, x4, [x3], #16
4:      tbz     x2, #3, 5f
        str     x4, [x3], #8
5:      tbz     x2, #2, 6f
        str     w4, [x3], #4
6:      tbz     x2, #1, 7f
        strh    w4, [x3], #2
7:      tbz     x2, #0, 8f
        strb    w4, [x3]
8:      ret
        .size memset, . - memset

        .section .text.memmove, "ax"
/* As memcpy; the ranges may overlap. memcpy reads what it writes over before it does, upwards. */
        .globl memmove
        .type memmove, %function
memmove:
        sub     x3, x0, x1
        cmp     x3, x2
        b.hs    memcpy
        add     x3, x0, x2
        add     x1, x1, x2
        subs    x2, x2, #16
        b.lo    2f
1:      ldp     x4, x5, [x1, #-16]!
        stp     x4, x5, [x3, #-16]!
        subs    x2, x2, #16
        b.hs    1b
2:      tbz     x2, #3, 3f
        ldr     x4, [x1, #-8]!
        str     x4, [x3, #-8]!
3:      tbz     x2, #2, 4f
        ldr     w4, [x1, #-4]!
        str     w4, [x3, #-4]!
4:      tbz     x2, #1, 5f
        ldrh    w4, [x1, #-2]!
        strh    w4, [x3, #-2]!
5:      tbz     x2, #0, 6f
        ldrb    w4, [x1, #-1]
        strb    w4, [x3, #-1]
6:      ret
        .size memmove, . - memmove
