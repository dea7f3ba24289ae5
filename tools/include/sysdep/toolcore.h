/* SPDX-License-Identifier: MIT */
/*
 * What a library does so that xentoolcore_restrict_all() reaches its open handles. Internal to the
 * libraries, not installed; the layout is shared with libraries built elsewhere.
 */
#ifndef SYSDEP_TOOLCORE_H
#define SYSDEP_TOOLCORE_H

#include <xentoolcore.h>

struct toolcore_handle {
    /* Limits the handle to one domain: 0, or -1 with errno. */
    int (*restrict_to)(struct toolcore_handle *handle, domid_t domid);
    struct toolcore_handle *next;
    struct toolcore_handle **link;
};

/*
 * Register before the handle can be used, deregister before it is torn down. A fork or a restrict
 * in another thread may run the callback any time between.
 * Locks: take the registry's lock; a callback must not call back into these.
 */
void xentoolcore__register_active_handle(struct toolcore_handle *handle);
void xentoolcore__deregister_active_handle(struct toolcore_handle *handle);

/* A restrict callback's easy way: makes @fd refer to /dev/null. Returns 0, or -1 with errno. */
int xentoolcore__restrict_by_dup2_null(int fd);

#endif
