/* SPDX-License-Identifier: MIT */
/* Offsets for assembly: compiled to text, from which generated/asm-offsets.h is made. */
#include <xen/domain.h>
#include <xen/hypercall.h>
#include <xen/percpu.h>
#include <xen/softirq.h>
#include <asm/current.h>

#define DEFINE(name, value)        __asm__ volatile("\n.ascii \"==>" #name " %0<==\"" ::"i"(value))
#define OFFSET(name, type, member) DEFINE(name, offsetof(type, member))

void asm_offsets(void);
void asm_offsets(void)
{
    OFFSET(REGS_r15, struct cpu_user_regs, r15);
    OFFSET(REGS_r14, struct cpu_user_regs, r14);
    OFFSET(REGS_r13, struct cpu_user_regs, r13);
    OFFSET(REGS_r12, struct cpu_user_regs, r12);
    OFFSET(REGS_rbp, struct cpu_user_regs, rbp);
    OFFSET(REGS_rbx, struct cpu_user_regs, rbx);
    OFFSET(REGS_r11, struct cpu_user_regs, r11);
    OFFSET(REGS_r10, struct cpu_user_regs, r10);
    OFFSET(REGS_r9, struct cpu_user_regs, r9);
    OFFSET(REGS_r8, struct cpu_user_regs, r8);
    OFFSET(REGS_rax, struct cpu_user_regs, rax);
    OFFSET(REGS_rcx, struct cpu_user_regs, rcx);
    OFFSET(REGS_rdx, struct cpu_user_regs, rdx);
    OFFSET(REGS_rsi, struct cpu_user_regs, rsi);
    OFFSET(REGS_rdi, struct cpu_user_regs, rdi);
    OFFSET(REGS_error_code, struct cpu_user_regs, error_code);
    OFFSET(REGS_entry_vector, struct cpu_user_regs, entry_vector);
    OFFSET(REGS_rip, struct cpu_user_regs, rip);
    OFFSET(REGS_cs, struct cpu_user_regs, cs);
    OFFSET(REGS_rflags, struct cpu_user_regs, rflags);
    OFFSET(REGS_rsp, struct cpu_user_regs, rsp);
    OFFSET(REGS_ss, struct cpu_user_regs, ss);
    OFFSET(REGS_es, struct cpu_user_regs, es);
    DEFINE(REGS_size, sizeof(struct cpu_user_regs));
    OFFSET(CPUINFO_cpu, struct cpu_info, cpu);
    OFFSET(CPUINFO_current, struct cpu_info, current_vcpu);
    OFFSET(CPUINFO_percpu, struct cpu_info, per_cpu_offset);
    OFFSET(CPUINFO_cr4, struct cpu_info, cr4);
    DEFINE(CPUINFO_size, sizeof(struct cpu_info));
    OFFSET(VCPU_domain, struct vcpu, domain);
    OFFSET(VCPU_vcpu_info, struct vcpu, vcpu_info);
    OFFSET(VCPU_arch_flags, struct vcpu, arch.flags);
    OFFSET(VCPU_nmi_pending, struct vcpu, nmi_pending);
    OFFSET(VCPU_bounce, struct vcpu, arch.pv.bounce);
    OFFSET(VCPU_hcall_restart, struct vcpu, hcall.restart);
    OFFSET(BOUNCE_flags, struct trap_bounce, flags);
    OFFSET(VINFO_pending, struct vcpu_info, evtchn_upcall_pending);
    OFFSET(VINFO_mask, struct vcpu_info, evtchn_upcall_mask);
    DEFINE(HCALL_entry_size, sizeof(struct hypercall_entry));
}
