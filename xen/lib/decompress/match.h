/* SPDX-License-Identifier: MIT */
#ifndef LIB_DECOMPRESS_MATCH_H
#define LIB_DECOMPRESS_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include <xen/lib/bytes.h>

/* Copy @len bytes to @out from @dist (not 0) before it; both checked by the caller, @out_end is
 * where room ends. By words where that changes nothing, so up to 7 bytes after them are written. */
static inline void copy_match(uint8_t *out, size_t dist, size_t len, const uint8_t *out_end)
{
    const uint8_t *from = out - dist;
    uint8_t *end = out + len;

    if (dist >= 8 && (size_t)(out_end - end) >= 8) {
        do {
            uint64_t w = get_le64(from);

            __builtin_memcpy(out, &w, sizeof(w));
            from += sizeof(w);
            out += sizeof(w);
        } while (out < end);
        return;
    }
    while (out < end)
        *out++ = *from++;
}

#endif
