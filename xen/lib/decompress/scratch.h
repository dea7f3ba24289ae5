/* SPDX-License-Identifier: MIT */
/* The working memory of all decoders: one at a time uses it. */
#ifndef XEN_LIB_DECOMPRESS_SCRATCH_H
#define XEN_LIB_DECOMPRESS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/lib/checksum.h>

#include "lzma_core.h"

struct xz_scratch {
    struct lzma lzma;
    union {
        struct crc32_table crc32;
        struct crc64_table crc64;
    } crc;
};

struct lzma_scratch {
    struct lzma lzma;
    uint8_t tail[3 * LZMA_SYMBOL_MAX];
};

#define INFLATE_FAST_BITS 10
#define INFLATE_SYMBOLS   288

struct inflate_tree {
    uint16_t fast[1u << INFLATE_FAST_BITS]; /* symbol << 4 | length; 0: longer than FAST_BITS */
    uint16_t count[16];                     /* codes of each length */
    uint16_t symbol[INFLATE_SYMBOLS];       /* in the order of the codes */
};

struct gzip_scratch {
    struct inflate_tree lit, dist;
    uint8_t lens[320];
    struct crc32_table crc32;
};

#define ZSTD_HUF_BITS   11
#define ZSTD_BLOCK_MAX  (128u << 10)
#define ZSTD_FSE_LL_LOG 9
#define ZSTD_FSE_OF_LOG 8
#define ZSTD_FSE_ML_LOG 9

struct zstd_fse_entry {
    uint16_t next; /* base of the next state */
    uint8_t symbol, bits;
};

struct zstd_huf_entry {
    uint8_t symbol, bits;
};

struct zstd_fse_table {
    unsigned int log; /* 0: a single symbol, always */
    bool valid;
    struct zstd_fse_entry entry[1u << ZSTD_FSE_LL_LOG];
};

struct zstd_scratch {
    struct zstd_fse_table fse[3]; /* literal lengths, offsets, match lengths */
    struct zstd_fse_table weights;
    unsigned int huf_log; /* 0: no table yet */
    struct zstd_huf_entry huf[1u << ZSTD_HUF_BITS];
    uint8_t literals[ZSTD_BLOCK_MAX + 32];
};

union decompress_scratch {
    struct xz_scratch xz;
    struct lzma_scratch lzma;
    struct gzip_scratch gzip;
    struct zstd_scratch zstd;
};

/* What the formats say about the unpacked size, if they do. Returns: 0 or -EINVAL. */
int xz_plain_size(const uint8_t *in, size_t len, uint64_t *size);
int zstd_plain_size(const uint8_t *in, size_t len, uint64_t *size);

#endif
