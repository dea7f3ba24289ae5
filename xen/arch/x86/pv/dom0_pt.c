/* SPDX-License-Identifier: MIT */
/* dom0's first page tables. */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include "dom0.h"

#define GUEST_TABLE (PTE_PRESENT | PTE_RW | PTE_USER | PTE_ACCESSED | PTE_DIRTY)

static unsigned long __init units(unsigned long start, unsigned long end, unsigned int level)
{
    return ((end - 1) >> PT_SHIFT(level)) - (start >> PT_SHIFT(level)) + 1;
}

unsigned long __init pt_tables_for(unsigned long start, unsigned long end)
{
    return units(start, end, 2) + units(start, end, 3) + units(start, end, 4);
}

static pte_t *__init table_below(struct pt_builder *b, pte_t *e)
{
    pte_t *t;

    if (e->e & PTE_PRESENT)
        return mfn_to_virt(pte_mfn(*e));
    if (!b->left)
        panic("dom0: page tables exceed what was counted\n");
    t = mfn_to_virt(b->next);
    clear_page(t);
    *e = pte_make(b->next, GUEST_TABLE);
    b->next = mfn_add(b->next, 1);
    b->left--;
    return t;
}

void __init pt_map(struct pt_builder *b, unsigned long va, mfn_t mfn, unsigned long nr,
                   bool writable)
{
    uint64_t flags = writable ? GUEST_TABLE : GUEST_TABLE & ~PTE_RW;

    while (nr) {
        pte_t *l3 = table_below(b, &b->l4[pt_index(va, 4)]);
        pte_t *l2 = table_below(b, &l3[pt_index(va, 3)]);
        pte_t *l1 = table_below(b, &l2[pt_index(va, 2)]);
        unsigned long i = pt_index(va, 1), n = min(nr, PT_ENTRIES - i);
        uint64_t e = mfn_to_maddr(mfn) | flags;

        for (pte_t *p = l1 + i, *last = p + n; p < last; p++, e += PAGE_SIZE)
            p->e = e;
        va += n << PAGE_SHIFT;
        mfn = mfn_add(mfn, n);
        nr -= n;
    }
}
