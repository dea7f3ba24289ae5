/* SPDX-License-Identifier: MIT */
/* xentrace_setsize [PAGES]: the size of the trace buffer of each CPU. */
#include <xenctrl.h>

#include "misc.h"

static int show(xc_interface *xch, const char *title)
{
    unsigned long size;

    if (xc_tbuf_get_size(xch, &size)) {
        perror("Failure to get tbuf info from Xen. Guess size is 0");
        return -1;
    }
    printf("%s tbuf size: 0x%lx\n", title, size);
    return 0;
}

static int change(xc_interface *xch, unsigned long pages)
{
    if (xc_tbuf_set_size(xch, pages)) {
        perror("set_size Hypercall failure");
        puts("This may mean that tracing is not enabled in xen.");
        return 1;
    }
    puts("set_size succeeded.");
    show(xch, "New");
    return 0;
}

int main(int argc, char **argv)
{
    unsigned long pages = 0;
    xc_interface *xch;
    int status = 0;

    if (argc > 2 || (argc == 2 && !parse_number(argv[1], UINT16_MAX, &pages))) {
        fputs("usage: xentrace_setsize [PAGES]\n", stderr);
        return 1;
    }
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xentrace_setsize", "the hypervisor");
    if (show(xch, "Current") && argc == 1)
        puts("This may mean that tracing is not enabled in xen.");
    if (argc == 2)
        status = change(xch, pages);
    xc_interface_close(xch);
    return status;
}
