/* SPDX-License-Identifier: MIT */
/* CPUID policy lists: words of 32 characters '0', '1', 'x' (default), 'k' (host), 's' (host,
 * kept over migration) per leaf and register, most significant bit first. */
#ifndef LIBXL_CORE_CPUID_H
#define LIBXL_CORE_CPUID_H

#include "core/types.h"

struct xc_xend_cpuid;
#if defined(__i386__) || defined(__x86_64__)
struct xc_msr;
#else
/* As xenctrl.h has it where guests have MSRs: a list is kept, and written down, anywhere. */
struct xc_msr {
    uint32_t index;
    char policy[65];
};
#define XC_MSR_INPUT_UNUSED 0xffffffffu
#endif

/* What xl.cfg(5) has a name for: @width bits of a register, from @bit up. Intel SDM vol 2A "CPUID";
 * AMD APM vol 3 appendix E. The fields "family" and "model" lie in two pieces each. */
struct cpuid_feature {
    const char *name;
    uint32_t leaf, subleaf; /* XEN_CPUID_INPUT_UNUSED: has none */
    uint8_t reg, bit, width;
};
const struct cpuid_feature *cpuid_feature_find(const char *name, size_t len);
int arch_cap_find(const char *name, size_t len); /* a bit of IA32_ARCH_CAPABILITIES, or -1 */

bool cpuid_is_empty(const libxl_cpuid_policy_list *l); /* neither leaves nor MSRs */
void cpuid_print(struct json_writer *w, const void *p);
int cpuid_parse(libxl_ctx *ctx, void *p, struct json_object *o);
/* For libxenctrl: ends with an entry that has leaf XEN_CPUID_INPUT_UNUSED, or NULL. */
struct xc_xend_cpuid *cpuid_leaves(const libxl_cpuid_policy_list *l);
/* Likewise, with the index XC_MSR_INPUT_UNUSED; words of 64. */
struct xc_msr *cpuid_msrs(const libxl_cpuid_policy_list *l);

#endif
