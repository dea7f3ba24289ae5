/* SPDX-License-Identifier: MIT */
/* Bit streams, FSE and Huffman codes of Zstandard. Source: RFC 8878, section 4. */
#ifndef XEN_LIB_DECOMPRESS_ZSTD_ENTROPY_H
#define XEN_LIB_DECOMPRESS_ZSTD_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/lib/bytes.h>

#include "scratch.h"

/* A stream that is read from its end to its start. */
struct zstd_bits {
    const uint8_t *start;
    size_t len;
    int64_t left; /* bits not read yet; negative after reading more than there were */
};

/* Find the marker bit at the end. Returns: 0 or -EINVAL. */
int zstd_bits_open(struct zstd_bits *b, const uint8_t *start, size_t len);

/* 64 bits (at least 57 of them valid) from bit @from upwards, without touching other memory. */
static inline uint64_t zstd_bits_at(const struct zstd_bits *b, size_t from)
{
    size_t byte = from >> 3;
    uint64_t v = 0;

    if (byte + 8 <= b->len)
        return get_le64(b->start + byte) >> (from & 7);
    for (size_t i = b->len; i-- > byte;)
        v = v << 8 | b->start[i];
    return v >> (from & 7);
}

/* The next @nr <= 32 bits, padded with zeros beyond the start; the position does not move. */
static inline uint32_t zstd_bits_peek(const struct zstd_bits *b, unsigned int nr)
{
    uint64_t mask = (1ull << nr) - 1;

    if (b->left >= (int64_t)nr)
        return (uint32_t)(zstd_bits_at(b, (size_t)b->left - nr) & mask);
    if (b->left <= 0)
        return 0;
    return (uint32_t)(zstd_bits_at(b, 0) << (nr - (unsigned int)b->left) & mask);
}

static inline uint32_t zstd_bits_take(struct zstd_bits *b, unsigned int nr)
{
    uint32_t v = zstd_bits_peek(b, nr);

    b->left -= nr;
    return v;
}

/*
 * Build a decoding table from @nr probabilities (-1: "less than one") whose sum is 1 << @log.
 */
void zstd_fse_build(struct zstd_fse_table *t, const int16_t *probs, unsigned int nr,
                    unsigned int log);

/* A table of one symbol. */
void zstd_fse_single(struct zstd_fse_table *t, uint8_t symbol);

/*
 * Read a table's description at *@p, and move *@p past it.
 * Returns: 0 or -EINVAL (more than @max_symbols, log over @max_log, ...).
 */
int zstd_fse_read(struct zstd_fse_table *t, const uint8_t **p, const uint8_t *end,
                  unsigned int max_symbols, unsigned int max_log);

/* The same for a Huffman tree, into w->huf. */
int zstd_huf_read(struct zstd_scratch *w, const uint8_t **p, const uint8_t *end);

/* Decode exactly @out_len symbols, which must use up exactly the @len bytes. 0 or -EINVAL. */
int zstd_huf_decode(const struct zstd_scratch *w, const uint8_t *in, size_t len, uint8_t *out,
                    size_t out_len);

#endif
