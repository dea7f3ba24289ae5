/* SPDX-License-Identifier: MIT */
/* Many frames of a domain at once. The stock libxenguest calls these; no header declares them. */
#include "frames.h"
#include "private.h"

void *xc_map_foreign_ranges(xc_interface *xch, uint32_t dom, size_t size, int prot,
                            size_t chunksize, struct frame_range ranges[], int nentries)
{
    size_t each = chunksize >> XC_PAGE_SHIFT, total;
    xen_pfn_t *frames;
    void *mapped;

    if (nentries <= 0 || !each || chunksize % XC_PAGE_SIZE ||
        __builtin_mul_overflow(chunksize, (size_t)nentries, &total) || total != size) {
        errno = EINVAL;
        return NULL;
    }
    frames = calloc(total >> XC_PAGE_SHIFT, sizeof(*frames));
    if (!frames)
        return NULL;
    for (size_t i = 0; i < total >> XC_PAGE_SHIFT; i++)
        frames[i] = (xen_pfn_t)(ranges[i / each].frame + i % each);
    mapped = xenforeignmemory_map(xch->fmem, dom, prot, total >> XC_PAGE_SHIFT, frames, NULL);
    free(frames);
    return mapped;
}

int xc_get_pfn_type_batch(xc_interface *xch, uint32_t dom, unsigned int num, xen_pfn_t *frames)
{
    struct xen_domctl op = DOMCTL(getpageframeinfo3, dom, .u.getpageframeinfo3 = {.num = num});

    return domctl_with(xch, &op,
                       BUF_BOTH(op.u.getpageframeinfo3.array, frames, sizeof(*frames) * num));
}
