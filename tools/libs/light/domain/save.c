/* SPDX-License-Identifier: MIT */
/*
 * Saving a domain: the helper writes the stream, and asks for the guest to be stopped when it is
 * time. Whatever happens, the guest is left as it then is: running, or suspended; the program
 * decides between libxl_domain_destroy() and libxl_domain_resume().
 */
#include "core/domains.h"
#include "domain/helper.h"
#include "domain/request.h"

#include <xenguest.h> /* needs what the others bring */

struct save {
    struct ao *ao;
    uint32_t domid;
    struct helper helper;
    struct guest_suspend suspend;
    bool suspending;
    int guest_rc; /* why the guest could not be suspended or resumed */
    bool live;
    /* Remus. */
    int interval_ms;
    struct ev_timer next;
};

static void save_ended(libxl_ctx *ctx, struct helper *h, int errnoval)
{
    struct save *s = CONTAINER_OF(h, struct save, helper);
    struct scope *sc = &s->ao->sc;
    int rc = 0;

    ev_timer_stop(ctx, &s->next);
    if (s->suspending)
        guest_suspend_stop(&s->suspend);
    if (errnoval) {
        LOG_ERROR(sc, "the domain is not saved: %s", strerror(errnoval));
        rc = s->ao->aborting ? ERROR_ABORTED : s->guest_rc ? s->guest_rc : ERROR_FAIL;
        /* A helper that was killed leaves the log of dirty pages on. */
        if (s->live)
            (void)xc_shadow_control(ctx->xch, s->domid, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0);
    }
    ao_complete(s->ao, rc);
}

static void save_abort(struct ao *ao)
{
    helper_kill(ao->abort_of);
}

static void save_suspended(libxl_ctx *ctx, struct guest_suspend *g, int rc)
{
    struct save *s = CONTAINER_OF(g, struct save, suspend);

    (void)ctx;
    s->suspending = false;
    s->guest_rc = rc;
    helper_answer(&s->helper, !rc);
}

static void next_checkpoint(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct save *s = CONTAINER_OF(ev, struct save, next);

    (void)ctx;
    helper_answer(&s->helper, 1);
}

static void save_asked(libxl_ctx *ctx, struct helper *h, const struct helper_message *m)
{
    struct save *s = CONTAINER_OF(h, struct save, helper);

    switch (m->kind) {
    case HELPER_SUSPEND:
        s->suspending = true;
        s->suspend =
            (struct guest_suspend){.sc = &s->ao->sc, .domid = s->domid, .done = save_suspended};
        guest_suspend_start(&s->suspend);
        break;
    case HELPER_POSTCOPY:
        s->guest_rc = guest_resume(&s->ao->sc, s->domid, true);
        helper_answer(h, !s->guest_rc);
        break;
    case HELPER_CHECKPOINT:
        if (ev_timer_start(ctx, &s->next, (unsigned int)s->interval_ms, next_checkpoint))
            helper_answer(h, -1);
        break;
    default:
        helper_answer(h, -1);
        break;
    }
}

/* What stays behind of a guest with a device model or with devices of the host is not saved. */
static int save_check(struct scope *sc, uint32_t domid)
{
    char *dm;

    switch (domain_type(sc, domid)) {
    case LIBXL_DOMAIN_TYPE_INVALID:
        return ERROR_DOMAIN_NOTFOUND;
    case LIBXL_DOMAIN_TYPE_HVM:
        dm = scope_printf(sc, "/local/domain/0/device-model/%u/state", domid);
        if (!store_read(sc, XBT_NULL, dm))
            return 0;
        LOG_ERROR(sc, "the state of a device model cannot be saved yet");
        return ERROR_NI;
    default:
        return 0;
    }
}

static int save_start(struct ao *ao, struct save *s, uint32_t domid, int fd, int flags,
                      xc_stream_type_t type)
{
    struct scope *sc = &ao->sc;
    unsigned int xc_flags = (flags & LIBXL_SUSPEND_LIVE ? XCFLAGS_LIVE : 0u) |
                            (flags & LIBXL_SUSPEND_DEBUG ? XCFLAGS_DEBUG : 0u);
    const char *args[] = {
        "save",
        scope_printf(sc, "%u", domid),
        scope_printf(sc, "%u", xc_flags),
        scope_printf(sc, "%u", (unsigned int)type),
        NULL,
    };
    int rc = save_check(sc, domid);

    s->ao = ao;
    s->domid = domid;
    s->live = flags & LIBXL_SUSPEND_LIVE;
    s->helper.sc = sc;
    s->helper.asked = save_asked;
    s->helper.ended = save_ended;
    ao->abort_of = &s->helper;
    ao->abort = save_abort;
    return rc ? rc : helper_start(&s->helper, args, fd);
}

int libxl_domain_suspend(libxl_ctx *ctx, uint32_t domid, int fd, int flags,
                         const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct save *s = scope_alloc(&ao->sc, sizeof(*s));
    int rc = save_start(ao, s, domid, fd, flags, XC_STREAM_PLAIN);

    return rc ? ao_finish(ao, rc) : ao_run(ao);
}

static int remus_check(struct scope *sc, libxl_domain_remus_info *info)
{
    libxl_defbool_setdefault(&info->allow_unsafe, false);
    libxl_defbool_setdefault(&info->blackhole, false);
    libxl_defbool_setdefault(&info->colo, false);
    libxl_defbool_setdefault(&info->compression, false);
    libxl_defbool_setdefault(&info->netbuf, true);
    libxl_defbool_setdefault(&info->diskbuf, true);
    if (libxl_defbool_val(info->colo)) {
        LOG_ERROR(sc, "COLO is not supported");
        return ERROR_NI;
    }
    if (!libxl_defbool_val(info->allow_unsafe) &&
        (libxl_defbool_val(info->blackhole) || !libxl_defbool_val(info->netbuf) ||
         !libxl_defbool_val(info->diskbuf))) {
        LOG_ERROR(sc,
                  "without buffered network and disks Remus is not safe, which must be allowed");
        return ERROR_INVAL;
    }
    if (libxl_defbool_val(info->netbuf) || libxl_defbool_val(info->diskbuf)) {
        LOG_ERROR(sc, "network and disks cannot be buffered");
        return ERROR_NI;
    }
    return 0;
}

int libxl_domain_remus_start(libxl_ctx *ctx, libxl_domain_remus_info *info, uint32_t domid,
                             int send_fd, int recv_fd, const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct save *s = scope_alloc(&ao->sc, sizeof(*s));
    int rc = remus_check(&ao->sc, info);

    (void)recv_fd; /* COLO's */
    s->interval_ms = info->interval ? info->interval : 200;
    if (!rc)
        rc = save_start(ao, s, domid, send_fd, LIBXL_SUSPEND_LIVE, XC_STREAM_REMUS);
    return rc ? ao_finish(ao, rc) : ao_run(ao);
}

/* Stopping and going on, without saving. */

struct suspend_only {
    struct ao *ao;
    struct guest_suspend suspend;
};

static void only_suspended(libxl_ctx *ctx, struct guest_suspend *g, int rc)
{
    (void)ctx;
    ao_complete(CONTAINER_OF(g, struct suspend_only, suspend)->ao, rc);
}

int libxl_domain_suspend_only(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct suspend_only *s = scope_alloc(&ao->sc, sizeof(*s));
    int rc = save_check(&ao->sc, domid);

    if (rc)
        return ao_finish(ao, rc);
    s->ao = ao;
    s->suspend.sc = &ao->sc;
    s->suspend.domid = domid;
    s->suspend.done = only_suspended;
    guest_suspend_start(&s->suspend);
    return ao_run(ao);
}

int libxl_domain_resume(libxl_ctx *ctx, uint32_t domid, int suspend_cancel,
                        const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    int rc = save_check(&ao->sc, domid);

    return ao_finish(ao, rc ? rc : guest_resume(&ao->sc, domid, suspend_cancel));
}
