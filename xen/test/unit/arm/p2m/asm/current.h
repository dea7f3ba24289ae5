/* SPDX-License-Identifier: MIT */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#include <xen/types.h>

struct vcpu;
extern struct vcpu *current;
extern unsigned int this_pcpu;
#define smp_processor_id() this_pcpu

#endif
