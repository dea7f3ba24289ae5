/* SPDX-License-Identifier: MIT */
/* Grant tables, versions 1 and 2. */
#ifndef XEN_GRANT_H
#define XEN_GRANT_H

#include <public/grant_table.h>
#include <xen/domain.h>

/* @max_grant_frames etc. as in createdomain; < 0: the default of the command line. */
int grant_table_init(struct domain *d, int max_grant_frames, int max_maptrack_frames,
                     unsigned int options);
/* The highest version that any domain may use: 1 or 2. */
unsigned int grant_max_version(void);
/* Unmap what the domain has mapped: preemptible (-ERESTART). */
int grant_release_mappings(struct domain *d);
void grant_table_destroy(struct domain *d);
void grant_warn_active(struct domain *d);

long do_grant_table_op(unsigned int cmd, void *uop, unsigned int count);

/* Frame @idx of the grant table (or of the status frames) for add_to_physmap and
 * acquire_resource; grows the table. 0, -EINVAL, -ENOMEM ... */
int grant_shared_frame(struct domain *d, unsigned int idx, mfn_t *mfn);
int grant_status_frame(struct domain *d, unsigned int idx, mfn_t *mfn);
unsigned int grant_max_frames(const struct domain *d);

/*
 * Supplied by the port's page-table or p2m code.
 * Map frame @mfn at @addr of current's domain: a host virtual address, or with
 * GNTMAP_contains_pte the machine address of an L1 entry.
 * @flags  GNTMAP_*; GNTMAP_readonly decides on write access.
 * The mapping has no reference of its own: the grant code holds the page (general, and writable
 * type unless read-only) until port_grant_unmap_host() and the TLB flush after it are done. The
 * entry is marked (software bit), so that a guest which removes it otherwise is crashed, and so
 * that its removal with the page table at domain death drops no reference.
 * Returns GNTST_okay or GNTST_general_error. On error nothing has changed.
 */
int port_grant_map_host(uint64_t addr, mfn_t mfn, unsigned int flags);
/* Remove it again; the entry must map @mfn, and as @flags say: with GNTMAP_readonly no right to
 * write, without it that right. @new_addr not 0: move the mapping that is at @new_addr to @addr
 * (GNTTABOP_unmap_and_replace). GNTST_okay or GNTST_general_error. */
int port_grant_unmap_host(uint64_t addr, mfn_t mfn, uint64_t new_addr, unsigned int flags);
/* TLBs of all CPUs that may hold translations of @d: before pages it had mapped are let go. */
void port_flush_domain_tlb(struct domain *d);
void grant_dump(unsigned char key);

#endif
