/* SPDX-License-Identifier: MIT */
/*
 * Requests of four clients (dom0 twice, two hostile domains) from the fuzzer's bytes; after each
 * one the tree must agree with the accounts. Input: client, type, transaction, length, body; a
 * length byte of 255 takes a larger body, a client byte with its top bit set reads its messages.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define NR_CLIENTS 4u

static const char preamble[] = "/local/domain/1/data\0n1";
static const char preamble2[] = "/local/domain/2/data\0n2\0r1";

static void set_up(struct store *s, struct conn *c[NR_CLIENTS])
{
    c[0] = conn_new(s, 0);
    c[1] = conn_new(s, 0);
    (void)harness_ask(c[0], XS_INTRODUCE, 0,
                      "1\0"
                      "1\0"
                      "1",
                      6);
    (void)harness_ask(c[0], XS_INTRODUCE, 0,
                      "2\0"
                      "1\0"
                      "1",
                      6);
    (void)harness_ask(c[0], XS_MKDIR, 0, preamble, strlen(preamble) + 1);
    (void)harness_ask(c[0], XS_SET_PERMS, 0, preamble, sizeof(preamble));
    (void)harness_ask(c[0], XS_MKDIR, 0, preamble2, strlen(preamble2) + 1);
    (void)harness_ask(c[0], XS_SET_PERMS, 0, preamble2, sizeof(preamble2));
    c[2] = conn_new(s, 1);
    c[3] = conn_new(s, 2);
    s->quotas.nodes = 24;
    s->quotas.txn_nodes = 12;
    s->quotas.transactions = 3;
    s->quotas.watches = 6;
    s->quotas.memory = 8192;
}

static void drain(struct conn *c)
{
    while (conn_out_peek(c))
        conn_out_pop(c);
}

/* Files are the outside's business. */
static bool wanted(uint32_t type, const char *body)
{
    return type != XS_CONTROL || (strcmp(body, "memreport") && strcmp(body, "logfile"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char body[XENSTORE_PAYLOAD_MAX + 1];
    struct store *s = harness_store();
    struct conn *c[NR_CLIENTS];

    if (!s)
        abort();
    set_up(s, c);
    while (size >= 4) {
        struct conn *conn = c[data[0] % NR_CLIENTS];
        struct xsd_sockmsg hdr = {.type = data[1] % 32u, .tx_id = data[2] % 6u};
        size_t len = data[3] == 255 ? 3000 : data[3];

        if (data[0] & 0x80)
            drain(conn);
        data += 4;
        size -= 4;
        if (len > size)
            len = size;
        memcpy(body, data, len);
        body[len] = '\0';
        data += len;
        size -= len;
        hdr.len = (uint32_t)len;
        if (conn_may_request(conn) && wanted(hdr.type, body))
            conn_request(conn, &hdr, body);
        s->now_ms += 100;
        if (!harness_consistent(s))
            abort();
    }
    store_tick(s, s->now_ms + 60000);
    store_free(s);
    return 0;
}
