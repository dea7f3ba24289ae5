/* SPDX-License-Identifier: MIT */
#include "fdt_writer.h"
#include <libfdt.h>
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>
#include <xen/mm.h>

static void note(struct fdt_writer *w, int rc)
{
    if (!w->error)
        w->error = rc;
}

int fdtw_open(struct fdt_writer *w, size_t size)
{
    *w = (struct fdt_writer){.size = size};
    w->buf = xenheap_alloc_pages(order_from_bytes(size), 0);
    if (!w->buf)
        return -ENOMEM;
    note(w, fdt_create(w->buf, (int)size));
    note(w, fdt_finish_reservemap(w->buf));
    fdtw_begin(w, "");
    return 0;
}

long fdtw_close(struct fdt_writer *w)
{
    fdtw_end(w);
    note(w, fdt_finish(w->buf));
    return w->error ? w->error : (long)fdt_totalsize(w->buf);
}

void fdtw_free(struct fdt_writer *w)
{
    if (w->buf)
        xenheap_free_pages(w->buf, order_from_bytes(w->size));
    w->buf = NULL;
}

void fdtw_begin(struct fdt_writer *w, const char *name)
{
    note(w, fdt_begin_node(w->buf, name));
}

void fdtw_begin_at(struct fdt_writer *w, const char *name, uint64_t unit)
{
    char full[48];

    snprintf(full, sizeof(full), "%s@%lx", name, (unsigned long)unit);
    fdtw_begin(w, full);
}

void fdtw_end(struct fdt_writer *w)
{
    note(w, fdt_end_node(w->buf));
}

void fdtw_prop(struct fdt_writer *w, const char *name, const void *value, size_t len)
{
    note(w, fdt_property(w->buf, name, value, (int)len));
}

void fdtw_string(struct fdt_writer *w, const char *name, const char *value)
{
    fdtw_prop(w, name, value, strlen(value) + 1);
}

void fdtw_empty(struct fdt_writer *w, const char *name)
{
    fdtw_prop(w, name, NULL, 0);
}

void fdtw_u32(struct fdt_writer *w, const char *name, uint32_t value)
{
    note(w, fdt_property_u32(w->buf, name, value));
}

void fdtw_u64(struct fdt_writer *w, const char *name, uint64_t value)
{
    note(w, fdt_property_u64(w->buf, name, value));
}

void fdtc_add(struct fdt_cells *c, uint64_t value, unsigned int nr_cells)
{
    if (nr_cells > FDT_MAX_CELLS - c->nr || (nr_cells == 1 && value >> 32)) {
        c->overflow = true;
        return;
    }
    for (unsigned int i = nr_cells; i > 0; i--)
        c->cell[c->nr++] = cpu_to_fdt32(i > 2 ? 0 : (uint32_t)(value >> (i == 2 ? 32 : 0)));
}

void fdtc_irq(struct fdt_cells *c, unsigned int irq, uint32_t flags)
{
    fdtc_add(c, irq < 32, 1);
    fdtc_add(c, irq < 32 ? irq - 16 : irq - 32, 1);
    fdtc_add(c, flags, 1);
}

void fdtw_cells(struct fdt_writer *w, const char *name, const struct fdt_cells *c)
{
    note(w, c->overflow ? -FDT_ERR_NOSPACE : 0);
    fdtw_prop(w, name, c->cell, c->nr * sizeof(c->cell[0]));
}
