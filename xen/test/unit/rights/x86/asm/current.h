/* SPDX-License-Identifier: MIT */
/* Who calls is what the test says. */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#include <public/xen.h>
#include <xen/types.h>

struct cpu_info {
    struct cpu_user_regs guest_regs;
};
struct vcpu;
extern struct vcpu *current;
#define smp_processor_id() 0U
struct cpu_info *get_cpu_info(void);
#define guest_cpu_user_regs() (&get_cpu_info()->guest_regs)

#endif
