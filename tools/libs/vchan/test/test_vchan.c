/* SPDX-License-Identifier: MIT */
/* Streams between two sides; sides that break off; a server that writes nonsense. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../test/fake.h"
#include "libxenvchan.h"

#define PATH "/data/chan"

static struct libxenvchan *server, *client;

static void connect_both(size_t read_min, size_t write_min)
{
    server = libxenvchan_server_init(NULL, 5, PATH, read_min, write_min);
    assert_non_null(server);
    assert_int_equal(libxenvchan_is_open(server), 2);
    client = libxenvchan_client_init(NULL, 0, PATH);
    assert_non_null(client);
    assert_int_equal(libxenvchan_is_open(server), 1);
    assert_int_equal(libxenvchan_is_open(client), 1);
}

static void close_both(void)
{
    libxenvchan_close(client);
    libxenvchan_close(server);
    assert_int_equal(fake_left(), 0);
}

static void rings_are_where_the_interface_says(void **state)
{
    static const struct {
        size_t read, write;
        int left, right;
    } wanted[] = {
        {0, 0, 11, 10},      {1024, 1024, 11, 10},       {1025, 1, 11, 10},
        {1, 1025, 10, 11},   {2000, 2000, 12, 11},       {4096, 4096, 12, 12},
        {8192, 100, 13, 10}, {1 << 20, 1 << 20, 20, 20}, {1 << 20, 1000, 20, 11},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        connect_both(wanted[i].read, wanted[i].write);
        assert_true((1u << server->ring->left_order) >= wanted[i].read);
        assert_true((1u << server->ring->right_order) >= wanted[i].write);
        if (wanted[i].left)
            assert_int_equal(server->ring->left_order + server->ring->right_order,
                             wanted[i].left + wanted[i].right);
        assert_ptr_equal(server->read.buffer, client->write.buffer);
        assert_ptr_equal(server->write.buffer, client->read.buffer);
        assert_ptr_not_equal(server->write.buffer, server->read.buffer);
        close_both();
    }
    assert_null(libxenvchan_server_init(NULL, 5, PATH, (1 << 20) + 1, 1));
    assert_int_equal(fake_left(), 0);
}

static void without_waiting_a_full_ring_takes_nothing(void **state)
{
    char data[4096] = {1}, got[4096];
    int room;

    (void)state;
    connect_both(100, 100);
    room = libxenvchan_buffer_space(client);
    assert_int_equal(room, 1 << client->write.order);
    assert_int_equal(libxenvchan_data_ready(server), 0);
    assert_int_equal(libxenvchan_read(server, got, 10), 0);
    assert_int_equal(libxenvchan_recv(server, got, 10), 0);
    assert_int_equal(libxenvchan_write(client, data, sizeof(data)), room);
    assert_int_equal(libxenvchan_write(client, data, 1), 0);
    assert_int_equal(libxenvchan_send(client, data, 1), 0);
    assert_int_equal(libxenvchan_send(client, data, (size_t)room + 1), -1);
    assert_int_equal(libxenvchan_recv(server, got, (size_t)room + 1), -1);
    assert_int_equal(libxenvchan_data_ready(server), room);
    assert_int_equal(libxenvchan_recv(server, got, (size_t)room - 1), room - 1);
    assert_int_equal(libxenvchan_recv(server, got, 2), 0);
    assert_int_equal(libxenvchan_send(client, data, 2), 2);
    assert_int_equal(libxenvchan_read(server, got, sizeof(got)), 3);
    close_both();
}

#define TOTAL (3u << 20)

static void *write_all(void *arg)
{
    struct libxenvchan *c = arg;
    unsigned char chunk[5000];
    unsigned int seed = 1;

    for (size_t done = 0; done < TOTAL;) {
        size_t n = (size_t)rand_r(&seed) % sizeof(chunk) + 1;

        if (n > TOTAL - done)
            n = TOTAL - done;
        for (size_t i = 0; i < n; i++)
            chunk[i] = (unsigned char)((done + i) * 7 % 251);
        if (libxenvchan_write(c, chunk, n) != (int)n)
            return "short write";
        done += n;
    }
    return NULL;
}

static void read_all(struct libxenvchan *c)
{
    unsigned char chunk[3000];
    unsigned int seed = 2;

    for (size_t done = 0; done < TOTAL;) {
        int n = libxenvchan_read(c, chunk, (size_t)rand_r(&seed) % sizeof(chunk) + 1);

        assert_true(n > 0);
        for (int i = 0; i < n; i++)
            assert_int_equal(chunk[i], (done + (size_t)i) * 7 % 251);
        done += (size_t)n;
    }
}

static void what_is_written_is_read(void **state)
{
    static const size_t sizes[] = {1024, 2048, 4096, 65536};
    void *result;

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
        pthread_t thread;

        connect_both(sizes[i / 2], sizes[i / 2]);
        server->blocking = client->blocking = 1;
        pthread_create(&thread, NULL, write_all, i & 1 ? server : client);
        read_all(i & 1 ? client : server);
        pthread_join(thread, &result);
        assert_null(result);
        close_both();
    }
}

static void the_rest_can_be_read_after_the_end(void **state)
{
    char got[16];

    (void)state;
    connect_both(1024, 1024);
    server->blocking = 1;
    assert_int_equal(libxenvchan_write(client, "last words", 10), 10);
    libxenvchan_close(client);
    assert_int_equal(libxenvchan_is_open(server), 0);
    assert_int_equal(libxenvchan_read(server, got, 5), 5);
    assert_int_equal(libxenvchan_read(server, got, sizeof(got)), 5);
    assert_memory_equal(got, "words", 5);
    assert_int_equal(libxenvchan_read(server, got, 1), -1);
    assert_int_equal(errno, ENOTCONN);
    assert_int_equal(libxenvchan_write(server, "x", 1), -1);
    libxenvchan_close(server);
    assert_int_equal(fake_left(), 0);
}

static void a_persistent_server_takes_another_client(void **state)
{
    char got[4];

    (void)state;
    connect_both(1024, 1024);
    server->server_persist = 1;
    libxenvchan_close(client);
    assert_int_equal(libxenvchan_is_open(server), 2);
    assert_int_equal(libxenvchan_read(server, got, 1), 0);
    client = libxenvchan_client_init(NULL, 0, PATH);
    assert_non_null(client);
    assert_int_equal(libxenvchan_send(client, "abc", 3), 3);
    assert_int_equal(libxenvchan_recv(server, got, 3), 3);
    close_both();
}

static void nonsense_in_the_page_is_refused(void **state)
{
    static const struct {
        uint16_t left, right;
    } bad[] = {{9, 12},  {12, 9},  {10, 10}, {11, 11},
               {21, 12}, {12, 21}, {20, 10}, {0xffff, 0xffff}};
    char got[8192];

    (void)state;
    server = libxenvchan_server_init(NULL, 5, PATH, 4096, 4096);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        server->ring->left_order = bad[i].left;
        server->ring->right_order = bad[i].right;
        assert_null(libxenvchan_client_init(NULL, 0, PATH));
        assert_int_equal(errno, EPROTO);
    }
    server->ring->left_order = server->ring->right_order = 12;
    client = libxenvchan_client_init(NULL, 0, PATH);
    assert_non_null(client);
    /* More in the ring than it holds; orders that change under way do not matter. */
    server->ring->right.prod = client->ring->right.cons + 4097;
    assert_int_equal(libxenvchan_data_ready(client), 0);
    assert_int_equal(libxenvchan_read(client, got, sizeof(got)), -1);
    assert_int_equal(errno, EPROTO);
    server->ring->left.cons = server->ring->left.prod + 1;
    assert_int_equal(libxenvchan_buffer_space(client), 0);
    assert_int_equal(libxenvchan_write(client, got, sizeof(got)), -1);
    server->ring->right.prod = server->ring->right.cons = 0xfffffff0;
    server->ring->right_order = 20;
    assert_int_equal(libxenvchan_send(server, "across the wrap of the counter", 30), 30);
    assert_int_equal(libxenvchan_read(client, got, sizeof(got)), 30);
    assert_memory_equal(got, "across the wrap of the counter", 30);
    close_both();
}

static void what_fails_leaves_nothing(void **state)
{
    int steps = 0;

    (void)state;
    for (; steps < 100; steps++) {
        fake_fail_at(steps);
        server = libxenvchan_server_init(NULL, 5, PATH, 4096, 4096);
        if (server)
            break;
        assert_int_equal(fake_left(), 0);
    }
    assert_in_range(steps, 8, 20);
    fake_fail_at(-1);
    assert_true(fake_node(PATH "/event-channel") > 0);
    for (steps = 0; steps < 100; steps++) {
        int before = fake_left();

        fake_fail_at(steps);
        client = libxenvchan_client_init(NULL, 0, PATH);
        if (client)
            break;
        assert_int_equal(fake_left(), before);
    }
    assert_in_range(steps, 5, 20);
    fake_fail_at(-1);
    close_both();
    assert_null(libxenvchan_client_init(NULL, 0, PATH));
    libxenvchan_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_are_where_the_interface_says),
        cmocka_unit_test(without_waiting_a_full_ring_takes_nothing),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(the_rest_can_be_read_after_the_end),
        cmocka_unit_test(a_persistent_server_takes_another_client),
        cmocka_unit_test(nonsense_in_the_page_is_refused),
        cmocka_unit_test(what_fails_leaves_nothing),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
