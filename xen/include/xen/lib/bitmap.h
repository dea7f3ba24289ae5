/* SPDX-License-Identifier: MIT */
/*
 * Bits in words and in arrays of unsigned long.
 *
 * Bit n is bit n % BITS_PER_LONG of word n / BITS_PER_LONG. Names without underscores are atomic
 * with respect to each other (set_bit and clear_bit are relaxed, the test_and_ forms are full
 * barriers, as is usual for locks and pending flags); names with two underscores are plain.
 * Bits past @nr in the last word are never taken into account, and are cleared by those bitmap_
 * functions that write whole words, except where said.
 */
#ifndef XEN_LIB_BITMAP_H
#define XEN_LIB_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITS_PER_BYTE 8
#ifndef BITS_PER_LONG
#define BITS_PER_LONG (__SIZEOF_LONG__ * 8)
#endif
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)

#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

static inline unsigned long bit_mask(unsigned int nr)
{
    return 1UL << (nr % BITS_PER_LONG);
}

static inline bool test_bit(unsigned int nr, const volatile unsigned long *map)
{
    return (map[nr / BITS_PER_LONG] >> (nr % BITS_PER_LONG)) & 1;
}

static inline void __set_bit(unsigned int nr, unsigned long *map)
{
    map[nr / BITS_PER_LONG] |= bit_mask(nr);
}

static inline void __clear_bit(unsigned int nr, unsigned long *map)
{
    map[nr / BITS_PER_LONG] &= ~bit_mask(nr);
}

static inline void __change_bit(unsigned int nr, unsigned long *map)
{
    map[nr / BITS_PER_LONG] ^= bit_mask(nr);
}

static inline bool __test_and_set_bit(unsigned int nr, unsigned long *map)
{
    bool old = test_bit(nr, map);

    __set_bit(nr, map);
    return old;
}

static inline bool __test_and_clear_bit(unsigned int nr, unsigned long *map)
{
    bool old = test_bit(nr, map);

    __clear_bit(nr, map);
    return old;
}

static inline void set_bit(unsigned int nr, volatile unsigned long *map)
{
    (void)__atomic_fetch_or(&map[nr / BITS_PER_LONG], bit_mask(nr), __ATOMIC_RELAXED);
}

static inline void clear_bit(unsigned int nr, volatile unsigned long *map)
{
    (void)__atomic_fetch_and(&map[nr / BITS_PER_LONG], ~bit_mask(nr), __ATOMIC_RELAXED);
}

static inline bool test_and_set_bit(unsigned int nr, volatile unsigned long *map)
{
    return __atomic_fetch_or(&map[nr / BITS_PER_LONG], bit_mask(nr), __ATOMIC_SEQ_CST) &
           bit_mask(nr);
}

static inline bool test_and_clear_bit(unsigned int nr, volatile unsigned long *map)
{
    return __atomic_fetch_and(&map[nr / BITS_PER_LONG], ~bit_mask(nr), __ATOMIC_SEQ_CST) &
           bit_mask(nr);
}

static inline bool test_and_change_bit(unsigned int nr, volatile unsigned long *map)
{
    return __atomic_fetch_xor(&map[nr / BITS_PER_LONG], bit_mask(nr), __ATOMIC_SEQ_CST) &
           bit_mask(nr);
}

/* Index of the lowest or highest set bit; @x is not 0. */
static inline unsigned int lowest_bit(unsigned long x)
{
    return (unsigned int)__builtin_ctzl(x);
}

static inline unsigned int highest_bit(unsigned long x)
{
    return BITS_PER_LONG - 1 - (unsigned int)__builtin_clzl(x);
}

/* 1 + the index of the lowest (ffs) or highest (fls) set bit; 0 if there is none. */
#if __STDC_HOSTED__
int ffs(int x); /* the C library's, with the same meaning */
int ffsl(long x);
#else
static inline int ffs(int x)
{
    return __builtin_ffs(x);
}

static inline int ffsl(long x)
{
    return __builtin_ffsl(x);
}
#endif

static inline unsigned int flsl(unsigned long x)
{
    return x ? highest_bit(x) + 1 : 0;
}

static inline unsigned int fls(unsigned int x)
{
    return flsl(x);
}

static inline unsigned int ffs64(uint64_t x)
{
    return x ? (unsigned int)__builtin_ctzll(x) + 1 : 0;
}

static inline unsigned int fls64(uint64_t x)
{
    return x ? 64 - (unsigned int)__builtin_clzll(x) : 0;
}

/* The logarithm to base 2, rounded down; @x is not 0. */
static inline unsigned int ilog2(uint64_t x)
{
    return fls64(x) - 1;
}

/* The smallest n with 1 << n >= @x. */
static inline unsigned int ilog2_ceil(uint64_t x)
{
    return x <= 1 ? 0 : fls64(x - 1);
}

static inline bool is_power_of_2(uint64_t x)
{
    return x && !(x & (x - 1));
}

/* Number of set bits; without the CPU's instruction, which not every processor has. */
static inline unsigned int hweight64(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555ULL;
    x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
    return (unsigned int)((x * 0x0101010101010101ULL) >> 56);
}

static inline unsigned int hweight32(uint32_t x)
{
    return hweight64(x);
}

static inline unsigned int hweight_long(unsigned long x)
{
    return hweight64(x);
}

/*
 * The first bit at or after @start (0 for find_first_) that is set, or clear for _zero_.
 * Returns: its index, or @nr if there is none below @nr.
 */
unsigned int find_next_bit(const unsigned long *map, unsigned int nr, unsigned int start);
unsigned int find_next_zero_bit(const unsigned long *map, unsigned int nr, unsigned int start);

static inline unsigned int find_first_bit(const unsigned long *map, unsigned int nr)
{
    return find_next_bit(map, nr, 0);
}

static inline unsigned int find_first_zero_bit(const unsigned long *map, unsigned int nr)
{
    return find_next_zero_bit(map, nr, 0);
}

/* The last set bit below @nr, or @nr if there is none. */
unsigned int find_last_bit(const unsigned long *map, unsigned int nr);

/* Run the body with @bit = each set bit below @nr, rising. The body may clear @bit. */
#define for_each_set_bit(bit, map, nr)                                                             \
    for ((bit) = find_first_bit(map, nr); (bit) < (nr); (bit) = find_next_bit(map, nr, (bit) + 1))

/* The bits of the last word that belong to a map of @nr bits. */
static inline unsigned long bitmap_last_mask(unsigned int nr)
{
    return nr % BITS_PER_LONG ? bit_mask(nr) - 1 : ~0UL;
}

static inline void bitmap_zero(unsigned long *map, unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS(nr); i++)
        map[i] = 0;
}

void bitmap_fill(unsigned long *map, unsigned int nr);

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS(nr); i++)
        dst[i] = src[i];
}

/* Word by word; copies of what lies past @nr in the last words combine as well. */
static inline void bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
                              unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS(nr); i++)
        dst[i] = a[i] & b[i];
}

static inline void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
                             unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS(nr); i++)
        dst[i] = a[i] | b[i];
}

static inline void bitmap_xor(unsigned long *dst, const unsigned long *a, const unsigned long *b,
                              unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS(nr); i++)
        dst[i] = a[i] ^ b[i];
}

static inline void bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b,
                                 unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS(nr); i++)
        dst[i] = a[i] & ~b[i];
}

void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nr);

/* Set or clear bits @start .. @start + @count - 1. */
void bitmap_set(unsigned long *map, unsigned int start, unsigned int count);
void bitmap_clear(unsigned long *map, unsigned int start, unsigned int count);

unsigned int bitmap_weight(const unsigned long *map, unsigned int nr);
bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int nr);
/* Whether each bit of @a is set in @b. */
bool bitmap_subset(const unsigned long *a, const unsigned long *b, unsigned int nr);
bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int nr);

static inline bool bitmap_empty(const unsigned long *map, unsigned int nr)
{
    return find_first_bit(map, nr) >= nr;
}

static inline bool bitmap_full(const unsigned long *map, unsigned int nr)
{
    return find_first_zero_bit(map, nr) >= nr;
}

/* To and from the bytes of the ABI: bit n is bit n % 8 of byte n / 8. */
void bitmap_to_bytes(uint8_t *bytes, const unsigned long *map, unsigned int nr);
void bitmap_from_bytes(unsigned long *map, const uint8_t *bytes, unsigned int nr);

#endif
