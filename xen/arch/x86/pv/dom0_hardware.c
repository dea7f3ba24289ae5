/* SPDX-License-Identifier: MIT */
/* What of the machine is the hardware domain's. */
#include <xen/init.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/lib/rangeset.h>
#include <xen/serial.h>
#include <asm/acpi.h>
#include <asm/cpu.h>
#include "dom0.h"

#define MSI_FIRST 0xfee00UL /* frames of the interrupt messages' addresses */
#define MSI_LAST  0xfeeffUL
#define HT_FIRST  (0xfd00000000UL >> PAGE_SHIFT)
#define HT_LAST   (0xffffffffffUL >> PAGE_SHIFT)

static int __init deny_frames(struct domain *d, unsigned long first, unsigned long last)
{
    return rangeset_remove(d->iomem_caps, first, last);
}

static int __init grant_memory(struct domain *d)
{
    unsigned long last = (1UL << (host_phys_bits - PAGE_SHIFT)) - 1;
    int rc = rangeset_add(d->iomem_caps, 0, last);

    rc = rc ? rc : deny_frames(d, MSI_FIRST, MSI_LAST);
    for (unsigned int i = 0; !rc && i < acpi_info.nr_ioapics; i++)
        rc = deny_frames(d, PFN_DOWN(acpi_info.ioapic[i].addr), PFN_DOWN(acpi_info.ioapic[i].addr));
    if (!rc && last >= HT_LAST)
        rc = deny_frames(d, HT_FIRST, HT_LAST);
    return rc;
}

/* Ours, or reached through emulation only. */
static const struct {
    uint16_t first, last;
} our_ports[] __initconst = {
    {0x20, 0x21},                   /* interrupt controllers */
    {0xa0, 0xa1},   {0x4d0, 0x4d1}, /* their edge and level control */
    {0x40, 0x43},                   /* interval timer */
    {0x61, 0x61},                   /* and its gate */
    {0xcf8, 0xcff},                 /* PCI configuration */
};

static int __init grant_ports(struct domain *d)
{
    struct rangeset *r = d->arch.ioport_caps;
    int rc = rangeset_add(r, 0, 0xffff);

    for (unsigned int i = 0; !rc && i < ARRAY_SIZE(our_ports); i++)
        rc = rangeset_remove(r, our_ports[i].first, our_ports[i].last);
    for (unsigned int port = 0; !rc && port <= 0xffff; port += 8)
        if (serial_owns_port((uint16_t)port))
            rc = rangeset_remove(r, port, port + 7);
    if (!rc && acpi_info.pm_timer_port)
        rc = rangeset_remove(r, acpi_info.pm_timer_port, acpi_info.pm_timer_port + 3UL);
    return rc;
}

static int __init grant_irqs(struct domain *d)
{
    int rc = rangeset_add(d->irq_caps, 1, d->nr_pirqs ? d->nr_pirqs - 1 : 255);

    for (unsigned int irq = 1; !rc && irq < 16; irq++)
        if (serial_owns_irq(irq))
            rc = rangeset_remove(d->irq_caps, irq, irq);
    return rc;
}

void __init dom0_grant_hardware(struct domain *d)
{
    if (grant_memory(d) || grant_ports(d) || grant_irqs(d))
        panic("dom0: no memory for its permissions\n");
}
