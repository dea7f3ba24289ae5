/* SPDX-License-Identifier: MIT */
/*
 * "xl devd": in a domain that serves disks and network cards to others, the hotplug scripts of its
 * own backends. The toolstack elsewhere writes the nodes; here each backend goes through
 *
 *   (new) --state InitWait--> script adds --> SERVED --state Closed, not online--> script removes
 * --> (gone)
 */
#include <stdio.h>

#include "device/device.h"

struct served {
    XEN_LIST_ENTRY(struct served) link;
    struct events *of;
    char *path; /* of the backend */
    bool removing;
    struct device dev;
    struct ev_child script;
};

struct events {
    struct ao *ao;
    char *base; /* the directory of our backends */
    struct ev_watch watch;
    struct cancel cancel;
    bool stopping;
    unsigned int nr_scripts; /* that run */
    XEN_LIST_HEAD(, struct served) served;
};

static const char *const kinds[] = {"vbd", "vif"};

static struct served *served_find(struct events *e, const char *path)
{
    struct served *s;

    XEN_LIST_FOREACH(s, &e->served, link)
    if (!strcmp(s->path, path))
        return s;
    return NULL;
}

static struct served *served_new(struct events *e, const char *path, const char *kind,
                                 uint32_t domid, int devid)
{
    struct served *s = xmalloc0(sizeof(*s));

    s->of = e;
    s->path = xstrdup(path);
    s->dev = (struct device){domid, TOOLSTACK_DOMID, kind, devid, NULL};
    XEN_LIST_INSERT_HEAD(&e->served, s, link);
    return s;
}

static void served_free(struct served *s)
{
    XEN_LIST_REMOVE(s, link);
    free(s->path);
    free(s);
}

/* Its script has done what it should, or there is none. */
static void served_done(struct scope *sc, struct served *s)
{
    if (!s->removing)
        return;
    (void)store_prune(sc, XBT_NULL, s->path, 3);
    served_free(s);
}

/* All is given up once the last script has ended. */
static void end_if_idle(struct events *e)
{
    if (!e->stopping || e->nr_scripts)
        return;
    while (!XEN_LIST_EMPTY(&e->served))
        served_free(XEN_LIST_FIRST(&e->served));
    ao_complete(e->ao, ERROR_ABORTED);
}

static void look_at_all(libxl_ctx *ctx, struct events *e);

static void script_ended(libxl_ctx *ctx, struct ev_child *ev, int status)
{
    struct served *s = CONTAINER_OF(ev, struct served, script);
    struct events *e = s->of;
    struct scope sc = {.ctx = ctx, .domid = s->dev.domid};

    if (status)
        libxl_report_child_exitstatus(ctx, XTL_ERROR, "hotplug script of a backend", ev->pid,
                                      status);
    e->nr_scripts--;
    served_done(&sc, s);
    scope_free(&sc);
    if (e->stopping)
        end_if_idle(e);
    else
        look_at_all(ctx, e); /* what it did may be over already */
}

static void script_run(struct scope *sc, struct served *s, bool removing)
{
    struct hotplug *h = scope_alloc(sc, sizeof(*h));
    char *script = store_readf(sc, XBT_NULL, "%s/script", s->path);

    s->removing = removing;
    if (script && *script)
        hotplug_arguments(sc, &s->dev, s->path, script, !removing, false, h);
    if (h->argv[0] && !ev_child_spawn(sc, &s->script, h->argv, h->env, script_ended)) {
        s->of->nr_scripts++;
        return;
    }
    if (h->argv[0])
        LOG_ERROR(sc, "%s: the hotplug script cannot be run", s->path);
    served_done(sc, s);
}

static void look_at(struct scope *sc, struct events *e, const char *kind, const char *domid,
                    const char *devid)
{
    char *path = scope_printf(sc, "%s/%s/%s/%s", e->base, kind, domid, devid);
    long state = store_read_long(sc, scope_printf(sc, "%s/state", path));
    long online = store_read_long(sc, scope_printf(sc, "%s/online", path));
    struct served *s = served_find(e, path);

    if (!s && state == XENBUS_INIT_WAIT)
        script_run(sc, served_new(e, path, kind, (uint32_t)atoi(domid), atoi(devid)), false);
    else if (s && !s->script.active && state == XENBUS_CLOSED && online <= 0)
        script_run(sc, s, true);
}

static void look_at_kind(struct scope *sc, struct events *e, const char *kind)
{
    unsigned int nr_domains, nr_devices;
    char **domains =
        store_list(sc, XBT_NULL, scope_printf(sc, "%s/%s", e->base, kind), &nr_domains);

    for (unsigned int i = 0; i < nr_domains; i++) {
        char *dir = scope_printf(sc, "%s/%s/%s", e->base, kind, domains[i]);
        char **devices = store_list(sc, XBT_NULL, dir, &nr_devices);

        for (unsigned int j = 0; j < nr_devices; j++)
            look_at(sc, e, kind, domains[i], devices[j]);
    }
}

/* Of what somebody else has removed nothing is left to do. */
static void forget_gone(struct scope *sc, struct events *e)
{
    struct served *s = XEN_LIST_FIRST(&e->served), *next;

    for (; s; s = next) {
        next = XEN_LIST_NEXT(s, link);
        if (!s->script.active && !store_readf(sc, XBT_NULL, "%s/state", s->path))
            served_free(s);
    }
}

static void look_at_all(libxl_ctx *ctx, struct events *e)
{
    struct scope sc = {.ctx = ctx, .domid = (uint32_t)INVALID_DOMID};

    forget_gone(&sc, e);
    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
        look_at_kind(&sc, e, kinds[i]);
    scope_free(&sc);
}

static void changed(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    (void)path;
    look_at_all(ctx, CONTAINER_OF(ev, struct events, watch));
}

static void stop(libxl_ctx *ctx, struct cancel *c)
{
    struct events *e = CONTAINER_OF(c, struct events, cancel);

    ev_watch_stop(ctx, &e->watch);
    e->stopping = true;
    end_if_idle(e);
}

int libxl_device_events_handler(libxl_ctx *ctx, const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, (uint32_t)INVALID_DOMID, ao_how);
    struct events *e = scope_alloc(&ao->sc, sizeof(*e));
    long self = store_read_long(&ao->sc, "domid"); /* below our own directory */
    int rc;

    if (self < 0) {
        LOG_ERROR(&ao->sc, "the store does not say which domain this is");
        return ao_finish(ao, ERROR_FAIL);
    }
    e->ao = ao;
    e->base = scope_printf(&ao->sc, "/local/domain/%ld/backend", self);
    rc = cancel_start(&ao->sc, &e->cancel, stop);
    if (!rc)
        rc = ev_watch_start(ctx, &e->watch, e->base, changed);
    if (!rc)
        return ao_run(ao);
    cancel_stop(&e->cancel);
    return ao_finish(ao, rc);
}
