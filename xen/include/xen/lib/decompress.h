/* SPDX-License-Identifier: MIT */
/*
 * Decoders of compressed kernels and ramdisks.
 *
 * The output buffer is the decoders' window: it must not overlap the input. There are no globals
 * and nothing is allocated; @scratch is decompress_scratch() bytes aligned as for any object (its
 * contents do not matter). Bytes after the compressed data, such as the size that Linux appends,
 * are tolerated.
 *
 * Returns: 0 with the length in *@out_len; -EINVAL (damaged, cut short, wrong checksum);
 *          -E2BIG (more than @out_cap bytes); -EOPNOTSUPP (a feature of the format that is not
 *          supported); -ENOENT (decompress() only: no format it knows). On error *@out_len is
 *          untouched and the contents of @out are undefined.
 */
#ifndef XEN_LIB_DECOMPRESS_H
#define XEN_LIB_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include <xen/lib/compiler.h>

size_t decompress_scratch(void);

/* Chooses by the first bytes. */
int __must_check decompress(const void *in, size_t in_len, void *out, size_t out_cap,
                            size_t *out_len, void *scratch);

/* The .xz file format 1.0.4: LZMA2 with or without the x86 filter; SHA-256 is not verified. */
int __must_check decompress_xz(const void *in, size_t in_len, void *out, size_t out_cap,
                               size_t *out_len, void *scratch);
/*
 * The .lzma format ("LZMA alone"), with lc + lp <= 4. When the data do not tell their size, the
 * buffer has to have a byte to spare: the end marker is read where another byte might stand.
 */
int __must_check decompress_lzma(const void *in, size_t in_len, void *out, size_t out_cap,
                                 size_t *out_len, void *scratch);
/* RFC 1952 and RFC 1951. Several members follow each other. */
int __must_check decompress_gzip(const void *in, size_t in_len, void *out, size_t out_cap,
                                 size_t *out_len, void *scratch);
/* LZ4 frame format 1.6.2: legacy and modern frames, no dictionaries. */
int __must_check decompress_lz4(const void *in, size_t in_len, void *out, size_t out_cap,
                                size_t *out_len, void *scratch);
/* RFC 8878: no dictionaries. */
int __must_check decompress_zstd(const void *in, size_t in_len, void *out, size_t out_cap,
                                 size_t *out_len, void *scratch);

/*
 * What the compressed data, or the four bytes Linux appends to it, say about the unpacked size.
 * Not to be trusted further than for choosing how much to allocate.
 * Returns: 0, -ENOENT (unknown format), -EINVAL (nothing there).
 */
int __must_check decompress_size_hint(const void *in, size_t in_len, uint64_t *size);

/* The longest beginning of the data that the format's check needs. */
#define DECOMPRESS_MAGIC_LEN 13

#endif
