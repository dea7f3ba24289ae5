/* SPDX-License-Identifier: MIT */
/*
 * CPU policies: what CPUID and the MSRs that describe the CPU show. One of the machine (raw: as the
 * CPU says; host: what the hypervisor uses), one that PV guests may have at most, one that they
 * get, and one per domain.
 */
#ifndef ASM_CPU_POLICY_H
#define ASM_CPU_POLICY_H

#include <xen/domain.h>
#include <asm/cpu.h>

#define POLICY_BASIC_MAX 0x1d
#define POLICY_EXT_MAX   0x80000021U
#define POLICY_LEAF4_NR  6
#define POLICY_LEAF7_NR  3
#define POLICY_LEAFB_NR  2
#define POLICY_LEAFD_NR  63
#define POLICY_EXT_NR    (POLICY_EXT_MAX - 0x80000000U + 1)

struct cpu_policy {
    struct cpuid_leaf basic[POLICY_BASIC_MAX + 1]; /* leaves without subleaves */
    struct cpuid_leaf cache[POLICY_LEAF4_NR];      /* 4 */
    struct cpuid_leaf feat[POLICY_LEAF7_NR];       /* 7 */
    struct cpuid_leaf topo[POLICY_LEAFB_NR];       /* 0xb */
    struct cpuid_leaf xstate[POLICY_LEAFD_NR];     /* 0xd */
    struct cpuid_leaf ext[POLICY_EXT_NR];          /* 0x80000000 up */
    uint32_t hv_limit, hv2_limit;                  /* of leaves 0x40000000, 0x40000100 */
    uint64_t platform_info;                        /* MSR_INTEL_PLATFORM_INFO */
    uint64_t arch_caps;                            /* MSR_ARCH_CAPABILITIES */
};

extern struct cpu_policy raw_policy, host_policy, pv_max_policy, pv_def_policy;

/* Fill the four; at boot, after host_features. */
void cpu_policy_init(void);
/* Policy of a new domain. 0, -ENOMEM. */
int cpu_policy_domain_init(struct domain *d);
void cpu_policy_domain_destroy(struct domain *d);
/* CPUID as @v's guest sees it, with what depends on the vCPU (OSXSAVE, APIC id, leaf 0xd). */
void cpu_policy_cpuid(const struct vcpu *v, uint32_t leaf, uint32_t sub, struct cpuid_leaf *out);
/* FEATURESET_* words of a policy, and back. */
void cpu_policy_to_featureset(const struct cpu_policy *p, uint32_t fs[NR_FEATURE_WORDS]);
/* Does the policy have feature bit @feature (XEN_X86_FEATURE_*)? */
bool cpu_policy_has(const struct cpu_policy *p, unsigned int feature);

struct xen_domctl_cpu_policy;
struct xen_sysctl_cpu_policy;
struct xen_sysctl_cpu_featureset;
long cpu_policy_domctl_get(struct domain *d, struct xen_domctl_cpu_policy *op);
long cpu_policy_domctl_set(struct domain *d, struct xen_domctl_cpu_policy *op);
long cpu_policy_sysctl_get(struct xen_sysctl_cpu_policy *op);
long cpu_policy_sysctl_featureset(struct xen_sysctl_cpu_featureset *op);

#endif
