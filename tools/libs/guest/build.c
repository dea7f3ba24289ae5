/* SPDX-License-Identifier: MIT */
/* The steps from an image to a domain that can run. */
#include "dom.h"

int xc_dom_boot_xen_init(struct xc_dom_image *dom, xc_interface *xch, uint32_t domid)
{
    dom->xch = xch;
    dom->guest_domid = domid;
    dom->xen_version = xc_version(xch, XENVER_version, NULL);
    if (dom->xen_version < 0 || xc_version(xch, XENVER_capabilities, &dom->xen_caps) < 0)
        return dom_fail(dom, XC_INTERNAL_ERROR, errno, "the hypervisor tells no version");
    return 0;
}

static int features_check(struct xc_dom_image *dom)
{
    const struct elf_dom_parms *p = dom->parms;

    for (unsigned int i = 0; i < XENFEAT_NR_SUBMAPS; i++) {
        uint32_t asked = dom->f_requested[i] | p->f_required[i];

        if (asked & ~p->f_supported[i])
            return dom_fail(dom, XC_INVALID_PARAM, EINVAL, "kernel has not all features: %08x",
                            asked & ~p->f_supported[i]);
        dom->f_active[i] = asked;
    }
    if (!xc_dom_translated(dom) && dom->f_active[0] & (1u << XENFEAT_auto_translated_physmap))
        return dom_fail(dom, XC_INVALID_PARAM, EINVAL, "translated PV guests do not exist");
    return 0;
}

int xc_dom_parse_image(struct xc_dom_image *dom)
{
    if (!dom->kernel_blob)
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "no kernel");
    if (xc_dom_set_arch_hooks(dom) ||
        dom_kernel_unpack(dom, &dom->kernel_blob, &dom->kernel_size) || dom_kernel_parse(dom))
        return -1;
    dom->guest_type = dom->arch_hooks->guest_type;
    xc_dom_printf(dom->xch, "kernel: %s %s, entry %#lx, base %#lx", dom->parms->guest_os,
                  dom->parms->guest_ver, (unsigned long)dom->parms->virt_entry,
                  (unsigned long)dom->parms->virt_base);
    return features_check(dom);
}

int xc_dom_compat_check(struct xc_dom_image *dom)
{
    const char *at = dom->guest_type ? strstr(dom->xen_caps, dom->guest_type) : NULL;

    /* Historical: the result is a truth value. */
    return at != NULL;
}

int xc_dom_rambase_init(struct xc_dom_image *dom, uint64_t rambase)
{
    dom->rambase_pfn = rambase >> XC_PAGE_SHIFT;
    return 0;
}

int xc_dom_mem_init(struct xc_dom_image *dom, unsigned int mem_mb)
{
    dom->total_pages = (xen_pfn_t)mem_mb << (20 - XC_PAGE_SHIFT);
    return 0;
}

int xc_dom_boot_mem_init(struct xc_dom_image *dom)
{
    if (!dom->arch_hooks && xc_dom_set_arch_hooks(dom))
        return -1;
    return dom_hook(dom, dom->arch_hooks->meminit);
}

uint64_t xc_dom_virt_base(struct xc_dom_image *dom)
{
    return dom->parms->virt_base;
}

uint64_t xc_dom_virt_entry(struct xc_dom_image *dom)
{
    return dom->parms->virt_entry;
}

uint64_t xc_dom_virt_hypercall(struct xc_dom_image *dom)
{
    return dom->parms->virt_hypercall;
}

char *xc_dom_guest_os(struct xc_dom_image *dom)
{
    return dom->parms->guest_os;
}

bool xc_dom_feature_get(struct xc_dom_image *dom, unsigned int nr)
{
    return nr < XENFEAT_NR_SUBMAPS * 32 && ((dom->parms->f_supported[nr / 32] >> (nr % 32)) & 1);
}

static int write_modules(struct xc_dom_image *dom)
{
    for (unsigned int i = 0; i < dom->num_modules; i++) {
        struct xc_dom_module *mod = &dom->modules[i];

        if (dom_write(dom, mod->seg.pfn, mod->blob, mod->size))
            return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot load module %u", i);
    }
    if (dom->num_modules) {
        const struct xc_dom_module *rd = &dom->modules[0];

        dom->initrd_start = dom_is_mapped(dom, rd) ? rd->seg.vstart : rd->seg.pfn;
        dom->initrd_len = rd->size;
    }
    return 0;
}

int xc_dom_build_image(struct xc_dom_image *dom)
{
    bool translated = xc_dom_translated(dom);

    if (!dom->p2m_size)
        return dom_fail(dom, XC_INTERNAL_ERROR, EINVAL, "the guest has no memory yet");
    if (dom_place(dom) || dom_kernel_load(dom) || write_modules(dom))
        return -1;
    return translated ? 0 : dom_hook(dom, dom->arch_hooks->setup_pgtables);
}

static int write_shared_info(struct xc_dom_image *dom)
{
    void *p;
    int rc;

    if (!dom->arch_hooks->shared_info)
        return 0;
    p = xc_map_foreign_range(dom->xch, dom->guest_domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE,
                             dom->shared_info_mfn);
    if (!p)
        return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot map the shared info page");
    rc = dom->arch_hooks->shared_info(dom, p);
    munmap(p, XC_PAGE_SIZE);
    return rc;
}

int xc_dom_boot_image(struct xc_dom_image *dom)
{
    xc_dominfo_t info;

    if (xc_domain_getinfo(dom->xch, dom->guest_domid, 1, &info) != 1 ||
        info.domid != dom->guest_domid)
        return dom_fail(dom, XC_INTERNAL_ERROR, ESRCH, "domain %u is gone", dom->guest_domid);
    dom->shared_info_mfn = info.shared_info_frame;
    if (dom_hook(dom, dom->arch_hooks->bootearly) || dom_hook(dom, dom->arch_hooks->start_info) ||
        (!xc_dom_translated(dom) && write_shared_info(dom)))
        return -1;
    /* Page tables must not be mapped writable any more when they are pinned. */
    xc_dom_unmap_all(dom);
    if (dom_hook(dom, dom->arch_hooks->bootlate) || dom_hook(dom, dom->arch_hooks->vcpu))
        return -1;
    xc_dom_log_memory_footprint(dom);
    return 0;
}

int xc_linux_build(xc_interface *xch, uint32_t domid, unsigned int mem_mb, const char *image_name,
                   const char *ramdisk_name, const char *cmdline, const char *features,
                   unsigned long flags, unsigned int store_evtchn, unsigned long *store_mfn,
                   unsigned int console_evtchn, unsigned long *console_mfn)
{
    struct xc_dom_image *dom = xc_dom_allocate(xch, cmdline, features);
    int rc = -1;

    if (!dom)
        return -1;
    dom->flags |= flags;
    dom->xenstore_evtchn = store_evtchn;
    dom->console_evtchn = console_evtchn;
    if (xc_dom_kernel_file(dom, image_name) ||
        (ramdisk_name && *ramdisk_name && xc_dom_module_file(dom, ramdisk_name, NULL)) ||
        xc_dom_boot_xen_init(dom, xch, domid) || xc_dom_parse_image(dom) ||
        xc_dom_mem_init(dom, mem_mb) || xc_dom_boot_mem_init(dom) || xc_dom_build_image(dom) ||
        xc_dom_boot_image(dom) || xc_dom_gnttab_init(dom))
        goto out;
    *store_mfn = xc_dom_p2m(dom, dom->xenstore_pfn);
    *console_mfn = xc_dom_p2m(dom, dom->console_pfn);
    rc = 0;
out:
    xc_dom_release(dom);
    return rc;
}
