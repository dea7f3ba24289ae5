/* SPDX-License-Identifier: MIT */
/* Consoles: their nodes, their terminals, and the client program. */
#include <stdio.h>
#include <unistd.h>

#include "core/domains.h"
#include "device/device.h"

#define CONSOLE_LIMIT  "1048576" /* bytes xenconsoled keeps for a reader who is away */
#define CONSOLE_CLIENT "xenconsole"

/* The back end's nodes of a console that xenconsoled serves, its links, and some of the guest's. */
static int write_console(struct scope *sc, xs_transaction_t t, const struct device *d,
                         const char *const front[][2], unsigned int nr_front)
{
    char *fp = device_front_path(sc, d), *bp = device_back_path(sc, d),
         *lp = device_libxl_path(sc, d);
    const char *id = scope_printf(sc, "%u", d->domid);
    const char *const back[][2] = {
        {"frontend", fp}, {"frontend-id", id},   {"online", "1"},
        {"state", "1"},   {"protocol", "vt100"},
    };
    int rc;

    /* The guest may read it, and no more: xenconsoled trusts what is here. */
    rc = store_make(sc, t, fp, TOOLSTACK_DOMID, XS_PERM_READ, d->domid);
    if (!rc)
        rc = store_write(sc, t, scope_printf(sc, "%s/backend", fp), bp);
    for (unsigned int i = 0; i < nr_front && !rc; i++)
        rc = store_write(sc, t, scope_printf(sc, "%s/%s", fp, front[i][0]), front[i][1]);
    if (!rc)
        rc = store_make(sc, t, bp, TOOLSTACK_DOMID, XS_PERM_READ, d->domid);
    if (!rc)
        rc = store_write(sc, t, scope_printf(sc, "%s/backend", lp), bp);
    for (unsigned int i = 0; i < ARRAY_SIZE(back) && !rc; i++) {
        rc = store_write(sc, t, scope_printf(sc, "%s/%s", bp, back[i][0]), back[i][1]);
        if (!rc)
            rc = store_write(sc, t, scope_printf(sc, "%s/%s", lp, back[i][0]), back[i][1]);
    }
    return rc;
}

int console_write(struct scope *sc, xs_transaction_t t, uint32_t domid)
{
    const struct device d = {domid, TOOLSTACK_DOMID, "console", 0, NULL};
    const char *const front[][2] = {
        {"backend-id", "0"}, {"limit", CONSOLE_LIMIT}, {"type", "xenconsoled"}, {"output", "pty"},
        {"tty", ""},
    };

    return write_console(sc, t, &d, front, ARRAY_SIZE(front));
}

int vuart_write(struct scope *sc, xs_transaction_t t, uint32_t domid, unsigned long frame,
                unsigned int port)
{
    const struct device d = {domid, TOOLSTACK_DOMID, "vuart", 0, NULL};
    const char *const front[][2] = {
        {"port", scope_printf(sc, "%u", port)},
        {"ring-ref", scope_printf(sc, "%lu", frame)},
        {"limit", CONSOLE_LIMIT},
        {"type", "xenconsoled"},
    };

    return write_console(sc, t, &d, front, ARRAY_SIZE(front));
}

static char *tty_path(struct scope *sc, uint32_t domid, int nr, libxl_console_type type)
{
    switch (type) {
    case LIBXL_CONSOLE_TYPE_SERIAL:
        return scope_printf(sc, "/local/domain/%u/serial/%d/tty", domid, nr);
    case LIBXL_CONSOLE_TYPE_PV:
        if (!nr)
            return scope_printf(sc, "/local/domain/%u/console/tty", domid);
        return scope_printf(sc, "/local/domain/%u/device/console/%d/tty", domid, nr);
    case LIBXL_CONSOLE_TYPE_VUART:
        return scope_printf(sc, "/local/domain/%u/vuart/%d/tty", domid, nr);
    default:
        return NULL;
    }
}

int libxl_console_get_tty(libxl_ctx *ctx, uint32_t domid, int cons_num, libxl_console_type type,
                          char **path)
{
    char *node, *tty = NULL;
    int rc = ERROR_INVAL;
    API_ENTER(ctx, domid);

    node = tty_path(sc, domid, cons_num, type);
    if (node) {
        tty = store_read(sc, XBT_NULL, node);
        rc = tty && *tty ? 0 : ERROR_FAIL;
        if (rc)
            LOG_ERROR(sc, "console %d has no terminal", cons_num);
        else
            *path = xstrdup(tty);
    }
    API_LEAVE;
    return rc;
}

/* PV and PVH guests speak on the PV console, HVM guests on the emulated serial line. */
static int primary(struct scope *sc, uint32_t domid, libxl_console_type *type)
{
    switch (domain_type(sc, domid)) {
    case LIBXL_DOMAIN_TYPE_HVM:
        *type = LIBXL_CONSOLE_TYPE_SERIAL;
        return 0;
    case LIBXL_DOMAIN_TYPE_PV:
    case LIBXL_DOMAIN_TYPE_PVH:
        *type = LIBXL_CONSOLE_TYPE_PV;
        return 0;
    default:
        LOG_ERROR(sc, "no such domain");
        return ERROR_DOMAIN_NOTFOUND;
    }
}

static int primary_type(libxl_ctx *ctx, uint32_t domid, libxl_console_type *type)
{
    int rc;
    API_ENTER(ctx, domid);

    rc = primary(sc, domid, type);
    API_LEAVE;
    return rc;
}

int libxl_primary_console_get_tty(libxl_ctx *ctx, uint32_t domid_vm, char **path)
{
    libxl_console_type type;
    int rc = primary_type(ctx, domid_vm, &type);

    return rc ? rc : libxl_console_get_tty(ctx, domid_vm, 0, type, path);
}

/* Returns only if it fails. The client stands where the other programs of Xen do. */
int libxl_console_exec(libxl_ctx *ctx, uint32_t domid, int cons_num, libxl_console_type type,
                       int notify_fd)
{
    static const char *const dirs[] = {"/usr/lib/xen-4.17/bin", "/usr/lib/xen/bin",
                                       "/usr/libexec/xen/bin", "/usr/local/lib/xen/bin"};
    struct scope s = {.ctx = ctx, .domid = domid}, *sc = &s;
    char *dom = scope_printf(sc, "%u", domid), *nr = scope_printf(sc, "%d", cons_num),
         *notify = scope_printf(sc, "%d", notify_fd), *path;
    const char *tname = libxl_console_type_to_string(type);

    for (unsigned int i = 0; tname && i < ARRAY_SIZE(dirs); i++) {
        path = scope_printf(sc, "%s/" CONSOLE_CLIENT, dirs[i]);
        if (notify_fd >= 0)
            execl(path, path, dom, "--num", nr, "--type", tname, "--start-notify-fd", notify,
                  (char *)NULL);
        else
            execl(path, path, dom, "--num", nr, "--type", tname, (char *)NULL);
    }
    LOG_ERRNO(sc, "cannot run " CONSOLE_CLIENT);
    scope_free(sc);
    return ERROR_FAIL;
}

int libxl_primary_console_exec(libxl_ctx *ctx, uint32_t domid_vm, int notify_fd)
{
    libxl_console_type type;
    int rc = primary_type(ctx, domid_vm, &type);

    return rc ? rc : libxl_console_exec(ctx, domid_vm, 0, type, notify_fd);
}
