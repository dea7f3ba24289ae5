/* SPDX-License-Identifier: MIT */
/* Framebuffers and keyboards; the device model is their backend. */
#include <stdio.h>

#include "core/domains.h"
#include "device/interface.h"
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

int vfb_describe(struct scope *sc, uint32_t domid, const libxl_device_vfb *vfb,
                 struct device_op *op)
{
    struct nodes *b = &op->back;

    device_op_describe(sc, &(struct device){domid, vfb->backend_domid, "vfb", vfb->devid, NULL},
                       op);
    op->unwaited = true;
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
    device_op_describe(sc, &(struct device){domid, vkb->backend_domid, "vkbd", vkb->devid, NULL},
                       op);
    op->unwaited = true;
    if (vkb->backend_type == LIBXL_VKB_BACKEND_LINUX)
        touch_nodes(sc, &op->back, vkb);
    return 0;
}

/* The interface. */

CONFIG_KIND(vfb, vfbs);
CONFIG_KIND(vkb, vkbs);

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
    if (rc)
        return ao_finish(ao, rc);
    config_follow_add(ctx, op, &vfb_kind, vfb);
    return device_op_run(ao, op, true);
}

DEVICE_REMOVE(vfb, "vfb")

static int vkb_read(struct scope *sc, uint32_t domid, int devid, libxl_device_vkb *vkb)
{
    char *type = device_recorded(sc, domid, "vkbd", devid, "backend-type");
    char *id = device_recorded(sc, domid, "vkbd", devid, "unique-id");

    vkb->devid = devid;
    if (!type || libxl_vkb_backend_from_string(type, &vkb->backend_type))
        vkb->backend_type = LIBXL_VKB_BACKEND_QEMU;
    vkb->unique_id = id ? xstrdup(id) : NULL;
    return device_recorded_backend(sc, domid, "vkbd", devid, &vkb->backend_domid);
}

DEVICE_INTERFACE(vkb, "vkbd")

int libxl_device_vkb_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_vkb *vkb,
                             libxl_vkbinfo *info)
{
    struct device dev = {domid, vkb->backend_domid, "vkbd", vkb->devid, NULL};
    API_ENTER(ctx, domid);

    libxl_vkbinfo_init(info);
    DEVICE_INFO(info, &dev);
    info->evtch = device_front_number(sc, &dev, "event-channel");
    info->rref = device_front_number(sc, &dev, "page-gref");
    API_LEAVE;
    return 0;
}
