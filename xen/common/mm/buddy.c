/* SPDX-License-Identifier: MIT */
/*
 * The heap: a buddy allocator per node. A free block is known by its first frame only: that
 * one is in state PGC_FREE and has the order. All other frames of it have a count of 0.
 *
 * Each node has two zones, below 4 GiB and above, so that memory for small addresses is found at
 * once and is used last.
 */
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/param.h>
#include <xen/poison.h>
#include <xen/port/numa.h>
#include <xen/port/page_type.h>
#include <xen/spinlock.h>

#include "heap.h"

PARAM_IGNORED(bootscrub, "bootscrub");

#define ZONE_LOW   0
#define ZONE_HIGH  1
#define NR_ZONES   2
#define LOW_FRAMES (UINT64_C(1) << (32 - PAGE_SHIFT))

struct heap_zone {
    struct page_list_head free[MAX_ORDER + 1];
    uint64_t nr_blocks[MAX_ORDER + 1];
    uint32_t nonempty; /* bit per order */
};

struct heap_node {
    spinlock_t lock; /* all below */
    struct heap_zone zone[NR_ZONES];
    uint64_t nr_free, nr_total; /* pages */
};

static struct heap_node nodes[MAX_NODES];
static int64_t unclaimed; /* free pages less outstanding claims; atomic */
static uint64_t claimed;  /* outstanding; atomic */
uint64_t total_pages;

static bool is_free_block(const struct page_info *pg, unsigned int order)
{
    return (READ_ONCE(pg->count_info) & PGC_STATE_MASK) == PGC_FREE && pg->order == order;
}

static void block_insert(struct heap_zone *z, struct page_info *pg, unsigned int order)
{
    WRITE_ONCE(pg->count_info, PGC_FREE);
    pg->order = order;
    page_list_add(pg, &z->free[order]);
    z->nr_blocks[order]++;
    z->nonempty |= 1U << order;
}

static void block_remove(struct heap_zone *z, struct page_info *pg, unsigned int order)
{
    page_list_del(pg, &z->free[order]);
    WRITE_ONCE(pg->count_info, 0);
    z->nr_blocks[order]--;
    if (page_list_empty(&z->free[order]))
        z->nonempty &= ~(1U << order);
}

/* A stamp so old that the clock went round looks younger, which costs a flush, not safety. */
static uint32_t younger_stamp(uint32_t a, uint32_t b)
{
    uint32_t now = port_tlb_clock();

    return now - a < now - b ? a : b;
}

/* Put back a block whose head has its tlb_stamp, joined with its free buddies. */
static void block_free_locked(struct heap_node *n, unsigned int node, struct page_info *pg,
                              unsigned int order)
{
    uint64_t nr = page_to_mfn(pg).nr;
    struct heap_zone *z = &n->zone[nr < LOW_FRAMES ? ZONE_LOW : ZONE_HIGH];

    WRITE_ONCE(n->nr_free, n->nr_free + (UINT64_C(1) << order));
    for (; order < MAX_ORDER; order++) {
        mfn_t buddy_mfn = mk_mfn(nr ^ (UINT64_C(1) << order));
        struct page_info *buddy = mfn_to_page(buddy_mfn);
        uint32_t stamp;

        if (!mfn_valid(buddy_mfn) || !is_free_block(buddy, order) ||
            port_mfn_to_node(buddy_mfn) != node)
            break;
        block_remove(z, buddy, order);
        stamp = younger_stamp(pg->tlb_stamp, buddy->tlb_stamp);
        nr &= ~(UINT64_C(1) << order);
        pg = mfn_to_page(mk_mfn(nr));
        pg->tlb_stamp = stamp;
    }
    block_insert(z, pg, order);
}

/* First block of at least @order below frame @limit; splits it. NULL: none. */
static struct page_info *zone_take(struct heap_zone *z, unsigned int order, uint64_t limit)
{
    uint32_t orders = z->nonempty >> order << order;

    while (orders) {
        unsigned int o = lowest_bit(orders);
        struct page_info *pg = page_list_first(&z->free[o]);

        while (pg && page_to_mfn(pg).nr + (UINT64_C(1) << order) > limit)
            pg = page_list_next(pg);
        if (!pg) {
            orders &= orders - 1;
            continue;
        }
        block_remove(z, pg, o);
        while (o > order) {
            struct page_info *upper = pg + (UINT64_C(1) << --o);

            upper->tlb_stamp = pg->tlb_stamp;
            block_insert(z, upper, o);
        }
        return pg;
    }
    return NULL;
}

static struct page_info *node_alloc(unsigned int node, unsigned int order, uint64_t limit)
{
    struct heap_node *n = &nodes[node];
    struct page_info *pg = NULL;

    if (READ_ONCE(n->nr_free) < UINT64_C(1) << order)
        return NULL;
    spin_lock(&n->lock);
    if (limit > LOW_FRAMES)
        pg = zone_take(&n->zone[ZONE_HIGH], order, limit);
    if (!pg)
        pg = zone_take(&n->zone[ZONE_LOW], order, limit);
    if (pg)
        WRITE_ONCE(n->nr_free, n->nr_free - (UINT64_C(1) << order));
    spin_unlock(&n->lock);
    return pg;
}

/* The node that is asked for, then those near the domain, then the others. */
static struct page_info *any_node_alloc(const struct domain *d, unsigned int order,
                                        unsigned int memflags)
{
    unsigned int bits = memflags >> MEMF_bits_shift, nr = port_nr_nodes();
    unsigned int wanted = MEMF_get_node(memflags);
    uint64_t limit = bits && bits < 64 ? (UINT64_C(1) << bits) >> PAGE_SHIFT : ~UINT64_C(0);
    uint64_t near = d ? READ_ONCE(d->node_affinity) : 0;
    struct page_info *pg;

    if (wanted < nr) {
        pg = node_alloc(wanted, order, limit);
        if (pg || (memflags & MEMF_exact_node))
            return pg;
    }
    for (unsigned int i = 0; i < 2 * nr; i++) {
        if ((near >> (i % nr) & 1) != (i < nr))
            continue;
        pg = node_alloc(i % nr, order, limit);
        if (pg)
            return pg;
    }
    return NULL;
}

/* Take @nr of the pages that nobody claims; @own have been claimed by the taker. */
static bool budget_take(int64_t nr, int64_t own)
{
    int64_t left = __atomic_sub_fetch(&unclaimed, nr, __ATOMIC_RELAXED);

    if (likely(left >= -own))
        return true;
    __atomic_add_fetch(&unclaimed, nr, __ATOMIC_RELAXED);
    return false;
}

struct page_info *heap_alloc_for(const struct domain *d, unsigned int order, unsigned int memflags)
{
    struct page_info *pg;

    if (order > MAX_ORDER)
        return NULL;
    if (!budget_take(INT64_C(1) << order, d ? (int64_t)d->outstanding_pages : 0))
        return NULL;
    pg = any_node_alloc(d, order, memflags);
    if (!pg) {
        __atomic_add_fetch(&unclaimed, INT64_C(1) << order, __ATOMIC_RELAXED);
        return NULL;
    }
    unpoison(page_to_virt(pg), PAGE_SIZE << order);
    if (!(memflags & MEMF_no_tlbflush))
        port_flush_tlb_since(pg->tlb_stamp);
    return pg;
}

struct page_info *heap_alloc_pages(unsigned int order, unsigned int memflags)
{
    return heap_alloc_for(NULL, order, memflags);
}

void heap_free_pages(struct page_info *pg, unsigned int order)
{
    unsigned int node = port_mfn_to_node(page_to_mfn(pg));
    struct heap_node *n = &nodes[node];

    ASSERT((pg->count_info & PGC_COUNT_MASK) == 0);
    poison(page_to_virt(pg), PAGE_SIZE << order);
    pg->tlb_stamp = port_tlb_clock();
    spin_lock(&n->lock);
    block_free_locked(n, node, pg, order);
    spin_unlock(&n->lock);
    __atomic_add_fetch(&unclaimed, INT64_C(1) << order, __ATOMIC_RELAXED);
}

void *xenheap_alloc_pages(unsigned int order, unsigned int memflags)
{
    struct page_info *pg = heap_alloc_pages(order, memflags);

    if (!pg)
        return NULL;
    for (unsigned long i = 0; i < 1UL << order; i++) {
        WRITE_ONCE(pg[i].owner, NULL);
        WRITE_ONCE(pg[i].type_info, 0);
        WRITE_ONCE(pg[i].count_info, PGC_XEN_HEAP);
    }
    return page_to_virt(pg);
}

void xenheap_free_pages(void *va, unsigned int order)
{
    struct page_info *pg;

    if (!va)
        return;
    pg = virt_to_page(va);
    for (unsigned long i = 0; i < 1UL << order; i++) {
        ASSERT((pg[i].count_info & ~PGC_EXTRA) == PGC_XEN_HEAP);
        WRITE_ONCE(pg[i].count_info, 0);
        WRITE_ONCE(pg[i].type_info, 0);
    }
    heap_free_pages(pg, order);
}

/* Frames of one node, in the largest naturally aligned blocks. */
static void add_node_frames(unsigned int node, uint64_t first, uint64_t end)
{
    struct heap_node *n = &nodes[node];

    total_pages += end - first;
    n->nr_total += end - first;
    __atomic_add_fetch(&unclaimed, (int64_t)(end - first), __ATOMIC_RELAXED);
    while (first < end) {
        unsigned int order = first ? min_t(unsigned int, lowest_bit(first), MAX_ORDER) : MAX_ORDER;
        struct page_info *pg = mfn_to_page(mk_mfn(first));

        order = min(order, ilog2(end - first));
        for (uint64_t i = 0; i < UINT64_C(1) << order; i++) {
            pg[i].count_info = 0;
            pg[i].type_info = 0;
        }
        poison(page_to_virt(pg), PAGE_SIZE << order);
        pg->tlb_stamp = port_tlb_clock();
        spin_lock(&n->lock);
        block_free_locked(n, node, pg, order);
        spin_unlock(&n->lock);
        first += UINT64_C(1) << order;
    }
}

void heap_add_frames(uint64_t first, uint64_t end)
{
    while (first < end) {
        unsigned int node = port_mfn_to_node(mk_mfn(first));
        uint64_t stop = end;

        if (port_nr_nodes() > 1) {
            stop = first + 1;
            while (stop < end && port_mfn_to_node(mk_mfn(stop)) == node)
                stop++;
        }
        add_node_frames(node, first, stop);
        first = stop;
    }
}

void __init heap_nodes_known(void)
{
    struct page_list_head all;
    struct heap_node *n = &nodes[0];
    struct page_info *pg;

    page_list_init(&all);
    for (unsigned int i = 0; i < NR_ZONES * (MAX_ORDER + 1); i++) {
        struct heap_zone *z = &n->zone[i / (MAX_ORDER + 1)];
        unsigned int order = i % (MAX_ORDER + 1);

        while ((pg = page_list_first(&z->free[order])) != NULL) {
            block_remove(z, pg, order);
            page_list_add(pg, &all);
        }
    }
    total_pages -= n->nr_free;
    n->nr_total -= n->nr_free;
    unclaimed -= (int64_t)n->nr_free;
    n->nr_free = 0;
    while ((pg = page_list_first(&all)) != NULL) {
        uint64_t first = page_to_mfn(pg).nr;

        page_list_del(pg, &all);
        heap_add_frames(first, first + (UINT64_C(1) << pg->order));
    }
}

void __init heap_init(void)
{
    for (unsigned int i = 0; i < MAX_NODES; i++) {
        spin_lock_init(&nodes[i].lock, RANK_HEAP);
        for (unsigned int o = 0; o <= MAX_ORDER; o++) {
            page_list_init(&nodes[i].zone[ZONE_LOW].free[o]);
            page_list_init(&nodes[i].zone[ZONE_HIGH].free[o]);
        }
    }
    boot_pages_drain(heap_add_frames);
    printk(XENLOG_INFO "Heap: %lu MiB free\n",
           (unsigned long)(heap_free_count(NUMA_NO_NODE) >> (20 - PAGE_SHIFT)));
    keyhandler_register('H', heap_dump, "dump heap info");
}

uint64_t heap_free_count(unsigned int node)
{
    uint64_t sum = 0;

    if (node < MAX_NODES)
        return READ_ONCE(nodes[node].nr_free);
    for (unsigned int i = 0; i < port_nr_nodes(); i++)
        sum += READ_ONCE(nodes[i].nr_free);
    return sum;
}

uint64_t heap_total_count(unsigned int node)
{
    return node < MAX_NODES ? nodes[node].nr_total : total_pages;
}

uint64_t heap_outstanding_claims(void)
{
    return __atomic_load_n(&claimed, __ATOMIC_RELAXED);
}

bool heap_claim_reserve(uint64_t pages)
{
    if (!budget_take((int64_t)pages, 0))
        return false;
    __atomic_add_fetch(&claimed, pages, __ATOMIC_RELAXED);
    return true;
}

void heap_claim_release(uint64_t pages)
{
    __atomic_sub_fetch(&claimed, pages, __ATOMIC_RELAXED);
    __atomic_add_fetch(&unclaimed, (int64_t)pages, __ATOMIC_RELAXED);
}

void heap_dump(unsigned char key)
{
    printk("'%c' pressed: heap of %lu pages, %lu free, %lu claimed\n", key,
           (unsigned long)total_pages, (unsigned long)heap_free_count(NUMA_NO_NODE),
           (unsigned long)heap_outstanding_claims());
    for (unsigned int i = 0; i < port_nr_nodes(); i++) {
        printk("heap[node=%u]: %lu pages, %lu free\n", i, (unsigned long)nodes[i].nr_total,
               (unsigned long)nodes[i].nr_free);
        for (unsigned int o = 0; o <= MAX_ORDER; o++) {
            uint64_t low = nodes[i].zone[ZONE_LOW].nr_blocks[o];
            uint64_t high = nodes[i].zone[ZONE_HIGH].nr_blocks[o];

            if (low || high)
                printk("  order %2u: %lu below 4 GiB, %lu above\n", o, (unsigned long)low,
                       (unsigned long)high);
        }
    }
}
