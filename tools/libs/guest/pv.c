/* SPDX-License-Identifier: MIT */
/* A 64-bit PV guest on x86: its memory, start_info, shared info and first vCPU. */
#include "dom.h"

#ifndef SIF_VIRT_P2M_4TOOLS
#define SIF_VIRT_P2M_4TOOLS (1 << 4)
#endif

#define EFLAGS_IF 0x200u

static xen_pfn_t highest(const struct xc_dom_image *dom)
{
    xen_pfn_t end = dom->total_pages;

    for (unsigned int i = 0; i < dom->nr_vmemranges; i++)
        if (dom->vmemranges[i].end >> XC_PAGE_SHIFT > end)
            end = dom->vmemranges[i].end >> XC_PAGE_SHIFT;
    return end;
}

static int populate_all(struct xc_dom_image *dom)
{
    struct mem_range r = {.first = 0, .pages = dom->total_pages};

    if (!dom->nr_vmemranges)
        return dom_populate(dom, &r);
    for (unsigned int i = 0; i < dom->nr_vmemranges; i++)
        if (dom_vnuma_range(dom, i, &r) || dom_populate(dom, &r))
            return -1;
    return 0;
}

static int pv_meminit(struct xc_dom_image *dom)
{
    int rc;

    dom->p2m_size = highest(dom);
    dom->pv_p2m = malloc(dom->p2m_size * sizeof(*dom->pv_p2m));
    if (!dom->pv_p2m)
        return dom_fail(dom, XC_OUT_OF_MEMORY, ENOMEM, "no memory for the list of frames");
    if (dom->nr_vmemranges)
        memset(dom->pv_p2m, 0xff, dom->p2m_size * sizeof(*dom->pv_p2m));
    if (dom->claim_enabled && xc_domain_claim_pages(dom->xch, dom->guest_domid, dom->total_pages))
        return dom_fail(dom, XC_OUT_OF_MEMORY, errno, "cannot claim the guest's memory");
    rc = populate_all(dom);
    if (dom->claim_enabled)
        xc_domain_claim_pages(dom->xch, dom->guest_domid, 0);
    return rc;
}

static int pv_magic_pages(struct xc_dom_image *dom)
{
    if (xc_dom_alloc_segment(dom, &dom->start_info_seg, "start info", 0, XC_PAGE_SIZE))
        return -1;
    dom->start_info_pfn = dom->start_info_seg.pfn;
    dom->xenstore_pfn = xc_dom_alloc_page(dom, "xenstore");
    dom->console_pfn = xc_dom_alloc_page(dom, "console");
    if (dom->xenstore_pfn == INVALID_MFN || dom->console_pfn == INVALID_MFN)
        return -1;
    /* The kernel and the daemons expect empty rings. */
    return dom_write(dom, dom->xenstore_pfn, NULL, 2 * XC_PAGE_SIZE);
}

static void fill_start_info(struct xc_dom_image *dom, start_info_x86_64_t *si)
{
    strcpy(si->magic, "xen-3.0-x86_64");
    si->nr_pages = dom->total_pages;
    si->shared_info = (uint64_t)dom->shared_info_mfn << XC_PAGE_SHIFT;
    si->flags = (uint32_t)dom->flags | SIF_VIRT_P2M_4TOOLS;
    si->pt_base = dom->pgtables_seg.vstart;
    si->nr_pt_frames = dom->pgtables_seg.pages;
    si->mfn_list = dom->p2m_seg.vstart;
    if (dom->parms->p2m_base != UNSET_ADDR) {
        si->first_p2m_pfn = dom->p2m_seg.pfn;
        si->nr_p2m_frames = dom->p2m_seg.pages;
    }
    si->store_mfn = xc_dom_p2m(dom, dom->xenstore_pfn);
    si->store_evtchn = dom->xenstore_evtchn;
    si->console.domU.mfn = xc_dom_p2m(dom, dom->console_pfn);
    si->console.domU.evtchn = dom->console_evtchn;
    if (dom->num_modules) {
        si->mod_start = dom->initrd_start;
        si->mod_len = dom->initrd_len;
        if (!dom->modules[0].seg.vstart)
            si->flags |= SIF_MOD_START_PFN;
    }
    if (dom->cmdline)
        strncpy((char *)si->cmd_line, dom->cmdline, MAX_GUEST_CMDLINE - 1);
}

static int pv_start_info(struct xc_dom_image *dom)
{
    void *p = xc_dom_pfn_to_ptr(dom, dom->start_info_pfn, 1);

    if (!p)
        return -1;
    if (dom->cmdline && strlen(dom->cmdline) >= MAX_GUEST_CMDLINE)
        return dom_fail(dom, XC_INVALID_PARAM, E2BIG, "command line is longer than %d",
                        MAX_GUEST_CMDLINE - 1);
    memset(p, 0, XC_PAGE_SIZE);
    fill_start_info(dom, p);
    return 0;
}

static int pv_shared_info(struct xc_dom_image *dom, void *ptr)
{
    shared_info_x86_64_t *si = ptr;

    (void)dom;
    memset(si, 0, XC_PAGE_SIZE);
    for (unsigned int i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        si->vcpu_info[i].evtchn_upcall_mask = 1;
    return 0;
}

/* Pin the tables, and fill in the hypercall page. */
static int pv_bootlate(struct xc_dom_image *dom)
{
    struct mmuext_op pin = {.cmd = MMUEXT_PIN_L4_TABLE,
                            .arg1.mfn = xc_dom_p2m(dom, dom->pgtables_seg.pfn)};
    uint64_t page = dom->parms->virt_hypercall;
    struct xen_domctl op = {.cmd = XEN_DOMCTL_hypercall_init, .domain = (domid_t)dom->guest_domid};

    if (page != UNSET_ADDR) {
        xen_pfn_t pfn = dom->rambase_pfn + ((page - dom->parms->virt_base) >> XC_PAGE_SHIFT);

        op.u.hypercall_init.gmfn = xc_dom_p2m(dom, pfn);
        if (xc_domctl(dom->xch, &op))
            return dom_fail(dom, XC_INTERNAL_ERROR, errno, "no hypercall page");
    }
    if (xc_mmuext_op(dom->xch, &pin, 1, dom->guest_domid))
        return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot pin the page tables");
    return 0;
}

static int pv_vcpu(struct xc_dom_image *dom)
{
    vcpu_guest_context_any_t *any = calloc(1, sizeof(*any));
    vcpu_guest_context_x86_64_t *c;
    uint64_t root = xc_dom_p2m(dom, dom->pgtables_seg.pfn);
    int rc;

    if (!any)
        return -1;
    c = &any->x64;
    c->user_regs.rip = dom->parms->virt_entry;
    c->user_regs.rsp = dom->parms->virt_base +
                       ((uint64_t)(dom->bootstack_pfn + 1 - dom->rambase_pfn) << XC_PAGE_SHIFT);
    c->user_regs.rsi = dom->start_info_seg.vstart;
    c->user_regs.rflags = EFLAGS_IF;
    c->user_regs.ds = c->user_regs.es = FLAT_KERNEL_DS_X86_64;
    c->user_regs.fs = c->user_regs.gs = FLAT_KERNEL_DS_X86_64;
    c->user_regs.ss = FLAT_KERNEL_SS_X86_64;
    c->user_regs.cs = FLAT_KERNEL_CS_X86_64;
    c->kernel_ss = c->user_regs.ss;
    c->kernel_sp = c->user_regs.rsp;
    c->flags = VGCF_in_kernel_X86_64 | VGCF_online_X86_64;
    c->ctrlreg[3] = xen_pfn_to_cr3_x86_64(root);
    rc = xc_vcpu_setcontext(dom->xch, dom->guest_domid, 0, any);
    if (rc)
        dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot set the first vCPU");
    free(any);
    return rc;
}

struct xc_dom_arch dom_arch_pv64 = {
    .guest_type = "xen-3.0-x86_64",
    .native_protocol = "x86_64-abi",
    .page_shift = XC_PAGE_SHIFT,
    .sizeof_pfn = 8,
    .p2m_base_supported = 1,
    .alloc_magic_pages = pv_magic_pages,
    .alloc_pgtables = dom_pv_alloc_tables,
    .alloc_p2m_list = dom_pv_alloc_p2m,
    .setup_pgtables = dom_pv_write_tables,
    .start_info = pv_start_info,
    .shared_info = pv_shared_info,
    .vcpu = pv_vcpu,
    .bootlate = pv_bootlate,
    .meminit = pv_meminit,
};
