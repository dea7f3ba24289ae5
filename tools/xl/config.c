/* SPDX-License-Identifier: MIT */
/* xl.cfg(5): from a parsed file to libxl's structure. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>

#include "config.h"

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(EXIT_BAD);
}

/* Keys that are simply stored. */

struct simple_key {
    const char *key;
    enum { KEY_STRING, KEY_DEFBOOL, KEY_STRINGS } kind;
    size_t offset; /* in libxl_domain_config */
};
#define AT(field) offsetof(libxl_domain_config, field)

static const struct simple_key simple_keys[] = {
    {"seclabel", KEY_STRING, AT(c_info.ssid_label)},
    {"pool", KEY_STRING, AT(c_info.pool_name)},
    {"driver_domain", KEY_DEFBOOL, AT(c_info.driver_domain)},
    {"hap", KEY_DEFBOOL, AT(c_info.hap)},
    {"oos", KEY_DEFBOOL, AT(c_info.oos)},
    {"kernel", KEY_STRING, AT(b_info.kernel)},
    {"ramdisk", KEY_STRING, AT(b_info.ramdisk)},
    {"device_tree", KEY_STRING, AT(b_info.device_tree)},
    {"bootloader", KEY_STRING, AT(b_info.bootloader)},
    {"bootloader_args", KEY_STRINGS, AT(b_info.bootloader_args)},
    {"init_seclabel", KEY_STRING, AT(b_info.exec_ssid_label)},
    {"blkdev_start", KEY_STRING, AT(b_info.blkdev_start)},
    {"nomigrate", KEY_DEFBOOL, AT(b_info.disable_migrate)},
    {"localtime", KEY_DEFBOOL, AT(b_info.localtime)},
    {"nestedhvm", KEY_DEFBOOL, AT(b_info.nested_hvm)},
    {"apic", KEY_DEFBOOL, AT(b_info.apic)},
    {"dm_restrict", KEY_DEFBOOL, AT(b_info.dm_restrict)},
    {"device_model_override", KEY_STRING, AT(b_info.device_model)},
    {"device_model_user", KEY_STRING, AT(b_info.device_model_user)},
    {"device_model_args", KEY_STRINGS, AT(b_info.extra)},
    {"device_model_args_pv", KEY_STRINGS, AT(b_info.extra_pv)},
    {"device_model_args_hvm", KEY_STRINGS, AT(b_info.extra_hvm)},
    {"msr_relaxed", KEY_DEFBOOL, AT(b_info.arch_x86.msr_relaxed)},
    {"vpmu", KEY_DEFBOOL, AT(b_info.vpmu)},
    {"xend_suspend_evtchn_compat", KEY_DEFBOOL, AT(c_info.xend_suspend_evtchn_compat)},
};

static void take_simple(XLU_Config *cfg, libxl_domain_config *d)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(simple_keys); i++) {
        const struct simple_key *k = &simple_keys[i];
        void *at = (char *)d + k->offset;

        if (k->kind == KEY_STRING)
            xlu_cfg_replace_string(cfg, k->key, at, 0);
        else if (k->kind == KEY_DEFBOOL)
            xlu_cfg_get_defbool(cfg, k->key, at, 0);
        else if (xlu_cfg_get_list_as_string_list(cfg, k->key, at, 1) == EINVAL)
            fprintf(stderr, "xl: key %s must be a list of strings\n", k->key);
    }
}

/* Type and identity. */

#if defined(__arm__) || defined(__aarch64__)
#define DEFAULT_TYPE LIBXL_DOMAIN_TYPE_PVH
#else
#define DEFAULT_TYPE LIBXL_DOMAIN_TYPE_PV
#endif

static libxl_domain_type take_type(XLU_Config *cfg)
{
    libxl_domain_type type = DEFAULT_TYPE;
    const char *s;

    if (!xlu_cfg_get_string(cfg, "type", &s, 0)) {
        if (strcmp(s, "pv") && strcmp(s, "pvh") && strcmp(s, "hvm")) {
            fprintf(stderr, "Invalid domain type %s.\n", s);
            exit(EXIT_BAD);
        }
        libxl_domain_type_from_string(s, &type);
    }
    if (!xlu_cfg_get_string(cfg, "builder", &s, 0)) {
        libxl_domain_type old = !strcmp(s, "hvm") ? LIBXL_DOMAIN_TYPE_HVM : LIBXL_DOMAIN_TYPE_PV;

        if (xlu_cfg_get_string(cfg, "type", &s, 0))
            type = old;
        else if (old != type)
            fail("Contradicting \"builder\" and \"type\" options specified.");
    }
    return type;
}

static void take_identity(XLU_Config *cfg, libxl_domain_create_info *c)
{
    const char *s;

    c->type = take_type(cfg);
    if (xlu_cfg_replace_string(cfg, "name", &c->name, 0))
        fail("Domain name must be specified.");
    if (!xlu_cfg_get_string(cfg, "uuid", &s, 0)) {
        if (libxl_uuid_from_string(&c->uuid, s)) {
            fprintf(stderr, "Failed to parse UUID: %s\n", s);
            exit(EXIT_BAD);
        }
    } else {
        libxl_uuid_generate(&c->uuid);
    }
    libxl_defbool_set(&c->run_hotplug_scripts, settings.run_hotplug_scripts);
    c->domid = settings.domid_random ? (uint32_t)RANDOM_DOMID : NO_DOMAIN;
}

/* CPUs. */

static void cpumap_from(const char *s, libxl_bitmap *map)
{
    if (libxl_cpu_bitmap_alloc(ctx, map, 0))
        fail("Unable to allocate cpumap");
    if (parse_cpus(s, map))
        exit(EXIT_BAD);
}

/* A string is for all vCPUs, a list has one entry for each. */
static void take_affinity(XLU_Config *cfg, const char *key, int vcpus, int *num,
                          libxl_bitmap **maps)
{
    XLU_ConfigList *list;
    const char *s;
    int nr;

    if (!xlu_cfg_get_list(cfg, key, &list, &nr, 1)) {
        *num = nr < vcpus ? nr : vcpus;
        *maps = must_alloc(calloc((size_t)*num + 1, sizeof(**maps)));
        for (int i = 0; i < *num; i++) {
            s = xlu_cfg_get_listitem(list, i);
            cpumap_from(s ? s : "", &(*maps)[i]);
        }
    } else if (!xlu_cfg_get_string(cfg, key, &s, 0)) {
        *num = vcpus;
        *maps = must_alloc(calloc((size_t)vcpus + 1, sizeof(**maps)));
        for (int i = 0; i < vcpus; i++)
            cpumap_from(s, &(*maps)[i]);
    }
}

static void take_vcpus(XLU_Config *cfg, libxl_domain_build_info *b)
{
    long on_nodes = vnuma_vcpus(b), online = on_nodes ? on_nodes : 1, max;

    xlu_cfg_get_bounded_long(cfg, "vcpus", 1, INT_MAX, &online, 0);
    b->max_vcpus = (int)(on_nodes ? on_nodes : online);
    if (!xlu_cfg_get_bounded_long(cfg, "maxvcpus", 1, INT_MAX, &max, 0))
        b->max_vcpus = (int)max;
    if (b->max_vcpus < online) {
        fprintf(stderr, "xl: maxvcpus < vcpus\n");
        exit(EXIT_BAD);
    }
    if (on_nodes && b->max_vcpus != on_nodes) {
        fprintf(stderr, "xl: vnuma has %ld vCPUs, maxvcpus is %d\n", on_nodes, b->max_vcpus);
        exit(EXIT_BAD);
    }
    if (libxl_cpu_bitmap_alloc(ctx, &b->avail_vcpus, (int)online))
        fail("Unable to allocate cpumap");
    for (int i = 0; i < online; i++)
        libxl_bitmap_set(&b->avail_vcpus, i);
    take_affinity(cfg, "cpus", b->max_vcpus, &b->num_vcpu_hard_affinity, &b->vcpu_hard_affinity);
    take_affinity(cfg, "cpus_soft", b->max_vcpus, &b->num_vcpu_soft_affinity,
                  &b->vcpu_soft_affinity);
    if (b->num_vcpu_hard_affinity || b->num_vcpu_soft_affinity)
        libxl_defbool_set(&b->numa_placement, false);
}

static void take_sched(XLU_Config *cfg, libxl_domain_sched_params *p)
{
    const struct {
        const char *key;
        int *to;
    } keys[] = {{"cpu_weight", &p->weight},
                {"cap", &p->cap},
                {"period", &p->period},
                {"budget", &p->budget},
                {"extratime", &p->extratime}};
    long l;

    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
        if (!xlu_cfg_get_long(cfg, keys[i].key, &l, 0))
            *keys[i].to = (int)l;
}

/* Memory. */

static void take_memory(XLU_Config *cfg, libxl_domain_build_info *b)
{
    uint64_t on_nodes = vnuma_memkb(b);
    long l;

    if (!xlu_cfg_get_bounded_long(cfg, "memory", 0, LONG_MAX / 1024, &l, 0)) {
        b->max_memkb = (uint64_t)l * 1024;
        b->target_memkb = b->max_memkb;
    }
    if (on_nodes)
        b->max_memkb = on_nodes;
    if (!xlu_cfg_get_bounded_long(cfg, "maxmem", 0, LONG_MAX / 1024, &l, 0))
        b->max_memkb = (uint64_t)l * 1024;
    if (on_nodes && b->max_memkb != on_nodes) {
        fprintf(stderr, "xl: maxmem is not the memory of all nodes of vnuma\n");
        exit(EXIT_BAD);
    }
    if (!xlu_cfg_get_bounded_long(cfg, "videoram", 0, LONG_MAX / 1024, &l, 0))
        b->video_memkb = (uint64_t)l * 1024;
    if (!xlu_cfg_get_bounded_long(cfg, "shadow_memory", 0, LONG_MAX / 1024, &l, 0))
        b->shadow_memkb = (uint64_t)l * 1024;
    libxl_defbool_set(&b->claim_mode, settings.claim_mode);
}

static void take_limits(XLU_Config *cfg, libxl_domain_build_info *b)
{
    long l;

    b->max_grant_frames = settings.max_grant_frames;
    b->max_maptrack_frames = settings.max_maptrack_frames;
    b->max_grant_version = settings.max_grant_version;
    if (!xlu_cfg_get_bounded_long(cfg, "max_grant_frames", 0, INT_MAX, &l, 0))
        b->max_grant_frames = (uint32_t)l;
    if (!xlu_cfg_get_bounded_long(cfg, "max_maptrack_frames", 0, INT_MAX, &l, 0))
        b->max_maptrack_frames = (uint32_t)l;
    if (!xlu_cfg_get_bounded_long(cfg, "max_grant_version", 0, INT_MAX, &l, 0))
        b->max_grant_version = (int)l;
    if (!xlu_cfg_get_bounded_long(cfg, "max_event_channels", 0, INT_MAX, &l, 0))
        b->event_channels = (uint32_t)l;
    if (!xlu_cfg_get_bounded_long(cfg, "vmtrace_buf_kb", 0, INT_MAX, &l, 0))
        b->vmtrace_buf_kb = (int)l;
    if (!xlu_cfg_get_long(cfg, "rtc_timeoffset", &l, 0))
        b->rtc_timeoffset = (uint32_t)l;
}

/* The kernel's command line: the whole, or "root" and "extra" put together. */
static void take_cmdline(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *whole = NULL, *root = NULL, *extra = NULL;
    char *line = NULL;

    xlu_cfg_get_string(cfg, "cmdline", &whole, 0);
    xlu_cfg_get_string(cfg, "root", &root, 0);
    xlu_cfg_get_string(cfg, "extra", &extra, 0);
    if (whole) {
        line = must_alloc(strdup(whole));
        if (root || extra)
            fprintf(stderr, "Warning: ignoring root= and extra= in favour of cmdline=\n");
    } else if (root || extra) {
        size_t len = (root ? strlen(root) : 0) + (extra ? strlen(extra) : 0) + 16;

        line = must_alloc(malloc(len));
        snprintf(line, len, "%s%s%s%s", root ? "root=" : "", root ? root : "",
                 root && extra ? " " : "", extra ? extra : "");
    }
    b->cmdline = line;
}

/* What to do at the end. */

static void take_action(XLU_Config *cfg, const char *key, libxl_action_on_shutdown *to,
                        libxl_action_on_shutdown deflt)
{
    static const struct {
        const char *name;
        libxl_action_on_shutdown action;
    } actions[] = {
        {"destroy", LIBXL_ACTION_ON_SHUTDOWN_DESTROY},
        {"restart", LIBXL_ACTION_ON_SHUTDOWN_RESTART},
        {"rename-restart", LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME},
        {"preserve", LIBXL_ACTION_ON_SHUTDOWN_PRESERVE},
        {"coredump-destroy", LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_DESTROY},
        {"coredump-restart", LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_RESTART},
        {"soft-reset", LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET},
    };
    const char *s;

    *to = deflt;
    if (xlu_cfg_get_string(cfg, key, &s, 0))
        return;
    for (unsigned int i = 0; i < ARRAY_SIZE(actions); i++) {
        if (!strcmp(actions[i].name, s)) {
            *to = actions[i].action;
            return;
        }
    }
    fprintf(stderr, "Unknown %s action \"%s\" specified\n", key, s);
    exit(EXIT_BAD);
}

static void take_actions(XLU_Config *cfg, libxl_domain_config *d)
{
    take_action(cfg, "on_poweroff", &d->on_poweroff, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
    take_action(cfg, "on_reboot", &d->on_reboot, LIBXL_ACTION_ON_SHUTDOWN_RESTART);
    take_action(cfg, "on_watchdog", &d->on_watchdog, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
    take_action(cfg, "on_crash", &d->on_crash, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
    take_action(cfg, "on_soft_reset", &d->on_soft_reset, LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET);
}

/* The rest. */

static void take_cpuid(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    const char *s;
    int nr, e = 0;

    if (!xlu_cfg_get_list(cfg, "cpuid", &list, &nr, 1)) {
        for (int i = 0; i < nr && !e; i++) {
            s = xlu_cfg_get_listitem(list, i);
            e = s ? libxl_cpuid_parse_config_xend(&b->cpuid, s) : 1;
            if (e)
                fprintf(stderr, "while parsing CPUID line: \"%s\": error %d\n", s ? s : "", e);
        }
    } else if (!xlu_cfg_get_string(cfg, "cpuid", &s, 0)) {
        char *copy = must_alloc(strdup(s)), *save = NULL, *part;

        for (part = strtok_r(copy, ",", &save); part && !e; part = strtok_r(NULL, ",", &save)) {
            e = libxl_cpuid_parse_config(&b->cpuid, part);
            if (e)
                fprintf(stderr, "while parsing CPUID flag: \"%s\": error %d\n", part, e);
        }
        free(copy);
    }
    if (e)
        exit(EXIT_BAD);
}

static void take_tsc(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *s;
    long l;

    if (!xlu_cfg_get_long(cfg, "tsc_mode", &l, 1)) {
        if (l < 0 || l > 3)
            fail("ERROR: invalid value for \"tsc_mode\"");
        b->tsc_mode = (libxl_tsc_mode)l;
    } else if (!xlu_cfg_get_string(cfg, "tsc_mode", &s, 0) &&
               libxl_tsc_mode_from_string(s, &b->tsc_mode)) {
        fail("ERROR: invalid value for \"tsc_mode\"");
    }
}

static void __attribute__((noreturn)) fail_item(const char *what, const char *item)
{
    fprintf(stderr, "xl: Invalid argument parsing %s: %s\n", what, item ? item : "");
    exit(EXIT_BAD);
}

/* "FIRST[-LAST]" in hexadecimal. */
static void take_ioports(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    int nr;

    if (xlu_cfg_get_list(cfg, "ioports", &list, &nr, 0))
        return;
    b->ioports = must_alloc(calloc((size_t)nr + 1, sizeof(*b->ioports)));
    for (int i = 0; i < nr; i++) {
        const char *s = xlu_cfg_get_listitem(list, i);
        char *end = NULL;
        unsigned long first = s ? strtoul(s, &end, 16) : 0, last = first;

        if (end && *end == '-')
            last = strtoul(end + 1, &end, 16);
        if (!s || end == s || *end || last < first || last > 0xffff)
            fail_item("ioport", s);
        b->ioports[b->num_ioports].first = (uint32_t)first;
        b->ioports[b->num_ioports++].number = (uint32_t)(last - first + 1);
    }
}

static void take_irqs(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    unsigned long v;
    int nr;

    if (xlu_cfg_get_list(cfg, "irqs", &list, &nr, 0))
        return;
    b->irqs = must_alloc(calloc((size_t)nr + 1, sizeof(*b->irqs)));
    for (int i = 0; i < nr; i++) {
        const char *s = xlu_cfg_get_listitem(list, i);

        if (!s || !parse_ulong(s, &v) || v > UINT32_MAX)
            fail_item("irq", s);
        b->irqs[b->num_irqs++] = (uint32_t)v;
    }
}

/* "START,NUMBER[@GFN]" in hexadecimal pages. */
static void take_iomem(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    int nr;

    if (xlu_cfg_get_list(cfg, "iomem", &list, &nr, 0))
        return;
    b->iomem = must_alloc(calloc((size_t)nr + 1, sizeof(*b->iomem)));
    for (int i = 0; i < nr; i++) {
        const char *s = xlu_cfg_get_listitem(list, i);
        libxl_iomem_range *r = &b->iomem[b->num_iomem++];
        unsigned long start = 0, number = 0, gfn;
        int used = 0;

        libxl_iomem_range_init(r);
        if (!s || sscanf(s, "%lx,%lx%n", &start, &number, &used) != 2)
            fail_item("iomem", s);
        r->start = start;
        r->number = number;
        if (s[used] == '@' && sscanf(s + used, "@%lx", &gfn) == 1)
            r->gfn = gfn;
        else if (s[used])
            fail_item("iomem", s);
    }
}

static void take_disks(XLU_Config *cfg, libxl_domain_config *d)
{
    XLU_ConfigList *list;
    int nr;

    if (xlu_cfg_get_list(cfg, "disk", &list, &nr, 0))
        return;
    d->disks = must_alloc(calloc((size_t)nr + 1, sizeof(*d->disks)));
    for (int i = 0; i < nr; i++) {
        const char *spec = xlu_cfg_get_listitem(list, i);

        if (!spec)
            fail("xl: a disk must be a string");
        libxl_device_disk_init(&d->disks[d->num_disks]);
        if (xlu_disk_parse(cfg, 1, &spec, &d->disks[d->num_disks]))
            exit(EXIT_BAD);
        d->num_disks++;
    }
}

static void take_vifs(XLU_Config *cfg, libxl_domain_config *d)
{
    XLU_ConfigList *list;
    int nr;

    if (xlu_cfg_get_list(cfg, "vif", &list, &nr, 0))
        return;
    d->nics = must_alloc(calloc((size_t)nr + 1, sizeof(*d->nics)));
    for (int i = 0; i < nr; i++) {
        const char *spec = xlu_cfg_get_listitem(list, i);
        libxl_device_nic *nic = &d->nics[d->num_nics];

        libxl_device_nic_init(nic);
        nic->devid = d->num_nics++;
        vif_defaults(nic);
        if (!spec || parse_vif(spec, cfg, nic))
            exit(EXIT_BAD);
    }
}

void config_parse(const struct config_source *src, libxl_domain_config *d)
{
    XLU_Config *cfg = must_alloc(xlu_cfg_init(stderr, src->name));
    int e = xlu_cfg_readdata(cfg, src->text, src->len);

    if (e) {
        fprintf(stderr, "Failed to parse config: %s\n", strerror(e));
        exit(EXIT_BAD);
    }
    take_identity(cfg, &d->c_info);
    libxl_domain_build_info_init_type(&d->b_info, d->c_info.type);
    take_simple(cfg, d);
    config_take_vnuma(cfg, &d->b_info);
    take_vcpus(cfg, &d->b_info);
    take_sched(cfg, &d->b_info.sched_params);
    take_memory(cfg, &d->b_info);
    take_limits(cfg, &d->b_info);
    take_cmdline(cfg, &d->b_info);
    take_actions(cfg, d);
    take_cpuid(cfg, &d->b_info);
    take_tsc(cfg, &d->b_info);
    take_ioports(cfg, &d->b_info);
    take_irqs(cfg, &d->b_info);
    take_iomem(cfg, &d->b_info);
    take_disks(cfg, d);
    take_vifs(cfg, d);
    config_take_platform(cfg, d);
    config_take_devices(cfg, d);
    xlu_cfg_destroy(cfg);
}
