/* SPDX-License-Identifier: MIT */
/* xl-pci-configuration(5): "[DOMAIN:]BUS:DEV.FUNC[@VSLOT][,KEY=VALUE ...]"; and "rdm". */
#include <errno.h>
#include <stdlib.h>

#include "cfg.h"

static int fail(XLU_Config *cfg, const char *what, const char *text)
{
    fprintf(cfg->report, "%s: config parsing error: %s: `%s'\n", cfg->source, what, text);
    return EINVAL;
}

static bool hex(const char **s, unsigned long max, unsigned long *out)
{
    char *end;

    *out = strtoul(*s, &end, 16);
    if (end == *s || *out > max)
        return false;
    *s = end;
    return true;
}

static int parse_address(libxl_device_pci *pci, const char **s)
{
    unsigned long first, second, dev, func;

    if (!hex(s, 0xffff, &first) || *(*s)++ != ':' || !hex(s, 0xff, &second))
        return EINVAL;
    if (**s == ':') {
        (*s)++;
        if (!hex(s, 0x1f, &dev))
            return EINVAL;
    } else {
        dev = second;
        second = first;
        first = 0;
    }
    if (second > 0xff || dev > 0x1f || *(*s)++ != '.')
        return EINVAL;
    if (**s == '*') {
        (*s)++;
        pci->vfunc_mask = LIBXL_PCI_FUNC_ALL;
        func = 0;
    } else {
        if (!hex(s, 7, &func))
            return EINVAL;
        pci->vfunc_mask = 1u << 0;
    }
    pci->domain = (int)first;
    pci->bus = (uint8_t)second;
    pci->dev = (uint8_t)dev;
    pci->func = (uint8_t)func;
    return 0;
}

int xlu_pci_parse_bdf(XLU_Config *cfg, libxl_device_pci *pci, const char *str)
{
    const char *s = str;

    if (parse_address(pci, &s) || *s)
        return fail(cfg, "no PCI address", str);
    return 0;
}

static int parse_option(libxl_device_pci *pci, char *opt)
{
    char *val = strchr(opt, '=');
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"msitranslate", &pci->msitranslate},
                 {"power_mgmt", &pci->power_mgmt},
                 {"permissive", &pci->permissive},
                 {"seize", &pci->seize}};

    if (!val)
        return EINVAL;
    *val++ = '\0';
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (!strcmp(opt, flags[i].name)) {
            *flags[i].flag = atoi(val);
            return 0;
        }
    }
    if (!strcmp(opt, "bdf")) {
        const char *s = val;

        return parse_address(pci, &s) || *s ? EINVAL : 0;
    }
    if (!strcmp(opt, "rdm_policy"))
        return libxl_rdm_reserve_policy_from_string(val, &pci->rdm_policy) ? EINVAL : 0;
    if (!strcmp(opt, "name")) {
        free(pci->name);
        pci->name = strdup(val);
        return pci->name ? 0 : ENOMEM;
    }
    if (!strcmp(opt, "vslot")) {
        pci->vdevfn = (uint32_t)strtoul(val, NULL, 16) << 3;
        return 0;
    }
    return EINVAL;
}

int xlu_pci_parse_spec_string(XLU_Config *cfg, libxl_device_pci *pci, const char *str)
{
    const char *s = str;
    unsigned long slot;
    char *copy, *opt, *save = NULL;
    int e = 0;

    /* One that has a name needs no address, or has it among the options. */
    if (parse_address(pci, &s)) {
        if (!strchr(str, '=') || strcspn(str, "=") > strcspn(str, ","))
            return fail(cfg, "no PCI address", str);
        s = str;
    } else if (*s == '@') {
        s++;
        if (!hex(&s, 0x1f, &slot))
            return fail(cfg, "no PCI slot", str);
        pci->vdevfn = (uint32_t)slot << 3;
    }
    if (s != str && *s && *s != ',')
        return fail(cfg, "unexpected text after a PCI address", str);
    copy = strdup(s);
    if (!copy)
        return ENOMEM;
    for (opt = strtok_r(copy, ", ", &save); opt && !e; opt = strtok_r(NULL, ", ", &save))
        e = parse_option(pci, opt);
    free(copy);
    return e == EINVAL ? fail(cfg, "unknown PCI option", str) : e;
}

int xlu_rdm_parse(XLU_Config *cfg, libxl_rdm_reserve *rdm, const char *str)
{
    char *copy = strdup(str), *opt, *save = NULL;
    int e = 0;

    if (!copy)
        return ENOMEM;
    for (opt = strtok_r(copy, ", ", &save); opt && !e; opt = strtok_r(NULL, ", ", &save)) {
        if (!strncmp(opt, "strategy=", 9))
            e = libxl_rdm_reserve_strategy_from_string(opt + 9, &rdm->strategy);
        else if (!strncmp(opt, "policy=", 7))
            e = libxl_rdm_reserve_policy_from_string(opt + 7, &rdm->policy);
        else
            e = EINVAL;
    }
    free(copy);
    return e ? fail(cfg, "not understood", str) : 0;
}
