/* SPDX-License-Identifier: MIT */
/* A dying domain gives back what it holds: interrupts, vCPUs' tables, then pages, list by list. */
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/port/context.h>
#include <xen/port/domain.h>
#include <xen/softirq.h>
#include <asm/pv.h>
#include <asm/pv_mm.h>
#include <asm/shadow.h>
#include "private.h"

enum stage {
    STAGE_PIRQS,
    STAGE_SHADOW,
    STAGE_VCPUS,
    STAGE_SHARED, /* pages of the hypervisor's shared with it */
    STAGE_EXTRA,  /* not accounted ones */
    STAGE_PAGES,
    STAGE_DONE,
};

int vcpu_drop_guest_state(struct vcpu *v)
{
    int rc;

    port_sync_vcpu_state(v);
    rc = pv_vcpu_drop_page_tables(v);
    if (rc)
        return -ERESTART;
    pv_destroy_gdt(v);
    pv_ldt_unmap_all(v);
    v->arch.pv.ldt_ents = 0;
    return 0;
}

static int drop_vcpus(struct domain *d)
{
    struct vcpu *v;
    int rc;

    for_each_vcpu (d, v) {
        rc = vcpu_drop_guest_state(v);
        if (rc)
            return rc;
        /* They hold pages of the domain's, which hold the domain. */
        vcpu_drop_areas(v);
    }
    return 0;
}

static int run_stage(struct domain *d, unsigned int stage)
{
    switch (stage) {
    case STAGE_PIRQS:
        pirq_domain_relinquish(d);
        return 0;
    case STAGE_SHADOW:
        return shadow_disable(d);
    case STAGE_VCPUS:
        return drop_vcpus(d);
    case STAGE_SHARED:
        return domain_release_pages_by(d, &d->xenpage_list, d->xenheap_pages, pv_page_release);
    case STAGE_EXTRA:
        return domain_release_pages_by(d, &d->extra_page_list, d->extra_pages, pv_page_release);
    default:
        return domain_release_pages_by(d, &d->page_list, d->tot_pages, pv_page_release);
    }
}

int port_domain_relinquish(struct domain *d)
{
    int rc;

    while (d->arch.relinquish_stage != STAGE_DONE) {
        rc = run_stage(d, d->arch.relinquish_stage);
        if (rc)
            return rc;
        d->arch.relinquish_stage++;
    }
    return 0;
}
