/* SPDX-License-Identifier: MIT */
/* Products that do not fit into 64 bits. */
#ifndef XEN_LIB_MULDIV_H
#define XEN_LIB_MULDIV_H

#include <stdint.h>

__extension__ typedef unsigned __int128 uint128_t;

/* @a * @b / @c rounded down; UINT64_MAX if that does not fit or @c is 0. */
uint64_t muldiv64(uint64_t a, uint64_t b, uint64_t c);

/* The upper 64 bits of @a * @b. */
static inline uint64_t mul_high64(uint64_t a, uint64_t b)
{
    return (uint64_t)(((uint128_t)a * b) >> 64);
}

/* @a * @b >> @shift modulo 2^64; @shift is 0..127. */
static inline uint64_t mul_shift64(uint64_t a, uint64_t b, unsigned int shift)
{
    return (uint64_t)(((uint128_t)a * b) >> shift);
}

#endif
