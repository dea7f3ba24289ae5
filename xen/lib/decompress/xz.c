/* SPDX-License-Identifier: MIT */
/* The .xz container and LZMA2. Source: "The .xz File Format" 1.0.4. */
#include <stdbool.h>

#include <xen/lib/bytes.h>
#include <xen/lib/checksum.h>
#include <xen/lib/decompress.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

#include "lzma_core.h"
#include "scratch.h"

enum { CHECK_NONE = 0, CHECK_CRC32 = 1, CHECK_CRC64 = 4, CHECK_SHA256 = 10 };
enum { FILTER_X86 = 0x04, FILTER_LZMA2 = 0x21 };
enum { HEADER_LEN = 12, FOOTER_LEN = 12 };

static const uint8_t header_magic[6] = {0xfd, '7', 'z', 'X', 'Z', 0};

struct xz {
    const uint8_t *p, *end;
    uint8_t *base, *out, *out_end;
    struct xz_scratch *scratch;
    unsigned int check;
    /* What the index has to repeat. */
    uint64_t nr_blocks, packed_sum, plain_sum;
};

struct block_header {
    uint64_t packed, plain; /* UINT64_MAX if not given */
    bool x86;
};

static size_t check_len(unsigned int type)
{
    static const uint8_t lens[] = {0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64};

    return lens[type & 15];
}

/* A number of 7 bits per byte. Returns: 0 or -EINVAL. */
static int read_vli(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
    uint64_t v = 0;

    for (unsigned int shift = 0; shift < 63; shift += 7) {
        uint8_t b;

        if (*p >= end)
            return -EINVAL;
        b = *(*p)++;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80)) {
            *value = v;
            return b == 0 && shift ? -EINVAL : 0;
        }
    }
    return -EINVAL;
}

static int stream_header(struct xz *x)
{
    const uint8_t *p = x->p;

    if (x->end - p < HEADER_LEN || memcmp(p, header_magic, sizeof(header_magic)) != 0)
        return -EINVAL;
    if (get_le32(p + 8) != crc32_small(0, p + 6, 2))
        return -EINVAL;
    if (p[6] || p[7] > 15)
        return -EOPNOTSUPP;
    x->check = p[7];
    x->p += HEADER_LEN;
    x->nr_blocks = x->packed_sum = x->plain_sum = 0;
    if (x->check == CHECK_CRC32)
        crc32_init(&x->scratch->crc.crc32);
    else if (x->check == CHECK_CRC64)
        crc64_init(&x->scratch->crc.crc64);
    return 0;
}

static int read_filter(const uint8_t **p, const uint8_t *end, bool last, struct block_header *h)
{
    uint64_t id, len;

    if (read_vli(p, end, &id) || read_vli(p, end, &len) || len > (size_t)(end - *p))
        return -EINVAL;
    if (last) {
        if (id != FILTER_LZMA2)
            return -EOPNOTSUPP;
        if (len != 1 || **p > 40)
            return -EINVAL;
    } else {
        /* A start offset other than 0 would be four bytes of properties. */
        if (id != FILTER_X86 || len != 0)
            return -EOPNOTSUPP;
        h->x86 = true;
    }
    *p += len;
    return 0;
}

static int block_header(struct xz *x, struct block_header *h)
{
    const uint8_t *p = x->p, *end;
    size_t len = ((size_t)p[0] + 1) * 4;
    unsigned int flags, nr_filters;

    if (len > (size_t)(x->end - p) || get_le32(p + len - 4) != crc32_small(0, p, len - 4))
        return -EINVAL;
    end = p + len - 4;
    flags = p[1];
    nr_filters = (flags & 3) + 1;
    p += 2;
    *h = (struct block_header){UINT64_MAX, UINT64_MAX, false};
    if ((flags & 0x3c) || nr_filters > 2)
        return -EOPNOTSUPP;
    if ((flags & 0x40) && read_vli(&p, end, &h->packed))
        return -EINVAL;
    if ((flags & 0x80) && read_vli(&p, end, &h->plain))
        return -EINVAL;
    for (unsigned int i = 0; i < nr_filters; i++) {
        int rc = read_filter(&p, end, i + 1 == nr_filters, h);

        if (rc)
            return rc;
    }
    for (; p < end; p++) {
        if (*p)
            return -EINVAL;
    }
    x->p = end + 4;
    return 0;
}

/* A chunk that is stored. Returns: 0 or an error. */
static int stored_chunk(struct xz *x)
{
    size_t len;

    if (x->end - x->p < 3)
        return -EINVAL;
    len = ((size_t)x->p[1] << 8 | x->p[2]) + 1;
    x->p += 3;
    if (len > (size_t)(x->end - x->p))
        return -EINVAL;
    if (len > (size_t)(x->out_end - x->out))
        return -E2BIG;
    memcpy(x->out, x->p, len);
    x->p += len;
    x->out += len;
    return 0;
}

static int run_chunk(struct xz *x, const uint8_t *window, size_t packed, size_t plain)
{
    struct lzma *s = &x->scratch->lzma;
    struct lzma_io io = {
        .in = x->p,
        .out = x->out,
        .in_limit = x->p + packed,
        .out_limit = x->out + plain,
        .out_end = x->out_end,
        .window = window,
    };

    /* After a chunk come at least an end marker, an index and a footer: no symbol reads further. */
    if (packed < 5 || (size_t)(x->end - x->p) < packed + LZMA_SYMBOL_MAX)
        return -EINVAL;
    if (plain > (size_t)(x->out_end - x->out))
        return -E2BIG;
    if (lzma_start(s, &io) || lzma_run(s, &io) != LZMA_FULL)
        return -EINVAL;
    if (io.in != x->p + packed || s->code != 0)
        return -EINVAL;
    x->p = io.in;
    x->out = io.out;
    return 0;
}

/* What a chunk's first byte may ask for: bits 5-6. */
enum { RESET_NONE, RESET_STATE, RESET_PROPS };

static int lzma_chunk(struct xz *x, const uint8_t *window, unsigned int control)
{
    unsigned int reset = control >> 5 & 3;
    size_t plain, packed, len = reset >= RESET_PROPS ? 6 : 5;

    if ((size_t)(x->end - x->p) < len)
        return -EINVAL;
    plain = ((size_t)(control & 0x1f) << 16 | (size_t)x->p[1] << 8 | x->p[2]) + 1;
    packed = ((size_t)x->p[3] << 8 | x->p[4]) + 1;
    if (reset >= RESET_PROPS && lzma_set_props(&x->scratch->lzma, x->p[5]))
        return -EINVAL;
    if (reset >= RESET_STATE)
        lzma_reset(&x->scratch->lzma);
    x->p += len;
    return run_chunk(x, window, packed, plain);
}

/* The chunks of a block up to its end marker. */
static int lzma2(struct xz *x)
{
    const uint8_t *window = NULL;
    unsigned int need = RESET_PROPS; /* the least that the next chunk must reset */

    for (;;) {
        unsigned int control;
        int rc;

        if (x->p >= x->end)
            return -EINVAL;
        control = *x->p;
        if (control == 0) {
            x->p++;
            return 0;
        }
        if (control == 1 || control >= 0xe0) {
            window = x->out;
            need = RESET_PROPS;
        }
        if (!window || (control > 2 && control < 0x80))
            return -EINVAL;
        if (control < 0x80) {
            rc = stored_chunk(x);
        } else {
            if ((control >> 5 & 3) < need)
                return -EINVAL;
            need = RESET_NONE;
            rc = lzma_chunk(x, window, control);
        }
        if (rc)
            return rc;
    }
}

static int verify(const struct xz *x, const uint8_t *data, size_t len)
{
    if (x->check == CHECK_CRC32)
        return crc32(&x->scratch->crc.crc32, 0, data, len) == get_le32(x->p) ? 0 : -EINVAL;
    if (x->check == CHECK_CRC64)
        return crc64(&x->scratch->crc.crc64, 0, data, len) == get_le64(x->p) ? 0 : -EINVAL;
    return 0;
}

static int skip_padding(struct xz *x, const uint8_t *start)
{
    while ((x->p - start) & 3) {
        if (x->p >= x->end || *x->p)
            return -EINVAL;
        x->p++;
    }
    return 0;
}

static int block(struct xz *x)
{
    const uint8_t *start = x->p, *data;
    uint8_t *out = x->out;
    struct block_header h;
    size_t packed, plain;
    int rc = block_header(x, &h);

    if (rc)
        return rc;
    data = x->p;
    rc = lzma2(x);
    if (rc)
        return rc;
    packed = (size_t)(x->p - data);
    plain = (size_t)(x->out - out);
    if ((h.packed != UINT64_MAX && h.packed != packed) ||
        (h.plain != UINT64_MAX && h.plain != plain))
        return -EINVAL;
    x->packed_sum += (size_t)(x->p - start) + check_len(x->check);
    if (skip_padding(x, start) || (size_t)(x->end - x->p) < check_len(x->check))
        return -EINVAL;
    if (h.x86)
        bcj_x86_decode(out, plain);
    rc = verify(x, out, plain);
    x->p += check_len(x->check);
    x->nr_blocks++;
    x->plain_sum += plain;
    return rc;
}

/* Check the index against the blocks seen, and the footer. */
static int index_and_footer(struct xz *x)
{
    const uint8_t *start = x->p, *p = start + 1;
    uint64_t nr, packed_sum = 0, plain_sum = 0;
    size_t len;

    if (read_vli(&p, x->end, &nr) || nr != x->nr_blocks)
        return -EINVAL;
    for (; nr; nr--) {
        uint64_t packed, plain;

        if (read_vli(&p, x->end, &packed) || read_vli(&p, x->end, &plain))
            return -EINVAL;
        packed_sum += packed;
        plain_sum += plain;
    }
    x->p = p;
    if (packed_sum != x->packed_sum || plain_sum != x->plain_sum || skip_padding(x, start))
        return -EINVAL;
    p = x->p;
    len = (size_t)(p - start);
    if (x->end - p < 4 + FOOTER_LEN || get_le32(p) != crc32_small(0, start, len))
        return -EINVAL;
    p += 4;
    if (p[10] != 'Y' || p[11] != 'Z' || get_le32(p) != crc32_small(0, p + 4, 6) ||
        ((uint64_t)get_le32(p + 4) + 1) * 4 != len + 4 || p[8] || p[9] != x->check)
        return -EINVAL;
    x->p = p + FOOTER_LEN;
    return 0;
}

static int stream(struct xz *x)
{
    int rc = stream_header(x);

    while (!rc) {
        if (x->p >= x->end)
            return -EINVAL;
        if (*x->p == 0)
            return index_and_footer(x);
        rc = block(x);
    }
    return rc;
}

/* Skip padding between streams, in fours. Returns: whether another stream follows. */
static bool another_stream(struct xz *x)
{
    while (x->end - x->p >= 4 && get_le32(x->p) == 0)
        x->p += 4;
    return x->end - x->p >= HEADER_LEN && memcmp(x->p, header_magic, sizeof(header_magic)) == 0;
}

int decompress_xz(const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len,
                  void *scratch)
{
    struct xz x = {
        .p = in,
        .end = (const uint8_t *)in + in_len,
        .base = out,
        .out = out,
        .out_end = (uint8_t *)out + out_cap,
        .scratch = &((union decompress_scratch *)scratch)->xz,
    };
    int rc;

    lzma_init(&x.scratch->lzma);
    do {
        rc = stream(&x);
    } while (!rc && another_stream(&x));
    if (!rc)
        *out_len = (size_t)(x.out - x.base);
    return rc;
}

/* The index at the end tells the size; see decompress_size_hint(). */
int xz_plain_size(const uint8_t *in, size_t len, uint64_t *size)
{
    const uint8_t *footer, *p;
    uint64_t index_len, nr, sum = 0;

    if (len < HEADER_LEN + FOOTER_LEN || in[len - 2] != 'Y' || in[len - 1] != 'Z')
        return -EINVAL;
    footer = in + len - FOOTER_LEN;
    index_len = ((uint64_t)get_le32(footer + 4) + 1) * 4;
    if (index_len > len - HEADER_LEN - FOOTER_LEN)
        return -EINVAL;
    p = footer - index_len;
    if (*p++ || read_vli(&p, footer, &nr))
        return -EINVAL;
    for (; nr; nr--) {
        uint64_t packed, plain;

        if (read_vli(&p, footer, &packed) || read_vli(&p, footer, &plain))
            return -EINVAL;
        sum += plain;
    }
    *size = sum;
    return 0;
}
