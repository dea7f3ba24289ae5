/* SPDX-License-Identifier: MIT */
/* From a trap to whoever handles it. Handlers get the guest's registers of the trap. */
#ifndef ASM_TRAPS_H
#define ASM_TRAPS_H

#include <asm/regs.h>
#include <xen/percpu.h>

struct vcpu;

/* arm64/traps.c: entries of entry.S */
void trap_guest_sync(struct cpu_user_regs *regs);
void trap_guest_irq(struct cpu_user_regs *regs);
void trap_guest_serror(struct cpu_user_regs *regs);
void trap_hyp_sync(struct cpu_user_regs *regs);
void trap_hyp_irq(struct cpu_user_regs *regs);
void trap_hyp_serror(struct cpu_user_regs *regs);
void trap_bad(struct cpu_user_regs *regs, unsigned int which) noreturn;

/* Way out to the guest, stack empty. Last step of it in C: softirqs, interrupts to inject. */
void leave_to_guest(void) noreturn; /* entry.S */
void prepare_to_enter(void);        /* interrupts off on return */

/*
 * Exceptions for the guest that runs here: its EL1 registers are written and regs->pc and cpsr
 * changed, so the trapped instruction is not to be stepped over.
 */
void inject_undef(struct cpu_user_regs *regs);
void inject_data_abort(struct cpu_user_regs *regs, uint64_t gva); /* synchronous external */
void inject_instr_abort(struct cpu_user_regs *regs, uint64_t gva);
void inject_serror(struct vcpu *v);

/* domain/: HVC #XEN_HYPERCALL_TAG of current, interrupts on; the PC is behind the instruction. */
void guest_hypercall(struct cpu_user_regs *regs);

/* WFI and CPU_SUSPEND of current: until an interrupt is there, whether the guest takes it or not.
 */
void wait_for_interrupt(struct vcpu *v);

/* Set while a guest's errors are let in, during a context switch. */
DECLARE_PER_CPU(struct vcpu *, serror_owner);

void dump_regs(const struct cpu_user_regs *regs);
/* Backtrace of the hypervisor from a frame pointer and PC. */
void dump_backtrace(unsigned long fp, unsigned long pc);

#endif
