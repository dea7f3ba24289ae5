/* SPDX-License-Identifier: MIT */
/*
 * Pages of guests have no types here (common/mm/untyped.c). Stage 2 gives guests their access, so
 * a page leaves all TLBs with its entry, and nothing is left to flush when it is given out again.
 */
#include <xen/kernel.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>

/* Whoever had it writable has put that before the last general reference. */
void port_page_freed(struct page_info *pg)
{
    BUG_ON(pg->type_info);
}

uint32_t port_tlb_clock(void)
{
    return 0;
}

void port_flush_tlb_since(uint32_t stamp)
{
}

void port_flush_tlb_all(void)
{
}

/* Guests have their own tables from guest to machine; there is none the other way. */
void port_m2p_set(mfn_t mfn, uint64_t pfn)
{
}

uint64_t port_m2p_get(mfn_t mfn)
{
    return INVALID_M2P_ENTRY;
}
