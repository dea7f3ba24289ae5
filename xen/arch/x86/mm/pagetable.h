/* SPDX-License-Identifier: MIT */
/*
 * Guests' page tables: entries, tables, and changes to them.
 *
 * Policy. Entries of 64-bit PV guests get PTE_USER at all levels, because their kernels run in ring
 * 3. PTE_GLOBAL is dropped, so that each load of CR3 forgets all of a guest. Superpages are
 * refused, and so are tables that serve at two levels at once (linear page tables).
 */
#ifndef X86_MM_PAGETABLE_H
#define X86_MM_PAGETABLE_H

#include <xen/domain.h>
#include <xen/kernel.h>
#include <asm/page.h>
#include <asm/page_type.h>
#include <xen/port/page_type.h>

/* Ours, in L1 entries; guests cannot set it. */
#define PTE_GNTTAB (1UL << 62) /* maps a granted page: the references are the grant's */

static inline pte_t *page_table(const struct page_info *pg)
{
    return page_to_virt(pg);
}
static inline unsigned int pgt_level(uint64_t type_info)
{
    return (unsigned int)((type_info & PGT_TYPE_MASK) >> PGT_TYPE_SHIFT);
}
/* Of root tables, the entries that are the hypervisor's. */
static inline bool l4_slot_is_ours(unsigned int idx)
{
    return idx >= XEN_L4_FIRST && idx <= XEN_L4_LAST;
}

/*
 * Bring the guest's new L1 entry *@e of a table of @d into form and take the references that it
 * holds: on a page of @fd, or none for devices that @d may reach.
 * Returns: 0, -EINVAL.
 */
int l1_entry_get(pte_t *e, const struct domain *d, struct domain *fd);
/* The references of @e of a table of @d's. */
void l1_entry_put(pte_t e, const struct domain *d);
/* Only the form. */
void l1_entry_fix(pte_t *e, const struct domain *d);
/* The same for levels 2 to 4; @d owns table and target. -ERESTART only if @preemptible. */
int upper_entry_get(pte_t *e, unsigned int level, struct domain *d, bool preemptible);
int upper_entry_put(pte_t e, unsigned int level, bool preemptible);

/* Is @pg a validated page table of @d? Then lock it against changes and say its level, else 0. */
unsigned int pt_lock(struct page_info *pg, const struct domain *d);
void pt_unlock(struct page_info *pg);
/* Undo a page that stayed PGT_PARTIAL. 0 or -ERESTART; 0 as well where it is not. */
int page_finish_partial(struct page_info *pg, bool preemptible);

/* How an entry is written. The processor may set its accessed and dirty bits at any time. */
enum entry_write {
    WRITE_PLAIN,
    WRITE_KEEP_AD, /* those bits stay */
    WRITE_IF_SAME, /* only if it has not changed: else -EAGAIN */
};

/*
 * Change entry @idx of the locked table @pg of level @level, owned by @d, to @new, which maps a
 * page of @fd. Unlocks it. Not WRITE_IF_SAME.
 * Returns: 0; -EINVAL; -ERESTART: not done; -EINTR: done, but a release is to be gone on with.
 */
int pt_change_locked(struct page_info *pg, unsigned int level, unsigned int idx, pte_t new,
                     struct domain *d, struct domain *fd, enum entry_write how);
/* L1 only: as above without unlocking. */
int l1_change(pte_t *slot, pte_t new, const struct domain *d, struct domain *fd,
              enum entry_write how);

/*
 * The L1 table of current that maps @va by root @root, locked; *idx of its entry. NULL: there is
 * none. The walk needs no locks: what it finds is checked once it is locked.
 */
struct page_info *guest_l1_lock(mfn_t root, unsigned long va, unsigned int *idx);

/* CPUs that may hold translations for the vCPUs of guest bitmap @vcpumask. 0, -EFAULT. */
int vcpumask_to_cpus(const struct domain *d, const void *vcpumask, cpumask_t *out);

/* Two domains from the foreigndom argument of hypercall @call: whose pages, whose tables. Put both
 * by put_owners. */
struct mmu_owners {
    struct domain *pages, *tables;
};
/* 0, -ESRCH, -EPERM. */
int get_owners(unsigned int call, unsigned int foreigndom, struct mmu_owners *out);
void put_owners(struct mmu_owners *o);

/* Drop the pin of @pg, of which the caller holds another reference. 0, -EINVAL (it has none),
 * -EINTR: done, but the release of the table is to be gone on with (stash_partial()). */
int mmu_unpin(struct page_info *pg);

/* Set in a hypercall's count when it is being gone on with: *pdone has what was done. */
#define CONTINUED (1U << 31)

#endif
