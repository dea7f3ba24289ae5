/* SPDX-License-Identifier: MIT */
/*
 * What guests get by HVC #0 and SMC #0: the SMC calling convention (DEN0028) with PSCI 1.1
 * (DEN0022), the hypervisor's own identification, and what the platform adds.
 */
#include <asm/current.h>
#include <asm/platform.h>
#include <asm/psci.h>
#include <asm/traps.h>
#include <public/arch-arm/smccc.h>
#include <public/sched.h>
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/port/domain.h>
#include <xen/sched.h>

#define FAST          (1U << 31)
#define OWNER(fid)    ((fid) >> 24 & 0x3f)
#define FUNCTION(fid) ((fid)&0xffff)
enum { OWNER_ARCH = 0, OWNER_SIP = 2, OWNER_STANDARD = 4, OWNER_HYP = 5 };
#define FN_CALL_COUNT 0xff00
#define FN_UID        0xff01
#define FN_REVISION   0xff03

#define SMCCC_VERSION       0x80000000U
#define SMCCC_ARCH_FEATURES 0x80000001U
#define SMCCC_WORKAROUND_1  0x80008000U
#define SMCCC_WORKAROUND_2  0x80007fffU
#define SMCCC_WORKAROUND_3  0x80003fffU
#define VERSION_OF(a, b)    ((a) << 16 | (b))

#define AFFINITY_ON   0
#define AFFINITY_OFF  1
#define TOS_ABSENT    2 /* MIGRATE_INFO_TYPE */
#define NR_PSCI_CALLS 9

static void answer(struct cpu_user_regs *regs, int64_t v)
{
    set_user_reg(regs, 0, (uint64_t)v);
}

static uint64_t arg(const struct cpu_user_regs *regs, unsigned int n)
{
    uint64_t v = get_user_reg(regs, n);

    return regs->x[0] & PSCI_64 ? v : (uint32_t)v;
}

static struct vcpu *vcpu_by_mpidr(struct domain *d, uint64_t mpidr)
{
    uint64_t id = (mpidr >> 8 & 0xff) << 4 | (mpidr & 0xf);

    return mpidr & ~UINT64_C(0xff0f) || id >= d->max_vcpus ? NULL : d->vcpu[id];
}

static int cpu_on(struct cpu_user_regs *regs, uint64_t mpidr, uint64_t entry, uint64_t context)
{
    struct domain *d = current->domain;
    struct vcpu *v = vcpu_by_mpidr(d, mpidr);
    int rc = PSCI_ALREADY_ON;

    if (!v)
        return PSCI_INVALID_PARAMETERS;
    if (entry & 3)
        return PSCI_INVALID_ADDRESS;
    spin_lock(&d->lock);
    if (v->pause_flags & VPF_DOWN) {
        vcpu_sleep_sync(v); /* it may still be on its way out */
        if (port_vcpu_reset(v)) {
            rc = PSCI_INTERNAL_FAILURE;
        } else {
            v->arch.user_regs.pc = entry;
            v->arch.user_regs.x[0] = context;
            v->is_initialised = true;
            __atomic_fetch_and(&v->pause_flags, ~VPF_DOWN, __ATOMIC_SEQ_CST);
            rc = PSCI_SUCCESS;
        }
    }
    spin_unlock(&d->lock);
    if (rc == PSCI_SUCCESS)
        vcpu_wake(v);
    return rc;
}

static int cpu_off(void)
{
    struct vcpu *v = current, *other;
    bool last = true;

    for_each_vcpu (v->domain, other)
        last &= other == v || (READ_ONCE(other->pause_flags) & VPF_DOWN);
    if (last)
        return PSCI_DENIED;
    __atomic_fetch_or(&v->pause_flags, VPF_DOWN, __ATOMIC_SEQ_CST);
    vcpu_sleep_nosync(v);
    return PSCI_SUCCESS; /* nobody sees it */
}

static int affinity_info(uint64_t mpidr, uint64_t level)
{
    struct domain *d = current->domain;
    uint64_t mask;
    struct vcpu *v;
    int rc = PSCI_INVALID_PARAMETERS;

    if (level > 3)
        return rc;
    mask = level == 3 ? UINT64_C(0xff00000000) : ~UINT64_C(0) << 8 * level;
    for_each_vcpu (d, v) {
        if ((v->arch.vmpidr & 0xff00ffffff & mask) != (mpidr & 0xff00ffffff & mask))
            continue;
        if (!(READ_ONCE(v->pause_flags) & VPF_DOWN))
            return AFFINITY_ON;
        rc = AFFINITY_OFF;
    }
    return rc;
}

static int features(uint32_t fn)
{
    switch (fn) {
    case PSCI_VERSION:
    case PSCI_CPU_SUSPEND:
    case PSCI_CPU_SUSPEND | PSCI_64:
    case PSCI_CPU_OFF:
    case PSCI_CPU_ON:
    case PSCI_CPU_ON | PSCI_64:
    case PSCI_AFFINITY_INFO:
    case PSCI_AFFINITY_INFO | PSCI_64:
    case PSCI_MIGRATE_INFO:
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
    case PSCI_FEATURES:
    case SMCCC_VERSION:
        return PSCI_SUCCESS;
    default:
        return PSCI_NOT_SUPPORTED;
    }
}

/* True: one of PSCI's, done. */
static bool psci(struct cpu_user_regs *regs, uint32_t fid)
{
    struct vcpu *v = current;

    switch (fid) {
    case PSCI_VERSION:
        answer(regs, VERSION_OF(1, 1));
        return true;
    case PSCI_CPU_SUSPEND:
    case PSCI_CPU_SUSPEND | PSCI_64:
        answer(regs, PSCI_SUCCESS); /* a deeper state may be taken as standby */
        wait_for_interrupt(v);
        return true;
    case PSCI_CPU_OFF:
        answer(regs, cpu_off());
        return true;
    case PSCI_CPU_ON:
    case PSCI_CPU_ON | PSCI_64:
        answer(regs, cpu_on(regs, arg(regs, 1), arg(regs, 2), arg(regs, 3)));
        return true;
    case PSCI_AFFINITY_INFO:
    case PSCI_AFFINITY_INFO | PSCI_64:
        answer(regs, affinity_info(arg(regs, 1), (uint32_t)arg(regs, 2)));
        return true;
    case PSCI_MIGRATE_INFO:
        answer(regs, TOS_ABSENT);
        return true;
    case PSCI_SYSTEM_OFF:
        domain_shutdown(v->domain, SHUTDOWN_poweroff);
        return true;
    case PSCI_SYSTEM_RESET:
        domain_shutdown(v->domain, SHUTDOWN_reboot);
        return true;
    case PSCI_FEATURES:
        answer(regs, features((uint32_t)arg(regs, 1)));
        return true;
    default:
        return false;
    }
}

/* PSCI 0.1, by the numbers of public/arch-arm.h. */
static bool psci_0_1(struct cpu_user_regs *regs, uint32_t fid)
{
    switch (fid) {
    case PSCI_cpu_off:
        answer(regs, cpu_off());
        return true;
    case PSCI_cpu_on:
        answer(regs, cpu_on(regs, get_user_reg(regs, 1), get_user_reg(regs, 2), 0));
        return true;
    default:
        return false;
    }
}

/* Mitigations that are the firmware's: its answer is the guest's. */
static int64_t ask_firmware(uint64_t fn, uint64_t a1)
{
    const uint64_t in[8] = {fn, a1};
    struct smccc_res out;

    if (psci_version() < VERSION_OF(1, 0) || !smccc_firmware(in, &out))
        return PSCI_NOT_SUPPORTED;
    return (int32_t)out.a[0];
}

static int64_t arch_features(uint32_t fn)
{
    switch (fn) {
    case SMCCC_VERSION:
    case SMCCC_ARCH_FEATURES:
        return PSCI_SUCCESS;
    case SMCCC_WORKAROUND_1:
    case SMCCC_WORKAROUND_2:
    case SMCCC_WORKAROUND_3:
        return ask_firmware(SMCCC_ARCH_FEATURES, fn);
    default:
        return PSCI_NOT_SUPPORTED;
    }
}

static bool arch_service(struct cpu_user_regs *regs, uint32_t fid)
{
    switch (fid) {
    case SMCCC_VERSION:
        answer(regs, VERSION_OF(1, 1));
        return true;
    case SMCCC_ARCH_FEATURES:
        answer(regs, arch_features((uint32_t)regs->x[1]));
        return true;
    case SMCCC_WORKAROUND_1:
    case SMCCC_WORKAROUND_2:
    case SMCCC_WORKAROUND_3:
        ask_firmware(fid, regs->x[1]);
        return true;
    default:
        return false;
    }
}

static void answer_uid(struct cpu_user_regs *regs, const xen_uuid_t *uid)
{
    for (unsigned int i = 0; i < 4; i++) {
        const uint8_t *b = &uid->a[i * 4];

        set_user_reg(regs, i,
                     b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
    }
}

/* Number of calls, identity and version of a service. */
static bool identify(struct cpu_user_regs *regs, uint32_t fid, unsigned int count,
                     const xen_uuid_t *uid, unsigned int major, unsigned int minor)
{
    switch (FUNCTION(fid)) {
    case FN_CALL_COUNT:
        answer(regs, count);
        return true;
    case FN_UID:
        answer_uid(regs, uid);
        return true;
    case FN_REVISION:
        set_user_reg(regs, 0, major);
        set_user_reg(regs, 1, minor);
        return true;
    default:
        return false;
    }
}

static bool standard_service(struct cpu_user_regs *regs, uint32_t fid)
{
    static const xen_uuid_t uid = SSSC_SMCCC_UID;

    return psci(regs, fid) || identify(regs, fid, NR_PSCI_CALLS, &uid, SSSC_SMCCC_MAJOR_REVISION,
                                       SSSC_SMCCC_MINOR_REVISION);
}

static bool hyp_service(struct cpu_user_regs *regs, uint32_t fid)
{
    static const xen_uuid_t uid = XEN_SMCCC_UID;

    return identify(regs, fid, 3, &uid, XEN_SMCCC_MAJOR_REVISION, XEN_SMCCC_MINOR_REVISION);
}

bool vsmccc_handle(struct cpu_user_regs *regs, bool smc, unsigned int imm)
{
    uint32_t fid = (uint32_t)regs->x[0];
    bool done = false;

    if (imm)
        return false;
    if (!(fid & FAST) && OWNER(fid) == 0) {
        done = psci_0_1(regs, fid);
    } else {
        switch (OWNER(fid)) {
        case OWNER_ARCH:
            done = arch_service(regs, fid);
            break;
        case OWNER_STANDARD:
            done = standard_service(regs, fid);
            break;
        case OWNER_HYP:
        case OWNER_HYP + 1: /* vendor specific hypervisor service */
            done = hyp_service(regs, fid);
            break;
        default:
            done = platform_smc(regs);
        }
    }
    if (!done)
        answer(regs, PSCI_NOT_SUPPORTED);
    return true;
}
