/* SPDX-License-Identifier: MIT */
/* Saving, restoring and the tables of PV guests: EOPNOTSUPP on Arm. */
#include "../dom.h"

static int refuse(xc_interface *xch, const char *what)
{
    errno = EOPNOTSUPP;
    return xc_report_error(xch, XC_INVALID_PARAM, "%s is not supported on Arm", what);
}

int xc_domain_save(xc_interface *xch, int io_fd, uint32_t dom, uint32_t flags,
                   struct save_callbacks *callbacks, xc_stream_type_t stream_type, int recv_fd)
{
    (void)io_fd, (void)dom, (void)flags, (void)callbacks, (void)stream_type, (void)recv_fd;
    return refuse(xch, "saving");
}

int xc_domain_restore(xc_interface *xch, int io_fd, uint32_t dom, unsigned int store_evtchn,
                      unsigned long *store_mfn, uint32_t store_domid, unsigned int console_evtchn,
                      unsigned long *console_mfn, uint32_t console_domid,
                      xc_stream_type_t stream_type, struct restore_callbacks *callbacks,
                      int send_back_fd)
{
    (void)io_fd, (void)dom, (void)store_evtchn, (void)store_mfn, (void)store_domid;
    (void)console_evtchn, (void)console_mfn, (void)console_domid, (void)stream_type;
    (void)callbacks, (void)send_back_fd;
    return refuse(xch, "restoring");
}

int xc_map_domain_meminfo(xc_interface *xch, uint32_t domid, struct xc_domain_meminfo *minfo)
{
    (void)domid, (void)minfo;
    return refuse(xch, "the list of a guest's frames");
}

int xc_unmap_domain_meminfo(xc_interface *xch, struct xc_domain_meminfo *minfo)
{
    (void)minfo;
    return refuse(xch, "the list of a guest's frames");
}

xen_pfn_t *xc_map_m2p(xc_interface *xch, unsigned long max_mfn, int prot, unsigned long *mfn0)
{
    (void)max_mfn, (void)prot, (void)mfn0;
    refuse(xch, "the machine-to-guest table");
    return NULL;
}

int xc_exchange_page(xc_interface *xch, uint32_t domid, xen_pfn_t mfn)
{
    (void)domid, (void)mfn;
    return refuse(xch, "exchanging a guest's frame");
}
