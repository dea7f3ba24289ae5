/* SPDX-License-Identifier: MIT */
/*
 * The lists of devices in xl.cfg, each device a string of pairs. What libxl cannot give it refuses,
 * so that no guest is started without what its configuration asks for.
 */
#include <limits.h>

#include "config.h"

static int number(const char *key, const char *value, unsigned long max, unsigned long *out)
{
    if (parse_ulong(value, out) && *out <= max)
        return 0;
    fprintf(stderr, "%s: '%s' is no number that it could be\n", key, value);
    return ERROR_INVAL;
}

/* Channels. */

/* Its kind may come after the path that only one kind has. */
struct channel {
    libxl_device_channel *to;
    char *path;
};

static int take_channel_pair(const char *key, const char *value, void *arg)
{
    struct channel *c = arg;
    libxl_channel_connection kind;

    if (!strcmp(key, "backend")) {
        replace(&c->to->backend_domname, value);
    } else if (!strcmp(key, "name")) {
        replace(&c->to->name, value);
    } else if (!strcmp(key, "path")) {
        replace(&c->path, value);
    } else if (!strcmp(key, "connection")) {
        if (libxl_channel_connection_from_string(value, &kind))
            return unknown_key(value);
        libxl_device_channel_init_connection(c->to, kind);
    } else {
        return unknown_key(key);
    }
    return 0;
}

static int parse_channel(const char *spec, void *device)
{
    struct channel c = {.to = device};
    int rc = each_pair(spec, take_channel_pair, &c);

    if (!rc && (c.to->connection == LIBXL_CHANNEL_CONNECTION_UNKNOWN ||
                (c.to->connection == LIBXL_CHANNEL_CONNECTION_SOCKET) != (c.path != NULL))) {
        fprintf(stderr, "channel: connection= is pty, or socket with a path=\n");
        rc = ERROR_INVAL;
    }
    if (!rc && c.path) {
        c.to->u.socket.path = c.path;
        c.path = NULL;
    }
    free(c.path);
    return rc;
}

/* Keyboards. */

static int parse_vkb(const char *spec, void *device)
{
    int rc = each_pair(spec, take_vkb, device);

    return rc ? rc : check_vkb(device);
}

/* TPMs, shared folders, calls. */

static int take_vtpm_pair(const char *key, const char *value, void *arg)
{
    libxl_device_vtpm *d = arg;

    if (!strcmp(key, "backend"))
        replace(&d->backend_domname, value);
    else if (strcmp(key, "uuid") || libxl_uuid_from_string(&d->uuid, value))
        return unknown_key(key);
    return 0;
}

static int parse_vtpm(const char *spec, void *device)
{
    const libxl_device_vtpm *d = device;
    int rc = each_pair(spec, take_vtpm_pair, device);

    if (rc || d->backend_domname)
        return rc;
    fprintf(stderr, "vtpm: backend= is needed\n");
    return ERROR_INVAL;
}

static int take_p9_pair(const char *key, const char *value, void *arg)
{
    libxl_device_p9 *d = arg;
    const struct {
        const char *key;
        char **to;
    } strings[] = {{"tag", &d->tag},
                   {"path", &d->path},
                   {"security_model", &d->security_model},
                   {"backend", &d->backend_domname}};

    for (unsigned int i = 0; i < ARRAY_SIZE(strings); i++) {
        if (!strcmp(key, strings[i].key)) {
            replace(strings[i].to, value);
            return 0;
        }
    }
    return unknown_key(key);
}

static int parse_p9(const char *spec, void *device)
{
    libxl_device_p9 *d = device;
    int rc = each_pair(spec, take_p9_pair, d);

    if (rc || (d->tag && d->path && d->security_model))
        return rc;
    fprintf(stderr, "p9: tag, path and security_model are needed\n");
    return ERROR_INVAL;
}

static int take_pvcalls_pair(const char *key, const char *value, void *arg)
{
    libxl_device_pvcallsif *d = arg;

    if (strcmp(key, "backend"))
        return unknown_key(key);
    replace(&d->backend_domname, value);
    return 0;
}

static int parse_pvcalls(const char *spec, void *device)
{
    return each_pair(spec, take_pvcalls_pair, device);
}

/* USB. */

static int take_usbctrl_pair(const char *key, const char *value, void *arg)
{
    libxl_device_usbctrl *d = arg;
    int rc = 0;

    if (!strcmp(key, "type")) {
        rc = libxl_usbctrl_type_from_string(value, &d->type) ? unknown_key(value) : 0;
    } else if (!strcmp(key, "version")) {
        d->version = atoi(value); /* libxl says what there is */
    } else if (!strcmp(key, "ports")) {
        d->ports = atoi(value);
    } else {
        rc = unknown_key(key);
    }
    return rc;
}

static int parse_usbctrl(const char *spec, void *device)
{
    return each_pair(spec, take_usbctrl_pair, device);
}

static int take_usbdev_pair(const char *key, const char *value, void *arg)
{
    libxl_device_usbdev *d = arg;
    unsigned long n = 0;
    int rc = 0;

    if (!strcmp(key, "type")) {
        rc = strcmp(value, "hostdev") ? unknown_key(value) : 0;
    } else if (!strcmp(key, "hostbus")) {
        rc = number(key, value, UINT8_MAX, &n);
        d->u.hostdev.hostbus = (uint8_t)n;
    } else if (!strcmp(key, "hostaddr")) {
        rc = number(key, value, UINT8_MAX, &n);
        d->u.hostdev.hostaddr = (uint8_t)n;
    } else if (!strcmp(key, "controller")) {
        rc = number(key, value, INT_MAX, &n);
        d->ctrl = (libxl_devid)n;
    } else if (!strcmp(key, "port")) {
        rc = number(key, value, 31, &n);
        d->port = (int)n;
    } else {
        rc = unknown_key(key);
    }
    return rc;
}

static int parse_usbdev(const char *spec, void *device)
{
    libxl_device_usbdev_init_type(device, LIBXL_USBDEV_TYPE_HOSTDEV);
    return each_pair(spec, take_usbdev_pair, device);
}

/* Displays: "connectors=ID:WIDTHxHEIGHT;ID:WIDTHxHEIGHT". */

static int parse_connectors(libxl_device_vdispl *d, const char *value)
{
    char *copy = must_alloc(strdup(value)), *save = NULL, *part;
    int rc = 0;

    for (part = strtok_r(copy, ";", &save); part && !rc; part = strtok_r(NULL, ";", &save)) {
        libxl_connector_param *c;
        char *size = strrchr(part, ':');
        int used = 0;

        d->connectors = must_alloc(
            realloc(d->connectors, (size_t)(d->num_connectors + 1) * sizeof(*d->connectors)));
        c = &d->connectors[d->num_connectors++];
        libxl_connector_param_init(c);
        if (!size || sscanf(size, ":%ux%u%n", &c->width, &c->height, &used) != 2 || size[used]) {
            rc = unknown_key(part);
        } else {
            *size = '\0';
            replace(&c->unique_id, part);
        }
    }
    free(copy);
    return rc;
}

static int take_vdispl_pair(const char *key, const char *value, void *arg)
{
    libxl_device_vdispl *d = arg;

    if (!strcmp(key, "backend"))
        replace(&d->backend_domname, value);
    else if (!strcmp(key, "be-alloc"))
        d->be_alloc = atoi(value) != 0;
    else if (!strcmp(key, "connectors"))
        return parse_connectors(d, value);
    else
        return unknown_key(key);
    return 0;
}

static int parse_vdispl(const char *spec, void *device)
{
    const libxl_device_vdispl *d = device;
    int rc = each_pair(spec, take_vdispl_pair, device);

    if (rc || d->num_connectors)
        return rc;
    fprintf(stderr, "At least one connector should be specified.\n");
    return EXIT_BAD;
}

/* Devices of the device tree: a path each. */
static int parse_dtdev(const char *spec, void *device)
{
    replace(&((libxl_device_dtdev *)device)->path, spec);
    return 0;
}

#define INIT(kind)                                                                                 \
    static void init_##kind(void *d)                                                               \
    {                                                                                              \
        libxl_device_##kind##_init(d);                                                             \
    }
INIT(vkb)
INIT(channel)
INIT(vtpm)
INIT(p9)
INIT(pvcallsif)
INIT(usbctrl)
INIT(usbdev)
INIT(vdispl)
INIT(dtdev)

#define LIST(name, kind, field, parse, devid)                                                      \
    {                                                                                              \
        name, sizeof(libxl_device_##kind), offsetof(libxl_domain_config, field),                   \
            offsetof(libxl_domain_config, num_##field), devid, init_##kind, parse                  \
    }
#define DEVID(kind) offsetof(libxl_device_##kind, devid)
#define NO_DEVID    SIZE_MAX
static const struct list {
    const char *key;
    size_t size, array, count; /* of an element; where the config has the two */
    size_t devid;              /* where an element has its place in the list, or NO_DEVID */
    void (*init)(void *device);
    int (*parse)(const char *spec, void *device);
} lists[] = {
    LIST("vkb", vkb, vkbs, parse_vkb, DEVID(vkb)),
    LIST("channel", channel, channels, parse_channel, DEVID(channel)),
    LIST("vtpm", vtpm, vtpms, parse_vtpm, DEVID(vtpm)),
    LIST("p9", p9, p9s, parse_p9, NO_DEVID),
    LIST("pvcalls", pvcallsif, pvcallsifs, parse_pvcalls, DEVID(pvcallsif)),
    LIST("usbctrl", usbctrl, usbctrls, parse_usbctrl, DEVID(usbctrl)),
    LIST("usbdev", usbdev, usbdevs, parse_usbdev, NO_DEVID),
    LIST("vdispl", vdispl, vdispls, parse_vdispl, DEVID(vdispl)),
    LIST("dtdev", dtdev, dtdevs, parse_dtdev, NO_DEVID),
};

/* To what is there already: a framebuffer brings a keyboard. */
static void *append(libxl_domain_config *d, const struct list *l)
{
    void **array = (void **)((char *)d + l->array);
    int *count = (int *)(void *)((char *)d + l->count);
    char *element;

    *array = must_alloc(realloc(*array, (size_t)(*count + 1) * l->size));
    element = (char *)*array + (size_t)*count * l->size;
    l->init(element);
    if (l->devid != NO_DEVID)
        *(libxl_devid *)(void *)(element + l->devid) = *count;
    ++*count;
    return element;
}

static void take_list(XLU_Config *cfg, libxl_domain_config *d, const struct list *l)
{
    XLU_ConfigList *list;
    int nr;

    if (xlu_cfg_get_list(cfg, l->key, &list, &nr, 0))
        return;
    for (int i = 0; i < nr; i++) {
        const char *spec = xlu_cfg_get_listitem(list, i);

        if (!spec || l->parse(spec, append(d, l))) {
            fprintf(stderr, "ERROR: invalid value for \"%s\"%s%s\n", l->key, spec ? ": " : "",
                    spec ? spec : "");
            exit(EXIT_BAD);
        }
    }
}

/* The pairs come as words here, which may themselves be lists of pairs. */
int config_parse_device(const char *key, char **words, int nr, void *device)
{
    const struct list *l = lists;
    size_t room = 1;
    char *spec;
    int rc;

    for (int i = 0; i < nr; i++)
        room += strlen(words[i]) + 1;
    spec = must_alloc(calloc(1, room));
    for (int i = 0; i < nr; i++) {
        strcat(spec, i ? "," : "");
        strcat(spec, words[i]);
    }
    while (strcmp(l->key, key))
        l++;
    rc = *spec ? l->parse(spec, device) : 0;
    free(spec);
    return rc;
}

static void take_bool(XLU_Config *cfg, const char *key, bool *to)
{
    long l;

    if (!xlu_cfg_get_long(cfg, key, &l, 0))
        *to = l != 0;
}

/* What holds for each device that does not say otherwise; the keys are read in any case. */
static void pci_for_all(XLU_Config *cfg, const libxl_domain_config *d, libxl_device_pci *pci)
{
    take_bool(cfg, "pci_msitranslate", &pci->msitranslate);
    take_bool(cfg, "pci_power_mgmt", &pci->power_mgmt);
    take_bool(cfg, "pci_permissive", &pci->permissive);
    take_bool(cfg, "pci_seize", &pci->seize);
    if (d->c_info.type != LIBXL_DOMAIN_TYPE_HVM)
        pci->rdm_policy = LIBXL_RDM_RESERVE_POLICY_STRICT;
}

static void take_pci(XLU_Config *cfg, libxl_domain_config *d)
{
    XLU_ConfigList *list;
    libxl_device_pci all;
    int nr;

    libxl_device_pci_init(&all);
    pci_for_all(cfg, d, &all);
    if (xlu_cfg_get_list(cfg, "pci", &list, &nr, 0) || !nr)
        return;
    d->pcidevs = must_alloc(calloc((size_t)nr, sizeof(*d->pcidevs)));
    for (int i = 0; i < nr; i++) {
        const char *s = xlu_cfg_get_listitem(list, i);

        d->pcidevs[d->num_pcidevs] = all;
        if (s && !xlu_pci_parse_spec_string(cfg, &d->pcidevs[d->num_pcidevs++], s))
            continue;
        fprintf(stderr, "unable to parse PCI_SPEC_STRING `%s' for passthrough\n", s ? s : "");
        exit(-ERROR_INVAL);
    }
    if (d->c_info.type == LIBXL_DOMAIN_TYPE_PV)
        libxl_defbool_set(&d->b_info.u.pv.e820_host, true);
}

void config_take_devices(XLU_Config *cfg, libxl_domain_config *d)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++)
        take_list(cfg, d, &lists[i]);
    config_take_vsnd(cfg, d);
    take_pci(cfg, d);
}
