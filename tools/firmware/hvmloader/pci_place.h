/* SPDX-License-Identifier: MIT */
/* Where the ranges of PCI devices go: pure arithmetic. */
#ifndef HVMLOADER_PCI_PLACE_H
#define HVMLOADER_PCI_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct e820_entry;

enum bar_kind { BAR_MEM, BAR_MEM64, BAR_IO };

struct pci_bar {
    uint8_t devfn;
    uint8_t reg; /* offset of the register in configuration space */
    enum bar_kind kind;
    uint64_t size; /* a power of two */
    uint64_t addr; /* result; 0: there was no room */
};

/* [start, end); end may be 1 << 32. */
struct pci_range {
    uint64_t start, end;
};

struct pci_windows {
    struct pci_range io, mem;
    struct pci_range high; /* for 64-bit registers that find no room in mem */
    /* Ranges that no register may have: those of any type but RAM. */
    const struct e820_entry *given;
    unsigned int nr_given;
};

/*
 * Where a window below @end must begin to have room for all registers of memory, in steps of
 * 256 MiB from PCI_WINDOW down to PCI_WINDOW_MIN.
 */
uint64_t pci_window_start(const struct pci_bar *bar, unsigned int nr, uint64_t end);

/* Place all, the greatest first; @bar is sorted so. Returns: how many found no room. */
unsigned int pci_place(struct pci_bar *bar, unsigned int nr, const struct pci_windows *w);

#endif
