/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <xen/io/xs_wire.h>

#include <xen/lib/string.h>

#define barrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)

#define ANSWERS_SKIPPED_MAX 64 /* left over from before us, or events of watches */

static uint32_t load(const XENSTORE_RING_IDX *idx)
{
    return __atomic_load_n(idx, __ATOMIC_SEQ_CST);
}

static void send(struct store *s, const void *data, size_t len)
{
    struct xenstore_domain_interface *ring = s->ring;
    const char *p = data;

    while (len && !s->broken) {
        uint32_t prod = ring->req_prod, used = prod - load(&ring->req_cons);

        if (used > XENSTORE_RING_SIZE) {
            s->broken = true;
        } else if (used == XENSTORE_RING_SIZE) {
            s->wait(s);
        } else {
            ring->req[MASK_XENSTORE_IDX(prod)] = *p++;
            len--;
            barrier();
            ring->req_prod = prod + 1;
            if (!len || used + 1 == XENSTORE_RING_SIZE)
                s->notify(s);
        }
    }
}

/* @data of NULL: they are not kept. */
static void receive(struct store *s, void *data, size_t len)
{
    struct xenstore_domain_interface *ring = s->ring;
    char *p = data;

    while (len && !s->broken) {
        uint32_t cons = ring->rsp_cons, there = load(&ring->rsp_prod) - cons;

        if (there > XENSTORE_RING_SIZE) {
            s->broken = true;
        } else if (!there) {
            s->wait(s);
        } else {
            char c = ring->rsp[MASK_XENSTORE_IDX(cons)];

            if (p)
                *p++ = c;
            len--;
            barrier();
            ring->rsp_cons = cons + 1;
            if (!len || there == 1)
                s->notify(s);
        }
    }
}

/* The head of the answer to the last request; false where there is none to be had. */
static bool receive_head(struct store *s, struct xsd_sockmsg *head)
{
    for (int i = 0; i < ANSWERS_SKIPPED_MAX; i++) {
        receive(s, head, sizeof(*head));
        if (s->broken || head->len > XENSTORE_PAYLOAD_MAX)
            break;
        if (head->req_id == s->last_id && head->type != XS_WATCH_EVENT)
            return true;
        receive(s, NULL, head->len);
    }
    s->broken = true;
    return false;
}

/*
 * Ask, and keep @size - 1 bytes of the answer.
 * Returns: the length of the whole answer, or -1 for an error.
 */
static int request(struct store *s, uint32_t type, const char *path, const char *value, char *text,
                   size_t size)
{
    size_t path_len = strlen(path) + 1, value_len = value ? strlen(value) : 0, kept;
    struct xsd_sockmsg head = {.type = type, .req_id = ++s->last_id};

    if (size)
        text[0] = '\0';
    if (!s->ring || s->broken || path_len + value_len > XENSTORE_PAYLOAD_MAX)
        return -1;
    head.len = (uint32_t)(path_len + value_len);
    send(s, &head, sizeof(head));
    send(s, path, path_len);
    send(s, value, value_len);
    if (!receive_head(s, &head))
        return -1;
    kept = !size ? 0 : head.len < size ? head.len : size - 1;
    receive(s, text, kept);
    receive(s, NULL, head.len - kept);
    if (size)
        text[head.type == type && !s->broken ? kept : 0] = '\0';
    return head.type == type && !s->broken ? (int)head.len : -1;
}

bool store_read(struct store *s, const char *path, char *text, size_t size)
{
    return request(s, XS_READ, path, NULL, text, size) >= 0;
}

uint64_t store_read_number(struct store *s, const char *path, uint64_t otherwise)
{
    char text[32];
    uint64_t v;

    if (!store_read(s, path, text, sizeof(text)))
        return otherwise;
    return text_to_u64(text, NULL, !memcmp(text, "0x", 2) ? 16 : 10, &v) ? otherwise : v;
}

bool store_has_children(struct store *s, const char *path)
{
    return request(s, XS_DIRECTORY, path, NULL, NULL, 0) > 0;
}

bool store_write(struct store *s, const char *path, const char *text)
{
    return request(s, XS_WRITE, path, text, NULL, 0) >= 0;
}
