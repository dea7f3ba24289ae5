/* SPDX-License-Identifier: MIT */
#ifndef CTRL_FRAMES_H
#define CTRL_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "xenctrl.h"

/* As the privcmd driver has it (Linux uapi, xen/privcmd.h, struct privcmd_mmap_entry). */
struct frame_range {
    uint64_t va; /* not used */
    uint64_t frame;
    uint64_t nr; /* not used */
};

/*
 * Map ranges of @chunksize bytes of @dom, @nentries of them, one behind the other: @size bytes in
 * all. munmap() ends it. NULL with errno (EINVAL: the sizes do not fit).
 */
void *xc_map_foreign_ranges(xc_interface *xch, uint32_t dom, size_t size, int prot,
                            size_t chunksize, struct frame_range ranges[], int nentries);
/* Each of @num frames becomes its type, XEN_DOMCTL_PFINFO_*. 0, or -1 with errno. */
int xc_get_pfn_type_batch(xc_interface *xch, uint32_t dom, unsigned int num, xen_pfn_t *frames);

#endif
