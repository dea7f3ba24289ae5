/* SPDX-License-Identifier: MIT */
/* Lists, red-black trees, radix trees and range sets against plain arrays. */
#include "check.h"

#include <stdlib.h>

#include <xen/lib/alloc.h>
#include <xen/lib/errno.h>
#include <xen/lib/list.h>
#include <xen/lib/radix.h>
#include <xen/lib/rangeset.h>
#include <xen/lib/rbtree.h>

static long allocs_left = -1; /* negative: no limit */
static long nr_allocated;

void *xmalloc_bytes(size_t len)
{
    if (allocs_left == 0)
        return NULL;
    if (allocs_left > 0)
        allocs_left--;
    nr_allocated++;
    return malloc(len);
}

void xfree(void *p)
{
    nr_allocated -= p != NULL;
    free(p);
}

struct obj {
    struct list_head link;
    struct rb_node node;
    unsigned long key;
};

static void list_order(void **state)
{
    LIST_HEAD(a);
    LIST_HEAD(b);
    struct obj o[6], *pos, *tmp;
    unsigned long digits = 0;

    (void)state;
    for (unsigned long i = 0; i < 6; i++) {
        o[i].key = i + 1;
        list_add_tail(&o[i].link, i < 3 ? &a : &b);
    }
    list_splice_tail_init(&b, &a);
    assert_true(list_empty(&b));
    list_move(&o[5].link, &a);
    list_for_each_entry (pos, &a, link)
        digits = digits * 10 + pos->key;
    assert_int_equal(digits, 612345);
    list_for_each_entry_safe (pos, tmp, &a, link) {
        if (pos->key % 2)
            list_del_init(&pos->link);
    }
    digits = 0;
    list_for_each_entry_reverse(pos, &a, link) digits = digits * 10 + pos->key;
    assert_int_equal(digits, 426);
    assert_int_equal(list_first_entry(&a, struct obj, link)->key, 6);
    assert_int_equal(list_last_entry(&a, struct obj, link)->key, 4);
    assert_null(list_first_entry_or_null(&b, struct obj, link));
    list_splice_init(&a, &b);
    list_del_rcu(&o[5].link);
    list_add_rcu(&o[0].link, &b);
    digits = 0;
    list_for_each_entry_rcu(pos, &b, link) digits = digits * 10 + pos->key;
    assert_int_equal(digits, 124);
}

static bool key_less(const struct rb_node *a, const struct rb_node *b)
{
    return container_of(a, struct obj, node)->key < container_of(b, struct obj, node)->key;
}

/* Returns: the black height. */
static int check_subtree(const struct rb_node *n, const struct rb_node *parent, unsigned int *nr)
{
    int left, right;

    if (!n)
        return 1;
    ++*nr;
    assert_ptr_equal((void *)(n->up & ~(uintptr_t)1), parent);
    if (n->up & 1) {
        for (int i = 0; i < 2; i++)
            assert_false(n->child[i] && (n->child[i]->up & 1));
    }
    left = check_subtree(n->child[0], n, nr);
    right = check_subtree(n->child[1], n, nr);
    assert_int_equal(left, right);
    return left + !(n->up & 1);
}

static void check_tree(const struct rb_tree *t, unsigned int nr)
{
    unsigned int counted = 0, walked = 0;
    struct rb_node *prev = NULL;

    assert_false(t->root && (t->root->up & 1));
    check_subtree(t->root, NULL, &counted);
    assert_int_equal(counted, nr);
    for (struct rb_node *n = rb_first(t); n; prev = n, n = rb_next(n)) {
        assert_false(prev && key_less(n, prev));
        assert_ptr_equal(rb_prev(n), prev);
        walked++;
    }
    assert_int_equal(walked, nr);
    assert_ptr_equal(rb_last(t), prev);
}

static void rbtree_stays_balanced(void **state)
{
    static struct obj o[300], spare;
    struct rb_tree t = RB_TREE_INIT;
    uint64_t seed = 3;
    unsigned int nr = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(o); i++)
        rb_node_init(&o[i].node);
    for (int round = 0; round < 4000; round++) {
        struct obj *x = &o[next_random(&seed) % ARRAY_SIZE(o)];

        if (rb_is_linked(&x->node)) {
            rb_erase(&t, &x->node);
            nr--;
        } else {
            x->key = next_random(&seed) % 200;
            rb_insert(&t, &x->node, key_less);
            nr++;
        }
        if (round % 8 == 0)
            check_tree(&t, nr);
    }
    spare.key = container_of(rb_first(&t), struct obj, node)->key;
    rb_replace(&t, rb_first(&t), &spare.node);
    check_tree(&t, nr);
    while (!rb_empty(&t)) {
        rb_erase(&t, t.root);
        check_tree(&t, --nr);
    }
}

static void *node_alloc(void *ctx, size_t len)
{
    (void)ctx;
    return xmalloc_bytes(len);
}

static void node_free(void *ctx, void *p)
{
    (void)ctx;
    xfree(p);
}

static const unsigned long corners[] = {
    0,         1,         63,   64,       65,        4095,      4096,
    1ul << 30, 1ul << 32, ~0ul, ~0ul - 1, ~0ul - 64, 1ul << 60, (1ul << 60) - 1,
    1ul << 63};

static void radix_holds_any_index(void **state)
{
    struct radix_tree t;
    void *items[32];
    unsigned long at[32], prev = 0;
    unsigned int nr;

    (void)state;
    radix_init(&t, node_alloc, node_free, NULL);
    assert_null(radix_lookup(&t, 5));
    assert_int_equal(radix_gang_lookup(&t, 0, 32, items, at), 0);
    for (size_t i = 0; i < ARRAY_SIZE(corners); i++) {
        assert_int_equal(radix_insert(&t, corners[i], (void *)&corners[i]), 0);
        assert_int_equal(radix_insert(&t, corners[i], (void *)&corners[i]), -EEXIST);
        for (size_t j = 0; j < ARRAY_SIZE(corners); j++)
            assert_ptr_equal(radix_lookup(&t, corners[j]), j <= i ? &corners[j] : NULL);
    }
    assert_int_equal(radix_insert(&t, 7, NULL), -EINVAL);
    nr = radix_gang_lookup(&t, 0, 32, items, at);
    assert_int_equal(nr, ARRAY_SIZE(corners));
    for (unsigned int i = 0; i < nr; i++) {
        assert_true(!i || prev < at[i]);
        assert_true(*(unsigned long *)items[i] == at[i]);
        prev = at[i];
    }
    assert_int_equal(radix_gang_lookup(&t, ~0ul, 32, items, at), 1);
    assert_int_equal(radix_gang_lookup(&t, 66, 2, items, at), 2);
    assert_true(at[0] == 4095 && at[1] == 4096);
    for (size_t i = 0; i < ARRAY_SIZE(corners); i++)
        assert_ptr_equal(radix_delete(&t, corners[i]), &corners[i]);
    assert_null(t.root);
    assert_int_equal(nr_allocated, 0);
}

static void radix_without_memory(void **state)
{
    struct radix_tree t;

    (void)state;
    radix_init(&t, node_alloc, node_free, NULL);
    allocs_left = 2;
    assert_int_equal(radix_insert(&t, 3, &t), 0);
    assert_int_equal(radix_insert(&t, 1ul << 50, &t), -ENOMEM);
    assert_ptr_equal(radix_lookup(&t, 3), &t);
    assert_null(radix_lookup(&t, 1ul << 50));
    assert_int_equal(nr_allocated, 1);
    allocs_left = -1;
    assert_int_equal(radix_insert(&t, 1ul << 50, &t), 0);
    radix_destroy(&t, NULL);
    assert_int_equal(nr_allocated, 0);
}

#define SPACE 64

static void compare(const struct rangeset *r, const bool *model)
{
    unsigned int ranges = 0;

    for (unsigned long i = 0; i < SPACE; i++) {
        assert_int_equal(rangeset_has(r, i), model[i]);
        ranges += model[i] && (!i || !model[i - 1]);
    }
    assert_int_equal(r->nr, ranges);
}

static int count(void *ctx, unsigned long first, unsigned long last)
{
    *(unsigned long *)ctx += last - first + 1;
    return 0;
}

static void rangeset_against_an_array(void **state)
{
    bool model[SPACE] = {false};
    struct rangeset r, copy;
    uint64_t seed = 11;
    unsigned long reported = 0, expected = 0;

    (void)state;
    rangeset_init(&r, RANGESET_NO_LIMIT);
    for (int round = 0; round < 3000; round++) {
        unsigned long first = next_random(&seed) % SPACE;
        unsigned long last = first + next_random(&seed) % 9;
        bool add = next_random(&seed) % 2, all = true, any = false;

        last = last < SPACE ? last : SPACE - 1;
        for (unsigned long i = first; i <= last; i++) {
            all &= model[i];
            any |= model[i];
        }
        assert_int_equal(rangeset_contains(&r, first, last), all);
        assert_int_equal(rangeset_overlaps(&r, first, last), any);
        assert_int_equal(add ? rangeset_add(&r, first, last) : rangeset_remove(&r, first, last), 0);
        for (unsigned long i = first; i <= last; i++)
            model[i] = add;
        compare(&r, model);
    }
    for (unsigned long i = 10; i <= 50; i++)
        expected += model[i];
    rangeset_report(&r, 10, 50, count, &reported);
    assert_int_equal(reported, expected);
    rangeset_init(&copy, RANGESET_NO_LIMIT);
    assert_int_equal(rangeset_merge(&copy, &r), 0);
    compare(&copy, model);
    rangeset_move(&copy, &r);
    compare(&copy, model);
    assert_true(rangeset_is_empty(&r));
    rangeset_clear(&copy);
    assert_int_equal(nr_allocated, 0);
}

static void rangeset_limits(void **state)
{
    struct rangeset r;

    (void)state;
    rangeset_init(&r, 2);
    assert_int_equal(rangeset_add(&r, 5, 4), -EINVAL);
    assert_int_equal(rangeset_add(&r, 0, ~0ul), 0);
    assert_int_equal(rangeset_remove(&r, 10, 10), 0);
    assert_int_equal(rangeset_remove(&r, 20, 20), -ENOSPC);
    assert_true(rangeset_has(&r, 20) && rangeset_has(&r, ~0ul) && !rangeset_has(&r, 10));
    r.max_nr = 9;
    allocs_left = 0;
    assert_int_equal(rangeset_remove(&r, 20, 20), -ENOMEM);
    assert_true(rangeset_has(&r, 20));
    allocs_left = -1;
    assert_int_equal(rangeset_add(&r, 10, 10), 0);
    assert_int_equal(r.nr, 1);
    rangeset_clear(&r);
    assert_int_equal(nr_allocated, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_order),
        cmocka_unit_test(rbtree_stays_balanced),
        cmocka_unit_test(radix_holds_any_index),
        cmocka_unit_test(radix_without_memory),
        cmocka_unit_test(rangeset_against_an_array),
        cmocka_unit_test(rangeset_limits),
    };

    return RUN_GROUP(tests);
}
