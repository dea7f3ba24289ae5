/* SPDX-License-Identifier: MIT */
/* Domains: their rings, event channels, and what the hypervisor says of them. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>
#include <xen/grant_table.h>

#include "io.h"
#include "live/live.h"
#include "live/stream.h"

#define PAGE_BYTES 4096u
#define MAX_GRANTS STORE_NR_DOMIDS

/* Also handed on in a live update: numbers keep their meaning. */
enum map_kind { MAP_GRANT, MAP_FOREIGN, MAP_KERNEL };

struct xen_handles {
    xc_interface *xch;
    xenevtchn_handle *xce;
    xengnttab_handle *xgt;
    xenforeignmemory_handle *fmem;
    int virq_port;
    struct link **by_port; /* [nr_ports]: whose events come there */
    unsigned int nr_ports;
    struct link *by_domid[STORE_NR_DOMIDS]; /* of those that are not gone */
};

static int dom_read(struct link *l, void *buf, size_t len)
{
    return ring_read(&l->ring, buf, len);
}

static int dom_write(struct link *l, const void *buf, size_t len)
{
    return ring_write(&l->ring, buf, len);
}

static void dom_flush(struct link *l)
{
    if (l->port >= 0)
        (void)xenevtchn_notify(l->d->xen->xce, (evtchn_port_t)l->port);
}

/* Only this guest's connection stops; it can reconnect or be released. */
static void dom_broken(struct link *l, int err)
{
    uint32_t why = err == EPROTO   ? XENSTORE_ERROR_PROTO
                   : err == EINVAL ? XENSTORE_ERROR_RINGIDX
                                   : XENSTORE_ERROR_COMM;

    syslog(LOG_WARNING, "domain %u broke the rules of its ring: %s", l->domid, strerror(err));
    l->dead = true;
    l->got = 0;
    conn_reset(l->conn);
    while (conn_out_peek(l->conn))
        conn_out_pop(l->conn);
    l->conn->overflow = false;
    ring_set_error(&l->ring, why);
    dom_flush(l);
}

static const struct link_ops dom_ops = {dom_read, dom_write, dom_flush, dom_broken};

static struct link *find_domain(struct daemon *d, uint32_t domid)
{
    return domid < STORE_NR_DOMIDS ? d->xen->by_domid[domid] : NULL;
}

/* Event channel @port is @l's from now on. 0 or -ENOMEM. */
static int port_set(struct xen_handles *x, unsigned int port, struct link *l)
{
    if (port >= x->nr_ports) {
        unsigned int nr = (port + 1) * 2;
        struct link **all = realloc(x->by_port, nr * sizeof(*all));

        if (!all)
            return -ENOMEM;
        memset(all + x->nr_ports, 0, (nr - x->nr_ports) * sizeof(*all));
        x->by_port = all;
        x->nr_ports = nr;
    }
    x->by_port[port] = l;
    l->port = (int)port;
    return 0;
}

static void port_drop(struct xen_handles *x, struct link *l)
{
    if (l->port < 0)
        return;
    x->by_port[l->port] = NULL;
    (void)xenevtchn_unbind(x->xce, (evtchn_port_t)l->port);
    l->port = -1;
}

/* In place of the one that it has. 0 or a negative errno, then it has none or the old one. */
static int port_bind(struct xen_handles *x, struct link *l, uint32_t remote)
{
    int local = xenevtchn_bind_interdomain(x->xce, l->domid, remote);

    if (local < 0)
        return -EINVAL;
    port_drop(x, l);
    if (port_set(x, (unsigned int)local, l)) {
        (void)xenevtchn_unbind(x->xce, (evtchn_port_t)local);
        return -ENOMEM;
    }
    l->remote_port = remote;
    return 0;
}

static void unmap_page(struct xen_handles *x, void *page, int kind)
{
    if (kind == MAP_GRANT)
        (void)xengnttab_unmap(x->xgt, page, 1);
    else if (kind == MAP_FOREIGN)
        (void)xenforeignmemory_unmap(x->fmem, page, 1);
    else
        munmap(page, PAGE_BYTES);
}

/* The reserved grant is the way that works without privilege over the domain's memory. */
static void *map_page(struct xen_handles *x, uint32_t domid, uint64_t gfn, int *kind)
{
    xen_pfn_t pfn = (xen_pfn_t)gfn;
    void *page = NULL;
    int err;

    *kind = MAP_GRANT;
    if (x->xgt)
        page = xengnttab_map_grant_ref(x->xgt, domid, GNTTAB_RESERVED_XENSTORE,
                                       PROT_READ | PROT_WRITE);
    if (page)
        return page;
    *kind = MAP_FOREIGN;
    page = xenforeignmemory_map(x->fmem, domid, PROT_READ | PROT_WRITE, 1, &pfn, &err);
    if (page && err) {
        (void)xenforeignmemory_unmap(x->fmem, page, 1);
        page = NULL;
    }
    return page;
}

/* The link itself stays until the round is over: somebody may be walking the list. */
static void drop_domain(struct daemon *d, struct link *l)
{
    port_drop(d->xen, l);
    d->xen->by_domid[l->domid] = NULL;
    unmap_page(d->xen, l->ring.page, l->map_kind);
    conn_reset(l->conn);
    l->dead = l->gone = d->reap = true;
}

void domio_reap(struct daemon *d)
{
    struct link *l, *next;

    if (!d->reap)
        return;
    d->reap = false;
    for (l = TAILQ_FIRST(&d->rings); l; l = next) {
        next = TAILQ_NEXT(l, link);
        if (l->gone) {
            TAILQ_REMOVE(&d->rings, l, link);
            link_free(l);
        }
    }
}

static int add_domain(struct daemon *d, uint32_t domid, void *page, int kind, uint32_t port)
{
    struct link *l = domid < STORE_NR_DOMIDS ? link_new(d, &dom_ops, domid) : NULL;
    int rc;

    if (!l) {
        unmap_page(d->xen, page, kind);
        return -ENOMEM;
    }
    TAILQ_INSERT_TAIL(&d->rings, l, link);
    d->xen->by_domid[domid] = l;
    l->map_kind = kind;
    ring_attach(&l->ring, page);
    rc = port_bind(d->xen, l, port);
    if (rc) {
        drop_domain(d, l);
        return rc;
    }
    dom_flush(l);
    return 0;
}

/* A domain that is known already came back from a suspend: it has a new event channel. */
static int rebind(struct daemon *d, struct link *l, uint32_t port)
{
    int rc = port_bind(d->xen, l, port);

    if (!rc)
        link_set_ready(l, true);
    return rc;
}

static int host_introduce(void *ctx, uint32_t domid, uint64_t gfn, uint32_t port)
{
    struct daemon *d = ctx;
    struct link *l = d->xen ? find_domain(d, domid) : NULL;
    void *page;
    int kind, rc;

    if (!d->xen)
        return -EINVAL;
    if (l)
        return l->remote_port == port ? 0 : rebind(d, l, port);
    page = map_page(d->xen, domid, gfn, &kind);
    rc = page ? add_domain(d, domid, page, kind, port) : -EINVAL;
    if (!rc)
        find_domain(d, domid)->gfn = gfn;
    return rc;
}

static void host_release(void *ctx, uint32_t domid)
{
    struct daemon *d = ctx;
    struct link *l = d->xen ? find_domain(d, domid) : NULL;

    if (l)
        drop_domain(d, l);
}

static bool get_info(struct daemon *d, uint32_t domid, xc_dominfo_t *info)
{
    return xc_domain_getinfo(d->xen->xch, domid, 1, info) == 1 && info->domid == domid;
}

static bool host_domain_exists(void *ctx, uint32_t domid)
{
    struct daemon *d = ctx;
    xc_dominfo_t info;

    return d->xen && get_info(d, domid, &info);
}

static int host_set_log(void *ctx, bool on, const char *file)
{
    struct daemon *d = ctx;

    if (!on) {
        if (d->trace)
            fclose(d->trace);
        d->trace = NULL;
        return 0;
    }
    if (!file)
        file = d->trace_file;
    return file ? trace_open(d, file) : 0;
}

static void host_log(void *ctx, const char *text)
{
    trace_text(ctx, text);
    syslog(LOG_NOTICE, "%s", text);
}

static int host_live_update(void *ctx, struct conn *conn, const struct xsd_sockmsg *req,
                            const char *const *words, unsigned int nr)
{
    return live_command(ctx, conn, req, words, nr);
}

const struct host_ops domain_host_ops = {
    host_introduce, host_release, host_domain_exists, host_set_log, host_log, host_live_update,
};

/* VIRQ_DOM_EXC: some domain has shut down, crashed or died; find out which. */
static void check_domains(struct daemon *d)
{
    bool tell = false;

    for (uint32_t id = 1; id < STORE_NR_DOMIDS; id++) {
        struct domain *dom = d->s->domains[id];
        xc_dominfo_t info;

        if (!dom || !dom->introduced)
            continue;
        if (!get_info(d, id, &info) || info.dying) {
            host_release(d, id);
            store_domain_forget(d->s, id);
            tell = true;
        } else if ((info.shutdown || info.crashed) && !dom->shutdown) {
            dom->shutdown = true;
            tell = true;
        }
    }
    if (tell)
        store_tell_special(d->s, true);
}

static void ring_event(struct link *l)
{
    link_set_ready(l, true);
    if (!ring_wants_restart(&l->ring))
        return;
    conn_reset(l->conn);
    while (conn_out_peek(l->conn))
        conn_out_pop(l->conn);
    l->got = 0;
    l->dead = false;
    ring_restart(&l->ring);
    dom_flush(l);
}

void domio_event(struct daemon *d)
{
    xenevtchn_port_or_error_t port = xenevtchn_pending(d->xen->xce);
    struct link *l;

    if (port < 0)
        return;
    (void)xenevtchn_unmask(d->xen->xce, (evtchn_port_t)port);
    if (port == d->xen->virq_port) {
        check_domains(d);
        return;
    }
    l = (unsigned int)port < d->xen->nr_ports ? d->xen->by_port[port] : NULL;
    if (l)
        ring_event(l);
}

int domio_fd(const struct daemon *d)
{
    return d->xen ? xenevtchn_fd(d->xen->xce) : -1;
}

int domio_virq_port(const struct daemon *d)
{
    return d->xen ? d->xen->virq_port : -1;
}

void domio_check(struct daemon *d)
{
    if (d->xen)
        check_domains(d);
}

/* @evtchn_fd: open event channels to go on with, or -1. */
static int handles_open(struct daemon *d, int evtchn_fd)
{
    struct xen_handles *x = calloc(1, sizeof(*x));

    if (!x)
        return -ENOMEM;
    d->xen = x;
    x->virq_port = -1;
    x->xch = xc_interface_open(NULL, NULL, 0);
    x->xce = evtchn_fd < 0 ? xenevtchn_open(NULL, 0) : xenevtchn_fdopen(NULL, evtchn_fd, 0);
    x->fmem = xenforeignmemory_open(NULL, 0);
    if (!x->xch || !x->xce || !x->fmem)
        return -errno;
    x->xgt = xengnttab_open(NULL, 0);
    if (x->xgt)
        (void)xengnttab_set_max_grants(x->xgt, MAX_GRANTS);
    return 0;
}

int domio_open(struct daemon *d)
{
    int rc = handles_open(d, -1);

    if (rc)
        return rc;
    d->xen->virq_port = xenevtchn_bind_virq(d->xen->xce, VIRQ_DOM_EXC);
    return d->xen->virq_port < 0 ? -errno : 0;
}

int domio_resume(struct daemon *d, int evtchn_fd, int virq_port)
{
    int rc = handles_open(d, evtchn_fd);

    if (!rc)
        d->xen->virq_port = virq_port;
    return rc;
}

static int read_number(const char *file, unsigned long *out)
{
    char text[32], *end;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return -errno;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0)
        return -EIO;
    text[n] = '\0';
    *out = strtoul(text, &end, 10);
    return end == text ? -EINVAL : 0;
}

/* The kernel that we run on shares its page and its port through xenfs. NULL: see errno. */
static void *map_kernel_page(void)
{
    int fd = open("/proc/xen/xsd_kva", O_RDWR | O_CLOEXEC), saved;
    void *page;

    if (fd < 0)
        return NULL;
    page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    saved = errno;
    close(fd);
    errno = saved;
    return page == MAP_FAILED ? NULL : page;
}

int domio_connect_dom0(struct daemon *d)
{
    unsigned long port = 0;
    int rc = read_number("/proc/xen/xsd_port", &port);
    void *page;

    if (rc)
        return rc;
    page = map_kernel_page();
    if (!page)
        return -errno;
    rc = add_domain(d, 0, page, MAP_KERNEL, (uint32_t)port);
    if (rc == 0)
        store_domain_introduced(d->s, 0);
    return rc;
}

/* The indices are those that this daemon's forerunner knew: the page may hold anything. */
static struct link *adopt_page(struct daemon *d, const struct live_conn *c, void *page, int kind)
{
    struct link *l = link_new(d, &dom_ops, c->domid);

    if (!l) {
        unmap_page(d->xen, page, kind);
        return NULL;
    }
    TAILQ_INSERT_TAIL(&d->rings, l, link);
    d->xen->by_domid[c->domid] = l;
    ring_attach(&l->ring, page);
    l->ring.req_cons = c->own.req_cons;
    l->ring.rsp_prod = c->own.rsp_prod;
    l->map_kind = kind;
    l->gfn = c->own.gfn;
    l->remote_port = c->own.remote_port;
    l->dead = c->own.dead != 0;
    if ((int)c->port >= 0 && port_set(d->xen, c->port, l) != 0) {
        drop_domain(d, l);
        return NULL;
    }
    return l;
}

struct link *domio_adopt(struct daemon *d, const struct live_conn *c)
{
    int kind = MAP_KERNEL;
    struct link *l = NULL;
    void *page = NULL;

    if (d->xen && c->own.map_kind == MAP_KERNEL)
        page = map_kernel_page();
    else if (d->xen)
        page = map_page(d->xen, c->domid, c->own.gfn, &kind);
    if (page)
        l = adopt_page(d, c, page, kind);
    if (l)
        return l;
    syslog(LOG_WARNING, "live update: domain %u cannot be reached any more", c->domid);
    if (d->xen && (int)c->port >= 0)
        (void)xenevtchn_unbind(d->xen->xce, c->port);
    return NULL;
}

void domio_close(struct daemon *d)
{
    struct xen_handles *x = d->xen;
    struct link *l;

    if (!x)
        return;
    TAILQ_FOREACH(l, &d->rings, link)
    {
        if (!l->gone)
            drop_domain(d, l);
    }
    domio_reap(d);
    if (x->xgt)
        xengnttab_close(x->xgt);
    if (x->fmem)
        xenforeignmemory_close(x->fmem);
    if (x->xce)
        xenevtchn_close(x->xce);
    if (x->xch)
        xc_interface_close(x->xch);
    free(x->by_port);
    free(x);
    d->xen = NULL;
}
