/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdint.h>

#include <xen/lib/compiler.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>

struct sink {
    char *buf;
    size_t size; /* of buf, with room for the end */
    size_t len;  /* of the text, stored or not */
};

struct spec {
    bool left, plus, space, alt, zero, negative, upper;
    int width;     /* at least 0 */
    int precision; /* -1: none given */
    char length;   /* h l z j t, 'H' for hh, 'L' for ll, 0 for none */
    unsigned int base;
};

__weak const char *pointer_ext(char buf[POINTER_EXT_SIZE], char kind, const void *ptr)
{
    (void)buf;
    (void)kind;
    (void)ptr;
    return NULL;
}

static inline void put(struct sink *out, char c)
{
    if (out->len + 1 < out->size)
        out->buf[out->len] = c;
    out->len++;
}

/*
 * No text is longer than the largest int (the result's type), whatever widths the format asks
 * for: the loops are bounded by the int in which the width came.
 */
static void put_fill(struct sink *out, char c, int count)
{
    if (out->len + 1 >= out->size && count > 0) {
        out->len += (size_t)count;
        return;
    }
    for (; count > 0; count--)
        put(out, c);
}

static void put_text(struct sink *out, const struct spec *sp, const char *s)
{
    size_t max = sp->precision < 0 ? SIZE_MAX : (size_t)sp->precision;
    int len;

    if (!s)
        s = "(null)";
    len = (int)strnlen(s, max);
    if (!sp->left)
        put_fill(out, ' ', sp->width - len);
    for (int i = 0; i < len; i++)
        put(out, s[i]);
    if (sp->left)
        put_fill(out, ' ', sp->width - len);
}

static void put_char(struct sink *out, const struct spec *sp, char c)
{
    if (!sp->left)
        put_fill(out, ' ', sp->width - 1);
    put(out, c);
    if (sp->left)
        put_fill(out, ' ', sp->width - 1);
}

/* Digits of @v, last one first. */
static int make_digits(char *digits, uint64_t v, unsigned int base, bool upper)
{
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    int n = 0;

    if (base == 16) {
        for (; v; v >>= 4)
            digits[n++] = set[v & 15];
    } else {
        for (; v; v /= base)
            digits[n++] = set[v % base];
    }
    return n;
}

static int make_prefix(char *prefix, const struct spec *sp, bool is_zero)
{
    int n = 0;

    if (sp->negative)
        prefix[n++] = '-';
    else if (sp->plus)
        prefix[n++] = '+';
    else if (sp->space)
        prefix[n++] = ' ';
    if (sp->alt && sp->base == 16 && !is_zero) {
        prefix[n++] = '0';
        prefix[n++] = sp->upper ? 'X' : 'x';
    }
    return n;
}

static void put_number(struct sink *out, const struct spec *sp, uint64_t v)
{
    char digits[24], prefix[4];
    int nr_digits = make_digits(digits, v, sp->base, sp->upper);
    int nr_prefix = make_prefix(prefix, sp, v == 0);
    int zeros = (sp->precision < 0 ? 1 : sp->precision) - nr_digits;
    int blanks;

    if (sp->alt && sp->base == 8 && zeros <= 0)
        zeros = 1;
    if (zeros < 0)
        zeros = 0;
    blanks = sp->width - nr_prefix - nr_digits;
    blanks = blanks > zeros ? blanks - zeros : 0;
    if (sp->zero && !sp->left && sp->precision < 0) {
        zeros += blanks;
        blanks = 0;
    }
    if (!sp->left)
        put_fill(out, ' ', blanks);
    for (int i = 0; i < nr_prefix; i++)
        put(out, prefix[i]);
    put_fill(out, '0', zeros);
    while (nr_digits)
        put(out, digits[--nr_digits]);
    if (sp->left)
        put_fill(out, ' ', blanks);
}

/* A va_list passed down would be copied on some ABIs; the struct keeps the one instance. */
struct args {
    va_list ap;
};

static int64_t take_signed(struct args *a, char length)
{
    switch (length) {
    case 'H':
        return (signed char)va_arg(a->ap, int);
    case 'h':
        return (short)va_arg(a->ap, int);
    case 'l':
        return va_arg(a->ap, long);
    case 'L':
        return va_arg(a->ap, long long);
    case 'j':
        return va_arg(a->ap, intmax_t);
    case 'z':
    case 't':
        return va_arg(a->ap, ptrdiff_t);
    }
    return va_arg(a->ap, int);
}

static uint64_t take_unsigned(struct args *a, char length)
{
    switch (length) {
    case 'H':
        return (unsigned char)va_arg(a->ap, int);
    case 'h':
        return (unsigned short)va_arg(a->ap, int);
    case 'l':
        return va_arg(a->ap, unsigned long);
    case 'L':
        return va_arg(a->ap, unsigned long long);
    case 'j':
        return va_arg(a->ap, uintmax_t);
    case 'z':
    case 't':
        return va_arg(a->ap, size_t);
    }
    return va_arg(a->ap, unsigned int);
}

static const char *read_flags(const char *p, struct spec *sp)
{
    for (;; p++) {
        switch (*p) {
        case '-':
            sp->left = true;
            break;
        case '+':
            sp->plus = true;
            break;
        case ' ':
            sp->space = true;
            break;
        case '#':
            sp->alt = true;
            break;
        case '0':
            sp->zero = true;
            break;
        default:
            return p;
        }
    }
}

#define FIELD_MAX 0xffff

/* Digits or '*'. Values past FIELD_MAX are cut to it: no sane text needs them. */
static const char *read_count(const char *p, struct args *a, int *count)
{
    int n = 0;

    if (*p == '*') {
        n = va_arg(a->ap, int);
        p++;
    } else {
        for (; isdigit(*p); p++) {
            if (n <= FIELD_MAX)
                n = n * 10 + (*p - '0');
        }
    }
    *count = n > FIELD_MAX ? FIELD_MAX : n < -FIELD_MAX ? -FIELD_MAX : n;
    return p;
}

static const char *read_length(const char *p, struct spec *sp)
{
    switch (*p) {
    case 'h':
    case 'l':
        sp->length = *p;
        if (p[1] == *p) {
            sp->length = *p == 'h' ? 'H' : 'L';
            p++;
        }
        return p + 1;
    case 'z':
    case 'j':
    case 't':
        sp->length = *p;
        return p + 1;
    }
    return p;
}

static const char *read_spec(const char *p, struct args *a, struct spec *sp)
{
    *sp = (struct spec){.precision = -1, .base = 10};
    p = read_count(read_flags(p, sp), a, &sp->width);
    if (sp->width < 0) {
        sp->left = true;
        sp->width = -sp->width;
    }
    if (*p == '.') {
        p = read_count(p + 1, a, &sp->precision);
        if (sp->precision < 0)
            sp->precision = -1;
    }
    return read_length(p, sp);
}

/* Returns the position after what was used. @p stands behind the 'p'. */
static const char *put_pointer(struct sink *out, struct spec *sp, const char *p, const void *ptr)
{
    char buf[POINTER_EXT_SIZE];
    const char *text = isalnum(*p) ? pointer_ext(buf, *p, ptr) : NULL;

    if (text) {
        put_text(out, sp, text);
        return p + 1;
    }
    sp->base = 16;
    sp->precision = 2 * sizeof(ptr);
    put_number(out, sp, (uintptr_t)ptr);
    return p;
}

static void put_signed(struct sink *out, struct spec *sp, int64_t v)
{
    sp->negative = v < 0;
    put_number(out, sp, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static void put_unsigned(struct sink *out, struct spec *sp, unsigned int base, uint64_t v)
{
    sp->plus = sp->space = false;
    sp->base = base;
    put_number(out, sp, v);
}

/* @p stands behind a '%'. Returns the position after the conversion. */
static const char *convert(struct sink *out, const char *p, struct args *a)
{
    const char *start = p;
    struct spec sp;

    p = read_spec(p, a, &sp);
    switch (*p++) {
    case 'd':
    case 'i':
        put_signed(out, &sp, take_signed(a, sp.length));
        return p;
    case 'u':
        put_unsigned(out, &sp, 10, take_unsigned(a, sp.length));
        return p;
    case 'o':
        put_unsigned(out, &sp, 8, take_unsigned(a, sp.length));
        return p;
    case 'X':
        sp.upper = true;
        /* fallthrough */
    case 'x':
        put_unsigned(out, &sp, 16, take_unsigned(a, sp.length));
        return p;
    case 'c':
        put_char(out, &sp, (char)va_arg(a->ap, int));
        return p;
    case 's':
        put_text(out, &sp, va_arg(a->ap, const char *));
        return p;
    case 'p':
        return put_pointer(out, &sp, p, va_arg(a->ap, const void *));
    case '%':
        put(out, '%');
        return p;
    }
    put(out, '%');
    return start;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
    struct sink out = {.buf = buf, .size = size};
    struct args a;

    va_copy(a.ap, args);
    while (*fmt) {
        if (*fmt == '%') {
            fmt = convert(&out, fmt + 1, &a);
        } else {
            put(&out, *fmt++);
        }
    }
    va_end(a.ap);
    if (size)
        buf[out.len < size ? out.len : size - 1] = '\0';
    return (int)out.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int len;

    va_start(args, fmt);
    len = vsnprintf(buf, size, fmt, args);
    va_end(args);
    return len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
    int len = vsnprintf(buf, size, fmt, args);

    if (!size)
        return 0;
    return (size_t)len < size ? len : (int)size - 1;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int len;

    va_start(args, fmt);
    len = vscnprintf(buf, size, fmt, args);
    va_end(args);
    return len;
}
