/* SPDX-License-Identifier: MIT */
/*
 * xen-lowmemd: when the hypervisor says that it has little memory left, domain 0 is to give some
 * back: its target in the store is lowered.
 */
#include <inttypes.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenstore.h>
#include <xen/xen.h>

#include "misc.h"

#define WANTED_PAGES UINT64_C(23552) /* 92 MiB */
#define KIB_PER_PAGE (XC_PAGE_SIZE / 1024)

/* Exit statuses. */
enum { NO_HYPERVISOR = 1, NO_EVENTS, NO_STORE, NO_VIRQ, NO_EVENT };

static xc_interface *xch;
static xenevtchn_handle *xce;
static struct xs_handle *xsh;

static int end(int status)
{
    if (xsh)
        xs_close(xsh);
    if (xce)
        xenevtchn_close(xce);
    if (xch)
        xc_interface_close(xch);
    return status;
}

static void give_back(void)
{
    xc_dominfo_t dom0;
    xc_physinfo_t host;
    uint64_t target;
    char text[24];

    if (xc_physinfo(xch, &host)) {
        perror("Getting physinfo failed");
        return;
    }
    printf("Available free pages: 0x%" PRIx64 ":%" PRIu64 "\n", host.free_pages, host.free_pages);
    if (host.free_pages >= WANTED_PAGES)
        return;
    if (xc_domain_getinfo(xch, 0, 1, &dom0) != 1 || dom0.domid) {
        perror("Failed to get dom0 info");
        return;
    }
    printf("Dom0 pages: 0x%lx:%lu\n", dom0.nr_pages, dom0.nr_pages);
    if (dom0.nr_pages <= WANTED_PAGES - host.free_pages)
        return;
    target = (dom0.nr_pages - (WANTED_PAGES - host.free_pages)) * KIB_PER_PAGE;
    printf("Shooting for dom0 target 0x%" PRIx64 ":%" PRIu64 "\n", target, target);
    snprintf(text, sizeof(text), "%" PRIu64, target);
    if (!xs_write(xsh, XBT_NULL, "/local/domain/0/memory/target", text, (unsigned int)strlen(text)))
        fprintf(stderr, "Failed to write target %s to xenstore\n", text);
}

int main(void)
{
    xenevtchn_port_or_error_t port, rang;

    setvbuf(stdout, NULL, _IOLBF, 0);
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        return failed("xen-lowmemd", "the hypervisor"), end(NO_HYPERVISOR);
    xce = xenevtchn_open(NULL, 0);
    if (!xce)
        return failed("xen-lowmemd", "event channels"), end(NO_EVENTS);
    xsh = xs_open(0);
    if (!xsh)
        return failed("xen-lowmemd", "the store"), end(NO_STORE);
    port = xenevtchn_bind_virq(xce, VIRQ_ENOMEM);
    if (port < 0)
        return failed("xen-lowmemd", "VIRQ_ENOMEM"), end(NO_VIRQ);
    for (;;) {
        rang = xenevtchn_pending(xce);
        if (rang < 0)
            return failed("xen-lowmemd", "the event channel"), end(NO_EVENT);
        if (rang != port)
            continue;
        if (xenevtchn_unmask(xce, (evtchn_port_t)rang))
            return failed("xen-lowmemd", "the event channel"), end(NO_EVENT);
        puts("Got a virq kick, time to get work");
        give_back();
    }
}
