/* SPDX-License-Identifier: MIT */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are written as they are");

/* FNV-1a: each step is invertible, so that no change of a single byte stays unseen. */
uint64_t live_sum(const void *data, size_t len)
{
    const unsigned char *p = data;
    uint64_t sum = 0xcbf29ce484222325ull;

    for (size_t i = 0; i < len; i++)
        sum = (sum ^ p[i]) * 0x100000001b3ull;
    return sum;
}

static void put(struct live_buf *b, const void *data, size_t len)
{
    if (b->len + len > b->cap) {
        size_t cap = (b->len + len) * 2;
        unsigned char *more = realloc(b->data, cap);

        if (!more) {
            b->failed = true;
            return;
        }
        b->data = more;
        b->cap = cap;
    }
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
}

/* Returns where the record starts, for rec_end(). */
static size_t rec_begin(struct live_buf *b, uint32_t type)
{
    struct live_rec_head h = {.type = type};
    size_t at = b->len;

    put(b, &h, sizeof(h));
    return at;
}

static void rec_end(struct live_buf *b, size_t at)
{
    static const char zeros[LIVE_ALIGN];
    uint32_t len = (uint32_t)(b->len - at - sizeof(struct live_rec_head));

    if (b->failed)
        return;
    memcpy(b->data + at + offsetof(struct live_rec_head, len), &len, sizeof(len));
    put(b, zeros, -b->len % LIVE_ALIGN);
}

static void put_record(struct live_buf *b, uint32_t type, const void *body, size_t len)
{
    size_t at = rec_begin(b, type);

    put(b, body, len);
    rec_end(b, at);
}

static void put_head(struct live_buf *b)
{
    struct live_head h = {htobe64(LIVE_IDENT), htobe32(LIVE_VERSION), 0};

    put(b, &h, sizeof(h));
}

static void put_settings(struct live_buf *b, const struct live_image *img)
{
    struct live_own_settings own = img->own;
    size_t at = rec_begin(b, REC_OWN_SETTINGS);

    own.log_len = img->log_file ? (uint32_t)strlen(img->log_file) + 1 : 0;
    put(b, &own, sizeof(own));
    put(b, &img->quotas, own.nr_quotas * sizeof(uint32_t));
    put(b, img->log_file, own.log_len);
    rec_end(b, at);
}

static void put_domains(struct live_buf *b, const struct store *s)
{
    for (uint32_t i = 0; i < STORE_NR_DOMIDS; i++) {
        const struct domain *d = s->domains[i];
        struct live_own_domain rec = {.domid = i};

        if (!d || (!d->introduced && d->target == NO_DOMID))
            continue;
        rec.target = d->target;
        rec.introduced = d->introduced;
        rec.shutdown = d->shutdown;
        put_record(b, REC_OWN_DOMAIN, &rec, sizeof(rec));
    }
}

static const unsigned char *wire_of(const struct out_msg *m)
{
    return (const unsigned char *)m + offsetof(struct out_msg, hdr);
}

static size_t wire_len(const struct out_msg *m)
{
    return sizeof(m->hdr) + m->hdr.len - m->sent;
}

static void put_conn(struct live_buf *b, const struct live_conn *lc)
{
    struct live_conn_body body = {.id = lc->id, .in_len = (uint16_t)lc->in_len};
    const struct out_msg *first = STAILQ_FIRST(&lc->conn->out), *m;
    size_t at = rec_begin(b, REC_CONN);

    body.out_len = lc->out_len;
    body.rest_len = first && first->sent ? (uint16_t)wire_len(first) : 0;
    STAILQ_FOREACH(m, &lc->conn->out, link)
    body.out_len += (uint32_t)wire_len(m);
    body.type = lc->socket ? LIVE_SOCKET : LIVE_RING;
    if (lc->socket) {
        body.sock.fd = lc->fd;
    } else {
        uint32_t target = lc->conn->dom->target;

        body.ring.domid = (uint16_t)lc->domid;
        body.ring.target = target == NO_DOMID ? LIVE_NO_TARGET : (uint16_t)target;
        body.ring.port = lc->port;
    }
    put(b, &body, sizeof(body));
    put(b, lc->in, lc->in_len);
    STAILQ_FOREACH(m, &lc->conn->out, link)
    put(b, wire_of(m) + m->sent, wire_len(m));
    put(b, lc->out, lc->out_len);
    rec_end(b, at);
}

static void put_own_conn(struct live_buf *b, const struct live_conn *lc)
{
    struct live_own_conn own = lc->own;

    own.id = lc->id;
    own.next_txn = lc->conn->next_txn;
    put_record(b, REC_OWN_CONN, &own, sizeof(own));
}

struct by_seq {
    const struct watch *w;
    uint32_t id;
};

static int seq_cmp(const void *a, const void *b)
{
    const struct by_seq *x = a, *y = b;

    return x->w->seq < y->w->seq ? -1 : x->w->seq > y->w->seq;
}

static void put_watch(struct live_buf *b, const struct watch *w, uint32_t id)
{
    const char *given = w->path + w->strip;
    struct live_watch_body body = {.conn = id,
                                   .path_len = (uint16_t)(strlen(given) + 1),
                                   .token_len = (uint16_t)(strlen(w->token) + 1)};
    size_t at = rec_begin(b, REC_WATCH);

    put(b, &body, sizeof(body));
    put(b, given, body.path_len);
    put(b, w->token, body.token_len);
    rec_end(b, at);
}

/* In order of registration over all connections, as events are told in it. */
static void put_watches(struct live_buf *b, const struct live_image *img)
{
    const struct watch *w;
    struct by_seq *all;
    size_t nr = 0, i = 0;

    for (unsigned int c = 0; c < img->nr_conns; c++)
        LIST_FOREACH(w, &img->conns[c].conn->watches, conn_link)
    nr++;
    if (!nr)
        return;
    all = malloc(nr * sizeof(*all));
    if (!all) {
        b->failed = true;
        return;
    }
    for (unsigned int c = 0; c < img->nr_conns; c++)
        LIST_FOREACH(w, &img->conns[c].conn->watches, conn_link)
    all[i++] = (struct by_seq){w, img->conns[c].id};
    qsort(all, nr, sizeof(*all), seq_cmp);
    for (i = 0; i < nr; i++)
        put_watch(b, all[i].w, all[i].id);
    free(all);
}

/* No domain has a number beyond the format's 16 bits, so an entry with one grants nothing. */
static unsigned int put_perms(struct live_buf *b, const struct perms *p)
{
    unsigned int nr = 0;

    for (unsigned int i = 0; i < p->nr; i++) {
        struct live_perm lp = {.letter = (uint8_t) "nrwb"[p->p[i].bits & 3],
                               .domid = (uint16_t)p->p[i].domid};

        if (p->p[i].domid > UINT16_MAX)
            continue;
        put(b, &lp, sizeof(lp));
        nr++;
    }
    return nr;
}

static void put_node(struct live_buf *b, const char *path, const struct perms *perms,
                     const void *value, unsigned int len)
{
    struct live_node_body body = {.path_len = (uint16_t)(strlen(path) + 1),
                                  .value_len = (uint16_t)len};
    size_t at = rec_begin(b, REC_NODE), body_at = b->len;

    put(b, &body, sizeof(body));
    body.nr_perms = (uint16_t)put_perms(b, perms);
    if (!b->failed)
        memcpy(b->data + body_at, &body, sizeof(body));
    put(b, path, body.path_len);
    put(b, value, len);
    rec_end(b, at);
}

/* Each node before its children, and these in their order. @path holds @len bytes. */
static void put_tree(struct live_buf *b, const struct node *n, char *path, size_t len)
{
    put_node(b, len ? path : "/", n->perms, n->value, n->value_len);
    for (unsigned int i = 0; i < n->nr_kids; i++) {
        const struct node *kid = n->kids[i];

        path[len] = '/';
        memcpy(path + len + 1, kid->name, kid->name_len + 1);
        put_tree(b, kid, path, len + 1 + kid->name_len);
        path[len] = '\0';
    }
}

static void put_gens(struct live_buf *b, const struct node *n)
{
    put(b, &n->gen, sizeof(n->gen));
    for (unsigned int i = 0; i < n->nr_kids; i++)
        put_gens(b, n->kids[i]);
}

static void put_store(struct live_buf *b, const struct store *s)
{
    char path[STORE_PATH_ROOM] = "";
    size_t at;

    put_tree(b, s->root, path, 0);
    put_node(b, "@introduceDomain", s->special[0], NULL, 0);
    put_node(b, "@releaseDomain", s->special[1], NULL, 0);
    at = rec_begin(b, REC_OWN_GENS);
    put(b, &s->gen, sizeof(s->gen));
    put_gens(b, s->root);
    rec_end(b, at);
}

int live_write(struct live_buf *b, const struct store *s, const struct live_image *img)
{
    uint64_t sum;

    put_head(b);
    put_record(b, REC_GLOBAL, &img->global, sizeof(img->global));
    put_settings(b, img);
    put_domains(b, s);
    for (unsigned int i = 0; i < img->nr_conns; i++) {
        put_conn(b, &img->conns[i]);
        put_own_conn(b, &img->conns[i]);
    }
    put_watches(b, img);
    put_store(b, s);
    sum = live_sum(b->data, b->failed ? 0 : b->len);
    put_record(b, REC_OWN_SUM, &sum, sizeof(sum));
    put_record(b, REC_END, NULL, 0);
    return b->failed ? -ENOMEM : 0;
}
