/* SPDX-License-Identifier: MIT */
/* The machine's policy, and from it those of PV guests. */
#include <public/arch-x86/xen.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <asm/fpu.h>
#include <asm/setup.h>
#include "private.h"

struct cpu_policy raw_policy __ro_after_init, host_policy __ro_after_init;
struct cpu_policy pv_max_policy __ro_after_init, pv_def_policy __ro_after_init;

#define EXT(leaf)         ((leaf)-0x80000000U)
#define MSR_PLATFORM_INFO 0xce
#define MSR_ARCH_CAPS     0x10a
#define BIT(n)            (1U << ((n)&31))

/*
 * What PV guests may have, by word of the featureset: the features marked A or a in
 * public/arch-x86/cpufeatureset.h, without those that need MSR_SPEC_CTRL.
 */
static const uint32_t pv_max_mask[NR_FEATURE_WORDS] = {
    0x1fc9cbf5, 0xf6d83203, 0xea500800, 0x042109e3, 0x00000007, 0xfdaf0b39, 0x1a405f43,
    0x00000100, 0x64001005, 0x2001451c, 0x00001c30, 0x78000064, 0x00000000, 0x00000000,
    0x00000000, 0x00000000, 0x1d12e173, 0x40000000, 0x00000006,
};
/* And what they have unless the tools say otherwise: those marked A. */
static const uint32_t pv_def_mask[NR_FEATURE_WORDS] = {
    0x1fc9cbf5, 0xf6d83203, 0xea500800, 0x042109e3, 0x00000007, 0xfdaf0b29, 0x02405f43,
    0x00000000, 0x64001005, 0x2000441c, 0x00001c30, 0x78000064, 0x00000000, 0x00000000,
    0x00000000, 0x00000000, 0x1d12e173, 0x40000000, 0x00000006,
};

/* Word @i of the featureset within a policy. NULL: there is none. */
static uint32_t *feature_word(struct cpu_policy *p, unsigned int i)
{
    /* clang-format off */
    switch (i) {
    case 0: return &p->basic[1].d;
    case 1: return &p->basic[1].c;
    case 2: return &p->ext[EXT(0x80000001)].d;
    case 3: return &p->ext[EXT(0x80000001)].c;
    case 4: return &p->xstate[1].a;
    case 5: return &p->feat[0].b;
    case 6: return &p->feat[0].c;
    case 7: return &p->ext[EXT(0x80000007)].d;
    case 8: return &p->ext[EXT(0x80000008)].b;
    case 9: return &p->feat[0].d;
    case 10: return &p->feat[1].a;
    case 11: return &p->ext[EXT(0x80000021)].a;
    case 12: return &p->feat[1].b;
    case 13: return &p->feat[2].d;
    case 14: return &p->feat[1].c;
    case 15: return &p->feat[1].d;
    case 16: return (uint32_t *)&p->arch_caps;
    case 17: return (uint32_t *)&p->arch_caps + 1;
    case 18: return &p->ext[EXT(0x80000021)].c;
    default: return NULL;
    }
    /* clang-format on */
}

void cpu_policy_to_featureset(const struct cpu_policy *p, uint32_t fs[NR_FEATURE_WORDS])
{
    for (unsigned int i = 0; i < NR_FEATURE_WORDS; i++) {
        const uint32_t *w = feature_word((struct cpu_policy *)p, i); /* only read */

        fs[i] = w ? *w : 0;
    }
}

void policy_from_featureset(struct cpu_policy *p, const uint32_t fs[NR_FEATURE_WORDS])
{
    for (unsigned int i = 0; i < NR_FEATURE_WORDS; i++) {
        uint32_t *w = feature_word(p, i);

        if (w)
            *w = fs[i];
    }
}

bool cpu_policy_has(const struct cpu_policy *p, unsigned int feature)
{
    const uint32_t *w = feature_word((struct cpu_policy *)p, feature / 32); /* only read */

    return w && (*w & BIT(feature));
}

static void __init read_subleaves(struct cpuid_leaf *l, unsigned int nr, uint32_t leaf,
                                  uint32_t max_leaf)
{
    for (unsigned int i = 0; i < nr && leaf <= max_leaf; i++)
        l[i] = cpuid_count(leaf, i);
}

static void __init read_raw(struct cpu_policy *p)
{
    uint32_t max = min(cpuid(0).a, (uint32_t)POLICY_BASIC_MAX);
    uint32_t max_ext = min(cpuid(0x80000000).a, (uint32_t)POLICY_EXT_MAX);

    for (uint32_t i = 0; i <= max; i++)
        if (i != 4 && i != 7 && i != 0xb && i != 0xd)
            p->basic[i] = cpuid(i);
    read_subleaves(p->cache, POLICY_LEAF4_NR, 4, max);
    read_subleaves(p->feat, POLICY_LEAF7_NR, 7, max);
    read_subleaves(p->topo, POLICY_LEAFB_NR, 0xb, max);
    if (p->basic[1].c & BIT(XEN_X86_FEATURE_XSAVE))
        read_subleaves(p->xstate, POLICY_LEAFD_NR, 0xd, max);
    if (max_ext >= 0x80000000)
        for (uint32_t i = 0x80000000; i <= max_ext; i++)
            p->ext[EXT(i)] = cpuid(i);
    for (unsigned int i = p->feat[0].a + 1; i < POLICY_LEAF7_NR; i++)
        p->feat[i] = (struct cpuid_leaf){0};
    if (rdmsr_safe(MSR_PLATFORM_INFO, &p->platform_info))
        p->platform_info = 0;
    if (!(p->feat[0].d & BIT(XEN_X86_FEATURE_ARCH_CAPS)) ||
        rdmsr_safe(MSR_ARCH_CAPS, &p->arch_caps))
        p->arch_caps = 0;
}

/* The state components that go with the features. */
static uint64_t xstate_of(const struct cpu_policy *p)
{
    uint64_t mask = XSTATE_FP_SSE;

    if (!cpu_policy_has(p, XEN_X86_FEATURE_XSAVE))
        return 0;
    if (cpu_policy_has(p, XEN_X86_FEATURE_AVX))
        mask |= XSTATE_YMM;
    if (cpu_policy_has(p, XEN_X86_FEATURE_AVX512F))
        mask |= XSTATE_OPMASK | XSTATE_ZMM | XSTATE_HI_ZMM;
    if (cpu_policy_has(p, XEN_X86_FEATURE_PKU))
        mask |= XSTATE_PKRU;
    return mask & xfeature_mask;
}

static void set_xstate(struct cpu_policy *p)
{
    uint64_t mask = xstate_of(p);
    uint32_t features = p->xstate[1].a;

    memset(p->xstate, 0, sizeof(p->xstate));
    if (!mask)
        return;
    p->xstate[0] =
        (struct cpuid_leaf){(uint32_t)mask, 0, xstate_size(mask), (uint32_t)(mask >> 32)};
    p->xstate[1].a = features;
    for (unsigned int i = 2; i < POLICY_LEAFD_NR; i++)
        if (mask & (UINT64_C(1) << i))
            p->xstate[i] = host_policy.xstate[i];
}

/* AVX and the like make no sense without their state, nor long mode's without long mode. */
static void drop_dependent(uint32_t fs[NR_FEATURE_WORDS])
{
    if (!(fs[1] & BIT(XEN_X86_FEATURE_XSAVE))) {
        fs[4] = 0;
        fs[1] &= ~(BIT(XEN_X86_FEATURE_AVX) | BIT(XEN_X86_FEATURE_FMA) | BIT(XEN_X86_FEATURE_F16C) |
                   BIT(XEN_X86_FEATURE_OSXSAVE));
    }
    if (!(fs[1] & BIT(XEN_X86_FEATURE_AVX))) {
        fs[1] &= ~(BIT(XEN_X86_FEATURE_FMA) | BIT(XEN_X86_FEATURE_F16C));
        fs[3] &= ~(BIT(XEN_X86_FEATURE_XOP) | BIT(XEN_X86_FEATURE_FMA4));
        fs[5] &= ~BIT(XEN_X86_FEATURE_AVX2);
        fs[6] &= ~(BIT(XEN_X86_FEATURE_VAES) | BIT(XEN_X86_FEATURE_VPCLMULQDQ));
    }
    if (!(fs[5] & BIT(XEN_X86_FEATURE_AVX2)))
        fs[5] &= ~BIT(XEN_X86_FEATURE_AVX512F);
}

static void clear_private_leaves(struct cpu_policy *p)
{
    static const uint8_t hidden[] = {3, 5, 6, 9, 0xa, 0xc};

    for (unsigned int i = 0; i < sizeof(hidden); i++)
        p->basic[hidden[i]] = (struct cpuid_leaf){0};
    for (unsigned int i = SERIAL_BASIC_MAX + 1; i <= POLICY_BASIC_MAX; i++)
        p->basic[i] = (struct cpuid_leaf){0};
    for (unsigned int i = EXT(0x80000009); i < POLICY_EXT_NR; i++)
        if (i != EXT(0x80000021) && i != EXT(0x8000001d) && i != EXT(0x8000001e))
            p->ext[i] = (struct cpuid_leaf){0};
    p->ext[EXT(0x80000007)].a = p->ext[EXT(0x80000007)].b = p->ext[EXT(0x80000007)].c = 0;
}

void policy_restrict(struct cpu_policy *p, const struct cpu_policy *max)
{
    uint32_t fs[NR_FEATURE_WORDS], lim[NR_FEATURE_WORDS];

    p->basic[0].a = min(p->basic[0].a, max->basic[0].a);
    p->ext[0].a = min(p->ext[0].a, max->ext[0].a);
    p->feat[0].a = min(p->feat[0].a, max->feat[0].a);
    cpu_policy_to_featureset(p, fs);
    cpu_policy_to_featureset(max, lim);
    for (unsigned int i = 0; i < NR_FEATURE_WORDS; i++)
        fs[i] &= lim[i];
    drop_dependent(fs);
    policy_from_featureset(p, fs);
    set_xstate(p);
}

/* @mask of what the host has; some bits are not features but facts. */
static void __init derive_pv(struct cpu_policy *p, const uint32_t mask[NR_FEATURE_WORDS])
{
    uint32_t fs[NR_FEATURE_WORDS];

    *p = host_policy;
    cpu_policy_to_featureset(&host_policy, fs);
    for (unsigned int i = 0; i < NR_FEATURE_WORDS; i++)
        fs[i] &= mask[i];
    fs[1] |= BIT(XEN_X86_FEATURE_HYPERVISOR);
    fs[0] |= BIT(XEN_X86_FEATURE_APIC);
    /* AMD: the long-mode leaf repeats the first 24 bits of word 0. */
    if (boot_cpu.is_amd)
        fs[2] |= fs[0] & 0x0183f3ff & ~BIT(XEN_X86_FEATURE_SYSCALL);
    policy_from_featureset(p, fs);
    p->basic[0].a = min(host_policy.basic[0].a, (uint32_t)SERIAL_BASIC_MAX);
    p->feat[0].a = min(host_policy.feat[0].a, POLICY_LEAF7_NR - 1U);
    clear_private_leaves(p);
    p->hv_limit = p->hv2_limit = 0;
    p->platform_info = 0;
    if (!(fs[9] & BIT(XEN_X86_FEATURE_ARCH_CAPS)))
        p->arch_caps = 0;
    policy_restrict(p, p);
}

/*
 * Does LFENCE wait for the instructions before it? Guests are told so in leaf 0x80000021, as the
 * stock hypervisor does on processors that are older than that leaf: a guest that has come from
 * there has this many leaves. Source: AMD, Software Techniques for Managing Speculation, "LFENCE".
 */
static bool __init lfence_waits(void)
{
    uint64_t de_cfg;

    if (!boot_cpu.is_amd || !(host_features[0] & BIT(XEN_X86_FEATURE_SSE2)))
        return false;
    if (boot_cpu.family == 0xf || boot_cpu.family == 0x11)
        return true;
    return !rdmsr_safe(MSR_AMD_DE_CFG, &de_cfg) && (de_cfg & DE_CFG_LFENCE);
}

void __init cpu_policy_init(void)
{
    read_raw(&raw_policy);
    host_policy = raw_policy;
    policy_from_featureset(&host_policy, host_features);
    host_policy.basic[0].a = min(raw_policy.basic[0].a, (uint32_t)POLICY_BASIC_MAX);
    host_policy.ext[0].a = min(raw_policy.ext[0].a, (uint32_t)POLICY_EXT_MAX);
    if (lfence_waits()) {
        host_policy.ext[EXT(0x80000021)].a |= BIT(XEN_X86_FEATURE_LFENCE_DISPATCH);
        host_policy.ext[0].a = POLICY_EXT_MAX;
    }
}

/* XSAVE's sizes are known by then. */
static int __init derive_guest_policies(void)
{
    derive_pv(&pv_max_policy, pv_max_mask);
    derive_pv(&pv_def_policy, pv_def_mask);
    return 0;
}
PRESMP_INITCALL(derive_guest_policies);

int cpu_policy_domain_init(struct domain *d)
{
    d->arch.cpu_policy = xmalloc(struct cpu_policy);
    if (!d->arch.cpu_policy)
        return -ENOMEM;
    *d->arch.cpu_policy = pv_def_policy;
    /* The hardware domain never moves to another machine. */
    if (is_hardware_domain(d))
        d->arch.cpu_policy->ext[EXT(0x80000007)].d |=
            pv_max_policy.ext[EXT(0x80000007)].d & BIT(XEN_X86_FEATURE_ITSC);
    return 0;
}

void cpu_policy_domain_destroy(struct domain *d)
{
    xfree(d->arch.cpu_policy);
    d->arch.cpu_policy = NULL;
}

struct cpuid_leaf *policy_leaf(struct cpu_policy *p, uint32_t leaf, uint32_t sub)
{
    bool none = sub == XEN_CPUID_NO_SUBLEAF;

    switch (leaf) {
    case 4:
        return sub < POLICY_LEAF4_NR ? &p->cache[sub] : NULL;
    case 7:
        return sub < POLICY_LEAF7_NR ? &p->feat[sub] : NULL;
    case 0xb:
        return sub < POLICY_LEAFB_NR ? &p->topo[sub] : NULL;
    case 0xd:
        return sub < POLICY_LEAFD_NR ? &p->xstate[sub] : NULL;
    default:
        if (none && leaf <= SERIAL_BASIC_MAX)
            return &p->basic[leaf];
        if (none && leaf >= 0x80000000 && leaf <= POLICY_EXT_MAX)
            return &p->ext[EXT(leaf)];
        return NULL;
    }
}
