/* SPDX-License-Identifier: MIT */
/* XEN_DOMCTL_shadow_op. public/domctl.h */
#include <public/domctl.h>
#include <xen/log_dirty.h>
#include <xen/port/page_type.h>
#include <xen/softirq.h>

#include "mode.h"

#define PAGES_PER_MB (1u << (20 - PAGE_SHIFT))

/* What the hypervisor itself writes to at any time. */
static void mark_shared_pages(struct domain *d)
{
    const struct vcpu *v;

    for_each_vcpu (d, v)
        if (!mfn_eq(v->vcpu_info_mfn, INVALID_MFN))
            log_dirty_mark_mfn(d, v->vcpu_info_mfn);
}

/* Is @op the one that was preempted, or is there none? */
static bool begin_reading(struct shadow *s, struct domain *d, const struct xen_domctl_shadow_op *op)
{
    if (s->reading)
        return s->who.op == op->op && s->who.mode == op->mode && s->who.pages == op->pages &&
               s->who.to == op->dirty_bitmap.p;
    s->reading = true;
    s->who.op = op->op;
    s->who.mode = op->mode;
    s->who.pages = op->pages;
    s->who.to = op->dirty_bitmap.p;
    s->read_done = 0;
    s->forgot_bucket = 0;
    s->stats = log_dirty_get_stats(s->log, op->op == XEN_DOMCTL_SHADOW_OP_CLEAN);
    if (op->mode & XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL)
        mark_shared_pages(d);
    return true;
}

/* After bits have been cleared: no page may be written any more without a fault. */
static int protect_all(struct shadow *s, struct domain *d)
{
    while (s->forgot_bucket < SHADOW_BUCKETS) {
        spin_lock(&s->lock);
        shadow_forget_leaves(s, s->forgot_bucket++);
        spin_unlock(&s->lock);
        if (s->forgot_bucket < SHADOW_BUCKETS && hypercall_preempt_check())
            return -ERESTART;
    }
    flush_area_mask(&d->arch.dirty_cpumask, 0, FLUSH_TLB);
    return 0;
}

static int read_and_protect(struct shadow *s, struct domain *d,
                            const struct xen_domctl_shadow_op *op)
{
    bool clear = op->op == XEN_DOMCTL_SHADOW_OP_CLEAN;
    int rc = log_dirty_cover(s->log, op->pages, true), rc2;

    if (rc == 0)
        rc = log_dirty_read(s->log, op->dirty_bitmap.p, op->pages, clear, &s->read_done);
    if (rc == -ERESTART || !clear)
        return rc;
    /* On error too: some may have been cleared. It is then not gone on with, so all at once. */
    do {
        rc2 = protect_all(s, d);
    } while (rc && rc2 == -ERESTART);
    return rc ?: rc2;
}

static long read_log(struct domain *d, struct xen_domctl_shadow_op *op, bool *copyback)
{
    struct shadow *s = d->arch.shadow;
    int rc;

    if (!d->arch.shadow_on || (op->mode & ~XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL))
        return -EINVAL;
    if (!begin_reading(s, d, op))
        return -EBUSY;
    rc = read_and_protect(s, d, op);
    if (rc == -ERESTART)
        return rc;
    s->reading = false;
    if (rc)
        return rc;
    op->stats.fault_count = s->stats.faults;
    op->stats.dirty_count = s->stats.dirty;
    *copyback = true;
    return 0;
}

static long get_allocation(const struct domain *d, struct xen_domctl_shadow_op *op, bool *copyback)
{
    const struct shadow *s = d->arch.shadow;

    op->mb = s ? (s->nr_pages + PAGES_PER_MB - 1) / PAGES_PER_MB : 0;
    *copyback = true;
    return 0;
}

static long set_allocation(struct domain *d, struct xen_domctl_shadow_op *op, bool *copyback)
{
    struct shadow *s;
    int rc;

    if (READ_ONCE(d->is_dying) || op->mb > SHADOW_MAX_PAGES / PAGES_PER_MB)
        return -EINVAL;
    /* Not less than a walk needs; none at all only when off. */
    if (op->mb == 0)
        return d->arch.shadow_on ? -EINVAL : shadow_disable(d);
    s = shadow_get(d);
    if (!s)
        return -ENOMEM;
    s->set_pages = max(op->mb * PAGES_PER_MB, SHADOW_MIN_PAGES);
    rc = shadow_resize(s, d, s->set_pages);
    return rc ?: get_allocation(d, op, copyback);
}

static long enable_mode(struct domain *d, uint32_t mode)
{
    if (mode & XEN_DOMCTL_SHADOW_ENABLE_REFCOUNT)
        return -EOPNOTSUPP;
    return mode == XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY ? shadow_enable(d) : -EINVAL;
}

long shadow_domctl(struct domain *d, struct xen_domctl_shadow_op *op, bool *copyback)
{
    if (!is_pv_domain(d) || is_system_domain(d))
        return -EOPNOTSUPP;
    switch (op->op) {
    case XEN_DOMCTL_SHADOW_OP_OFF:
        return shadow_disable(d);
    case XEN_DOMCTL_SHADOW_OP_ENABLE_TEST:
        return enable_mode(d, XEN_DOMCTL_SHADOW_ENABLE_REFCOUNT);
    case XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY:
        return enable_mode(d, XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY);
    case XEN_DOMCTL_SHADOW_OP_ENABLE:
        return enable_mode(d, op->mode);
    case XEN_DOMCTL_SHADOW_OP_CLEAN:
    case XEN_DOMCTL_SHADOW_OP_PEEK:
        return read_log(d, op, copyback);
    case XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION:
        return get_allocation(d, op, copyback);
    case XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION:
        return set_allocation(d, op, copyback);
    default:
        return -EINVAL;
    }
}
