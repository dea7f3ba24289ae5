/* SPDX-License-Identifier: MIT */
/* Scheduler parameters: XEN_DOMCTL_scheduler_op and XEN_SYSCTL_scheduler_op. */
#include <public/domctl.h>
#include <public/sysctl.h>
#include <xen/kernel.h>
#include <xen/time.h>

#include "private.h"

static int put_params(struct domain *d, uint32_t weight, uint32_t cap)
{
    struct vcpu *v;
    unsigned int nr = 0;

    for_each_vcpu (d, v)
        nr++;
    if (weight > SCHED_WEIGHT_MAX)
        return -EINVAL;
    spin_lock(&d->sched->lock);
    if (weight)
        WRITE_ONCE(d->sched->weight, weight);
    if (cap != (uint16_t)~0U)
        cap_set(d, min(cap, max(nr, 1U) * 100));
    spin_unlock(&d->sched->lock);
    return 0;
}

int fair_adjust_domain(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    bool credit2 = op->sched_id == XEN_SCHEDULER_CREDIT2;

    /* Both ABI structures are a weight and a cap of 16 bits each. */
    switch (op->cmd) {
    case XEN_DOMCTL_SCHEDOP_getinfo:
        if (credit2) {
            op->u.credit2.weight = (uint16_t)d->sched->weight;
            op->u.credit2.cap = (uint16_t)d->sched->cap;
        } else {
            op->u.credit.weight = (uint16_t)d->sched->weight;
            op->u.credit.cap = (uint16_t)d->sched->cap;
        }
        return 0;
    case XEN_DOMCTL_SCHEDOP_putinfo:
        return credit2 ? put_params(d, op->u.credit2.weight, op->u.credit2.cap)
                       : put_params(d, op->u.credit.weight, op->u.credit.cap);
    default:
        return -EINVAL; /* parameters of single vCPUs: only rtds has them */
    }
}

int sched_adjust_domain(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    const struct sched_policy *policy = d->sched ? d->sched->pool->policy : NULL;

    if (policy == NULL || op->sched_id != policy->id || !policy->ops->adjust_domain)
        return -EINVAL;
    return policy->ops->adjust_domain(d, op);
}

static bool ratelimit_ok(uint32_t us)
{
    return us == 0 ||
           (us >= XEN_SYSCTL_SCHED_RATELIMIT_MIN && us <= XEN_SYSCTL_SCHED_RATELIMIT_MAX);
}

static int adjust_credit(struct cpupool *p, struct xen_sysctl_credit_schedule *s, bool put)
{
    if (put) {
        if (s->tslice_ms < XEN_SYSCTL_CSCHED_TSLICE_MIN ||
            s->tslice_ms > XEN_SYSCTL_CSCHED_TSLICE_MAX || !ratelimit_ok(s->ratelimit_us) ||
            s->ratelimit_us > s->tslice_ms * 1000 ||
            s->vcpu_migr_delay_us > XEN_SYSCTL_CSCHED_MGR_DLY_MAX_US)
            return -EINVAL;
        WRITE_ONCE(p->slice, MILLISECS(s->tslice_ms));
        WRITE_ONCE(p->ratelimit, MICROSECS(s->ratelimit_us));
        p->migrate_delay_us = s->vcpu_migr_delay_us;
    }
    s->tslice_ms = (uint32_t)(p->slice / MILLISECS(1));
    s->ratelimit_us = (uint32_t)(p->ratelimit / MICROSECS(1));
    s->vcpu_migr_delay_us = p->migrate_delay_us;
    return 0;
}

static int adjust_credit2(struct cpupool *p, struct xen_sysctl_credit2_schedule *s, bool put)
{
    if (put) {
        if (!ratelimit_ok(s->ratelimit_us))
            return -EINVAL;
        WRITE_ONCE(p->ratelimit, MICROSECS(s->ratelimit_us));
    }
    s->ratelimit_us = (uint32_t)(p->ratelimit / MICROSECS(1));
    return 0;
}

int fair_adjust_global(struct cpupool *p, struct xen_sysctl_scheduler_op *op, bool put)
{
    return op->sched_id == XEN_SCHEDULER_CREDIT2 ? adjust_credit2(p, &op->u.sched_credit2, put)
                                                 : adjust_credit(p, &op->u.sched_credit, put);
}

int sched_adjust_global(struct xen_sysctl_scheduler_op *op)
{
    bool put = op->cmd == XEN_SYSCTL_SCHEDOP_putinfo;
    struct cpupool *p;
    int rc = -EINVAL;

    if (!put && op->cmd != XEN_SYSCTL_SCHEDOP_getinfo)
        return -EINVAL;
    spin_lock(&cpupool_lock);
    p = cpupool_find(op->cpupool_id);
    if (p == NULL)
        rc = -ESRCH;
    else if (op->sched_id == p->policy->id && p->policy->ops->adjust_global)
        rc = p->policy->ops->adjust_global(p, op, put);
    spin_unlock(&cpupool_lock);
    return rc;
}
