/* SPDX-License-Identifier: MIT */
/*
 * System registers that trap from guests. ID registers are shown as sysreg_boot_init() has made
 * them: the host's, less what we do not give (SVE, SME, MTE, RAS errors, PMU, trace, nested
 * virtualization, pointer-authentication keys that nobody saves).
 * Source: Arm ARM D17.2 (registers), D1.4.2 and G1.20 (traps).
 */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/setup.h>
#include <asm/sysreg_trap.h>
#include <asm/traps.h>
#include <asm/vgic.h>
#include <asm/vtimer.h>
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>

/* op0 3, op1 0, CRn 0, CRm 1 to 7, op2 0 to 7: the ID group that HCR_EL2.TID3 traps. */
#define NR_IDS       56
#define ID_AT(m, op) (((m)-1) * 8 + (op))
static uint64_t id_regs[NR_IDS] __ro_after_init;

#define FIELD(pos) (UINT64_C(0xf) << (pos))

#define READ_ID(m, op) (id_regs[ID_AT(m, op)] = read_sysreg(S3_0_C0_C##m##_##op))

static void limit(unsigned int at, unsigned int pos, uint64_t most)
{
    uint64_t now = id_regs[at] >> pos & 0xf;

    if (now != 0xf && now > most)
        id_regs[at] = (id_regs[at] & ~FIELD(pos)) | most << pos;
}

static void __init read_ids(void)
{
    READ_ID(1, 0), READ_ID(1, 1), READ_ID(1, 2), READ_ID(1, 3);
    READ_ID(1, 4), READ_ID(1, 5), READ_ID(1, 6), READ_ID(1, 7);
    READ_ID(2, 0), READ_ID(2, 1), READ_ID(2, 2), READ_ID(2, 3);
    READ_ID(2, 4), READ_ID(2, 5), READ_ID(2, 6), READ_ID(2, 7);
    READ_ID(3, 0), READ_ID(3, 1), READ_ID(3, 2), READ_ID(3, 4), READ_ID(3, 5), READ_ID(3, 6);
    READ_ID(4, 0), READ_ID(4, 1);
    READ_ID(5, 0), READ_ID(5, 1);
    READ_ID(6, 0), READ_ID(6, 1);
    READ_ID(7, 0), READ_ID(7, 1), READ_ID(7, 2);
}

void __init sysreg_boot_init(void)
{
    read_ids();
    /* ID_AA64PFR0_EL1: EL3 and EL2 are not the guest's; no SVE, AMU, MPAM, RME; plain RAS. */
    id_regs[ID_AT(4, 0)] &=
        ~(FIELD(8) | FIELD(12) | FIELD(28) | FIELD(32) | FIELD(40) | FIELD(44) | FIELD(52));
    limit(ID_AT(4, 0), 4, 1); /* EL1: AArch64 only */
    /* ID_AA64PFR1_EL1: no MTE, fractions of RAS and MPAM, SME. */
    id_regs[ID_AT(4, 1)] &= ~(FIELD(8) | FIELD(12) | FIELD(16) | FIELD(24));
    /* ID_AA64DFR0_EL1: no PMU, trace, statistical profiling, trace buffers, branch records. */
    id_regs[ID_AT(5, 0)] &= ~(FIELD(4) | FIELD(8) | FIELD(32) | FIELD(40) | FIELD(44) | FIELD(52));
    /* ID_AA64ISAR1_EL1: no pointer authentication (APA, API, GPA, GPI). */
    id_regs[ID_AT(6, 1)] &= ~(FIELD(4) | FIELD(8) | FIELD(24) | FIELD(28));
    /* ID_AA64ISAR2_EL1: nor its later algorithm. */
    id_regs[ID_AT(6, 2)] = 0;
    /* ID_AA64MMFR0_EL1: no fine-grained traps, no enhanced counter virtualization. */
    id_regs[ID_AT(7, 0)] &= ~(FIELD(56) | FIELD(60));
    /* ID_AA64MMFR1_EL1: neither VHE, nor limited ordering, nor IESB of errors. */
    id_regs[ID_AT(7, 1)] &= ~(FIELD(8) | FIELD(16));
    /* ID_AA64MMFR2_EL1: no nested virtualization. */
    id_regs[ID_AT(7, 2)] &= ~FIELD(24);
    /* ID_DFR0_EL1: no PMU nor trace for AArch32. */
    id_regs[ID_AT(1, 2)] &= ~(FIELD(12) | FIELD(16) | FIELD(20) | FIELD(24));
    /* ID_PFR0_EL1: no AMU, RAS; ID_PFR1_EL1: no security, virtualization extension. */
    id_regs[ID_AT(1, 0)] &= ~(FIELD(20) | FIELD(28));
    id_regs[ID_AT(1, 1)] &= ~(FIELD(4) | FIELD(12) | FIELD(20));
}

enum result { NOT_MINE, DONE, UNDEF };

static enum result raz(bool write, uint64_t *value)
{
    if (!write)
        *value = 0;
    return DONE;
}

static enum result read_only(bool write, uint64_t *value, uint64_t what)
{
    if (write)
        return UNDEF;
    *value = what;
    return DONE;
}

#define OP0(e) ((e) >> 20 & 3)
#define OP1(e) ((e) >> 14 & 7)
#define CRN(e) ((e) >> 10 & 0xf)
#define CRM(e) ((e) >> 1 & 0xf)
#define OP2(e) ((e) >> 17 & 7)

static enum result id_group(const struct vcpu *v, uint32_t enc, bool write, uint64_t *value)
{
    uint64_t id;

    if (OP0(enc) != 3 || OP1(enc) != 0 || CRN(enc) != 0 || CRM(enc) < 1 || CRM(enc) > 7)
        return NOT_MINE;
    id = id_regs[ID_AT(CRM(enc), OP2(enc))];
    if (v->domain->arch.vgic.version != VGIC_V3) { /* no system registers of the GIC */
        if (CRM(enc) == 4 && OP2(enc) == 0)
            id &= ~FIELD(24);
        else if (CRM(enc) == 1 && OP2(enc) == 1)
            id &= ~FIELD(28);
    }
    return read_only(write, value, id);
}

#define SYS_ACTLR_EL1     SYSREG(3, 0, 1, 0, 1)
#define SYS_DC_ISW        SYSREG(1, 0, 7, 6, 2)
#define SYS_DC_CSW        SYSREG(1, 0, 7, 10, 2)
#define SYS_DC_CISW       SYSREG(1, 0, 7, 14, 2)
#define SYS_PMCR_EL0      SYSREG(3, 3, 9, 12, 0)
#define SYS_PMUSERENR_EL0 SYSREG(3, 3, 9, 14, 0)
#define SYS_MDCCSR_EL0    SYSREG(2, 3, 0, 1, 0)
#define SYS_OSLSR_EL1     SYSREG(2, 0, 1, 1, 4)
#define SYS_DBGAUTHSTATUS SYSREG(2, 0, 7, 14, 6)

/* On this CPU only, as the instruction has it: a guest cannot rely on it once it has moved. */
static enum result cache_by_set(uint32_t enc, uint64_t value)
{
    switch (enc) {
    case SYS_DC_ISW:
    case SYS_DC_CSW:
    case SYS_DC_CISW:
        __asm__ volatile("dc cisw, %0; dsb sy" ::"r"(value) : "memory");
        return DONE;
    default:
        return NOT_MINE;
    }
}

/* The PMU is hidden: its registers read as zero for the kernel, for the user only if that lets
 * it, which it cannot. */
static enum result pmu(const struct cpu_user_regs *regs, uint32_t enc, bool write, uint64_t *value)
{
    bool at_el0 = OP1(enc) == 3 && CRN(enc) == 9 && CRM(enc) >= 12 && CRM(enc) <= 14;
    bool at_el1 = OP1(enc) == 0 && CRN(enc) == 9 && CRM(enc) == 14;
    bool counters = OP1(enc) == 3 && CRN(enc) == 14 && CRM(enc) >= 8;

    if (OP0(enc) != 3 || !(at_el0 || at_el1 || counters))
        return NOT_MINE;
    return regs_kernel_mode(regs) ? raz(write, value) : UNDEF;
}

/* Debug registers that MDCR_EL2 traps: there is nothing to be seen. */
static enum result debug(const struct cpu_user_regs *regs, uint32_t enc, bool write,
                         uint64_t *value)
{
    if (OP0(enc) != 2)
        return NOT_MINE;
    if (OP1(enc) == 1) /* trace */
        return UNDEF;
    if (enc == SYS_OSLSR_EL1)
        return read_only(write, value, 1U << 3); /* an OS lock is there, and open */
    if (!regs_kernel_mode(regs) && enc != SYS_MDCCSR_EL0)
        return UNDEF;
    return raz(write, value);
}

static enum result access(struct cpu_user_regs *regs, uint32_t enc, bool write, uint64_t *value)
{
    struct vcpu *v = current;
    enum result r;

    if (vgic_sysreg(v, enc, write, value) || vtimer_sysreg(v, enc, write, value))
        return DONE;
    r = id_group(v, enc, write, value);
    if (r == NOT_MINE)
        r = cache_by_set(enc, *value);
    if (r == NOT_MINE)
        r = pmu(regs, enc, write, value);
    if (r == NOT_MINE)
        r = debug(regs, enc, write, value);
    if (r == NOT_MINE && enc == SYS_ACTLR_EL1 && regs_kernel_mode(regs)) {
        if (!write)
            *value = v->arch.el1.actlr;
        r = DONE;
    }
    return r;
}

bool sysreg_trap(struct cpu_user_regs *regs, uint32_t iss)
{
    bool write = !(iss & 1);
    unsigned int reg = iss >> 5 & 0x1f;
    uint64_t value = write ? get_user_reg(regs, reg) : 0;

    if (access(regs, iss & SYSREG_MASK, write, &value) != DONE)
        return false;
    if (!write)
        set_user_reg(regs, reg, value);
    regs_advance(regs);
    return true;
}

/* Does the condition of a trapped AArch32 instruction hold? (Arm ARM G1.20, COND and CV) */
static bool condition_holds(const struct cpu_user_regs *regs, uint32_t iss)
{
    unsigned int cond = iss >> 20 & 0xf;
    bool n = regs->cpsr >> 31 & 1, z = regs->cpsr >> 30 & 1;
    bool c = regs->cpsr >> 29 & 1, o = regs->cpsr >> 28 & 1;
    bool base;

    if (!(iss & 1U << 24)) { /* T32 without COND: that of the IT block, or always */
        unsigned int it = (unsigned int)((regs->cpsr >> 25 & 3) | (regs->cpsr >> 8 & 0xfc));

        cond = it & 0xf ? it >> 4 : 0xe;
    }
    switch (cond >> 1) {
    case 0:
        base = z;
        break;
    case 1:
        base = c;
        break;
    case 2:
        base = n;
        break;
    case 3:
        base = o;
        break;
    case 4:
        base = c && !z;
        break;
    case 5:
        base = n == o;
        break;
    case 6:
        base = n == o && !z;
        break;
    default:
        return true;
    }
    return base != (cond & 1);
}

/* CP15 registers by their AArch64 counterparts; both are named alike but for op0. */
static bool cp15_32(struct cpu_user_regs *regs, uint32_t iss)
{
    unsigned int op1 = iss >> 14 & 7, op2 = iss >> 17 & 7, crn = iss >> 10 & 0xf,
                 crm = iss >> 1 & 0xf, reg = iss >> 5 & 0x1f;
    bool write = !(iss & 1);
    uint64_t value = write ? get_user_reg(regs, reg) : 0;
    uint32_t enc;

    if (op1 == 0 && crn == 14 && crm == 2) /* CNTP_TVAL, CNTP_CTL */
        enc = SYSREG(3, 3, 14, 2, op2);
    else
        return false;
    if (!vtimer_sysreg(current, enc, write, &value))
        return false;
    if (!write)
        set_user_reg(regs, reg, (uint32_t)value);
    return true;
}

static bool cp15_64(struct cpu_user_regs *regs, uint32_t iss)
{
    unsigned int op1 = iss >> 16 & 0xf, crm = iss >> 1 & 0xf, lo = iss >> 5 & 0x1f,
                 hi = iss >> 10 & 0x1f;
    bool write = !(iss & 1);
    uint64_t value = get_user_reg(regs, lo) | get_user_reg(regs, hi) << 32;

    if (op1 != 2 || crm != 14 || /* CNTP_CVAL */
        !vtimer_sysreg(current, SYSREG(3, 3, 14, 2, 2), write, &value))
        return false;
    if (!write) {
        set_user_reg(regs, lo, (uint32_t)value);
        set_user_reg(regs, hi, (uint32_t)(value >> 32));
    }
    return true;
}

bool cp_trap(struct cpu_user_regs *regs, unsigned int ec, uint32_t iss)
{
    if (!condition_holds(regs, iss)) {
        regs_advance(regs);
        return true;
    }
    switch (ec) {
    case EC_CP15_32:
        if (!cp15_32(regs, iss))
            return false;
        break;
    case EC_CP15_64:
        if (!cp15_64(regs, iss))
            return false;
        break;
    default:
        return false;
    }
    regs_advance(regs);
    return true;
}
