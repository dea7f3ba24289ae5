/* SPDX-License-Identifier: MIT */
/*
 * Traps: of guests by exception class, each to its handler with interrupts on; the hypervisor's
 * own end in a dump. Source: Arm ARM D17.2.37 (ESR_EL2), D17.2.61 (HPFAR_EL2).
 */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/sched.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/gic.h>
#include <asm/mmio.h>
#include <asm/p2m.h>
#include <asm/psci.h>
#include <asm/setup.h>
#include <asm/sysreg_trap.h>
#include <asm/traps.h>
#include <asm/vgic.h>

#define FSC_EXTERNAL    0x10 /* synchronous external abort, not on a table walk */
#define HPFAR_TO_GPA(h) (((h)&0xffffffffff0) << 8)

void regs_advance(struct cpu_user_regs *regs)
{
    if (regs_aarch32(regs) && (regs->cpsr & PSR_THUMB)) {
        uint32_t it = ((regs->cpsr >> 25) & 3) | ((regs->cpsr >> 8) & 0xfc);

        /* ITSTATE: the low five bits move up; no more instructions when the mask is out. */
        if (it)
            it = it & 7 ? (it & 0xe0) | ((it << 1) & 0x1f) : 0;
        regs->cpsr &= ~(uint64_t)PSR_IT_MASK;
        regs->cpsr |= (uint64_t)(it & 3) << 25 | (uint64_t)(it & 0xfc) << 8;
    }
    regs->pc += regs->esr & ESR_IL ? 4 : 2;
}

void wait_for_interrupt(struct vcpu *v)
{
    __atomic_fetch_or(&v->pause_flags, VPF_BLOCKED, __ATOMIC_SEQ_CST);
    /* One that came before is seen here; one that comes after unblocks. */
    if (vgic_has_pending(v))
        __atomic_fetch_and(&v->pause_flags, ~VPF_BLOCKED, __ATOMIC_SEQ_CST);
    else
        softirq_raise(SOFTIRQ_SCHEDULE);
}

static void guest_wfx(struct cpu_user_regs *regs)
{
    bool wfe = regs->esr & 1;

    regs_advance(regs);
    if (wfe)
        vcpu_yield();
    else
        wait_for_interrupt(current);
}

static void guest_hvc(struct cpu_user_regs *regs)
{
    unsigned int imm = regs->esr & 0xffff;

    if (likely(imm == XEN_HYPERCALL_TAG)) {
        guest_hypercall(regs);
    } else if (!vsmccc_handle(regs, false, imm)) {
        regs->pc -= 4;
        inject_undef(regs);
    }
}

static void guest_smc(struct cpu_user_regs *regs)
{
    if (vsmccc_handle(regs, true, regs->esr & 0xffff))
        regs_advance(regs);
    else
        inject_undef(regs);
}

/* Where the fault was, guest-physical. HPFAR_EL2 does not tell of permission faults but on a
 * walk. False: the guest has changed its tables meanwhile: try again. */
static bool fault_gpa(uint64_t esr, uint64_t far, uint64_t hpfar, paddr_t *gpa)
{
    if (FSC_TYPE(esr) == FSC_PERM && !(esr & ISS_S1PTW))
        return guest_va_to_gpa(far, false, gpa);
    *gpa = HPFAR_TO_GPA(hpfar) | (far & ~PAGE_MASK);
    return true;
}

static bool stage2_fault(uint64_t esr)
{
    unsigned int type = FSC_TYPE(esr);

    return type == FSC_TRANS || type == FSC_PERM || type == FSC_ACCESS || type == FSC_ADDR_SIZE;
}

static void guest_data_abort(struct cpu_user_regs *regs, uint64_t far, uint64_t hpfar)
{
    uint64_t esr = regs->esr;
    enum mmio_result r;
    paddr_t gpa;

    if (!stage2_fault(esr)) {
        inject_data_abort(regs, far);
        return;
    }
    if (!fault_gpa(esr, far, hpfar, &gpa))
        return;
    r = esr & ISS_S1PTW ? MMIO_NONE : mmio_fault(regs, (uint32_t)ESR_ISS(esr), gpa);
    if (r == MMIO_DONE)
        return;
    if (r == MMIO_NONE &&
        p2m_resolve_fault(current->domain, mk_gfn(gpa >> PAGE_SHIFT),
                          (esr & ISS_WNR) && !(esr & (ISS_CM | ISS_S1PTW)), false))
        return;
    inject_data_abort(regs, far);
}

static void guest_instr_abort(struct cpu_user_regs *regs, uint64_t far, uint64_t hpfar)
{
    paddr_t gpa;

    if (stage2_fault(regs->esr)) {
        if (!fault_gpa(regs->esr, far, hpfar, &gpa))
            return;
        if (p2m_resolve_fault(current->domain, mk_gfn(gpa >> PAGE_SHIFT), false, true))
            return;
    }
    inject_instr_abort(regs, far);
}

static void guest_other(struct cpu_user_regs *regs, unsigned int ec)
{
    switch (ec) {
    case EC_SYSREG:
        if (!sysreg_trap(regs, (uint32_t)ESR_ISS(regs->esr)))
            inject_undef(regs);
        break;
    case EC_CP15_32:
    case EC_CP15_64:
    case EC_CP14_32:
    case EC_CP14_DBG:
    case EC_CP10:
    case EC_CP14_64:
        if (!cp_trap(regs, ec, (uint32_t)ESR_ISS(regs->esr)))
            inject_undef(regs);
        break;
    case EC_SMC32:
    case EC_SMC64:
        guest_smc(regs);
        break;
    default: /* what guests are not to have: SVE and later extensions */
        inject_undef(regs);
        break;
    }
}

void trap_guest_sync(struct cpu_user_regs *regs)
{
    uint64_t far, hpfar;
    unsigned int ec = ESR_EC(regs->esr);

    switch (ec) {
    case EC_HVC64:
    case EC_HVC32:
        local_irq_enable();
        guest_hvc(regs);
        break;
    case EC_WFX:
        local_irq_enable();
        guest_wfx(regs);
        break;
    case EC_DABT_LOWER:
    case EC_IABT_LOWER:
        far = read_sysreg(far_el2);
        hpfar = read_sysreg(hpfar_el2);
        local_irq_enable();
        if (ec == EC_DABT_LOWER)
            guest_data_abort(regs, far, hpfar);
        else
            guest_instr_abort(regs, far, hpfar);
        break;
    default:
        local_irq_enable();
        guest_other(regs, ec);
        break;
    }
}

void trap_guest_irq(struct cpu_user_regs *regs)
{
    gic_handle_irq(regs);
}

/* An error that the guest has caused, or its device: it is the guest's. */
void trap_guest_serror(struct cpu_user_regs *regs)
{
    printk(XENLOG_G_WARNING "%pv: SError, esr %lx\n", current, (unsigned long)regs->esr);
    inject_serror(current);
}

void trap_hyp_irq(struct cpu_user_regs *regs)
{
    unsigned int base = lock_irq_enter();

    gic_handle_irq(regs);
    lock_irq_exit(base);
}

void prepare_to_enter(void)
{
    for (;;) {
        local_irq_disable();
        if (likely(!softirq_pending_here()))
            break;
        local_irq_enable();
        softirq_run();
    }
#ifdef CONFIG_DEBUG
    lock_check_none_held();
#endif
    vgic_enter(current);
}
