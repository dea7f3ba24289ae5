/* SPDX-License-Identifier: MIT */
/* "reg" and "ranges": from a bus's addresses to the CPU's. */
#include <libfdt.h>
#include <xen/kernel.h>
#include "private.h"

/* One row of a "ranges" property: @child, @parent and @size of it. False: none, or too large. */
struct window {
    uint64_t child, parent, size;
};
static bool window_read(const fdt32_t *cell, struct dt_cells c, unsigned int parent_cells,
                        struct window *w)
{
    return dt_read_number(cell, c.addr, &w->child) &&
           dt_read_number(cell + c.addr, parent_cells, &w->parent) &&
           dt_read_number(cell + c.addr + parent_cells, c.size, &w->size);
}

/* Through the bus stack[level], whose "ranges" lead to the addresses of the bus above. */
static int translate_once(const void *fdt, const int *stack, int level, struct dt_range *r)
{
    struct dt_cells c = dt_cells_of(fdt, stack[level]);
    unsigned int parent_cells = dt_cells_of(fdt, stack[level - 1]).addr;
    unsigned int row = c.addr + parent_cells + c.size;
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, stack[level], "ranges", &len);

    if (!cell)
        return -EOPNOTSUPP;
    if (len == 0)
        return 0;
    if (!row)
        return -EINVAL;
    for (unsigned int left = (unsigned int)len / 4; left >= row; left -= row, cell += row) {
        struct window w;

        if (!window_read(cell, c, parent_cells, &w) || r->start < w.child ||
            r->start - w.child >= w.size || r->size > w.size - (r->start - w.child))
            continue;
        r->start = w.parent + (r->start - w.child);
        return 0;
    }
    return -EOPNOTSUPP;
}

static int translate(const void *fdt, const int *stack, int level, struct dt_range *r)
{
    for (; level > 0; level--) {
        int rc = translate_once(fdt, stack, level, r);

        if (rc)
            return rc;
    }
    return !r->size || r->start + r->size < r->start ? -EINVAL : 0;
}

int dt_reg(const void *fdt, int node, unsigned int idx, struct dt_range *out)
{
    int stack[DT_MAX_DEPTH], depth = dt_ancestors(fdt, node, stack), len;
    const fdt32_t *cell = fdt_getprop(fdt, node, "reg", &len);
    struct dt_cells c;
    struct dt_range r;
    unsigned int row;
    int rc;

    if (!cell)
        return -ENOENT;
    if (depth < 1)
        return -EINVAL;
    c = dt_cells_of(fdt, stack[depth - 1]);
    row = c.addr + c.size;
    /* A bus of numbers (I2C, CPUs) or of PCI: no memory addresses. */
    if (!c.size || c.addr == 0 || c.addr > 2)
        return -EOPNOTSUPP;
    if (idx >= (unsigned int)len / 4 / row)
        return -ENOENT;
    cell += idx * row;
    if (!dt_read_number(cell, c.addr, &r.start) || !dt_read_number(cell + c.addr, c.size, &r.size))
        return -EINVAL;
    rc = translate(fdt, stack, depth - 1, &r);
    if (!rc)
        *out = r;
    return rc;
}

int dt_pci_window(const void *fdt, int node, unsigned int idx, struct dt_range *out)
{
    int stack[DT_MAX_DEPTH], depth = dt_ancestors(fdt, node, stack), len, rc;
    const fdt32_t *cell = fdt_getprop(fdt, node, "ranges", &len);
    struct dt_cells c = dt_cells_of(fdt, node);
    struct dt_range r;
    unsigned int row, above;

    if (!cell)
        return -ENOENT;
    if (depth < 1 || c.addr != 3)
        return -EINVAL;
    above = dt_cells_of(fdt, stack[depth - 1]).addr;
    row = c.addr + above + c.size;
    if (idx >= (unsigned int)len / 4 / row)
        return -ENOENT;
    cell += idx * row + c.addr;
    if (!dt_read_number(cell, above, &r.start) || !dt_read_number(cell + above, c.size, &r.size))
        return -EINVAL;
    rc = translate(fdt, stack, depth - 1, &r);
    if (!rc)
        *out = r;
    return rc;
}
