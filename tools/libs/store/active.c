/* SPDX-License-Identifier: MIT */
/* A restricted process must lose its connection to the store: see xentoolcore_restrict_all(). */
#include <stdlib.h>

#include <sysdep/toolcore.h>

#include "private.h"

struct active {
    struct toolcore_handle tc; /* first: the callback gets its address */
    struct xs_handle *xsh;
};

static int drop_connection(struct toolcore_handle *tc, domid_t domid)
{
    (void)domid;
    return xentoolcore__restrict_by_dup2_null(((struct active *)tc)->xsh->fd);
}

int xs_active_register(struct xs_handle *h)
{
    struct active *a = calloc(1, sizeof(*a));

    if (!a)
        return -1;
    a->xsh = h;
    a->tc.restrict_to = drop_connection;
    h->active = a;
    xentoolcore__register_active_handle(&a->tc);
    return 0;
}

void xs_active_deregister(struct xs_handle *h)
{
    struct active *a = h->active;

    if (!a)
        return;
    xentoolcore__deregister_active_handle(&a->tc);
    free(a);
    h->active = NULL;
}
