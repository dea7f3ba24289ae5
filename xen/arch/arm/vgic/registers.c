/* SPDX-License-Identifier: MIT */
/* Registers with a field for each interrupt, which distributor and redistributors share. */
#include <asm/gic_hyp.h>
#include <xen/kernel.h>
#include "private.h"

#define PRIORITY_BITS 0xf8 /* that we have: 32 levels */

static struct vgic_irq *irq_at(const struct vgic_access *a, unsigned int intid)
{
    if (intid < a->first || intid >= a->end)
        return NULL;
    return vgic_irq(a->v->domain, a->v, intid);
}

/* Before state is shown that may have changed in LRs. */
static void refresh(const struct vgic_access *a, unsigned int first, unsigned int nr)
{
    struct vcpu *last = NULL;

    for (unsigned int i = first; i < first + nr; i++) {
        const struct vgic_irq *irq = irq_at(a, i);
        struct vcpu *v;

        if (!irq || READ_ONCE(irq->lr) == VGIC_NO_LR)
            continue;
        v = i < VGIC_NR_LOCAL ? a->v : domain_vcpu(a->v->domain, READ_ONCE(irq->vcpu_id));
        if (v && v != last)
            vgic_recall(v);
        last = v;
    }
}

static bool read_bit(const struct vgic_irq *irq, unsigned int reg)
{
    switch (reg) {
    case GICD_ISENABLER:
    case GICD_ICENABLER:
        return irq->enabled;
    case GICD_ISPENDR:
    case GICD_ICPENDR:
        return irq->pending || irq->sources || irq->line || irq->lr_pending;
    default:
        return irq->active;
    }
}

static void set_enabled(struct vgic_irq *irq, bool on)
{
    if (irq->enabled == on)
        return;
    irq->enabled = on;
    if (irq->desc)
        gic_guest_enable(irq->desc, on);
}

/* True: an LR is to be looked at. */
static bool write_bit(struct vcpu *v, struct vgic_irq *irq, unsigned int reg)
{
    bool in_lr = irq->lr != VGIC_NO_LR;

    switch (reg) {
    case GICD_ISENABLER:
        set_enabled(irq, true);
        return false;
    case GICD_ICENABLER:
        set_enabled(irq, false);
        return in_lr;
    case GICD_ISPENDR:
        irq->pending = true;
        return false;
    case GICD_ICPENDR:
        vgic_give_up_pending(v, irq);
        return in_lr;
    case GICD_ISACTIVER:
        irq->active |= !in_lr;
        return false;
    default: /* GICD_ICACTIVER */
        if (in_lr)
            irq->drop_active = true;
        else
            irq->active = false;
        return in_lr;
    }
}

static void write_bits(const struct vgic_access *a, unsigned int reg, unsigned int first)
{
    bool v2_sgis = a->v->domain->arch.vgic.version == VGIC_V2 && first == 0;

    for (uint32_t bits = (uint32_t)a->value; bits; bits &= bits - 1) {
        unsigned int intid = first + (unsigned int)__builtin_ctz(bits);
        struct vgic_irq *irq = irq_at(a, intid);
        unsigned long flags;
        struct vcpu *v;
        bool recall, kick;

        if (!irq)
            continue;
        if (v2_sgis && intid < VGIC_NR_SGIS && (reg == GICD_ISPENDR || reg == GICD_ICPENDR))
            continue; /* those have SPENDSGIR and CPENDSGIR */
        v = vgic_irq_lock(a->v->domain, a->v, irq, &flags);
        if (!v)
            return;
        recall = write_bit(v, irq, reg);
        kick = vgic_update(v, irq);
        vgic_irq_unlock(v, flags, kick);
        if (recall)
            vgic_recall(v);
    }
}

static bool access_bits(struct vgic_access *a, unsigned int reg)
{
    unsigned int first = (a->offset - reg) * 8;
    uint32_t value = 0;

    if (a->size != 4)
        return false;
    if (a->write) {
        write_bits(a, reg, first);
        return true;
    }
    if (reg >= GICD_ISPENDR)
        refresh(a, first, 32);
    for (unsigned int i = 0; i < 32; i++) {
        const struct vgic_irq *irq = irq_at(a, first + i);

        if (irq && read_bit(irq, reg))
            value |= 1U << i;
    }
    a->value = value;
    return true;
}

/* IGROUPR: a GICv3's interrupts are all of group 1, a GICv2's have no groups. */
static bool access_group(struct vgic_access *a)
{
    unsigned int first = (a->offset - GICD_IGROUPR) * 8;

    if (a->size != 4)
        return false;
    if (!a->write)
        a->value = a->v->domain->arch.vgic.version == VGIC_V3 && irq_at(a, first) ? ~0U : 0;
    return true;
}

/* Neighbours mostly have one vCPU: its lock is kept from one to the next. */
static void write_priorities(const struct vgic_access *a, unsigned int first)
{
    struct vcpu *v = NULL;
    unsigned long flags = 0;
    bool kick = false;

    for (unsigned int i = 0; i < a->size; i++) {
        struct vgic_irq *irq = irq_at(a, first + i);

        if (!irq)
            continue;
        if (v && irq->vcpu_id != v->vcpu_id) {
            vgic_irq_unlock(v, flags, kick);
            v = NULL;
        }
        if (!v) {
            kick = false;
            v = vgic_irq_lock(a->v->domain, a->v, irq, &flags);
            if (!v)
                return;
        }
        irq->priority = (uint8_t)(a->value >> i * 8) & PRIORITY_BITS;
        if (irq->queued)
            kick |= vgic_update(v, irq);
    }
    if (v)
        vgic_irq_unlock(v, flags, kick);
}

static bool access_priority(struct vgic_access *a)
{
    unsigned int first = a->offset - GICD_IPRIORITYR;
    uint64_t value = 0;

    if (a->size != 1 && a->size != 4)
        return false;
    if (a->write) {
        write_priorities(a, first);
        return true;
    }
    for (unsigned int i = 0; i < a->size; i++) {
        const struct vgic_irq *irq = irq_at(a, first + i);

        if (irq)
            value |= (uint64_t)irq->priority << i * 8;
    }
    a->value = value;
    return true;
}

static void set_level(const struct vgic_access *a, struct vgic_irq *irq, bool level)
{
    unsigned long flags;
    struct vcpu *v;

    if (irq->intid < VGIC_NR_LOCAL || irq->level == level)
        return;
    v = vgic_irq_lock(a->v->domain, a->v, irq, &flags);
    if (!v)
        return;
    irq->level = level;
    if (irq->desc)
        gic_guest_configure(irq->desc, !level);
    vgic_irq_unlock(v, flags, false);
}

static bool access_config(struct vgic_access *a)
{
    unsigned int first = (a->offset - GICD_ICFGR) * 4;
    uint32_t value = 0;

    if (a->size != 4)
        return false;
    for (unsigned int i = 0; i < 16; i++) {
        struct vgic_irq *irq = irq_at(a, first + i);

        if (!irq)
            continue;
        if (a->write)
            set_level(a, irq, !(a->value >> (i * 2 + 1) & 1));
        else if (!irq->level)
            value |= 2U << i * 2;
    }
    if (!a->write)
        a->value = value;
    return true;
}

bool vgic_irq_registers(struct vgic_access *a)
{
    uint32_t o = a->offset;

    if (o >= GICD_ISENABLER && o < GICD_IPRIORITYR)
        return access_bits(a, o & ~0x7fU);
    if (o >= GICD_IGROUPR && o < GICD_ISENABLER)
        return access_group(a);
    if (o >= GICD_IPRIORITYR && o < GICD_IPRIORITYR + 1024)
        return access_priority(a);
    if (o >= GICD_ICFGR && o < GICD_ICFGR + 256)
        return access_config(a);
    return false;
}
