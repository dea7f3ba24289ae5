/* SPDX-License-Identifier: MIT */
/* Types of pages as the tools want to know them. */
#include <public/domctl.h>
#include <asm/pv_mm.h>
#include <asm/pv_mmu.h>

#include "pagetable.h"

static uint64_t table_info(uint64_t type_info)
{
    static const uint32_t info[] = {
        [1] = XEN_DOMCTL_PFINFO_L1TAB,
        [2] = XEN_DOMCTL_PFINFO_L2TAB,
        [3] = XEN_DOMCTL_PFINFO_L3TAB,
        [4] = XEN_DOMCTL_PFINFO_L4TAB,
    };
    unsigned int level = pgt_level(type_info);

    if (!(type_info & PGT_COUNT_MASK) || level - 1 >= 4)
        return XEN_DOMCTL_PFINFO_NOTAB;
    return info[level] | (type_info & PGT_PINNED ? XEN_DOMCTL_PFINFO_LPINTAB : 0);
}

uint64_t pv_page_frame_info(struct domain *d, uint64_t mfn)
{
    struct page_info *pg = page_get_from_mfn(mk_mfn(mfn), d);
    uint64_t info;

    if (!pg)
        return XEN_DOMCTL_PFINFO_XTAB;
    info = table_info(READ_ONCE(pg->type_info));
    page_put(pg);
    return info;
}
