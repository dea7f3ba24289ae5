/* SPDX-License-Identifier: MIT */
/* Events of domains that shut down or go: xenstored says that one did, the hypervisor which. */
#include "core/domains.h"
#include "core/loop_impl.h"

static void death_one(libxl_ctx *ctx, struct libxl__evgen_domain_death *d)
{
    struct scope sc = {.ctx = ctx, .domid = d->domid};
    xc_domaininfo_t xd;
    libxl_dominfo info;
    int rc = domain_get(&sc, d->domid, &xd);

    if (rc && rc != ERROR_DOMAIN_NOTFOUND)
        return;
    if (rc || (xd.flags & XEN_DOMINF_dying)) {
        d->death_reported = true;
        event_queue(ctx, event_new(ctx, LIBXL_EVENT_TYPE_DOMAIN_DEATH, d->domid, d->user));
        return;
    }
    if (!(xd.flags & XEN_DOMINF_shutdown))
        return;
    dominfo_fill(&xd, &info);
    /* A suspended guest may go on unnoticed, and then end for another reason. */
    if (d->shutdown_reported && d->reason == (uint8_t)info.shutdown_reason)
        return;
    d->shutdown_reported = true;
    d->reason = (uint8_t)info.shutdown_reason;
    libxl_event *ev = event_new(ctx, LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN, d->domid, d->user);

    memcpy(ev->domuuid.uuid, xd.handle, sizeof(ev->domuuid.uuid));
    ev->u.domain_shutdown.shutdown_reason = (uint8_t)info.shutdown_reason;
    event_queue(ctx, ev);
}

void death_check(libxl_ctx *ctx)
{
    struct libxl__evgen_domain_death *d;

    XEN_LIST_FOREACH(d, &ctx->loop->deaths, link)
    {
        if (!d->death_reported)
            death_one(ctx, d);
    }
}

static void released(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    (void)ev;
    (void)path;
    death_check(ctx);
}

int libxl_evenable_domain_death(libxl_ctx *ctx, uint32_t domid, libxl_ev_user user,
                                libxl_evgen_domain_death **evgen_out)
{
    struct libxl__evgen_domain_death *d = xmalloc0(sizeof(*d));
    struct loop *l = ctx->loop;
    int rc = 0;

    ctx_lock(ctx);
    d->domid = domid;
    d->user = user;
    if (!l->death_watch.active)
        rc = ev_watch_start(ctx, &l->death_watch, "@releaseDomain", released);
    if (rc) {
        free(d);
    } else {
        XEN_LIST_INSERT_HEAD(&l->deaths, d, link);
        death_one(ctx, d);
        *evgen_out = d;
    }
    ctx_unlock(ctx);
    return rc;
}

void libxl_evdisable_domain_death(libxl_ctx *ctx, libxl_evgen_domain_death *evgen)
{
    struct loop *l = ctx->loop;

    ctx_lock(ctx);
    XEN_LIST_REMOVE(evgen, link);
    free(evgen);
    if (XEN_LIST_EMPTY(&l->deaths))
        ev_watch_stop(ctx, &l->death_watch);
    ctx_unlock(ctx);
}
