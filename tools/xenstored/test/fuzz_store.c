/* SPDX-License-Identifier: MIT */
/*
 * Requests of four clients (dom0 twice, two hostile domains) from the fuzzer's bytes, and when
 * these are used up by numbers that follow from them; after each one the tree must agree with the
 * accounts. Input: client, type, transaction, length, body; a length byte of 255 takes a larger
 * body, a client byte with its top bit set reads its messages. The number of requests made is
 * written to the file FUZZ_COUNT names, now and then; with FUZZ_MESSAGES the run ends, without
 * error, after so many.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compose.h"
#include "harness.h"

#define NR_CLIENTS   4u
#define NR_GENERATED 200u

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

static unsigned long nr_messages, nr_inputs;

static void write_count(void)
{
    const char *file = getenv("FUZZ_COUNT");
    FILE *f = file ? fopen(file, "w") : NULL;

    if (!f)
        return;
    fprintf(f, "%lu\n", nr_messages);
    fclose(f);
}

static void count_input(void)
{
    const char *most = getenv("FUZZ_MESSAGES");
    bool end = most && nr_messages >= strtoul(most, NULL, 10);

    if (end || ++nr_inputs % 256 == 0)
        write_count();
    if (end)
        _exit(0);
}

/* Files are the outside's business. */
static bool wanted(uint32_t type, const char *body)
{
    return type != XS_CONTROL || (strcmp(body, "memreport") && strcmp(body, "logfile"));
}

static void request(struct store *s, struct conn *c, struct xsd_sockmsg hdr, char *body, size_t len)
{
    body[len] = '\0';
    hdr.len = (uint32_t)len;
    if (conn_may_request(c) && wanted(hdr.type, body)) {
        conn_request(c, &hdr, body);
        nr_messages++;
    }
    s->now_ms += 100;
    if (!harness_consistent(s))
        abort();
}

/* Requests out of the fuzzer's bytes, until they end. */
static void from_input(struct store *s, struct conn *c[NR_CLIENTS], const uint8_t *data,
                       size_t size)
{
    static char body[XENSTORE_PAYLOAD_MAX + 1];

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
        data += len;
        size -= len;
        request(s, conn, hdr, body, len);
    }
}

static void from_numbers(struct store *s, struct conn *c[NR_CLIENTS], uint64_t rng)
{
    static char body[XENSTORE_PAYLOAD_MAX + 1];

    for (unsigned int i = 0; i < NR_GENERATED; i++) {
        struct conn *conn = c[below(&rng, NR_CLIENTS)];
        struct xsd_sockmsg hdr = {.type = below(&rng, XS_TYPE_COUNT + 1),
                                  .tx_id = below(&rng, 2) ? below(&rng, 6) : 0};

        if (below(&rng, 4) == 0)
            drain(conn);
        request(s, conn, hdr, body, compose_body(&rng, body));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store *s = harness_store();
    struct conn *c[NR_CLIENTS];

    if (!s)
        abort();
    set_up(s, c);
    from_input(s, c, data, size);
    from_numbers(s, c, compose_seed(data, size));
    store_tick(s, s->now_ms + 60000);
    store_free(s);
    count_input();
    return 0;
}
