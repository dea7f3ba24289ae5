/* SPDX-License-Identifier: MIT */
/*
 * Clients of the store that notice if something is lost while the daemon is updated.
 *
 *   ring-load tick DEVICE PROGRESS  in a guest: writes data/n/0 to data/n/99 in turn, every tenth
 * in a transaction, and waits each time for the event of its own watch. PROGRESS gets how far it
 * is. Ends only on a mistake, and says which. ring-load hold SOCKET PATH      in dom0: writes PATH
 * in a transaction, says so, waits for a line on its input, and says how the transaction ended
 */
#include <errno.h>
#include <fcntl.h>
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

#define WAIT_MS     120000
#define RESTORE_MS  10000
#define NR_NODES    100u
#define TXN_EACH    10u
#define REPORT_EACH 20u
#define NODE        "data/n"
#define TOKEN       "mine"

struct msg {
    struct xsd_sockmsg hdr;
    char body[XENSTORE_PAYLOAD_MAX + 1];
};

static int dev;
static unsigned long done, txns, retried, ended;
static char path[32];  /* that is written now */
static bool event;     /* the one for it has come */
static bool watch_set; /* so has the one of setting the watch, which a restore does again */
static bool restored;  /* the tick before was interrupted by that: its event may still come */

static _Noreturn void die(const char *what)
{
    printf("ring-load: FAILED at %lu: %s (%s)\n", done, what, strerror(errno));
    exit(1);
}

static bool readable(int ms)
{
    struct pollfd p = {.fd = dev, .events = POLLIN};

    return poll(&p, 1, ms) == 1;
}

static void recv_bytes(void *to, size_t len)
{
    for (size_t got = 0; got < len;) {
        ssize_t n = readable(WAIT_MS) ? read(dev, (char *)to + got, len - got) : -1;

        if (n <= 0)
            die("nothing comes");
        got += (size_t)n;
    }
}

static void get(struct msg *m)
{
    recv_bytes(&m->hdr, sizeof(m->hdr));
    if (m->hdr.len > XENSTORE_PAYLOAD_MAX)
        die("a message's length");
    recv_bytes(m->body, m->hdr.len);
    m->body[m->hdr.len] = '\0';
}

static void keep_event(const struct msg *m)
{
    if (strcmp(m->body, NODE) == 0) {
        watch_set = true;
    } else if (strcmp(m->body, path) == 0) {
        if (event)
            die("an event twice");
        event = true;
    } else if (!watch_set && !restored) {
        die("the event of something else");
    }
}

/* The answer is in @m. @body: up to two strings behind each other. */
static void ask(struct msg *m, uint32_t type, uint32_t tx, const char *body, size_t len)
{
    static uint32_t id;

    m->hdr = (struct xsd_sockmsg){.type = type, .req_id = ++id, .tx_id = tx, .len = (uint32_t)len};
    memcpy(m->body, body, len);
    if (write(dev, m, sizeof(m->hdr) + len) != (ssize_t)(sizeof(m->hdr) + len))
        die("sending");
    for (;;) {
        get(m);
        if (m->hdr.type != XS_WATCH_EVENT)
            break;
        keep_event(m);
    }
    if (m->hdr.req_id != id)
        die("the answer to something else");
}

/* NULL: done; else the error. */
static const char *write_node(uint32_t tx, const char *node, const char *value)
{
    static struct msg m;
    char body[256];
    int len = snprintf(body, sizeof(body), "%s%c%s", node, 0, value);

    ask(&m, XS_WRITE, tx, body, (size_t)len);
    return m.hdr.type == XS_ERROR ? m.body : NULL;
}

static uint32_t txn_start(void)
{
    struct msg m;

    ask(&m, XS_TRANSACTION_START, 0, "", 1);
    if (m.hdr.type == XS_ERROR)
        die("starting a transaction");
    return (uint32_t)strtoul(m.body, NULL, 10);
}

static const char *txn_end(uint32_t tx)
{
    static struct msg m;

    ask(&m, XS_TRANSACTION_END, tx, "T", 2);
    return m.hdr.type == XS_ERROR ? m.body : NULL;
}

/* One that is ended by force answers ENOENT from then on. */
static void write_in_txn(const char *value)
{
    for (;;) {
        uint32_t tx = txn_start();
        const char *failed = write_node(tx, path, value), *why = txn_end(tx);

        if (!failed && !why)
            break;
        if (!failed && strcmp(why, "EAGAIN") == 0)
            retried++;
        else if (why && strcmp(why, "ENOENT") == 0)
            ended++;
        else
            die(failed ? failed : why);
    }
    txns++;
}

static void get_event(void)
{
    struct msg m;

    get(&m);
    if (m.hdr.type != XS_WATCH_EVENT)
        die("an answer that nobody asked for");
    keep_event(&m);
}

/* After a restore what was written last may be in a store of long ago. */
static void expect_event(void)
{
    while (!event && !watch_set)
        get_event();
    event = false;
}

static void expect_value(const char *value)
{
    struct msg m;

    ask(&m, XS_READ, 0, path, strlen(path) + 1);
    if (m.hdr.type != XS_ERROR && strcmp(m.body, value) == 0)
        return;
    if (!watch_set && readable(RESTORE_MS))
        get_event();
    if (!watch_set)
        die("what was written is not there");
}

static void report(const char *file)
{
    FILE *f = fopen(file, "w");

    if (!f)
        die(file);
    fprintf(f, "ticks=%lu txns=%lu retried=%lu ended=%lu\n", done, txns, retried, ended);
    fclose(f);
}

static _Noreturn void tick(const char *file)
{
    char value[32];
    struct msg m;

    ask(&m, XS_WATCH, 0, NODE "\0" TOKEN, sizeof(NODE "\0" TOKEN));
    if (m.hdr.type == XS_ERROR)
        die("setting a watch");
    while (!watch_set)
        get_event();
    for (;; done++) {
        restored = watch_set && done;
        watch_set = false;
        snprintf(path, sizeof(path), NODE "/%lu", done % NR_NODES);
        snprintf(value, sizeof(value), "%lu", done);
        if (done % TXN_EACH == 0)
            write_in_txn(value);
        else if (write_node(0, path, value))
            die("a write");
        expect_event();
        expect_value(value);
        if (done % REPORT_EACH == 0)
            report(file);
    }
}

static void connect_to(const char *socket_path)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};

    snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", socket_path);
    dev = socket(AF_UNIX, SOCK_STREAM, 0);
    if (dev < 0 || connect(dev, (struct sockaddr *)&sa, sizeof(sa)) != 0)
        die(socket_path);
}

static int hold(const char *node)
{
    uint32_t tx = txn_start();
    const char *why = write_node(tx, node, "held");

    printf("%s\n", why ? why : "open");
    (void)getchar();
    why = txn_end(tx);
    printf("%s\n", why ? why : "committed");
    return 0;
}

int main(int argc, char **argv)
{
    setlinebuf(stdout);
    if (argc != 4)
        return 2;
    if (strcmp(argv[1], "hold") == 0) {
        connect_to(argv[2]);
        return hold(argv[3]);
    }
    dev = open(argv[2], O_RDWR);
    if (dev < 0)
        die(argv[2]);
    tick(argv[3]);
}
