/* SPDX-License-Identifier: MIT */
#ifndef HVMLOADER_MTRR_H
#define HVMLOADER_MTRR_H

#include <stdint.h>

#include "pci_place.h"

struct mtrr_range {
    uint64_t start, size; /* the size is a power of two and divides the start */
};

/*
 * Parts of @range, which begins and ends at whole pages, for one register each. Returns their
 * number, at most @max; what is behind them is then left out.
 */
unsigned int mtrr_split(struct mtrr_range *part, unsigned int max, struct pci_range range);

#endif
