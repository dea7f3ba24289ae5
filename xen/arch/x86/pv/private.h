/* SPDX-License-Identifier: MIT */
#ifndef PV_PRIVATE_H
#define PV_PRIVATE_H

#include <asm/pv.h>

/* Stubs, 32 bytes for each CPU; what they load rsp from: &guest_regs.es of that CPU. */
extern char pv_syscall_stubs[], pv_syscall32_stubs[], pv_sysenter_entry[];
extern unsigned long pv_syscall_stack[NR_CPUS];

/* Called from entry.S with the frame; interrupts on. */
void pv_user_syscall(struct cpu_user_regs *regs);
void pv_user_syscall32(struct cpu_user_regs *regs);
void pv_user_sysenter(struct cpu_user_regs *regs);
void pv_deliver_event(struct cpu_user_regs *regs);
void pv_deliver_nmi(struct cpu_user_regs *regs);
void pv_iret_failed(struct cpu_user_regs *regs);
void pv_hypercall_restarted(void);

/* Load data selectors. Bit n (0 ds, 1 es, 2 fs, 3 gs) of the result: refused, null is loaded. */
unsigned int pv_load_selectors(unsigned int ds, unsigned int es, unsigned int fs, unsigned int gs);
/* Load GS for user mode, while in kernel mode. 0, or 1: refused, null is loaded. */
unsigned int pv_load_user_gs(unsigned int sel);
/* Forget this CPU's stack and call @fn. */
void pv_reset_stack_and_jump(void (*fn)(void)) noreturn;

/* Bounce to the failsafe callback: the selectors @sel (ds, es, fs, gs) are on the frame. */
void pv_push_failsafe(struct cpu_user_regs *regs, const uint16_t sel[4]);
void pv_read_selectors(uint16_t sel[4]);

/* DR0 to DR3 and DR7 of a vCPU with armed breakpoints; none armed. */
void pv_debugregs_load(const struct vcpu *v);
void pv_debugregs_off(void);

#endif
