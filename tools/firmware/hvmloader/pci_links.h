/* SPDX-License-Identifier: MIT */
/*
 * How interrupts of PCI slots are wired where they end at ISA ones. Those of I/O APICs are known to
 * the DSDT alone: mkasl has them.
 */
#ifndef HVMLOADER_PCI_LINKS_H
#define HVMLOADER_PCI_LINKS_H

#include <stdint.h>

#define PCI_SLOTS 32
#define PCI_LINKS 4

/* The ISA interrupt of each link. */
static const uint8_t pci_link_irq[PCI_LINKS] = {5, 10, 11, 5};

/* The link of pin INTA (0) to INTD (3) of a slot: as the hypervisor wires them. */
static inline unsigned int pci_link_of(unsigned int slot, unsigned int pin)
{
    return (slot + pin) % PCI_LINKS;
}

/* A bit for each ISA interrupt of a link: these are level-triggered. */
static inline uint16_t pci_level_irqs(void)
{
    unsigned int level = 0;

    for (unsigned int i = 0; i < PCI_LINKS; i++)
        level |= 1u << pci_link_irq[i];
    return (uint16_t)level;
}

#endif
