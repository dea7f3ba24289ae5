/* SPDX-License-Identifier: MIT */
/* PCI configuration space, and the devices that dom0 has told of. PCI Local Bus 3.0, 3.2.2.3. */
#ifndef ASM_PCI_H
#define ASM_PCI_H

#include <xen/types.h>

/*
 * Access through ports 0xcf8 and 0xcfc: @cf8 as the index register holds it, @offset 0 to 3 of
 * the data window, @bytes 1, 2 or 4 within it. Any context. For emulation of dom0's port I/O.
 */
uint32_t pci_cf8_read(uint32_t cf8, unsigned int offset, unsigned int bytes);
void pci_cf8_write(uint32_t cf8, unsigned int offset, unsigned int bytes, uint32_t value);

struct pci_id {
    uint16_t seg;
    uint8_t bus, devfn;
};

/* dom0 reports a device. 0, -EINVAL (no way to its configuration space), -ENOMEM. */
int pci_add_device(struct pci_id id);
/* It has gone. 0, -ENODEV, -EBUSY: interrupts of it are mapped. */
int pci_remove_device(struct pci_id id);
/* Write its MSI and MSI-X registers again, after a reset. 0, -ENODEV. */
int pci_restore_msi(struct pci_id id);
/* MSI-X is about to be used by another domain; is no longer. 0, -ENODEV, -EBUSY (still is). */
int pci_prepare_msix(struct pci_id id);
int pci_release_msix(struct pci_id id);
/* dom0 has found the window reserved in its resources, or not. 0, -ENODEV: not ACPI's. */
int pci_mmcfg_reserved(uint64_t base, uint16_t seg, uint8_t start_bus, uint8_t end_bus,
                       bool reserved);

#endif
