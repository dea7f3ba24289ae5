/* SPDX-License-Identifier: MIT */
/*
 * Strings, memory blocks, characters and numbers in text.
 *
 * Functions of the C library behave as ISO C says. All are pure: any context, no locks.
 * The mem* functions are weak: a port may supply faster ones under the same names.
 */
#ifndef XEN_LIB_STRING_H
#define XEN_LIB_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int value, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *s, int c, size_t len);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *needle);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);

/*
 * BSD's bounded copy and append. The result is terminated whenever @size > 0.
 * Returns: the length the whole string would have; at least @size means it was cut.
 */
size_t strlcpy(char *dst, const char *src, size_t size);
size_t strlcat(char *dst, const char *src, size_t size);

/* Whether @s begins with @prefix. */
bool strstarts(const char *s, const char *prefix);

/* The first non-zero byte in @len bytes at @s, or NULL. */
const void *mem_find_nonzero(const void *s, size_t len);

/* Characters: ASCII only, whatever the value of @c. */
static inline int isdigit(int c)
{
    return c >= '0' && c <= '9';
}

static inline int isupper(int c)
{
    return c >= 'A' && c <= 'Z';
}

static inline int islower(int c)
{
    return c >= 'a' && c <= 'z';
}

static inline int isalpha(int c)
{
    return isupper(c) || islower(c);
}

static inline int isalnum(int c)
{
    return isalpha(c) || isdigit(c);
}

static inline int isspace(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline int isprint(int c)
{
    return c >= ' ' && c <= '~';
}

static inline int isxdigit(int c)
{
    return isdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline int tolower(int c)
{
    return isupper(c) ? c + ('a' - 'A') : c;
}

static inline int toupper(int c)
{
    return islower(c) ? c - ('a' - 'A') : c;
}

/*
 * Read a number. No blanks and no sign are skipped (strtoll takes one '-' or '+').
 *
 * @base  2..36, or 0: 0x means 16, a leading 0 means 8, else 10. With 16 a leading 0x is skipped.
 * @end   if not NULL: set to the first character not used; to @s when there is no digit.
 * Returns: the value modulo 2^64; text_to_u64() for the checked form.
 */
unsigned long simple_strtoul(const char *s, const char **end, unsigned int base);
long simple_strtol(const char *s, const char **end, unsigned int base);
unsigned long long simple_strtoull(const char *s, const char **end, unsigned int base);
long long simple_strtoll(const char *s, const char **end, unsigned int base);

/*
 * As above, and checked.
 * Returns: 0; -EINVAL when there is no digit; -ERANGE when the value exceeds 64 bits. On error
 *          *@value and *@end are untouched.
 */
int text_to_u64(const char *s, const char **end, unsigned int base, uint64_t *value);

/*
 * A size: a number (any base) followed by at most one of B K M G T, in either case.
 *
 * @unit_shift  the unit of a number without a letter: 0 for bytes, 10 for KiB (what the
 *              hypervisor's command line documents), 20 for MiB.
 * @end         if not NULL: set to the first character not used.
 * Returns: 0 with the size in *@bytes, -EINVAL (no number), -ERANGE (over 64 bits).
 */
int parse_size(const char *s, const char **end, unsigned int unit_shift, uint64_t *bytes);

/*
 * A truth value: yes/on/true/enable/1 or no/off/false/disable/0; exactly @len characters of @s.
 * Returns: 1, 0, or -EINVAL.
 */
int parse_bool(const char *s, size_t len);

#endif
