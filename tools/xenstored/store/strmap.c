/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "strmap.h"

#define FIRST_BUCKETS 16u

/* FNV-1a with a final mix: guests choose the keys, but also pay for each by a quota. */
static unsigned int hash_of(const char *key, size_t len)
{
    uint64_t h = 14695981039346656037ull;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)key[i]) * 1099511628211ull;
    return (unsigned int)(h ^ (h >> 32));
}

static struct strmap_entry **entry_slot(const struct strmap *m, const char *key, size_t len,
                                        unsigned int hash)
{
    struct strmap_entry **slot;

    if (!m->nr_buckets)
        return NULL;
    for (slot = &m->buckets[hash & (m->nr_buckets - 1)]; *slot; slot = &(*slot)->next) {
        if ((*slot)->hash == hash && strncmp((*slot)->key, key, len) == 0 && !(*slot)->key[len])
            return slot;
    }
    return NULL;
}

void **strmap_find(const struct strmap *m, const char *key, size_t len)
{
    struct strmap_entry **slot = entry_slot(m, key, len, hash_of(key, len));

    return slot ? &(*slot)->value : NULL;
}

static int grow(struct strmap *m)
{
    unsigned int nr = m->nr_buckets ? m->nr_buckets * 2 : FIRST_BUCKETS;
    struct strmap_entry **buckets = calloc(nr, sizeof(struct strmap_entry *));

    if (!buckets)
        return m->nr_buckets ? 0 : -1; /* longer chains still work */
    for (unsigned int i = 0; i < m->nr_buckets; i++) {
        struct strmap_entry *e = m->buckets[i], *next;

        for (; e; e = next) {
            next = e->next;
            e->next = buckets[e->hash & (nr - 1)];
            buckets[e->hash & (nr - 1)] = e;
        }
    }
    free(m->buckets);
    m->buckets = buckets;
    m->nr_buckets = nr;
    return 0;
}

void **strmap_add(struct strmap *m, const char *key, size_t len)
{
    unsigned int hash = hash_of(key, len);
    struct strmap_entry **slot = entry_slot(m, key, len, hash), *e;

    if (slot)
        return &(*slot)->value;
    if (m->nr >= m->nr_buckets && grow(m) != 0)
        return NULL;
    e = malloc(sizeof(*e) + len + 1);
    if (!e)
        return NULL;
    memcpy(e->key, key, len);
    e->key[len] = '\0';
    e->hash = hash;
    e->value = NULL;
    e->next = m->buckets[hash & (m->nr_buckets - 1)];
    m->buckets[hash & (m->nr_buckets - 1)] = e;
    m->nr++;
    return &e->value;
}

void strmap_remove(struct strmap *m, const char *key, size_t len)
{
    struct strmap_entry **slot = entry_slot(m, key, len, hash_of(key, len)), *e;

    if (!slot)
        return;
    e = *slot;
    *slot = e->next;
    free(e);
    m->nr--;
}

void strmap_dispose(struct strmap *m)
{
    for (unsigned int i = 0; i < m->nr_buckets; i++) {
        struct strmap_entry *e = m->buckets[i], *next;

        for (; e; e = next) {
            next = e->next;
            free(e);
        }
    }
    free(m->buckets);
    *m = (struct strmap){0};
}
