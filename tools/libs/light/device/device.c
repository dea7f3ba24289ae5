/* SPDX-License-Identifier: MIT */
#include "device/device.h"

#include <signal.h>
#include <stdio.h>

#include "device/config.h"

#define STATE_TIMEOUT_MS  10000
#define SCRIPT_TIMEOUT_MS 60000

char *device_front_path(struct scope *sc, const struct device *d)
{
    if (!strcmp(d->kind, "console") && d->devid == 0)
        return scope_printf(sc, "/local/domain/%u/console", d->domid);
    if (!strcmp(d->kind, "vuart"))
        return scope_printf(sc, "/local/domain/%u/vuart/%d", d->domid, d->devid);
    return scope_printf(sc, "/local/domain/%u/device/%s/%d", d->domid, d->kind, d->devid);
}

char *device_back_path(struct scope *sc, const struct device *d)
{
    return scope_printf(sc, "/local/domain/%u/backend/%s/%u/%d", d->backend_domid,
                        d->back_kind ? d->back_kind : d->kind, d->domid, d->devid);
}

char *device_libxl_path(struct scope *sc, const struct device *d)
{
    return scope_printf(sc, "/libxl/%u/device/%s/%d", d->domid, d->kind, d->devid);
}

void nodes_add(struct nodes *n, const char *key, const char *value)
{
    if (!value)
        return;
    if (n->nr == NODES_MAX)
        abort();
    n->node[n->nr].key = key;
    n->node[n->nr++].value = value;
}

void nodes_addf(struct scope *sc, struct nodes *n, const char *key, const char *fmt, ...)
{
    char buf[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(buf, sizeof(buf), fmt, ap);
    va_end(ap);
    nodes_add(n, key, scope_strdup(sc, buf));
}

void nodes_fix(struct nodes *n)
{
    n->node[n->nr - 1].fixed = true;
}

int nodes_write(struct scope *sc, xs_transaction_t t, const char *dir, const struct nodes *n,
                uint32_t reader)
{
    int rc = 0;

    for (unsigned int i = 0; i < n->nr && !rc; i++) {
        char *path = scope_printf(sc, "%s/%s", dir, n->node[i].key);

        if (n->node[i].fixed)
            rc = store_make(sc, t, path, TOOLSTACK_DOMID, XS_PERM_READ, reader);
        if (!rc)
            rc = store_write(sc, t, path, n->node[i].value);
    }
    return rc;
}

int device_write(struct scope *sc, xs_transaction_t t, const struct device *d,
                 const struct nodes *front, const struct nodes *back)
{
    char *fp = device_front_path(sc, d), *bp = device_back_path(sc, d),
         *lp = device_libxl_path(sc, d);
    struct nodes links = {0};
    int rc;

    nodes_add(&links, "frontend", fp);
    nodes_add(&links, "backend", bp);
    rc = nodes_write(sc, t, lp, &links, d->domid);
    if (!rc)
        rc = nodes_write(sc, t, lp, back, d->domid);
    if (!rc)
        rc = store_make(sc, t, fp, d->domid, XS_PERM_READ, d->backend_domid);
    if (!rc)
        rc = store_write(sc, t, scope_printf(sc, "%s/backend", fp), bp);
    if (!rc)
        rc = store_writef(sc, t, scope_printf(sc, "%s/backend-id", fp), "%u", d->backend_domid);
    if (!rc)
        rc = nodes_write(sc, t, fp, front, d->domid);
    if (!rc)
        rc = store_make(sc, t, bp, d->backend_domid, XS_PERM_READ, d->domid);
    if (!rc)
        rc = store_write(sc, t, scope_printf(sc, "%s/frontend", bp), fp);
    if (!rc)
        rc = nodes_write(sc, t, bp, back, d->domid);
    return rc;
}

void device_op_describe(struct scope *sc, const struct device *dev, struct device_op *op)
{
    op->sc = sc;
    op->dev = *dev;
    nodes_addf(sc, &op->back, "frontend-id", "%u", dev->domid);
    nodes_add(&op->back, "online", "1");
    nodes_addf(sc, &op->back, "state", "%d", XENBUS_INITIALISING);
    nodes_addf(sc, &op->front, "state", "%d", XENBUS_INITIALISING);
}

/* Adding and removing: first the ends common to both. */

static void op_finish(libxl_ctx *ctx, struct device_op *op, int rc)
{
    ev_watch_stop(ctx, &op->state);
    ev_timer_stop(ctx, &op->timeout);
    cancel_stop(&op->cancel);
    op->done(ctx, op, rc);
}

/* What is taken away by force, be it a domain's or what has just been added, goes in any case. */
static int op_cancellable(struct device_op *op, void (*stop)(libxl_ctx *, struct cancel *))
{
    return op->force || op->runs_on ? 0 : cancel_start(op->sc, &op->cancel, stop);
}

static int remove_nodes(struct scope *sc, xs_transaction_t t, void *arg)
{
    const struct device_op *op = arg;
    int rc = op->emulated ? 0 : store_prune(sc, t, op->back_path, 3);

    /* A guest's folders were there before the device; domain 0's came with it. */
    if (!rc && !op->emulated)
        rc = store_prune(sc, t, device_front_path(sc, &op->dev),
                         op->dev.domid == TOOLSTACK_DOMID ? 2 : 0);
    return rc ? rc : store_prune(sc, t, device_libxl_path(sc, &op->dev), 1);
}

static void after_script(libxl_ctx *ctx, struct device_op *op)
{
    int rc = op->rc;

    if (!op->adding) {
        int rm = store_transact(op->sc, remove_nodes, op);

        rc = rc ? rc : rm;
    }
    op_finish(ctx, op, rc);
}

static void script_run(libxl_ctx *ctx, struct device_op *op);

static void script_ended(libxl_ctx *ctx, struct ev_child *ev, int status)
{
    struct device_op *op = CONTAINER_OF(ev, struct device_op, script);
    struct scope *sc = op->sc;
    char *why;

    ev_timer_stop(ctx, &op->timeout);
    cancel_stop(&op->cancel);
    if (op->adding && CONTAINER_OF(sc, struct ao, sc)->aborting) {
        op->rc = ERROR_ABORTED;
    } else if (status) {
        libxl_report_child_exitstatus(ctx, op->adding ? XTL_ERROR : XTL_WARN,
                                      "hotplug script of the device", ev->pid, status);
        why = store_readf(sc, XBT_NULL, "%s/hotplug-error", op->back_path);
        if (why)
            LOG_ERROR(sc, "script: %s", why);
        /* The device goes away whatever its script thinks. */
        if (op->adding)
            op->rc = ERROR_FAIL;
    }
    if (op->rc)
        after_script(ctx, op);
    else
        script_run(ctx, op);
}

static void script_timeout(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct device_op *op = CONTAINER_OF(ev, struct device_op, timeout);

    (void)ctx;
    LOG_ERROR(op->sc, "the hotplug script for %s does not end: killed", op->back_path);
    kill(op->script.pid, SIGKILL);
}

/* A script that adds is not waited for any longer; one that removes ends by itself. */
static void script_stop(libxl_ctx *ctx, struct cancel *c)
{
    (void)ctx;
    kill(CONTAINER_OF(c, struct device_op, cancel)->script.pid, SIGKILL);
}

static void script_run(libxl_ctx *ctx, struct device_op *op)
{
    struct hotplug *h = scope_alloc(op->sc, sizeof(*h));

    hotplug_prepare(op->sc, &op->dev, op->back_path, op->adding, op->nr_scripts++, h);
    if (!h->argv[0]) {
        after_script(ctx, op);
        return;
    }
    LOG_DEBUG(op->sc, "running hotplug script %s %s for %s", h->argv[0], h->argv[1], op->back_path);
    op->rc = op->adding ? op_cancellable(op, script_stop) : 0;
    if (!op->rc)
        op->rc = ev_child_spawn(op->sc, &op->script, h->argv, h->env, script_ended);
    if (op->rc)
        after_script(ctx, op);
    else
        ev_timer_start(ctx, &op->timeout, SCRIPT_TIMEOUT_MS, script_timeout);
}

/* The backend is where it should be, or it will never be. */
static void state_reached(libxl_ctx *ctx, struct device_op *op, int rc)
{
    ev_watch_stop(ctx, &op->state);
    ev_timer_stop(ctx, &op->timeout);
    cancel_stop(&op->cancel);
    op->rc = rc;
    if (op->adding && rc)
        op_finish(ctx, op, rc);
    else
        script_run(ctx, op);
}

static void state_timeout(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct device_op *op = CONTAINER_OF(ev, struct device_op, timeout);

    LOG_ERROR(op->sc, "%s: the backend does not %s", op->back_path,
              op->adding ? "start" : "let go of the device");
    /* Of a device that the guest holds on to nothing is removed. */
    if (!op->adding && !op->force)
        op_finish(ctx, op, ERROR_FAIL);
    else
        state_reached(ctx, op, ERROR_FAIL);
}

static void state_changed(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    struct device_op *op = CONTAINER_OF(ev, struct device_op, state);
    char *s = store_readf(op->sc, XBT_NULL, "%s/state", op->back_path);
    int state = s ? atoi(s) : XENBUS_UNKNOWN;

    (void)path;
    LOG_DEBUG(op->sc, "%s: state %d", op->back_path, state);
    if (op->adding) {
        if (state == XENBUS_CLOSING || state == XENBUS_CLOSED)
            state_reached(ctx, op, ERROR_FAIL);
        else if (state >= XENBUS_INIT_WAIT)
            state_reached(ctx, op, 0);
    } else if (!s || state == XENBUS_CLOSED) {
        state_reached(ctx, op, 0);
    }
}

/* Of a device that the guest has not let go of yet, nothing is removed. */
static void state_stop(libxl_ctx *ctx, struct cancel *c)
{
    op_finish(ctx, CONTAINER_OF(c, struct device_op, cancel), ERROR_ABORTED);
}

static void state_wait(libxl_ctx *ctx, struct device_op *op)
{
    int rc = op_cancellable(op, state_stop);

    if (!rc)
        rc = ev_watch_start(ctx, &op->state, scope_printf(op->sc, "%s/state", op->back_path),
                            state_changed);

    if (!rc)
        rc = ev_timer_start(ctx, &op->timeout, STATE_TIMEOUT_MS, state_timeout);
    if (rc)
        op_finish(ctx, op, rc);
}

/* Adding. */

static int add_nodes(struct scope *sc, xs_transaction_t t, void *arg)
{
    struct device_op *op = arg;

    if (store_read(sc, t, device_libxl_path(sc, &op->dev))) {
        LOG_ERROR(sc, "device %s %d exists already", op->dev.kind, op->dev.devid);
        return ERROR_DEVICE_EXISTS;
    }
    if (op->emulated)
        return nodes_write(sc, t, device_libxl_path(sc, &op->dev), &op->back, op->dev.domid);
    return device_write(sc, t, &op->dev, &op->front, &op->back);
}

void device_add(struct device_op *op)
{
    libxl_ctx *ctx = op->sc->ctx;
    int rc;

    op->adding = true;
    op->back_path = device_back_path(op->sc, &op->dev);
    rc = store_transact(op->sc, add_nodes, op);
    op->written = !rc;
    if (rc)
        op->done(ctx, op, rc);
    else if (op->unwaited || op->emulated)
        op_finish(ctx, op, 0);
    else
        state_wait(ctx, op);
}

/* Removing. */

static int mark_closing(struct scope *sc, xs_transaction_t t, void *arg)
{
    struct device_op *op = arg;
    char *state = store_readf(sc, t, "%s/state", op->back_path), *fp;
    int rc;

    op->unwaited = !state || atoi(state) == XENBUS_CLOSED;
    if (op->unwaited)
        return 0;
    rc = store_write(sc, t, scope_printf(sc, "%s/online", op->back_path), "0");
    if (!rc)
        rc = store_writef(sc, t, scope_printf(sc, "%s/state", op->back_path), "%d", XENBUS_CLOSING);
    if (rc || !op->force)
        return rc;
    /* Say it for a guest that will not. */
    fp = device_front_path(sc, &op->dev);
    return store_writef(sc, t, scope_printf(sc, "%s/state", fp), "%d", XENBUS_CLOSED);
}

void device_remove(struct device_op *op)
{
    libxl_ctx *ctx = op->sc->ctx;
    bool virtual = op->unwaited || op->emulated;
    int rc = 0;

    op->adding = false;
    op->back_path = device_back_path(op->sc, &op->dev);
    if (!virtual)
        rc = store_transact(op->sc, mark_closing, op);
    if (rc)
        op->done(ctx, op, rc);
    else if (virtual)
        after_script(ctx, op);
    else if (op->unwaited)
        script_run(ctx, op);
    else
        state_wait(ctx, op);
}

/* Many. */

static void batch_part_done(libxl_ctx *ctx, struct device_batch *b, int rc)
{
    if (rc && !b->rc)
        b->rc = rc;
    if (!--b->pending)
        b->done(ctx, b, b->rc);
}

static void batch_op_done(libxl_ctx *ctx, struct device_op *op, int rc)
{
    batch_part_done(ctx, op->batch, rc);
}

void device_batch_run(libxl_ctx *ctx, struct device_batch *b, void (*start)(struct device_op *))
{
    b->pending = b->nr + 1; /* one for the loop */
    for (unsigned int i = 0; i < b->nr; i++) {
        b->ops[i].done = batch_op_done;
        b->ops[i].batch = b;
        start(&b->ops[i]);
    }
    batch_part_done(ctx, b, 0);
}

/* Only kinds with a kernel driver answer once the device model has ended; the others just go. */
static bool kind_is_served(const char *kind)
{
    return !strcmp(kind, "vbd") || !strcmp(kind, "vif");
}

/* From the record of the toolstack. */
static bool backend_read(struct scope *sc, struct device *d)
{
    char *path = store_readf(sc, XBT_NULL, "%s/backend", device_libxl_path(sc, d)), *kind;
    int used = 0;

    if (!path || sscanf(path, "/local/domain/%u/backend/%n", &d->backend_domid, &used) != 1 ||
        !used)
        return false;
    kind = scope_strdup(sc, path + used);
    kind[strcspn(kind, "/")] = '\0';
    d->back_kind = kind;
    return true;
}

static int batch_add_kind(struct scope *sc, uint32_t domid, const char *kind,
                          struct device_batch *b, unsigned int room)
{
    int *ids;
    unsigned int nr = device_ids(sc, domid, kind, &ids);

    for (unsigned int i = 0; i < nr && b->nr < room; i++) {
        struct device_op *op = &b->ops[b->nr];
        struct device dev = {domid, TOOLSTACK_DOMID, kind, ids[i], NULL};

        if (!backend_read(sc, &dev))
            continue;
        op->sc = sc;
        op->dev = dev;
        op->force = true;
        op->unwaited = !kind_is_served(dev.back_kind);
        b->nr++;
    }
    return 0;
}

#define DOMAIN_DEVICES_MAX 4096

int device_batch_of_domain(struct scope *sc, uint32_t domid, struct device_batch *b)
{
    unsigned int nr_kinds, total = 0;
    char **kinds = store_list(sc, XBT_NULL, scope_printf(sc, "/libxl/%u/device", domid), &nr_kinds);
    int *ids;

    for (unsigned int i = 0; i < nr_kinds; i++)
        total += device_ids(sc, domid, kinds[i], &ids);
    if (total > DOMAIN_DEVICES_MAX)
        total = DOMAIN_DEVICES_MAX;
    b->ops = scope_alloc(sc, (total + 1) * sizeof(*b->ops));
    for (unsigned int i = 0; i < nr_kinds; i++)
        batch_add_kind(sc, domid, kinds[i], b, total);
    return 0;
}

unsigned int device_ids(struct scope *sc, uint32_t domid, const char *kind, int **ids)
{
    unsigned int nr;
    char **names =
        store_list(sc, XBT_NULL, scope_printf(sc, "/libxl/%u/device/%s", domid, kind), &nr);

    *ids = scope_alloc(sc, (nr + 1) * sizeof(**ids));
    for (unsigned int i = 0; i < nr; i++)
        (*ids)[i] = atoi(names[i]);
    return nr;
}

int device_free_id(struct scope *sc, uint32_t domid, const char *kind)
{
    int *ids, id = 0;
    unsigned int nr = device_ids(sc, domid, kind, &ids);

    for (unsigned int i = 0; i < nr;) {
        if (ids[i++] == id) {
            id++;
            i = 0;
        }
    }
    return id;
}

int device_backend_domid(struct scope *sc, const char *name, uint32_t *domid)
{
    if (!name)
        return 0;
    if (!libxl_domain_qualifier_to_domid(sc->ctx, name, domid))
        return 0;
    LOG_ERROR(sc, "there is no backend domain '%s'", name);
    return ERROR_INVAL;
}

int device_place(struct scope *sc, uint32_t domid, const char *kind, const char *backend,
                 int *devid, uint32_t *backend_domid)
{
    if (*devid < 0)
        *devid = device_free_id(sc, domid, kind);
    return device_backend_domid(sc, backend, backend_domid);
}

char *device_recorded(struct scope *sc, uint32_t domid, const char *kind, int devid,
                      const char *key)
{
    return store_readf(sc, XBT_NULL, "/libxl/%u/device/%s/%d/%s", domid, kind, devid, key);
}

int device_recorded_backend(struct scope *sc, uint32_t domid, const char *kind, int devid,
                            uint32_t *backend_domid)
{
    char *s = device_recorded(sc, domid, kind, devid, "backend");

    return s && sscanf(s, "/local/domain/%u/", backend_domid) == 1 ? 0 : ERROR_FAIL;
}

int device_front_number(struct scope *sc, const struct device *dev, const char *key)
{
    return (int)store_read_long(sc, scope_printf(sc, "%s/%s", device_front_path(sc, dev), key));
}

/* By force, since the guest may know of it already; nothing waits for a kind without a driver. */
static void undo_add(struct device_op *op, int rc)
{
    op->undoing = true;
    op->failed = rc;
    op->force = true;
    op->nr_scripts = 0;
    device_remove(op);
}

bool device_op_settled(struct device_op *op, int *rc)
{
    if (op->undoing) {
        *rc = op->failed;
    } else if (*rc && op->adding && op->written) {
        undo_add(op, *rc);
        return false;
    }
    return true;
}

static void single_done(libxl_ctx *ctx, struct device_op *op, int rc)
{
    (void)ctx;
    if (device_op_settled(op, &rc))
        ao_complete(op->ao, op->commit ? op->commit(op->sc, op, rc) : rc);
}

void device_op_begin(struct ao *ao, struct device_op *op, bool adding)
{
    op->sc = &ao->sc;
    op->ao = ao;
    op->done = single_done;
    if (adding)
        device_add(op);
    else
        device_remove(op);
}

int device_op_run(struct ao *ao, struct device_op *op, bool adding)
{
    device_op_begin(ao, op, adding);
    return ao_run(ao);
}

int device_take_away(libxl_ctx *ctx, const struct device *dev, const struct config_kind *kind,
                     const void *device, const libxl_asyncop_how *how, bool force)
{
    struct ao *ao = ao_begin(ctx, dev->domid, how);
    struct device_op *op = scope_alloc(&ao->sc, sizeof(*op));

    op->sc = &ao->sc;
    op->dev = *dev;
    op->force = force;
    config_follow_remove(ctx, op, kind, device);
    return device_op_run(ao, op, false);
}
