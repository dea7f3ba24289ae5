/* SPDX-License-Identifier: MIT */
/* Descriptors, times, and the three ways of waiting for them. */
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/loop_impl.h"

static bool earlier(struct timeval a, struct timeval b)
{
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_usec < b.tv_usec);
}

/* Descriptors. */

static int fd_hook_register(libxl_ctx *ctx, struct ev_fd *ev)
{
    struct loop *l = ctx->loop;
    struct fd_hook *h = XEN_LIST_FIRST(&l->free_fd_hooks);
    int rc;

    if (h)
        XEN_LIST_REMOVE(h, link);
    else
        h = xmalloc0(sizeof(*h));
    h->ev = ev;
    h->app = NULL;
    rc = l->os_hooks->fd_register(l->os_user, ev->fd, &h->app, ev->events, h);
    if (rc) {
        h->ev = NULL;
        XEN_LIST_INSERT_HEAD(&l->free_fd_hooks, h, link);
        return rc;
    }
    ev->hook = h;
    return 0;
}

int ev_fd_start(libxl_ctx *ctx, struct ev_fd *ev, int fd, short events,
                void (*ready)(libxl_ctx *, struct ev_fd *, short))
{
    struct loop *l = ctx->loop;
    int rc = 0;

    ev->fd = fd;
    ev->events = events;
    ev->ready = ready;
    ev->hook = NULL;
    if (l->os_hooks && ev != &l->wake)
        rc = fd_hook_register(ctx, ev);
    if (rc)
        return rc;
    ev->active = true;
    XEN_LIST_INSERT_HEAD(&l->fds, ev, link);
    if (ev != &l->wake)
        loop_wake(ctx);
    return 0;
}

void ev_fd_stop(libxl_ctx *ctx, struct ev_fd *ev)
{
    struct loop *l = ctx->loop;

    if (!ev->active)
        return;
    ev->active = false;
    XEN_LIST_REMOVE(ev, link);
    if (ev->hook) {
        ev->hook->ev = NULL;
        l->os_hooks->fd_deregister(l->os_user, ev->fd, ev->hook->app);
        XEN_LIST_INSERT_HEAD(&l->free_fd_hooks, ev->hook, link);
        ev->hook = NULL;
    }
}

/* What poll says is wanted without being asked for: a pipe whose other end closes has nothing to
 * read, only POLLHUP. */
#define REVENTS_ALWAYS (POLLERR | POLLHUP | POLLNVAL)

/* Asks again: since the caller polled, another thread may have served the descriptor, or closed it
 * and got the same number for something else. */
static void fd_serve(libxl_ctx *ctx, struct ev_fd *ev)
{
    struct pollfd p = {.fd = ev->fd, .events = ev->events};

    if (poll(&p, 1, 0) == 1)
        ev->ready(ctx, ev, p.revents);
}

void loop_dispatch_fd(libxl_ctx *ctx, int fd, short revents)
{
    struct ev_fd *ev;

    XEN_LIST_FOREACH(ev, &ctx->loop->fds, link)
    {
        if (ev->fd == fd && (revents & (ev->events | REVENTS_ALWAYS))) {
            fd_serve(ctx, ev);
            return;
        }
    }
}

/* Times. */

static void timer_insert(struct loop *l, struct ev_timer *ev)
{
    struct ev_timer *t, *last = NULL;

    XEN_LIST_FOREACH(t, &l->timers, link)
    {
        if (earlier(ev->when, t->when)) {
            XEN_LIST_INSERT_BEFORE(t, ev, link);
            return;
        }
        last = t;
    }
    if (last)
        XEN_LIST_INSERT_AFTER(last, ev, link);
    else
        XEN_LIST_INSERT_HEAD(&l->timers, ev, link);
}

int ev_timer_start(libxl_ctx *ctx, struct ev_timer *ev, unsigned int ms,
                   void (*due)(libxl_ctx *, struct ev_timer *))
{
    struct loop *l = ctx->loop;
    struct timeval add = {ms / 1000, (ms % 1000) * 1000}, now;
    int rc;

    gettimeofday(&now, NULL);
    timeradd(&now, &add, &ev->when);
    ev->due = due;
    ev->hook = NULL;
    if (l->os_hooks) {
        struct timer_hook *h = xmalloc0(sizeof(*h));

        h->ev = ev;
        rc = l->os_hooks->timeout_register(l->os_user, &h->app, ev->when, h);
        if (rc) {
            free(h);
            return rc;
        }
        ev->hook = h;
    }
    ev->active = true;
    timer_insert(l, ev);
    loop_wake(ctx);
    return 0;
}

void ev_timer_stop(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct loop *l = ctx->loop;

    if (!ev->active)
        return;
    ev->active = false;
    XEN_LIST_REMOVE(ev, link);
    if (ev->hook) {
        struct timeval asap = {0, 0};

        /* The hook itself is freed when the program says that the time has come. */
        ev->hook->ev = NULL;
        l->os_hooks->timeout_modify(l->os_user, &ev->hook->app, asap);
        ev->hook = NULL;
    }
}

void loop_dispatch_timers(libxl_ctx *ctx, struct timeval now)
{
    struct ev_timer *ev;

    while ((ev = XEN_LIST_FIRST(&ctx->loop->timers)) && !earlier(now, ev->when)) {
        ev_timer_stop(ctx, ev);
        ev->due(ctx, ev);
    }
}

/* Waiting: for poll(2) of the program's or of ours. */

static void fds_fill(struct loop *l, struct pollfd *fds, int room, int *used)
{
    struct ev_fd *ev;
    int n = 0;

    XEN_LIST_FOREACH(ev, &l->fds, link)
    {
        if (n < room)
            fds[n] = (struct pollfd){.fd = ev->fd, .events = ev->events};
        n++;
    }
    *used = n;
}

static int poll_prepare(libxl_ctx *ctx, int *nfds_io, struct pollfd *fds, int *timeout_upd,
                        struct timeval now)
{
    struct ev_timer *t = XEN_LIST_FIRST(&ctx->loop->timers);
    int room = *nfds_io;

    fds_fill(ctx->loop, fds, room, nfds_io);
    if (t) {
        struct timeval left = {0, 0};
        int ms;

        if (earlier(now, t->when))
            timersub(&t->when, &now, &left);
        ms = left.tv_sec > 1000000 ? 1000000000
                                   : (int)(left.tv_sec * 1000 + (left.tv_usec + 999) / 1000);
        if (*timeout_upd < 0 || ms < *timeout_upd)
            *timeout_upd = ms;
    }
    return *nfds_io > room ? ERROR_BUFFERFULL : 0;
}

int libxl_osevent_beforepoll(libxl_ctx *ctx, int *nfds_io, struct pollfd *fds, int *timeout_upd,
                             struct timeval now)
{
    int rc;

    ctx_lock(ctx);
    rc = poll_prepare(ctx, nfds_io, fds, timeout_upd, now);
    ctx_unlock(ctx);
    return rc;
}

static void poll_dispatch(libxl_ctx *ctx, int nfds, const struct pollfd *fds, struct timeval now)
{
    for (int i = 0; i < nfds; i++)
        if (fds[i].revents)
            loop_dispatch_fd(ctx, fds[i].fd, fds[i].revents);
    loop_dispatch_timers(ctx, now);
}

void libxl_osevent_afterpoll(libxl_ctx *ctx, int nfds, const struct pollfd *fds, struct timeval now)
{
    ctx_lock(ctx);
    poll_dispatch(ctx, nfds, fds, now);
    ctx_unlock(ctx);
}

static void woken(libxl_ctx *ctx, struct ev_fd *ev, short revents)
{
    (void)revents;
    /* With several threads waiting, each must see it; the last one clears it. */
    if (ctx->loop->waiters <= 1) {
        eventfd_t v;

        (void)eventfd_read(ev->fd, &v);
    }
}

/* Something has changed that a thread in poll does not know of. */
void loop_wake(libxl_ctx *ctx)
{
    if (ctx->loop->waiters)
        (void)eventfd_write(ctx->loop->wake_fd, 1);
}

#define POLL_FDS 16 /* on the stack; more are allocated */

int loop_once(libxl_ctx *ctx)
{
    struct pollfd few[POLL_FDS], *fds = few;
    int nfds = POLL_FDS, timeout = -1, r;
    struct timeval now;
    unsigned int depth = ctx->depth;

    gettimeofday(&now, NULL);
    while (poll_prepare(ctx, &nfds, fds, &timeout, now)) {
        fds = xrealloc(fds == few ? NULL : fds, (size_t)nfds * sizeof(*fds));
    }
    ctx->loop->waiters++;
    loop_deliver(ctx);
    for (unsigned int i = 0; i < depth; i++) {
        ctx->depth--;
        pthread_mutex_unlock(&ctx->lock);
    }
    r = poll(fds, (nfds_t)nfds, timeout);
    for (unsigned int i = 0; i < depth; i++)
        ctx_lock(ctx);
    gettimeofday(&now, NULL);
    if (r >= 0)
        poll_dispatch(ctx, r ? nfds : 0, fds, now);
    ctx->loop->waiters--;
    if (fds != few)
        free(fds);
    return r < 0 && errno != EINTR ? ERROR_FAIL : 0;
}

/* Waiting: by the program's hooks. */

void libxl_osevent_register_hooks(libxl_ctx *ctx, const libxl_osevent_hooks *hooks, void *user)
{
    ctx_lock(ctx);
    ctx->loop->os_hooks = hooks;
    ctx->loop->os_user = user;
    ctx_unlock(ctx);
}

void libxl_osevent_occurred_fd(libxl_ctx *ctx, void *for_libxl, int fd, short events, short revents)
{
    struct fd_hook *h = for_libxl;

    (void)events;
    ctx_lock(ctx);
    if (h->ev && h->ev->fd == fd && (revents & (h->ev->events | REVENTS_ALWAYS)))
        fd_serve(ctx, h->ev);
    ctx_unlock(ctx);
}

void libxl_osevent_occurred_timeout(libxl_ctx *ctx, void *for_libxl)
{
    struct timer_hook *h = for_libxl;

    ctx_lock(ctx);
    if (h->ev) {
        struct ev_timer *ev = h->ev;

        ev->hook = NULL;
        ev_timer_stop(ctx, ev);
        ev->due(ctx, ev);
    }
    free(h);
    ctx_unlock(ctx);
}

/* The loop itself. */

int loop_create(libxl_ctx *ctx)
{
    struct loop *l = ctx->loop = xmalloc0(sizeof(*l));

    XEN_TAILQ_INIT(&l->events);
    XEN_TAILQ_INIT(&l->deliveries);
    l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->wake_fd < 0)
        return ERROR_FAIL;
    return ev_fd_start(ctx, &l->wake, l->wake_fd, POLLIN, woken);
}

void loop_destroy(libxl_ctx *ctx)
{
    struct loop *l = ctx->loop;
    struct libxl__evgen_domain_death *d;
    struct libxl__evgen_disk_eject *e;
    struct fd_hook *h;
    libxl_event *ev;

    if (!l)
        return;
    while ((d = XEN_LIST_FIRST(&l->deaths)))
        libxl_evdisable_domain_death(ctx, d);
    while ((e = XEN_LIST_FIRST(&l->ejects)))
        libxl_evdisable_disk_eject(ctx, e);
    watches_stop_all(ctx);
    ev_fd_stop(ctx, &l->sigchld_fd);
    ev_fd_stop(ctx, &l->wake);
    while ((ev = XEN_TAILQ_FIRST(&l->events))) {
        XEN_TAILQ_REMOVE(&l->events, ev, link);
        libxl_event_free(ctx, ev);
    }
    while ((h = XEN_LIST_FIRST(&l->free_fd_hooks))) {
        XEN_LIST_REMOVE(h, link);
        free(h);
    }
    if (l->wake_fd >= 0)
        close(l->wake_fd);
    free(l);
    ctx->loop = NULL;
}
