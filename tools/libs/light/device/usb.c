/* SPDX-License-Identifier: MIT */
#include "device/usb.h"

#include <dirent.h>
#include <stdio.h>

#include "core/domains.h"
#include "device/interface.h"
#include "device/usb_emulated.h"

#ifndef SYSFS_USB
#define SYSFS_USB "/sys/bus/usb/devices"
#endif

CONFIG_KIND_SAME(usbdev, usbdevs, usbdev_same);

static bool usbdev_same(const void *a, const void *b)
{
    const libxl_device_usbdev *x = a, *y = b;

    return x->ctrl == y->ctrl && x->port == y->port;
}

/* The host's devices. */

static int place_number(struct scope *sc, const char *place, const char *file)
{
    char *path = scope_printf(sc, SYSFS_USB "/%s/%s", place, file);
    FILE *f = fopen(path, "re");
    int n = -1;

    if (!f)
        return -1;
    if (fscanf(f, "%d", &n) != 1)
        n = -1;
    fclose(f);
    return n;
}

/* "1-2.3"; not "usb1" (a controller) and not "1-2:1.0" (an interface). */
static bool is_place(const char *name)
{
    return name[0] >= '0' && name[0] <= '9' && !strchr(name, ':');
}

char *usb_find_place(struct scope *sc, const libxl_device_usbdev *d)
{
    DIR *dir = opendir(SYSFS_USB);
    struct dirent *e;
    char *found = NULL;

    while (dir && !found && (e = readdir(dir)))
        if (is_place(e->d_name) && place_number(sc, e->d_name, "busnum") == d->u.hostdev.hostbus &&
            place_number(sc, e->d_name, "devnum") == d->u.hostdev.hostaddr)
            found = scope_strdup(sc, e->d_name);
    if (dir)
        closedir(dir);
    if (!found)
        LOG_ERROR(sc, "the host has no USB device %u on bus %u", d->u.hostdev.hostaddr,
                  d->u.hostdev.hostbus);
    return found;
}

/* Ports. */

char *usb_port_key(struct scope *sc, int port)
{
    return scope_printf(sc, "port/%d", port);
}

static char *port_of(struct scope *sc, uint32_t domid, int ctrl, int port)
{
    char *place = device_recorded(sc, domid, USB_KIND, ctrl, usb_port_key(sc, port));

    return place && *place ? place : NULL;
}

bool usb_port_busy(struct scope *sc, uint32_t domid, int ctrl, int port)
{
    return port_of(sc, domid, ctrl, port);
}

/* 0: there is no such controller. */
int usbctrl_ports(struct scope *sc, uint32_t domid, int ctrl)
{
    char *s = device_recorded(sc, domid, USB_KIND, ctrl, "num-ports");
    int nr = s ? atoi(s) : 0;

    return nr < 0 ? 0 : nr > USB_PORTS_MAX ? USB_PORTS_MAX : nr;
}

static bool domain_uses(struct scope *sc, uint32_t domid, const char *place)
{
    int *ctrls;
    unsigned int nr = device_ids(sc, domid, USB_KIND, &ctrls);

    for (unsigned int i = 0; i < nr; i++) {
        int ports = usbctrl_ports(sc, domid, ctrls[i]);

        for (int port = 1; port <= ports; port++) {
            char *other = port_of(sc, domid, ctrls[i], port);

            if (other && !strcmp(other, place))
                return true;
        }
    }
    return false;
}

static int check_free(struct scope *sc, const char *place)
{
    unsigned int nr;
    char **domains = store_list(sc, XBT_NULL, "/libxl", &nr);

    for (unsigned int i = 0; i < nr; i++) {
        if (!domain_uses(sc, (uint32_t)atoi(domains[i]), place))
            continue;
        LOG_ERROR(sc, "USB device %s belongs to domain %s", place, domains[i]);
        return ERROR_INVAL;
    }
    return 0;
}

/* Their driver would have to be given the host's device first. */
#define KERNEL_HAS_NONE "controllers of the kernel's driver (pv) can have no devices"

/* New domains. */

static bool config_has(const libxl_domain_config *c, int ctrl, int port)
{
    for (int i = 0; i < c->num_usbdevs; i++)
        if (c->usbdevs[i].ctrl == ctrl && c->usbdevs[i].port == port)
            return true;
    return false;
}

/* A free port of @ctrl, or 0. */
static int config_free_port(const libxl_domain_config *c, const libxl_device_usbctrl *ctrl)
{
    for (int port = 1; port <= ctrl->ports; port++)
        if (!config_has(c, ctrl->devid, port))
            return port;
    return 0;
}

static libxl_device_usbctrl *add_controller(libxl_domain_config *c)
{
    libxl_device_usbctrl *d;

    c->usbctrls = xrealloc(c->usbctrls, (size_t)(c->num_usbctrls + 1) * sizeof(*c->usbctrls));
    d = &c->usbctrls[c->num_usbctrls];
    libxl_device_usbctrl_init(d);
    d->devid = c->num_usbctrls++;
    return d;
}

static int wrong(struct scope *sc, const libxl_device_usbdev *d, const char *why)
{
    LOG_ERROR(sc, "USB device %u of bus %u, controller %d, port %d: %s", d->u.hostdev.hostaddr,
              d->u.hostdev.hostbus, d->ctrl, d->port, why);
    return ERROR_INVAL;
}

/* For one whose controller is not said. */
static int choose_controller(struct scope *sc, libxl_domain_config *c, libxl_device_usbdev *d)
{
    libxl_device_usbctrl *ctrl;
    int rc;

    if (d->port)
        return wrong(sc, d, "a port needs a controller");
    for (int i = 0; i < c->num_usbctrls && !d->port; i++) {
        d->port = config_free_port(c, &c->usbctrls[i]);
        d->ctrl = d->port ? c->usbctrls[i].devid : -1;
    }
    if (d->port)
        return 0;
    ctrl = add_controller(c);
    rc = usbctrl_defaults(sc, 0, c->c_info.type, ctrl);
    d->ctrl = ctrl->devid;
    d->port = 1;
    return rc;
}

static int check_controller(struct scope *sc, libxl_domain_config *c, libxl_device_usbdev *d)
{
    const libxl_device_usbctrl *ctrl = d->ctrl < c->num_usbctrls ? &c->usbctrls[d->ctrl] : NULL;
    int port = d->port;

    if (!ctrl)
        return wrong(sc, d, "there is no such controller");
    d->port = 0;
    if (port > ctrl->ports || (port && config_has(c, d->ctrl, port)))
        return wrong(sc, d, "the port is not there, or not free");
    d->port = port ? port : config_free_port(c, ctrl);
    return d->port ? 0 : wrong(sc, d, "no port is free");
}

int usbdevs_defaults(struct scope *sc, libxl_domain_config *c)
{
    int rc = 0;

    for (int i = 0; i < c->num_usbdevs && !rc; i++) {
        libxl_device_usbdev *d = &c->usbdevs[i];
        char *place = usb_find_place(sc, d);

        rc = place ? check_free(sc, place) : ERROR_INVAL;
        for (int j = 0; j < i && !rc; j++)
            if (c->usbdevs[j].u.hostdev.hostbus == d->u.hostdev.hostbus &&
                c->usbdevs[j].u.hostdev.hostaddr == d->u.hostdev.hostaddr)
                rc = wrong(sc, d, "it is there twice");
        if (!rc)
            rc = d->ctrl < 0 ? choose_controller(sc, c, d) : check_controller(sc, c, d);
        if (!rc && c->usbctrls[d->ctrl].type == LIBXL_USBCTRL_TYPE_PV)
            rc = wrong(sc, d, KERNEL_HAS_NONE);
    }
    return rc;
}

/* Of domains that run. */

struct port_change {
    uint32_t domid;
    const libxl_device_usbdev *dev;
    const char *place; /* "": taken away */
};

static int write_port(struct scope *sc, xs_transaction_t t, void *arg)
{
    const struct port_change *c = arg;
    struct device d = {c->domid, TOOLSTACK_DOMID, USB_KIND, c->dev->ctrl, "qusb"};
    char *record = scope_printf(sc, "%s/port/%d", device_libxl_path(sc, &d), c->dev->port),
         *now = store_read(sc, t, record);
    int rc;

    if (!now || (*c->place && *now)) {
        LOG_ERROR(sc, "port %d of controller %d is not there, or not free", c->dev->port,
                  c->dev->ctrl);
        return ERROR_INVAL;
    }
    rc = store_write(sc, t, record, c->place);
    if (rc || device_recorded_backend(sc, c->domid, USB_KIND, c->dev->ctrl, &d.backend_domid))
        return rc;
    return store_write(
        sc, t, scope_printf(sc, "%s/port/%d", device_back_path(sc, &d), c->dev->port), c->place);
}

/* In the store, and in the stored configuration. */
static int port_set(struct scope *sc, uint32_t domid, const libxl_device_usbdev *d,
                    const char *place)
{
    struct port_change c = {domid, d, place};
    int rc = store_transact(sc, write_port, &c);

    if (rc)
        return rc;
    return *place ? config_add(sc, domid, &usbdev_kind, d)
                  : config_remove(sc, domid, &usbdev_kind, d);
}

int usbctrl_empty(struct scope *sc, uint32_t domid, int ctrl)
{
    libxl_device_usbdev d = {.ctrl = ctrl, .type = LIBXL_USBDEV_TYPE_HOSTDEV};
    int nr = usbctrl_ports(sc, domid, ctrl), rc = 0;

    for (d.port = 1; d.port <= nr && !rc; d.port++)
        if (port_of(sc, domid, ctrl, d.port))
            rc = port_set(sc, domid, &d, "");
    return rc;
}

struct usb_change {
    struct ao *ao;
    uint32_t domid;
    libxl_device_usbdev dev;
    const char *place; /* "": taken away */
    /* A new controller, if one is needed. */
    libxl_device_usbctrl ctrl;
    struct device_op op;
    /* At an emulated controller. */
    struct dm_task task;
};

static void change_end(struct usb_change *c, int rc)
{
    if (!rc)
        rc = port_set(&c->ao->sc, c->domid, &c->dev, c->place);
    libxl_device_usbctrl_dispose(&c->ctrl);
    ao_complete(c->ao, rc);
}

static int free_port(struct scope *sc, uint32_t domid, int ctrl)
{
    int nr = usbctrl_ports(sc, domid, ctrl);

    for (int port = 1; port <= nr; port++)
        if (!port_of(sc, domid, ctrl, port))
            return port;
    return 0;
}

/* 0, or what is wrong; the port stays 0 if there is none free. */
static int choose_port(struct scope *sc, uint32_t domid, libxl_device_usbdev *d)
{
    int *ctrls;
    unsigned int nr;

    if (d->ctrl >= 0) {
        if (usbctrl_type(sc, domid, d->ctrl) == LIBXL_USBCTRL_TYPE_PV)
            return wrong(sc, d, KERNEL_HAS_NONE);
        d->port = d->port ? d->port : free_port(sc, domid, d->ctrl);
        return d->port ? 0 : wrong(sc, d, "there is no such controller, or no port of it is free");
    }
    if (d->port)
        return wrong(sc, d, "a port needs a controller");
    nr = device_ids(sc, domid, USB_KIND, &ctrls);
    for (unsigned int i = 0; i < nr && !d->port; i++) {
        if (usbctrl_type(sc, domid, ctrls[i]) == LIBXL_USBCTRL_TYPE_PV)
            continue;
        d->ctrl = ctrls[i];
        d->port = free_port(sc, domid, ctrls[i]);
    }
    return 0;
}

/* All are busy: one more. */
static int controller_begin(struct usb_change *c)
{
    struct scope *sc = &c->ao->sc;
    libxl_domain_type type = domain_type(sc, c->domid);
    int rc;

    libxl_device_usbctrl_init(&c->ctrl);
    c->ctrl.type =
        type == LIBXL_DOMAIN_TYPE_HVM ? LIBXL_USBCTRL_TYPE_DEVICEMODEL : LIBXL_USBCTRL_TYPE_QUSB;
    rc = usbctrl_defaults(sc, c->domid, type, &c->ctrl);
    if (!rc)
        rc = dm_check(sc, c->domid, TOOLSTACK_DOMID);
    if (!rc)
        rc = usbctrl_describe_with(sc, c->domid, NULL, &c->ctrl, &c->op);
    c->dev.ctrl = c->ctrl.devid;
    c->dev.port = 1;
    return rc;
}

/* The device itself, which an emulated controller's device model has to be told of. */

static void device_told(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    (void)ctx;
    change_end(CONTAINER_OF(t, struct usb_change, task), rc);
}

static void device_begin(struct usb_change *c)
{
    if (usbctrl_type(&c->ao->sc, c->domid, c->dev.ctrl) != LIBXL_USBCTRL_TYPE_DEVICEMODEL) {
        change_end(c, 0);
        return;
    }
    c->task = (struct dm_task){.sc = &c->ao->sc, .domid = c->domid, .done = device_told};
    if (*c->place)
        usb_dev_plug(&c->task, &c->dev);
    else
        usb_dev_unplug(&c->task, c->dev.ctrl, c->dev.port);
    dm_task_run(&c->task);
}

static void controller_added(libxl_ctx *ctx, struct device_op *op, int rc)
{
    struct usb_change *c = CONTAINER_OF(op, struct usb_change, op);

    (void)ctx;
    if (!device_op_settled(op, &rc))
        return;
    if (!rc)
        rc = usbctrl_config_add(op->sc, c->domid, &c->ctrl);
    if (rc)
        change_end(c, rc);
    else
        device_begin(c);
}

static void controller_told(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct usb_change *c = CONTAINER_OF(t, struct usb_change, task);

    (void)ctx;
    c->op.done = controller_added;
    if (rc)
        change_end(c, rc);
    else
        device_add(&c->op);
}

static struct usb_change *change_new(libxl_ctx *ctx, uint32_t domid, const libxl_device_usbdev *d,
                                     const libxl_asyncop_how *how)
{
    struct ao *ao = ao_begin(ctx, domid, how);
    struct usb_change *c = scope_alloc(&ao->sc, sizeof(*c));

    /* There is nothing in a device to be freed. */
    *c = (struct usb_change){.ao = ao,
                             .domid = domid,
                             .dev = *d,
                             .place = "",
                             .task = {.sc = &ao->sc, .domid = domid, .done = controller_told}};
    return c;
}

/* Who has the port already is not to have it from the device model either. */
static int check_port(struct scope *sc, uint32_t domid, const libxl_device_usbdev *d)
{
    if (d->port <= usbctrl_ports(sc, domid, d->ctrl) && !port_of(sc, domid, d->ctrl, d->port))
        return 0;
    return wrong(sc, d, "the port is not there, or not free");
}

int libxl_device_usbdev_add(libxl_ctx *ctx, uint32_t domid, libxl_device_usbdev *d,
                            const libxl_asyncop_how *ao_how)
{
    struct usb_change *c = change_new(ctx, domid, d, ao_how);
    struct scope *sc = &c->ao->sc;
    int rc;

    c->place = usb_find_place(sc, d);
    rc = c->place ? check_free(sc, c->place) : ERROR_INVAL;
    if (!rc)
        rc = choose_port(sc, domid, &c->dev);
    if (!rc)
        rc = c->dev.port ? check_port(sc, domid, &c->dev) : controller_begin(c);
    if (rc)
        return ao_finish(c->ao, rc);
    d->ctrl = c->dev.ctrl;
    d->port = c->dev.port;
    if (c->op.emulated)
        usb_ctrl_plug(&c->task, &c->ctrl);
    if (c->op.sc)
        dm_task_run(&c->task);
    else
        device_begin(c);
    return ao_run(c->ao);
}

int libxl_device_usbdev_remove(libxl_ctx *ctx, uint32_t domid, libxl_device_usbdev *d,
                               const libxl_asyncop_how *ao_how)
{
    struct usb_change *c = change_new(ctx, domid, d, ao_how);

    if (!port_of(&c->ao->sc, domid, d->ctrl, d->port))
        return ao_finish(c->ao, wrong(&c->ao->sc, d, "there is no device"));
    device_begin(c);
    return ao_run(c->ao);
}

/* The device may have left the host: then it has no numbers. */
static bool usbdev_read(struct scope *sc, uint32_t domid, int ctrl, int port,
                        libxl_device_usbdev *d)
{
    char *place = port_of(sc, domid, ctrl, port);
    int bus, addr;

    if (!place)
        return false;
    bus = place_number(sc, place, "busnum");
    addr = place_number(sc, place, "devnum");
    libxl_device_usbdev_init(d);
    libxl_device_usbdev_init_type(d, LIBXL_USBDEV_TYPE_HOSTDEV);
    d->ctrl = ctrl;
    d->port = port;
    d->u.hostdev.hostbus = bus < 0 ? 0 : (uint8_t)bus;
    d->u.hostdev.hostaddr = addr < 0 ? 0 : (uint8_t)addr;
    return true;
}

libxl_device_usbdev *libxl_device_usbdev_list(libxl_ctx *ctx, uint32_t domid, int *num)
{
    libxl_device_usbdev *list = NULL;
    unsigned int nr;
    int *ctrls;
    API_ENTER(ctx, domid);

    *num = 0;
    nr = device_ids(sc, domid, USB_KIND, &ctrls);
    if (nr)
        list = xmalloc0(nr * USB_PORTS_MAX * sizeof(*list));
    for (unsigned int i = 0; i < nr; i++)
        for (int port = 1; port <= USB_PORTS_MAX; port++)
            *num += usbdev_read(sc, domid, ctrls[i], port, &list[*num]);
    API_LEAVE;
    return list;
}

DEVICE_LIST_FREE(usbdev)

int libxl_ctrlport_to_device_usbdev(libxl_ctx *ctx, uint32_t domid, int ctrl, int port,
                                    libxl_device_usbdev *d)
{
    bool found;
    API_ENTER(ctx, domid);

    found = usbdev_read(sc, domid, ctrl, port, d);
    API_LEAVE;
    return found ? 0 : ERROR_FAIL;
}
