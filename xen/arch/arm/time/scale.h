/* SPDX-License-Identifier: MIT */
/*
 * From one rate to another: so many of the one for each of the other. Counters have 1 kHz to
 * 4 GHz; since Armv8.6 it is 1 GHz (Arm ARM D11.1.2), as many as there are nanoseconds.
 */
#ifndef TIME_SCALE_H
#define TIME_SCALE_H

#include <xen/types.h>

struct scale {
    uint64_t whole;
    uint64_t frac; /* 64 bits behind the point */
};

/* a / b for a < b < 2^32, 64 bits behind the point. */
static inline uint64_t scale_fraction(uint64_t a, uint64_t b)
{
    uint64_t high = (a << 32) / b, rest = (a << 32) % b;

    return high << 32 | (rest << 32) / b;
}

/* @from, @to  in Hz, not 0. */
static inline struct scale scale_of(uint32_t from, uint32_t to)
{
    return (struct scale){.whole = to / from, .frac = scale_fraction(to % from, from)};
}

/* Rounded down; less by at most one where the fraction does not end. */
static always_inline uint64_t scale(const struct scale *s, uint64_t n)
{
    return n * s->whole + (uint64_t)((unsigned __int128)n * s->frac >> 64);
}

#endif
