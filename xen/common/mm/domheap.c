/* SPDX-License-Identifier: MIT */
/* Pages of domains: owner, lists and counts. A domain that owns pages is kept by them. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/port/page_type.h>

#include "heap.h"

static uint64_t pages_held(const struct domain *d)
{
    return d->tot_pages + d->extra_pages + d->xenheap_pages;
}

/* The first page takes a reference to its domain. d->page_lock held. */
static void hold_domain(struct domain *d, uint64_t held_before)
{
    if (held_before || is_system_domain(d))
        return;
    __atomic_add_fetch(&d->refcnt, 1, __ATOMIC_RELAXED);
}

/* The last one drops it. d->page_lock not held. */
static void release_domain(struct domain *d, bool last)
{
    if (last && !is_system_domain(d))
        domain_put(d);
}

uint64_t domain_adjust_tot_pages(struct domain *d, int64_t delta)
{
    ASSERT(spin_is_locked(&d->page_lock));
    WRITE_ONCE(d->tot_pages, d->tot_pages + (uint64_t)delta);
    if (delta > 0 && unlikely(d->outstanding_pages)) {
        uint64_t used = min(d->outstanding_pages, (uint64_t)delta);

        WRITE_ONCE(d->outstanding_pages, d->outstanding_pages - used);
        heap_claim_release(used);
    }
    return d->tot_pages;
}

static int set_claim_locked(struct domain *d, uint64_t pages)
{
    if (pages == 0) {
        uint64_t left = d->outstanding_pages;

        WRITE_ONCE(d->outstanding_pages, 0);
        heap_claim_release(left);
        return 0;
    }
    if (d->outstanding_pages || pages <= d->tot_pages)
        return -EINVAL;
    if (pages > READ_ONCE(d->max_pages))
        return -ENOMEM;
    if (!heap_claim_reserve(pages - d->tot_pages))
        return -ENOMEM;
    WRITE_ONCE(d->outstanding_pages, pages - d->tot_pages);
    return 0;
}

int domain_set_claim(struct domain *d, uint64_t pages)
{
    int rc;

    spin_lock(&d->page_lock);
    rc = set_claim_locked(d, pages);
    spin_unlock(&d->page_lock);
    return rc;
}

void domain_drop_claim(struct domain *d)
{
    if (domain_set_claim(d, 0))
        ASSERT_UNREACHABLE();
}

int page_assign(struct page_info *pg, unsigned int order, struct domain *d, unsigned int memflags)
{
    bool extra = memflags & MEMF_no_refcount;
    uint64_t nr = UINT64_C(1) << order, held;
    int rc = 0;

    spin_lock(&d->page_lock);
    if (READ_ONCE(d->is_dying)) {
        rc = -EINVAL;
        goto unlock;
    }
    if (!extra && unlikely(d->tot_pages + nr > READ_ONCE(d->max_pages))) {
        rc = -E2BIG;
        goto unlock;
    }
    held = pages_held(d);
    if (extra)
        d->extra_pages += nr;
    else
        domain_adjust_tot_pages(d, (int64_t)nr);
    hold_domain(d, held);
    for (uint64_t i = 0; i < nr; i++) {
        pg[i].tlb_stamp = pg->tlb_stamp;
        port_page_assigned(&pg[i], d);
        WRITE_ONCE(pg[i].owner, d);
        /* From here on others may take references. */
        __atomic_store_n(&pg[i].count_info, (extra ? PGC_EXTRA : 0) | PGC_ALLOCATED | 1,
                         __ATOMIC_RELEASE);
        page_list_add_tail(&pg[i], extra ? &d->extra_page_list : &d->page_list);
    }
unlock:
    spin_unlock(&d->page_lock);
    return rc;
}

struct page_info *domheap_alloc_pages(struct domain *d, unsigned int order, unsigned int memflags)
{
    struct page_info *pg = heap_alloc_for(d, order, memflags);

    if (!pg || !d || (memflags & MEMF_no_owner))
        return pg;
    if (page_assign(pg, order, d, memflags)) {
        heap_free_pages(pg, order);
        return NULL;
    }
    return pg;
}

/* Off the lists and counts of @d. Result: it was the last page. d->page_lock held. */
static bool unaccount_locked(struct page_info *pg, uint64_t nr, struct domain *d)
{
    bool extra = READ_ONCE(pg->count_info) & PGC_EXTRA;

    for (uint64_t i = 0; i < nr; i++)
        page_list_del(&pg[i], extra ? &d->extra_page_list : &d->page_list);
    if (extra)
        d->extra_pages -= nr;
    else
        domain_adjust_tot_pages(d, -(int64_t)nr);
    return pages_held(d) == 0;
}

/* A shared page of the hypervisor's loses its domain; the memory stays with who allocated it. */
static void unshare_xen_page(struct page_info *pg, struct domain *d)
{
    bool last;

    spin_lock(&d->page_lock);
    page_list_del(pg, &d->xenpage_list);
    last = --d->xenheap_pages == 0 && pages_held(d) == 0;
    WRITE_ONCE(pg->owner, NULL);
    WRITE_ONCE(pg->type_info, 0);
    spin_unlock(&d->page_lock);
    release_domain(d, last);
}

void domheap_free_pages(struct page_info *pg, unsigned int order)
{
    struct domain *d = page_owner(pg);
    uint64_t nr = UINT64_C(1) << order;
    bool last = false;

    /* Whoever knows the frame may look at the count meanwhile, and try to change it in vain. */
    if (READ_ONCE(pg->count_info) & PGC_XEN_HEAP) {
        if (d)
            unshare_xen_page(pg, d);
        return;
    }
    if (d) {
        spin_lock(&d->page_lock);
        last = unaccount_locked(pg, nr, d);
        spin_unlock(&d->page_lock);
    }
    for (uint64_t i = 0; i < nr; i++) {
        port_page_freed(&pg[i]);
        WRITE_ONCE(pg[i].owner, NULL);
        WRITE_ONCE(pg[i].count_info, 0);
    }
    heap_free_pages(pg, order);
    if (d)
        release_domain(d, last);
}

/* The owner's reference, if it is the only one. */
static bool take_sole_ref(struct page_info *pg)
{
    uint64_t sole = PGC_ALLOCATED | (READ_ONCE(pg->count_info) & PGC_EXTRA) | 1;

    return port_page_is_idle(pg) && __atomic_compare_exchange_n(&pg->count_info, &sole, 0, false,
                                                                __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static void free_frames(struct page_info *pg, uint64_t nr)
{
    while (nr) {
        unsigned int order = min(lowest_bit(page_to_mfn(pg).nr), ilog2(nr));

        heap_free_pages(pg, order);
        pg += UINT64_C(1) << order;
        nr -= UINT64_C(1) << order;
    }
}

uint64_t domheap_free_run(struct domain *d, struct page_list_head *list, uint64_t most)
{
    struct page_info *first, *pg;
    uint64_t nr = 0;
    bool last;

    spin_lock(&d->page_lock);
    first = pg = page_list_first(list);
    while (pg && nr < most && pg == first + nr && take_sole_ref(pg)) {
        page_list_del(pg, list);
        pg = page_list_first(list);
        nr++;
    }
    if (list == &d->extra_page_list)
        d->extra_pages -= nr;
    else
        domain_adjust_tot_pages(d, -(int64_t)nr);
    last = nr && pages_held(d) == 0;
    spin_unlock(&d->page_lock);
    for (uint64_t i = 0; i < nr; i++) {
        port_page_freed(&first[i]);
        WRITE_ONCE(first[i].owner, NULL);
    }
    free_frames(first, nr);
    release_domain(d, last);
    return nr;
}

int page_steal(struct domain *d, struct page_info *pg, unsigned int memflags)
{
    uint64_t sole;
    bool last;

    if (page_owner(pg) != d || (READ_ONCE(pg->count_info) & PGC_XEN_HEAP))
        return -EINVAL;
    spin_lock(&d->page_lock);
    if (READ_ONCE(d->is_dying) || page_owner(pg) != d) {
        spin_unlock(&d->page_lock);
        return -EINVAL;
    }
    sole = PGC_ALLOCATED | (READ_ONCE(pg->count_info) & PGC_EXTRA) | 1;
    if (!__atomic_compare_exchange_n(&pg->count_info, &sole, sole & PGC_EXTRA, false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
        spin_unlock(&d->page_lock);
        return -EBUSY;
    }
    last = unaccount_locked(pg, 1, d);
    WRITE_ONCE(pg->owner, NULL);
    WRITE_ONCE(pg->count_info, 0);
    port_page_freed(pg);
    pg->tlb_stamp = port_tlb_clock();
    spin_unlock(&d->page_lock);
    if (!(memflags & MEMF_no_tlbflush))
        port_flush_tlb_since(pg->tlb_stamp);
    release_domain(d, last);
    return 0;
}

void page_share_xen_with_guest(struct page_info *pg, struct domain *d, enum share_access access)
{
    if (pg->owner == d)
        return;
    ASSERT((pg->count_info & PGC_COUNT_MASK) == 0);
    spin_lock(&d->page_lock);
    if (!READ_ONCE(d->is_dying)) {
        hold_domain(d, pages_held(d));
        d->xenheap_pages++;
        port_page_shared(pg, access == SHARE_RW);
        WRITE_ONCE(pg->owner, d);
        __atomic_store_n(&pg->count_info, PGC_XEN_HEAP | PGC_ALLOCATED | 1, __ATOMIC_RELEASE);
        page_list_add_tail(pg, &d->xenpage_list);
    }
    spin_unlock(&d->page_lock);
}

int page_unshare_xen(struct page_info *pg)
{
    uint64_t sole = PGC_XEN_HEAP | PGC_ALLOCATED | 1;

    /* In one step: a guest that knows the frame may be about to map it. */
    if (!__atomic_compare_exchange_n(&pg->count_info, &sole, PGC_XEN_HEAP, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
        return -EBUSY;
    unshare_xen_page(pg, page_owner(pg));
    return 0;
}

void page_share_xen_with_privileged(struct page_info *pg, enum share_access access)
{
    page_share_xen_with_guest(pg, dom_xen, access);
}
