/* SPDX-License-Identifier: MIT */
/* Access lists of nodes. Immutable once made, and shared by reference. */
#ifndef STORE_PERMS_H
#define STORE_PERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PERM_READ  1u
#define PERM_WRITE 2u
#define PERM_OWNER 4u /* asked for only: to be the owner, or dom0 */

#define NO_DOMID 0xffffffffu

struct perm {
    uint32_t domid;
    uint32_t bits; /* PERM_READ | PERM_WRITE */
};

/* p[0] names the owner; its bits hold for everybody without an entry. */
struct perms {
    unsigned int refs;
    unsigned int nr; /* at least 1 */
    struct perm p[];
};

/* On whose behalf a request runs. */
struct actor {
    uint32_t domid;
    uint32_t target; /* the domain it serves as device model, or NO_DOMID */
    bool privileged;
};

/* One reference for the caller; NULL: out of memory. */
struct perms *perms_new(const struct perm *p, unsigned int nr);
struct perms *perms_get(struct perms *p);
void perms_put(struct perms *p); /* NULL is fine */

/* @p with another owner; a new reference (to @p itself if nothing changes). */
struct perms *perms_with_owner(struct perms *p, uint32_t owner);
/* @p without the entries of @domid other than the owner's. */
struct perms *perms_without(struct perms *p, uint32_t domid);

/* Whether @who has all of @want. */
bool perms_allow(const struct perms *p, const struct actor *who, unsigned int want);

/*
 * Parses NUL-terminated entries ("r12") which fill exactly @len bytes.
 * 0, -EINVAL, -ENOMEM.
 */
int perms_parse(const char *text, size_t len, struct perms **out);

/* Bytes of the wire form, and the wire form itself: entries with their NULs. */
size_t perms_format(const struct perms *p, char *buf, size_t room);

#endif
