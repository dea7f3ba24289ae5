/* SPDX-License-Identifier: MIT */
/*
 * USB controllers: of a driver in the kernel (backend "vusb"), of the device model ("qusb"), or
 * emulated by it.
 */
#include <stdio.h>
#include <unistd.h>

#include "core/domains.h"
#include "device/interface.h"
#include "device/usb_emulated.h"

#define USB_DRIVER_PATH "/sys/bus/xen-backend/drivers/vusb"

static struct device ctrl_device(uint32_t domid, const libxl_device_usbctrl *d)
{
    const char *back = d->type == LIBXL_USBCTRL_TYPE_PV ? USB_KIND : "qusb";

    return (struct device){domid, d->backend_domid, USB_KIND, d->devid, back};
}

static libxl_usbctrl_type choose_type(libxl_domain_type type)
{
    if (type == LIBXL_DOMAIN_TYPE_HVM)
        return LIBXL_USBCTRL_TYPE_DEVICEMODEL;
    return access(USB_DRIVER_PATH, F_OK) ? LIBXL_USBCTRL_TYPE_QUSB : LIBXL_USBCTRL_TYPE_PV;
}

static int pv_defaults(struct scope *sc, libxl_device_usbctrl *d)
{
    if (!d->ports)
        d->ports = 8;
    if (d->version >= 1 && d->version <= 2 && d->ports >= 1 && d->ports <= USB_PORTS_MAX)
        return 0;
    LOG_ERROR(sc, "a PV USB controller has version 1 or 2, and 1 to %d ports", USB_PORTS_MAX);
    return ERROR_INVAL;
}

static int emulated_defaults(struct scope *sc, libxl_domain_type type, libxl_device_usbctrl *d)
{
    if (type == LIBXL_DOMAIN_TYPE_HVM && !d->backend_domid && !d->backend_domname)
        return usb_emulated_defaults(sc, d);
    LOG_ERROR(sc, "only HVM guests have emulated USB controllers, of a device model in domain 0");
    return ERROR_INVAL;
}

int usbctrl_defaults(struct scope *sc, uint32_t domid, libxl_domain_type type,
                     libxl_device_usbctrl *d)
{
    int rc;

    if (d->type == LIBXL_USBCTRL_TYPE_AUTO)
        d->type = choose_type(type);
    if (!d->version)
        d->version = 2;
    rc = d->type == LIBXL_USBCTRL_TYPE_DEVICEMODEL ? emulated_defaults(sc, type, d)
                                                   : pv_defaults(sc, d);
    return rc ? rc
              : device_place(sc, domid, USB_KIND, d->backend_domname, &d->devid, &d->backend_domid);
}

static void describe_controller(struct scope *sc, uint32_t domid, const libxl_device_usbctrl *d,
                                struct device_op *op)
{
    struct device dev = ctrl_device(domid, d);

    op->emulated = d->type == LIBXL_USBCTRL_TYPE_DEVICEMODEL;
    if (op->emulated)
        op->dev = dev;
    else
        device_op_describe(sc, &dev, op);
    op->sc = sc;
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

libxl_usbctrl_type usbctrl_type(struct scope *sc, uint32_t domid, int ctrl)
{
    char *s = device_recorded(sc, domid, USB_KIND, ctrl, "type");
    libxl_usbctrl_type type;

    return s && !libxl_usbctrl_type_from_string(s, &type) ? type : LIBXL_USBCTRL_TYPE_AUTO;
}

static int usbctrl_read(struct scope *sc, uint32_t domid, int devid, libxl_device_usbctrl *d)
{
    char *version = device_recorded(sc, domid, USB_KIND, devid, "usb-ver");

    d->devid = devid;
    d->type = usbctrl_type(sc, domid, devid);
    d->version = version ? atoi(version) : 0;
    d->ports = usbctrl_ports(sc, domid, devid);
    if (d->type == LIBXL_USBCTRL_TYPE_AUTO)
        return ERROR_FAIL;
    if (d->type == LIBXL_USBCTRL_TYPE_DEVICEMODEL)
        return 0;
    return device_recorded_backend(sc, domid, USB_KIND, devid, &d->backend_domid);
}

int libxl_device_usbctrl_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_usbctrl *d,
                                 libxl_usbctrlinfo *info)
{
    struct device dev = ctrl_device(domid, d);
    API_ENTER(ctx, domid);

    libxl_usbctrlinfo_init(info);
    DEVICE_INFO(info, &dev);
    if (d->type == LIBXL_USBCTRL_TYPE_DEVICEMODEL)
        info->state = 0; /* it has no ends to be in one */
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

/* Coming and going. */

struct ctrl_change {
    struct ao *ao;
    struct device_op op;
    libxl_device_usbctrl ctrl;
    struct dm_task task; /* of an emulated one, first */
    bool force;
};

static void plugged(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct ctrl_change *c = CONTAINER_OF(t, struct ctrl_change, task);

    if (!rc)
        config_follow_add(ctx, &c->op, &usbctrl_kind, &c->ctrl);
    libxl_device_usbctrl_dispose(&c->ctrl);
    if (rc)
        ao_complete(c->ao, rc);
    else
        device_op_begin(c->ao, &c->op, true);
}

static struct ctrl_change *change_new(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how,
                                      void (*done)(libxl_ctx *, struct dm_task *, int))
{
    struct ao *ao = ao_begin(ctx, domid, how);
    struct ctrl_change *c = scope_alloc(&ao->sc, sizeof(*c));

    c->ao = ao;
    c->op.sc = &ao->sc;
    c->task = (struct dm_task){.sc = &ao->sc, .domid = domid, .done = done};
    return c;
}

/* One that is not emulated has nothing to be told to the device model. */
int libxl_device_usbctrl_add(libxl_ctx *ctx, uint32_t domid, libxl_device_usbctrl *d,
                             const libxl_asyncop_how *ao_how)
{
    struct ctrl_change *c = change_new(ctx, domid, ao_how, plugged);
    struct scope *sc = &c->ao->sc;
    int rc = usbctrl_defaults(sc, domid, domain_type(sc, domid), d);

    if (!rc)
        rc = usbctrl_describe_with(sc, domid, NULL, d, &c->op);
    if (rc)
        return ao_finish(c->ao, rc);
    libxl_device_usbctrl_copy(ctx, &c->ctrl, d);
    if (c->op.emulated)
        usb_ctrl_plug(&c->task, d);
    dm_task_run(&c->task);
    return ao_run(c->ao);
}

/* Its devices go first: a configuration that has them needs their controller. */
static void unplugged(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct ctrl_change *c = CONTAINER_OF(t, struct ctrl_change, task);

    if (c->force)
        rc = 0;
    if (!rc)
        rc = usbctrl_empty(t->sc, t->domid, c->ctrl.devid);
    if (!rc)
        config_follow_remove(ctx, &c->op, &usbctrl_kind, &c->ctrl);
    libxl_device_usbctrl_dispose(&c->ctrl);
    if (rc)
        ao_complete(c->ao, rc);
    else
        device_op_begin(c->ao, &c->op, false);
}

static void unplug_ports(struct ctrl_change *c, int ctrl)
{
    int nr = usbctrl_ports(c->task.sc, c->task.domid, ctrl);

    for (int port = 1; port <= nr; port++)
        if (usb_port_busy(c->task.sc, c->task.domid, ctrl, port))
            usb_dev_unplug(&c->task, ctrl, port);
    usb_ctrl_unplug(&c->task, ctrl);
}

static int usbctrl_take_away(libxl_ctx *ctx, uint32_t domid, const libxl_device_usbctrl *d,
                             const libxl_asyncop_how *how, bool force)
{
    struct ctrl_change *c = change_new(ctx, domid, how, unplugged);

    c->op.emulated = d->type == LIBXL_USBCTRL_TYPE_DEVICEMODEL;
    c->op.dev = ctrl_device(domid, d);
    c->op.force = c->force = force;
    libxl_device_usbctrl_copy(ctx, &c->ctrl, d);
    if (c->op.emulated)
        unplug_ports(c, d->devid);
    dm_task_run(&c->task);
    return ao_run(c->ao);
}

DEVICE_REMOVE_BY(usbctrl)

DEVICE_LIST(usbctrl, USB_KIND)
DEVICE_LIST_FREE(usbctrl)
DEVICE_FIND(usbctrl)
