/* SPDX-License-Identifier: MIT */
/* PCI configuration space and the list of devices. */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <asm/acpi.h>
#include <asm/cpu.h>
#include <asm/page.h>
#include "pci.h"

#define CF8_ENABLE 0x80000000U
#define PCI_VENDOR 0x00

static DEFINE_SPINLOCK(config_lock, RANK_APIC); /* index and data go together */
DEFINE_SPINLOCK(pci_lock, RANK_NONE);           /* list, and set-ups of each device */
static struct pci_dev *devices;
static unsigned int nr_devices;
#define MAX_DEVICES 65536U

uint32_t pci_cf8_read(uint32_t cf8, unsigned int offset, unsigned int bytes)
{
    unsigned long flags;
    uint16_t port = (uint16_t)(0xcfc + offset);
    uint32_t value;

    spin_lock_irqsave(&config_lock, flags);
    outl(cf8, 0xcf8);
    value = bytes == 1 ? inb(port) : bytes == 2 ? inw(port) : inl(port);
    spin_unlock_irqrestore(&config_lock, flags);
    return value;
}

void pci_cf8_write(uint32_t cf8, unsigned int offset, unsigned int bytes, uint32_t value)
{
    unsigned long flags;
    uint16_t port = (uint16_t)(0xcfc + offset);

    spin_lock_irqsave(&config_lock, flags);
    outl(cf8, 0xcf8);
    if (bytes == 1)
        outb((uint8_t)value, port);
    else if (bytes == 2)
        outw((uint16_t)value, port);
    else
        outl(value, port);
    spin_unlock_irqrestore(&config_lock, flags);
}

static uint32_t cf8_of(struct pci_id id, unsigned int reg)
{
    return CF8_ENABLE | (uint32_t)id.bus << 16 | (uint32_t)id.devfn << 8 | (reg & 0xfc);
}

uint32_t pci_dev_read(const struct pci_dev *dev, unsigned int reg, unsigned int bytes)
{
    volatile uint8_t *p;

    if (!dev->config)
        return pci_cf8_read(cf8_of(dev->id, reg), reg & 3, bytes);
    p = dev->config + reg;
    return bytes == 1 ? *p : bytes == 2 ? *(volatile uint16_t *)p : *(volatile uint32_t *)p;
}

void pci_dev_write(const struct pci_dev *dev, unsigned int reg, unsigned int bytes, uint32_t value)
{
    volatile uint8_t *p = dev->config + reg;

    if (!dev->config)
        pci_cf8_write(cf8_of(dev->id, reg), reg & 3, bytes, value);
    else if (bytes == 1)
        *p = (uint8_t)value;
    else if (bytes == 2)
        *(volatile uint16_t *)p = (uint16_t)value;
    else
        *(volatile uint32_t *)p = value;
}

static const struct acpi_mcfg_entry *find_window(struct pci_id id)
{
    for (unsigned int i = 0; i < acpi_info.nr_mcfg; i++) {
        const struct acpi_mcfg_entry *m = &acpi_info.mcfg[i];

        if (m->segment == id.seg && id.bus >= m->start_bus && id.bus <= m->end_bus)
            return m;
    }
    return NULL;
}

struct pci_dev *pci_find_dev(struct pci_id id)
{
    struct pci_dev *dev = devices;

    while (dev && (dev->id.seg != id.seg || dev->id.bus != id.bus || dev->id.devfn != id.devfn))
        dev = dev->next;
    return dev;
}

static int map_config(struct pci_dev *dev)
{
    const struct acpi_mcfg_entry *m;

    if (dev->id.seg == 0)
        return 0;
    m = find_window(dev->id);
    if (!m)
        return -EINVAL;
    dev->config = ioremap(m->base + ((uint64_t)dev->id.bus << 20) + ((uint64_t)dev->id.devfn << 12),
                          PAGE_SIZE);
    return dev->config ? 0 : -ENOMEM;
}

static void free_dev(struct pci_dev *dev)
{
    if (dev->config)
        iounmap((void *)(uintptr_t)dev->config);
    xfree(dev);
}

static int new_dev(struct pci_id id, struct pci_dev **out)
{
    struct pci_dev *dev;
    int rc;

    if (nr_devices >= MAX_DEVICES)
        return -ENOSPC;
    dev = xzalloc(struct pci_dev);
    if (!dev)
        return -ENOMEM;
    dev->id = id;
    rc = map_config(dev);
    if (rc) {
        free_dev(dev);
        return rc;
    }
    msi_probe(dev);
    dev->next = devices;
    devices = dev;
    nr_devices++;
    *out = dev;
    return 0;
}

struct pci_dev *pci_get_dev(struct pci_id id)
{
    struct pci_dev *dev = pci_find_dev(id);

    if (dev)
        return dev;
    if (new_dev(id, &dev))
        return NULL;
    return dev;
}

int pci_add_device(struct pci_id id)
{
    struct pci_dev *dev;
    int rc = 0;

    spin_lock(&pci_lock);
    dev = pci_find_dev(id);
    if (!dev)
        rc = new_dev(id, &dev);
    spin_unlock(&pci_lock);
    return rc;
}

int pci_remove_device(struct pci_id id)
{
    struct pci_dev *dev, **link = &devices;
    int rc = 0;

    spin_lock(&pci_lock);
    dev = pci_find_dev(id);
    if (!dev)
        rc = -ENODEV;
    else if (dev->setups)
        rc = -EBUSY;
    if (!rc) {
        while (*link != dev)
            link = &(*link)->next;
        *link = dev->next;
        nr_devices--;
    }
    spin_unlock(&pci_lock);
    if (!rc)
        free_dev(dev);
    return rc;
}

int pci_restore_msi(struct pci_id id)
{
    struct pci_dev *dev;

    spin_lock(&pci_lock);
    dev = pci_find_dev(id);
    if (dev)
        msi_restore(dev);
    spin_unlock(&pci_lock);
    return dev ? 0 : -ENODEV;
}

int pci_prepare_msix(struct pci_id id)
{
    struct pci_dev *dev;
    int rc = -ENODEV;

    spin_lock(&pci_lock);
    dev = pci_find_dev(id);
    if (dev && dev->msix_cap)
        rc = dev->setups ? -EBUSY : 0;
    spin_unlock(&pci_lock);
    return rc;
}

int pci_release_msix(struct pci_id id)
{
    return pci_prepare_msix(id);
}

int pci_mmcfg_reserved(uint64_t base, uint16_t seg, uint8_t start_bus, uint8_t end_bus,
                       bool reserved)
{
    for (unsigned int i = 0; i < acpi_info.nr_mcfg; i++) {
        const struct acpi_mcfg_entry *m = &acpi_info.mcfg[i];

        if (m->base != base || m->segment != seg || m->start_bus != start_bus ||
            m->end_bus != end_bus)
            continue;
        printk(XENLOG_INFO "PCI: configuration space of %04x:[%02x-%02x] at %lx%s\n", seg,
               start_bus, end_bus, base, reserved ? "" : " is not reserved by the firmware");
        return 0;
    }
    return -ENODEV;
}
