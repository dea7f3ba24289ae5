/* SPDX-License-Identifier: MIT */
/*
 * Bounded formatting of text.
 *
 * Conversions d i u x X o p c s %, sizes hh h l ll z j t, flags - + space # 0, width and precision
 * as digits or '*'. No floating point and no %n. A conversion that is not known prints as it
 * stands and takes no argument.
 *
 * %p prints 16 hex digits (8 on a 32-bit host) without 0x. A letter or digit right after it is
 * offered to pointer_ext(); when that declines, the address is printed and the character follows
 * as text.
 */
#ifndef XEN_LIB_PRINTF_H
#define XEN_LIB_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Format into @buf, of @size bytes (0 allowed, then @buf may be NULL); always terminated if
 * @size > 0.
 * Returns: the length of the whole text without its end, even when it was cut.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
int snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same; Returns: the number of characters stored, without the end. */
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
    __attribute__((format(printf, 3, 0)));
int scnprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#define POINTER_EXT_SIZE 64

/*
 * The hook behind "%p<kind>": 's' the symbol at @ptr, 'v' a vCPU as dNvM, 'd' a domain as dN.
 * The weak default declines everything; the core supplies a strong one.
 * Returns: a terminated text (in @buf, or constant), or NULL when @kind is not known.
 */
const char *pointer_ext(char buf[POINTER_EXT_SIZE], char kind, const void *ptr);

#endif
