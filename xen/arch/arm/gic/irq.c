/* SPDX-License-Identifier: MIT */
/* Descriptors of the machine's interrupts, the hypervisor's handlers, and routes to guests. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/irq.h>
#include <asm/vgic.h>
#include <xen/console.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include "private.h"

struct irq_desc *irq_descs __ro_after_init;

struct irq_desc *irq_to_desc(unsigned int irq)
{
    ASSERT(irq < nr_irqs);
    return &irq_descs[irq];
}

unsigned int irq_desc_number(const struct irq_desc *desc)
{
    return desc->irq;
}

void __init irq_boot_init(void)
{
    irq_descs = xzalloc_array(struct irq_desc, nr_irqs);
    if (!irq_descs)
        panic("No memory for %u interrupts\n", nr_irqs);
    for (unsigned int i = 0; i < nr_irqs; i++) {
        irq_descs[i].irq = (uint16_t)i;
        spin_lock_init(&irq_descs[i].lock, RANK_IRQ);
    }
}

static bool is_local(const struct irq_desc *desc)
{
    return desc->irq < GIC_FIRST_SPI;
}

static bool type_is_edge(unsigned int type)
{
    return type & (DT_IRQ_RISING | DT_IRQ_FALLING);
}

/* SPIs; the descriptor's lock is held. */
static void set_enabled(struct irq_desc *desc, bool on)
{
    if (desc->enabled == on)
        return;
    desc->enabled = on;
    if (on)
        gic_ops->enable(desc->irq);
    else
        gic_ops->disable(desc->irq);
}

int irq_set_type(unsigned int irq, unsigned int type)
{
    struct irq_desc *desc;
    unsigned long flags;
    int rc = 0;

    if (irq < GIC_FIRST_PPI || irq >= nr_irqs || (type & ~15U))
        return -EINVAL;
    if (type == DT_IRQ_NONE)
        return 0;
    desc = irq_to_desc(irq);
    spin_lock_irqsave(&desc->lock, flags);
    if (desc->type_set || desc->owner != IRQ_FREE) {
        rc = type_is_edge(desc->type) == type_is_edge(type) ? 0 : -EBUSY;
    } else {
        desc->type = (uint8_t)type;
        desc->type_set = true;
        if (!is_local(desc)) /* PPIs are as the hardware has them */
            gic_ops->set_edge(irq, type_is_edge(type));
    }
    spin_unlock_irqrestore(&desc->lock, flags);
    return rc;
}

bool irq_is_level(unsigned int irq)
{
    return !type_is_edge(READ_ONCE(irq_to_desc(irq)->type));
}

void irq_enable_local(unsigned int irq)
{
    unsigned long flags = local_irq_save_flags();

    gic_ops->enable(irq);
    local_irq_restore(flags);
}

void irq_handler_deactivates(unsigned int irq)
{
    irq_to_desc(irq)->own_deactivate = true;
}

bool irq_is_xens(unsigned int irq)
{
    return irq < nr_irqs && READ_ONCE(irq_to_desc(irq)->owner) == IRQ_XEN;
}

int irq_request(unsigned int irq, void (*fn)(int irq, void *dev), void *dev, const char *name)
{
    struct irq_desc *desc;
    unsigned long flags;
    int rc = -EBUSY;

    if (irq < GIC_FIRST_PPI || irq >= nr_irqs)
        return -EINVAL;
    desc = irq_to_desc(irq);
    spin_lock_irqsave(&desc->lock, flags);
    if (desc->owner == IRQ_FREE) {
        desc->fn = fn;
        desc->dev = dev;
        desc->name = name;
        desc->owner = IRQ_XEN;
        if (is_local(desc)) {
            gic_ops->enable(irq);
        } else {
            desc->cpu = 0;
            gic_ops->route(irq, 0);
            set_enabled(desc, true);
        }
        rc = 0;
    }
    spin_unlock_irqrestore(&desc->lock, flags);
    return rc;
}

void irq_release(unsigned int irq)
{
    struct irq_desc *desc = irq_to_desc(irq);
    unsigned long flags;

    spin_lock_irqsave(&desc->lock, flags);
    BUG_ON(desc->owner != IRQ_XEN);
    if (is_local(desc))
        gic_ops->disable(irq);
    else
        set_enabled(desc, false);
    desc->owner = IRQ_FREE;
    spin_unlock_irqrestore(&desc->lock, flags);
}

static void stray(struct irq_desc *desc)
{
    static unsigned int told;

    if (is_local(desc))
        gic_ops->disable(desc->irq);
    else
        set_enabled(desc, false);
    if (told < 10) {
        told++;
        printk(XENLOG_WARNING "CPU %u: interrupt %u is nobody's\n", smp_processor_id(), desc->irq);
    }
}

void irq_dispatch(unsigned int irq)
{
    struct irq_desc *desc;

    if (unlikely(irq >= nr_irqs)) {
        gic_ops->drop(irq);
        gic_ops->deactivate(irq);
        return;
    }
    desc = irq_to_desc(irq);
    if (is_local(desc) && likely(desc->owner == IRQ_XEN)) {
        /* Private interrupts are set up once: no lock. */
        gic_ops->drop(irq);
        desc->fn((int)irq, desc->dev);
        if (!desc->own_deactivate)
            gic_ops->deactivate(irq);
        return;
    }
    spin_lock(&desc->lock);
    desc->count++;
    gic_ops->drop(irq);
    if (likely(desc->owner == IRQ_GUEST)) {
        struct domain *d = desc->d;
        unsigned int virq = desc->virq;

        spin_unlock(&desc->lock);
        vgic_inject_hw_spi(d, virq);
        return;
    }
    if (desc->owner == IRQ_XEN) {
        void (*fn)(int irq, void *dev) = desc->fn;
        void *dev = desc->dev;

        spin_unlock(&desc->lock);
        fn((int)irq, dev);
        gic_ops->deactivate(irq);
        return;
    }
    stray(desc);
    gic_ops->deactivate(irq);
    spin_unlock(&desc->lock);
}

void gic_guest_enable(struct irq_desc *desc, bool on)
{
    spin_lock(&desc->lock);
    if (desc->owner == IRQ_GUEST)
        set_enabled(desc, on);
    spin_unlock(&desc->lock);
}

void gic_guest_configure(struct irq_desc *desc, bool edge)
{
    spin_lock(&desc->lock);
    /* The register may not change while the interrupt is on. */
    if (desc->owner == IRQ_GUEST && !desc->type_set && !desc->enabled) {
        desc->type = edge ? DT_IRQ_RISING : DT_IRQ_HIGH;
        gic_ops->set_edge(desc->irq, edge);
    }
    spin_unlock(&desc->lock);
}

void gic_guest_route(struct irq_desc *desc, unsigned int cpu)
{
    unsigned long flags;

    spin_lock_irqsave(&desc->lock, flags);
    if (desc->cpu != cpu) {
        desc->cpu = (uint16_t)cpu;
        gic_ops->route(desc->irq, cpu);
    }
    spin_unlock_irqrestore(&desc->lock, flags);
}

int irq_route_to_guest(struct domain *d, unsigned int virq, unsigned int irq, const char *name)
{
    struct irq_desc *desc;
    unsigned long flags;
    int rc;

    if (irq < GIC_FIRST_SPI || irq >= nr_irqs)
        return -EINVAL;
    desc = irq_to_desc(irq);
    spin_lock_irqsave(&desc->lock, flags);
    if (desc->owner != IRQ_FREE) {
        spin_unlock_irqrestore(&desc->lock, flags);
        return -EBUSY;
    }
    desc->owner = IRQ_GUEST;
    desc->d = d;
    desc->virq = (uint16_t)virq;
    desc->name = name;
    desc->cpu = 0;
    gic_ops->route(irq, 0);
    spin_unlock_irqrestore(&desc->lock, flags);

    rc = vgic_connect(d, virq, desc, !irq_is_level(irq));
    if (rc) {
        spin_lock_irqsave(&desc->lock, flags);
        desc->owner = IRQ_FREE;
        desc->d = NULL;
        spin_unlock_irqrestore(&desc->lock, flags);
    }
    return rc;
}

int irq_release_guest(struct domain *d, unsigned int virq)
{
    struct irq_desc *desc = vgic_hw_desc(d, virq);
    unsigned long flags;
    bool deactivate;

    if (!desc)
        return -EINVAL;
    spin_lock_irqsave(&desc->lock, flags);
    set_enabled(desc, false);
    desc->owner = IRQ_FREE;
    desc->d = NULL;
    desc->type_set = false;
    spin_unlock_irqrestore(&desc->lock, flags);
    deactivate = vgic_disconnect(d, virq);
    if (deactivate)
        gic_set_active(desc->irq, false);
    return 0;
}

static void dump_irqs(unsigned char key)
{
    for (unsigned int i = GIC_FIRST_PPI; i < nr_irqs; i++) {
        const struct irq_desc *desc = irq_to_desc(i);

        if (desc->owner == IRQ_FREE && !desc->count)
            continue;
        printk("irq %u: %s%s CPU %u count %lu %s", i, irq_is_level(i) ? "level" : "edge",
               desc->enabled || is_local(desc) ? "" : " off", desc->cpu, (unsigned long)desc->count,
               desc->name ?: "");
        if (desc->owner == IRQ_GUEST)
            printk(" to %pd as %u", desc->d, desc->virq);
        printk("\n");
    }
}

static int __init register_key(void)
{
    keyhandler_register('i', dump_irqs, "dump interrupt bindings");
    return 0;
}
INITCALL(register_key);
