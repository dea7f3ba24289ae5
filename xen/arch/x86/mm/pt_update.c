/* SPDX-License-Identifier: MIT */
/* Changes to entries of validated tables. */
#include <asm/cpu.h>
#include <asm/current.h>
#include <asm/pv_mmu.h>
#include <asm/shadow.h>

#include "pagetable.h"

unsigned int pt_lock(struct page_info *pg, const struct domain *d)
{
    uint64_t x = READ_ONCE(pg->type_info);

    if (page_owner(pg) != d)
        return 0;
    for (;;) {
        if (pgt_level(x) - 1 >= 4 || !(x & PGT_VALIDATED))
            return 0;
        if (unlikely(x & PGT_LOCKED)) {
            cpu_relax();
            x = READ_ONCE(pg->type_info);
        } else if (__atomic_compare_exchange_n(&pg->type_info, &x, x | PGT_LOCKED, false,
                                               __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            break;
        }
    }
    /* A validated table has references, so its owner is fixed now. */
    if (likely(page_owner(pg) == d))
        return pgt_level(x);
    pt_unlock(pg);
    return 0;
}

void pt_unlock(struct page_info *pg)
{
    __atomic_fetch_and(&pg->type_info, ~PGT_LOCKED, __ATOMIC_RELEASE);
}

/* False only for WRITE_IF_SAME, where the entry is no longer @old. */
static bool entry_store(pte_t *slot, pte_t old, pte_t new, enum entry_write how)
{
    uint64_t now = old.e;

    if (how == WRITE_PLAIN) {
        WRITE_ONCE(slot->e, new.e);
        return true;
    }
    for (;;) {
        uint64_t ad = how == WRITE_KEEP_AD ? now & (PTE_ACCESSED | PTE_DIRTY) : 0;

        if (__atomic_compare_exchange_n(&slot->e, &now, new.e | ad, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
            return true;
        if (how == WRITE_IF_SAME)
            return false;
    }
}

/* As above, with all that follows from it but references. */
static bool entry_write(const struct domain *d, pte_t *slot, pte_t old, pte_t new,
                        enum entry_write how)
{
    bool done = entry_store(slot, old, new, how);

    shadow_note_entry(d, slot);
    return done;
}

/* Same frame, but writable becomes read-only or the reverse. */
static int l1_change_rw(pte_t *slot, pte_t old, pte_t new, const struct domain *d,
                        struct domain *fd, enum entry_write how)
{
    struct page_info *pg = mfn_to_page(pte_mfn(new));
    bool more = new.e &PTE_RW, done;

    if (more && (page_owner(pg) != fd || !page_get_writable_type(pg)))
        return -EINVAL;
    done = entry_write(d, slot, old, new, how);
    if (more != done) /* given up, or asked for in vain */
        page_put_writable_type(pg);
    return done ? 0 : -EAGAIN;
}

/* A granted page stays where the grant has mapped it, with no more rights. */
static int l1_change_granted(pte_t *slot, pte_t old, pte_t new, const struct domain *d,
                             enum entry_write how)
{
    if ((new.e &PTE_RW) && !(old.e & PTE_RW))
        return -EINVAL;
    new.e |= PTE_GNTTAB;
    return entry_write(d, slot, old, new, how) ? 0 : -EAGAIN;
}

int l1_change(pte_t *slot, pte_t new, const struct domain *d, struct domain *fd,
              enum entry_write how)
{
    pte_t old = {READ_ONCE(slot->e)};
    bool done;
    int rc;

    if ((new.e &PTE_PRESENT) && (old.e & PTE_PRESENT) && !((old.e ^ new.e) & PTE_ADDR)) {
        l1_entry_fix(&new, d);
        if (unlikely(old.e & PTE_GNTTAB))
            return l1_change_granted(slot, old, new, d, how);
        if (likely(!((old.e ^ new.e) & PTE_RW)))
            return entry_write(d, slot, old, new, how) ? 0 : -EAGAIN;
        if (likely(mfn_valid(pte_mfn(new))))
            return l1_change_rw(slot, old, new, d, fd, how);
    }
    rc = l1_entry_get(&new, d, fd);
    if (unlikely(rc))
        return rc;
    done = entry_write(d, slot, old, new, how);
    l1_entry_put(done ? old : new, d);
    return done ? 0 : -EAGAIN;
}

/* Unlocks before it lets go of the old table, which may take long. */
static int upper_change(struct page_info *pg, unsigned int level, unsigned int idx, pte_t new,
                        struct domain *d, enum entry_write how)
{
    pte_t *slot = &page_table(pg)[idx], old = {READ_ONCE(slot->e)};
    int rc = -EINVAL;

    if (level == 4 && l4_slot_is_ours(idx))
        goto unlock;
    if ((new.e &PTE_PRESENT) && !(new.e &PTE_PSE) && (old.e & PTE_PRESENT) &&
        !((old.e ^ new.e) & PTE_ADDR)) {
        new.e = (new.e & ~(PTE_GLOBAL | PTE_PWT | PTE_PCD)) | PTE_USER;
        entry_write(d, slot, old, new, how);
        rc = 0;
        goto unlock;
    }
    rc = upper_entry_get(&new, level, d, true);
    if (rc)
        goto unlock;
    entry_write(d, slot, old, new, how);
    pt_unlock(pg);
    if (upper_entry_put(old, level, true) == 0)
        return 0;
    stash_partial(mfn_to_page(pte_mfn(old)));
    return -EINTR;
unlock:
    pt_unlock(pg);
    return rc;
}

int pt_change_locked(struct page_info *pg, unsigned int level, unsigned int idx, pte_t new,
                     struct domain *d, struct domain *fd, enum entry_write how)
{
    int rc;

    if (level > 1)
        return upper_change(pg, level, idx, new, d, how);
    rc = l1_change(&page_table(pg)[idx], new, d, fd, how);
    pt_unlock(pg);
    return rc;
}

/* One step down; false: not present or not RAM. */
static bool walk_down(mfn_t *mfn, unsigned long va, unsigned int level)
{
    const pte_t *table = mfn_to_virt(*mfn);
    pte_t e = {READ_ONCE(table[pt_index(va, level)].e)};

    *mfn = pte_mfn(e);
    return (e.e & PTE_PRESENT) && !(e.e & PTE_PSE) && mfn_valid(*mfn);
}

static bool walk_to_l1(mfn_t root, unsigned long va, mfn_t *l1)
{
    *l1 = root;
    return guest_may_access(va) && mfn_valid(root) && walk_down(l1, va, 4) &&
           walk_down(l1, va, 3) && walk_down(l1, va, 2);
}

pte_t guest_l1_entry(unsigned long va)
{
    const struct vcpu *v = current;

    return guest_l1_entry_of(
        v->arch.flags & TF_KERNEL_MODE ? v->arch.guest_table : v->arch.guest_table_user, va);
}

pte_t guest_l1_entry_of(mfn_t root, unsigned long va)
{
    mfn_t l1;

    if (!walk_to_l1(root, va, &l1))
        return (pte_t){0};
    return (pte_t){READ_ONCE(((const pte_t *)mfn_to_virt(l1))[pt_index(va, 1)].e)};
}

struct page_info *guest_l1_lock(mfn_t root, unsigned long va, unsigned int *idx)
{
    struct page_info *pg;
    unsigned int level;
    mfn_t l1;

    if (unlikely(!walk_to_l1(root, va, &l1)))
        return NULL;
    *idx = pt_index(va, 1);
    pg = mfn_to_page(l1);
    level = pt_lock(pg, current->domain);
    if (likely(level == 1))
        return pg;
    if (level)
        pt_unlock(pg);
    return NULL;
}
