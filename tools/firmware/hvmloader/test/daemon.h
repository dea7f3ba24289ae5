/* SPDX-License-Identifier: MIT */
/* A daemon of the store for tests: it answers on the ring, some bytes at a time. */
#ifndef HVMLOADER_TEST_DAEMON_H
#define HVMLOADER_TEST_DAEMON_H

#include <stddef.h>

#include "../store.h"

struct node {
    const char *path, *value;
};

/* A store with the @nr entries of @nodes, whose ring has been used up to index @from. */
void daemon_start(struct store *s, const struct node *nodes, size_t nr, unsigned int from);

/* Before the next answer, send an event of a watch and an answer that nobody waits for. */
void daemon_send_strays(void);

/* What was written last: path and value. */
extern char daemon_written[2][128];

struct xenstore_domain_interface *daemon_ring(void);

#endif
