/* SPDX-License-Identifier: MIT */
/* What the small programs share. */
#ifndef MISC_H
#define MISC_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The program's error message: a text, and errno's. Returns 1, the exit status. */
static inline int failed(const char *program, const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program, what, strerror(errno));
    return 1;
}

/* A whole decimal number up to @max; false if @text is something else. */
static inline bool parse_number(const char *text, unsigned long max, unsigned long *number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoul(text, &end, 10);
    return !*end && !errno && *number <= max;
}

#endif
