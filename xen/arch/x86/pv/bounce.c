/* SPDX-License-Identifier: MIT */
/* Frames on the guest kernel's stack: events, exceptions, system calls of its user mode. */
#include <public/nmi.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <asm/current.h>
#include <asm/desc.h>
#include <asm/extable.h>
#include <asm/smap.h>
#include "private.h"

/* One word to guest memory; a fault goes to @failed. */
#define PUT_WORD(ptr, value, failed)                                                               \
    __asm__ goto("1: movq %0, %1\n" ASM_EXTABLE("1b", "%l2")                                       \
                 :                                                                                 \
                 : "r"((uint64_t)(value)), "m"(*(uint64_t *)(ptr))                                 \
                 : "memory"                                                                        \
                 : failed)

#define MAX_FRAME 128

/* What goes below ss, rsp, rflags, cs and rip. */
struct frame_extra {
    unsigned int nr;
    uint64_t word[5]; /* from high to low addresses */
};

static uint64_t frame_flags(const struct vcpu *v, uint64_t rflags, bool masked)
{
    rflags &= ~(EFLAGS_IF | EFLAGS_IOPL);
    if (!masked)
        rflags |= EFLAGS_IF;
    if (v->domain->vm_assist & (1UL << VMASST_TYPE_architectural_iopl))
        rflags |= (uint64_t)(v->arch.pv.iopl & 3) << 12;
    return rflags;
}

static always_inline bool store_frame(const struct vcpu *v, const struct cpu_user_regs *regs,
                                      uint64_t *sp, uint64_t cs, bool masked,
                                      const struct frame_extra *extra)
{
    stac();
    PUT_WORD(sp - 1, regs->ss, failed);
    PUT_WORD(sp - 2, regs->rsp, failed);
    PUT_WORD(sp - 3, frame_flags(v, regs->rflags, masked), failed);
    PUT_WORD(sp - 4, cs, failed);
    PUT_WORD(sp - 5, regs->rip, failed);
    sp -= 5;
    for (unsigned int i = 0; i < extra->nr; i++)
        PUT_WORD(--sp, extra->word[i], failed);
    PUT_WORD(sp - 1, regs->r11, failed);
    PUT_WORD(sp - 2, regs->rcx, failed);
    clac();
    return true;
failed:
    clac();
    return false;
}

/* Push a frame and go to @eip in kernel mode, with events masked if @mask. */
static always_inline void bounce(struct vcpu *v, struct cpu_user_regs *regs, unsigned long eip,
                                 bool mask, const struct frame_extra *extra)
{
    struct vcpu_info *vi = v->vcpu_info;
    uint8_t masked = vi->evtchn_upcall_mask;
    unsigned long sp = regs->rsp;
    uint64_t cs = regs->cs & ~3UL;

    if (unlikely(!eip)) {
        domain_crash(v->domain, "no callback for what its kernel is to be told");
        return;
    }
    if (!pv_kernel_mode(v)) {
        sp = v->arch.pv.kernel_sp;
        cs = regs->cs;
        pv_toggle_mode(v);
    }
    sp &= ~15UL;
    if (unlikely(sp > XEN_AREA_START && sp - MAX_FRAME < XEN_AREA_END)) {
        domain_crash(v->domain, "its stack %016lx is the hypervisor's", sp);
        return;
    }
    cs |= (uint64_t)masked << 32;
    if (unlikely(!store_frame(v, regs, (uint64_t *)sp, cs, masked, extra))) {
        domain_crash(v->domain, "its stack %016lx cannot be written (rip %016lx)", sp,
                     (unsigned long)regs->rip);
        return;
    }
    regs->rsp = sp - 8 * (7 + extra->nr);
    regs->rip = eip;
    regs->cs = GUEST_CS64;
    regs->ss = GUEST_DS32;
    regs->rflags &= ~(EFLAGS_AC | EFLAGS_VM | EFLAGS_RF | EFLAGS_NT | EFLAGS_TF);
    regs->entry_vector = ENTRY_SYSCALL;
    if (mask)
        vi->evtchn_upcall_mask = 1;
}

static const struct frame_extra no_extra;

void pv_deliver_event(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;

    bounce(v, regs, v->arch.pv.event_callback_eip, true, &no_extra);
}

/* async_exception_mask_nmi: bit 0: in the handler; bit 1: another one has come since. */
void pv_deliver_nmi(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;
    const struct trap_info *ti = &v->arch.pv.trap_ctxt[TRAP_NMI];

    WRITE_ONCE(v->nmi_pending, 0);
    if (v->arch.async_exception_mask_nmi & 1) {
        v->arch.async_exception_mask_nmi |= 2;
        return;
    }
    if (!ti->address)
        return;
    v->arch.async_exception_mask_nmi = 1;
    bounce(v, regs, ti->address, TI_GET_IF(ti), &no_extra);
}

static bool vector_has_error(unsigned int vector)
{
    /* #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP */
    return vector < 32 && (0x00227d00u & (1u << vector));
}

void pv_inject_exception(struct cpu_user_regs *regs, unsigned int vector, unsigned int error)
{
    struct vcpu *v = current;
    const struct trap_info *ti = &v->arch.pv.trap_ctxt[vector];
    struct frame_extra extra = {.nr = vector_has_error(vector), .word = {error}};

    if (unlikely(!ti->address)) {
        show_registers(regs);
        domain_crash(v->domain, "exception %u (%s), error %04x, without a handler", vector,
                     trap_name(vector), error);
        return;
    }
    bounce(v, regs, ti->address, TI_GET_IF(ti), &extra);
}

void pv_inject_page_fault(struct cpu_user_regs *regs, unsigned long addr, unsigned int error)
{
    struct vcpu *v = current;

    v->arch.pv.ctrlreg[2] = addr;
    v->vcpu_info->arch.cr2 = addr;
    /* Ring 3 is the guest's kernel, too. */
    error = pv_kernel_mode(v) ? error & ~4u : error | 4u;
    pv_inject_exception(regs, TRAP_PF, error);
}

void pv_user_syscall(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;

    bounce(v, regs, v->arch.pv.syscall_callback_eip,
           v->arch.pv.vgc_flags & VGCF_syscall_disables_events, &no_extra);
}

void pv_user_syscall32(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;

    if (!v->arch.pv.syscall32_callback_eip || pv_kernel_mode(v)) {
        regs->rip -= 2;
        pv_inject_exception(regs, TRAP_UD, 0);
        return;
    }
    bounce(v, regs, v->arch.pv.syscall32_callback_eip, v->arch.pv.syscall32_disables_events,
           &no_extra);
}

/* The frame has no return address: a guest that did not ask for SYSENTER gets #GP. */
void pv_user_sysenter(struct cpu_user_regs *regs)
{
    struct vcpu *v = current;

    if (!v->arch.pv.sysenter_callback_eip || pv_kernel_mode(v)) {
        pv_inject_exception(regs, TRAP_GP, 0);
        return;
    }
    bounce(v, regs, v->arch.pv.sysenter_callback_eip, v->arch.pv.sysenter_disables_events,
           &no_extra);
}

void pv_read_selectors(uint16_t sel[4])
{
    __asm__ volatile("mov %%ds, %w0" : "=r"(sel[0]));
    __asm__ volatile("mov %%es, %w0" : "=r"(sel[1]));
    __asm__ volatile("mov %%fs, %w0" : "=r"(sel[2]));
    __asm__ volatile("mov %%gs, %w0" : "=r"(sel[3]));
}

void pv_push_failsafe(struct cpu_user_regs *regs, const uint16_t sel[4])
{
    struct vcpu *v = current;
    struct frame_extra extra = {.nr = 4, .word = {sel[3], sel[2], sel[1], sel[0]}};

    bounce(v, regs, v->arch.pv.failsafe_callback_eip,
           v->arch.pv.vgc_flags & VGCF_failsafe_disables_events, &extra);
}

void pv_iret_failed(struct cpu_user_regs *regs)
{
    uint16_t sel[4];

    pv_read_selectors(sel);
    pv_push_failsafe(regs, sel);
}

void pv_send_nmi(struct vcpu *v)
{
    WRITE_ONCE(v->nmi_pending, 1);
}
