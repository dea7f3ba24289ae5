/* SPDX-License-Identifier: MIT */
/* The state of a store as a stream: what is written is read again; what is damaged is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "fail.h"
#include "live/stream.h"

#define ASK(c, type, text) harness_ask(c, type, 0, text, sizeof(text) - 1)

enum { SOCK_A, SOCK_B, RING, NR_CONNS };

struct world {
    struct store *s;
    struct live_conn conns[NR_CONNS];
    struct live_image img;
};

static void expect_ok(struct answer a)
{
    assert_string_equal(a.body, "OK");
}

static const char half_request[] = "\x0b\0\0\0" /* XS_WRITE */
                                   "\x05\0\0\0\0\0\0\0\x08\0\0\0/a/b";

static void set_conn(struct world *w, unsigned int i, uint32_t domid, int fd)
{
    struct live_conn *c = &w->conns[i];

    c->id = i + 1;
    c->conn = conn_new(w->s, domid);
    assert_non_null(c->conn);
    c->socket = fd >= 0;
    c->fd = fd;
    c->domid = domid;
    c->in = "";
    c->out = "";
    c->has_own = true;
    c->own.id = c->id;
}

static void fill_tree(struct conn *dom0)
{
    expect_ok(ASK(dom0, XS_INTRODUCE, "5\0001\0003\0"));
    expect_ok(ASK(dom0, XS_INTRODUCE, "7\0001\0004\0"));
    expect_ok(ASK(dom0, XS_SET_TARGET, "5\0007\0"));
    expect_ok(ASK(dom0, XS_WRITE, "/local/domain/5/data\0x\0y"));
    expect_ok(ASK(dom0, XS_SET_PERMS, "/local/domain/5/data\0n5\0r7\0b0\0"));
    expect_ok(ASK(dom0, XS_WRITE,
                  "/z/first\0"
                  "1"));
    expect_ok(ASK(dom0, XS_WRITE, "/z/a-second\0"));
    expect_ok(ASK(dom0, XS_SET_PERMS, "@releaseDomain\0n0\0r5\0"));
}

static void fill_conns(struct world *w)
{
    struct conn *a = w->conns[SOCK_A].conn, *ring = w->conns[RING].conn;
    struct live_conn *r = &w->conns[RING];

    expect_ok(ASK(a, XS_WATCH, "/z\0token a\0"));
    expect_ok(ASK(ring, XS_WATCH, "data\0rel\0"));
    expect_ok(ASK(w->conns[SOCK_B].conn, XS_WATCH, "@releaseDomain\0special\0"));
    expect_ok(ASK(a, XS_WATCH, "/local/domain/5/data\0other\0"));
    expect_ok(ASK(a, XS_WRITE, "/local/domain/5/data\0new"));
    conn_out_peek(a)->sent = 3;     /* within the header */
    conn_out_peek(ring)->sent = 20; /* within the body */
    r->port = 11;
    r->in = half_request;
    r->in_len = sizeof(half_request) - 1;
    r->own = (struct live_own_conn){.id = RING + 1,
                                    .next_txn = 1,
                                    .remote_port = 3,
                                    .req_cons = 1000,
                                    .rsp_prod = 77,
                                    .gfn = 1};
}

static int start(void **state)
{
    struct world *w = calloc(1, sizeof(*w));

    assert_non_null(w);
    w->s = harness_store();
    assert_non_null(w->s);
    set_conn(w, SOCK_A, 0, 8);
    set_conn(w, SOCK_B, 0, 9);
    fill_tree(w->conns[SOCK_A].conn);
    set_conn(w, RING, 5, -1);
    fill_conns(w);
    w->img = (struct live_image){.global = {.rw_fd = 4, .evtchn_fd = 5},
                                 .has_own = true,
                                 .own = {.virq_port = 2, .pid_fd = 3, .log_on = 1},
                                 .log_file = "/var/log/x",
                                 .conns = w->conns,
                                 .nr_conns = NR_CONNS};
    w->img.own.nr_quotas = LIVE_NR_QUOTAS;
    w->img.quotas = w->s->quotas;
    w->img.quotas.nodes = 1234;
    *state = w;
    return 0;
}

static int stop(void **state)
{
    struct world *w = *state;

    store_free(w->s);
    free(w);
    return 0;
}

static struct live_buf written(const struct store *s, const struct live_image *img)
{
    struct live_buf b = {0};

    assert_int_equal(live_write(&b, s, img), 0);
    assert_int_equal(b.len % LIVE_ALIGN, 0);
    return b;
}

/* Makes the connections that the stream tells of. */
static void connect_all(struct store *s, struct live_image *img)
{
    for (unsigned int i = 0; i < img->nr_conns; i++) {
        img->conns[i].conn = conn_new(s, img->conns[i].socket ? 0 : img->conns[i].domid);
        assert_non_null(img->conns[i].conn);
    }
    assert_int_equal(live_attach(img), 0);
}

static void a_state_comes_back_as_it_was(void **state)
{
    struct world *w = *state;
    struct live_buf b = written(w->s, &w->img), again;
    struct store *s = harness_store();
    struct live_image img;
    char why[128] = "";

    assert_int_equal(live_read(b.data, b.len, s, &img, why), 0);
    connect_all(s, &img);
    assert_true(harness_consistent(s));
    assert_int_equal(img.global.rw_fd, 4);
    assert_int_equal(s->quotas.nodes, 1234);
    assert_int_equal(s->gen, w->s->gen);
    assert_int_equal(s->domains[5]->target, 7);
    assert_true(domain_is_known(s, 7));
    assert_string_equal(img.log_file, "/var/log/x");
    for (unsigned int i = 0; i < img.nr_conns; i++) { /* all of it is queued now */
        img.conns[i].out_len = 0;
        assert_int_equal(img.conns[i].conn->dom->watches, w->conns[i].conn->dom->watches);
        assert_int_equal(img.conns[i].conn->out_bytes > 0, w->conns[i].conn->out_bytes > 0);
    }
    again = written(s, &img);
    assert_int_equal(again.len, b.len);
    assert_memory_equal(again.data, b.data, b.len);
    free(again.data);
    free(b.data);
    live_image_free(&img);
    store_free(s);
}

static void watches_and_queues_go_on(void **state)
{
    struct world *w = *state;
    struct live_buf b = written(w->s, &w->img);
    struct store *s = harness_store();
    struct live_image img;
    struct conn *ring;
    char why[128] = "", events[4096];

    assert_int_equal(live_read(b.data, b.len, s, &img, why), 0);
    assert_int_equal(img.nr_conns, NR_CONNS);
    assert_int_equal(img.conns[RING].in_len, sizeof(half_request) - 1);
    assert_memory_equal(img.conns[RING].in, half_request, sizeof(half_request) - 1);
    assert_int_equal(img.conns[RING].own.req_cons, 1000);
    connect_all(s, &img);
    ring = img.conns[RING].conn;
    while (conn_out_peek(ring))
        conn_out_pop(ring);
    expect_ok(ASK(img.conns[SOCK_B].conn, XS_WRITE,
                  "/local/domain/5/data/k\0"
                  "1"));
    harness_events(ring, events, sizeof(events));
    assert_string_equal(events, "data/k rel;");
    assert_int_equal(ring->dom->queue_bytes, 0);
    free(b.data);
    live_image_free(&img);
    store_free(s);
}

static int read_only_copy(const unsigned char *data, size_t len, char why[128])
{
    unsigned char *exact = malloc(len ? len : 1); /* so that a byte too many is seen */
    struct store *s = harness_store();
    struct live_image img;
    int rc;

    assert_non_null(exact);
    memcpy(exact, data, len);
    why[0] = '\0';
    rc = live_read(exact, len, s, &img, why);
    live_image_free(&img);
    store_free(s);
    free(exact);
    return rc;
}

/* As many allocations as succeed: reading, connecting and writing end in -ENOMEM or are right. */
static bool survives(const struct live_buf *b, long n)
{
    struct store *s = harness_store();
    struct live_buf again = {0};
    struct live_image img;
    char why[128] = "";
    bool done;
    int rc;

    until_failure = n;
    rc = live_read(b->data, b->len, s, &img, why);
    for (unsigned int i = 0; i < img.nr_conns && !rc; i++) {
        img.conns[i].conn = conn_new(s, img.conns[i].domid);
        rc = img.conns[i].conn ? 0 : -ENOMEM;
    }
    rc = rc ? rc : live_attach(&img);
    for (unsigned int i = 0; i < img.nr_conns && !rc; i++)
        img.conns[i].out_len = 0;
    rc = rc ? rc : live_write(&again, s, &img);
    done = until_failure >= 0;
    until_failure = -1;
    if (rc)
        assert_int_equal(rc, -ENOMEM);
    else
        assert_memory_equal(again.data, b->data, b->len);
    assert_true(!done || rc == 0);
    free(again.data);
    live_image_free(&img);
    store_free(s);
    return done;
}

static void every_allocation_may_fail(void **state)
{
    struct world *w = *state;
    struct live_buf b = written(w->s, &w->img);
    long n = 0;

    while (!survives(&b, n))
        n++;
    assert_true(n > 50);
    free(b.data);
}

static void a_stream_that_is_cut_is_refused(void **state)
{
    struct world *w = *state;
    struct live_buf b = written(w->s, &w->img);
    char why[128];

    assert_int_equal(read_only_copy(b.data, b.len, why), 0);
    for (size_t len = 0; len < b.len; len++) {
        assert_int_equal(read_only_copy(b.data, len, why), -EINVAL);
        assert_int_not_equal(strlen(why), 0);
    }
    free(b.data);
}

static void every_flipped_bit_is_seen(void **state)
{
    struct world *w = *state;
    struct live_buf b = written(w->s, &w->img);
    char why[128];

    for (size_t bit = 0; bit < b.len * 8; bit++) {
        b.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_int_equal(read_only_copy(b.data, b.len, why), -EINVAL);
        assert_int_not_equal(strlen(why), 0);
        b.data[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(b.data);
}

static void bytes_behind_the_end_are_refused(void **state)
{
    struct world *w = *state;
    struct live_buf b = written(w->s, &w->img);
    unsigned char *more = calloc(1, b.len + 8);
    char why[128];

    memcpy(more, b.data, b.len);
    assert_int_equal(read_only_copy(more, b.len + 8, why), -EINVAL);
    free(more);
    free(b.data);
}

/* Only what the public document knows, as another implementation might write it. */
static void a_stream_without_our_records_is_read(void **state)
{
    static const unsigned char stream[] = {
        'x', 'e', 'n', 's', 't', 'o', 'r', 'e',
        0,   0,   0,   1,   0,   0,   0,   0, /* header */
        5,   0,   0,   0,   22,  0,   0,   0,
        0,   0,   0,   0,   0,   0,   0,   0, /* NODE_DATA of "/" */
        2,   0,   0,   0,   0,   0,   1,   0,
        'n', 0,   0,   0,   '/', 0,   0,   0, /* and its padding */
        5,   0,   0,   0,   25,  0,   0,   0,
        0,   0,   0,   0,   0,   0,   0,   0, /* NODE_DATA of "/k" */
        3,   0,   2,   0,   0,   0,   1,   0,
        'r', 0,   3,   0,   '/', 'k', 0,   'v', /* owner 3 */
        'w', 0,   0,   0,   0,   0,   0,   0,   /* and its padding */
        0,   0,   0,   0,   0,   0,   0,   0,   /* END */
    };
    struct store *s = harness_store();
    struct live_image img;
    const struct node *n;
    char why[128] = "";

    (void)state;
    assert_int_equal(live_read(stream, sizeof(stream), s, &img, why), 0);
    n = tree_find(s->root, "/k");
    assert_non_null(n);
    assert_int_equal(n->value_len, 2);
    assert_memory_equal(n->value, "vw", 2);
    assert_int_equal(n->perms->p[0].domid, 3);
    assert_int_equal(n->perms->p[0].bits, PERM_READ);
    assert_true(harness_consistent(s));
    live_image_free(&img);
    store_free(s);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(a_state_comes_back_as_it_was),
        T(watches_and_queues_go_on),
        T(every_allocation_may_fail),
        T(a_stream_that_is_cut_is_refused),
        T(every_flipped_bit_is_seen),
        T(bytes_behind_the_end_are_refused),
        T(a_stream_without_our_records_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
