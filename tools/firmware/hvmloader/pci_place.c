/* SPDX-License-Identifier: MIT */
#include "pci_place.h"
#include "e820.h"
#include "layout.h"

#define STEP 0x10000000u

uint64_t pci_window_start(const struct pci_bar *bar, unsigned int nr, uint64_t end)
{
    uint64_t sum = 0, start = PCI_WINDOW;

    for (unsigned int i = 0; i < nr; i++)
        if (bar[i].kind != BAR_IO && bar[i].size <= end - sum)
            sum += bar[i].size;
    while (start > PCI_WINDOW_MIN && start + sum > end)
        start -= STEP;
    return start;
}

/* By falling size, and in the order of the bus where sizes are equal. */
static void sort(struct pci_bar *bar, unsigned int nr)
{
    for (unsigned int i = 1; i < nr; i++) {
        struct pci_bar b = bar[i];
        unsigned int at = i;

        for (; at && bar[at - 1].size < b.size; at--)
            bar[at] = bar[at - 1];
        bar[at] = b;
    }
}

static uint64_t align_up(uint64_t v, uint64_t size)
{
    return (v + size - 1) & ~(size - 1);
}

/* The first place from @at on that is not in a range that others have. */
static uint64_t skip_given(const struct pci_windows *w, uint64_t at, uint64_t size)
{
    for (unsigned int i = 0; i < w->nr_given; i++) {
        const struct e820_entry *g = &w->given[i];

        if (g->type == E820_RAM || g->addr >= at + size || g->addr + g->size <= at)
            continue;
        if (align_up(g->addr + g->size, size) < at)
            return UINT64_MAX; /* nothing is above it */
        at = align_up(g->addr + g->size, size);
        i = (unsigned int)-1; /* from the first one again: they need not be in order */
    }
    return at;
}

/* From what is left of @range. */
static uint64_t take(const struct pci_windows *w, struct pci_range *range, uint64_t size, bool io)
{
    uint64_t at = align_up(range->start, size);

    if (!io)
        at = skip_given(w, at, size);
    if (at < range->start || at >= range->end || size > range->end - at)
        return 0;
    range->start = at + size;
    return at;
}

unsigned int pci_place(struct pci_bar *bar, unsigned int nr, const struct pci_windows *w)
{
    struct pci_range io = w->io, mem = w->mem, high = w->high;
    unsigned int without = 0;

    sort(bar, nr);
    for (unsigned int i = 0; i < nr; i++) {
        struct pci_bar *b = &bar[i];

        b->addr = take(w, b->kind == BAR_IO ? &io : &mem, b->size, b->kind == BAR_IO);
        if (!b->addr && b->kind == BAR_MEM64)
            b->addr = take(w, &high, b->size, false);
        without += !b->addr;
    }
    return without;
}
