/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <xen/io/xs_wire.h>

#include "daemon.h"

static char long_value[3000];
static const struct node nodes[] = {
    {"bios", "seabios"}, {"empty", ""}, {"dec", "42"},        {"hex", "0xfc001000"},
    {"word", "on"},      {"a/b", "x"},  {"long", long_value}, {"max", "18446744073709551615"},
};

static void values(void **state)
{
    struct store s;
    char text[16];

    (void)state;
    /* Indices that wrap meanwhile. */
    daemon_start(&s, nodes, 8, UINT32_MAX - 40);
    assert_true(store_read(&s, "bios", text, sizeof(text)));
    assert_string_equal(text, "seabios");
    assert_true(store_read(&s, "empty", text, sizeof(text)));
    assert_string_equal(text, "");
    assert_false(store_read(&s, "none", text, sizeof(text)));
    assert_string_equal(text, "");
    assert_true(store_read(&s, "bios", text, 4));
    assert_string_equal(text, "sea");
    assert_true(store_read(&s, "bios", text, sizeof(text)));
    assert_string_equal(text, "seabios");
}

static void numbers(void **state)
{
    struct store s;

    (void)state;
    daemon_start(&s, nodes, 8, 0);
    assert_int_equal(store_read_number(&s, "dec", 7), 42);
    assert_int_equal(store_read_number(&s, "hex", 7), 0xfc001000);
    assert_int_equal(store_read_number(&s, "word", 7), 7);
    assert_int_equal(store_read_number(&s, "empty", 7), 7);
    assert_int_equal(store_read_number(&s, "none", 7), 7);
    assert_true(store_read_number(&s, "max", 7) == UINT64_MAX);
    assert_true(store_has_children(&s, "a"));
    assert_false(store_has_children(&s, "b"));
}

/* More than the ring holds, in both directions. */
static void long_messages(void **state)
{
    struct store s;
    char text[4096], path[2001];

    (void)state;
    memset(long_value, 'x', sizeof(long_value) - 1);
    memset(path, 'p', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    daemon_start(&s, nodes, 8, 1000);
    assert_true(store_read(&s, "long", text, sizeof(text)));
    assert_string_equal(text, long_value);
    assert_false(store_read(&s, path, text, sizeof(text)));
    assert_true(store_read(&s, "bios", text, sizeof(text)));
    assert_true(store_write(&s, "hvmloader/x", "0x10"));
    assert_string_equal(daemon_written[0], "hvmloader/x");
    assert_string_equal(daemon_written[1], "0x10");
}

static void strays_are_skipped(void **state)
{
    struct store s;
    char text[16];

    (void)state;
    daemon_start(&s, nodes, 8, 0);
    daemon_send_strays();
    assert_true(store_read(&s, "bios", text, sizeof(text)));
    assert_string_equal(text, "seabios");
    assert_false(s.broken);
}

static void impossible_rings_are_left_alone(void **state)
{
    struct store s = {0};
    struct xsd_sockmsg head = {.type = XS_READ, .req_id = 1, .len = XENSTORE_PAYLOAD_MAX + 1};
    char text[16];

    (void)state;
    assert_false(store_read(&s, "bios", text, sizeof(text))); /* none */
    daemon_start(&s, nodes, 8, 0);
    daemon_ring()->rsp_prod = XENSTORE_RING_SIZE + 1;
    assert_false(store_read(&s, "bios", text, sizeof(text)));
    assert_true(s.broken);
    assert_false(store_read(&s, "bios", text, sizeof(text)));
    daemon_start(&s, nodes, 8, 0);
    daemon_ring()->req_prod = XENSTORE_RING_SIZE + 1;
    assert_false(store_write(&s, "bios", "x"));
    assert_true(s.broken);
    /* A length that no message has. */
    daemon_start(&s, nodes, 8, 0);
    memcpy(daemon_ring()->rsp, &head, sizeof(head));
    daemon_ring()->rsp_prod = sizeof(head);
    assert_false(store_read(&s, "bios", text, sizeof(text)));
    assert_true(s.broken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(numbers),
        cmocka_unit_test(long_messages),
        cmocka_unit_test(strays_are_skipped),
        cmocka_unit_test(impossible_rings_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
