/* SPDX-License-Identifier: MIT */
/* Raising events: by a port, a virq, a pirq, or the hypervisor itself. */
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/sched.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

int evtchn_send(struct domain *ld, unsigned int lport)
{
    struct evtchn *lchn = evtchn_from_port(ld, lport), *rchn;
    struct domain *rd;
    int rc = 0;

    if (unlikely(lchn == NULL))
        return -EINVAL;
    spin_lock(&lchn->lock);
    switch (lchn->state) {
    case ECS_INTERDOMAIN:
        rd = lchn->remote;
        rc = xsm_check_between(XSM_EVTCHN_SEND, EVTCHNOP_send, ld, rd);
        if (unlikely(rc))
            break;
        rchn = evtchn_from_port(rd, lchn->remote_port);
        if (unlikely(rchn->xen_fn))
            rchn->xen_fn(rd->vcpu[rchn->vcpu_id], rchn->port);
        else
            evtchn_raise(rd, READ_ONCE(rchn->vcpu_id), rchn);
        break;
    case ECS_IPI:
        if (lchn->xen_fn)
            rc = -EINVAL;
        else
            evtchn_raise(ld, lchn->vcpu_id, lchn);
        break;
    case ECS_UNBOUND: /* the peer is not there (yet): silently lost */
        break;
    default:
        rc = -EINVAL;
        break;
    }
    spin_unlock(&lchn->lock);
    return rc;
}

/* While the virq lock is held a virq stays bound to its port. */
static void raise_virq(struct vcpu *bound, struct vcpu *target, uint32_t virq)
{
    unsigned long flags;
    uint32_t port;

    spin_lock_irqsave(&bound->virq_lock, flags);
    port = bound->virq_to_evtchn[virq];
    if (port != 0) {
        struct evtchn *chn = evtchn_from_port(bound->domain, port);

        evtchn_raise(bound->domain, target ? target->vcpu_id : READ_ONCE(chn->vcpu_id), chn);
    }
    spin_unlock_irqrestore(&bound->virq_lock, flags);
}

void send_guest_vcpu_virq(struct vcpu *v, uint32_t virq)
{
    raise_virq(v, v, virq);
}

void send_guest_domain_virq(struct domain *d, uint32_t virq)
{
    if (d && d->max_vcpus && d->vcpu[0])
        raise_virq(d->vcpu[0], NULL, virq);
}

int evtchn_send_pirq(struct domain *d, unsigned int port)
{
    struct evtchn *chn = port ? evtchn_from_port(d, port) : NULL;

    if (chn == NULL)
        return -EINVAL;
    if (evtchn_ops_of(d)->is_pending(d, chn))
        return 1;
    evtchn_raise(d, READ_ONCE(chn->vcpu_id), chn);
    return 0;
}

void evtchn_notify_xen(struct domain *d, unsigned int port)
{
    struct evtchn *lchn = evtchn_from_port(d, port);

    if (lchn == NULL)
        return;
    spin_lock(&lchn->lock);
    if (lchn->state == ECS_INTERDOMAIN) {
        struct evtchn *rchn = evtchn_from_port(lchn->remote, lchn->remote_port);

        evtchn_raise(lchn->remote, READ_ONCE(rchn->vcpu_id), rchn);
    }
    spin_unlock(&lchn->lock);
}

void evtchn_check_pollers(struct domain *d, unsigned int port)
{
    if (likely(bitmap_empty(d->poll_mask, d->max_vcpus)))
        return;
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = domain_vcpu(d, i);
        int32_t polled;

        if (v == NULL || !test_bit(i, d->poll_mask))
            continue;
        /* One that polls several ports looks itself. */
        polled = READ_ONCE(v->poll_evtchn);
        if ((polled <= 0 || (uint32_t)polled == port) && test_and_clear_bit(i, d->poll_mask))
            vcpu_unblock(v);
    }
}

int evtchn_port_pending(struct domain *d, unsigned int port)
{
    struct evtchn *chn = evtchn_from_port(d, port);

    return chn ? evtchn_ops_of(d)->is_pending(d, chn) : -EINVAL;
}

void evtchn_unmask_if_valid(struct domain *d, unsigned int port)
{
    struct evtchn *chn = evtchn_from_port(d, port);

    if (chn)
        evtchn_ops_of(d)->unmask(d, chn);
}
