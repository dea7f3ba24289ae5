/* SPDX-License-Identifier: MIT */
/* TSC modes of domains. */
#include <public/domctl.h>
#include <xen/kernel.h>
#include <xen/lib/muldiv.h>
#include <xen/time.h>
#include <asm/cpu.h>
#include <asm/pv.h>
#include <asm/time.h>
#include "private.h"

/* xen_domctl_tsc_info.tsc_mode; RDTSCP-with-incarnation (3) is gone. */
#define TSC_MODE_DEFAULT        0 /* emulated only where the rate or its past asks for it */
#define TSC_MODE_ALWAYS_EMULATE 1
#define TSC_MODE_NEVER_EMULATE  2

uint64_t pv_guest_tsc(const struct vcpu *v)
{
    const struct arch_domain *a = &v->domain->arch;
    uint64_t ns = (uint64_t)(NOW() + a->vtsc_offset_ns);

    return muldiv64(ns, a->tsc_khz, 1000000);
}

static uint64_t elapsed_ns(const struct domain *d)
{
    return (uint64_t)(NOW() + d->arch.vtsc_offset_ns);
}

int domain_set_tsc_info(struct domain *d, const struct xen_domctl_tsc_info *info)
{
    struct arch_domain *a = &d->arch;

    if (info->tsc_mode > TSC_MODE_NEVER_EMULATE)
        return -EINVAL;
    if (is_hardware_domain(d))
        return -EINVAL;
    a->tsc_mode = info->tsc_mode;
    a->tsc_khz = info->gtsc_khz ? info->gtsc_khz : cpu_khz;
    a->vtsc_offset_ns = (int64_t)info->elapsed_nsec - NOW();
    a->tsc_incarnation = info->incarnation;
    switch (info->tsc_mode) {
    case TSC_MODE_DEFAULT:
        /* A guest from elsewhere keeps its time; one born here has the machine's, which is ours. */
        a->vtsc = a->tsc_khz != cpu_khz || info->incarnation;
        break;
    case TSC_MODE_ALWAYS_EMULATE:
        a->vtsc = true;
        break;
    default:
        a->tsc_khz = cpu_khz;
        a->vtsc = false;
        break;
    }
    return 0;
}

void domain_get_tsc_info(struct domain *d, struct xen_domctl_tsc_info *info)
{
    const struct arch_domain *a = &d->arch;

    info->tsc_mode = a->tsc_mode;
    info->pad = 0;
    info->incarnation = a->tsc_incarnation;
    info->gtsc_khz = a->tsc_mode == TSC_MODE_NEVER_EMULATE ? 0 : a->tsc_khz;
    info->elapsed_nsec = a->tsc_mode == TSC_MODE_NEVER_EMULATE ? 0 : elapsed_ns(d);
}
