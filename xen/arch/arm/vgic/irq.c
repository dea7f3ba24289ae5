/* SPDX-License-Identifier: MIT */
/* Virtual interrupts: whose they are, when they are due, how they come to be pending. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/its.h>
#include <xen/kernel.h>
#include <xen/port/domain.h>
#include <xen/sched.h>
#include "private.h"

struct vgic_irq *vgic_irq(struct domain *d, struct vcpu *v, unsigned int intid)
{
    if (intid < VGIC_NR_LOCAL)
        return v ? &v->arch.vgic.local[intid] : NULL;
    if (intid >= GIC_FIRST_LPI) {
        intid -= GIC_FIRST_LPI;
        return d->arch.vgic.lpis && intid < ITS_NR_LPIS ? &d->arch.vgic.lpis[intid] : NULL;
    }
    intid -= VGIC_NR_LOCAL;
    return intid < d->arch.vgic.nr_spis ? &d->arch.vgic.spis[intid] : NULL;
}

static void queue_insert(struct vgic_vcpu *g, struct vgic_irq *irq)
{
    struct vgic_irq *at;

    list_for_each_entry (at, &g->queue, link) {
        if (at->priority > irq->priority)
            break;
    }
    list_add_tail(&irq->link, &at->link); /* before it, or at the end */
    irq->queued = true;
}

bool vgic_update(struct vcpu *v, struct vgic_irq *irq)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    bool due =
        irq->enabled && (irq->pending || irq->sources || (irq->line && irq->lr == VGIC_NO_LR));

    if (irq->queued) {
        list_del(&irq->link);
        irq->queued = false;
    }
    if (!due)
        return false;
    queue_insert(g, irq);
    WRITE_ONCE(g->work, true);
    return true;
}

/* Neither lock is held: take both, move, and let go of both. */
static void try_move(struct domain *d, struct vgic_irq *irq, unsigned int from, unsigned int to)
{
    struct vcpu *a = d->vcpu[from], *b = d->vcpu[to];
    unsigned long flags = local_irq_save_flags();
    bool kick = false;

    spin_lock_pair(&a->arch.vgic.lock, &b->arch.vgic.lock);
    if (irq->vcpu_id == from && irq->want_id == to && irq->lr == VGIC_NO_LR && !irq->active) {
        if (irq->queued) {
            list_del(&irq->link);
            irq->queued = false;
        }
        WRITE_ONCE(irq->vcpu_id, (uint16_t)to);
        kick = vgic_update(b, irq);
    }
    spin_unlock_pair(&a->arch.vgic.lock, &b->arch.vgic.lock);
    local_irq_restore(flags);
    if (kick)
        vcpu_kick(b);
}

struct vcpu *vgic_irq_lock(struct domain *d, struct vcpu *v, struct vgic_irq *irq,
                           unsigned long *flags)
{
    if (irq->intid < VGIC_NR_LOCAL) {
        spin_lock_irqsave(&v->arch.vgic.lock, *flags);
        return v;
    }
    for (unsigned int tries = 0;; tries++) {
        unsigned int from = READ_ONCE(irq->vcpu_id), to = READ_ONCE(irq->want_id);

        if (unlikely(from != to) && irq->lr == VGIC_NO_LR && tries < 3)
            try_move(d, irq, from, to);
        v = domain_vcpu(d, READ_ONCE(irq->vcpu_id));
        if (!v)
            return NULL;
        spin_lock_irqsave(&v->arch.vgic.lock, *flags);
        if (likely(irq->vcpu_id == v->vcpu_id))
            return v;
        spin_unlock_irqrestore(&v->arch.vgic.lock, *flags);
    }
}

void vgic_irq_unlock(struct vcpu *v, unsigned long flags, bool kick)
{
    spin_unlock_irqrestore(&v->arch.vgic.lock, flags);
    if (kick)
        vcpu_kick(v);
}

static void make_pending(struct domain *d, struct vcpu *v, struct vgic_irq *irq)
{
    unsigned long flags;

    v = vgic_irq_lock(d, v, irq, &flags);
    if (!v)
        return;
    irq->pending = true;
    vgic_irq_unlock(v, flags, vgic_update(v, irq));
}

void vgic_inject_local(struct vcpu *v, unsigned int intid)
{
    ASSERT(intid < VGIC_NR_LOCAL);
    make_pending(v->domain, v, &v->arch.vgic.local[intid]);
}

void vgic_inject_spi(struct domain *d, unsigned int intid)
{
    struct vgic_irq *irq = intid < VGIC_NR_LOCAL ? NULL : vgic_irq(d, NULL, intid);

    if (irq)
        make_pending(d, NULL, irq);
}

static void set_line(struct domain *d, struct vcpu *v, struct vgic_irq *irq, bool high)
{
    unsigned long flags;
    bool kick = false;

    v = vgic_irq_lock(d, v, irq, &flags);
    if (!v)
        return;
    if (irq->line != high) {
        irq->line = high;
        /* One that is already in an LR as pending may be spurious then, as on real hardware. */
        kick = vgic_update(v, irq);
    }
    vgic_irq_unlock(v, flags, kick);
}

void vgic_set_line(struct domain *d, unsigned int intid, bool high)
{
    struct vgic_irq *irq = intid < VGIC_NR_LOCAL ? NULL : vgic_irq(d, NULL, intid);

    if (irq)
        set_line(d, NULL, irq, high);
}

void vgic_set_line_local(struct vcpu *v, unsigned int intid, bool high)
{
    ASSERT(intid < VGIC_NR_LOCAL);
    set_line(v->domain, v, &v->arch.vgic.local[intid], high);
}

void vgic_inject_hw_spi(struct domain *d, unsigned int intid)
{
    struct vgic_irq *irq = vgic_irq(d, NULL, intid);
    unsigned long flags;
    struct vcpu *v;
    bool kick;

    v = irq ? vgic_irq_lock(d, NULL, irq, &flags) : NULL;
    if (!v)
        return;
    irq->pending = irq->hw = true;
    kick = vgic_update(v, irq);
    if (irq->desc && irq->desc_cpu != v->processor) {
        irq->desc_cpu = (uint16_t)v->processor;
        gic_guest_route(irq->desc, v->processor);
    }
    vgic_irq_unlock(v, flags, kick);
}

void vgic_send_sgi(struct vcpu *target, unsigned int intid, unsigned int source)
{
    struct vgic_vcpu *g = &target->arch.vgic;
    struct vgic_irq *irq = &g->local[intid];
    unsigned long flags;

    spin_lock_irqsave(&g->lock, flags);
    if (target->domain->arch.vgic.version == VGIC_V2)
        irq->sources |= (uint8_t)(1U << source);
    else
        irq->pending = true;
    vgic_irq_unlock(target, flags, vgic_update(target, irq));
}

void vgic_timer_connect(struct vcpu *v, unsigned int intid, unsigned int host_irq)
{
    struct vgic_irq *irq = &v->arch.vgic.local[intid];

    irq->host_ppi = (uint8_t)host_irq;
    irq->level = true;
    v->arch.vgic.timer_intid = (uint8_t)intid;
}

void vgic_timer_fired(struct vcpu *v, unsigned int intid)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    struct vgic_irq *irq = &g->local[intid];
    bool due;

    spin_lock(&g->lock);
    irq->pending = true;
    irq->hw = irq->host_ppi;
    due = vgic_update(v, irq);
    spin_unlock(&g->lock);
    if (due)
        vcpu_unblock(v); /* it runs here, or is just about to wait */
}

void vgic_timer_due(struct vcpu *v, unsigned int intid)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    struct vgic_irq *irq = &g->local[intid];
    unsigned long flags;
    bool kick = false;

    spin_lock_irqsave(&g->lock, flags);
    if (!g->loaded && !irq->hw) {
        irq->pending = true;
        irq->hw = irq->host_ppi;
        kick = vgic_update(v, irq);
    }
    vgic_irq_unlock(v, flags, kick);
}

int vgic_connect(struct domain *d, unsigned int virq, struct irq_desc *desc, bool edge)
{
    struct vgic_irq *irq = virq < VGIC_NR_LOCAL ? NULL : vgic_irq(d, NULL, virq);

    if (!irq)
        return -EINVAL;
    if (irq->desc)
        return -EEXIST;
    irq->desc = desc;
    irq->desc_cpu = 0;
    irq->level = !edge;
    if (irq->enabled)
        gic_guest_enable(desc, true);
    return 0;
}

bool vgic_disconnect(struct domain *d, unsigned int virq)
{
    struct vgic_irq *irq = vgic_irq(d, NULL, virq);
    struct vcpu *v;
    unsigned long flags;
    bool active;

    if (irq->lr != VGIC_NO_LR && (v = domain_vcpu(d, irq->vcpu_id)) != NULL)
        vgic_recall(v);
    v = vgic_irq_lock(d, NULL, irq, &flags);
    active = irq->hw;
    irq->desc = NULL;
    irq->hw = irq->pending = false;
    if (v) {
        bool due = vgic_update(v, irq);

        vgic_irq_unlock(v, flags, due);
    }
    return active;
}

struct irq_desc *vgic_hw_desc(struct domain *d, unsigned int virq)
{
    struct vgic_irq *irq = virq < VGIC_NR_LOCAL ? NULL : vgic_irq(d, NULL, virq);

    return irq ? irq->desc : NULL;
}

void vgic_set_target(struct domain *d, struct vgic_irq *irq, unsigned int vcpu_id)
{
    unsigned long flags;
    struct vcpu *v;

    WRITE_ONCE(irq->want_id, (uint16_t)vcpu_id);
    v = vgic_irq_lock(d, NULL, irq, &flags); /* moves it where it can be moved */
    if (!v)
        return;
    if (irq->desc && irq->vcpu_id == vcpu_id && irq->desc_cpu != v->processor) {
        irq->desc_cpu = (uint16_t)v->processor;
        gic_guest_route(irq->desc, v->processor);
    }
    vgic_irq_unlock(v, flags, false);
}

void vgic_kick_all(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu (d, v) {
        unsigned long flags;

        spin_lock_irqsave(&v->arch.vgic.lock, flags);
        if (!list_empty(&v->arch.vgic.queue))
            WRITE_ONCE(v->arch.vgic.work, true);
        spin_unlock_irqrestore(&v->arch.vgic.lock, flags);
        vcpu_kick(v);
    }
}

bool vgic_reserve(struct domain *d, unsigned int virq)
{
    return virq < VGIC_NR_LOCAL + d->arch.vgic.nr_spis &&
           !test_and_set_bit(virq, d->arch.vgic.reserved);
}

int vgic_reserve_ppi(struct domain *d)
{
    for (unsigned int i = VGIC_NR_SGIS; i < VGIC_NR_LOCAL; i++) {
        if (!test_and_set_bit(i, d->arch.vgic.reserved))
            return (int)i;
    }
    return -ENOSPC;
}

void vgic_unreserve(struct domain *d, unsigned int virq)
{
    if (virq < VGIC_NR_LOCAL + d->arch.vgic.nr_spis)
        clear_bit(virq, d->arch.vgic.reserved);
}

/* common: the guest is to notice an event. */
void port_vcpu_mark_events_pending(struct vcpu *v)
{
    if (__atomic_exchange_n(&v->vcpu_info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST))
        return;
    vgic_inject_local(v, v->domain->arch.evtchn_irq);
}
