/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "store.h"

struct domain *domain_get(struct store *s, uint32_t domid)
{
    struct domain *d;

    if (domid >= STORE_NR_DOMIDS)
        return NULL;
    if (s->domains[domid])
        return s->domains[domid];
    d = calloc(1, sizeof(*d));
    if (!d)
        return NULL;
    d->domid = domid;
    d->target = NO_DOMID;
    s->domains[domid] = d;
    return d;
}

bool domain_is_known(struct store *s, uint32_t domid)
{
    return domid < STORE_NR_DOMIDS && s->domains[domid] && s->domains[domid]->introduced;
}

long domain_memory(const struct domain *d)
{
    return d->bytes + d->watch_bytes + d->txn_bytes + d->queue_bytes;
}

bool domain_over_memory(struct store *s, struct domain *d)
{
    long used = domain_memory(d);

    if (s->quotas.memory_soft && used > (long)s->quotas.memory_soft && !d->warned) {
        d->warned = true;
        store_log(s, "domain %u uses %ld bytes of store memory", d->domid, used);
    } else if (used <= (long)s->quotas.memory_soft) {
        d->warned = false;
    }
    return s->quotas.memory && used > (long)s->quotas.memory;
}

void store_domain_introduced(struct store *s, uint32_t domid)
{
    struct domain *d = domain_get(s, domid);

    if (!d)
        return;
    d->introduced = true;
    d->shutdown = false;
}

/* Paths to treat after a domain has gone, found first and changed later. */
struct path_item {
    struct path_item *next;
    bool owned;
    char path[];
};

static bool mentions(const struct perms *p, uint32_t domid)
{
    for (unsigned int i = 0; i < p->nr; i++) {
        if (p->p[i].domid == domid)
            return true;
    }
    return false;
}

static void item_add(struct path_item ***tail, const char *path, bool owned)
{
    struct path_item *it = malloc(sizeof(*it) + strlen(path) + 1);

    if (!it)
        return;
    it->next = NULL;
    it->owned = owned;
    strcpy(it->path, path);
    **tail = it;
    *tail = &it->next;
}

static void collect(const struct node *n, char *path, size_t len, uint32_t domid,
                    struct path_item ***tail)
{
    if (len && mentions(n->perms, domid)) {
        bool owned = n->perms->p[0].domid == domid;

        item_add(tail, path, owned);
        if (owned)
            return; /* all below goes with it */
    }
    for (unsigned int i = 0; i < n->nr_kids; i++) {
        const struct node *kid = n->kids[i];

        if (len + 1 + kid->name_len >= STORE_PATH_ROOM)
            continue;
        path[len] = '/';
        memcpy(path + len + 1, kid->name, kid->name_len + 1);
        collect(kid, path, len + 1 + kid->name_len, domid, tail);
        path[len] = '\0';
    }
}

static void treat(struct store *s, const struct path_item *it, uint32_t domid)
{
    static const struct actor dom0 = {.domid = 0, .target = NO_DOMID, .privileged = true};
    struct view v;
    struct node *n;
    struct perms *p;

    store_begin(s, &v);
    n = tree_find(v.root, it->path);
    if (n && it->owned && !s->keep_orphans) {
        (void)view_rm(&v, &dom0, it->path);
    } else if (n && !it->owned) {
        p = perms_without(n->perms, domid);
        if (p)
            (void)view_swap_perms(&v, it->path, p);
        perms_put(p);
    }
    watch_tell(s, &v, NULL);
    store_commit(&v);
}

static void sweep_tree(struct store *s, uint32_t domid)
{
    char path[STORE_PATH_ROOM] = "";
    struct path_item *list = NULL, **tail = &list, *it;

    collect(s->root, path, 0, domid, &tail);
    while ((it = list)) {
        list = it->next;
        treat(s, it, domid);
        free(it);
    }
}

static void sweep_special(struct store *s, uint32_t domid)
{
    for (int i = 0; i < 2; i++) {
        struct perms *p = perms_without(s->special[i], domid);

        if (p) {
            perms_put(s->special[i]);
            s->special[i] = p;
        }
    }
}

void store_domain_forget(struct store *s, uint32_t domid)
{
    struct domain *d = domid < STORE_NR_DOMIDS ? s->domains[domid] : NULL;

    if (!d)
        return;
    d->introduced = false;
    d->shutdown = false;
    d->target = NO_DOMID;
    for (unsigned int i = 0; i < STORE_NR_DOMIDS; i++) {
        if (s->domains[i] && s->domains[i]->target == domid)
            s->domains[i]->target = NO_DOMID;
    }
    sweep_tree(s, domid);
    sweep_special(s, domid);
}

void store_tell_special(struct store *s, bool release)
{
    watch_tell_special(s, release ? "@releaseDomain" : "@introduceDomain", s->special[release]);
}
