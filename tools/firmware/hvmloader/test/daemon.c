/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <xen/io/xs_wire.h>

#include "daemon.h"

#define BYTES_AT_A_TIME 7

static struct xenstore_domain_interface ring;
static const struct node *nodes;
static size_t nr_nodes;
static bool strays;
char daemon_written[2][128];

static char request[sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX];
static size_t request_len;
static char answer[4 * XENSTORE_PAYLOAD_MAX];
static size_t answer_len, answer_sent;

struct xenstore_domain_interface *daemon_ring(void)
{
    return &ring;
}

static void put(uint32_t type, uint32_t id, const char *body, size_t len)
{
    struct xsd_sockmsg head = {.type = type, .req_id = id, .len = (uint32_t)len};

    memcpy(answer + answer_len, &head, sizeof(head));
    memcpy(answer + answer_len + sizeof(head), body, len);
    answer_len += sizeof(head) + len;
}

static const struct node *find(const char *path)
{
    for (size_t i = 0; i < nr_nodes; i++)
        if (!strcmp(nodes[i].path, path))
            return &nodes[i];
    return NULL;
}

static bool has_child(const char *path)
{
    for (size_t i = 0; i < nr_nodes; i++)
        if (!strncmp(nodes[i].path, path, strlen(path)) && nodes[i].path[strlen(path)] == '/')
            return true;
    return false;
}

static void handle(const struct xsd_sockmsg *head, const char *body)
{
    const struct node *n = find(body);

    if (strays) {
        put(XS_WATCH_EVENT, head->req_id, "a\0b", 4);
        put(XS_READ, head->req_id - 1, "old", 3);
        strays = false;
    }
    if (head->type == XS_READ && n) {
        put(XS_READ, head->req_id, n->value, strlen(n->value));
    } else if (head->type == XS_DIRECTORY && has_child(body)) {
        put(XS_DIRECTORY, head->req_id, "child", 6);
    } else if (head->type == XS_WRITE) {
        size_t path_len = strlen(body) + 1;

        snprintf(daemon_written[0], sizeof(daemon_written[0]), "%.100s", body);
        snprintf(daemon_written[1], sizeof(daemon_written[1]), "%.*s",
                 (int)(head->len - path_len) % 100, body + path_len);
        put(XS_WRITE, head->req_id, "OK", 3);
    } else {
        put(XS_ERROR, head->req_id, "ENOENT", 7);
    }
}

static void take(void)
{
    struct xsd_sockmsg head;

    for (int i = 0; i < BYTES_AT_A_TIME && ring.req_cons != ring.req_prod; i++)
        request[request_len++] = ring.req[MASK_XENSTORE_IDX(ring.req_cons++)];
    memcpy(&head, request, sizeof(head));
    if (request_len >= sizeof(head) && request_len == sizeof(head) + head.len) {
        answer_len = answer_sent = request_len = 0;
        handle(&head, request + sizeof(head));
    }
}

static void give(void)
{
    for (int i = 0; i < BYTES_AT_A_TIME && answer_sent < answer_len; i++) {
        assert(ring.rsp_prod - ring.rsp_cons <= XENSTORE_RING_SIZE);
        if (ring.rsp_prod - ring.rsp_cons == XENSTORE_RING_SIZE)
            return;
        ring.rsp[MASK_XENSTORE_IDX(ring.rsp_prod++)] = answer[answer_sent++];
    }
}

static void notify(struct store *s)
{
    (void)s;
}

static void wait_for_daemon(struct store *s)
{
    (void)s;
    take();
    give();
}

void daemon_send_strays(void)
{
    strays = true;
}

void daemon_start(struct store *s, const struct node *list, size_t nr, unsigned int from)
{
    memset(&ring, 0, sizeof(ring));
    ring.req_cons = ring.req_prod = ring.rsp_cons = ring.rsp_prod = from;
    nodes = list;
    nr_nodes = nr;
    request_len = answer_len = answer_sent = 0;
    *s = (struct store){.ring = &ring, .notify = notify, .wait = wait_for_daemon, .port = 1};
}
