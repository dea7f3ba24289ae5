/* SPDX-License-Identifier: MIT */
/* What the parts of the domain builder share. */
#ifndef GUEST_DOM_H
#define GUEST_DOM_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include "xenctrl.h"

#include "xenguest.h"

#include "../ctrl/report.h"

#define PAGE_UP(n) (((n) + XC_PAGE_SIZE - 1) & XC_PAGE_MASK)
#define UNSET_ADDR (~0ULL)

/* One loadable part of the kernel. */
struct elf_part {
    uint64_t file_off;
    uint64_t file_len;
    uint64_t vaddr; /* in the initial mapping */
    uint64_t mem_len;
};
#define MAX_PARTS 16u

/* What the kernel's ELF headers and notes say. Addresses that are not told are UNSET_ADDR. */
struct elf_dom_parms {
    struct elf_part part[MAX_PARTS];
    unsigned int nr_parts;
    uint64_t elf_entry;
    uint64_t virt_base;
    uint64_t virt_entry;
    uint64_t virt_hypercall;
    uint64_t paddr_offset;
    uint64_t p2m_base; /* where the frame list goes, outside of the initial mapping */
    uint64_t phys_entry;
    bool has_paddr_offset;
    bool has_notes;
    bool mod_start_pfn; /* takes a ram disk that is not mapped */
    bool pae;
    char guest_os[32];
    char guest_ver[32];
    char xen_ver[16];
    char loader[16];
    uint32_t f_supported[XENFEAT_NR_SUBMAPS];
    uint32_t f_required[XENFEAT_NR_SUBMAPS];
};

/* Logs @fmt with @code and errno @errnoval, which it sets; -1. */
int dom_fail(struct xc_dom_image *dom, xc_error_code code, int errnoval, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * "name|!name" into bits; a name with "!" is required too. Returns 0, or -1 for an unknown name
 * that is required. @required may be NULL.
 */
int dom_features_parse(const char *text, size_t len, uint32_t *supported, uint32_t *required);

/*
 * Unpack a kernel: *@blob and *@size become the ELF file inside, in memory of the image's pool.
 * Unknown formats are left alone. 0, or -1 with errno.
 */
int dom_kernel_unpack(struct xc_dom_image *dom, void **blob, size_t *size);

/* Reads the headers and notes of the ELF file at @blob: 64-bit; HVM and PVH: or 32-bit. */
int dom_elf_parse(struct xc_dom_image *dom, const void *blob, size_t size,
                  struct elf_dom_parms *parms);
/* Puts the parts where they belong in the guest, which must have memory. */
int dom_elf_load(struct xc_dom_image *dom);

/*
 * @len bytes at @src, which may be NULL for zeros, to guest frames from @first on; the rest of the
 * last frame is zeroed. Frames of zeros are cleared by the hypervisor, without mapping them.
 */
int dom_write(struct xc_dom_image *dom, xen_pfn_t first, const void *src, size_t len);

/*
 * What each architecture has of its own: place.c for x86, arm/ for Arm. The kernel's headers into
 * dom->parms and dom->kernel_seg; places of kernel, modules and tables in the guest, which has
 * memory; the kernel into its place. 0, or -1 with errno.
 */
int dom_kernel_parse(struct xc_dom_image *dom);
int dom_place(struct xc_dom_image *dom);
int dom_kernel_load(struct xc_dom_image *dom);
/* Is the module in the guest's initial mapping, so that it is known by address? */
bool dom_is_mapped(const struct xc_dom_image *dom, const struct xc_dom_module *mod);

/* A range of guest frames on one node, or on any. */
struct mem_range {
    xen_pfn_t first;
    xen_pfn_t pages;
    unsigned int mem_flags; /* XENMEMF_* */
};

/*
 * Memory for the whole range, in extents as large as can be had; of PV guests dom->pv_p2m is filled
 * in. 0, or -1 with errno; what was given stays with the domain.
 */
int dom_populate(struct xc_dom_image *dom, const struct mem_range *r);
/* The range that dom->vmemranges[@idx] describes. */
int dom_vnuma_range(struct xc_dom_image *dom, unsigned int idx, struct mem_range *r);

/* The library's own hooks for the image's kind of guest, of each architecture. */
struct xc_dom_arch *dom_own_hooks(const struct xc_dom_image *dom);
/* Calls a hook where there is one. 0, or what it returns. */
int dom_hook(struct xc_dom_image *dom, int (*hook)(struct xc_dom_image *dom));

/* The kinds of guest: PV on x86-64, and what numbers its frames itself (HVM and PVH). */
extern struct xc_dom_arch dom_arch_pv64;
extern struct xc_dom_arch dom_arch_hvm;
int dom_pv_alloc_tables(struct xc_dom_image *dom);
int dom_pv_alloc_p2m(struct xc_dom_image *dom);
int dom_pv_write_tables(struct xc_dom_image *dom);

/* HVM and PVH; the steps in their order. */
int dom_hvm_meminit(struct xc_dom_image *dom);
int dom_hvm_special_pages(struct xc_dom_image *dom);
/* Firmware's own modules and tables, then the start info with the list of all modules. */
int dom_hvm_place(struct xc_dom_image *dom);
int dom_hvm_start_info(struct xc_dom_image *dom);
int dom_hvm_vcpu(struct xc_dom_image *dom);

#endif
