/* SPDX-License-Identifier: MIT */
#ifndef GUEST_POLICY_H
#define GUEST_POLICY_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Words of a feature set. Source: arch-x86/cpufeatureset.h. */
#define NR_FEATURE_WORDS 19u

#include "xenctrl.h"

#include "xenguest.h"

#include "../ctrl/report.h"

/* Leaves and MSRs as the hypervisor has them; each list in malloc()ed memory. */
struct xc_cpu_policy {
    xen_cpuid_leaf_t *leaves;
    uint32_t nr_leaves, room_leaves;
    xen_msr_entry_t *msrs;
    uint32_t nr_msrs, room_msrs;
};

enum cpuid_reg { REG_A, REG_B, REG_C, REG_D };

/* The leaf, or NULL. @subleaf: XEN_CPUID_NO_SUBLEAF where there are none. */
xen_cpuid_leaf_t *policy_leaf(const xc_cpu_policy_t *p, uint32_t leaf, uint32_t subleaf);
xen_msr_entry_t *policy_msr(const xc_cpu_policy_t *p, uint32_t idx);
uint32_t *leaf_reg(xen_cpuid_leaf_t *leaf, enum cpuid_reg reg);

#endif
