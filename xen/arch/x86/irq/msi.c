/* SPDX-License-Identifier: MIT */
/* Message-signalled interrupts. PCI Local Bus 3.0, 6.8; messages: Intel SDM vol 3A, 10.11. */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <asm/page.h>
#include <asm/smpboot.h>
#include "pci.h"
#include "private.h"

#define PCI_STATUS      0x06
#define PCI_STATUS_CAPS 0x10
#define PCI_CAP_PTR     0x34
#define CAP_MSI         0x05
#define CAP_MSIX        0x11

#define MSI_CTRL              2
#define MSI_CTRL_ENABLE       0x0001
#define MSI_CTRL_ORDER(c)     (((c) >> 1) & 7) /* capable of */
#define MSI_CTRL_SET_ORDER(o) ((o) << 4)
#define MSI_CTRL_ORDER_MASK   0x0070
#define MSI_CTRL_64           0x0080
#define MSI_CTRL_MASK         0x0100
#define MSI_ADDR              4

#define MSIX_CTRL        2
#define MSIX_CTRL_NR(c)  (((c)&0x7ff) + 1)
#define MSIX_CTRL_ENABLE 0x8000
#define MSIX_TABLE       4
#define MSIX_ENTRY_WORDS 4
#define MSIX_VECTOR_CTRL 3
#define MSIX_MASKED      1U

#define MSG_ADDRESS(apicid) (0xfee00000U | (apicid) << 12)

/* An MSI of one or more vectors, or one entry of MSI-X. */
struct msi_desc {
    struct pci_dev *dev;
    struct msi_desc *next; /* of the device [P] */
    unsigned int first_irq, nr;
    bool msix;
    unsigned int entry;
    uint32_t mask_bits; /* MSI: as last written [mask_lock] */
};
static DEFINE_SPINLOCK(mask_lock, RANK_NONE); /* the vectors of an MSI share a register */

void msi_probe(struct pci_dev *dev)
{
    unsigned int pos;
    uint32_t ctrl;

    if (pci_dev_read(dev, 0, 2) == 0xffff || !(pci_dev_read(dev, PCI_STATUS, 2) & PCI_STATUS_CAPS))
        return;
    pos = pci_dev_read(dev, PCI_CAP_PTR, 1) & 0xfc;
    for (unsigned int i = 0; i < 48 && pos >= 0x40; i++) {
        uint32_t head = pci_dev_read(dev, pos, 2);

        ctrl = pci_dev_read(dev, pos + 2, 2);
        if ((head & 0xff) == CAP_MSI) {
            dev->msi_cap = (uint16_t)pos;
            dev->msi64 = ctrl & MSI_CTRL_64;
            dev->msi_mask = ctrl & MSI_CTRL_MASK;
            dev->msi_order = (uint8_t)MSI_CTRL_ORDER(ctrl);
        } else if ((head & 0xff) == CAP_MSIX) {
            dev->msix_cap = (uint16_t)pos;
            dev->msix_nr = MSIX_CTRL_NR(ctrl);
        }
        pos = head >> 8 & 0xfc;
    }
}

int msix_map_table(struct pci_dev *dev, uint64_t base)
{
    uint32_t where;

    if (dev->table)
        return 0;
    if (!(pci_dev_read(dev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY))
        return -ENXIO;
    where = pci_dev_read(dev, dev->msix_cap + MSIX_TABLE, 4);
    dev->table = ioremap(base + (where & ~7U), (size_t)dev->msix_nr * MSIX_ENTRY_WORDS * 4);
    return dev->table ? 0 : -ENOMEM;
}

void msix_unmap_table(struct pci_dev *dev)
{
    if (dev->table)
        iounmap((void *)(uintptr_t)dev->table);
    dev->table = NULL;
}

bool msi_is_block(const struct irq_desc *desc)
{
    return desc->msi->nr > 1;
}

bool msi_can_mask(const struct irq_desc *desc)
{
    return desc->msi->msix || desc->msi->dev->msi_mask;
}

static volatile uint32_t *table_entry(const struct msi_desc *m)
{
    return m->dev->table + (size_t)m->entry * MSIX_ENTRY_WORDS;
}

static unsigned int mask_register(const struct pci_dev *dev)
{
    return dev->msi_cap + (dev->msi64 ? 0x10U : 0x0cU);
}

static void msi_write_mask(struct msi_desc *m, uint32_t bits)
{
    m->mask_bits = bits;
    pci_dev_write(m->dev, mask_register(m->dev), 4, bits);
}

static void msi_enable(const struct msi_desc *m, bool on)
{
    unsigned int reg = m->msix ? m->dev->msix_cap + MSIX_CTRL : m->dev->msi_cap + MSI_CTRL;
    uint32_t old = pci_dev_read(m->dev, reg, 2);
    uint32_t bit = m->msix ? MSIX_CTRL_ENABLE : MSI_CTRL_ENABLE;
    uint32_t new = on ? old | bit : old & ~bit;

    if (!m->msix)
        new = (new & ~MSI_CTRL_ORDER_MASK) | MSI_CTRL_SET_ORDER((uint32_t)__builtin_ctz(m->nr));
    if (new != old)
        pci_dev_write(m->dev, reg, 2, new);
}

void msi_set_mask(const struct irq_desc *desc)
{
    struct msi_desc *m = desc->msi;

    if (m->msix) {
        volatile uint32_t *e = table_entry(m);

        e[MSIX_VECTOR_CTRL] = desc->masked ? MSIX_MASKED : 0;
        (void)e[MSIX_VECTOR_CTRL]; /* it has arrived */
    } else if (m->dev->msi_mask) {
        uint32_t bit = 1U << (desc->irq - m->first_irq);

        spin_lock(&mask_lock);
        msi_write_mask(m, desc->masked ? m->mask_bits | bit : m->mask_bits & ~bit);
        spin_unlock(&mask_lock);
    }
    if (!desc->masked)
        msi_enable(m, true);
}

static void write_msix(const struct irq_desc *desc, uint32_t address, uint32_t data)
{
    volatile uint32_t *e = table_entry(desc->msi);

    e[MSIX_VECTOR_CTRL] = MSIX_MASKED;
    (void)e[MSIX_VECTOR_CTRL];
    e[0] = address;
    e[1] = 0;
    e[2] = data;
    e[MSIX_VECTOR_CTRL] = desc->masked ? MSIX_MASKED : 0;
    (void)e[MSIX_VECTOR_CTRL];
}

static void write_msi(struct msi_desc *m, uint32_t address, uint32_t data)
{
    const struct pci_dev *dev = m->dev;
    uint32_t was;

    spin_lock(&mask_lock);
    was = m->mask_bits;
    if (dev->msi_mask)
        msi_write_mask(m, ~0U);
    pci_dev_write(dev, dev->msi_cap + MSI_ADDR, 4, address);
    if (dev->msi64)
        pci_dev_write(dev, dev->msi_cap + MSI_ADDR + 4U, 4, 0);
    pci_dev_write(dev, dev->msi_cap + (dev->msi64 ? 0x0cU : 0x08U), 2, data);
    if (dev->msi_mask)
        msi_write_mask(m, was);
    spin_unlock(&mask_lock);
}

void msi_write_route(const struct irq_desc *desc)
{
    struct msi_desc *m = desc->msi;
    uint32_t address = MSG_ADDRESS(cpu_to_apicid[desc->cpu]);

    if (m->msix)
        write_msix(desc, address, desc->vector);
    else if (desc->irq == m->first_irq) /* the device adds the number to the data */
        write_msi(m, address, desc->vector);
}

static int check(const struct pci_dev *dev, const struct msi_request *req)
{
    if (!(req->msix ? dev->msix_cap : dev->msi_cap))
        return -ENODEV;
    if (req->msix ? req->entry >= dev->msix_nr
                  : req->nr == 0 || (req->nr & (req->nr - 1)) || req->nr > 1U << dev->msi_order)
        return -EINVAL;
    for (const struct msi_desc *m = dev->setups; m; m = m->next) {
        if (m->msix != req->msix)
            return -EBUSY;
        if (!req->msix || m->entry == req->entry)
            return -EEXIST;
    }
    return 0;
}

static void attach(struct msi_desc *m, uint8_t vector)
{
    for (unsigned int i = 0; i < m->nr; i++) {
        struct irq_desc *desc = irq_to_desc(m->first_irq + i);
        unsigned long flags;

        spin_lock_irqsave(&desc->lock, flags);
        desc->msi = m;
        desc->vector = (uint8_t)(vector + i);
        desc->cpu = 0;
        msi_write_route(desc);
        spin_unlock_irqrestore(&desc->lock, flags);
    }
}

static int create(struct pci_dev *dev, const struct msi_request *req)
{
    struct msi_desc *m;
    unsigned int nr = req->msix ? 1 : req->nr;
    int irq, vector, rc = check(dev, req);

    if (rc)
        return rc;
    m = xzalloc(struct msi_desc);
    if (!m)
        return -ENOMEM;
    if (req->msix && (rc = msix_map_table(dev, req->table_base)) != 0)
        goto free_desc;
    rc = irq = irq_alloc_msi(nr);
    if (irq < 0)
        goto unmap;
    rc = vector = vector_alloc(0, (unsigned int)irq, nr);
    if (vector < 0)
        goto free_irqs;
    *m = (struct msi_desc){.dev = dev,
                           .next = dev->setups,
                           .first_irq = (unsigned int)irq,
                           .nr = nr,
                           .msix = req->msix,
                           .entry = req->entry,
                           .mask_bits = ~0U};
    dev->setups = m;
    attach(m, (uint8_t)vector);
    return irq;
free_irqs:
    irq_free_msi((unsigned int)irq, nr);
unmap:
    if (!dev->setups)
        msix_unmap_table(dev);
free_desc:
    xfree(m);
    return rc;
}

int msi_create(const struct msi_request *req)
{
    struct pci_id id = {.seg = req->seg, .bus = req->bus, .devfn = req->devfn};
    struct pci_dev *dev;
    int rc = -ENODEV;

    spin_lock(&pci_lock);
    dev = pci_get_dev(id);
    if (dev)
        rc = create(dev, req);
    spin_unlock(&pci_lock);
    return rc;
}

unsigned int msi_block(unsigned int irq, unsigned int *nr)
{
    const struct msi_desc *m = irq_to_desc(irq)->msi;

    *nr = m->nr;
    return m->first_irq;
}

static void unlink(struct msi_desc *m)
{
    struct msi_desc **link = &m->dev->setups;

    while (*link != m)
        link = &(*link)->next;
    *link = m->next;
}

unsigned int msi_destroy(unsigned int irq)
{
    struct msi_desc *m = irq_to_desc(irq)->msi;
    unsigned int nr = m->nr;

    spin_lock(&pci_lock);
    unlink(m);
    /* MSI-X stays on as long as it has entries, and masked entries are silent. */
    if (!m->dev->setups)
        msi_enable(m, false);
    irq_free_msi(m->first_irq, nr);
    if (!m->dev->setups)
        msix_unmap_table(m->dev);
    spin_unlock(&pci_lock);
    xfree(m);
    return nr;
}

void msi_restore(struct pci_dev *dev)
{
    for (struct msi_desc *m = dev->setups; m; m = m->next) {
        for (unsigned int i = 0; i < m->nr; i++) {
            struct irq_desc *desc = irq_to_desc(m->first_irq + i);
            unsigned long flags;

            spin_lock_irqsave(&desc->lock, flags);
            msi_write_route(desc);
            msi_set_mask(desc);
            spin_unlock_irqrestore(&desc->lock, flags);
        }
    }
}
