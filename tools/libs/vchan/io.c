/* SPDX-License-Identifier: MIT */
/*
 * Each side has a byte of notifications in the shared page in which the *other* one asks to be told
 * of what it does. Who waits asks, looks again, and only then waits; so nothing is missed, and
 * nothing is told that nobody waits for.
 *
 * The other side may write anything into the page at any time: what is read from it is read once
 * and checked, and only tells how much is copied within our own ring.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "libxenvchan.h"

#define READ_ONCE(x) (*(volatile __typeof__(x) *)&(x))

static uint8_t *notify_byte(struct libxenvchan *c, bool ours)
{
    return ours == (bool)c->is_server ? &c->ring->srv_notify : &c->ring->cli_notify;
}

static void ask(struct libxenvchan *c, uint8_t bit)
{
    __atomic_fetch_or(notify_byte(c, false), bit, __ATOMIC_SEQ_CST);
}

/* We have done what @bit says. */
static int tell(struct libxenvchan *c, uint8_t bit)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (!(__atomic_fetch_and(notify_byte(c, true), (uint8_t)~bit, __ATOMIC_SEQ_CST) & bit))
        return 0;
    return xenevtchn_notify(c->event, c->event_port);
}

static uint32_t size_of(const struct libxenvchan_ring *r)
{
    return 1u << r->order;
}

/* Bytes in the ring, or -1: the other side has written nonsense. */
static int64_t fill(const struct libxenvchan_ring *r)
{
    uint32_t n = READ_ONCE(r->shr->prod) - READ_ONCE(r->shr->cons);

    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (n <= size_of(r))
        return n;
    errno = EPROTO;
    return -1;
}

static int64_t readable(struct libxenvchan *c)
{
    return fill(&c->read);
}

static int64_t writable(struct libxenvchan *c)
{
    int64_t n = fill(&c->write);

    return n < 0 ? n : size_of(&c->write) - n;
}

/* As @amount says; if it is less than @wanted, the other side is asked to tell of a change. */
static int64_t available(struct libxenvchan *c, int64_t (*amount)(struct libxenvchan *),
                         size_t wanted, uint8_t bit)
{
    int64_t n = amount(c);

    if (n < 0 || (size_t)n >= wanted)
        return n;
    ask(c, bit);
    return amount(c);
}

int libxenvchan_data_ready(struct libxenvchan *ctrl)
{
    int64_t n = available(ctrl, readable, size_of(&ctrl->read), VCHAN_NOTIFY_WRITE);

    return n < 0 ? 0 : (int)n;
}

int libxenvchan_buffer_space(struct libxenvchan *ctrl)
{
    int64_t n = available(ctrl, writable, size_of(&ctrl->write), VCHAN_NOTIFY_READ);

    return n < 0 ? 0 : (int)n;
}

int libxenvchan_is_open(struct libxenvchan *ctrl)
{
    const volatile uint8_t *peer = ctrl->is_server ? &ctrl->ring->cli_live : &ctrl->ring->srv_live;
    uint8_t live = *peer;

    if (live || !ctrl->is_server)
        return live > 2 ? 1 : live;
    return ctrl->server_persist ? 2 : 0;
}

int libxenvchan_wait(struct libxenvchan *ctrl)
{
    xenevtchn_port_or_error_t port = xenevtchn_pending(ctrl->event);

    return port < 0 ? -1 : xenevtchn_unmask(ctrl->event, (evtchn_port_t)port);
}

int libxenvchan_fd_for_select(struct libxenvchan *ctrl)
{
    return xenevtchn_fd(ctrl->event);
}

/* Within the ring @size bytes fit: that has been checked. */
static int put(struct libxenvchan *c, const void *data, size_t size)
{
    const struct libxenvchan_ring *r = &c->write;
    uint32_t prod = READ_ONCE(r->shr->prod), at = prod & (size_of(r) - 1);
    size_t first = size < size_of(r) - at ? size : size_of(r) - at;

    memcpy((char *)r->buffer + at, data, first);
    memcpy(r->buffer, (const char *)data + first, size - first);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    r->shr->prod = prod + (uint32_t)size;
    return tell(c, VCHAN_NOTIFY_WRITE) < 0 ? -1 : (int)size;
}

static int get(struct libxenvchan *c, void *data, size_t size)
{
    const struct libxenvchan_ring *r = &c->read;
    uint32_t cons = READ_ONCE(r->shr->cons), at = cons & (size_of(r) - 1);
    size_t first = size < size_of(r) - at ? size : size_of(r) - at;

    memcpy(data, (const char *)r->buffer + at, first);
    memcpy((char *)data + first, r->buffer, size - first);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    r->shr->cons = cons + (uint32_t)size;
    return tell(c, VCHAN_NOTIFY_READ) < 0 ? -1 : (int)size;
}

/* At least @wanted, 0 if that would block, -1. What has come before the other side went is there.
 */
static int64_t await(struct libxenvchan *c, int64_t (*amount)(struct libxenvchan *), size_t wanted,
                     uint8_t bit)
{
    for (;;) {
        bool open = libxenvchan_is_open(c);
        int64_t n = available(c, amount, wanted, bit);

        if (n < 0)
            return n;
        if (!open && bit == VCHAN_NOTIFY_READ)
            break; /* nobody would ever read it */
        if ((size_t)n >= wanted)
            return n;
        if (!open)
            break;
        if (!c->blocking)
            return 0;
        if (libxenvchan_wait(c))
            return -1;
    }
    errno = ENOTCONN;
    return -1;
}

static bool too_much(size_t size, const struct libxenvchan_ring *r)
{
    if (size <= size_of(r))
        return false;
    errno = EMSGSIZE;
    return true;
}

int libxenvchan_send(struct libxenvchan *ctrl, const void *data, size_t size)
{
    int64_t n;

    if (too_much(size, &ctrl->write))
        return -1;
    n = await(ctrl, writable, size, VCHAN_NOTIFY_READ);
    return n < 0 ? -1 : (size_t)n < size ? 0 : put(ctrl, data, size);
}

int libxenvchan_recv(struct libxenvchan *ctrl, void *data, size_t size)
{
    int64_t n;

    if (too_much(size, &ctrl->read))
        return -1;
    n = await(ctrl, readable, size, VCHAN_NOTIFY_WRITE);
    return n < 0 ? -1 : (size_t)n < size ? 0 : get(ctrl, data, size);
}

int libxenvchan_read(struct libxenvchan *ctrl, void *data, size_t size)
{
    int64_t n = size ? await(ctrl, readable, 1, VCHAN_NOTIFY_WRITE) : 0;

    if (n <= 0)
        return (int)n;
    return get(ctrl, data, (size_t)n < size ? (size_t)n : size);
}

int libxenvchan_write(struct libxenvchan *ctrl, const void *data, size_t size)
{
    size_t done = 0;

    if (size > INT_MAX)
        size = INT_MAX;
    while (done < size) {
        int64_t n = await(ctrl, writable, 1, VCHAN_NOTIFY_READ);

        if (n < 0)
            return -1;
        if (!n)
            break;
        if ((size_t)n > size - done)
            n = (int64_t)(size - done);
        if (put(ctrl, (const char *)data + done, (size_t)n) < 0)
            return -1;
        done += (size_t)n;
    }
    return (int)done;
}
