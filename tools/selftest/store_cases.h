/* SPDX-License-Identifier: MIT */
/* What test-xenstore does to the store. */
#ifndef SELFTEST_STORE_CASES_H
#define SELFTEST_STORE_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include <xenstore.h>

struct store {
    struct xs_handle *xs;
    struct xs_handle *other; /* whose writes conflict */
    char base[64];           /* the node that is ours */
};

/* Each returns false with errno; EILSEQ: the store answered, but wrong. */
struct store_case {
    const char *name, *what;
    bool (*before)(const struct store *s); /* not measured; NULL: nothing */
    bool (*run)(const struct store *s);
};

extern const struct store_case store_cases[];
extern const unsigned int nr_store_cases;

#endif
