/* SPDX-License-Identifier: MIT */
/* xl-disk-configuration(5). */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "cfg.h"

struct disk_parse {
    XLU_Config *cfg;
    libxl_device_disk *disk;
    const char *spec;
    int err;
    bool had_target, had_format, had_vdev, had_access, had_readwrite;
};

static void fail(struct disk_parse *p, const char *near_text, const char *why)
{
    if (p->err)
        return;
    fprintf(p->cfg->report, "%s: config parsing error in disk specification: %s%s%s: in `%s'\n",
            p->cfg->source, why, near_text ? ": near " : "", near_text ? near_text : "", p->spec);
    p->err = EINVAL;
}

static void set_string(struct disk_parse *p, char **field, const char *value)
{
    if (!*value)
        return;
    free(*field);
    *field = strdup(value);
    if (!*field)
        p->err = ENOMEM;
}

static void set_once(struct disk_parse *p, char **field, const char *value, const char *what)
{
    if (*field && *value) {
        fail(p, value, what);
        return;
    }
    set_string(p, field, value);
}

static void set_format(struct disk_parse *p, const char *v)
{
    static const struct {
        const char *name;
        libxl_disk_format format;
    } formats[] = {
        {"raw", LIBXL_DISK_FORMAT_RAW},     {"aio", LIBXL_DISK_FORMAT_RAW},
        {"qcow", LIBXL_DISK_FORMAT_QCOW},   {"qcow2", LIBXL_DISK_FORMAT_QCOW2},
        {"vhd", LIBXL_DISK_FORMAT_VHD},     {"qed", LIBXL_DISK_FORMAT_QED},
        {"empty", LIBXL_DISK_FORMAT_EMPTY},
    };

    if (!*v)
        return;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (!strcmp(v, formats[i].name)) {
            p->disk->format = formats[i].format;
            return;
        }
    }
    fail(p, v, "unknown value for format");
}

static void set_access(struct disk_parse *p, const char *v)
{
    if (!*v)
        return;
    p->had_readwrite = true;
    if (!strcmp(v, "rw") || !strcmp(v, "w"))
        p->disk->readwrite = 1;
    else if (!strcmp(v, "r") || !strcmp(v, "ro"))
        p->disk->readwrite = 0;
    else
        fail(p, v, "unknown value for access");
}

static void set_cdrom(struct disk_parse *p, const char *v)
{
    (void)v;
    p->disk->is_cdrom = 1;
    p->disk->removable = 1;
}

static void set_devtype(struct disk_parse *p, const char *v)
{
    if (!strcmp(v, "cdrom"))
        set_cdrom(p, v);
    else if (!strcmp(v, "disk"))
        p->disk->is_cdrom = 0;
    else if (*v)
        fail(p, v, "unknown value for type");
}

static void set_backend(struct disk_parse *p, const char *v)
{
    set_string(p, &p->disk->backend_domname, v);
}

static void set_backendtype(struct disk_parse *p, const char *v)
{
    if (!strcmp(v, "phy"))
        p->disk->backend = LIBXL_DISK_BACKEND_PHY;
    else if (!strcmp(v, "tap"))
        p->disk->backend = LIBXL_DISK_BACKEND_TAP;
    else if (!strcmp(v, "qdisk"))
        p->disk->backend = LIBXL_DISK_BACKEND_QDISK;
    else if (!strcmp(v, "standalone"))
        p->disk->backend = LIBXL_DISK_BACKEND_STANDALONE;
    else if (*v)
        fail(p, v, "unknown value for backendtype");
}

static void set_specification(struct disk_parse *p, const char *v)
{
    if (!strcmp(v, "xen"))
        p->disk->specification = LIBXL_DISK_SPECIFICATION_XEN;
    else if (!strcmp(v, "virtio"))
        p->disk->specification = LIBXL_DISK_SPECIFICATION_VIRTIO;
    else if (*v)
        fail(p, v, "unknown value for specification");
}

static void set_vdev(struct disk_parse *p, const char *v)
{
    set_once(p, &p->disk->vdev, v, "vdev is given twice");
}

static void set_script(struct disk_parse *p, const char *v)
{
    set_once(p, &p->disk->script, v, "script is given twice");
}

static void set_direct(struct disk_parse *p, const char *v)
{
    (void)v;
    p->disk->direct_io_safe = true;
}

static void set_discard(struct disk_parse *p, const char *v)
{
    (void)v;
    libxl_defbool_set(&p->disk->discard_enable, true);
}

static void set_no_discard(struct disk_parse *p, const char *v)
{
    (void)v;
    libxl_defbool_set(&p->disk->discard_enable, false);
}

static void set_trusted(struct disk_parse *p, const char *v)
{
    (void)v;
    libxl_defbool_set(&p->disk->trusted, true);
}

static void set_untrusted(struct disk_parse *p, const char *v)
{
    (void)v;
    libxl_defbool_set(&p->disk->trusted, false);
}

static void set_colo(struct disk_parse *p, const char *v)
{
    (void)v;
    libxl_defbool_set(&p->disk->colo_enable, true);
}

static void set_no_colo(struct disk_parse *p, const char *v)
{
    (void)v;
    libxl_defbool_set(&p->disk->colo_enable, false);
}

static void set_colo_host(struct disk_parse *p, const char *v)
{
    set_string(p, &p->disk->colo_host, v);
}

static void set_colo_port(struct disk_parse *p, const char *v)
{
    p->disk->colo_port = atoi(v);
}

static void set_colo_export(struct disk_parse *p, const char *v)
{
    set_string(p, &p->disk->colo_export, v);
}

static void set_active_disk(struct disk_parse *p, const char *v)
{
    set_string(p, &p->disk->active_disk, v);
}

static void set_hidden_disk(struct disk_parse *p, const char *v)
{
    set_string(p, &p->disk->hidden_disk, v);
}

static const struct parameter {
    const char *name;
    bool flag; /* without "=value" */
    void (*set)(struct disk_parse *p, const char *value);
} parameters[] = {
    {"format", false, set_format},
    {"vdev", false, set_vdev},
    {"access", false, set_access},
    {"devtype", false, set_devtype},
    {"backend", false, set_backend},
    {"backendtype", false, set_backendtype},
    {"specification", false, set_specification},
    {"script", false, set_script},
    {"colo-host", false, set_colo_host},
    {"colo-port", false, set_colo_port},
    {"colo-export", false, set_colo_export},
    {"active-disk", false, set_active_disk},
    {"hidden-disk", false, set_hidden_disk},
    {"cdrom", true, set_cdrom},
    {"direct-io-safe", true, set_direct},
    {"discard", true, set_discard},
    {"no-discard", true, set_no_discard},
    {"trusted", true, set_trusted},
    {"untrusted", true, set_untrusted},
    {"colo", true, set_colo},
    {"no-colo", true, set_no_colo},
};

/* Whether the piece is a known parameter or flag; if so it has been taken. */
static bool take_named(struct disk_parse *p, char *piece)
{
    char *eq = strchr(piece, '=');

    if (eq)
        *eq = '\0';
    for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
        if (strcmp(parameters[i].name, piece) || parameters[i].flag == !!eq)
            continue;
        parameters[i].set(p, eq ? eq + 1 : "");
        return true;
    }
    if (eq)
        *eq = '=';
    return false;
}

/* "hdc:cdrom" in place of a vdev. */
static void take_vdev(struct disk_parse *p, char *piece)
{
    char *colon = strrchr(piece, ':');

    if (colon && !strcmp(colon, ":cdrom")) {
        *colon = '\0';
        set_cdrom(p, "");
    } else if (colon && !strcmp(colon, ":disk")) {
        *colon = '\0';
    }
    set_vdev(p, piece);
}

/* Prefixes of old: some name a format or a script, the others are just dropped. */
static char *strip_prefixes(struct disk_parse *p, char *s)
{
    static const char *const formats[] = {"raw:", "qcow:", "qcow2:", "vhd:", "qed:"};
    static const char *const scripts[] = {"iscsi:", "nbd:", "enbd:", "drbd:"};
    static const char *const ignored[] = {
        "tapdisk:", "tap2:", "tap:", "aio:", "ioemu:", "file:", "phy:"};
    bool again = true;

    while (again) {
        again = false;
        for (size_t i = 0; i < 5; i++) {
            size_t len = strlen(formats[i]);

            if (!strncmp(s, formats[i], len)) {
                s[len - 1] = '\0';
                set_format(p, s);
                p->had_format = true;
                s += len;
                again = true;
            }
        }
        for (size_t i = 0; i < 7; i++) {
            if (!strncmp(s, ignored[i], strlen(ignored[i]))) {
                s += strlen(ignored[i]);
                again = true;
            }
        }
    }
    for (size_t i = 0; i < 4; i++) {
        size_t len = strlen(scripts[i]);
        char script[32];

        if (strncmp(s, scripts[i], len))
            continue;
        s[len - 1] = '\0';
        snprintf(script, sizeof(script), "block-%s", s);
        set_script(p, script);
        return s + len;
    }
    return s;
}

static bool looks_like_vdev(const char *s)
{
    return !strncmp(s, "xvd", 3) || !strncmp(s, "hd", 2) || !strncmp(s, "sd", 2) ||
           (*s == 'd' && isdigit((unsigned char)s[1]));
}

/* The old form leaves the format out: the second piece is then the vdev. */
static void take_positional(struct disk_parse *p, char *piece)
{
    if (!p->had_target) {
        p->had_target = true;
        set_once(p, &p->disk->pdev_path, strip_prefixes(p, piece), "target is given twice");
    } else if (!p->had_format && !looks_like_vdev(piece)) {
        p->had_format = true;
        set_format(p, piece);
    } else if (!p->had_vdev) {
        p->had_format = p->had_vdev = true;
        take_vdev(p, piece);
    } else if (!p->had_access) {
        p->had_access = true;
        set_access(p, piece);
    } else if (*piece) {
        fail(p, piece, "too many positional parameters");
    }
}

static void parse_spec(struct disk_parse *p, char *s)
{
    while (s && !p->err) {
        char *comma, *end;

        while (isspace((unsigned char)*s))
            s++;
        if (!strncmp(s, "target=", 7)) {
            /* The rest, commas and all. */
            set_string(p, &p->disk->pdev_path, s + 7);
            return;
        }
        comma = strchr(s, ',');
        if (comma)
            *comma = '\0';
        for (end = s + strlen(s); end > s && isspace((unsigned char)end[-1]);)
            *--end = '\0';
        if (!take_named(p, s)) {
            char *eq = strchr(s, '=');

            if (eq && p->had_target)
                fail(p, s, "unknown parameter");
            else
                take_positional(p, s);
        }
        s = comma ? comma + 1 : NULL;
    }
}

static void finish(struct disk_parse *p)
{
    libxl_device_disk *d = p->disk;

    if (d->format == LIBXL_DISK_FORMAT_UNKNOWN)
        d->format = LIBXL_DISK_FORMAT_RAW;
    if (!p->had_readwrite)
        d->readwrite = !d->is_cdrom;
    if (d->is_cdrom && d->readwrite)
        d->readwrite = 0;
    if (!d->vdev)
        fail(p, NULL, "no vdev");
    else if (!d->pdev_path && !d->is_cdrom && d->format != LIBXL_DISK_FORMAT_EMPTY)
        fail(p, NULL, "no target");
    if (!d->pdev_path && d->is_cdrom)
        d->format = LIBXL_DISK_FORMAT_EMPTY;
}

int xlu_disk_parse(XLU_Config *cfg, int nspecs, const char *const *specs, libxl_device_disk *disk)
{
    struct disk_parse p = {.cfg = cfg, .disk = disk};

    libxl_device_disk_init(disk);
    disk->readwrite = 1;
    for (int i = 0; i < nspecs && !p.err; i++) {
        char *copy = strdup(specs[i]);

        if (!copy) {
            p.err = ENOMEM;
            break;
        }
        p.spec = specs[i];
        parse_spec(&p, copy);
        free(copy);
    }
    if (!p.err)
        finish(&p);
    if (p.err)
        libxl_device_disk_dispose(disk);
    return p.err;
}
