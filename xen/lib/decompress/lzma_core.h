/* SPDX-License-Identifier: MIT */
/* The LZMA decoder proper, for xz.c and lzma.c. Source: the LZMA specification (7-zip.org). */
#ifndef XEN_LIB_DECOMPRESS_LZMA_CORE_H
#define XEN_LIB_DECOMPRESS_LZMA_CORE_H

#include <stddef.h>
#include <stdint.h>

/* No symbol takes more input than this. */
#define LZMA_SYMBOL_MAX 20

#define LZMA_LC_LP_MAX 4

/* Probabilities, in the order in which the decoder lays them out. */
#define LZMA_PROBS_FIXED 1984
#define LZMA_PROBS_MAX   (LZMA_PROBS_FIXED + (0x300 << LZMA_LC_LP_MAX))

#define LZMA_PROB_BITS 11
#define LZMA_PROB_ONE  (1 << LZMA_PROB_BITS)

struct lzma {
    uint32_t range, code;
    uint32_t rep[4]; /* the last distances, less one */
    uint32_t state;
    uint32_t literal_shift; /* 8 - lc */
    uint32_t literal_mask;  /* of the position, above 8 bits for the byte before */
    uint32_t pos_mask;
    uint16_t probs[LZMA_PROBS_MAX];
    uint16_t next[2][LZMA_PROB_ONE]; /* what a probability becomes by a bit of 0, of 1 */
};

enum lzma_stop {
    LZMA_FULL,    /* the output limit is reached */
    LZMA_MARK,    /* the end marker was read */
    LZMA_STARVED, /* the input limit is passed */
    LZMA_CROSSED, /* a match goes across the output limit */
    LZMA_BAD,     /* a distance beyond the start */
};

/* Where to read and write; the decoder moves the first two. */
struct lzma_io {
    const uint8_t *in;
    uint8_t *out;
    const uint8_t *in_limit; /* a symbol may begin up to here; LZMA_SYMBOL_MAX bytes follow */
    uint8_t *out_limit;      /* where to stop */
    uint8_t *out_end;        /* end of the buffer: up to here bytes may be clobbered */
    const uint8_t *window;   /* where the history begins */
};

/* Set lc, lp and pb from the encoded byte. Returns: 0, -EINVAL, -EOPNOTSUPP (lc + lp > 4). */
int lzma_set_props(struct lzma *s, unsigned int props);

/* Before anything else. */
void lzma_init(struct lzma *s);

/* Forget all that was learnt. */
void lzma_reset(struct lzma *s);

/* Read the five bytes at which the range coder starts. Returns: 0 or -EINVAL. */
int lzma_start(struct lzma *s, struct lzma_io *io);

enum lzma_stop lzma_run(struct lzma *s, struct lzma_io *io);

/* Undo the x86 branch filter on a block, whose first byte has address 0. */
void bcj_x86_decode(uint8_t *data, size_t len);

#endif
