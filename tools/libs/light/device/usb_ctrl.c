/* SPDX-License-Identifier: MIT */
/* USB controllers: of a driver in the kernel ("vusb"), or of the device model ("qusb"). */
#include <stdio.h>
#include <unistd.h>

#include "device/interface.h"
#include "device/usb.h"

#define USB_DRIVER_PATH "/sys/bus/xen-backend/drivers/vusb"

static const char *usbctrl_name(libxl_usbctrl_type type)
{
    return type == LIBXL_USBCTRL_TYPE_PV ? "vusb" : "qusb";
}

int usbctrl_defaults(struct scope *sc, uint32_t domid, libxl_device_usbctrl *d)
{
    if (d->type == LIBXL_USBCTRL_TYPE_AUTO)
        d->type = access(USB_DRIVER_PATH, F_OK) ? LIBXL_USBCTRL_TYPE_QUSB : LIBXL_USBCTRL_TYPE_PV;
    if (d->type == LIBXL_USBCTRL_TYPE_DEVICEMODEL) {
        LOG_ERROR(sc, "emulated USB controllers are configured by usbversion");
        return ERROR_NI;
    }
    if (!d->version)
        d->version = 2;
    if (!d->ports)
        d->ports = 8;
    if (d->version < 1 || d->version > 2 || d->ports < 1 || d->ports > 31) {
        LOG_ERROR(sc, "a PV USB controller has version 1 or 2, and 1 to 31 ports");
        return ERROR_INVAL;
    }
    return device_place(sc, domid, usbctrl_name(d->type), d->backend_domname, &d->devid,
                        &d->backend_domid);
}

static void describe_controller(struct scope *sc, uint32_t domid, const libxl_device_usbctrl *d,
                                struct device_op *op)
{
    device_op_describe(
        sc, &(struct device){domid, d->backend_domid, usbctrl_name(d->type), d->devid, NULL}, op);
    nodes_add(&op->back, "type", libxl_usbctrl_type_to_string(d->type));
    nodes_addf(sc, &op->back, "usb-ver", "%d", d->version);
    nodes_addf(sc, &op->back, "num-ports", "%d", d->ports);
    op->unwaited = d->type == LIBXL_USBCTRL_TYPE_QUSB && d->backend_domid == TOOLSTACK_DOMID;
}

int usbctrl_describe_with(struct scope *sc, uint32_t domid, const libxl_domain_config *c,
                          const libxl_device_usbctrl *d, struct device_op *op)
{
    describe_controller(sc, domid, d, op);
    for (int port = 1; port <= d->ports; port++) {
        const char *place = "";

        for (int i = 0; c && i < c->num_usbdevs && place; i++)
            if (c->usbdevs[i].ctrl == d->devid && c->usbdevs[i].port == port)
                place = usb_find_place(sc, &c->usbdevs[i]);
        if (!place)
            return ERROR_INVAL;
        nodes_add(&op->back, usb_port_key(sc, port), place);
    }
    return 0;
}

static int usbctrl_describe(struct scope *sc, uint32_t domid, const libxl_device_usbctrl *d,
                            struct device_op *op)
{
    return usbctrl_describe_with(sc, domid, NULL, d, op);
}

static int usbctrl_read(struct scope *sc, uint32_t domid, int devid, libxl_device_usbctrl *d)
{
    static const libxl_usbctrl_type types[] = {LIBXL_USBCTRL_TYPE_PV, LIBXL_USBCTRL_TYPE_QUSB};

    d->devid = devid;
    for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
        const char *kind = usbctrl_name(types[i]);
        char *version, *ports;

        if (device_recorded_backend(sc, domid, kind, devid, &d->backend_domid))
            continue;
        version = device_recorded(sc, domid, kind, devid, "usb-ver");
        ports = device_recorded(sc, domid, kind, devid, "num-ports");
        d->type = types[i];
        d->version = version ? atoi(version) : 0;
        d->ports = ports ? atoi(ports) : 0;
        return 0;
    }
    return ERROR_FAIL;
}

int libxl_device_usbctrl_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_usbctrl *d,
                                 libxl_usbctrlinfo *info)
{
    struct device dev = {domid, d->backend_domid, usbctrl_name(d->type), d->devid, NULL};
    API_ENTER(ctx, domid);

    libxl_usbctrlinfo_init(info);
    DEVICE_INFO(info, &dev);
    info->type = d->type;
    info->version = d->version;
    info->ports = d->ports;
    info->evtch = device_front_number(sc, &dev, "event-channel");
    info->ref_urb = device_front_number(sc, &dev, "urb-ring-ref");
    info->ref_conn = device_front_number(sc, &dev, "conn-ring-ref");
    API_LEAVE;
    return 0;
}

CONFIG_KIND(usbctrl, usbctrls);

int usbctrl_config_add(struct scope *sc, uint32_t domid, const libxl_device_usbctrl *d)
{
    return config_add(sc, domid, &usbctrl_kind, d);
}

/* Its devices go first: a configuration that has them needs their controller. */
static int usbctrl_take_away(libxl_ctx *ctx, uint32_t domid, const libxl_device_usbctrl *d,
                             const libxl_asyncop_how *how, bool force)
{
    struct device dev = {domid, d->backend_domid, usbctrl_name(d->type), d->devid, NULL};
    int rc;
    API_ENTER(ctx, domid);

    rc = usbctrl_empty(sc, domid, d->devid);
    API_LEAVE;
    return rc ? rc : device_take_away(ctx, &dev, &usbctrl_kind, d, how, force);
}

int libxl_device_usbctrl_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_usbctrl *d,
                                const libxl_asyncop_how *ao_how)
{
    return usbctrl_take_away(ctx, domid, d, ao_how, false);
}

int libxl_device_usbctrl_destroy(libxl_ctx *ctx, uint32_t domid, libxl_device_usbctrl *d,
                                 const libxl_asyncop_how *ao_how)
{
    return usbctrl_take_away(ctx, domid, d, ao_how, true);
}

DEVICE_ADD(usbctrl)
DEVICE_LIST_APPEND(usbctrl)
DEVICE_LIST_FREE(usbctrl)
DEVICE_FIND(usbctrl)

libxl_device_usbctrl *libxl_device_usbctrl_list(libxl_ctx *ctx, uint32_t domid, int *num)
{
    libxl_device_usbctrl *list = NULL;
    API_ENTER(ctx, domid);

    *num = 0;
    list_append_usbctrl(sc, domid, "vusb", &list, num);
    list_append_usbctrl(sc, domid, "qusb", &list, num);
    API_LEAVE;
    return list;
}
