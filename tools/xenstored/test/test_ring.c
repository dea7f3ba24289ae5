/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "io/ring.h"

static struct xenstore_domain_interface page;

static struct ring fresh(uint32_t start)
{
    struct ring r;

    memset(&page, 0, sizeof(page));
    page.req_cons = page.req_prod = page.rsp_cons = page.rsp_prod = start;
    ring_attach(&r, &page);
    return r;
}

static void bytes_cross_the_end_of_the_ring(void **state)
{
    struct ring r = fresh(UINT32_MAX - 3); /* the index wraps too */
    char buf[8];

    (void)state;
    for (uint32_t i = 0; i < 8; i++)
        page.req[MASK_XENSTORE_IDX(UINT32_MAX - 3 + i)] = (char)('a' + i);
    page.req_prod += 8;
    assert_int_equal(ring_read(&r, buf, sizeof(buf)), 8);
    assert_memory_equal(buf, "abcdefgh", 8);
    assert_int_equal(page.req_cons, page.req_prod);
    assert_int_equal(ring_write(&r, "ABCDEFGH", 8), 8);
    assert_int_equal(page.rsp[MASK_XENSTORE_IDX(UINT32_MAX)], 'D');
    assert_int_equal(page.rsp[0], 'E');
}

static void a_full_ring_takes_no_more(void **state)
{
    static char buf[XENSTORE_RING_SIZE + 10];
    struct ring r = fresh(5);

    (void)state;
    assert_int_equal(ring_write(&r, buf, sizeof(buf)), XENSTORE_RING_SIZE);
    assert_int_equal(ring_write(&r, buf, 1), 0);
    page.rsp_cons += 3;
    assert_int_equal(ring_write(&r, buf, 10), 3);
    page.req_prod += XENSTORE_RING_SIZE;
    assert_int_equal(ring_read(&r, buf, sizeof(buf)), XENSTORE_RING_SIZE);
    assert_int_equal(ring_read(&r, buf, sizeof(buf)), 0);
}

static void impossible_indices_are_found(void **state)
{
    struct ring r = fresh(0);
    char buf[4];

    (void)state;
    page.req_prod = XENSTORE_RING_SIZE + 1;
    assert_int_equal(ring_read(&r, buf, 4), -EINVAL);
    page.req_prod = UINT32_MAX;
    assert_int_equal(ring_read(&r, buf, 4), -EINVAL);
    page.rsp_cons = 1;
    assert_int_equal(ring_write(&r, buf, 4), -EINVAL);
}

static void our_own_indices_are_not_taken_from_the_page(void **state)
{
    struct ring r = fresh(0);
    char buf[4];

    (void)state;
    page.req_prod = 4;
    page.req_cons = 4;
    page.rsp_prod = 100;
    assert_int_equal(ring_read(&r, buf, 4), 4);
    assert_int_equal(ring_write(&r, buf, 4), 4);
    assert_int_equal(page.rsp_prod, 4);
}

static void a_restart_begins_at_zero(void **state)
{
    struct ring r = fresh(77);

    (void)state;
    page.connection = XENSTORE_RECONNECT;
    ring_set_error(&r, XENSTORE_ERROR_PROTO);
    assert_true(ring_wants_restart(&r));
    ring_restart(&r);
    assert_false(ring_wants_restart(&r));
    assert_int_equal(page.error, XENSTORE_ERROR_NONE);
    assert_int_equal(r.req_cons + r.rsp_prod + page.req_prod + page.rsp_cons, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_cross_the_end_of_the_ring),
        cmocka_unit_test(a_full_ring_takes_no_more),
        cmocka_unit_test(impossible_indices_are_found),
        cmocka_unit_test(our_own_indices_are_not_taken_from_the_page),
        cmocka_unit_test(a_restart_begins_at_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
