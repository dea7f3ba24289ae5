/* SPDX-License-Identifier: MIT */
/* Operations and events: what reaches the program. */
#include <stdio.h>

#include "core/loop_impl.h"

struct ao *ao_begin(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how)
{
    struct ao *ao = xmalloc0(sizeof(*ao));

    ctx_lock(ctx);
    ao->sc = (struct scope){.ctx = ctx, .domid = domid};
    ao->sync = !how;
    if (how) {
        ao->how = *how;
        XEN_LIST_INSERT_HEAD(&ctx->loop->aos, ao, link);
    }
    return ao;
}

static void ao_free(struct ao *ao)
{
    if (!ao->sync)
        XEN_LIST_REMOVE(ao, link);
    scope_free(&ao->sc);
    free(ao);
}

static void deliver_ao(libxl_ctx *ctx, struct ao *ao)
{
    struct delivery *d = xmalloc0(sizeof(*d));

    d->ao = ao;
    XEN_TAILQ_INSERT_TAIL(&ctx->loop->deliveries, d, link);
}

void ao_complete(struct ao *ao, int rc)
{
    libxl_ctx *ctx = ao->sc.ctx;

    if (ao->done)
        abort();
    ao->done = true;
    ao->rc = rc;
    LOG_DEBUG(&ao->sc, "operation complete, rc=%d", rc);
    if (ao->sync)
        loop_wake(ctx);
    else
        deliver_ao(ctx, ao);
}

int ao_run(struct ao *ao)
{
    libxl_ctx *ctx = ao->sc.ctx;
    int rc = 0;

    if (ao->sync) {
        while (!ao->done) {
            if (loop_once(ctx)) {
                LOG_ERRNO(&ao->sc, "cannot wait for events");
                break;
            }
        }
        rc = ao->done ? ao->rc : ERROR_FAIL;
        if (ao->done)
            ao_free(ao);
    }
    ctx_unlock(ctx);
    return rc;
}

int ao_finish(struct ao *ao, int rc)
{
    libxl_ctx *ctx = ao->sc.ctx;

    if (rc) {
        ao_free(ao);
        ctx_unlock(ctx);
        return rc;
    }
    ao_complete(ao, 0);
    return ao_run(ao);
}

int cancel_start(struct scope *sc, struct cancel *c, void (*stop)(libxl_ctx *, struct cancel *))
{
    struct ao *ao = CONTAINER_OF(sc, struct ao, sc);

    if (ao->aborting)
        return ERROR_ABORTED;
    c->stop = stop;
    c->active = true;
    XEN_LIST_INSERT_HEAD(&ao->cancels, c, link);
    return 0;
}

void cancel_stop(struct cancel *c)
{
    if (!c->active)
        return;
    c->active = false;
    XEN_LIST_REMOVE(c, link);
}

/* The operation may be complete afterwards, but its memory stays until that has been told. */
static void ao_stop(struct ao *ao)
{
    struct cancel *c;

    ao->aborting = true;
    if (ao->abort)
        ao->abort(ao);
    while ((c = XEN_LIST_FIRST(&ao->cancels))) {
        cancel_stop(c);
        c->stop(ao->sc.ctx, c);
    }
}

static bool same_how(const libxl_asyncop_how *a, const libxl_asyncop_how *b)
{
    if (a->callback != b->callback)
        return false;
    return a->callback ? a->u.for_callback == b->u.for_callback : a->u.for_event == b->u.for_event;
}

int libxl_ao_abort(libxl_ctx *ctx, const libxl_asyncop_how *how)
{
    struct ao *ao;
    int rc = ERROR_NOTFOUND;

    ctx_lock(ctx);
    XEN_LIST_FOREACH(ao, &ctx->loop->aos, link)
    {
        if (ao->done || !same_how(&ao->how, how))
            continue;
        if (!ao->aborting)
            ao_stop(ao);
        rc = 0;
        break;
    }
    ctx_unlock(ctx);
    return rc;
}

/* Events. */

libxl_event *event_new(libxl_ctx *ctx, libxl_event_type type, uint32_t domid, libxl_ev_user user)
{
    libxl_event *ev = xmalloc0(sizeof(*ev));

    (void)ctx;
    libxl_event_init(ev);
    libxl_event_init_type(ev, type);
    ev->domid = domid;
    ev->for_user = user;
    return ev;
}

static void deliver_event(libxl_ctx *ctx, libxl_event *ev, const libxl_asyncprogress_how *how)
{
    struct delivery *d = xmalloc0(sizeof(*d));

    d->event = ev;
    if (how)
        d->progress = *how;
    XEN_TAILQ_INSERT_TAIL(&ctx->loop->deliveries, d, link);
}

void event_queue(libxl_ctx *ctx, libxl_event *ev)
{
    struct loop *l = ctx->loop;

    if (l->event_hooks && (l->event_hooks->event_occurs_mask & (1ull << ev->type))) {
        deliver_event(ctx, ev, NULL);
        return;
    }
    XEN_TAILQ_INSERT_TAIL(&l->events, ev, link);
    loop_wake(ctx);
}

void progress_report(libxl_ctx *ctx, const libxl_asyncprogress_how *how, libxl_event *ev)
{
    ev->for_user = how->for_event;
    if (how->callback)
        deliver_event(ctx, ev, how);
    else
        event_queue(ctx, ev);
}

void libxl_event_free(libxl_ctx *ctx, libxl_event *event)
{
    (void)ctx;
    libxl_event_dispose(event);
    free(event);
}

void libxl_event_register_callbacks(libxl_ctx *ctx, const libxl_event_hooks *hooks, void *user)
{
    ctx_lock(ctx);
    ctx->loop->event_hooks = hooks;
    ctx->loop->event_user = user;
    ctx_unlock(ctx);
}

static int event_take(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                      libxl_event_predicate *predicate, void *user)
{
    libxl_event *ev;

    XEN_TAILQ_FOREACH(ev, &ctx->loop->events, link)
    {
        if (!(typemask & (1ull << ev->type)) || (predicate && !predicate(ev, user)))
            continue;
        XEN_TAILQ_REMOVE(&ctx->loop->events, ev, link);
        *event_r = ev;
        return 0;
    }
    return ERROR_NOT_READY;
}

int libxl_event_check(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                      libxl_event_predicate *predicate, void *predicate_user)
{
    int rc;

    ctx_lock(ctx);
    rc = event_take(ctx, event_r, typemask, predicate, predicate_user);
    ctx_unlock(ctx);
    return rc;
}

int libxl_event_wait(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                     libxl_event_predicate *predicate, void *predicate_user)
{
    int rc;

    ctx_lock(ctx);
    while ((rc = event_take(ctx, event_r, typemask, predicate, predicate_user)) ==
           ERROR_NOT_READY) {
        rc = loop_once(ctx);
        if (rc)
            break;
    }
    ctx_unlock(ctx);
    return rc;
}

/* Deliveries. */

static void complete_to_program(libxl_ctx *ctx, struct ao *ao)
{
    if (ao->how.callback) {
        ao->how.callback(ctx, ao->rc, ao->how.u.for_callback);
    } else {
        libxl_event *ev =
            event_new(ctx, LIBXL_EVENT_TYPE_OPERATION_COMPLETE, ao->sc.domid, ao->how.u.for_event);

        ev->u.operation_complete.rc = ao->rc;
        ctx_lock(ctx);
        event_queue(ctx, ev);
        ctx_unlock(ctx);
    }
    ctx_lock(ctx);
    ao_free(ao);
    ctx_unlock(ctx);
}

static void deliver_one(libxl_ctx *ctx, struct delivery *d)
{
    struct loop *l = ctx->loop;

    if (d->ao)
        complete_to_program(ctx, d->ao);
    else if (d->progress.callback)
        d->progress.callback(ctx, d->event, d->progress.for_callback);
    else
        l->event_hooks->event_occurs(l->event_user, d->event);
    free(d);
}

void loop_deliver(libxl_ctx *ctx)
{
    struct delivery *d;

    while (ctx->depth == 1 && (d = XEN_TAILQ_FIRST(&ctx->loop->deliveries))) {
        XEN_TAILQ_REMOVE(&ctx->loop->deliveries, d, link);
        ctx->depth = 0;
        pthread_mutex_unlock(&ctx->lock);
        deliver_one(ctx, d);
        pthread_mutex_lock(&ctx->lock);
        ctx->depth = 1;
    }
}
