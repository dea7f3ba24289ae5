/* SPDX-License-Identifier: MIT */
/* The iret hypercall, change of mode, segment bases. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <asm/current.h>
#include <asm/desc.h>
#include <asm/shadow.h>
#include <asm/time.h>
#include "private.h"

/* The guest's RFLAGS that our IRET may load. */
#define IRET_FLAGS_CLEAR (EFLAGS_IOPL | EFLAGS_VM | EFLAGS_NT | EFLAGS_VIF | EFLAGS_VIP)

static void write_due_areas(struct vcpu *v)
{
    if (v->arch.pv.time_area_due)
        time_update_area(v);
    if (v->arch.pv.runstate_area_due)
        vcpu_update_runstate_area(v);
    v->arch.pv.runstate_area_due = v->arch.pv.time_area_due = false;
}

void pv_toggle_mode(struct vcpu *v)
{
    mfn_t root;

    v->arch.flags ^= TF_KERNEL_MODE;
    root = pv_kernel_mode(v) ? v->arch.guest_table : v->arch.guest_table_user;
    __asm__ volatile("swapgs" ::: "memory");
    v->arch.cr3 = shadow_in_use(v->domain) ? shadow_cr3(v) : mfn_to_maddr(root);
    write_cr3(v->arch.cr3);
    if (unlikely(v->arch.pv.runstate_area_due | v->arch.pv.time_area_due) && pv_kernel_mode(v))
        write_due_areas(v);
}

/* The NMI handler returns: the one that has come meanwhile is next. */
static void nmi_unmask(struct vcpu *v)
{
    if (v->arch.async_exception_mask_nmi & 2)
        v->nmi_pending = 1;
    v->arch.async_exception_mask_nmi = 0;
}

static long do_iret(void)
{
    struct vcpu *v = current;
    struct cpu_user_regs *regs = guest_cpu_user_regs();
    struct iret_context ctx;

    if (unlikely(copy_from_guest_bytes(&ctx, (const void *)regs->rsp, sizeof(ctx)))) {
        domain_crash(v->domain, "iret: no frame at %016lx", (unsigned long)regs->rsp);
        return 0;
    }
    if ((ctx.cs & 3) == 3) {
        if (unlikely(mfn_eq(v->arch.guest_table_user, INVALID_MFN))) {
            domain_crash(v->domain, "iret to user mode, which has no page tables");
            return 0;
        }
        pv_toggle_mode(v);
    }
    regs->rip = ctx.rip;
    regs->cs = pv_fix_code_selector(ctx.cs);
    regs->ss = ctx.ss | 3;
    regs->rsp = ctx.rsp;
    regs->rflags = (ctx.rflags & ~IRET_FLAGS_CLEAR) | EFLAGS_IF | EFLAGS_MBS;
    if (!(ctx.flags & VGCF_in_syscall)) {
        regs->rcx = ctx.rcx;
        regs->r11 = ctx.r11;
        regs->entry_vector = 0;
    } else if (regs->cs != GUEST_CS64 || regs->ss != GUEST_DS32) {
        regs->entry_vector = 0;
    }
    v->vcpu_info->evtchn_upcall_mask = !(ctx.rflags & EFLAGS_IF);
    if (unlikely(v->arch.async_exception_mask_nmi))
        nmi_unmask(v);
    return (long)ctx.rax;
}

static long set_segment_base(unsigned int which, unsigned long base)
{
    struct vcpu *v = current;
    uint16_t gs;

    if (which != SEGBASE_GS_USER_SEL && !is_canonical(base))
        return -EINVAL;
    switch (which) {
    case SEGBASE_FS:
        wrmsr(MSR_FS_BASE, base);
        return 0;
    case SEGBASE_GS_USER:
        v->arch.pv.gs_base_user = base;
        wrmsr(MSR_KERNEL_GS_BASE, base);
        return 0;
    case SEGBASE_GS_KERNEL:
        wrmsr(MSR_GS_BASE, base);
        return 0;
    case SEGBASE_GS_USER_SEL:
        /* Loaded as the user mode's: its base is the descriptor's. */
        gs = pv_fix_selector((uint16_t)base);
        return pv_load_user_gs(gs) ? -EINVAL : 0;
    default:
        return -EINVAL;
    }
}

static int register_calls(void)
{
    HYPERCALL(__HYPERVISOR_iret, do_iret, 0);
    HYPERCALL(__HYPERVISOR_set_segment_base, set_segment_base, 2);
    return 0;
}
PRESMP_INITCALL(register_calls);
