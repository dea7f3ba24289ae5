/* SPDX-License-Identifier: MIT */
/*
 * Interrupts that guests handle. An edge or a message is passed on and forgotten; a level is
 * masked from its arrival until every guest that it was passed to has said EOI.
 */
#include <public/physdev.h>
#include <xen/evtchn.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include "pirq.h"

/* The mark stands before the event: the guest may be done, on another CPU, as soon as it is sent.
 */
static void deliver_level(struct irq_desc *desc, struct pirq *p)
{
    bool was_due = p->eoi_due;

    if (!was_due) {
        WRITE_ONCE(p->eoi_due, true);
        desc->in_flight++;
    }
    if (evtchn_send_pirq(p->d, p->port) < 0 && !was_due) {
        p->eoi_due = false;
        desc->in_flight--;
    }
}

void pirq_deliver(struct irq_desc *desc)
{
    for (struct pirq *p = desc->guests; p; p = p->next) {
        if (desc->level)
            deliver_level(desc, p);
        else
            evtchn_send_pirq(p->d, p->port);
    }
}

static void guest_done(struct irq_desc *desc, struct pirq *p)
{
    p->eoi_due = false;
    if (--desc->in_flight == 0)
        irq_unmask(desc);
}

/* The descriptor of what @p is bound to, locked; NULL: to nothing. */
static struct irq_desc *lock_bound(const struct pirq *p, unsigned long *flags)
{
    int irq = READ_ONCE(p->irq);
    struct irq_desc *desc;

    if (irq < 0)
        return NULL;
    desc = irq_to_desc((unsigned int)irq);
    spin_lock_irqsave(&desc->lock, *flags);
    if (p->bound && p->irq == irq)
        return desc;
    spin_unlock_irqrestore(&desc->lock, *flags);
    return NULL;
}

void pirq_guest_eoi(struct domain *d, unsigned int pirq)
{
    struct pirq *p = pirq_entry(d, pirq);
    struct irq_desc *desc;
    unsigned long flags;

    if (!p || !READ_ONCE(p->eoi_due))
        return;
    desc = lock_bound(p, &flags);
    if (!desc)
        return;
    if (p->eoi_due)
        guest_done(desc, p);
    spin_unlock_irqrestore(&desc->lock, flags);
}

int pirq_eoi_op(struct domain *d, unsigned int pirq)
{
    struct pirq *p = pirq_entry(d, pirq);

    if (!p)
        return -EINVAL;
    if (d->pirq->eoi_unmasks && p->bound)
        evtchn_unmask_if_valid(d, p->port);
    pirq_guest_eoi(d, pirq);
    return 0;
}

static int take_for_guests(struct irq_desc *desc, bool share, const cpumask_t *near)
{
    int rc;

    if (desc->owner == IRQ_GUESTS)
        return desc->shareable && share ? 0 : -EBUSY;
    if (desc->owner != IRQ_FREE)
        return -EBUSY;
    rc = irq_need_vector(desc);
    if (rc)
        return rc;
    desc->owner = IRQ_GUESTS;
    desc->shareable = share;
    desc->in_flight = 0;
    /* Where it goes to is a matter of speed only: what fails stays where it is. */
    (void)irq_move(desc, near);
    irq_write_hw(desc);
    return 0;
}

static int bind(struct pirq_table *t, struct pirq *p, const cpumask_t *near, bool share,
                unsigned int port)
{
    struct irq_desc *desc;
    unsigned long flags;
    int rc;

    if (p->irq < 0)
        return -EINVAL;
    desc = irq_to_desc((unsigned int)p->irq);
    spin_lock_irqsave(&desc->lock, flags);
    rc = p->bound ? -EEXIST : take_for_guests(desc, share, near);
    if (!rc) {
        p->port = port;
        p->bound = true;
        p->eoi_due = false;
        p->next = desc->guests;
        desc->guests = p;
        desc->nr_guests++;
        pirq_update_eoi_bit(t, p, desc->level);
        if (desc->in_flight == 0)
            irq_unmask(desc);
    }
    spin_unlock_irqrestore(&desc->lock, flags);
    return rc;
}

int pirq_guest_bind(struct vcpu *v, unsigned int pirq, bool will_share, unsigned int port)
{
    struct domain *d = v->domain;
    struct pirq *p = pirq_entry(d, pirq);
    const cpumask_t near = cpumask_of(v->processor);
    int rc;

    if (!p)
        return -EINVAL;
    spin_lock(&d->pirq->lock);
    rc = bind(d->pirq, p, &near, will_share, port);
    spin_unlock(&d->pirq->lock);
    return rc;
}

void pirq_unbind_entry(struct pirq *p)
{
    unsigned long flags;
    struct irq_desc *desc = lock_bound(p, &flags);
    struct pirq **link;

    if (!desc)
        return;
    for (link = &desc->guests; *link != p; link = &(*link)->next)
        continue;
    *link = p->next;
    p->next = NULL;
    p->bound = false;
    p->port = 0;
    desc->nr_guests--;
    if (p->eoi_due)
        guest_done(desc, p);
    if (!desc->guests) {
        irq_mask(desc);
        desc->owner = IRQ_FREE;
    }
    spin_unlock_irqrestore(&desc->lock, flags);
}

void pirq_guest_unbind(struct domain *d, unsigned int pirq)
{
    struct pirq *p = pirq_entry(d, pirq);

    if (p)
        pirq_unbind_entry(p);
}

void pirq_set_affinity(struct domain *d, unsigned int pirq, const cpumask_t *mask)
{
    struct pirq *p = pirq_entry(d, pirq);
    struct irq_desc *desc;
    unsigned long flags;

    if (!p || READ_ONCE(p->irq) < 0)
        return;
    desc = lock_bound(p, &flags);
    if (!desc)
        return;
    /* While a level is in flight its route still counts. A hint: what cannot move stays. */
    if (!desc->in_flight)
        (void)irq_move(desc, mask);
    spin_unlock_irqrestore(&desc->lock, flags);
}

int pirq_status(struct domain *d, unsigned int pirq)
{
    struct pirq *p = pirq_entry(d, pirq);
    int irq = p ? READ_ONCE(p->irq) : -1, flags = 0;
    const struct irq_desc *desc;

    if (!p)
        return -EINVAL;
    if (irq < 0)
        return 0;
    desc = irq_to_desc((unsigned int)irq);
    if (desc->level)
        flags |= XENIRQSTAT_needs_eoi;
    if (desc->owner == IRQ_GUESTS && desc->shareable)
        flags |= XENIRQSTAT_shared;
    return flags;
}
