/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#include "fake_xen.h"

#define PAGE_BYTES 4096u
#define NR_PORTS   32u
#define VIRQ_OWNER 0xffffu

struct fake_guest fake_guests[FAKE_GUESTS];

static struct {
    uint32_t owner; /* domid, VIRQ_OWNER, or 0: closed */
    bool pending, masked;
} ports[NR_PORTS];

static _Alignas(PAGE_BYTES) char pages[FAKE_GUESTS][PAGE_BYTES];
static char handle; /* what all handles point to */

static struct fake_guest *guest_of(uint32_t domid)
{
    return domid >= 1 && domid <= FAKE_GUESTS ? &fake_guests[domid - 1] : NULL;
}

void fake_reset(void)
{
    for (unsigned int i = 0; i < FAKE_GUESTS; i++) {
        __asan_unpoison_memory_region(pages[i], PAGE_BYTES);
        memset(pages[i], 0, PAGE_BYTES);
        __asan_poison_memory_region(pages[i], PAGE_BYTES);
        fake_guests[i] = (struct fake_guest){.page = (void *)pages[i]};
    }
    memset(ports, 0, sizeof(ports));
}

struct xenstore_domain_interface *fake_page(struct fake_guest *g)
{
    __asan_unpoison_memory_region(g->page, PAGE_BYTES);
    return g->page;
}

void fake_page_done(struct fake_guest *g)
{
    if (!g->maps)
        __asan_poison_memory_region(g->page, PAGE_BYTES);
}

void fake_raise(unsigned int port)
{
    if (port < NR_PORTS && ports[port].owner)
        ports[port].pending = true;
}

static void raise_owner(uint32_t owner)
{
    for (unsigned int i = 0; i < NR_PORTS; i++)
        if (ports[i].owner == owner)
            ports[i].pending = true;
}

void fake_raise_guest(const struct fake_guest *g)
{
    raise_owner((uint32_t)(g - fake_guests) + 1);
}

void fake_raise_virq(void)
{
    raise_owner(VIRQ_OWNER);
}

bool fake_is_idle(void)
{
    for (unsigned int i = 0; i < NR_PORTS; i++)
        if (ports[i].owner && ports[i].owner != VIRQ_OWNER)
            return false;
    for (unsigned int i = 0; i < FAKE_GUESTS; i++)
        if (fake_guests[i].maps)
            return false;
    return true;
}

xc_interface *xc_interface_open(xentoollog_logger *logger, xentoollog_logger *dombuild,
                                unsigned int flags)
{
    (void)logger;
    (void)dombuild;
    (void)flags;
    return (xc_interface *)&handle;
}

int xc_interface_close(xc_interface *xch)
{
    (void)xch;
    return 0;
}

int xc_domain_getinfo(xc_interface *xch, uint32_t first, unsigned int max, xc_dominfo_t *info)
{
    const struct fake_guest *g = NULL;

    (void)xch;
    if (!max)
        return 0;
    /* As the hypervisor does: the first domain from there on. */
    for (; first <= FAKE_GUESTS; first++) {
        g = guest_of(first);
        if (g && g->state != FAKE_GONE)
            break;
    }
    if (first > FAKE_GUESTS)
        return -ESRCH;
    memset(info, 0, sizeof(*info));
    info->domid = first;
    info->dying = g->state == FAKE_DYING;
    info->shutdown = g->state == FAKE_SHUT_DOWN;
    return 1;
}

xenevtchn_handle *xenevtchn_open(xentoollog_logger *logger, unsigned int flags)
{
    (void)logger;
    (void)flags;
    return (xenevtchn_handle *)&handle;
}

xenevtchn_handle *xenevtchn_fdopen(xentoollog_logger *logger, int fd, unsigned int flags)
{
    (void)fd;
    return xenevtchn_open(logger, flags);
}

/* Always ready, so that the loop never sleeps. */
static int event_fd = -1;

int xenevtchn_fd(xenevtchn_handle *xce)
{
    (void)xce;
    if (event_fd < 0)
        event_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    return event_fd;
}

int xenevtchn_close(xenevtchn_handle *xce)
{
    (void)xce;
    for (unsigned int i = 0; i < NR_PORTS; i++)
        if (ports[i].owner == VIRQ_OWNER)
            ports[i].owner = 0;
    if (event_fd >= 0)
        close(event_fd);
    event_fd = -1;
    return 0;
}

static xenevtchn_port_or_error_t port_open(uint32_t owner)
{
    for (unsigned int i = 1; i < NR_PORTS; i++) {
        if (ports[i].owner)
            continue;
        ports[i].owner = owner;
        ports[i].pending = ports[i].masked = false;
        return (int)i;
    }
    errno = ENOSPC;
    return -1;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *xce, uint32_t domid,
                                                     evtchn_port_t remote_port)
{
    const struct fake_guest *g = guest_of(domid);

    (void)xce;
    if (g && g->state != FAKE_GONE && remote_port && remote_port < 64)
        return port_open(domid);
    errno = EINVAL;
    return -1;
}

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce, unsigned int virq)
{
    (void)xce;
    (void)virq;
    return port_open(VIRQ_OWNER);
}

int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
    (void)xce;
    if (port >= NR_PORTS || !ports[port].owner)
        abort();
    ports[port].owner = 0; /* that it was pending may be told all the same */
    return 0;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
    (void)xce;
    for (unsigned int i = 1; i < NR_PORTS; i++) {
        if (!ports[i].pending || ports[i].masked)
            continue;
        ports[i].pending = false;
        ports[i].masked = true;
        return (int)i;
    }
    errno = EAGAIN;
    return -1;
}

int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port)
{
    (void)xce;
    if (port >= NR_PORTS)
        abort();
    ports[port].masked = false;
    return 0;
}

int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
    (void)xce;
    if (port >= NR_PORTS || !ports[port].owner)
        abort();
    return 0;
}

static void *page_map(uint32_t domid, bool refused)
{
    struct fake_guest *g = guest_of(domid);

    if (!g || g->state == FAKE_GONE || refused)
        return NULL;
    g->maps++;
    return fake_page(g);
}

static int page_unmap(void *page)
{
    for (unsigned int i = 0; i < FAKE_GUESTS; i++) {
        struct fake_guest *g = &fake_guests[i];

        if (g->page != page)
            continue;
        if (!g->maps)
            abort();
        g->maps--;
        fake_page_done(g);
        return 0;
    }
    abort();
}

xengnttab_handle *xengnttab_open(xentoollog_logger *logger, unsigned int flags)
{
    (void)logger;
    (void)flags;
    return (xengnttab_handle *)&handle;
}

int xengnttab_close(xengnttab_handle *xgt)
{
    (void)xgt;
    return 0;
}

int xengnttab_set_max_grants(xengnttab_handle *xgt, uint32_t nr)
{
    (void)xgt;
    (void)nr;
    return 0;
}

void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid, uint32_t ref, int prot)
{
    const struct fake_guest *g = guest_of(domid);

    (void)xgt;
    (void)ref;
    (void)prot;
    return page_map(domid, g && g->no_grant);
}

int xengnttab_unmap(xengnttab_handle *xgt, void *start, uint32_t count)
{
    (void)xgt;
    (void)count;
    return page_unmap(start);
}

xenforeignmemory_handle *xenforeignmemory_open(xentoollog_logger *logger, unsigned int flags)
{
    (void)logger;
    (void)flags;
    return (xenforeignmemory_handle *)&handle;
}

int xenforeignmemory_close(xenforeignmemory_handle *fmem)
{
    (void)fmem;
    return 0;
}

void *xenforeignmemory_map(xenforeignmemory_handle *fmem, uint32_t dom, int prot, size_t pages_nr,
                           const xen_pfn_t arr[], int err[])
{
    const struct fake_guest *g = guest_of(dom);

    (void)fmem;
    (void)prot;
    (void)pages_nr;
    err[0] = arr[0] % 7 == 6 ? -EINVAL : 0;
    return page_map(dom, g && g->no_foreign);
}

int xenforeignmemory_unmap(xenforeignmemory_handle *fmem, void *addr, size_t pages_nr)
{
    (void)fmem;
    (void)pages_nr;
    return page_unmap(addr);
}
