/* SPDX-License-Identifier: MIT */
/* SYSCALL and SYSENTER of a CPU; the hypercall page; restarted hypercalls. */
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <asm/current.h>
#include <asm/desc.h>
#include <asm/setup.h>
#include <xen/port/domain.h>
#include "private.h"

#define STUB_SIZE        32
#define MSR_SYSENTER_CS  0x174
#define MSR_SYSENTER_ESP 0x175
#define MSR_SYSENTER_EIP 0x176

#define SYSCALL_MASK                                                                               \
    (EFLAGS_VM | EFLAGS_RF | EFLAGS_NT | EFLAGS_DF | EFLAGS_IF | EFLAGS_TF | EFLAGS_AC |           \
     EFLAGS_IOPL)

void pv_syscall_init(unsigned int cpu)
{
    unsigned long top = (unsigned long)&get_cpu_info()->guest_regs.es;

    pv_syscall_stack[cpu] = top;
    wrmsr(MSR_STAR, (uint64_t)GUEST_CS32 << 48 | (uint64_t)XEN_CS64 << 32);
    wrmsr(MSR_LSTAR, (unsigned long)pv_syscall_stubs + STUB_SIZE * (unsigned long)cpu);
    wrmsr(MSR_CSTAR, (unsigned long)pv_syscall32_stubs + STUB_SIZE * (unsigned long)cpu);
    wrmsr(MSR_SYSCALL_MASK, SYSCALL_MASK);
    if (!cpu_has(XEN_X86_FEATURE_SEP))
        return;
    if (boot_cpu.is_intel) {
        wrmsr(MSR_SYSENTER_ESP, top);
        wrmsr(MSR_SYSENTER_EIP, (unsigned long)pv_sysenter_entry);
    }
    wrmsr(MSR_SYSENTER_CS, boot_cpu.is_intel ? XEN_CS64 : 0);
}

/* Source: public/arch-x86/xen.h and xen-x86_64.h: the 32 bytes of call N are at 32 * N. */
void pv_fill_hypercall_page(void *page)
{
    /* push rcx; push r11; mov eax, N; syscall; pop r11; pop rcx; ret */
    static const uint8_t stub[] = {0x51, 0x41, 0x53, 0xb8, 0,    0,    0,
                                   0,    0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3};
    /* push rcx; push r11; push rax; mov eax, iret; syscall: the frame of struct iret_context */
    static const uint8_t iret_stub[] = {0x51, 0x41, 0x53, 0x50, 0xb8, __HYPERVISOR_iret,
                                        0,    0,    0,    0x0f, 0x05};
    uint8_t *p = page;

    memset(page, 0xcc, PAGE_SIZE);
    for (unsigned int i = 0; i < PAGE_SIZE / 32; i++, p += 32) {
        memcpy(p, stub, sizeof(stub));
        p[4] = (uint8_t)i;
    }
    memcpy((uint8_t *)page + __HYPERVISOR_iret * 32, iret_stub, sizeof(iret_stub));
}

void port_hypercall_restart(struct vcpu *v, const struct hypercall_ctx *hc)
{
    struct cpu_user_regs *regs = guest_cpu_user_regs();
    uint64_t *const arg[6] = {&regs->rdi, &regs->rsi, &regs->rdx, &regs->r10, &regs->r8, &regs->r9};

    regs->rip -= 2;
    regs->rax = hc->op;
    for (unsigned int i = 0; i < hc->nr_args && i < 6; i++)
        *arg[i] = hc->args[i];
}

void pv_hypercall_restarted(void)
{
    struct vcpu *v = current;

    /* Or just a result of the same value, of the iret call. */
    if (!v->hcall.restart) {
        guest_cpu_user_regs()->rax = (uint64_t)-ERESTART;
        return;
    }
    v->hcall.restart = false;
    port_hypercall_restart(v, &v->hcall);
}
