/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

static long watch_cost(const struct watch *w)
{
    return (long)(sizeof(*w) + strlen(w->path) + strlen(w->token) + 2);
}

static void watch_free(struct watch *w)
{
    free(w->path);
    free(w->token);
    free(w);
}

static struct watch *watch_find(struct conn *conn, const char *path, const char *token)
{
    void **slot = strmap_find(&conn->s->watches, path, strlen(path));
    struct watch *w;

    if (!slot)
        return NULL;
    LIST_FOREACH(w, (struct watch_list *)*slot, path_link)
    {
        if (w->conn == conn && strcmp(w->token, token) == 0)
            return w;
    }
    return NULL;
}

static struct watch_list *list_for(struct store *s, const char *path)
{
    size_t len = strlen(path);
    void **slot = strmap_add(&s->watches, path, len);

    if (!slot)
        return NULL;
    if (!*slot)
        *slot = calloc(1, sizeof(struct watch_list));
    if (!*slot) {
        strmap_remove(&s->watches, path, len);
        return NULL;
    }
    return *slot;
}

static int watch_check(struct conn *conn, const char *path, const char *token)
{
    const struct quotas *q = &conn->s->quotas;

    if (watch_find(conn, path, token))
        return -EEXIST;
    if (!conn->privileged && conn->dom->watches >= q->watches)
        return -E2BIG;
    if (!conn->privileged && domain_over_memory(conn->s, conn->dom))
        return -E2BIG;
    return 0;
}

/* @strip: see struct watch. 0 or -ENOMEM. */
static int watch_insert(struct conn *conn, const char *path, size_t strip, const char *token)
{
    struct watch *w = calloc(1, sizeof(*w));
    struct watch_list *l;

    if (!w)
        return -ENOMEM;
    w->path = strdup(path);
    w->token = strdup(token);
    if (!w->path || !w->token)
        goto fail;
    l = list_for(conn->s, path);
    if (!l)
        goto fail;
    w->conn = conn;
    w->strip = strip;
    w->seq = ++conn->s->watch_seq;
    LIST_INSERT_HEAD(l, w, path_link);
    LIST_INSERT_HEAD(&conn->watches, w, conn_link);
    conn->dom->watches++;
    conn->dom->watch_bytes += watch_cost(w);
    return 0;
fail:
    watch_free(w);
    return -ENOMEM;
}

static bool is_relative(const char *given)
{
    return given[0] != '/' && given[0] != '@';
}

int watch_add(struct conn *conn, const char *given, const char *path, const char *token)
{
    int rc = watch_check(conn, path, token);

    if (rc)
        return rc;
    return watch_insert(conn, path, is_relative(given) ? strlen(path) - strlen(given) : 0, token);
}

int watch_restore(struct conn *conn, const char *given, const char *token)
{
    char path[STORE_PATH_ROOM];
    size_t strip = 0;

    if (is_relative(given))
        strip = (size_t)snprintf(path, sizeof(path), "/local/domain/%u/", conn->dom->domid);
    if (strip + strlen(given) >= sizeof(path))
        return -EINVAL;
    strcpy(path + strip, given);
    return watch_find(conn, path, token) ? 0 : watch_insert(conn, path, strip, token);
}

static void watch_drop(struct watch *w)
{
    struct store *s = w->conn->s;
    size_t len = strlen(w->path);
    void **slot = strmap_find(&s->watches, w->path, len);

    w->conn->dom->watches--;
    w->conn->dom->watch_bytes -= watch_cost(w);
    LIST_REMOVE(w, conn_link);
    LIST_REMOVE(w, path_link);
    if (slot && LIST_EMPTY((struct watch_list *)*slot)) {
        free(*slot);
        strmap_remove(&s->watches, w->path, len);
    }
    watch_free(w);
}

int watch_del(struct conn *conn, const char *path, const char *token)
{
    struct watch *w = watch_find(conn, path, token);

    if (!w)
        return -ENOENT;
    watch_drop(w);
    return 0;
}

void watch_del_all(struct conn *conn)
{
    struct watch *w;

    while ((w = LIST_FIRST(&conn->watches)))
        watch_drop(w);
}

/* The watches that a change concerns, to be told in order of registration. */
struct due {
    const struct watch **w;
    size_t nr, cap;
};

static void due_add(struct due *d, const struct watch_list *l, const struct perms *perms)
{
    const struct watch *w;

    LIST_FOREACH(w, l, path_link)
    {
        struct actor who;

        conn_actor(w->conn, &who);
        if (!(perms ? perms_allow(perms, &who, PERM_READ) : who.privileged))
            continue;
        if (d->nr == d->cap) {
            size_t cap = d->cap ? d->cap * 2 : 16;
            const struct watch **more = realloc(d->w, cap * sizeof(*more));

            if (!more)
                return; /* a lost event is the least bad thing left */
            d->w = more;
            d->cap = cap;
        }
        d->w[d->nr++] = w;
    }
}

static int by_seq(const void *a, const void *b)
{
    const struct watch *const *x = a, *const *y = b;

    return (*x)->seq < (*y)->seq ? -1 : (*x)->seq > (*y)->seq;
}

static void due_tell(struct due *d, const char *path, const struct conn *cause)
{
    qsort(d->w, d->nr, sizeof(*d->w), by_seq);
    for (size_t i = 0; i < d->nr; i++)
        conn_event(d->w[i]->conn, cause, path + d->w[i]->strip, d->w[i]->token);
    d->nr = 0;
}

static void due_at(struct store *s, struct due *d, const char *path, size_t len,
                   const struct perms *perms)
{
    void **slot = strmap_find(&s->watches, path, len);

    if (slot)
        due_add(d, *slot, perms);
}

static void tell_change(struct store *s, struct view *v, struct due *d, const struct change *c,
                        const struct conn *cause)
{
    struct node *n = tree_find(v->root, c->path);
    const struct perms *perms = n ? n->perms : c->gone;
    size_t len = strlen(c->path);

    if (!c->exact) {
        due_at(s, d, "/", 1, perms);
        for (size_t i = 1; i < len; i++) {
            if (c->path[i] == '/')
                due_at(s, d, c->path, i, perms);
        }
    }
    if (c->exact || len > 1)
        due_at(s, d, c->path, len, perms);
    if (d->nr)
        due_tell(d, c->path, cause);
}

void watch_tell(struct store *s, struct view *v, const struct conn *cause)
{
    struct due d = {0};

    for (const struct change *c = v->changes.head; c; c = c->next)
        tell_change(s, v, &d, c, cause);
    free(d.w);
}

void watch_tell_special(struct store *s, const char *name, const struct perms *perms)
{
    struct due d = {0};

    due_at(s, &d, name, strlen(name), perms);
    if (d.nr)
        due_tell(&d, name, NULL);
    free(d.w);
}
