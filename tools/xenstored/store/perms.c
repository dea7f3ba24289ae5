/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perms.h"

/* No request is longer than 4096 bytes, an entry takes three at least. */
#define MAX_ENTRIES 1366u

struct perms *perms_new(const struct perm *p, unsigned int nr)
{
    struct perms *n = malloc(sizeof(*n) + nr * sizeof(*p));

    if (!n)
        return NULL;
    n->refs = 1;
    n->nr = nr;
    if (p)
        memcpy(n->p, p, nr * sizeof(*p));
    return n;
}

struct perms *perms_get(struct perms *p)
{
    p->refs++;
    return p;
}

void perms_put(struct perms *p)
{
    if (p && --p->refs == 0)
        free(p);
}

struct perms *perms_with_owner(struct perms *p, uint32_t owner)
{
    struct perms *n;

    if (p->p[0].domid == owner)
        return perms_get(p);
    n = perms_new(p->p, p->nr);
    if (n)
        n->p[0].domid = owner;
    return n;
}

static unsigned int find_entry(const struct perms *p, uint32_t domid)
{
    unsigned int i;

    for (i = 1; i < p->nr; i++) {
        if (p->p[i].domid == domid)
            break;
    }
    return i;
}

struct perms *perms_without(struct perms *p, uint32_t domid)
{
    struct perms *n;
    unsigned int kept = 1;

    if (find_entry(p, domid) == p->nr)
        return perms_get(p);
    n = perms_new(p->p, p->nr);
    if (!n)
        return NULL;
    for (unsigned int i = 1; i < p->nr; i++) {
        if (p->p[i].domid != domid)
            n->p[kept++] = p->p[i];
    }
    n->nr = kept;
    return n;
}

static unsigned int bits_of(const struct perms *p, uint32_t domid)
{
    unsigned int i;

    if (p->p[0].domid == domid)
        return PERM_READ | PERM_WRITE | PERM_OWNER;
    i = find_entry(p, domid);
    return i < p->nr ? p->p[i].bits : p->p[0].bits;
}

bool perms_allow(const struct perms *p, const struct actor *who, unsigned int want)
{
    unsigned int have;

    if (who->privileged)
        return true;
    have = bits_of(p, who->domid);
    if (who->target != NO_DOMID)
        have |= bits_of(p, who->target);
    return (have & want) == want;
}

static int parse_entry(const char *s, struct perm *out)
{
    static const char letters[] = "nrwb";
    const char *l = *s ? strchr(letters, *s) : NULL;
    unsigned long id;
    char *end;

    if (!l || s[1] < '0' || s[1] > '9')
        return -EINVAL;
    errno = 0;
    id = strtoul(s + 1, &end, 0);
    if (errno || *end || id >= NO_DOMID)
        return -EINVAL;
    out->domid = (uint32_t)id;
    out->bits = (unsigned int)(l - letters);
    return 0;
}

int perms_parse(const char *text, size_t len, struct perms **out)
{
    unsigned int nr = 0, i = 0;
    struct perms *p;

    if (len == 0 || text[len - 1] != '\0')
        return -EINVAL;
    for (size_t k = 0; k < len; k++)
        nr += text[k] == '\0';
    if (nr > MAX_ENTRIES)
        return -EINVAL;
    p = perms_new(NULL, nr);
    if (!p)
        return -ENOMEM;
    for (const char *s = text; i < nr; s += strlen(s) + 1, i++) {
        if (parse_entry(s, &p->p[i]) != 0) {
            perms_put(p);
            return -EINVAL;
        }
    }
    *out = p;
    return 0;
}

size_t perms_format(const struct perms *p, char *buf, size_t room)
{
    size_t used = 0;

    for (unsigned int i = 0; i < p->nr; i++) {
        char text[16];
        size_t n = (size_t)snprintf(text, sizeof(text), "%c%u", "nrwb"[p->p[i].bits & 3],
                                    p -> p[i].domid) +
                   1;

        if (used + n <= room)
            memcpy(buf + used, text, n);
        used += n;
    }
    return used;
}
