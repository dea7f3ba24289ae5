/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "xenctrl.h"

#include "xenguest.h"

#include "../ctrl/report.h"

const char *xc_domain_get_native_protocol(xc_interface *xch, uint32_t domid)
{
    unsigned int width;

    if (xc_domain_get_guest_width(xch, domid, &width))
        return NULL;
#ifdef XC_X86
    return width == 8 ? "x86_64-abi" : "x86_32-abi";
#else
    return "arm-abi";
#endif
}

void xc_elf_set_logfile(xc_interface *xch, struct elf_binary *elf, int verbose)
{
    (void)elf, (void)verbose;
    xc_report(xch, XC_LOG_MAIN, XTL_WARN, -1, "no log is set for an ELF file of another library's");
}

static int page_op(xc_interface *xch, uint32_t cmd, unsigned long start, unsigned long end,
                   uint32_t *status)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_page_offline_op};
    size_t nr = end - start + 1;
    DECLARE_HYPERCALL_BUFFER(uint32_t, words);
    int rc;

    if (!status || end < start || end > UINT32_MAX) {
        errno = EINVAL;
        return -1;
    }
    words = xc_hypercall_buffer_alloc(xch, words, nr * sizeof(*words));
    if (!words)
        return -1;
    op.u.page_offline.cmd = cmd;
    op.u.page_offline.start = (uint32_t)start;
    op.u.page_offline.end = (uint32_t)end;
    set_xen_guest_handle(op.u.page_offline.status, words);
    rc = xc_sysctl(xch, &op);
    if (!rc)
        memcpy(status, words, nr * sizeof(*words));
    xc_hypercall_buffer_free(xch, words);
    return rc;
}

int xc_mark_page_online(xc_interface *xch, unsigned long start, unsigned long end, uint32_t *status)
{
    return page_op(xch, sysctl_page_online, start, end, status);
}

int xc_mark_page_offline(xc_interface *xch, unsigned long start, unsigned long end,
                         uint32_t *status)
{
    return page_op(xch, sysctl_page_offline, start, end, status);
}

int xc_query_page_offline_status(xc_interface *xch, unsigned long start, unsigned long end,
                                 uint32_t *status)
{
    return page_op(xch, sysctl_query_page_offline, start, end, status);
}
