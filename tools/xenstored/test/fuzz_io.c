/* SPDX-License-Identifier: MIT */
/*
 * The daemon's loop with its sockets and rings: dom0's clients, guests that write what they like
 * into their pages, domains that come and go, mappings that fail. What happens follows from the
 * fuzzer's bytes, and when these are used up from numbers that follow from them; a few things
 * happen before each round of the loop. After each, tree and accounts must agree; at the end a
 * client that keeps to the rules must have its answer, and nothing may be left.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "compose.h"
#include "fake_xen.h"
#include "harness.h"
#include "io/io.h"
#include "live/live.h"

#define NR_CLIENTS    4u
#define NR_ROUNDS     250u
#define ANSWER_WITHIN 100u /* rounds */
#define HDR_BYTES     sizeof(struct xsd_sockmsg)

static_assert(COMPOSED_MAX <= XENSTORE_PAYLOAD_MAX, "a request fits into a message");

struct message {
    struct xsd_sockmsg hdr;
    char body[XENSTORE_PAYLOAD_MAX];
};

static struct {
    const uint8_t *data;
    size_t size;
    uint64_t rng;
    unsigned int round;
    int client[NR_CLIENTS]; /* -1: none */
    int honest;             /* -1: not yet */
    struct message answer;
    size_t got;
    struct sockaddr_un sa;
    socklen_t sa_len;
    bool running;
} run;

/* What is wrapped: time goes by in rounds, and files are not written. */

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode)
{
    return __real_fopen(run.running ? "/dev/null" : path, mode);
}

int __real_clock_gettime(clockid_t clock, struct timespec *ts);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
    if (!run.running)
        return __real_clock_gettime(clock, ts);
    ts->tv_sec = 1000 + (time_t)run.round;
    ts->tv_nsec = 0;
    return 0;
}

void __wrap_syslog(int level, const char *format, ...);
void __wrap_syslog(int level, const char *format, ...)
{
    (void)level;
    (void)format;
}

/* A live update is another target's. */

int live_command(struct daemon *d, struct conn *conn, const struct xsd_sockmsg *req,
                 const char *const *words, unsigned int nr)
{
    (void)d;
    (void)conn;
    (void)req;
    (void)words;
    (void)nr;
    return -EACCES;
}

bool live_waits(const struct daemon *d)
{
    (void)d;
    return false;
}

void live_conn_gone(struct daemon *d, const struct conn *conn)
{
    (void)d;
    (void)conn;
}

/* The next choice, below @n. */
static unsigned int choose(unsigned int n)
{
    if (!run.size)
        return below(&run.rng, n);
    run.size--;
    return *run.data++ % n;
}

static uint32_t any_word(void)
{
    static const uint32_t edges[] = {0,          1,          1023,      1024, 1025,
                                     2048,       4096,       4097,      9000, 0x7fffffff,
                                     0x80000000, 0xfffffc00, 0xffffffff};

    return choose(2) ? edges[choose(sizeof(edges) / sizeof(edges[0]))] : below(&run.rng, 1u << 31);
}

/* Any bytes, as many as the choice says, or the request of a client that means it. */
static size_t compose(struct message *m)
{
    size_t n;

    if (choose(8) == 0) {
        n = choose(200);
        for (size_t i = 0; i < n; i++)
            ((char *)m)[i] = (char)choose(256);
        return n;
    }
    m->hdr = (struct xsd_sockmsg){.type = choose(XS_TYPE_COUNT + 1),
                                  .req_id = choose(256),
                                  .tx_id = choose(2) ? choose(6) : 0};
    n = compose_body(&run.rng, m->body);
    m->hdr.len = choose(16) ? (uint32_t)n : any_word();
    return HDR_BYTES + n;
}

static int client_connect(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (const struct sockaddr *)&run.sa, run.sa_len))
        abort();
    return fd;
}

static void client_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void client_send(int fd, const void *bytes, size_t len)
{
    /* A client that does not read may be closed on, or find no room. */
    (void)!send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void client_ask(int fd, uint32_t type, const char *body, size_t len)
{
    struct message m = {.hdr = {.type = type, .len = (uint32_t)len}};

    memcpy(m.body, body, len);
    client_send(fd, &m, HDR_BYTES + len);
}

static void client_introduces(int fd)
{
    char body[64];
    int n = snprintf(body, sizeof(body), "%u%c%u%c%u", choose(5), 0, choose(64), 0, choose(70));

    client_ask(fd, choose(4) ? XS_INTRODUCE : XS_RELEASE, body, (size_t)n + 1);
}

static void client_acts(int *fd)
{
    static char sink[65536];
    struct message m;
    size_t n;

    if (*fd < 0)
        *fd = client_connect();
    switch (choose(8)) {
    case 0:
        client_close(fd);
        break;
    case 1:
        shutdown(*fd, choose(2) ? SHUT_WR : SHUT_RD);
        break;
    case 2:
        (void)!recv(*fd, sink, 1 + choose(256), MSG_DONTWAIT);
        break;
    case 3:
        (void)!recv(*fd, sink, sizeof(sink), MSG_DONTWAIT);
        break;
    case 4:
        client_introduces(*fd);
        break;
    case 5: /* the rest may come later, or something else */
        n = compose(&m);
        client_send(*fd, &m, choose(256) % (n + 1));
        break;
    default:
        n = compose(&m);
        client_send(*fd, &m, n);
    }
}

static void guest_sends(struct xenstore_domain_interface *page)
{
    struct message m;
    size_t n = compose(&m);

    for (size_t i = 0; i < n && page->req_prod - page->req_cons < XENSTORE_RING_SIZE; i++)
        page->req[MASK_XENSTORE_IDX(page->req_prod++)] = ((const char *)&m)[i];
}

static void guest_writes_word(struct xenstore_domain_interface *page)
{
    uint32_t *const words[] = {&page->req_cons,        &page->req_prod,   &page->rsp_cons,
                               &page->rsp_prod,        &page->connection, &page->error,
                               &page->server_features, &page->connection};

    *words[choose(8)] = any_word();
}

static void guest_acts(struct fake_guest *g)
{
    struct xenstore_domain_interface *page = fake_page(g);

    switch (choose(8)) {
    case 0:
        guest_writes_word(page);
        break;
    case 1:
        page->connection = XENSTORE_RECONNECT;
        break;
    case 2:
        page->rsp_cons = page->rsp_prod;
        break;
    case 3:
        page->rsp_cons += choose(256);
        break;
    default:
        guest_sends(page);
    }
    fake_page_done(g);
    if (choose(8))
        fake_raise_guest(g);
}

static void machine_acts(void)
{
    struct fake_guest *g = &fake_guests[choose(FAKE_GUESTS)];

    switch (choose(4)) {
    case 0:
        g->state = (enum fake_state)choose(FAKE_GONE + 1);
        fake_raise_virq();
        break;
    case 1:
        g->no_grant = choose(2);
        g->no_foreign = choose(2);
        break;
    case 2:
        fake_raise(choose(40));
        break;
    default:
        g->state = FAKE_RUNS;
    }
}

static void act(void)
{
    unsigned int who = choose(16);

    if (who < 6)
        client_acts(&run.client[who % NR_CLIENTS]);
    else if (who < 14)
        guest_acts(&fake_guests[who % FAKE_GUESTS]);
    else
        machine_acts();
}

/* The client that keeps to the rules: it asks once, and reads. True: its answer is there. */
static bool honest_acts(void)
{
    ssize_t n;

    if (run.honest < 0) {
        run.honest = client_connect();
        client_ask(run.honest, XS_READ, "/", 2);
    }
    n = recv(run.honest, (char *)&run.answer + run.got, sizeof(run.answer) - run.got, MSG_DONTWAIT);
    if (n > 0)
        run.got += (size_t)n;
    return run.got >= HDR_BYTES && run.got == HDR_BYTES + run.answer.hdr.len;
}

/* At the end of each round. */
void live_poll(struct daemon *d)
{
    if (!harness_consistent(d->s))
        abort();
    if (++run.round < NR_ROUNDS)
        for (unsigned int n = 1 + choose(4); n; n--)
            act();
    else if (honest_acts())
        d->stop = true;
    else if (run.round > NR_ROUNDS + ANSWER_WITHIN)
        abort();
}

static int listen_somewhere(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    run.sa = (struct sockaddr_un){.sun_family = AF_UNIX};
    run.sa_len = sizeof(run.sa);
    /* Without a name: the kernel finds one. */
    if (fd < 0 || bind(fd, (const struct sockaddr *)&run.sa, sizeof(sa_family_t)) ||
        listen(fd, 64) || getsockname(fd, (struct sockaddr *)&run.sa, &run.sa_len))
        abort();
    return fd;
}

static void start(struct daemon *d)
{
    static const char dir1[] = "/local/domain/1/data\0n1", dir2[] = "/local/domain/2/data\0n2\0r1";
    int fd;

    TAILQ_INIT(&d->socks);
    TAILQ_INIT(&d->rings);
    TAILQ_INIT(&d->ready);
    d->s = store_new(&domain_host_ops, d);
    if (!d->s || loop_open(d) || domio_open(d))
        abort();
    d->s->quotas.nodes = 24;
    d->s->quotas.transactions = 3;
    d->s->quotas.watches = 6;
    d->s->quotas.memory = 8192;
    d->listen_fd = listen_somewhere();
    if (choose(2))
        (void)trace_open(d, "/dev/null");
    fd = run.client[0] = client_connect();
    client_ask(fd, XS_INTRODUCE, "1\0001\0001", 6);
    client_ask(fd, XS_INTRODUCE, "2\0001\0002", 6);
    client_ask(fd, XS_MKDIR, dir1, strlen(dir1) + 1);
    client_ask(fd, XS_SET_PERMS, dir1, sizeof(dir1));
    client_ask(fd, XS_MKDIR, dir2, strlen(dir2) + 1);
    client_ask(fd, XS_SET_PERMS, dir2, sizeof(dir2));
}

static void stop(struct daemon *d)
{
    struct link *l;

    for (unsigned int i = 0; i < NR_CLIENTS; i++)
        client_close(&run.client[i]);
    client_close(&run.honest);
    while ((l = TAILQ_FIRST(&d->socks)))
        l->ops->broken(l, 0);
    domio_close(d);
    if (!fake_is_idle() || !TAILQ_EMPTY(&d->ready) || !TAILQ_EMPTY(&d->rings))
        abort();
    store_free(d->s);
    close(d->listen_fd);
    close(d->epoll_fd);
    if (d->trace)
        fclose(d->trace);
    free(d->log_name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct daemon d = {.pid_fd = -1};

    memset(&run, 0, sizeof(run));
    run.data = data;
    run.size = size;
    run.rng = compose_seed(data, size);
    run.running = true;
    run.honest = -1;
    for (unsigned int i = 0; i < NR_CLIENTS; i++)
        run.client[i] = -1;
    fake_reset();
    start(&d);
    if (loop_run(&d))
        abort();
    stop(&d);
    run.running = false;
    return 0;
}
