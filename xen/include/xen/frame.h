/* SPDX-License-Identifier: MIT */
/*
 * The frame table: one struct page_info per machine frame, its references and its owner.
 *
 * A page is kept by two counts. count_info counts general references: who holds one may read the
 * page and knows that its owner does not change. type_info counts uses of the page as one type
 * (writable, page table, descriptor table, ...): while it is above zero the type does not change.
 * Types belong to the port (xen/port/page_type.h); ports without typed pages know only writable.
 */
#ifndef XEN_FRAME_H
#define XEN_FRAME_H

#include <xen/types.h>
#include <asm/layout.h> /* frame_table, mfn_to_virt(), virt_to_mfn() */

struct domain;

/* count_info */
#define PGC_ALLOCATED  (1UL << 63) /* the owner's own reference is there */
#define PGC_XEN_HEAP   (1UL << 62) /* the hypervisor's page (maybe shared with a domain) */
#define PGC_EXTRA      (1UL << 61) /* the domain's, but not in its tot_pages */
#define PGC_BROKEN     (1UL << 60)
#define PGC_STATE_MASK (3UL << 58)
#define PGC_INUSE      (0UL << 58)
#define PGC_OFFLINING  (1UL << 58)
#define PGC_OFFLINED   (2UL << 58)
#define PGC_FREE       (3UL << 58)
#define PGC_NEED_SCRUB (1UL << 57)
#define PGC_NOT_RAM    (1UL << 56) /* a hole within the frame table: mfn_valid() is false */
#define PGC_COUNT_MASK ((1UL << 54) - 1)

struct page_links {
    uint32_t next, prev; /* frame numbers; PAGE_LIST_NONE ends */
};
#define PAGE_LIST_NONE (~0U)

struct page_info {
    uint64_t count_info;
    uint64_t type_info;   /* port: type, flags, count */
    struct domain *owner; /* NULL: nobody's, or a free page */
    struct page_links list;
    union {
        struct {
            uint32_t order;     /* free: of the block which it heads */
            uint32_t tlb_stamp; /* free: TLB clock when it was freed */
        };
        struct {
            uint16_t nr_validated; /* page tables: entries validated so far */
            int16_t partial;       /* 1: entry nr_validated is half done; -1: half undone */
            uint32_t inuse_stamp;  /* TLB clock of the last type change */
        };
    };
};
_Static_assert(sizeof(struct page_info) == 40, "frame table entry");

static inline struct page_info *mfn_to_page(mfn_t mfn)
{
    return &frame_table[mfn.nr];
}
static inline mfn_t page_to_mfn(const struct page_info *pg)
{
    return mk_mfn((uint64_t)(pg - frame_table));
}
static inline void *page_to_virt(const struct page_info *pg)
{
    return mfn_to_virt(page_to_mfn(pg));
}
static inline struct page_info *virt_to_page(const void *va)
{
    return mfn_to_page(virt_to_mfn(va));
}
static inline paddr_t page_to_maddr(const struct page_info *pg)
{
    return mfn_to_maddr(page_to_mfn(pg));
}

/* Is @mfn a frame of RAM that has a frame table entry? Check every number from a guest. */
bool mfn_valid(mfn_t mfn);
extern uint64_t max_page;    /* highest frame of RAM + 1 */
extern uint64_t total_pages; /* frames of RAM given to the heap */

/* Doubly linked list of pages through page_info.list. */
struct page_list_head {
    uint32_t head, tail;
};
#define PAGE_LIST_HEAD_INIT                                                                        \
    {                                                                                              \
        PAGE_LIST_NONE, PAGE_LIST_NONE                                                             \
    }
static inline void page_list_init(struct page_list_head *l)
{
    l->head = l->tail = PAGE_LIST_NONE;
}
static inline bool page_list_empty(const struct page_list_head *l)
{
    return l->head == PAGE_LIST_NONE;
}
struct page_info *page_list_first(const struct page_list_head *l); /* NULL when empty */
struct page_info *page_list_next(const struct page_info *pg);      /* NULL at the end */
void page_list_add(struct page_info *pg, struct page_list_head *l);
void page_list_add_tail(struct page_info *pg, struct page_list_head *l);
void page_list_del(struct page_info *pg, struct page_list_head *l);
struct page_info *page_list_remove_head(struct page_list_head *l); /* NULL when empty */
void page_list_splice(struct page_list_head *from, struct page_list_head *to);

/*
 * Take a general reference.
 * @d      the page must belong to it.
 * Returns false where the page is free, another's, or the count would overflow.
 */
bool __must_check page_get(struct page_info *pg, const struct domain *d);
/* A reference on top of one that the caller holds. False on overflow. */
bool __must_check page_get_again(struct page_info *pg);
/* Drop one; the last frees the page (port_page_free_check() has seen its type count at 0). */
void page_put(struct page_info *pg);
/* Take a general reference whoever owns it; NULL if nobody does. Result: the owner. */
struct domain *page_get_owner_and_reference(struct page_info *pg);
static inline struct domain *page_owner(const struct page_info *pg)
{
    return READ_ONCE(pg->owner);
}
/* page_get() by frame number: NULL where @mfn is not RAM or not @d's. */
struct page_info *page_get_from_mfn(mfn_t mfn, const struct domain *d);
/* Drop the owner's own reference (PGC_ALLOCATED), once. */
void page_put_alloc_ref(struct page_info *pg);

/*
 * Give 1 << @order fresh pages to @d: owner, PGC_ALLOCATED | 1 reference, on d->page_list.
 * @flags  MEMF_no_refcount: do not count in tot_pages (and not held to max_pages).
 * Returns 0, -EINVAL (dying), -E2BIG (over max_pages). On error the pages are unchanged.
 */
int __must_check page_assign(struct page_info *pg, unsigned int order, struct domain *d,
                             unsigned int memflags);
/* Take a page away from @d (exchange, transfer, steal); the caller then owns it anonymous.
 * Needs that no one but the owner holds a reference. 0, -EINVAL, -EBUSY. */
int __must_check page_steal(struct domain *d, struct page_info *pg, unsigned int memflags);

/* Let a guest map a page of the hypervisor's heap; @d gets PGC_XEN_HEAP ownership. */
enum share_access { SHARE_RO, SHARE_RW };
void page_share_xen_with_guest(struct page_info *pg, struct domain *d, enum share_access access);
/* Take such a page back from its domain. 0, or -EBUSY: someone else holds it; nothing has changed.
 */
int __must_check page_unshare_xen(struct page_info *pg);
/* With dom0-like domains through DOMID_XEN, read-only or writable. */
void page_share_xen_with_privileged(struct page_info *pg, enum share_access access);

#endif
