/* SPDX-License-Identifier: MIT */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <asm/current.h>

#define this_cpu_offset() (get_cpu_info()->per_cpu_offset)

#endif
