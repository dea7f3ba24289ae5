/* SPDX-License-Identifier: MIT */
/* The requests of the wire protocol, one small function each behind a table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

#define MAX_ARGS 4u

/* A request as its handler sees it. */
struct request {
    struct conn *conn;
    const struct xsd_sockmsg *hdr;
    char *body;
    unsigned int len;
    struct txn *txn; /* NULL: none */
    const char *args[MAX_ARGS];
    unsigned int nr_args; /* of the strings in the body, those that fit in args */
};

enum {
    REQ_STRING = 1, /* the body is one string and nothing else */
    REQ_PRIVILEGED = 2,
    REQ_TXN = 4, /* tx_id counts */
};

struct request_desc {
    void (*handle)(struct request *r);
    unsigned int flags;
    unsigned int min_args;
};

static void ok(struct request *r)
{
    conn_reply(r->conn, r->hdr, "OK", 3);
}

static void fail(struct request *r, int err)
{
    conn_reply_error(r->conn, r->hdr, err);
}

static void finish(struct request *r, int rc)
{
    if (rc)
        fail(r, rc);
    else
        ok(r);
}

/* The node to read from, noted as read in a transaction. */
static int find_for_read(struct request *r, unsigned int want, struct node **out)
{
    struct store *s = r->conn->s;
    struct view tmp, *v = r->txn ? txn_view(r->txn) : &tmp;
    char path[STORE_PATH_ROOM];
    struct actor who;
    int rc = path_resolve(r->conn, r->args[0], false, path);

    if (rc)
        return rc;
    if (r->txn) {
        rc = txn_note_read(r->txn, path);
        if (rc)
            return rc;
    } else {
        view_init(&tmp, s, s->root);
    }
    conn_actor(r->conn, &who);
    return view_find(v, &who, path, want, out);
}

static void do_read(struct request *r)
{
    struct node *n;
    int rc = find_for_read(r, PERM_READ, &n);

    if (rc)
        fail(r, rc);
    else
        conn_reply(r->conn, r->hdr, n->value, n->value_len);
}

static char *join_kids(const struct node *n)
{
    char *list = malloc(n->kids_bytes + 1), *p = list;

    for (unsigned int i = 0; list && i < n->nr_kids; i++) {
        memcpy(p, n->kids[i]->name, n->kids[i]->name_len + 1);
        p += n->kids[i]->name_len + 1;
    }
    return list;
}

static void do_directory(struct request *r)
{
    struct node *n;
    char *list;
    int rc = find_for_read(r, PERM_READ, &n);

    if (rc == 0 && n->kids_bytes > XENSTORE_PAYLOAD_MAX)
        rc = -E2BIG;
    list = rc ? NULL : join_kids(n);
    if (rc == 0 && !list)
        rc = -ENOMEM;
    if (rc)
        fail(r, rc);
    else
        conn_reply(r->conn, r->hdr, list, n->kids_bytes);
    free(list);
}

/* As many whole names from @off on as fit; an empty string ends the last part. */
static size_t cut_part(const char *list, size_t total, size_t off, char *out, size_t room)
{
    size_t used = 0;

    while (off < total) {
        size_t n = strnlen(list + off, total - off) + 1;

        if (used + n > room)
            return used;
        memcpy(out + used, list + off, n);
        used += n;
        off += n;
    }
    if (used < room)
        out[used++] = '\0';
    return used;
}

static void do_directory_part(struct request *r)
{
    char buf[XENSTORE_PAYLOAD_MAX];
    struct node *n;
    char *list = NULL, *end;
    unsigned long off = strtoul(r->args[1], &end, 0);
    size_t used;
    int rc = *end ? -EINVAL : find_for_read(r, PERM_READ, &n);

    if (rc == 0) {
        list = join_kids(n);
        rc = list ? 0 : -ENOMEM;
    }
    if (rc) {
        fail(r, rc);
        return;
    }
    used = (size_t)snprintf(buf, sizeof(buf), "%llu", (unsigned long long)n->gen) + 1;
    used += cut_part(list, n->kids_bytes, off, buf + used, sizeof(buf) - used);
    conn_reply(r->conn, r->hdr, buf, used);
    free(list);
}

static void do_get_perms(struct request *r)
{
    char buf[XENSTORE_PAYLOAD_MAX];
    struct node *n;
    size_t len = 0;
    int rc = find_for_read(r, PERM_READ, &n);

    if (rc == 0) {
        len = perms_format(n->perms, buf, sizeof(buf));
        rc = len > sizeof(buf) ? -E2BIG : 0;
    }
    if (rc)
        fail(r, rc);
    else
        conn_reply(r->conn, r->hdr, buf, len);
}

/* Does a change, in the transaction or at once. */
static int change(struct request *r, enum txn_op op, const char *path, const void *value,
                  unsigned int len, struct perms *perms)
{
    struct actor who;
    struct view v;
    int rc;

    if (r->txn)
        return txn_do(r->txn, op, path, value, len, perms);
    conn_actor(r->conn, &who);
    store_begin(r->conn->s, &v);
    switch (op) {
    case TXN_WRITE:
        rc = view_write(&v, &who, path, value, len);
        break;
    case TXN_MKDIR:
        rc = view_mkdir(&v, &who, path);
        break;
    case TXN_RM:
        rc = view_rm(&v, &who, path);
        break;
    default:
        rc = view_set_perms(&v, &who, path, perms);
        break;
    }
    if (rc == 0)
        watch_tell(r->conn->s, &v, r->conn);
    store_commit(&v);
    return rc;
}

static void change_path(struct request *r, enum txn_op op, const void *value, unsigned int len)
{
    char path[STORE_PATH_ROOM];
    int rc = path_resolve(r->conn, r->args[0], false, path);

    finish(r, rc ? rc : change(r, op, path, value, len, NULL));
}

static void do_write(struct request *r)
{
    unsigned int off = (unsigned int)strlen(r->args[0]) + 1;

    change_path(r, TXN_WRITE, r->body + off, r->len - off);
}

static void do_mkdir(struct request *r)
{
    change_path(r, TXN_MKDIR, NULL, 0);
}

static void do_rm(struct request *r)
{
    change_path(r, TXN_RM, NULL, 0);
}

static int set_special(struct request *r, const char *name, struct perms *p)
{
    struct store *s = r->conn->s;
    int which = strcmp(name, "@releaseDomain") == 0;

    if (!which && strcmp(name, "@introduceDomain") != 0)
        return -EINVAL;
    if (!r->conn->privileged)
        return -EACCES;
    perms_put(s->special[which]);
    s->special[which] = perms_get(p);
    return 0;
}

static int owner_exists(struct store *s, const struct perms *p)
{
    uint32_t owner = p->p[0].domid;

    if (owner == 0 || domain_is_known(s, owner))
        return 0;
    return owner < STORE_NR_DOMIDS && s->host->domain_exists(s->host_ctx, owner) ? 0 : -ENOENT;
}

static void do_set_perms(struct request *r)
{
    unsigned int off = (unsigned int)strlen(r->args[0]) + 1;
    char path[STORE_PATH_ROOM];
    struct perms *p = NULL;
    int rc = perms_parse(r->body + off, r->len - off, &p);

    if (rc == 0)
        rc = owner_exists(r->conn->s, p);
    if (rc == 0)
        rc = path_resolve(r->conn, r->args[0], true, path);
    if (rc == 0)
        rc = path[0] == '@' ? set_special(r, path, p) : change(r, TXN_SET_PERMS, path, NULL, 0, p);
    perms_put(p);
    finish(r, rc);
}

static bool two_strings(const struct request *r)
{
    size_t first = strlen(r->args[0]) + 1;

    return r->nr_args == 2 && first + strlen(r->args[1]) + 1 == r->len;
}

static void do_watch(struct request *r)
{
    char path[STORE_PATH_ROOM];
    int rc = two_strings(r) ? path_resolve(r->conn, r->args[0], true, path) : -EINVAL;

    if (rc == 0)
        rc = watch_add(r->conn, r->args[0], path, r->args[1]);
    finish(r, rc);
    if (rc == 0)
        conn_event(r->conn, r->conn, r->args[0], r->args[1]);
}

static void do_unwatch(struct request *r)
{
    char path[STORE_PATH_ROOM];
    int rc = two_strings(r) ? path_resolve(r->conn, r->args[0], true, path) : -EINVAL;

    finish(r, rc ? rc : watch_del(r->conn, path, r->args[1]));
}

static void do_reset_watches(struct request *r)
{
    conn_reset(r->conn);
    ok(r);
}

static void do_transaction_start(struct request *r)
{
    char text[16];
    uint32_t id;
    int rc;

    if (r->txn) {
        fail(r, -EBUSY);
        return;
    }
    rc = txn_start(r->conn, &id);
    if (rc) {
        fail(r, rc);
        return;
    }
    snprintf(text, sizeof(text), "%u", id);
    conn_reply(r->conn, r->hdr, text, strlen(text) + 1);
}

static void do_transaction_end(struct request *r)
{
    bool yes = strcmp(r->args[0], "T") == 0;

    if (!yes && strcmp(r->args[0], "F") != 0)
        fail(r, -EINVAL);
    else if (!r->txn)
        fail(r, -ENOENT);
    else
        finish(r, txn_end(r->conn, r->txn, yes));
}

/* A number for which, as strtoul() says it, text is zero. */
static unsigned long number(const char *s)
{
    return strtoul(s, NULL, 0);
}

static void do_introduce(struct request *r)
{
    struct store *s = r->conn->s;
    unsigned long domid = number(r->args[0]), port = number(r->args[2]);
    bool again;
    int rc;

    if (domid >= STORE_NR_DOMIDS || port > UINT32_MAX) {
        fail(r, -EINVAL);
        return;
    }
    again = domain_is_known(s, (uint32_t)domid);
    if (domid == 0 && again) {
        ok(r);
        return;
    }
    rc = s->host->introduce(s->host_ctx, (uint32_t)domid, number(r->args[1]), (uint32_t)port);
    if (rc == 0 && !again) {
        store_domain_introduced(s, (uint32_t)domid);
        store_tell_special(s, false);
    }
    finish(r, rc);
}

/* The introduced domain a request names, other than dom0. */
static struct domain *named_domain(struct request *r)
{
    unsigned long domid = number(r->args[0]);

    if (domid == 0 || domid >= STORE_NR_DOMIDS) {
        fail(r, -EINVAL);
        return NULL;
    }
    if (!domain_is_known(r->conn->s, (uint32_t)domid)) {
        fail(r, -ENOENT);
        return NULL;
    }
    return r->conn->s->domains[domid];
}

static void do_release(struct request *r)
{
    struct store *s = r->conn->s;
    struct domain *d = named_domain(r);

    if (!d)
        return;
    s->host->release(s->host_ctx, d->domid);
    store_domain_forget(s, d->domid);
    store_tell_special(s, true);
    ok(r);
}

static void do_resume(struct request *r)
{
    struct domain *d = named_domain(r);

    if (!d)
        return;
    d->shutdown = false;
    ok(r);
}

static void do_set_target(struct request *r)
{
    struct domain *d = named_domain(r);
    unsigned long target = number(r->args[1]);

    if (!d)
        return;
    if (target >= STORE_NR_DOMIDS || !domain_is_known(r->conn->s, (uint32_t)target)) {
        fail(r, -ENOENT);
        return;
    }
    d->target = (uint32_t)target;
    ok(r);
}

static void do_is_introduced(struct request *r)
{
    unsigned long domid = number(r->args[0]);
    bool known =
        domid == 0 || (domid <= UINT32_MAX && domain_is_known(r->conn->s, (uint32_t)domid));

    conn_reply(r->conn, r->hdr, known ? "T" : "F", 2);
}

static void do_get_domain_path(struct request *r)
{
    char text[40];

    snprintf(text, sizeof(text), "/local/domain/%u", (unsigned int)number(r->args[0]));
    conn_reply(r->conn, r->hdr, text, strlen(text) + 1);
}

static void do_control(struct request *r)
{
    control_request(r->conn, r->hdr, r->body);
}

static const struct request_desc requests[XS_TYPE_COUNT] = {
    [XS_CONTROL] = {do_control, REQ_PRIVILEGED, 1},
    [XS_DIRECTORY] = {do_directory, REQ_TXN, 1},
    [XS_READ] = {do_read, REQ_TXN, 1},
    [XS_GET_PERMS] = {do_get_perms, REQ_TXN, 1},
    [XS_WATCH] = {do_watch, 0, 2},
    [XS_UNWATCH] = {do_unwatch, 0, 2},
    [XS_TRANSACTION_START] = {do_transaction_start, REQ_TXN, 0},
    [XS_TRANSACTION_END] = {do_transaction_end, REQ_TXN, 1},
    [XS_INTRODUCE] = {do_introduce, REQ_PRIVILEGED, 3},
    [XS_RELEASE] = {do_release, REQ_PRIVILEGED | REQ_STRING, 1},
    [XS_GET_DOMAIN_PATH] = {do_get_domain_path, REQ_STRING, 1},
    [XS_WRITE] = {do_write, REQ_TXN, 1},
    [XS_MKDIR] = {do_mkdir, REQ_TXN | REQ_STRING, 1},
    [XS_RM] = {do_rm, REQ_TXN | REQ_STRING, 1},
    [XS_SET_PERMS] = {do_set_perms, REQ_TXN, 2},
    [XS_IS_DOMAIN_INTRODUCED] = {do_is_introduced, REQ_STRING, 1},
    [XS_RESUME] = {do_resume, REQ_PRIVILEGED | REQ_STRING, 1},
    [XS_SET_TARGET] = {do_set_target, REQ_PRIVILEGED, 2},
    [XS_RESET_WATCHES] = {do_reset_watches, 0, 0},
    [XS_DIRECTORY_PART] = {do_directory_part, REQ_TXN, 2},
};

/* Finds the first strings that end within the body. */
static void split_args(struct request *r)
{
    unsigned int off = 0;

    while (off < r->len && r->nr_args < MAX_ARGS) {
        size_t n = strnlen(r->body + off, r->len - off);

        if (off + n == r->len)
            break; /* does not end */
        r->args[r->nr_args++] = r->body + off;
        off += (unsigned int)n + 1;
    }
}

static int check(struct request *r, const struct request_desc *d)
{
    if (r->nr_args < d->min_args)
        return -EINVAL;
    if ((d->flags & REQ_STRING) && strlen(r->args[0]) + 1 != r->len)
        return -EINVAL;
    if ((d->flags & REQ_PRIVILEGED) && !r->conn->privileged)
        return -EACCES;
    if ((d->flags & REQ_TXN) && r->hdr->tx_id) {
        r->txn = txn_find(r->conn, r->hdr->tx_id);
        return r->txn ? 0 : -ENOENT;
    }
    return 0;
}

void conn_request(struct conn *conn, const struct xsd_sockmsg *hdr, char *body)
{
    struct request r = {.conn = conn, .hdr = hdr, .body = body, .len = hdr->len};
    const struct request_desc *d;
    int rc;

    body[hdr->len] = '\0';
    if (hdr->type >= XS_TYPE_COUNT || !requests[hdr->type].handle) {
        fail(&r, -ENOSYS);
        return;
    }
    d = &requests[hdr->type];
    split_args(&r);
    rc = check(&r, d);
    if (rc)
        fail(&r, rc);
    else
        d->handle(&r);
}
