/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "private.h"

xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger, unsigned open_flags)
{
    return gntdev_open(logger, "/dev/xen/gntalloc", open_flags);
}

int xengntshr_close(xengntshr_handle *xgs)
{
    return gntdev_close(xgs);
}

int xengntshr_fd(xengntshr_handle *xgs)
{
    return xgs->fd;
}

struct share_req {
    uint32_t domid;
    int count;
    int writable;
    uint32_t notify_offset;
    evtchn_port_t notify_port;
};

static void *share_map(xengntshr_handle *xgs, const struct share_req *req, uint64_t index)
{
    size_t len = (size_t)req->count * PAGE_BYTES;
    void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, xgs->fd, (off_t)index);
    int saved;

    if (p == MAP_FAILED) {
        gntdev_failed(xgs, "mmap of shared pages failed");
        return NULL;
    }
    if (gntdev_notify(xgs, DEV_GNTALLOC_NOTIFY, index, req->notify_offset, req->notify_port)) {
        gntdev_failed(xgs, "no notification for shared page");
        saved = errno;
        munmap(p, len);
        errno = saved;
        return NULL;
    }
    return p;
}

static void *share(xengntshr_handle *xgs, const struct share_req *req, uint32_t *refs)
{
    struct dev_galloc *arg;
    struct dev_galloc_free undo;
    void *p = NULL;
    int saved;

    if (req->count <= 0) {
        errno = EINVAL;
        return NULL;
    }
    arg = calloc(1, sizeof(*arg) + (size_t)(req->count - 1) * sizeof(arg->refs[0]));
    if (!arg)
        return NULL;
    arg->domid = (uint16_t)req->domid;
    arg->flags = req->writable ? DEV_GALLOC_WRITABLE : 0;
    arg->count = (uint32_t)req->count;
    if (ioctl(xgs->fd, DEV_GNTALLOC_ALLOC, arg)) {
        gntdev_failed(xgs, "no shared pages");
        goto out;
    }
    p = share_map(xgs, req, arg->index);
    if (p)
        memcpy(refs, arg->refs, (size_t)req->count * sizeof(*refs));
    saved = errno;
    /* The mapping keeps the pages; the allocation as such is only needed to make it. */
    undo = (struct dev_galloc_free){.index = arg->index, .count = arg->count};
    ioctl(xgs->fd, DEV_GNTALLOC_FREE, &undo);
    errno = saved;
out:
    saved = errno;
    free(arg);
    errno = saved;
    return p;
}

void *xengntshr_share_pages(xengntshr_handle *xgs, uint32_t domid, int count, uint32_t *refs,
                            int writable)
{
    return share(xgs, &(struct share_req){domid, count, writable, -1, -1}, refs);
}

void *xengntshr_share_page_notify(xengntshr_handle *xgs, uint32_t domid, uint32_t *ref,
                                  int writable, uint32_t notify_offset, evtchn_port_t notify_port)
{
    struct share_req req = {domid, 1, writable, notify_offset, notify_port};

    return share(xgs, &req, ref);
}

int xengntshr_unshare(xengntshr_handle *xgs, void *start_address, uint32_t count)
{
    (void)xgs;
    return munmap(start_address, (size_t)count * PAGE_BYTES);
}
