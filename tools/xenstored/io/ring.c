/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "ring.h"

#define FEATURES (XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR)

#define load(x)     __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define store(x, v) __atomic_store_n(&(x), (v), __ATOMIC_SEQ_CST)

void ring_attach(struct ring *r, void *page)
{
    r->page = page;
    r->req_cons = load(r->page->req_cons);
    r->rsp_prod = load(r->page->rsp_prod);
    store(r->page->server_features, FEATURES);
}

void ring_restart(struct ring *r)
{
    r->req_cons = r->rsp_prod = 0;
    store(r->page->req_cons, 0);
    store(r->page->req_prod, 0);
    store(r->page->rsp_cons, 0);
    store(r->page->rsp_prod, 0);
    store(r->page->error, XENSTORE_ERROR_NONE);
    store(r->page->connection, XENSTORE_CONNECTED);
}

bool ring_wants_restart(const struct ring *r)
{
    return load(r->page->connection) == XENSTORE_RECONNECT;
}

void ring_set_error(struct ring *r, uint32_t error)
{
    store(r->page->error, error);
}

int ring_read(struct ring *r, void *buf, size_t len)
{
    uint32_t have = load(r->page->req_prod) - r->req_cons;
    size_t done = 0;

    if (have > XENSTORE_RING_SIZE)
        return -EINVAL;
    if (len > have)
        len = have;
    while (done < len) {
        uint32_t at = MASK_XENSTORE_IDX(r->req_cons);
        size_t n = XENSTORE_RING_SIZE - at;

        if (n > len - done)
            n = len - done;
        memcpy((char *)buf + done, r->page->req + at, n);
        r->req_cons += (uint32_t)n;
        done += n;
    }
    if (done)
        store(r->page->req_cons, r->req_cons);
    return (int)done;
}

int ring_write(struct ring *r, const void *buf, size_t len)
{
    uint32_t used = r->rsp_prod - load(r->page->rsp_cons);
    size_t done = 0, room;

    if (used > XENSTORE_RING_SIZE)
        return -EINVAL;
    room = XENSTORE_RING_SIZE - used;
    if (len > room)
        len = room;
    while (done < len) {
        uint32_t at = MASK_XENSTORE_IDX(r->rsp_prod);
        size_t n = XENSTORE_RING_SIZE - at;

        if (n > len - done)
            n = len - done;
        memcpy(r->page->rsp + at, (const char *)buf + done, n);
        r->rsp_prod += (uint32_t)n;
        done += n;
    }
    if (done)
        store(r->page->rsp_prod, r->rsp_prod);
    return (int)done;
}
