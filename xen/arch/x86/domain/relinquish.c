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

#define PREEMPT_EACH 256

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

    for_each_vcpu(d, v) {
        rc = vcpu_drop_guest_state(v);
        if (rc)
            return rc;
        /* It holds a page of the domain's, which holds the domain. */
        vcpu_unmap_info(v);
    }
    return 0;
}

/* The head of @list, put at its tail, with a reference; NULL: it is just being freed. */
static struct page_info *next_page(struct domain *d, struct page_list_head *list)
{
    struct page_info *pg;

    spin_lock(&d->page_lock);
    pg = page_list_remove_head(list);
    if (pg) {
        page_list_add_tail(pg, list);
        if (!page_get(pg, d))
            pg = NULL;
    }
    spin_unlock(&d->page_lock);
    return pg;
}

static uint64_t list_length(const struct domain *d, const struct page_list_head *list)
{
    if (list == &d->page_list)
        return d->tot_pages;
    return list == &d->extra_page_list ? d->extra_pages : d->xenheap_pages;
}

/* @pg, with a reference of ours, is to be the next again. */
static void put_back(struct domain *d, struct page_list_head *list, struct page_info *pg)
{
    spin_lock(&d->page_lock);
    page_list_del(pg, list);
    page_list_add(pg, list);
    spin_unlock(&d->page_lock);
}

/* Once through the list; pages that others still use stay on it. */
static int release_list(struct domain *d, struct page_list_head *list)
{
    uint64_t *left = &d->arch.relinquish_left; /* and one, so that 0 is "not begun" */
    struct page_info *pg;

    if (*left == 0)
        *left = list_length(d, list) + 1;
    while (*left > 1) {
        int rc = 0;

        pg = next_page(d, list);
        if (pg) {
            rc = pv_page_release(pg);
            if (rc)
                put_back(d, list, pg);
            page_put(pg);
        }
        if (rc == 0)
            --*left;
        if (rc || (*left % PREEMPT_EACH == 0 && hypercall_preempt_check()))
            return -ERESTART;
    }
    *left = 0;
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
        return release_list(d, &d->xenpage_list);
    case STAGE_EXTRA:
        return release_list(d, &d->extra_page_list);
    default:
        return release_list(d, &d->page_list);
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
