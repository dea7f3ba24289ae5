/* SPDX-License-Identifier: MIT */
/* Stage 2: tables (p2m.c), their pages (p2m_pool.c), VMIDs and registers (p2m_vm.c). */
#ifndef ARM_MM_P2M_PRIVATE_H
#define ARM_MM_P2M_PRIVATE_H

#include <asm/p2m.h>
#include <xen/softirq.h>

extern unsigned int p2m_root_level;   /* of the tables: 0 or 1 */
extern unsigned int p2m_root_entries; /* of all concatenated root tables */

/* A page for a table, from the domain's pool; NULL: none. [p2m lock] */
struct page_info *p2m_table_alloc(struct domain *d);
void p2m_table_free(struct p2m *p2m, struct page_info *pg);
/* One page more in the pool. 0, -ENOMEM. [p2m lock, or nobody else knows the domain yet] */
int p2m_pool_grow(struct p2m *p2m);
/* All tables but the root, to which nothing leads any more, and the pool go back to the heap, and
 * nobody fills the pool again: the domain is dying. -ERESTART to be called again. */
int p2m_release_tables(struct p2m *p2m);
/* TLBs of all CPUs forget this VMID. */
void p2m_flush(const struct p2m *p2m);

mfn_t p2m_lookup_locked(const struct p2m *p2m, gfn_t gfn, enum p2m_type *t, unsigned int *order);

/* Grant mappings: into an empty slot (-EBUSY else); out, without a flush, where it
 * maps @mfn with the same type. */
int p2m_grant_set(struct domain *d, gfn_t gfn, mfn_t mfn, enum p2m_type t);
int p2m_grant_clear(struct domain *d, gfn_t gfn, mfn_t mfn, enum p2m_type t);

#endif
