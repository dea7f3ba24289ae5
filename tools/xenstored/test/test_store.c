/* SPDX-License-Identifier: MIT */
/* The store as its clients see it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define ASK(c, type, tx, text) harness_ask(c, type, tx, text, sizeof(text) - 1)

static char events[65536];

static void expect_ok(struct answer a)
{
    assert_string_equal(a.body, "OK");
    assert_int_not_equal(a.type, XS_ERROR);
}

static void expect_error(struct answer a, const char *name)
{
    assert_int_equal(a.type, XS_ERROR);
    assert_string_equal(a.body, name);
}

static struct conn *guest(struct store *s, struct conn *dom0, uint32_t domid)
{
    char text[64];
    size_t n = (size_t)snprintf(text, sizeof(text), "%u%c1%c1", domid, 0, 0) + 1;

    expect_ok(harness_ask(dom0, XS_INTRODUCE, 0, text, n));
    return conn_new(s, domid);
}

/* Gives the guest a directory of its own, as the toolstack does. */
static void give_home(struct conn *dom0, uint32_t domid)
{
    char text[128];
    size_t n = (size_t)snprintf(text, sizeof(text), "/local/domain/%u/data", domid) + 1;

    expect_ok(harness_ask(dom0, XS_MKDIR, 0, text, n));
    n += (size_t)snprintf(text + n, sizeof(text) - n, "n%u", domid) + 1;
    expect_ok(harness_ask(dom0, XS_SET_PERMS, 0, text, n));
}

static int start(void **state)
{
    struct store *s = harness_store();

    *state = s;
    return s ? 0 : -1;
}

static int stop(void **state)
{
    assert_true(harness_consistent(*state));
    store_free(*state);
    return 0;
}

static void nodes_can_be_written_read_listed_and_removed(void **state)
{
    struct conn *c = conn_new(*state, 0);
    struct answer a;

    expect_ok(ASK(c, XS_WRITE, 0, "/a/b/c\0hello"));
    a = ASK(c, XS_READ, 0, "/a/b/c\0");
    assert_int_equal(a.len, 5);
    assert_string_equal(a.body, "hello");
    expect_ok(ASK(c, XS_WRITE, 0, "/a/b/a\0"));
    a = ASK(c, XS_DIRECTORY, 0, "/a/b\0");
    assert_memory_equal(a.body, "c\0a\0", 4);
    expect_ok(ASK(c, XS_RM, 0, "/a\0"));
    expect_error(ASK(c, XS_READ, 0, "/a/b/c\0"), "ENOENT");
    expect_ok(ASK(c, XS_RM, 0, "/a\0"));
    expect_error(ASK(c, XS_RM, 0, "/a/b\0"), "ENOENT");
    expect_error(ASK(c, XS_RM, 0, "/\0"), "EINVAL");
}

static void malformed_requests_are_refused(void **state)
{
    struct conn *c = conn_new(*state, 0);

    expect_error(ASK(c, XS_READ, 0, ""), "EINVAL");
    expect_error(ASK(c, XS_READ, 0, "/a"), "EINVAL");
    expect_error(ASK(c, XS_READ, 0, "/a/\0"), "EINVAL");
    expect_error(ASK(c, XS_READ, 0, "//a\0"), "EINVAL");
    expect_error(ASK(c, XS_READ, 0, "/a b\0"), "EINVAL");
    expect_error(ASK(c, XS_WRITE, 0, "@x\0v"), "EINVAL");
    expect_error(ASK(c, XS_SET_PERMS, 0, "/\0q1\0"), "EINVAL");
    expect_error(ASK(c, XS_SET_PERMS, 0, "/\0r1"), "EINVAL");
    expect_error(ASK(c, 20, 0, "x\0"), "ENOSYS");
    expect_error(ASK(c, 12345, 0, "x\0"), "ENOSYS");
    expect_error(ASK(c, XS_READ, 99, "/\0"), "ENOENT");
}

static void a_guest_keeps_to_its_own_nodes(void **state)
{
    struct conn *d0 = conn_new(*state, 0), *g = guest(*state, d0, 5);
    struct answer a;

    give_home(d0, 5);
    expect_ok(ASK(d0, XS_WRITE, 0, "/secret\0x"));
    expect_error(ASK(g, XS_READ, 0, "/secret\0"), "EACCES");
    expect_error(ASK(g, XS_READ, 0, "/nothing\0"), "EACCES");
    expect_error(ASK(g, XS_WRITE, 0, "/new\0x"), "EACCES");
    expect_error(ASK(g, XS_RM, 0, "/secret\0"), "EACCES");
    expect_error(ASK(g, XS_RELEASE, 0, "5\0"), "EACCES");
    expect_error(ASK(g, XS_CONTROL, 0, "help\0"), "EACCES");
    expect_ok(ASK(g, XS_WRITE, 0, "data/x/y\0v"));
    a = ASK(d0, XS_GET_PERMS, 0, "/local/domain/5/data/x/y\0");
    assert_string_equal(a.body, "n5");
    expect_error(ASK(g, XS_SET_PERMS, 0, "data/x\0n0\0"), "EPERM");
    expect_ok(ASK(g, XS_SET_PERMS, 0, "data/x\0r5\0"));
    expect_error(ASK(g, XS_READ, 0, "data/none\0"), "ENOENT");
}

/* Of every domain with the name, living or not; libxl asks so. */
static void domains_are_found_by_name(void **state)
{
    struct conn *d0 = conn_new(*state, 0), *g = guest(*state, d0, 5);
    struct answer a;

    give_home(d0, 5);
    give_home(d0, 17);
    expect_ok(ASK(d0, XS_WRITE, 0, "/local/domain/5/name\0one"));
    expect_ok(ASK(d0, XS_WRITE, 0, "/local/domain/17/name\0two"));
    a = ASK(d0, XS_CONTROL, 0, "domain-by-name\0two\0");
    assert_string_equal(a.body, "17 ");
    a = ASK(d0, XS_CONTROL, 0, "domain-by-name\0tw\0");
    assert_string_equal(a.body, "none");
    expect_ok(ASK(d0, XS_WRITE, 0, "/local/domain/5/name\0two"));
    a = ASK(d0, XS_CONTROL, 0, "domain-by-name\0two\0");
    assert_string_equal(a.body, "5 17 ");
    expect_error(ASK(d0, XS_CONTROL, 0, "domain-by-name\0"), "EINVAL");
    expect_error(ASK(g, XS_CONTROL, 0, "domain-by-name\0two\0"), "EACCES");
}

static void a_target_lends_its_rights(void **state)
{
    struct conn *d0 = conn_new(*state, 0), *g = guest(*state, d0, 5), *dm = guest(*state, d0, 6);

    give_home(d0, 5);
    expect_ok(ASK(g, XS_WRITE, 0, "data/x\0v"));
    expect_error(ASK(dm, XS_READ, 0, "/local/domain/5/data/x\0"), "EACCES");
    expect_ok(ASK(d0, XS_SET_TARGET, 0,
                  "6\0"
                  "5\0"));
    assert_string_equal(ASK(dm, XS_READ, 0, "/local/domain/5/data/x\0").body, "v");
    expect_ok(ASK(d0, XS_RELEASE, 0, "5\0"));
    expect_error(ASK(dm, XS_READ, 0, "/local/domain/5/data/x\0"), "EACCES");
}

static void quotas_bind_a_guest_and_not_dom0(void **state)
{
    struct store *s = *state;
    struct conn *d0 = conn_new(s, 0), *g = guest(s, d0, 5);
    char text[4096] = "data/v";
    char path[64];

    give_home(d0, 5);
    s->quotas.nodes = 10;
    for (int i = 0; i < 9; i++) {
        int n = snprintf(path, sizeof(path), "data/n%d", i) + 1;

        expect_ok(harness_ask(g, XS_WRITE, 0, path, (size_t)n));
    }
    expect_error(ASK(g, XS_WRITE, 0, "data/one-more\0"), "ENOSPC");
    expect_error(ASK(g, XS_MKDIR, 0, "data/one-more\0"), "ENOSPC");
    expect_ok(ASK(g, XS_RM, 0, "data/n3\0"));
    expect_ok(ASK(g, XS_WRITE, 0, "data/v\0"));
    expect_ok(harness_ask(g, XS_WRITE, 0, text, 7 + s->quotas.node_size));
    expect_error(harness_ask(g, XS_WRITE, 0, text, 8 + s->quotas.node_size), "ENOSPC");
    expect_error(ASK(g, XS_SET_PERMS, 0, "data/v\0n5\0r1\0r2\0r3\0r4\0r6\0"), "ENOSPC");
    expect_ok(ASK(d0, XS_WRITE, 0, "/local/domain/5/data/by-dom0\0x"));
}

static void watches_and_transactions_have_quotas(void **state)
{
    struct store *s = *state;
    struct conn *d0 = conn_new(s, 0), *g = guest(s, d0, 5);
    struct answer a;

    s->quotas.watches = 2;
    s->quotas.transactions = 2;
    s->quotas.txn_nodes = 3;
    give_home(d0, 5);
    expect_ok(ASK(g, XS_WATCH, 0, "a\0t\0"));
    expect_error(ASK(g, XS_WATCH, 0, "a\0t\0"), "EEXIST");
    expect_ok(ASK(g, XS_WATCH, 0, "a\0u\0"));
    expect_error(ASK(g, XS_WATCH, 0, "b\0t\0"), "E2BIG");
    expect_ok(ASK(g, XS_UNWATCH, 0, "a\0u\0"));
    expect_ok(ASK(g, XS_WATCH, 0, "b\0t\0"));
    a = ASK(g, XS_TRANSACTION_START, 0, "\0");
    assert_string_equal(a.body, "1");
    assert_string_equal(ASK(g, XS_TRANSACTION_START, 0, "\0").body, "2");
    expect_error(ASK(g, XS_TRANSACTION_START, 0, "\0"), "ENOSPC");
    expect_error(ASK(g, XS_TRANSACTION_START, 1, "\0"), "EBUSY");
    expect_ok(ASK(g, XS_WRITE, 1, "data/1\0"));
    expect_ok(ASK(g, XS_WRITE, 1, "data/2\0"));
    expect_ok(ASK(g, XS_WRITE, 1, "data/3\0"));
    expect_error(ASK(g, XS_WRITE, 1, "data/4\0"), "ENOSPC");
    expect_ok(ASK(g, XS_RESET_WATCHES, 0, "\0"));
    expect_error(ASK(g, XS_TRANSACTION_END, 1, "T\0"), "ENOENT");
    assert_int_equal(s->domains[5]->watches, 0);
    assert_int_equal(s->domains[5]->transactions, 0);
    assert_int_equal(s->domains[5]->watch_bytes, 0);
    assert_int_equal(s->domains[5]->txn_bytes, 0);
}

static void a_transaction_sees_its_snapshot(void **state)
{
    struct conn *c = conn_new(*state, 0), *d = conn_new(*state, 0);

    expect_ok(ASK(c, XS_WRITE, 0,
                  "/a\0"
                  "1"));
    ASK(c, XS_TRANSACTION_START, 0, "\0");
    expect_ok(ASK(d, XS_WRITE, 0,
                  "/a\0"
                  "2"));
    assert_string_equal(ASK(c, XS_READ, 1, "/a\0").body, "1");
    expect_ok(ASK(c, XS_WRITE, 1, "/b\0x"));
    expect_error(ASK(d, XS_READ, 0, "/b\0"), "ENOENT");
    expect_error(ASK(c, XS_TRANSACTION_END, 1, "T\0"), "EAGAIN");
    expect_error(ASK(d, XS_READ, 0, "/b\0"), "ENOENT");
}

static void transactions_without_common_nodes_both_succeed(void **state)
{
    struct conn *c = conn_new(*state, 0), *d = conn_new(*state, 0);

    expect_ok(ASK(c, XS_MKDIR, 0, "/a\0"));
    ASK(c, XS_TRANSACTION_START, 0, "\0");
    ASK(d, XS_TRANSACTION_START, 0, "\0");
    expect_error(ASK(c, XS_READ, 1, "/a/c\0"), "ENOENT");
    expect_ok(ASK(c, XS_WRITE, 1,
                  "/a/c\0"
                  "1"));
    expect_ok(ASK(d, XS_WRITE, 1,
                  "/a/d\0"
                  "2"));
    expect_ok(ASK(c, XS_TRANSACTION_END, 1, "T\0"));
    expect_ok(ASK(d, XS_TRANSACTION_END, 1, "T\0"));
    assert_string_equal(ASK(c, XS_READ, 0, "/a/c\0").body, "1");
    assert_string_equal(ASK(c, XS_READ, 0, "/a/d\0").body, "2");
}

static void a_missing_node_that_appears_is_a_conflict(void **state)
{
    struct conn *c = conn_new(*state, 0), *d = conn_new(*state, 0);

    ASK(c, XS_TRANSACTION_START, 0, "\0");
    expect_error(ASK(c, XS_READ, 1, "/x\0"), "ENOENT");
    expect_ok(ASK(c, XS_WRITE, 1, "/x\0mine"));
    expect_ok(ASK(d, XS_WRITE, 0, "/x\0theirs"));
    expect_error(ASK(c, XS_TRANSACTION_END, 1, "T\0"), "EAGAIN");
    assert_string_equal(ASK(c, XS_READ, 0, "/x\0").body, "theirs");
}

static void a_commit_that_lost_its_right_is_a_conflict(void **state)
{
    struct conn *d0 = conn_new(*state, 0), *g = guest(*state, d0, 5);

    give_home(d0, 5);
    ASK(g, XS_TRANSACTION_START, 0, "\0");
    expect_ok(ASK(g, XS_WRITE, 1, "data/x\0v"));
    expect_ok(ASK(d0, XS_SET_PERMS, 0, "/local/domain/5/data\0n0\0"));
    expect_error(ASK(g, XS_TRANSACTION_END, 1, "T\0"), "EAGAIN");
    expect_error(ASK(d0, XS_READ, 0, "/local/domain/5/data/x\0"), "ENOENT");
}

static void the_node_quota_holds_over_two_transactions(void **state)
{
    struct store *s = *state;
    struct conn *d0 = conn_new(s, 0), *g = guest(s, d0, 5);

    give_home(d0, 5);
    s->quotas.nodes = 3;
    ASK(g, XS_TRANSACTION_START, 0, "\0");
    ASK(g, XS_TRANSACTION_START, 0, "\0");
    expect_ok(ASK(g, XS_WRITE, 1, "data/a\0"));
    expect_ok(ASK(g, XS_WRITE, 1, "data/b\0"));
    expect_ok(ASK(g, XS_WRITE, 2, "data/c\0"));
    expect_ok(ASK(g, XS_WRITE, 2, "data/d\0"));
    expect_error(ASK(g, XS_WRITE, 2, "data/e\0"), "ENOSPC");
    expect_ok(ASK(g, XS_TRANSACTION_END, 1, "T\0"));
    expect_error(ASK(g, XS_TRANSACTION_END, 2, "T\0"), "EAGAIN");
    assert_int_equal(s->domains[5]->nodes, 3);
}

static void watches_fire_at_and_above_a_change(void **state)
{
    struct conn *c = conn_new(*state, 0);

    expect_ok(ASK(c, XS_WATCH, 0, "/a\0t\0"));
    expect_ok(ASK(c, XS_WATCH, 0, "/a/b/c\0u\0"));
    expect_ok(ASK(c, XS_WATCH, 0, "rel\0v\0"));
    harness_events(c, events, sizeof(events));
    assert_string_equal(events, "/a t;/a/b/c u;rel v;");
    expect_ok(ASK(c, XS_WRITE, 0, "/a/b/c/d\0x"));
    harness_events(c, events, sizeof(events));
    assert_string_equal(events, "/a/b/c/d t;/a/b/c/d u;");
    expect_ok(ASK(c, XS_WRITE, 0, "/local/domain/0/rel/x\0x"));
    harness_events(c, events, sizeof(events));
    assert_string_equal(events, "rel/x v;");
    expect_ok(ASK(c, XS_RM, 0, "/a/b\0"));
    harness_events(c, events, sizeof(events));
    assert_string_equal(events, "/a/b/c u;/a/b t;");
    expect_ok(ASK(c, XS_MKDIR, 0, "/a\0"));
    harness_events(c, events, sizeof(events));
    assert_string_equal(events, "");
}

static void a_transaction_tells_its_changes_once_at_its_end(void **state)
{
    struct conn *c = conn_new(*state, 0);

    expect_ok(ASK(c, XS_WATCH, 0, "/a\0t\0"));
    ASK(c, XS_TRANSACTION_START, 0, "\0");
    expect_ok(ASK(c, XS_WRITE, 1, "/a/1\0x"));
    expect_ok(ASK(c, XS_WRITE, 1, "/a/2\0x"));
    expect_ok(ASK(c, XS_WRITE, 1, "/a/1\0y"));
    harness_events(c, events, sizeof(events));
    assert_string_equal(events, "/a t;");
    expect_ok(ASK(c, XS_TRANSACTION_END, 1, "T\0"));
    harness_events(c, events, sizeof(events));
    assert_string_equal(events, "/a/1 t;/a/2 t;");
}

static void a_guest_hears_only_of_what_it_may_read(void **state)
{
    struct conn *d0 = conn_new(*state, 0), *g = guest(*state, d0, 5);

    give_home(d0, 5);
    expect_ok(ASK(g, XS_WATCH, 0, "/\0t\0"));
    expect_ok(ASK(g, XS_WATCH, 0, "@releaseDomain\0u\0"));
    harness_events(g, events, sizeof(events));
    expect_ok(ASK(d0, XS_WRITE, 0, "/secret\0x"));
    expect_ok(ASK(d0, XS_RM, 0, "/secret\0"));
    expect_ok(ASK(d0, XS_WRITE, 0, "/local/domain/5/data\0x"));
    guest(*state, d0, 9);
    expect_ok(ASK(d0, XS_RELEASE, 0, "9\0"));
    harness_events(g, events, sizeof(events));
    assert_string_equal(events, "/local/domain/5/data t;");
    guest(*state, d0, 9);
    expect_ok(ASK(d0, XS_SET_PERMS, 0, "@releaseDomain\0n0\0r5\0"));
    expect_ok(ASK(d0, XS_RELEASE, 0, "9\0"));
    harness_events(g, events, sizeof(events));
    assert_string_equal(events, "@releaseDomain u;");
}

static void a_released_domain_leaves_nothing(void **state)
{
    struct store *s = *state;
    struct conn *d0 = conn_new(s, 0), *g = guest(s, d0, 5);

    give_home(d0, 5);
    expect_ok(ASK(g, XS_WRITE, 0, "data/a/b\0x"));
    expect_ok(ASK(d0, XS_WRITE, 0, "/shared\0x"));
    expect_ok(ASK(d0, XS_SET_PERMS, 0, "/shared\0n0\0r5\0r6\0"));
    conn_free(g);
    expect_ok(ASK(d0, XS_RELEASE, 0, "5\0"));
    expect_error(ASK(d0, XS_READ, 0, "/local/domain/5/data\0"), "ENOENT");
    assert_memory_equal(ASK(d0, XS_GET_PERMS, 0, "/shared\0").body, "n0\0r6\0", 6);
    assert_int_equal(s->domains[5]->nodes, 0);
    assert_int_equal(domain_memory(s->domains[5]), 0);
    assert_string_equal(ASK(d0, XS_IS_DOMAIN_INTRODUCED, 0, "5\0").body, "F");
}

static void a_large_directory_comes_in_parts(void **state)
{
    struct conn *c = conn_new(*state, 0);
    char path[64];
    unsigned int off = 0, names = 0;
    bool last = false;

    for (int i = 0; i < 1000; i++) {
        int n = snprintf(path, sizeof(path), "/dir/child-%d", i) + 1;

        expect_ok(harness_ask(c, XS_WRITE, 0, path, (size_t)n));
    }
    expect_error(ASK(c, XS_DIRECTORY, 0, "/dir\0"), "E2BIG");
    for (int turn = 0; !last && turn < 100; turn++) {
        int n = snprintf(path, sizeof(path), "/dir%c%u", 0, off) + 1;
        struct answer a = harness_ask(c, XS_DIRECTORY_PART, 0, path, (size_t)n);
        unsigned int at = (unsigned int)strlen(a.body) + 1;

        assert_int_equal(a.type, XS_DIRECTORY_PART);
        while (at < a.len && a.body[at]) {
            unsigned int len = (unsigned int)strlen(a.body + at) + 1;

            off += len;
            at += len;
            names++;
        }
        last = at < a.len;
    }
    assert_true(last);
    assert_int_equal(names, 1000);
}

static void an_outstanding_event_holds_back_its_cause(void **state)
{
    struct store *s = *state;
    struct conn *d0 = conn_new(s, 0), *g = guest(s, d0, 5);
    char path[64];

    give_home(d0, 5);
    expect_ok(ASK(d0, XS_WATCH, 0, "/local\0t\0"));
    harness_events(d0, events, sizeof(events));
    store_tick(s, 1000);
    for (unsigned int i = 0; i < s->quotas.outstanding; i++) {
        int n = snprintf(path, sizeof(path), "data/%u", i) + 1;

        assert_true(conn_may_request(g));
        expect_ok(harness_ask(g, XS_WRITE, 0, path, (size_t)n));
    }
    assert_false(conn_may_request(g));
    store_tick(s, 1000 + s->quotas.event_timeout_s * 1000 + 1);
    assert_true(conn_may_request(g));
    harness_events(d0, events, sizeof(events));
    assert_int_equal(s->domains[5]->outstanding, 0);
}

static void shared_trees_are_copied_and_freed(void **state)
{
    struct store *s = *state;
    struct conn *c = conn_new(s, 0);
    struct node *before, *n;

    expect_ok(ASK(c, XS_WRITE, 0,
                  "/a/b\0"
                  "1"));
    expect_ok(ASK(c, XS_WRITE, 0,
                  "/c/d\0"
                  "1"));
    before = node_get(s->root);
    expect_ok(ASK(c, XS_WRITE, 0,
                  "/a/b\0"
                  "2"));
    assert_ptr_not_equal(before, s->root);
    n = tree_find(before, "/a/b");
    assert_memory_equal(n->value, "1", 1);
    assert_ptr_equal(tree_find(before, "/c"), tree_find(s->root, "/c"));
    node_put(before);
    n = s->root;
    expect_ok(ASK(c, XS_WRITE, 0,
                  "/a/b\0"
                  "3"));
    assert_ptr_equal(n, s->root);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(nodes_can_be_written_read_listed_and_removed),
        T(malformed_requests_are_refused),
        T(a_guest_keeps_to_its_own_nodes),
        T(domains_are_found_by_name),
        T(a_target_lends_its_rights),
        T(quotas_bind_a_guest_and_not_dom0),
        T(watches_and_transactions_have_quotas),
        T(a_transaction_sees_its_snapshot),
        T(transactions_without_common_nodes_both_succeed),
        T(a_missing_node_that_appears_is_a_conflict),
        T(a_commit_that_lost_its_right_is_a_conflict),
        T(the_node_quota_holds_over_two_transactions),
        T(watches_fire_at_and_above_a_change),
        T(a_transaction_tells_its_changes_once_at_its_end),
        T(a_guest_hears_only_of_what_it_may_read),
        T(a_released_domain_leaves_nothing),
        T(a_large_directory_comes_in_parts),
        T(an_outstanding_event_holds_back_its_cause),
        T(shared_trees_are_copied_and_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
