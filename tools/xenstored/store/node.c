/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "node.h"

struct node *node_new(const char *name, size_t name_len, struct perms *perms, uint64_t gen)
{
    struct node *n = calloc(1, sizeof(*n) + name_len + 1);

    if (!n)
        return NULL;
    n->refs = 1;
    n->gen = gen;
    n->perms = perms_get(perms);
    n->name_len = (uint32_t)name_len;
    memcpy(n->name, name, name_len);
    return n;
}

struct node *node_get(struct node *n)
{
    n->refs++;
    return n;
}

/* Recursion is as deep as a path has components, at most 1024 by the limit of its length. */
void node_put(struct node *n)
{
    if (!n || --n->refs)
        return;
    for (unsigned int i = 0; i < n->nr_kids; i++)
        node_put(n->kids[i]);
    perms_put(n->perms);
    free(n->kids);
    free(n->by_name);
    free(n->value);
    free(n);
}

static int name_cmp(const struct node *n, const char *name, size_t len)
{
    size_t min = n->name_len < len ? n->name_len : len;
    int c = memcmp(n->name, name, min);

    if (c)
        return c;
    return n->name_len < len ? -1 : n->name_len > len;
}

/* Position in by_name of the first child not before @name; *found whether it is that one. */
static unsigned int name_pos(const struct node *n, const char *name, size_t len, bool *found)
{
    unsigned int lo = 0, hi = n->nr_kids;

    *found = false;
    while (lo < hi) {
        unsigned int mid = lo + (hi - lo) / 2;
        int c = name_cmp(n->kids[n->by_name[mid]], name, len);

        if (c == 0)
            *found = true;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct node *node_child(const struct node *n, const char *name, size_t name_len)
{
    bool found;
    unsigned int pos = name_pos(n, name, name_len, &found);

    return found ? n->kids[n->by_name[pos]] : NULL;
}

int node_set_value(struct node *n, const void *value, unsigned int len)
{
    char *copy = NULL;

    if (len) {
        copy = malloc(len);
        if (!copy)
            return -ENOMEM;
        memcpy(copy, value, len);
    }
    free(n->value);
    n->value = copy;
    n->value_len = len;
    return 0;
}

static int reserve_kids(struct node *n, unsigned int nr)
{
    unsigned int cap = n->cap_kids ? n->cap_kids : 2;
    struct node **kids;
    uint32_t *by_name;

    if (nr <= n->cap_kids)
        return 0;
    while (cap < nr)
        cap *= 2;
    kids = realloc(n->kids, cap * sizeof(struct node *));
    if (!kids)
        return -ENOMEM;
    n->kids = kids;
    by_name = realloc(n->by_name, cap * sizeof(*by_name));
    if (!by_name)
        return -ENOMEM;
    n->by_name = by_name;
    n->cap_kids = cap;
    return 0;
}

int node_add_child(struct node *n, struct node *kid)
{
    bool found;
    unsigned int pos;

    if (reserve_kids(n, n->nr_kids + 1) != 0)
        return -ENOMEM;
    pos = name_pos(n, kid->name, kid->name_len, &found);
    memmove(n->by_name + pos + 1, n->by_name + pos, (n->nr_kids - pos) * sizeof(*n->by_name));
    n->by_name[pos] = n->nr_kids;
    n->kids[n->nr_kids++] = kid;
    n->kids_bytes += kid->name_len + 1;
    return 0;
}

void node_remove_child(struct node *n, const char *name, size_t name_len)
{
    bool found;
    unsigned int pos = name_pos(n, name, name_len, &found), idx;
    struct node *kid;

    if (!found)
        return;
    idx = n->by_name[pos];
    kid = n->kids[idx];
    memmove(n->by_name + pos, n->by_name + pos + 1, (n->nr_kids - pos - 1) * sizeof(*n->by_name));
    memmove(n->kids + idx, n->kids + idx + 1, (n->nr_kids - idx - 1) * sizeof(*n->kids));
    n->nr_kids--;
    for (unsigned int i = 0; i < n->nr_kids; i++)
        n->by_name[i] -= n->by_name[i] > idx;
    n->kids_bytes -= kid->name_len + 1;
    node_put(kid);
}

static struct node *node_clone(struct node *n)
{
    struct node *c = node_new(n->name, n->name_len, n->perms, n->gen);

    if (!c)
        return NULL;
    if (node_set_value(c, n->value, n->value_len) != 0 ||
        (n->nr_kids && reserve_kids(c, n->nr_kids) != 0)) {
        node_put(c);
        return NULL;
    }
    for (unsigned int i = 0; i < n->nr_kids; i++)
        c->kids[i] = node_get(n->kids[i]);
    if (n->nr_kids)
        memcpy(c->by_name, n->by_name, n->nr_kids * sizeof(*c->by_name));
    c->nr_kids = n->nr_kids;
    c->kids_bytes = n->kids_bytes;
    return c;
}

size_t path_component(const char *path)
{
    return strcspn(path, "/");
}

size_t path_parent_len(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash != path ? (size_t)(slash - path) : 1;
}

/* Walks down as far as nodes exist. */
static struct node *walk(struct node *root, const char *path, const char **rest)
{
    struct node *n = root, *kid;
    const char *p = path + 1;

    while (*p) {
        size_t len = path_component(p);

        kid = node_child(n, p, len);
        if (!kid)
            break;
        n = kid;
        p += len;
        p += *p == '/';
    }
    *rest = p;
    return n;
}

struct node *tree_find(struct node *root, const char *path)
{
    const char *rest;
    struct node *n = walk(root, path, &rest);

    return *rest ? NULL : n;
}

struct node *tree_find_nearest(struct node *root, const char *path)
{
    const char *rest;

    return walk(root, path, &rest);
}

static int own_slot(struct node **slot)
{
    struct node *c;

    if ((*slot)->refs == 1)
        return 0;
    c = node_clone(*slot);
    if (!c)
        return -ENOMEM;
    node_put(*slot);
    *slot = c;
    return 0;
}

int tree_own(struct node **root, const char *path, struct node **out, const char **rest)
{
    struct node **slot = root;
    const char *p = path + 1;

    if (own_slot(slot) != 0)
        return -ENOMEM;
    while (*p) {
        size_t len = path_component(p);
        bool found;
        unsigned int pos = name_pos(*slot, p, len, &found);

        if (!found)
            break;
        slot = &(*slot)->kids[(*slot)->by_name[pos]];
        if (own_slot(slot) != 0)
            return -ENOMEM;
        p += len;
        p += *p == '/';
    }
    *out = *slot;
    *rest = p;
    return 0;
}

unsigned int node_bytes(const struct node *n)
{
    return n->name_len + n->value_len + n->perms->nr * (unsigned int)sizeof(struct perm) + 32;
}
