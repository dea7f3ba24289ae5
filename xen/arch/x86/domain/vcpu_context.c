/* SPDX-License-Identifier: MIT */
/* struct vcpu_guest_context: whole register state in, and out. */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/port/context.h>
#include <xen/port/domain.h>
#include <xen/time.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/fpu.h>
#include <asm/page_type.h>
#include <asm/pv.h>
#include <asm/pv_mm.h>
#include <asm/pv_mmu.h>
#include <asm/shadow.h>
#include "private.h"

#define VGC_PERSISTENT  (VGCF_failsafe_disables_events | VGCF_syscall_disables_events)
#define MAX_LDT_ENTRIES 8192

static bool addresses_ok(const struct vcpu_guest_context *c)
{
    for (unsigned int i = 0; i < 256; i++)
        if (!is_canonical(c->trap_ctxt[i].address))
            return false;
    return is_canonical(c->user_regs.rip) && is_canonical(c->event_callback_eip) &&
           is_canonical(c->failsafe_callback_eip) && is_canonical(c->syscall_callback_eip) &&
           is_canonical(c->fs_base) && is_canonical(c->gs_base_kernel) &&
           is_canonical(c->gs_base_user);
}

static bool tables_ok(const struct vcpu_guest_context *c)
{
    if (!(c->flags & VGCF_in_kernel) && !c->ctrlreg[1])
        return false;
    if (c->gdt_ents > FIRST_RESERVED_GDT_ENTRY || c->ldt_ents > MAX_LDT_ENTRIES)
        return false;
    if (c->ldt_ents == 0)
        return true;
    return !(c->ldt_base & ~PAGE_MASK) && guest_may_access(c->ldt_base) &&
           guest_may_access(c->ldt_base + 8 * c->ldt_ents - 1);
}

static int take_root(struct domain *d, unsigned long cr3, mfn_t *root)
{
    mfn_t mfn = mk_mfn(xen_cr3_to_pfn(cr3));
    int rc = root_get(mfn, d);

    if (rc == 0)
        *root = mfn;
    return rc;
}

/*
 * Of a vCPU that has none. 0, -EINVAL, -ERESTART: then it has its kernel's root already, which the
 * next try finds there, or the end of the domain.
 */
static int take_roots(struct vcpu *v, const struct vcpu_guest_context *c)
{
    int rc = pv_put_old_guest_table(current);
    mfn_t kernel;

    if (rc == 0 && v->arch.guest_table.nr != xen_cr3_to_pfn(c->ctrlreg[3]))
        rc = pv_vcpu_drop_page_tables(v);
    if (rc)
        return -ERESTART;
    if (mfn_eq(v->arch.guest_table, INVALID_MFN))
        rc = take_root(v->domain, c->ctrlreg[3], &v->arch.guest_table);
    if (rc || !c->ctrlreg[1])
        return rc;
    rc = take_root(v->domain, c->ctrlreg[1], &v->arch.guest_table_user);
    if (rc && rc != -ERESTART) {
        kernel = v->arch.guest_table;
        v->arch.guest_table = INVALID_MFN;
        (void)table_put(kernel);
    }
    return rc;
}

static void set_registers(struct vcpu *v, const struct vcpu_guest_context *c)
{
    struct cpu_user_regs *r = &v->arch.user_regs;
    struct pv_vcpu *pv = &v->arch.pv;

    *r = c->user_regs;
    r->error_code = 0;
    r->entry_vector = 0;
    r->cs = pv_fix_code_selector(r->cs);
    r->ss |= 3;
    pv->iopl = (unsigned int)(r->rflags >> 12) & 3;
    r->rflags &= ~(EFLAGS_IOPL | EFLAGS_VM | EFLAGS_NT | EFLAGS_VIF | EFLAGS_VIP);
    r->rflags |= EFLAGS_IF | EFLAGS_MBS;
    pv->ds = pv_fix_selector(c->user_regs.ds);
    pv->es = pv_fix_selector(c->user_regs.es);
    pv->fs = pv_fix_selector(c->user_regs.fs);
    pv->gs = pv_fix_selector(c->user_regs.gs);
    pv->fs_base = c->fs_base;
    pv->gs_base_kernel = c->gs_base_kernel;
    pv->gs_base_user = c->gs_base_user;
    v->arch.flags = c->flags & VGCF_in_kernel ? TF_KERNEL_MODE : 0;
}

static void set_entry_points(struct vcpu *v, const struct vcpu_guest_context *c)
{
    struct pv_vcpu *pv = &v->arch.pv;

    pv->event_callback_eip = c->event_callback_eip;
    pv->failsafe_callback_eip = c->failsafe_callback_eip;
    pv->syscall_callback_eip = c->syscall_callback_eip;
    pv->vgc_flags = c->flags & VGC_PERSISTENT;
    pv->kernel_ss = pv_fix_selector((uint16_t)c->kernel_ss);
    pv->kernel_sp = c->kernel_sp;
    memcpy(pv->trap_ctxt, c->trap_ctxt, sizeof(c->trap_ctxt));
    for (unsigned int i = 0; i < 256; i++) {
        pv->trap_ctxt[i].vector = (uint8_t)i;
        pv->trap_ctxt[i].cs = pv_fix_code_selector(pv->trap_ctxt[i].cs);
    }
}

static void set_control(struct vcpu *v, const struct vcpu_guest_context *c)
{
    struct pv_vcpu *pv = &v->arch.pv;

    pv->ctrlreg[0] = (pv->ctrlreg[0] & ~CR0_TS) | (c->ctrlreg[0] & CR0_TS);
    pv->ctrlreg[2] = c->ctrlreg[2];
    pv->ctrlreg[4] = pv_fix_guest_cr4(v, c->ctrlreg[4]);
    memset(pv->debugreg, 0, sizeof(pv->debugreg));
    pv->debugreg[6] = DR6_DEFAULT;
    pv->debugreg[7] = 0x400;
    for (unsigned int i = 0; i < 8; i++)
        (void)pv_set_debugreg(v, i, c->debugreg[i]); /* a refused one stays clear */
    pv->ldt_base = c->ldt_ents ? c->ldt_base : 0;
    pv->ldt_ents = (unsigned int)c->ldt_ents;
}

static void set_fpu(struct vcpu *v, const struct vcpu_guest_context *c)
{
    if (c->flags & VGCF_i387_valid)
        fpu_set_fxsave(v, c->fpu_ctxt.x);
    else
        fpu_reset(v);
}

/* A vCPU that has run keeps its page tables and descriptor tables: only registers change. */
static int change_running_context(struct vcpu *v, const struct vcpu_guest_context *c)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    if (xen_cr3_to_pfn(c->ctrlreg[3]) != v->arch.guest_table.nr || c->gdt_ents != pv->gdt_ents ||
        c->ldt_ents != pv->ldt_ents || c->ldt_base != pv->ldt_base)
        return -EOPNOTSUPP;
    if (!(c->flags & VGCF_in_kernel) && mfn_eq(v->arch.guest_table_user, INVALID_MFN))
        return -EINVAL;
    return 0;
}

int port_set_vcpu_context(struct vcpu *v, struct vcpu_guest_context *ctx)
{
    int rc;

    if (!addresses_ok(ctx) || !tables_ok(ctx))
        return -EINVAL;
    port_sync_vcpu_state(v);
    if (v->is_initialised) {
        rc = change_running_context(v, ctx);
        if (rc)
            return rc;
    } else {
        /* First what is quickly undone. */
        rc = pv_set_gdt(v, ctx->gdt_frames, (unsigned int)ctx->gdt_ents);
        if (rc)
            return rc;
        rc = take_roots(v, ctx);
        if (rc) {
            pv_destroy_gdt(v);
            return rc;
        }
    }
    /* Commit: nothing below can fail. */
    set_registers(v, ctx);
    set_entry_points(v, ctx);
    set_control(v, ctx);
    set_fpu(v, ctx);
    if (v->vcpu_id == 0)
        time_update_wallclock(v->domain);
    if (v->vcpu_id == 0 && !v->is_initialised)
        v->domain->vm_assist = ctx->vm_assist & VM_ASSIST_VALID;
    shadow_note_roots(v);
    make_cr3(v);
    v->is_initialised = true;
    if (ctx->flags & VGCF_online)
        __atomic_fetch_and(&v->pause_flags, ~VPF_DOWN, __ATOMIC_SEQ_CST);
    else
        __atomic_fetch_or(&v->pause_flags, VPF_DOWN, __ATOMIC_SEQ_CST);
    return 0;
}

static unsigned long root_as_cr3(mfn_t root)
{
    return mfn_eq(root, INVALID_MFN) ? 0 : xen_pfn_to_cr3(root.nr);
}

void port_get_vcpu_context(struct vcpu *v, struct vcpu_guest_context *c)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    port_sync_vcpu_state(v);
    memset(c, 0, sizeof(*c));
    fpu_get_fxsave(v, c->fpu_ctxt.x);
    c->flags = pv->vgc_flags | (v->fpu_initialised ? VGCF_i387_valid : 0) |
               (pv_kernel_mode(v) ? VGCF_in_kernel : 0) |
               (v->pause_flags & VPF_DOWN ? 0 : VGCF_online);
    c->user_regs = v->arch.user_regs;
    c->user_regs.rflags |= (uint64_t)(pv->iopl & 3) << 12;
    c->user_regs.error_code = c->user_regs.entry_vector = 0;
    c->user_regs.ds = pv->ds;
    c->user_regs.es = pv->es;
    c->user_regs.fs = pv->fs;
    c->user_regs.gs = pv->gs;
    memcpy(c->trap_ctxt, pv->trap_ctxt, sizeof(c->trap_ctxt));
    c->ldt_base = pv->ldt_base;
    c->ldt_ents = pv->ldt_ents;
    for (unsigned int i = 0; i < 16; i++)
        c->gdt_frames[i] = pv->gdt_frames[i].nr;
    c->gdt_ents = pv->gdt_ents;
    c->kernel_ss = pv->kernel_ss;
    c->kernel_sp = pv->kernel_sp;
    memcpy(c->ctrlreg, pv->ctrlreg, sizeof(c->ctrlreg));
    c->ctrlreg[3] = root_as_cr3(v->arch.guest_table);
    c->ctrlreg[1] = root_as_cr3(v->arch.guest_table_user);
    memcpy(c->debugreg, pv->debugreg, sizeof(c->debugreg));
    c->event_callback_eip = pv->event_callback_eip;
    c->failsafe_callback_eip = pv->failsafe_callback_eip;
    c->syscall_callback_eip = pv->syscall_callback_eip;
    c->vm_assist = v->domain->vm_assist;
    c->fs_base = pv->fs_base;
    c->gs_base_kernel = pv->gs_base_kernel;
    c->gs_base_user = pv->gs_base_user;
}
