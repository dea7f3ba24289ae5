/* SPDX-License-Identifier: MIT */
/*
 * Live updates of a daemon under clients that are in the middle of something: half a request sent,
 * messages unread, a transaction open. Everything goes over plain sockets, byte by byte.
 *
 * usage: live-test SOCKET PROGRAM
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#define WAIT_MS   20000
#define NR_EVENTS 4000u
#define ROUNDS    20

struct msg {
    struct xsd_sockmsg hdr;
    char body[XENSTORE_PAYLOAD_MAX + 1];
};

static const char *sock_path, *program;
static int failures;

static void check(bool ok, const char *what)
{
    printf("%s - %s\n", ok ? "ok" : "not ok", what);
    failures += !ok;
}

static void die(const char *what)
{
    printf("not ok - %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connect_to(void)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", sock_path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0)
        die("connecting");
    return fd;
}

static void send_bytes(int fd, const void *data, size_t len)
{
    if (send(fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
        die("sending");
}

static size_t make(struct msg *m, uint32_t type, uint32_t tx, const char *body, size_t len)
{
    m->hdr = (struct xsd_sockmsg){.type = type, .req_id = 42, .tx_id = tx, .len = (uint32_t)len};
    memcpy(m->body, body, len);
    return sizeof(m->hdr) + len;
}

static void ask(int fd, uint32_t type, uint32_t tx, const char *body, size_t len)
{
    struct msg m;

    send_bytes(fd, &m, make(&m, type, tx, body, len));
}

#define ASK(fd, type, tx, text) ask(fd, type, tx, text, sizeof(text) - 1)

static bool readable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, ms) == 1;
}

static void recv_bytes(int fd, void *to, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = readable(fd, WAIT_MS) ? recv(fd, (char *)to + done, len - done, 0) : -1;

        if (n <= 0)
            die("receiving");
        done += (size_t)n;
    }
}

static struct msg get(int fd)
{
    struct msg m;

    recv_bytes(fd, &m.hdr, sizeof(m.hdr));
    if (m.hdr.len > XENSTORE_PAYLOAD_MAX)
        die("a message's length");
    recv_bytes(fd, m.body, m.hdr.len);
    m.body[m.hdr.len] = '\0';
    return m;
}

/* The answer to a request, events left out. */
static struct msg reply(int fd)
{
    struct msg m;

    do {
        m = get(fd);
    } while (m.hdr.type == XS_WATCH_EVENT);
    return m;
}

static bool is_ok(int fd)
{
    struct msg m = reply(fd);

    return m.hdr.type != XS_ERROR && strcmp(m.body, "OK") == 0;
}

static bool reads(int fd, const char *path, const char *value)
{
    struct msg m;

    ask(fd, XS_READ, 0, path, strlen(path) + 1);
    m = reply(fd);
    return m.hdr.type == XS_READ && strcmp(m.body, value) == 0;
}

static bool event_is(int fd, const char *path, const char *token)
{
    struct msg m = get(fd);

    return m.hdr.type == XS_WATCH_EVENT && strcmp(m.body, path) == 0 &&
           strcmp(m.body + strlen(path) + 1, token) == 0;
}

static uint32_t start_txn(int fd)
{
    ASK(fd, XS_TRANSACTION_START, 0, "\0");
    return (uint32_t)strtoul(reply(fd).body, NULL, 10);
}

static bool set_program(int fd)
{
    char text[600];
    int n = snprintf(text, sizeof(text), "live-update%c-f%c%s", 0, 0, program);

    ask(fd, XS_CONTROL, 0, text, (size_t)n + 1);
    return is_ok(fd);
}

static bool update(void)
{
    int fd = connect_to();
    bool ok = set_program(fd);

    ASK(fd, XS_CONTROL, 0, "live-update\0-s\0-t\00010\0");
    ok = is_ok(fd) && ok;
    close(fd);
    return ok;
}

/* A request of which @part bytes are sent before the update and the rest after it. */
static bool half_request(int fd, size_t part)
{
    struct msg m;
    char text[64];
    int n = snprintf(text, sizeof(text), "/half/%zu%c%zu", part, 0, part);
    size_t len = make(&m, XS_WRITE, 0, text, (size_t)n), at = part < len ? part : len - 1;
    bool ok;

    send_bytes(fd, &m, at);
    ok = update();
    send_bytes(fd, (char *)&m + at, len - at);
    snprintf(text, sizeof(text), "/half/%zu", part);
    return is_ok(fd) && reads(fd, text, text + strlen("/half/")) && ok;
}

static void requests_go_on(int fd)
{
    static const size_t parts[] = {1, 15, 16, 17, 20};
    bool ok = true;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        ok = half_request(fd, parts[i]) && ok;
    check(ok, "half a request is finished after an update");
}

static void watches_go_on(int fd, int other)
{
    ASK(fd, XS_WATCH, 0, "/watched\0the token\0");
    check(is_ok(fd) && event_is(fd, "/watched", "the token"), "a watch is set");
    check(update(), "an update under a watch");
    ASK(other, XS_WRITE, 0, "/watched/below\0x");
    check(is_ok(other) && event_is(fd, "/watched/below", "the token"), "the watch fires");
    ASK(fd, XS_WATCH, 0, "/watched\0the token\0");
    check(strcmp(reply(fd).body, "EEXIST") == 0, "the watch is known");
    ASK(fd, XS_UNWATCH, 0, "/watched\0the token\0");
    check(is_ok(fd), "the watch can be removed");
}

/* So many events that the socket is full in the middle of one of them. */
static void unread_messages_go_on(int other)
{
    int slow = connect_to();
    unsigned int nr = 0;
    bool ok = true;
    char text[64];

    ASK(slow, XS_WATCH, 0, "/flood\0slow\0");
    ok = is_ok(slow) && event_is(slow, "/flood", "slow");
    for (unsigned int i = 0; i < NR_EVENTS; i++) {
        int n = snprintf(text, sizeof(text), "/flood/%u", i);

        ask(other, XS_WRITE, 0, text, (size_t)n + 1);
        ok = is_ok(other) && ok;
        if (i == NR_EVENTS / 2)
            ok = update() && ok;
    }
    ok = update() && ok;
    for (; nr < NR_EVENTS && ok; nr++) {
        snprintf(text, sizeof(text), "/flood/%u", nr);
        ok = event_is(slow, text, "slow");
        if (nr == NR_EVENTS / 3)
            ok = update() && ok;
    }
    check(ok && nr == NR_EVENTS && !readable(slow, 100), "no event is lost, none comes twice");
    close(slow);
    ASK(other, XS_RM, 0, "/flood\0");
    check(is_ok(other), "the flood is removed");
}

static void a_transaction_is_waited_for(int fd)
{
    int ctl = connect_to(), late = connect_to();
    uint32_t tx = start_txn(fd);

    ask(fd, XS_WRITE, tx, "/in/txn\0001", 9);
    check(is_ok(fd) && set_program(ctl), "a transaction is open");
    ASK(ctl, XS_CONTROL, 0, "live-update\0-s\0-t\00010\0");
    check(!readable(ctl, 300), "the update waits for it");
    ASK(late, XS_TRANSACTION_START, 0, "\0");
    check(!readable(late, 300), "no other one may start");
    ask(fd, XS_TRANSACTION_END, tx, "T", 2);
    check(is_ok(fd) && is_ok(ctl), "it ends, and the update happens");
    tx = (uint32_t)strtoul(reply(late).body, NULL, 10);
    check(reads(fd, "/in/txn", "1"), "what it wrote is there");
    ask(late, XS_TRANSACTION_END, tx, "F", 2);
    check(is_ok(late), "the other one starts in the new program");
    close(ctl);
    close(late);
}

static void the_wait_has_an_end(int fd)
{
    int ctl = connect_to(), late = connect_to();
    uint32_t tx = start_txn(fd), again;

    (void)set_program(ctl);
    ASK(ctl, XS_CONTROL, 0, "live-update\0-s\0-t\0001\0");
    ASK(late, XS_TRANSACTION_START, 0, "\0");
    check(strcmp(reply(ctl).body, "Domains with long running transactions: 0") == 0,
          "the wait ends with the time");
    ask(late, XS_TRANSACTION_END, (uint32_t)strtoul(reply(late).body, NULL, 10), "F", 2);
    check(is_ok(late), "and who waited for a transaction gets one");
    ASK(ctl, XS_CONTROL, 0, "live-update\0-s\0-t\0001\0-F\0");
    check(is_ok(ctl), "-F does not take no for an answer");
    ask(fd, XS_TRANSACTION_END, tx, "T", 2);
    check(reply(fd).hdr.type == XS_ERROR, "the transaction is gone");
    again = start_txn(fd);
    check(again != tx, "and its number is not used again");
    ask(fd, XS_TRANSACTION_END, again, "F", 2);
    check(is_ok(fd), "the new one ends");
    close(ctl);
    close(late);
}

static bool refuses(int ctl, const char *text, size_t len, const char *start)
{
    struct msg m;

    ask(ctl, XS_CONTROL, 0, text, len);
    m = reply(ctl);
    if (strncmp(m.body, start, strlen(start)) == 0)
        return true;
    printf("# got \"%s\", wanted \"%s\"\n", m.body, start);
    return false;
}

#define REFUSES(ctl, text, start) refuses(ctl, text, sizeof(text) - 1, start)

/* A session ends when the daemon sees that its connection is closed. */
static bool set_program_soon(int fd)
{
    for (int i = 0; i < WAIT_MS / 10; i++) {
        if (set_program(fd))
            return true;
        usleep(10000);
    }
    return false;
}

static void a_bad_program_is_refused(int fd)
{
    static const char no[] = "the new program does not take the state over";
    int ctl = connect_to(), other = connect_to();

    check(REFUSES(ctl, "live-update\0-s\0", "Not in live-update session."), "nothing to start");
    check(REFUSES(ctl, "live-update\0-f\0/nonexistent/x\0", "ENOENT"), "no such program");
    check(REFUSES(ctl, "live-update\0-f\0xenstored\0", "EINVAL"), "a relative path");
    check(REFUSES(ctl, "live-update\0-f\0/bin/true\0", "OK") &&
              REFUSES(ctl, "live-update\0-s\0", no),
          "a program that is no xenstored");
    check(REFUSES(other, "live-update\0-f\0/bin/true\0", "live-update session already active."),
          "two sessions");
    check(REFUSES(other, "live-update\0-s\0", "Not in live-update session."), "of another one");
    check(REFUSES(ctl, "live-update\0-a\0", "OK"), "the session is aborted");
    check(REFUSES(other, "live-update\0-f\0/bin/true\0", "OK"), "and another one may start");
    close(other);
    check(set_program_soon(ctl) && REFUSES(ctl, "live-update\0-c\0--no-such-option\0", "OK") &&
              REFUSES(ctl, "live-update\0-s\0", no),
          "a command line that it does not know");
    check(REFUSES(ctl, "live-update\0-s\0-t\0x\0", "EINVAL"), "a time that is no number");
    close(ctl);
    check(reads(fd, "/in/txn", "1"), "the old program serves on");
}

int main(int argc, char **argv)
{
    int fd, other;
    bool ok = true;

    if (argc != 3)
        return 2;
    sock_path = argv[1];
    program = argv[2];
    fd = connect_to();
    other = connect_to();
    requests_go_on(fd);
    watches_go_on(fd, other);
    unread_messages_go_on(other);
    a_transaction_is_waited_for(fd);
    the_wait_has_an_end(other);
    a_bad_program_is_refused(fd);
    for (int i = 0; i < ROUNDS; i++)
        ok = update() && reads(fd, "/in/txn", "1") && ok;
    check(ok, "many updates in a row");
    return failures != 0;
}
