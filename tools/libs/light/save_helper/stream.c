/* SPDX-License-Identifier: MIT */
#include "save_helper/stream.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far above what any device model needs: its video memory is the guest's. */
#define EMULATOR_MAX (256u << 20)
#define CHUNK        65536u

int stream_get(int fd, void *to, size_t len)
{
    char *p = to;

    while (len) {
        ssize_t r = read(fd, p, len);

        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0) {
            if (!r)
                errno = EPIPE;
            complain("the stream breaks off: %s", r ? strerror(errno) : "it is too short");
            return -1;
        }
        p += r;
        len -= (size_t)r;
    }
    return 0;
}

int stream_put(int fd, const void *from, size_t len)
{
    const char *p = from;

    while (len) {
        ssize_t r = write(fd, p, len);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0) {
            complain("cannot write the stream: %s", strerror(errno));
            return -1;
        }
        p += r;
        len -= (size_t)r;
    }
    return 0;
}

static int malformed(void)
{
    errno = EINVAL;
    return -1;
}

int put_record(int fd, uint32_t type)
{
    struct libxl_record r = {.type = type};

    return stream_put(fd, &r, sizeof(r));
}

int put_header(int fd)
{
    struct libxl_stream_header h = {
        .ident = htobe64(LIBXL_STREAM_IDENT),
        .version = htobe32(LIBXL_STREAM_VERSION),
    };

    return stream_put(fd, &h, sizeof(h));
}

int get_header(int fd)
{
    struct libxl_stream_header h;

    if (stream_get(fd, &h, sizeof(h)))
        return -1;
    if (be64toh(h.ident) != LIBXL_STREAM_IDENT || be32toh(h.version) != LIBXL_STREAM_VERSION) {
        complain("this is no stream of a saved domain");
        return malformed();
    }
    if (be32toh(h.options) & LIBXL_STREAM_OPTIONS) {
        complain("the stream is big endian or a legacy one: options %#x", be32toh(h.options));
        return malformed();
    }
    return 0;
}

static int unexpected(const struct libxl_record *r, uint32_t wanted)
{
    complain("record %u of %u bytes where %u is expected", r->type, r->length, wanted);
    return malformed();
}

int get_record(int fd, uint32_t wanted)
{
    struct libxl_record r;

    if (stream_get(fd, &r, sizeof(r)))
        return -1;
    return r.type == wanted && !r.length ? 0 : unexpected(&r, wanted);
}

/* The device model. */

static uint32_t padding(uint32_t len)
{
    return -len & 7u;
}

static int copy(int from, int to, uint32_t len)
{
    char chunk[CHUNK];

    while (len) {
        uint32_t n = len < CHUNK ? len : CHUNK;

        if (stream_get(from, chunk, n) || stream_put(to, chunk, n))
            return -1;
        len -= n;
    }
    return 0;
}

static int skip(int fd, uint32_t len)
{
    char chunk[256];

    while (len) {
        uint32_t n = len < sizeof(chunk) ? len : (uint32_t)sizeof(chunk);

        if (stream_get(fd, chunk, n))
            return -1;
        len -= n;
    }
    return 0;
}

static int put_context(int fd, int file)
{
    static const char zeros[8];
    struct libxl_emulator e = {.id = LIBXL_EMULATOR_QEMU};
    struct libxl_record r = {.type = LIBXL_RECORD_EMULATOR_CONTEXT};
    struct stat st;

    if (fstat(file, &st)) {
        complain("cannot get the size of the device model's state: %s", strerror(errno));
        return -1;
    }
    if (!st.st_size || st.st_size > EMULATOR_MAX) {
        complain("the device model's state has %lld bytes", (long long)st.st_size);
        return malformed();
    }
    r.length = (uint32_t)sizeof(e) + (uint32_t)st.st_size;
    if (stream_put(fd, &r, sizeof(r)) || stream_put(fd, &e, sizeof(e)) ||
        copy(file, fd, (uint32_t)st.st_size))
        return -1;
    return stream_put(fd, zeros, padding(r.length));
}

int put_emulator(int fd, const char *file)
{
    int from = open(file, O_RDONLY | O_CLOEXEC), rc;

    if (from < 0) {
        complain("cannot read the device model's state %s: %s", file, strerror(errno));
        return -1;
    }
    rc = put_context(fd, from);
    close(from);
    return rc;
}

static int get_context(int fd, const char *file, uint32_t len)
{
    int to = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), rc;

    if (to < 0) {
        complain("cannot write the device model's state %s: %s", file, strerror(errno));
        return -1;
    }
    rc = copy(fd, to, len);
    if (close(to) && !rc) {
        complain("cannot write the device model's state %s: %s", file, strerror(errno));
        rc = -1;
    }
    return rc;
}

/* @r is one of the device model's. */
static int take_emulator(int fd, const struct libxl_record *r, const char *file)
{
    struct libxl_emulator e;
    uint32_t len = r->length - (uint32_t)sizeof(e);

    if (!*file || r->length < sizeof(e) || len > EMULATOR_MAX) {
        complain("a record %u of %u bytes of a device model makes no sense here", r->type,
                 r->length);
        return malformed();
    }
    if (stream_get(fd, &e, sizeof(e)))
        return -1;
    if (e.id != LIBXL_EMULATOR_QEMU || e.index) {
        complain("the state is of device model %u, index %u, which is not supported", e.id,
                 e.index);
        return malformed();
    }
    /* What older QEMUs kept in xenstore is in the state today. */
    if (r->type == LIBXL_RECORD_EMULATOR_XENSTORE ? skip(fd, len) : get_context(fd, file, len))
        return -1;
    return skip(fd, padding(r->length));
}

int get_emulator(int fd, const char *file, uint32_t end)
{
    char next[256];
    struct libxl_record r;
    bool taken = false;

    if ((size_t)snprintf(next, sizeof(next), "%s%s", file, *file ? ".new" : "") >= sizeof(next))
        return malformed();
    for (;;) {
        if (stream_get(fd, &r, sizeof(r)))
            goto fail;
        if (r.type != LIBXL_RECORD_EMULATOR_XENSTORE && r.type != LIBXL_RECORD_EMULATOR_CONTEXT)
            break;
        if (take_emulator(fd, &r, next))
            goto fail;
        taken |= r.type == LIBXL_RECORD_EMULATOR_CONTEXT;
    }
    if (r.type != end || r.length) {
        unexpected(&r, end);
        goto fail;
    }
    if (!taken || !rename(next, file))
        return 0;
    complain("cannot rename %s: %s", next, strerror(errno));
fail:
    if (*next) {
        int saved = errno;

        unlink(next);
        errno = saved;
    }
    return -1;
}
