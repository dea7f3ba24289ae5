/* SPDX-License-Identifier: MIT */
/* Source: RFC 1951 (deflate), RFC 1952 (gzip). */
#include <stdbool.h>

#include <xen/lib/bytes.h>
#include <xen/lib/checksum.h>
#include <xen/lib/decompress.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

#include "match.h"
#include "scratch.h"

#define MAX_BITS  15
#define END_BLOCK 256

struct inflate {
    const uint8_t *in, *end;
    uint64_t bits;       /* not used yet, the next one lowest */
    unsigned int nr;     /* valid ones in it */
    unsigned int beyond; /* bytes of zeros that were made up after the end of the input */
    uint8_t *base, *out, *out_end;
    struct gzip_scratch *w;
};

/* Have at least 56 bits. */
static inline void refill(struct inflate *s)
{
    if (likely(s->end - s->in >= 8)) {
        s->bits |= get_le64(s->in) << s->nr;
        s->in += (63 - s->nr) >> 3;
        s->nr |= 56;
        return;
    }
    for (; s->nr < 56; s->nr += 8) {
        if (s->in < s->end)
            s->bits |= (uint64_t)*s->in++ << s->nr;
        else
            s->beyond++;
    }
}

static inline unsigned int take(struct inflate *s, unsigned int n)
{
    unsigned int v = (unsigned int)(s->bits & ((1ull << n) - 1));

    s->bits >>= n;
    s->nr -= n;
    return v;
}

/* Whether bits were used that the input does not have. */
static inline bool overrun(const struct inflate *s)
{
    return s->beyond * 8 > s->nr;
}

static unsigned int reverse(unsigned int code, unsigned int len)
{
    unsigned int r = 0;

    for (; len; len--, code >>= 1)
        r = r << 1 | (code & 1);
    return r;
}

static void fill_fast(struct inflate_tree *t, const uint8_t *lens, unsigned int nr)
{
    unsigned int next[MAX_BITS + 1], code = 0;

    memset(t->fast, 0, sizeof(t->fast));
    for (unsigned int len = 1; len <= MAX_BITS; len++) {
        next[len] = code;
        code = (code + t->count[len]) << 1;
    }
    for (unsigned int sym = 0; sym < nr; sym++) {
        unsigned int len = lens[sym];
        unsigned int c;

        if (!len)
            continue;
        c = reverse(next[len]++, len);
        for (; len <= INFLATE_FAST_BITS && c < 1u << INFLATE_FAST_BITS; c += 1u << len)
            t->fast[c] = (uint16_t)(sym << 4 | len);
    }
}

/*
 * Make the tables of a code. It must be complete, save that a code of at most one symbol may
 * leave half of its space open.
 */
static int build(struct inflate_tree *t, const uint8_t *lens, unsigned int nr)
{
    unsigned int offset[MAX_BITS + 2];
    int left = 1;

    memset(t->count, 0, sizeof(t->count));
    for (unsigned int sym = 0; sym < nr; sym++)
        t->count[lens[sym]]++;
    t->count[0] = 0;
    offset[1] = 0;
    for (unsigned int len = 1; len <= MAX_BITS; len++) {
        left = 2 * left - t->count[len];
        if (left < 0)
            return -EINVAL;
        offset[len + 1] = offset[len] + t->count[len];
    }
    if (left && offset[MAX_BITS + 1] != t->count[1])
        return -EINVAL;
    if (offset[MAX_BITS + 1] > 1 && left)
        return -EINVAL;
    for (unsigned int sym = 0; sym < nr; sym++) {
        if (lens[sym])
            t->symbol[offset[lens[sym]]++] = (uint16_t)sym;
    }
    fill_fast(t, lens, nr);
    return 0;
}

/* Bit by bit, for the codes that the fast table does not have. Returns: a symbol or -EINVAL. */
static int decode_slow(struct inflate *s, const struct inflate_tree *t)
{
    unsigned int code = 0, first = 0, index = 0;

    for (unsigned int len = 1; len <= MAX_BITS; len++) {
        unsigned int count = t->count[len];

        code |= take(s, 1);
        if (code < first + count)
            return t->symbol[index + code - first];
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    return -EINVAL;
}

static inline int decode(struct inflate *s, const struct inflate_tree *t)
{
    unsigned int e = t->fast[s->bits & ((1u << INFLATE_FAST_BITS) - 1)];

    if (unlikely(!e))
        return decode_slow(s, t);
    take(s, e & 15);
    return (int)(e >> 4);
}

/* The length of a match from its symbol, 257..285. */
static int read_length(struct inflate *s, int sym, size_t *len)
{
    static const uint16_t base[29] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                      15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                      67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const uint8_t extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

    if (sym > 285)
        return -EINVAL;
    *len = base[sym - 257] + take(s, extra[sym - 257]);
    return 0;
}

static int read_distance(struct inflate *s, size_t *dist)
{
    int sym = decode(s, &s->w->dist);
    unsigned int extra;

    if (sym < 0 || sym > 29)
        return -EINVAL;
    if (sym < 4) {
        *dist = (size_t)sym + 1;
        return 0;
    }
    extra = (unsigned int)sym / 2 - 1;
    *dist = ((size_t)(2 + sym % 2) << extra) + 1 + take(s, extra);
    return 0;
}

static int coded_block(struct inflate *s)
{
    for (;;) {
        size_t len, dist;
        int sym;

        refill(s);
        sym = decode(s, &s->w->lit);
        if (sym < 0 || overrun(s))
            return -EINVAL;
        if (sym < END_BLOCK) {
            if (s->out == s->out_end)
                return -E2BIG;
            *s->out++ = (uint8_t)sym;
            continue;
        }
        if (sym == END_BLOCK)
            return 0;
        if (read_length(s, sym, &len) || read_distance(s, &dist) || overrun(s) ||
            dist > (size_t)(s->out - s->base))
            return -EINVAL;
        if (len > (size_t)(s->out_end - s->out))
            return -E2BIG;
        copy_match(s->out, dist, len, s->out_end);
        s->out += len;
    }
}

/* Give whole bytes that were read ahead back. Returns: 0, or -EINVAL if the input was overrun. */
static int to_byte_boundary(struct inflate *s)
{
    unsigned int unused = s->nr / 8;

    if (unused < s->beyond)
        return -EINVAL;
    s->in -= unused - s->beyond;
    s->bits = s->nr = s->beyond = 0;
    return 0;
}

static int stored_block(struct inflate *s)
{
    size_t len;

    if (to_byte_boundary(s) || s->end - s->in < 4)
        return -EINVAL;
    len = get_le16(s->in);
    if (len != (get_le16(s->in + 2) ^ 0xffffu))
        return -EINVAL;
    s->in += 4;
    if (len > (size_t)(s->end - s->in))
        return -EINVAL;
    if (len > (size_t)(s->out_end - s->out))
        return -E2BIG;
    memcpy(s->out, s->in, len);
    s->in += len;
    s->out += len;
    return 0;
}

static int fixed_codes(struct inflate *s)
{
    uint8_t *lens = s->w->lens;

    memset(lens, 8, 144);
    memset(lens + 144, 9, 112);
    memset(lens + 256, 7, 24);
    memset(lens + 280, 8, 8);
    if (build(&s->w->lit, lens, 288))
        return -EINVAL;
    memset(lens, 5, 32);
    return build(&s->w->dist, lens, 32);
}

/* The lengths of the codes, themselves coded by s->w->lit. */
static int read_code_lens(struct inflate *s, unsigned int nr)
{
    uint8_t *lens = s->w->lens;
    unsigned int i = 0;

    while (i < nr) {
        unsigned int repeat, value = 0;
        int sym;

        refill(s);
        sym = decode(s, &s->w->lit);
        if (sym < 0 || overrun(s))
            return -EINVAL;
        if (sym < 16) {
            lens[i++] = (uint8_t)sym;
            continue;
        }
        if (sym == 16) {
            if (!i)
                return -EINVAL;
            value = lens[i - 1];
            repeat = 3 + take(s, 2);
        } else {
            repeat = sym == 17 ? 3 + take(s, 3) : 11 + take(s, 7);
        }
        if (repeat > nr - i)
            return -EINVAL;
        memset(lens + i, (int)value, repeat);
        i += repeat;
    }
    return 0;
}

static int dynamic_codes(struct inflate *s)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                      11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t *lens = s->w->lens;
    unsigned int nr_lit, nr_dist, nr_lens;

    refill(s);
    nr_lit = take(s, 5) + 257;
    nr_dist = take(s, 5) + 1;
    nr_lens = take(s, 4) + 4;
    if (nr_lit > 286 || nr_dist > 30)
        return -EINVAL;
    memset(lens, 0, 19);
    for (unsigned int i = 0; i < nr_lens; i++) {
        refill(s);
        lens[order[i]] = (uint8_t)take(s, 3);
    }
    if (build(&s->w->lit, lens, 19) || read_code_lens(s, nr_lit + nr_dist) || !lens[END_BLOCK])
        return -EINVAL;
    return build(&s->w->lit, lens, nr_lit) || build(&s->w->dist, lens + nr_lit, nr_dist) ? -EINVAL
                                                                                         : 0;
}

static int inflate(struct inflate *s)
{
    unsigned int last;
    int rc;

    s->bits = s->nr = s->beyond = 0;
    do {
        refill(s);
        last = take(s, 1);
        switch (take(s, 2)) {
        case 0:
            rc = stored_block(s);
            break;
        case 1:
            rc = fixed_codes(s);
            rc = rc ? rc : coded_block(s);
            break;
        case 2:
            rc = dynamic_codes(s);
            rc = rc ? rc : coded_block(s);
            break;
        default:
            rc = -EINVAL;
        }
    } while (!rc && !last);
    return rc ? rc : to_byte_boundary(s);
}

enum { F_HCRC = 2, F_EXTRA = 4, F_NAME = 8, F_COMMENT = 16, F_RESERVED = 0xe0 };
enum { HEADER_LEN = 10, TRAILER_LEN = 8 };

static int skip_string(struct inflate *s)
{
    const uint8_t *p = memchr(s->in, 0, (size_t)(s->end - s->in));

    if (!p)
        return -EINVAL;
    s->in = p + 1;
    return 0;
}

static int skip(struct inflate *s, size_t len)
{
    if (len > (size_t)(s->end - s->in))
        return -EINVAL;
    s->in += len;
    return 0;
}

static bool is_member(const struct inflate *s)
{
    return s->end - s->in >= HEADER_LEN && s->in[0] == 0x1f && s->in[1] == 0x8b && s->in[2] == 8;
}

static int header(struct inflate *s)
{
    unsigned int flags;

    if (!is_member(s))
        return -EINVAL;
    flags = s->in[3];
    s->in += HEADER_LEN;
    if (flags & F_RESERVED)
        return -EOPNOTSUPP;
    if (flags & F_EXTRA) {
        if (s->end - s->in < 2 || skip(s, 2 + (size_t)get_le16(s->in)))
            return -EINVAL;
    }
    if (((flags & F_NAME) && skip_string(s)) || ((flags & F_COMMENT) && skip_string(s)))
        return -EINVAL;
    return flags & F_HCRC ? skip(s, 2) : 0;
}

static int member(struct inflate *s)
{
    int rc = header(s);
    size_t len;

    if (rc)
        return rc;
    s->base = s->out;
    rc = inflate(s);
    if (rc)
        return rc;
    len = (size_t)(s->out - s->base);
    if (s->end - s->in < TRAILER_LEN || get_le32(s->in) != crc32(&s->w->crc32, 0, s->base, len) ||
        get_le32(s->in + 4) != (uint32_t)len)
        return -EINVAL;
    s->in += TRAILER_LEN;
    return 0;
}

int decompress_gzip(const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len,
                    void *scratch)
{
    struct inflate s = {
        .in = in,
        .end = (const uint8_t *)in + in_len,
        .out = out,
        .out_end = (uint8_t *)out + out_cap,
        .w = &((union decompress_scratch *)scratch)->gzip,
    };
    int rc;

    crc32_init(&s.w->crc32);
    do {
        rc = member(&s);
    } while (!rc && is_member(&s));
    if (!rc)
        *out_len = (size_t)(s.out - (uint8_t *)out);
    return rc;
}
