/* SPDX-License-Identifier: MIT */
/* What hotplug scripts are called with; block and vif scripts written for others rely on it. */
#include "device/device.h"

extern char **environ;

static void env_add(struct hotplug *h, unsigned int *n, char *setting)
{
    if (*n + 1 < ARRAY_SIZE(h->env))
        h->env[(*n)++] = setting;
}

/* Our settings win over those of the program. */
static void env_inherit(struct hotplug *h, unsigned int *n)
{
    unsigned int own = *n;

    for (char **e = environ; *e; e++) {
        size_t len = strcspn(*e, "=") + 1;
        unsigned int i = 0;

        while (i < own && strncmp(h->env[i], *e, len))
            i++;
        if (i == own)
            env_add(h, n, *e);
    }
}

static char *vif_name(struct scope *sc, const struct device *d, const char *back)
{
    char *name = store_readf(sc, XBT_NULL, "%s/vifname", back);

    return name && *name ? name : scope_printf(sc, "vif%u.%d", d->domid, d->devid);
}

static bool has_tap(struct scope *sc, const struct device *d)
{
    char *type = store_readf(sc, XBT_NULL, "%s/type", device_libxl_path(sc, d));

    return type && !strcmp(type, "vif_ioemu");
}

void hotplug_prepare(struct scope *sc, const struct device *d, const char *back_path, bool adding,
                     unsigned int nr, struct hotplug *h)
{
    bool vif = !strcmp(d->kind, "vif"), tap = nr == 1;
    char *script;

    if (d->backend_domid != TOOLSTACK_DOMID || (d->back_kind && strcmp(d->back_kind, d->kind)) ||
        (!vif && strcmp(d->kind, "vbd")))
        return;
    /* Our record, since the guest's end may have taken the backend away by now. */
    script = store_readf(sc, XBT_NULL, "%s/script", device_libxl_path(sc, d));
    if (!script || nr > 1 || (tap && !(vif && adding && has_tap(sc, d))))
        return;
    hotplug_arguments(sc, d, back_path, script, adding, tap, h);
}

void hotplug_arguments(struct scope *sc, const struct device *d, const char *back_path,
                       char *script, bool adding, bool tap, struct hotplug *h)
{
    bool vif = !strcmp(d->kind, "vif");
    unsigned int n = 0;

    h->argv[0] = script;
    if (vif) {
        h->argv[1] = scope_strdup(sc, tap ? "add" : adding ? "online" : "offline");
        h->argv[2] = scope_strdup(sc, tap ? "type_if=tap" : "type_if=vif");
    } else {
        h->argv[1] = scope_strdup(sc, adding ? "add" : "remove");
    }
    env_add(h, &n, scope_printf(sc, "script=%s", script));
    env_add(h, &n, scope_printf(sc, "XENBUS_TYPE=%s", d->kind));
    env_add(h, &n, scope_printf(sc, "XENBUS_PATH=backend/%s/%u/%d", d->kind, d->domid, d->devid));
    env_add(h, &n, scope_strdup(sc, "XENBUS_BASE_PATH=backend"));
    if (vif) {
        char *gw = store_readf(sc, XBT_NULL, "%s/gatewaydev", back_path);
        char *name = scope_printf(sc, "%s%s", vif_name(sc, d, back_path), tap ? "-emu" : "");

        env_add(h, &n, scope_printf(sc, "netdev=%s", gw ? gw : ""));
        env_add(h, &n, scope_printf(sc, "vif=%s", name));
        if (tap)
            env_add(h, &n, scope_printf(sc, "INTERFACE=%s", name));
    }
    env_inherit(h, &n);
}
