/* SPDX-License-Identifier: MIT */
/* Waits, and gives each connection that has work one turn, around and around. */
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "live/live.h"

#define TICK_MS    1000
#define EVENTS_MAX 64 /* at a time; the others come next */

static uint64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static int watch_fd(struct daemon *d, int op, int fd, uint32_t events, void *who)
{
    struct epoll_event e = {.events = events, .data.ptr = who};

    return epoll_ctl(d->epoll_fd, op, fd, &e) < 0 ? -errno : 0;
}

int loop_open(struct daemon *d)
{
    d->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return d->epoll_fd < 0 ? -errno : 0;
}

static uint32_t wanted(struct link *l)
{
    return (conn_may_request(l->conn) && !l->held ? EPOLLIN : 0) |
           (conn_out_peek(l->conn) ? EPOLLOUT : 0);
}

int loop_add(struct link *l)
{
    l->polled = wanted(l);
    return watch_fd(l->d, EPOLL_CTL_ADD, l->fd, l->polled, l);
}

void loop_remove(struct link *l)
{
    (void)watch_fd(l->d, EPOLL_CTL_DEL, l->fd, 0, NULL);
}

void loop_update(struct link *l)
{
    uint32_t now = wanted(l);

    if (now != l->polled && watch_fd(l->d, EPOLL_CTL_MOD, l->fd, now, l) == 0)
        l->polled = now;
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

/* Waits. What has come is at @e, of which @nr is returned: a link, @d for events of domains, or
 * NULL for a new client. Sockets are marked. */
static int wait_for_work(struct daemon *d, struct epoll_event *e, bool more)
{
    int nr = epoll_wait(d->epoll_fd, e, EVENTS_MAX, more ? 0 : TICK_MS);

    if (nr < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < nr; i++)
        if (e[i].data.ptr && e[i].data.ptr != d && e[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            link_set_ready(e[i].data.ptr, true);
    return nr;
}

static bool has_come(const struct epoll_event *e, int nr, const void *who)
{
    for (int i = 0; i < nr; i++)
        if (e[i].data.ptr == who)
            return true;
    return false;
}

int loop_run(struct daemon *d)
{
    struct epoll_event e[EVENTS_MAX];
    bool more = false;
    int rc = watch_fd(d, EPOLL_CTL_ADD, d->listen_fd, EPOLLIN, NULL);

    if (!rc && domio_fd(d) >= 0)
        rc = watch_fd(d, EPOLL_CTL_ADD, domio_fd(d), EPOLLIN, d);
    while (!rc && !d->stop) {
        int nr = wait_for_work(d, e, more);

        if (nr < 0)
            return nr;
        store_tick(d->s, now_ms());
        if (has_come(e, nr, d))
            domio_event(d);
        more = turns(d);
        flush_events(d);
        domio_reap(d);
        if (has_come(e, nr, NULL))
            sock_accept(d);
        live_poll(d);
    }
    return rc;
}
