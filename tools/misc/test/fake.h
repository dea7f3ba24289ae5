/* SPDX-License-Identifier: MIT */
/*
 * A hypervisor for the small programs, preloaded in place of what they ask of the libraries. What
 * changes anything is printed as a line "call ..." on stdout. FAKE_ERRNO: each call fails with it.
 */
#ifndef FAKE_H
#define FAKE_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Fails, if it is to; or else prints what is asked for. */
#define SAY(...)                                                                                   \
    do {                                                                                           \
        if (fails())                                                                               \
            return -1;                                                                             \
        printf("call " __VA_ARGS__);                                                               \
        fflush(stdout);                                                                            \
        return 0;                                                                                  \
    } while (0)

static inline bool fails(void)
{
    const char *number = getenv("FAKE_ERRNO");

    errno = number ? atoi(number) : 0;
    return number;
}

/* What the hypervisor's frame @mfn has of its trace buffers, in a page of zeros. */
void trace_fill(void *page, unsigned long mfn);

#endif
