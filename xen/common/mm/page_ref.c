/* SPDX-License-Identifier: MIT */
/* General references to pages: the lock-free half of frame.h. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/mm.h>

/* One more reference, if there is at least @least and room. */
static always_inline bool count_up(struct page_info *pg)
{
    uint64_t x = READ_ONCE(pg->count_info);

    do {
        /* 0: free, or about to be; the mask itself: one more would overflow. */
        if (unlikely(((x + 1) & PGC_COUNT_MASK) < 2) || unlikely(x & PGC_STATE_MASK))
            return false;
    } while (!__atomic_compare_exchange_n(&pg->count_info, &x, x + 1, false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    return true;
}

bool page_get(struct page_info *pg, const struct domain *d)
{
    if (unlikely(page_owner(pg) != d) || unlikely(!count_up(pg)))
        return false;
    /* It may have changed hands before our reference fixed it. */
    if (likely(page_owner(pg) == d))
        return true;
    page_put(pg);
    return false;
}

bool page_get_again(struct page_info *pg)
{
    return count_up(pg);
}

struct domain *page_get_owner_and_reference(struct page_info *pg)
{
    struct domain *owner;

    if (!count_up(pg))
        return NULL;
    owner = page_owner(pg);
    if (!owner)
        page_put(pg);
    return owner;
}

struct page_info *page_get_from_mfn(mfn_t mfn, const struct domain *d)
{
    struct page_info *pg = mfn_to_page(mfn);

    return likely(mfn_valid(mfn)) && likely(page_get(pg, d)) ? pg : NULL;
}

void page_put(struct page_info *pg)
{
    uint64_t left = __atomic_sub_fetch(&pg->count_info, 1, __ATOMIC_ACQ_REL);

    ASSERT((left & PGC_COUNT_MASK) != PGC_COUNT_MASK);
    if (unlikely((left & PGC_COUNT_MASK) == 0))
        domheap_free_pages(pg, 0);
}

void page_put_alloc_ref(struct page_info *pg)
{
    if (__atomic_fetch_and(&pg->count_info, ~PGC_ALLOCATED, __ATOMIC_ACQ_REL) & PGC_ALLOCATED)
        page_put(pg);
}
