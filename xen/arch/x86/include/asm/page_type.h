/* SPDX-License-Identifier: MIT */
/*
 * Types of pages for PV guests. A page is at one time of one type, and is counted once for each
 * use as that type. A page table's type is held by its being validated: every entry refers to
 * pages by references of the right type. So no page is ever mapped writable and also used as a
 * page table or descriptor table.
 */
#ifndef ASM_PAGE_TYPE_H
#define ASM_PAGE_TYPE_H

#include <xen/frame.h>

#define PGT_TYPE_SHIFT 60
#define PGT_NONE       (0UL << PGT_TYPE_SHIFT)
#define PGT_L1         (1UL << PGT_TYPE_SHIFT)
#define PGT_L2         (2UL << PGT_TYPE_SHIFT)
#define PGT_L3         (3UL << PGT_TYPE_SHIFT)
#define PGT_L4         (4UL << PGT_TYPE_SHIFT)
#define PGT_SEG_DESC   (5UL << PGT_TYPE_SHIFT)
#define PGT_WRITABLE   (7UL << PGT_TYPE_SHIFT)
#define PGT_SHARED     (8UL << PGT_TYPE_SHIFT)
#define PGT_TYPE_MASK  (15UL << PGT_TYPE_SHIFT)
#define PGT_PINNED     (1UL << 59) /* the guest holds a type reference (MMUEXT_PIN_*) */
#define PGT_VALIDATED  (1UL << 58)
#define PGT_PARTIAL    (1UL << 57) /* validation or its undoing was preempted */
#define PGT_LOCKED     (1UL << 56) /* a page table that is being changed */
#define PGT_COUNT_MASK ((1UL << 48) - 1)

struct domain;
/* Take a type reference, changing type and validating where the count was zero. The caller holds
 * a general reference. 0, -EINVAL (in use as another type, or invalid), -ERESTART/-EINTR
 * (preempted; only _preemptible). */
int __must_check page_get_type(struct page_info *pg, unsigned long type);
int __must_check page_get_type_preemptible(struct page_info *pg, unsigned long type);
void page_put_type(struct page_info *pg);
int page_put_type_preemptible(struct page_info *pg);
/* General and type reference. False: not to be had. */
static inline bool __must_check page_get_with_type(struct page_info *pg, struct domain *d,
                                                   unsigned long type)
{
    if (!page_get(pg, d))
        return false;
    if (page_get_type(pg, type) == 0)
        return true;
    page_put(pg);
    return false;
}
static inline void page_put_with_type(struct page_info *pg)
{
    page_put_type(pg);
    page_put(pg);
}

#endif
