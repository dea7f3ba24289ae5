/* SPDX-License-Identifier: MIT */
/* A domain's virtual GIC comes and goes. */
#include <asm/gic_hyp.h>
#include <public/xen.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include "private.h"

unsigned int vgic_native_version(void)
{
    return gic_info.version;
}

unsigned int vgic_max_vcpus(unsigned int version)
{
    switch (version) {
    case VGIC_V2:
        return VGIC_V2_MAX_VCPUS; /* on GICv3 by emulation of the CPU interface */
    case VGIC_V3:
        return gic_info.version == 3 ? VGIC_V3_MAX_VCPUS : 0;
    default:
        return 0;
    }
}

void vgic_irq_init(struct vgic_irq *irq, unsigned int intid, unsigned int vcpu_id)
{
    *irq = (struct vgic_irq){
        .intid = (uint16_t)intid,
        .vcpu_id = (uint16_t)vcpu_id,
        .want_id = (uint16_t)vcpu_id,
        .lr = VGIC_NO_LR,
        .targets = 1,
        .level = intid >= VGIC_NR_SGIS,
        .enabled = intid < VGIC_NR_SGIS,
    };
}

static int spis_alloc(struct vgic_domain *g, unsigned int nr)
{
    g->nr_spis = (uint16_t)nr;
    if (!nr)
        return 0;
    g->spis = xzalloc_array(struct vgic_irq, nr);
    if (!g->spis)
        return -ENOMEM;
    for (unsigned int i = 0; i < nr; i++)
        vgic_irq_init(&g->spis[i], VGIC_NR_LOCAL + i, 0);
    return 0;
}

int vgic_domain_init(struct domain *d, unsigned int version, unsigned int nr_spis, bool host_layout)
{
    struct vgic_domain *g = &d->arch.vgic;
    int rc;

    if (nr_spis > VGIC_MAX_SPIS)
        return -EINVAL;
    if (!vgic_max_vcpus(version))
        return -ENODEV;
    g->soft = version == VGIC_V2 && gic_info.version == 3;
    g->ctlr = 0;
    bitmap_zero(g->reserved, 1024);
    for (unsigned int i = 0; i < VGIC_NR_SGIS; i++)
        set_bit(i, g->reserved);
    rc = spis_alloc(g, ROUNDUP(nr_spis, 32U));
    if (rc)
        return rc;
    rc = version == VGIC_V2 ? vgic_v2_init(d, host_layout) : vgic_v3_init(d, host_layout);
    if (rc) {
        vgic_domain_free(d);
        return rc;
    }
    g->version = (uint8_t)version;
    return 0;
}

void vgic_domain_free(struct domain *d)
{
    vits_free(d);
    xfree(d->arch.vgic.spis);
    d->arch.vgic.spis = NULL;
    d->arch.vgic.nr_spis = 0;
    d->arch.vgic.version = 0;
}

static void cpu_interface_reset(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;

    if (g->soft) {
        vgic_soft_reset(v);
        return;
    }
    gic_hyp->reset(&g->state);
    g->hcr = GIC_HCR_EN;
}

int vgic_vcpu_init(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;

    spin_lock_init(&g->lock, RANK_VGIC);
    list_init(&g->queue);
    for (unsigned int i = 0; i < VGIC_NR_LOCAL; i++)
        vgic_irq_init(&g->local[i], i, v->vcpu_id);
    if (v->domain->arch.vgic.soft) {
        g->soft = xzalloc(struct vgic_soft_cpu);
        if (!g->soft)
            return -ENOMEM;
    }
    if (v->domain->arch.vgic.version == VGIC_V3)
        vgic_v3_vcpu_init(v);
    cpu_interface_reset(v);
    return 0;
}

void vgic_vcpu_free(struct vcpu *v)
{
    xfree(v->arch.vgic.soft);
    v->arch.vgic.soft = NULL;
}

/* SPIs in its LRs go back to the queue; private interrupts start anew. */
static void forget_lrs(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;

    for (unsigned int lr = 0; lr < GIC_MAX_LRS; lr++) {
        struct vgic_irq *irq = g->lr_irq[lr];

        if (!irq)
            continue;
        irq->pending |= irq->lr_pending || irq->hw;
        irq->lr = VGIC_NO_LR;
        irq->active = irq->lr_pending = false;
        g->lr_irq[lr] = NULL;
        vgic_update(v, irq);
    }
    g->lr_used = g->lr_eoi = 0;
}

void vgic_vcpu_reset(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    unsigned long flags;

    spin_lock_irqsave(&g->lock, flags);
    forget_lrs(v);
    for (unsigned int i = 0; i < VGIC_NR_LOCAL; i++) {
        struct vgic_irq *irq = &g->local[i];
        uint8_t ppi = irq->host_ppi;
        bool line = irq->line;

        if (irq->queued)
            list_del(&irq->link);
        vgic_irq_init(irq, i, v->vcpu_id);
        irq->host_ppi = ppi;
        irq->line = line;
    }
    cpu_interface_reset(v);
    spin_unlock_irqrestore(&g->lock, flags);
}

void vgic_dump_vcpu(struct vcpu *v)
{
    struct vgic_vcpu *g = &v->arch.vgic;
    unsigned long flags;

    if (!v->domain->arch.vgic.version)
        return;
    spin_lock_irqsave(&g->lock, flags);
    printk("    GICv%u%s%s work %d LRs %#x\n", v->domain->arch.vgic.version,
           v->domain->arch.vgic.soft ? " in software" : "", g->loaded ? " loaded" : "", g->work,
           g->lr_used);
    for (unsigned int lr = 0; lr < GIC_MAX_LRS; lr++) {
        if (g->lr_irq[lr])
            printk("    LR%u: %u state %u\n", lr, g->lr_irq[lr]->intid, g->state.lr[lr].state);
    }
    for (const struct list_head *at = g->queue.next; at != &g->queue; at = at->next) {
        const struct vgic_irq *irq = container_of(at, struct vgic_irq, link);

        printk("    queued: %u priority %#x%s\n", irq->intid, irq->priority, irq->hw ? " hw" : "");
    }
    spin_unlock_irqrestore(&g->lock, flags);
}
