/* SPDX-License-Identifier: MIT */
/*
 * XENMEM_exchange: a domain trades pages for others, of another order or below an address, e.g.
 * for DMA buffers. Each round takes one chunk: the larger of the two orders.
 */
#include <public/memory.h>
#include <xen/grant.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>
#include <xen/softirq.h>
#include <xen/xsm.h>

#include "private.h"

#define ORDER_MAX 9

struct trade {
    struct xen_memory_exchange *exch;
    struct domain *d;
    unsigned int in_shift, out_shift; /* log2 of extents per round, of each side */
    struct page_list_head in, out;
    unsigned int memflags;
};

/* Take the round's pages from the domain: nobody else may hold them. */
static int take_in(struct trade *t, unsigned long round)
{
    const struct xen_memory_reservation *in = &t->exch->in;

    for (unsigned long e = 0; e < 1UL << t->in_shift; e++) {
        xen_pfn_t gfn;

        if (copy_from_guest(&gfn, in->extent_start, (round << t->in_shift) + e, 1))
            return -EFAULT;
        for (unsigned long i = 0; i < 1UL << in->extent_order; i++) {
            struct page_info *pg;
            int rc;

            if (!mfn_valid(mk_mfn(gfn + i)))
                return -EINVAL;
            pg = mfn_to_page(mk_mfn(gfn + i));
            rc = page_steal(t->d, pg, MEMF_no_tlbflush);
            if (rc)
                return rc;
            page_list_add_tail(pg, &t->in);
        }
    }
    return 0;
}

/* The new pages, allocated before anything is given up. */
static int take_out(struct trade *t)
{
    for (unsigned long e = 0; e < 1UL << t->out_shift; e++) {
        struct page_info *pg =
            domheap_alloc_pages(t->d, t->exch->out.extent_order, t->memflags | MEMF_no_owner);

        if (pg == NULL)
            return -ENOMEM;
        page_list_add_tail(pg, &t->out);
    }
    return 0;
}

static void undo(struct trade *t)
{
    struct page_info *pg;

    while ((pg = page_list_remove_head(&t->in)) != NULL)
        if (page_assign(pg, 0, t->d, 0))
            heap_free_pages(pg, 0);
    while ((pg = page_list_remove_head(&t->out)) != NULL)
        heap_free_pages(pg, t->exch->out.extent_order);
}

/* Cannot fail but for the guest's own buffers going bad, which leaves it without the numbers. */
static int commit(struct trade *t, unsigned long round)
{
    const struct xen_memory_reservation *out = &t->exch->out;
    struct page_info *pg;
    int rc = 0;

    port_flush_domain_tlb(t->d);
    while ((pg = page_list_remove_head(&t->in)) != NULL) {
        port_m2p_set(page_to_mfn(pg), INVALID_M2P_ENTRY);
        heap_free_pages(pg, 0);
    }
    for (unsigned long e = 0; (pg = page_list_remove_head(&t->out)) != NULL; e++) {
        unsigned long at = (round << t->out_shift) + e;
        xen_pfn_t gfn, mfn = page_to_mfn(pg).nr;

        if (page_assign(pg, out->extent_order, t->d, 0)) {
            heap_free_pages(pg, out->extent_order);
            rc = -EINVAL;
            continue;
        }
        if (copy_from_guest(&gfn, out->extent_start, at, 1)) {
            rc = -EFAULT;
            continue;
        }
        for (unsigned long i = 0; i < 1UL << out->extent_order; i++) {
            port_m2p_set(mfn_add(mk_mfn(mfn), i), gfn + i);
            log_dirty_mark_pfn(t->d, gfn + i);
        }
        if (copy_to_guest(out->extent_start, at, &mfn, 1))
            rc = -EFAULT;
    }
    return rc;
}

static int one_round(struct trade *t, unsigned long round)
{
    int rc = take_out(t);

    if (rc == 0)
        rc = take_in(t, round);
    if (rc) {
        undo(t);
        return rc;
    }
    return commit(t, round);
}

static int check(const struct xen_memory_exchange *e)
{
    const struct xen_memory_reservation *in = &e->in, *out = &e->out;
    unsigned int high = max(in->extent_order, out->extent_order);
    unsigned long pages;

    if (in->extent_order > ORDER_MAX || out->extent_order > ORDER_MAX)
        return -EPERM;
    if (in->nr_extents > ~0UL >> (in->extent_order + 3) ||
        out->nr_extents > ~0UL >> (out->extent_order + 3) || in->domid != out->domid)
        return -EINVAL;
    pages = in->nr_extents << in->extent_order;
    if (pages != out->nr_extents << out->extent_order || pages & ((1UL << high) - 1))
        return -EINVAL;
    if (e->nr_exchanged > in->nr_extents ||
        e->nr_exchanged & ((1UL << (high - in->extent_order)) - 1))
        return -EINVAL;
    if (!port_guest_range_ok(in->extent_start.p, in->nr_extents, sizeof(xen_pfn_t)) ||
        !port_guest_range_ok(out->extent_start.p, out->nr_extents, sizeof(xen_pfn_t)))
        return -EFAULT;
    return 0;
}

static long run(struct trade *t, void *arg)
{
    struct xen_memory_exchange *uexch = arg, *e = t->exch;
    unsigned long rounds = e->in.nr_extents >> t->in_shift;
    long rc = 0;

    for (unsigned long i = e->nr_exchanged >> t->in_shift; i < rounds && rc == 0; i++) {
        rc = one_round(t, i);
        if (rc == 0)
            e->nr_exchanged += 1UL << t->in_shift;
        if (rc == 0 && i + 1 < rounds && hypercall_preempt_check())
            rc = hypercall_continue(__HYPERVISOR_memory_op, 2, (unsigned long)XENMEM_exchange, arg);
    }
    if (copy_to_guest_bytes(&uexch->nr_exchanged, &e->nr_exchanged, sizeof(e->nr_exchanged)))
        rc = -EFAULT;
    return rc;
}

long memory_exchange(void *arg)
{
    struct xen_memory_exchange exch;
    struct trade t = {.exch = &exch, .in = PAGE_LIST_HEAD_INIT, .out = PAGE_LIST_HEAD_INIT};
    unsigned int high, bits;
    long rc;

    if (copy_from_guest_bytes(&exch, arg, sizeof(exch)))
        return -EFAULT;
    rc = check(&exch);
    if (rc)
        return rc;
    high = max(exch.in.extent_order, exch.out.extent_order);
    t.in_shift = high - exch.in.extent_order;
    t.out_shift = high - exch.out.extent_order;
    bits = XENMEMF_get_address_bits(exch.out.mem_flags);
    t.memflags = bits && bits < 64 ? MEMF_bits(bits) : 0;
    rc = rcu_lock_domain_for(XSM_MEMORY, XENMEM_exchange, exch.in.domid, &t.d);
    if (rc)
        return rc;
    rc = port_translated(t.d) ? -EOPNOTSUPP : run(&t, arg);
    rcu_unlock_domain(t.d);
    return rc;
}
