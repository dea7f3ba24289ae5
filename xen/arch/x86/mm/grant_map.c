/* SPDX-License-Identifier: MIT */
/*
 * Granted pages in PV guests' L1 entries. The entry is marked PTE_GNTTAB: it holds no references,
 * the grant does. A guest that removes the entry by other means, or makes it read-only, harms
 * itself only: it can then not unmap the grant, which stays in use until the domain ends.
 */
#include <public/grant_table.h>
#include <xen/grant.h>
#include <asm/current.h>
#include <asm/pv_mmu.h>
#include <asm/shadow.h>

#include "pagetable.h"

/* Where a host address leads: an entry in a locked L1 table of current's. */
struct grant_slot {
    struct page_info *table;
    pte_t *pte;
};

/* @addr is the machine address of the entry. */
static bool slot_by_maddr(uint64_t addr, struct grant_slot *s)
{
    mfn_t mfn = maddr_to_mfn(addr);
    unsigned int level;

    if ((addr & 7) || !mfn_valid(mfn))
        return false;
    s->table = mfn_to_page(mfn);
    level = pt_lock(s->table, current->domain);
    if (level > 1)
        pt_unlock(s->table);
    s->pte = &page_table(s->table)[(addr & (PAGE_SIZE - 1)) / sizeof(pte_t)];
    return level == 1;
}

static bool slot_by_va(unsigned long va, struct grant_slot *s)
{
    unsigned int idx;

    s->table = guest_l1_lock(current->arch.guest_table, va, &idx);
    if (!s->table)
        return false;
    s->pte = &page_table(s->table)[idx];
    return true;
}

static bool slot_lock(uint64_t addr, unsigned int flags, struct grant_slot *s)
{
    return flags & GNTMAP_contains_pte ? slot_by_maddr(addr, s) : slot_by_va(addr, s);
}

/* Write the entry; the old value's references are still to be dropped. */
static void slot_write(const struct grant_slot *s, uint64_t e)
{
    WRITE_ONCE(s->pte->e, e);
    shadow_note_entry(current->domain, s->pte);
}

int port_grant_map_host(uint64_t addr, mfn_t mfn, unsigned int flags)
{
    uint64_t bits = PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_GNTTAB;
    struct grant_slot s;
    pte_t old;

    if (!(flags & GNTMAP_readonly))
        bits |= PTE_RW | PTE_DIRTY;
    bits |= ((uint64_t)(flags >> _GNTMAP_guest_avail0) << 9) & PTE_AVAIL;
    if (!slot_lock(addr, flags, &s))
        return GNTST_general_error;
    old.e = READ_ONCE(s.pte->e);
    slot_write(&s, pte_make(mfn, bits).e);
    pt_unlock(s.table);
    l1_entry_put(old, current->domain);
    return GNTST_okay;
}

/*
 * Is @e of a mapping with these @flags? The rights count as well: the page may be mapped by another
 * grant, and who gives back the right to write must not keep the entry that has it.
 */
static bool maps_grant(pte_t e, mfn_t mfn, unsigned int flags)
{
    uint64_t want = PTE_PRESENT | PTE_GNTTAB | (flags & GNTMAP_readonly ? 0 : PTE_RW);

    return (e.e & (PTE_PRESENT | PTE_GNTTAB | PTE_RW)) == want && mfn_eq(pte_mfn(e), mfn);
}

/* Take the entry at @va away from there, with its references. */
static bool take_entry(unsigned long va, pte_t *e)
{
    struct grant_slot s;

    if (!slot_by_va(va, &s))
        return false;
    e->e = READ_ONCE(s.pte->e);
    slot_write(&s, 0);
    pt_unlock(s.table);
    return true;
}

int port_grant_unmap_host(uint64_t addr, mfn_t mfn, uint64_t new_addr, unsigned int flags)
{
    pte_t new = {0};
    struct grant_slot s;
    bool ok;

    if (new_addr && (flags & GNTMAP_contains_pte))
        return GNTST_general_error;
    if (!slot_lock(addr, flags, &s))
        return GNTST_general_error;
    ok = maps_grant((pte_t){READ_ONCE(s.pte->e)}, mfn, flags);
    if (!new_addr || !ok) {
        if (ok)
            slot_write(&s, 0);
        pt_unlock(s.table);
        return ok ? GNTST_okay : GNTST_general_error;
    }
    pt_unlock(s.table);

    /* Two tables are not locked at once: the new entry is in neither for a moment. */
    if (!take_entry(new_addr, &new))
        return GNTST_general_error;
    ok = slot_lock(addr, flags, &s);
    if (ok) {
        ok = maps_grant((pte_t){READ_ONCE(s.pte->e)}, mfn, flags);
        if (ok)
            slot_write(&s, new.e);
        pt_unlock(s.table);
    }
    if (!ok)
        l1_entry_put(new, current->domain);
    return ok ? GNTST_okay : GNTST_general_error;
}

void port_flush_domain_tlb(struct domain *d)
{
    flush_area_mask(&d->arch.dirty_cpumask, 0, FLUSH_TLB);
}
