/* SPDX-License-Identifier: MIT */
/*
 * rtds: each vCPU has a budget in each period, and of all vCPUs of the pool those with the earliest
 * deadlines, the ends of their periods, run first. Who has used up its budget is parked until its
 * deadline; or, if extra time is allowed, gets it again on a level further down, where it runs when
 * nobody of a level above wants the CPU. Who had to wait beyond its deadline keeps that, and is
 * soon the first: where more is promised than there is, all run nevertheless.
 */
#include <public/domctl.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/smp.h>
#include <xen/time.h>

#include "private.h"

#define PERIOD_DEFAULT MILLISECS(10)
#define BUDGET_DEFAULT MILLISECS(4)
#define TIME_MIN_US    100U
#define SLICE_MIN      MICROSECS(50)

static bool earlier(const struct sched_rt *a, const struct sched_rt *b)
{
    return a->level < b->level || (a->level == b->level && a->deadline < b->deadline);
}

static bool rtds_before(const struct rb_node *a, const struct rb_node *b)
{
    return earlier(&container_of(a, struct sched_unit, node)->rt,
                   &container_of(b, struct sched_unit, node)->rt);
}

/* Into the period of @now, if that is another one. Not while it is queued: it changes the order. */
static void renew(struct sched_rt *rt, s_time_t now)
{
    if (now < rt->deadline)
        return;
    rt->deadline += ((now - rt->deadline) / rt->period + 1) * rt->period;
    rt->left = rt->budget;
    rt->level = 0;
}

/* Has it slept so long that what is left by the deadline is more than its share of that time? */
static bool too_late(const struct sched_rt *rt, s_time_t now)
{
    uint64_t us = MICROSECS(1);

    if (now >= rt->deadline)
        return true;
    return rt->level == 0 && rt->left > 0 &&
           (uint64_t)rt->left / us * ((uint64_t)rt->period / us) >
               (uint64_t)(rt->deadline - now) / us * ((uint64_t)rt->budget / us);
}

static void rtds_account(struct runq *rq, struct sched_unit *u, s_time_t now)
{
    struct sched_rt *rt = &u->rt;
    s_time_t ran = now - u->started;

    (void)rq;
    if (ran > 0) {
        u->started = now;
        rt->left -= ran;
    }
    if (rt->left > 0)
        return;
    renew(rt, now);
    if (rt->left > 0)
        return;
    if (rt->extra) {
        rt->left = rt->budget;
        rt->level++;
    }
    if (timer_active(&rt->refill))
        return;
    timer_migrate(&rt->refill, smp_processor_id()); /* a thousand of them are not for one CPU */
    timer_set(&rt->refill, rt->deadline);
}

static void rtds_place(struct runq *rq, struct sched_unit *u, bool woken, s_time_t now)
{
    struct sched_rt *rt = &u->rt;

    (void)rq;
    if (woken && too_late(rt, now)) {
        rt->deadline = now;
        renew(rt, now);
    }
}

static bool rtds_exhausted(const struct sched_unit *u)
{
    return u->rt.left <= 0;
}

static void refill(void *data)
{
    struct sched_unit *u = data;
    unsigned long flags;
    struct runq *rq = unit_lock(u, &flags);
    bool waits = u->queued || (u->parked && vcpu_runnable(u->v) && !u->v->is_running);

    if (rq->ops == &rtds_ops) {
        if (u->queued)
            runq_remove(rq, u);
        u->parked = false;
        renew(&u->rt, NOW());
        if (waits)
            unit_enqueue(u, NOW(), false);
    }
    spin_unlock_irqrestore(&rq->lock, flags);
}

static struct sched_unit *first_for(struct runq *rq, unsigned int cpu)
{
    struct rb_node *n = rb_first(&rq->tree);

    while (n) {
        struct sched_unit *u = container_of(n, struct sched_unit, node);

        n = rb_next(n);
        if (unlikely(rtds_exhausted(u))) {
            runq_remove(rq, u);
            u->parked = true;
        } else if (cpumask_test(cpu, &u->v->hard_affinity)) {
            return u;
        }
    }
    return NULL;
}

static struct sched_unit *rtds_pick(struct runq *rq, unsigned int cpu, struct sched_unit *prev,
                                    s_time_t now)
{
    struct sched_unit *best = first_for(rq, cpu);

    (void)now;
    if (best == NULL || (prev && !prev->yielded && !earlier(&best->rt, &prev->rt)))
        return prev;
    runq_remove(rq, best);
    return best;
}

static unsigned int rtds_choose_cpu(struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    unsigned int cpu = runq_idle_cpu(rq, u), latest = NR_CPUS;
    const struct sched_rt *worst = &u->rt;
    cpumask_t mask;

    (void)now;
    if (cpu < NR_CPUS)
        return cpu;
    cpumask_and(&mask, &u->v->hard_affinity, &rq->cpus);
    cpumask_andnot(&mask, &mask, &rq->tickled);
    for_each_cpu (cpu, &mask) {
        const struct vcpu *r = per_cpu(sched_cpu, cpu).running;

        if (is_idle_vcpu(r) || !earlier(worst, &r->sched->rt))
            continue;
        worst = &r->sched->rt;
        latest = cpu;
    }
    return latest;
}

static s_time_t rtds_slice(const struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    (void)rq;
    (void)now;
    return u ? max_t(s_time_t, u->rt.left, SLICE_MIN) : 0;
}

void rtds_unit_reset(struct sched_unit *u)
{
    timer_stop(&u->rt.refill);
    u->rt.period = PERIOD_DEFAULT;
    u->rt.budget = u->rt.left = BUDGET_DEFAULT;
    u->rt.deadline = NOW() + u->rt.period;
    u->rt.level = 0;
    u->rt.extra = true;
}

void rtds_unit_init(struct sched_unit *u)
{
    timer_init(&u->rt.refill, refill, u, smp_processor_id());
    rtds_unit_reset(u);
}

static int params_check(const struct xen_domctl_sched_rtds *p)
{
    return p->budget < TIME_MIN_US || p->period < p->budget || p->flags & ~XEN_DOMCTL_SCHEDRT_extra
               ? -EINVAL
               : 0;
}

/* They hold at once: a period begins now. */
static void params_put(struct sched_unit *u, const struct xen_domctl_sched_rtds *p)
{
    unsigned long flags;
    struct runq *rq = unit_lock(u, &flags);
    bool queued = u->queued, parked = u->parked;
    s_time_t now = NOW();

    if (queued)
        runq_remove(rq, u);
    u->parked = false;
    u->rt.period = MICROSECS((s_time_t)p->period);
    u->rt.budget = MICROSECS((s_time_t)p->budget);
    u->rt.extra = p->flags & XEN_DOMCTL_SCHEDRT_extra;
    u->rt.deadline = now;
    renew(&u->rt, now);
    timer_stop(&u->rt.refill);
    if (queued || (parked && vcpu_runnable(u->v) && !u->v->is_running))
        unit_enqueue(u, now, false);
    else if (u->v->is_running)
        runq_tickle(rq, u->v->processor); /* its slice is another one */
    spin_unlock_irqrestore(&rq->lock, flags);
}

static void params_get(const struct sched_unit *u, struct xen_domctl_sched_rtds *p)
{
    p->period = (uint32_t)(u->rt.period / MICROSECS(1));
    p->budget = (uint32_t)(u->rt.budget / MICROSECS(1));
    p->flags = u->rt.extra ? XEN_DOMCTL_SCHEDRT_extra : 0;
}

/* Of single vCPUs. Those before a faulty element are done, and counted. */
static int adjust_vcpus(struct domain *d, struct xen_domctl_scheduler_op *op, bool put)
{
    uint32_t nr = op->u.v.nr_vcpus;
    int rc = 0;

    if (nr > d->max_vcpus)
        return -EINVAL;
    op->u.v.nr_vcpus = 0;
    for (uint32_t i = 0; i < nr && rc == 0; i++) {
        struct xen_domctl_schedparam_vcpu p;
        struct vcpu *v;

        if (copy_from_guest(&p, op->u.v.vcpus, i, 1))
            return -EFAULT;
        v = domain_vcpu(d, p.vcpuid);
        if (v == NULL)
            return -EINVAL;
        if (put) {
            rc = params_check(&p.u.rtds);
            if (rc == 0)
                params_put(v->sched, &p.u.rtds);
        } else {
            params_get(v->sched, &p.u.rtds);
            rc = copy_to_guest(op->u.v.vcpus, i, &p, 1) ? -EFAULT : 0;
        }
        op->u.v.nr_vcpus += rc == 0;
    }
    return rc;
}

static int rtds_adjust_domain(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    struct vcpu *v;
    int rc;

    switch (op->cmd) {
    case XEN_DOMCTL_SCHEDOP_getinfo:
        op->u.rtds.period = PERIOD_DEFAULT / MICROSECS(1);
        op->u.rtds.budget = BUDGET_DEFAULT / MICROSECS(1);
        op->u.rtds.flags = XEN_DOMCTL_SCHEDRT_extra;
        return 0;
    case XEN_DOMCTL_SCHEDOP_putinfo:
        rc = params_check(&op->u.rtds);
        if (rc)
            return rc;
        for_each_vcpu (d, v)
            params_put(v->sched, &op->u.rtds);
        return 0;
    case XEN_DOMCTL_SCHEDOP_getvcpuinfo:
    case XEN_DOMCTL_SCHEDOP_putvcpuinfo:
        return adjust_vcpus(d, op, op->cmd == XEN_DOMCTL_SCHEDOP_putvcpuinfo);
    default:
        return -EINVAL;
    }
}

const struct sched_ops rtds_ops = {
    .before = rtds_before,
    .account = rtds_account,
    .place = rtds_place,
    .pick = rtds_pick,
    .choose_cpu = rtds_choose_cpu,
    .slice = rtds_slice,
    .exhausted = rtds_exhausted,
    .adjust_domain = rtds_adjust_domain,
};
