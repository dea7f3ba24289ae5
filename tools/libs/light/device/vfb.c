/* SPDX-License-Identifier: MIT */
/* Framebuffers and keyboards; the device model is their backend. */
#include <stdio.h>

#include "core/domains.h"
#include "device/device.h"
#include "dm/dm.h"

static const char *bit(libxl_defbool b)
{
    return !libxl_defbool_is_default(b) && libxl_defbool_val(b) ? "1" : "0";
}

int vfb_defaults(struct scope *sc, uint32_t domid, libxl_device_vfb *vfb)
{
    if (vfb->devid < 0)
        vfb->devid = device_free_id(sc, domid, "vfb");
    libxl_defbool_setdefault(&vfb->vnc.enable, true);
    if (libxl_defbool_val(vfb->vnc.enable)) {
        if (!vfb->vnc.listen)
            vfb->vnc.listen = xstrdup("127.0.0.1");
        libxl_defbool_setdefault(&vfb->vnc.findunused, true);
    } else {
        libxl_defbool_setdefault(&vfb->vnc.findunused, false);
    }
    libxl_defbool_setdefault(&vfb->sdl.enable, false);
    libxl_defbool_setdefault(&vfb->sdl.opengl, false);
    return device_backend_domid(sc, vfb->backend_domname, &vfb->backend_domid);
}

static void common_nodes(struct scope *sc, struct device_op *op)
{
    nodes_addf(sc, &op->back, "frontend-id", "%u", op->dev.domid);
    nodes_add(&op->back, "online", "1");
    nodes_addf(sc, &op->back, "state", "%d", XENBUS_INITIALISING);
    nodes_addf(sc, &op->front, "state", "%d", XENBUS_INITIALISING);
}

int vfb_describe(struct scope *sc, uint32_t domid, const libxl_device_vfb *vfb,
                 struct device_op *op)
{
    struct nodes *b = &op->back;

    op->sc = sc;
    op->dev = (struct device){domid, vfb->backend_domid, "vfb", vfb->devid, NULL};
    common_nodes(sc, op);
    nodes_add(b, "vnc", bit(vfb->vnc.enable));
    nodes_add(b, "vnclisten", vfb->vnc.listen);
    nodes_addf(sc, b, "vncdisplay", "%d", vfb->vnc.display);
    nodes_add(b, "vncunused", bit(vfb->vnc.findunused));
    nodes_add(b, "vncpasswd", vfb->vnc.passwd);
    nodes_add(b, "sdl", bit(vfb->sdl.enable));
    nodes_add(b, "opengl", bit(vfb->sdl.opengl));
    nodes_add(b, "xauthority", vfb->sdl.xauthority);
    nodes_add(b, "display", vfb->sdl.display);
    return 0;
}

int vkb_defaults(struct scope *sc, uint32_t domid, libxl_device_vkb *vkb)
{
    if (vkb->devid < 0)
        vkb->devid = device_free_id(sc, domid, "vkbd");
    if (vkb->backend_type == LIBXL_VKB_BACKEND_UNKNOWN)
        vkb->backend_type = LIBXL_VKB_BACKEND_QEMU;
    return device_backend_domid(sc, vkb->backend_domname, &vkb->backend_domid);
}

static void touch_nodes(struct scope *sc, struct nodes *b, const libxl_device_vkb *vkb)
{
    const struct {
        const char *key;
        unsigned int value;
    } nodes[] = {
        {"feature-disable-keyboard", vkb->feature_disable_keyboard},
        {"feature-disable-pointer", vkb->feature_disable_pointer},
        {"feature-abs-pointer", vkb->feature_abs_pointer},
        {"feature-raw-pointer", vkb->feature_raw_pointer},
        {"feature-multi-touch", vkb->feature_multi_touch},
        {"width", vkb->width},
        {"height", vkb->height},
        {"multi-touch-width", vkb->multi_touch_width},
        {"multi-touch-height", vkb->multi_touch_height},
        {"multi-touch-num-contacts", vkb->multi_touch_num_contacts},
    };

    nodes_add(b, "backend-type", libxl_vkb_backend_to_string(vkb->backend_type));
    nodes_add(b, "unique-id", vkb->unique_id);
    for (unsigned int i = 0; i < ARRAY_SIZE(nodes); i++)
        nodes_addf(sc, b, nodes[i].key, "%u", nodes[i].value);
}

/* A backend other than the device model is told all that the device has. */
int vkb_describe(struct scope *sc, uint32_t domid, const libxl_device_vkb *vkb,
                 struct device_op *op)
{
    op->sc = sc;
    op->dev = (struct device){domid, vkb->backend_domid, "vkbd", vkb->devid, NULL};
    common_nodes(sc, op);
    if (vkb->backend_type == LIBXL_VKB_BACKEND_LINUX)
        touch_nodes(sc, &op->back, vkb);
    return 0;
}

/* The interface. */

int libxl_device_vfb_add(libxl_ctx *ctx, uint32_t domid, libxl_device_vfb *vfb,
                         const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct device_op *op = scope_alloc(&ao->sc, sizeof(*op));
    int rc = vfb_defaults(&ao->sc, domid, vfb);

    if (!rc)
        rc = dm_check(&ao->sc, domid, vfb->backend_domid);
    if (!rc)
        rc = vfb_describe(&ao->sc, domid, vfb, op);
    op->unwaited = true;
    return rc ? ao_finish(ao, rc) : device_op_run(ao, op, true);
}

static int take_away(libxl_ctx *ctx, uint32_t domid, const struct device *dev,
                     const libxl_asyncop_how *how, bool force)
{
    struct ao *ao = ao_begin(ctx, domid, how);
    struct device_op *op = scope_alloc(&ao->sc, sizeof(*op));

    op->dev = *dev;
    op->force = force;
    return device_op_run(ao, op, false);
}

#define REMOVERS(type, kind_name)                                                                  \
    int libxl_device_##type##_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_##type *d,       \
                                     const libxl_asyncop_how *ao_how)                              \
    {                                                                                              \
        struct device dev = {domid, d->backend_domid, kind_name, d->devid, NULL};                  \
                                                                                                   \
        return take_away(ctx, domid, &dev, ao_how, false);                                         \
    }                                                                                              \
    int libxl_device_##type##_destroy(libxl_ctx *ctx, uint32_t domid, libxl_device_##type *d,      \
                                      const libxl_asyncop_how *ao_how)                             \
    {                                                                                              \
        struct device dev = {domid, d->backend_domid, kind_name, d->devid, NULL};                  \
                                                                                                   \
        return take_away(ctx, domid, &dev, ao_how, true);                                          \
    }

REMOVERS(vfb, "vfb")
REMOVERS(vkb, "vkbd")

int libxl_device_vkb_add(libxl_ctx *ctx, uint32_t domid, libxl_device_vkb *vkb,
                         const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct device_op *op = scope_alloc(&ao->sc, sizeof(*op));
    int rc = vkb_defaults(&ao->sc, domid, vkb);

    if (!rc)
        rc = vkb_describe(&ao->sc, domid, vkb, op);
    op->unwaited = true;
    return rc ? ao_finish(ao, rc) : device_op_run(ao, op, true);
}

static int vkb_read(struct scope *sc, uint32_t domid, int devid, libxl_device_vkb *vkb)
{
    char *s = store_readf(sc, XBT_NULL, "/libxl/%u/device/vkbd/%d/backend", domid, devid);

    libxl_device_vkb_init(vkb);
    if (!s || sscanf(s, "/local/domain/%u/", &vkb->backend_domid) != 1)
        return ERROR_FAIL;
    vkb->devid = devid;
    s = store_readf(sc, XBT_NULL, "/libxl/%u/device/vkbd/%d/backend-type", domid, devid);
    if (!s || libxl_vkb_backend_from_string(s, &vkb->backend_type))
        vkb->backend_type = LIBXL_VKB_BACKEND_QEMU;
    s = store_readf(sc, XBT_NULL, "/libxl/%u/device/vkbd/%d/unique-id", domid, devid);
    vkb->unique_id = s ? xstrdup(s) : NULL;
    return 0;
}

libxl_device_vkb *libxl_device_vkb_list(libxl_ctx *ctx, uint32_t domid, int *num)
{
    libxl_device_vkb *list;
    unsigned int nr;
    int *ids, n = 0;
    API_ENTER(ctx, domid);

    nr = device_ids(sc, domid, "vkbd", &ids);
    list = nr ? xmalloc0(nr * sizeof(*list)) : NULL;
    for (unsigned int i = 0; i < nr; i++) {
        if (!vkb_read(sc, domid, ids[i], &list[n]))
            n++;
        else
            libxl_device_vkb_dispose(&list[n]);
    }
    *num = n;
    API_LEAVE;
    return list;
}

void libxl_device_vkb_list_free(libxl_device_vkb *list, int num)
{
    for (int i = 0; i < num; i++)
        libxl_device_vkb_dispose(&list[i]);
    free(list);
}

int libxl_devid_to_device_vkb(libxl_ctx *ctx, uint32_t domid, int devid, libxl_device_vkb *vkb)
{
    int rc;
    API_ENTER(ctx, domid);

    rc = vkb_read(sc, domid, devid, vkb) ? ERROR_NOTFOUND : 0;
    API_LEAVE;
    return rc;
}

int libxl_device_vkb_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_vkb *vkb,
                             libxl_vkbinfo *info)
{
    struct device dev = {domid, vkb->backend_domid, "vkbd", vkb->devid, NULL};
    char *front;
    API_ENTER(ctx, domid);

    libxl_vkbinfo_init(info);
    front = device_front_path(sc, &dev);
    info->devid = vkb->devid;
    info->backend = xstrdup(device_back_path(sc, &dev));
    info->backend_id = vkb->backend_domid;
    info->frontend = xstrdup(front);
    info->frontend_id = domid;
    info->state = (int)store_read_long(sc, scope_printf(sc, "%s/state", front));
    info->evtch = (int)store_read_long(sc, scope_printf(sc, "%s/event-channel", front));
    info->rref = (int)store_read_long(sc, scope_printf(sc, "%s/page-gref", front));
    API_LEAVE;
    return 0;
}
