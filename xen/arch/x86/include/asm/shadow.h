/* SPDX-License-Identifier: MIT */
/*
 * Shadow page tables: what the processor walks for a PV domain whose writes are logged.
 *
 * A guest's own tables are known exactly, by their types (asm/page_type.h). A shadow of one is made
 * when a fault needs it, and its entries one by one: as the guest's, but read-only until the page
 * that they map is marked as dirty (xen/log_dirty.h). Whoever writes a guest's entry tells us,
 * before it drops the references of the old one; then the shadow's entry is taken away and comes
 * back by the next fault. Accessed and dirty bits are set in the guest's entries as the processor
 * would.
 *
 * Each vCPU has two roots of its own, for its kernel and its user mode. Shadows of the other levels
 * are shared by its vCPUs. Their pages come from a pool of fixed size; when it is empty, all
 * shadows of the domain are forgotten.
 *
 * Invariant: an entry that allows writing to a page of the domain's maps one that is marked since
 * the log was cleared, or the clearing is still under way and will take it away (XEN_DOMCTL
 * SHADOW_OP_CLEAN clears, then forgets, then flushes).
 */
#ifndef ASM_SHADOW_H
#define ASM_SHADOW_H

#include <xen/domain.h>
#include <asm/page.h>

struct cpu_user_regs;
struct xen_domctl_shadow_op;

static always_inline bool shadow_in_use(const struct domain *d)
{
    return unlikely(d->arch.shadow_on);
}

/*
 * @slot of a validated table of @d's has been written. To be called before the references that its
 * old value held are dropped: on that rests that a fault finds only tables of the right type.
 */
void shadow_entry_written(const struct domain *d, const pte_t *slot);
static always_inline void shadow_note_entry(const struct domain *d, const pte_t *slot)
{
    if (shadow_in_use(d))
        shadow_entry_written(d, slot);
}

/* @pg of @d's stops being a page table; called before the references of its entries are dropped. */
void shadow_table_gone(const struct domain *d, const struct page_info *pg);

/* v->arch.guest_table or guest_table_user has changed; @v is current or does not run. Called before
 * the reference to the old one is dropped. */
void shadow_roots_changed(struct vcpu *v);
static inline void shadow_note_roots(struct vcpu *v)
{
    if (shadow_in_use(v->domain))
        shadow_roots_changed(v);
}
/* CR3 for the mode that @v is in. Only where shadow_in_use(). */
unsigned long shadow_cr3(const struct vcpu *v);

/*
 * A page fault of current's at @addr. True: the guest's tables allow the access; go on. False: they
 * do not, and *@error is what the processor would have said with them.
 */
bool shadow_fault(struct vcpu *v, unsigned long addr, uint32_t *error);
/* The same for an access of ours to guest memory, at an instruction that may fault. */
bool shadow_fixup_fault(struct vcpu *v, unsigned long addr, struct cpu_user_regs *regs);

/* XEN_DOMCTL_shadow_op. Locks: RANK_DOMCTL. 0, -EINVAL, -ENOMEM, -EBUSY, -EFAULT, -EOPNOTSUPP,
 * -ERESTART (call again with the same). */
long shadow_domctl(struct domain *d, struct xen_domctl_shadow_op *op, bool *copyback);
/* Leave shadow tables, give their memory back. 0 or -ERESTART. Locks: RANK_DOMCTL. */
int shadow_disable(struct domain *d);
/* The last of @d; shadow_disable() has been called where anything was in use. */
void shadow_domain_destroy(struct domain *d);

#endif
