/* SPDX-License-Identifier: MIT */
/* Messages over a stream of bytes, the same for sockets and rings. */
#include <assert.h>
#include <stdlib.h>

#include "io.h"
#include "live/live.h"

#define HDR_BYTES ((unsigned int)sizeof(struct xsd_sockmsg))

struct link *link_new(struct daemon *d, const struct link_ops *ops, uint32_t domid)
{
    struct link *l = calloc(1, sizeof(*l));

    if (!l)
        return NULL;
    l->conn = conn_new(d->s, domid);
    if (!l->conn) {
        free(l);
        return NULL;
    }
    l->ops = ops;
    l->d = d;
    l->domid = domid;
    l->fd = -1;
    l->port = -1;
    l->conn->user = l;
    link_set_ready(l, true);
    return l;
}

void link_set_ready(struct link *l, bool ready)
{
    if (ready && !l->ready)
        TAILQ_INSERT_TAIL(&l->d->ready, l, turn);
    else if (!ready && l->ready)
        TAILQ_REMOVE(&l->d->ready, l, turn);
    l->ready = ready;
}

void link_free(struct link *l)
{
    link_set_ready(l, false);
    live_conn_gone(l->d, l->conn);
    conn_free(l->conn);
    free(l);
}

/* Reads on with the incoming message. 1: it is complete, 0: not yet, negative errno. */
static int read_message(struct link *l)
{
    for (;;) {
        bool in_body = l->got >= HDR_BYTES;
        unsigned int end = in_body ? HDR_BYTES + l->hdr.len : HDR_BYTES;
        char *to = in_body ? l->body + (l->got - HDR_BYTES) : (char *)&l->hdr + l->got;
        int n;

        if (in_body && l->got == end)
            return 1;
        n = l->ops->read(l, to, end - l->got);
        if (n <= 0)
            return n;
        l->moved = true;
        l->got += (unsigned int)n;
        if (!in_body && l->got == HDR_BYTES && l->hdr.len > XENSTORE_PAYLOAD_MAX)
            return -EPROTO;
    }
}

/* Header and body go out in one piece, so that the reader wakes once. */
static_assert(offsetof(struct out_msg, body) ==
                  offsetof(struct out_msg, hdr) + sizeof(struct xsd_sockmsg),
              "body behind header");

/* Sends what goes out now. 0, or negative errno. */
static int write_messages(struct link *l)
{
    struct out_msg *m;

    while ((m = conn_out_peek(l->conn))) {
        unsigned int total = HDR_BYTES + m->hdr.len;
        const char *wire = (const char *)m + offsetof(struct out_msg, hdr);
        int n = l->ops->write(l, wire + m->sent, total - m->sent);

        if (n < 0)
            return n;
        if (n == 0)
            return 0;
        l->moved = true;
        m->sent += (unsigned int)n;
        if (m->sent == total) {
            trace_message(l->d, l, "OUT", &m->hdr, m->body);
            conn_out_pop(l->conn);
        }
    }
    return 0;
}

/* Takes one request if there is one. True: there may be another. */
static int take_request(struct link *l)
{
    int rc;

    if (!l->ready || !conn_may_request(l->conn))
        return 0;
    rc = read_message(l);
    if (rc <= 0) {
        link_set_ready(l, rc < 0);
        return rc;
    }
    l->held = l->hdr.type == XS_TRANSACTION_START && live_waits(l->d);
    if (l->held) {
        link_set_ready(l, false);
        return 0;
    }
    l->got = 0;
    l->body[l->hdr.len] = '\0';
    trace_message(l->d, l, "IN", &l->hdr, l->body);
    conn_request(l->conn, &l->hdr, l->body);
    return 1;
}

static void end_turn(struct link *l, int rc)
{
    if (rc == 0 && l->conn->overflow)
        rc = -ENOBUFS;
    if (l->moved && !l->dead)
        l->ops->flush(l);
    l->moved = false;
    if (rc < 0 && !l->dead)
        l->ops->broken(l, -rc);
    else if (l->fd >= 0)
        loop_update(l);
}

bool link_turn(struct link *l)
{
    int rc, more = 0;

    if (l->dead) {
        link_set_ready(l, false);
        return false;
    }
    rc = write_messages(l);
    if (rc == 0) {
        more = take_request(l);
        /* the request may have released the very domain it came from */
        if (!l->dead)
            rc = more < 0 ? more : write_messages(l);
    }
    end_turn(l, rc);
    return more > 0;
}

void link_push(struct link *l)
{
    if (!l->dead)
        end_turn(l, write_messages(l));
}
