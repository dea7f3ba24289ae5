/* SPDX-License-Identifier: MIT */
/* The log: the latest bytes of output, for XEN_SYSCTL_readconsole. Positions wrap at 2^32. */
#include <public/sysctl.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>
#include "private.h"

#define EARLY_SIZE 16384U

static char early_ring[EARLY_SIZE] __aligned(64);
static char *ring = early_ring;
static uint32_t ring_size = EARLY_SIZE; /* power of two */
static uint32_t prod, cons;             /* cons: what a clearing reader has left */

static uint64_t opt_conring_size;
PARAM_SIZE("conring_size", opt_conring_size);

static char *slot(uint32_t at)
{
    return &ring[at & (ring_size - 1)];
}

void ring_put(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        *slot(prod++) = s[i];
    if (prod - cons > ring_size)
        cons = prod - ring_size;
}

void ring_replay(void (*fn)(const char *s, size_t len))
{
    for (uint32_t at = cons; at != prod;) {
        uint32_t part = min(prod - at, ring_size - (at & (ring_size - 1)));

        fn(slot(at), part);
        at += part;
    }
}

void __init ring_grow(void)
{
    uint64_t want = opt_conring_size ? opt_conring_size : EARLY_SIZE;
    unsigned int order;
    unsigned long flags;
    char *bigger;
    uint32_t size;

    want = min_t(uint64_t, max_t(uint64_t, want, EARLY_SIZE), GB(1));
    order = order_from_bytes(want);
    while (!(bigger = xenheap_alloc_pages(order, 0)) && order > order_from_bytes(EARLY_SIZE))
        order--;
    if (!bigger)
        return;
    size = (uint32_t)(PAGE_SIZE << order);
    flags = console_lock_save();
    for (uint32_t at = cons; at != prod; at++)
        bigger[at & (size - 1)] = *slot(at);
    ring = bigger;
    ring_size = size;
    console_unlock_restore(flags);
    printk("Allocated console ring of %u KiB.\n", size >> 10);
}

/*
 * Output goes on while we copy; a piece that was overtaken holds newer text, which is harmless.
 */
int console_read_ring(struct xen_sysctl_readconsole *op)
{
    uint32_t at = cons, end = prod, sofar = 0, max = op->count;

    if (op->incremental && (int32_t)(at - op->index) < 0)
        at = op->index;
    if ((int32_t)(end - at) < 0)
        at = end;
    while (at != end && sofar < max) {
        uint32_t part = min(end - at, ring_size - (at & (ring_size - 1)));

        part = min(part, max - sofar);
        if (copy_to_guest(op->buffer, sofar, slot(at), part))
            return -EFAULT;
        sofar += part;
        at += part;
    }
    if (op->clear) {
        unsigned long flags = console_lock_save();

        if (prod - at <= ring_size)
            cons = at;
        console_unlock_restore(flags);
    }
    op->count = sofar;
    op->index = at;
    return 0;
}
