/* SPDX-License-Identifier: MIT */
/*
 * Copying and filling, in place of the portable functions of lib/string.c. A string instruction
 * costs some twenty cycles before its first word, and one step of one instruction for each word
 * after that: the loops below are for less than STRING_MIN bytes.
 */
#include <xen/lib/string.h>
#include <asm/config.h>

#define WORD       sizeof(uint64_t)
#define STRING_MIN 128

static inline uint64_t load_word(const void *p)
{
    uint64_t w;

    __builtin_memcpy(&w, p, WORD);
    return w;
}

/* The barrier keeps the compiler from making calls of memcpy() and memset() out of the loops. */
static inline void store_word(void *p, uint64_t w)
{
    __builtin_memcpy(p, &w, WORD);
    __asm__ volatile("" : : : "memory");
}

static inline void copy_tail(char *d, const char *s, size_t len)
{
    __asm__ volatile("rep movsb" : "+c"(len), "+S"(s), "+D"(d) : : "memory");
}

/* From low to high addresses, which may overlap if @dst is below @src. */
static void copy_up(void *dst, const void *src, size_t len)
{
    const char *s = src;
    char *d = dst;

    if (len >= STRING_MIN) {
        size_t words = len / WORD;

        __asm__ volatile("rep movsq" : "+c"(words), "+S"(s), "+D"(d) : : "memory");
        len %= WORD;
    }
    for (; len >= WORD; len -= WORD, d += WORD, s += WORD)
        store_word(d, load_word(s));
    if (len)
        copy_tail(d, s, len);
}

/* From high to low addresses. */
static void copy_down(char *d, const char *s, size_t len)
{
    while (len >= WORD) {
        len -= WORD;
        store_word(d + len, load_word(s + len));
    }
    while (len--) {
        d[len] = s[len];
        __asm__ volatile("" : : : "memory");
    }
}

void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
    copy_up(dst, src, len);
    return dst;
}

void *memmove(void *dst, const void *src, size_t len)
{
    if ((uintptr_t)dst - (uintptr_t)src >= len)
        copy_up(dst, src, len);
    else
        copy_down(dst, src, len);
    return dst;
}

void *memset(void *dst, int c, size_t len)
{
    uint64_t fill = (uint8_t)c * 0x0101010101010101ull;
    char *d = dst;

    if (len >= STRING_MIN) {
        size_t words = len / WORD;

        __asm__ volatile("rep stosq" : "+c"(words), "+D"(d) : "a"(fill) : "memory");
        len %= WORD;
    }
    for (; len >= WORD; len -= WORD, d += WORD)
        store_word(d, fill);
    __asm__ volatile("rep stosb" : "+c"(len), "+D"(d) : "a"(fill) : "memory");
    return dst;
}
