/* SPDX-License-Identifier: MIT */
/* The hypervisor does not tell of what type a frame is: those that can be mapped are the guest's.
 */
#include "../migrate/dump.h"

#define FRAME(a) ((xen_pfn_t)((a) >> XC_PAGE_SHIFT))

static int take_mapped(struct dump *d, xen_pfn_t first, unsigned int nr)
{
    xen_pfn_t frames[DUMP_BATCH] = {0};
    int err[DUMP_BATCH], rc = 0;
    void *map;

    for (unsigned int i = 0; i < nr; i++)
        frames[i] = first + i;
    map = xc_map_foreign_bulk(d->xch, d->domid, PROT_READ, frames, err, nr);
    if (!map)
        return stream_fail(d->xch, errno, "cannot map %u frames of the guest", nr);
    munmap(map, (size_t)nr << XC_PAGE_SHIFT);
    for (unsigned int i = 0; i < nr && !rc; i++)
        if (!err[i])
            rc = dump_take_page(d, frames[i], frames[i]);
    return rc;
}

/* Memory alone: what lies below it is shared with others, or a device's. */
int dump_find_pages(struct dump *d)
{
    static const uint64_t base[GUEST_RAM_BANKS] = GUEST_RAM_BANK_BASES;
    static const uint64_t size[GUEST_RAM_BANKS] = GUEST_RAM_BANK_SIZES;
    xen_pfn_t end;
    int rc = 0;

    if (xc_domain_nr_gpfns(d->xch, d->domid, &end))
        return stream_fail(d->xch, errno, "cannot get the guest's last frame");
    for (unsigned int b = 0; b < GUEST_RAM_BANKS; b++) {
        xen_pfn_t last = FRAME(base[b] + size[b]) < end ? FRAME(base[b] + size[b]) : end;

        for (xen_pfn_t i = FRAME(base[b]); i < last && !rc; i += DUMP_BATCH)
            rc = take_mapped(d, i, last - i < DUMP_BATCH ? (unsigned int)(last - i) : DUMP_BATCH);
    }
    return rc;
}
