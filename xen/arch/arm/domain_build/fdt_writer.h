/* SPDX-License-Identifier: MIT */
/* A device tree is written from front to back; the first error sticks and is seen at the end. */
#ifndef DOMAIN_BUILD_FDT_WRITER_H
#define DOMAIN_BUILD_FDT_WRITER_H

#include <xen/types.h>

struct fdt_writer {
    void *buf;
    size_t size;
    int error; /* of libfdt */
};

/* @size bytes of the heap; -ENOMEM. The root node is open then. */
int fdtw_open(struct fdt_writer *w, size_t size);
/* Root node is closed: the finished tree's length, or < 0. */
long fdtw_close(struct fdt_writer *w);
void fdtw_free(struct fdt_writer *w);

void fdtw_begin(struct fdt_writer *w, const char *name);
/* "name@unit" */
void fdtw_begin_at(struct fdt_writer *w, const char *name, uint64_t unit);
void fdtw_end(struct fdt_writer *w);
void fdtw_prop(struct fdt_writer *w, const char *name, const void *value, size_t len);
void fdtw_string(struct fdt_writer *w, const char *name, const char *value);
void fdtw_empty(struct fdt_writer *w, const char *name);
void fdtw_u32(struct fdt_writer *w, const char *name, uint32_t value);
void fdtw_u64(struct fdt_writer *w, const char *name, uint64_t value);

/* A property of cells, put together piece by piece. */
#define FDT_MAX_CELLS 512
struct fdt_cells {
    unsigned int nr;
    bool overflow;
    uint32_t cell[FDT_MAX_CELLS];
};
void fdtc_add(struct fdt_cells *c, uint64_t value, unsigned int nr_cells);
/* An interrupt by the GIC's binding. @flags: DT_IRQ_*, and for PPIs the CPU mask of GICv2. */
void fdtc_irq(struct fdt_cells *c, unsigned int irq, uint32_t flags);
void fdtw_cells(struct fdt_writer *w, const char *name, const struct fdt_cells *c);

#endif
