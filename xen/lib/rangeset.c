/* SPDX-License-Identifier: MIT */
#include <xen/lib/alloc.h>
#include <xen/lib/errno.h>
#include <xen/lib/rangeset.h>

struct range {
    struct rb_node node;
    unsigned long first, last;
};

static struct range *to_range(struct rb_node *n)
{
    return n ? rb_entry(n, struct range, node) : NULL;
}

/* The first range with last >= @n. */
static struct range *find_ending_at(const struct rangeset *r, unsigned long n)
{
    struct rb_node *pos = r->ranges.root, *best = NULL;

    while (pos) {
        if (to_range(pos)->last >= n) {
            best = pos;
            pos = pos->child[RB_LEFT];
        } else {
            pos = pos->child[RB_RIGHT];
        }
    }
    return to_range(best);
}

static bool starts_before(const struct rb_node *a, const struct rb_node *b)
{
    return container_of(a, struct range, node)->first < container_of(b, struct range, node)->first;
}

static int insert_new(struct rangeset *r, unsigned long first, unsigned long last)
{
    struct range *x;

    if (r->nr >= r->max_nr)
        return -ENOSPC;
    x = xmalloc_bytes(sizeof(*x));
    if (!x)
        return -ENOMEM;
    x->first = first;
    x->last = last;
    rb_insert(&r->ranges, &x->node, starts_before);
    r->nr++;
    return 0;
}

static void drop(struct rangeset *r, struct range *x)
{
    rb_erase(&r->ranges, &x->node);
    r->nr--;
    xfree(x);
}

void rangeset_init(struct rangeset *r, unsigned int max_nr)
{
    rb_init(&r->ranges);
    r->nr = 0;
    r->max_nr = max_nr;
}

void rangeset_clear(struct rangeset *r)
{
    while (!rb_empty(&r->ranges))
        drop(r, to_range(rb_first(&r->ranges)));
}

int rangeset_add(struct rangeset *r, unsigned long first, unsigned long last)
{
    struct range *x, *y;

    if (first > last)
        return -EINVAL;
    /* A neighbour that ends right before @first grows as well. */
    x = find_ending_at(r, first ? first - 1 : 0);
    if (!x || (last != (~0UL) && x->first > last + 1))
        return insert_new(r, first, last);
    if (first < x->first)
        x->first = first;
    if (last > x->last)
        x->last = last;
    while ((y = to_range(rb_next(&x->node))) && (x->last == (~0UL) || y->first <= x->last + 1)) {
        if (y->last > x->last)
            x->last = y->last;
        drop(r, y);
    }
    return 0;
}

int rangeset_remove(struct rangeset *r, unsigned long first, unsigned long last)
{
    struct range *x, *next;

    if (first > last)
        return -EINVAL;
    x = find_ending_at(r, first);
    if (x && x->first < first && x->last > last) {
        int rc = insert_new(r, last + 1, x->last);

        if (!rc)
            x->last = first - 1;
        return rc;
    }
    for (; x && x->first <= last; x = next) {
        next = to_range(rb_next(&x->node));
        if (x->first < first)
            x->last = first - 1;
        else if (x->last > last)
            x->first = last + 1;
        else
            drop(r, x);
    }
    return 0;
}

bool rangeset_contains(const struct rangeset *r, unsigned long first, unsigned long last)
{
    const struct range *x = find_ending_at(r, first);

    return first <= last && x && x->first <= first && x->last >= last;
}

bool rangeset_overlaps(const struct rangeset *r, unsigned long first, unsigned long last)
{
    const struct range *x = find_ending_at(r, first);

    return first <= last && x && x->first <= last;
}

int rangeset_report(const struct rangeset *r, unsigned long first, unsigned long last,
                    int (*fn)(void *ctx, unsigned long first, unsigned long last), void *ctx)
{
    int rc = 0;

    for (struct range *x = find_ending_at(r, first); !rc && x && x->first <= last;
         x = to_range(rb_next(&x->node)))
        rc = fn(ctx, x->first > first ? x->first : first, x->last < last ? x->last : last);
    return rc;
}

bool rangeset_next(const struct rangeset *r, unsigned long from, unsigned long *first,
                   unsigned long *last)
{
    const struct range *x = find_ending_at(r, from);

    if (!x)
        return false;
    *first = x->first;
    *last = x->last;
    return true;
}

int rangeset_merge(struct rangeset *to, const struct rangeset *from)
{
    int rc = 0;

    for (struct rb_node *n = rb_first(&from->ranges); n && !rc; n = rb_next(n))
        rc = rangeset_add(to, to_range(n)->first, to_range(n)->last);
    return rc;
}

void rangeset_swap(struct rangeset *a, struct rangeset *b)
{
    struct rb_tree ranges = a->ranges;
    unsigned int nr = a->nr;

    a->ranges = b->ranges;
    a->nr = b->nr;
    b->ranges = ranges;
    b->nr = nr;
}

void rangeset_move(struct rangeset *to, struct rangeset *from)
{
    rangeset_clear(to);
    rangeset_swap(to, from);
}
