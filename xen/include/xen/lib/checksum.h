/* SPDX-License-Identifier: MIT */
/*
 * Checksums of the compressed formats.
 *
 * The tables lie in memory of the caller (no globals), filled once by the _init function.
 */
#ifndef XEN_LIB_CHECKSUM_H
#define XEN_LIB_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 as in gzip and xz: polynomial 0xedb88320, reflected. Source: RFC 1952, section 8. */
#define CRC32_FOLD_BACK  3006 /* words that crc32() looks back in long data */
#define CRC32_FOLD_WORDS (3 * CRC32_FOLD_BACK)
#define CRC32_FOLD_MIN   (2 * CRC32_FOLD_BACK) /* words from which data are long */

struct crc32_table {
    uint32_t t[8][256];              /* eight bytes per step */
    uint64_t fold[CRC32_FOLD_WORDS]; /* room to work in */
};

void crc32_init(struct crc32_table *table);
/* Go on from @crc (0 at the start). */
uint32_t crc32(struct crc32_table *table, uint32_t crc, const void *data, size_t len);
/* The same without a table: small, for short pieces. */
uint32_t crc32_small(uint32_t crc, const void *data, size_t len);

/* CRC-64 as in xz: polynomial 0xc96c5795d7870f42, reflected. Source: ECMA-182. */
struct crc64_table {
    uint64_t t[8][256];
};

void crc64_init(struct crc64_table *table);
uint64_t crc64(const struct crc64_table *table, uint64_t crc, const void *data, size_t len);

/* xxHash. Source: the algorithm's specification, "xxHash fast digest algorithm" 0.1.1. */
uint32_t xxh32(const void *data, size_t len, uint32_t seed);
uint64_t xxh64(const void *data, size_t len, uint64_t seed);

#endif
