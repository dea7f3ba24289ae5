/* SPDX-License-Identifier: MIT */
/* The .lzma file: properties, window size, unpacked size, data. Source: LZMA specification. */
#include <stdbool.h>

#include <xen/lib/bytes.h>
#include <xen/lib/decompress.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

#include "lzma_core.h"
#include "scratch.h"

enum { HEADER_LEN = 13, START_LEN = 5 };

/* Near its end the input moves to a buffer where a symbol may read past the end harmlessly. */
static void move_to_tail(struct lzma_io *io, const uint8_t *end, uint8_t *tail)
{
    size_t left = (size_t)(end - io->in);

    memset(tail, 0, 3 * LZMA_SYMBOL_MAX);
    memcpy(tail, io->in, left);
    io->in = tail;
    io->in_limit = tail + left;
}

static enum lzma_stop run_all(struct lzma *s, struct lzma_io *io, const uint8_t *end, uint8_t *tail)
{
    enum lzma_stop stop = LZMA_STARVED;

    if (end - io->in > LZMA_SYMBOL_MAX) {
        io->in_limit = end - LZMA_SYMBOL_MAX;
        stop = lzma_run(s, io);
    }
    if (stop == LZMA_STARVED) {
        move_to_tail(io, end, tail);
        stop = lzma_run(s, io);
        if (io->in > io->in_limit)
            return LZMA_BAD;
    }
    return stop;
}

/*
 * With a known size an end marker may follow; it carries no data. Without one, the marker is the
 * end, and to fill the buffer before it means that the buffer is too small.
 */
int decompress_lzma(const void *in, size_t in_len, void *out, size_t out_cap, size_t *out_len,
                    void *scratch)
{
    struct lzma_scratch *w = &((union decompress_scratch *)scratch)->lzma;
    const uint8_t *p = in;
    struct lzma_io io = {.out = out, .out_end = (uint8_t *)out + out_cap, .window = out};
    uint64_t size;
    enum lzma_stop stop;
    int rc;

    if (in_len < HEADER_LEN + START_LEN)
        return -EINVAL;
    rc = lzma_set_props(&w->lzma, p[0]);
    if (rc)
        return rc;
    size = get_le64(p + 5);
    if (size != UINT64_MAX && size > out_cap)
        return -E2BIG;
    io.in = p + HEADER_LEN;
    io.out_limit = size == UINT64_MAX ? io.out_end : io.out + size;
    lzma_init(&w->lzma);
    lzma_reset(&w->lzma);
    if (lzma_start(&w->lzma, &io))
        return -EINVAL;
    stop = run_all(&w->lzma, &io, p + in_len, w->tail);
    if ((stop == LZMA_FULL || stop == LZMA_CROSSED) && size == UINT64_MAX)
        return -E2BIG;
    if (stop == LZMA_FULL || (stop == LZMA_MARK && size == UINT64_MAX)) {
        *out_len = (size_t)(io.out - (uint8_t *)out);
        return 0;
    }
    return -EINVAL;
}
