/* SPDX-License-Identifier: MIT */
/* What boot must know first: memory, modules, command lines; then CPUs, PSCI and the console. */
#include <libfdt.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include "private.h"

/* Frames that lie wholly in the range. */
static int add_memory(struct dt_ranges *rs, const struct dt_range *r)
{
    uint64_t first = PFN_UP(r->start), end = PFN_DOWN(r->start + r->size);

    if (r->start > ~UINT64_C(0) - PAGE_SIZE || first >= end)
        return 0;
    return dt_ranges_add(rs, first << PAGE_SHIFT, (end - first) << PAGE_SHIFT);
}

/* Frames that it touches. */
static int add_reserved(struct dt_ranges *rs, uint64_t start, uint64_t size)
{
    uint64_t first = PFN_DOWN(start), end;

    if (!size)
        return 0;
    if (start + size < start || start + size > UINT64_C(1) << 52)
        return -EINVAL;
    end = PFN_UP(start + size);
    return dt_ranges_add(rs, first << PAGE_SHIFT, (end - first) << PAGE_SHIFT);
}

static int scan_memory(const void *fdt, int node, struct dt_ranges *rs)
{
    const char *type = dt_string(fdt, node, "device_type");
    int rc = 0;

    if (!type || strcmp(type, "memory") || !dt_available(fdt, node))
        return 0;
    for (unsigned int i = 0; i < DT_MAX_RANGES && !rc; i++) {
        struct dt_range r;

        rc = dt_reg(fdt, node, i, &r);
        if (rc == -ENOENT)
            return 0;
        if (rc == -EINVAL) { /* an empty bank is none */
            rc = 0;
            continue;
        }
        if (!rc)
            rc = add_memory(rs, &r);
    }
    return rc;
}

static int scan_reserved_node(const void *fdt, int node, struct dt_boot *b)
{
    bool no_map = dt_has(fdt, node, "no-map");
    struct dt_range r;
    int rc = 0;

    for (unsigned int i = 0; !rc && dt_available(fdt, node); i++) {
        rc = dt_reg(fdt, node, i, &r);
        if (rc == -ENOENT)
            return 0;
        if (!rc)
            rc = add_reserved(&b->reserved, r.start, r.size);
        if (!rc && no_map)
            rc = add_reserved(&b->no_map, r.start, r.size);
    }
    return rc;
}

static int scan_reserved(const void *fdt, struct dt_boot *b)
{
    int nr = fdt_num_mem_rsv(fdt), parent, node, rc = 0;
    uint64_t start, size;

    for (int i = 0; i < nr && !rc; i++) {
        if (fdt_get_mem_rsv(fdt, i, &start, &size))
            return -EINVAL;
        rc = add_reserved(&b->reserved, start, size);
    }
    parent = dt_find(fdt, "/reserved-memory");
    if (rc || parent < 0)
        return rc;
    fdt_for_each_subnode(node, fdt, parent)
    {
        rc = scan_reserved_node(fdt, node, b);
        if (rc)
            return rc;
    }
    return 0;
}

static bool has_kind(const struct dt_boot *b, int parent, enum dt_module_kind kind)
{
    for (unsigned int i = 0; i < b->nr_modules; i++) {
        if (b->module[i].parent == parent && b->module[i].kind == kind)
            return true;
    }
    return false;
}

static enum dt_module_kind module_kind(const void *fdt, int node, const struct dt_boot *b,
                                       int parent)
{
    static const struct {
        const char *compatible[3];
        enum dt_module_kind kind;
    } kinds[] = {
        {{"multiboot,kernel", "xen,linux-zimage"}, DT_MODULE_KERNEL},
        {{"multiboot,ramdisk", "xen,linux-initrd"}, DT_MODULE_RAMDISK},
        {{"multiboot,device-tree"}, DT_MODULE_DTB},
        {{"xen,xsm-policy"}, DT_MODULE_XSM},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (dt_compatible(fdt, node, kinds[i].compatible))
            return kinds[i].kind;
    }
    /* Without a kind: the kernel comes first, then the ramdisk. */
    if (!has_kind(b, parent, DT_MODULE_KERNEL))
        return DT_MODULE_KERNEL;
    return has_kind(b, parent, DT_MODULE_RAMDISK) ? DT_MODULE_OTHER : DT_MODULE_RAMDISK;
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static int add_module(struct dt_boot *b, const struct dt_module *m)
{
    if (b->nr_modules == DT_MAX_MODULES)
        return -E2BIG;
    b->module[b->nr_modules++] = *m;
    return 0;
}

/* Loaders leave the cells out where they are those of the root. */
static struct dt_cells module_cells(const void *fdt, int parent)
{
    while (parent > 0 && !dt_has(fdt, parent, "#address-cells"))
        parent = dt_parent(fdt, parent);
    return dt_cells_of(fdt, parent < 0 ? 0 : parent);
}

/* Modules have addresses of the machine, whatever "ranges" their parents have or lack. */
static int scan_module(const void *fdt, int parent, int node, struct dt_boot *b)
{
    static const char *const compatible[] = {"multiboot,module", NULL};
    struct dt_cells c = module_cells(fdt, parent);
    struct dt_module m = {.parent = parent};
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, node, "reg", &len);

    if (!dt_compatible(fdt, node, compatible) || !dt_available(fdt, node))
        return 0;
    if (!cell || (unsigned int)len / 4 < c.addr + c.size ||
        !dt_read_number(cell, c.addr, &m.at.start) ||
        !dt_read_number(cell + c.addr, c.size, &m.at.size) || !m.at.size ||
        m.at.start + m.at.size < m.at.start || m.at.start + m.at.size > UINT64_C(1) << 52)
        return -EINVAL;
    m.kind = module_kind(fdt, node, b, parent);
    m.cmdline = or_empty(dt_string(fdt, node, "bootargs"));
    return add_module(b, &m);
}

static int scan_modules(const void *fdt, int parent, struct dt_boot *b)
{
    int node;

    fdt_for_each_subnode(node, fdt, parent)
    {
        int rc = scan_module(fdt, parent, node, b);

        if (rc)
            return rc;
    }
    return 0;
}

/* As loaders for Linux alone pass it. */
static int scan_initrd(const void *fdt, int chosen, struct dt_boot *b)
{
    struct dt_module m = {.kind = DT_MODULE_RAMDISK, .cmdline = "", .parent = chosen};
    uint64_t start, end;

    if (has_kind(b, chosen, DT_MODULE_RAMDISK) ||
        !dt_u64(fdt, chosen, "linux,initrd-start", &start) ||
        !dt_u64(fdt, chosen, "linux,initrd-end", &end))
        return 0;
    if (start >= end || end > UINT64_C(1) << 52)
        return -EINVAL;
    m.at = (struct dt_range){start, end - start};
    return add_module(b, &m);
}

static const char *kernel_cmdline(const struct dt_boot *b, int chosen)
{
    for (unsigned int i = 0; i < b->nr_modules; i++) {
        const struct dt_module *m = &b->module[i];

        if (m->parent == chosen && m->kind == DT_MODULE_KERNEL && m->cmdline[0])
            return m->cmdline;
    }
    return NULL;
}

/* The rules of docs/misc/arm/device-tree: who gets which arguments. */
static void scan_cmdlines(const void *fdt, int chosen, struct dt_boot *b)
{
    const char *args = dt_string(fdt, chosen, "bootargs");
    const char *ours = dt_string(fdt, chosen, "xen,xen-bootargs");
    const char *dom0s = dt_string(fdt, chosen, "xen,dom0-bootargs");
    const char *kernels = kernel_cmdline(b, chosen);

    b->xen_cmdline = or_empty(ours ? ours : (dom0s || kernels) ? args : NULL);
    if (!dom0s)
        dom0s = kernels;
    b->dom0_cmdline = or_empty(dom0s ? dom0s : ours ? args : NULL);
    if (!ours && !dom0s)
        b->xen_cmdline = or_empty(args);
}

static int scan_chosen(const void *fdt, struct dt_boot *b)
{
    static const char *const guest[] = {"xen,domain", NULL};
    int chosen = dt_find(fdt, "/chosen"), node, rc;

    b->xen_cmdline = b->dom0_cmdline = "";
    if (chosen < 0)
        return 0;
    rc = scan_modules(fdt, chosen, b);
    if (rc)
        return rc;
    rc = scan_initrd(fdt, chosen, b);
    if (rc)
        return rc;
    fdt_for_each_subnode(node, fdt, chosen)
    {
        if (!dt_compatible(fdt, node, guest))
            continue;
        rc = scan_modules(fdt, node, b);
        if (rc)
            return rc;
    }
    scan_cmdlines(fdt, chosen, b);
    return 0;
}

int dt_scan(const void *fdt, struct dt_boot *out)
{
    int node, rc = 0;

    memset(out, 0, sizeof(*out));
    fdt_for_each_subnode(node, fdt, 0)
    {
        rc = scan_memory(fdt, node, &out->memory);
        if (rc)
            return rc;
    }
    rc = scan_reserved(fdt, out);
    if (!rc)
        rc = scan_chosen(fdt, out);
    return rc ?: out->memory.nr ? 0 : -ENOENT;
}

static bool scan_cpu(const void *fdt, int node, struct dt_cells c, struct dt_cpu *out)
{
    const char *type = dt_string(fdt, node, "device_type");
    const char *method = dt_string(fdt, node, "enable-method");
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, node, "reg", &len);

    if (!type || strcmp(type, "cpu") || !dt_available(fdt, node) || !cell ||
        (unsigned int)len / 4 < c.addr)
        return false;
    *out = (struct dt_cpu){.psci = method && !strcmp(method, "psci")};
    if (!dt_u64(fdt, node, "cpu-release-addr", &out->spin_table))
        out->spin_table = 0;
    return dt_read_number(cell, c.addr, &out->mpidr);
}

unsigned int dt_cpus(const void *fdt, struct dt_cpu *out, unsigned int max)
{
    int cpus = dt_find(fdt, "/cpus"), node;
    unsigned int nr = 0;

    if (cpus < 0)
        return 0;
    fdt_for_each_subnode(node, fdt, cpus)
    {
        if (nr < max && scan_cpu(fdt, node, dt_cells_of(fdt, cpus), &out[nr]))
            nr++;
    }
    return nr;
}

int dt_console_node(const void *fdt, const char *opt)
{
    int chosen = dt_find(fdt, "/chosen");
    const char *path = opt && *opt ? opt : NULL;

    if (!path && chosen >= 0) {
        path = dt_string(fdt, chosen, "stdout-path");
        if (!path)
            path = dt_string(fdt, chosen, "linux,stdout-path");
    }
    return path ? dt_find_len(fdt, path, strcspn(path, ":")) : -ENOENT;
}

void dt_psci(const void *fdt, struct dt_psci *out)
{
    static const char *const v10[] = {"arm,psci-1.0", NULL}, *const v02[] = {"arm,psci-0.2", NULL},
                             *const any[] = {"arm,psci-1.0", "arm,psci-0.2", "arm,psci", NULL};
    int node = dt_next_compatible(fdt, -1, any);
    const char *method = node < 0 ? NULL : dt_string(fdt, node, "method");

    *out = (struct dt_psci){.present = false};
    if (!method || (strcmp(method, "smc") && strcmp(method, "hvc")))
        return;
    out->present = true;
    out->hvc = !strcmp(method, "hvc");
    out->major = dt_compatible(fdt, node, v10);
    out->minor = out->major ? 0 : dt_compatible(fdt, node, v02) ? 2 : 1;
    (void)dt_u32(fdt, node, "cpu_on", 0, &out->cpu_on);
    (void)dt_u32(fdt, node, "cpu_off", 0, &out->cpu_off);
    (void)dt_u32(fdt, node, "cpu_suspend", 0, &out->suspend);
}
