/* SPDX-License-Identifier: MIT */
/* The kernel's ELF file. It may come from the guest's owner: nothing in it is trusted. */
#include <elf.h>
#include <xen/elfnote.h>

#include "dom.h"

static const char *const feature_names[] = {
    [XENFEAT_writable_page_tables] = "writable_page_tables",
    [XENFEAT_writable_descriptor_tables] = "writable_descriptor_tables",
    [XENFEAT_auto_translated_physmap] = "auto_translated_physmap",
    [XENFEAT_supervisor_mode_kernel] = "supervisor_mode_kernel",
    [XENFEAT_pae_pgdir_above_4gb] = "pae_pgdir_above_4gb",
    [XENFEAT_hvm_callback_vector] = "hvm_callback_vector",
    [XENFEAT_dom0] = "dom0",
};
#define NR_FEATURE_NAMES (sizeof(feature_names) / sizeof(feature_names[0]))

static int feature_bit(const char *name, size_t len)
{
    for (unsigned int i = 0; i < NR_FEATURE_NAMES; i++)
        if (feature_names[i] && strlen(feature_names[i]) == len &&
            !memcmp(feature_names[i], name, len))
            return (int)i;
    return -1;
}

int dom_features_parse(const char *text, size_t len, uint32_t *supported, uint32_t *required)
{
    size_t pos = 0;

    while (pos < len) {
        bool must = text[pos] == '!';
        size_t start = pos + must, end = start;
        int bit;

        while (end < len && text[end] != '|' && text[end] != ',')
            end++;
        bit = feature_bit(text + start, end - start);
        if (bit < 0 && (must || !required) && end > start)
            return -1;
        if (bit >= 0) {
            supported[bit / 32] |= 1u << (bit % 32);
            if (must && required)
                required[bit / 32] |= 1u << (bit % 32);
        }
        pos = end + 1;
    }
    return 0;
}

/* One note of the name "Xen". */
struct note {
    uint32_t type;
    const char *desc;
    uint32_t len;
};

static uint64_t note_number(const struct note *n)
{
    uint64_t v = 0;

    if (n->len == 4 || n->len == 8)
        memcpy(&v, n->desc, n->len);
    return v;
}

static void note_string(const struct note *n, char *out, size_t room)
{
    size_t len = strnlen(n->desc, n->len);

    if (len >= room)
        len = room - 1;
    memcpy(out, n->desc, len);
    out[len] = '\0';
}

static int note_take(struct elf_dom_parms *p, const struct note *n)
{
    char text[16];

    p->has_notes = true;
    switch (n->type) {
    case XEN_ELFNOTE_ENTRY:
        p->virt_entry = note_number(n);
        break;
    case XEN_ELFNOTE_HYPERCALL_PAGE:
        p->virt_hypercall = note_number(n);
        break;
    case XEN_ELFNOTE_VIRT_BASE:
        p->virt_base = note_number(n);
        break;
    case XEN_ELFNOTE_PADDR_OFFSET:
        p->paddr_offset = note_number(n);
        p->has_paddr_offset = true;
        break;
    case XEN_ELFNOTE_INIT_P2M:
        p->p2m_base = note_number(n);
        break;
    case XEN_ELFNOTE_MOD_START_PFN:
        p->mod_start_pfn = note_number(n) != 0;
        break;
    case XEN_ELFNOTE_PHYS32_ENTRY:
        p->phys_entry = note_number(n);
        break;
    case XEN_ELFNOTE_GUEST_OS:
        note_string(n, p->guest_os, sizeof(p->guest_os));
        break;
    case XEN_ELFNOTE_GUEST_VERSION:
        note_string(n, p->guest_ver, sizeof(p->guest_ver));
        break;
    case XEN_ELFNOTE_XEN_VERSION:
        note_string(n, p->xen_ver, sizeof(p->xen_ver));
        break;
    case XEN_ELFNOTE_LOADER:
        note_string(n, p->loader, sizeof(p->loader));
        break;
    case XEN_ELFNOTE_PAE_MODE:
        note_string(n, text, sizeof(text));
        p->pae = !strncmp(text, "yes", 3) || !strcmp(text, "bimodal");
        break;
    case XEN_ELFNOTE_FEATURES:
        return dom_features_parse(n->desc, strnlen(n->desc, n->len), p->f_supported, p->f_required);
    case XEN_ELFNOTE_SUPPORTED_FEATURES:
        p->f_supported[0] |= (uint32_t)note_number(n);
        break;
    default:
        break;
    }
    return 0;
}

static int notes_walk(struct elf_dom_parms *p, const char *at, uint64_t left)
{
    Elf64_Nhdr h;

    while (left >= sizeof(h)) {
        uint64_t name_len, desc_len, all;

        memcpy(&h, at, sizeof(h));
        name_len = ((uint64_t)h.n_namesz + 3) & ~3ULL;
        desc_len = ((uint64_t)h.n_descsz + 3) & ~3ULL;
        all = sizeof(h) + name_len + h.n_descsz;
        if (all > left)
            break;
        if (h.n_namesz == 4 && !memcmp(at + sizeof(h), "Xen", 4)) {
            struct note n = {h.n_type, at + sizeof(h) + name_len, h.n_descsz};

            if (note_take(p, &n))
                return -1;
        }
        all = sizeof(h) + name_len + desc_len;
        if (all > left)
            break;
        at += all;
        left -= all;
    }
    return 0;
}

static bool inside(size_t size, uint64_t off, uint64_t len)
{
    return off <= size && len <= size - off;
}

/* The file's header, of either class. */
struct elf_head {
    bool is64;
    uint64_t entry, phoff;
    unsigned int phnum;
};

static int header_read(struct xc_dom_image *dom, const void *blob, size_t size, struct elf_head *h)
{
    const unsigned char *id = blob;
    Elf64_Ehdr e64;
    Elf32_Ehdr e32;
    bool bad;

    if (size < sizeof(e64) || memcmp(id, ELFMAG, SELFMAG))
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel is no ELF file");
    memcpy(&e64, blob, sizeof(e64));
    memcpy(&e32, blob, sizeof(e32));
    if (id[EI_DATA] == ELFDATA2LSB && id[EI_CLASS] == ELFCLASS64 && e64.e_machine == EM_X86_64) {
        *h = (struct elf_head){true, e64.e_entry, e64.e_phoff, e64.e_phnum};
        bad = e64.e_phentsize != sizeof(Elf64_Phdr);
    } else if (id[EI_DATA] == ELFDATA2LSB && id[EI_CLASS] == ELFCLASS32 &&
               e32.e_machine == EM_386 && dom->container_type == XC_DOM_HVM_CONTAINER) {
        *h = (struct elf_head){false, e32.e_entry, e32.e_phoff, e32.e_phnum};
        bad = e32.e_phentsize != sizeof(Elf32_Phdr);
    } else {
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel is not for this kind of guest");
    }
    if (bad || !inside(size, h->phoff,
                       (uint64_t)h->phnum * (h->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr))))
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "bad program headers");
    return 0;
}

static void phdr_read(const struct elf_head *h, const char *blob, unsigned int idx, Elf64_Phdr *ph)
{
    Elf32_Phdr p;

    if (h->is64) {
        memcpy(ph, blob + h->phoff + idx * sizeof(*ph), sizeof(*ph));
        return;
    }
    memcpy(&p, blob + h->phoff + idx * sizeof(p), sizeof(p));
    *ph = (Elf64_Phdr){.p_type = p.p_type,
                       .p_offset = p.p_offset,
                       .p_paddr = p.p_paddr,
                       .p_filesz = p.p_filesz,
                       .p_memsz = p.p_memsz};
}

static int part_add(struct xc_dom_image *dom, struct elf_dom_parms *p, const Elf64_Phdr *ph,
                    size_t size)
{
    if (!ph->p_memsz)
        return 0;
    if (p->nr_parts == MAX_PARTS || !inside(size, ph->p_offset, ph->p_filesz) ||
        ph->p_filesz > ph->p_memsz || ph->p_memsz > dom->max_kernel_size)
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "bad program header");
    p->part[p->nr_parts++] = (struct elf_part){.file_off = ph->p_offset,
                                               .file_len = ph->p_filesz,
                                               .vaddr = ph->p_paddr,
                                               .mem_len = ph->p_memsz};
    return 0;
}

static int parts_and_notes(struct xc_dom_image *dom, const char *blob, size_t size,
                           const struct elf_head *h, struct elf_dom_parms *p)
{
    Elf64_Phdr ph;

    for (unsigned int i = 0; i < h->phnum; i++) {
        phdr_read(h, blob, i, &ph);
        if (ph.p_type == PT_LOAD && part_add(dom, p, &ph, size))
            return -1;
        if (ph.p_type == PT_NOTE && inside(size, ph.p_offset, ph.p_filesz) &&
            notes_walk(p, blob + ph.p_offset, ph.p_filesz))
            return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel wants an unknown feature");
    }
    return 0;
}

/* From what the file calls physical addresses to the initial mapping. */
static int place_parts(struct xc_dom_image *dom, struct elf_dom_parms *p)
{
    uint64_t low = UINT64_MAX, high = 0;

    if (p->virt_base == UNSET_ADDR)
        p->virt_base = 0;
    if (!p->has_paddr_offset)
        p->paddr_offset = p->virt_base;
    for (unsigned int i = 0; i < p->nr_parts; i++) {
        struct elf_part *part = &p->part[i];
        uint64_t end;

        part->vaddr += p->virt_base - p->paddr_offset;
        if (part->vaddr < p->virt_base || part->vaddr - p->virt_base > dom->max_kernel_size ||
            __builtin_add_overflow(part->vaddr, part->mem_len, &end))
            return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel lies outside of its mapping");
        low = part->vaddr < low ? part->vaddr : low;
        high = end > high ? end : high;
    }
    if (!p->nr_parts)
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel has nothing to load");
    if (p->virt_entry == UNSET_ADDR)
        p->virt_entry = p->elf_entry;
    if (p->virt_entry < low || p->virt_entry >= high ||
        (p->virt_hypercall != UNSET_ADDR && (p->virt_hypercall < low || p->virt_hypercall >= high)))
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel's entry lies outside of it");
    dom->kernel_seg.vstart = low & XC_PAGE_MASK;
    dom->kernel_seg.vend = PAGE_UP(high);
    return 0;
}

/*
 * What runs without PV page tables is loaded where its headers say and started in protected mode:
 * a kernel at the entry of its note, firmware at that of the file.
 */
static int translated_parms(struct xc_dom_image *dom, struct elf_dom_parms *p)
{
    if (p->phys_entry == UNSET_ADDR && !dom->device_model)
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel has no PVH entry");
    p->virt_base = 0;
    p->paddr_offset = 0;
    p->has_paddr_offset = true;
    p->virt_entry = dom->device_model ? p->elf_entry : p->phys_entry;
    p->virt_hypercall = UNSET_ADDR;
    p->p2m_base = UNSET_ADDR;
    return 0;
}

int dom_elf_parse(struct xc_dom_image *dom, const void *blob, size_t size, struct elf_dom_parms *p)
{
    struct elf_head h = {0};

    *p = (struct elf_dom_parms){.virt_base = UNSET_ADDR,
                                .virt_entry = UNSET_ADDR,
                                .virt_hypercall = UNSET_ADDR,
                                .p2m_base = UNSET_ADDR,
                                .phys_entry = UNSET_ADDR};
    if (header_read(dom, blob, size, &h))
        return -1;
    p->elf_entry = h.entry;
    if (parts_and_notes(dom, blob, size, &h, p))
        return -1;
    if (xc_dom_translated(dom)) {
        if (translated_parms(dom, p))
            return -1;
    } else if (!p->has_notes) {
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel has no Xen notes");
    }
    if (p->xen_ver[0] && strcmp(p->xen_ver, "xen-3.0"))
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "kernel is for %s", p->xen_ver);
    return place_parts(dom, p);
}

static xen_pfn_t pfn_of(const struct xc_dom_image *dom, uint64_t vaddr)
{
    return dom->rambase_pfn + ((vaddr - dom->parms->virt_base) >> XC_PAGE_SHIFT);
}

/* A part which begins or ends within a page that it shares with another one. */
static int load_bytes(struct xc_dom_image *dom, uint64_t vaddr, const void *src, size_t len)
{
    char *p = xc_dom_pfn_to_ptr(dom, pfn_of(dom, vaddr), 1);

    if (!p)
        return -1;
    p += vaddr & ~XC_PAGE_MASK;
    if (src)
        memcpy(p, src, len);
    else
        memset(p, 0, len);
    xc_dom_unmap_one(dom, pfn_of(dom, vaddr));
    return 0;
}

static int load_range(struct xc_dom_image *dom, uint64_t vaddr, const char *src, uint64_t len)
{
    uint64_t head = PAGE_UP(vaddr) - vaddr, body, tail;

    if (head > len)
        head = len;
    body = (len - head) & XC_PAGE_MASK;
    tail = len - head - body;
    if (head && load_bytes(dom, vaddr, src, head))
        return -1;
    if (body && dom_write(dom, pfn_of(dom, vaddr + head), src ? src + head : NULL, body))
        return -1;
    if (tail && load_bytes(dom, vaddr + head + body, src ? src + head + body : NULL, tail))
        return -1;
    return 0;
}

int dom_elf_load(struct xc_dom_image *dom)
{
    const struct elf_dom_parms *p = dom->parms;

    for (unsigned int i = 0; i < p->nr_parts; i++) {
        const struct elf_part *part = &p->part[i];
        uint64_t bss = part->vaddr + part->file_len;

        if (load_range(dom, part->vaddr, (char *)dom->kernel_blob + part->file_off,
                       part->file_len) ||
            load_range(dom, bss, NULL, part->mem_len - part->file_len))
            return dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot load the kernel");
    }
    return 0;
}
