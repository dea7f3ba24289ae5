/* SPDX-License-Identifier: MIT */
/*
 * The shared ring of a domain. Everything in the page may change at any time and hold anything:
 * each index of the other side is read once and checked, our own indices are kept privately.
 */
#ifndef XENSTORED_RING_H
#define XENSTORED_RING_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

struct ring {
    struct xenstore_domain_interface *page;
    uint32_t req_cons; /* what we have taken */
    uint32_t rsp_prod; /* what we have put */
};

/* Takes the place in the streams over from the page, as a guest may be talking already. */
void ring_attach(struct ring *r, void *page);

/* Both streams start again at zero; clears the error and the wish to reconnect. */
void ring_restart(struct ring *r);

/* Whether the guest asks for that. */
bool ring_wants_restart(const struct ring *r);

/* Tells the guest that its ring is not served any more: an XENSTORE_ERROR_* value. */
void ring_set_error(struct ring *r, uint32_t error);

/* Bytes moved, 0 if none are there or fit, -EINVAL if the guest's index is impossible. */
int ring_read(struct ring *r, void *buf, size_t len);
int ring_write(struct ring *r, const void *buf, size_t len);

#endif
