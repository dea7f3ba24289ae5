/* SPDX-License-Identifier: MIT */
/*
 * Transactions. One starts as a snapshot of the tree, in constant time. It keeps the generation
 * of each node that its reads depended on, and its changes as a log. At the end, if the tree has
 * not changed meanwhile, its tree becomes the tree; else the reads are compared and the log is
 * done again on a snapshot of today's tree, which either works as a whole or is a conflict.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

struct txn_read {
    struct txn_read *next;
    uint64_t gen; /* 0: there was no such node */
    char path[];
};

struct txn_log {
    struct txn_log *next;
    enum txn_op op;
    struct perms *perms;
    char *value;
    unsigned int len;
    char path[];
};

struct txn {
    LIST_ENTRY(txn) link;
    struct conn *conn;
    uint32_t id;
    struct node *base;
    struct view view;
    struct txn_read *reads;
    struct txn_log *log, **log_tail;
    struct strmap seen; /* paths touched, for the quota and to note each read once */
    long bytes;
};

static void charge(struct txn *t, size_t bytes)
{
    t->bytes += (long)bytes;
    t->conn->dom->txn_bytes += (long)bytes;
}

static uint32_t fresh_id(struct conn *conn)
{
    uint32_t id;

    do {
        id = conn->next_txn++;
    } while (id == 0 || txn_find(conn, id));
    return id;
}

int txn_start(struct conn *conn, uint32_t *id)
{
    struct txn *t;

    if (!conn->privileged && conn->dom->transactions >= conn->s->quotas.transactions)
        return -ENOSPC;
    t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->conn = conn;
    t->id = fresh_id(conn);
    t->base = node_get(conn->s->root);
    t->log_tail = &t->log;
    view_init(&t->view, conn->s, node_get(conn->s->root));
    LIST_INSERT_HEAD(&conn->txns, t, link);
    conn->dom->transactions++;
    charge(t, sizeof(*t));
    *id = t->id;
    return 0;
}

struct txn *txn_find(struct conn *conn, uint32_t id)
{
    struct txn *t;

    LIST_FOREACH(t, &conn->txns, link)
    {
        if (t->id == id)
            return t;
    }
    return NULL;
}

struct view *txn_view(struct txn *t)
{
    return &t->view;
}

static void log_free(struct txn_log *l)
{
    perms_put(l->perms);
    free(l->value);
    free(l);
}

static void txn_free(struct txn *t)
{
    struct txn_read *r, *r_next;
    struct txn_log *l, *l_next;

    for (r = t->reads; r; r = r_next) {
        r_next = r->next;
        free(r);
    }
    for (l = t->log; l; l = l_next) {
        l_next = l->next;
        log_free(l);
    }
    strmap_dispose(&t->seen);
    view_dispose(&t->view);
    node_put(t->base);
    LIST_REMOVE(t, link);
    t->conn->dom->transactions--;
    t->conn->dom->txn_bytes -= t->bytes;
    free(t);
}

void txn_free_all(struct conn *conn)
{
    struct txn *t;

    while ((t = LIST_FIRST(&conn->txns)))
        txn_free(t);
}

/* Counts @path as touched. The slot tells by a value that its read has been noted. */
static int touch(struct txn *t, const char *path, void ***slot)
{
    const struct quotas *q = &t->conn->s->quotas;
    size_t len = strlen(path);

    *slot = strmap_find(&t->seen, path, len);
    if (*slot)
        return 0;
    if (!t->conn->privileged && ((q->txn_nodes && t->seen.nr >= q->txn_nodes) ||
                                 domain_over_memory(t->conn->s, t->conn->dom)))
        return -ENOSPC;
    *slot = strmap_add(&t->seen, path, len);
    if (!*slot)
        return -ENOMEM;
    charge(t, len + 32);
    return 0;
}

int txn_note_read(struct txn *t, const char *path)
{
    struct node *n = tree_find(t->base, path);
    size_t len = strlen(path);
    struct txn_read *r;
    void **slot;
    int rc = touch(t, path, &slot);

    if (rc || *slot)
        return rc;
    r = malloc(sizeof(*r) + len + 1);
    if (!r)
        return -ENOMEM;
    r->gen = n ? n->gen : 0;
    memcpy(r->path, path, len + 1);
    r->next = t->reads;
    t->reads = r;
    *slot = r;
    charge(t, sizeof(*r) + len);
    return 0;
}

static int apply(struct view *v, const struct actor *who, const struct txn_log *l)
{
    switch (l->op) {
    case TXN_WRITE:
        return view_write(v, who, l->path, l->value, l->len);
    case TXN_MKDIR:
        return view_mkdir(v, who, l->path);
    case TXN_RM:
        return view_rm(v, who, l->path);
    case TXN_SET_PERMS:
        return view_set_perms(v, who, l->path, l->perms);
    }
    return -EINVAL;
}

static struct txn_log *log_new(enum txn_op op, const char *path, const void *value,
                               unsigned int len, struct perms *perms)
{
    size_t path_len = strlen(path);
    struct txn_log *l = calloc(1, sizeof(*l) + path_len + 1);

    if (!l)
        return NULL;
    l->op = op;
    memcpy(l->path, path, path_len + 1);
    l->value = len ? malloc(len) : NULL;
    if (len && !l->value) {
        free(l);
        return NULL;
    }
    if (len)
        memcpy(l->value, value, len);
    l->len = len;
    l->perms = perms ? perms_get(perms) : NULL;
    return l;
}

int txn_do(struct txn *t, enum txn_op op, const char *path, const void *value, unsigned int len,
           struct perms *perms)
{
    struct actor who;
    struct txn_log *l;
    void **slot;
    int rc = touch(t, path, &slot);

    if (rc)
        return rc;
    l = log_new(op, path, value, len, perms);
    if (!l)
        return -ENOMEM;
    conn_actor(t->conn, &who);
    rc = apply(&t->view, &who, l);
    if (rc) {
        log_free(l);
        (void)txn_note_read(t, path); /* the refusal is an answer that depends on the tree */
        return rc;
    }
    *t->log_tail = l;
    t->log_tail = &l->next;
    charge(t, sizeof(*l) + strlen(path) + len);
    return 0;
}

static bool reads_hold(const struct txn *t)
{
    for (const struct txn_read *r = t->reads; r; r = r->next) {
        struct node *n = tree_find(t->conn->s->root, r->path);

        if ((n ? n->gen : 0) != r->gen)
            return false;
    }
    return true;
}

/* Does the log again on today's tree, in the place of the transaction's own view. */
static int redo(struct txn *t)
{
    struct store *s = t->conn->s;
    struct actor who;
    struct view v;

    conn_actor(t->conn, &who);
    view_init(&v, s, node_get(s->root));
    for (const struct txn_log *l = t->log; l; l = l->next) {
        if (apply(&v, &who, l) != 0) {
            view_dispose(&v);
            return -EAGAIN;
        }
    }
    view_dispose(&t->view);
    t->view = v;
    if (!v.changes.head)
        t->view.changes.tail = &t->view.changes.head;
    return 0;
}

/* What it added together with what others added since must be within the quota. */
static bool within_quota(const struct txn *t)
{
    const struct view *v = &t->view;

    if (t->conn->privileged)
        return true;
    for (unsigned int i = 0; i < v->deltas.nr; i++) {
        const struct delta *d = &v->deltas.d[i];

        if (d->dom == t->conn->dom && d->nodes > 0 &&
            d->dom->nodes + d->nodes > (long)t->conn->s->quotas.nodes)
            return false;
    }
    return true;
}

static int commit(struct txn *t)
{
    struct store *s = t->conn->s;
    struct conn *conn = t->conn;
    struct view done;

    if (!t->log)
        return reads_hold(t) ? 0 : -EAGAIN;
    if (s->root != t->base) {
        if (!reads_hold(t) || redo(t) != 0)
            return -EAGAIN;
    }
    if (!within_quota(t))
        return -ENOSPC;
    done = t->view;
    if (!done.changes.head)
        done.changes.tail = &done.changes.head;
    view_init(&t->view, s, NULL);
    node_put(t->base);
    t->base = NULL;
    node_put(s->root);
    s->root = NULL;
    watch_tell(s, &done, conn);
    store_commit(&done);
    return 0;
}

int txn_end(struct conn *conn, struct txn *t, bool do_commit)
{
    int rc = do_commit ? commit(t) : 0;

    (void)conn;
    txn_free(t);
    return rc;
}
