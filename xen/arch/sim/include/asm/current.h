/* SPDX-License-Identifier: MIT */
/* The simulated CPU on which the running thread is. */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#include <asm/config.h>
#include <xen/types.h>

struct vcpu;

struct cpu_info {
    unsigned int cpu;
    bool irqs_on;
    struct vcpu *current_vcpu;
    unsigned long per_cpu_offset;
    s_time_t deadline; /* of its one-shot timer, 0: none */
    unsigned int irqs; /* SIM_IRQ_*: sent to it and not yet taken */
    bool busy;         /* somewhere in the hypervisor; not to be entered again */
    bool idling;       /* in port_idle(), for RCU */
    void *resume;      /* jmp_buf: where its way out of the hypervisor leads */
};
#define SIM_IRQ_CHECK 1U /* look at your softirqs */
#define SIM_IRQ_CALL  2U
#define SIM_IRQ_LATER 4U /* come back: it waits for others */

extern struct cpu_info sim_cpus[NR_CPUS];
extern __thread struct cpu_info *sim_this;

static always_inline struct cpu_info *get_cpu_info(void)
{
    return sim_this;
}
#define current            (get_cpu_info()->current_vcpu)
#define smp_processor_id() (get_cpu_info()->cpu)

#endif
