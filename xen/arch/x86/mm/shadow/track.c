/* SPDX-License-Identifier: MIT */
/* What becomes of shadows when the guest's tables change. */
#include <xen/log_dirty.h>
#include <asm/pv.h>

#include "private.h"

static void clear_root(pte_t *root)
{
    for (unsigned int i = 0; i < PT_ENTRIES; i++)
        if (!l4_slot_is_ours(i))
            WRITE_ONCE(root[i].e, 0);
}

void shadow_clear_roots(const struct vcpu *v)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(v->arch.shadow_root); i++)
        if (v->arch.shadow_root[i])
            clear_root(v->arch.shadow_root[i]);
}

/* @idx of the root table at @table. */
static void clear_root_entry(const struct domain *d, mfn_t table, unsigned int idx)
{
    const struct vcpu *v;

    for_each_vcpu (d, v) {
        if (mfn_eq(READ_ONCE(v->arch.guest_table), table))
            WRITE_ONCE(v->arch.shadow_root[1][idx].e, 0);
        if (mfn_eq(READ_ONCE(v->arch.guest_table_user), table))
            WRITE_ONCE(v->arch.shadow_root[0][idx].e, 0);
    }
}

void shadow_entry_written(const struct domain *d, const pte_t *slot)
{
    struct shadow *s = d->arch.shadow;
    mfn_t table = virt_to_mfn(slot);
    unsigned int idx = ((unsigned long)slot & (PAGE_SIZE - 1)) / sizeof(*slot);
    unsigned int level = pgt_level(READ_ONCE(mfn_to_page(table)->type_info));
    struct page_info *sh;

    log_dirty_mark_mfn(d, table);
    spin_lock(&s->lock);
    if (!d->arch.shadow_on)
        goto unlock;
    if (level == 4) {
        clear_root_entry(d, table, idx);
    } else {
        sh = shadow_find(s, shadow_key(table, level));
        if (sh)
            WRITE_ONCE(page_table(sh)[idx].e, 0);
    }
unlock:
    spin_unlock(&s->lock);
}

void shadow_table_gone(const struct domain *d, const struct page_info *pg)
{
    struct shadow *s = d->arch.shadow;
    unsigned int level = pgt_level(pg->type_info);
    struct page_info *sh;

    if (level == 4) /* no vCPU has it */
        return;
    spin_lock(&s->lock);
    sh = shadow_find(s, shadow_key(page_to_mfn(pg), level));
    if (sh)
        shadow_release(s, sh);
    spin_unlock(&s->lock);
}

/* What there is of shadows for the root table at @table (INVALID_MFN: none). */
static void fill_root(const struct shadow *s, pte_t *root, mfn_t table)
{
    const pte_t *guest = mfn_eq(table, INVALID_MFN) ? NULL : mfn_to_virt(table);

    for (unsigned int i = 0; i < PT_ENTRIES; i++) {
        pte_t e = {guest ? READ_ONCE(guest[i].e) : 0}, new = {0};
        struct page_info *sub = NULL;

        if (l4_slot_is_ours(i)) {
            if (guest)
                WRITE_ONCE(root[i].e, e.e);
            continue;
        }
        if ((e.e & PTE_PRESENT) && (e.e & PTE_ACCESSED))
            sub = shadow_find(s, shadow_key(pte_mfn(e), 3));
        if (sub)
            new = pte_make(page_to_mfn(sub), pte_flags(e) & SHADOW_COPIED & ~PTE_PAT);
        WRITE_ONCE(root[i].e, new.e);
    }
}

void shadow_roots_changed(struct vcpu *v)
{
    struct shadow *s = v->domain->arch.shadow;

    spin_lock(&s->lock);
    fill_root(s, v->arch.shadow_root[0], v->arch.guest_table_user);
    fill_root(s, v->arch.shadow_root[1], v->arch.guest_table);
    spin_unlock(&s->lock);
}

unsigned long shadow_cr3(const struct vcpu *v)
{
    return virt_to_maddr(v->arch.shadow_root[pv_kernel_mode(v)]);
}
