/* SPDX-License-Identifier: MIT */
/* What the device model of a running guest can be asked for. */
#include <json-c/json.h>
#include <stdio.h>
#include <unistd.h>

#include "core/domains.h"
#include "device/config.h"
#include "dm/dm.h"

/* The human monitor. */

struct monitor {
    struct ao *ao;
    struct qmp qmp;
    char **output;
};

static void monitor_answered(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct monitor *m = CONTAINER_OF(q, struct monitor, qmp);
    const char *text = answer ? json_object_get_string(answer) : NULL;

    (void)ctx;
    if (!rc && m->output)
        *m->output = text && *text ? xstrdup(text) : NULL;
    ao_complete(m->ao, rc);
}

#undef libxl_qemu_monitor_command
int libxl_qemu_monitor_command(libxl_ctx *ctx, uint32_t domid, const char *command_line,
                               char **output, const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct monitor *m = scope_alloc(&ao->sc, sizeof(*m));

    m->ao = ao;
    m->output = output;
    m->qmp = (struct qmp){.sc = &ao->sc,
                          .domid = domid,
                          .command = "human-monitor-command",
                          .arguments = json_object_new_object(),
                          .stop = QMP_ANY_TIME,
                          .done = monitor_answered};
    qmp_put_string(m->qmp.arguments, "command-line", command_line);
    qmp_start(&m->qmp);
    return ao_run(ao);
}

/* A medium in an emulated CD drive: the device model, then xenstore, then the configuration. */

struct insert {
    struct ao *ao;
    uint32_t domid;
    libxl_device_disk disk; /* what shall be in the drive */
    struct device dev;
    const char *params;
    struct qmp qmp;
};

static int insert_nodes(struct scope *sc, xs_transaction_t t, void *arg)
{
    struct insert *i = arg;
    int rc =
        store_write(sc, t, scope_printf(sc, "%s/params", device_back_path(sc, &i->dev)), i->params);

    return rc ? rc
              : store_write(sc, t, scope_printf(sc, "%s/params", device_libxl_path(sc, &i->dev)),
                            i->params);
}

static void insert_end(struct insert *i, int rc)
{
    if (!rc)
        rc = store_transact(&i->ao->sc, insert_nodes, i);
    if (!rc)
        rc = disk_config_add(&i->ao->sc, i->domid, &i->disk);
    libxl_device_disk_dispose(&i->disk);
    ao_complete(i->ao, rc);
}

static void insert_answered(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    (void)ctx;
    (void)answer;
    insert_end(CONTAINER_OF(q, struct insert, qmp), rc);
}

static void insert_ask(struct insert *i)
{
    struct scope *sc = &i->ao->sc;
    struct json_object *args = json_object_new_object();
    bool empty = i->disk.format == LIBXL_DISK_FORMAT_EMPTY;

    qmp_put_string(args, "id", scope_printf(sc, "ide-%d", i->dev.devid));
    if (!empty) {
        qmp_put_string(args, "filename", i->disk.pdev_path);
        qmp_put_string(args, "format", libxl_disk_format_to_string(i->disk.format));
    }
    qmp_put_bool(args, "force", true);
    i->qmp = (struct qmp){.sc = sc,
                          .domid = i->domid,
                          .command = empty ? "eject" : "blockdev-change-medium",
                          .arguments = args,
                          .done = insert_answered};
    qmp_start(&i->qmp);
}

static int insert_check(struct insert *i)
{
    struct scope *sc = &i->ao->sc;
    libxl_device_disk now;
    int rc;

    if (domain_type(sc, i->domid) != LIBXL_DOMAIN_TYPE_HVM) {
        LOG_ERROR(sc, "only HVM guests have CD drives");
        return ERROR_INVAL;
    }
    rc = libxl_vdev_to_device_disk(sc->ctx, i->domid, i->disk.vdev, &now);
    if (!rc && !now.is_cdrom)
        rc = ERROR_INVAL;
    libxl_device_disk_dispose(&now);
    if (rc) {
        LOG_ERROR(sc, "the guest has no CD drive %s", i->disk.vdev);
        return ERROR_INVAL;
    }
    i->disk.is_cdrom = 1;
    i->disk.backend = LIBXL_DISK_BACKEND_QDISK;
    rc = disk_defaults(sc, i->domid, true, &i->disk);
    if (!rc)
        rc = disk_device(sc, i->domid, &i->disk, &i->dev);
    i->params = i->disk.format == LIBXL_DISK_FORMAT_EMPTY
                    ? ""
                    : scope_printf(sc, "aio:%s", i->disk.pdev_path);
    return rc;
}

int libxl_cdrom_insert(libxl_ctx *ctx, uint32_t domid, libxl_device_disk *disk,
                       const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct insert *i = scope_alloc(&ao->sc, sizeof(*i));
    int rc;

    i->ao = ao;
    i->domid = domid;
    libxl_device_disk_copy(ctx, &i->disk, disk);
    rc = insert_check(i);
    if (rc) {
        libxl_device_disk_dispose(&i->disk);
        return ao_finish(ao, rc);
    }
    insert_ask(i);
    return ao_run(ao);
}

/* The viewer of a guest's screen. */

static int password_file(struct scope *sc, const char *password)
{
    FILE *f = tmpfile();

    if (!f || fputs(password, f) < 0 || fflush(f) || dup2(fileno(f), 0) || lseek(0, 0, SEEK_SET)) {
        LOG_ERRNO(sc, "cannot pass the password on");
        return ERROR_FAIL;
    }
    return 0;
}

/* Returns only if it fails. */
int libxl_vncviewer_exec(libxl_ctx *ctx, uint32_t domid, int autopass)
{
    struct scope s = {.ctx = ctx, .domid = domid}, *sc = &s;
    char *port = store_readf(sc, XBT_NULL, "/local/domain/%u/console/vnc-port", domid);
    char *listen = store_readf(sc, XBT_NULL, "/local/domain/%u/console/vnc-listen", domid);
    char *pass = store_readf(sc, XBT_NULL, "/local/domain/%u/console/vnc-pass", domid);
    char *argv[4] = {scope_strdup(sc, "vncviewer")};
    int n = 1;

    if (!port) {
        LOG_ERROR(sc, "the guest's screen cannot be seen by VNC");
        goto out;
    }
    argv[n++] =
        scope_printf(sc, "%s:%d", listen && *listen ? listen : "localhost", atoi(port) - 5900);
    if (autopass && pass) {
        if (password_file(sc, pass))
            goto out;
        argv[n++] = scope_strdup(sc, "-autopass");
    }
    execvp(argv[0], argv);
    LOG_ERRNO(sc, "cannot run vncviewer");
out:
    scope_free(sc);
    return ERROR_FAIL;
}
