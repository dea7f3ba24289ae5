/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"

#define EVENTS_MAX     64
#define IDLE_WAIT_MS   10000 /* a sweep comes that much later, perhaps */
#define PERIOD_WAIT_MS 50

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

bool loop_add(struct console *c)
{
    c->waits_for = 0;
    return watch_fd(c->d, EPOLL_CTL_ADD, c->master, 0, c) == 0;
}

void loop_wait_for(struct console *c, uint32_t events)
{
    if (events != c->waits_for && watch_fd(c->d, EPOLL_CTL_MOD, c->master, events, c) == 0)
        c->waits_for = events;
}

static void store_event(struct daemon *d, const char *path)
{
    struct console *c;

    if (path[0] == '@') {
        if (!strcmp(path, "@introduceDomain"))
            consoles_introduced(d, now_ms());
        else
            consoles_enumerate(d);
        return;
    }
    c = console_at(d, path);
    if (c && strcmp(path + strlen(c->path), "/tty") != 0)
        console_store_event(c);
}

static void store_events(struct daemon *d)
{
    char **event;

    while ((event = xs_check_watch(d->xs))) {
        store_event(d, event[XS_WATCH_PATH]);
        free(event);
    }
    if (errno != EAGAIN)
        d->stop = true; /* the store is gone, and with it the purpose */
}

static void channel_event(struct daemon *d)
{
    xenevtchn_port_or_error_t port = xenevtchn_pending(d->xce);

    if (port < 0) {
        if (errno == EAGAIN || errno == EINTR)
            return;
        syslog(LOG_ERR, "no more events: %m");
        d->stop = true;
    } else if (port == d->hv_port) {
        (void)xenevtchn_unmask(d->xce, (evtchn_port_t)port);
        hvlog_event(d);
    } else if ((unsigned int)port < d->nr_ports && d->by_port[port]) {
        console_ring_event(d->by_port[port]);
    } else {
        (void)xenevtchn_unmask(d->xce, (evtchn_port_t)port);
    }
}

static void reopen_logs(struct daemon *d)
{
    struct console *c;
    unsigned int i;

    d->reopen = false;
    if (d->opt.log_hv) {
        log_close(&d->hv_log);
        (void)log_open(&d->hv_log, d->opt.log_dir, "hypervisor", d->opt.stamp_hv,
                       d->opt.replace_escape);
    }
    FOR_EACH_CONSOLE(d, i, c)
    console_open_log(c);
}

int loop_init(struct daemon *d)
{
    int rc;

    d->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (d->epoll_fd < 0)
        return -errno;
    rc = watch_fd(d, EPOLL_CTL_ADD, xs_fileno(d->xs), EPOLLIN, d->xs);
    return rc ? rc : watch_fd(d, EPOLL_CTL_ADD, xenevtchn_fd(d->xce), EPOLLIN, d->xce);
}

/* Consoles come and go by the store's events, so that these are the last to be looked at. */
static void serve(struct daemon *d, const struct epoll_event *e, int nr)
{
    bool channel = false, store = false;

    for (int i = 0; i < nr; i++) {
        if (e[i].data.ptr == d->xs)
            store = true;
        else if (e[i].data.ptr == d->xce)
            channel = true;
        else
            console_pty_event(e[i].data.ptr, e[i].events);
    }
    consoles_period(d, now_ms());
    if (channel)
        channel_event(d);
    if (d->sweep_ms && now_ms() >= d->sweep_ms)
        consoles_enumerate(d);
    if (store)
        store_events(d);
}

int loop_run(struct daemon *d)
{
    struct epoll_event e[EVENTS_MAX];

    while (!d->stop) {
        int nr;

        if (d->reopen)
            reopen_logs(d);
        nr = epoll_wait(d->epoll_fd, e, EVENTS_MAX, d->nr_masked ? PERIOD_WAIT_MS : IDLE_WAIT_MS);
        if (nr < 0 && errno != EINTR)
            return -errno;
        serve(d, e, nr);
    }
    return 0;
}
