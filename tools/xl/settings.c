/* SPDX-License-Identifier: MIT */
/* xl.conf(5). */
#include <errno.h>

#include "xl.h"

static void take_autoballoon(XLU_Config *cfg)
{
    const char *s;
    long l;

    if (xlu_cfg_get_string(cfg, "autoballoon", &s, 0))
        return;
    if (!strcmp(s, "on") || !strcmp(s, "auto") || !strcmp(s, "off"))
        settings.autoballoon = !strcmp(s, "on") ? 1 : !strcmp(s, "off") ? 0 : -1;
    else if (!xlu_cfg_get_long(cfg, "autoballoon", &l, 1))
        settings.autoballoon = !!l;
    else
        fprintf(stderr, "invalid autoballoon option\n");
}

/* A wrong one ends the program, as the stock xl does. */
static bool take_limit(XLU_Config *cfg, const char *key, long *l)
{
    int e = xlu_cfg_get_bounded_long(cfg, key, 0, 0x7fffffff, l, 0);

    if (e && e != ESRCH) {
        fprintf(stderr, "xl.conf: %s is not what it can be\n", key);
        exit(EXIT_BAD);
    }
    return !e;
}

static void take_limits(XLU_Config *cfg)
{
    long l;

    if (take_limit(cfg, "max_grant_frames", &l))
        settings.max_grant_frames = (uint32_t)l;
    if (take_limit(cfg, "max_maptrack_frames", &l))
        settings.max_maptrack_frames = (uint32_t)l;
    if (take_limit(cfg, "max_grant_version", &l))
        settings.max_grant_version = (int)l;
    if (!xlu_cfg_get_long(cfg, "run_hotplug_scripts", &l, 0))
        settings.run_hotplug_scripts = l;
    if (!xlu_cfg_get_long(cfg, "claim_mode", &l, 0))
        settings.claim_mode = l;
}

void settings_load(const char *file)
{
    static const struct {
        const char *key;
        char **to;
    } strings[] = {
        {"lockfile", &settings.lockfile},
        {"vifscript", &settings.vif_script}, /* the former name */
        {"vif.default.script", &settings.vif_script},
        {"defaultbridge", &settings.vif_bridge}, /* likewise */
        {"vif.default.bridge", &settings.vif_bridge},
        {"vif.default.backend", &settings.vif_backend},
        {"vif.default.gatewaydev", &settings.vif_gatewaydev},
        {"vm.cpumask", &settings.cpumask},
        {"vm.pv.cpumask", &settings.pv_cpumask},
        {"vm.hvm.cpumask", &settings.hvm_cpumask},
        {"blkdev_start", &settings.blkdev_start},
        {"remus.default.netbufscript", &settings.netbuf_script},
        {"colo.default.proxyscript", &settings.proxy_script},
    };
    struct config_source src = {.name = file};
    XLU_Config *cfg;
    const char *s;

    if (source_read(&src, file, NULL))
        return; /* there need be none */
    cfg = xlu_cfg_init(stderr, file);
    if (!cfg || xlu_cfg_readdata(cfg, src.text, src.len)) {
        fprintf(stderr, "Failed to parse config file %s\n", file);
        exit(EXIT_BAD);
    }
    take_autoballoon(cfg);
    take_limits(cfg);
    for (unsigned int i = 0; i < ARRAY_SIZE(strings); i++)
        xlu_cfg_replace_string(cfg, strings[i].key, strings[i].to, 0);
    if (!xlu_cfg_get_string(cfg, "domid_policy", &s, 0)) {
        if (strcmp(s, "xen") && strcmp(s, "random"))
            fprintf(stderr, "invalid domid_policy option");
        settings.domid_random = !strcmp(s, "random");
    }
    if (!xlu_cfg_get_string(cfg, "output_format", &s, 0)) {
        settings.sxp = !strcmp(s, "sxp");
        if (!settings.sxp && strcmp(s, "json"))
            fprintf(stderr, "invalid output_format \"%s\": json or sxp\n", s);
    }
    xlu_cfg_destroy(cfg);
    free(src.text);
}
