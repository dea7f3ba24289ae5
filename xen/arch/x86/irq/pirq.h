/* SPDX-License-Identifier: MIT */
#ifndef X86_IRQ_PIRQ_H
#define X86_IRQ_PIRQ_H

#include "private.h"

struct pirq_table {
    spinlock_t lock; /* RANK_PIRQ: mappings */
    unsigned int nr;
    struct page_info *eoi_page; /* of the guest's, referenced, writable; NULL: none */
    unsigned long *eoi_map;     /* its content: a bit per pirq that wants EOI */
    bool eoi_unmasks;           /* PHYSDEVOP_pirq_eoi_gmfn_v1 */
    struct pirq e[];
};
#define EOI_MAP_BITS (PAGE_SIZE * 8)

/* NULL: out of range, or @d has no table. */
static inline struct pirq *pirq_entry(const struct domain *d, unsigned int pirq)
{
    return d->pirq && pirq < d->pirq->nr ? &d->pirq->e[pirq] : NULL;
}
/* Take @p off its interrupt's list. */
void pirq_unbind_entry(struct pirq *p);
/* Say in the guest's page whether @p, of @desc, wants EOI. Both constant. */
void pirq_update_eoi_bit(struct pirq_table *t, const struct pirq *p, bool level);

#endif
