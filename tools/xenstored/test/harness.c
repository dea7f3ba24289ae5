/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

static int fake_introduce(void *ctx, uint32_t domid, uint64_t gfn, uint32_t port)
{
    (void)ctx;
    (void)gfn;
    return domid < 100 && port ? 0 : -EINVAL;
}

static void fake_release(void *ctx, uint32_t domid)
{
    (void)ctx;
    (void)domid;
}

static bool fake_exists(void *ctx, uint32_t domid)
{
    (void)ctx;
    return domid < 100;
}

static int fake_set_log(void *ctx, bool on, const char *file)
{
    (void)ctx;
    (void)on;
    return file ? -EACCES : 0;
}

static void fake_log(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
}

static int fake_live_update(void *ctx, struct conn *conn, const struct xsd_sockmsg *req,
                            const char *const *words, unsigned int nr)
{
    (void)ctx;
    (void)conn;
    (void)req;
    (void)words;
    (void)nr;
    return -EACCES;
}

static const struct host_ops fake_host = {
    fake_introduce, fake_release, fake_exists, fake_set_log, fake_log, fake_live_update,
};

struct store *harness_store(void)
{
    return store_new(&fake_host, NULL);
}

struct answer harness_ask(struct conn *c, uint32_t type, uint32_t tx, const void *body, size_t len)
{
    struct xsd_sockmsg hdr = {.type = type, .tx_id = tx, .req_id = 7, .len = (uint32_t)len};
    char copy[XENSTORE_PAYLOAD_MAX + 1];
    struct answer a = {.type = XS_INVALID};
    struct out_msg *m, *keep[64];
    unsigned int nr = 0;

    memcpy(copy, body, len);
    conn_request(c, &hdr, copy);
    /* events stay queued: look through a rotation of the queue */
    STAILQ_FOREACH(m, &c->out, link)
    {
        if (!m->event && nr < 64)
            keep[nr++] = m;
    }
    if (nr) {
        m = keep[nr - 1];
        a.type = m->hdr.type;
        a.len = m->hdr.len;
        memcpy(a.body, m->body, a.len);
        STAILQ_REMOVE(&c->out, m, out_msg, link);
        STAILQ_INSERT_HEAD(&c->out, m, link);
        conn_out_pop(c);
    }
    a.body[a.len] = '\0';
    return a;
}

void harness_events(struct conn *c, char *out, size_t room)
{
    struct out_msg *m;
    size_t used = 0;

    out[0] = '\0';
    while ((m = conn_out_peek(c))) {
        if (m->event && used < room)
            used += (size_t)snprintf(out + used, room - used, "%s %s;", m->body,
                                     m->body + strlen(m->body) + 1);
        conn_out_pop(c);
    }
}

#define TALLY_DOMIDS 128u /* the make-believe outside knows fewer */

struct tally {
    long nodes[TALLY_DOMIDS], bytes[TALLY_DOMIDS];
};

static bool tally_node(const struct node *n, struct tally *t, uint64_t max_gen)
{
    unsigned int names = 0;
    uint32_t owner = n->perms->p[0].domid;

    if (n->refs == 0 || n->gen > max_gen || owner >= TALLY_DOMIDS)
        return false;
    t->nodes[owner]++;
    t->bytes[owner] += (long)node_bytes(n);
    for (unsigned int i = 0; i < n->nr_kids; i++) {
        names += n->kids[i]->name_len + 1;
        if (i && strcmp(n->kids[n->by_name[i - 1]]->name, n->kids[n->by_name[i]]->name) >= 0)
            return false;
        if (!tally_node(n->kids[i], t, max_gen))
            return false;
    }
    return names == n->kids_bytes;
}

bool harness_consistent(struct store *s)
{
    static struct tally t;

    memset(&t, 0, sizeof(t));
    if (!tally_node(s->root, &t, s->gen))
        return false;
    for (unsigned int i = 0; i < TALLY_DOMIDS; i++) {
        const struct domain *d = s->domains[i];

        if (t.nodes[i] != (d ? d->nodes : 0) || t.bytes[i] != (d ? d->bytes : 0))
            return false;
    }
    return true;
}
