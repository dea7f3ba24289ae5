/* SPDX-License-Identifier: MIT */
#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

#define WHY_ROOM  128
#define MAX_PORTS (1u << 17) /* of a domain, public/event_channel.h */
#define HDR_MAX   (sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX) /* a whole message */

struct reader {
    const unsigned char *data, *body;
    size_t len, at; /* @at: of the record in work */
    size_t left;    /* of its body */
    struct store *s;
    struct live_image *img;
    char *why;
    bool has_global, has_root, own, summed, ended;
    bool special[2];
    uint64_t nr_nodes;
};

static int bad(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int bad(struct reader *r, const char *fmt, ...)
{
    va_list ap;
    int n = snprintf(r->why, WHY_ROOM, "at byte %zu: ", r->at);

    va_start(ap, fmt);
    vsnprintf(r->why + n, WHY_ROOM - (size_t)n, fmt, ap);
    va_end(ap);
    return -EINVAL;
}

static int no_memory(struct reader *r)
{
    (void)bad(r, "out of memory");
    return -ENOMEM;
}

/* The next @len bytes of the body, or NULL. */
static const void *take(struct reader *r, size_t len)
{
    const void *p = r->body;

    if (len > r->left)
        return NULL;
    r->body += len;
    r->left -= len;
    return p;
}

static int take_copy(struct reader *r, void *to, size_t len)
{
    const void *p = take(r, len);

    if (!p)
        return bad(r, "record is too short");
    memcpy(to, p, len);
    return 0;
}

/* Text of @len bytes of which the last one, and no other, is NUL. */
static const char *take_text(struct reader *r, size_t len)
{
    const char *p = take(r, len);

    return p && len && memchr(p, '\0', len) == p + len - 1 ? p : NULL;
}

static int read_global(struct reader *r)
{
    if (r->has_global)
        return bad(r, "second GLOBAL_DATA");
    r->has_global = true;
    return take_copy(r, &r->img->global, sizeof(r->img->global));
}

static struct live_conn *find_conn(struct reader *r, uint32_t id)
{
    struct live_image *img = r->img;

    if (id - 1 < img->nr_conns && img->conns[id - 1].id == id) /* as we number them */
        return &img->conns[id - 1];
    for (unsigned int i = 0; i < img->nr_conns; i++)
        if (img->conns[i].id == id)
            return &img->conns[i];
    return NULL;
}

/* Room for one more in an array that doubles when its number is a power of two. */
static void *grow(void *array, unsigned int nr, size_t size)
{
    return nr & (nr - 1) ? array : realloc(array, (nr ? nr * 2ul : 1) * size);
}

static int check_input(struct reader *r, const struct live_conn *c)
{
    struct xsd_sockmsg hdr;

    if (c->in_len < sizeof(hdr))
        return 0;
    memcpy(&hdr, c->in, sizeof(hdr));
    if (hdr.len > XENSTORE_PAYLOAD_MAX || c->in_len - sizeof(hdr) > hdr.len)
        return bad(r, "connection %u: impossible request", c->id);
    return 0;
}

/* Behind what is left of the first message there are whole ones only. */
static int check_output(struct reader *r, const struct live_conn *c)
{
    const unsigned char *p = c->out;
    size_t left = c->out_len;

    if (c->rest_len > left || c->rest_len >= HDR_MAX)
        return bad(r, "connection %u: impossible rest of a message", c->id);
    p += c->rest_len;
    left -= c->rest_len;
    while (left) {
        struct xsd_sockmsg hdr;

        if (left < sizeof(hdr))
            return bad(r, "connection %u: message is cut", c->id);
        memcpy(&hdr, p, sizeof(hdr));
        if (hdr.len > XENSTORE_PAYLOAD_MAX || hdr.len > left - sizeof(hdr))
            return bad(r, "connection %u: impossible message", c->id);
        p += sizeof(hdr) + hdr.len;
        left -= sizeof(hdr) + hdr.len;
    }
    return 0;
}

static int read_target(struct reader *r, uint32_t domid, uint32_t target)
{
    struct domain *d = domain_get(r->s, domid);

    if (!d)
        return no_memory(r);
    if (target >= STORE_NR_DOMIDS && target != NO_DOMID)
        return bad(r, "target %u is no domain", target);
    d->target = target;
    return 0;
}

static int read_ring(struct reader *r, const struct live_conn_body *body, struct live_conn *c)
{
    uint32_t target = body->ring.target;
    int rc;

    c->domid = body->ring.domid;
    c->port = body->ring.port;
    c->fd = -1;
    if (c->domid >= STORE_NR_DOMIDS)
        return bad(r, "%u is no domain", c->domid);
    if (c->port >= MAX_PORTS && c->port != UINT32_MAX)
        return bad(r, "%u is no event channel", c->port);
    for (unsigned int i = 0; i < r->img->nr_conns; i++)
        if (!r->img->conns[i].socket && r->img->conns[i].domid == c->domid)
            return bad(r, "second ring of domain %u", c->domid);
    rc = read_target(r, c->domid, target == LIVE_NO_TARGET ? NO_DOMID : target);
    if (!rc)
        r->s->domains[c->domid]->introduced = true;
    return rc;
}

static int read_conn(struct reader *r)
{
    struct live_image *img = r->img;
    struct live_conn_body body;
    struct live_conn c = {0}, *more;
    int rc = take_copy(r, &body, sizeof(body));

    if (rc)
        return rc;
    c.id = body.id;
    c.socket = body.type == LIVE_SOCKET;
    if (c.id == 0 || find_conn(r, c.id))
        return bad(r, "connection number %u is not usable", c.id);
    if (body.type > LIVE_SOCKET)
        return bad(r, "connection %u is of unknown type %u", c.id, body.type);
    c.fd = body.sock.fd;
    if (c.socket && c.fd < 0)
        return bad(r, "connection %u has no socket", c.id);
    c.in_len = body.in_len;
    c.rest_len = body.rest_len;
    c.out_len = body.out_len;
    c.in = take(r, c.in_len);
    c.out = take(r, c.out_len);
    if (!c.in || !c.out)
        return bad(r, "record is too short");
    if (!c.socket)
        rc = read_ring(r, &body, &c);
    rc = rc ? rc : check_input(r, &c);
    rc = rc ? rc : check_output(r, &c);
    if (rc)
        return rc;
    more = grow(img->conns, img->nr_conns, sizeof(c));
    if (!more)
        return no_memory(r);
    img->conns = more;
    img->conns[img->nr_conns++] = c;
    return 0;
}

/* A watch's path as the client gave it. */
static bool watch_path_ok(const char *path)
{
    if (path[0] == '@')
        return strlen(path) < STORE_PATH_ROOM && !strchr(path, '/');
    if (path[0] == '/')
        return path_is_valid(path, XENSTORE_ABS_PATH_MAX);
    return path[0] && strlen(path) <= XENSTORE_REL_PATH_MAX;
}

static int read_watch(struct reader *r)
{
    struct live_image *img = r->img;
    struct live_watch_body body;
    struct live_watch w, *more;
    const struct live_conn *c;
    int rc = take_copy(r, &body, sizeof(body));

    if (rc)
        return rc;
    c = find_conn(r, body.conn);
    if (!c)
        return bad(r, "watch of connection %u, which is not there", body.conn);
    w.path = take_text(r, body.path_len);
    w.token = w.path ? take_text(r, body.token_len) : NULL;
    if (!w.token || !watch_path_ok(w.path))
        return bad(r, "watch without a proper path and token");
    more = grow(img->watches, img->nr_watches, sizeof(w));
    if (!more)
        return no_memory(r);
    w.conn = (uint32_t)(c - img->conns);
    img->watches = more;
    img->watches[img->nr_watches++] = w;
    return 0;
}

static int read_perms(struct reader *r, unsigned int nr, struct perms **out)
{
    const unsigned char *wire = take(r, nr * sizeof(struct live_perm));
    unsigned int kept = 0;
    struct perms *p;

    if (!wire || !nr)
        return bad(r, "node without an access list");
    p = perms_new(NULL, nr);
    if (!p)
        return no_memory(r);
    for (unsigned int i = 0; i < nr; i++) {
        static const char letters[] = "nrwb";
        struct live_perm lp;
        const char *l;

        memcpy(&lp, wire + i * sizeof(lp), sizeof(lp));
        l = lp.letter ? strchr(letters, lp.letter) : NULL;
        if (!l || (i == 0 && lp.domid >= STORE_NR_DOMIDS)) {
            perms_put(p);
            return bad(r, "access list with a bad entry");
        }
        if (i == 0 || !(lp.flags & LIVE_PERM_STALE))
            p->p[kept++] = (struct perm){lp.domid, (uint32_t)(l - letters)};
    }
    p->nr = kept;
    *out = p;
    return 0;
}

static int book_node(struct reader *r, const struct node *n)
{
    struct domain *d = domain_get(r->s, n->perms->p[0].domid);

    if (!d)
        return no_memory(r);
    d->nodes++;
    d->bytes += (long)node_bytes(n);
    r->nr_nodes++;
    return 0;
}

/* The new store has a root already, dom0's and empty. */
static int read_root(struct reader *r, struct perms *p, const void *value, unsigned int len)
{
    struct node *root = r->s->root;

    if (r->has_root)
        return bad(r, "second root");
    r->has_root = true;
    r->s->domains[0]->nodes--;
    r->s->domains[0]->bytes -= (long)node_bytes(root);
    perms_put(root->perms);
    root->perms = perms_get(p);
    return node_set_value(root, value, len) ? no_memory(r) : book_node(r, root);
}

static int read_kid(struct reader *r, const char *path, struct perms *p, const void *value,
                    unsigned int len)
{
    const char *name = strrchr(path, '/') + 1;
    char above[STORE_PATH_ROOM] = "";
    struct node *parent, *n;

    memcpy(above, path, path_parent_len(path));
    parent = r->has_root ? tree_find(r->s->root, above) : NULL;
    if (!parent)
        return bad(r, "node before its parent");
    if (node_child(parent, name, strlen(name)))
        return bad(r, "second node of the same path");
    n = node_new(name, strlen(name), p, r->s->gen);
    if (!n || node_set_value(n, value, len) != 0 || node_add_child(parent, n) != 0) {
        node_put(n);
        return no_memory(r);
    }
    return book_node(r, n);
}

/* The access list of a special watch. */
static int read_special(struct reader *r, const char *name, struct perms *p)
{
    int which = strcmp(name, "@introduceDomain") == 0 ? 0
                : strcmp(name, "@releaseDomain") == 0 ? 1
                                                      : -1;

    if (which < 0 || r->special[which])
        return bad(r, "no, or a second, access list of a special watch");
    r->special[which] = true;
    perms_put(r->s->special[which]);
    r->s->special[which] = perms_get(p);
    return 0;
}

static int add_node(struct reader *r, const char *path, struct perms *p, const void *value,
                    unsigned int len)
{
    if (path[0] == '@')
        return read_special(r, path, p);
    if (!path_is_valid(path, XENSTORE_ABS_PATH_MAX))
        return bad(r, "node with a bad path");
    return path[1] ? read_kid(r, path, p, value, len) : read_root(r, p, value, len);
}

static int read_node(struct reader *r)
{
    struct live_node_body body;
    struct perms *p = NULL;
    const char *path;
    const void *value;
    int rc = take_copy(r, &body, sizeof(body));

    if (rc)
        return rc;
    if (body.conn)
        return bad(r, "node of an open transaction");
    rc = read_perms(r, body.nr_perms, &p);
    if (rc)
        return rc;
    path = take_text(r, body.path_len);
    value = take(r, body.value_len);
    rc = path && value && body.value_len <= XENSTORE_PAYLOAD_MAX
             ? add_node(r, path, p, value, body.value_len)
             : bad(r, "node without a proper path and value");
    perms_put(p);
    return rc;
}

/* A daemon of another version may know fewer or more; the rest is as the command line has it. */
static int read_quotas(struct reader *r, unsigned int nr)
{
    unsigned int known = nr < LIVE_NR_QUOTAS ? nr : LIVE_NR_QUOTAS;
    const void *wire = take(r, (size_t)nr * sizeof(uint32_t));
    struct quotas *q = &r->img->quotas;

    if (!wire)
        return bad(r, "record is too short");
    *q = r->s->quotas;
    memcpy(q, wire, known * sizeof(uint32_t));
    r->s->quotas = *q;
    return 0;
}

static int read_settings(struct reader *r)
{
    struct live_own_settings *own = &r->img->own;
    int rc;

    if (r->img->has_own)
        return bad(r, "second record of settings");
    rc = take_copy(r, own, sizeof(*own));
    if (!rc && own->nr_quotas)
        rc = read_quotas(r, own->nr_quotas);
    if (rc)
        return rc;
    r->img->has_own = true;
    if (own->log_len) {
        r->img->log_file = take_text(r, own->log_len);
        if (!r->img->log_file)
            return bad(r, "name of the log is no text");
    }
    return 0;
}

static int read_domain(struct reader *r)
{
    struct live_own_domain rec;
    int rc = take_copy(r, &rec, sizeof(rec));

    if (rc)
        return rc;
    if (rec.domid >= STORE_NR_DOMIDS)
        return bad(r, "%u is no domain", rec.domid);
    rc = read_target(r, rec.domid, rec.target);
    if (rc)
        return rc;
    r->s->domains[rec.domid]->introduced = rec.introduced != 0;
    r->s->domains[rec.domid]->shutdown = rec.shutdown != 0;
    return 0;
}

static int read_own_conn(struct reader *r)
{
    struct live_own_conn own;
    struct live_conn *c;
    int rc = take_copy(r, &own, sizeof(own));

    if (rc)
        return rc;
    c = find_conn(r, own.id);
    if (!c || c->has_own || own.next_txn == 0)
        return bad(r, "addition to connection %u does not fit", own.id);
    c->own = own;
    c->has_own = true;
    return 0;
}

static int read_gen(struct reader *r, struct node *n)
{
    int rc = take_copy(r, &n->gen, sizeof(n->gen));

    if (!rc && (n->gen > r->s->gen || n->gen == 0))
        rc = bad(r, "generation of a node is impossible");
    for (unsigned int i = 0; i < n->nr_kids && !rc; i++)
        rc = read_gen(r, n->kids[i]);
    return rc;
}

static int read_gens(struct reader *r)
{
    int rc = take_copy(r, &r->s->gen, sizeof(r->s->gen));

    if (rc || r->left / sizeof(uint64_t) != r->nr_nodes)
        return rc ? rc
                  : bad(r, "generations of other than %llu nodes", (unsigned long long)r->nr_nodes);
    return read_gen(r, r->s->root);
}

static int read_sum(struct reader *r)
{
    uint64_t sum = 0;
    int rc = take_copy(r, &sum, sizeof(sum));

    if (rc)
        return rc;
    if (sum != live_sum(r->data, r->at))
        return bad(r, "sum does not match: the state is damaged");
    r->summed = true;
    return 0;
}

static int read_end(struct reader *r)
{
    r->ended = true;
    if (r->own && !r->summed)
        return bad(r, "no sum");
    return r->has_root ? 0 : bad(r, "no root");
}

static int read_body(struct reader *r, uint32_t type)
{
    switch (type) {
    case REC_END:
        return read_end(r);
    case REC_GLOBAL:
        return read_global(r);
    case REC_CONN:
        return read_conn(r);
    case REC_WATCH:
        return read_watch(r);
    case REC_TXN:
        return bad(r, "open transactions are not taken over");
    case REC_NODE:
        return read_node(r);
    case REC_OWN_SETTINGS:
        return read_settings(r);
    case REC_OWN_DOMAIN:
        return read_domain(r);
    case REC_OWN_CONN:
        return read_own_conn(r);
    case REC_OWN_GENS:
        return read_gens(r);
    case REC_OWN_SUM:
        return read_sum(r);
    default:
        return bad(r, "unknown record %#x", type);
    }
}

/* One record with its padding. */
static int read_record(struct reader *r)
{
    struct live_rec_head h;
    size_t whole, next;
    int rc;

    if (r->len - r->at < sizeof(h))
        return bad(r, "stream ends before its end record");
    memcpy(&h, r->data + r->at, sizeof(h));
    whole = sizeof(h) + (size_t)h.len;
    if (whole > r->len - r->at)
        return bad(r, "record is longer than the stream");
    next = r->at + whole;
    next += -next % LIVE_ALIGN;
    if (next > r->len)
        return bad(r, "padding is cut");
    if (r->summed && h.type != REC_END)
        return bad(r, "record %#x behind the sum", h.type);
    r->own |= h.type >= REC_OWN_SETTINGS;
    r->body = r->data + r->at + sizeof(h);
    r->left = h.len;
    rc = read_body(r, h.type);
    if (!rc && r->left)
        rc = bad(r, "record %#x is %zu bytes too long", h.type, r->left);
    if (!rc)
        r->at = next;
    return rc;
}

static int read_head(struct reader *r)
{
    struct live_head h;

    if (r->len < sizeof(h))
        return bad(r, "no header");
    memcpy(&h, r->data, sizeof(h));
    if (be64toh(h.ident) != LIVE_IDENT)
        return bad(r, "not a stream of a store's state");
    if (be32toh(h.version) != LIVE_VERSION)
        return bad(r, "version %u of the stream is not known", be32toh(h.version));
    if (h.flags)
        return bad(r, "flags %#x of the stream are not known", be32toh(h.flags));
    r->at = sizeof(h);
    return 0;
}

int live_read(const void *data, size_t len, struct store *s, struct live_image *img, char why[128])
{
    struct reader r = {.data = data, .len = len, .s = s, .img = img, .why = why};
    int rc = read_head(&r);

    memset(img, 0, sizeof(*img));
    img->global.rw_fd = img->global.evtchn_fd = -1;
    img->own.virq_port = img->own.pid_fd = -1;
    while (!rc && !r.ended)
        rc = read_record(&r);
    if (!rc && r.at != r.len)
        rc = bad(&r, "bytes behind the end record");
    return rc;
}

void live_image_free(struct live_image *img)
{
    free(img->conns);
    free(img->watches);
    memset(img, 0, sizeof(*img));
}

static int attach_output(struct live_conn *c)
{
    const unsigned char *p = c->out, *end = p + c->out_len;
    int rc = 0;

    if (c->rest_len)
        rc = conn_requeue_rest(c->conn, p, c->rest_len);
    for (p += c->rest_len; p < end && !rc;) {
        struct xsd_sockmsg hdr;

        memcpy(&hdr, p, sizeof(hdr));
        rc = conn_requeue(c->conn, &hdr, p + sizeof(hdr));
        p += sizeof(hdr) + hdr.len;
    }
    return rc;
}

int live_attach(struct live_image *img)
{
    int rc = 0;

    for (unsigned int i = 0; i < img->nr_conns && !rc; i++) {
        struct live_conn *c = &img->conns[i];

        if (!c->conn)
            continue;
        if (c->has_own)
            c->conn->next_txn = c->own.next_txn;
        rc = attach_output(c);
    }
    for (unsigned int i = 0; i < img->nr_watches && !rc; i++) {
        struct live_watch *w = &img->watches[i];
        struct conn *conn = img->conns[w->conn].conn;

        if (conn)
            rc = watch_restore(conn, w->path, w->token);
    }
    return rc;
}
