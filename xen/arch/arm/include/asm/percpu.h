/* SPDX-License-Identifier: MIT */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

/* A CPU never changes under running code, so the compiler may keep the value. */
static inline __attribute__((__always_inline__)) unsigned long this_cpu_offset(void)
{
    unsigned long off;

    __asm__("mrs %0, tpidr_el2" : "=r"(off));
    return off;
}

#endif
