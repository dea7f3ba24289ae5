/* SPDX-License-Identifier: MIT */
/* PCI devices of the host in the emulated machine of an HVM guest: its device model drives them. */
#ifndef LIBXL_DEVICE_PCI_PLUG_H
#define LIBXL_DEVICE_PCI_PLUG_H

#include "device/pci.h"
#include "dm/dm.h"

/* One goes in, and gets a slot if it has none; or it goes, once the guest has let go of it. */
struct pci_plug {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    libxl_device_pci *pci; /* in: vdevfn is where the guest has it afterwards */
    bool runs_on;          /* it is not called off */
    void (*done)(libxl_ctx *ctx, struct pci_plug *p, int rc);
    /* Private: */
    struct qmp qmp;
    struct ev_timer again;
    struct cancel cancel;
    unsigned int looks;
};
void pci_plug_in(struct pci_plug *p);
void pci_plug_out(struct pci_plug *p);

/* All those of a new domain; its nodes say then where they are. */
struct pci_plug_all {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    libxl_device_pci *pci;
    int nr;
    void (*done)(libxl_ctx *ctx, struct pci_plug_all *all, int rc);
    /* Private: */
    int next;
    struct pci_plug one;
};
void pci_plug_all(struct pci_plug_all *all);

#endif
