/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <syslog.h>
#include <termios.h>
#include <unistd.h>

#include "daemon.h"

#include <xen/grant_table.h>

#define EVENTS_PER_PERIOD 30u
#define TTY_TRIES         16u /* a guest may disturb a transaction each time */

#define load(x)     __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define store(x, v) __atomic_store_n(&(x), (v), __ATOMIC_SEQ_CST)

static char *read_node(struct console *c, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", c->path, name);
    return xs_read(c->d->xs, XBT_NULL, path, NULL);
}

/* A node's number, or -1. */
static int64_t read_number(struct console *c, const char *name)
{
    char *text = read_node(c, name), *end;
    long long val = -1;

    if (text && *text) {
        val = strtoll(text, &end, 0);
        if (*end)
            val = -1;
    }
    free(text);
    return val;
}

static void unmap_page(struct console *c)
{
    if (!c->page)
        return;
    if (c->page_granted)
        (void)xengnttab_unmap(c->d->xgt, c->page, 1);
    else
        (void)xenforeignmemory_unmap(c->d->fmem, c->page, 1);
    c->page = NULL;
    c->ring_ref = -1;
}

static bool map_page(struct console *c, int64_t ref)
{
    xen_pfn_t pfn = (xen_pfn_t)ref;
    int err = 0;

    c->page_granted = true;
    if (c->kind->grant && c->d->xgt)
        c->page = xengnttab_map_grant_ref(c->d->xgt, c->domid, GNTTAB_RESERVED_CONSOLE,
                                          PROT_READ | PROT_WRITE);
    if (!c->page) {
        c->page_granted = false;
        c->page = xenforeignmemory_map(c->d->fmem, c->domid, PROT_READ | PROT_WRITE, 1, &pfn, &err);
        if (c->page && err)
            unmap_page(c);
    }
    if (c->page)
        c->ring_ref = ref;
    c->broken = false;
    return c->page != NULL;
}

static void set_masked(struct console *c, bool masked)
{
    if (masked != c->masked)
        c->d->nr_masked += masked ? 1 : -1u;
    c->masked = masked;
}

static void unbind_port(struct console *c)
{
    if (c->port >= 0) {
        c->d->by_port[c->port] = NULL;
        (void)xenevtchn_unbind(c->d->xce, (evtchn_port_t)c->port);
    }
    c->port = c->remote_port = -1;
    set_masked(c, false);
}

static bool note_port(struct console *c)
{
    struct daemon *d = c->d;
    unsigned int port = (unsigned int)c->port;

    if (port >= d->nr_ports) {
        unsigned int nr = port + port / 2 + 64;
        struct console **more = reallocarray(d->by_port, nr, sizeof(*more));

        if (!more)
            return false;
        memset(more + d->nr_ports, 0, (nr - d->nr_ports) * sizeof(*more));
        d->by_port = more;
        d->nr_ports = nr;
    }
    d->by_port[port] = c;
    return true;
}

static bool bind_port(struct console *c, int64_t remote)
{
    c->port = xenevtchn_bind_interdomain(c->d->xce, c->domid, (evtchn_port_t)remote);
    if (c->port < 0)
        return false;
    if (!note_port(c)) {
        (void)xenevtchn_unbind(c->d->xce, (evtchn_port_t)c->port);
        c->port = -1;
        return false;
    }
    c->remote_port = (int)remote;
    return true;
}

static void close_pty(struct console *c)
{
    if (c->master >= 0)
        close(c->master);
    if (c->slave >= 0)
        close(c->slave);
    c->master = c->slave = -1;
}

/* The slave stays open here, so that the pty lives while no client is attached. */
static bool open_pty(struct console *c, char *name, size_t room)
{
    struct termios t;

    c->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (c->master < 0 || grantpt(c->master) != 0 || unlockpt(c->master) != 0 ||
        ptsname_r(c->master, name, room) != 0)
        goto fail;
    c->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (c->slave < 0 || tcgetattr(c->slave, &t) != 0)
        goto fail;
    cfmakeraw(&t);
    if (tcsetattr(c->slave, TCSAFLUSH, &t) == 0 && loop_add(c))
        return true;
fail:
    syslog(LOG_ERR, "no pty for domain %u: %m", c->domid);
    close_pty(c);
    return false;
}

/* Only while the console is there: the tree of a domain that ends at this moment is not made anew.
 */
static bool write_tty(struct console *c, const char *name)
{
    struct xs_handle *xs = c->d->xs;
    char ring[128], tty[128];
    bool done = false, again = true;

    snprintf(ring, sizeof(ring), "%s/ring-ref", c->path);
    snprintf(tty, sizeof(tty), "%s/tty", c->path);
    for (unsigned int tries = 0; !done && again && tries < TTY_TRIES; tries++) {
        xs_transaction_t t = xs_transaction_start(xs);
        char *ref = t == XBT_NULL ? NULL : xs_read(xs, t, ring, NULL);
        bool ok = ref && xs_write(xs, t, tty, name, (unsigned int)strlen(name));

        done = t != XBT_NULL && xs_transaction_end(xs, t, !ok) && ok;
        again = ok && errno == EAGAIN;
        free(ref);
    }
    return done;
}

static bool publish_pty(struct console *c)
{
    char name[64];
    int64_t limit = read_number(c, "limit");

    if (!open_pty(c, name, sizeof(name)))
        return false;
    if (limit > 0)
        c->out.max = (size_t)limit;
    if (write_tty(c, name))
        return true;
    close_pty(c);
    return false;
}

void console_open_log(struct console *c)
{
    char path[64], file[300], *name;

    if (!c->d->opt.log_guest || !c->page)
        return;
    log_close(&c->log);
    snprintf(path, sizeof(path), "/local/domain/%u/name", c->domid);
    name = xs_read(c->d->xs, XBT_NULL, path, NULL);
    if (!name)
        return;
    for (char *p = name; *p; p++) {
        if (*p == '/')
            *p = '_';
    }
    snprintf(file, sizeof(file), "guest-%s%s", name, c->kind->log_suffix);
    (void)log_open(&c->log, c->d->opt.log_dir, file, c->d->opt.stamp_guest,
                   c->d->opt.replace_escape);
    free(name);
}

static bool is_ours(struct console *c)
{
    char *type = read_node(c, "type");
    bool ours = !type || strcmp(type, "xenconsoled") == 0;

    free(type);
    return ours;
}

static void notify(struct console *c)
{
    if (c->port >= 0)
        (void)xenevtchn_notify(c->d->xce, (evtchn_port_t)c->port);
}

/* Takes the output that is in the ring; it has been logged when this returns. */
static void drain_ring(struct console *c)
{
    char copy[sizeof(c->page->out)];
    uint32_t cons = load(c->page->out_cons), have = load(c->page->out_prod) - cons;

    if (have > sizeof(copy)) {
        syslog(LOG_WARNING, "domain %u broke the rules of its console ring", c->domid);
        c->broken = true;
        return;
    }
    if (have == 0 || (c->d->opt.keep_overflow && !outbuf_has_room(&c->out)))
        return;
    for (uint32_t i = 0; i < have; i++)
        copy[i] = c->page->out[MASK_XENCONS_IDX(cons + i, c->page->out)];
    store(c->page->out_cons, cons + have);
    notify(c);
    log_write(&c->log, copy, have);
    if (c->master >= 0)
        outbuf_add(&c->out, copy, have);
}

static void pump_out(struct console *c)
{
    while (c->master >= 0 && c->out.len > c->out.off) {
        ssize_t n = write(c->master, c->out.data + c->out.off, c->out.len - c->out.off);

        if (n <= 0)
            break;
        outbuf_took(&c->out, (size_t)n);
    }
    if (c->d->opt.keep_overflow && c->page && !c->broken && outbuf_has_room(&c->out))
        drain_ring(c);
}

static uint32_t input_room(const struct console *c)
{
    uint32_t used;

    if (!c->page || c->broken)
        return 0;
    used = load(c->page->in_prod) - load(c->page->in_cons);
    return used > sizeof(c->page->in) ? 0 : (uint32_t)sizeof(c->page->in) - used;
}

static void pump_in(struct console *c)
{
    char typed[sizeof(c->page->in)];
    uint32_t room = input_room(c), prod;
    ssize_t n = room ? read(c->master, typed, room) : 0;

    if (n <= 0)
        return;
    prod = load(c->page->in_prod);
    for (ssize_t i = 0; i < n; i++)
        c->page->in[MASK_XENCONS_IDX(prod + (uint32_t)i, c->page->in)] = typed[i];
    store(c->page->in_prod, prod + (uint32_t)n);
    notify(c);
}

/* Typing is waited for while the ring has room, and the pty while there is output for it. */
static void wait_for_pty(struct console *c)
{
    if (c->master >= 0)
        loop_wait_for(c, (input_room(c) > 0 ? EPOLLIN : 0u) |
                             (c->out.len > c->out.off ? EPOLLOUT : 0u));
}

void console_pty_event(struct console *c, uint32_t events)
{
    if (events & EPOLLIN)
        pump_in(c);
    if (events & EPOLLOUT)
        pump_out(c);
    wait_for_pty(c);
}

static bool too_many_events(struct console *c)
{
    if (c->period != c->d->period)
        c->events = 0;
    c->period = c->d->period;
    return ++c->events > EVENTS_PER_PERIOD;
}

void console_ring_event(struct console *c)
{
    if (c->page && !c->broken) {
        drain_ring(c);
        pump_out(c);
        if (c->port >= 0 && too_many_events(c))
            set_masked(c, true);
        else if (c->port >= 0)
            (void)xenevtchn_unmask(c->d->xce, (evtchn_port_t)c->port);
    }
    wait_for_pty(c);
}

void console_unmask(struct console *c)
{
    set_masked(c, false);
    console_ring_event(c);
}

void console_store_event(struct console *c)
{
    int64_t ref = read_number(c, "ring-ref"), port = read_number(c, "port");

    if (ref < 0 || port < 0 || !is_ours(c))
        return;
    if (c->page && ref != c->ring_ref)
        unmap_page(c);
    if (!c->page && !map_page(c, ref))
        return;
    if (c->remote_port != port) {
        unbind_port(c);
        if (!bind_port(c, port)) {
            unmap_page(c);
            return;
        }
    }
    if (c->master < 0 && !publish_pty(c)) {
        unbind_port(c);
        unmap_page(c);
        return;
    }
    if (c->log.fd < 0)
        console_open_log(c);
    console_ring_event(c);
}

void console_close(struct console *c)
{
    if (c->page && !c->broken)
        drain_ring(c); /* the last words */
    pump_out(c);
    unbind_port(c);
    unmap_page(c);
    close_pty(c);
    log_close(&c->log);
    outbuf_dispose(&c->out);
}
