/* SPDX-License-Identifier: MIT */
/* Frames as PV guests see them: gfn is mfn; the machine-to-physical table is the guest's to set. */
#include <xen/kernel.h>
#include <xen/log_dirty.h>
#include <xen/port/p2m.h>

#include "mm.h"

struct page_info *port_get_page_from_gfn(struct domain *d, gfn_t gfn)
{
    return page_get_from_mfn(mk_mfn(gfn.nr), d);
}

bool port_translated(const struct domain *d)
{
    return !is_pv_domain(d);
}

void port_m2p_set(mfn_t mfn, uint64_t pfn)
{
    if (m2p_covers(mfn))
        WRITE_ONCE(m2p_table[mfn.nr], pfn);
}

uint64_t port_m2p_get(mfn_t mfn)
{
    return m2p_covers(mfn) ? READ_ONCE(m2p_table[mfn.nr]) : INVALID_M2P_ENTRY;
}

int port_physmap_add(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
    if (port_translated(d))
        return -EOPNOTSUPP;
    for (uint64_t i = 0; i < UINT64_C(1) << order; i++) {
        port_m2p_set(mfn_add(mfn, i), gfn.nr + i);
        log_dirty_mark_pfn(d, gfn.nr + i);
    }
    return 0;
}

void port_physmap_remove(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
    for (uint64_t i = 0; i < UINT64_C(1) << order; i++)
        port_m2p_set(mfn_add(mfn, i), INVALID_M2P_ENTRY);
}

int port_physmap_clear(struct domain *d, gfn_t gfn)
{
    struct page_info *pg = port_get_page_from_gfn(d, gfn);

    if (!pg)
        return -ENOENT;
    port_physmap_remove(d, gfn, page_to_mfn(pg), 0);
    page_put(pg);
    return 0;
}

int port_physmap_add_foreign(struct domain *d, gfn_t gfn, mfn_t mfn)
{
    return -EOPNOTSUPP;
}

bool port_direct_mapped(const struct domain *d)
{
    return false;
}

int64_t port_maximum_gpfn(struct domain *d)
{
    uint64_t max_pfn = d->shared_info ? READ_ONCE(d->shared_info->arch.max_pfn) : 0;

    return max_pfn ? (int64_t)(max_pfn - 1) : 0;
}

/* PV guests have no map of the hypervisor's to add to. */
int port_add_to_physmap(struct domain *d, unsigned int space, uint64_t idx, gfn_t gfn,
                        domid_t foreign)
{
    return -EOPNOTSUPP;
}
