/* SPDX-License-Identifier: MIT */
/*
 * The x86 branch filter: the encoder turned the relative targets of CALL and JMP into absolute
 * ones, which repeat more often.
 *
 * Source: the .xz file format, 5.3.2, and the behaviour of xz(1).
 */
#include <stdbool.h>

#include <xen/lib/bytes.h>

#include "lzma_core.h"

#define OPCODE_LEN 5

static inline bool plausible_top(uint8_t b)
{
    return b == 0x00 || b == 0xff;
}

/* The first 0xe8 or 0xe9 in @p .. @end - 1, or @end. */
static inline uint8_t *find_branch(uint8_t *p, uint8_t *end)
{
    const uint64_t ones = 0x0101010101010101ull;

    while (end - p >= 8) {
        uint64_t v = (get_le64(p) & (ones * 0xfe)) ^ (ones * 0xe8);

        v = (v - ones) & ~v & (ones * 0x80);
        if (v)
            return p + (__builtin_ctzll(v) >> 3);
        p += 8;
    }
    while (p < end && (*p & 0xfe) != 0xe8)
        p++;
    return p;
}

/*
 * @recent says where opcodes stood that were not converted: bit n-1 is for n bytes ago. The
 * encoder converts only if the bytes where such an opcode's operand had its top byte rule it out.
 */
static inline bool may_convert(unsigned int recent, const uint8_t *p)
{
    if (!recent)
        return true;
    if (recent == 3 || recent > 4)
        return false;
    return !plausible_top(p[recent == 4 ? 1 : 4 - recent]);
}

/*
 * The operand whose absolute form is @value, of an instruction that ends at @next. Where an
 * opcode is near, the encoder went on until the byte in question was not plausible any more;
 * that takes two rounds, and the bound is for data that no encoder made.
 */
static uint32_t relative_target(uint32_t value, uint32_t next, unsigned int recent)
{
    unsigned int nr_low = 32 - 8 * (recent == 4 ? 3 : recent);

    for (int round = 0; round < 8; round++) {
        value -= next;
        if (!recent || !plausible_top((uint8_t)(value >> (nr_low - 8))))
            break;
        value ^= (uint32_t)((1ull << nr_low) - 1);
    }
    return value;
}

void bcj_x86_decode(uint8_t *data, size_t len)
{
    uint8_t *p = data, *end, *last = NULL;
    unsigned int recent = 0;

    if (len < OPCODE_LEN)
        return;
    end = data + len - (OPCODE_LEN - 1);
    while ((p = find_branch(p, end)) < end) {
        size_t gap = last ? (size_t)(p - last) : 4;

        recent = gap > 3 ? 0 : (recent << (gap - 1)) & 7;
        last = p;
        if (may_convert(recent, p) && plausible_top(p[4])) {
            uint32_t v =
                relative_target(get_le32(p + 1), (uint32_t)(p - data) + OPCODE_LEN, recent);

            put_le32(p + 1, (v & 0x01ffffff) | (v & 0x01000000 ? 0xff000000 : 0));
            p += OPCODE_LEN;
            recent = 0;
        } else {
            recent = (recent << 1 | 1) & 7;
            p++;
        }
    }
}
