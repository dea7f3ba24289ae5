/* SPDX-License-Identifier: MIT */
#ifndef CPU_PRIVATE_H
#define CPU_PRIVATE_H

struct cpu_user_regs;

/* On their own stacks where they hit the hypervisor. */
void do_nmi(struct cpu_user_regs *regs);
void do_mce(struct cpu_user_regs *regs);

#endif
