/* SPDX-License-Identifier: MIT */
/* Source: LZ4 Block Format Description. */
#include "dom.h"

#define MIN_MATCH 4u

/* A length that went beyond its four bits goes on in bytes up to one that is not 255. */
static bool more_length(const uint8_t *in, size_t in_len, size_t *pos, size_t *len)
{
    uint8_t b;

    if (*len != 15)
        return true;
    do {
        if (*pos >= in_len)
            return false;
        b = in[(*pos)++];
        *len += b;
    } while (b == 255);
    return true;
}

long dom_lz4_block(const uint8_t *in, size_t in_len, uint8_t *out, size_t room)
{
    size_t pos = 0, done = 0;

    while (pos < in_len) {
        uint8_t token = in[pos++];
        size_t literals = token >> 4, match = token & 15, back;

        if (!more_length(in, in_len, &pos, &literals) || literals > in_len - pos ||
            literals > room - done)
            return -1;
        memcpy(out + done, in + pos, literals);
        done += literals;
        pos += literals;
        if (pos == in_len)
            return (long)done; /* the last sequence has no match */
        if (in_len - pos < 2)
            return -1;
        back = in[pos] | (size_t)in[pos + 1] << 8;
        pos += 2;
        if (!more_length(in, in_len, &pos, &match))
            return -1;
        match += MIN_MATCH;
        if (back == 0 || back > done || match > room - done)
            return -1;
        /* A match may overlap what it makes. */
        for (; match; match--, done++)
            out[done] = out[done - back];
    }
    return -1;
}
