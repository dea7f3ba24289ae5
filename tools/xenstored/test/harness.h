/* SPDX-License-Identifier: MIT */
/* A store with a make-believe outside, and clients that send requests to it directly. */
#ifndef STORE_TEST_HARNESS_H
#define STORE_TEST_HARNESS_H

#include "store/store.h"

struct answer {
    uint32_t type;
    unsigned int len;
    char body[XENSTORE_PAYLOAD_MAX + 1];
};

struct store *harness_store(void);

/* Sends @len bytes; the answer is the first non-event in the queue, which is emptied of it. */
struct answer harness_ask(struct conn *c, uint32_t type, uint32_t tx, const void *body, size_t len);

/* Takes all queued messages; the events as "path token;" go to @out. */
void harness_events(struct conn *c, char *out, size_t room);

/* Whether tree, accounts and queues agree with each other. */
bool harness_consistent(struct store *s);

#endif
