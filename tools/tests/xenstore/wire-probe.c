/* SPDX-License-Identifier: MIT */
/*
 * Sends a fixed series of requests to a xenstored over its socket and prints every message
 * that comes back, so that two daemons can be compared line by line.
 *
 * usage: wire-probe [SOCKET]
 */
#include <ctype.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <errno.h>
#include <xen/io/xs_wire.h>

#define PROBE_WAIT_MS 40

static uint32_t last_tx;

struct step {
    uint32_t type;
    int tx; /* 0: none, 1: the last one started, 2: an unknown one */
    const char *data;
    size_t len;
};

#define S(type, tx, text)                                                                          \
    {                                                                                              \
        type, tx, text, sizeof(text) - 1                                                           \
    }

static const struct step steps[] = {
    S(XS_READ, 0, "/\0"),
    S(XS_READ, 0, "/nope\0"),
    S(XS_READ, 0, "\0"),
    S(XS_READ, 0, ""),
    S(XS_READ, 0, "/tool"),
    S(XS_READ, 0, "//tool\0"),
    S(XS_READ, 0, "/tool/\0"),
    S(XS_READ, 0, "/to ol\0"),
    S(XS_READ, 0, "@releaseDomain\0"),
    S(XS_READ, 0, "rel\0"),
    S(XS_READ, 0, "/a\0b\0"),
    S(XS_WRITE, 0, "/p/q/r\0hello"),
    S(XS_READ, 0, "/p/q/r\0"),
    S(XS_READ, 0, "/p/q\0"),
    S(XS_WRITE, 0, "/p/q/s\0"),
    S(XS_WRITE, 0, "/p/q/t"),
    S(XS_WRITE, 0, "/\0x"),
    S(XS_WRITE, 0, "/p/q/bin\0a\0b"),
    S(XS_READ, 0, "/p/q/bin\0"),
    S(XS_WRITE, 0, "/p/q/bad$\0x"),
    S(XS_WRITE, 0, "/p/q/ok-_@.:\0x"),
    S(XS_WRITE, 0, "@foo\0x"),
    S(XS_WRITE, 0, "relative/x\0x"),
    S(XS_DIRECTORY, 0, "/p/q\0"),
    S(XS_DIRECTORY, 0, "/p/q/r\0"),
    S(XS_DIRECTORY, 0, "/nope\0"),
    S(XS_DIRECTORY, 0, "/nope/no\0"),
    S(XS_MKDIR, 0, "/p/dir\0"),
    S(XS_MKDIR, 0, "/p/dir\0"),
    S(XS_MKDIR, 0, "/p/dir/a/b/c\0"),
    S(XS_MKDIR, 0, "/\0"),
    S(XS_READ, 0, "/p/dir\0"),
    S(XS_RM, 0, "/\0"),
    S(XS_RM, 0, "/p/nope\0"),
    S(XS_RM, 0, "/p/nope/no\0"),
    S(XS_RM, 0, "/nope2\0"),
    S(XS_RM, 0, "/p/dir\0"),
    S(XS_GET_PERMS, 0, "/p/q/r\0"),
    S(XS_GET_PERMS, 0, "/\0"),
    S(XS_GET_PERMS, 0, "/local/domain/0\0"),
    S(XS_GET_PERMS, 0, "/nope\0"),
    S(XS_GET_PERMS, 0, "@releaseDomain\0"),
    S(XS_GET_PERMS, 0, "@introduceDomain\0"),
    S(XS_GET_PERMS, 0, "@foo\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0n3\0r4\0b5\0w6\0"),
    S(XS_GET_PERMS, 0, "/p/q/r\0"),
    S(XS_WRITE, 0, "/p/q/r/child\0x"),
    S(XS_GET_PERMS, 0, "/p/q/r/child\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0x3\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0r\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0r3x\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0r3"),
    S(XS_SET_PERMS, 0, "/nope\0r3\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0n1\0r2\0r3\0r4\0r5\0r6\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0n0\0r99999\0"),
    S(XS_GET_PERMS, 0, "/p/q/r\0"),
    S(XS_SET_PERMS, 0, "@releaseDomain\0n0\0r5\0"),
    S(XS_GET_PERMS, 0, "@releaseDomain\0"),
    S(XS_SET_PERMS, 0, "@releaseDomain\0n0\0"),
    S(XS_WATCH, 0, "/p\0tok\0"),
    S(XS_WATCH, 0, "/p\0tok\0"),
    S(XS_WATCH, 0, "/p/q/r\0tok2\0"),
    S(XS_WATCH, 0, "rel/p\0tok3\0"),
    S(XS_WATCH, 0, "@releaseDomain\0tok4\0"),
    S(XS_WATCH, 0, "@foo\0tok5\0"),
    S(XS_WATCH, 0, "/bad$\0tok5\0"),
    S(XS_WATCH, 0, "/x\0"),
    S(XS_WATCH, 0, "/x\0tok"),
    S(XS_WATCH, 0, "/x\0tok\0more\0"),
    S(XS_WATCH, 0, "/nothere/at/all\0tok6\0"),
    S(XS_WATCH, 0, "\0tok7\0"),
    S(XS_WRITE, 0, "/p/q/r\0again"),
    S(XS_WRITE, 0, "/p/new/deep/node\0v"),
    S(XS_WRITE, 0, "/local/domain/0/rel/p/x\0v"),
    S(XS_MKDIR, 0, "/p/new\0"),
    S(XS_SET_PERMS, 0, "/p/q/r\0n0\0"),
    S(XS_RM, 0, "/p/q/r\0"),
    S(XS_WRITE, 0, "/p/q/r/deep/er\0v"),
    S(XS_RM, 0, "/p/q\0"),
    S(XS_RM, 0, "/p/q\0"),
    S(XS_RM, 0, "/local/domain/0/rel\0"),
    S(XS_UNWATCH, 0, "/p\0nope\0"),
    S(XS_UNWATCH, 0, "/p/q/r\0tok2\0"),
    S(XS_UNWATCH, 0, "rel/p\0tok3\0"),
    S(XS_UNWATCH, 0, "/x\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_TRANSACTION_START, 1, "\0"),
    S(XS_WRITE, 1, "/p/tx/one\0 1"),
    S(XS_READ, 1, "/p/tx/one\0"),
    S(XS_READ, 0, "/p/tx/one\0"),
    S(XS_TRANSACTION_END, 1, "X\0"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_READ, 1, "/p/tx/one\0"),
    S(XS_WRITE, 0, "/p/tx/one\0other"),
    S(XS_WRITE, 1, "/p/tx/two\0two"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_WRITE, 1, "/p/tx/three\0a"),
    S(XS_MKDIR, 1, "/p/tx/four\0"),
    S(XS_RM, 1, "/p/tx/one\0"),
    S(XS_WRITE, 1, "/p/tx/three\0b"),
    S(XS_SET_PERMS, 1, "/p/tx/three\0n0\0r1\0"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_WRITE, 1, "/p/tx/five\0b"),
    S(XS_TRANSACTION_END, 1, "F\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_DIRECTORY, 1, "/p/tx\0"),
    S(XS_WRITE, 0, "/p/tx/six\0"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_READ, 1, "/p/tx/seven\0"),
    S(XS_WRITE, 1, "/p/other\0"),
    S(XS_WRITE, 0, "/p/tx/seven\0"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_WRITE, 1, "/p/tx/nn\0"),
    S(XS_WRITE, 0, "/p/tx/mm\0"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_WRITE, 1, "/p/tx/mm\0q"),
    S(XS_WRITE, 0, "/p/tx/mm/sub\0"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_START, 0, "\0"),
    S(XS_RM, 1, "/p/tx/mm\0"),
    S(XS_WRITE, 0, "/p/tx/mm/sub2\0"),
    S(XS_TRANSACTION_END, 1, "T\0"),
    S(XS_TRANSACTION_START, 0, ""),
    S(XS_TRANSACTION_START, 0, "x"),
    S(XS_TRANSACTION_END, 2, "T\0"),
    S(XS_TRANSACTION_END, 0, "T\0"),
    S(XS_TRANSACTION_END, 1, ""),
    S(XS_READ, 2, "/p\0"),
    S(XS_WATCH, 2, "/tt\0t\0"),
    S(XS_GET_DOMAIN_PATH, 0, "0\0"),
    S(XS_GET_DOMAIN_PATH, 0, "77\0"),
    S(XS_GET_DOMAIN_PATH, 0, "abc\0"),
    S(XS_GET_DOMAIN_PATH, 0, ""),
    S(XS_IS_DOMAIN_INTRODUCED, 0, "0\0"),
    S(XS_IS_DOMAIN_INTRODUCED, 0, "77\0"),
    S(XS_IS_DOMAIN_INTRODUCED, 0, "\0"),
    S(XS_RESUME, 0, "77\0"),
    S(XS_RESUME, 0, "0\0"),
    S(XS_RELEASE, 0, "77\0"),
    S(XS_RELEASE, 0, "\0"),
    S(XS_RELEASE, 0, "0\0"),
    S(XS_SET_TARGET, 0,
      "77\0"
      "78\0"),
    S(XS_SET_TARGET, 0, "77\0"),
    S(XS_INTRODUCE, 0, "77\0"),
    S(XS_INTRODUCE, 0,
      "0\0"
      "1\0"
      "1\0"),
    S(XS_INTRODUCE, 0,
      "77\0"
      "1\0"
      "1\0"),
    S(XS_INTRODUCE, 0,
      "77\0"
      "1\0"
      "-1\0"),
    S(XS_DIRECTORY_PART, 0,
      "/p\0"
      "0\0"),
    S(XS_DIRECTORY_PART, 0,
      "/p\0"
      "3\0"),
    S(XS_DIRECTORY_PART, 0,
      "/p\0"
      "999\0"),
    S(XS_DIRECTORY_PART, 0, "/p\0"),
    S(XS_DIRECTORY_PART, 0,
      "/nope\0"
      "0\0"),
    S(XS_DIRECTORY_PART, 0,
      "/p/other\0"
      "0\0"),
    S(XS_CONTROL, 0, "help\0"),
    S(XS_CONTROL, 0, "print\0hi\0"),
    S(XS_CONTROL, 0, "nope\0"),
    S(XS_CONTROL, 0, ""),
    S(XS_CONTROL, 0, "check\0"),
    S(XS_CONTROL, 0, "log\0"),
    S(XS_CONTROL, 0, "log\0on\0"),
    S(XS_CONTROL, 0, "log\0off\0"),
    S(XS_CONTROL, 0, "logfile\0"),
    S(XS_CONTROL, 0, "quota\0"),
    S(XS_CONTROL, 0,
      "quota\0"
      "0\0"),
    S(XS_CONTROL, 0,
      "quota\0set\0nodes\0"
      "2000\0"),
    S(XS_CONTROL, 0, "quota-soft\0"),
    S(XS_CONTROL, 0, "help\0x\0"),
    S(XS_CONTROL, 0, "live-update\0-s\0"),
    S(XS_CONTROL, 0, "memreport\0/nonexistent/x\0"),
    S(XS_RESET_WATCHES, 0, "\0"),
    S(XS_WRITE, 0, "/p/after\0"),
    S(XS_WATCH_EVENT, 0, "/p\0x\0"),
    S(XS_ERROR, 0, "x\0"),
    S(19, 0, "x\0"),
    S(100, 0, "x\0"),
    S(XS_INVALID, 0, "x\0"),
    S(XS_RM, 0, "/p\0"),
    S(XS_DIRECTORY, 0, "/\0"),
};

static int sock_open(const char *path)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strncpy(sa.sun_path, path, sizeof(sa.sun_path) - 1);
    if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
        perror(path);
        exit(1);
    }
    return fd;
}

static void show(const char *tag, const char *data, size_t len)
{
    printf("%s", tag);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];

        if (c == 0)
            printf("|");
        else if (isprint(c))
            putchar(c);
        else
            printf("\\x%02x", c);
    }
    putchar('\n');
}

/* Reads whole messages until nothing comes for a while. Returns 0 when the peer closed. */
static int drain(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char buf[8192];

    while (poll(&p, 1, PROBE_WAIT_MS) > 0) {
        struct xsd_sockmsg m;
        char tag[80];

        if (recv(fd, &m, sizeof(m), MSG_WAITALL) != sizeof(m)) {
            printf("  (closed)\n");
            return 0;
        }
        if (m.len > sizeof(buf) || (m.len && recv(fd, buf, m.len, MSG_WAITALL) != (ssize_t)m.len)) {
            printf("  (bad length)\n");
            return 0;
        }
        if (m.type == XS_TRANSACTION_START) {
            last_tx = (uint32_t)strtoul(buf, NULL, 10);
            snprintf(buf, sizeof(buf), "TX");
            m.len = 3;
        }
        snprintf(tag, sizeof(tag), "  <- type %u req %u tx %s len %u: ", m.type, m.req_id,
                 m.tx_id ? "set" : "0", m.len);
        show(tag, buf, m.len);
    }
    return 1;
}

static int send_msg(int fd, uint32_t type, uint32_t req, uint32_t tx, const char *data, size_t len)
{
    struct xsd_sockmsg m = {.type = type, .req_id = req, .tx_id = tx, .len = (uint32_t)len};

    if (send(fd, &m, sizeof(m), MSG_NOSIGNAL) < 0)
        return 0;
    if (len && send(fd, data, len, MSG_NOSIGNAL) < 0)
        return 0;
    return drain(fd);
}

/* Paths and values at the limits of the protocol; each on its own connection. */
static void probe_sizes(const char *path)
{
    static const struct {
        uint32_t type;
        char first;
        unsigned int path_len, data_len;
    } t[] = {
        {XS_WRITE, '/', 3071, 1},  {XS_WRITE, '/', 3072, 1},  {XS_WRITE, '/', 3073, 1},
        {XS_WRITE, '/', 4095, 0},  {XS_WRITE, 'r', 2048, 1},  {XS_WRITE, 'r', 2049, 1},
        {XS_WRITE, '/', 20, 2040}, {XS_WRITE, '/', 20, 2060}, {XS_WRITE, '/', 20, 4075},
        {XS_WRITE, '/', 20, 4076}, {XS_WATCH, '/', 3072, 2},  {XS_WATCH, '/', 3073, 2},
    };
    char *buf = malloc(8192);

    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        int fd = sock_open(path);

        memset(buf, 'x', 8192);
        buf[0] = t[i].first;
        buf[t[i].path_len] = 0;
        if (t[i].type == XS_WATCH)
            buf[t[i].path_len + 2] = 0;
        printf("size: type %u first %c path %u data %u\n", t[i].type, t[i].first, t[i].path_len,
               t[i].data_len);
        if (t[i].type == XS_WATCH) {
            struct xsd_sockmsg m = {.type = XS_WATCH, .len = t[i].path_len + 3};

            if (write(fd, &m, sizeof(m)) == sizeof(m) && write(fd, buf, m.len) == (ssize_t)m.len &&
                recv(fd, &m, sizeof(m), MSG_WAITALL) == sizeof(m))
                printf("  type %u\n", m.type);
        } else if (send_msg(fd, t[i].type, 1, 0, buf, t[i].path_len + 1 + t[i].data_len)) {
            send_msg(fd, XS_RM, 2, 0, buf, t[i].path_len + 1);
        }
        close(fd);
    }
    free(buf);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "/run/xenstored/socket";
    int fd = sock_open(path);

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const struct step *s = &steps[i];
        uint32_t tx = s->tx == 1 ? last_tx : s->tx == 2 ? 0xfffff : 0;
        char tag[64];

        snprintf(tag, sizeof(tag), "%zu: type %u tx %d: ", i, s->type, s->tx);
        show(tag, s->data, s->len);
        if (!send_msg(fd, s->type, (uint32_t)i, tx, s->data, s->len)) {
            close(fd);
            fd = sock_open(path);
        }
    }
    close(fd);
    probe_sizes(path);
    return 0;
}
