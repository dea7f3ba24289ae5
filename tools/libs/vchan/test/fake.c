/* SPDX-License-Identifier: MIT */
#include "fake.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenstore.h>

#include "libxenvchan.h"

#define PAGE      4096
#define MAX_PAGES 1024
#define MAX_NODES 8
#define MAX_PORTS 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *page[MAX_PAGES]; /* by grant */
static unsigned int nr_pages;
static struct {
    char path[128], value[32];
} node[MAX_NODES];
static struct port {
    int from, to; /* a pipe: whoever notifies the peer writes a byte into it */
    unsigned int peer;
} ports[MAX_PORTS];
static unsigned int nr_ports = 1;
static int left, fail_at = -1;

struct xenevtchn_handle {
    unsigned int port;
};

int fake_left(void)
{
    int n = left;

    for (int i = 0; i < MAX_NODES; i++)
        n += node[i].path[0] != 0;
    return n;
}

int fake_node(const char *path)
{
    for (int i = 0; i < MAX_NODES; i++)
        if (!strcmp(node[i].path, path))
            return atoi(node[i].value);
    return -1;
}

void fake_fail_at(int n)
{
    fail_at = n;
}

static bool fails(void)
{
    if (fail_at < 0 || fail_at-- > 0)
        return false;
    fail_at = 0; /* this one, and all that follow */
    errno = EIO;
    return true;
}

static void count(int n)
{
    pthread_mutex_lock(&lock);
    left += n;
    pthread_mutex_unlock(&lock);
}

/* Events. */

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
    (void)logger, (void)flags;
    if (fails())
        return NULL;
    count(1);
    return calloc(1, sizeof(xenevtchn_handle));
}

int xenevtchn_close(xenevtchn_handle *h)
{
    if (h->port) {
        close(ports[h->port].from);
        /* The other end belongs to the peer, which may still notify: it gets EPIPE then. */
    }
    count(-1);
    free(h);
    return 0;
}

static int new_port(xenevtchn_handle *h, unsigned int peer)
{
    int fds[2];

    if (fails() || pipe(fds))
        return -1;
    pthread_mutex_lock(&lock);
    h->port = nr_ports++ % MAX_PORTS;
    ports[h->port] = (struct port){fds[0], fds[1], peer};
    if (peer)
        ports[peer].peer = h->port;
    pthread_mutex_unlock(&lock);
    return (int)h->port;
}

int xenevtchn_bind_unbound_port(xenevtchn_handle *h, uint32_t domid)
{
    (void)domid;
    return new_port(h, 0);
}

int xenevtchn_bind_interdomain(xenevtchn_handle *h, uint32_t domid, evtchn_port_t remote)
{
    (void)domid;
    return new_port(h, remote);
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
    unsigned int peer = ports[port].peer;

    (void)h;
    if (peer && write(ports[peer].to, "", 1) != 1)
        return errno == EPIPE ? 0 : -1;
    return 0;
}

int xenevtchn_pending(xenevtchn_handle *h)
{
    char c;

    return read(ports[h->port].from, &c, 1) == 1 ? (int)h->port : -1;
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
    (void)h, (void)port;
    return fails() ? -1 : 0;
}

int xenevtchn_fd(xenevtchn_handle *h)
{
    return ports[h->port].from;
}

/* Grants: those of one call lie one after the other, as do the pages. */

static void *handle(void)
{
    if (fails())
        return NULL;
    count(1);
    return malloc(1);
}

xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger, unsigned flags)
{
    (void)logger, (void)flags;
    return handle();
}

int xengntshr_close(xengntshr_handle *h)
{
    count(-1);
    free(h);
    return 0;
}

void *xengntshr_share_pages(xengntshr_handle *h, uint32_t domid, int nr, uint32_t *refs,
                            int writable)
{
    char *p;

    (void)h, (void)domid, (void)writable;
    if (fails() || posix_memalign((void **)&p, PAGE, (size_t)nr * PAGE))
        return NULL;
    memset(p, 0xaa, (size_t)nr * PAGE);
    for (int i = 0; i < nr; i++) {
        page[nr_pages % MAX_PAGES] = p + (size_t)i * PAGE;
        refs[i] = nr_pages++ % MAX_PAGES;
    }
    count(1);
    return p;
}

void *xengntshr_share_page_notify(xengntshr_handle *h, uint32_t domid, uint32_t *ref, int writable,
                                  uint32_t offset, evtchn_port_t port)
{
    (void)offset, (void)port;
    return xengntshr_share_pages(h, domid, 1, ref, writable);
}

/* The memory stays for whoever has it mapped, and is leaked by design: it is the peer's, too. */
int xengntshr_unshare(xengntshr_handle *h, void *p, uint32_t nr)
{
    (void)h, (void)p, (void)nr;
    count(-1);
    return 0;
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned flags)
{
    (void)logger, (void)flags;
    return handle();
}

int xengnttab_close(xengnttab_handle *h)
{
    count(-1);
    free(h);
    return 0;
}

void *xengnttab_map_domain_grant_refs(xengnttab_handle *h, uint32_t nr, uint32_t domid,
                                      uint32_t *refs, int prot)
{
    (void)h, (void)nr, (void)domid, (void)prot;
    if (fails() || refs[0] >= MAX_PAGES || !page[refs[0]])
        return NULL;
    count(1);
    return page[refs[0]];
}

void *xengnttab_map_grant_ref_notify(xengnttab_handle *h, uint32_t domid, uint32_t ref, int prot,
                                     uint32_t offset, evtchn_port_t port)
{
    (void)offset, (void)port;
    return xengnttab_map_domain_grant_refs(h, 1, domid, &ref, prot);
}

int xengnttab_unmap(xengnttab_handle *h, void *p, uint32_t nr)
{
    (void)h, (void)p, (void)nr;
    count(-1);
    return 0;
}

/* The store. */

struct xs_handle *xs_open(unsigned long flags)
{
    (void)flags;
    return (struct xs_handle *)node;
}

void xs_close(struct xs_handle *xs)
{
    (void)xs;
}

void *xs_read(struct xs_handle *xs, xs_transaction_t t, const char *path, unsigned int *len)
{
    (void)xs, (void)t, (void)len;
    if (!strcmp(path, "domid"))
        return strdup("0");
    for (int i = 0; i < MAX_NODES; i++)
        if (!strcmp(node[i].path, path))
            return strdup(node[i].value);
    errno = ENOENT;
    return NULL;
}

bool xs_write(struct xs_handle *xs, xs_transaction_t t, const char *path, const void *data,
              unsigned int len)
{
    (void)xs, (void)t;
    for (int i = 0; !fails() && i < MAX_NODES; i++) {
        if (node[i].path[0] && strcmp(node[i].path, path))
            continue;
        strcpy(node[i].path, path);
        memcpy(node[i].value, data, len);
        node[i].value[len] = '\0';
        return true;
    }
    return false;
}

bool xs_set_permissions(struct xs_handle *xs, xs_transaction_t t, const char *path,
                        struct xs_permissions *perms, unsigned int nr)
{
    (void)xs, (void)t, (void)path;
    /* Ours, and readable by the client alone. */
    return nr == 2 && perms[0].perms == XS_PERM_NONE && perms[1].id == 5 &&
           perms[1].perms == XS_PERM_READ;
}

bool xs_rm(struct xs_handle *xs, xs_transaction_t t, const char *path)
{
    (void)xs, (void)t;
    for (int i = 0; i < MAX_NODES; i++)
        if (!strcmp(node[i].path, path))
            node[i].path[0] = '\0';
    return true;
}
