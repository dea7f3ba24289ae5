/* SPDX-License-Identifier: MIT */
/* Copies between the hypervisor and current's guest memory. */
#ifndef XEN_PORT_GUEST_COPY_H
#define XEN_PORT_GUEST_COPY_H

#include <asm/config.h>
#include <xen/types.h>

struct page_info;

/* Bytes that could not be copied: 0 on success. Any guest address is safe to pass; one that
 * reaches into the hypervisor's own range fails. May fault guest pages in, never sleeps. */
size_t port_copy_from_guest(void *to, const void *from_guest, size_t len);
size_t port_copy_to_guest(void *to_guest, const void *from, size_t len);
size_t port_clear_guest(void *to_guest, size_t len);
/* Is the whole array of @nr elements of @size below the hypervisor's range? */
bool port_guest_range_ok(const void *guest, size_t nr, size_t size);

/*
 * The page at @guest of current's memory which its kernel may write, with a reference: for what
 * the hypervisor writes later, when user mode, without the kernel's addresses, may be in force.
 * NULL: there is none, or the port knows when the kernel's addresses are in force.
 */
#ifdef CONFIG_HAS_AREA_PAGES
struct page_info *port_get_area_page(const void *guest);
#else
static inline struct page_info *port_get_area_page(const void *guest)
{
    return NULL;
}
#endif

#endif
