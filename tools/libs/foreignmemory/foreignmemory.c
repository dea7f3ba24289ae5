/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sysdep/toolcore.h"
#include "sysdep/xendev.h"
#include "xenforeignmemory.h"
#include "xentoollog.h"

#define PAGE_BYTES 4096u

struct xenforeignmemory_handle {
    struct toolcore_handle active;
    struct xentoollog_logger *logger; /* may be NULL */
    int fd;
};

struct xenforeignmemory_resource_handle {
    void *addr;
    size_t len;
};

static int fmem_restrict(struct toolcore_handle *active, domid_t domid)
{
    return xenforeignmemory_restrict((void *)active, domid);
}

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger,
                                               unsigned open_flags)
{
    struct xenforeignmemory_handle *fmem;

    if (open_flags) {
        errno = EINVAL;
        return NULL;
    }
    fmem = calloc(1, sizeof(*fmem));
    if (!fmem)
        return NULL;
    fmem->active.restrict_to = fmem_restrict;
    fmem->logger = logger;
    fmem->fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
    if (fmem->fd < 0 && (errno == ENOENT || errno == ENXIO || errno == ENODEV))
        fmem->fd = open("/proc/xen/privcmd", O_RDWR | O_CLOEXEC);
    if (fmem->fd < 0) {
        if (logger)
            xtl_log(logger, XTL_ERROR, errno, "xenforeignmemory", "cannot open privcmd");
        free(fmem);
        return NULL;
    }
    xentoolcore__register_active_handle(&fmem->active);
    return fmem;
}

int xenforeignmemory_close(xenforeignmemory_handle *fmem)
{
    int r;

    if (!fmem)
        return 0;
    xentoolcore__deregister_active_handle(&fmem->active);
    r = close(fmem->fd);
    free(fmem);
    return r;
}

/* Frames that were paged out are brought in by asking for them; ask again one at a time. */
static int map_again(const struct xenforeignmemory_handle *fmem, struct dev_map_batch one)
{
    int r;

    for (unsigned int tries = 0; tries < 10000; tries++) {
        r = ioctl(fmem->fd, DEV_PRIVCMD_MAP_BATCH, &one);
        if (!r || errno != ENOENT)
            return r;
        usleep(100);
    }
    return r;
}

static int map_paged_out(const struct xenforeignmemory_handle *fmem,
                         const struct dev_map_batch *batch, const xen_pfn_t *arr)
{
    for (uint32_t i = 0; i < batch->num; i++) {
        struct dev_map_batch one = {1, batch->dom, batch->addr + (uint64_t)i * PAGE_BYTES, &arr[i],
                                    &batch->err[i]};

        if (batch->err[i] == -ENOENT && map_again(fmem, one) && errno != ENOENT)
            return -1;
    }
    return 0;
}

/* @err has -errno from the kernel. The caller wants +errno, or all or nothing (@strict). */
static int judge(int *err, size_t pages, bool strict)
{
    size_t good = 0;
    int first = 0;

    for (size_t i = 0; i < pages; i++) {
        err[i] = err[i] < 0 ? -err[i] : err[i];
        good += err[i] == 0;
        if (err[i] && !first)
            first = err[i];
    }
    if (good == pages || (good && !strict))
        return 0;
    errno = first;
    return -1;
}

static int map_batch(const struct xenforeignmemory_handle *fmem, struct dev_map_batch *batch,
                     const xen_pfn_t *arr, bool strict)
{
    int r = ioctl(fmem->fd, DEV_PRIVCMD_MAP_BATCH, batch);

    if (r && errno == ENOENT)
        r = map_paged_out(fmem, batch, arr);
    return r ? r : judge(batch->err, batch->num, strict);
}

void *xenforeignmemory_map2(xenforeignmemory_handle *fmem, uint32_t dom, void *addr, int prot,
                            int flags, size_t pages, const xen_pfn_t arr[], int err[])
{
    int few[64], *errs = err;
    struct dev_map_batch batch = {.dom = (uint16_t)dom, .frames = arr};
    void *p;
    int r, saved;

    if (pages == 0 || pages > INT32_MAX) {
        errno = EINVAL;
        return NULL;
    }
    if (!err)
        errs = pages <= 64 ? few : malloc(pages * sizeof(*errs));
    if (!errs)
        return NULL;
    p = mmap(addr, pages * PAGE_BYTES, prot, flags | MAP_SHARED, fmem->fd, 0);
    if (p == MAP_FAILED) {
        p = NULL;
        goto out;
    }
    batch.num = (uint32_t)pages;
    batch.addr = (uintptr_t)p;
    batch.err = errs;
    r = map_batch(fmem, &batch, arr, !err);
    if (r) {
        saved = errno;
        munmap(p, pages * PAGE_BYTES);
        errno = saved;
        p = NULL;
    }
out:
    saved = errno;
    if (errs != few && errs != err)
        free(errs);
    errno = saved;
    return p;
}

void *xenforeignmemory_map(xenforeignmemory_handle *fmem, uint32_t dom, int prot, size_t pages,
                           const xen_pfn_t arr[], int err[])
{
    return xenforeignmemory_map2(fmem, dom, NULL, prot, 0, pages, arr, err);
}

int xenforeignmemory_unmap(xenforeignmemory_handle *fmem, void *addr, size_t pages)
{
    (void)fmem;
    return munmap(addr, pages * PAGE_BYTES);
}

int xenforeignmemory_restrict(xenforeignmemory_handle *fmem, domid_t domid)
{
    uint16_t arg = domid;
    int r = ioctl(fmem->fd, DEV_PRIVCMD_RESTRICT, &arg);

    if (r && errno == ENOTTY)
        errno = EOPNOTSUPP;
    return r;
}

/* What the kernel says when it, or the hypervisor, has no resources to map. */
static void resource_errno(void)
{
    if (errno == ENOTTY || errno == ENOSYS)
        errno = EOPNOTSUPP;
}

xenforeignmemory_resource_handle *
xenforeignmemory_map_resource(xenforeignmemory_handle *fmem, domid_t domid, unsigned int type,
                              unsigned int id, unsigned long frame, unsigned long nr_frames,
                              void **paddr, int prot, int flags)
{
    struct xenforeignmemory_resource_handle *fres;
    struct dev_map_resource arg = {domid, type, id, (uint32_t)frame, nr_frames, 0};
    int saved;

    if ((flags & ~(MAP_SHARED | MAP_PRIVATE)) || frame > UINT32_MAX || !nr_frames) {
        errno = EINVAL;
        return NULL;
    }
    fres = malloc(sizeof(*fres));
    if (!fres)
        return NULL;
    fres->len = nr_frames * PAGE_BYTES;
    fres->addr = mmap(*paddr, fres->len, prot, flags | MAP_SHARED, fmem->fd, 0);
    if (fres->addr == MAP_FAILED)
        goto fail_alloc;
    arg.addr = (uintptr_t)fres->addr;
    if (ioctl(fmem->fd, DEV_PRIVCMD_MAP_RESOURCE, &arg))
        goto fail_map;
    *paddr = fres->addr;
    return fres;
fail_map:
    resource_errno();
    saved = errno;
    munmap(fres->addr, fres->len);
    errno = saved;
fail_alloc:
    saved = errno;
    free(fres);
    errno = saved;
    return NULL;
}

int xenforeignmemory_unmap_resource(xenforeignmemory_handle *fmem,
                                    xenforeignmemory_resource_handle *fres)
{
    int r;

    (void)fmem;
    if (!fres)
        return 0;
    r = munmap(fres->addr, fres->len);
    free(fres);
    return r;
}

int xenforeignmemory_resource_size(xenforeignmemory_handle *fmem, domid_t domid, unsigned int type,
                                   unsigned int id, size_t *size)
{
    struct dev_map_resource arg = {.dom = domid, .type = type, .id = id};

    if (ioctl(fmem->fd, DEV_PRIVCMD_MAP_RESOURCE, &arg)) {
        resource_errno();
        return -1;
    }
    *size = arg.num * PAGE_BYTES;
    return 0;
}
