/* SPDX-License-Identifier: MIT */
/* libxenstore against a running daemon: XENSTORED_RUNDIR says where. Prints "ok" or stops. */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xenstore.h>

#define NR_THREADS 4
#define NR_ROUNDS  250
#define NR_KIDS    3000u
#define BENCH_S    2.0

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #cond, errno);           \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static struct xs_handle *shared;

/* Adds one to a counter in transactions, however many conflicts there are. */
static void *add_up(void *arg)
{
    struct xs_handle *h = arg ? xs_open(0) : shared;

    CHECK(h);
    for (int i = 0; i < NR_ROUNDS; i++) {
        for (;;) {
            xs_transaction_t t = xs_transaction_start(h);
            char text[16], *old;

            CHECK(t != XBT_NULL);
            old = xs_read(h, t, "/lib-test/counter", NULL);
            CHECK(old);
            snprintf(text, sizeof(text), "%d", atoi(old) + 1);
            free(old);
            CHECK(xs_write(h, t, "/lib-test/counter", text, (unsigned int)strlen(text)));
            if (xs_transaction_end(h, t, false))
                break;
            CHECK(errno == EAGAIN);
        }
    }
    if (arg)
        xs_close(h);
    return NULL;
}

static void threads_do_not_lose_updates(void)
{
    pthread_t th[NR_THREADS * 2];
    char *val;

    CHECK(xs_write(shared, XBT_NULL, "/lib-test/counter", "0", 1));
    for (int i = 0; i < NR_THREADS * 2; i++)
        CHECK(pthread_create(&th[i], NULL, add_up, i % 2 ? &th : NULL) == 0);
    for (int i = 0; i < NR_THREADS * 2; i++)
        pthread_join(th[i], NULL);
    val = xs_read(shared, XBT_NULL, "/lib-test/counter", NULL);
    CHECK(val && atoi(val) == NR_THREADS * 2 * NR_ROUNDS);
    free(val);
}

static void large_directories_arrive_whole(void)
{
    char path[64], **list;
    unsigned int num;

    for (unsigned int i = 0; i < NR_KIDS; i++) {
        snprintf(path, sizeof(path), "/lib-test/dir/child-%u", i);
        CHECK(xs_mkdir(shared, XBT_NULL, path));
    }
    list = xs_directory(shared, XBT_NULL, "/lib-test/dir", &num);
    CHECK(list && num == NR_KIDS && strcmp(list[0], "child-0") == 0);
    CHECK(strcmp(list[NR_KIDS - 1], "child-2999") == 0);
    free(list);
    CHECK(xs_rm(shared, XBT_NULL, "/lib-test/dir"));
    CHECK(!xs_directory(shared, XBT_NULL, "/lib-test/dir", &num) && errno == ENOENT);
}

static void expect_event(struct xs_handle *h, const char *path, const char *token)
{
    unsigned int num;
    char **e = xs_read_watch(h, &num);

    CHECK(e && num == 2);
    CHECK(strcmp(e[XS_WATCH_PATH], path) == 0 && strcmp(e[XS_WATCH_TOKEN], token) == 0);
    free(e);
}

static void watches_arrive_and_poll(void)
{
    struct xs_handle *h = xs_open(XS_UNWATCH_FILTER);
    struct pollfd p = {.events = POLLIN};

    CHECK(h && xs_check_watch(h) == NULL && errno == EAGAIN);
    CHECK(xs_watch(h, "/lib-test/w", "tok"));
    expect_event(h, "/lib-test/w", "tok");
    p.fd = xs_fileno(h);
    CHECK(p.fd >= 0 && poll(&p, 1, 0) == 0);
    CHECK(xs_write(shared, XBT_NULL, "/lib-test/w/x", "1", 1));
    CHECK(poll(&p, 1, 5000) == 1);
    expect_event(h, "/lib-test/w/x", "tok");
    CHECK(poll(&p, 1, 0) == 0);
    CHECK(xs_write(shared, XBT_NULL, "/lib-test/w/y", "1", 1));
    CHECK(poll(&p, 1, 5000) == 1);
    CHECK(xs_unwatch(h, "/lib-test/w", "tok"));
    CHECK(xs_check_watch(h) == NULL && errno == EAGAIN);
    CHECK(poll(&p, 1, 0) == 0);
    CHECK(!xs_unwatch(h, "/lib-test/w", "tok") && errno == ENOENT);
    xs_close(h);
}

static void permissions_travel(void)
{
    struct xs_permissions in[2] = {{0, XS_PERM_NONE}, {7, XS_PERM_READ | XS_PERM_WRITE}};
    struct xs_permissions *out;
    unsigned int num;

    CHECK(xs_set_permissions(shared, XBT_NULL, "/lib-test", in, 2));
    out = xs_get_permissions(shared, XBT_NULL, "/lib-test", &num);
    CHECK(out && num == 2 && out[1].id == 7 && out[1].perms == 3);
    free(out);
    in[0].perms = 99;
    CHECK(!xs_set_permissions(shared, XBT_NULL, "/lib-test", in, 1) && errno == EINVAL);
}

static void too_long_is_refused_here(void)
{
    static char big[XENSTORE_PAYLOAD_MAX + 1];

    CHECK(!xs_write(shared, XBT_NULL, "/lib-test/big", big, sizeof(big)) && errno == E2BIG);
}

static double now_s(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void measure(void)
{
    double start = now_s(), end;
    unsigned long n = 0;

    do {
        xs_transaction_t t = xs_transaction_start(shared);
        char *val = xs_read(shared, t, "/lib-test/counter", NULL);

        free(val);
        CHECK(xs_write(shared, t, "/lib-test/counter", "0", 1));
        CHECK(xs_transaction_end(shared, t, false));
        n++;
        end = now_s();
    } while (end - start < BENCH_S);
    printf("%.0f transactions per second (start, read, write, end)\n", (double)n / (end - start));
}

int main(void)
{
    shared = xs_open(0);
    CHECK(shared);
    CHECK(xs_mkdir(shared, XBT_NULL, "/lib-test"));
    threads_do_not_lose_updates();
    large_directories_arrive_whole();
    watches_arrive_and_poll();
    permissions_travel();
    too_long_is_refused_here();
    measure();
    CHECK(xs_rm(shared, XBT_NULL, "/lib-test"));
    xs_close(shared);
    puts("ok");
    return 0;
}
