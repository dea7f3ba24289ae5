/* SPDX-License-Identifier: MIT */
#include "domain/request.h"

#include "core/domains.h"

#include <xenguest.h> /* needs what the others bring */

#define ANSWER_TIMEOUT_MS  60000
#define SUSPEND_TIMEOUT_MS 60000

void guest_request_stop(struct guest_request *r)
{
    ev_watch_stop(r->sc->ctx, &r->answer);
    ev_timer_stop(r->sc->ctx, &r->timeout);
    cancel_stop(&r->cancel);
}

static void request_end(libxl_ctx *ctx, struct guest_request *r, int rc)
{
    guest_request_stop(r);
    r->done(ctx, r, rc);
}

struct withdrawal {
    const struct guest_request *r;
    bool taken; /* the guest has answered after all */
};

static int withdraw(struct scope *sc, xs_transaction_t t, void *arg)
{
    struct withdrawal *w = arg;
    char *s = store_read(sc, t, w->r->path);

    w->taken = !s || !*s;
    return w->taken ? 0 : store_write(sc, t, w->r->path, "");
}

static void request_withdraw(libxl_ctx *ctx, struct guest_request *r, int why)
{
    struct withdrawal w = {.r = r};
    int rc = store_transact(r->sc, withdraw, &w);

    if (!rc && !w.taken)
        rc = why;
    if (rc == ERROR_TIMEDOUT)
        LOG_ERROR(r->sc, "the guest does not answer the request to %s", r->word);
    request_end(ctx, r, rc);
}

static void request_timeout(libxl_ctx *ctx, struct ev_timer *ev)
{
    request_withdraw(ctx, CONTAINER_OF(ev, struct guest_request, timeout), ERROR_TIMEDOUT);
}

static void request_cancelled(libxl_ctx *ctx, struct cancel *c)
{
    request_withdraw(ctx, CONTAINER_OF(c, struct guest_request, cancel), ERROR_ABORTED);
}

static void request_changed(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    struct guest_request *r = CONTAINER_OF(ev, struct guest_request, answer);
    char *s = store_read(r->sc, XBT_NULL, r->path);

    (void)path;
    /* Without a node it is gone already, by its own doing or by another's. */
    if (!s || !*s)
        request_end(ctx, r, 0);
}

int guest_request_start(struct guest_request *r)
{
    libxl_ctx *ctx = r->sc->ctx;
    int rc;

    r->path = scope_printf(r->sc, "/local/domain/%u/control/shutdown", r->domid);
    rc = cancel_start(r->sc, &r->cancel, request_cancelled);
    if (!rc)
        rc = store_write(r->sc, XBT_NULL, r->path, r->word);
    if (!rc)
        rc = ev_watch_start(ctx, &r->answer, r->path, request_changed);
    if (!rc)
        rc = ev_timer_start(ctx, &r->timeout, ANSWER_TIMEOUT_MS, request_timeout);
    if (rc)
        guest_request_stop(r);
    return rc;
}

/* Suspending. */

void guest_suspend_stop(struct guest_suspend *g)
{
    guest_request_stop(&g->request);
    ev_watch_stop(g->sc->ctx, &g->released);
    ev_timer_stop(g->sc->ctx, &g->timeout);
}

static void suspend_end(struct guest_suspend *g, int rc)
{
    guest_suspend_stop(g);
    g->done(g->sc->ctx, g, rc);
}

/* True: it is over, and the caller has been told. */
static bool suspend_check(struct guest_suspend *g)
{
    xc_domaininfo_t xd;
    int rc = domain_get(g->sc, g->domid, &xd);
    unsigned int why;

    if (!rc && !(xd.flags & (XEN_DOMINF_shutdown | XEN_DOMINF_dying)))
        return false;
    why = rc ? 0 : (xd.flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask;
    if (!rc && ((xd.flags & XEN_DOMINF_dying) || why != SHUTDOWN_suspend)) {
        LOG_ERROR(g->sc, "the guest has shut down (reason %u) and not suspended", why);
        rc = ERROR_FAIL;
    }
    suspend_end(g, rc);
    return true;
}

static void suspend_released(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    (void)ctx;
    (void)path;
    suspend_check(CONTAINER_OF(ev, struct guest_suspend, released));
}

static void suspend_timeout(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct guest_suspend *g = CONTAINER_OF(ev, struct guest_suspend, timeout);

    (void)ctx;
    if (suspend_check(g))
        return;
    LOG_ERROR(g->sc, "the guest does not suspend");
    suspend_end(g, ERROR_GUEST_TIMEDOUT);
}

static void suspend_wait(struct guest_suspend *g)
{
    libxl_ctx *ctx = g->sc->ctx;
    int rc = ev_watch_start(ctx, &g->released, "@releaseDomain", suspend_released);

    if (!rc)
        rc = ev_timer_start(ctx, &g->timeout, SUSPEND_TIMEOUT_MS, suspend_timeout);
    if (rc)
        suspend_end(g, rc);
}

static void suspend_answered(libxl_ctx *ctx, struct guest_request *r, int rc)
{
    struct guest_suspend *g = CONTAINER_OF(r, struct guest_suspend, request);

    (void)ctx;
    if (rc)
        suspend_end(g, rc == ERROR_TIMEDOUT ? ERROR_GUEST_TIMEDOUT : rc);
    else
        suspend_wait(g);
}

/* A guest without drivers of ours knows nothing of suspending, nor need it. */
static bool suspends_itself(struct scope *sc, uint32_t domid)
{
    uint64_t callback = 0;

    if (domain_type(sc, domid) == LIBXL_DOMAIN_TYPE_PV)
        return true;
    return !xc_hvm_param_get(sc->ctx->xch, domid, HVM_PARAM_CALLBACK_IRQ, &callback) && callback;
}

void guest_suspend_start(struct guest_suspend *g)
{
    xc_domaininfo_t xd;
    int rc = domain_get(g->sc, g->domid, &xd);

    g->request = (struct guest_request){
        .sc = g->sc, .domid = g->domid, .word = "suspend", .done = suspend_answered};
    if (rc) {
        suspend_end(g, rc);
        return;
    }
    if (xd.flags & (XEN_DOMINF_shutdown | XEN_DOMINF_dying)) {
        suspend_check(g);
        return;
    }
    if (!suspends_itself(g->sc, g->domid)) {
        if (xc_domain_shutdown(g->sc->ctx->xch, g->domid, SHUTDOWN_suspend)) {
            LOG_ERRNO(g->sc, "cannot suspend the guest");
            suspend_end(g, ERROR_FAIL);
            return;
        }
        suspend_wait(g);
        return;
    }
    rc = guest_request_start(&g->request);
    if (rc)
        suspend_end(g, rc);
}

int guest_resume(struct scope *sc, uint32_t domid, bool cancel)
{
    if (xc_domain_resume(sc->ctx->xch, domid, cancel)) {
        LOG_ERRNO(sc, "cannot resume the guest");
        return ERROR_FAIL;
    }
    if (!xs_resume_domain(sc->ctx->xsh, domid)) {
        LOG_ERRNO(sc, "cannot tell xenstore that the guest goes on");
        return ERROR_FAIL;
    }
    return 0;
}
