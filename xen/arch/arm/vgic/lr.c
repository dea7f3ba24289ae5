/* SPDX-License-Identifier: MIT */
/* List registers: from the queue into them, and what the guest has made of them back. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <xen/kernel.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include "private.h"

static bool loaded_here(const struct vgic_vcpu *g)
{
    return g->loaded && g->loaded_cpu == smp_processor_id();
}

static void lr_get(struct vgic_vcpu *g, unsigned int lr, struct gic_lr *l)
{
    if (g->loaded)
        gic_hyp->lr_read(lr, l);
    else
        *l = g->state.lr[lr];
}

static void lr_put(struct vgic_vcpu *g, unsigned int lr, const struct gic_lr *l)
{
    if (g->loaded)
        gic_hyp->lr_write(lr, l);
    else
        g->state.lr[lr] = *l;
    if (l->eoi)
        g->lr_eoi |= (uint16_t)(1U << lr);
    else
        g->lr_eoi &= (uint16_t) ~(1U << lr);
}

/* LR @lr is free again; its interrupt goes on with what it has besides. */
static void release(struct vgic_vcpu *g, unsigned int lr)
{
    struct vgic_irq *irq = g->lr_irq[lr];

    if (g->loaded && (g->lr_eoi & 1U << lr))
        gic_hyp->lr_clear(lr); /* ends the maintenance interrupt */
    g->lr_irq[lr] = NULL;
    g->lr_used &= (uint16_t) ~(1U << lr);
    g->lr_eoi &= (uint16_t) ~(1U << lr);
    irq->lr = VGIC_NO_LR;
    irq->active = irq->lr_pending = false;
}

/* The guest is done with the interrupt of LR @lr; the machine's, if any, was deactivated. */
static struct vgic_irq *retire(struct vgic_vcpu *g, unsigned int lr)
{
    struct vgic_irq *irq = g->lr_irq[lr];

    release(g, lr);
    if (!irq->pending) /* else it has come again already */
        irq->hw = false;
    return irq;
}

/* Free the LRs that are through. True: an interrupt went back to the queue. */
static bool sync_empty(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    uint32_t done = gic_hyp->lr_empty() & g->lr_used;
    bool queued = false;

    while (done) {
        unsigned int lr = (unsigned int)__builtin_ctz(done);

        done &= done - 1;
        queued |= vgic_update(v, retire(g, lr));
    }
    return queued;
}

/* Put what is due of @irq into the free LR @lr. */
static void fill(struct vgic_vcpu *g, unsigned int lr, struct vgic_irq *irq)
{
    struct gic_lr l = {
        .virq = irq->intid,
        .priority = irq->priority,
        .state = GIC_LR_PENDING,
    };

    if (irq->sources) {
        l.source = (uint8_t)__builtin_ctz(irq->sources);
        irq->sources &= (uint8_t)(irq->sources - 1);
        l.eoi = irq->sources != 0;
    } else if (irq->hw) {
        l.hw = true;
        l.pirq = irq->host_ppi ?: (uint16_t)irq_desc_number(irq->desc);
    } else {
        l.eoi = irq->line;
        if (irq->active)
            l.state |= GIC_LR_ACTIVE;
    }
    irq->pending = false;
    irq->lr = (uint8_t)lr;
    irq->lr_pending = true;
    g->lr_irq[lr] = irq;
    g->lr_used |= (uint16_t)(1U << lr);
    lr_put(g, lr, &l);
}

/* Take back a pending interrupt of least priority below @priority. The LR, or -1. */
static int evict(struct vcpu *v, uint8_t priority)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    int worst = -1;

    for (unsigned int lr = 0; lr < gic_info.nr_lrs; lr++) {
        if (g->lr_irq[lr]->priority > priority && gic_hyp->lr_state(lr) == GIC_LR_PENDING &&
            (worst < 0 || g->lr_irq[lr]->priority > g->lr_irq[worst]->priority))
            worst = (int)lr;
    }
    if (worst >= 0) {
        struct vgic_irq *irq = g->lr_irq[worst];
        struct gic_lr l;

        gic_hyp->lr_read((unsigned int)worst, &l);
        release(g, (unsigned int)worst);
        if (irq->intid < VGIC_NR_SGIS && v->domain->arch.vgic.version == VGIC_V2)
            irq->sources |= (uint8_t)(1U << l.source);
        else
            irq->pending = true;
        vgic_update(v, irq); /* behind the place where the queue is being read */
    }
    return worst;
}

static int find_lr(struct vcpu *v, uint8_t priority)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    uint32_t free = ~(uint32_t)g->lr_used & ((1U << gic_info.nr_lrs) - 1);

    if (free)
        return __builtin_ctz(free);
    (void)sync_empty(v);
    free = ~(uint32_t)g->lr_used & ((1U << gic_info.nr_lrs) - 1);
    return free ? __builtin_ctz(free) : evict(v, priority);
}

/*
 * @irq of the queue has an LR already: add to it. True: nothing of it is left to deliver. The LR
 * that turns out to be free is left to the caller.
 */
static bool merge(struct vgic_vcpu *g, struct vgic_irq *irq)
{
    unsigned int lr = irq->lr;
    struct gic_lr l;

    lr_get(g, lr, &l);
    if (!l.state) {
        retire(g, lr);
        return false;
    }
    if (!irq->sources && !l.hw) {
        irq->pending = false;
        if (l.state & GIC_LR_PENDING)
            return true;
        l.state |= GIC_LR_PENDING;
        irq->lr_pending = true;
        lr_put(g, lr, &l);
        return true;
    }
    if (!l.hw && !l.eoi) { /* the next source comes when this one has ended */
        l.eoi = true;
        lr_put(g, lr, &l);
    } else if (l.hw) {
        WRITE_ONCE(g->work, true); /* look again */
    }
    return false;
}

static void dequeue(struct vgic_irq *irq)
{
    list_del(&irq->link);
    irq->queued = false;
}

/* All that can go from the queue to LRs. True: something that needs an LR is left. */
static bool drain(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    struct list_head *at = g->queue.next;

    while (at != &g->queue) {
        struct vgic_irq *irq = container_of(at, struct vgic_irq, link);
        bool done = irq->lr != VGIC_NO_LR && merge(g, irq);

        if (irq->lr == VGIC_NO_LR) {
            int lr = find_lr(v, irq->priority);

            if (lr < 0)
                return true;
            fill(g, (unsigned int)lr, irq);
            done = !irq->sources;
        }
        at = at->next;
        if (done)
            dequeue(irq);
    }
    return false;
}

static void set_hcr(struct vgic_vcpu *g, uint32_t hcr)
{
    if (g->hcr != hcr) {
        g->hcr = hcr;
        gic_hyp->hcr_write(hcr);
    }
}

void vgic_enter_slow(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;

    spin_lock(&g->lock);
    WRITE_ONCE(g->work, false);
    if (v->domain->arch.vgic.soft)
        vgic_soft_update(v);
    else if (v->domain->arch.vgic.ctlr & VGIC_CTLR_ON)
        set_hcr(g, drain(v) ? GIC_HCR_EN | GIC_HCR_UIE : GIC_HCR_EN);
    spin_unlock(&g->lock);
}

void vgic_maintenance(void)
{
    struct vcpu *v = current;
    struct vgic_vcpu *g = &v->arch.vgic;

    if (is_idle_vcpu(v) || !loaded_here(g))
        return;
    spin_lock(&g->lock);
    (void)sync_empty(v);
    set_hcr(g, GIC_HCR_EN);
    if (!list_empty(&g->queue))
        WRITE_ONCE(g->work, true);
    spin_unlock(&g->lock);
}

static bool is_v2_sgi(const struct vcpu *v, const struct vgic_irq *irq)
{
    return irq->intid < VGIC_NR_SGIS && v->domain->arch.vgic.version == VGIC_V2;
}

/* The guest no longer wants what the machine's interrupt behind @irq has brought. */
static void give_up_hw(struct vcpu *v, struct vgic_irq *irq)
{
    if (!irq->hw)
        return;
    irq->hw = false;
    if (irq->desc)
        gic_set_active(irq_desc_number(irq->desc), false);
    else if (irq->host_ppi && loaded_here(&v->arch.vgic))
        gic_set_active(irq->host_ppi, false);
}

void vgic_give_up_pending(struct vcpu *v, struct vgic_irq *irq)
{
    irq->pending = false;
    irq->sources = 0;
    if (irq->lr == VGIC_NO_LR)
        give_up_hw(v, irq);
    else
        irq->drop_pending = true;
}

static void recall_one(struct vcpu *v, unsigned int lr)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    struct vgic_irq *irq = g->lr_irq[lr];
    struct gic_lr l;
    unsigned int before;

    lr_get(g, lr, &l);
    before = l.state;
    if ((l.state & GIC_LR_PENDING) && (irq->drop_pending || !irq->enabled)) {
        l.state &= (uint8_t)~GIC_LR_PENDING;
        if (irq->drop_pending) {
            give_up_hw(v, irq);
        } else if (is_v2_sgi(v, irq)) {
            irq->sources |= (uint8_t)(1U << l.source);
        } else {
            irq->pending = true;
        }
    }
    if ((l.state & GIC_LR_ACTIVE) && irq->drop_active) {
        l.state &= (uint8_t)~GIC_LR_ACTIVE;
        give_up_hw(v, irq);
    }
    irq->drop_pending = irq->drop_active = false;
    irq->lr_pending = l.state & GIC_LR_PENDING;
    irq->active = l.state & GIC_LR_ACTIVE;
    if (!before) {
        retire(g, lr);
    } else if (!l.state) {
        if (g->loaded)
            gic_hyp->lr_clear(lr);
        release(g, lr);
    } else if (l.state != before) {
        lr_put(g, lr, &l);
    }
    vgic_update(v, irq);
}

static void recall_locked(struct vcpu *v)
{
    for (uint32_t used = v->arch.vgic.lr_used; used; used &= used - 1)
        recall_one(v, (unsigned int)__builtin_ctz(used));
}

struct recall {
    struct vcpu *v;
    bool done;
};

/* On the CPU where it was last seen, or on the caller's; interrupts off. */
static void recall_here(void *arg)
{
    struct recall *r = arg;
    struct vgic_vcpu *g = &r->v->arch.vgic;

    spin_lock(&g->lock);
    if (!g->loaded || loaded_here(g)) {
        recall_locked(r->v);
        r->done = true;
    }
    spin_unlock(&g->lock);
}

void vgic_recall(struct vcpu *v)
{
    struct recall r = {.v = v};

    if (v->domain->arch.vgic.soft)
        return; /* nothing is out of our hands */
    while (!r.done) {
        unsigned long flags = local_irq_save_flags();

        recall_here(&r);
        local_irq_restore(flags);
        if (!r.done) {
            cpumask_t cpu = cpumask_of(READ_ONCE(v->arch.vgic.loaded_cpu));

            on_selected_cpus(&cpu, recall_here, &r, true);
        }
    }
}

static bool lr_would_interrupt(struct vgic_vcpu *g)
{
    for (uint32_t used = g->lr_used; used; used &= used - 1) {
        unsigned int lr = (unsigned int)__builtin_ctz(used);
        struct gic_lr l;

        lr_get(g, lr, &l);
        if (l.state == GIC_LR_PENDING && (!g->loaded || gic_hyp->lets_through(l.priority)))
            return true;
    }
    return false;
}

bool vgic_has_pending(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    unsigned long flags;
    bool pending;

    spin_lock_irqsave(&g->lock, flags);
    if (!(v->domain->arch.vgic.ctlr & VGIC_CTLR_ON))
        pending = false;
    else if (v->domain->arch.vgic.soft)
        pending = vgic_soft_deliverable(v);
    else
        pending = !list_empty(&g->queue) || lr_would_interrupt(g);
    spin_unlock_irqrestore(&g->lock, flags);
    return pending;
}

static void save_lrs(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;

    for (uint32_t used = g->lr_used; used; used &= used - 1) {
        unsigned int lr = (unsigned int)__builtin_ctz(used);
        struct gic_lr *l = &g->state.lr[lr];

        gic_hyp->lr_read(lr, l);
        if (!l->state) {
            vgic_update(v, retire(g, lr));
            continue;
        }
        g->lr_irq[lr]->active = l->state & GIC_LR_ACTIVE;
        g->lr_irq[lr]->lr_pending = l->state & GIC_LR_PENDING;
        gic_hyp->lr_clear(lr);
    }
}

void vgic_save(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;

    spin_lock(&g->lock);
    if (v->domain->arch.vgic.soft) {
        gic_hyp->hcr_write(0);
    } else {
        save_lrs(v);
        gic_hyp->save(&g->state);
    }
    if (g->timer_intid && g->local[g->timer_intid].hw)
        gic_set_active(g->local[g->timer_intid].host_ppi, false);
    g->loaded = false;
    spin_unlock(&g->lock);
}

void vgic_restore(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;

    spin_lock(&g->lock);
    g->loaded = true;
    g->loaded_cpu = (uint16_t)smp_processor_id();
    if (v->domain->arch.vgic.soft) {
        gic_hyp->hcr_write(GIC_HCR_TRAP);
    } else {
        for (uint32_t used = g->lr_used; used; used &= used - 1) {
            unsigned int lr = (unsigned int)__builtin_ctz(used);

            gic_hyp->lr_write(lr, &g->state.lr[lr]);
        }
        g->hcr = GIC_HCR_EN;
        gic_hyp->load(&g->state, GIC_HCR_EN);
    }
    if (g->timer_intid && g->local[g->timer_intid].hw)
        gic_set_active(g->local[g->timer_intid].host_ppi, true);
    g->work = v->domain->arch.vgic.soft || !list_empty(&g->queue);
    spin_unlock(&g->lock);
}
