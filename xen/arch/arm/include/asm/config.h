/* SPDX-License-Identifier: MIT */
/* What is fixed at build time. */
#ifndef ASM_CONFIG_H
#define ASM_CONFIG_H

#define NR_CPUS     128
#define STACK_ORDER 3 /* 8 pages per CPU, the lowest is a guard; see current.h */
#define STACK_SIZE  (4096 << STACK_ORDER)

#define CONFIG_HAS_AREA_PAGES
#define CONFIG_XSM_SILO_DEFAULT /* as Debian builds the hypervisor of arm64 */

#endif
