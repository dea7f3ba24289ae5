/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

void view_init(struct view *v, struct store *s, struct node *root)
{
    *v = (struct view){.s = s, .root = root};
    v->changes.tail = &v->changes.head;
}

static void change_free(struct change *c)
{
    perms_put(c->gone);
    free(c);
}

static void changes_dispose(struct change_list *l)
{
    struct change *c, *next;

    for (c = l->head; c; c = next) {
        next = c->next;
        change_free(c);
    }
    strmap_dispose(&l->by_path);
    l->head = NULL;
    l->tail = &l->head;
}

void view_dispose(struct view *v)
{
    changes_dispose(&v->changes);
    free(v->deltas.d);
    v->deltas = (struct deltas){0};
    node_put(v->root);
    v->root = NULL;
}

/* Notes that @path changed. A path is told once, at its first place in the list. */
static int change_add(struct view *v, const char *path, bool exact, struct perms *gone)
{
    size_t len = strlen(path);
    void **slot = strmap_add(&v->changes.by_path, path, len);
    struct change *c;

    if (!slot)
        return -ENOMEM;
    c = *slot;
    if (!c) {
        c = calloc(1, sizeof(*c) + len + 1);
        if (!c) {
            strmap_remove(&v->changes.by_path, path, len);
            return -ENOMEM;
        }
        memcpy(c->path, path, len);
        c->exact = true;
        *v->changes.tail = c;
        v->changes.tail = &c->next;
        *slot = c;
    }
    c->exact = c->exact && exact;
    perms_put(c->gone);
    c->gone = gone ? perms_get(gone) : NULL;
    return 0;
}

static struct delta *delta_find(struct deltas *l, const struct domain *dom)
{
    for (unsigned int i = 0; i < l->nr; i++) {
        if (l->d[i].dom == dom)
            return &l->d[i];
    }
    return NULL;
}

static int delta_add(struct view *v, struct deltas *l, uint32_t domid, long nodes, long bytes)
{
    struct domain *dom = domain_get(v->s, domid);
    struct delta *d;

    if (!dom)
        return -ENOMEM;
    d = delta_find(l, dom);
    if (!d) {
        if (l->nr == l->cap) {
            unsigned int cap = l->cap ? l->cap * 2 : 4;

            d = realloc(l->d, cap * sizeof(*d));
            if (!d)
                return -ENOMEM;
            l->d = d;
            l->cap = cap;
        }
        d = &l->d[l->nr++];
        *d = (struct delta){.dom = dom};
    }
    d->nodes += nodes;
    d->bytes += bytes;
    return 0;
}

/* Makes room so that deltas_merge() cannot fail. */
static int deltas_reserve(struct view *v, const struct deltas *more)
{
    unsigned int need = v->deltas.nr + more->nr;
    struct delta *d;

    if (need <= v->deltas.cap)
        return 0;
    d = realloc(v->deltas.d, need * sizeof(*d));
    if (!d)
        return -ENOMEM;
    v->deltas.d = d;
    v->deltas.cap = need;
    return 0;
}

static void deltas_merge(struct view *v, const struct deltas *more)
{
    for (unsigned int i = 0; i < more->nr; i++) {
        struct delta *d = delta_find(&v->deltas, more->d[i].dom);

        if (!d) {
            d = &v->deltas.d[v->deltas.nr++];
            *d = (struct delta){.dom = more->d[i].dom};
        }
        d->nodes += more->d[i].nodes;
        d->bytes += more->d[i].bytes;
    }
}

/* Whether what @more adds to the account of @who's domain is within its quota. */
static int quota_check(struct view *v, const struct actor *who, struct deltas *more)
{
    const struct quotas *q = &v->s->quotas;
    struct domain *dom = domain_get(v->s, who->domid);
    struct delta *add, *old;
    long nodes, bytes;

    if (who->privileged)
        return 0;
    if (!dom)
        return -ENOMEM;
    add = delta_find(more, dom);
    if (!add)
        return 0;
    old = delta_find(&v->deltas, dom);
    nodes = dom->nodes + (old ? old->nodes : 0) + add->nodes;
    bytes = domain_memory(dom) + (old ? old->bytes : 0) + add->bytes;
    if (add->nodes > 0 && nodes > (long)q->nodes)
        return -ENOSPC;
    if (add->bytes > 0 && q->memory && bytes > (long)q->memory)
        return -ENOSPC;
    return 0;
}

/* Who may not see the place must not learn either whether something is there. */
static int missing_error(struct view *v, const struct actor *who, const char *path,
                         unsigned int want)
{
    struct node *near = tree_find_nearest(v->root, path);

    return perms_allow(near->perms, who, want & (PERM_READ | PERM_WRITE)) ? -ENOENT : -EACCES;
}

int view_find(struct view *v, const struct actor *who, const char *path, unsigned int want,
              struct node **out)
{
    struct node *n = tree_find(v->root, path);

    if (!n)
        return missing_error(v, who, path, want);
    if (!perms_allow(n->perms, who, want))
        return -EACCES;
    *out = n;
    return 0;
}

static int size_check(const struct view *v, const struct actor *who, size_t bytes)
{
    return !who->privileged && bytes > v->s->quotas.node_size ? -ENOSPC : 0;
}

/* Books, checks and notes a change; after this the caller commits and cannot fail. */
static int prepare(struct view *v, const struct actor *who, struct deltas *d, const char *path)
{
    int rc = quota_check(v, who, d);

    if (rc == 0)
        rc = deltas_reserve(v, d);
    return rc ? rc : change_add(v, path, false, NULL);
}

static int overwrite(struct view *v, const struct actor *who, const char *path, const void *value,
                     unsigned int len)
{
    struct deltas d = {0};
    const char *rest;
    struct node *n;
    int rc = view_find(v, who, path, PERM_WRITE, &n);

    if (rc == 0)
        rc = size_check(v, who, (size_t)len + n->kids_bytes);
    if (rc == 0)
        rc = delta_add(v, &d, n->perms->p[0].domid, 0, (long)len - (long)n->value_len);
    if (rc == 0)
        rc = tree_own(&v->root, path, &n, &rest);
    if (rc == 0)
        rc = prepare(v, who, &d, path);
    if (rc == 0)
        rc = node_set_value(n, value, len);
    if (rc == 0) {
        n->gen = store_next_gen(v->s);
        deltas_merge(v, &d);
    }
    free(d.d);
    return rc;
}

/* Builds the nodes for @rest, each the only child of the one before. */
static int build_chain(struct view *v, const char *rest, struct perms *perms, struct node **top)
{
    struct node *last = NULL, *n;

    for (const char *p = rest; *p;) {
        size_t len = path_component(p);

        n = node_new(p, len, perms, store_next_gen(v->s));
        if (!n)
            goto fail;
        if (!last) {
            *top = n;
        } else if (node_add_child(last, n) != 0) {
            node_put(n);
            goto fail;
        }
        last = n;
        p += len;
        p += *p == '/';
    }
    return 0;
fail:
    node_put(last ? *top : NULL);
    return -ENOMEM;
}

static struct node *chain_end(struct node *n)
{
    while (n->nr_kids)
        n = n->kids[0];
    return n;
}

static int count_chain(struct view *v, struct node *top, struct deltas *d)
{
    uint32_t owner = top->perms->p[0].domid;
    int rc = delta_add(v, d, owner, 1, (long)node_bytes(top));

    while (rc == 0 && top->nr_kids) {
        top = top->kids[0];
        rc = delta_add(v, d, owner, 1, (long)node_bytes(top));
    }
    return rc;
}

/* The access list of what @who creates below @n: the same, but a guest owns its own nodes. */
static struct perms *perms_below(const struct node *n, const struct actor *who)
{
    return who->privileged ? perms_get(n->perms) : perms_with_owner(n->perms, who->domid);
}

static int create(struct view *v, const struct actor *who, const char *path, const void *value,
                  unsigned int len)
{
    struct node *above, *top = NULL;
    struct deltas d = {0};
    struct perms *perms;
    const char *rest;
    int rc;

    above = tree_find_nearest(v->root, path);
    if (!perms_allow(above->perms, who, PERM_WRITE))
        return -EACCES;
    rc = tree_own(&v->root, path, &above, &rest);
    if (rc == 0)
        rc = size_check(v, who, (size_t)len);
    if (rc == 0)
        rc = size_check(v, who,
                        (size_t)above->value_len + above->kids_bytes + path_component(rest) + 1);
    if (rc)
        return rc;
    perms = perms_below(above, who);
    rc = perms ? build_chain(v, rest, perms, &top) : -ENOMEM;
    perms_put(perms);
    if (rc)
        return rc;
    rc = node_set_value(chain_end(top), value, len);
    if (rc == 0)
        rc = count_chain(v, top, &d);
    if (rc == 0)
        rc = prepare(v, who, &d, path);
    if (rc == 0)
        rc = node_add_child(above, top);
    if (rc == 0) {
        above->gen = store_next_gen(v->s);
        deltas_merge(v, &d);
    } else {
        node_put(top);
    }
    free(d.d);
    return rc;
}

int view_write(struct view *v, const struct actor *who, const char *path, const void *value,
               unsigned int len)
{
    if (tree_find(v->root, path))
        return overwrite(v, who, path, value, len);
    return create(v, who, path, value, len);
}

int view_mkdir(struct view *v, const struct actor *who, const char *path)
{
    struct node *n = tree_find(v->root, path);

    if (n)
        return perms_allow(n->perms, who, PERM_WRITE) ? 0 : -EACCES;
    return create(v, who, path, NULL, 0);
}

/* Books the removal of everything below @n, the deepest first. @path has room for any path. */
static int note_removed(struct view *v, struct node *n, char *path, size_t len, struct deltas *d)
{
    int rc = delta_add(v, d, n->perms->p[0].domid, -1, -(long)node_bytes(n));

    for (unsigned int i = 0; rc == 0 && i < n->nr_kids; i++) {
        struct node *kid = n->kids[i];
        size_t kid_len = len + 1 + kid->name_len;

        if (kid_len >= STORE_PATH_ROOM)
            return -EINVAL;
        path[len] = '/';
        memcpy(path + len + 1, kid->name, kid->name_len + 1);
        rc = note_removed(v, kid, path, kid_len, d);
        path[kid_len] = '\0';
        if (rc == 0)
            rc = change_add(v, path, true, kid->perms);
    }
    path[len] = '\0';
    return rc;
}

static int remove_node(struct view *v, const char *path, struct node *n)
{
    char buf[STORE_PATH_ROOM], parent[STORE_PATH_ROOM];
    size_t len = strlen(path), parent_len = path_parent_len(path);
    struct deltas d = {0};
    struct node *above;
    const char *rest;
    int rc;

    memcpy(buf, path, len + 1);
    memcpy(parent, path, parent_len);
    parent[parent_len] = '\0';
    rc = note_removed(v, n, buf, len, &d);
    if (rc == 0)
        rc = change_add(v, path, false, n->perms);
    if (rc == 0)
        rc = tree_own(&v->root, parent, &above, &rest);
    if (rc == 0)
        rc = deltas_reserve(v, &d);
    if (rc == 0) {
        const char *name = strrchr(path, '/') + 1;

        node_remove_child(above, name, strlen(name));
        above->gen = store_next_gen(v->s);
        deltas_merge(v, &d);
    }
    free(d.d);
    return rc;
}

int view_rm(struct view *v, const struct actor *who, const char *path)
{
    char parent[STORE_PATH_ROOM];
    struct node *n = tree_find(v->root, path);
    size_t len = path_parent_len(path);

    if (path[1] == '\0')
        return -EINVAL;
    if (n)
        return perms_allow(n->perms, who, PERM_WRITE) ? remove_node(v, path, n) : -EACCES;
    if (!perms_allow(tree_find_nearest(v->root, path)->perms, who, PERM_WRITE))
        return -EACCES;
    memcpy(parent, path, len);
    parent[len] = '\0';
    return tree_find(v->root, parent) ? 0 : -ENOENT;
}

static int move_account(struct view *v, const struct node *n, const struct perms *p,
                        struct deltas *d)
{
    uint32_t from = n->perms->p[0].domid, to = p->p[0].domid;
    long was = (long)node_bytes(n);
    long bytes = was + ((long)p->nr - (long)n->perms->nr) * (long)sizeof(struct perm);
    int rc = delta_add(v, d, from, -1, -was);

    return rc ? rc : delta_add(v, d, to, 1, bytes);
}

static int put_perms(struct view *v, const struct actor *who, const char *path, struct perms *p,
                     bool tell)
{
    struct deltas d = {0};
    const char *rest;
    struct node *n;
    int rc = tree_own(&v->root, path, &n, &rest);

    if (rc == 0)
        rc = move_account(v, n, p, &d);
    if (rc == 0)
        rc = tell ? prepare(v, who, &d, path) : deltas_reserve(v, &d);
    if (rc == 0) {
        perms_put(n->perms);
        n->perms = perms_get(p);
        n->gen = store_next_gen(v->s);
        deltas_merge(v, &d);
    }
    free(d.d);
    return rc;
}

int view_set_perms(struct view *v, const struct actor *who, const char *path, struct perms *p)
{
    struct node *n;
    int rc;

    if (!who->privileged && p->nr > v->s->quotas.perms)
        return -ENOSPC;
    rc = view_find(v, who, path, PERM_OWNER, &n);
    if (rc)
        return rc;
    if (!who->privileged && p->p[0].domid != n->perms->p[0].domid)
        return -EPERM;
    return put_perms(v, who, path, p, true);
}

int view_swap_perms(struct view *v, const char *path, struct perms *p)
{
    static const struct actor nobody = {.domid = NO_DOMID, .target = NO_DOMID};

    return put_perms(v, &nobody, path, p, false);
}
