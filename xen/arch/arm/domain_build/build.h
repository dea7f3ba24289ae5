/* SPDX-License-Identifier: MIT */
/* Between the parts of the domain builder. All of it runs once, at boot. */
#ifndef DOMAIN_BUILD_BUILD_H
#define DOMAIN_BUILD_BUILD_H

#include <asm/domain_build.h>
#include <asm/dt.h>
#include <xen/domain.h>
#include "fdt_writer.h"

struct build {
    struct domain *d;
    struct dt_ranges ram; /* guest-physical */
    const struct dt_module *kernel, *ramdisk;
    const char *cmdline;
    /* Kernel, unpacked where it was compressed. */
    const void *image;
    size_t image_len;
    struct page_info *unpacked; /* 1 << unpacked_order pages, or NULL */
    unsigned int unpacked_order;
    struct arm_image head;
    paddr_t entry, dtb, initrd; /* guest-physical */
    uint64_t initrd_len;        /* 0: none */
    /* hypervisor node */
    struct dt_range gnttab;
    struct dt_ranges extended; /* guest-physical space in which nothing is */
    unsigned int nr_vcpus;
    bool vpl011;
    uint32_t gic_phandle;
};

/* Module of a node and of a kind, or NULL. */
const struct dt_module *build_find_module(int parent, enum dt_module_kind kind);
/* load.c. All return 0 or an error; what has gone wrong is printed. */
/* A module's content, mapped for the rest of boot. NULL: no memory. */
const void *build_module(const struct dt_module *m);
int build_open_kernel(struct build *b);
/* Choose addresses within b->ram for kernel, device tree of at most @dtb_max bytes, ramdisk. */
int build_plan(struct build *b, size_t dtb_max);
int build_load(struct build *b, const void *dtb, size_t dtb_len);
int build_vcpus(struct build *b);
/* The first vCPU is at the kernel's entry, as its boot protocol has it. */
void build_start_vcpu0(struct build *b);
void build_close(struct build *b);

/* nodes.c: what dom0 and guests have alike. The root's cells are 2 and 2. */
void nodes_chosen(struct fdt_writer *w, const struct build *b);
void nodes_cpus(struct fdt_writer *w, const struct build *b, const char *compatible);
void nodes_psci(struct fdt_writer *w);
void nodes_gic(struct fdt_writer *w, const struct build *b, struct dt_cells cells);
void nodes_timer(struct fdt_writer *w, const struct build *b);
void nodes_memory(struct fdt_writer *w, const struct build *b, struct dt_cells cells);
void nodes_hypervisor(struct fdt_writer *w, const struct build *b, struct dt_cells cells);

/* dom0_fdt.c: dom0's tree from the host's. */
size_t dom0_fdt_max(const struct build *b);
long dom0_fdt_build(struct fdt_writer *w, const struct build *b);
/* Nodes that dom0 does not get as they are: the hypervisor's own, and those that are rewritten. */
bool dom0_fdt_skip(int node);

/* dom0_devices.c: registers and interrupts of all other nodes. Panics. */
void dom0_map_devices(struct domain *d);

#endif
