/* SPDX-License-Identifier: MIT */
/* Binding and closing ports: EVTCHNOP_alloc_unbound, bind_*, close, status. */
#include <xen/kernel.h>
#include <xen/sched.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

static void make_unbound(struct evtchn *chn, domid_t remote)
{
    spin_lock(&chn->lock);
    chn->remote = NULL;
    chn->remote_domid = remote;
    chn->state = ECS_UNBOUND;
    spin_unlock(&chn->lock);
}

int evtchn_alloc_unbound_for(struct domain *d, domid_t remote)
{
    struct evtchn *chn;
    int rc;

    spin_lock(&d->evtchn->lock);
    rc = evtchn_table_get_free(d, &chn);
    if (rc == 0) {
        make_unbound(chn, remote);
        rc = (int)chn->port;
    }
    spin_unlock(&d->evtchn->lock);
    return rc;
}

/* A peer that does not exist yet is asked about when it binds. */
static int may_wait_for(const struct domain *d, domid_t remote)
{
    struct domain *rd = rcu_lock_domain_by_any_id(remote);
    int rc;

    if (rd == NULL)
        return 0;
    rc = xsm_check_between(XSM_EVTCHN_CONNECT, EVTCHNOP_alloc_unbound, d, rd);
    rcu_unlock_domain(rd);
    return rc;
}

long evtchn_alloc_unbound(struct evtchn_alloc_unbound *op)
{
    domid_t remote = op->remote_dom == DOMID_SELF ? current->domain->domain_id : op->remote_dom;
    struct domain *d;
    int rc;

    rc = rcu_lock_domain_for(XSM_EVTCHN, EVTCHNOP_alloc_unbound, op->dom, &d);
    if (rc)
        return rc;
    rc = may_wait_for(d, remote) ?: evtchn_alloc_unbound_for(d, remote);
    rcu_unlock_domain(d);
    if (rc < 0)
        return rc;
    op->port = (evtchn_port_t)rc;
    return 0;
}

/* Both tables locked; @ld takes the unbound port @rport of @rd. */
static int connect(struct domain *ld, struct domain *rd, uint32_t rport, uint32_t *lport)
{
    struct evtchn *lchn, *rchn = evtchn_from_port(rd, rport);
    int rc;

    if (rchn == NULL || rchn->state != ECS_UNBOUND || rchn->remote_domid != ld->domain_id)
        return -EINVAL;
    rc = evtchn_table_get_free(ld, &lchn);
    if (rc)
        return rc;
    /* The table locks keep writers out; the port locks keep senders from half a state. */
    spin_lock_pair(&lchn->lock, &rchn->lock);
    lchn->remote = rd;
    lchn->remote_port = rport;
    lchn->state = ECS_INTERDOMAIN;
    rchn->remote = ld;
    rchn->remote_port = lchn->port;
    rchn->state = ECS_INTERDOMAIN;
    spin_unlock_pair(&lchn->lock, &rchn->lock);
    /* What was sent before the binding would be lost: let the binder look. */
    evtchn_raise(ld, lchn->vcpu_id, lchn);
    *lport = lchn->port;
    return 0;
}

long evtchn_bind_interdomain(struct evtchn_bind_interdomain *op)
{
    struct domain *ld = current->domain, *rd;
    long rc;

    rd = rcu_lock_domain_by_any_id(op->remote_dom);
    if (rd == NULL)
        return -ESRCH;
    rc = rd->evtchn ? 0 : -EINVAL;
    if (rc == 0)
        rc = xsm_check(XSM_EVTCHN_CONNECT, EVTCHNOP_bind_interdomain, rd);
    if (rc == 0) {
        spin_lock_pair(&ld->evtchn->lock, &rd->evtchn->lock);
        rc = connect(ld, rd, op->remote_port, &op->local_port);
        spin_unlock_pair(&ld->evtchn->lock, &rd->evtchn->lock);
    }
    rcu_unlock_domain(rd);
    return rc;
}

static bool virq_is_global(uint32_t virq)
{
    switch (virq) {
    case VIRQ_TIMER:
    case VIRQ_DEBUG:
    case VIRQ_XENOPROF:
    case VIRQ_XENPMU:
        return false;
    default:
        return virq < VIRQ_ARCH_0; /* those of the arch are per vCPU */
    }
}

static long bind_virq_locked(struct vcpu *v, struct evtchn_bind_virq *op)
{
    struct domain *d = v->domain;
    struct evtchn *chn;
    int rc;

    if (v->virq_to_evtchn[op->virq] != 0)
        return -EEXIST;
    rc = evtchn_table_get_free(d, &chn);
    if (rc)
        return rc;
    spin_lock(&chn->lock);
    chn->virq = op->virq;
    WRITE_ONCE(chn->vcpu_id, v->vcpu_id);
    chn->state = ECS_VIRQ;
    spin_unlock(&chn->lock);
    spin_lock_irq(&v->virq_lock);
    v->virq_to_evtchn[op->virq] = chn->port;
    spin_unlock_irq(&v->virq_lock);
    op->port = chn->port;
    return 0;
}

long evtchn_bind_virq(struct evtchn_bind_virq *op)
{
    struct domain *d = current->domain;
    struct vcpu *v;
    long rc;

    if (op->virq >= NR_VIRQS)
        return -EINVAL;
    if (virq_is_global(op->virq) && op->vcpu != 0)
        return -EINVAL;
    v = domain_vcpu(d, op->vcpu);
    if (v == NULL)
        return -ENOENT;
    if (virq_is_global(op->virq) && xsm_check(XSM_EVTCHN_VIRQ, op->virq, NULL))
        return -EPERM;
    spin_lock(&d->evtchn->lock);
    rc = bind_virq_locked(v, op);
    spin_unlock(&d->evtchn->lock);
    return rc;
}

long evtchn_bind_ipi(struct evtchn_bind_ipi *op)
{
    struct domain *d = current->domain;
    struct evtchn *chn;
    long rc;

    if (domain_vcpu(d, op->vcpu) == NULL)
        return -ENOENT;
    spin_lock(&d->evtchn->lock);
    rc = evtchn_table_get_free(d, &chn);
    if (rc == 0) {
        spin_lock(&chn->lock);
        WRITE_ONCE(chn->vcpu_id, op->vcpu);
        chn->state = ECS_IPI;
        spin_unlock(&chn->lock);
        op->port = chn->port;
    }
    spin_unlock(&d->evtchn->lock);
    return rc;
}

long evtchn_bind_pirq(struct evtchn_bind_pirq *op)
{
    struct domain *d = current->domain;
    struct evtchn *chn;
    long rc;

    if (op->pirq >= d->nr_pirqs)
        return -EINVAL;
    spin_lock(&d->evtchn->lock);
    rc = evtchn_table_get_free(d, &chn);
    if (rc == 0) {
        /* Interrupts may come as soon as it is bound: the port must stand. */
        spin_lock(&chn->lock);
        chn->pirq = op->pirq;
        chn->state = ECS_PIRQ;
        spin_unlock(&chn->lock);
        rc = pirq_guest_bind(d->vcpu[0], op->pirq, op->flags & BIND_PIRQ__WILL_SHARE, chn->port);
        if (rc) {
            spin_lock(&chn->lock);
            evtchn_table_free(d, chn);
            spin_unlock(&chn->lock);
        }
        op->port = chn->port;
    }
    spin_unlock(&d->evtchn->lock);
    return rc;
}

static void close_virq(struct domain *d, const struct evtchn *chn)
{
    struct vcpu *v;

    for_each_vcpu (d, v) {
        if (v->virq_to_evtchn[chn->virq] != chn->port)
            continue;
        spin_lock_irq(&v->virq_lock);
        v->virq_to_evtchn[chn->virq] = 0;
        spin_unlock_irq(&v->virq_lock);
    }
}

/* Both tables locked: the peer waits for a new partner. */
static void disconnect(struct domain *d, struct evtchn *chn)
{
    struct evtchn *peer = evtchn_from_port(chn->remote, chn->remote_port);

    spin_lock_pair(&chn->lock, &peer->lock);
    peer->remote = NULL;
    peer->remote_domid = d->domain_id;
    peer->state = ECS_UNBOUND;
    evtchn_table_free(d, chn);
    spin_unlock_pair(&chn->lock, &peer->lock);
}

static void free_port(struct domain *d, struct evtchn *chn)
{
    spin_lock(&chn->lock);
    evtchn_table_free(d, chn);
    spin_unlock(&chn->lock);
}

/* Lock @d's table, and that of the peer of @chn where it has one. Result: the peer. */
static struct domain *lock_with_peer(struct domain *d, const struct evtchn *chn)
{
    for (;;) {
        struct domain *peer;

        spin_lock(&d->evtchn->lock);
        if (chn->state != ECS_INTERDOMAIN)
            return NULL;
        peer = chn->remote;
        if (peer == d)
            return NULL;
        spin_unlock(&d->evtchn->lock);
        /* RCU keeps the peer's memory; look again once both are held. */
        spin_lock_pair(&d->evtchn->lock, &peer->evtchn->lock);
        if (chn->state == ECS_INTERDOMAIN && chn->remote == peer)
            return peer;
        spin_unlock_pair(&d->evtchn->lock, &peer->evtchn->lock);
    }
}

static int close_locked(struct domain *d, struct evtchn *chn, bool by_guest)
{
    if (chn->state == ECS_FREE || chn->state == ECS_RESERVED)
        return -EINVAL;
    if (by_guest && chn->xen_fn)
        return -EINVAL;
    switch (chn->state) {
    case ECS_INTERDOMAIN:
        disconnect(d, chn);
        return 0;
    case ECS_PIRQ:
        pirq_guest_unbind(d, chn->pirq);
        break;
    case ECS_VIRQ:
        close_virq(d, chn);
        break;
    }
    free_port(d, chn);
    return 0;
}

int evtchn_close_port(struct domain *d, unsigned int port, bool by_guest)
{
    struct evtchn *chn = evtchn_from_port(d, port);
    struct domain *peer;
    int rc;

    if (chn == NULL)
        return -EINVAL;
    rcu_read_lock();
    peer = lock_with_peer(d, chn);
    rc = close_locked(d, chn, by_guest);
    if (peer)
        spin_unlock_pair(&d->evtchn->lock, &peer->evtchn->lock);
    else
        spin_unlock(&d->evtchn->lock);
    rcu_read_unlock();
    return rc;
}

int evtchn_alloc_unbound_xen(struct domain *d, unsigned int vcpu_id, domid_t remote,
                             xen_evtchn_fn fn)
{
    struct evtchn *chn;
    int rc;

    spin_lock(&d->evtchn->lock);
    rc = evtchn_table_get_free(d, &chn);
    if (rc == 0) {
        spin_lock(&chn->lock);
        chn->xen_fn = fn;
        d->evtchn->nr_xen++;
        WRITE_ONCE(chn->vcpu_id, vcpu_id);
        chn->remote_domid = remote;
        chn->state = ECS_UNBOUND;
        spin_unlock(&chn->lock);
        rc = (int)chn->port;
    }
    spin_unlock(&d->evtchn->lock);
    return rc;
}

void evtchn_free_xen(struct domain *d, unsigned int port)
{
    evtchn_close_port(d, port, false);
}

static void fill_status(const struct evtchn *chn, struct evtchn_status *op)
{
    static const uint8_t abi_state[] = {
        [ECS_FREE] = EVTCHNSTAT_closed,     [ECS_RESERVED] = EVTCHNSTAT_closed,
        [ECS_UNBOUND] = EVTCHNSTAT_unbound, [ECS_INTERDOMAIN] = EVTCHNSTAT_interdomain,
        [ECS_PIRQ] = EVTCHNSTAT_pirq,       [ECS_VIRQ] = EVTCHNSTAT_virq,
        [ECS_IPI] = EVTCHNSTAT_ipi,
    };

    op->status = abi_state[chn->state];
    op->vcpu = chn->vcpu_id;
    switch (chn->state) {
    case ECS_UNBOUND:
        op->u.unbound.dom = chn->remote_domid;
        break;
    case ECS_INTERDOMAIN:
        op->u.interdomain.dom = chn->remote->domain_id;
        op->u.interdomain.port = chn->remote_port;
        break;
    case ECS_PIRQ:
        op->u.pirq = chn->pirq;
        break;
    case ECS_VIRQ:
        op->u.virq = chn->virq;
        break;
    }
}

long evtchn_status(struct evtchn_status *op)
{
    struct evtchn *chn;
    struct domain *d;
    int rc;

    rc = rcu_lock_domain_for(XSM_EVTCHN, EVTCHNOP_status, op->dom, &d);
    if (rc)
        return rc;
    chn = d->evtchn ? evtchn_from_port(d, op->port) : NULL;
    if (chn) {
        spin_lock(&d->evtchn->lock);
        fill_status(chn, op);
        spin_unlock(&d->evtchn->lock);
    } else {
        rc = -EINVAL;
    }
    rcu_unlock_domain(d);
    return rc;
}

long evtchn_bind_vcpu(unsigned int port, unsigned int vcpu_id)
{
    struct domain *d = current->domain;
    struct evtchn *chn = evtchn_from_port(d, port);
    struct vcpu *v = domain_vcpu(d, vcpu_id);
    long rc = 0;

    if (v == NULL)
        return -ENOENT;
    if (chn == NULL)
        return -EINVAL;
    spin_lock(&d->evtchn->lock);
    switch (chn->xen_fn ? ECS_FREE : (enum evtchn_state)chn->state) {
    case ECS_VIRQ:
        if (!virq_is_global(chn->virq)) {
            rc = -EINVAL;
            break;
        }
        /* fall through */
    case ECS_UNBOUND:
    case ECS_INTERDOMAIN:
        WRITE_ONCE(chn->vcpu_id, vcpu_id);
        break;
    case ECS_PIRQ: {
        cpumask_t cpus = cpumask_of(READ_ONCE(v->processor));

        WRITE_ONCE(chn->vcpu_id, vcpu_id);
        pirq_set_affinity(d, chn->pirq, &cpus);
        break;
    }
    default:
        rc = -EINVAL;
        break;
    }
    spin_unlock(&d->evtchn->lock);
    return rc;
}

void evtchn_move_pirqs(struct vcpu *v)
{
    struct domain *d = v->domain;
    cpumask_t cpus = cpumask_of(READ_ONCE(v->processor));

    spin_lock(&d->evtchn->lock);
    for (uint32_t port = 1; port < d->evtchn->nr_valid; port++) {
        const struct evtchn *chn = evtchn_from_port(d, port);

        if (chn->state == ECS_PIRQ && chn->vcpu_id == v->vcpu_id)
            pirq_set_affinity(d, chn->pirq, &cpus);
    }
    spin_unlock(&d->evtchn->lock);
}
