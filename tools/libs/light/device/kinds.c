/* SPDX-License-Identifier: MIT */
/*
 * The kinds of PV devices that need little more than nodes: TPMs, shared directories (9pfs), calls,
 * displays, channels. The nodes are those of the headers in xen/io and of
 * xen-pv-channel(7).
 */
#include <stdio.h>
#include <unistd.h>

#include "device/interface.h"
#include "device/usb.h"

#define CONSOLE_LIMIT "1048576"

/* Virtual TPMs. */

static int vtpm_defaults(struct scope *sc, uint32_t domid, libxl_device_vtpm *d)
{
    if (libxl_uuid_is_nil(&d->uuid))
        libxl_uuid_generate(&d->uuid);
    return device_place(sc, domid, "vtpm", d->backend_domname, &d->devid, &d->backend_domid);
}

static int vtpm_describe(struct scope *sc, uint32_t domid, const libxl_device_vtpm *d,
                         struct device_op *op)
{
    device_op_describe(sc, &(struct device){domid, d->backend_domid, "vtpm", d->devid, NULL}, op);
    nodes_addf(sc, &op->back, "handle", "%d", d->devid);
    nodes_addf(sc, &op->back, "uuid", LIBXL_UUID_FMT, LIBXL_UUID_BYTES(d->uuid));
    nodes_add(&op->back, "resume", "False");
    nodes_addf(sc, &op->front, "handle", "%d", d->devid);
    return 0;
}

static int vtpm_read(struct scope *sc, uint32_t domid, int devid, libxl_device_vtpm *d)
{
    char *uuid = device_recorded(sc, domid, "vtpm", devid, "uuid");

    d->devid = devid;
    if (uuid && libxl_uuid_from_string(&d->uuid, uuid))
        return ERROR_FAIL;
    return device_recorded_backend(sc, domid, "vtpm", devid, &d->backend_domid);
}

int libxl_device_vtpm_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_vtpm *vtpm,
                              libxl_vtpminfo *info)
{
    struct device dev = {domid, vtpm->backend_domid, "vtpm", vtpm->devid, NULL};
    API_ENTER(ctx, domid);

    libxl_vtpminfo_init(info);
    DEVICE_INFO(info, &dev);
    info->evtch = device_front_number(sc, &dev, "event-channel");
    info->rref = device_front_number(sc, &dev, "ring-ref");
    libxl_uuid_copy(ctx, &info->uuid, &vtpm->uuid);
    API_LEAVE;
    return 0;
}

int libxl_uuid_to_device_vtpm(libxl_ctx *ctx, uint32_t domid, libxl_uuid *uuid,
                              libxl_device_vtpm *vtpm)
{
    int nr, rc = ERROR_INVAL;
    libxl_device_vtpm *list = libxl_device_vtpm_list(ctx, domid, &nr);

    libxl_device_vtpm_init(vtpm);
    for (int i = 0; i < nr && rc; i++) {
        if (libxl_uuid_compare(uuid, &list[i].uuid))
            continue;
        libxl_device_vtpm_copy(ctx, vtpm, &list[i]);
        rc = 0;
    }
    libxl_device_vtpm_list_free(list, nr);
    return rc;
}

/* Directories of the host, served by the device model. */

static int p9_defaults(struct scope *sc, uint32_t domid, libxl_device_p9 *d)
{
    return device_place(sc, domid, "9pfs", d->backend_domname, &d->devid, &d->backend_domid);
}

static int p9_describe(struct scope *sc, uint32_t domid, const libxl_device_p9 *d,
                       struct device_op *op)
{
    device_op_describe(sc, &(struct device){domid, d->backend_domid, "9pfs", d->devid, NULL}, op);
    nodes_add(&op->back, "path", d->path);
    nodes_add(&op->back, "security_model", d->security_model);
    nodes_add(&op->front, "tag", d->tag);
    op->unwaited = d->backend_domid == TOOLSTACK_DOMID;
    return 0;
}

/* Calls. */

static int pvcallsif_defaults(struct scope *sc, uint32_t domid, libxl_device_pvcallsif *d)
{
    return device_place(sc, domid, "pvcalls", d->backend_domname, &d->devid, &d->backend_domid);
}

static int pvcallsif_describe(struct scope *sc, uint32_t domid, const libxl_device_pvcallsif *d,
                              struct device_op *op)
{
    device_op_describe(sc, &(struct device){domid, d->backend_domid, "pvcalls", d->devid, NULL},
                       op);
    op->unwaited = true; /* its backend comes when it comes */
    return 0;
}

/* Displays (xen/io/displif.h). */

#define CONNECTORS_MAX 12 /* each takes two nodes */

static int vdispl_defaults(struct scope *sc, uint32_t domid, libxl_device_vdispl *d)
{
    if (d->num_connectors > CONNECTORS_MAX) {
        LOG_ERROR(sc, "a display has at most %d connectors", CONNECTORS_MAX);
        return ERROR_INVAL;
    }
    return device_place(sc, domid, "vdispl", d->backend_domname, &d->devid, &d->backend_domid);
}

static int vdispl_describe(struct scope *sc, uint32_t domid, const libxl_device_vdispl *d,
                           struct device_op *op)
{
    device_op_describe(sc, &(struct device){domid, d->backend_domid, "vdispl", d->devid, NULL}, op);
    nodes_add(&op->front, "be-alloc", d->be_alloc ? "1" : "0");
    for (int i = 0; i < d->num_connectors; i++) {
        const libxl_connector_param *c = &d->connectors[i];

        nodes_addf(sc, &op->front, scope_printf(sc, "%d/resolution", i), "%ux%u", c->width,
                   c->height);
        nodes_add(&op->front, scope_printf(sc, "%d/unique-id", i), c->unique_id);
    }
    return 0;
}

static unsigned int connector_count(struct scope *sc, const char *front)
{
    unsigned int n = 0;

    while (n < CONNECTORS_MAX && store_readf(sc, XBT_NULL, "%s/%u/resolution", front, n))
        n++;
    return n;
}

static void connectors_read(struct scope *sc, const char *front, libxl_device_vdispl *d)
{
    unsigned int nr = connector_count(sc, front);

    d->connectors = nr ? xmalloc0(nr * sizeof(*d->connectors)) : NULL;
    for (d->num_connectors = 0; d->num_connectors < (int)nr; d->num_connectors++) {
        libxl_connector_param *c = &d->connectors[d->num_connectors];
        char *id = store_readf(sc, XBT_NULL, "%s/%d/unique-id", front, d->num_connectors);
        char *size = store_readf(sc, XBT_NULL, "%s/%d/resolution", front, d->num_connectors);

        libxl_connector_param_init(c);
        c->unique_id = id ? xstrdup(id) : NULL;
        if (!size || sscanf(size, "%ux%u", &c->width, &c->height) != 2)
            c->width = c->height = 0;
    }
}

static int vdispl_read(struct scope *sc, uint32_t domid, int devid, libxl_device_vdispl *d)
{
    struct device dev = {domid, TOOLSTACK_DOMID, "vdispl", devid, NULL};
    char *front = device_front_path(sc, &dev);

    d->devid = devid;
    d->be_alloc = store_read_long(sc, scope_printf(sc, "%s/be-alloc", front)) > 0;
    connectors_read(sc, front, d);
    return device_recorded_backend(sc, domid, "vdispl", devid, &d->backend_domid);
}

static void connector_info(struct scope *sc, const char *front, unsigned int nr,
                           const libxl_connector_param *c, libxl_connectorinfo *info)
{
    libxl_connectorinfo_init(info);
    info->unique_id = c->unique_id ? xstrdup(c->unique_id) : NULL;
    info->width = c->width;
    info->height = c->height;
    info->req_evtch =
        (int)store_read_long(sc, scope_printf(sc, "%s/%u/req-event-channel", front, nr));
    info->req_rref = (int)store_read_long(sc, scope_printf(sc, "%s/%u/req-ring-ref", front, nr));
    info->evt_evtch =
        (int)store_read_long(sc, scope_printf(sc, "%s/%u/evt-event-channel", front, nr));
    info->evt_rref = (int)store_read_long(sc, scope_printf(sc, "%s/%u/evt-ring-ref", front, nr));
}

int libxl_device_vdispl_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_vdispl *d,
                                libxl_vdisplinfo *info)
{
    struct device dev = {domid, d->backend_domid, "vdispl", d->devid, NULL};
    libxl_device_vdispl now;
    API_ENTER(ctx, domid);

    libxl_vdisplinfo_init(info);
    DEVICE_INFO(info, &dev);
    libxl_device_vdispl_init(&now);
    connectors_read(sc, info->frontend, &now);
    info->be_alloc = d->be_alloc;
    info->num_connectors = now.num_connectors;
    info->connectors = now.num_connectors
                           ? xmalloc0((size_t)now.num_connectors * sizeof(*info->connectors))
                           : NULL;
    for (int i = 0; i < now.num_connectors; i++)
        connector_info(sc, info->frontend, (unsigned int)i, &now.connectors[i],
                       &info->connectors[i]);
    libxl_device_vdispl_dispose(&now);
    API_LEAVE;
    return 0;
}

/* Channels: consoles with a name, served by the device model. Number 0 is the first console. */

static int channel_defaults(struct scope *sc, uint32_t domid, libxl_device_channel *d)
{
    if (d->connection == LIBXL_CHANNEL_CONNECTION_UNKNOWN || !d->name) {
        LOG_ERROR(sc, "a channel has a name and a connection");
        return ERROR_INVAL;
    }
    return device_place(sc, domid, "console", d->backend_domname, &d->devid, &d->backend_domid);
}

static int channel_describe(struct scope *sc, uint32_t domid, const libxl_device_channel *d,
                            struct device_op *op)
{
    struct nodes *f = &op->front;
    const char *path = d->connection == LIBXL_CHANNEL_CONNECTION_SOCKET ? d->u.socket.path : NULL;

    device_op_describe(sc, &(struct device){domid, d->backend_domid, "console", d->devid, NULL},
                       op);
    nodes_add(&op->back, "protocol", "vt100");
    nodes_add(&op->back, "name", d->name);
    nodes_add(&op->back, "connection", libxl_channel_connection_to_string(d->connection));
    nodes_add(&op->back, "path", path);
    nodes_add(f, "name", d->name);
    nodes_fix(f);
    nodes_add(f, "limit", CONSOLE_LIMIT);
    nodes_fix(f);
    nodes_add(f, "type", "ioemu");
    nodes_fix(f);
    nodes_addf(sc, f, "output", "chardev:" CHANNEL_CHARDEV "%d", d->devid);
    nodes_fix(f);
    nodes_add(f, "tty", "");
    nodes_fix(f);
    op->unwaited = true;
    return 0;
}

static int channel_read(struct scope *sc, uint32_t domid, int devid, libxl_device_channel *d)
{
    char *name = device_recorded(sc, domid, "console", devid, "name");
    char *kind = device_recorded(sc, domid, "console", devid, "connection");
    char *path = device_recorded(sc, domid, "console", devid, "path");
    libxl_channel_connection connection;

    if (!name || !kind || libxl_channel_connection_from_string(kind, &connection))
        return ERROR_FAIL;
    libxl_device_channel_init_connection(d, connection);
    d->devid = devid;
    d->name = xstrdup(name);
    if (connection == LIBXL_CHANNEL_CONNECTION_SOCKET)
        d->u.socket.path = path ? xstrdup(path) : NULL;
    return device_recorded_backend(sc, domid, "console", devid, &d->backend_domid);
}

int libxl_device_channel_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_channel *d,
                                 libxl_channelinfo *info)
{
    struct device dev = {domid, d->backend_domid, "console", d->devid, NULL};
    char *tty;
    API_ENTER(ctx, domid);

    libxl_channelinfo_init(info);
    DEVICE_INFO(info, &dev);
    info->evtch = device_front_number(sc, &dev, "port");
    info->rref = device_front_number(sc, &dev, "ring-ref");
    libxl_channelinfo_init_connection(info, d->connection);
    if (d->connection == LIBXL_CHANNEL_CONNECTION_PTY) {
        tty = store_readf(sc, XBT_NULL, "%s/tty", info->frontend);
        info->u.pty.path = tty ? xstrdup(tty) : NULL;
    }
    API_LEAVE;
    return 0;
}

/* The interface, where it is the same for all. */

CONFIG_KIND(vtpm, vtpms);
CONFIG_KIND(p9, p9s);
CONFIG_KIND(pvcallsif, pvcallsifs);
CONFIG_KIND(vdispl, vdispls);

DEVICE_INTERFACE(vtpm, "vtpm")
DEVICE_INTERFACE(vdispl, "vdispl")

DEVICE_REMOVE(p9, "9pfs")
DEVICE_REMOVE(pvcallsif, "pvcalls")

DEVICE_LIST(channel, "console")

/* All of a new domain. */

unsigned int kinds_count(const libxl_domain_config *c)
{
    return (unsigned int)(c->num_vtpms + c->num_p9s + c->num_pvcallsifs + c->num_vdispls +
                          c->num_vsnds + c->num_usbctrls + c->num_channels);
}

/* The numbers are those of the places in the configuration; channels come after the console. */
int kinds_defaults(struct scope *sc, libxl_domain_config *c)
{
    int rc = 0;

#define NUMBERED(array, type, first)                                                               \
    for (int i = 0; i < c->num_##array && !rc; i++) {                                              \
        c->array[i].devid = i + (first);                                                           \
        rc = type##_defaults(sc, 0, &c->array[i]);                                                 \
    }
    NUMBERED(vtpms, vtpm, 0)
    NUMBERED(p9s, p9, 0)
    NUMBERED(pvcallsifs, pvcallsif, 0)
    NUMBERED(vdispls, vdispl, 0)
    NUMBERED(vsnds, vsnd, 0)
    NUMBERED(channels, channel, 1)
#undef NUMBERED
    for (int i = 0; i < c->num_usbctrls && !rc; i++) {
        c->usbctrls[i].devid = i;
        rc = usbctrl_defaults(sc, 0, c->c_info.type, &c->usbctrls[i]);
    }
    return rc ? rc : usbdevs_defaults(sc, c);
}

void kinds_keep(libxl_domain_config *to, const libxl_domain_config *from)
{
    for (int i = 0; i < to->num_vtpms; i++) {
        to->vtpms[i].devid = from->vtpms[i].devid;
        to->vtpms[i].uuid = from->vtpms[i].uuid;
    }
    for (int i = 0; i < to->num_usbctrls; i++) {
        to->usbctrls[i].devid = from->usbctrls[i].devid;
        to->usbctrls[i].type = from->usbctrls[i].type;
        to->usbctrls[i].version = from->usbctrls[i].version;
        to->usbctrls[i].ports = from->usbctrls[i].ports;
    }
    for (int i = 0; i < to->num_usbdevs; i++) {
        to->usbdevs[i].ctrl = from->usbdevs[i].ctrl;
        to->usbdevs[i].port = from->usbdevs[i].port;
    }
    for (int i = 0; i < to->num_p9s; i++)
        to->p9s[i].devid = from->p9s[i].devid;
    for (int i = 0; i < to->num_pvcallsifs; i++)
        to->pvcallsifs[i].devid = from->pvcallsifs[i].devid;
    for (int i = 0; i < to->num_vdispls; i++)
        to->vdispls[i].devid = from->vdispls[i].devid;
    for (int i = 0; i < to->num_vsnds; i++)
        to->vsnds[i].devid = from->vsnds[i].devid;
    for (int i = 0; i < to->num_channels; i++)
        to->channels[i].devid = from->channels[i].devid;
}

int kinds_describe(struct scope *sc, uint32_t domid, const libxl_domain_config *c,
                   struct device_op *op)
{
    int rc = 0;

#define DESCRIBED(array, type)                                                                     \
    for (int i = 0; i < c->num_##array && !rc; i++)                                                \
        rc = type##_describe(sc, domid, &c->array[i], op++);
    DESCRIBED(vtpms, vtpm)
    DESCRIBED(p9s, p9)
    DESCRIBED(pvcallsifs, pvcallsif)
    DESCRIBED(vdispls, vdispl)
    DESCRIBED(vsnds, vsnd)
    for (int i = 0; i < c->num_usbctrls && !rc; i++)
        rc = usbctrl_describe_with(sc, domid, c, &c->usbctrls[i], op++);
    DESCRIBED(channels, channel)
#undef DESCRIBED
    return rc;
}
