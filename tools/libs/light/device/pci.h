/* SPDX-License-Identifier: MIT */
/*
 * PCI devices of the host, which guests can have once the kernel's pciback driver holds them. A PV
 * guest reaches all of its devices through one split device ("pci", number 0) whose backend has
 * them numbered: dev-0 ... dev-(num_devs - 1). That is also the record of what an HVM guest has.
 */
#ifndef LIBXL_DEVICE_PCI_H
#define LIBXL_DEVICE_PCI_H

#include "device/device.h"

/* The tests have it elsewhere. */
#ifndef SYSFS_PCI
#define SYSFS_PCI "/sys/bus/pci"
#endif

#define PCI_BDF_FMT     "%04x:%02x:%02x.%x"
#define PCI_BDF(p)      (unsigned int)(p)->domain, (p)->bus, (p)->dev, (p)->func
#define PCI_DEVICES_MAX 32

bool pci_parse_bdf(const char *s, libxl_device_pci *pci);
/* One that is given only by name gets its address, one that is not there is refused. */
int pci_find(struct scope *sc, libxl_device_pci *pci);
bool pci_is_assignable(struct scope *sc, const libxl_device_pci *pci);
int pci_make_assignable(struct scope *sc, const libxl_device_pci *pci, bool remember_driver);
int pci_take_back(struct scope *sc, const libxl_device_pci *pci, bool rebind);
/* Writes the address to an attribute of pciback. */
int pciback_write(struct scope *sc, const char *attribute, const libxl_device_pci *pci);

/* Nobody's: it can do no DMA. Without an IOMMU there is nothing to be done. */
int pci_quarantine(struct scope *sc, const libxl_device_pci *pci, bool on);
/* Would the hypervisor give it to an HVM guest? */
int pci_test(struct scope *sc, uint32_t domid, const libxl_device_pci *pci);
/* Ports, memory, interrupt and DMA of a device: a guest gets them, or has them no longer. */
int pci_grant(struct scope *sc, uint32_t domid, const libxl_device_pci *pci, bool pv);
void pci_revoke(struct scope *sc, uint32_t domid, const libxl_device_pci *pci);

/* Of a new domain, before it runs: nothing, or one operation. */
int pci_defaults(struct scope *sc, libxl_domain_config *c);
int pci_describe(struct scope *sc, uint32_t domid, const libxl_domain_config *c,
                 struct device_op *op);
/* Where the guest has the one with number @nr in the list. */
int pci_note_slot(struct scope *sc, uint32_t domid, unsigned int nr, const libxl_device_pci *pci);

#endif
