/* SPDX-License-Identifier: MIT */
/*
 * The host's device tree, read through libfdt, at boot only (the library may use FP registers).
 *
 * A node is its offset in the flat tree: >= 0, or negative where there is none. All functions
 * take the tree as their first argument, check what they read against the property's length, and
 * never trust a count: the tree comes from the firmware, partial trees from the toolstack.
 * Source: Devicetree Specification v0.4.
 */
#ifndef ASM_DT_H
#define ASM_DT_H

#include <xen/types.h>

#define DT_MAX_RANGES  128
#define DT_MAX_MODULES 32
#define DT_MAX_DEPTH   16         /* of nodes that are looked at */
#define DT_MAX_SIZE    (2U << 20) /* bytes; the same limit holds for the boot protocol of Linux */

struct dt_range {
    paddr_t start;
    uint64_t size; /* bytes, not 0; start + size does not wrap */
};
/* Sorted and disjoint. */
struct dt_ranges {
    unsigned int nr;
    struct dt_range r[DT_MAX_RANGES];
};

enum dt_module_kind {
    DT_MODULE_KERNEL,
    DT_MODULE_RAMDISK,
    DT_MODULE_DTB, /* partial device tree of a dom0less guest */
    DT_MODULE_XSM,
    DT_MODULE_OTHER,
};
struct dt_module {
    struct dt_range at;
    enum dt_module_kind kind;
    const char *cmdline; /* "" where there is none; in the tree */
    int parent;          /* node: /chosen, or that of a dom0less guest */
};

/* What boot must know before it may allocate memory. */
struct dt_boot {
    struct dt_ranges memory;   /* RAM, page aligned inwards */
    struct dt_ranges reserved; /* /memreserve/ and /reserved-memory, page aligned outwards */
    struct dt_ranges no_map;   /* of these, what is not even to be mapped */
    unsigned int nr_modules;
    struct dt_module module[DT_MAX_MODULES];
    const char *xen_cmdline, *dom0_cmdline; /* "" where there is none; in the tree */
};

/* A whole, well-formed tree of version 17 that lies within @limit bytes? 0 or -EINVAL. */
int dt_check(const void *fdt, size_t limit);
/*
 * Fill @out. @fdt has passed dt_check(); strings of @out point into it.
 * Returns: 0, -EINVAL (malformed), -ENOENT (no memory; the rest of @out is good), -E2BIG (too many
 * ranges or modules).
 */
int dt_scan(const void *fdt, struct dt_boot *out);

/* Boot: the tree at @fdt (mapped, @limit bytes of it accessible) becomes the host's; panics where
 * it is no good. */
void dt_boot_init(const void *fdt, size_t limit);
/* The heap is up: the tree moves into pages of our own, with all pointers into it. */
void dt_relocate(void);
extern const void *host_fdt;   /* not after boot: freed with .init */
extern struct dt_boot dt_boot; /* [dt_boot_init()] */
/* Call @fn for each range of RAM that is neither reserved, nor a module, nor in @taken. */
void dt_for_each_free_range(const struct dt_ranges *taken,
                            void (*fn)(paddr_t start, paddr_t end, void *ctx), void *ctx);

/* Ranges. -E2BIG where there are too many, -EINVAL for an empty or wrapping one. */
int dt_ranges_add(struct dt_ranges *rs, paddr_t start, uint64_t size);
int dt_ranges_sub(struct dt_ranges *rs, paddr_t start, uint64_t size);
bool dt_ranges_overlap(const struct dt_ranges *rs, paddr_t start, uint64_t size);

/* Properties. Strings are NUL-terminated within the property, or NULL. */
const char *dt_string(const void *fdt, int node, const char *name);
/* @idx-th cell of a property. False: there is none. */
bool dt_u32(const void *fdt, int node, const char *name, unsigned int idx, uint32_t *out);
bool dt_u64(const void *fdt, int node, const char *name, uint64_t *out); /* one or two cells */
bool dt_has(const void *fdt, int node, const char *name);
bool dt_compatible(const void *fdt, int node, const char *const *list); /* NULL ends it */
bool dt_available(const void *fdt, int node); /* status absent, "ok" or "okay" */
/* Path of the node into @buf; "?" where it does not fit. */
const char *dt_path(const void *fdt, int node, char *buf, size_t size);
/* Next node after @from (-1: the first) that is compatible and available. */
int dt_next_compatible(const void *fdt, int from, const char *const *list);
int dt_parent(const void *fdt, int node);
int dt_find(const void *fdt, const char *path_or_alias);
int dt_by_phandle(const void *fdt, uint32_t phandle);

/* #address-cells and #size-cells that hold for the children of @node: 1 .. 4, or the defaults. */
struct dt_cells {
    unsigned int addr, size;
};
struct dt_cells dt_cells_of(const void *fdt, int node);
/* A number of up to two cells. False: it has more than 64 bits. */
bool dt_read_number(const uint32_t *cell, unsigned int nr, uint64_t *out);

/*
 * Entry @idx of "reg", translated through the ranges of all buses above.
 * Returns: 0, -ENOENT (no such entry), -EINVAL (malformed, or not translatable).
 */
int dt_reg(const void *fdt, int node, unsigned int idx, struct dt_range *out);
/* Window @idx of a PCI host bridge's "ranges" (memory and I/O), as the CPU sees it. As dt_reg(). */
int dt_pci_window(const void *fdt, int node, unsigned int idx, struct dt_range *out);

/* An interrupt of the GIC. */
struct dt_irq {
    uint32_t irq;  /* INTID: 16 .. 31 PPI, from 32 SPI */
    uint32_t type; /* DT_IRQ_* */
};
#define DT_IRQ_NONE    0U
#define DT_IRQ_RISING  1U
#define DT_IRQ_FALLING 2U
#define DT_IRQ_HIGH    4U
#define DT_IRQ_LOW     8U
/*
 * Entry @idx of "interrupts" or "interrupts-extended".
 * Returns: 0, -ENOENT (no such entry), -EINVAL (malformed), -EOPNOTSUPP (of another controller
 * than the GIC: a GPIO, say; the next entry may be ours).
 */
int dt_irq(const void *fdt, int node, unsigned int idx, struct dt_irq *out);
/* Entry @idx of the "interrupt-map" of a bridge. As dt_irq(). */
int dt_irq_map(const void *fdt, int node, unsigned int idx, struct dt_irq *out);
/* Three cells of the GIC's binding. 0 or -EINVAL. */
int dt_gic_specifier(const uint32_t *cell, struct dt_irq *out);
/* Does the node describe an interrupt controller that we drive? */
bool dt_is_gic(const void *fdt, int node);
/* The node of the GIC, the first of the tree's interrupt controllers that we drive; < 0: none. */
int dt_gic_node(const void *fdt);

/* CPUs of /cpus, available ones, in order. */
struct dt_cpu {
    uint64_t mpidr;
    bool psci;           /* enable-method */
    uint64_t spin_table; /* cpu-release-addr, 0: none */
};
unsigned int dt_cpus(const void *fdt, struct dt_cpu *out, unsigned int max);

/* The UART that console=dtuart means: @opt (path or alias, options after ':'), or where that is
 * empty stdout-path of /chosen. < 0: none. */
int dt_console_node(const void *fdt, const char *opt);

/* "smc" or "hvc", and ids of the functions; version from the compatible string. */
struct dt_psci {
    bool present, hvc;
    unsigned int major, minor;         /* what the tree claims: 0.1, 0.2 or 1.0 */
    uint32_t cpu_on, cpu_off, suspend; /* 0.1 only */
};
void dt_psci(const void *fdt, struct dt_psci *out);

#endif
