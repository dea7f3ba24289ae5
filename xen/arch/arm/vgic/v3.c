/* SPDX-License-Identifier: MIT */
/*
 * A virtual GICv3 (IHI 0069H, 12.9 to 12.11): one security state, affinity routing always on,
 * LPIs for who has an ITS (its.c). vCPU n has affinity 0.0.(n / 16).(n % 16), and redistributor n
 * of the regions.
 */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/its.h>
#include <asm/mmio.h>
#include <asm/sysreg_trap.h>
#include <public/xen.h>
#include <xen/kernel.h>
#include "private.h"

#define CTLR_GRP1 (1U << 1)
#define CTLR_ARE  (1U << 4)
#define CTLR_DS   (1U << 6)

#define GICR_CTLR      0x0000
#define GICR_IIDR      0x0004
#define GICR_TYPER     0x0008
#define GICR_WAKER     0x0014
#define GICR_PROPBASER 0x0070
#define GICR_PENDBASER 0x0078
#define GICR_PIDR2     0xffe8
#define GICR_SGI       0x10000
#define GICR_STRIDE    0x20000
#define WAKER_SLEEP    (1U << 1)
#define WAKER_ASLEEP   (1U << 2)
#define TYPER_LAST     (1U << 4)
#define TYPER_PLPIS    (1U << 0)
#define CTLR_LPIS      (1U << 0)

#define TYPER_LPIS  (1U << 17) /* GICD_TYPER */
#define TYPER_A3V   (1U << 24) /* affinity 3 as routers have it */
#define IROUTER_ANY (UINT64_C(1) << 31)
#define IDBITS      9U /* 10 bits of interrupt number */

static uint64_t affinity(const struct vcpu *v)
{
    return v->arch.vmpidr & MPIDR_AFFINITY;
}

static struct vcpu *vcpu_by_affinity(struct domain *d, uint64_t aff)
{
    uint64_t id = (aff >> 8 & 0xff) << 4 | (aff & 0xf);

    if (aff & ~UINT64_C(0xff0f))
        return NULL;
    return id < d->max_vcpus ? d->vcpu[id] : NULL;
}

static uint32_t read_typer(const struct domain *d)
{
    uint32_t lines = d->arch.vgic.nr_spis / 32U;

    if (d->arch.vgic.its)
        return lines | (ITS_LPI_BITS - 1U) << 19 | TYPER_LPIS | TYPER_A3V;
    return lines | IDBITS << 19 | TYPER_A3V;
}

static void write_ctlr(struct domain *d, uint32_t value)
{
    uint32_t on = value & CTLR_GRP1 ? VGIC_CTLR_ON : 0;

    if (d->arch.vgic.ctlr == on)
        return;
    d->arch.vgic.ctlr = on;
    if (on)
        vgic_kick_all(d);
}

static uint64_t read_router(struct domain *d, const struct vgic_irq *irq)
{
    struct vcpu *v = domain_vcpu(d, irq->want_id);

    return (v ? affinity(v) : 0) | (irq->any ? IROUTER_ANY : 0);
}

static void write_router(struct domain *d, struct vgic_irq *irq, uint64_t value)
{
    struct vcpu *v = vcpu_by_affinity(d, value & MPIDR_AFFINITY);

    irq->any = value & IROUTER_ANY;
    if (irq->any)
        v = d->vcpu[0];
    if (v) /* else to nobody: it stays where it was */
        vgic_set_target(d, irq, v->vcpu_id);
}

static struct vgic_irq *router_irq(struct vcpu *v, uint64_t offset)
{
    uint64_t intid = (offset - GICD_IROUTER) / 8;

    if (offset < GICD_IROUTER || intid < VGIC_NR_LOCAL || intid >= GIC_MAX_IRQS)
        return NULL;
    return vgic_irq(v->domain, NULL, (unsigned int)intid);
}

static struct vgic_access spi_access(struct vcpu *v, uint64_t offset, unsigned int size)
{
    return (struct vgic_access){
        .v = v,
        .first = VGIC_NR_LOCAL,
        .end = VGIC_NR_LOCAL + v->domain->arch.vgic.nr_spis,
        .offset = (uint32_t)offset,
        .size = size,
    };
}

static bool dist_read(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                      uint64_t *value)
{
    struct vgic_access a = spi_access(v, offset, size);
    struct vgic_irq *irq;

    *value = 0;
    if (size == 4) {
        switch (offset) {
        case GICD_CTLR:
            *value =
                CTLR_DS | CTLR_ARE | (v->domain->arch.vgic.ctlr & VGIC_CTLR_ON ? CTLR_GRP1 : 0);
            return true;
        case GICD_TYPER:
            *value = read_typer(v->domain);
            return true;
        case GICD_IIDR:
            *value = VGIC_IIDR;
            return true;
        case GICD_V3_PIDR2:
            *value = 3U << 4;
            return true;
        }
    }
    irq = router_irq(v, offset);
    if (irq && size >= 4)
        *value = vgic_part_read(read_router(v->domain, irq), offset, size);
    else if (vgic_irq_registers(&a))
        *value = a.value;
    return true;
}

static bool dist_write(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                       uint64_t value)
{
    struct vgic_access a = spi_access(v, offset, size);
    struct vgic_irq *irq = router_irq(v, offset);

    a.write = true;
    a.value = value;
    if (size == 4 && offset == GICD_CTLR)
        write_ctlr(v->domain, (uint32_t)value);
    else if (irq && size >= 4)
        write_router(v->domain, irq,
                     vgic_part_write(read_router(v->domain, irq), offset, size, value));
    else
        (void)vgic_irq_registers(&a);
    return true;
}

static const struct mmio_ops dist_ops = {dist_read, dist_write};

/* The vCPU whose redistributor is at @offset of region @priv; NULL: none. */
static struct vcpu *rdist_owner(struct domain *d, const struct gic_region *region, uint64_t *offset)
{
    const struct vgic_domain *g = &d->arch.vgic;
    uint64_t id = *offset / g->rdist_stride;

    for (const struct gic_region *r = g->rdist; r < region; r++)
        id += r->size / g->rdist_stride;
    *offset %= g->rdist_stride;
    return id < d->max_vcpus ? d->vcpu[id] : NULL;
}

static uint64_t read_rdist_typer(const struct vcpu *v)
{
    uint64_t aff = affinity(v);

    return ((aff >> 32 & 0xff) << 24 | (aff & 0xffffff)) << 32 | (uint64_t)v->vcpu_id << 8 |
           (v->arch.vgic.rdist_last ? TYPER_LAST : 0) |
           (v->domain->arch.vgic.its ? TYPER_PLPIS : 0);
}

static struct vgic_access local_access(struct vcpu *v, uint64_t offset, unsigned int size)
{
    return (struct vgic_access){
        .v = v,
        .end = VGIC_NR_LOCAL,
        .offset = (uint32_t)(offset - GICR_SGI),
        .size = size,
    };
}

static bool rdist_read(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                       uint64_t *value)
{
    struct vcpu *owner = rdist_owner(v->domain, priv, &offset);
    struct vgic_access a;

    *value = 0;
    if (!owner)
        return true;
    if (offset >= GICR_SGI) {
        a = local_access(owner, offset, size);
        if (vgic_irq_registers(&a))
            *value = a.value;
        return true;
    }
    switch (offset) {
    case GICR_CTLR:
        *value = owner->arch.vgic.lpis_on ? CTLR_LPIS : 0;
        break;
    case GICR_IIDR:
        *value = VGIC_IIDR;
        break;
    case GICR_PROPBASER:
    case GICR_PROPBASER + 4:
        *value = vgic_part_read(owner->arch.vgic.propbase, offset, size);
        break;
    case GICR_PENDBASER:
    case GICR_PENDBASER + 4:
        *value = vgic_part_read(owner->arch.vgic.pendbase, offset, size);
        break;
    case GICR_TYPER:
    case GICR_TYPER + 4:
        *value = vgic_part_read(read_rdist_typer(owner), offset, size);
        break;
    case GICR_WAKER:
        *value = owner->arch.vgic.waker;
        break;
    case GICR_PIDR2:
        *value = 3U << 4;
        break;
    }
    return true;
}

/* LPIs once on stay on, and their tables where they are. */
static void write_lpi_register(struct vgic_vcpu *g, uint64_t offset, unsigned int size,
                               uint64_t value)
{
    uint64_t *reg = (offset & ~UINT64_C(4)) == GICR_PROPBASER ? &g->propbase : &g->pendbase;

    if (g->lpis_on)
        return;
    if (offset == GICR_CTLR)
        g->lpis_on = value & CTLR_LPIS;
    else
        WRITE_ONCE(*reg, vgic_part_write(*reg, offset, size, value));
}

static bool rdist_write(struct vcpu *v, void *priv, uint64_t offset, unsigned int size,
                        uint64_t value)
{
    struct vcpu *owner = rdist_owner(v->domain, priv, &offset);
    struct vgic_access a;

    if (!owner)
        return true;
    if (offset >= GICR_SGI) {
        a = local_access(owner, offset, size);
        a.write = true;
        a.value = value;
        (void)vgic_irq_registers(&a);
    } else if (offset == GICR_WAKER) {
        owner->arch.vgic.waker = value & WAKER_SLEEP ? WAKER_SLEEP | WAKER_ASLEEP : 0;
    } else if (v->domain->arch.vgic.its &&
               (offset == GICR_CTLR || (offset >= GICR_PROPBASER && offset < GICR_PENDBASER + 8))) {
        write_lpi_register(&owner->arch.vgic, offset, size, value);
    }
    return true;
}

static const struct mmio_ops rdist_ops = {rdist_read, rdist_write};

static void set_layout(struct vgic_domain *g, bool host_layout)
{
    if (!host_layout) {
        g->dist = (struct gic_region){GUEST_GICV3_GICD_BASE, GUEST_GICV3_GICD_SIZE};
        g->rdist[0] = (struct gic_region){GUEST_GICV3_GICR0_BASE, GUEST_GICV3_GICR0_SIZE};
        g->nr_rdists = 1;
        g->rdist_stride = GICR_STRIDE;
        return;
    }
    g->dist = gic_info.dist;
    g->nr_rdists = gic_info.nr_rdists;
    for (unsigned int i = 0; i < g->nr_rdists; i++)
        g->rdist[i] = gic_info.rdist[i];
    g->rdist_stride = gic_info.rdist_stride ?: GICR_STRIDE;
}

int vgic_v3_init(struct domain *d, bool host_layout)
{
    struct vgic_domain *g = &d->arch.vgic;
    int rc;

    set_layout(g, host_layout);
    rc = mmio_register(d, g->dist.base, g->dist.size, &dist_ops, NULL);
    for (unsigned int i = 0; !rc && i < g->nr_rdists; i++)
        rc = mmio_register(d, g->rdist[i].base, g->rdist[i].size, &rdist_ops, &g->rdist[i]);
    if (!rc && host_layout)
        rc = vits_init(d);
    return rc;
}

void vgic_v3_vcpu_init(struct vcpu *v)
{
    const struct vgic_domain *g = &v->domain->arch.vgic;
    uint64_t in_region = v->vcpu_id;
    unsigned int i = 0;

    while (i + 1 < g->nr_rdists && in_region >= g->rdist[i].size / g->rdist_stride)
        in_region -= g->rdist[i++].size / g->rdist_stride;
    v->arch.vgic.rdist_base = g->rdist[i].base + in_region * g->rdist_stride;
    v->arch.vgic.rdist_last = v->vcpu_id == v->domain->max_vcpus - 1 ||
                              in_region == g->rdist[i].size / g->rdist_stride - 1;
    v->arch.vgic.waker = WAKER_SLEEP | WAKER_ASLEEP;
}

static void send_sgi1r(struct vcpu *v, uint64_t value)
{
    uint64_t aff =
        (value >> 48 & 0xff) << 32 | (value >> 32 & 0xff) << 16 | (value >> 16 & 0xff) << 8;
    unsigned int intid = value >> 24 & 0xf;
    struct vcpu *to;

    if (value >> 40 & 1) {
        for_each_vcpu (v->domain, to) {
            if (to != v)
                vgic_send_sgi(to, intid, 0);
        }
        return;
    }
    aff |= (value >> 44 & 0xf) << 4;
    for (uint32_t list = value & 0xffff; list; list &= list - 1) {
        to = vcpu_by_affinity(v->domain, aff | (uint64_t)__builtin_ctz(list));
        if (to)
            vgic_send_sgi(to, intid, 0);
    }
}

#define SYS_ICC_SGI1R_EL1  SYSREG(3, 0, 12, 11, 5)
#define SYS_ICC_ASGI1R_EL1 SYSREG(3, 0, 12, 11, 6)
#define SYS_ICC_SGI0R_EL1  SYSREG(3, 0, 12, 11, 7)
#define SYS_ICC_SRE_EL1    SYSREG(3, 0, 12, 12, 5)

bool vgic_sysreg(struct vcpu *v, uint32_t enc, bool write, uint64_t *value)
{
    if (v->domain->arch.vgic.version != VGIC_V3)
        return false;
    switch (enc) {
    case SYS_ICC_SGI1R_EL1:
        if (!write)
            return false;
        send_sgi1r(v, *value);
        return true;
    case SYS_ICC_ASGI1R_EL1: /* the other security state's and group 0's: there are none */
    case SYS_ICC_SGI0R_EL1:
        return write;
    case SYS_ICC_SRE_EL1:
        if (!write)
            *value = 7;
        return true;
    }
    return false;
}
