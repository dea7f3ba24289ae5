/* SPDX-License-Identifier: MIT */
/*
 * Saving a domain: the helper writes the stream, and asks for the guest to be stopped when it is
 * time. Whatever happens, the guest is left as it then is: running, or suspended; the program
 * decides between libxl_domain_destroy() and libxl_domain_resume().
 */
#include <unistd.h>

#include "core/domains.h"
#include "dm/dm.h"
#include "domain/build.h"
#include "domain/helper.h"
#include "domain/request.h"

#include <xenguest.h> /* needs what the others bring */

struct save {
    struct ao *ao;
    uint32_t domid;
    struct helper helper;
    struct guest_suspend suspend;
    bool suspending;
    int errnoval; /* of the helper, once it has ended */
    int guest_rc; /* why the guest could not be suspended or resumed */
    bool live;
    bool has_dm;  /* with state to save */
    bool dm_logs; /* it aborts where a log is to end that has not begun */
    struct dm_task dm;
    int rc; /* of the whole */
    /* Remus. */
    int interval_ms;
    struct ev_timer next;
};

static void save_over(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct save *s = CONTAINER_OF(t, struct save, dm);

    (void)ctx;
    (void)rc; /* a device model that goes on logging is slower, no more */
    ao_complete(s->ao, s->rc);
}

static void save_ended(libxl_ctx *ctx, struct helper *h, int errnoval)
{
    struct save *s = CONTAINER_OF(h, struct save, helper);
    struct scope *sc = &s->ao->sc;

    /* A guest that is about to suspend would never be resumed. */
    s->errnoval = errnoval;
    if (s->suspending)
        return;
    ev_timer_stop(ctx, &s->next);
    dm_task_stop(&s->dm);
    if (s->has_dm)
        unlink(dm_save_path(sc, s->domid));
    s->dm.done = save_over;
    if (!errnoval) {
        save_over(ctx, &s->dm, 0);
        return;
    }
    LOG_ERROR(sc, "the domain is not saved: %s", strerror(errnoval));
    s->rc = s->ao->aborting ? ERROR_ABORTED : s->guest_rc ? s->guest_rc : ERROR_FAIL;
    /* A helper that was killed leaves the log of dirty pages on. */
    if (s->live)
        (void)xc_shadow_control(ctx->xch, s->domid, XEN_DOMCTL_SHADOW_OP_OFF, NULL, 0);
    if (s->dm_logs)
        dm_log_dirty(&s->dm, false);
    else
        save_over(ctx, &s->dm, 0);
}

static void save_abort(struct ao *ao)
{
    helper_kill(ao->abort_of);
}

/* The device model has done what it was asked for. */
static void save_dm_done(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct save *s = CONTAINER_OF(t, struct save, dm);

    (void)ctx;
    s->guest_rc = rc;
    helper_answer(&s->helper, !rc);
}

static void save_suspended(libxl_ctx *ctx, struct guest_suspend *g, int rc)
{
    struct save *s = CONTAINER_OF(g, struct save, suspend);

    s->suspending = false;
    if (!s->helper.child.active) {
        s->guest_rc = rc;
        save_ended(ctx, &s->helper, s->errnoval);
        return;
    }
    s->dm.done = save_dm_done;
    if (!rc && s->has_dm)
        dm_save(&s->dm, s->live);
    else
        save_dm_done(ctx, &s->dm, rc);
}

/* After a checkpoint, the device model first. */
static void save_dm_resumed(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct save *s = CONTAINER_OF(t, struct save, dm);

    save_dm_done(ctx, t, rc ? rc : guest_resume(&s->ao->sc, s->domid, true));
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
        s->dm.done = save_dm_resumed;
        if (s->has_dm)
            dm_continue(&s->dm);
        else
            save_dm_resumed(ctx, &s->dm, 0);
        break;
    case HELPER_LOG_DIRTY:
        s->dm.done = save_dm_done;
        s->dm_logs = m->value;
        dm_log_dirty(&s->dm, m->value);
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
        NULL,
    };

    s->ao = ao;
    s->domid = domid;
    s->live = flags & LIBXL_SUSPEND_LIVE;
    s->has_dm = dm_has_state(sc, domid);
    s->dm.sc = sc;
    s->dm.domid = domid;
    s->dm.runs_on = true; /* the helper's end stops it */
    args[4] = s->has_dm ? dm_save_path(sc, domid) : "";
    s->helper.sc = sc;
    s->helper.asked = save_asked;
    s->helper.ended = save_ended;
    ao->abort_of = &s->helper;
    ao->abort = save_abort;
    if (domain_type(sc, domid) == LIBXL_DOMAIN_TYPE_INVALID)
        return ERROR_DOMAIN_NOTFOUND;
    if (vnuma_is_used(sc, domid)) {
        LOG_ERROR(sc, "a guest with virtual NUMA cannot be saved: the stream does not have nodes");
        return ERROR_FAIL;
    }
    return helper_start(&s->helper, args, fd);
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

struct stop_or_go {
    struct ao *ao;
    uint32_t domid;
    bool cancel;
    struct guest_suspend suspend;
    struct dm_task dm;
};

static struct stop_or_go *stop_or_go_new(struct ao *ao, uint32_t domid,
                                         void (*dm_done)(libxl_ctx *, struct dm_task *, int))
{
    struct stop_or_go *s = scope_alloc(&ao->sc, sizeof(*s));

    s->ao = ao;
    s->domid = domid;
    s->dm = (struct dm_task){.sc = &ao->sc, .domid = domid, .done = dm_done};
    return s;
}

static void dm_paused(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    (void)ctx;
    ao_complete(CONTAINER_OF(t, struct stop_or_go, dm)->ao, rc);
}

static void only_suspended(libxl_ctx *ctx, struct guest_suspend *g, int rc)
{
    struct stop_or_go *s = CONTAINER_OF(g, struct stop_or_go, suspend);

    if (!rc && dm_has_state(&s->ao->sc, s->domid))
        dm_pause(&s->dm);
    else
        dm_paused(ctx, &s->dm, rc);
}

int libxl_domain_suspend_only(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct stop_or_go *s = stop_or_go_new(ao, domid, dm_paused);

    if (domain_type(&ao->sc, domid) == LIBXL_DOMAIN_TYPE_INVALID)
        return ao_finish(ao, ERROR_DOMAIN_NOTFOUND);
    s->suspend = (struct guest_suspend){.sc = &ao->sc, .domid = domid, .done = only_suspended};
    guest_suspend_start(&s->suspend);
    return ao_run(ao);
}

static void dm_goes_on(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct stop_or_go *s = CONTAINER_OF(t, struct stop_or_go, dm);

    (void)ctx;
    ao_complete(s->ao, rc ? rc : guest_resume(&s->ao->sc, s->domid, s->cancel));
}

int libxl_domain_resume(libxl_ctx *ctx, uint32_t domid, int suspend_cancel,
                        const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct stop_or_go *s = stop_or_go_new(ao, domid, dm_goes_on);

    if (domain_type(&ao->sc, domid) == LIBXL_DOMAIN_TYPE_INVALID)
        return ao_finish(ao, ERROR_DOMAIN_NOTFOUND);
    s->cancel = suspend_cancel;
    if (dm_has_state(&ao->sc, domid))
        dm_continue(&s->dm);
    else
        dm_goes_on(ctx, &s->dm, 0);
    return ao_run(ao);
}
