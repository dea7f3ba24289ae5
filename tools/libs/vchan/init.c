/* SPDX-License-Identifier: MIT */
/* Making and connecting: which pages are shared, and where in them the rings are. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenstore.h>

#include "libxenvchan.h"

#define PAGE        4096u
#define PAGE_ORDER  12
#define SMALL_ORDER 10 /* at offset 1024 of the page that both have anyway */
#define LARGE_ORDER 11 /* at 2048 */
#define MAX_ORDER   20

static unsigned int pages_of(int order)
{
    return order >= PAGE_ORDER ? 1u << (order - PAGE_ORDER) : 0;
}

static bool order_valid(int order)
{
    return order >= SMALL_ORDER && order <= MAX_ORDER;
}

/* Do two such rings, and the list of their grants, fit beside each other? */
static bool orders_fit(int left, int right)
{
    int least = left < right ? left : right;
    size_t list_end;

    if (!order_valid(left) || !order_valid(right) || (left == right && left < PAGE_ORDER))
        return false;
    list_end = offsetof(struct vchan_interface, grants) +
               (size_t)(pages_of(left) + pages_of(right)) * sizeof(uint32_t);
    return list_end <= (least < PAGE_ORDER ? 1u << least : PAGE);
}

static int order_for(size_t least)
{
    int order = SMALL_ORDER;

    while (order <= MAX_ORDER && ((size_t)1 << order) < least)
        order++;
    return order;
}

/* The smallest that fit; 0, or -1. */
static int choose_orders(size_t read_min, size_t write_min, int *left, int *right)
{
    *left = order_for(read_min);
    *right = order_for(write_min);
    while (*left <= MAX_ORDER && *right <= MAX_ORDER) {
        if (orders_fit(*left, *right))
            return 0;
        ++*(*left < *right ? left : right);
    }
    errno = EINVAL;
    return -1;
}

static void rings_set(struct libxenvchan *c, struct libxenvchan_ring *left,
                      struct libxenvchan_ring *right, int left_order, int right_order)
{
    left->shr = &c->ring->left;
    right->shr = &c->ring->right;
    left->order = left_order;
    right->order = right_order;
    if (left_order < PAGE_ORDER)
        left->buffer = (char *)c->ring + (1u << left_order);
    if (right_order < PAGE_ORDER)
        right->buffer = (char *)c->ring + (1u << right_order);
}

/* The server. */

static int share_ring(struct libxenvchan *c, int domain, struct libxenvchan_ring *r, uint32_t *refs)
{
    if (r->order < PAGE_ORDER)
        return 0;
    r->buffer =
        xengntshr_share_pages(c->gntshr, (uint32_t)domain, (int)pages_of(r->order), refs, 1);
    return r->buffer ? 0 : -1;
}

static int share(struct libxenvchan *c, int domain, int left, int right, uint32_t *ref)
{
    c->ring =
        xengntshr_share_page_notify(c->gntshr, (uint32_t)domain, ref, 1,
                                    offsetof(struct vchan_interface, srv_live), c->event_port);
    if (!c->ring)
        return -1;
    memset(c->ring, 0, PAGE);
    c->ring->left_order = (uint16_t)left;
    c->ring->right_order = (uint16_t)right;
    c->ring->cli_live = 2;
    c->ring->srv_live = 1;
    c->ring->cli_notify = c->ring->srv_notify = VCHAN_NOTIFY_WRITE;
    rings_set(c, &c->read, &c->write, left, right);
    if (share_ring(c, domain, &c->read, c->ring->grants))
        return -1;
    return share_ring(c, domain, &c->write, c->ring->grants + pages_of(left));
}

static bool put_node(struct xs_handle *xs, const char *dir, const char *name, uint32_t value,
                     struct xs_permissions *perms)
{
    char path[256], text[16];

    if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >= sizeof(path))
        return false;
    snprintf(text, sizeof(text), "%u", value);
    return xs_write(xs, XBT_NULL, path, text, (unsigned int)strlen(text)) &&
           xs_set_permissions(xs, XBT_NULL, path, perms, 2);
}

static char *own_domid(struct xs_handle *xs)
{
    return xs_read(xs, XBT_NULL, "domid", NULL);
}

/* The port last: with it all is there. */
static int publish(struct libxenvchan *c, int domain, uint32_t ref)
{
    struct xs_permissions perms[2] = {{.perms = XS_PERM_NONE},
                                      {.id = (unsigned int)domain, .perms = XS_PERM_READ}};
    struct xs_handle *xs = xs_open(0);
    char *own;
    bool ok;

    if (!xs)
        return -1;
    own = own_domid(xs);
    perms[0].id = own ? (unsigned int)atoi(own) : 0;
    free(own);
    ok = put_node(xs, c->xs_path, "ring-ref", ref, perms) &&
         put_node(xs, c->xs_path, "event-channel", c->event_port, perms);
    xs_close(xs);
    return ok ? 0 : -1;
}

static void unpublish(const struct libxenvchan *c)
{
    static const char *const names[] = {"event-channel", "ring-ref"};
    struct xs_handle *xs = xs_open(0);
    char path[256];

    if (!xs)
        return;
    for (unsigned int i = 0; i < 2; i++)
        if ((size_t)snprintf(path, sizeof(path), "%s/%s", c->xs_path, names[i]) < sizeof(path))
            xs_rm(xs, XBT_NULL, path);
    xs_close(xs);
}

struct libxenvchan *libxenvchan_server_init(struct xentoollog_logger *logger, int domain,
                                            const char *xs_path, size_t read_min, size_t write_min)
{
    struct libxenvchan *c = calloc(1, sizeof(*c));
    xenevtchn_port_or_error_t port;
    int left, right;
    uint32_t ref;

    if (!c)
        return NULL;
    c->is_server = 1;
    if (choose_orders(read_min, write_min, &left, &right))
        goto fail;
    c->event = xenevtchn_open(logger, 0);
    c->gntshr = c->event ? xengntshr_open(logger, 0) : NULL;
    if (!c->gntshr)
        goto fail;
    port = xenevtchn_bind_unbound_port(c->event, (uint32_t)domain);
    if (port < 0)
        goto fail;
    c->event_port = (uint32_t)port;
    if (xenevtchn_unmask(c->event, c->event_port) || share(c, domain, left, right, &ref))
        goto fail;
    c->xs_path = strdup(xs_path);
    if (c->xs_path && !publish(c, domain, ref))
        return c;
fail:
    libxenvchan_close(c);
    return NULL;
}

/* The client. */

static int map_ring(struct libxenvchan *c, int domain, struct libxenvchan_ring *r, uint32_t *refs)
{
    if (r->order < PAGE_ORDER)
        return 0;
    r->buffer = xengnttab_map_domain_grant_refs(c->gnttab, pages_of(r->order), (uint32_t)domain,
                                                refs, PROT_READ | PROT_WRITE);
    return r->buffer ? 0 : -1;
}

static int map(struct libxenvchan *c, int domain, uint32_t ref)
{
    uint32_t refs[PAGE / sizeof(uint32_t)];
    int left, right;

    c->ring =
        xengnttab_map_grant_ref_notify(c->gnttab, (uint32_t)domain, ref, PROT_READ | PROT_WRITE,
                                       offsetof(struct vchan_interface, cli_live), c->event_port);
    if (!c->ring)
        return -1;
    left = *(volatile uint16_t *)&c->ring->left_order;
    right = *(volatile uint16_t *)&c->ring->right_order;
    if (!orders_fit(left, right)) {
        errno = EPROTO;
        return -1;
    }
    memcpy(refs, c->ring->grants, (pages_of(left) + pages_of(right)) * sizeof(uint32_t));
    rings_set(c, &c->write, &c->read, left, right);
    if (map_ring(c, domain, &c->write, refs))
        return -1;
    return map_ring(c, domain, &c->read, refs + pages_of(left));
}

static int get_node(struct xs_handle *xs, const char *dir, const char *name, uint32_t *out)
{
    char path[256], *text, *end;
    unsigned long n;
    int rc = -1;

    if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >= sizeof(path))
        return -1;
    text = xs_read(xs, XBT_NULL, path, NULL);
    if (!text)
        return -1;
    n = strtoul(text, &end, 10);
    if (end != text && !*end && n <= UINT32_MAX) {
        *out = (uint32_t)n;
        rc = 0;
    } else {
        errno = EPROTO;
    }
    free(text);
    return rc;
}

static int find(const char *xs_path, uint32_t *ref, uint32_t *port)
{
    struct xs_handle *xs = xs_open(0);
    int rc;

    if (!xs)
        return -1;
    rc = get_node(xs, xs_path, "ring-ref", ref);
    if (!rc)
        rc = get_node(xs, xs_path, "event-channel", port);
    xs_close(xs);
    return rc;
}

struct libxenvchan *libxenvchan_client_init(struct xentoollog_logger *logger, int domain,
                                            const char *xs_path)
{
    struct libxenvchan *c = calloc(1, sizeof(*c));
    xenevtchn_port_or_error_t port;
    uint32_t ref, peer;

    if (!c)
        return NULL;
    if (find(xs_path, &ref, &peer))
        goto fail;
    c->event = xenevtchn_open(logger, 0);
    c->gnttab = c->event ? xengnttab_open(logger, 0) : NULL;
    if (!c->gnttab)
        goto fail;
    port = xenevtchn_bind_interdomain(c->event, (uint32_t)domain, peer);
    if (port < 0)
        goto fail;
    c->event_port = (uint32_t)port;
    if (xenevtchn_unmask(c->event, c->event_port) || map(c, domain, ref))
        goto fail;
    c->ring->cli_live = 1;
    __atomic_fetch_or(&c->ring->srv_notify, VCHAN_NOTIFY_WRITE, __ATOMIC_SEQ_CST);
    /* The server may wait for somebody to come. */
    if (!xenevtchn_notify(c->event, c->event_port))
        return c;
fail:
    libxenvchan_close(c);
    return NULL;
}

/* The end of either, also of one that was never complete. */

static void unmap_server(struct libxenvchan *c)
{
    if (c->xs_path)
        unpublish(c);
    if (c->read.order >= PAGE_ORDER && c->read.buffer)
        xengntshr_unshare(c->gntshr, c->read.buffer, pages_of(c->read.order));
    if (c->write.order >= PAGE_ORDER && c->write.buffer)
        xengntshr_unshare(c->gntshr, c->write.buffer, pages_of(c->write.order));
    if (c->ring)
        xengntshr_unshare(c->gntshr, c->ring, 1);
    if (c->gntshr)
        xengntshr_close(c->gntshr);
}

static void unmap_client(struct libxenvchan *c)
{
    if (c->read.order >= PAGE_ORDER && c->read.buffer)
        xengnttab_unmap(c->gnttab, c->read.buffer, pages_of(c->read.order));
    if (c->write.order >= PAGE_ORDER && c->write.buffer)
        xengnttab_unmap(c->gnttab, c->write.buffer, pages_of(c->write.order));
    if (c->ring)
        xengnttab_unmap(c->gnttab, c->ring, 1);
    if (c->gnttab)
        xengnttab_close(c->gnttab);
}

void libxenvchan_close(struct libxenvchan *ctrl)
{
    int saved = errno;

    if (!ctrl)
        return;
    if (ctrl->ring) {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        *(ctrl->is_server ? &ctrl->ring->srv_live : &ctrl->ring->cli_live) = 0;
        xenevtchn_notify(ctrl->event, ctrl->event_port);
    }
    if (ctrl->is_server)
        unmap_server(ctrl);
    else
        unmap_client(ctrl);
    if (ctrl->event)
        xenevtchn_close(ctrl->event);
    free(ctrl->xs_path);
    free(ctrl);
    errno = saved;
}
