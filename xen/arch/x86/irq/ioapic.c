/* SPDX-License-Identifier: MIT */
/* I/O APICs: a route per pin. Intel 82093AA, 3.2; IOxAPIC of the chipsets' data sheets. */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <asm/acpi.h>
#include <asm/irq_init.h>
#include <asm/page.h>
#include <asm/smpboot.h>
#include "private.h"

#define REG_ID       0x00
#define REG_VERSION  0x01
#define REG_ROUTE(p) (0x10 + 2 * (p))

#define ROUTE_LOW    (1U << 13)
#define ROUTE_LEVEL  (1U << 15)
#define ROUTE_MASKED (1U << 16)

static struct ioapic {
    volatile uint32_t *page; /* [0] index, [4] data */
    paddr_t addr;
    unsigned int gsi_base, nr_pins;
} ioapics[ACPI_MAX_IOAPICS];
static unsigned int nr_ioapics;
static DEFINE_SPINLOCK(ioapic_lock, RANK_APIC); /* index and data go together */

unsigned int nr_gsis __ro_after_init;

static uint32_t raw_read(const struct ioapic *a, unsigned int reg)
{
    a->page[0] = reg;
    return a->page[4];
}

static void raw_write(const struct ioapic *a, unsigned int reg, uint32_t value)
{
    a->page[0] = reg;
    a->page[4] = value;
}

static const struct ioapic *find_gsi(unsigned int gsi)
{
    for (unsigned int i = 0; i < nr_ioapics; i++) {
        if (gsi >= ioapics[i].gsi_base && gsi - ioapics[i].gsi_base < ioapics[i].nr_pins)
            return &ioapics[i];
    }
    return NULL;
}

bool ioapic_has_gsi(unsigned int gsi)
{
    return find_gsi(gsi) != NULL;
}

static uint32_t route_low_half(const struct irq_desc *desc)
{
    return desc->vector | (desc->low ? ROUTE_LOW : 0) | (desc->level ? ROUTE_LEVEL : 0) |
           (desc->masked || !desc->vector ? ROUTE_MASKED : 0);
}

void ioapic_write_route(const struct irq_desc *desc)
{
    const struct ioapic *a = find_gsi(desc->irq);
    unsigned int reg = REG_ROUTE(desc->irq - a->gsi_base);
    uint32_t low = route_low_half(desc);
    unsigned long flags;

    spin_lock_irqsave(&ioapic_lock, flags);
    raw_write(a, reg, low | ROUTE_MASKED);
    raw_write(a, reg + 1, cpu_to_apicid[desc->cpu] << 24);
    raw_write(a, reg, low);
    spin_unlock_irqrestore(&ioapic_lock, flags);
}

void ioapic_set_mask(const struct irq_desc *desc)
{
    const struct ioapic *a = find_gsi(desc->irq);
    unsigned long flags;

    spin_lock_irqsave(&ioapic_lock, flags);
    raw_write(a, REG_ROUTE(desc->irq - a->gsi_base), route_low_half(desc));
    /* Nothing may come after the EOI that follows: the write has to have arrived. */
    if (desc->masked)
        (void)a->page[4];
    spin_unlock_irqrestore(&ioapic_lock, flags);
}

unsigned int isa_to_gsi(unsigned int isa, bool *level, bool *low)
{
    *level = *low = false;
    for (unsigned int i = 0; i < acpi_info.nr_isos; i++) {
        const struct acpi_iso *iso = &acpi_info.iso[i];

        if (iso->source != isa)
            continue;
        *low = (iso->flags & 3) == 3;
        *level = (iso->flags >> 2 & 3) == 3;
        return iso->gsi;
    }
    return isa;
}

int gsi_setup(unsigned int gsi, bool level, bool low)
{
    struct irq_desc *desc;
    unsigned long flags;
    int rc = 0;

    if (gsi >= nr_gsis || !ioapic_has_gsi(gsi))
        return -EINVAL;
    desc = irq_to_desc(gsi);
    spin_lock_irqsave(&desc->lock, flags);
    if ((desc->configured || desc->owner != IRQ_FREE) && desc->level == level && desc->low == low)
        rc = -EEXIST;
    else if (desc->owner != IRQ_FREE)
        rc = -EBUSY;
    else
        rc = irq_need_vector(desc);
    if (!rc) {
        desc->level = level;
        desc->low = low;
        desc->configured = true;
        irq_write_hw(desc);
    }
    spin_unlock_irqrestore(&desc->lock, flags);
    return rc;
}

int gsi_vector(unsigned int gsi)
{
    struct irq_desc *desc;
    unsigned long flags;
    int rc;

    if (gsi >= nr_gsis || !ioapic_has_gsi(gsi))
        return -EINVAL;
    desc = irq_to_desc(gsi);
    spin_lock_irqsave(&desc->lock, flags);
    rc = irq_need_vector(desc);
    if (!rc)
        rc = desc->vector;
    spin_unlock_irqrestore(&desc->lock, flags);
    return rc;
}

static const struct ioapic *find_addr(paddr_t base)
{
    for (unsigned int i = 0; i < nr_ioapics; i++) {
        if (ioapics[i].addr == base)
            return &ioapics[i];
    }
    return NULL;
}

int ioapic_guest_read(paddr_t base, uint32_t reg, uint32_t *value)
{
    const struct ioapic *a = find_addr(base);
    unsigned long flags;

    if (!a || reg >= REG_ROUTE(a->nr_pins))
        return -EINVAL;
    spin_lock_irqsave(&ioapic_lock, flags);
    *value = raw_read(a, reg);
    spin_unlock_irqrestore(&ioapic_lock, flags);
    return 0;
}

int ioapic_guest_write(paddr_t base, uint32_t reg, uint32_t value)
{
    const struct ioapic *a = find_addr(base);
    int rc;

    if (!a || reg < REG_ROUTE(0) || reg >= REG_ROUTE(a->nr_pins) || (reg & 1))
        return -EINVAL;
    rc = gsi_setup(a->gsi_base + (reg - REG_ROUTE(0)) / 2, value & ROUTE_LEVEL, value & ROUTE_LOW);
    return rc == -EEXIST ? 0 : rc;
}

static void __init add_ioapic(const struct acpi_ioapic *info)
{
    struct ioapic *a = &ioapics[nr_ioapics];
    uint32_t version;

    a->page = ioremap(info->addr, PAGE_SIZE);
    if (!a->page)
        return;
    version = raw_read(a, REG_VERSION);
    if (version == ~0U) {
        printk(XENLOG_WARNING "I/O APIC at %x does not answer\n", info->addr);
        iounmap((void *)(uintptr_t)a->page);
        return;
    }
    a->addr = info->addr;
    a->gsi_base = info->gsi_base;
    a->nr_pins = min((version >> 16 & 0xff) + 1, 240U);
    for (unsigned int pin = 0; pin < a->nr_pins; pin++)
        raw_write(a, REG_ROUTE(pin), ROUTE_MASKED);
    nr_ioapics++;
    printk("I/O APIC %u: version %x, address %x, GSI %u to %u\n", info->id, version & 0xff,
           info->addr, a->gsi_base, a->gsi_base + a->nr_pins - 1);
}

/* PCI's are low and level; the ISA ones as the overrides say, high and edge by default. */
static void __init init_gsi(unsigned int gsi)
{
    struct irq_desc *desc = irq_to_desc(gsi);

    desc->kind = IRQ_GSI;
    desc->level = desc->low = true;
}

void __init ioapic_init(void)
{
    for (unsigned int i = 0; i < acpi_info.nr_ioapics; i++) {
        if (acpi_info.ioapic[i].gsi_base < 4096)
            add_ioapic(&acpi_info.ioapic[i]);
    }
    for (unsigned int i = 0; i < nr_ioapics; i++) {
        nr_gsis = max(nr_gsis, ioapics[i].gsi_base + ioapics[i].nr_pins);
        for (unsigned int pin = 0; pin < ioapics[i].nr_pins; pin++)
            init_gsi(ioapics[i].gsi_base + pin);
    }
    nr_gsis = max(nr_gsis, 16U);
    for (unsigned int isa = 0; isa < 16; isa++) {
        bool level, low;
        unsigned int gsi = isa_to_gsi(isa, &level, &low);

        if (ioapic_has_gsi(gsi)) {
            irq_to_desc(gsi)->level = level;
            irq_to_desc(gsi)->low = low;
        }
    }
    if (!nr_ioapics)
        printk(XENLOG_WARNING "No I/O APIC: devices have no interrupts but MSIs\n");
}
