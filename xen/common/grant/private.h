/* SPDX-License-Identifier: MIT */
/* Grant tables: what their files share. */
#ifndef GRANT_PRIVATE_H
#define GRANT_PRIVATE_H

#include <xen/grant.h>
#include <xen/spinlock.h>

/* How often a grant is in use, by kind. Host: mapped by a CPU or held by a copy; dev: for DMA. */
struct pins {
    uint16_t host_w, host_r, dev_w, dev_r;
};

/* What the hypervisor knows of an entry in use. All [active lock], to be held with table->lock
 * read or written. The grantee and frame are fixed while any pin is there. */
struct active_entry {
    spinlock_t lock;        /* RANK_GRANT_ENT */
    domid_t domid;          /* grantee */
    bool whole_page;        /* false: only for copies */
    bool transitive;        /* no page of its own: leads to next_ref of next_domid, for copies */
    uint16_t start, length; /* bytes of the page */
    struct pins pins;
    union {
        mfn_t mfn;
        struct {
            domid_t next_domid;
            grant_ref_t next_ref;
        };
    };
    uint64_t gfn; /* as the granting domain named it */
};

/*
 * One mapping of the mapping domain; its index is the handle. [maptrack_lock] while free, else
 * changed as a whole, atomically: a handle that is freed and used again is another word.
 *
 *   mapped --maptrack_claim()--> claimed --maptrack_finish()--> gone; with the last kind: free
 *      ^--------maptrack_unclaim()--|
 */
struct maptrack_entry {
    union {
        struct {
            uint32_t ref;   /* free: next free handle */
            domid_t domid;  /* granting domain */
            uint16_t flags; /* GNTMAP_*: kinds that are mapped, and how; MAP_CLAIMED() kinds */
        };
        uint64_t word;
    };
};

#define V1_PER_PAGE        (PAGE_SIZE / sizeof(grant_entry_v1_t))
#define V2_PER_PAGE        (PAGE_SIZE / sizeof(grant_entry_v2_t))
#define STATUS_PER_PAGE    (PAGE_SIZE / sizeof(grant_status_t))
#define ACTIVE_PER_CHUNK   (PAGE_SIZE / sizeof(struct active_entry))
#define MAPTRACK_PER_PAGE  (PAGE_SIZE / sizeof(struct maptrack_entry))
#define MAPTRACK_END       (~0U)
#define MAP_KINDS          (GNTMAP_device_map | GNTMAP_host_map)
/* A CPU is about to unmap these kinds, which keeps the handle in use. */
#define MAP_CLAIMED(kinds) ((uint16_t)((kinds) << 8))
/* Of the flags of a mapping, what its handle remembers. */
#define MAP_FLAGS          (MAP_KINDS | GNTMAP_readonly | GNTMAP_application_map | GNTMAP_contains_pte)

struct grant_table {
    rwlock_t lock; /* RANK_GRANT: version and sizes */
    uint8_t version, max_version;
    uint32_t nr_frames, max_frames;
    uint32_t nr_status, max_status;
    void **frame;                 /* [max_frames] pages shared with the guest */
    grant_status_t **status;      /* [max_status] version 2 */
    struct active_entry **active; /* chunks, enough for nr_frames of version 1 */
    uint32_t nr_chunks, max_chunks;

    spinlock_t maptrack_lock;         /* RANK_MAPTRACK */
    struct maptrack_entry **maptrack; /* [max_maptrack] pages */
    uint32_t nr_maptrack, max_maptrack;
    uint32_t maptrack_free;
    uint32_t nr_mapped;
    uint32_t release_next; /* cursor of grant_release_mappings() */
};

static inline uint32_t nr_entries(const struct grant_table *gt)
{
    return gt->nr_frames * (uint32_t)(gt->version == 2 ? V2_PER_PAGE : V1_PER_PAGE);
}
static inline grant_entry_v1_t *entry_v1(const struct grant_table *gt, grant_ref_t ref)
{
    return (grant_entry_v1_t *)gt->frame[ref / V1_PER_PAGE] + ref % V1_PER_PAGE;
}
static inline grant_entry_v2_t *entry_v2(const struct grant_table *gt, grant_ref_t ref)
{
    return (grant_entry_v2_t *)gt->frame[ref / V2_PER_PAGE] + ref % V2_PER_PAGE;
}
static inline grant_status_t *entry_status(const struct grant_table *gt, grant_ref_t ref)
{
    return &gt->status[ref / STATUS_PER_PAGE][ref % STATUS_PER_PAGE];
}
/* Flags and domid: the first 32 bits of either version. */
static inline uint32_t *entry_header(const struct grant_table *gt, grant_ref_t ref)
{
    return gt->version == 2 ? (uint32_t *)&entry_v2(gt, ref)->hdr : (uint32_t *)entry_v1(gt, ref);
}
static inline bool pins_none(const struct pins *p)
{
    return !(p->host_w | p->host_r | p->dev_w | p->dev_r);
}

/* @ref is below nr_entries(); table lock held, or the entry has pins of the caller's. */
static inline struct active_entry *active_entry_of(const struct grant_table *gt, grant_ref_t ref)
{
    return &gt->active[ref / ACTIVE_PER_CHUNK][ref % ACTIVE_PER_CHUNK];
}
/* The active entry of @ref, locked. @ref is below nr_entries(); table lock held. */
struct active_entry *active_lock(const struct grant_table *gt, grant_ref_t ref);
static inline void active_unlock(struct active_entry *act)
{
    spin_unlock(&act->lock);
}

/*
 * Check that @rd's entry @ref lets @ld use it, and mark it in use if it was not.
 * @for_copy  sub-page and transitive grants will do.
 * Locks:     rd's table read-held, @act locked. GNTST_*; on error nothing has changed.
 */
int entry_use(struct domain *rd, grant_ref_t ref, struct active_entry *act, domid_t ld,
              bool readonly, bool for_copy);
/* A reference to the page of an entry, not a transitive one, that entry_use() has accepted: the one
 * its frame number names at first use, and while there are pins that same one whatever the domain's
 * map says now. NULL: there is none. Locks: @act. */
struct page_info *active_get_page(struct domain *rd, const struct active_entry *act);
/* After pins have been dropped: clear what is no longer so in the guest's entry. */
void entry_unuse(const struct grant_table *gt, grant_ref_t ref, const struct active_entry *act);

/* Options gnttab=transitive and gnttab=transfer. */
extern bool opt_grant_transitive, opt_grant_transfer;

/* table.c. Table lock written. 0 or -ENOMEM, -EINVAL. */
int table_grow(struct domain *d, uint32_t nr_frames);
int table_grow_status(struct domain *d, uint32_t nr_status);
int table_set_version(struct domain *d, uint32_t version);

/* maptrack.c */
int maptrack_get(struct grant_table *gt, grant_handle_t *handle); /* or -ENOSPC */
void maptrack_put(struct grant_table *gt, grant_handle_t handle);
struct maptrack_entry *maptrack_lookup(const struct grant_table *gt, grant_handle_t handle);
/* What the handle stands for now, and of @want the kinds that are the caller's to unmap from here
 * on: two CPUs may unmap the same handle. False: it is not in use. */
bool maptrack_claim(struct maptrack_entry *mt, uint16_t want, struct maptrack_entry *was,
                    uint16_t *kinds);
void maptrack_unclaim(struct maptrack_entry *mt, uint16_t kinds);
/* The claimed kinds are gone. True: so are all, and the handle is the caller's to put. */
bool maptrack_finish(struct maptrack_entry *mt, uint16_t kinds);
void maptrack_free_all(struct grant_table *gt);

/* Array operations: elements [0, count) at the guest's @uop. Number done without an error of
 * the array itself, or -EFAULT. A short count: preempted. */
long grant_op_map(struct gnttab_map_grant_ref *uop, unsigned int count);
long grant_op_unmap(struct gnttab_unmap_grant_ref *uop, unsigned int count);
long grant_op_unmap_replace(struct gnttab_unmap_and_replace *uop, unsigned int count);
long grant_op_copy(struct gnttab_copy *uop, unsigned int count);
long grant_op_transfer(struct gnttab_transfer *uop, unsigned int count);

#endif
