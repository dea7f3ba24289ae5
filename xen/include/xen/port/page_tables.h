/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's own page tables, of ports that have some. Whoever maps owns the addresses.
 * Tables come from the boot allocator, then from the heap. @flags: the port's.
 */
#ifndef XEN_PORT_PAGE_TABLES_H
#define XEN_PORT_PAGE_TABLES_H

#include <xen/types.h>

/* Flags for memory: cached, writable, not executable. */
extern const uint64_t page_flags_memory;

/* Map @nr frames from @mfn at @va, in large pages where both are aligned. 0, -EEXIST, -ENOMEM; on
 * error part of the range may be mapped. */
int __must_check xen_map_range(unsigned long va, mfn_t mfn, unsigned long nr, uint64_t flags);
/* Unmap what is mapped of a range and flush the TLBs of all CPUs. */
void xen_unmap_range(unsigned long va, unsigned long nr);
/* Change the flags of what is mapped. 0, or -ENOMEM, -EINVAL: a large page is only partly in it. */
int xen_protect_range(unsigned long va, unsigned long nr, uint64_t flags);
/* What @va maps to; ~0: nothing. */
paddr_t xen_va_to_maddr(unsigned long va);

/* common/machine/mappings.c: made of these for all such ports. */

/* The same in pages of 4K; on error nothing is mapped. */
int __must_check xen_map_pages(unsigned long va, mfn_t mfn, unsigned long nr, uint64_t flags);
/* At boot; nothing to do where @first is not below @end. */
void xen_map_or_panic(unsigned long va, uint64_t first, uint64_t end, uint64_t flags);
/* @len bytes from @addr, any alignment, in the vmap area; undone by vunmap(). NULL: no room. */
void *vmap_device(paddr_t addr, size_t len, uint64_t flags);

#endif
