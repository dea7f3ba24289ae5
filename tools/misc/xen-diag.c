/* SPDX-License-Identifier: MIT */
/* xen-diag gnttab_query_size DOMID: frames of a domain's grant table. */
#include <xenctrl.h>

#include "misc.h"

static int usage(int status)
{
    fputs("usage: xen-diag gnttab_query_size DOMID   frames of the domain's grant table: those it "
          "has, and the most it may have\n",
          status ? stderr : stdout);
    return status;
}

static int query_size(xc_interface *xch, const char *domain)
{
    struct gnttab_query_size query = {0};
    unsigned long domid;

    if (!parse_number(domain, DOMID_FIRST_RESERVED - 1, &domid))
        return usage(1);
    query.dom = (domid_t)domid;
    if (xc_gnttab_query_size(xch, &query))
        return failed("xen-diag", "gnttab_query_size");
    if (query.status != GNTST_okay) {
        fprintf(stderr, "xen-diag: domain %s: status %d\n", domain, query.status);
        return 1;
    }
    printf("domid=%u: nr_frames=%u, max_nr_frames=%u\n", query.dom, query.nr_frames,
           query.max_nr_frames);
    return 0;
}

int main(int argc, char **argv)
{
    xc_interface *xch;
    int status;

    if (argc < 2 || !strcmp(argv[1], "help"))
        return usage(0);
    if (argc != 3 || strcmp(argv[1], "gnttab_query_size"))
        return usage(1);
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-diag", "the hypervisor");
    status = query_size(xch, argv[2]);
    xc_interface_close(xch);
    return status;
}
