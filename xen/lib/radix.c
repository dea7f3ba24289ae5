/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include <xen/lib/errno.h>
#include <xen/lib/radix.h>
#include <xen/lib/string.h>

#define INDEX_BITS (__SIZEOF_LONG__ * 8)
#define MAX_DEPTH  ((INDEX_BITS + RADIX_BITS - 1) / RADIX_BITS)

/* The nodes from the root to level 0 on the way to an index. */
struct path {
    struct radix_node *node[MAX_DEPTH];
    unsigned int depth;
};

static inline void *load(void *const *p)
{
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void publish(void **p, void *v)
{
    __atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static inline struct radix_node *load_root(const struct radix_tree *t)
{
    return __atomic_load_n(&t->root, __ATOMIC_ACQUIRE);
}

static inline unsigned int slot_of(const struct radix_node *n, unsigned long index)
{
    return (index >> n->shift) % RADIX_SLOTS;
}

/* Whether @index is beyond what a tree with root @n can hold. */
static inline bool beyond(const struct radix_node *n, unsigned long index)
{
    unsigned int bits = n->shift + RADIX_BITS;

    return bits < INDEX_BITS && index >> bits;
}

void radix_init(struct radix_tree *t, void *(*alloc)(void *ctx, size_t len),
                void (*free)(void *ctx, void *node), void *ctx)
{
    *t = (struct radix_tree){.alloc = alloc, .free = free, .ctx = ctx};
}

void *radix_lookup(const struct radix_tree *t, unsigned long index)
{
    const struct radix_node *n = load_root(t);

    if (!n || beyond(n, index))
        return NULL;
    while (n && n->shift)
        n = load(&n->slot[slot_of(n, index)]);
    return n ? load(&n->slot[index % RADIX_SLOTS]) : NULL;
}

static struct radix_node *new_node(struct radix_tree *t, unsigned int shift)
{
    struct radix_node *n = t->alloc(t->ctx, sizeof(*n));

    if (n) {
        memset(n, 0, sizeof(*n));
        n->shift = (unsigned char)shift;
    }
    return n;
}

static unsigned int shift_for(unsigned long index)
{
    unsigned int shift = 0;

    while (shift + RADIX_BITS < INDEX_BITS && index >> (shift + RADIX_BITS))
        shift += RADIX_BITS;
    return shift;
}

/* Make the tree high enough for @index. */
static int grow(struct radix_tree *t, unsigned long index)
{
    struct radix_node *n;

    if (!t->root) {
        n = new_node(t, shift_for(index));
        if (!n)
            return -ENOMEM;
        __atomic_store_n(&t->root, n, __ATOMIC_RELEASE);
    }
    while (beyond(t->root, index)) {
        n = new_node(t, t->root->shift + RADIX_BITS);
        if (!n)
            return -ENOMEM;
        n->slot[0] = t->root;
        n->used = 1;
        __atomic_store_n(&t->root, n, __ATOMIC_RELEASE);
    }
    return 0;
}

/* Record the nodes towards @index as far as they exist. Returns: whether level 0 was reached. */
static bool walk(const struct radix_tree *t, unsigned long index, struct path *path)
{
    struct radix_node *n = t->root;

    path->depth = 0;
    if (!n || beyond(n, index))
        return false;
    for (;;) {
        path->node[path->depth++] = n;
        if (!n->shift)
            return true;
        n = n->slot[slot_of(n, index)];
        if (!n)
            return false;
    }
}

/* Free the nodes at the end of the path that are empty, and a root that only repeats its child. */
static void prune(struct radix_tree *t, unsigned long index, struct path *path)
{
    while (path->depth && !path->node[path->depth - 1]->used) {
        struct radix_node *n = path->node[--path->depth];

        if (path->depth) {
            struct radix_node *parent = path->node[path->depth - 1];

            publish(&parent->slot[slot_of(parent, index)], NULL);
            parent->used--;
        } else {
            __atomic_store_n(&t->root, NULL, __ATOMIC_RELEASE);
        }
        t->free(t->ctx, n);
    }
    while (t->root && t->root->shift && t->root->used == 1 && t->root->slot[0]) {
        struct radix_node *n = t->root;

        __atomic_store_n(&t->root, n->slot[0], __ATOMIC_RELEASE);
        t->free(t->ctx, n);
    }
}

int radix_insert(struct radix_tree *t, unsigned long index, void *item)
{
    struct path path;
    struct radix_node *n;
    int rc;

    if (!item)
        return -EINVAL;
    rc = grow(t, index);
    while (!rc && !walk(t, index, &path)) {
        struct radix_node *last = path.node[path.depth - 1];

        n = new_node(t, last->shift - RADIX_BITS);
        if (n) {
            publish(&last->slot[slot_of(last, index)], n);
            last->used++;
        } else {
            rc = -ENOMEM;
        }
    }
    if (rc) {
        walk(t, index, &path);
        prune(t, index, &path);
        return rc;
    }
    n = path.node[path.depth - 1];
    if (n->slot[index % RADIX_SLOTS])
        return -EEXIST;
    publish(&n->slot[index % RADIX_SLOTS], item);
    n->used++;
    return 0;
}

void *radix_replace(struct radix_tree *t, unsigned long index, void *item)
{
    struct path path;
    void **slot, *old;

    if (!item || !walk(t, index, &path))
        return NULL;
    slot = &path.node[path.depth - 1]->slot[index % RADIX_SLOTS];
    old = *slot;
    if (old)
        publish(slot, item);
    return old;
}

void *radix_delete(struct radix_tree *t, unsigned long index)
{
    struct path path;
    struct radix_node *n;
    void *item;

    if (!walk(t, index, &path))
        return NULL;
    n = path.node[path.depth - 1];
    item = n->slot[index % RADIX_SLOTS];
    if (!item)
        return NULL;
    publish(&n->slot[index % RADIX_SLOTS], NULL);
    n->used--;
    prune(t, index, &path);
    return item;
}

/* Move *@index up to slot @s (RADIX_SLOTS: one past) of its node. Returns: false if it wraps. */
static bool advance(unsigned long *index, unsigned int shift, unsigned int s)
{
    unsigned long base, next;

    if (s == RADIX_SLOTS && shift + RADIX_BITS >= INDEX_BITS)
        return false;
    base = *index & ~(((unsigned long)RADIX_SLOTS << shift) - 1);
    next = base + ((unsigned long)s << shift);
    if (next <= *index)
        return false;
    *index = next;
    return true;
}

/*
 * Find the first item at or above *@index. Each pass of the loop either goes down a level, or
 * moves *@index to the next slot of some level and starts at the root.
 */
static void *next_item(const struct radix_tree *t, unsigned long *index)
{
    const struct radix_node *root = load_root(t), *n = root;

    while (n && !beyond(root, *index)) {
        unsigned int s = slot_of(n, *index);
        void *child = load(&n->slot[s]);

        if (child && !n->shift)
            return child;
        if (child) {
            n = child;
            continue;
        }
        while (++s < RADIX_SLOTS && !load(&n->slot[s]))
            ;
        if (!advance(index, n->shift, s))
            return NULL;
        n = s < RADIX_SLOTS ? n : root;
    }
    return NULL;
}

unsigned int radix_gang_lookup(const struct radix_tree *t, unsigned long first, unsigned int max,
                               void **items, unsigned long *indices)
{
    unsigned int nr = 0;

    while (nr < max) {
        void *item = next_item(t, &first);

        if (!item)
            break;
        if (indices)
            indices[nr] = first;
        items[nr++] = item;
        if (++first == 0)
            break;
    }
    return nr;
}

/* Depth first without recursion: take children away until a node is empty. */
void radix_destroy(struct radix_tree *t, void (*item_free)(void *item))
{
    struct path path = {.depth = 0};
    struct radix_node *n = t->root;
    unsigned int next[MAX_DEPTH] = {0};

    t->root = NULL;
    if (n)
        path.node[path.depth++] = n;
    while (path.depth) {
        unsigned int top = path.depth - 1;
        void *child;

        n = path.node[top];
        if (next[top] == RADIX_SLOTS) {
            t->free(t->ctx, n);
            path.depth--;
            continue;
        }
        child = n->slot[next[top]++];
        if (child && n->shift) {
            next[path.depth] = 0;
            path.node[path.depth++] = child;
        } else if (child && item_free) {
            item_free(child);
        }
    }
}
