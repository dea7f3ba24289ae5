/* SPDX-License-Identifier: MIT */
/* What is fixed at build time. */
#ifndef ASM_CONFIG_H
#define ASM_CONFIG_H

#define NR_CPUS    64
#define STACK_SIZE 0x10000UL

#define CONFIG_HAS_AREA_PAGES
#define CONFIG_RAM_STARTS_ZERO /* nothing in it to scrub */

#endif
