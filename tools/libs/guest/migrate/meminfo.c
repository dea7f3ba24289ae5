/* SPDX-License-Identifier: MIT */
/* A PV guest's memory, for programs that look into it. */
#include "m2p.h"

static int types_of_all(xc_interface *xch, uint32_t domid, struct xc_domain_meminfo *minfo)
{
    xen_pfn_t frames[FRAME_TYPES_MAX];
    uint8_t types[FRAME_TYPES_MAX];

    for (unsigned long i = 0; i < minfo->p2m_size; i += FRAME_TYPES_MAX) {
        unsigned long left = minfo->p2m_size - i;
        unsigned int nr = left < FRAME_TYPES_MAX ? (unsigned int)left : FRAME_TYPES_MAX;

        /* One reading of what the guest may change. */
        for (unsigned int j = 0; j < nr; j++)
            frames[j] = ((volatile xen_pfn_t *)minfo->p2m_table)[i + j];
        if (frame_types(xch, domid, frames, nr, types))
            return stream_fail(xch, errno, "cannot get types of the guest's frames");
        for (unsigned int j = 0; j < nr; j++)
            minfo->pfn_type[i + j] = (xen_pfn_t)types[j] << XEN_DOMCTL_PFINFO_LTAB_SHIFT;
    }
    return 0;
}

int xc_unmap_domain_meminfo(xc_interface *xch, struct xc_domain_meminfo *minfo)
{
    (void)xch;
    free(minfo->pfn_type);
    if (minfo->p2m_table)
        munmap(minfo->p2m_table, (size_t)minfo->p2m_frames << XC_PAGE_SHIFT);
    minfo->pfn_type = NULL;
    minfo->p2m_table = NULL;
    return 0;
}

static int map_list(xc_interface *xch, uint32_t domid, const xc_dominfo_t *info,
                    struct xc_domain_meminfo *minfo)
{
    struct guest_p2m p2m;
    struct m2p m2p;
    void *shared;
    int rc;

    if (m2p_map(xch, &m2p))
        return -1;
    shared = xc_map_foreign_range(xch, domid, XC_PAGE_SIZE, PROT_READ, info->shared_info_frame);
    rc = shared ? guest_p2m_map(xch, domid, shared, &m2p, &p2m)
                : stream_fail(xch, errno, "cannot map the guest's shared page");
    if (!rc) {
        minfo->p2m_table = (xen_pfn_t *)(uintptr_t)p2m.map;
        minfo->p2m_size = p2m.nr_pfns;
        minfo->p2m_frames = (unsigned int)p2m.nr_frames;
        p2m.map = NULL; /* it is the caller's now */
        guest_p2m_unmap(&p2m);
    }
    if (shared)
        munmap(shared, XC_PAGE_SIZE);
    m2p_unmap(&m2p);
    return rc;
}

int xc_map_domain_meminfo(xc_interface *xch, uint32_t domid, struct xc_domain_meminfo *minfo)
{
    xc_dominfo_t info;
    int rc;

    *minfo = (struct xc_domain_meminfo){.pt_levels = 4};
    if (domain_info(xch, domid, &info))
        return -1;
    if (xc_domain_get_guest_width(xch, domid, &minfo->guest_width))
        return stream_fail(xch, errno, "cannot get the guest's width");
    if (info.hvm || minfo->guest_width != 8)
        return stream_fail(xch, EOPNOTSUPP, "domain %u is no 64-bit PV guest", domid);
    rc = map_list(xch, domid, &info, minfo);
    if (!rc) {
        minfo->pfn_type = calloc(minfo->p2m_size, sizeof(*minfo->pfn_type));
        rc = minfo->pfn_type ? types_of_all(xch, domid, minfo)
                             : stream_fail(xch, ENOMEM, "no memory for types of frames");
    }
    if (rc) {
        int saved = errno;

        xc_unmap_domain_meminfo(xch, minfo);
        errno = saved;
    }
    return rc;
}
