/* SPDX-License-Identifier: MIT */
/*
 * A CPU's stack: STACK_SIZE bytes, aligned to their size; the lowest page is a guard, at the top
 * stand the registers of the guest that runs here, as saved by its last trap.
 */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#include <asm/config.h>
#include <asm/regs.h>
#include <xen/percpu.h>

struct vcpu;

struct cpu_info {
    struct cpu_user_regs guest_regs;
};

DECLARE_PER_CPU(struct vcpu *, current_vcpu);
DECLARE_PER_CPU(unsigned int, cpu_number);

static always_inline struct cpu_info *get_cpu_info(void)
{
    unsigned long sp;

    __asm__("mov %0, sp" : "=r"(sp));
    return (struct cpu_info *)((sp | (STACK_SIZE - 1)) + 1) - 1;
}
#define current               this_cpu(current_vcpu)
#define smp_processor_id()    this_cpu(cpu_number)
#define guest_cpu_user_regs() (&get_cpu_info()->guest_regs)

#endif
