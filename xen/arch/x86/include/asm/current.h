/* SPDX-License-Identifier: MIT */
/*
 * A CPU's stack: STACK_SIZE bytes, aligned to their size, in pages
 *   0 #DF, 1 NMI, 2 #MC, 3 #DB (one IST stack each), 4 guard, 5-7 the stack,
 * with struct cpu_info at the very top. Any of its stack pointers leads to it.
 */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#include <asm/config.h>
#include <stddef.h>
#include <xen/compiler.h>
#include <public/xen.h> /* struct cpu_user_regs */

struct vcpu;

struct cpu_info {
    struct cpu_user_regs guest_regs; /* pushed on entry from a guest */
    unsigned int cpu;
    unsigned int pad;
    struct vcpu *current_vcpu;
    unsigned long per_cpu_offset;
    unsigned long cr4; /* as the CPU has it now */
};
/* The CPU aligns its stack to 16 bytes before it pushes: TSS.RSP0 is the end of guest_regs' part
 * which it pushes, and must be aligned. */
_Static_assert((sizeof(struct cpu_info) - offsetof(struct cpu_user_regs, es)) % 16 == 0, "RSP0");

static always_inline struct cpu_info *get_cpu_info(void)
{
    unsigned long sp;

    __asm__("mov %%rsp, %0" : "=r"(sp));
    return (struct cpu_info *)((sp | (STACK_SIZE - 1)) + 1) - 1;
}
#define current               (get_cpu_info()->current_vcpu)
#define smp_processor_id()    (get_cpu_info()->cpu)
#define guest_cpu_user_regs() (&get_cpu_info()->guest_regs)

#endif
