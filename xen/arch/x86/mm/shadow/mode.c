/* SPDX-License-Identifier: MIT */
/*
 * Going over to shadow tables and back. While the domain is paused its vCPUs' state is taken out of
 * all CPUs, so none has its tables loaded. Other domains' CPUs may be changing its tables all the
 * while: the flush of every CPU comes after shadow_on has changed and before a vCPU runs, and it
 * interrupts them, so that a change that did not see the new value is visible to all walks.
 */
#include <xen/log_dirty.h>
#include <xen/port/context.h>
#include <xen/port/page_type.h>
#include <xen/sched.h>
#include <xen/softirq.h>
#include <asm/current.h>
#include <asm/perdomain.h>
#include <asm/pv_mmu.h>

#include "mode.h"

struct shadow *shadow_get(struct domain *d)
{
    if (!d->arch.shadow)
        d->arch.shadow = shadow_create();
    return d->arch.shadow;
}

/* All page tables of a busy guest are some hundredths of its memory; most lie idle. */
static unsigned int default_pages(const struct domain *d)
{
    uint64_t nr = SHADOW_MIN_PAGES + d->tot_pages / 128 + 8 * (uint64_t)d->max_vcpus;

    return (unsigned int)min(nr, (uint64_t)SHADOW_MAX_PAGES / 16);
}

static void free_roots(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu (d, v) {
        for (unsigned int i = 0; i < ARRAY_SIZE(v->arch.shadow_root); i++) {
            xenheap_free_page(v->arch.shadow_root[i]);
            v->arch.shadow_root[i] = NULL;
        }
    }
}

/* 0, -ENOMEM, -ERESTART; what has been allocated stays. */
static int alloc_roots(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu (d, v) {
        if (v->arch.shadow_root[0] && v->arch.shadow_root[1])
            continue;
        for (unsigned int i = 0; i < ARRAY_SIZE(v->arch.shadow_root); i++) {
            pte_t *root = v->arch.shadow_root[i] ?: xenheap_alloc_page();

            if (!root)
                return -ENOMEM;
            clear_page(root);
            init_guest_l4_slots(root, d);
            v->arch.shadow_root[i] = root;
        }
        if (hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

/* The frames that the guest says it has, as far as that is credible; more are covered on request.
 */
static uint64_t frames_to_cover(const struct domain *d)
{
    uint64_t has = max(d->tot_pages, d->max_pages == ~UINT64_C(0) ? 0 : d->max_pages);
    uint64_t says = (uint64_t)port_maximum_gpfn((struct domain *)d) + 1;

    return min(max(d->tot_pages, min(says, 2 * has)), LOG_DIRTY_MAX_PFNS);
}

static int prepare(struct domain *d)
{
    struct shadow *s = shadow_get(d);
    int rc;

    if (!s)
        return -ENOMEM;
    rc = shadow_resize(s, d, s->set_pages ?: max(s->nr_pages, default_pages(d)));
    if (rc)
        return rc;
    rc = alloc_roots(d);
    if (rc)
        return rc;
    if (!s->log)
        s->log = log_dirty_create();
    return s->log ? log_dirty_cover(s->log, frames_to_cover(d), false) : -ENOMEM;
}

/* Stop @d and take its state out of the CPUs. */
static void stop(struct domain *d)
{
    struct vcpu *v;

    domain_pause(d);
    for_each_vcpu (d, v)
        port_sync_vcpu_state(v);
}

static void switch_to(struct domain *d, bool on)
{
    struct shadow *s = d->arch.shadow;
    struct vcpu *v;

    stop(d);
    spin_lock(&s->lock);
    rcu_assign_pointer(d->log_dirty, on ? s->log : NULL);
    d->arch.shadow_on = on;
    if (!on)
        shadow_forget_all(s, d);
    spin_unlock(&s->lock);
    port_flush_tlb_all();
    for_each_vcpu (d, v) {
        if (on)
            shadow_roots_changed(v);
        if (v->is_initialised)
            make_cr3(v);
    }
    domain_unpause(d);
}

static bool has_all_vcpus(const struct domain *d)
{
    for (unsigned int i = 0; i < d->max_vcpus; i++)
        if (!d->vcpu[i])
            return false;
    return d->max_vcpus != 0;
}

int shadow_enable(struct domain *d)
{
    int rc;

    if (d == current->domain || READ_ONCE(d->is_dying) || d->arch.shadow_on || !has_all_vcpus(d))
        return -EINVAL;
    rc = prepare(d);
    if (rc == 0)
        switch_to(d, true);
    else if (rc != -ERESTART)
        (void)shadow_disable(d); /* what it leaves, OFF or the end of the domain gives back */
    return rc;
}

int shadow_disable(struct domain *d)
{
    struct shadow *s = d->arch.shadow;

    if (!s)
        return 0;
    if (d->arch.shadow_on)
        switch_to(d, false);
    s->reading = false;
    s->set_pages = 0;
    free_roots(d);
    log_dirty_free(s->log);
    s->log = NULL;
    return shadow_resize(s, d, 0);
}

void shadow_domain_destroy(struct domain *d)
{
    struct shadow *s = d->arch.shadow;

    if (!s)
        return;
    d->arch.shadow = NULL;
    shadow_free(s);
}
