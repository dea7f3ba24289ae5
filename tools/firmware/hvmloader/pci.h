/* SPDX-License-Identifier: MIT */
/*
 * Bus 0, the only one that the device model has at first: its devices get ranges and interrupts,
 * and are switched on. Source: PCI Local Bus Specification 3.0, chapter 6; Intel 82371AB (PIIX4).
 */
#ifndef HVMLOADER_PCI_H
#define HVMLOADER_PCI_H

#include <stdbool.h>
#include <stdint.h>

#include "pci_place.h"

/* The windows behind which there are devices' ranges. */
struct pci_layout {
    struct pci_range mem;
    struct pci_range high; /* empty: none is there */
};

extern struct pci_layout pci_layout;

/* Slots whose devices have pins of interrupts, a bit each; of pci_setup(). */
extern uint32_t pci_slots_with_pins;

/*
 * @may_relocate   may RAM be moved up, to make room below 4 GiB?
 * @given          the hypervisor's map: ranges of it that are not RAM no device gets.
 * Fills in pci_layout and pci_slots_with_pins. A range that finds no room is left at 0, and said.
 */
void pci_setup(bool may_relocate, const struct e820_entry *given, unsigned int nr_given);

#endif
