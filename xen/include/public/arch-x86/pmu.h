/* SPDX-License-Identifier: MIT */
/* The x86 part of pmu.h. Include that one. */
#ifndef __XEN_PUBLIC_ARCH_X86_PMU_H__
#define __XEN_PUBLIC_ARCH_X86_PMU_H__

#include "../xen.h"

/* Counters and controls are byte offsets of arrays, from the start of the structure. */
typedef struct xen_pmu_amd_ctxt {
    uint32_t counters, ctrls;
    uint64_t regs[XEN_FLEX_ARRAY_DIM];
} xen_pmu_amd_ctxt_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_amd_ctxt_t);

typedef struct xen_pmu_cntr_pair {
    uint64_t counter, control;
} xen_pmu_cntr_pair_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_cntr_pair_t);

/* Offsets as above: of counters, and of xen_pmu_cntr_pair. The rest are MSRs. */
typedef struct xen_pmu_intel_ctxt {
    uint32_t fixed_counters, arch_counters;
    uint64_t global_ctrl, global_ovf_ctrl, global_status;
    uint64_t fixed_ctrl, ds_area, pebs_enable, debugctl;
    uint64_t regs[XEN_FLEX_ARRAY_DIM];
} xen_pmu_intel_ctxt_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_intel_ctxt_t);

/* Where the sample was taken. */
typedef struct xen_pmu_regs {
    uint64_t ip, sp, flags;
    uint16_t cs, ss;
    uint8_t cpl;
    uint8_t pad[3];
} xen_pmu_regs_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_regs_t);

/* pmu_flags */
#define PMU_CACHED      (1 << 0) /* the context is here, not in the registers */
#define PMU_SAMPLE_USER (1 << 1) /* of user mode */
#define PMU_SAMPLE_REAL (1 << 2) /* of real mode */
#define PMU_SAMPLE_PV   (1 << 3) /* of a PV guest */

#define XENPMU_REGS_PAD_SZ 64
#define XENPMU_CTXT_PAD_SZ 128

typedef struct xen_pmu_arch {
    union {
        uint8_t pad[XENPMU_REGS_PAD_SZ];
        xen_pmu_regs_t regs;
    } r; /* written by the hypervisor */
    uint64_t pmu_flags;
    union {
        uint64_t pad;
        uint32_t lapic_lvtpc;
    } l; /* written by the guest */
    union {
        uint8_t pad[XENPMU_CTXT_PAD_SZ];
        xen_pmu_intel_ctxt_t intel;
        xen_pmu_amd_ctxt_t amd;
    } c; /* written by both */
} xen_pmu_arch_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_arch_t);

#endif /* __XEN_PUBLIC_ARCH_X86_PMU_H__ */
