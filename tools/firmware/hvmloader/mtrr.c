/* SPDX-License-Identifier: MIT */
#include "mtrr.h"

unsigned int mtrr_split(struct mtrr_range *part, unsigned int max, struct pci_range range)
{
    unsigned int nr = 0;

    while (range.start < range.end && nr < max) {
        uint64_t size = range.start & -range.start;

        if (!size)
            size = 1ull << 63;
        while (size > range.end - range.start)
            size >>= 1;
        part[nr++] = (struct mtrr_range){range.start, size};
        range.start += size;
    }
    return nr;
}
