/* SPDX-License-Identifier: MIT */
/*
 * The heap: a buddy allocator per node. A free block is known by its first frame only: that
 * one is in state PGC_FREE and has the order. All other frames of it have a count of 0.
 *
 * Each node has two zones, below 4 GiB and above, so that memory for small addresses is found at
 * once and is used last.
 *
 * What is freed is dirty until it has been zeroed: by a CPU that is idle (scrub.c), or when it is
 * given out. A block is clean or dirty as a whole, so only blocks that are alike are joined. Who
 * gets memory that others will see is given clean blocks first; who says that he overwrites it
 * (MEMF_no_scrub) dirty ones, which leaves the clean ones to the former.
 */
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/poison.h>
#include <xen/port/cpu.h>
#include <xen/port/numa.h>
#include <xen/port/page_type.h>

#include "heap.h"

/* How many dirty blocks one failing allocation looks at to join them with clean ones. */
#define JOIN_LOOKS 1024

struct heap_node heap_nodes[MAX_NODES];
static int64_t unclaimed; /* free pages less outstanding claims; atomic */
static uint64_t claimed;  /* outstanding; atomic */
uint64_t total_pages;

static bool is_free_block(const struct page_info *pg, unsigned int order, bool dirty)
{
    uint64_t state = PGC_FREE | (dirty ? PGC_NEED_SCRUB : 0);

    return (READ_ONCE(pg->count_info) & (PGC_STATE_MASK | PGC_NEED_SCRUB)) == state &&
           pg->order == order;
}

static struct heap_blocks *blocks_of(struct heap_node *n, const struct page_info *pg, bool dirty)
{
    return &n->blocks[page_to_mfn(pg).nr < LOW_FRAMES ? ZONE_LOW : ZONE_HIGH][dirty];
}

static void block_insert(struct heap_blocks *b, struct page_info *pg, unsigned int order,
                         bool dirty)
{
    WRITE_ONCE(pg->count_info, PGC_FREE | (dirty ? PGC_NEED_SCRUB : 0));
    pg->order = order;
    page_list_add(pg, &b->free[order]);
    b->nr[order]++;
    b->nonempty |= 1U << order;
}

static void block_remove(struct heap_blocks *b, struct page_info *pg, unsigned int order)
{
    page_list_del(pg, &b->free[order]);
    WRITE_ONCE(pg->count_info, 0);
    b->nr[order]--;
    if (page_list_empty(&b->free[order]))
        b->nonempty &= ~(1U << order);
}

/* A stamp so old that the clock went round looks younger, which costs a flush, not safety. */
static uint32_t younger_stamp(uint32_t a, uint32_t b)
{
    uint32_t now = port_tlb_clock();

    return now - a < now - b ? a : b;
}

/* The block's other half if that is a free block too, and is as dirty. NULL: not so. */
static always_inline struct page_info *free_buddy(struct page_info *pg, unsigned int order,
                                                  bool dirty)
{
    mfn_t mfn = mk_mfn(page_to_mfn(pg).nr ^ (UINT64_C(1) << order));
    struct page_info *buddy = mfn_to_page(mfn);

    if (!mfn_valid(mfn) || !is_free_block(buddy, order, dirty) ||
        port_mfn_to_node(mfn) != port_mfn_to_node(page_to_mfn(pg)))
        return NULL;
    return buddy;
}

/* Of two halves that are on no list: the head of the whole, with its stamp. */
static struct page_info *join(struct page_info *a, struct page_info *b)
{
    struct page_info *head = a < b ? a : b;

    head->tlb_stamp = younger_stamp(a->tlb_stamp, b->tlb_stamp);
    return head;
}

/* Put back a block whose head has its tlb_stamp, joined with its free buddies. The counts of free
 * and dirty pages are the caller's. */
static void block_put(struct heap_node *n, struct page_info *pg, unsigned int order, bool dirty)
{
    struct heap_blocks *b = blocks_of(n, pg, dirty);
    struct page_info *buddy;

    for (; order < MAX_ORDER && (buddy = free_buddy(pg, order, dirty)) != NULL; order++) {
        block_remove(b, buddy, order);
        pg = join(pg, buddy);
    }
    block_insert(b, pg, order, dirty);
}

static void block_free_locked(struct heap_node *n, struct page_info *pg, unsigned int order,
                              bool dirty)
{
    WRITE_ONCE(n->nr_free, n->nr_free + (UINT64_C(1) << order));
    if (dirty)
        WRITE_ONCE(n->nr_dirty, n->nr_dirty + (UINT64_C(1) << order));
    block_put(n, pg, order, dirty);
}

/* First block of at least @order below frame @limit; splits it. NULL: none. */
static struct page_info *blocks_take(struct heap_blocks *b, unsigned int order, uint64_t limit,
                                     bool dirty)
{
    uint32_t orders = b->nonempty >> order << order;

    while (orders) {
        unsigned int o = lowest_bit(orders);
        struct page_info *pg = page_list_first(&b->free[o]);

        while (pg && page_to_mfn(pg).nr + (UINT64_C(1) << order) > limit)
            pg = page_list_next(pg);
        if (!pg) {
            orders &= orders - 1;
            continue;
        }
        block_remove(b, pg, o);
        while (o > order) {
            struct page_info *upper = pg + (UINT64_C(1) << --o);

            upper->tlb_stamp = pg->tlb_stamp;
            block_insert(b, upper, o, dirty);
        }
        return pg;
    }
    return NULL;
}

/* What is asked of one node. */
struct wish {
    unsigned int order;
    uint64_t limit; /* frame */
    bool any;       /* need not be clean */
    bool dirty;     /* out: it is not */
};

static always_inline struct page_info *zone_take(struct heap_node *n, unsigned int zone,
                                                 struct wish *w)
{
    struct heap_blocks *b = n->blocks[zone];
    struct page_info *pg = NULL;

    w->dirty = w->any;
    if (b[w->dirty].nonempty >> w->order)
        pg = blocks_take(&b[w->dirty], w->order, w->limit, w->dirty);
    if (pg || !(b[!w->dirty].nonempty >> w->order) || (!w->any && w->order > SCRUB_ORDER))
        return pg;
    w->dirty = !w->dirty;
    return blocks_take(&b[w->dirty], w->order, w->limit, w->dirty);
}

static always_inline struct page_info *node_take(struct heap_node *n, struct wish *w)
{
    struct page_info *pg = NULL;

    if (w->limit > LOW_FRAMES)
        pg = zone_take(n, ZONE_HIGH, w);
    return pg ? pg : zone_take(n, ZONE_LOW, w);
}

/* Join dirty blocks of @order with clean buddies, if that makes one of @wanted. True: it has. */
static bool join_unlike(struct heap_node *n, unsigned int zone, unsigned int order,
                        unsigned int wanted, unsigned int *looks)
{
    struct heap_blocks *clean = &n->blocks[zone][false], *dirty = &n->blocks[zone][true];
    struct page_info *pg = page_list_first(&dirty->free[order]), *next;

    for (; pg && *looks; pg = next, (*looks)--) {
        struct page_info *buddy = free_buddy(pg, order, false);

        next = page_list_next(pg);
        if (!buddy)
            continue;
        block_remove(dirty, pg, order);
        block_remove(clean, buddy, order);
        WRITE_ONCE(n->nr_dirty, n->nr_dirty + (UINT64_C(1) << order));
        block_put(n, join(pg, buddy), order + 1, true);
        if (dirty->nonempty >> wanted)
            return true;
    }
    return false;
}

/* Halves that only their states keep apart: the whole is dirty. True: there is one of @order. */
static bool node_join_unlike(struct heap_node *n, unsigned int order)
{
    unsigned int looks = JOIN_LOOKS;

    for (unsigned int zone = NR_ZONES; zone-- > 0;)
        for (unsigned int o = 0; o < order; o++)
            if (join_unlike(n, zone, o, order, &looks))
                return true;
    return false;
}

/* Nothing was found at first: what the scrubber holds comes back soon, unless it waits for this CPU
 * to flush its TLB; and halves can be joined. */
static struct page_info *node_take_anyhow(struct heap_node *n, struct wish *w)
{
    struct page_info *pg = NULL;

    WRITE_ONCE(n->nr_waiting, n->nr_waiting + 1);
    while (!pg && n->nr_held && local_irq_is_enabled()) {
        spin_unlock(&n->lock);
        cpu_relax();
        spin_lock(&n->lock);
        pg = node_take(n, w);
    }
    WRITE_ONCE(n->nr_waiting, n->nr_waiting - 1);
    if (!pg && (w->any || w->order <= SCRUB_ORDER) && node_join_unlike(n, w->order))
        pg = node_take(n, w);
    return pg;
}

static struct page_info *node_alloc(unsigned int node, struct wish *w)
{
    struct heap_node *n = &heap_nodes[node];
    struct page_info *pg;

    if (READ_ONCE(n->nr_free) < UINT64_C(1) << w->order)
        return NULL;
    spin_lock(&n->lock);
    pg = node_take(n, w);
    if (unlikely(!pg) && (n->nr_dirty || n->nr_held))
        pg = node_take_anyhow(n, w);
    if (pg) {
        WRITE_ONCE(n->nr_free, n->nr_free - (UINT64_C(1) << w->order));
        if (w->dirty)
            WRITE_ONCE(n->nr_dirty, n->nr_dirty - (UINT64_C(1) << w->order));
    }
    spin_unlock(&n->lock);
    return pg;
}

/* The node that is asked for, then those near the domain, then the others. */
static struct page_info *any_node_alloc(const struct domain *d, unsigned int memflags,
                                        struct wish *w)
{
    unsigned int bits = memflags >> MEMF_bits_shift, nr = port_nr_nodes();
    unsigned int wanted = MEMF_get_node(memflags);
    struct page_info *pg;
    uint64_t near;

    w->limit = bits && bits < 64 ? (UINT64_C(1) << bits) >> PAGE_SHIFT : ~UINT64_C(0);
    w->any = memflags & MEMF_no_scrub;
    if (nr == 1)
        return node_alloc(0, w);
    if (wanted < nr) {
        pg = node_alloc(wanted, w);
        if (pg || (memflags & MEMF_exact_node))
            return pg;
    }
    near = d ? READ_ONCE(d->node_affinity) : 0;
    for (unsigned int i = 0; i < 2 * nr; i++) {
        if ((near >> (i % nr) & 1) != (i < nr))
            continue;
        pg = node_alloc(i % nr, w);
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

static __maybe_unused bool is_zero(const struct page_info *pg, unsigned int order)
{
    const uint64_t *word = page_to_virt(pg);

    for (uint64_t i = 0; i < (PAGE_SIZE << order) / sizeof(*word); i++)
        if (word[i])
            return false;
    return true;
}

struct page_info *heap_alloc_for(const struct domain *d, unsigned int order, unsigned int memflags)
{
    struct wish w;
    struct page_info *pg;

    if (order > MAX_ORDER)
        return NULL;
    if (!budget_take(INT64_C(1) << order, d ? (int64_t)d->outstanding_pages : 0))
        return NULL;
    w.order = order;
    pg = any_node_alloc(d, memflags, &w);
    if (!pg) {
        __atomic_add_fetch(&unclaimed, INT64_C(1) << order, __ATOMIC_RELAXED);
        return NULL;
    }
    unpoison(page_to_virt(pg), PAGE_SIZE << order);
    /* Who can still write to it must not do so after it has been zeroed. */
    if (!(memflags & MEMF_no_tlbflush) || (w.dirty && !w.any))
        port_flush_tlb_since(pg->tlb_stamp);
    if (w.dirty && !w.any)
        heap_clear_pages(pg, UINT64_C(1) << order);
    else
        ASSERT(w.any || !heap_clean_is_zero() || is_zero(pg, order));
    return pg;
}

struct page_info *heap_alloc_pages(unsigned int order, unsigned int memflags)
{
    return heap_alloc_for(NULL, order, memflags);
}

void heap_free_pages(struct page_info *pg, unsigned int order)
{
    struct heap_node *n = &heap_nodes[port_mfn_to_node(page_to_mfn(pg))];

    ASSERT((pg->count_info & PGC_COUNT_MASK) == 0);
    poison(page_to_virt(pg), PAGE_SIZE << order);
    pg->tlb_stamp = port_tlb_clock();
    spin_lock(&n->lock);
    block_free_locked(n, pg, order, true);
    spin_unlock(&n->lock);
    __atomic_add_fetch(&unclaimed, INT64_C(1) << order, __ATOMIC_RELAXED);
}

struct page_info *heap_hold_dirty(struct heap_node *n, unsigned int *order)
{
    struct page_info *pg = NULL;

    spin_lock(&n->lock);
    for (unsigned int zone = NR_ZONES; zone-- > 0 && !n->nr_waiting && !n->nr_held;) {
        struct heap_blocks *b = &n->blocks[zone][true];

        if (!b->nonempty)
            continue;
        *order = min_t(unsigned int, lowest_bit(b->nonempty), SCRUB_ORDER);
        pg = blocks_take(b, *order, ~UINT64_C(0), true);
        WRITE_ONCE(n->nr_held, UINT64_C(1) << *order);
        WRITE_ONCE(n->nr_dirty, n->nr_dirty - (UINT64_C(1) << *order));
    }
    spin_unlock(&n->lock);
    return pg;
}

/* A part of such a block, in naturally aligned pieces. */
static void release_part(struct heap_node *n, struct page_info *pg, uint64_t nr, uint32_t stamp,
                         bool dirty)
{
    while (nr) {
        unsigned int order = min(lowest_bit(page_to_mfn(pg).nr), ilog2(nr));

        pg->tlb_stamp = stamp;
        block_put(n, pg, order, dirty);
        pg += UINT64_C(1) << order;
        nr -= UINT64_C(1) << order;
    }
}

void heap_release_held(struct heap_node *n, struct page_info *pg, unsigned int order,
                       uint64_t nr_clean)
{
    uint64_t nr = UINT64_C(1) << order;
    uint32_t stamp = pg->tlb_stamp;

    spin_lock(&n->lock);
    WRITE_ONCE(n->nr_held, 0);
    WRITE_ONCE(n->nr_dirty, n->nr_dirty + (nr - nr_clean));
    release_part(n, pg, nr_clean, stamp, false);
    release_part(n, pg + nr_clean, nr - nr_clean, stamp, true);
    spin_unlock(&n->lock);
}

void *xenheap_alloc_pages(unsigned int order, unsigned int memflags)
{
    struct page_info *pg = heap_alloc_pages(order, memflags | MEMF_no_scrub);

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
static void add_node_frames(unsigned int node, uint64_t first, uint64_t end, bool dirty)
{
    struct heap_node *n = &heap_nodes[node];

    total_pages += end - first;
    n->nr_total += end - first;
    __atomic_add_fetch(&unclaimed, (int64_t)(end - first), __ATOMIC_RELAXED);
    while (first < end) {
        unsigned int order = first ? min_t(unsigned int, lowest_bit(first), MAX_ORDER) : MAX_ORDER;
        struct page_info *pg = mfn_to_page(mk_mfn(first));

        order = min(order, ilog2(end - first));
        for (uint64_t i = 0; i < UINT64_C(1) << order; i++) {
            WRITE_ONCE(pg[i].count_info, 0);
            pg[i].type_info = 0;
        }
        poison(page_to_virt(pg), PAGE_SIZE << order);
        pg->tlb_stamp = port_tlb_clock();
        spin_lock(&n->lock);
        block_free_locked(n, pg, order, dirty);
        spin_unlock(&n->lock);
        first += UINT64_C(1) << order;
    }
}

static void add_frames(uint64_t first, uint64_t end, bool dirty)
{
    while (first < end) {
        unsigned int node = port_mfn_to_node(mk_mfn(first));
        uint64_t stop = end;

        if (port_nr_nodes() > 1) {
            stop = first + 1;
            while (stop < end && port_mfn_to_node(mk_mfn(stop)) == node)
                stop++;
        }
        add_node_frames(node, first, stop, dirty);
        first = stop;
    }
}

void heap_add_frames(uint64_t first, uint64_t end)
{
    add_frames(first, end, true);
}

static void __init add_boot_frames(uint64_t first, uint64_t end)
{
    add_frames(first, end, heap_boot_frames_dirty());
}

/* All blocks of that kind, of node 0. */
static void __init take_blocks(bool dirty, struct page_list_head *all)
{
    struct heap_node *n = &heap_nodes[0];
    struct page_info *pg;

    page_list_init(all);
    for (unsigned int i = 0; i < NR_ZONES * (MAX_ORDER + 1); i++) {
        struct heap_blocks *b = &n->blocks[i / (MAX_ORDER + 1)][dirty];
        unsigned int order = i % (MAX_ORDER + 1);

        while ((pg = page_list_first(&b->free[order])) != NULL) {
            block_remove(b, pg, order);
            page_list_add(pg, all);
        }
    }
}

static void __init add_blocks(struct page_list_head *all, bool dirty)
{
    struct page_info *pg;

    while ((pg = page_list_first(all)) != NULL) {
        uint64_t first = page_to_mfn(pg).nr;

        page_list_del(pg, all);
        add_frames(first, first + (UINT64_C(1) << pg->order), dirty);
    }
}

void __init heap_nodes_known(void)
{
    struct heap_node *n = &heap_nodes[0];
    struct page_list_head clean, dirty;

    take_blocks(false, &clean);
    take_blocks(true, &dirty);
    total_pages -= n->nr_free;
    n->nr_total -= n->nr_free;
    unclaimed -= (int64_t)n->nr_free;
    n->nr_free = n->nr_dirty = 0;
    add_blocks(&clean, false);
    add_blocks(&dirty, true);
}

static void __init node_init(struct heap_node *n)
{
    struct heap_blocks *b = &n->blocks[0][0];

    spin_lock_init(&n->lock, RANK_HEAP);
    for (unsigned int i = 0; i < 2 * NR_ZONES; i++)
        for (unsigned int o = 0; o <= MAX_ORDER; o++)
            page_list_init(&b[i].free[o]);
}

void __init heap_init(void)
{
    for (unsigned int i = 0; i < MAX_NODES; i++)
        node_init(&heap_nodes[i]);
    boot_pages_drain(add_boot_frames);
    printk(XENLOG_INFO "Heap: %lu MiB free\n",
           (unsigned long)(heap_free_count(NUMA_NO_NODE) >> (20 - PAGE_SHIFT)));
    keyhandler_register('H', heap_dump, "dump heap info");
}

uint64_t heap_free_count(unsigned int node)
{
    uint64_t sum = 0;

    if (node < MAX_NODES)
        return READ_ONCE(heap_nodes[node].nr_free);
    for (unsigned int i = 0; i < port_nr_nodes(); i++)
        sum += READ_ONCE(heap_nodes[i].nr_free);
    return sum;
}

uint64_t heap_dirty_count(void)
{
    uint64_t sum = 0;

    for (unsigned int i = 0; i < port_nr_nodes(); i++)
        sum += READ_ONCE(heap_nodes[i].nr_dirty);
    return sum;
}

uint64_t heap_total_count(unsigned int node)
{
    return node < MAX_NODES ? heap_nodes[node].nr_total : total_pages;
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

static void dump_node(const struct heap_node *n, unsigned int nr)
{
    printk("heap[node=%u]: %lu pages, %lu free, %lu of them dirty\n", nr,
           (unsigned long)n->nr_total, (unsigned long)n->nr_free, (unsigned long)n->nr_dirty);
    for (unsigned int o = 0; o <= MAX_ORDER; o++) {
        uint64_t low = n->blocks[ZONE_LOW][false].nr[o] + n->blocks[ZONE_LOW][true].nr[o];
        uint64_t high = n->blocks[ZONE_HIGH][false].nr[o] + n->blocks[ZONE_HIGH][true].nr[o];

        if (low || high)
            printk("  order %2u: %lu below 4 GiB, %lu above\n", o, (unsigned long)low,
                   (unsigned long)high);
    }
}

void heap_dump(unsigned char key)
{
    printk("'%c' pressed: heap of %lu pages, %lu free, %lu claimed\n", key,
           (unsigned long)total_pages, (unsigned long)heap_free_count(NUMA_NO_NODE),
           (unsigned long)heap_outstanding_claims());
    for (unsigned int i = 0; i < port_nr_nodes(); i++)
        dump_node(&heap_nodes[i], i);
}
