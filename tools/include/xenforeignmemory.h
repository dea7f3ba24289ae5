/* SPDX-License-Identifier: MIT */
/*
 * libxenforeignmemory: other domains' memory in this process, by privilege and not by grant.
 *
 * A child after fork() may only close an inherited handle, and cannot use its mappings. Functions
 * return -1 (pointers: NULL) with errno on failure.
 */
#ifndef XENFOREIGNMEMORY_H
#define XENFOREIGNMEMORY_H

#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>

struct xentoollog_logger;

typedef struct xenforeignmemory_handle xenforeignmemory_handle;

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger,
                                               unsigned open_flags);
int xenforeignmemory_close(xenforeignmemory_handle *fmem);

/*
 * Map @pages frames @arr of domain @dom, one after the other.
 *
 * @err  gets 0 or an errno for each frame, and the mapping succeeds if any frame did; touching
 *       another one faults. NULL: all frames must succeed; errno tells of the first that did not.
 */
void *xenforeignmemory_map(xenforeignmemory_handle *fmem, uint32_t dom, int prot, size_t pages,
                           const xen_pfn_t arr[/*pages*/], int err[/*pages*/]);
/* The same with mmap()'s @addr and @flags. */
void *xenforeignmemory_map2(xenforeignmemory_handle *fmem, uint32_t dom, void *addr, int prot,
                            int flags, size_t pages, const xen_pfn_t arr[/*pages*/],
                            int err[/*pages*/]);
int xenforeignmemory_unmap(xenforeignmemory_handle *fmem, void *addr, size_t pages);

/* From now on the handle can map memory of @domid only. */
int xenforeignmemory_restrict(xenforeignmemory_handle *fmem, domid_t domid);

/*
 * Frames which the hypervisor keeps for a domain (XENMEM_resource_*): @nr_frames from @frame of
 * resource @type, @id, at *@paddr; *@paddr is a hint when called, mmap()'s address afterwards.
 * EOPNOTSUPP if hypervisor or kernel cannot.
 */
typedef struct xenforeignmemory_resource_handle xenforeignmemory_resource_handle;

xenforeignmemory_resource_handle *
xenforeignmemory_map_resource(xenforeignmemory_handle *fmem, domid_t domid, unsigned int type,
                              unsigned int id, unsigned long frame, unsigned long nr_frames,
                              void **paddr, int prot, int flags);
int xenforeignmemory_unmap_resource(xenforeignmemory_handle *fmem,
                                    xenforeignmemory_resource_handle *fres);
/* The size of the whole resource, in bytes. */
int xenforeignmemory_resource_size(xenforeignmemory_handle *fmem, domid_t domid, unsigned int type,
                                   unsigned int id, size_t *size);

#endif
