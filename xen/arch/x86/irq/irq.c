/* SPDX-License-Identifier: MIT */
/* The machine's interrupts: descriptors, dispatch, the hypervisor's own handlers. */
#include <public/xen.h>
#include <xen/console.h>
#include <xen/init.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/smp.h>
#include <asm/acpi.h>
#include <asm/apic.h>
#include <asm/irq_init.h>
#include <asm/smpboot.h>
#include "private.h"

#define NR_ISA_IRQS     16
#define MSI_PER_CPU     32U
#define MIN_MSI_IRQS    256U
#define MAX_PHYS_APICID 254 /* that an MSI or a route can name */

struct irq_desc *irq_descs __ro_after_init;
unsigned int nr_irqs __ro_after_init;

static DEFINE_SPINLOCK(msi_irqs_lock, RANK_IRQ); /* kind of MSI descriptors */

unsigned int irq_pick_cpu(const cpumask_t *mask)
{
    unsigned int cpu;

    for_each_cpu (cpu, mask) {
        if (cpu_online(cpu) && cpu_to_apicid[cpu] <= MAX_PHYS_APICID)
            return cpu;
    }
    return 0;
}

void irq_write_hw(struct irq_desc *desc)
{
    if (desc->kind == IRQ_GSI)
        ioapic_write_route(desc);
    else
        msi_write_route(desc);
}

static void set_mask(struct irq_desc *desc, bool masked)
{
    desc->masked = masked;
    if (desc->kind == IRQ_GSI)
        ioapic_set_mask(desc);
    else
        msi_set_mask(desc);
}

void irq_mask(struct irq_desc *desc)
{
    if (!desc->masked)
        set_mask(desc, true);
}

void irq_unmask(struct irq_desc *desc)
{
    if (desc->masked)
        set_mask(desc, false);
}

int irq_need_vector(struct irq_desc *desc)
{
    int vector;

    if (desc->vector)
        return 0;
    vector = vector_alloc(0, desc->irq, 1);
    if (vector < 0)
        return vector;
    desc->vector = (uint8_t)vector;
    desc->cpu = 0;
    return 0;
}

int irq_move(struct irq_desc *desc, const cpumask_t *mask)
{
    unsigned int cpu = irq_pick_cpu(mask);
    int vector;

    if (!desc->vector || cpu == desc->cpu)
        return 0;
    if (desc->old_vector || (desc->kind == IRQ_MSI && msi_is_block(desc)))
        return -EBUSY;
    if (vector_take(cpu, desc->irq, desc->vector))
        vector = desc->vector;
    else if (desc->kind == IRQ_MSI && !msi_can_mask(desc))
        return -EBUSY;
    else
        vector = vector_alloc(cpu, desc->irq, 1);
    if (vector < 0)
        return vector;
    /* One may still be on its way to the old place: that stays until one has come to the new. */
    desc->old_vector = desc->vector;
    desc->old_cpu = desc->cpu;
    desc->vector = (uint8_t)vector;
    desc->cpu = (uint16_t)cpu;
    irq_write_hw(desc);
    return 0;
}

static void finish_move(struct irq_desc *desc, uint8_t vector)
{
    if (vector != desc->vector || desc->cpu != smp_processor_id())
        return;
    vector_free(desc->old_cpu, desc->old_vector, 1);
    desc->old_vector = 0;
}

void irq_stray_vector(uint8_t vector)
{
    static unsigned int told;

    if (apic_read(APIC_ISR + vector / 32 * 0x10) & (1U << (vector % 32)))
        apic_eoi();
    if (told < 10) {
        told++;
        printk(XENLOG_WARNING "CPU %u: interrupt %02x is nobody's\n", smp_processor_id(), vector);
    }
}

/* Interrupts off; edges and MSIs are latched anew from the EOI on, levels are masked before it. */
static void dispatch(struct irq_desc *desc, uint8_t vector)
{
    spin_lock(&desc->lock);
    desc->count++;
    if (unlikely(desc->old_vector))
        finish_move(desc, vector);
    if (desc->owner == IRQ_GUESTS) {
        if (desc->level)
            irq_mask(desc);
        apic_eoi();
        pirq_deliver(desc);
        spin_unlock(&desc->lock);
        return;
    }
    if (desc->owner == IRQ_XEN) {
        void (*fn)(int irq, void *dev) = desc->fn;
        void *dev = desc->dev;

        spin_unlock(&desc->lock);
        fn(desc->irq, dev);
        apic_eoi();
        return;
    }
    irq_mask(desc);
    apic_eoi();
    spin_unlock(&desc->lock);
}

static void handle_vector(uint8_t vector)
{
    unsigned int irq;

    if (vector > VECTOR_DYNAMIC_LAST) {
        irq_system_vector(vector);
        return;
    }
    irq = this_cpu(vector_irq)[vector];
    if (likely(irq))
        dispatch(irq_to_desc(irq - 1), vector);
    else
        irq_stray_vector(vector);
}

void do_IRQ(struct cpu_user_regs *regs)
{
    unsigned int base = lock_irq_enter();

    handle_vector((uint8_t)regs->entry_vector);
    lock_irq_exit(base);
}

static unsigned int legacy_to_gsi(struct irq_desc **desc, unsigned int irq)
{
    bool level, low;

    if (irq < NR_ISA_IRQS) {
        irq = isa_to_gsi(irq, &level, &low);
        (*desc) = irq_to_desc(irq);
    }
    return irq;
}

int irq_request(unsigned int irq, void (*fn)(int irq, void *dev), void *dev, const char *name)
{
    unsigned long flags;
    struct irq_desc *desc;
    int rc;

    if (irq >= nr_irqs)
        return -EINVAL;
    desc = irq_to_desc(irq);
    legacy_to_gsi(&desc, irq);
    spin_lock_irqsave(&desc->lock, flags);
    rc = desc->kind == IRQ_UNUSED  ? -EINVAL
         : desc->owner != IRQ_FREE ? -EBUSY
                                   : irq_need_vector(desc);
    if (!rc) {
        desc->fn = fn;
        desc->dev = dev;
        desc->name = name;
        desc->owner = IRQ_XEN;
        irq_write_hw(desc);
        irq_unmask(desc);
    }
    spin_unlock_irqrestore(&desc->lock, flags);
    return rc;
}

void irq_release(unsigned int irq)
{
    unsigned long flags;
    struct irq_desc *desc = irq_to_desc(irq);

    BUG_ON(irq >= nr_irqs);
    legacy_to_gsi(&desc, irq);
    spin_lock_irqsave(&desc->lock, flags);
    BUG_ON(desc->owner != IRQ_XEN);
    irq_mask(desc);
    desc->owner = IRQ_FREE;
    spin_unlock_irqrestore(&desc->lock, flags);
}

bool irq_is_xens(unsigned int irq)
{
    return irq < nr_irqs && READ_ONCE(irq_to_desc(irq)->owner) == IRQ_XEN;
}

static unsigned int unused_run(unsigned int nr)
{
    unsigned int run = 0;

    for (unsigned int irq = nr_gsis; irq < nr_irqs; irq++) {
        run = irq_to_desc(irq)->kind == IRQ_UNUSED ? run + 1 : 0;
        if (run == nr)
            return irq + 1 - nr;
    }
    return 0;
}

int irq_alloc_msi(unsigned int nr)
{
    unsigned long flags;
    unsigned int first;

    spin_lock_irqsave(&msi_irqs_lock, flags);
    first = unused_run(nr);
    for (unsigned int i = 0; first && i < nr; i++) {
        struct irq_desc *desc = irq_to_desc(first + i);

        desc->kind = IRQ_MSI;
        desc->owner = IRQ_FREE;
        desc->level = desc->low = desc->shareable = false;
        desc->masked = true;
        desc->vector = desc->old_vector = 0;
        desc->count = 0;
    }
    spin_unlock_irqrestore(&msi_irqs_lock, flags);
    return first ? (int)first : -ENOSPC;
}

void irq_free_msi(unsigned int irq, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        struct irq_desc *desc = irq_to_desc(irq + i);
        unsigned long flags;

        spin_lock_irqsave(&desc->lock, flags);
        if (desc->old_vector)
            vector_free(desc->old_cpu, desc->old_vector, 1);
        if (desc->vector)
            vector_free(desc->cpu, desc->vector, 1);
        desc->vector = desc->old_vector = 0;
        desc->msi = NULL;
        desc->kind = IRQ_UNUSED;
        spin_unlock_irqrestore(&desc->lock, flags);
    }
}

static unsigned int __init count_gsis(void)
{
    unsigned int top = NR_ISA_IRQS;

    /* The last I/O APIC's pins are not known before it is mapped: room for the usual most. */
    for (unsigned int i = 0; i < acpi_info.nr_ioapics; i++) {
        if (acpi_info.ioapic[i].gsi_base < 4096)
            top = max(top, acpi_info.ioapic[i].gsi_base + 240);
    }
    return top;
}

void __init irq_boot_init(void)
{
    unsigned int room = count_gsis() + max(MIN_MSI_IRQS, MSI_PER_CPU * nr_cpu_ids);

    irq_descs = xzalloc_array(struct irq_desc, room);
    if (!irq_descs)
        panic("no memory for %u interrupts\n", room);
    for (unsigned int irq = 0; irq < room; irq++) {
        irq_descs[irq].irq = (uint16_t)irq;
        irq_descs[irq].masked = true;
        spin_lock_init(&irq_descs[irq].lock, RANK_IRQ);
    }
    nr_irqs = room;
    i8259_init();
}

static void dump_guests(const struct irq_desc *desc)
{
    for (const struct pirq *p = desc->guests; p; p = p->next)
        printk(" d%u:%u%s", p->d->domain_id, p->port, p->eoi_due ? "(eoi due)" : "");
}

static void dump_irqs(unsigned char key)
{
    for (unsigned int irq = 0; irq < nr_irqs; irq++) {
        struct irq_desc *desc = irq_to_desc(irq);
        unsigned long flags;

        if (desc->owner == IRQ_FREE && !desc->count)
            continue;
        spin_lock_irqsave(&desc->lock, flags);
        printk("irq %u: %s %s%s vector %02x CPU %u count %lu %s", irq,
               desc->kind == IRQ_MSI ? "msi" : "gsi", desc->level ? "level" : "edge",
               desc->masked ? " masked" : "", desc->vector, desc->cpu, desc->count,
               desc->owner == IRQ_XEN ? desc->name : "");
        dump_guests(desc);
        printk("\n");
        spin_unlock_irqrestore(&desc->lock, flags);
    }
}

static int __init register_key(void)
{
    keyhandler_register('i', dump_irqs, "dump interrupt bindings");
    return 0;
}
INITCALL(register_key);
