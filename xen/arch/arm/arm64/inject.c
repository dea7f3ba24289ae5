/* SPDX-License-Identifier: MIT */
/* Exceptions for the guest that runs here. Source: Arm ARM D1.3 (exception entry), D17.2.37. */
#include <xen/domain.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/setup.h>
#include <asm/traps.h>

#define PSTATE_SS         BIT64(21)
#define PSTATE_PAN        BIT64(22)
#define PSTATE_IL         BIT64(20)
#define SCTLR_EL1_SPAN    BIT64(23)
#define FSC_SYNC_EXTERNAL 0x10

/* Vector of a synchronous exception to EL1, by where it comes from. */
static uint64_t sync_vector(const struct cpu_user_regs *regs)
{
    uint64_t base = read_sysreg(vbar_el1);

    if (regs_aarch32(regs))
        return base + 0x600;
    switch (regs->cpsr & 0xf) {
    case PSR_MODE_EL0t:
        return base + 0x400;
    case PSR_MODE_EL1t:
        return base;
    default:
        return base + 0x200;
    }
}

static void inject_sync(struct cpu_user_regs *regs, uint64_t esr)
{
    uint64_t keep = regs->cpsr & (UINT64_C(0xf) << 28 | PSTATE_PAN);

    if (!(read_sysreg(sctlr_el1) & SCTLR_EL1_SPAN) && (host_cpu.mmfr1 >> 20 & 0xf))
        keep |= PSTATE_PAN;
    if (regs_aarch32(regs))
        keep &= ~PSTATE_PAN;
    write_sysreg(regs->cpsr, spsr_el1);
    write_sysreg(regs->pc, elr_el1);
    write_sysreg(esr, esr_el1);
    regs->pc = sync_vector(regs);
    regs->cpsr = keep | PSR_MODE_EL1h | PSR_ABT_MASK | PSR_IRQ_MASK | PSR_FIQ_MASK | PSR_DBG_MASK;
}

static uint64_t esr_make(unsigned int ec, uint64_t il, uint64_t iss)
{
    return (uint64_t)ec << 26 | il | iss;
}

void inject_undef(struct cpu_user_regs *regs)
{
    inject_sync(regs, esr_make(EC_UNKNOWN, ESR_IL, 0));
}

void inject_data_abort(struct cpu_user_regs *regs, uint64_t gva)
{
    unsigned int ec = regs_kernel_mode(regs) ? EC_DABT_SAME : EC_DABT_LOWER;

    write_sysreg(gva, far_el1);
    inject_sync(regs, esr_make(ec, regs->esr & ESR_IL, FSC_SYNC_EXTERNAL | (regs->esr & ISS_WNR)));
}

void inject_instr_abort(struct cpu_user_regs *regs, uint64_t gva)
{
    unsigned int ec = regs_kernel_mode(regs) ? EC_IABT_SAME : EC_IABT_LOWER;

    write_sysreg(gva, far_el1);
    inject_sync(regs, esr_make(ec, ESR_IL, FSC_SYNC_EXTERNAL));
}

void inject_serror(struct vcpu *v)
{
    v->arch.hcr_el2 |= HCR_VSE;
    write_sysreg(v->arch.hcr_el2, hcr_el2);
}
