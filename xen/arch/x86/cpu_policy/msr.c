/* SPDX-License-Identifier: MIT */
/* MSRs of PV guests: a table of what there is; the rest faults, or reads as 0 where that was asked.
 */
#include <xen/kernel.h>
#include <xen/log_dirty.h>
#include <xen/port/p2m.h>
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/page_type.h>
#include <asm/pv.h>
#include <asm/setup.h>
#include "private.h"

#define MSR_TSC           0x00000010
#define MSR_BIOS_SIGN     0x0000008b /* microcode revision, both makers */
#define MSR_PLATFORM_INFO 0x000000ce
#define MSR_ARCH_CAPS     0x0000010a
#define MSR_MISC_FEATURES 0x00000140
#define MSR_MCG_CAP       0x00000179
#define MSR_MCG_STATUS    0x0000017a
/* The two banks of machine checks, of four MSRs each, that a guest of the stock hypervisor has
 * seen. */
#define MSR_MC_FIRST      0x00000400
#define MSR_MC_LAST       0x00000407
#define MSR_DEBUGCTL      0x000001d9
#define MSR_PRED_CMD      0x00000049
#define MSR_XEN_HYPERCALL 0x40000000
#define MSR_AMD_SYSCFG    0xc0010010
#define MSR_AMD_HWCR      0xc0010015
#define MSR_AMD_INT_MSG   0xc0010055
#define MSR_AMD_VM_CR     0xc0010114
#define MSR_AMD_EVNTSEL0  0xc0010000
#define MSR_AMD_PERFCTR3  0xc0010007

#define APIC_BASE_BSP     (1UL << 8)
#define APIC_BASE_ENABLE  (1UL << 11)
#define APIC_BASE_ADDRESS 0xfee00000UL
#define HWCR_TSC_FREQ_SEL (1UL << 24)
#define VM_CR_SVM_DISABLE (1UL << 4)
#define PRED_CMD_IBPB     1UL

static int read_base(const struct vcpu *v, uint32_t msr, uint64_t *value)
{
    /* The active GS base is the present mode's, which is the kernel's: user mode cannot ask. */
    *value = rdmsr(msr);
    return 0;
}

static int read_amd(const struct vcpu *v, uint32_t msr, uint64_t *value)
{
    *value = 0;
    switch (msr) {
    case MSR_AMD_HWCR:
        *value = HWCR_TSC_FREQ_SEL;
        return 0;
    case MSR_AMD_VM_CR:
        *value = VM_CR_SVM_DISABLE;
        return 0;
    case MSR_AMD_DE_CFG:
        *value = DE_CFG_LFENCE;
        return 0;
    case MSR_AMD_SYSCFG:
    case MSR_AMD_INT_MSG:
    case MSR_AMD_EVNTSEL0 ... MSR_AMD_PERFCTR3:
        return 0;
    default:
        return -EINVAL;
    }
}

static int read_other(const struct vcpu *v, uint32_t msr, uint64_t *value)
{
    if (boot_cpu.is_amd && read_amd(v, msr, value) == 0)
        return 0;
    *value = 0;
    /* Tolerance is for what the machine has: a mistyped number faults. */
    if (v->domain->arch.msr_relaxed) {
        uint64_t real;

        return rdmsr_safe(msr, &real) ? -EINVAL : 0;
    }
    return -EINVAL;
}

static int read_revision(const struct vcpu *v, uint64_t *value)
{
    if (!is_hardware_domain(v->domain) || rdmsr_safe(MSR_BIOS_SIGN, value))
        *value = 0;
    return 0;
}

int pv_read_msr(struct vcpu *v, uint32_t msr, uint64_t *value)
{
    const struct cpu_policy *p = v->domain->arch.cpu_policy;

    switch (msr) {
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        return read_base(v, msr, value);
    case MSR_EFER:
        *value = rdmsr(MSR_EFER) & (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE);
        return 0;
    case MSR_PAT:
        *value = rdmsr(MSR_PAT);
        return 0;
    case MSR_TSC:
        *value = v->domain->arch.vtsc ? pv_guest_tsc(v) : rdtsc();
        return 0;
    case MSR_TSC_AUX:
        if (!cpu_policy_has(p, XEN_X86_FEATURE_RDTSCP))
            return -EINVAL;
        *value = v->arch.pv.tsc_aux;
        return 0;
    case MSR_APIC_BASE:
        *value = APIC_BASE_ADDRESS | APIC_BASE_ENABLE | (v->vcpu_id ? 0 : APIC_BASE_BSP);
        return 0;
    case MSR_MISC_ENABLE:
        return rdmsr_safe(msr, value) ? -EINVAL : 0;
    case MSR_BIOS_SIGN:
        return read_revision(v, value);
    case MSR_PLATFORM_INFO:
        *value = p->platform_info;
        return boot_cpu.is_intel ? 0 : -EINVAL;
    case MSR_ARCH_CAPS:
        *value = p->arch_caps;
        return cpu_policy_has(p, XEN_X86_FEATURE_ARCH_CAPS) ? 0 : -EINVAL;
    case MSR_MC_FIRST ... MSR_MC_LAST:
    case MSR_MCG_CAP:
    case MSR_MCG_STATUS:
    case MSR_DEBUGCTL:
        *value = 0;
        return 0;
    default:
        return read_other(v, msr, value);
    }
}

static int write_hypercall_page(struct vcpu *v, uint64_t value)
{
    struct page_info *pg;

    /* The low bits choose the page of several: there is one. */
    if (value & ~PAGE_MASK)
        return -EINVAL;
    pg = page_get_from_mfn(mk_mfn(PFN_DOWN(value)), v->domain);
    if (!pg)
        return -EINVAL;
    if (page_get_type(pg, PGT_WRITABLE)) {
        page_put(pg);
        return -EINVAL;
    }
    pv_fill_hypercall_page(page_to_virt(pg));
    log_dirty_mark_mfn(v->domain, page_to_mfn(pg));
    page_put_with_type(pg);
    return 0;
}

static int write_base(struct vcpu *v, uint32_t msr, uint64_t value)
{
    if (!is_canonical(value))
        return -EINVAL;
    wrmsr(msr, value);
    return 0;
}

/* Accepted where nothing would change. */
static int write_same(struct vcpu *v, uint32_t msr, uint64_t value)
{
    uint64_t now;

    return pv_read_msr(v, msr, &now) || now != value ? -EINVAL : 0;
}

static int write_prediction(struct vcpu *v, uint64_t value)
{
    if (!cpu_policy_has(v->domain->arch.cpu_policy, XEN_X86_FEATURE_IBPB) ||
        (value & ~PRED_CMD_IBPB))
        return -EINVAL;
    return value ? wrmsr_safe(MSR_PRED_CMD, value) : 0;
}

int pv_write_msr(struct vcpu *v, uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        return write_base(v, msr, value);
    case MSR_TSC_AUX:
        if (!cpu_policy_has(v->domain->arch.cpu_policy, XEN_X86_FEATURE_RDTSCP) || value >> 32)
            return -EINVAL;
        v->arch.pv.tsc_aux = value;
        pv_load_tsc_aux(v);
        return 0;
    case MSR_MC_FIRST:
    case MSR_MC_FIRST + 4: /* what is to be reported: nothing ever is */
        return 0;
    case MSR_XEN_HYPERCALL:
        return write_hypercall_page(v, value);
    case MSR_PRED_CMD:
        return write_prediction(v, value);
    case MSR_BIOS_SIGN:
        /* Written with 0 before the revision is read on Intel. */
        return 0;
    case MSR_APIC_BASE:
        return 0;
    default:
        return write_same(v, msr, value);
    }
}
