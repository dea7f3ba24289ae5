/* SPDX-License-Identifier: MIT */
/* A map from strings to pointers. Keys are copied. No locks: the daemon has one thread. */
#ifndef STORE_STRMAP_H
#define STORE_STRMAP_H

#include <stddef.h>

struct strmap_entry {
    struct strmap_entry *next;
    unsigned int hash;
    void *value;
    char key[];
};

struct strmap {
    struct strmap_entry **buckets;
    unsigned int nr_buckets; /* a power of two, or 0 before the first entry */
    unsigned int nr;
};

/* All zero is an empty map. */
void strmap_dispose(struct strmap *m); /* frees the keys, not the values */

/* The value's place for the @len bytes at @key, or NULL. */
void **strmap_find(const struct strmap *m, const char *key, size_t len);

/* As strmap_find(), but adds the key with a NULL value. NULL: out of memory, map unchanged. */
void **strmap_add(struct strmap *m, const char *key, size_t len);

void strmap_remove(struct strmap *m, const char *key, size_t len);

#endif
