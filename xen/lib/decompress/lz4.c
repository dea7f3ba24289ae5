/* SPDX-License-Identifier: MIT */
/* Source: "LZ4 Block Format Description" and "LZ4 Frame Format Description" 1.6.2. */
#include <stdbool.h>

#include <xen/lib/bytes.h>
#include <xen/lib/checksum.h>
#include <xen/lib/decompress.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

#include "match.h"

#define MAGIC_LEGACY    0x184c2102u
#define MAGIC_FRAME     0x184d2204u
#define MAGIC_SKIPPABLE 0x184d2a50u /* up to ..5f */
#define STORED          0x80000000u
#define MIN_MATCH       4

enum { F_DICT = 1, F_CHECKSUM = 4, F_SIZE = 8, F_BLOCK_CHECKSUM = 16, F_INDEPENDENT = 32 };

struct lz4 {
    const uint8_t *in, *end;
    uint8_t *out, *out_end;
};

/* A length of 15 goes on in further bytes. Returns: 0 or -EINVAL. */
static inline int long_length(const uint8_t **p, const uint8_t *end, size_t *len)
{
    uint8_t b;

    if (*len != 15)
        return 0;
    do {
        if (*p >= end)
            return -EINVAL;
        b = *(*p)++;
        *len += b;
    } while (b == 255);
    return 0;
}

/* One compressed block of @len bytes at s->in; matches reach back to @window at most. */
static int block(struct lz4 *s, size_t len, const uint8_t *window)
{
    const uint8_t *p = s->in, *end = p + len;

    while (p < end) {
        unsigned int token = *p++;
        size_t nr = token >> 4, dist;

        if (long_length(&p, end, &nr) || nr > (size_t)(end - p))
            return -EINVAL;
        if (nr > (size_t)(s->out_end - s->out))
            return -E2BIG;
        memcpy(s->out, p, nr);
        s->out += nr;
        p += nr;
        if (p == end)
            break; /* the last sequence has no match */
        if (end - p < 2)
            return -EINVAL;
        dist = get_le16(p);
        p += 2;
        nr = token & 15;
        if (long_length(&p, end, &nr) || !dist || dist > (size_t)(s->out - window))
            return -EINVAL;
        nr += MIN_MATCH;
        if (nr > (size_t)(s->out_end - s->out))
            return -E2BIG;
        copy_match(s->out, dist, nr, s->out_end);
        s->out += nr;
    }
    s->in = end;
    return 0;
}

static inline size_t left(const struct lz4 *s)
{
    return (size_t)(s->end - s->in);
}

/*
 * Blocks up to the end of the data or another magic number. Linux appends the unpacked size: a
 * "length" with nothing behind it.
 */
static int legacy_frame(struct lz4 *s)
{
    int rc = 0;

    while (!rc && left(s) > 4) {
        uint32_t len = get_le32(s->in);

        if (len == MAGIC_LEGACY || len == MAGIC_FRAME || (len & ~15u) == MAGIC_SKIPPABLE)
            break;
        if (len > left(s) - 4)
            return -EINVAL;
        s->in += 4;
        rc = block(s, len, s->out);
    }
    return rc;
}

static int stored_block(struct lz4 *s, size_t len)
{
    if (len > (size_t)(s->out_end - s->out))
        return -E2BIG;
    memcpy(s->out, s->in, len);
    s->in += len;
    s->out += len;
    return 0;
}

static int frame_block(struct lz4 *s, uint32_t word, unsigned int flags, const uint8_t *base)
{
    size_t len = word & ~STORED, trailer = flags & F_BLOCK_CHECKSUM ? 4 : 0;
    const uint8_t *data = s->in;
    int rc;

    if (len > left(s) || trailer > left(s) - len)
        return -EINVAL;
    if (trailer && get_le32(data + len) != xxh32(data, len, 0))
        return -EINVAL;
    if (word & STORED)
        rc = stored_block(s, len);
    else
        rc = block(s, len, flags & F_INDEPENDENT ? s->out : base);
    s->in = data + len + trailer;
    return rc;
}

/* The frame's descriptor, behind the magic number. */
static int frame_header(struct lz4 *s, unsigned int *flags, uint64_t *size)
{
    const uint8_t *p = s->in;
    size_t len = 2;

    if (left(s) < 3)
        return -EINVAL;
    *flags = p[0];
    if ((*flags & 0xc0) != 0x40 || (*flags & 2) || (p[1] & 0x8f))
        return -EINVAL;
    if (*flags & F_DICT)
        return -EOPNOTSUPP;
    *size = UINT64_MAX;
    if (*flags & F_SIZE) {
        if (left(s) < 11)
            return -EINVAL;
        *size = get_le64(p + 2);
        len += 8;
    }
    if (p[len] != (xxh32(p, len, 0) >> 8 & 0xff))
        return -EINVAL;
    s->in += len + 1;
    return 0;
}

static int modern_frame(struct lz4 *s)
{
    uint8_t *base = s->out;
    unsigned int flags;
    uint64_t size;
    int rc = frame_header(s, &flags, &size);

    while (!rc) {
        uint32_t word;

        if (left(s) < 4)
            return -EINVAL;
        word = get_le32(s->in);
        s->in += 4;
        if (!word)
            break;
        rc = frame_block(s, word, flags, base);
    }
    if (rc)
        return rc;
    if (size != UINT64_MAX && size != (size_t)(s->out - base))
        return -EINVAL;
    if (flags & F_CHECKSUM) {
        if (left(s) < 4 || get_le32(s->in) != xxh32(base, (size_t)(s->out - base), 0))
            return -EINVAL;
        s->in += 4;
    }
    return 0;
}

static int skippable(struct lz4 *s)
{
    size_t len;

    if (left(s) < 4)
        return -EINVAL;
    len = get_le32(s->in);
    if (len > left(s) - 4)
        return -EINVAL;
    s->in += 4 + len;
    return 0;
}

/* Returns: 0, an error, or -ENOENT when what follows is not a frame. */
static int frame(struct lz4 *s)
{
    uint32_t magic;

    if (left(s) < 4)
        return -ENOENT;
    magic = get_le32(s->in);
    if (magic != MAGIC_LEGACY && magic != MAGIC_FRAME && (magic & ~15u) != MAGIC_SKIPPABLE)
        return -ENOENT;
    s->in += 4;
    if (magic == MAGIC_LEGACY)
        return legacy_frame(s);
    return magic == MAGIC_FRAME ? modern_frame(s) : skippable(s);
}

int decompress_lz4(const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len,
                   void *scratch)
{
    struct lz4 s = {
        .in = in,
        .end = (const uint8_t *)in + in_len,
        .out = out,
        .out_end = (uint8_t *)out + out_cap,
    };
    int rc = frame(&s);

    (void)scratch;
    if (rc == -ENOENT)
        return -EINVAL;
    while (!rc)
        rc = frame(&s);
    if (rc != -ENOENT)
        return rc;
    *out_len = (size_t)(s.out - (uint8_t *)out);
    return 0;
}
