/* SPDX-License-Identifier: MIT */
#include "device/usb_emulated.h"

#include <json-c/json.h>

/* By version. Source: xl.cfg(5), usbctrl. */
static const struct {
    const char *driver;
    int ports;  /* by default */
    bool fixed; /* no other number is possible */
} models[] = {
    [1] = {"piix3-usb-uhci", 2, true},
    [2] = {"usb-ehci", 6, true},
    [3] = {"nec-usb-xhci", 8, false},
};
#define XHCI_PORTS_MAX 15

int usb_emulated_defaults(struct scope *sc, libxl_device_usbctrl *d)
{
    if (d->version < 1 || d->version > 3) {
        LOG_ERROR(sc, "an emulated USB controller has version 1, 2 or 3");
        return ERROR_INVAL;
    }
    if (!d->ports)
        d->ports = models[d->version].ports;
    if (models[d->version].fixed && d->ports != models[d->version].ports) {
        LOG_ERROR(sc, "Number of ports for USB controller of version %d is always %d", d->version,
                  models[d->version].ports);
        return ERROR_INVAL;
    }
    if (d->ports < 1 || d->ports > XHCI_PORTS_MAX) {
        LOG_ERROR(sc, "Number of ports for USB controller of version %d is limited to %d",
                  d->version, XHCI_PORTS_MAX);
        return ERROR_INVAL;
    }
    return 0;
}

static char *ctrl_id(struct scope *sc, int ctrl)
{
    return scope_printf(sc, "xenusb-%d", ctrl);
}

static char *dev_id(struct scope *sc, int ctrl, int port)
{
    return scope_printf(sc, "xenusb-%d-port-%d", ctrl, port);
}

static void unplug(struct dm_task *t, const char *id)
{
    struct json_object *args = json_object_new_object();

    qmp_put_string(args, "id", id);
    dm_task_add(t, "device_del", args);
}

void usb_ctrl_plug(struct dm_task *t, const libxl_device_usbctrl *d)
{
    struct json_object *args = json_object_new_object();

    qmp_put_string(args, "driver", models[d->version].driver);
    qmp_put_string(args, "id", ctrl_id(t->sc, d->devid));
    if (!models[d->version].fixed) {
        qmp_put_int(args, "p2", d->ports);
        qmp_put_int(args, "p3", d->ports);
    }
    dm_task_add(t, "device_add", args);
}

void usb_ctrl_unplug(struct dm_task *t, int ctrl)
{
    unplug(t, ctrl_id(t->sc, ctrl));
}

void usb_dev_plug(struct dm_task *t, const libxl_device_usbdev *d)
{
    struct json_object *args = json_object_new_object();

    qmp_put_string(args, "driver", "usb-host");
    qmp_put_string(args, "id", dev_id(t->sc, d->ctrl, d->port));
    qmp_put_string(args, "bus", scope_printf(t->sc, "%s.0", ctrl_id(t->sc, d->ctrl)));
    qmp_put_string(args, "port", scope_printf(t->sc, "%d", d->port));
    qmp_put_int(args, "hostbus", d->u.hostdev.hostbus);
    qmp_put_int(args, "hostaddr", d->u.hostdev.hostaddr);
    dm_task_add(t, "device_add", args);
}

void usb_dev_unplug(struct dm_task *t, int ctrl, int port)
{
    unplug(t, dev_id(t->sc, ctrl, port));
}

static bool is_emulated(const libxl_domain_config *c, int ctrl)
{
    for (int i = 0; i < c->num_usbctrls; i++)
        if (c->usbctrls[i].devid == ctrl)
            return c->usbctrls[i].type == LIBXL_USBCTRL_TYPE_DEVICEMODEL;
    return false;
}

/* The arguments of device_add are those of the option too. */
void usb_plug_all(struct dm_args *a)
{
    const libxl_domain_config *c = a->config;
    struct dm_task t = {.sc = a->sc};

    for (int i = 0; i < c->num_usbctrls; i++)
        if (is_emulated(c, c->usbctrls[i].devid))
            usb_ctrl_plug(&t, &c->usbctrls[i]);
    for (int i = 0; i < c->num_usbdevs; i++)
        if (is_emulated(c, c->usbdevs[i].ctrl))
            usb_dev_plug(&t, &c->usbdevs[i]);
    for (unsigned int i = 0; i < t.nr; i++)
        dm_arg2(a, "-device", "%s",
                json_object_to_json_string_ext(t.step[i].arguments, JSON_C_TO_STRING_PLAIN));
    dm_task_stop(&t);
}
