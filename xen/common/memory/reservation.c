/* SPDX-License-Identifier: MIT */
/* XENMEM_increase_reservation, decrease_reservation, populate_physmap. */
#include <public/memory.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/softirq.h>
#include <xen/vnuma.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

#define ORDER_MAX_GUEST 9  /* 2 MiB */
#define ORDER_MAX_TOOLS 18 /* 1 GiB */

struct request {
    struct domain *d;
    xen_pfn_t *extents; /* guest pointer, may be NULL for increase */
    unsigned long nr, done;
    unsigned int order, memflags;
};

/* Pages that a direct-mapped domain has given up are its own still. */
static int regain_extent(struct request *r, uint64_t gfn)
{
    int rc = 0;

    for (uint64_t i = 0; i < 1UL << r->order && rc == 0; i++) {
        struct page_info *pg = page_get_from_mfn(mk_mfn(gfn + i), r->d);

        if (pg == NULL)
            return -EINVAL;
        rc = port_physmap_add(r->d, mk_gfn(gfn + i), page_to_mfn(pg), 0);
        page_put(pg);
    }
    return rc;
}

/* Frames of a fresh block to the guest; gfn == NULL: it chooses for itself later. */
static int give_extent(struct request *r, const xen_pfn_t *gfn, xen_pfn_t *mfn_out)
{
    struct page_info *pg;

    if (r->memflags & MEMF_populate_on_demand)
        return -EINVAL; /* only for domains with a p2m of the hypervisor's */
    pg = domheap_alloc_pages(r->d, r->order, r->memflags);
    if (pg == NULL)
        return -ENOMEM;
    if (gfn && port_physmap_add(r->d, mk_gfn(*gfn), page_to_mfn(pg), r->order)) {
        for (uint64_t i = 0; i < 1UL << r->order; i++)
            page_put_alloc_ref(&pg[i]);
        return -ENOMEM;
    }
    *mfn_out = page_to_mfn(pg).nr;
    return 0;
}

static int populate_one(struct request *r)
{
    xen_pfn_t gfn, mfn;
    int rc;

    if (copy_from_guest_bytes(&gfn, r->extents + r->done, sizeof(gfn)))
        return -EFAULT;
    if (port_direct_mapped(r->d))
        return regain_extent(r, gfn);
    rc = give_extent(r, &gfn, &mfn);
    if (rc == 0 && !port_translated(r->d))
        rc = copy_to_guest_bytes(r->extents + r->done, &mfn, sizeof(mfn));
    return rc;
}

static int increase_one(struct request *r)
{
    xen_pfn_t mfn;
    int rc = give_extent(r, NULL, &mfn);

    if (rc == 0 && r->extents && !port_translated(r->d))
        rc = copy_to_guest_bytes(r->extents + r->done, &mfn, sizeof(mfn));
    return rc;
}

static int take_page(struct domain *d, gfn_t gfn)
{
    struct page_info *pg = port_get_page_from_gfn(d, gfn);

    /* Pages that the hypervisor shares with it are not its own to give. */
    if (pg == NULL || page_owner(pg) != d || (READ_ONCE(pg->count_info) & PGC_XEN_HEAP)) {
        if (pg)
            page_put(pg);
        return -EINVAL;
    }
    port_physmap_remove(d, gfn, page_to_mfn(pg), 0);
    if (!port_direct_mapped(d))
        page_put_alloc_ref(pg);
    page_put(pg);
    return 0;
}

static int decrease_one(struct request *r)
{
    xen_pfn_t gfn;

    if (copy_from_guest_bytes(&gfn, r->extents + r->done, sizeof(gfn)))
        return -EFAULT;
    for (uint64_t i = 0; i < 1UL << r->order; i++) {
        int rc = take_page(r->d, mk_gfn(gfn + i));

        if (rc)
            return rc;
    }
    return 0;
}

static unsigned int memflags_of(const struct domain *d, const struct xen_memory_reservation *res)
{
    unsigned int flags = 0, bits = XENMEMF_get_address_bits(res->mem_flags);
    unsigned int node = XENMEMF_get_node(res->mem_flags);

    if (res->mem_flags & XENMEMF_vnode)
        node = vnuma_node_of(d, node);
    if (bits && bits < 64)
        flags |= MEMF_bits(bits);
    if (res->mem_flags & XENMEMF_populate_on_demand)
        flags |= MEMF_populate_on_demand;
    if (node != NUMA_NO_NODE) {
        flags |= MEMF_node(node);
        if (res->mem_flags & XENMEMF_exact_node_request)
            flags |= MEMF_exact_node;
    }
    return flags;
}

static void run(struct request *r, unsigned int op)
{
    static int (*const step[])(struct request *) = {
        [XENMEM_increase_reservation] = increase_one,
        [XENMEM_decrease_reservation] = decrease_one,
        [XENMEM_populate_physmap] = populate_one,
    };

    while (r->done < r->nr) {
        if (step[op](r))
            return;
        r->done++;
        if (hypercall_preempt_check())
            return;
    }
}

static bool order_permitted(const struct request *r, unsigned int op)
{
    return r->order <= ORDER_MAX_GUEST ||
           (r->order <= ORDER_MAX_TOOLS && !xsm_check(XSM_MEMORY_HOST, op, r->d));
}

long memory_reservation(unsigned int op, unsigned long start, void *arg)
{
    struct xen_memory_reservation res;
    struct request r;

    if (copy_from_guest_bytes(&res, arg, sizeof(res)))
        return start ? (long)start : -EFAULT;
    if (res.nr_extents > ~0UL >> MEMOP_EXTENT_SHIFT || start >= res.nr_extents)
        return (long)start;
    r = (struct request){
        .extents = res.extent_start.p,
        .nr = res.nr_extents,
        .done = start,
        .order = res.extent_order,
    };
    if (r.extents == NULL ? op != XENMEM_increase_reservation
                          : !port_guest_range_ok(r.extents, r.nr, sizeof(*r.extents)))
        return (long)start;
    if (rcu_lock_domain_for(XSM_MEMORY, op, res.domid, &r.d))
        return (long)start;
    r.memflags = memflags_of(r.d, &res);
    if (order_permitted(&r, op))
        run(&r, op);
    rcu_unlock_domain(r.d);
    if (r.done < r.nr && r.done > start && hypercall_preempt_check())
        return hypercall_continue(__HYPERVISOR_memory_op, 2, op | r.done << MEMOP_EXTENT_SHIFT,
                                  arg);
    return (long)r.done;
}
