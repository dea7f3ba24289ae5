/* SPDX-License-Identifier: MIT */
/* Inside the shadow tables of one domain. */
#ifndef X86_MM_SHADOW_PRIVATE_H
#define X86_MM_SHADOW_PRIVATE_H

#include <xen/cpumask.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <asm/shadow.h>

#include "../pagetable.h"

#define SHADOW_BUCKETS   2048u
#define SHADOW_MIN_PAGES 256u /* a walk takes three; more, so that vCPUs do not starve */
#define SHADOW_MAX_PAGES (1u << 18)

/*
 * A page of the pool belongs to the hypervisor and is either free or the shadow of a table of level
 * 1 to 3; then page_info.type_info is shadow_key() of it, and it is in the bucket of that. A free
 * one is all zeroes; inuse_stamp says since when.
 */
struct shadow {
    spinlock_t lock; /* RANK_SHADOW: all below, and the contents of shadows and roots */
    unsigned int nr_pages, nr_free;
    struct page_list_head free;    /* longest free first */
    struct page_list_head *bucket; /* [SHADOW_BUCKETS] */
    /* All below: RANK_DOMCTL. */
    struct log_dirty *log;  /* d->log_dirty, or one that is being made ready */
    unsigned int set_pages; /* asked for by SET_ALLOCATION; 0: none */
    bool reading;           /* CLEAN or PEEK has been preempted: */
    struct {
        uint32_t op, mode;
        uint64_t pages;
        void *to;
    } who;                        /*   its arguments, */
    struct log_dirty_stats stats; /*   counts when it began, */
    uint64_t read_done;           /*   bits copied, */
    unsigned int forgot_bucket;   /*   and buckets gone through */
};

static inline uint64_t shadow_key(mfn_t table, unsigned int level)
{
    return table.nr | (uint64_t)level << 60;
}
static inline unsigned int shadow_level(const struct page_info *sh)
{
    return (unsigned int)(sh->type_info >> 60);
}

/* What of a guest's entry the processor gets. */
#define SHADOW_COPIED                                                                              \
    (PTE_PRESENT | PTE_RW | PTE_USER | PTE_PWT | PTE_PCD | PTE_ACCESSED | PTE_DIRTY | PTE_PAT |    \
     PTE_NX | PTE_ADDR)

/* pool.c. Locks: s->lock. */

/* The shadow of the table at @table, or NULL. */
struct page_info *shadow_find(const struct shadow *s, uint64_t key);
/*
 * Make one. NULL: first flush the CPUs of *@flush, without the lock, and then begin anew: there was
 * no page without forgetting all shadows, or it may still be in use by those CPUs.
 */
struct page_info *shadow_make(struct shadow *s, const struct domain *d, uint64_t key,
                              cpumask_t *flush);
/* Nothing refers to @sh any more: back to the pool. */
void shadow_release(struct shadow *s, struct page_info *sh);
/* Forget all shadows. CPUs may still walk them until they flush, and find nothing there. */
void shadow_forget_all(struct shadow *s, const struct domain *d);
/* Empty the shadows of level 1 in one bucket. */
void shadow_forget_leaves(struct shadow *s, unsigned int bucket);

/* Outside of the lock. */

/* Bring the pool to @nr pages. 0, -ENOMEM (it has got what there was), -ERESTART. */
int shadow_resize(struct shadow *s, const struct domain *d, unsigned int nr);
struct shadow *shadow_create(void); /* NULL: no memory */
void shadow_free(struct shadow *s); /* with an empty pool */

/* track.c */

/* Empty the guest's part of both roots of @v. Locks: s->lock, or @v does not run. */
void shadow_clear_roots(const struct vcpu *v);

#endif
