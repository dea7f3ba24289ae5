/* SPDX-License-Identifier: MIT */
/*
 * PV guests: entries from them, and what is delivered to them.
 *
 * Kernel and user mode of a guest both run in ring 3, on different root page tables. TF_KERNEL_MODE
 * tells which. The GS base of the other mode waits in MSR_KERNEL_GS_BASE: a change of mode is
 * SWAPGS and a load of CR3.
 *
 * guest_cpu_user_regs() holds the guest's registers. Within a hypercall rbx, rbp and r12 to r15 are
 * not in it: they are saved only where the way out of the hypercall leaves the fast path.
 */
#ifndef ASM_PV_H
#define ASM_PV_H

/* entry_vector of a frame that may be left by SYSRET: negative; rcx and r11 are then free. */
#define ENTRY_SYSCALL (-1)

#ifndef __ASSEMBLY__
#include <xen/domain.h>
#include <asm/cpu.h>
#include <asm/page.h>
#include <asm/traps.h> /* pv_handle_exception() */

/* Program SYSCALL and SYSENTER of this CPU. Called on each CPU at bring-up, on its own stack. */
void pv_syscall_init(unsigned int cpu);

/* Way out to the guest, from any depth of this CPU's stack; all of guest_regs is valid. */
void ret_to_guest_tail(void) noreturn;

/*
 * Push a frame for the guest kernel's handler of @vector and go there at the way out. @error is
 * pushed for the vectors that have one. Crashes the domain where it has no handler or no stack.
 * @regs is guest_cpu_user_regs() of current.
 */
void pv_inject_exception(struct cpu_user_regs *regs, unsigned int vector, unsigned int error);
void pv_inject_page_fault(struct cpu_user_regs *regs, unsigned long addr, unsigned int error);

static inline bool pv_kernel_mode(const struct vcpu *v)
{
    return v->arch.flags & TF_KERNEL_MODE;
}
/* Change current between kernel and user mode. */
void pv_toggle_mode(struct vcpu *v);

/* Write the 128 stubs of a hypercall page (public/arch-x86/xen.h). */
void pv_fill_hypercall_page(void *page);

/* Selectors and descriptors that a guest hands in. */
#define IS_GUEST_CODE_SEL(s) (((s)&3) == 3 || ((s) & ~3) == 0)
/* Force a ring that is not the hypervisor's. */
static inline uint16_t pv_fix_selector(uint16_t sel)
{
    return sel & 3 ? sel | 3 : sel;
}
static inline uint16_t pv_fix_code_selector(uint16_t sel)
{
    return sel | 3;
}
/*
 * May @desc stand in a guest's descriptor table? Not present or a code or data segment of ring 3
 * (ring 0 is raised to 3 in place).
 */
bool pv_descriptor_ok(uint64_t *desc);

/* GDT of a vCPU: @frames as machine frames of @entries descriptors. 0, -EINVAL. */
int pv_set_gdt(struct vcpu *v, const unsigned long *frames, unsigned int entries);
void pv_destroy_gdt(struct vcpu *v);
/* Load the LDT register for @v on this CPU (empty where ldt_ents is 0). */
void pv_load_ldt(const struct vcpu *v);

/* Debug registers: checks of MOV DRn and set_debugreg. 0, -EINVAL, -ENODEV (reg 4, 5). */
/* CR0.TS as the guest sees it. @v is current. */
void pv_set_ts(struct vcpu *v, bool ts);
long pv_set_debugreg(struct vcpu *v, unsigned int reg, unsigned long value);
unsigned long pv_get_debugreg(const struct vcpu *v, unsigned int reg);

/* CR4 for @v: the hypervisor's own bits and those of the guest's that it may have. */
unsigned long pv_guest_cr4(const struct vcpu *v);
unsigned long pv_fix_guest_cr4(const struct vcpu *v, unsigned long cr4);

/* Privileged instruction at @regs: 1 emulated (registers advanced), 0 to be bounced as #GP. */
int pv_emulate_privileged(struct cpu_user_regs *regs);
/* #UD: the forced-emulation prefix and CPUID. Same result. */
int pv_emulate_forced(struct cpu_user_regs *regs);
/* May current access ports [@port, @port + @bytes)? By iopl or its I/O bitmap (not: its rights). */
bool pv_port_allowed(const struct vcpu *v, unsigned int port, unsigned int bytes);
/* 0xcf8 and its data window, and the ports a domain owns. Values are @bytes wide. */
uint32_t pv_port_read(struct vcpu *v, unsigned int port, unsigned int bytes);
void pv_port_write(struct vcpu *v, unsigned int port, unsigned int bytes, uint32_t value);
/* MSRs of current by RDMSR, WRMSR. 0, or -EINVAL: #GP. */
int pv_read_msr(struct vcpu *v, uint32_t msr, uint64_t *value);
int pv_write_msr(struct vcpu *v, uint32_t msr, uint64_t value);
/* current's TSC_AUX has changed, or becomes this CPU's. */
void pv_load_tsc_aux(const struct vcpu *v);
/* TSC as @v sees it when it is emulated. */
uint64_t pv_guest_tsc(const struct vcpu *v);

/* NMI for a vCPU (XEN_DOMCTL_SENDTRIGGER_NMI). */
void pv_send_nmi(struct vcpu *v);
#endif

#endif
