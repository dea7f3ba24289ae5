/* SPDX-License-Identifier: MIT */
#ifndef X86_IRQ_PCI_H
#define X86_IRQ_PCI_H

#include <xen/lib/list.h>
#include <xen/spinlock.h>
#include <asm/pci.h>

/* [P] pci_lock */
struct pci_dev {
    struct pci_id id;
    struct pci_dev *next;       /* [P] */
    volatile uint8_t *config;   /* 4 KiB, mapped where 0xcf8 does not reach; else NULL */
    uint16_t msi_cap, msix_cap; /* offsets; 0: none */
    bool msi64, msi_mask;       /* of the MSI capability */
    uint8_t msi_order;          /* it asks for 1 << msi_order vectors */
    unsigned int msix_nr;       /* entries */
    volatile uint32_t *table;   /* MSI-X, mapped while in use [P] */
    struct msi_desc *setups;    /* [P] */
};

#define PCI_COMMAND        0x04
#define PCI_COMMAND_MEMORY 0x2

extern spinlock_t pci_lock;
/* @id, made known where it was not yet. NULL: not there, or no memory. [P] */
struct pci_dev *pci_get_dev(struct pci_id id);
struct pci_dev *pci_find_dev(struct pci_id id);
uint32_t pci_dev_read(const struct pci_dev *dev, unsigned int reg, unsigned int bytes);
void pci_dev_write(const struct pci_dev *dev, unsigned int reg, unsigned int bytes, uint32_t value);
/* Look for MSI and MSI-X capabilities. */
void msi_probe(struct pci_dev *dev);
/* Map and unmap the table at @base (of its BAR). 0, -ENXIO, -ENOMEM. [P] */
int msix_map_table(struct pci_dev *dev, uint64_t base);
void msix_unmap_table(struct pci_dev *dev);
/* All set-ups of @dev to hardware again. [P] */
void msi_restore(struct pci_dev *dev);

#endif
