/* SPDX-License-Identifier: MIT */
/* Between the parts of the allocator. */
#ifndef COMMON_MM_HEAP_H
#define COMMON_MM_HEAP_H

#include <xen/mm.h>
#include <xen/spinlock.h>

struct domain;

#define ZONE_LOW   0
#define ZONE_HIGH  1
#define NR_ZONES   2
#define LOW_FRAMES (UINT64_C(1) << (32 - PAGE_SHIFT))

/* Free blocks of one zone that are alike: all clean (zero), or all dirty. */
struct heap_blocks {
    struct page_list_head free[MAX_ORDER + 1];
    uint64_t nr[MAX_ORDER + 1];
    uint32_t nonempty; /* bit per order */
};

struct heap_node {
    spinlock_t lock;                        /* all below */
    struct heap_blocks blocks[NR_ZONES][2]; /* [][true]: dirty */
    uint64_t nr_free, nr_total;             /* pages */
    uint64_t nr_dirty;                      /* of nr_free, those in dirty blocks */
    uint64_t nr_held;                       /* of nr_free, those in a scrubber's hands */
    unsigned int nr_waiting;                /* allocations that need what it holds */
};

extern struct heap_node heap_nodes[MAX_NODES];

/* Blocks larger than this are not scrubbed while their taker waits: 2 MiB. */
#define SCRUB_ORDER 9

/*
 * Take a dirty block of at most SCRUB_ORDER off the lists of @n, the smallest that there is. It
 * counts as free still. NULL: none, another CPU holds one, or allocations are waiting.
 */
struct page_info *heap_hold_dirty(struct heap_node *n, unsigned int *order);
/* It goes back with its first @nr_clean pages zero. */
void heap_release_held(struct heap_node *n, struct page_info *pg, unsigned int order,
                       uint64_t nr_clean);
/* Zero the first @nr pages of a free block, which nobody else can find. */
void heap_clear_pages(struct page_info *pg, uint64_t nr);
/* Is what firmware leaves in memory to be scrubbed? And what is clean really zero, then? */
bool heap_boot_frames_dirty(void);
bool heap_clean_is_zero(void);

/* As heap_alloc_pages(), for @d (may be NULL), which may use what it has claimed. */
struct page_info *heap_alloc_for(const struct domain *d, unsigned int order, unsigned int memflags);
/* Of a claim, @pages have become the domain's or been given back: let others have as much. */
void heap_claim_release(uint64_t pages);
/* Reserve @pages more for claims. False: there are not so many. */
bool heap_claim_reserve(uint64_t pages);

#endif
