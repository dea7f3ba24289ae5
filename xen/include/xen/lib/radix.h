/* SPDX-License-Identifier: MIT */
/*
 * Radix tree: a sparse array of pointers by unsigned long index, 64 slots per level.
 *
 * Writers are serialised by the caller. radix_lookup() and radix_gang_lookup() may run beside one
 * writer; then the free function of radix_init() must put off the release until no such reader
 * can hold the node (RCU), and so must the caller with the items.
 */
#ifndef XEN_LIB_RADIX_H
#define XEN_LIB_RADIX_H

#include <stddef.h>

#include <xen/lib/compiler.h>

#define RADIX_BITS  6
#define RADIX_SLOTS (1u << RADIX_BITS)

struct radix_node {
    unsigned char shift;     /* how far to move an index right for a slot of this level */
    unsigned char used;      /* slots that are not NULL */
    void *slot[RADIX_SLOTS]; /* items at level 0, else nodes */
};

struct radix_tree {
    struct radix_node *root;
    void *(*alloc)(void *ctx, size_t len);
    void (*free)(void *ctx, void *node);
    void *ctx;
};

void radix_init(struct radix_tree *t, void *(*alloc)(void *ctx, size_t len),
                void (*free)(void *ctx, void *node), void *ctx);

/* The item at @index, or NULL. */
void *radix_lookup(const struct radix_tree *t, unsigned long index);

/*
 * Put @item, which is not NULL, at @index.
 * Returns: 0, -EEXIST, -EINVAL (no item), -ENOMEM. On error the contents are unchanged.
 */
int __must_check radix_insert(struct radix_tree *t, unsigned long index, void *item);

/* Exchange the item at @index, which must exist. Returns: the old one, or NULL (not changed). */
void *radix_replace(struct radix_tree *t, unsigned long index, void *item);

/* Take the item at @index out. Returns: it, or NULL. Cannot fail for lack of memory. */
void *radix_delete(struct radix_tree *t, unsigned long index);

/*
 * The first items at or above @first, in rising order, at most @max.
 *
 * @indices  if not NULL: gets the index of each.
 * Returns: how many. Fewer than @max means that there are no more.
 */
unsigned int radix_gang_lookup(const struct radix_tree *t, unsigned long first, unsigned int max,
                               void **items, unsigned long *indices);

/* Free all nodes, after @item_free (may be NULL) for each item. The tree is empty then. */
void radix_destroy(struct radix_tree *t, void (*item_free)(void *item));

#endif
