/* SPDX-License-Identifier: MIT */
/* Giving the guest its memory. */
#include "dom.h"

#define POPULATE_BATCH 16384u

/* Sizes of extents, as orders: 1 GiB, 2 MiB, 4 KiB. */
static const unsigned int orders[] = {18, 9, 0};
#define NR_ORDERS (sizeof(orders) / sizeof(orders[0]))

/* The largest kind of extent, not larger than @from, that may begin at @at. */
static unsigned int kind_at(xen_pfn_t at, xen_pfn_t end, unsigned int from)
{
    unsigned int k = from;

    while (k < NR_ORDERS - 1) {
        xen_pfn_t size = (xen_pfn_t)1 << orders[k];

        if (!(at & (size - 1)) && end - at >= size)
            break;
        k++;
    }
    return k;
}

/* How many extents of kind @k follow before a larger one could begin. */
static unsigned long extents_of(xen_pfn_t at, xen_pfn_t end, unsigned int k, unsigned int from)
{
    xen_pfn_t stop = end, nr;

    if (k > from) {
        xen_pfn_t above = (xen_pfn_t)1 << orders[k - 1], edge = (at + above) & ~(above - 1);

        if (edge > at && edge < end)
            stop = edge;
    }
    nr = (stop - at) >> orders[k];
    return nr < POPULATE_BATCH ? nr : POPULATE_BATCH;
}

/* The hypervisor takes guest frames; of PV guests it gives machine frames back in the same list. */
static int populate_some(struct xc_dom_image *dom, xen_pfn_t at, unsigned long nr,
                         unsigned int order, unsigned int mem_flags, xen_pfn_t *list)
{
    xen_pfn_t size = (xen_pfn_t)1 << order;
    int got;

    for (unsigned long i = 0; i < nr; i++)
        list[i] = at + (i << order);
    got = xc_domain_populate_physmap(dom->xch, dom->guest_domid, nr, order, mem_flags, list);
    for (int i = 0; dom->pv_p2m && i < got; i++)
        for (xen_pfn_t j = 0; j < size; j++)
            dom->pv_p2m[at + ((xen_pfn_t)i << order) + j] = list[i] + j;
    return got > 0 ? got : 0;
}

static int populate(struct xc_dom_image *dom, const struct mem_range *r, xen_pfn_t *list)
{
    xen_pfn_t at = r->first, end = r->first + r->pages;
    unsigned int from = 0; /* larger ones are not to be had */

    while (at < end) {
        unsigned int k = kind_at(at, end, from);
        unsigned long nr = extents_of(at, end, k, from);
        int got = populate_some(dom, at, nr, orders[k], r->mem_flags, list);

        at += (xen_pfn_t)got << orders[k];
        if ((unsigned long)got == nr)
            continue;
        if (k == NR_ORDERS - 1)
            return dom_fail(dom, XC_OUT_OF_MEMORY, ENOMEM, "only %lu of %lu frames for the guest",
                            at - r->first, r->pages);
        from = k + 1;
    }
    return 0;
}

int dom_populate(struct xc_dom_image *dom, const struct mem_range *r)
{
    xen_pfn_t *list = malloc(POPULATE_BATCH * sizeof(*list));
    int rc;

    if (!list)
        return dom_fail(dom, XC_OUT_OF_MEMORY, ENOMEM, "no memory for the list of frames");
    rc = populate(dom, r, list);
    free(list);
    return rc;
}

int dom_vnuma_range(struct xc_dom_image *dom, unsigned int idx, struct mem_range *r)
{
    const xen_vmemrange_t *v = &dom->vmemranges[idx];
    unsigned int node;

    if (v->nid >= dom->nr_vnodes || v->end <= v->start)
        return dom_fail(dom, XC_INVALID_PARAM, EINVAL, "bad virtual NUMA range %u", idx);
    node = dom->vnode_to_pnode[v->nid];
    r->first = v->start >> XC_PAGE_SHIFT;
    r->pages = (v->end - v->start) >> XC_PAGE_SHIFT;
    r->mem_flags = node == XC_NUMA_NO_NODE ? 0 : XENMEMF_exact_node(node);
    return 0;
}
