/* SPDX-License-Identifier: MIT */
/*
 * Memory of an HVM or PVH guest:
 *
 *   0          RAM up to lowmem_end, for HVM with a hole at the old VGA window
 *   mmio_start hole for devices; at its upper part the pages that toolstack and guest share
 *   4 GiB      RAM up to highmem_end
 */
#include "dom.h"

#include <xen/hvm/e820.h>
#include <xen/hvm/hvm_info_table.h>
#include <xen/hvm/params.h>

#define FOUR_GIB      (1ULL << 32)
#define VGA_HOLE_PFN  0xa0u
#define PDE_4M        0xe7u /* present, writable, user, accessed, dirty, 4 MiB; SDM vol 3A 4.3 */
#define NR_SERVER_PFN 8u

/* The shared pages, from the lowest; the numbers are the ABI's for saved guests. */
enum special_page {
    SPECIAL_PAGING,
    SPECIAL_ACCESS,
    SPECIAL_SHARING,
    SPECIAL_BUFIOREQ,
    SPECIAL_XENSTORE,
    SPECIAL_IOREQ,
    SPECIAL_IDENT_PT,
    SPECIAL_CONSOLE,
};

static xen_pfn_t special_pfn(enum special_page page)
{
    return X86_HVM_END_SPECIAL_REGION - X86_HVM_NR_SPECIAL_PAGES + page;
}

/* Whoever did not lay memory out himself gets it without a gap below the usual hole. */
static int layout_defaults(struct xc_dom_image *dom)
{
    uint64_t bytes = (uint64_t)dom->total_pages << XC_PAGE_SHIFT;

    if (!dom->mmio_size)
        dom->mmio_size = HVM_BELOW_4G_MMIO_LENGTH;
    if (dom->mmio_size > FOUR_GIB)
        return dom_fail(dom, XC_INVALID_PARAM, EINVAL, "the hole for devices is too large");
    if (!dom->mmio_start)
        dom->mmio_start = FOUR_GIB - dom->mmio_size;
    if (!dom->lowmem_end) {
        dom->lowmem_end = bytes < dom->mmio_start ? bytes : dom->mmio_start;
        dom->highmem_end = bytes > dom->lowmem_end ? FOUR_GIB + bytes - dom->lowmem_end : 0;
    }
    if (!dom->target_pages)
        dom->target_pages = dom->total_pages;
    if (dom->lowmem_end > dom->mmio_start || dom->lowmem_end < ((uint64_t)VGA_HOLE_PFN << 13) ||
        dom->vga_hole_size > 0x60)
        return dom_fail(dom, XC_INVALID_PARAM, EINVAL, "memory cannot be laid out so");
    dom->p2m_size =
        (dom->highmem_end > FOUR_GIB ? dom->highmem_end : dom->lowmem_end) >> XC_PAGE_SHIFT;
    return 0;
}

/* @r without the VGA window. */
static int populate_around_hole(struct xc_dom_image *dom, const struct mem_range *r)
{
    xen_pfn_t hole = VGA_HOLE_PFN, after = VGA_HOLE_PFN + dom->vga_hole_size;
    xen_pfn_t end = r->first + r->pages;
    struct mem_range part = *r;

    if (!dom->vga_hole_size || r->first > hole || end < after)
        return dom_populate(dom, r);
    part.pages = hole - r->first;
    if (part.pages && dom_populate(dom, &part))
        return -1;
    part.first = after;
    part.pages = end - after;
    return part.pages ? dom_populate(dom, &part) : 0;
}

static int populate_all(struct xc_dom_image *dom, unsigned int mem_flags)
{
    struct mem_range low = {0, dom->lowmem_end >> XC_PAGE_SHIFT, mem_flags};
    struct mem_range high = {FOUR_GIB >> XC_PAGE_SHIFT, 0, mem_flags}, r;

    if (dom->highmem_end > FOUR_GIB)
        high.pages = (dom->highmem_end - FOUR_GIB) >> XC_PAGE_SHIFT;
    if (!dom->nr_vmemranges) {
        if (populate_around_hole(dom, &low))
            return -1;
        return high.pages ? dom_populate(dom, &high) : 0;
    }
    for (unsigned int i = 0; i < dom->nr_vmemranges; i++) {
        if (dom_vnuma_range(dom, i, &r))
            return -1;
        r.mem_flags |= mem_flags;
        if (populate_around_hole(dom, &r))
            return -1;
    }
    return 0;
}

int dom_hvm_meminit(struct xc_dom_image *dom)
{
    xen_pfn_t target;
    bool pod;
    int rc;

    if (layout_defaults(dom))
        return -1;
    pod = dom->target_pages < dom->total_pages;
    target = dom->target_pages - dom->vga_hole_size;
    if (dom->claim_enabled && xc_domain_claim_pages(dom->xch, dom->guest_domid, target))
        return dom_fail(dom, XC_OUT_OF_MEMORY, errno, "cannot claim the guest's memory");
    if (pod && xc_domain_set_pod_target(dom->xch, dom->guest_domid, target, NULL, NULL, NULL)) {
        rc = dom_fail(dom, XC_OUT_OF_MEMORY, errno, "no memory for the guest's target");
        goto unclaim;
    }
    rc = populate_all(dom, pod ? XENMEMF_populate_on_demand : 0);
unclaim:
    if (dom->claim_enabled)
        xc_domain_claim_pages(dom->xch, dom->guest_domid, 0);
    return rc;
}

static int param(struct xc_dom_image *dom, uint32_t idx, uint64_t value)
{
    if (!xc_hvm_param_set(dom->xch, dom->guest_domid, idx, value))
        return 0;
    return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot set HVM parameter %u", idx);
}

/* Where firmware finds how much memory and how many CPUs there are. */
static int write_info_table(struct xc_dom_image *dom)
{
    struct hvm_info_table *info;
    uint8_t sum = 0;
    char *page;

    page = xc_map_foreign_range(dom->xch, dom->guest_domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE,
                                HVM_INFO_PFN);
    if (!page)
        return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot map the guest's information table");
    info = (struct hvm_info_table *)(void *)(page + HVM_INFO_OFFSET);
    memset(info, 0, sizeof(*info));
    memcpy(info->signature, "HVM INFO", sizeof(info->signature));
    info->length = sizeof(*info);
    info->nr_vcpus = dom->max_vcpus;
    info->low_mem_pgend = (uint32_t)(dom->lowmem_end >> XC_PAGE_SHIFT);
    info->high_mem_pgend = (uint32_t)(dom->highmem_end >> XC_PAGE_SHIFT);
    info->reserved_mem_pgstart = (uint32_t)special_pfn(0) - NR_SERVER_PFN;
    for (size_t i = 0; i < sizeof(*info); i++)
        sum = (uint8_t)(sum + ((uint8_t *)info)[i]);
    info->checksum = (uint8_t)-sum;
    munmap(page, XC_PAGE_SIZE);
    return 0;
}

/* An identity mapping by 4 MiB pages, for vCPUs that run without paging of their own. */
static int write_ident_pt(struct xc_dom_image *dom)
{
    xen_pfn_t pfn = special_pfn(SPECIAL_IDENT_PT);
    uint32_t *pde =
        xc_map_foreign_range(dom->xch, dom->guest_domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE, pfn);

    if (!pde)
        return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot map the guest's first page table");
    for (uint32_t i = 0; i < XC_PAGE_SIZE / sizeof(*pde); i++)
        pde[i] = i << 22 | PDE_4M;
    munmap(pde, XC_PAGE_SIZE);
    return param(dom, HVM_PARAM_IDENT_PT, (uint64_t)pfn << XC_PAGE_SHIFT);
}

/* Frames without content, from the end of which the device model's pages are taken. */
static int populate_cleared(struct xc_dom_image *dom, xen_pfn_t first, unsigned int nr)
{
    xen_pfn_t list[X86_HVM_NR_SPECIAL_PAGES];

    for (unsigned int i = 0; i < nr; i++)
        list[i] = first + i;
    if (xc_domain_populate_physmap_exact(dom->xch, dom->guest_domid, nr, 0, 0, list))
        return dom_fail(dom, XC_OUT_OF_MEMORY, errno, "no memory for the shared pages");
    return dom_write(dom, first, NULL, (size_t)nr << XC_PAGE_SHIFT);
}

static int device_model_pages(struct xc_dom_image *dom)
{
    xen_pfn_t first = special_pfn(0) - NR_SERVER_PFN;

    if (write_info_table(dom) || populate_cleared(dom, first, NR_SERVER_PFN) ||
        param(dom, HVM_PARAM_IOREQ_SERVER_PFN, first) ||
        param(dom, HVM_PARAM_NR_IOREQ_SERVER_PAGES, NR_SERVER_PFN))
        return -1;
    return 0;
}

int dom_hvm_special_pages(struct xc_dom_image *dom)
{
    dom->xenstore_pfn = special_pfn(SPECIAL_XENSTORE);
    dom->console_pfn = special_pfn(SPECIAL_CONSOLE);
    if (populate_cleared(dom, special_pfn(0), X86_HVM_NR_SPECIAL_PAGES) ||
        param(dom, HVM_PARAM_STORE_PFN, dom->xenstore_pfn) ||
        param(dom, HVM_PARAM_CONSOLE_PFN, dom->console_pfn) ||
        param(dom, HVM_PARAM_PAGING_RING_PFN, special_pfn(SPECIAL_PAGING)) ||
        param(dom, HVM_PARAM_MONITOR_RING_PFN, special_pfn(SPECIAL_ACCESS)) ||
        param(dom, HVM_PARAM_SHARING_RING_PFN, special_pfn(SPECIAL_SHARING)) ||
        param(dom, HVM_PARAM_BUFIOREQ_PFN, special_pfn(SPECIAL_BUFIOREQ)) ||
        param(dom, HVM_PARAM_IOREQ_PFN, special_pfn(SPECIAL_IOREQ)))
        return -1;
    if (dom->device_model && device_model_pages(dom))
        return -1;
    return write_ident_pt(dom);
}
