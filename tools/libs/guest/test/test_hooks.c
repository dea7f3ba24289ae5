/* SPDX-License-Identifier: MIT */
/* Which hooks an image gets. */
#include <setjmp.h>
#include <stdarg.h>

#include "dom.h"

#include <cmocka.h>

static struct xc_dom_arch own = {.guest_type = "xen-3.0-x86_64"};
static int private_data;
static size_t asked;
static int calls;

struct xc_dom_arch *dom_own_hooks(const struct xc_dom_image *dom)
{
    (void)dom;
    return &own;
}

void *xc_dom_malloc(struct xc_dom_image *dom, size_t size)
{
    (void)dom;
    asked = size;
    return &private_data;
}

static int count(struct xc_dom_image *dom)
{
    (void)dom;
    calls++;
    return -1;
}

static void registered_ones_come_before_our_own(void **state)
{
    static struct xc_dom_arch other = {.guest_type = "toy-1.0", .arch_private_size = 40};
    static struct xc_dom_arch first = {.guest_type = "xen-3.0-x86_64"};
    static struct xc_dom_arch second = {.guest_type = "xen-3.0-x86_64"};
    struct xc_dom_image dom = {0}, toy = {.guest_type = "toy-1.0"};

    (void)state;
    assert_int_equal(xc_dom_set_arch_hooks(&dom), 0);
    assert_ptr_equal(dom.arch_hooks, &own);
    assert_int_equal(xc_dom_set_arch_hooks(&toy), 0);
    assert_ptr_equal(toy.arch_hooks, &own);
    xc_dom_register_arch_hooks(&first);
    xc_dom_register_arch_hooks(&other);
    assert_int_equal(xc_dom_set_arch_hooks(&dom), 0);
    assert_ptr_equal(dom.arch_hooks, &first);
    assert_int_equal(asked, 0);
    xc_dom_register_arch_hooks(&second);
    assert_int_equal(xc_dom_set_arch_hooks(&dom), 0);
    assert_ptr_equal(dom.arch_hooks, &second);
    assert_int_equal(xc_dom_set_arch_hooks(&toy), 0);
    assert_ptr_equal(toy.arch_hooks, &other);
    assert_ptr_equal(toy.arch_private, &private_data);
    assert_int_equal(asked, 40);
}

static void a_hook_may_be_missing(void **state)
{
    struct xc_dom_image dom = {0};

    (void)state;
    assert_int_equal(dom_hook(&dom, NULL), 0);
    assert_int_equal(dom_hook(&dom, count), -1);
    assert_int_equal(calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registered_ones_come_before_our_own),
        cmocka_unit_test(a_hook_may_be_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
