/* SPDX-License-Identifier: MIT */
/* Clients and what is on its way to them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

#define PRIVILEGED_OUT_MAX  (16u << 20) /* bytes a dom0 client may leave unread */
#define REPLIES_OUT_MAX     16u         /* no further request while so many answers wait */
#define SAME_EVENT_LOOKBACK 32u

struct conn *conn_new(struct store *s, uint32_t domid)
{
    struct domain *d = domain_get(s, domid);
    struct conn *c = d ? calloc(1, sizeof(*c)) : NULL;

    if (!c)
        return NULL;
    c->s = s;
    c->dom = d;
    c->privileged = domid == 0 || domid == s->priv_domid;
    c->next_txn = 1;
    LIST_INIT(&c->watches);
    LIST_INIT(&c->txns);
    STAILQ_INIT(&c->out);
    TAILQ_INSERT_TAIL(&s->conns, c, link);
    return c;
}

void conn_reset(struct conn *conn)
{
    watch_del_all(conn);
    txn_free_all(conn);
}

void conn_free(struct conn *conn)
{
    conn_reset(conn);
    while (conn_out_peek(conn))
        conn_out_pop(conn);
    TAILQ_REMOVE(&conn->s->conns, conn, link);
    free(conn);
}

void conn_actor(const struct conn *conn, struct actor *out)
{
    out->domid = conn->dom->domid;
    out->target = conn->dom->target;
    out->privileged = conn->privileged;
}

bool conn_may_request(const struct conn *conn)
{
    const struct quotas *q = &conn->s->quotas;

    if (conn->privileged)
        return conn->replies < REPLIES_OUT_MAX;
    if (q->outstanding && conn->dom->outstanding >= q->outstanding)
        return false;
    return conn->replies == 0;
}

static struct out_msg *out_new(const struct xsd_sockmsg *hdr)
{
    struct out_msg *m = calloc(1, sizeof(*m) + hdr->len);

    if (m)
        m->hdr = *hdr;
    return m;
}

static size_t out_cost(const struct out_msg *m)
{
    return sizeof(*m) + m->hdr.len;
}

static void out_put(struct conn *conn, struct out_msg *m, struct domain *cause)
{
    m->cause = cause;
    if (cause)
        cause->outstanding++;
    conn->replies += !m->event;
    m->since_ms = conn->s->now_ms;
    conn->out_bytes += out_cost(m);
    conn->dom->queue_bytes += (long)out_cost(m);
    if (conn->privileged && conn->out_bytes > PRIVILEGED_OUT_MAX)
        conn->overflow = true;
    if (STAILQ_EMPTY(&conn->out))
        TAILQ_INSERT_TAIL(&conn->s->speaking, conn, speaking);
    STAILQ_INSERT_TAIL(&conn->out, m, link);
}

void conn_reply(struct conn *conn, const struct xsd_sockmsg *req, const void *data, size_t len)
{
    struct xsd_sockmsg hdr = *req;
    struct out_msg *m;

    if (len > XENSTORE_PAYLOAD_MAX) {
        conn_reply_error(conn, req, -E2BIG);
        return;
    }
    hdr.len = (uint32_t)len;
    m = out_new(&hdr);
    if (!m) {
        conn->overflow = true; /* an unanswered request would hang the client */
        return;
    }
    if (len)
        memcpy(m->body, data, len);
    out_put(conn, m, conn->privileged ? NULL : conn->dom);
}

void conn_reply_error(struct conn *conn, const struct xsd_sockmsg *req, int err)
{
    struct xsd_sockmsg hdr = *req;
    const char *name = "EINVAL";

    for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (xsd_errors[i].errnum == -err)
            name = xsd_errors[i].errstring;
    }
    hdr.type = XS_ERROR;
    conn_reply(conn, &hdr, name, strlen(name) + 1);
}

/* Whether an equal event is already among the last ones in the queue and not being sent. */
static bool event_is_queued(const struct conn *conn, const struct out_msg *new)
{
    const struct out_msg *m;
    unsigned int seen = 0;

    STAILQ_FOREACH(m, &conn->out, link)
    {
        if (++seen > SAME_EVENT_LOOKBACK)
            break;
        if (m->event && !m->sent &&
            m->hdr.len == new->hdr.len &&memcmp(m->body, new->body, new->hdr.len) == 0)
            return true;
    }
    return false;
}

void conn_event(struct conn *conn, const struct conn *cause, const char *path, const char *token)
{
    size_t path_len = strlen(path) + 1, token_len = strlen(token) + 1;
    struct xsd_sockmsg hdr = {.type = XS_WATCH_EVENT};
    struct out_msg *m;

    if (path_len + token_len > XENSTORE_PAYLOAD_MAX)
        return;
    hdr.len = (uint32_t)(path_len + token_len);
    m = out_new(&hdr);
    if (!m)
        return;
    m->event = true;
    memcpy(m->body, path, path_len);
    memcpy(m->body + path_len, token, token_len);
    if (event_is_queued(conn, m) || (!conn->privileged && domain_over_memory(conn->s, conn->dom))) {
        free(m);
        return;
    }
    out_put(conn, m, cause && !cause->privileged ? cause->dom : NULL);
}

/* Who caused an event is not known any more; an answer counts as its own domain's. */
static int requeue(struct conn *conn, const struct xsd_sockmsg *hdr, const void *body,
                   unsigned int sent)
{
    struct out_msg *m = out_new(hdr);

    if (!m)
        return -ENOMEM;
    memcpy(m->body, body, hdr->len);
    m->sent = sent;
    m->event = hdr->type == XS_WATCH_EVENT;
    out_put(conn, m, conn->privileged || m->event ? NULL : conn->dom);
    return 0;
}

int conn_requeue(struct conn *conn, const struct xsd_sockmsg *hdr, const void *body)
{
    return requeue(conn, hdr, body, 0);
}

int conn_requeue_rest(struct conn *conn, const void *rest, size_t len)
{
    struct xsd_sockmsg hdr = {.type = XS_INVALID, .len = (uint32_t)len};

    return requeue(conn, &hdr, rest, sizeof(hdr)); /* the header in front of it is not sent */
}

struct out_msg *conn_out_peek(struct conn *conn)
{
    return STAILQ_FIRST(&conn->out);
}

void conn_out_pop(struct conn *conn)
{
    struct out_msg *m = STAILQ_FIRST(&conn->out);

    STAILQ_REMOVE_HEAD(&conn->out, link);
    if (STAILQ_EMPTY(&conn->out))
        TAILQ_REMOVE(&conn->s->speaking, conn, speaking);
    if (m->cause)
        m->cause->outstanding--;
    conn->replies -= !m->event;
    conn->out_bytes -= out_cost(m);
    conn->dom->queue_bytes -= (long)out_cost(m);
    free(m);
}

/* An event that nobody fetches in time no longer counts against the one who caused it. */
void conn_out_age(struct conn *conn)
{
    uint64_t limit = (uint64_t)conn->s->quotas.event_timeout_s * 1000;
    struct out_msg *m;

    if (!limit)
        return;
    STAILQ_FOREACH(m, &conn->out, link)
    {
        if (conn->s->now_ms - m->since_ms < limit)
            break;
        if (m->event && m->cause) {
            m->cause->outstanding--;
            m->cause = NULL;
        }
    }
}
