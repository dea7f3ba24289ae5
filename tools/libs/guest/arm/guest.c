/* SPDX-License-Identifier: MIT */
/*
 * An arm64 guest: a Linux kernel in the layout of memory that arch-arm.h gives. In the first bank
 * the kernel, the device tree and the modules follow each other. Nothing is mapped at the start:
 * vstart of a segment is a guest-physical address.
 */
#include "../dom.h"
#include "header.h"

#include <xen/hvm/params.h>

#define TWO_MIB  0x200000ULL
#define FRAME(a) ((xen_pfn_t)((a) >> XC_PAGE_SHIFT))

/* Pages from GUEST_MAGIC_BASE on. */
enum magic_page {
    MAGIC_CONSOLE,
    MAGIC_XENSTORE,
    MAGIC_MONITOR,
    MAGIC_VUART,
    NR_MAGIC,
};

static const uint64_t bank_base[GUEST_RAM_BANKS] = GUEST_RAM_BANK_BASES;
static const uint64_t bank_size[GUEST_RAM_BANKS] = GUEST_RAM_BANK_SIZES;

bool xc_dom_translated(const struct xc_dom_image *dom)
{
    (void)dom;
    return true;
}

bool dom_is_mapped(const struct xc_dom_image *dom, const struct xc_dom_module *mod)
{
    (void)dom, (void)mod;
    return true;
}

/* A kernel tells of none, and needs none. */
int dom_features_parse(const char *text, size_t len, uint32_t *supported, uint32_t *required)
{
    (void)text, (void)supported, (void)required;
    return len ? -1 : 0;
}

/* The kernel. */

int dom_kernel_parse(struct xc_dom_image *dom)
{
    struct arm_image img;

    if (arm_image_parse(dom->kernel_blob, dom->kernel_size, &img))
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "the kernel is no arm64 Image");
    dom->rambase_pfn = FRAME(GUEST_RAM_BASE);
    dom->kernel_seg.vstart = GUEST_RAM_BASE + img.text_offset;
    dom->kernel_seg.vend = dom->kernel_seg.vstart + PAGE_UP(img.mem_size);
    dom->kernel_seg.pfn = FRAME(dom->kernel_seg.vstart);
    dom->kernel_seg.pages = FRAME(PAGE_UP(img.mem_size));
    dom->parms->virt_entry = dom->kernel_seg.vstart;
    strcpy(dom->parms->guest_os, "linux");
    return 0;
}

int dom_kernel_load(struct xc_dom_image *dom)
{
    if (!dom_write(dom, dom->kernel_seg.pfn, dom->kernel_blob, dom->kernel_size))
        return 0;
    return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot load the kernel");
}

/* Memory. */

static int arm_meminit(struct xc_dom_image *dom)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_set_address_size,
                            .domain = (domid_t)dom->guest_domid,
                            .u.address_size.size = 64};
    xen_pfn_t left = dom->total_pages;
    int rc = 0;

    if (xc_domctl(dom->xch, &op))
        return dom_fail(dom, XC_INTERNAL_ERROR, errno, "the domain cannot be of 64 bits");
    for (unsigned int i = 0; i < GUEST_RAM_BANKS; i++) {
        dom->rambank_size[i] = left < FRAME(bank_size[i]) ? left : FRAME(bank_size[i]);
        left -= dom->rambank_size[i];
        if (dom->rambank_size[i])
            dom->p2m_size = FRAME(bank_base[i]) + dom->rambank_size[i];
    }
    if (left)
        return dom_fail(dom, XC_INVALID_PARAM, E2BIG, "%lu frames are more than a guest can have",
                        (unsigned long)dom->total_pages);
    if (dom->claim_enabled && xc_domain_claim_pages(dom->xch, dom->guest_domid, dom->total_pages))
        return dom_fail(dom, XC_OUT_OF_MEMORY, errno, "cannot claim the guest's memory");
    for (unsigned int i = 0; i < GUEST_RAM_BANKS && !rc; i++) {
        struct mem_range r = {.first = FRAME(bank_base[i]), .pages = dom->rambank_size[i]};

        rc = r.pages ? dom_populate(dom, &r) : 0;
    }
    if (dom->claim_enabled)
        xc_domain_claim_pages(dom->xch, dom->guest_domid, 0);
    return rc;
}

/* @seg of @size bytes at *@at, which moves behind it. */
static int place(struct xc_dom_image *dom, struct xc_dom_seg *seg, const char *name, size_t size,
                 uint64_t *at)
{
    uint64_t end = GUEST_RAM0_BASE + ((uint64_t)dom->rambank_size[0] << XC_PAGE_SHIFT);

    if (*at > end || PAGE_UP(size) > end - *at)
        return dom_fail(dom, XC_OUT_OF_MEMORY, ENOMEM, "%s of %zu bytes: no room for it", name,
                        size);
    seg->vstart = *at;
    seg->vend = *at + PAGE_UP(size);
    seg->pfn = FRAME(*at);
    seg->pages = FRAME(PAGE_UP(size));
    *at = seg->vend;
    xc_dom_printf(dom->xch, "%-12s %#lx to %#lx", name, (unsigned long)seg->vstart,
                  (unsigned long)seg->vend);
    return 0;
}

int dom_place(struct xc_dom_image *dom)
{
    uint64_t at = dom->kernel_seg.vstart;

    if (place(dom, &dom->kernel_seg, "kernel", dom->kernel_seg.pages << XC_PAGE_SHIFT, &at))
        return -1;
    /* A kernel maps the tree by one block. */
    at = (at + TWO_MIB - 1) & ~(TWO_MIB - 1);
    if (dom->devicetree_size > TWO_MIB)
        return dom_fail(dom, XC_INVALID_PARAM, E2BIG, "the device tree is larger than 2 MiB");
    if (dom->devicetree_blob &&
        place(dom, &dom->devicetree_seg, "device tree", dom->devicetree_size, &at))
        return -1;
    for (unsigned int i = 0; i < dom->num_modules; i++)
        if (place(dom, &dom->modules[i].seg, i ? "module" : "ramdisk", dom->modules[i].size, &at))
            return -1;
    return dom_hook(dom, dom->arch_hooks->alloc_magic_pages);
}

static int param(struct xc_dom_image *dom, uint32_t idx, uint64_t value)
{
    if (!xc_hvm_param_set(dom->xch, dom->guest_domid, idx, value))
        return 0;
    return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot set HVM parameter %u", idx);
}

static int arm_magic_pages(struct xc_dom_image *dom)
{
    const xen_pfn_t base = FRAME(GUEST_MAGIC_BASE);
    xen_pfn_t list[NR_MAGIC];

    for (unsigned int i = 0; i < NR_MAGIC; i++)
        list[i] = base + i;
    dom->console_pfn = base + MAGIC_CONSOLE;
    dom->xenstore_pfn = base + MAGIC_XENSTORE;
    dom->vuart_gfn = base + MAGIC_VUART;
    if (xc_domain_populate_physmap_exact(dom->xch, dom->guest_domid, NR_MAGIC, 0, 0, list))
        return dom_fail(dom, XC_OUT_OF_MEMORY, errno, "no memory for the shared pages");
    if (dom_write(dom, base, NULL, (size_t)NR_MAGIC << XC_PAGE_SHIFT) ||
        param(dom, HVM_PARAM_CONSOLE_PFN, dom->console_pfn) ||
        param(dom, HVM_PARAM_STORE_PFN, dom->xenstore_pfn) ||
        param(dom, HVM_PARAM_MONITOR_RING_PFN, base + MAGIC_MONITOR) ||
        param(dom, HVM_PARAM_CONSOLE_EVTCHN, dom->console_evtchn) ||
        param(dom, HVM_PARAM_STORE_EVTCHN, dom->xenstore_evtchn))
        return -1;
    return 0;
}

/* The start. */

/* Not before: since the image was built, its maker has learnt where everything is. */
static int arm_write_tree(struct xc_dom_image *dom)
{
    if (!dom->devicetree_blob)
        return dom_fail(dom, XC_INVALID_PARAM, EINVAL, "a guest needs a device tree");
    return dom_write(dom, dom->devicetree_seg.pfn, dom->devicetree_blob, dom->devicetree_size);
}

static int arm_vcpu(struct xc_dom_image *dom)
{
    vcpu_guest_context_any_t *any = calloc(1, sizeof(*any));
    int rc;

    if (!any)
        return -1;
    any->c.user_regs.pc64 = dom->parms->virt_entry;
    any->c.user_regs.x0 = dom->devicetree_seg.vstart;
    any->c.user_regs.cpsr = PSR_GUEST64_INIT;
    any->c.sctlr = SCTLR_GUEST_INIT;
    any->c.flags = VGCF_online;
    rc = xc_vcpu_setcontext(dom->xch, dom->guest_domid, 0, any);
    if (rc)
        dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot set the first vCPU");
    free(any);
    return rc;
}

static struct xc_dom_arch dom_arch_arm64 = {
    .guest_type = "xen-3.0-aarch64",
    .native_protocol = "arm-abi",
    .page_shift = XC_PAGE_SHIFT,
    .sizeof_pfn = 8,
    .alloc_magic_pages = arm_magic_pages,
    .start_info = arm_write_tree,
    .vcpu = arm_vcpu,
    .meminit = arm_meminit,
};

struct xc_dom_arch *dom_own_hooks(const struct xc_dom_image *dom)
{
    (void)dom;
    return &dom_arch_arm64;
}

int xc_dom_devicetree_file(struct xc_dom_image *dom, const char *filename)
{
    dom->devicetree_blob =
        xc_dom_malloc_filemap(dom, filename, &dom->devicetree_size, dom->max_devicetree_size);
    return dom->devicetree_blob ? 0 : -1;
}

int xc_dom_devicetree_mem(struct xc_dom_image *dom, const void *mem, size_t memsize)
{
    dom->devicetree_blob = (void *)(uintptr_t)mem;
    dom->devicetree_size = memsize;
    return 0;
}
