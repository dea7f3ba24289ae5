/* SPDX-License-Identifier: MIT */
#include "dump.h"
#include "m2p.h"

static int find_pages_pv(struct dump *d)
{
    struct xc_domain_meminfo info;
    int rc = xc_map_domain_meminfo(d->xch, d->domid, &info);

    if (rc)
        return rc;
    for (unsigned long i = 0; i < info.p2m_size && !rc; i++)
        if (frame_has_content((unsigned int)(info.pfn_type[i] >> XEN_DOMCTL_PFINFO_LTAB_SHIFT)))
            rc = dump_take_page(d, i, ((volatile xen_pfn_t *)info.p2m_table)[i]);
    xc_unmap_domain_meminfo(d->xch, &info);
    return rc;
}

static int find_pages_hvm(struct dump *d)
{
    xen_pfn_t frames[FRAME_TYPES_MAX], nr;
    uint8_t types[FRAME_TYPES_MAX];
    int rc = 0;

    if (xc_domain_nr_gpfns(d->xch, d->domid, &nr))
        return stream_fail(d->xch, errno, "cannot get the guest's last frame");
    for (xen_pfn_t i = 0; i < nr && !rc; i += FRAME_TYPES_MAX) {
        unsigned int some = nr - i < FRAME_TYPES_MAX ? (unsigned int)(nr - i) : FRAME_TYPES_MAX;

        for (unsigned int j = 0; j < some; j++)
            frames[j] = i + j;
        if (frame_types(d->xch, d->domid, frames, some, types))
            return stream_fail(d->xch, errno, "cannot get types of the guest's frames");
        for (unsigned int j = 0; j < some && !rc; j++)
            if (frame_has_content(types[j]))
                rc = dump_take_page(d, i + j, i + j);
    }
    return rc;
}

int dump_find_pages(struct dump *d)
{
    return d->info.hvm ? find_pages_hvm(d) : find_pages_pv(d);
}
