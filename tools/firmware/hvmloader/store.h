/* SPDX-License-Identifier: MIT */
/*
 * A client of xenstore over the ring of the domain, for one who asks and waits. Paths are relative
 * to the domain's own. Source: io/xs_wire.h.
 */
#ifndef HVMLOADER_STORE_H
#define HVMLOADER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xenstore_domain_interface;

/* Zero is a store that has nothing and takes nothing. */
struct store {
    struct xenstore_domain_interface *ring;
    void (*notify)(struct store *s); /* the daemon is to look at the ring */
    void (*wait)(struct store *s);   /* until it may have written to it */
    uint32_t port;
    uint32_t last_id;
    bool broken; /* the ring was found in an impossible state: it is not used again */
};

/*
 * The value at @path, cut to @size - 1 bytes and terminated.
 * Returns: true, or false (with an empty text) where there is none.
 */
bool store_read(struct store *s, const char *path, char *text, size_t size);

/* A number: in decimal, or after 0x in hexadecimal; @otherwise where there is none. */
uint64_t store_read_number(struct store *s, const char *path, uint64_t otherwise);

/* Whether @path has entries below it. */
bool store_has_children(struct store *s, const char *path);

bool store_write(struct store *s, const char *path, const char *text);

#endif
