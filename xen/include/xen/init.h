/* SPDX-License-Identifier: MIT */
/* Boot: what runs in which order; and the boot modules. */
#ifndef XEN_INIT_H
#define XEN_INIT_H

#include <xen/types.h>

struct boot_module {
    paddr_t start;
    uint64_t size; /* bytes */
    const char
        *cmdline; /* "" where there is none; as the loader gave it: maybe with a name first */
};
#define MAX_BOOT_MODULES 16
struct boot_info {
    const char *cmdline;
    const char *loader;
    unsigned int nr_modules;
    struct boot_module module[MAX_BOOT_MODULES]; /* 0: kernel, 1: ramdisk */
};
extern struct boot_info boot_info;

/* Functions called once, in link order, after the heap, before dom0; level order below. */
typedef int (*initcall_t)(void);
#define INITCALL(fn) static const initcall_t initcall_##fn __section(".init.initcall") __used = fn
/* Before SMP is up (one CPU, heap, timers and scheduler not yet). */
#define PRESMP_INITCALL(fn)                                                                        \
    static const initcall_t initcall_##fn __section(".init.initcall_presmp") __used = fn
void do_presmp_initcalls(void);
void do_initcalls(void);

/* Port: build dom0 from the modules; it is left paused by the controller. A module whose frames it
 * keeps gets size 0, the others' memory is freed afterwards. Panics where it cannot. */
void port_construct_dom0(void);

#endif
