/* SPDX-License-Identifier: MIT */
/* Notes of ELF images, and what Xen guest kernels say in theirs. */
#include <xen/lib/bytes.h>
#include <xen/lib/elf.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

/* Types of notes named "Xen". Source: public/elfnote.h. */
enum {
    NOTE_ENTRY = 1,
    NOTE_HYPERCALL_PAGE = 2,
    NOTE_VIRT_BASE = 3,
    NOTE_PADDR_OFFSET = 4,
    NOTE_XEN_VERSION = 5,
    NOTE_GUEST_OS = 6,
    NOTE_GUEST_VERSION = 7,
    NOTE_LOADER = 8,
    NOTE_PAE_MODE = 9,
    NOTE_FEATURES = 10,
    NOTE_BSD_SYMTAB = 11,
    NOTE_HV_START_LOW = 12,
    NOTE_L1_MFN_VALID = 13,
    NOTE_SUSPEND_CANCEL = 14,
    NOTE_INIT_P2M = 15,
    NOTE_MOD_START_PFN = 16,
    NOTE_SUPPORTED_FEATURES = 17,
    NOTE_PHYS32_ENTRY = 18,
    NOTE_LAST = NOTE_PHYS32_ENTRY,
};

/* By XENFEAT number. Source: public/features.h. */
static const char *const feature_names[] = {
    [0] = "writable_page_tables",
    [1] = "writable_descriptor_tables",
    [2] = "auto_translated_physmap",
    [3] = "supervisor_mode_kernel",
    [4] = "pae_pgdir_above_4gb",
    [5] = "mmu_pt_update_preserve_ad",
    [6] = "highmem_assist",
    [7] = "gnttab_map_avail_bits",
    [8] = "hvm_callback_vector",
    [9] = "hvm_safe_pvclock",
    [10] = "hvm_pirqs",
    [11] = "dom0",
    [12] = "grant_map_identity",
    [13] = "memory_op_vnode_supported",
    [14] = "ARM_SMCCC_supported",
    [15] = "linux_rsdp_unrestricted",
    [16] = "not_direct_mapped",
    [17] = "direct_mapped",
};

static size_t align_up(size_t n, size_t align)
{
    return (n + align - 1) & ~(align - 1);
}

/* Read the note at @p. Returns: its whole length, or 0 if it does not fit into @len bytes. */
static size_t read_note(const uint8_t *p, size_t len, size_t align, struct elf_note *note)
{
    size_t name_len, desc_len, desc;

    if (len < sizeof(Elf_Nhdr))
        return 0;
    name_len = get_le32(p);
    desc_len = get_le32(p + 4);
    if (name_len > len - sizeof(Elf_Nhdr))
        return 0;
    desc = align_up(sizeof(Elf_Nhdr) + name_len, align);
    if (desc > len || desc_len > len - desc)
        return 0;
    *note = (struct elf_note){
        .name = (const char *)p + sizeof(Elf_Nhdr),
        .name_len = name_len,
        .type = get_le32(p + 8),
        .desc = p + desc,
        .desc_len = desc_len,
    };
    desc = align_up(desc + desc_len, align);
    return desc < len ? desc : len;
}

static int walk_area(const void *data, uint64_t len, uint64_t align,
                     int (*fn)(void *ctx, const struct elf_note *note), void *ctx)
{
    const uint8_t *p = data;
    struct elf_note note;
    size_t step;
    int rc = 0;

    while (!rc && (step = read_note(p, len, align == 8 ? 8 : 4, &note)) != 0) {
        rc = fn(ctx, &note);
        p += step;
        len -= step;
    }
    return rc;
}

int elf_for_each_note(const struct elf_image *elf, bool sections,
                      int (*fn)(void *ctx, const struct elf_note *note), void *ctx)
{
    unsigned int nr = sections ? elf->sh_nr : elf->ph_nr;
    int rc = 0;

    for (unsigned int i = 0; i < nr && !rc; i++) {
        struct elf_segment seg;
        struct elf_section sec;

        if (sections) {
            if (!elf_get_section(elf, i, &sec) && sec.type == SHT_NOTE)
                rc = walk_area(sec.data, sec.len, sec.align, fn, ctx);
        } else if (!elf_get_segment(elf, i, &seg) && seg.type == PT_NOTE) {
            rc = walk_area(seg.data, seg.file_len, seg.align, fn, ctx);
        }
    }
    return rc;
}

bool elf_note_is(const struct elf_note *note, const char *name)
{
    size_t len = strlen(name);

    return note->name_len >= len && note->name_len <= len + 1 &&
           memcmp(note->name, name, len) == 0 && (note->name_len == len || note->name[len] == '\0');
}

static int note_number(const struct elf_note *note, uint64_t *value)
{
    switch (note->desc_len) {
    case 1:
        *value = note->desc[0];
        return 0;
    case 2:
        *value = get_le16(note->desc);
        return 0;
    case 4:
        *value = get_le32(note->desc);
        return 0;
    case 8:
        *value = get_le64(note->desc);
        return 0;
    }
    return -EINVAL;
}

static int note_text(const struct elf_note *note, char *buf, size_t size)
{
    size_t len = strnlen((const char *)note->desc, note->desc_len);

    if (len >= size)
        return -EINVAL;
    memcpy(buf, note->desc, len);
    buf[len] = '\0';
    return 0;
}

static int note_pae(const struct elf_note *note, struct elf_xen_info *info)
{
    char text[32];
    int rc = note_text(note, text, sizeof(text));

    if (rc)
        return rc;
    if (strstr(text, "bimodal"))
        info->pae = ELF_XEN_PAE_BIMODAL;
    else
        info->pae = strstarts(text, "yes") ? ELF_XEN_PAE_YES : ELF_XEN_PAE_NO;
    return 0;
}

static int note_symtab(const struct elf_note *note, struct elf_xen_info *info)
{
    char text[8];
    int rc = note_text(note, text, sizeof(text));

    info->bsd_symtab = !rc && strcmp(text, "yes") == 0;
    return rc;
}

/* Pairs of mask and value, each as wide as a page-table entry; the width follows the class. */
static int note_l1_pairs(const struct elf_note *note, struct elf_xen_info *info)
{
    size_t width = note->desc_len % 16 == 0 ? 8 : 4;
    size_t nr = note->desc_len / (2 * width);

    if (!nr || note->desc_len % (2 * width))
        return -EINVAL;
    if (nr > ELF_XEN_MAX_L1_PAIRS)
        nr = ELF_XEN_MAX_L1_PAIRS;
    for (size_t i = 0; i < nr; i++) {
        const uint8_t *p = note->desc + i * 2 * width;

        info->l1_mfn_valid[i].mask = width == 8 ? get_le64(p) : get_le32(p);
        info->l1_mfn_valid[i].value = width == 8 ? get_le64(p + 8) : get_le32(p + 4);
    }
    info->nr_l1_mfn_valid = nr;
    return 0;
}

static int note_features(const struct elf_note *note, struct elf_xen_info *info)
{
    int rc = note_text(note, info->features, sizeof(info->features));

    if (!rc &&
        elf_xen_features(info->features, &info->features_supported, &info->features_required))
        info->features_unknown = true;
    return rc;
}

static int note_supported(const struct elf_note *note, struct elf_xen_info *info)
{
    uint64_t bits;
    int rc = note_number(note, &bits);

    if (!rc)
        info->features_supported |= (uint32_t)bits;
    return rc;
}

static int take_note(struct elf_xen_info *info, const struct elf_note *note)
{
    switch (note->type) {
    case NOTE_ENTRY:
        return note_number(note, &info->entry);
    case NOTE_HYPERCALL_PAGE:
        return note_number(note, &info->hypercall_page);
    case NOTE_VIRT_BASE:
        return note_number(note, &info->virt_base);
    case NOTE_PADDR_OFFSET:
        return note_number(note, &info->paddr_offset);
    case NOTE_XEN_VERSION:
        return note_text(note, info->xen_version, sizeof(info->xen_version));
    case NOTE_GUEST_OS:
        return note_text(note, info->guest_os, sizeof(info->guest_os));
    case NOTE_GUEST_VERSION:
        return note_text(note, info->guest_version, sizeof(info->guest_version));
    case NOTE_LOADER:
        return note_text(note, info->loader, sizeof(info->loader));
    case NOTE_PAE_MODE:
        return note_pae(note, info);
    case NOTE_FEATURES:
        return note_features(note, info);
    case NOTE_BSD_SYMTAB:
        return note_symtab(note, info);
    case NOTE_HV_START_LOW:
        return note_number(note, &info->hv_start_low);
    case NOTE_L1_MFN_VALID:
        return note_l1_pairs(note, info);
    case NOTE_SUSPEND_CANCEL:
        return note_number(note, &info->suspend_cancel);
    case NOTE_INIT_P2M:
        return note_number(note, &info->init_p2m);
    case NOTE_MOD_START_PFN:
        return note_number(note, &info->mod_start_pfn);
    case NOTE_SUPPORTED_FEATURES:
        return note_supported(note, info);
    case NOTE_PHYS32_ENTRY:
        return note_number(note, &info->phys32_entry);
    }
    return 0;
}

static int xen_note(void *ctx, const struct elf_note *note)
{
    struct elf_xen_info *info = ctx;

    if (!elf_note_is(note, "Xen"))
        return 0;
    if (note->type <= NOTE_LAST)
        info->present |= 1u << note->type;
    return take_note(info, note);
}

int elf_xen_parse(const struct elf_image *elf, struct elf_xen_info *info)
{
    int rc;

    *info = (struct elf_xen_info){.entry = elf->entry};
    rc = elf_for_each_note(elf, false, xen_note, info);
    if (!rc && !info->present)
        rc = elf_for_each_note(elf, true, xen_note, info);
    if (!rc && !info->present)
        rc = -ENOENT;
    return rc;
}

static int feature_number(const char *name, size_t len)
{
    for (size_t i = 0; i < ARRAY_SIZE(feature_names); i++) {
        if (strlen(feature_names[i]) == len && memcmp(feature_names[i], name, len) == 0)
            return (int)i;
    }
    return -ENOENT;
}

int elf_xen_features(const char *list, uint32_t *supported, uint32_t *required)
{
    int rc = 0;

    while (*list) {
        bool must = *list == '!';
        size_t len;
        int nr;

        list += must;
        len = strcspn(list, "|");
        nr = feature_number(list, len);
        if (nr >= 0) {
            *supported |= 1u << nr;
            *required |= must ? 1u << nr : 0;
        } else if (must) {
            rc = -EINVAL;
        }
        list += len + (list[len] == '|');
    }
    return rc;
}
