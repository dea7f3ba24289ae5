/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon.h"

#define FIXED_FDS      2u
#define IDLE_WAIT_MS   10000
#define PERIOD_WAIT_MS 50

static uint64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
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
    LIST_FOREACH(c, &d->consoles, link)
    {
        size_t len = strlen(c->path);

        if (strncmp(c->path, path, len) == 0 && (!path[len] || path[len] == '/')) {
            if (strcmp(path + len, "/tty") != 0)
                console_store_event(c);
            return;
        }
    }
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
    struct console *c;

    if (port < 0)
        return;
    if (port == d->hv_port) {
        (void)xenevtchn_unmask(d->xce, (evtchn_port_t)port);
        hvlog_event(d);
        return;
    }
    LIST_FOREACH(c, &d->consoles, link)
    {
        if (c->port == port) {
            console_ring_event(c);
            return;
        }
    }
    (void)xenevtchn_unmask(d->xce, (evtchn_port_t)port);
}

static struct pollfd *fill(struct daemon *d, unsigned int *nr, int *wait)
{
    static struct pollfd *fds;
    static unsigned int cap;
    unsigned int need = FIXED_FDS;
    struct console *c;

    LIST_FOREACH(c, &d->consoles, link)
    need++;
    if (need > cap) {
        struct pollfd *more = realloc(fds, need * 2 * sizeof(*fds));

        if (!more)
            return NULL;
        fds = more;
        cap = need * 2;
    }
    fds[0] = (struct pollfd){.fd = xs_fileno(d->xs), .events = POLLIN};
    fds[1] = (struct pollfd){.fd = xenevtchn_fd(d->xce), .events = POLLIN};
    *nr = FIXED_FDS;
    *wait = IDLE_WAIT_MS; /* a sweep comes that much later, perhaps */
    LIST_FOREACH(c, &d->consoles, link)
    {
        short events =
            (console_wants_input(c) ? POLLIN : 0) | (c->out.len > c->out.off ? POLLOUT : 0);

        if (c->masked)
            *wait = PERIOD_WAIT_MS;
        c->poll = &fds[*nr];
        fds[(*nr)++] = (struct pollfd){.fd = events ? c->master : -1, .events = events};
    }
    return fds;
}

static void ptys(struct daemon *d)
{
    struct console *c;

    LIST_FOREACH(c, &d->consoles, link)
    {
        if (c->poll && c->master >= 0 && c->poll->revents & POLLIN)
            console_pump_in(c);
        if (c->poll && c->master >= 0 && c->poll->revents & POLLOUT)
            console_pump_out(c);
        c->poll = NULL;
    }
}

static void reopen_logs(struct daemon *d)
{
    struct console *c;

    d->reopen = false;
    if (d->opt.log_hv) {
        log_close(&d->hv_log);
        (void)log_open(&d->hv_log, d->opt.log_dir, "hypervisor", d->opt.stamp_hv,
                       d->opt.replace_escape);
    }
    LIST_FOREACH(c, &d->consoles, link)
    console_open_log(c);
}

int loop_run(struct daemon *d)
{
    while (!d->stop) {
        unsigned int nr;
        int wait;
        struct pollfd *fds = fill(d, &nr, &wait);

        if (!fds)
            return -ENOMEM;
        if (d->reopen)
            reopen_logs(d);
        if (poll(fds, nr, wait) < 0) {
            if (errno == EINTR)
                continue;
            return -errno;
        }
        ptys(d);
        console_period(d, now_ms());
        if (d->sweep_ms && now_ms() >= d->sweep_ms)
            consoles_enumerate(d);
        if (fds[1].revents & POLLIN)
            channel_event(d);
        if (fds[0].revents & POLLIN)
            store_events(d);
    }
    return 0;
}
