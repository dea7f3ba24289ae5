/* SPDX-License-Identifier: MIT */
/* Root tables of PV guests and the LDT that is mapped on demand; see also asm/pv_mm.h. */
#ifndef ASM_PV_MMU_H
#define ASM_PV_MMU_H

#include <xen/domain.h>
#include <asm/page.h>

/* v->arch.cr3 for the mode that @v is in (TF_KERNEL_MODE), from its root tables. */
void make_cr3(struct vcpu *v);
/* Load v->arch.cr3 (idle_l4 for idle vCPUs). Interrupts off, or @v is current. */
void write_ptbase(struct vcpu *v);
/*
 * Make @mfn the root table of current's kernel mode and load it.
 * Returns 0; -EINVAL: not a root table of the domain's; -ERESTART: not done, call again with the
 * same; -EINTR: done, and what is left of the old table's release is done by the next MMU
 * hypercall (or pv_put_old_guest_table()).
 */
int pv_new_guest_cr3(mfn_t mfn);
/* Go on with the release of a table of @v that was preempted. 0 or -ERESTART. */
int pv_put_old_guest_table(struct vcpu *v);
/* Remember that @pg is PGT_PARTIAL, for the next call of current to finish. */
void stash_partial(struct page_info *pg);
/* Both references to the root table @mfn of @d's. 0, -EINVAL, -ERESTART (not done, call again). */
int root_get(mfn_t mfn, const struct domain *d);
/* Drop both references to a table of any level. 0, -EINTR: done, but its release is to be gone on
 * with (stash_partial()). */
int table_put(mfn_t mfn);
/*
 * The LDT page that has byte @offset of current's LDT has been touched and is not mapped: map it.
 * False: the guest has no valid descriptors there.
 */
bool pv_map_ldt_shadow(unsigned long offset);
/* The L1 entry for @va by the root table of current's present mode; 0 where there is none. */
pte_t guest_l1_entry(unsigned long va);
/* The same by any root: of another domain, whose tables change meanwhile, it may be of anything. */
pte_t guest_l1_entry_of(mfn_t root, unsigned long va);

#endif
