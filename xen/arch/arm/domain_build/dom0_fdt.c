/* SPDX-License-Identifier: MIT */
/* dom0's device tree: the host's, with what is the hypervisor's taken out or replaced. */
#include <asm/domain.h>
#include <asm/platform.h>
#include <asm/uart.h>
#include <libfdt.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include "build.h"

/* Written anew, or nothing for dom0. */
static const char *const replaced_compatible[] = {
    "arm,armv8-timer",
    "arm,armv7-timer",
    "arm,armv7-timer-mem",
    "arm,psci-1.0",
    "arm,psci-0.2",
    "arm,psci",
    "arm,armv8-pmuv3",
    "arm,cortex-a15-pmu",
    "arm,cortex-a53-pmu",
    "arm,cortex-a57-pmu",
    "arm,cortex-a72-pmu",
    "arm,cortex-a53-edac",
    "multiboot,module",
    "xen,xen",
    NULL,
};

bool __init dom0_fdt_skip(int node)
{
    const char *name = fdt_get_name(host_fdt, node, NULL);
    const char *type = dt_string(host_fdt, node, "device_type");
    bool top = dt_parent(host_fdt, node) == 0;

    if (node == uart_dt_node || dt_is_gic(host_fdt, node) ||
        dt_compatible(host_fdt, node, replaced_compatible) ||
        dt_has(host_fdt, node, "xen,passthrough") || platform_hides(host_fdt, node))
        return true;
    if (type && !strcmp(type, "memory"))
        return true;
    return top && name && (!strcmp(name, "cpus") || !strcmp(name, "chosen"));
}

static bool __init chosen_keeps(const char *prop)
{
    static const char *const drop[] __initconst = {
        "bootargs",
        "stdout-path",
        "linux,stdout-path",
        "linux,initrd-start",
        "linux,initrd-end",
        "xen,xen-bootargs",
        "xen,dom0-bootargs",
        "linux,uefi-system-table",
        "linux,uefi-mmap-start",
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(drop); i++) {
        if (!strcmp(prop, drop[i]))
            return false;
    }
    return true;
}

static void __init copy_props(struct fdt_writer *w, int node, bool (*keeps)(const char *prop))
{
    int p;

    fdt_for_each_property_offset(p, host_fdt, node)
    {
        const char *name;
        int len;
        const void *value = fdt_getprop_by_offset(host_fdt, p, &name, &len);

        if (value && (!keeps || keeps(name)))
            fdtw_prop(w, name, value, (size_t)len);
    }
}

/* Bounded by the depth of what is looked at; deeper nodes do not exist for dom0. */
static void __init copy_node(struct fdt_writer *w, int node, unsigned int depth)
{
    int child;

    copy_props(w, node, NULL);
    if (depth + 1 >= DT_MAX_DEPTH)
        return;
    fdt_for_each_subnode(child, host_fdt, node)
    {
        if (dom0_fdt_skip(child))
            continue;
        fdtw_begin(w, fdt_get_name(host_fdt, child, NULL));
        copy_node(w, child, depth + 1);
        fdtw_end(w);
    }
}

static const char *__init cpu_compatible(void)
{
    int cpus = dt_find(host_fdt, "/cpus"), node;

    fdt_for_each_subnode(node, host_fdt, cpus)
    {
        const char *s = dt_string(host_fdt, node, "compatible");

        if (s)
            return s;
    }
    return "arm,armv8";
}

size_t __init dom0_fdt_max(const struct build *b)
{
    return fdt_size_dt_struct(host_fdt) + fdt_size_dt_strings(host_fdt) + KB(16) +
           b->nr_vcpus * 160UL;
}

long __init dom0_fdt_build(struct fdt_writer *w, const struct build *b)
{
    struct dt_cells n = dt_cells_of(host_fdt, 0);
    int chosen = dt_find(host_fdt, "/chosen");

    if (fdtw_open(w, dom0_fdt_max(b)))
        return -ENOMEM;
    copy_node(w, 0, 0);
    nodes_gic(w, b, n);
    nodes_timer(w, b);
    fdtw_begin(w, "chosen");
    if (chosen >= 0)
        copy_props(w, chosen, chosen_keeps);
    nodes_chosen(w, b);
    fdtw_end(w);
    nodes_hypervisor(w, b, n);
    nodes_psci(w);
    nodes_cpus(w, b, cpu_compatible());
    nodes_memory(w, b, n);
    return fdtw_close(w);
}
