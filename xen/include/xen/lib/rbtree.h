/* SPDX-License-Identifier: MIT */
/*
 * Red-black trees whose nodes live inside the objects, in the order the caller chooses.
 *
 * The caller serialises. Source: Cormen et al., "Introduction to Algorithms", ch. 13.
 * All operations are O(log n); rb_first() is O(1).
 */
#ifndef XEN_LIB_RBTREE_H
#define XEN_LIB_RBTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/lib/compiler.h>

enum rb_side { RB_LEFT, RB_RIGHT };

struct rb_node {
    uintptr_t up; /* the parent; bit 0 set: this node is red */
    struct rb_node *child[2];
};

struct rb_tree {
    struct rb_node *root;
    struct rb_node *first; /* the leftmost node */
};

#define RB_TREE_INIT                                                                               \
    {                                                                                              \
        NULL, NULL                                                                                 \
    }

static inline void rb_init(struct rb_tree *t)
{
    t->root = t->first = NULL;
}

static inline bool rb_empty(const struct rb_tree *t)
{
    return !t->root;
}

/* Mark @n as being in no tree; rb_erase() does so too. rb_is_linked() asks. */
static inline void rb_node_init(struct rb_node *n)
{
    n->up = (uintptr_t)n;
}

static inline bool rb_is_linked(const struct rb_node *n)
{
    return n->up != (uintptr_t)n;
}

/*
 * Hang @n on the free @side of @parent (NULL: the tree is empty) and rebalance. The caller has
 * found the place by walking down from @t->root through child[].
 */
void rb_link(struct rb_tree *t, struct rb_node *parent, enum rb_side side, struct rb_node *n);

/* Insert by comparison; equal nodes keep the order of insertion. */
void rb_insert(struct rb_tree *t, struct rb_node *n,
               bool (*less)(const struct rb_node *a, const struct rb_node *b));

void rb_erase(struct rb_tree *t, struct rb_node *n);

/* Put @to where @from is; both compare alike. */
void rb_replace(struct rb_tree *t, struct rb_node *from, struct rb_node *to);

static inline struct rb_node *rb_first(const struct rb_tree *t)
{
    return t->first;
}

/* The outermost or neighbouring node in order; NULL past the end. */
struct rb_node *rb_last(const struct rb_tree *t);
struct rb_node *rb_next(const struct rb_node *n);
struct rb_node *rb_prev(const struct rb_node *n);

#define rb_entry(node, type, member) container_of(node, type, member)

#endif
