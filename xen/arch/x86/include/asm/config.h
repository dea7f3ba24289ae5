/* SPDX-License-Identifier: MIT */
/* Sizes fixed at build time. */
#ifndef ASM_CONFIG_H
#define ASM_CONFIG_H

#define NR_CPUS     256
#define STACK_ORDER 3 /* 8 pages per CPU, see current.h */
#define STACK_SIZE  (4096UL << STACK_ORDER)

#endif
