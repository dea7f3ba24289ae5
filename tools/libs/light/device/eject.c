/* SPDX-License-Identifier: MIT */
/*
 * A guest that wants a medium out of a drive writes "eject" to the node of that name of its end of
 * the disk. The word is taken back, and the program gets an event with the disk as it is.
 */
#include <stdio.h>

#include "core/loop_impl.h"
#include "core/store.h"
#include "device/device.h"

#define WORD "eject"

static bool word_taken(struct scope *sc, const char *path)
{
    char *now = store_read(sc, XBT_NULL, path);

    return now && !strcmp(now, WORD) && !store_write(sc, XBT_NULL, path, "");
}

static void node_changed(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    struct libxl__evgen_disk_eject *e = CONTAINER_OF(ev, struct libxl__evgen_disk_eject, watch);
    struct scope scope = {.ctx = ctx, .domid = e->domid}, *sc = &scope;
    libxl_event *out;

    (void)path;
    if (!word_taken(sc, ev->path))
        goto out;
    out = event_new(ctx, LIBXL_EVENT_TYPE_DISK_EJECT, e->domid, e->user);
    out->u.disk_eject.vdev = xstrdup(e->vdev);
    if (libxl_vdev_to_device_disk(ctx, e->domid, e->vdev, &out->u.disk_eject.disk)) {
        LOG_WARN(sc, "the drive %s is gone", e->vdev);
        libxl_event_free(ctx, out);
    } else {
        event_queue(ctx, out);
    }
out:
    scope_free(sc);
}

int libxl_evenable_disk_eject(libxl_ctx *ctx, uint32_t domid, const char *vdev, libxl_ev_user user,
                              libxl_evgen_disk_eject **evgen_out)
{
    struct device dev = {domid, TOOLSTACK_DOMID, "vbd", disk_number(vdev, NULL, NULL), NULL};
    struct libxl__evgen_disk_eject *e;
    int rc = ERROR_INVAL;
    API_ENTER(ctx, domid);

    if (dev.devid < 0) {
        LOG_ERROR(sc, "'%s' is no name of a virtual disk", vdev);
        goto out;
    }
    e = xmalloc0(sizeof(*e));
    e->domid = domid;
    e->user = user;
    e->vdev = xstrdup(vdev);
    rc = ev_watch_start(ctx, &e->watch, scope_printf(sc, "%s/eject", device_front_path(sc, &dev)),
                        node_changed);
    if (rc) {
        free(e->vdev);
        free(e);
        goto out;
    }
    XEN_LIST_INSERT_HEAD(&ctx->loop->ejects, e, link);
    *evgen_out = e;
out:
    API_LEAVE;
    return rc;
}

void libxl_evdisable_disk_eject(libxl_ctx *ctx, libxl_evgen_disk_eject *evgen)
{
    ctx_lock(ctx);
    XEN_LIST_REMOVE(evgen, link);
    ev_watch_stop(ctx, &evgen->watch);
    free(evgen->vdev);
    free(evgen);
    ctx_unlock(ctx);
}
