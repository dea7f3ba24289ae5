/* SPDX-License-Identifier: MIT */
/* Caps: a domain may use so many percent of a CPU, counted over periods of 50 ms. */
#include <xen/kernel.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/time.h>

#include "private.h"

#define PERIOD MILLISECS(50)

static int64_t period_budget(const struct sched_domain *sd)
{
    return (int64_t)(PERIOD / 100) * sd->cap;
}

bool cap_exhausted(const struct sched_unit *u)
{
    const struct sched_domain *sd = u->v->domain->sched;

    return unlikely(READ_ONCE(sd->cap)) && __atomic_load_n(&sd->budget, __ATOMIC_RELAXED) <= 0;
}

void cap_charge(struct sched_unit *u, s_time_t ran)
{
    struct sched_domain *sd = u->v->domain->sched;

    if (unlikely(READ_ONCE(sd->cap)))
        __atomic_fetch_sub(&sd->budget, ran, __ATOMIC_RELAXED);
}

static void unpark(struct vcpu *v)
{
    struct sched_unit *u = v->sched;
    unsigned long flags;
    struct runq *rq = unit_lock(u, &flags);

    if (u->parked) {
        u->parked = false;
        u->owed = true;
        if (vcpu_runnable(v) && !v->is_running && !u->queued)
            unit_enqueue(u, NOW(), false); /* it did not sleep: what it is behind stays */
    }
    spin_unlock_irqrestore(&rq->lock, flags);
}

static void refill(void *data)
{
    struct domain *d = data;
    struct sched_domain *sd = d->sched;
    int64_t full = period_budget(sd), left;
    struct vcpu *v;

    /* Overrun is paid back; what was not used is not kept. */
    left = __atomic_load_n(&sd->budget, __ATOMIC_RELAXED);
    left = min(left + full, full);
    __atomic_store_n(&sd->budget, left, __ATOMIC_RELAXED);
    if (sd->cap)
        timer_set(&sd->refill, NOW() + PERIOD);
    if (sd->cap && left <= 0)
        return; /* still in debt: nobody's turn */
    for_each_vcpu (d, v)
        if (v->sched)
            unpark(v);
}

void cap_init(struct domain *d)
{
    timer_init(&d->sched->refill, refill, d, smp_processor_id());
}

void cap_set(struct domain *d, uint32_t cap)
{
    struct sched_domain *sd = d->sched;
    struct vcpu *v;

    /* What has run so far is not on the new account. */
    for_each_vcpu (d, v) {
        unsigned long flags;
        struct runq *rq = unit_lock(v->sched, &flags);

        if (v->is_running)
            unit_account(v->sched, NOW());
        spin_unlock_irqrestore(&rq->lock, flags);
    }
    WRITE_ONCE(sd->cap, cap);
    __atomic_store_n(&sd->budget, period_budget(sd), __ATOMIC_RELAXED);
    timer_set(&sd->refill, NOW() + (cap ? PERIOD : 0)); /* the last one unparks */
    /* Who runs has a slice that knows of no budget. */
    for_each_vcpu (d, v)
        if (READ_ONCE(v->is_running))
            softirq_raise_on(READ_ONCE(v->processor), SOFTIRQ_SCHEDULE);
}
