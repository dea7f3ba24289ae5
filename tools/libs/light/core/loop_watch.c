/* SPDX-License-Identifier: MIT */
/* Xenstore watches. The token is the watch's number, so a late event finds nobody. */
#include <errno.h>
#include <stdio.h>

#include "core/loop_impl.h"

static void token_of(const struct ev_watch *ev, char buf[16])
{
    snprintf(buf, 16, "%x", ev->id);
}

static void watch_event(libxl_ctx *ctx, char **vec)
{
    unsigned int id;
    struct ev_watch *ev;

    if (sscanf(vec[XS_WATCH_TOKEN], "%x", &id) != 1)
        return;
    XEN_LIST_FOREACH(ev, &ctx->loop->watches, link)
    {
        if (ev->id == id) {
            ev->changed(ctx, ev, vec[XS_WATCH_PATH]);
            return;
        }
    }
}

/* No event will come any more, and the descriptor stays readable for ever. */
static void store_lost(libxl_ctx *ctx, struct ev_fd *fd)
{
    struct scope sc = {.ctx = ctx, .domid = (uint32_t)INVALID_DOMID};

    LOG_ERRNO(&sc, "the connection to the store is lost");
    ev_fd_stop(ctx, fd);
}

static void xs_readable(libxl_ctx *ctx, struct ev_fd *fd, short revents)
{
    char **vec;

    (void)revents;
    while ((vec = xs_check_watch(ctx->xsh))) {
        watch_event(ctx, vec);
        free(vec);
    }
    if (errno != EAGAIN)
        store_lost(ctx, fd);
}

int ev_watch_start(libxl_ctx *ctx, struct ev_watch *ev, const char *path,
                   void (*changed)(libxl_ctx *, struct ev_watch *, const char *))
{
    struct loop *l = ctx->loop;
    char token[16];
    int rc;

    if (!l->xs_fd.active) {
        rc = ev_fd_start(ctx, &l->xs_fd, xs_fileno(ctx->xsh), POLLIN, xs_readable);
        if (rc)
            return rc;
    }
    ev->id = ++l->next_watch_id;
    ev->path = xstrdup(path);
    ev->changed = changed;
    token_of(ev, token);
    if (!xs_watch(ctx->xsh, path, token)) {
        struct scope sc = {.ctx = ctx, .domid = (uint32_t)INVALID_DOMID};

        LOG_ERRNO(&sc, "cannot watch %s", path);
        free(ev->path);
        return ERROR_FAIL;
    }
    ev->active = true;
    XEN_LIST_INSERT_HEAD(&l->watches, ev, link);
    return 0;
}

void ev_watch_stop(libxl_ctx *ctx, struct ev_watch *ev)
{
    char token[16];

    if (!ev->active)
        return;
    ev->active = false;
    XEN_LIST_REMOVE(ev, link);
    token_of(ev, token);
    (void)xs_unwatch(ctx->xsh, ev->path, token);
    free(ev->path);
    ev->path = NULL;
}

void watches_stop_all(libxl_ctx *ctx)
{
    struct ev_watch *ev;

    while ((ev = XEN_LIST_FIRST(&ctx->loop->watches)))
        ev_watch_stop(ctx, ev);
    ev_fd_stop(ctx, &ctx->loop->xs_fd);
}
