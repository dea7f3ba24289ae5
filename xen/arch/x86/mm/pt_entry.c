/* SPDX-License-Identifier: MIT */
/* Entries of guests' page tables: what they may be, and the references they hold. */
#include <xen/irq.h>
#include <xen/lib/rangeset.h>
#include <xen/log_dirty.h>
#include <asm/cpu.h>

#include "pagetable.h"

#define CACHE_FLAGS   (PTE_PWT | PTE_PCD | PTE_PAT)
#define L1_DROPPED    (PTE_GLOBAL | PTE_GNTTAB)
#define UPPER_DROPPED (PTE_GLOBAL | PTE_PWT | PTE_PCD)

/* Domains with devices may choose cache attributes. */
static bool may_set_cache(const struct domain *d)
{
    return d->iomem_caps && !rangeset_is_empty(d->iomem_caps);
}

void l1_entry_fix(pte_t *e, const struct domain *d)
{
    if (!(e->e & PTE_PRESENT))
        return;
    e->e = (e->e & ~L1_DROPPED) | PTE_USER;
    if (unlikely(e->e & CACHE_FLAGS) && !may_set_cache(d))
        e->e &= ~CACHE_FLAGS;
}

/* A frame that is not RAM: devices, which have no counts. */
static int device_entry_get(mfn_t mfn, const struct domain *d, const struct domain *fd)
{
    if (mfn.nr >> (host_phys_bits - PAGE_SHIFT))
        return -EINVAL;
    if (fd != d && fd != dom_io && !iomem_access_permitted(fd, mfn.nr, mfn.nr))
        return -EINVAL;
    return iomem_access_permitted(d, mfn.nr, mfn.nr) ? 0 : -EINVAL;
}

int l1_entry_get(pte_t *e, const struct domain *d, struct domain *fd)
{
    struct page_info *pg;
    mfn_t mfn;

    if (!(e->e & PTE_PRESENT))
        return 0;
    l1_entry_fix(e, d);
    mfn = pte_mfn(*e);
    if (unlikely(!mfn_valid(mfn)))
        return device_entry_get(mfn, d, fd);
    pg = mfn_to_page(mfn);
    if (unlikely(!page_get(pg, fd)))
        return -EINVAL;
    if (!(e->e & PTE_RW) || likely(page_get_writable_type(pg)))
        return 0;
    page_put(pg);
    return -EINVAL;
}

/* Whose page it is has not seen what was written. */
static void foreign_written(const struct page_info *pg)
{
    const struct domain *owner = page_owner(pg);

    if (owner)
        log_dirty_mark_mfn(owner, page_to_mfn(pg));
}

void l1_entry_put(pte_t e, const struct domain *d)
{
    struct page_info *pg;

    if (!(e.e & PTE_PRESENT) || unlikely(e.e & PTE_GNTTAB) || unlikely(!mfn_valid(pte_mfn(e))))
        return;
    pg = mfn_to_page(pte_mfn(e));
    if (e.e & PTE_RW) {
        if (unlikely(page_owner(pg) != d))
            foreign_written(pg);
        page_put_writable_type(pg);
    }
    page_put(pg);
}

int upper_entry_get(pte_t *e, unsigned int level, struct domain *d, bool preemptible)
{
    unsigned long type = (uint64_t)(level - 1) << PGT_TYPE_SHIFT;
    struct page_info *pg;
    int rc;

    if (!(e->e & PTE_PRESENT))
        return 0;
    if (e->e & PTE_PSE)
        return -EINVAL;
    e->e = (e->e & ~UPPER_DROPPED) | PTE_USER;
    pg = page_get_from_mfn(pte_mfn(*e), d);
    if (!pg)
        return -EINVAL;
    rc = preemptible ? page_get_type_preemptible(pg, type) : page_get_type(pg, type);
    if (unlikely(rc))
        page_put(pg);
    return rc;
}

int upper_entry_put(pte_t e, unsigned int level, bool preemptible)
{
    struct page_info *pg;
    int rc = 0;

    if (!(e.e & PTE_PRESENT))
        return 0;
    pg = mfn_to_page(pte_mfn(e));
    if (preemptible)
        rc = page_put_type_preemptible(pg);
    else
        page_put_type(pg);
    page_put(pg);
    return rc;
}
