/* SPDX-License-Identifier: MIT */
#include <xen/lib/compiler.h>
#include <xen/lib/string.h>

/* gcc would recognise the loops below and turn memset() into a call of memset(). */
#ifdef __clang__
#define NO_IDIOM
#else
#define NO_IDIOM __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

#define WORD sizeof(uint64_t)

static inline uint64_t load_word(const void *p)
{
    uint64_t w;

    __builtin_memcpy(&w, p, WORD);
    return w;
}

static inline void store_word(void *p, uint64_t w)
{
    __builtin_memcpy(p, &w, WORD);
}

__weak NO_IDIOM void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
    char *d = dst;
    const char *s = src;

    for (; len >= 4 * WORD; len -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
        uint64_t a = load_word(s), b = load_word(s + WORD);
        uint64_t c = load_word(s + 2 * WORD), e = load_word(s + 3 * WORD);

        store_word(d, a);
        store_word(d + WORD, b);
        store_word(d + 2 * WORD, c);
        store_word(d + 3 * WORD, e);
    }
    for (; len >= WORD; len -= WORD, d += WORD, s += WORD)
        store_word(d, load_word(s));
    while (len--)
        *d++ = *s++;
    return dst;
}

static NO_IDIOM void copy_down(char *d, const char *s, size_t len)
{
    for (; len >= WORD; len -= WORD, d += WORD, s += WORD)
        store_word(d, load_word(s));
    while (len--)
        *d++ = *s++;
}

static NO_IDIOM void copy_up(char *d, const char *s, size_t len)
{
    for (; len >= WORD; len -= WORD)
        store_word(d + len - WORD, load_word(s + len - WORD));
    while (len--)
        d[len] = s[len];
}

__weak void *memmove(void *dst, const void *src, size_t len)
{
    if ((uintptr_t)dst - (uintptr_t)src >= len)
        copy_down(dst, src, len);
    else
        copy_up(dst, src, len);
    return dst;
}

__weak NO_IDIOM void *memset(void *dst, int value, size_t len)
{
    char *d = dst;
    uint64_t w = 0x0101010101010101ULL * (unsigned char)value;

    for (; len >= 4 * WORD; len -= 4 * WORD, d += 4 * WORD) {
        store_word(d, w);
        store_word(d + WORD, w);
        store_word(d + 2 * WORD, w);
        store_word(d + 3 * WORD, w);
    }
    for (; len >= WORD; len -= WORD, d += WORD)
        store_word(d, w);
    while (len--)
        *d++ = (char)value;
    return dst;
}

__weak int memcmp(const void *a, const void *b, size_t len)
{
    const unsigned char *p = a, *q = b;

    for (; len >= WORD && load_word(p) == load_word(q); len -= WORD) {
        p += WORD;
        q += WORD;
    }
    for (; len; len--, p++, q++) {
        if (*p != *q)
            return *p - *q;
    }
    return 0;
}

__weak void *memchr(const void *s, int c, size_t len)
{
    for (const unsigned char *p = s; len; len--, p++) {
        if (*p == (unsigned char)c)
            return (void *)(uintptr_t)p;
    }
    return NULL;
}

const void *mem_find_nonzero(const void *s, size_t len)
{
    const unsigned char *p = s;

    for (; len >= WORD && !load_word(p); len -= WORD)
        p += WORD;
    for (; len; len--, p++) {
        if (*p)
            return p;
    }
    return NULL;
}

NO_IDIOM size_t strlen(const char *s)
{
    const char *p = s;

    while (*p)
        p++;
    return p - s;
}

size_t strnlen(const char *s, size_t max)
{
    size_t len = 0;

    while (len < max && s[len])
        len++;
    return len;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
    for (; max; max--, a++, b++) {
        if (*a != *b || !*a)
            return (unsigned char)*a - (unsigned char)*b;
    }
    return 0;
}

int strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, SIZE_MAX);
}

int strncasecmp(const char *a, const char *b, size_t max)
{
    for (; max; max--, a++, b++) {
        int x = tolower((unsigned char)*a), y = tolower((unsigned char)*b);

        if (x != y || !x)
            return x - y;
    }
    return 0;
}

char *strchr(const char *s, int c)
{
    for (; *s != (char)c; s++) {
        if (!*s)
            return NULL;
    }
    return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
    const char *found = NULL;

    do {
        if (*s == (char)c)
            found = s;
    } while (*s++);
    return (char *)(uintptr_t)found;
}

char *strstr(const char *s, const char *needle)
{
    size_t len = strlen(needle);

    for (; strncmp(s, needle, len) != 0; s++) {
        if (!*s)
            return NULL;
    }
    return (char *)(uintptr_t)s;
}

/* Length of the beginning of @s whose characters are all in @set, or all not in it. */
static size_t span(const char *s, const char *set, bool inside)
{
    size_t len = 0;

    while (s[len] && !!strchr(set, s[len]) == inside)
        len++;
    return len;
}

size_t strspn(const char *s, const char *accept)
{
    return span(s, accept, true);
}

size_t strcspn(const char *s, const char *reject)
{
    return span(s, reject, false);
}

char *strpbrk(const char *s, const char *accept)
{
    s += strcspn(s, accept);
    return *s ? (char *)(uintptr_t)s : NULL;
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
    size_t len = strlen(src);

    if (size) {
        size_t n = len < size ? len : size - 1;

        memcpy(dst, src, n);
        dst[n] = '\0';
    }
    return len;
}

size_t strlcat(char *dst, const char *src, size_t size)
{
    size_t used = strnlen(dst, size);

    return used + strlcpy(dst + used, src, size - used);
}

bool strstarts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}
