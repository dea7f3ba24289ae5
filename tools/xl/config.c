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

void drop_if_empty(libxl_string_list *list)
{
    if (*list && !**list)
        libxl_string_list_dispose(list);
}

/* Keys that are simply stored. */

struct simple_key {
    const char *key;
    enum { KEY_STRING, KEY_DEFBOOL, KEY_STRINGS } kind;
    size_t offset; /* in libxl_domain_config */
};
#define AT(field) offsetof(libxl_domain_config, field)

static const struct simple_key simple_keys[] = {
    {"pool", KEY_STRING, AT(c_info.pool_name)},
    {"driver_domain", KEY_DEFBOOL, AT(c_info.driver_domain)},
    {"hap", KEY_DEFBOOL, AT(c_info.hap)},
    {"oos", KEY_DEFBOOL, AT(c_info.oos)},
    {"kernel", KEY_STRING, AT(b_info.kernel)},
    {"ramdisk", KEY_STRING, AT(b_info.ramdisk)},
    {"device_tree", KEY_STRING, AT(b_info.device_tree)},
    {"bootloader", KEY_STRING, AT(b_info.bootloader)},
    {"nomigrate", KEY_DEFBOOL, AT(b_info.disable_migrate)},
    {"localtime", KEY_DEFBOOL, AT(b_info.localtime)},
    {"nestedhvm", KEY_DEFBOOL, AT(b_info.nested_hvm)},
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

/* Where a list is needed and something else is given, nothing is started. */
static void take_strings(XLU_Config *cfg, const char *key, libxl_string_list *to)
{
    int e = xlu_cfg_get_list_as_string_list(cfg, key, to, 0);

    if (e && e != ESRCH) {
        fprintf(stderr, "xl: %s must be a list of strings\n", key);
        exit(EXIT_LIBXL);
    }
    drop_if_empty(to);
}

static void take_simple(XLU_Config *cfg, libxl_domain_config *d)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(simple_keys); i++) {
        const struct simple_key *k = &simple_keys[i];
        void *at = (char *)d + k->offset;

        if (k->kind == KEY_STRING)
            xlu_cfg_replace_string(cfg, k->key, at, 0);
        else if (k->kind == KEY_DEFBOOL)
            xlu_cfg_get_defbool(cfg, k->key, at, 0);
        else
            take_strings(cfg, k->key, at);
    }
}

/* Type and identity. */

#if defined(__arm__) || defined(__aarch64__)
#define DEFAULT_TYPE LIBXL_DOMAIN_TYPE_PVH
#else
#define DEFAULT_TYPE LIBXL_DOMAIN_TYPE_PV
#endif

struct type_name {
    const char *name;
    libxl_domain_type type;
};

/* The first of the names that begins so: beginnings of a name do, as the stock xl has it. */
static libxl_domain_type type_named(const char *s, const struct type_name *names, int nr)
{
    for (int i = 0; i < nr; i++)
        if (!strncmp(s, names[i].name, strlen(s)))
            return names[i].type;
    fprintf(stderr, "Invalid domain type %s.\n", s);
    exit(EXIT_BAD);
}

static libxl_domain_type take_type(XLU_Config *cfg)
{
    static const struct type_name types[] = {{"hvm", LIBXL_DOMAIN_TYPE_HVM},
                                             {"pv", LIBXL_DOMAIN_TYPE_PV},
                                             {"pvh", LIBXL_DOMAIN_TYPE_PVH}},
                                  builders[] = {{"hvm", LIBXL_DOMAIN_TYPE_HVM},
                                                {"generic", LIBXL_DOMAIN_TYPE_PV}};
    libxl_domain_type type = DEFAULT_TYPE, old;
    const char *s;
    bool given = !xlu_cfg_get_string(cfg, "type", &s, 0);

    if (given)
        type = type_named(s, types, ARRAY_SIZE(types));
    if (xlu_cfg_get_string(cfg, "builder", &s, 0))
        return type;
    old = type_named(s, builders, ARRAY_SIZE(builders));
    if (given && old != type)
        fail("Contradicting \"builder\" and \"type\" options specified.");
    return old;
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
}

/* "seclabel" is what the domain runs by, "init_seclabel" what it is made by. */
static void take_labels(XLU_Config *cfg, libxl_domain_config *d)
{
    bool two = !xlu_cfg_replace_string(cfg, "init_seclabel", &d->c_info.ssid_label, 0);

    xlu_cfg_replace_string(cfg, "seclabel",
                           two ? &d->b_info.exec_ssid_label : &d->c_info.ssid_label, 0);
}

/* A list; words of one string are taken as well. */
static void take_bootloader_args(XLU_Config *cfg, libxl_domain_build_info *b)
{
    char *copy, *save = NULL, *word;
    const char *s;
    int nr = 0;

    if (xlu_cfg_get_string(cfg, "bootloader_args", &s, 1)) {
        take_strings(cfg, "bootloader_args", &b->bootloader_args);
        return;
    }
    fprintf(stderr, "xl: bootloader_args= should be a list of strings\n");
    copy = must_alloc(strdup(s));
    b->bootloader_args = must_alloc(calloc(strlen(s) + 2, sizeof(*b->bootloader_args)));
    for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
        b->bootloader_args[nr++] = must_alloc(strdup(word));
    free(copy);
    drop_if_empty(&b->bootloader_args);
}

/* CPUs. */

static void cpumap_from(const char *s, libxl_bitmap *map)
{
    if (libxl_cpu_bitmap_alloc(ctx, map, 0))
        fail("Unable to allocate cpumap");
    if (parse_cpus(s, map))
        exit(EXIT_BAD);
}

/* A string is for all vCPUs, a list has one entry for each. Returns whether it was a list. */
static bool take_affinity(XLU_Config *cfg, const char *key, int vcpus, int *num,
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
        return true;
    } else if (!xlu_cfg_get_string(cfg, key, &s, 0)) {
        *num = vcpus;
        *maps = must_alloc(calloc((size_t)vcpus + 1, sizeof(**maps)));
        for (int i = 0; i < vcpus; i++)
            cpumap_from(s, &(*maps)[i]);
    }
    return false;
}

static void take_affinities(XLU_Config *cfg, libxl_domain_build_info *b)
{
    int vcpus = b->max_vcpus ? b->max_vcpus : 1;
    bool lists =
        take_affinity(cfg, "cpus", vcpus, &b->num_vcpu_hard_affinity, &b->vcpu_hard_affinity);

    for (int i = 0; i < b->num_vcpu_hard_affinity; i++)
        if (libxl_bitmap_is_empty(&b->vcpu_hard_affinity[i]))
            fail("vcpu hard affinity map is empty");
    lists |=
        take_affinity(cfg, "cpus_soft", vcpus, &b->num_vcpu_soft_affinity, &b->vcpu_soft_affinity);
    if (lists || b->num_vcpu_soft_affinity)
        libxl_defbool_set(&b->numa_placement, false);
}

/* How many are wanted stays open where nothing is said: libxl knows its default. */
static void take_vcpus(XLU_Config *cfg, libxl_domain_build_info *b)
{
    long on_nodes = vnuma_vcpus(b), online = 0, max = 0;

    if (!xlu_cfg_get_long(cfg, "vcpus", &online, 0) && online > INT_MAX)
        fail("Unable to allocate cpumap");
    xlu_cfg_get_bounded_long(cfg, "maxvcpus", 1, INT_MAX, &max, 0);
    if (online > 0 || on_nodes || max)
        b->max_vcpus = (int)(max ? max : on_nodes ? on_nodes : online);
    if (b->max_vcpus < online) {
        fprintf(stderr, "xl: maxvcpus < vcpus\n");
        exit(EXIT_BAD);
    }
    if (on_nodes && b->max_vcpus != on_nodes) {
        fprintf(stderr, "xl: vnuma has %ld vCPUs, maxvcpus is %d\n", on_nodes, b->max_vcpus);
        exit(EXIT_BAD);
    }
    if (online > 0 && libxl_cpu_bitmap_alloc(ctx, &b->avail_vcpus, (int)online))
        fail("Unable to allocate cpumap");
    for (int i = 0; i < online; i++)
        libxl_bitmap_set(&b->avail_vcpus, i);
    take_affinities(cfg, b);
}

static void take_sched(XLU_Config *cfg, libxl_domain_sched_params *p)
{
    const struct {
        const char *key;
        int *to;
    } keys[] = {{"cpu_weight", &p->weight},
                {"cap", &p->cap},
                {"period", &p->period},
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

/* Without these as they are meant no guest is made. */
static bool take_limit(XLU_Config *cfg, const char *key, long *l)
{
    int e = xlu_cfg_get_bounded_long(cfg, key, 0, INT_MAX, l, 0);

    if (e && e != ESRCH) {
        fprintf(stderr, "xl: %s is not what it can be\n", key);
        exit(EXIT_BAD);
    }
    return !e;
}

static void take_limits(XLU_Config *cfg, libxl_domain_build_info *b)
{
    long l;

    b->max_grant_frames = settings.max_grant_frames;
    b->max_maptrack_frames = settings.max_maptrack_frames;
    b->max_grant_version = settings.max_grant_version;
    if (settings.blkdev_start)
        b->blkdev_start = must_alloc(strdup(settings.blkdev_start));
    if (take_limit(cfg, "max_grant_frames", &l))
        b->max_grant_frames = (uint32_t)l;
    if (take_limit(cfg, "max_maptrack_frames", &l))
        b->max_maptrack_frames = (uint32_t)l;
    if (take_limit(cfg, "max_grant_version", &l))
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

/* "host,FLAG=VALUE,...". What is wrong is said and passed over, here and in lists. */
static void take_cpuid_flags(const char *s, libxl_domain_build_info *b)
{
    char *copy = must_alloc(strdup(s)), *save = NULL, *part = strtok_r(copy, ",", &save);

    if (part && strcmp(part, "host"))
        fprintf(stderr, "xl: cpuid: \"%s\" is ignored: the first word must be \"host\"\n", s);
    else
        while ((part = strtok_r(NULL, ",", &save)))
            if (libxl_cpuid_parse_config(&b->cpuid, part))
                fprintf(stderr, "xl: cpuid: \"%s\" is ignored: no flag, or no value of it\n", part);
    free(copy);
}

static void take_cpuid(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    const char *s;
    int nr;

    if (xlu_cfg_get_list(cfg, "cpuid", &list, &nr, 1)) {
        if (!xlu_cfg_get_string(cfg, "cpuid", &s, 0))
            take_cpuid_flags(s, b);
        return;
    }
    for (int i = 0; i < nr; i++) {
        s = xlu_cfg_get_listitem(list, i);
        if (!s || libxl_cpuid_parse_config_xend(&b->cpuid, s))
            fprintf(stderr, "xl: cpuid: \"%s\" is ignored: not LEAF[,SUBLEAF]:REGISTER=BITS,...\n",
                    s ? s : "");
    }
}

static void take_tsc(XLU_Config *cfg, libxl_domain_build_info *b)
{
    const char *s;
    long l;

    if (!xlu_cfg_get_long(cfg, "tsc_mode", &l, 1)) {
        if (l < 0 || l > 3)
            fail("ERROR: invalid value for \"tsc_mode\"");
        b->tsc_mode = (libxl_tsc_mode)l;
        fprintf(stderr, "WARNING: tsc_mode= should be \"%s\", not a number\n",
                libxl_tsc_mode_to_string(b->tsc_mode));
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
    for (int i = 0; i < nr && xlu_cfg_get_listitem(list, i); i++) {
        libxl_device_nic *nic = &d->nics[d->num_nics];

        libxl_device_nic_init(nic);
        nic->devid = d->num_nics++;
        vif_defaults(nic);
        parse_vif(xlu_cfg_get_listitem(list, i), cfg, nic, true);
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
    take_labels(cfg, d);
    take_simple(cfg, d);
    take_bootloader_args(cfg, &d->b_info);
    if (settings.blkdev_start)
        replace(&d->b_info.blkdev_start, settings.blkdev_start);
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
    config_warn(cfg, d);
    xlu_cfg_destroy(cfg);
}
