/* SPDX-License-Identifier: MIT */
/*
 * The tree of nodes: persistent by copy on write.
 *
 * A tree is known by its root, which is one reference. Taking another reference to the root is a
 * snapshot, in constant time. Whoever changes a tree first makes the nodes on the way his own
 * (tree_own): a node with more than one reference is copied, its children then get one reference
 * more. So nodes that two trees share are never changed.
 */
#ifndef STORE_NODE_H
#define STORE_NODE_H

#include <stdint.h>

#include "perms.h"

struct node {
    unsigned int refs;
    unsigned int nr_kids, cap_kids;
    unsigned int kids_bytes; /* lengths of the children's names with their NULs */
    unsigned int value_len;
    uint32_t name_len;
    uint64_t gen;        /* changes with value, access list and set of children */
    struct perms *perms; /* one reference */
    char *value;         /* NULL if empty */
    struct node **kids;  /* in order of creation, one reference each */
    uint32_t *by_name;   /* indices into kids, by name */
    char name[];
};

/* A node without children; takes its own reference to @perms. NULL: out of memory. */
struct node *node_new(const char *name, size_t name_len, struct perms *perms, uint64_t gen);
struct node *node_get(struct node *n);
void node_put(struct node *n); /* NULL is fine; frees the whole tree with the last reference */

/* The child with this name, or NULL. */
struct node *node_child(const struct node *n, const char *name, size_t name_len);

/* Sets the value of a node of one's own. 0 or -ENOMEM, then unchanged. */
int node_set_value(struct node *n, const void *value, unsigned int len);

/* Adds @kid to a node of one's own, taking over the caller's reference on success. 0, -ENOMEM. */
int node_add_child(struct node *n, struct node *kid);
/* Removes and drops the child, which must be there. Cannot fail. */
void node_remove_child(struct node *n, const char *name, size_t name_len);

/* The node at the absolute @path ("/" is the root), or NULL. */
struct node *tree_find(struct node *root, const char *path);
/* The nearest node on the way to @path that exists; @path itself if it does. */
struct node *tree_find_nearest(struct node *root, const char *path);

/*
 * Makes the nodes from the root to @path, or to the nearest existing one above it, one's own.
 * 0 or -ENOMEM; even then the tree has the same contents. @rest: what of @path does not exist.
 */
int tree_own(struct node **root, const char *path, struct node **out, const char **rest);

/* Length of the first component of @path, which has no leading slash. */
size_t path_component(const char *path);
/* Length of the path of the parent: 1 for "/x", whose parent is "/". */
size_t path_parent_len(const char *path);

/* What a node costs in memory, for accounting. */
unsigned int node_bytes(const struct node *n);

#endif
