/* SPDX-License-Identifier: MIT */
/* Asking a guest for something: a word in control/shutdown, which the guest takes away. */
#ifndef LIBXL_DOMAIN_REQUEST_H
#define LIBXL_DOMAIN_REQUEST_H

#include "domain/domain.h"

struct guest_request {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    const char *word;
    /* 0: the guest has taken it; ERROR_TIMEDOUT, ERROR_ABORTED: not, and the word is withdrawn. */
    void (*done)(libxl_ctx *ctx, struct guest_request *r, int rc);
    /* Private: */
    char *path;
    struct ev_watch answer;
    struct ev_timer timeout;
    struct cancel cancel;
};

/* Not called for an error here: done. */
int guest_request_start(struct guest_request *r);
/* No more waiting, and no callback. The word stays where it is. */
void guest_request_stop(struct guest_request *r);

/* Until a guest is suspended, by its own doing where it can. */
struct guest_suspend {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    /* ERROR_GUEST_TIMEDOUT: it does not answer, or not in time. ERROR_ABORTED: it goes on; what
     * has begun to suspend is waited for. */
    void (*done)(libxl_ctx *ctx, struct guest_suspend *g, int rc);
    /* Private: */
    struct guest_request request;
    struct ev_watch released;
    struct ev_timer timeout;
};

/* done comes in any case, perhaps before the function returns. */
void guest_suspend_start(struct guest_suspend *g);
void guest_suspend_stop(struct guest_suspend *g);

/* Let a suspended guest run again. @cancel: it finds its call to suspend refused. */
int guest_resume(struct scope *sc, uint32_t domid, bool cancel);

#endif
