/* SPDX-License-Identifier: MIT */
/* The distributor of a virtual GICv2 (IHI 0048B, 4.3), without the security extension. */
#include <asm/mmio.h>
#include <asm/p2m.h>
#include <public/xen.h>
#include <xen/kernel.h>
#include "private.h"

static uint32_t read_typer(const struct domain *d)
{
    uint32_t cpus = min(d->max_vcpus, (uint32_t)VGIC_V2_MAX_VCPUS);

    return (d->arch.vgic.nr_spis / 32U) | (cpus - 1) << 5;
}

static void write_ctlr(struct domain *d, uint32_t value)
{
    uint32_t on = value & 1 ? VGIC_CTLR_ON : 0;

    if (d->arch.vgic.ctlr == on)
        return;
    d->arch.vgic.ctlr = on;
    if (on)
        vgic_kick_all(d);
}

static uint8_t own_bit(const struct vcpu *v)
{
    return (uint8_t)(1U << (v->vcpu_id % VGIC_V2_MAX_VCPUS));
}

/* An SPI goes to the first of the targets written; none: it stays where it is. */
static void write_target(struct domain *d, struct vgic_irq *irq, uint8_t targets)
{
    unsigned int cpus = min(d->max_vcpus, (uint32_t)VGIC_V2_MAX_VCPUS);

    targets &= (uint8_t)((1U << cpus) - 1);
    irq->targets = targets;
    for (unsigned int i = 0; i < cpus; i++) {
        if ((targets & 1U << i) && d->vcpu[i]) {
            vgic_set_target(d, irq, i);
            return;
        }
    }
}

static bool access_targets(struct vgic_access *a)
{
    unsigned int first = a->offset - GICD_ITARGETSR;
    uint64_t value = 0;

    if (a->size != 1 && a->size != 4)
        return false;
    for (unsigned int i = first; i < first + a->size; i++) {
        unsigned int shift = (i - first) * 8;
        struct vgic_irq *irq = vgic_irq(a->v->domain, a->v, i);

        if (!irq)
            continue;
        if (i < VGIC_NR_LOCAL)
            value |= (uint64_t)own_bit(a->v) << shift;
        else if (a->write)
            write_target(a->v->domain, irq, (uint8_t)(a->value >> shift));
        else
            value |= (uint64_t)irq->targets << shift;
    }
    if (!a->write)
        a->value = value;
    return true;
}

static void write_sgir(struct vcpu *v, uint32_t value)
{
    uint32_t list = value >> 16 & 0xff;
    struct vcpu *to;

    switch (value >> 24 & 3) {
    case 1: /* all but this one */
        list = 0xffU & ~(uint32_t)own_bit(v);
        break;
    case 2: /* this one */
        list = own_bit(v);
        break;
    case 3:
        return;
    }
    for_each_vcpu (v->domain, to) {
        if (to->vcpu_id < VGIC_V2_MAX_VCPUS && (list & own_bit(to)))
            vgic_send_sgi(to, value & 0xf, v->vcpu_id);
    }
}

/* CPENDSGIR and SPENDSGIR: a byte of source CPUs for each SGI of the accessing CPU. */
static bool access_sgi_pending(struct vgic_access *a, uint32_t base)
{
    unsigned int first = a->offset - base;
    uint64_t value = 0;

    if (a->size != 1 && a->size != 4)
        return false;
    for (unsigned int i = 0; i < a->size; i++) {
        struct vgic_irq *irq = &a->v->arch.vgic.local[first + i];
        uint8_t bits = (uint8_t)(a->value >> i * 8);
        unsigned long flags;
        bool kick;

        (void)vgic_irq_lock(a->v->domain, a->v, irq, &flags);
        if (a->write && base == GICD_SPENDSGIR)
            irq->sources |= bits;
        else if (a->write)
            irq->sources &= (uint8_t)~bits;
        else
            value |= (uint64_t)irq->sources << i * 8;
        kick = a->write && vgic_update(a->v, irq);
        vgic_irq_unlock(a->v, flags, kick);
    }
    if (!a->write)
        a->value = value;
    return true;
}

static bool access_irqs(struct vgic_access *a)
{
    uint32_t o = a->offset;

    if (o >= GICD_ITARGETSR && o < GICD_ITARGETSR + 1024)
        return access_targets(a);
    if (o >= GICD_CPENDSGIR && o < GICD_CPENDSGIR + 16)
        return access_sgi_pending(a, GICD_CPENDSGIR);
    if (o >= GICD_SPENDSGIR && o < GICD_SPENDSGIR + 16)
        return access_sgi_pending(a, GICD_SPENDSGIR);
    return vgic_irq_registers(a);
}

static bool dist_read(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                      uint64_t *value)
{
    struct domain *d = v->domain;
    struct vgic_access a = {
        .v = v,
        .end = VGIC_NR_LOCAL + d->arch.vgic.nr_spis,
        .offset = (uint32_t)offset,
        .size = size,
    };

    *value = 0;
    if (size == 4) {
        switch (offset) {
        case GICD_CTLR:
            *value = d->arch.vgic.ctlr & VGIC_CTLR_ON;
            return true;
        case GICD_TYPER:
            *value = read_typer(d);
            return true;
        case GICD_IIDR:
            *value = VGIC_IIDR;
            return true;
        case GICD_V2_PIDR2:
            *value = 2U << 4;
            return true;
        }
    }
    if (access_irqs(&a))
        *value = a.value;
    return size <= 4; /* reserved registers are 0 */
}

static bool dist_write(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                       uint64_t value)
{
    struct domain *d = v->domain;
    struct vgic_access a = {
        .v = v,
        .end = VGIC_NR_LOCAL + d->arch.vgic.nr_spis,
        .offset = (uint32_t)offset,
        .size = size,
        .write = true,
        .value = value,
    };

    if (size == 4 && offset == GICD_CTLR)
        write_ctlr(d, (uint32_t)value);
    else if (size == 4 && offset == GICD_SGIR)
        write_sgir(v, (uint32_t)value);
    else
        (void)access_irqs(&a);
    return size <= 4;
}

static const struct mmio_ops dist_ops = {dist_read, dist_write};

int vgic_v2_init(struct domain *d, bool host_layout)
{
    struct vgic_domain *g = &d->arch.vgic;
    int rc;

    if (host_layout) {
        g->dist = gic_info.dist;
        g->cpu = gic_info.cpu;
    } else {
        g->dist = (struct gic_region){GUEST_GICD_BASE, GUEST_GICD_SIZE};
        g->cpu = (struct gic_region){GUEST_GICC_BASE, GUEST_GICC_SIZE};
    }
    rc = mmio_register(d, g->dist.base, g->dist.size, &dist_ops, NULL);
    if (!rc && g->soft)
        rc = mmio_register(d, g->cpu.base, g->cpu.size, &vgic_soft_ops, NULL);
    return rc;
}

int vgic_map_cpu_interface(struct domain *d)
{
    const struct vgic_domain *g = &d->arch.vgic;
    paddr_t from = gic_info.vcpu.base;
    uint64_t size;

    if (g->version != VGIC_V2 || g->soft)
        return 0;
    /* Of a layout for pages of 64K, the host's own is told to dom0 as it is. */
    if (g->cpu.size < 0x20000)
        from += gic_info.vcpu_offset;
    size = min(g->cpu.size, gic_info.vcpu.base + gic_info.vcpu.size - from);
    return p2m_map(d, mk_gfn(PFN_DOWN(g->cpu.base)), PFN_DOWN(size), maddr_to_mfn(from),
                   p2m_mmio_dev);
}
