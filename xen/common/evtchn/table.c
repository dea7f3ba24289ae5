/* SPDX-License-Identifier: MIT */
/* The port table of a domain: lookup is two array steps, growth a bucket at a time. */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/softirq.h>
#include <asm/current.h>

#include "private.h"

static uint32_t port_limit(const struct evtchn_table *t)
{
    return min(t->max_ports, t->ops->abi_ports);
}

/* One more bucket, for the ports from nr_valid on. */
static int grow(struct evtchn_table *t)
{
    uint32_t nr = t->nr_valid / BUCKET_PORTS;
    struct evtchn ***group = &t->group[nr / GROUP_BUCKETS];
    struct evtchn *bucket;

    if (*group == NULL && (*group = xzalloc_array(struct evtchn *, GROUP_BUCKETS)) == NULL)
        return -ENOMEM;
    bucket = xzalloc_array(struct evtchn, BUCKET_PORTS);
    if (bucket == NULL)
        return -ENOMEM;
    for (unsigned int i = 0; i < BUCKET_PORTS; i++) {
        bucket[i].port = t->nr_valid + i;
        bucket[i].priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
        spin_lock_init(&bucket[i].lock, RANK_PORT);
    }
    (*group)[nr % GROUP_BUCKETS] = bucket;
    __atomic_store_n(&t->nr_valid, t->nr_valid + BUCKET_PORTS, __ATOMIC_RELEASE);
    return 0;
}

int evtchn_table_get_free(struct domain *d, struct evtchn **out)
{
    struct evtchn_table *t = d->evtchn;

    if (t->closing)
        return -ENODEV;
    for (uint32_t port = t->next_free; port < port_limit(t); port++) {
        struct evtchn *chn;
        int rc = port < t->nr_valid ? 0 : grow(t);

        if (rc)
            return rc;
        chn = evtchn_from_port(d, port);
        if (chn->state != ECS_FREE)
            continue;
        t->ops->clear_pending(d, chn);
        t->next_free = port + 1;
        t->nr_active++;
        t->ops->init(d, chn);
        *out = chn;
        return 0;
    }
    return -ENOSPC;
}

void evtchn_table_free(struct domain *d, struct evtchn *chn)
{
    struct evtchn_table *t = d->evtchn;

    t->ops->clear_pending(d, chn);
    chn->state = ECS_FREE;
    if (chn->xen_fn)
        t->nr_xen--;
    chn->xen_fn = NULL;
    WRITE_ONCE(chn->priority, EVTCHN_FIFO_PRIORITY_DEFAULT);
    WRITE_ONCE(chn->vcpu_id, 0);
    __atomic_store_n(&chn->pending, false, __ATOMIC_RELAXED);
    t->next_free = min(t->next_free, chn->port);
    t->nr_active--;
}

int evtchn_domain_init(struct domain *d, unsigned int max_port)
{
    struct evtchn_table *t = xzalloc(struct evtchn_table);
    int rc;

    if (t == NULL)
        return -ENOMEM;
    spin_lock_init(&t->lock, RANK_EVTCHN);
    t->ops = &evtchn_2l_ops;
    t->max_ports = min_t(uint32_t, max_port, MAX_PORTS - 1) + 1;
    d->evtchn = t;
    rc = grow(t);
    if (rc) {
        evtchn_destroy_final(d);
        return rc;
    }
    evtchn_from_port(d, 0)->state = ECS_RESERVED;
    t->next_free = 1;
    return 0;
}

/* Close from the cursor on, some ports at a time; @by_guest: what a guest may close. */
static int close_all(struct domain *d, bool by_guest)
{
    struct evtchn_table *t = d->evtchn;

    while (t->close_next < t->nr_valid) {
        evtchn_close_port(d, t->close_next++, by_guest);
        if (t->close_next % 64 == 0 && hypercall_preempt_check())
            return -ERESTART;
    }
    t->close_next = 1;
    return 0;
}

int evtchn_destroy(struct domain *d)
{
    int rc;

    if (d->evtchn == NULL)
        return 0;
    spin_lock(&d->evtchn->lock);
    if (!d->evtchn->closing || d->evtchn->resetter) {
        d->evtchn->closing = true;
        d->evtchn->resetter = NULL;
        d->evtchn->close_next = 1;
    }
    spin_unlock(&d->evtchn->lock);
    rc = close_all(d, false);
    if (rc == 0)
        evtchn_fifo_destroy(d);
    return rc;
}

int evtchn_reset(struct domain *d)
{
    struct evtchn_table *t = d->evtchn;
    int rc = 0;

    spin_lock(&t->lock);
    if (!t->closing) {
        t->closing = true;
        t->resetter = current;
        t->close_next = 1;
    } else if (t->resetter != current) {
        rc = -EBUSY;
    }
    spin_unlock(&t->lock);
    if (rc == 0)
        rc = close_all(d, true);
    if (rc)
        return rc;
    spin_lock(&t->lock);
    if (t->ops == &evtchn_fifo_ops && t->nr_active == t->nr_xen)
        evtchn_fifo_destroy(d);
    t->next_free = 1;
    t->resetter = NULL;
    t->closing = READ_ONCE(d->is_dying) != DOMDYING_ALIVE;
    spin_unlock(&t->lock);
    return 0;
}

void evtchn_destroy_final(struct domain *d)
{
    struct evtchn_table *t = d->evtchn;

    if (t == NULL)
        return;
    evtchn_fifo_destroy(d);
    for (unsigned int g = 0; g < NR_GROUPS && t->group[g]; g++) {
        for (unsigned int b = 0; b < GROUP_BUCKETS && t->group[g][b]; b++)
            xfree(t->group[g][b]);
        xfree(t->group[g]);
    }
    xfree(t);
    d->evtchn = NULL;
}
