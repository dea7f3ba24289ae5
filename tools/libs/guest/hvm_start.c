/* SPDX-License-Identifier: MIT */
/*
 * What an HVM or PVH guest is told at its start: struct hvm_start_info with its lists, and the
 * modules and tables of firmware. Source: arch-x86/hvm/start_info.h.
 */
#include "dom.h"

#include <xen/arch-x86/hvm/start_info.h>

/* The page or pages that start_info_seg is for; addresses follow from the offsets. */
struct start_pages {
    struct hvm_start_info info;
    struct hvm_modlist_entry module[XG_MAX_MODULES + 1];
    struct hvm_memmap_table_entry memmap[E820MAX];
    char text[]; /* the command line, then the modules' */
};

#define FIRMWARE_CMDLINE "firmware"

static size_t text_len(const char *s)
{
    return s ? strlen(s) + 1 : 0;
}

static size_t start_size(const struct xc_dom_image *dom)
{
    size_t len = sizeof(struct start_pages) + text_len(dom->cmdline) + sizeof(FIRMWARE_CMDLINE);

    for (unsigned int i = 0; i < dom->num_modules; i++)
        len += text_len(dom->modules[i].cmdline);
    return len;
}

/* Into guest memory that is not part of what is placed: memory for it first. */
static int load_apart(struct xc_dom_image *dom, const struct xc_hvm_firmware_module *m)
{
    xen_pfn_t first = m->guest_addr_out >> XC_PAGE_SHIFT;
    size_t off = m->guest_addr_out & ~XC_PAGE_MASK, nr = PAGE_UP(off + m->length) >> XC_PAGE_SHIFT;
    xen_pfn_t *list = malloc(nr * sizeof(*list));
    int rc = -1;
    char *p;

    if (!list)
        return dom_fail(dom, XC_OUT_OF_MEMORY, ENOMEM, "no memory for a list of frames");
    for (size_t i = 0; i < nr; i++)
        list[i] = first + i;
    if (xc_domain_populate_physmap_exact(dom->xch, dom->guest_domid, nr, 0, 0, list)) {
        dom_fail(dom, XC_OUT_OF_MEMORY, errno, "no guest memory for ACPI tables");
        goto out;
    }
    p = xc_dom_boot_domU_map(dom, first, nr);
    if (!p)
        goto out;
    memset(p, 0, nr << XC_PAGE_SHIFT);
    memcpy(p + off, m->data, m->length);
    munmap(p, nr << XC_PAGE_SHIFT);
    rc = 0;
out:
    free(list);
    return rc;
}

/* Behind the kernel; the caller reads where from guest_addr_out. */
static int load_behind(struct xc_dom_image *dom, struct xc_hvm_firmware_module *m, const char *name)
{
    struct xc_dom_seg seg;

    if (!m->length)
        return 0;
    if (xc_dom_alloc_segment(dom, &seg, name, 0, m->length) ||
        dom_write(dom, seg.pfn, m->data, m->length))
        return -1;
    m->guest_addr_out = seg.vstart;
    return 0;
}

/* Tables for a PVH guest are made for one address; those for firmware are copied by it. */
static int place_acpi(struct xc_dom_image *dom)
{
    for (unsigned int i = 0; i < MAX_ACPI_MODULES; i++) {
        struct xc_hvm_firmware_module *m = &dom->acpi_modules[i];

        if (!m->length)
            continue;
        if (dom->device_model ? load_behind(dom, m, "ACPI") : load_apart(dom, m))
            return -1;
    }
    return 0;
}

int dom_hvm_place(struct xc_dom_image *dom)
{
    if (place_acpi(dom) || load_behind(dom, &dom->system_firmware_module, "firmware") ||
        load_behind(dom, &dom->smbios_module, "SMBIOS") ||
        xc_dom_alloc_segment(dom, &dom->start_info_seg, "start info", 0, start_size(dom)))
        return -1;
    dom->start_info_pfn = dom->start_info_seg.pfn;
    return 0;
}

struct writer {
    struct start_pages *p;
    uint64_t base; /* of *p in the guest */
    size_t used;   /* of text[] */
};

static uint64_t put_text(struct writer *w, const char *s)
{
    uint64_t at = w->base + offsetof(struct start_pages, text) + w->used;

    if (!s)
        return 0;
    strcpy(w->p->text + w->used, s);
    w->used += strlen(s) + 1;
    return at;
}

static void put_module(struct writer *w, uint64_t addr, uint64_t size, const char *cmdline)
{
    w->p->module[w->p->info.nr_modules++] = (struct hvm_modlist_entry){
        .paddr = addr, .size = size, .cmdline_paddr = put_text(w, cmdline)};
}

static void put_memmap(struct writer *w, const struct xc_dom_image *dom)
{
    unsigned int nr = dom->e820 ? dom->e820_entries : 0;

    if (nr > E820MAX)
        nr = E820MAX;
    for (unsigned int i = 0; i < nr; i++)
        w->p->memmap[i] = (struct hvm_memmap_table_entry){
            .addr = dom->e820[i].addr, .size = dom->e820[i].size, .type = dom->e820[i].type};
    w->p->info.memmap_entries = nr;
    if (nr)
        w->p->info.memmap_paddr = w->base + offsetof(struct start_pages, memmap);
}

static void fill(struct writer *w, struct xc_dom_image *dom)
{
    const struct xc_hvm_firmware_module *fw = &dom->system_firmware_module;
    struct hvm_start_info *si = &w->p->info;

    si->magic = XEN_HVM_START_MAGIC_VALUE;
    si->version = 1;
    si->flags = (uint32_t)dom->flags;
    si->cmdline_paddr = put_text(w, dom->cmdline);
    for (unsigned int i = 0; i < dom->num_modules; i++)
        put_module(w, dom->modules[i].seg.vstart, dom->modules[i].size, dom->modules[i].cmdline);
    if (fw->length)
        put_module(w, fw->guest_addr_out, fw->length, FIRMWARE_CMDLINE);
    if (si->nr_modules)
        si->modlist_paddr = w->base + offsetof(struct start_pages, module);
    if (!dom->device_model && dom->acpi_modules[0].length)
        si->rsdp_paddr = dom->acpi_modules[0].guest_addr_out;
    put_memmap(w, dom);
}

int dom_hvm_start_info(struct xc_dom_image *dom)
{
    struct writer w = {.base = dom->start_info_seg.vstart};

    w.p = xc_dom_seg_to_ptr(dom, &dom->start_info_seg);
    if (!w.p)
        return -1;
    memset(w.p, 0, dom->start_info_seg.pages << XC_PAGE_SHIFT);
    fill(&w, dom);
    return 0;
}
