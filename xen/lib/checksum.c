/* SPDX-License-Identifier: MIT */
#include <xen/lib/bytes.h>
#include <xen/lib/checksum.h>
#include <xen/lib/string.h>

#define POLY32 0xedb88320u
#define POLY64 0xc96c5795d7870f42ull

void crc32_init(struct crc32_table *table)
{
    for (unsigned int i = 0; i < 256; i++) {
        uint32_t v = i;

        for (int bit = 0; bit < 8; bit++)
            v = v >> 1 ^ (v & 1 ? POLY32 : 0);
        table->t[0][i] = v;
    }
    for (unsigned int i = 0; i < 256; i++) {
        for (int k = 1; k < 8; k++)
            table->t[k][i] = table->t[k - 1][i] >> 8 ^ table->t[0][table->t[k - 1][i] & 0xff];
    }
}

/* The register, not inverted. */
static uint32_t crc32_bytes(const struct crc32_table *table, uint32_t crc, const uint8_t *p,
                            size_t len)
{
    const uint32_t(*t)[256] = table->t;

    for (; len >= 8; len -= 8, p += 8) {
        uint64_t v = get_le64(p) ^ crc;

        crc = t[7][v & 0xff] ^ t[6][v >> 8 & 0xff] ^ t[5][v >> 16 & 0xff] ^ t[4][v >> 24 & 0xff] ^
              t[3][v >> 32 & 0xff] ^ t[2][v >> 40 & 0xff] ^ t[1][v >> 48 & 0xff] ^ t[0][v >> 56];
    }
    for (; len; len--)
        crc = crc >> 8 ^ t[0][(crc ^ *p++) & 0xff];
    return crc;
}

/*
 * Long data are first divided by a multiple of the polynomial that has but four terms,
 *     x^(64 * 3006) + x^(64 * 2866) + x^(64 * 2215) + 1,
 * found by search. Its remainder, of 3006 words, has the same CRC. Each word of the quotient is the
 * data's word plus the quotient's words 140, 791 and 3006 places before: four operations for eight
 * bytes, and no table.
 */
#define FOLD_NEAR (3006 - 2866)
#define FOLD_MID  (3006 - 2215)
#define FOLD_STEP (CRC32_FOLD_WORDS - CRC32_FOLD_BACK)

/* The quotient's words for @nr words at @p behind those that w[] begins with. */
static void fold_words(uint64_t *w, const uint8_t *p, size_t nr)
{
    uint64_t *q = w + CRC32_FOLD_BACK, *end = q + nr;

    for (; q < end; q++, p += 8)
        *q = get_le64(p) ^ q[-FOLD_NEAR] ^ q[-FOLD_MID] ^ q[-CRC32_FOLD_BACK];
    memmove(w, end - CRC32_FOLD_BACK, CRC32_FOLD_BACK * sizeof(*w));
}

/* From what is left in w[] of the quotient, and the last words, at @p: the remainder. */
static void fold_end(uint64_t *w, const uint8_t *p)
{
    for (size_t i = 0; i < CRC32_FOLD_BACK; i++, p += 8) {
        uint64_t v = get_le64(p) ^ w[i];

        if (i < FOLD_MID)
            v ^= w[CRC32_FOLD_BACK - FOLD_MID + i];
        if (i < FOLD_NEAR)
            v ^= w[CRC32_FOLD_BACK - FOLD_NEAR + i];
        put_le32((uint8_t *)(w + i), (uint32_t)v);
        put_le32((uint8_t *)(w + i) + 4, (uint32_t)(v >> 32));
    }
}

static uint32_t crc32_fold(struct crc32_table *table, uint32_t crc, const uint8_t *p, size_t words)
{
    uint64_t *w = table->fold;

    memset(w, 0, CRC32_FOLD_BACK * sizeof(*w));
    w[0] = crc; /* stands 3006 places before the first word, and nowhere else in reach */
    for (words -= CRC32_FOLD_BACK; words;) {
        size_t nr = words < FOLD_STEP ? words : FOLD_STEP;

        fold_words(w, p, nr);
        p += nr * 8;
        words -= nr;
    }
    fold_end(w, p);
    return crc32_bytes(table, 0, (const uint8_t *)w, CRC32_FOLD_BACK * sizeof(*w));
}

uint32_t crc32(struct crc32_table *table, uint32_t crc, const void *data, size_t len)
{
    size_t words = len / 8;
    const uint8_t *p = data;

    crc = ~crc;
    if (words >= CRC32_FOLD_MIN) {
        crc = crc32_fold(table, crc, p, words);
        p += words * 8;
        len %= 8;
    }
    return ~crc32_bytes(table, crc, p, len);
}

uint32_t crc32_small(uint32_t crc, const void *data, size_t len)
{
    const uint8_t *p = data;

    crc = ~crc;
    for (; len; len--) {
        crc ^= *p++;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? POLY32 : 0);
    }
    return ~crc;
}

void crc64_init(struct crc64_table *table)
{
    for (unsigned int i = 0; i < 256; i++) {
        uint64_t v = i;

        for (int bit = 0; bit < 8; bit++)
            v = v >> 1 ^ (v & 1 ? POLY64 : 0);
        table->t[0][i] = v;
    }
    for (unsigned int i = 0; i < 256; i++) {
        for (int k = 1; k < 8; k++)
            table->t[k][i] = table->t[k - 1][i] >> 8 ^ table->t[0][table->t[k - 1][i] & 0xff];
    }
}

uint64_t crc64(const struct crc64_table *table, uint64_t crc, const void *data, size_t len)
{
    const uint64_t(*t)[256] = table->t;
    const uint8_t *p = data;

    crc = ~crc;
    for (; len >= 8; len -= 8, p += 8) {
        uint64_t v = get_le64(p) ^ crc;

        crc = t[7][v & 0xff] ^ t[6][v >> 8 & 0xff] ^ t[5][v >> 16 & 0xff] ^ t[4][v >> 24 & 0xff] ^
              t[3][v >> 32 & 0xff] ^ t[2][v >> 40 & 0xff] ^ t[1][v >> 48 & 0xff] ^ t[0][v >> 56];
    }
    for (; len; len--)
        crc = crc >> 8 ^ t[0][(crc ^ *p++) & 0xff];
    return ~crc;
}

#define P32_1 0x9e3779b1u
#define P32_2 0x85ebca77u
#define P32_3 0xc2b2ae3du
#define P32_4 0x27d4eb2fu
#define P32_5 0x165667b1u

static inline uint32_t rotl32(uint32_t v, unsigned int n)
{
    return v << n | v >> (32 - n);
}

static inline uint32_t round32(uint32_t acc, uint32_t lane)
{
    return rotl32(acc + lane * P32_2, 13) * P32_1;
}

uint32_t xxh32(const void *data, size_t len, uint32_t seed)
{
    const uint8_t *p = data;
    size_t left = len;
    uint32_t h = seed + P32_5;

    if (len >= 16) {
        uint32_t a = seed + P32_1 + P32_2, b = seed + P32_2, c = seed, d = seed - P32_1;

        for (; left >= 16; left -= 16, p += 16) {
            a = round32(a, get_le32(p));
            b = round32(b, get_le32(p + 4));
            c = round32(c, get_le32(p + 8));
            d = round32(d, get_le32(p + 12));
        }
        h = rotl32(a, 1) + rotl32(b, 7) + rotl32(c, 12) + rotl32(d, 18);
    }
    h += (uint32_t)len;
    for (; left >= 4; left -= 4, p += 4)
        h = rotl32(h + get_le32(p) * P32_3, 17) * P32_4;
    for (; left; left--)
        h = rotl32(h + *p++ * P32_5, 11) * P32_1;
    h = (h ^ h >> 15) * P32_2;
    h = (h ^ h >> 13) * P32_3;
    return h ^ h >> 16;
}

#define P64_1 0x9e3779b185ebca87ull
#define P64_2 0xc2b2ae3d27d4eb4full
#define P64_3 0x165667b19e3779f9ull
#define P64_4 0x85ebca77c2b2ae63ull
#define P64_5 0x27d4eb2f165667c5ull

static inline uint64_t rotl64(uint64_t v, unsigned int n)
{
    return v << n | v >> (64 - n);
}

static inline uint64_t round64(uint64_t acc, uint64_t lane)
{
    return rotl64(acc + lane * P64_2, 31) * P64_1;
}

static inline uint64_t fold64(uint64_t h, uint64_t acc)
{
    return (h ^ round64(0, acc)) * P64_1 + P64_4;
}

static uint64_t tail64(uint64_t h, const uint8_t *p, size_t left)
{
    for (; left >= 8; left -= 8, p += 8)
        h = rotl64(h ^ round64(0, get_le64(p)), 27) * P64_1 + P64_4;
    if (left >= 4) {
        h = rotl64(h ^ get_le32(p) * P64_1, 23) * P64_2 + P64_3;
        p += 4;
        left -= 4;
    }
    for (; left; left--)
        h = rotl64(h ^ *p++ * P64_5, 11) * P64_1;
    h = (h ^ h >> 33) * P64_2;
    h = (h ^ h >> 29) * P64_3;
    return h ^ h >> 32;
}

uint64_t xxh64(const void *data, size_t len, uint64_t seed)
{
    const uint8_t *p = data;
    size_t left = len;
    uint64_t h = seed + P64_5;

    if (len >= 32) {
        uint64_t a = seed + P64_1 + P64_2, b = seed + P64_2, c = seed, d = seed - P64_1;

        for (; left >= 32; left -= 32, p += 32) {
            a = round64(a, get_le64(p));
            b = round64(b, get_le64(p + 8));
            c = round64(c, get_le64(p + 16));
            d = round64(d, get_le64(p + 24));
        }
        h = rotl64(a, 1) + rotl64(b, 7) + rotl64(c, 12) + rotl64(d, 18);
        h = fold64(fold64(fold64(fold64(h, a), b), c), d);
    }
    return tail64(h + len, p, left);
}
