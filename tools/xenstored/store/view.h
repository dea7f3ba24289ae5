/* SPDX-License-Identifier: MIT */
/*
 * A tree that requests work on, with what they have done to it: the main tree for the length of
 * one request, or a transaction's until it ends. Every change checks rights and quotas first and
 * either happens whole or not at all.
 *
 * Paths are absolute and valid (see path_is_valid() in store.h).
 * Errors: -ENOENT, -EACCES, -EINVAL, -ENOSPC (quota), -EPERM, -ENOMEM.
 */
#ifndef STORE_VIEW_H
#define STORE_VIEW_H

#include "node.h"
#include "strmap.h"

struct store;
struct domain;

/* What changes in a domain's account. */
struct delta {
    struct domain *dom;
    long nodes, bytes;
};

struct deltas {
    struct delta *d;
    unsigned int nr, cap;
};

/* A path whose watches are due. */
struct change {
    struct change *next;
    struct perms *gone; /* access list of the removed node, one reference; NULL if it was not */
    bool exact;         /* tell only those who watch this very path */
    char path[];
};

struct change_list {
    struct change *head, **tail;
    struct strmap by_path;
};

struct view {
    struct store *s;
    struct node *root; /* one reference */
    struct deltas deltas;
    struct change_list changes;
};

void view_init(struct view *v, struct store *s, struct node *root); /* takes over @root */
void view_dispose(struct view *v);

/* The node at @path if @who has the rights @want there; borrowed from the view. */
int view_find(struct view *v, const struct actor *who, const char *path, unsigned int want,
              struct node **out);

int view_write(struct view *v, const struct actor *who, const char *path, const void *value,
               unsigned int len);
int view_mkdir(struct view *v, const struct actor *who, const char *path);
int view_rm(struct view *v, const struct actor *who, const char *path);
int view_set_perms(struct view *v, const struct actor *who, const char *path, struct perms *p);

/* Replaces the access list without a check, an event or a quota. */
int view_swap_perms(struct view *v, const char *path, struct perms *p);

#endif
