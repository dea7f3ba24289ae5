/* SPDX-License-Identifier: MIT */
/* Source: RFC 8878, sections 4.1 (FSE) and 4.2 (Huffman). */
#include <xen/lib/compiler.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

#include "zstd_entropy.h"

#define FSE_MAX_SYMBOLS 53 /* match lengths have most */
#define WEIGHT_LOG_MAX  6
#define HUF_SYMBOLS     256

static unsigned int top_bit(uint32_t v)
{
    return 31 - (unsigned int)__builtin_clz(v);
}

int zstd_bits_open(struct zstd_bits *b, const uint8_t *start, size_t len)
{
    if (!len || !start[len - 1])
        return -EINVAL;
    b->start = start;
    b->len = len;
    b->left = (int64_t)(len - 1) * 8 + top_bit(start[len - 1]);
    return 0;
}

/* Spread the symbols over the cells; those of probability -1 take the last ones. */
static void spread(struct zstd_fse_table *t, const int16_t *probs, unsigned int nr)
{
    unsigned int size = 1u << t->log, mask = size - 1, high = size - 1;
    unsigned int step = (size >> 1) + (size >> 3) + 3, pos = 0;

    for (unsigned int s = 0; s < nr; s++) {
        if (probs[s] == -1)
            t->entry[high--].symbol = (uint8_t)s;
    }
    for (unsigned int s = 0; s < nr; s++) {
        for (int i = 0; i < probs[s]; i++) {
            t->entry[pos].symbol = (uint8_t)s;
            do {
                pos = (pos + step) & mask;
            } while (pos > high);
        }
    }
}

void zstd_fse_build(struct zstd_fse_table *t, const int16_t *probs, unsigned int nr,
                    unsigned int log)
{
    uint16_t next[FSE_MAX_SYMBOLS];

    t->log = log;
    t->valid = true;
    spread(t, probs, nr);
    for (unsigned int s = 0; s < nr; s++)
        next[s] = (uint16_t)(probs[s] == -1 ? 1 : probs[s]);
    for (unsigned int i = 0; i < 1u << log; i++) {
        struct zstd_fse_entry *e = &t->entry[i];
        unsigned int state = next[e->symbol]++;

        e->bits = (uint8_t)(log - top_bit(state));
        e->next = (uint16_t)((state << e->bits) - (1u << log));
    }
}

void zstd_fse_single(struct zstd_fse_table *t, uint8_t symbol)
{
    t->log = 0;
    t->valid = true;
    t->entry[0] = (struct zstd_fse_entry){0, symbol, 0};
}

/* A stream that is read from its start, for the descriptions of tables. */
struct forward {
    const uint8_t *p;
    size_t nr_bits, pos;
};

static uint32_t peek(const struct forward *f, unsigned int nr)
{
    uint32_t v = 0;

    for (unsigned int i = 0; i < nr && f->pos + i < f->nr_bits; i++)
        v |= (uint32_t)(f->p[(f->pos + i) >> 3] >> ((f->pos + i) & 7) & 1) << i;
    return v;
}

/* A number 0..@max, of which the small ones take a bit less. */
static uint32_t read_value(struct forward *f, uint32_t max)
{
    unsigned int bits = top_bit(max) + 1;
    uint32_t short_limit = (1u << bits) - 1 - max;
    uint32_t v = peek(f, bits), low = v & ((1u << (bits - 1)) - 1);

    if (low < short_limit) {
        f->pos += bits - 1;
        return low;
    }
    f->pos += bits;
    return v >= 1u << (bits - 1) ? v - short_limit : v;
}

/* After a probability of zero: how many more zeros follow, in groups of up to three. */
static unsigned int read_zeros(struct forward *f, unsigned int room)
{
    unsigned int zeros = 0, more;

    do {
        more = peek(f, 2);
        f->pos += 2;
        zeros += more;
    } while (more == 3 && zeros <= room);
    return zeros;
}

int zstd_fse_read(struct zstd_fse_table *t, const uint8_t **p, const uint8_t *end,
                  unsigned int max_symbols, unsigned int max_log)
{
    struct forward f = {*p, (size_t)(end - *p) * 8, 4};
    int16_t probs[FSE_MAX_SYMBOLS];
    unsigned int log, nr = 0;
    int left;

    t->valid = false;
    if (*p >= end)
        return -EINVAL;
    log = (**p & 15) + 5u;
    if (log > max_log)
        return -EINVAL;
    left = 1 << log;
    while (left > 0 && nr < max_symbols) {
        int prob = (int)read_value(&f, (uint32_t)left + 1) - 1;

        left -= prob < 0 ? 1 : prob;
        probs[nr++] = (int16_t)prob;
        if (prob == 0) {
            unsigned int zeros = read_zeros(&f, max_symbols - nr);

            if (zeros > max_symbols - nr)
                return -EINVAL;
            for (; zeros; zeros--)
                probs[nr++] = 0;
        }
    }
    if (left != 0 || f.pos > f.nr_bits)
        return -EINVAL;
    zstd_fse_build(t, probs, nr, log);
    *p += (f.pos + 7) / 8;
    return 0;
}

/* Weights coded by FSE with two states that take turns. Returns: how many, or -EINVAL. */
static int coded_weights(struct zstd_fse_table *t, const uint8_t *p, const uint8_t *end,
                         uint8_t *weights)
{
    struct zstd_bits bits;
    const struct zstd_fse_entry *e[2];
    int nr = 0;

    if (zstd_fse_read(t, &p, end, FSE_MAX_SYMBOLS, WEIGHT_LOG_MAX) ||
        zstd_bits_open(&bits, p, (size_t)(end - p)))
        return -EINVAL;
    e[0] = &t->entry[zstd_bits_take(&bits, t->log)];
    e[1] = &t->entry[zstd_bits_take(&bits, t->log)];
    if (bits.left < 0)
        return -EINVAL;
    for (unsigned int turn = 0;; turn ^= 1) {
        if (nr + 2 > HUF_SYMBOLS - 1)
            return -EINVAL;
        weights[nr++] = e[turn]->symbol;
        if (bits.left < e[turn]->bits) {
            weights[nr++] = e[turn ^ 1]->symbol;
            return nr;
        }
        e[turn] = &t->entry[e[turn]->next + zstd_bits_take(&bits, e[turn]->bits)];
    }
}

static int direct_weights(const uint8_t *p, const uint8_t *end, unsigned int nr, uint8_t *weights)
{
    if ((nr + 1) / 2 > (size_t)(end - p))
        return -EINVAL;
    for (unsigned int i = 0; i < nr; i++)
        weights[i] = i & 1 ? p[i / 2] & 15 : p[i / 2] >> 4;
    return (int)nr;
}

/* The last weight is not written: it makes the sum a power of two. Returns: 0 or -EINVAL. */
static int complete_weights(uint8_t *weights, unsigned int *nr, unsigned int *log)
{
    uint32_t sum = 0, rest;

    for (unsigned int i = 0; i < *nr; i++) {
        if (weights[i] > ZSTD_HUF_BITS)
            return -EINVAL;
        sum += weights[i] ? 1u << (weights[i] - 1) : 0;
    }
    if (!sum || sum >= 1u << ZSTD_HUF_BITS)
        return -EINVAL;
    *log = top_bit(sum) + 1;
    rest = (1u << *log) - sum;
    if (rest & (rest - 1))
        return -EINVAL;
    weights[(*nr)++] = (uint8_t)(top_bit(rest) + 1);
    return 0;
}

static void fill_huf(struct zstd_scratch *w, const uint8_t *weights, unsigned int nr)
{
    struct zstd_huf_entry *e = w->huf;

    for (unsigned int weight = 1; weight <= w->huf_log; weight++) {
        for (unsigned int s = 0; s < nr; s++) {
            if (weights[s] != weight)
                continue;
            for (unsigned int i = 0; i < 1u << (weight - 1); i++)
                *e++ = (struct zstd_huf_entry){(uint8_t)s, (uint8_t)(w->huf_log + 1 - weight)};
        }
    }
}

int zstd_huf_read(struct zstd_scratch *w, const uint8_t **p, const uint8_t *end)
{
    uint8_t weights[HUF_SYMBOLS];
    const uint8_t *body = *p + 1;
    unsigned int nr, len;
    int n;

    w->huf_log = 0;
    if (*p >= end)
        return -EINVAL;
    if (**p >= 128) {
        nr = **p - 127u;
        len = (nr + 1) / 2;
        n = direct_weights(body, end, nr, weights);
    } else {
        len = **p;
        if (len > (size_t)(end - body))
            return -EINVAL;
        n = coded_weights(&w->weights, body, body + len, weights);
    }
    if (n < 0)
        return n;
    nr = (unsigned int)n;
    if (complete_weights(weights, &nr, &w->huf_log)) {
        w->huf_log = 0;
        return -EINVAL;
    }
    fill_huf(w, weights, nr);
    *p = body + len;
    return 0;
}

int zstd_huf_decode(const struct zstd_scratch *w, const uint8_t *in, size_t len, uint8_t *out,
                    size_t out_len)
{
    struct zstd_bits bits;
    uint8_t *end = out + out_len;

    if (zstd_bits_open(&bits, in, len))
        return -EINVAL;
    /* Four symbols at most 11 bits each come from one word. */
    while (end - out >= 4 && bits.left >= 56) {
        uint64_t v = zstd_bits_at(&bits, (size_t)bits.left - 56) << 8;
        unsigned int used = 0;

        for (int i = 0; i < 4; i++) {
            const struct zstd_huf_entry *e = &w->huf[v << used >> (64 - w->huf_log)];

            *out++ = e->symbol;
            used += e->bits;
        }
        bits.left -= used;
    }
    while (out < end) {
        const struct zstd_huf_entry *e = &w->huf[zstd_bits_peek(&bits, w->huf_log)];

        *out++ = e->symbol;
        bits.left -= e->bits;
        if (bits.left < 0)
            return -EINVAL;
    }
    return bits.left == 0 ? 0 : -EINVAL;
}
