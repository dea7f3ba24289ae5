/* SPDX-License-Identifier: MIT */
/* Performance counters for guests: HYPERVISOR_xenpmu_op(cmd, struct xen_pmu_params *). */
#ifndef __XEN_PUBLIC_PMU_H__
#define __XEN_PUBLIC_PMU_H__

#include "xen.h"
#if defined(__aarch64__) || defined(__arm__)
#include "arch-arm.h"
#elif defined(__x86_64__) || defined(__i386__)
#include "arch-x86/pmu.h"
#else
#error "No performance counters for this processor"
#endif

#define XENPMU_VER_MAJ 0
#define XENPMU_VER_MIN 1

#define XENPMU_mode_get    0 /* val: XENPMU_MODE_*; privileged */
#define XENPMU_mode_set    1
#define XENPMU_feature_get 2 /* val: XENPMU_FEATURE_*; privileged */
#define XENPMU_feature_set 3
#define XENPMU_init        4 /* vcpu, val: gfn of struct xen_pmu_data */
#define XENPMU_finish      5 /* vcpu */
#define XENPMU_lvtpc_set   6 /* none: takes l.lapic_lvtpc */
#define XENPMU_flush       7 /* none: takes the cached context */

#define XENPMU_MODE_OFF  0
#define XENPMU_MODE_SELF (1 << 0) /* guests on themselves */
#define XENPMU_MODE_HV   (1 << 1) /* dom0 also on the hypervisor */
#define XENPMU_MODE_ALL  (1 << 2) /* dom0 on everything, nobody else */

#define XENPMU_FEATURE_INTEL_BTS (1 << 0) /* branch trace store */
#define XENPMU_FEATURE_IPC_ONLY  (1 << 1) /* cycles and instructions only */
#define XENPMU_FEATURE_ARCH_ONLY (1 << 2) /* architectural events only */

typedef struct xen_pmu_params {
    struct {
        uint32_t maj, min; /* XENPMU_VER_*; out too */
    } version;
    uint64_t val;
    uint32_t vcpu, pad;
} xen_pmu_params_t;
DEFINE_XEN_GUEST_HANDLE(xen_pmu_params_t);

/* The page shared for one vCPU. */
struct xen_pmu_data {
    uint32_t vcpu_id, pcpu_id; /* of the sample */
    domid_t domain_id;
    uint8_t pad[6];
    xen_pmu_arch_t pmu;
};

#endif /* __XEN_PUBLIC_PMU_H__ */
