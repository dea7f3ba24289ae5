/* SPDX-License-Identifier: MIT */
/*
 * Sets of unsigned long, held as the fewest disjoint inclusive ranges.
 *
 * The caller serialises. Memory comes from xmalloc_bytes(), one small object per range.
 */
#ifndef XEN_LIB_RANGESET_H
#define XEN_LIB_RANGESET_H

#include <stdbool.h>

#include <xen/lib/compiler.h>
#include <xen/lib/rbtree.h>

struct rangeset {
    struct rb_tree ranges;
    unsigned int nr;     /* ranges in the set */
    unsigned int max_nr; /* not more than so many, so that no caller exhausts memory */
};

#define RANGESET_NO_LIMIT (~0u)

void rangeset_init(struct rangeset *r, unsigned int max_nr);
/* Free all ranges; the set is empty then. */
void rangeset_clear(struct rangeset *r);

/*
 * Add or remove @first .. @last.
 * Returns: 0, -EINVAL (@first > @last), -ENOMEM, -ENOSPC (too many ranges). On error unchanged.
 */
int __must_check rangeset_add(struct rangeset *r, unsigned long first, unsigned long last);
int __must_check rangeset_remove(struct rangeset *r, unsigned long first, unsigned long last);

/* Whether all, or any, of @first .. @last is in the set. */
bool rangeset_contains(const struct rangeset *r, unsigned long first, unsigned long last);
bool rangeset_overlaps(const struct rangeset *r, unsigned long first, unsigned long last);

static inline bool rangeset_has(const struct rangeset *r, unsigned long n)
{
    return rangeset_contains(r, n, n);
}

static inline bool rangeset_is_empty(const struct rangeset *r)
{
    return rb_empty(&r->ranges);
}

/*
 * Call @fn for each part of the set within @first .. @last, rising, until it returns non-zero.
 * @fn must not change the set. Returns: what @fn returned last, 0 if it was never called.
 */
int rangeset_report(const struct rangeset *r, unsigned long first, unsigned long last,
                    int (*fn)(void *ctx, unsigned long first, unsigned long last), void *ctx);

/* The first range that ends at or after @from. Returns: false if there is none. */
bool rangeset_next(const struct rangeset *r, unsigned long from, unsigned long *first,
                   unsigned long *last);

/*
 * Add all of @from to @to.
 * Returns: as rangeset_add(). On error @to may hold a part of it; doing it again is harmless.
 */
int __must_check rangeset_merge(struct rangeset *to, const struct rangeset *from);

/* Exchange the contents (not the limits); to move, exchange with an empty set. */
void rangeset_swap(struct rangeset *a, struct rangeset *b);

/* The ranges of @from, which becomes empty, replace those of @to. Limits stay. Cannot fail. */
void rangeset_move(struct rangeset *to, struct rangeset *from);

#endif
