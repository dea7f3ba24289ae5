/* SPDX-License-Identifier: MIT */
/* The hypervisor's command line against the options that the code declares. */
#include <xen/kernel.h>
#include <xen/lib/cmdline.h>
#include <xen/lib/string.h>
#include <xen/param.h>

extern const struct param __param_start[], __param_end[];

char saved_cmdline[2048];

static int __init store(const struct param *p, uint64_t v)
{
    if (p->len < sizeof(v) && v >> (p->len * 8))
        return -ERANGE;
    memcpy(p->var, &v, p->len);
    return 0;
}

static int __init set_uint(const struct param *p, const char *value)
{
    const char *end;
    uint64_t v;

    if (text_to_u64(value, &end, 0, &v) || *end)
        return -EINVAL;
    return store(p, v);
}

static int __init set_size(const struct param *p, const char *value)
{
    const char *end;
    uint64_t v;

    if (parse_size(value, &end, 10, &v) || *end)
        return -EINVAL;
    return store(p, v);
}

static int __init set_bool(const struct param *p, const struct cmdline_opt *opt)
{
    int v = cmdline_bool(opt);

    if (v < 0)
        return v;
    *(bool *)p->var = v;
    return 0;
}

static int __init apply(const struct param *p, const struct cmdline_opt *opt)
{
    const char *value = opt->value ? opt->value : opt->negated ? "no" : "";

    switch (p->type) {
    case PARAM_T_BOOL:
        return set_bool(p, opt);
    case PARAM_T_FN:
        return p->fn(value);
    case PARAM_T_IGNORE:
        printk("Option \"%s\" has no effect\n", opt->name);
        return 0;
    case PARAM_T_STR:
        return strlcpy(p->var, value, p->len) < p->len ? 0 : -E2BIG;
    case PARAM_T_UINT:
        return set_uint(p, value);
    case PARAM_T_SIZE:
        return set_size(p, value);
    }
    return -EINVAL;
}

static void __init apply_all(const struct cmdline_opt *opt)
{
    bool known = false;

    for (const struct param *p = __param_start; p < __param_end; p++) {
        if (!cmdline_name_eq(p->name, opt->name))
            continue;
        known = true;
        if (apply(p, opt))
            printk(XENLOG_WARNING "Bad value of command line option \"%s\": \"%s\"\n", opt->name,
                   opt->value ? opt->value : "");
    }
    if (!known)
        printk(XENLOG_WARNING "Unknown command line option \"%s\"\n", opt->name);
}

void __init cmdline_parse(const char *cmdline)
{
    static struct cmdline_opt opt __initdata;
    const char *pos = cmdline;

    strlcpy(saved_cmdline, cmdline, sizeof(saved_cmdline));
    while ((pos = cmdline_next(pos, &opt)))
        apply_all(&opt);
}
