/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "private.h"

static int gntdev_restrict(struct toolcore_handle *active, domid_t domid)
{
    struct xengntdev_handle *handle = (void *)active;

    (void)domid;
    return xentoolcore__restrict_by_dup2_null(handle->fd);
}

void gntdev_failed(struct xengntdev_handle *handle, const char *what)
{
    if (handle->logger)
        xtl_log(handle->logger, XTL_ERROR, errno, "xengnttab", "%s", what);
}

struct xengntdev_handle *gntdev_open(struct xentoollog_logger *logger, const char *path,
                                     unsigned open_flags)
{
    struct xengntdev_handle *handle;

    if (open_flags) {
        errno = EINVAL;
        return NULL;
    }
    handle = calloc(1, sizeof(*handle));
    if (!handle)
        return NULL;
    handle->active.restrict_to = gntdev_restrict;
    handle->logger = logger;
    handle->fd = open(path, O_RDWR | O_CLOEXEC);
    if (handle->fd < 0) {
        gntdev_failed(handle, path);
        free(handle);
        return NULL;
    }
    xentoolcore__register_active_handle(&handle->active);
    return handle;
}

int gntdev_close(struct xengntdev_handle *handle)
{
    int r;

    if (!handle)
        return 0;
    xentoolcore__deregister_active_handle(&handle->active);
    r = close(handle->fd);
    free(handle);
    return r;
}

int gntdev_notify(struct xengntdev_handle *handle, unsigned long request, uint64_t index,
                  uint32_t offset, evtchn_port_t port)
{
    struct dev_grant_notify arg = {.index = index};

    if (offset < PAGE_BYTES) {
        arg.index += offset;
        arg.action |= DEV_NOTIFY_CLEAR_BYTE;
    }
    if (port != (evtchn_port_t)-1) {
        arg.port = port;
        arg.action |= DEV_NOTIFY_SEND_EVENT;
    }
    return arg.action ? ioctl(handle->fd, request, &arg) : 0;
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned open_flags)
{
    return gntdev_open(logger, "/dev/xen/gntdev", open_flags);
}

int xengnttab_close(xengnttab_handle *xgt)
{
    return gntdev_close(xgt);
}

int xengnttab_fd(xengnttab_handle *xgt)
{
    return xgt->fd;
}

int xengnttab_set_max_grants(xengnttab_handle *xgt, uint32_t nr_grants)
{
    int r = ioctl(xgt->fd, DEV_GNTDEV_SET_MAX, &nr_grants);

    /* Linux has no such limit any more. */
    return r && errno == ENOTTY ? 0 : r;
}

static void forget_map(xengnttab_handle *xgt, uint64_t index, uint32_t count)
{
    struct dev_grant_unmap arg = {.index = index, .count = count};
    int saved = errno;

    ioctl(xgt->fd, DEV_GNTDEV_UNMAP, &arg);
    errno = saved;
}

/*
 * mmap() of the device says EAGAIN while the granting domain's page is paged out; then it is worth
 * waiting, but not for ever.
 */
static void *map_index(xengnttab_handle *xgt, uint64_t index, uint32_t count, int prot)
{
    void *p = MAP_FAILED;

    for (unsigned int tries = 0; tries < 1000; tries++) {
        p = mmap(NULL, (size_t)count * PAGE_BYTES, prot, MAP_SHARED, xgt->fd, (off_t)index);
        if (p != MAP_FAILED || errno != EAGAIN)
            break;
        usleep(1000);
    }
    return p == MAP_FAILED ? NULL : p;
}

struct map_req {
    uint32_t count;
    const uint32_t *domids;
    unsigned int domid_step; /* 0: one for all */
    const uint32_t *refs;
    int prot;
    uint32_t notify_offset;
    evtchn_port_t notify_port;
};

static struct dev_grant_map *map_arg(const struct map_req *req)
{
    struct dev_grant_map *arg;

    if (req->count == 0) {
        errno = EINVAL;
        return NULL;
    }
    arg = malloc(sizeof(*arg) + (size_t)(req->count - 1) * sizeof(arg->refs[0]));
    if (!arg)
        return NULL;
    arg->count = req->count;
    arg->pad = 0;
    for (uint32_t i = 0; i < req->count; i++) {
        arg->refs[i].domid = req->domids[i * req->domid_step];
        arg->refs[i].ref = req->refs[i];
    }
    return arg;
}

static void *grant_map(xengnttab_handle *xgt, const struct map_req *req)
{
    struct dev_grant_map *arg = map_arg(req);
    void *p = NULL;
    int saved;

    if (!arg)
        return NULL;
    if (ioctl(xgt->fd, DEV_GNTDEV_MAP, arg)) {
        gntdev_failed(xgt, "mapping of grants refused");
        goto out;
    }
    p = map_index(xgt, arg->index, req->count, req->prot);
    if (!p) {
        gntdev_failed(xgt, "mmap of grants failed");
    } else if (gntdev_notify(xgt, DEV_GNTDEV_NOTIFY, arg->index, req->notify_offset,
                             req->notify_port)) {
        gntdev_failed(xgt, "no notification for grant");
        saved = errno;
        munmap(p, (size_t)req->count * PAGE_BYTES);
        errno = saved;
        p = NULL;
    }
    if (!p)
        forget_map(xgt, arg->index, req->count);
out:
    saved = errno;
    free(arg);
    errno = saved;
    return p;
}

void *xengnttab_map_grant_refs(xengnttab_handle *xgt, uint32_t count, uint32_t *domids,
                               uint32_t *refs, int prot)
{
    return grant_map(xgt, &(struct map_req){count, domids, 1, refs, prot, -1, -1});
}

void *xengnttab_map_domain_grant_refs(xengnttab_handle *xgt, uint32_t count, uint32_t domid,
                                      uint32_t *refs, int prot)
{
    return grant_map(xgt, &(struct map_req){count, &domid, 0, refs, prot, -1, -1});
}

void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid, uint32_t ref, int prot)
{
    return grant_map(xgt, &(struct map_req){1, &domid, 0, &ref, prot, -1, -1});
}

void *xengnttab_map_grant_ref_notify(xengnttab_handle *xgt, uint32_t domid, uint32_t ref, int prot,
                                     uint32_t notify_offset, evtchn_port_t notify_port)
{
    struct map_req req = {1, &domid, 0, &ref, prot, notify_offset, notify_port};

    return grant_map(xgt, &req);
}

int xengnttab_unmap(xengnttab_handle *xgt, void *start_address, uint32_t count)
{
    struct dev_grant_lookup find = {.vaddr = (uintptr_t)start_address};
    struct dev_grant_unmap arg;

    if (!start_address || !count) {
        errno = EINVAL;
        return -1;
    }
    if (ioctl(xgt->fd, DEV_GNTDEV_LOOKUP, &find))
        return -1;
    if (find.count != count) {
        errno = EINVAL;
        return -1;
    }
    if (munmap(start_address, (size_t)count * PAGE_BYTES))
        return -1;
    arg = (struct dev_grant_unmap){.index = find.offset, .count = count};
    return ioctl(xgt->fd, DEV_GNTDEV_UNMAP, &arg);
}

int xengnttab_grant_copy(xengnttab_handle *xgt, uint32_t count,
                         xengnttab_grant_copy_segment_t *segs)
{
    struct dev_grant_copy arg = {.count = count, .segments = segs};
    int r = ioctl(xgt->fd, DEV_GNTDEV_COPY, &arg);

    if (r)
        gntdev_failed(xgt, "grant copy failed");
    return r;
}
