/* SPDX-License-Identifier: MIT */
/* Life of a domain as the toolstack drives it. */
#include <xen/evtchn.h>
#include <xen/kernel.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

/* The id asked for, or the next free one after the last created. */
static int choose_domid(domid_t wanted, domid_t *out)
{
    static domid_t last; /* RANK_DOMCTL */

    if (wanted > 0 && wanted < DOMID_FIRST_RESERVED) {
        *out = wanted;
        return domain_by_id_rcu(wanted) ? -EEXIST : 0;
    }
    for (unsigned int i = 1; i < DOMID_FIRST_RESERVED; i++) {
        domid_t id = (domid_t)((last + i) % DOMID_FIRST_RESERVED);

        if (id == 0 || domain_by_id_rcu(id))
            continue;
        *out = last = id;
        return 0;
    }
    return -ENOMEM;
}

long domctl_create(struct domain *unused, struct xen_domctl *op)
{
    struct domain *d;
    domid_t id;
    int rc;

    (void)unused;
    rc = choose_domid(op->domain, &id);
    if (rc)
        return rc;
    d = domain_create(id, &op->u.createdomain, 0);
    if (IS_ERR(d))
        return PTR_ERR(d);
    op->domain = id;
    return 0;
}

long domctl_destroy(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    if (is_hardware_domain(d))
        return -EPERM;
    return domain_kill(d);
}

long domctl_pause(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    return domain_pause_by_controller(d);
}

long domctl_unpause(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    return domain_unpause_by_controller(d);
}

long domctl_get_info(struct domain *unused, struct xen_domctl *op)
{
    domid_t first = op->domain == DOMID_SELF ? current->domain->domain_id : op->domain;
    struct domain *d;
    long rc = -ESRCH;

    (void)unused;
    rcu_read_lock();
    for_each_domain (d) {
        if (d->domain_id < first || xsm_check(XSM_DOMCTL, XEN_DOMCTL_getdomaininfo, d))
            continue;
        domain_get_info(d, &op->u.getdomaininfo);
        op->domain = d->domain_id;
        rc = 0;
        break;
    }
    rcu_read_unlock();
    return rc;
}

long domctl_resume(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    domain_resume(d);
    return 0;
}

long domctl_soft_reset(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    return domain_soft_reset(d);
}

long domctl_max_vcpus(struct domain *d, struct xen_domctl *op)
{
    if (op->u.max_vcpus.max != d->max_vcpus || op->u.max_vcpus.max == 0)
        return -EINVAL;
    for (unsigned int i = 0; i < d->max_vcpus; i++)
        if (d->vcpu[i] == NULL && vcpu_create(d, i) == NULL)
            return -ENOMEM;
    return 0;
}

long domctl_set_handle(struct domain *d, struct xen_domctl *op)
{
    spin_lock(&d->page_lock);
    __builtin_memcpy(d->handle, op->u.setdomainhandle.handle, sizeof(d->handle));
    spin_unlock(&d->page_lock);
    return 0;
}

long domctl_set_debugging(struct domain *d, struct xen_domctl *op)
{
    domain_pause(d);
    WRITE_ONCE(d->debugger_attached, op->u.setdebugging.enable != 0);
    domain_unpause(d);
    return 0;
}

long domctl_set_time_offset(struct domain *d, struct xen_domctl *op)
{
    time_set_offset(d, op->u.settimeoffset.time_offset_seconds);
    return 0;
}

long domctl_set_target(struct domain *d, struct xen_domctl *op)
{
    struct domain *e = rcu_lock_domain_by_id(op->u.set_target.target);
    long rc = 0;

    if (e == NULL)
        return -ESRCH;
    if (xsm_check(XSM_DOMCTL, XEN_DOMCTL_set_target, e))
        rc = -EPERM;
    else if (d == e)
        rc = -EINVAL;
    else if (!is_hvm_domain(e))
        rc = -EOPNOTSUPP;
    else if (d->target || !domain_get(e))
        rc = -EINVAL;
    else
        WRITE_ONCE(d->target, e);
    rcu_unlock_domain(e);
    return rc;
}

long domctl_subscribe(struct domain *d, struct xen_domctl *op)
{
    WRITE_ONCE(d->suspend_evtchn, op->u.subscribe.port);
    return 0;
}

long domctl_set_virq_handler(struct domain *d, struct xen_domctl *op)
{
    return set_global_virq_handler(d, op->u.set_virq_handler.virq);
}
