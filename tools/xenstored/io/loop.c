/* SPDX-License-Identifier: MIT */
/* Waits, and gives each connection that has work one turn, around and around. */
#include <stdlib.h>
#include <time.h>

#include "io.h"
#include "live/live.h"

#define TICK_MS 1000

static uint64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

struct poll_set {
    struct pollfd *fds;
    unsigned int nr, cap;
};

static struct pollfd *set_add(struct poll_set *set, int fd, short events)
{
    set->fds[set->nr] = (struct pollfd){.fd = fd, .events = events};
    return &set->fds[set->nr++];
}

static int set_reserve(struct poll_set *set, unsigned int need)
{
    struct pollfd *fds;

    if (need <= set->cap)
        return 0;
    fds = realloc(set->fds, need * 2 * sizeof(*fds));
    if (!fds)
        return -ENOMEM;
    set->fds = fds;
    set->cap = need * 2;
    return 0;
}

static int set_fill(struct daemon *d, struct poll_set *set)
{
    unsigned int need = 2;
    struct link *l;

    TAILQ_FOREACH(l, &d->socks, link)
    need++;
    if (set_reserve(set, need) != 0)
        return -ENOMEM;
    set->nr = 0;
    set_add(set, d->listen_fd, POLLIN);
    set_add(set, domio_fd(d), POLLIN); /* -1 is ignored */
    TAILQ_FOREACH(l, &d->socks, link)
    {
        short events = (conn_may_request(l->conn) && !l->held ? POLLIN : 0) |
                       (conn_out_peek(l->conn) ? POLLOUT : 0);

        l->poll = set_add(set, l->fd, events);
    }
    return 0;
}

static void mark_ready(struct daemon *d)
{
    struct link *l;

    TAILQ_FOREACH(l, &d->socks, link)
    {
        if (l->poll && l->poll->revents & (POLLIN | POLLHUP | POLLERR))
            link_set_ready(l, true);
        l->poll = NULL;
    }
}

/* True: somebody has more to do. */
static bool turns(struct daemon *d)
{
    struct link *l, *next;
    bool more = false;

    /* A turn ends no other link than its own; rings that it releases stay until all is over. */
    for (l = TAILQ_FIRST(&d->ready); l; l = next) {
        next = TAILQ_NEXT(l, turn);
        more |= link_turn(l);
    }
    return more;
}

/* Every message of the last turns may have queued events for any connection. */
static void flush_events(struct daemon *d)
{
    struct conn *c, *next;

    for (c = TAILQ_FIRST(&d->s->speaking); c; c = next) {
        next = TAILQ_NEXT(c, speaking);
        link_push(c->user);
    }
}

int loop_run(struct daemon *d)
{
    struct poll_set set = {0};
    bool more = false;
    int rc = 0;

    while (!d->stop) {
        rc = set_fill(d, &set);
        if (rc)
            break;
        if (poll(set.fds, set.nr, more ? 0 : TICK_MS) < 0 && errno != EINTR) {
            rc = -errno;
            break;
        }
        store_tick(d->s, now_ms());
        mark_ready(d);
        if (set.fds[1].revents & POLLIN)
            domio_event(d);
        more = turns(d);
        flush_events(d);
        domio_reap(d);
        if (set.fds[0].revents & POLLIN)
            sock_accept(d);
        live_poll(d);
    }
    free(set.fds);
    return rc;
}
