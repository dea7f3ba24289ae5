/* SPDX-License-Identifier: MIT */
/* x86: the kinds of guest, and where kernel, modules and tables go. */
#include "dom.h"

#define P2M_ENTRY 8u

bool xc_dom_translated(const struct xc_dom_image *dom)
{
    return dom->container_type == XC_DOM_HVM_CONTAINER;
}

struct xc_dom_arch *dom_own_hooks(const struct xc_dom_image *dom)
{
    return xc_dom_translated(dom) ? &dom_arch_hvm : &dom_arch_pv64;
}

int dom_kernel_parse(struct xc_dom_image *dom)
{
    return dom_elf_parse(dom, dom->kernel_blob, dom->kernel_size, dom->parms);
}

int dom_kernel_load(struct xc_dom_image *dom)
{
    return dom_elf_load(dom);
}

bool dom_is_mapped(const struct xc_dom_image *dom, const struct xc_dom_module *mod)
{
    return mod->seg.vstart || !dom->parms->mod_start_pfn;
}

/* The ram disk as the guest gets it: Linux unpacks it better itself, and saves us the work. */
static int ramdisk_unpack(struct xc_dom_image *dom, struct xc_dom_module *mod)
{
    if (mod->seg.vstart || !strcmp(dom->parms->guest_os, "linux"))
        return 0;
    return xc_dom_try_gunzip(dom, &mod->blob, &mod->size);
}

static int place_modules(struct xc_dom_image *dom, bool in_mapping)
{
    for (unsigned int i = 0; i < dom->num_modules; i++) {
        struct xc_dom_module *mod = &dom->modules[i];
        xen_vaddr_t want = mod->seg.vstart;

        if (dom_is_mapped(dom, mod) != in_mapping)
            continue;
        if (ramdisk_unpack(dom, mod) ||
            xc_dom_alloc_segment(dom, &mod->seg, i ? "module" : "ramdisk", want, mod->size))
            return -1;
        if (!in_mapping && !xc_dom_translated(dom))
            mod->seg.vstart = mod->seg.vend = 0;
    }
    return 0;
}

/* In the order of xen.h, "Start-of-day memory layout". */
static int place_pv(struct xc_dom_image *dom)
{
    uint64_t kernel_len = dom->kernel_seg.vend - dom->kernel_seg.vstart;
    uint64_t p2m_len = (uint64_t)dom->p2m_size * P2M_ENTRY;
    bool p2m_apart = dom->parms->p2m_base != UNSET_ADDR;

    dom->pfn_alloc_end = dom->rambase_pfn;
    dom->virt_alloc_end = dom->parms->virt_base;
    if (xc_dom_alloc_segment(dom, &dom->kernel_seg, "kernel", dom->kernel_seg.vstart, kernel_len) ||
        place_modules(dom, true) ||
        (!p2m_apart && xc_dom_alloc_segment(dom, &dom->p2m_seg, "frame list", 0, p2m_len)) ||
        dom_hook(dom, dom->arch_hooks->alloc_magic_pages) ||
        dom_hook(dom, dom->arch_hooks->alloc_pgtables) || place_modules(dom, false))
        return -1;
    return p2m_apart ? dom_hook(dom, dom->arch_hooks->alloc_p2m_list) : 0;
}

/* HVM and PVH: what matters is where things are in memory. */
static int place_translated(struct xc_dom_image *dom)
{
    uint64_t kernel_len = dom->kernel_seg.vend - dom->kernel_seg.vstart;

    dom->pfn_alloc_end = dom->rambase_pfn;
    dom->virt_alloc_end = 0;
    if (xc_dom_alloc_segment(dom, &dom->kernel_seg, "kernel", dom->kernel_seg.vstart, kernel_len) ||
        dom_hvm_place(dom) || place_modules(dom, true) || place_modules(dom, false))
        return -1;
    return dom_hook(dom, dom->arch_hooks->alloc_magic_pages);
}

int dom_place(struct xc_dom_image *dom)
{
    return xc_dom_translated(dom) ? place_translated(dom) : place_pv(dom);
}

int xc_dom_devicetree_file(struct xc_dom_image *dom, const char *filename)
{
    (void)filename;
    return dom_fail(dom, XC_INVALID_PARAM, EINVAL, "x86 guests take no device tree");
}

int xc_dom_devicetree_mem(struct xc_dom_image *dom, const void *mem, size_t memsize)
{
    (void)mem, (void)memsize;
    return dom_fail(dom, XC_INVALID_PARAM, EINVAL, "x86 guests take no device tree");
}
