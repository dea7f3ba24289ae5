/* SPDX-License-Identifier: MIT */
/*
 * The CPU interface of a GICv2 (IHI 0048B, 4.4) by MMIO, for machines whose GIC has no such
 * virtual interface. Interrupts stay in the queue until the guest acknowledges them; the line to
 * the vCPU is HCR_EL2.VI.
 */
#include <asm/cpu.h>
#include <asm/current.h>
#include <xen/kernel.h>
#include "private.h"

#define GICC_CTLR  0x0000
#define GICC_PMR   0x0004
#define GICC_BPR   0x0008
#define GICC_IAR   0x000c
#define GICC_EOIR  0x0010
#define GICC_RPR   0x0014
#define GICC_HPPIR 0x0018
#define GICC_ABPR  0x001c
#define GICC_APR0  0x00d0
#define GICC_IIDR  0x00fc
#define GICC_DIR   0x1000

#define CTLR_ENABLE  (1U << 0)
#define CTLR_EOIMODE (1U << 9)
#define CTLR_MASK    (CTLR_ENABLE | CTLR_EOIMODE)
#define MIN_BPR      2 /* 5 bits of priority, all of which preempt */
#define IDLE         0xff
#define NONE         1023U

static uint8_t group_priority(const struct vgic_soft_cpu *c, uint8_t priority)
{
    return priority & (uint8_t) ~((2U << c->bpr) - 1);
}

static unsigned int running_priority(const struct vgic_soft_cpu *c)
{
    return c->nr_running ? c->running[c->nr_running - 1] : IDLE;
}

/* The most urgent interrupt that may be taken now; @masked: that is pending at all. */
static struct vgic_irq *highest(struct vcpu *v, bool masked)
{
    const struct vgic_soft_cpu *c = v->arch.vgic.soft;

    for (struct list_head *at = v->arch.vgic.queue.next; at != &v->arch.vgic.queue; at = at->next) {
        struct vgic_irq *irq = container_of(at, struct vgic_irq, link);

        if (irq->active)
            continue;
        if (masked)
            return irq;
        if (irq->priority >= c->pmr || group_priority(c, irq->priority) >= running_priority(c))
            return NULL; /* the others are of less priority */
        return irq;
    }
    return NULL;
}

bool vgic_soft_deliverable(struct vcpu *v)
{
    return (v->arch.vgic.soft->ctlr & CTLR_ENABLE) && (v->domain->arch.vgic.ctlr & VGIC_CTLR_ON) &&
           highest(v, false) != NULL;
}

void vgic_soft_update(struct vcpu *v)
{
    uint64_t hcr = v->arch.hcr_el2 & ~HCR_VI;

    if (vgic_soft_deliverable(v))
        hcr |= HCR_VI;
    if (hcr == v->arch.hcr_el2)
        return;
    v->arch.hcr_el2 = hcr;
    write_sysreg(hcr, hcr_el2);
    isb();
}

static uint32_t acknowledge(struct vcpu *v)
{
    struct vgic_soft_cpu *c = v->arch.vgic.soft;
    struct vgic_irq *irq = vgic_soft_deliverable(v) ? highest(v, false) : NULL;
    uint32_t source = 0;

    if (!irq || c->nr_running >= ARRAY_SIZE(c->running))
        return NONE;
    if (irq->sources) {
        source = (uint32_t)__builtin_ctz(irq->sources);
        irq->sources &= (uint8_t)(irq->sources - 1);
    }
    irq->pending = false;
    irq->active = true;
    c->running[c->nr_running++] = group_priority(c, irq->priority);
    vgic_update(v, irq);
    return irq->intid | source << 10;
}

/* With the line up: the machine's interrupt behind it is to be let go. Takes the lock. */
static void deactivate(struct vcpu *v, uint32_t intid)
{
    struct vgic_irq *irq = vgic_irq(v->domain, v, intid);
    unsigned long flags;
    struct vcpu *owner;
    bool kick;

    owner = irq ? vgic_irq_lock(v->domain, v, irq, &flags) : NULL;
    if (!owner)
        return;
    if (irq->active) {
        irq->active = false;
        if (irq->hw && !irq->pending) {
            irq->hw = false;
            gic_set_active(irq->desc ? irq_desc_number(irq->desc) : irq->host_ppi, false);
        }
    }
    kick = vgic_update(owner, irq);
    vgic_irq_unlock(owner, flags, kick);
}

static void end(struct vcpu *v, uint32_t intid)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    unsigned long flags;
    bool drop_only;

    if (intid >= GIC_MAX_IRQS)
        return;
    spin_lock_irqsave(&g->lock, flags);
    if (g->soft->nr_running)
        g->soft->nr_running--;
    drop_only = g->soft->ctlr & CTLR_EOIMODE;
    WRITE_ONCE(g->work, true);
    spin_unlock_irqrestore(&g->lock, flags);
    if (!drop_only)
        deactivate(v, intid);
}

static bool soft_read(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                      uint64_t *value)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    const struct vgic_irq *irq;
    unsigned long flags;

    *value = 0;
    if (size != 4)
        return false;
    spin_lock_irqsave(&g->lock, flags);
    switch (offset) {
    case GICC_CTLR:
        *value = g->soft->ctlr;
        break;
    case GICC_PMR:
        *value = g->soft->pmr;
        break;
    case GICC_BPR:
    case GICC_ABPR:
        *value = g->soft->bpr;
        break;
    case GICC_IAR:
        *value = acknowledge(v);
        WRITE_ONCE(g->work, true);
        break;
    case GICC_RPR:
        *value = running_priority(g->soft);
        break;
    case GICC_HPPIR:
        irq = highest(v, true);
        *value = irq ? irq->intid : NONE;
        break;
    case GICC_IIDR:
        *value = VGIC_IIDR | 2U << 16;
        break;
    }
    spin_unlock_irqrestore(&g->lock, flags);
    return true;
}

static bool soft_write(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                       uint64_t value)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    unsigned long flags;

    if (size != 4)
        return false;
    if (offset == GICC_EOIR || offset == GICC_DIR) {
        if (offset == GICC_EOIR)
            end(v, value & 0x3ff);
        else
            deactivate(v, value & 0x3ff);
        return true;
    }
    spin_lock_irqsave(&g->lock, flags);
    switch (offset) {
    case GICC_CTLR:
        g->soft->ctlr = value & CTLR_MASK;
        break;
    case GICC_PMR:
        g->soft->pmr = value & 0xf8;
        break;
    case GICC_BPR:
        g->soft->bpr = (uint8_t)max((uint32_t)value & 7, (uint32_t)MIN_BPR);
        break;
    }
    WRITE_ONCE(g->work, true);
    spin_unlock_irqrestore(&g->lock, flags);
    return true;
}

const struct mmio_ops vgic_soft_ops = {soft_read, soft_write};

void vgic_soft_reset(struct vcpu *v)
{
    *v->arch.vgic.soft = (struct vgic_soft_cpu){.bpr = MIN_BPR};
    v->arch.hcr_el2 &= ~HCR_VI;
}
