/* SPDX-License-Identifier: MIT */
/* What the core asks about the types of pages. */
#ifndef XEN_PORT_PAGE_TYPE_H
#define XEN_PORT_PAGE_TYPE_H

#include <xen/frame.h>

/* General and writable reference at once, for grants and for mapped structures.
 * False: not @d's, or it is a page table, descriptor table ... */
bool __must_check page_get_writable(struct page_info *pg, struct domain *d);
/* Only the type, on top of a general reference. */
bool __must_check page_get_writable_type(struct page_info *pg);
void page_put_writable(struct page_info *pg);
void page_put_writable_type(struct page_info *pg);
/* Does nobody use the page as any type, nor keeps it for one (pins, half-done tables)? */
bool port_page_is_idle(const struct page_info *pg);
/* The last general reference has gone: prepare for the heap (type must be unused). */
void port_page_freed(struct page_info *pg);
/* @page was allocated to @d: set its initial type (writable). */
void port_page_assigned(struct page_info *pg, struct domain *d);
/* A page of the hypervisor's is shared with a guest: fix its type for good. */
void port_page_shared(struct page_info *pg, bool writable);

/* TLBs of all CPUs that may hold translations of a page freed at TLB clock @stamp. */
uint32_t port_tlb_clock(void);
void port_flush_tlb_since(uint32_t stamp);
void port_flush_tlb_all(void);

#endif
