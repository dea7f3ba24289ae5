/* SPDX-License-Identifier: MIT */
/* Handles of a domain's mappings: a free list through an array that grows by pages. */
#include <xen/kernel.h>
#include <xen/mm.h>

#include "private.h"

static struct maptrack_entry *entry(const struct grant_table *gt, grant_handle_t handle)
{
    return &gt->maptrack[handle / MAPTRACK_PER_PAGE][handle % MAPTRACK_PER_PAGE];
}

static int grow(struct grant_table *gt)
{
    struct maptrack_entry *page;
    uint32_t first = gt->nr_maptrack * (uint32_t)MAPTRACK_PER_PAGE;

    if (gt->nr_maptrack == gt->max_maptrack)
        return -ENOSPC;
    page = xenheap_alloc_page();
    if (page == NULL)
        return -ENOSPC;
    for (uint32_t i = 0; i < MAPTRACK_PER_PAGE; i++)
        page[i] = (struct maptrack_entry){
            .ref = i + 1 < MAPTRACK_PER_PAGE ? first + i + 1 : gt->maptrack_free,
        };
    gt->maptrack[gt->nr_maptrack] = page;
    __atomic_store_n(&gt->nr_maptrack, gt->nr_maptrack + 1, __ATOMIC_RELEASE);
    gt->maptrack_free = first;
    return 0;
}

int maptrack_get(struct grant_table *gt, grant_handle_t *handle)
{
    int rc = 0;

    spin_lock(&gt->maptrack_lock);
    if (gt->maptrack_free == MAPTRACK_END)
        rc = grow(gt);
    if (rc == 0) {
        *handle = gt->maptrack_free;
        gt->maptrack_free = entry(gt, *handle)->ref;
        gt->nr_mapped++;
    }
    spin_unlock(&gt->maptrack_lock);
    return rc;
}

void maptrack_put(struct grant_table *gt, grant_handle_t handle)
{
    struct maptrack_entry *e = entry(gt, handle);

    spin_lock(&gt->maptrack_lock);
    __atomic_store_n(&e->word, (struct maptrack_entry){.ref = gt->maptrack_free}.word,
                     __ATOMIC_RELAXED);
    gt->maptrack_free = handle;
    gt->nr_mapped--;
    spin_unlock(&gt->maptrack_lock);
}

struct maptrack_entry *maptrack_lookup(const struct grant_table *gt, grant_handle_t handle)
{
    struct maptrack_entry *e;

    if (handle / MAPTRACK_PER_PAGE >= __atomic_load_n(&gt->nr_maptrack, __ATOMIC_ACQUIRE))
        return NULL;
    e = entry(gt, handle);
    return READ_ONCE(e->flags) & MAP_KINDS ? e : NULL;
}

bool maptrack_claim(struct maptrack_entry *mt, uint16_t want, struct maptrack_entry *was,
                    uint16_t *kinds)
{
    struct maptrack_entry new;

    was->word = __atomic_load_n(&mt->word, __ATOMIC_ACQUIRE);
    do {
        if (!(was->flags & MAP_KINDS))
            return false;
        *kinds = was->flags & want & MAP_KINDS;
        new = *was;
        new.flags = (uint16_t)((was->flags & ~*kinds) | MAP_CLAIMED(*kinds));
    } while (!__atomic_compare_exchange_n(&mt->word, &was->word, new.word, false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_ACQUIRE));
    return true;
}

/* In claimed entries only flags change. */
static uint16_t change_flags(struct maptrack_entry *mt, uint16_t clear, uint16_t set)
{
    struct maptrack_entry was, new;

    was.word = __atomic_load_n(&mt->word, __ATOMIC_ACQUIRE);
    do {
        new = was;
        new.flags = (uint16_t)((was.flags & ~clear) | set);
    } while (!__atomic_compare_exchange_n(&mt->word, &was.word, new.word, false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_ACQUIRE));
    return new.flags;
}

void maptrack_unclaim(struct maptrack_entry *mt, uint16_t kinds)
{
    change_flags(mt, MAP_CLAIMED(kinds), kinds);
}

bool maptrack_finish(struct maptrack_entry *mt, uint16_t kinds)
{
    return !(change_flags(mt, MAP_CLAIMED(kinds), 0) & (MAP_KINDS | MAP_CLAIMED(MAP_KINDS)));
}

void maptrack_free_all(struct grant_table *gt)
{
    for (uint32_t i = 0; i < gt->nr_maptrack; i++)
        xenheap_free_page(gt->maptrack[i]);
    gt->nr_maptrack = 0;
}
