/* SPDX-License-Identifier: MIT */
/* The log of written pages: a radix tree of bitmap pages, which grows only on request. */
#include <xen/guest_access.h>
#include <xen/lib/bitmap.h>
#include <xen/lib/radix.h>
#include <xen/lib/string.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/softirq.h>

#define LEAF_PFNS   (PAGE_SIZE * BITS_PER_BYTE)
#define CHUNK_LONGS 64U /* copied at once */
#define CHUNK_PFNS  (CHUNK_LONGS * BITS_PER_LONG)

struct log_dirty {
    struct radix_tree leaves;     /* bitmaps of LEAF_PFNS, by pfn / LEAF_PFNS; none is taken out */
    uint64_t nr_covered;          /* a multiple of LEAF_PFNS */
    struct log_dirty_stats stats; /* atomic */
    struct rcu_head rcu;
};

static void *node_alloc(void *ctx, size_t len)
{
    return xzalloc_bytes(len);
}

static void node_free(void *ctx, void *node)
{
    xfree(node);
}

struct log_dirty *log_dirty_create(void)
{
    struct log_dirty *ld = xzalloc(struct log_dirty);

    if (ld)
        radix_init(&ld->leaves, node_alloc, node_free, NULL);
    return ld;
}

static void leaf_free(void *leaf)
{
    xenheap_free_page(leaf);
}

static void free_unused(struct rcu_head *head)
{
    struct log_dirty *ld = container_of(head, struct log_dirty, rcu);

    radix_destroy(&ld->leaves, leaf_free);
    xfree(ld);
}

void log_dirty_free(struct log_dirty *ld)
{
    if (ld)
        rcu_call(&ld->rcu, free_unused);
}

static int add_leaf(struct log_dirty *ld, bool dirty)
{
    void *leaf = xenheap_alloc_page();
    int rc;

    if (!leaf)
        return -ENOMEM;
    memset(leaf, dirty ? 0xff : 0, PAGE_SIZE);
    rc = radix_insert(&ld->leaves, ld->nr_covered / LEAF_PFNS, leaf);
    if (rc) {
        xenheap_free_page(leaf);
        return rc;
    }
    ld->nr_covered += LEAF_PFNS;
    return 0;
}

int log_dirty_cover(struct log_dirty *ld, uint64_t nr, bool dirty)
{
    if (nr > LOG_DIRTY_MAX_PFNS)
        return -EINVAL;
    while (ld->nr_covered < nr) {
        int rc = add_leaf(ld, dirty);

        if (rc)
            return rc;
        if (ld->nr_covered < nr && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

static unsigned long *leaf_of(const struct log_dirty *ld, uint64_t pfn)
{
    return pfn < LOG_DIRTY_MAX_PFNS ? radix_lookup(&ld->leaves, pfn / LEAF_PFNS) : NULL;
}

bool log_dirty_set(struct log_dirty *ld, uint64_t pfn)
{
    unsigned long *leaf = leaf_of(ld, pfn);
    unsigned int bit = pfn % LEAF_PFNS;

    if (!leaf || test_bit(bit, leaf) || test_and_set_bit(bit, leaf))
        return false;
    __atomic_fetch_add(&ld->stats.dirty, 1, __ATOMIC_RELAXED);
    return true;
}

bool log_dirty_test(const struct log_dirty *ld, uint64_t pfn)
{
    const unsigned long *leaf = leaf_of(ld, pfn);

    return leaf && test_bit(pfn % LEAF_PFNS, leaf);
}

/* Up to CHUNK_LONGS words of the bitmap from @first, of which @nr bits count. */
static void take_chunk(struct log_dirty *ld, uint64_t first, unsigned int nr, bool clear,
                       unsigned long *out)
{
    unsigned long *leaf = leaf_of(ld, first), *from;

    memset(out, 0, CHUNK_LONGS * sizeof(*out));
    if (!leaf)
        return;
    from = leaf + first % LEAF_PFNS / BITS_PER_LONG;
    for (unsigned int i = 0; i * BITS_PER_LONG < nr; i++) {
        unsigned long mask = bitmap_last_mask(min(nr - i * BITS_PER_LONG, BITS_PER_LONG));

        out[i] = READ_ONCE(from[i]) & mask;
        if (out[i] && clear)
            out[i] = __atomic_fetch_and(&from[i], ~mask, __ATOMIC_SEQ_CST) & mask;
    }
}

static void put_chunk_back(struct log_dirty *ld, uint64_t first, const unsigned long *bits)
{
    unsigned long *leaf = leaf_of(ld, first);

    if (!leaf)
        return;
    for (unsigned int i = 0; i < CHUNK_LONGS; i++)
        __atomic_fetch_or(&leaf[first % LEAF_PFNS / BITS_PER_LONG + i], bits[i], __ATOMIC_RELAXED);
}

int log_dirty_read(struct log_dirty *ld, void *to, uint64_t nr, bool clear, uint64_t *done)
{
    unsigned long bits[CHUNK_LONGS];

    while (*done < nr) {
        unsigned int part = (unsigned int)min(nr - *done, (uint64_t)CHUNK_PFNS);

        take_chunk(ld, *done, part, clear, bits);
        if (to && copy_to_guest_bytes((char *)to + *done / 8, bits, (part + 7) / 8)) {
            if (clear)
                put_chunk_back(ld, *done, bits);
            return -EFAULT;
        }
        *done += part;
        if (*done < nr && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

void log_dirty_count_fault(struct log_dirty *ld)
{
    __atomic_fetch_add(&ld->stats.faults, 1, __ATOMIC_RELAXED);
}

static uint32_t counter(uint32_t *n, bool reset)
{
    return reset ? __atomic_exchange_n(n, 0, __ATOMIC_RELAXED) : READ_ONCE(*n);
}

struct log_dirty_stats log_dirty_get_stats(struct log_dirty *ld, bool reset)
{
    return (struct log_dirty_stats){.faults = counter(&ld->stats.faults, reset),
                                    .dirty = counter(&ld->stats.dirty, reset)};
}

void log_dirty_mark_slow(const struct domain *d, uint64_t pfn)
{
    struct log_dirty *ld;

    rcu_read_lock();
    ld = rcu_dereference(d->log_dirty);
    if (ld)
        log_dirty_set(ld, pfn);
    rcu_read_unlock();
}
