/* SPDX-License-Identifier: MIT */
/* Between the parts of the dom0 builder. All of it runs once, at boot. */
#ifndef PV_DOM0_H
#define PV_DOM0_H

#include <xen/domain.h>
#include <xen/lib/elf.h>

struct dom0_kernel {
    struct elf_image elf;
    struct elf_xen_info xen;
    struct page_info *unpacked; /* 1 << order pages, or NULL */
    unsigned int order;
    uint64_t paddr_first, paddr_end; /* ELF physical addresses that are loaded */
};

/* Virtual addresses of the initial mapping, which is contiguous from pfn 0. */
struct dom0_layout {
    unsigned long start, kernel_end;
    unsigned long initrd, initrd_len; /* 0: not mapped */
    unsigned long p2m;                /* the list, here or at INIT_P2M */
    bool p2m_apart;
    unsigned long start_info, page_tables, stack_end, end;
    unsigned long nr_tables;
};

/* Unpack and parse module 0. Panics. */
void dom0_kernel_open(struct dom0_kernel *k);
void dom0_kernel_close(struct dom0_kernel *k);
/* Its own copy goes to @dest, the memory of pfn 0; @len bytes. Panics. */
void dom0_kernel_load(const struct dom0_kernel *k, void *dest, uint64_t len);

/* Page tables inside of the initial memory. */
struct pt_builder {
    pte_t *l4;
    mfn_t next; /* frames for tables, contiguous */
    unsigned long left;
};
/* Tables needed below the root to map [@start, @end). */
unsigned long pt_tables_for(unsigned long start, unsigned long end);
/* Map @nr frames; tables are taken from *@b. Panics where they run out. */
void pt_map(struct pt_builder *b, unsigned long va, mfn_t mfn, unsigned long nr, bool writable);

/* Devices, ports, interrupts: all that the hypervisor does not keep for itself. Panics. */
void dom0_grant_hardware(struct domain *d);

#endif
