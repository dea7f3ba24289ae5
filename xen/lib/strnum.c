/* SPDX-License-Identifier: MIT */
/* Numbers, sizes and truth values in text. */
#include <xen/lib/compiler.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

static unsigned int digit_value(char c)
{
    if (isdigit(c))
        return c - '0';
    if (isalpha(c))
        return tolower(c) - 'a' + 10;
    return 255;
}

static bool has_hex_prefix(const char *s)
{
    return s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);
}

static unsigned int resolve_base(const char **s, unsigned int base)
{
    if ((base == 0 || base == 16) && has_hex_prefix(*s)) {
        *s += 2;
        return 16;
    }
    if (base == 0)
        return **s == '0' ? 8 : 10;
    return base;
}

/* Returns the value modulo 2^64; sets @overflow if that lost something. */
static uint64_t scan(const char *s, const char **end, unsigned int base, bool *overflow)
{
    uint64_t value = 0;

    base = resolve_base(&s, base);
    for (unsigned int d; (d = digit_value(*s)) < base; s++) {
        *overflow |= value > (UINT64_MAX - d) / base;
        value = value * base + d;
    }
    *end = s;
    return value;
}

unsigned long long simple_strtoull(const char *s, const char **end, unsigned int base)
{
    bool overflow = false;
    const char *stop;
    uint64_t value = scan(s, &stop, base, &overflow);

    if (end)
        *end = stop;
    return value;
}

unsigned long simple_strtoul(const char *s, const char **end, unsigned int base)
{
    return (unsigned long)simple_strtoull(s, end, base);
}

long long simple_strtoll(const char *s, const char **end, unsigned int base)
{
    const char *digits = s + (*s == '-' || *s == '+');
    const char *stop;
    unsigned long long value = simple_strtoull(digits, &stop, base);

    if (end)
        *end = stop == digits ? s : stop;
    return (long long)(*s == '-' ? 0 - value : value);
}

long simple_strtol(const char *s, const char **end, unsigned int base)
{
    return (long)simple_strtoll(s, end, base);
}

int text_to_u64(const char *s, const char **end, unsigned int base, uint64_t *value)
{
    bool overflow = false;
    const char *stop;
    uint64_t v = scan(s, &stop, base, &overflow);

    if (stop == s)
        return -EINVAL;
    if (overflow)
        return -ERANGE;
    *value = v;
    if (end)
        *end = stop;
    return 0;
}

static int suffix_shift(char c)
{
    switch (tolower(c)) {
    case 'b':
        return 0;
    case 'k':
        return 10;
    case 'm':
        return 20;
    case 'g':
        return 30;
    case 't':
        return 40;
    }
    return -1;
}

int parse_size(const char *s, const char **end, unsigned int unit_shift, uint64_t *bytes)
{
    const char *stop;
    uint64_t value;
    int shift, rc = text_to_u64(s, &stop, 0, &value);

    if (rc)
        return rc;
    shift = suffix_shift(*stop);
    if (shift >= 0)
        stop++;
    else
        shift = (int)unit_shift;
    if (value > UINT64_MAX >> shift)
        return -ERANGE;
    *bytes = value << shift;
    if (end)
        *end = stop;
    return 0;
}

int parse_bool(const char *s, size_t len)
{
    static const char words[][8] = {"no",   "yes",     "off",    "on", "false",
                                    "true", "disable", "enable", "0",  "1"};

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strnlen(words[i], sizeof(words[i])) == len && memcmp(words[i], s, len) == 0)
            return i & 1;
    }
    return -EINVAL;
}
