/* SPDX-License-Identifier: MIT */
/* Source: RFC 8878. */
#include <stdbool.h>

#include <xen/lib/bytes.h>
#include <xen/lib/checksum.h>
#include <xen/lib/decompress.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

#include "match.h"
#include "scratch.h"
#include "zstd_entropy.h"

#define MAGIC           0xfd2fb528u
#define MAGIC_SKIPPABLE 0x184d2a50u
#define MIN_MATCH       3

enum { LL, OF, ML };
enum { BLOCK_RAW, BLOCK_RLE, BLOCK_COMPRESSED };
enum { LIT_RAW, LIT_RLE, LIT_COMPRESSED, LIT_TREELESS };
enum { MODE_PREDEFINED, MODE_RLE, MODE_FSE, MODE_REPEAT };

struct zstd {
    const uint8_t *in, *end;
    uint8_t *base; /* of the frame */
    uint8_t *out, *out_end;
    struct zstd_scratch *w;
    size_t rep[3];
};

struct literals {
    const uint8_t *p;
    size_t left;
};

/* Default probabilities of the three kinds of codes. Source: RFC 8878, 3.1.1.3.2.2. */
static const int16_t default_ll[36] = {4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1,  1,  2,  2,
                                       2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1};
static const int16_t default_of[29] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 1,  1,  1,  1,  1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1};
static const int16_t default_ml[53] = {1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1,  1,  1,  1,  1,  1,  1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,  1,  1,  1,  1,  1,  1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1};

static const struct code_kind {
    const int16_t *probs;
    unsigned int nr_default, log_default, nr_max, log_max;
} kinds[] = {
    [LL] = {default_ll, 36, 6, 36, ZSTD_FSE_LL_LOG},
    [OF] = {default_of, 29, 5, 32, ZSTD_FSE_OF_LOG},
    [ML] = {default_ml, 53, 6, 53, ZSTD_FSE_ML_LOG},
};

/* Bits to add to a length code's base. Source: RFC 8878, tables 15 and 16. */
static const uint8_t ll_bits[36] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0,  0,  0,  1,  1,
                                    1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const uint32_t ll_base[36] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,   9,   10,  11,   12,   13,   14,   15,    16,    18,
    20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536};
static const uint8_t ml_bits[53] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0,  0,  0,  0,  0, 0,
                                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0,  0,  1,  1,  1, 1,
                                    2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const uint32_t ml_base[53] = {
    3,  4,  5,  6,  7,  8,  9,  10,  11,  12,  13,   14,   15,   16,   17,    18,    19,   20,
    21, 22, 23, 24, 25, 26, 27, 28,  29,  30,  31,   32,   33,   34,   35,    37,    39,   41,
    43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539};

static inline size_t left(const struct zstd *z)
{
    return (size_t)(z->end - z->in);
}

static inline size_t room(const struct zstd *z)
{
    return (size_t)(z->out_end - z->out);
}

static uint64_t get_le(const uint8_t *p, unsigned int len)
{
    uint64_t v = 0;

    while (len--)
        v = v << 8 | p[len];
    return v;
}

/* Raw and repeated literals. The header is 1 to 3 bytes. */
static int plain_literals(struct zstd *z, const uint8_t **p, const uint8_t *end, bool rle,
                          struct literals *lit)
{
    static const uint8_t header_len[] = {1, 2, 1, 3}, shift[] = {3, 4, 3, 4};
    unsigned int format = **p >> 2 & 3;
    size_t len, stored;

    if ((size_t)(end - *p) < header_len[format])
        return -EINVAL;
    len = (size_t)(get_le(*p, header_len[format]) >> shift[format]);
    *p += header_len[format];
    stored = rle ? 1 : len;
    if (len > ZSTD_BLOCK_MAX || stored > (size_t)(end - *p))
        return -EINVAL;
    if (rle)
        memset(z->w->literals, **p, len);
    *lit = (struct literals){rle ? z->w->literals : *p, len};
    *p += stored;
    return 0;
}

/* Four streams: a table of three lengths, then the streams, each a quarter of the literals. */
static int four_streams(struct zstd *z, const uint8_t *p, size_t len, size_t plain)
{
    size_t quarter = (plain + 3) / 4, rest = len;
    uint8_t *out = z->w->literals;
    const uint8_t *lens = p;

    if (len < 6 || plain < 3 * quarter)
        return -EINVAL;
    p += 6;
    rest -= 6;
    for (int i = 0; i < 4; i++) {
        size_t n = i < 3 ? get_le16(lens + 2 * i) : rest;

        if (n > rest || zstd_huf_decode(z->w, p, n, out, i < 3 ? quarter : plain - 3 * quarter))
            return -EINVAL;
        p += n;
        rest -= n;
        out += quarter;
    }
    return 0;
}

/* Huffman coded literals. The header is 3 to 5 bytes. */
static int huffman_literals(struct zstd *z, const uint8_t **p, const uint8_t *end, bool treeless,
                            struct literals *lit)
{
    static const uint8_t header_len[] = {3, 3, 4, 5}, size_bits[] = {10, 10, 14, 18};
    unsigned int format = **p >> 2 & 3, bits = size_bits[format];
    const uint8_t *data;
    size_t plain, packed;
    uint64_t header;
    int rc;

    if ((size_t)(end - *p) < header_len[format])
        return -EINVAL;
    header = get_le(*p, header_len[format]) >> 4;
    *p += header_len[format];
    plain = (size_t)(header & ((1u << bits) - 1));
    packed = (size_t)(header >> bits);
    if (plain > ZSTD_BLOCK_MAX || packed > (size_t)(end - *p))
        return -EINVAL;
    end = *p + packed;
    if (!treeless && zstd_huf_read(z->w, p, end))
        return -EINVAL;
    if (!z->w->huf_log)
        return -EINVAL;
    data = *p;
    packed = (size_t)(end - data);
    if (format == 0)
        rc = zstd_huf_decode(z->w, data, packed, z->w->literals, plain);
    else
        rc = four_streams(z, data, packed, plain);
    *lit = (struct literals){z->w->literals, plain};
    *p = end;
    return rc;
}

static int read_literals(struct zstd *z, const uint8_t **p, const uint8_t *end,
                         struct literals *lit)
{
    unsigned int type;

    if (*p >= end)
        return -EINVAL;
    type = **p & 3;
    if (type <= LIT_RLE)
        return plain_literals(z, p, end, type == LIT_RLE, lit);
    return huffman_literals(z, p, end, type == LIT_TREELESS, lit);
}

static int read_nr_sequences(const uint8_t **p, const uint8_t *end, unsigned int *nr)
{
    const uint8_t *b = *p;
    size_t len = b < end ? (b[0] < 128 ? 1 : b[0] < 255 ? 2 : 3) : 1;

    if (len > (size_t)(end - b))
        return -EINVAL;
    if (len == 1)
        *nr = b[0];
    else if (len == 2)
        *nr = ((b[0] - 128u) << 8) + b[1];
    else
        *nr = get_le16(b + 1) + 0x7f00u;
    *p += len;
    return 0;
}

static int read_table(struct zstd *z, unsigned int kind, unsigned int mode, const uint8_t **p,
                      const uint8_t *end)
{
    struct zstd_fse_table *t = &z->w->fse[kind];
    const struct code_kind *k = &kinds[kind];

    switch (mode) {
    case MODE_PREDEFINED:
        zstd_fse_build(t, k->probs, k->nr_default, k->log_default);
        return 0;
    case MODE_RLE:
        if (*p >= end || **p >= k->nr_max)
            return -EINVAL;
        zstd_fse_single(t, *(*p)++);
        return 0;
    case MODE_FSE:
        return zstd_fse_read(t, p, end, k->nr_max, k->log_max);
    default:
        return t->valid ? 0 : -EINVAL;
    }
}

/* The distance of a match, by the value of its code and the three last distances. */
static size_t resolve_offset(struct zstd *z, uint64_t value, size_t lit_len)
{
    unsigned int which;
    size_t dist;

    if (value > 3) {
        dist = (size_t)value - 3;
        which = 2;
    } else {
        which = (unsigned int)value - 1 + (lit_len == 0);
        dist = which < 3 ? z->rep[which] : z->rep[0] - 1;
        if (which > 2)
            which = 2;
    }
    for (; which; which--)
        z->rep[which] = z->rep[which - 1];
    z->rep[0] = dist;
    return dist;
}

static int run_sequence(struct zstd *z, struct literals *lit, size_t lit_len, uint64_t offset,
                        size_t match_len)
{
    size_t dist = resolve_offset(z, offset, lit_len);

    if (lit_len > lit->left)
        return -EINVAL;
    if (lit_len > room(z) || match_len > room(z) - lit_len)
        return -E2BIG;
    memcpy(z->out, lit->p, lit_len);
    z->out += lit_len;
    lit->p += lit_len;
    lit->left -= lit_len;
    if (!dist || dist > (size_t)(z->out - z->base))
        return -EINVAL;
    copy_match(z->out, dist, match_len, z->out_end);
    z->out += match_len;
    return 0;
}

static inline void next_state(const struct zstd_fse_table *t, const struct zstd_fse_entry **e,
                              struct zstd_bits *bits)
{
    *e = &t->entry[(*e)->next + zstd_bits_take(bits, (*e)->bits)];
}

static int run_sequences(struct zstd *z, struct literals *lit, struct zstd_bits *bits,
                         unsigned int nr)
{
    const struct zstd_fse_table *t = z->w->fse;
    const struct zstd_fse_entry *ll = &t[LL].entry[zstd_bits_take(bits, t[LL].log)];
    const struct zstd_fse_entry *of = &t[OF].entry[zstd_bits_take(bits, t[OF].log)];
    const struct zstd_fse_entry *ml = &t[ML].entry[zstd_bits_take(bits, t[ML].log)];

    for (;;) {
        uint64_t offset = (1ull << of->symbol) + zstd_bits_take(bits, of->symbol);
        size_t match_len = ml_base[ml->symbol] + zstd_bits_take(bits, ml_bits[ml->symbol]);
        size_t lit_len = ll_base[ll->symbol] + zstd_bits_take(bits, ll_bits[ll->symbol]);
        int rc = bits->left < 0 ? -EINVAL : run_sequence(z, lit, lit_len, offset, match_len);

        if (rc)
            return rc;
        if (--nr == 0)
            return bits->left == 0 ? 0 : -EINVAL;
        next_state(&t[LL], &ll, bits);
        next_state(&t[ML], &ml, bits);
        next_state(&t[OF], &of, bits);
    }
}

static int read_sequences(struct zstd *z, const uint8_t *p, const uint8_t *end,
                          struct literals *lit)
{
    struct zstd_bits bits;
    unsigned int nr, modes;

    if (read_nr_sequences(&p, end, &nr))
        return -EINVAL;
    if (!nr)
        return p == end ? 0 : -EINVAL;
    if (p >= end || (*p & 3))
        return -EINVAL;
    modes = *p++;
    if (read_table(z, LL, modes >> 6, &p, end) || read_table(z, OF, modes >> 4 & 3, &p, end) ||
        read_table(z, ML, modes >> 2 & 3, &p, end) || zstd_bits_open(&bits, p, (size_t)(end - p)))
        return -EINVAL;
    return run_sequences(z, lit, &bits, nr);
}

static int compressed_block(struct zstd *z, size_t len)
{
    const uint8_t *p = z->in, *end = p + len;
    struct literals lit;
    int rc = read_literals(z, &p, end, &lit);

    if (!rc)
        rc = read_sequences(z, p, end, &lit);
    if (rc)
        return rc;
    if (lit.left > room(z))
        return -E2BIG;
    memcpy(z->out, lit.p, lit.left);
    z->out += lit.left;
    return 0;
}

static int block(struct zstd *z, bool *last)
{
    uint32_t header;
    size_t len, stored;
    unsigned int type;
    int rc = 0;

    if (left(z) < 3)
        return -EINVAL;
    header = (uint32_t)get_le(z->in, 3);
    z->in += 3;
    *last = header & 1;
    type = header >> 1 & 3;
    len = header >> 3;
    stored = type == BLOCK_RLE ? 1 : len;
    if (type > BLOCK_COMPRESSED || len > ZSTD_BLOCK_MAX || stored > left(z))
        return -EINVAL;
    if (type == BLOCK_COMPRESSED) {
        rc = compressed_block(z, len);
    } else {
        if (len > room(z))
            return -E2BIG;
        if (type == BLOCK_RAW)
            memcpy(z->out, z->in, len);
        else
            memset(z->out, z->in[0], len);
        z->out += len;
    }
    z->in += stored;
    return rc;
}

struct frame_header {
    uint64_t size; /* UINT64_MAX if not given */
    bool checksum;
    size_t len; /* with the magic number */
};

static int read_header(const uint8_t *p, size_t len, struct frame_header *h)
{
    static const uint8_t id_lens[] = {0, 1, 2, 4}, size_lens[] = {0, 2, 4, 8};
    unsigned int flags, size_len, id_len;
    bool single;

    if (len < 5 || get_le32(p) != MAGIC)
        return -EINVAL;
    flags = p[4];
    if (flags & 8)
        return -EOPNOTSUPP;
    single = flags & 0x20;
    id_len = id_lens[flags & 3];
    size_len = flags >> 6 || !single ? size_lens[flags >> 6] : 1;
    h->len = 5 + !single + id_len + size_len;
    if (len < h->len)
        return -EINVAL;
    p += 5 + !single;
    if (get_le(p, id_len))
        return -EOPNOTSUPP;
    h->size = size_len ? get_le(p + id_len, size_len) + (size_len == 2 ? 256 : 0) : UINT64_MAX;
    h->checksum = flags & 4;
    return 0;
}

static void forget_tables(struct zstd_scratch *w)
{
    for (int i = 0; i < 3; i++)
        w->fse[i].valid = false;
    w->huf_log = 0;
}

static int data_frame(struct zstd *z)
{
    struct frame_header h;
    bool last = false;
    size_t len;
    int rc = read_header(z->in, left(z), &h);

    if (rc)
        return rc;
    z->in += h.len;
    z->base = z->out;
    z->rep[0] = 1;
    z->rep[1] = 4;
    z->rep[2] = 8;
    forget_tables(z->w);
    while (!rc && !last)
        rc = block(z, &last);
    if (rc)
        return rc;
    len = (size_t)(z->out - z->base);
    if (h.size != UINT64_MAX && h.size != len)
        return -EINVAL;
    if (h.checksum) {
        if (left(z) < 4 || get_le32(z->in) != (uint32_t)xxh64(z->base, len, 0))
            return -EINVAL;
        z->in += 4;
    }
    return 0;
}

static int skippable(struct zstd *z)
{
    size_t len;

    if (left(z) < 8)
        return -EINVAL;
    len = get_le32(z->in + 4);
    if (len > left(z) - 8)
        return -EINVAL;
    z->in += 8 + len;
    return 0;
}

/* Returns: 0, an error, or -ENOENT when what follows is not a frame. */
static int frame(struct zstd *z)
{
    if (left(z) < 4)
        return -ENOENT;
    if (get_le32(z->in) == MAGIC)
        return data_frame(z);
    return (get_le32(z->in) & ~15u) == MAGIC_SKIPPABLE ? skippable(z) : -ENOENT;
}

int decompress_zstd(const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len,
                    void *scratch)
{
    struct zstd z = {
        .in = in,
        .end = (const uint8_t *)in + in_len,
        .out = out,
        .out_end = (uint8_t *)out + out_cap,
        .w = &((union decompress_scratch *)scratch)->zstd,
    };
    int rc = frame(&z);

    if (rc == -ENOENT)
        return -EINVAL;
    while (!rc)
        rc = frame(&z);
    if (rc != -ENOENT)
        return rc;
    *out_len = (size_t)(z.out - (uint8_t *)out);
    return 0;
}

int zstd_plain_size(const uint8_t *in, size_t len, uint64_t *size)
{
    struct frame_header h;

    if (read_header(in, len, &h) || h.size == UINT64_MAX)
        return -EINVAL;
    *size = h.size;
    return 0;
}
