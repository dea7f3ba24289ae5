/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"

#define ESC   0x1b
#define CHUNK 1024u

int log_open(struct log *l, const char *dir, const char *name, bool stamp, bool replace_escape)
{
    char path[512];

    if (snprintf(path, sizeof(path), "%s/%s.log", dir, name) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    l->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (l->fd < 0) {
        syslog(LOG_ERR, "cannot open %s: %m", path);
        return -errno;
    }
    l->stamp = stamp;
    l->replace_escape = replace_escape;
    l->line_start = true;
    return 0;
}

void log_close(struct log *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}

static void put(struct log *l, const char *data, size_t len)
{
    if (!xs_write_all(l->fd, data, (unsigned int)len)) {
        syslog(LOG_ERR, "writing to a log: %m");
        log_close(l);
    }
}

static void put_stamp(struct log *l)
{
    time_t now = time(NULL);
    struct tm tm;
    char text[32];

    put(l, text, strftime(text, sizeof(text), "[%Y-%m-%d %H:%M:%S] ", localtime_r(&now, &tm)));
}

static void put_clean(struct log *l, const char *data, size_t len)
{
    char buf[CHUNK];

    if (!l->replace_escape) {
        put(l, data, len);
        return;
    }
    while (len && l->fd >= 0) {
        size_t n = len < CHUNK ? len : CHUNK;

        for (size_t i = 0; i < n; i++)
            buf[i] = data[i] == ESC ? '.' : data[i];
        put(l, buf, n);
        data += n;
        len -= n;
    }
}

void log_write(struct log *l, const char *data, size_t len)
{
    if (!l->stamp) {
        if (l->fd >= 0)
            put_clean(l, data, len);
        return;
    }
    while (len && l->fd >= 0) {
        const char *nl = memchr(data, '\n', len);
        size_t n = nl ? (size_t)(nl - data) + 1 : len;

        if (l->line_start)
            put_stamp(l);
        if (l->fd >= 0)
            put_clean(l, data, n);
        l->line_start = nl != NULL;
        data += n;
        len -= n;
    }
}

bool outbuf_has_room(const struct outbuf *b)
{
    return !b->max || b->len - b->off < b->max;
}

static void drop_oldest(struct outbuf *b, size_t coming)
{
    size_t have = b->len - b->off;

    if (b->max && have + coming > b->max) {
        size_t over = have + coming - b->max;

        b->off += over < have ? over : have;
    }
}

void outbuf_add(struct outbuf *b, const char *data, size_t len)
{
    drop_oldest(b, len);
    if (b->off) {
        memmove(b->data, b->data + b->off, b->len - b->off);
        b->len -= b->off;
        b->off = 0;
    }
    if (b->len + len > b->cap) {
        size_t cap = (b->len + len) * 2;
        char *more = realloc(b->data, cap);

        if (!more)
            return; /* output nobody reads may get lost */
        b->data = more;
        b->cap = cap;
    }
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void outbuf_took(struct outbuf *b, size_t len)
{
    b->off += len;
    if (b->off == b->len)
        b->off = b->len = 0;
}

void outbuf_dispose(struct outbuf *b)
{
    free(b->data);
    *b = (struct outbuf){0};
}
