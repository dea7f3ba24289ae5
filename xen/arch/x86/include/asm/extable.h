/* SPDX-License-Identifier: MIT */
/*
 * Instructions that may fault, and where to go on when they do. The table is sorted at boot;
 * until extable_sort() has run no fault is fixed up.
 */
#ifndef ASM_EXTABLE_H
#define ASM_EXTABLE_H

#ifdef __ASSEMBLY__
/* clang-format off */
#define ASM_EXTABLE(from, to)                                                                      \
    .pushsection .ex_table, "a";                                                                   \
    .balign 4;                                                                                     \
    .long (from) - ., (to) - .;                                                                    \
    .popsection
/* clang-format on */
#else
#include <xen/types.h>

/* Inside of an asm statement: ASM_EXTABLE("1b", "2b"). */
#define ASM_EXTABLE(from, to)                                                                      \
    ".pushsection .ex_table, \"a\"\n"                                                              \
    ".balign 4\n"                                                                                  \
    ".long (" from ") - ., (" to ") - .\n"                                                         \
    ".popsection\n"

struct extable_entry {
    int32_t from, to; /* each from its own place */
};

void extable_sort(void);
/* Where to go on after a fault at @rip; 0: nowhere. */
unsigned long extable_find(unsigned long rip);
#endif

#endif
