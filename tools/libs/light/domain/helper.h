/* SPDX-License-Identifier: MIT */
/* libxl-save-helper, seen from libxl. */
#ifndef LIBXL_DOMAIN_HELPER_H
#define LIBXL_DOMAIN_HELPER_H

#include "core/loop.h"
#include "save_helper/protocol.h"

#define HELPER_ARGS_MAX 6

struct helper {
    /* Set by the caller: */
    struct scope *sc;
    /* A question (HELPER_SUSPEND and the like): helper_answer() it, now or later. */
    void (*asked)(libxl_ctx *ctx, struct helper *h, const struct helper_message *m);
    /* The process is gone; @errnoval 0 if it did what it should. */
    void (*ended)(libxl_ctx *ctx, struct helper *h, int errnoval);
    /* What it found out, HELPER_RESULTS. */
    uint64_t store_frame, console_frame;
    /* Private: */
    int control, stream, stream_flags;
    struct ev_fd ready;
    struct ev_child child;
    bool done;
    int errnoval;
};

/* @args: the helper's arguments, NULL at the end. On an error nothing runs, nothing is called.
 * While it runs @stream_fd is blocking, since the helper shares its flags; then it is as before. */
int helper_start(struct helper *h, const char *const *args, int stream_fd);
void helper_answer(struct helper *h, int value);
/* It ends soon, and that is reported as ever. */
void helper_kill(struct helper *h);

#endif
