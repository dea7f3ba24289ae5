/* SPDX-License-Identifier: MIT */
#include "domain/local_disk.h"

#include <stdio.h>
#include <unistd.h>

#include "dm/dm.h"

#define FIRST_NAME         "xvda"
#define NAMES_MAX          256
#define CONNECT_TIMEOUT_MS 10000
#define LOOK_AGAIN_MS      50

static bool is_block_device_already(const libxl_device_disk *d)
{
    return d->format == LIBXL_DISK_FORMAT_RAW && !d->script && d->backend_domid == TOOLSTACK_DOMID;
}

/* Names: PREFIX, then the number of the disk as letters: a ... z, aa ... */

static char *letters_of(struct scope *sc, int nr)
{
    char buf[16], *p = buf + sizeof(buf) - 1;

    *p = '\0';
    for (nr++; nr > 0; nr = (nr - 1) / 26)
        *--p = (char)('a' + (nr - 1) % 26);
    return scope_strdup(sc, p);
}

static char *name_after(struct scope *sc, const char *first, unsigned int n)
{
    static const char *const prefixes[] = {"xvd", "hd", "sd"};
    int disk = -1, part = 0;

    if (disk_number(first, &disk, &part) < 0 || disk < 0 || part)
        return NULL;
    for (unsigned int i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (!strncmp(first, prefixes[i], strlen(prefixes[i])))
            return scope_printf(sc, "%s%s", prefixes[i], letters_of(sc, disk + (int)n));
    return NULL;
}

static void stop_waiting(struct local_disk *l)
{
    libxl_ctx *ctx = l->sc->ctx;

    ev_watch_stop(ctx, &l->state);
    ev_timer_stop(ctx, &l->timeout);
    ev_timer_stop(ctx, &l->look);
    cancel_stop(&l->cancel);
}

/* Out. */

static void take_out(struct local_disk *l, bool force);

/* What does not go is made to go, for there is no other time to do it. */
static void removed(libxl_ctx *ctx, struct device_op *op, int rc)
{
    struct local_disk *l = CONTAINER_OF(op, struct local_disk, op);

    l->rc = l->rc ? l->rc : rc;
    if (rc && !op->force) {
        LOG_ERROR(l->sc, "domain 0 does not let go of disk %s", l->name);
        take_out(l, true);
    } else {
        l->done(ctx, l, l->rc);
    }
}

static void take_out(struct local_disk *l, bool force)
{
    struct device dev = l->op.dev;

    l->attached = false;
    l->op = (struct device_op){
        .sc = l->sc, .dev = dev, .force = force, .runs_on = true, .done = removed};
    device_remove(&l->op);
}

void local_disk_detach(struct local_disk *l)
{
    l->rc = 0;
    if (l->attached)
        take_out(l, false);
    else
        l->done(l->sc->ctx, l, 0);
}

/* In: the backend is there, then this domain's driver, then the device in the file system. */

static void failed(struct local_disk *l, int rc)
{
    stop_waiting(l);
    l->rc = rc;
    take_out(l, false);
}

static void too_late(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct local_disk *l = CONTAINER_OF(ev, struct local_disk, timeout);

    (void)ctx;
    LOG_ERROR(l->sc, "domain 0 does not get disk %s", l->name);
    failed(l, ERROR_FAIL);
}

static void called_off(libxl_ctx *ctx, struct cancel *c)
{
    (void)ctx;
    failed(CONTAINER_OF(c, struct local_disk, cancel), ERROR_ABORTED);
}

static void look(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct local_disk *l = CONTAINER_OF(ev, struct local_disk, look);

    if (!access(l->path, F_OK)) {
        stop_waiting(l);
        l->done(ctx, l, 0);
    } else if (ev_timer_start(ctx, &l->look, LOOK_AGAIN_MS, look)) {
        failed(l, ERROR_FAIL);
    }
}

static void state_changed(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    struct local_disk *l = CONTAINER_OF(ev, struct local_disk, state);

    (void)path;
    if (store_read_long(l->sc, l->state_path) != XENBUS_CONNECTED)
        return;
    ev_watch_stop(ctx, &l->state);
    look(ctx, &l->look);
}

static void wait_for_device(libxl_ctx *ctx, struct local_disk *l)
{
    int rc = cancel_start(l->sc, &l->cancel, called_off);

    l->path = scope_printf(l->sc, DEV_DIR "/%s", l->name);
    l->state_path = scope_printf(l->sc, "%s/state", device_back_path(l->sc, &l->op.dev));
    if (!rc)
        rc = ev_timer_start(ctx, &l->timeout, CONNECT_TIMEOUT_MS, too_late);
    if (!rc)
        rc = ev_watch_start(ctx, &l->state, l->state_path, state_changed);
    if (rc)
        failed(l, rc);
}

static void try_name(struct local_disk *l);

static void added(libxl_ctx *ctx, struct device_op *op, int rc)
{
    struct local_disk *l = CONTAINER_OF(op, struct local_disk, op);

    if (rc == ERROR_DEVICE_EXISTS && !op->written) {
        try_name(l);
        return;
    }
    if (rc && op->written) {
        failed(l, rc);
        return;
    }
    l->attached = !rc;
    if (rc)
        l->done(ctx, l, rc);
    else
        wait_for_device(ctx, l);
}

static bool is_taken(struct local_disk *l, const char *name)
{
    struct device dev = {TOOLSTACK_DOMID, TOOLSTACK_DOMID, "vbd", disk_number(name, NULL, NULL),
                         NULL};

    return !access(scope_printf(l->sc, DEV_DIR "/%s", name), F_OK) ||
           store_read(l->sc, XBT_NULL, device_libxl_path(l->sc, &dev));
}

static int describe(struct local_disk *l)
{
    libxl_device_disk same = *l->disk; /* whose strings are the owner's */

    same.vdev = scope_strdup(l->sc, l->name);
    l->op = (struct device_op){.sc = l->sc, .done = added};
    return disk_describe(l->sc, TOOLSTACK_DOMID, &same, &l->op);
}

/* Without it nobody would answer. */
static int check_server(struct local_disk *l)
{
    if (l->disk->backend != LIBXL_DISK_BACKEND_QDISK || l->disk->backend_domid != TOOLSTACK_DOMID ||
        store_readf(l->sc, XBT_NULL, "%s/state", dm_store_path(l->sc, TOOLSTACK_DOMID)))
        return 0;
    LOG_ERROR(l->sc, "domain 0 has no device model, which would have to serve disk %s",
              l->disk->vdev);
    return ERROR_FAIL;
}

static void try_name(struct local_disk *l)
{
    const char *first = l->first ? l->first : FIRST_NAME;
    int rc;

    do
        l->name = l->tried < NAMES_MAX ? name_after(l->sc, first, l->tried++) : NULL;
    while (l->name && is_taken(l, l->name));
    rc = l->name ? describe(l) : ERROR_INVAL;
    if (!l->name)
        LOG_ERROR(l->sc, "domain 0 has no name for a disk from '%s' on", first);
    if (rc)
        l->done(l->sc->ctx, l, rc);
    else
        device_add(&l->op);
}

void local_disk_attach(struct local_disk *l)
{
    l->attached = false;
    l->tried = 0;
    if (is_block_device_already(l->disk)) {
        l->path = l->disk->pdev_path;
        l->done(l->sc->ctx, l, 0);
    } else {
        int rc = check_server(l);

        if (rc)
            l->done(l->sc->ctx, l, rc);
        else
            try_name(l);
    }
}
