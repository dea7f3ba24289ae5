/* SPDX-License-Identifier: MIT */
#ifndef CPU_POLICY_PRIVATE_H
#define CPU_POLICY_PRIVATE_H

#include <asm/cpu_policy.h>

/* Leaves that stand in a serialised policy: what the tools know, too. */
#define SERIAL_BASIC_MAX 0xd
#define SERIAL_MAX_MSRS  2

/* Set the feature words of @p. */
void policy_from_featureset(struct cpu_policy *p, const uint32_t fs[NR_FEATURE_WORDS]);
/* Hold @p to @max: limits, features, and what follows from features (XSAVE's sizes). */
void policy_restrict(struct cpu_policy *p, const struct cpu_policy *max);
/* Leaf of @p, or NULL where it has none (subleaf NONE: XEN_CPUID_NO_SUBLEAF). */
struct cpuid_leaf *policy_leaf(struct cpu_policy *p, uint32_t leaf, uint32_t sub);

#define MSR_AMD_DE_CFG 0xc0011029
#define DE_CFG_LFENCE  (1UL << 1) /* LFENCE waits for what stands before it */

#endif
