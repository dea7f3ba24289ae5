/* SPDX-License-Identifier: MIT */
/* Exceptions which a PV guest raised. */
#include <xen/kernel.h>
#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/debugger.h>
#include <asm/fpu.h>
#include <asm/pv_mm.h>
#include <asm/shadow.h>
#include "private.h"

#define ERR_IDT 2u /* selector error code: it names an IDT entry */
#define PF_USER 4u /* page fault: by an access of the program's own. AMD APM vol 2, 8.4.2 */

/* INT n that the IDT's privilege level refused: the guest's own table decides. */
static bool software_interrupt(struct vcpu *v, struct cpu_user_regs *regs)
{
    unsigned int vector = (regs->error_code >> 3) & 0xff;
    const struct trap_info *ti = &v->arch.pv.trap_ctxt[vector];

    if (!ti->address || TI_GET_DPL(ti) < (pv_kernel_mode(v) ? 1 : 3))
        return false;
    regs->rip += 2;
    pv_inject_exception(regs, vector, 0);
    return true;
}

void pv_handle_int80(struct cpu_user_regs *regs)
{
    regs->rip -= 2;
    regs->error_code = VECTOR_GUEST_INT80 << 3 | ERR_IDT;
    if (!software_interrupt(current, regs))
        pv_inject_exception(regs, TRAP_GP, regs->error_code);
}

static void general_protection(struct vcpu *v, struct cpu_user_regs *regs)
{
    if (regs->error_code & ERR_IDT) {
        if (software_interrupt(v, regs))
            return;
    } else if (!regs->error_code && pv_emulate_privileged(regs)) {
        return;
    }
    pv_inject_exception(regs, TRAP_GP, regs->error_code);
}

/* A fault in the per-domain area is one in the guest's own descriptor tables, where the processor
 * looked there itself; else somebody wants to read them by the hypervisor's addresses. */
static bool descriptor_table_fault(struct vcpu *v, struct cpu_user_regs *regs, unsigned long addr)
{
    unsigned long offset = addr - GDT_VIRT(v->vcpu_id);

    if ((regs->error_code & PF_USER) || offset >= 1UL << GDT_LDT_VCPU_SHIFT)
        return false;
    if (mm_fixup_fault(addr, regs))
        return true;
    if (offset < LDT_VIRT(v->vcpu_id) - GDT_VIRT(v->vcpu_id))
        pv_inject_exception(regs, TRAP_GP, offset & ~7UL);
    else
        pv_inject_page_fault(regs, v->arch.pv.ldt_base + (offset & 0xffff), regs->error_code);
    return true;
}

static void page_fault(struct vcpu *v, struct cpu_user_regs *regs)
{
    unsigned long addr = pagefault_addr();

    if (unlikely(addr >= PERDOMAIN_START && addr < RW_M2P_START) &&
        descriptor_table_fault(v, regs, addr))
        return;
    if (shadow_in_use(v->domain) && shadow_fault(v, addr, &regs->error_code))
        return;
    if ((regs->error_code & 3) == 3 && pv_pt_write_fault(v, addr, regs))
        return;
    pv_inject_page_fault(regs, addr, regs->error_code);
}

static void device_not_available(struct vcpu *v, struct cpu_user_regs *regs)
{
    fpu_load(v);
    if (!(v->arch.pv.ctrlreg[0] & CR0_TS))
        return;
    v->arch.pv.ctrlreg[0] &= ~CR0_TS;
    pv_inject_exception(regs, TRAP_NM, 0);
}

static void debug_trap(struct vcpu *v, struct cpu_user_regs *regs)
{
    unsigned long dr6;

    __asm__ volatile("mov %%db6, %0" : "=r"(dr6));
    write_dr6(DR6_DEFAULT);
    v->arch.pv.debugreg[6] = dr6;
    if (debugger_takes_trap(regs, TRAP_DB))
        return;
    pv_inject_exception(regs, TRAP_DB, 0);
}

bool pv_handle_exception(struct cpu_user_regs *regs, unsigned int vector)
{
    struct vcpu *v = current;

    switch (vector) {
    case TRAP_PF:
        page_fault(v, regs);
        break;
    case TRAP_GP:
        general_protection(v, regs);
        break;
    case TRAP_NM:
        device_not_available(v, regs);
        break;
    case TRAP_UD:
        if (!pv_emulate_forced(regs))
            pv_inject_exception(regs, TRAP_UD, 0);
        break;
    case TRAP_DB:
        debug_trap(v, regs);
        break;
    case TRAP_BP:
        if (!debugger_takes_trap(regs, TRAP_BP))
            pv_inject_exception(regs, TRAP_BP, 0);
        break;
    case TRAP_DF:
    case TRAP_NMI:
    case TRAP_MC:
        return false;
    default:
        pv_inject_exception(regs, vector, regs->error_code);
        break;
    }
    return true;
}
