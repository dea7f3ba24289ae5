/* SPDX-License-Identifier: MIT */
#include <xen/lib/bitmap.h>

/* Others may change bits meanwhile: each word is read once. */
static inline unsigned long word_of(const unsigned long *map, size_t i)
{
    return *(const volatile unsigned long *)&map[i];
}

/* Find in the map with each word inverted by @flip: 0 looks for ones, ~0 for zeros. */
static inline unsigned int find_next(const unsigned long *map, unsigned int nr, unsigned int start,
                                     unsigned long flip)
{
    size_t i = start / BITS_PER_LONG;
    unsigned long word;

    if (start >= nr)
        return nr;
    word = (word_of(map, i) ^ flip) & (~0UL << (start % BITS_PER_LONG));
    while (!word) {
        if (++i >= BITS_TO_LONGS((size_t)nr))
            return nr;
        word = word_of(map, i) ^ flip;
    }
    start = i * BITS_PER_LONG + lowest_bit(word);
    return start < nr ? start : nr;
}

unsigned int find_next_bit(const unsigned long *map, unsigned int nr, unsigned int start)
{
    return find_next(map, nr, start, 0);
}

unsigned int find_next_zero_bit(const unsigned long *map, unsigned int nr, unsigned int start)
{
    return find_next(map, nr, start, ~0UL);
}

unsigned int find_last_bit(const unsigned long *map, unsigned int nr)
{
    unsigned long mask = bitmap_last_mask(nr);

    for (size_t i = BITS_TO_LONGS((size_t)nr); i-- > 0; mask = ~0UL) {
        if (map[i] & mask)
            return i * BITS_PER_LONG + highest_bit(map[i] & mask);
    }
    return nr;
}

void bitmap_fill(unsigned long *map, unsigned int nr)
{
    size_t words = BITS_TO_LONGS((size_t)nr);

    for (size_t i = 0; i < words; i++)
        map[i] = ~0UL;
    if (words)
        map[words - 1] = bitmap_last_mask(nr);
}

void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nr)
{
    size_t words = BITS_TO_LONGS((size_t)nr);

    for (size_t i = 0; i < words; i++)
        dst[i] = ~src[i];
    if (words)
        dst[words - 1] &= bitmap_last_mask(nr);
}

/* Call for each word that bits @start.. touch; the mask of touched bits is set in *@mask. */
static inline unsigned int range_step(unsigned int start, unsigned int count, unsigned long *mask)
{
    unsigned int offset = start % BITS_PER_LONG;
    unsigned int take = BITS_PER_LONG - offset;

    if (take > count)
        take = count;
    *mask = (take == BITS_PER_LONG ? ~0UL : (1UL << take) - 1) << offset;
    return take;
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int count)
{
    while (count) {
        unsigned long mask;
        unsigned int take = range_step(start, count, &mask);

        map[start / BITS_PER_LONG] |= mask;
        start += take;
        count -= take;
    }
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int count)
{
    while (count) {
        unsigned long mask;
        unsigned int take = range_step(start, count, &mask);

        map[start / BITS_PER_LONG] &= ~mask;
        start += take;
        count -= take;
    }
}

/* The bits of word @i that belong to a map of @nr bits. */
static inline unsigned long word_mask(size_t i, unsigned int nr)
{
    return i == (size_t)nr / BITS_PER_LONG ? bit_mask(nr) - 1 : ~0UL;
}

unsigned int bitmap_weight(const unsigned long *map, unsigned int nr)
{
    unsigned int weight = 0;

    for (size_t i = 0; i < BITS_TO_LONGS((size_t)nr); i++) {
        unsigned long word = map[i] & word_mask(i, nr);

        if (word) /* most words of most maps are empty */
            weight += hweight_long(word);
    }
    return weight;
}

bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS((size_t)nr); i++) {
        if ((a[i] ^ b[i]) & word_mask(i, nr))
            return false;
    }
    return true;
}

bool bitmap_subset(const unsigned long *a, const unsigned long *b, unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS((size_t)nr); i++) {
        if (a[i] & ~b[i] & word_mask(i, nr))
            return false;
    }
    return true;
}

bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int nr)
{
    for (size_t i = 0; i < BITS_TO_LONGS((size_t)nr); i++) {
        if (a[i] & b[i] & word_mask(i, nr))
            return true;
    }
    return false;
}

void bitmap_to_bytes(uint8_t *bytes, const unsigned long *map, unsigned int nr)
{
    size_t len = ((size_t)nr + 7) / 8;

    for (size_t i = 0; i < len; i++)
        bytes[i] = map[i / sizeof(*map)] >> (i % sizeof(*map) * 8);
    if (nr % 8)
        bytes[len - 1] &= (1u << nr % 8) - 1;
}

void bitmap_from_bytes(unsigned long *map, const uint8_t *bytes, unsigned int nr)
{
    size_t len = ((size_t)nr + 7) / 8;

    bitmap_zero(map, nr);
    for (size_t i = 0; i < len; i++)
        map[i / sizeof(*map)] |= (unsigned long)bytes[i] << (i % sizeof(*map) * 8);
    if (nr % BITS_PER_LONG)
        map[nr / BITS_PER_LONG] &= bitmap_last_mask(nr);
}
