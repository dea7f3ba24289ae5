/* SPDX-License-Identifier: MIT */
/* CPUID as a PV guest sees it. Hypervisor leaves: public/arch-x86/cpuid.h. */
#include <public/arch-x86/cpuid.h>
#include <xen/frame.h>
#include <xen/kernel.h>
#include <asm/current.h>
#include <asm/fpu.h>
#include <asm/pv.h>
#include <asm/time.h>
#include "private.h"

#define BIT(n)       (1U << ((n)&31))
#define HV_LEAVES    XEN_CPUID_LEAF(0)
#define HV_LAST      XEN_CPUID_LEAF(XEN_CPUID_MAX_NUM_LEAVES)
#define MSR_XEN_BASE 0x40000000U

static void time_leaf(const struct domain *d, uint32_t sub, struct cpuid_leaf *out)
{
    const struct arch_domain *a = &d->arch;
    struct tsc_scale scale;

    switch (sub) {
    case 0:
        out->a = (a->vtsc ? 1U : 0) | (tsc_is_stable() ? 2U : 0) |
                 (cpu_has(XEN_X86_FEATURE_RDTSCP) ? 4U : 0);
        out->b = a->tsc_mode;
        out->c = a->tsc_khz;
        out->d = a->tsc_incarnation;
        break;
    case 1:
        out->a = (uint32_t)a->tsc_offset;
        out->b = (uint32_t)(a->tsc_offset >> 32);
        scale = tsc_scale_of(a->tsc_khz);
        out->c = scale.mul;
        out->d = (uint32_t)scale.shift;
        break;
    case 2:
        out->a = cpu_khz;
        break;
    default:
        break;
    }
}

static unsigned int machine_address_bits(void)
{
    return 64 - (unsigned int)__builtin_clzl(max_page - 1) + PAGE_SHIFT;
}

static void hypervisor_leaf(const struct vcpu *v, uint32_t leaf, uint32_t sub,
                            struct cpuid_leaf *out)
{
    switch (leaf - HV_LEAVES) {
    case 0:
        *out = (struct cpuid_leaf){HV_LAST, XEN_CPUID_SIGNATURE_EBX, XEN_CPUID_SIGNATURE_ECX,
                                   XEN_CPUID_SIGNATURE_EDX};
        break;
    case 1:
        out->a = XEN_MAJOR << 16 | XEN_MINOR;
        break;
    case 2:
        *out = (struct cpuid_leaf){1, MSR_XEN_BASE, XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD, 0};
        break;
    case 3:
        time_leaf(v->domain, sub, out);
        break;
    case 5:
        if (sub == 0)
            out->b = machine_address_bits();
        break;
    default:
        break;
    }
}

static const struct cpuid_leaf *find(const struct cpu_policy *p, uint32_t leaf, uint32_t sub)
{
    bool has_subleaves = leaf == 4 || leaf == 7 || leaf == 0xb || leaf == 0xd;

    if (leaf < 0x80000000 ? leaf > p->basic[0].a : leaf > p->ext[0].a)
        return NULL;
    if (leaf == 7 && sub > p->feat[0].a)
        return NULL;
    return policy_leaf((struct cpu_policy *)p, leaf, has_subleaves ? sub : XEN_CPUID_NO_SUBLEAF);
}

/* What depends on the vCPU. */
static void adjust(const struct vcpu *v, uint32_t leaf, uint32_t sub, struct cpuid_leaf *out)
{
    bool osxsave = v->arch.pv.ctrlreg[4] & CR4_OSXSAVE;

    switch (leaf) {
    case 1:
        out->b = (out->b & 0x00ffffff) | v->vcpu_id << 25;
        out->c &= ~BIT(XEN_X86_FEATURE_OSXSAVE);
        if (osxsave)
            out->c |= BIT(XEN_X86_FEATURE_OSXSAVE);
        break;
    case 7:
        if (sub == 0)
            out->c &= ~BIT(XEN_X86_FEATURE_OSPKE);
        break;
    case 0xb:
        *out = (struct cpuid_leaf){.c = sub & 0xff, .d = v->vcpu_id * 2};
        break;
    case 0xd:
        if (sub == 0 && out->c)
            out->b = xstate_size(v->arch.xcr0);
        break;
    default:
        break;
    }
}

void cpu_policy_cpuid(const struct vcpu *v, uint32_t leaf, uint32_t sub, struct cpuid_leaf *out)
{
    const struct cpu_policy *p = v->domain->arch.cpu_policy;
    const struct cpuid_leaf *l;

    *out = (struct cpuid_leaf){0};
    if (leaf >= HV_LEAVES && leaf <= HV_LAST) {
        hypervisor_leaf(v, leaf, sub, out);
        return;
    }
    l = find(p, leaf, sub);
    if (!l)
        return;
    *out = *l;
    adjust(v, leaf, sub, out);
}
