/* SPDX-License-Identifier: MIT */
/* The part of the hypervisor's address space in which scattered frames are mapped. */
#ifndef XEN_PORT_MAPPINGS_H
#define XEN_PORT_MAPPINGS_H

#include <xen/types.h>

/* VMAP_START and VMAP_END (asm/layout.h) bound it; common/mm/vmap.c gives out its pages. */

/* Map @nr frames at @va, writable and not executable. 0, -ENOMEM; on error nothing is mapped. */
int __must_check port_vmap_map(unsigned long va, const mfn_t *mfns, unsigned int nr);
/* Unmap and flush the TLBs of all CPUs. Interrupts on (or one CPU only). */
void port_vmap_unmap(unsigned long va, unsigned int nr);
/* The frame at @va, or INVALID_MFN. */
mfn_t port_vmap_mfn(unsigned long va);

#endif
