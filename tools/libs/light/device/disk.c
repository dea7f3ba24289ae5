/* SPDX-License-Identifier: MIT */
/* Block devices. */
#include <ctype.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/domains.h"
#include "core/userdata.h"
#include "device/interface.h"
#include "dm/dm.h"

/* xen-vbd-interface(7): numbers of the three old families and of the extended scheme. */
#define MAJOR_XVD      202
#define XVD_OLD_MAX    16 /* disks and partitions that fit the old xvd numbers */
#define EXTENDED       (1 << 28)
#define PARTITION_BITS 8
#define DISK_MAX       ((1 << 20) - 1)

/* In the store. */
#define KIND_XEN    "vbd"
#define KIND_VIRTIO "virtio_disk"

static int letters(const char **s)
{
    int n = 0;

    while (**s >= 'a' && **s <= 'z' && n <= DISK_MAX)
        n = n * 26 + (*(*s)++ - 'a' + 1);
    return n - 1;
}

static int digits(const char **s)
{
    int n = 0;

    if (!isdigit((unsigned char)**s))
        return -1;
    while (isdigit((unsigned char)**s) && n <= DISK_MAX)
        n = n * 10 + (*(*s)++ - '0');
    return n;
}

static int number_xvd(int disk, int part)
{
    if (disk < XVD_OLD_MAX && part < XVD_OLD_MAX)
        return MAJOR_XVD << 8 | disk << 4 | part;
    return EXTENDED | disk << PARTITION_BITS | part;
}

static int number_hd(int disk, int part)
{
    static const int major[] = {3, 22};

    if (disk > 3 || part > 63)
        return -1;
    return major[disk / 2] << 8 | (disk % 2) << 6 | part;
}

static int number_sd(int disk, int part)
{
    if (disk > 15 || part > 15)
        return -1;
    return 8 << 8 | disk << 4 | part;
}

static int number_raw(const char *s)
{
    char *end;
    unsigned long v = strtoul(s, &end, 0);

    return *end || v > INT32_MAX ? -1 : (int)v;
}

int disk_number(const char *vdev, int *disk, int *partition)
{
    static const struct {
        const char *prefix;
        int (*number)(int disk, int part);
    } families[] = {{"xvd", number_xvd}, {"hd", number_hd}, {"sd", number_sd}};
    const char *s;
    int d = -1, p = 0, (*number)(int, int) = number_xvd;

    if (isdigit((unsigned char)*vdev))
        return number_raw(vdev);
    for (unsigned int i = 0; i < ARRAY_SIZE(families) && d < 0; i++) {
        if (strncmp(vdev, families[i].prefix, strlen(families[i].prefix)))
            continue;
        number = families[i].number;
        s = vdev + strlen(families[i].prefix);
        d = letters(&s);
        if (*s)
            p = digits(&s);
    }
    if (d < 0 && vdev[0] == 'd') {
        s = vdev + 1;
        d = digits(&s);
        if (*s == 'p') {
            s++;
            p = digits(&s);
        }
    }
    if (d < 0 || d > DISK_MAX || p < 0 || p >= 1 << PARTITION_BITS || *s)
        return -1;
    if (disk)
        *disk = d;
    if (partition)
        *partition = p;
    return number(d, p);
}

static bool is_there(const char *path)
{
    struct stat st;

    return !stat(path, &st) && (S_ISBLK(st.st_mode) || S_ISREG(st.st_mode));
}

static bool is_empty(const libxl_device_disk *disk)
{
    return disk->format == LIBXL_DISK_FORMAT_EMPTY || !disk->pdev_path || !*disk->pdev_path;
}

/*
 * The kernel's backend serves block devices, and raw files through loop devices; the device model
 * all formats. The drive of an HVM guest's CD has to be changed while the guest runs, which only
 * the device model can.
 */
static int choose_backend(struct scope *sc, uint32_t domid, bool hvm, libxl_device_disk *disk)
{
    bool kernel_can = disk->format == LIBXL_DISK_FORMAT_RAW && disk->pdev_path &&
                      (disk->script || disk->backend_domid || is_there(disk->pdev_path));

    (void)domid;
    if (disk->backend == LIBXL_DISK_BACKEND_UNKNOWN) {
        if (disk->is_cdrom && (hvm || is_empty(disk)))
            disk->backend = LIBXL_DISK_BACKEND_QDISK;
        else
            disk->backend = kernel_can ? LIBXL_DISK_BACKEND_PHY : LIBXL_DISK_BACKEND_QDISK;
    }
    if (disk->backend == LIBXL_DISK_BACKEND_PHY) {
        if (disk->format == LIBXL_DISK_FORMAT_RAW)
            return 0;
        LOG_ERROR(sc, "disk %s: backend phy takes raw images only", disk->vdev);
        return ERROR_INVAL;
    }
    if (disk->backend != LIBXL_DISK_BACKEND_QDISK) {
        LOG_ERROR(sc, "disk %s: backend %s is not supported", disk->vdev,
                  libxl_disk_backend_to_string(disk->backend));
        return ERROR_NI;
    }
    if (is_empty(disk)) {
        if (disk->is_cdrom)
            return 0;
        LOG_ERROR(sc, "disk %s: only a CD drive can be empty", disk->vdev);
        return ERROR_INVAL;
    }
    if (disk->backend_domid || is_there(disk->pdev_path))
        return 0;
    LOG_ERROR(sc, "disk %s: there is no %s", disk->vdev, disk->pdev_path);
    return ERROR_INVAL;
}

static bool is_virtio(const libxl_device_disk *disk)
{
    return disk->specification == LIBXL_DISK_SPECIFICATION_VIRTIO;
}

/* Something beside the toolstack serves it: what that can do is not known here. */
static int choose_virtio(struct scope *sc, libxl_device_disk *disk)
{
    if (disk->transport == LIBXL_DISK_TRANSPORT_UNKNOWN)
        disk->transport = LIBXL_DISK_TRANSPORT_MMIO;
    if (disk->backend == LIBXL_DISK_BACKEND_UNKNOWN)
        disk->backend = LIBXL_DISK_BACKEND_STANDALONE;
    if (disk->backend == LIBXL_DISK_BACKEND_STANDALONE && !is_empty(disk) && !disk->is_cdrom)
        return 0;
    LOG_ERROR(sc, "disk %s: virtio is for disks of backend standalone", disk->vdev);
    return ERROR_INVAL;
}

int disk_defaults(struct scope *sc, uint32_t domid, bool hvm, libxl_device_disk *disk)
{
    int rc = device_backend_domid(sc, disk->backend_domname, &disk->backend_domid);

    if (rc)
        return rc;
    if (!disk->vdev || disk_number(disk->vdev, NULL, NULL) < 0) {
        LOG_ERROR(sc, "'%s' is no name of a virtual disk", disk->vdev ? disk->vdev : "");
        return ERROR_INVAL;
    }
    if (disk->specification == LIBXL_DISK_SPECIFICATION_UNKNOWN)
        disk->specification = LIBXL_DISK_SPECIFICATION_XEN;
    if (disk->format == LIBXL_DISK_FORMAT_UNKNOWN)
        disk->format =
            disk->pdev_path && *disk->pdev_path ? LIBXL_DISK_FORMAT_RAW : LIBXL_DISK_FORMAT_EMPTY;
    if (disk->is_cdrom) {
        disk->removable = 1;
        disk->readwrite = 0;
    }
    if (disk->pdev_path && *disk->pdev_path && disk->pdev_path[0] != '/' && !disk->script) {
        char *path = scope_printf(sc, "/dev/%s", disk->pdev_path);

        free(disk->pdev_path);
        disk->pdev_path = xstrdup(path);
    }
    libxl_defbool_setdefault(&disk->discard_enable, disk->readwrite);
    libxl_defbool_setdefault(&disk->colo_enable, false);
    libxl_defbool_setdefault(&disk->colo_restore_enable, false);
    libxl_defbool_setdefault(&disk->trusted, true);
    return is_virtio(disk) ? choose_virtio(sc, disk) : choose_backend(sc, domid, hvm, disk);
}

int disk_device(struct scope *sc, uint32_t domid, const libxl_device_disk *disk, struct device *dev)
{
    int nr = disk->vdev ? disk_number(disk->vdev, NULL, NULL) : -1;

    if (nr < 0) {
        LOG_ERROR(sc, "'%s' is no name of a virtual disk", disk->vdev ? disk->vdev : "");
        return ERROR_INVAL;
    }
    *dev = (struct device){domid, disk->backend_domid, is_virtio(disk) ? KIND_VIRTIO : KIND_XEN, nr,
                           disk->backend == LIBXL_DISK_BACKEND_QDISK ? "qdisk" : NULL};
    return 0;
}

static char *script_path(struct scope *sc, const char *script, const char *deflt)
{
    if (!script || !*script)
        script = deflt;
    return strchr(script, '/') ? scope_strdup(sc, script)
                               : scope_printf(sc, XEN_SCRIPT_DIR "/%s", script);
}

/* "FORMAT:FILE", as the device model reads it. */
static char *qdisk_params(struct scope *sc, const libxl_device_disk *disk)
{
    if (is_empty(disk))
        return scope_strdup(sc, "");
    return scope_printf(
        sc, "%s:%s",
        disk->format == LIBXL_DISK_FORMAT_RAW ? "aio" : libxl_disk_format_to_string(disk->format),
        disk->pdev_path);
}

int disk_describe(struct scope *sc, uint32_t domid, const libxl_device_disk *disk,
                  struct device_op *op)
{
    const char *type = disk->is_cdrom ? "cdrom" : "disk";
    struct nodes *b = &op->back, *f = &op->front;
    struct device dev;
    int rc = disk_device(sc, domid, disk, &dev);

    if (rc)
        return rc;
    device_op_describe(sc, &dev, op);
    if (disk->backend == LIBXL_DISK_BACKEND_QDISK) {
        nodes_add(b, "params", qdisk_params(sc, disk));
    } else if (is_virtio(disk)) {
        nodes_add(b, "params", disk->pdev_path);
        nodes_add(b, "transport", libxl_disk_transport_to_string(disk->transport));
        nodes_addf(sc, b, "base", "%llu", (unsigned long long)disk->base);
        nodes_addf(sc, b, "irq", "%u", disk->irq);
    } else {
        nodes_add(b, "params", disk->pdev_path ? disk->pdev_path : "");
        nodes_add(b, "script", script_path(sc, disk->script, "block"));
    }
    nodes_add(b, "removable", disk->removable ? "1" : "0");
    nodes_add(b, "bootable", "1");
    nodes_add(b, "dev", disk->vdev);
    nodes_add(b, "type", libxl_disk_backend_to_string(disk->backend));
    nodes_add(b, "mode", disk->readwrite ? "w" : "r");
    nodes_add(b, "device-type", type);
    if (disk->direct_io_safe)
        nodes_add(b, "direct-io-safe", "1");
    nodes_add(b, "discard-enable", libxl_defbool_val(disk->discard_enable) ? "1" : "0");
    nodes_add(b, "specification", libxl_disk_specification_to_string(disk->specification));

    nodes_addf(sc, f, "virtual-device", "%d", op->dev.devid);
    nodes_add(f, "device-type", type);
    nodes_add(f, "trusted", libxl_defbool_val(disk->trusted) ? "1" : "0");
    if (domain_type(sc, domid) == LIBXL_DOMAIN_TYPE_PV)
        nodes_add(f, "protocol", xc_domain_get_native_protocol(sc->ctx->xch, domid));
    return 0;
}

static void params_read(libxl_device_disk *disk, char *params)
{
    char *colon;

    if (!params || !*params) {
        disk->format = LIBXL_DISK_FORMAT_EMPTY;
        return;
    }
    colon = disk->backend == LIBXL_DISK_BACKEND_QDISK ? strchr(params, ':') : NULL;
    if (colon) {
        *colon = '\0';
        if (libxl_disk_format_from_string(params, &disk->format))
            disk->format = LIBXL_DISK_FORMAT_RAW;
        params = colon + 1;
    }
    disk->pdev_path = xstrdup(params);
}

/* From the record of the toolstack; what the guest can write is not looked at. */
static int disk_read(struct scope *sc, uint32_t domid, int devid, libxl_device_disk *disk)
{
    bool xen = !device_recorded_backend(sc, domid, KIND_XEN, devid, &disk->backend_domid);
    const char *kind = xen ? KIND_XEN : KIND_VIRTIO;
    char *dir = scope_printf(sc, "/libxl/%u/device/%s/%d", domid, kind, devid), *s;

    if (!xen && device_recorded_backend(sc, domid, KIND_VIRTIO, devid, &disk->backend_domid))
        return ERROR_FAIL;
    disk->specification = xen ? LIBXL_DISK_SPECIFICATION_XEN : LIBXL_DISK_SPECIFICATION_VIRTIO;
    s = store_readf(sc, XBT_NULL, "%s/dev", dir);
    if (!s)
        return ERROR_FAIL;
    disk->vdev = xstrdup(s);
    s = store_readf(sc, XBT_NULL, "%s/type", dir);
    if (s)
        libxl_string_to_backend(sc->ctx, s, &disk->backend);
    disk->format = LIBXL_DISK_FORMAT_RAW;
    params_read(disk, store_readf(sc, XBT_NULL, "%s/params", dir));
    s = store_readf(sc, XBT_NULL, "%s/script", dir);
    if (s)
        disk->script = xstrdup(s);
    s = store_readf(sc, XBT_NULL, "%s/removable", dir);
    disk->removable = s && atoi(s);
    s = store_readf(sc, XBT_NULL, "%s/mode", dir);
    disk->readwrite = s && *s == 'w';
    s = store_readf(sc, XBT_NULL, "%s/device-type", dir);
    disk->is_cdrom = s && !strcmp(s, "cdrom");
    return 0;
}

DEVICE_LIST_APPEND(disk)
libxl_device_disk *libxl_device_disk_list(libxl_ctx *ctx, uint32_t domid, int *num)
{
    libxl_device_disk *list = NULL;
    API_ENTER(ctx, domid);

    *num = 0;
    list_append_disk(sc, domid, KIND_XEN, &list, num);
    list_append_disk(sc, domid, KIND_VIRTIO, &list, num);
    API_LEAVE;
    return list;
}
DEVICE_LIST_FREE(disk)

int libxl_vdev_to_device_disk(libxl_ctx *ctx, uint32_t domid, const char *vdev,
                              libxl_device_disk *disk)
{
    int nr = disk_number(vdev, NULL, NULL), rc;
    API_ENTER(ctx, domid);

    libxl_device_disk_init(disk);
    rc = nr < 0 ? ERROR_INVAL : disk_read(sc, domid, nr, disk);
    API_LEAVE;
    return rc;
}

int libxl_device_disk_getinfo(libxl_ctx *ctx, uint32_t domid, const libxl_device_disk *disk,
                              libxl_diskinfo *diskinfo)
{
    struct device dev;
    int rc;
    API_ENTER(ctx, domid);

    libxl_diskinfo_init(diskinfo);
    rc = disk_device(sc, domid, disk, &dev);
    if (!rc) {
        DEVICE_INFO(diskinfo, &dev);
        diskinfo->evtch = device_front_number(sc, &dev, "event-channel");
        diskinfo->rref = device_front_number(sc, &dev, "ring-ref");
    }
    API_LEAVE;
    return rc;
}

CONFIG_KIND_SAME(disk, disks, disk_same);

static bool disk_same(const void *a, const void *b)
{
    const libxl_device_disk *x = a, *y = b;

    return x->vdev && y->vdev &&
           disk_number(x->vdev, NULL, NULL) == disk_number(y->vdev, NULL, NULL);
}

int disk_config_add(struct scope *sc, uint32_t domid, const libxl_device_disk *disk)
{
    return config_add(sc, domid, &disk_kind, disk);
}

int libxl_device_disk_add(libxl_ctx *ctx, uint32_t domid, libxl_device_disk *disk,
                          const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct device_op *op = scope_alloc(&ao->sc, sizeof(*op));
    int rc =
        disk_defaults(&ao->sc, domid, domain_type(&ao->sc, domid) == LIBXL_DOMAIN_TYPE_HVM, disk);

    if (!rc && is_virtio(disk)) {
        LOG_ERROR(&ao->sc, "disk %s: a guest's virtio disks are those that it starts with",
                  disk->vdev);
        rc = ERROR_INVAL;
    }
    if (!rc && disk->backend == LIBXL_DISK_BACKEND_QDISK)
        rc = dm_check(&ao->sc, domid, disk->backend_domid);
    if (!rc)
        rc = disk_describe(&ao->sc, domid, disk, op);
    if (rc)
        return ao_finish(ao, rc);
    config_follow_add(ctx, op, &disk_kind, disk);
    return device_op_run(ao, op, true);
}

static int disk_take_away(libxl_ctx *ctx, uint32_t domid, const libxl_device_disk *disk,
                          const libxl_asyncop_how *how, bool force)
{
    struct ao *ao = ao_begin(ctx, domid, how);
    struct device_op *op = scope_alloc(&ao->sc, sizeof(*op));
    int rc = disk_device(&ao->sc, domid, disk, &op->dev);

    if (rc)
        return ao_finish(ao, rc);
    op->sc = &ao->sc;
    op->force = force;
    config_follow_remove(ctx, op, &disk_kind, disk);
    return device_op_run(ao, op, false);
}

DEVICE_REMOVE_BY(disk)
DEVICE_REMOVE_VERB(disk, safe_remove, false)
