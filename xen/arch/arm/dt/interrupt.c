/* SPDX-License-Identifier: MIT */
/* Interrupts of nodes, as far as they go to the GIC. Source: Devicetree Specification 2.4. */
#include <libfdt.h>
#include <xen/kernel.h>
#include "private.h"

static const char *const gic_compatible[] = {
    "arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", NULL,
};
#define GIC_CELLS 3U

bool dt_is_gic(const void *fdt, int node)
{
    return dt_compatible(fdt, node, gic_compatible);
}

int dt_gic_node(const void *fdt)
{
    return dt_next_compatible(fdt, -1, gic_compatible);
}

int dt_gic_specifier(const uint32_t *cell, struct dt_irq *out)
{
    uint32_t kind = fdt32_to_cpu(cell[0]), nr = fdt32_to_cpu(cell[1]);
    uint32_t first = kind ? 16 : 32, last = kind ? 31 : 1019;

    if (kind > 1 || nr > last - first)
        return -EINVAL;
    *out = (struct dt_irq){.irq = first + nr, .type = fdt32_to_cpu(cell[2]) & 0xf};
    return 0;
}

/* The controller at which the interrupts of @node arrive, < 0: none. */
static int interrupt_parent(const void *fdt, int node)
{
    int stack[DT_MAX_DEPTH], depth = dt_ancestors(fdt, node, stack);

    for (int d = depth; d >= 0; d--) {
        uint32_t phandle;

        if (dt_u32(fdt, stack[d], "interrupt-parent", 0, &phandle))
            return dt_by_phandle(fdt, phandle);
        if (d < depth && dt_has(fdt, stack[d], "#interrupt-cells"))
            return stack[d];
    }
    return -EINVAL;
}

static int irq_extended(const void *fdt, int node, unsigned int idx, struct dt_irq *out)
{
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, node, "interrupts-extended", &len);
    unsigned int left;

    if (!cell)
        return -ENOENT;
    for (left = (unsigned int)len / 4; left; idx--) {
        int parent = dt_by_phandle(fdt, fdt32_to_cpu(*cell));
        uint32_t cells;

        if (parent < 0 || !dt_u32(fdt, parent, "#interrupt-cells", 0, &cells) || cells >= left)
            return -EINVAL;
        if (!idx) {
            if (!dt_is_gic(fdt, parent))
                return -EOPNOTSUPP;
            return cells == GIC_CELLS ? dt_gic_specifier(cell + 1, out) : -EINVAL;
        }
        left -= cells + 1;
        cell += cells + 1;
    }
    return -ENOENT;
}

int dt_irq(const void *fdt, int node, unsigned int idx, struct dt_irq *out)
{
    int len, parent;
    const fdt32_t *cell = fdt_getprop(fdt, node, "interrupts", &len);
    uint32_t cells;

    /* Devicetree Specification 2.4.1.3: the extended form goes first. */
    if (!cell || dt_has(fdt, node, "interrupts-extended"))
        return irq_extended(fdt, node, idx, out);
    parent = interrupt_parent(fdt, node);
    if (parent < 0 || !dt_u32(fdt, parent, "#interrupt-cells", 0, &cells) || !cells)
        return -EINVAL;
    if (idx >= (unsigned int)len / 4 / cells)
        return -ENOENT;
    if (!dt_is_gic(fdt, parent))
        return -EOPNOTSUPP;
    return cells == GIC_CELLS ? dt_gic_specifier(cell + idx * cells, out) : -EINVAL;
}

int dt_irq_map(const void *fdt, int node, unsigned int idx, struct dt_irq *out)
{
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, node, "interrupt-map", &len);
    uint32_t child, parent_cells, parent_addr;
    unsigned int left;

    if (!cell)
        return -ENOENT;
    if (!dt_u32(fdt, node, "#interrupt-cells", 0, &child) || child > 4)
        return -EINVAL;
    child += dt_cells_of(fdt, node).addr;
    for (left = (unsigned int)len / 4; left; idx--) {
        uint32_t row;
        int parent;

        if (child >= left)
            return -EINVAL;
        parent = dt_by_phandle(fdt, fdt32_to_cpu(cell[child]));
        if (parent < 0 || !dt_u32(fdt, parent, "#interrupt-cells", 0, &parent_cells))
            return -EINVAL;
        if (!dt_u32(fdt, parent, "#address-cells", 0, &parent_addr))
            parent_addr = 0;
        if (parent_cells > 4 || parent_addr > 4)
            return -EINVAL;
        row = child + 1 + parent_addr + parent_cells;
        if (row > left)
            return -EINVAL;
        if (!idx) {
            if (!dt_is_gic(fdt, parent))
                return -EOPNOTSUPP;
            if (parent_cells != GIC_CELLS)
                return -EINVAL;
            return dt_gic_specifier(cell + row - GIC_CELLS, out);
        }
        left -= row;
        cell += row;
    }
    return -ENOENT;
}
