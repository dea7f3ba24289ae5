/* SPDX-License-Identifier: MIT */
#include <xen/lib/rbtree.h>

#define RED ((uintptr_t)1)

static inline struct rb_node *parent_of(const struct rb_node *n)
{
    return (struct rb_node *)(n->up & ~RED);
}

static inline bool is_red(const struct rb_node *n)
{
    return n && (n->up & RED);
}

static inline void set_parent(struct rb_node *n, struct rb_node *parent)
{
    n->up = (uintptr_t)parent | (n->up & RED);
}

static inline void paint(struct rb_node *n, bool red)
{
    n->up = (n->up & ~RED) | (red ? RED : 0);
}

static inline enum rb_side side_of(const struct rb_node *n, const struct rb_node *parent)
{
    return parent->child[RB_RIGHT] == n ? RB_RIGHT : RB_LEFT;
}

static inline enum rb_side other(enum rb_side side)
{
    return side == RB_LEFT ? RB_RIGHT : RB_LEFT;
}

/* Make @to the child of @parent (NULL: the root) in the place of @from; @to may be NULL. */
static void change_child(struct rb_tree *t, struct rb_node *parent, const struct rb_node *from,
                         struct rb_node *to)
{
    if (parent)
        parent->child[side_of(from, parent)] = to;
    else
        t->root = to;
    if (to)
        set_parent(to, parent);
}

/* Let @n sink to @side; its child on the other side takes its place. Colours stay. */
static void rotate(struct rb_tree *t, struct rb_node *n, enum rb_side side)
{
    struct rb_node *up = n->child[other(side)];
    struct rb_node *middle = up->child[side];

    change_child(t, parent_of(n), n, up);
    n->child[other(side)] = middle;
    if (middle)
        set_parent(middle, n);
    up->child[side] = n;
    set_parent(n, up);
}

/* @n is red; repair the case of a red parent. */
static void fix_insert(struct rb_tree *t, struct rb_node *n)
{
    struct rb_node *parent;

    while (is_red(parent = parent_of(n))) {
        struct rb_node *grand = parent_of(parent); /* a red node is not the root */
        enum rb_side side = side_of(parent, grand);
        struct rb_node *uncle = grand->child[other(side)];

        if (is_red(uncle)) {
            paint(parent, false);
            paint(uncle, false);
            paint(grand, true);
            n = grand;
            continue;
        }
        if (side_of(n, parent) != side) {
            rotate(t, parent, side);
            parent = n;
        }
        paint(parent, false);
        paint(grand, true);
        rotate(t, grand, other(side));
        break;
    }
    paint(t->root, false);
}

void rb_link(struct rb_tree *t, struct rb_node *parent, enum rb_side side, struct rb_node *n)
{
    n->up = (uintptr_t)parent | RED;
    n->child[RB_LEFT] = n->child[RB_RIGHT] = NULL;
    if (!parent)
        t->root = t->first = n;
    else
        parent->child[side] = n;
    if (parent == t->first && side == RB_LEFT)
        t->first = n;
    fix_insert(t, n);
}

void rb_insert(struct rb_tree *t, struct rb_node *n,
               bool (*less)(const struct rb_node *a, const struct rb_node *b))
{
    struct rb_node *parent = NULL;
    enum rb_side side = RB_LEFT;

    for (struct rb_node *pos = t->root; pos; pos = pos->child[side]) {
        parent = pos;
        side = less(n, pos) ? RB_LEFT : RB_RIGHT;
    }
    rb_link(t, parent, side, n);
}

/*
 * The subtree on @side of @parent lacks one black node. Move the lack up until a red node can
 * make up for it.
 */
static void fix_erase(struct rb_tree *t, struct rb_node *parent, enum rb_side side)
{
    while (parent) {
        struct rb_node *n = parent->child[side];
        struct rb_node *sibling;
        enum rb_side far = other(side);

        if (is_red(n)) {
            paint(n, false);
            return;
        }
        sibling = parent->child[far];
        if (is_red(sibling)) {
            paint(sibling, false);
            paint(parent, true);
            rotate(t, parent, side);
            sibling = parent->child[far];
        }
        if (is_red(sibling->child[far]) || is_red(sibling->child[side])) {
            if (!is_red(sibling->child[far])) {
                paint(sibling->child[side], false);
                paint(sibling, true);
                rotate(t, sibling, far);
                sibling = parent->child[far];
            }
            paint(sibling, is_red(parent));
            paint(parent, false);
            paint(sibling->child[far], false);
            rotate(t, parent, side);
            return;
        }
        paint(sibling, true);
        n = parent;
        parent = parent_of(n);
        if (parent)
            side = side_of(n, parent);
        if (is_red(n)) {
            paint(n, false);
            return;
        }
    }
}

static struct rb_node *outermost(struct rb_node *n, enum rb_side side)
{
    while (n && n->child[side])
        n = n->child[side];
    return n;
}

/* Exchange @n, which has two children, with the next node in order, which has no left one. */
static void sink_to_leaf(struct rb_tree *t, struct rb_node *n)
{
    struct rb_node *next = outermost(n->child[RB_RIGHT], RB_LEFT);
    struct rb_node old = *next;
    bool adjacent = n->child[RB_RIGHT] == next;

    change_child(t, parent_of(n), n, next);
    next->up = n->up;
    next->child[RB_LEFT] = n->child[RB_LEFT];
    set_parent(next->child[RB_LEFT], next);
    n->up = old.up;
    if (adjacent) {
        next->child[RB_RIGHT] = n;
        set_parent(n, next);
    } else {
        next->child[RB_RIGHT] = n->child[RB_RIGHT];
        set_parent(next->child[RB_RIGHT], next);
        parent_of(n)->child[RB_LEFT] = n;
    }
    n->child[RB_LEFT] = NULL;
    n->child[RB_RIGHT] = old.child[RB_RIGHT];
    if (n->child[RB_RIGHT])
        set_parent(n->child[RB_RIGHT], n);
}

void rb_erase(struct rb_tree *t, struct rb_node *n)
{
    struct rb_node *parent, *child;
    enum rb_side side = RB_LEFT;
    bool lost_black;

    if (t->first == n)
        t->first = rb_next(n);
    if (n->child[RB_LEFT] && n->child[RB_RIGHT])
        sink_to_leaf(t, n);
    parent = parent_of(n);
    child = n->child[RB_LEFT] ? n->child[RB_LEFT] : n->child[RB_RIGHT];
    if (parent)
        side = side_of(n, parent);
    lost_black = !is_red(n);
    change_child(t, parent, n, child);
    if (lost_black)
        fix_erase(t, parent, side);
    if (t->root)
        paint(t->root, false);
    rb_node_init(n);
}

void rb_replace(struct rb_tree *t, struct rb_node *from, struct rb_node *to)
{
    *to = *from;
    change_child(t, parent_of(from), from, to);
    for (int side = RB_LEFT; side <= RB_RIGHT; side++) {
        if (to->child[side])
            set_parent(to->child[side], to);
    }
    if (t->first == from)
        t->first = to;
    rb_node_init(from);
}

struct rb_node *rb_last(const struct rb_tree *t)
{
    return outermost(t->root, RB_RIGHT);
}

static struct rb_node *step(const struct rb_node *n, enum rb_side side)
{
    struct rb_node *parent;

    if (n->child[side])
        return outermost(n->child[side], other(side));
    while ((parent = parent_of(n)) && parent->child[side] == n)
        n = parent;
    return parent;
}

struct rb_node *rb_next(const struct rb_node *n)
{
    return step(n, RB_RIGHT);
}

struct rb_node *rb_prev(const struct rb_node *n)
{
    return step(n, RB_LEFT);
}
