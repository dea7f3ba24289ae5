/* SPDX-License-Identifier: MIT */
/*
 * The kernel's side of the toolstack: ioctl numbers and arguments of /dev/xen/{privcmd, evtchn,
 * gntdev, gntalloc}. Internal to the libraries, not installed.
 *
 * Source: Linux UAPI (xen/privcmd.h, xen/evtchn.h, xen/gntdev.h, xen/gntalloc.h). All numbers carry
 * no direction bits; a size in them is that of the structure, without what follows it.
 */
#ifndef SYSDEP_XENDEV_H
#define SYSDEP_XENDEV_H

#include <stdint.h>
#include <stddef.h>
#include <sys/ioctl.h>

#define XENDEV_IO(group, nr, type) _IOC(_IOC_NONE, group, nr, sizeof(type))

/* /dev/xen/privcmd */
struct dev_hypercall {
    uint64_t op;
    uint64_t arg[5];
};
struct dev_map_batch {
    uint32_t num;
    uint16_t dom;
    uint64_t addr;
    const void *frames; /* unsigned long[num] */
    int *err;           /* int[num]: 0 or a negative errno each */
};
struct dev_dm_buf {
    void *ptr;
    size_t size;
};
struct dev_dm_op {
    uint16_t dom;
    uint16_t num;
    const struct dev_dm_buf *bufs;
};
struct dev_map_resource {
    uint16_t dom;
    uint32_t type;
    uint32_t id;
    uint32_t idx;
    uint64_t num; /* 0 with addr 0: ask for the size, returned here */
    uint64_t addr;
};
#define DEV_PRIVCMD_HYPERCALL    XENDEV_IO('P', 0, struct dev_hypercall)
#define DEV_PRIVCMD_MAP_BATCH    XENDEV_IO('P', 4, struct dev_map_batch)
#define DEV_PRIVCMD_DM_OP        XENDEV_IO('P', 5, struct dev_dm_op)
#define DEV_PRIVCMD_RESTRICT     XENDEV_IO('P', 6, uint16_t)
#define DEV_PRIVCMD_MAP_RESOURCE XENDEV_IO('P', 7, struct dev_map_resource)

/* /dev/xen/evtchn: the binding calls return the local port. */
struct dev_evtchn_pair {
    uint32_t remote_domain;
    uint32_t remote_port;
};
#define DEV_EVTCHN_BIND_VIRQ        XENDEV_IO('E', 0, uint32_t)
#define DEV_EVTCHN_BIND_INTERDOMAIN XENDEV_IO('E', 1, struct dev_evtchn_pair)
#define DEV_EVTCHN_BIND_UNBOUND     XENDEV_IO('E', 2, uint32_t)
#define DEV_EVTCHN_UNBIND           XENDEV_IO('E', 3, uint32_t)
#define DEV_EVTCHN_NOTIFY           XENDEV_IO('E', 4, uint32_t)
#define DEV_EVTCHN_RESTRICT         XENDEV_IO('E', 6, uint16_t)

/* /dev/xen/gntdev */
struct dev_grant_ref {
    uint32_t domid;
    uint32_t ref;
};
struct dev_grant_map {
    uint32_t count;
    uint32_t pad;
    uint64_t index; /* out: what to give mmap as the offset */
    struct dev_grant_ref refs[1];
};
struct dev_grant_unmap {
    uint64_t index;
    uint32_t count;
    uint32_t pad;
};
struct dev_grant_lookup {
    uint64_t vaddr;
    uint64_t offset;
    uint32_t count;
    uint32_t pad;
};
struct dev_grant_notify {
    uint64_t index;
    uint32_t action;
    uint32_t port;
};
#define DEV_NOTIFY_CLEAR_BYTE 1u
#define DEV_NOTIFY_SEND_EVENT 2u
struct dev_grant_copy {
    uint32_t count;
    void *segments; /* laid out as xengnttab_grant_copy_segment_t */
};
struct dev_dmabuf_export {
    uint32_t flags;
    uint32_t count;
    uint32_t fd; /* out */
    uint32_t domid;
    uint32_t refs[1];
};
struct dev_dmabuf_wait {
    uint32_t fd;
    uint32_t timeout_ms;
};
struct dev_dmabuf_import {
    uint32_t fd;
    uint32_t count;
    uint32_t domid;
    uint32_t reserved;
    uint32_t refs[1]; /* out */
};
struct dev_dmabuf_release {
    uint32_t fd;
    uint32_t reserved;
};
#define DEV_GNTDEV_MAP            XENDEV_IO('G', 0, struct dev_grant_map)
#define DEV_GNTDEV_UNMAP          XENDEV_IO('G', 1, struct dev_grant_unmap)
#define DEV_GNTDEV_LOOKUP         XENDEV_IO('G', 2, struct dev_grant_lookup)
#define DEV_GNTDEV_SET_MAX        XENDEV_IO('G', 3, uint32_t)
#define DEV_GNTDEV_NOTIFY         XENDEV_IO('G', 7, struct dev_grant_notify)
#define DEV_GNTDEV_COPY           XENDEV_IO('G', 8, struct dev_grant_copy)
#define DEV_GNTDEV_DMABUF_EXPORT  XENDEV_IO('G', 9, struct dev_dmabuf_export)
#define DEV_GNTDEV_DMABUF_WAIT    XENDEV_IO('G', 10, struct dev_dmabuf_wait)
#define DEV_GNTDEV_DMABUF_IMPORT  XENDEV_IO('G', 11, struct dev_dmabuf_import)
#define DEV_GNTDEV_DMABUF_RELEASE XENDEV_IO('G', 12, struct dev_dmabuf_release)

/* /dev/xen/gntalloc */
struct dev_galloc {
    uint16_t domid;
    uint16_t flags;
    uint32_t count;
    uint64_t index;   /* out: mmap offset */
    uint32_t refs[1]; /* out */
};
#define DEV_GALLOC_WRITABLE 1u
struct dev_galloc_free {
    uint64_t index;
    uint32_t count;
};
#define DEV_GNTALLOC_ALLOC  XENDEV_IO('G', 5, struct dev_galloc)
#define DEV_GNTALLOC_FREE   XENDEV_IO('G', 6, struct dev_galloc_free)
#define DEV_GNTALLOC_NOTIFY XENDEV_IO('G', 7, struct dev_grant_notify)

_Static_assert(sizeof(struct dev_map_batch) == 32, "privcmd map batch");
_Static_assert(sizeof(struct dev_map_resource) == 32, "privcmd map resource");
_Static_assert(sizeof(struct dev_grant_map) == 24, "gntdev map");
_Static_assert(sizeof(struct dev_galloc) == 24, "gntalloc alloc");

#endif
