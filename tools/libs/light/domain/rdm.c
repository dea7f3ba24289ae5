/* SPDX-License-Identifier: MIT */
/*
 * Memory that the host's firmware keeps for devices (RMRR): who has such a device has it at the
 * same address, so there can be no RAM of the guest. See rdm= and rdm_mem_boundary= in xl.cfg(5).
 */
#include "domain/build.h"

#include <errno.h>

#define FOUR_GIB (1ULL << 32)

static int ask(struct scope *sc, uint32_t flags, const libxl_device_pci *pci,
               struct xen_reserved_device_memory *r, uint32_t *nr)
{
    uint16_t segment = pci ? (uint16_t)pci->domain : 0;
    uint8_t bus = pci ? pci->bus : 0, devfn = pci ? (uint8_t)(pci->dev << 3 | pci->func) : 0;

    *nr = RDM_MAX;
    if (!xc_reserved_device_memory_map(sc->ctx->xch, flags, segment, bus, devfn, r, nr))
        return 0;
    *nr = 0;
    if (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENODEV)
        return 0; /* no IOMMU: there is none */
    LOG_ERRNO(sc, "cannot find out which memory is reserved for devices");
    return ERROR_FAIL;
}

static void add(struct rdm_list *list, const struct xen_reserved_device_memory *r, uint32_t nr,
                bool strict)
{
    for (uint32_t i = 0; i < nr; i++) {
        uint64_t start = (uint64_t)r[i].start_pfn << XC_PAGE_SHIFT;
        uint64_t end = start + ((uint64_t)r[i].nr_pages << XC_PAGE_SHIFT);
        unsigned int at = 0;

        while (at < list->nr && list->range[at].start < start)
            at++;
        if (at < list->nr && list->range[at].start == start) {
            list->range[at].strict |= strict; /* two devices of one range */
            continue;
        }
        if (list->nr == RDM_MAX || end <= start)
            continue;
        memmove(&list->range[at + 1], &list->range[at], (list->nr - at) * sizeof(list->range[0]));
        list->range[at] = (struct rdm_range){start, end, strict};
        list->nr++;
    }
}

int rdm_collect(struct scope *sc, const libxl_domain_config *c, struct rdm_list *list)
{
    struct xen_reserved_device_memory *r = scope_alloc(sc, RDM_MAX * sizeof(*r));
    const libxl_rdm_reserve *all = &c->b_info.u.hvm.rdm;
    bool strict = all->policy != LIBXL_RDM_RESERVE_POLICY_RELAXED;
    uint32_t nr;
    int rc = 0;

    list->nr = 0;
    if (all->strategy == LIBXL_RDM_RESERVE_STRATEGY_HOST) {
        rc = ask(sc, XENMEM_RDM_ALL, NULL, r, &nr);
        add(list, r, nr, strict);
    }
    for (int i = 0; i < c->num_pcidevs && !rc; i++) {
        rc = ask(sc, 0, &c->pcidevs[i], r, &nr);
        add(list, r, nr, c->pcidevs[i].rdm_policy != LIBXL_RDM_RESERVE_POLICY_RELAXED);
    }
    return rc;
}

static bool overlaps(const struct rdm_range *r, uint64_t start, uint64_t end)
{
    return r->start < end && start < r->end;
}

/* Whether the range is out of the way of RAM, perhaps since now. */
static bool make_room(const struct rdm_range *r, uint64_t boundary, struct xc_dom_image *dom)
{
    uint64_t moved;

    if (overlaps(r, 0, dom->lowmem_end) && r->start >= boundary) {
        moved = dom->lowmem_end - r->start;
        dom->lowmem_end = r->start;
        dom->highmem_end = (dom->highmem_end ? dom->highmem_end : FOUR_GIB) + moved;
    }
    return !overlaps(r, 0, dom->lowmem_end) && !overlaps(r, FOUR_GIB, dom->highmem_end);
}

int rdm_resolve(struct scope *sc, struct rdm_list *list, uint64_t boundary,
                struct xc_dom_image *dom)
{
    struct rdm_range *r = list->range;
    unsigned int kept = 0;

    for (unsigned int i = 0; i < list->nr; i++)
        (void)make_room(&r[i], boundary, dom);
    for (unsigned int i = 0; i < list->nr; i++) {
        if (make_room(&r[i], boundary, dom)) {
            r[kept++] = r[i];
            continue;
        }
        LOG_LEVEL(sc, r[i].strict ? XTL_ERROR : XTL_WARN, -1,
                  "memory reserved for devices at %#llx to %#llx is in the way of the guest's",
                  (unsigned long long)r[i].start, (unsigned long long)r[i].end);
        if (r[i].strict)
            return ERROR_FAIL;
    }
    list->nr = kept;
    return 0;
}
