/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

int xengnttab_dmabuf_exp_from_refs(xengnttab_handle *xgt, uint32_t domid, uint32_t flags,
                                   uint32_t count, const uint32_t *refs, uint32_t *fd)
{
    struct dev_dmabuf_export *arg = calloc(1, sizeof(*arg) + (size_t)count * sizeof(*refs));
    int r, saved;

    if (!arg)
        return -1;
    arg->flags = flags;
    arg->count = count;
    arg->domid = domid;
    memcpy(arg->refs, refs, (size_t)count * sizeof(*refs));
    r = ioctl(xgt->fd, DEV_GNTDEV_DMABUF_EXPORT, arg);
    saved = errno;
    if (!r)
        *fd = arg->fd;
    free(arg);
    errno = saved;
    return r;
}

int xengnttab_dmabuf_exp_wait_released(xengnttab_handle *xgt, uint32_t fd, uint32_t wait_to_ms)
{
    struct dev_dmabuf_wait arg = {fd, wait_to_ms};

    return ioctl(xgt->fd, DEV_GNTDEV_DMABUF_WAIT, &arg);
}

int xengnttab_dmabuf_imp_to_refs(xengnttab_handle *xgt, uint32_t domid, uint32_t fd, uint32_t count,
                                 uint32_t *refs)
{
    struct dev_dmabuf_import *arg = calloc(1, sizeof(*arg) + (size_t)count * sizeof(*refs));
    int r, saved;

    if (!arg)
        return -1;
    arg->fd = fd;
    arg->count = count;
    arg->domid = domid;
    r = ioctl(xgt->fd, DEV_GNTDEV_DMABUF_IMPORT, arg);
    saved = errno;
    if (!r)
        memcpy(refs, arg->refs, (size_t)count * sizeof(*refs));
    free(arg);
    errno = saved;
    return r;
}

int xengnttab_dmabuf_imp_release(xengnttab_handle *xgt, uint32_t fd)
{
    struct dev_dmabuf_release arg = {.fd = fd};

    return ioctl(xgt->fd, DEV_GNTDEV_DMABUF_RELEASE, &arg);
}
