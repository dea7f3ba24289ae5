/* SPDX-License-Identifier: MIT */
#include <xen/lib/elf.h>
#include <xen/lib/errno.h>
#include <xen/lib/string.h>

static bool inside(const struct elf_image *elf, uint64_t offset, uint64_t len)
{
    return offset <= elf->len && len <= elf->len - offset;
}

/* Copy the fields that both classes have under one name. */
#define TAKE_HEADER(elf, h)                                                                        \
    do {                                                                                           \
        (elf)->type = (h).e_type;                                                                  \
        (elf)->machine = (h).e_machine;                                                            \
        (elf)->entry = (h).e_entry;                                                                \
        (elf)->ph_off = (h).e_phoff;                                                               \
        (elf)->ph_nr = (h).e_phnum;                                                                \
        (elf)->ph_size = (h).e_phentsize;                                                          \
        (elf)->sh_off = (h).e_shoff;                                                               \
        (elf)->sh_nr = (h).e_shnum;                                                                \
        (elf)->sh_size = (h).e_shentsize;                                                          \
        (elf)->sh_strings = (h).e_shstrndx;                                                        \
    } while (0)

static int read_header(struct elf_image *elf)
{
    if (elf->is_64) {
        Elf64_Ehdr h;

        if (elf->len < sizeof(h))
            return -EINVAL;
        memcpy(&h, elf->data, sizeof(h));
        TAKE_HEADER(elf, h);
    } else {
        Elf32_Ehdr h;

        if (elf->len < sizeof(h))
            return -EINVAL;
        memcpy(&h, elf->data, sizeof(h));
        TAKE_HEADER(elf, h);
    }
    return 0;
}

static int check_tables(struct elf_image *elf)
{
    size_t ph_least = elf->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    size_t sh_least = elf->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);

    if (elf->ph_nr &&
        (elf->ph_size < ph_least || !inside(elf, elf->ph_off, (uint64_t)elf->ph_nr * elf->ph_size)))
        return -EINVAL;
    if (elf->sh_size < sh_least || !inside(elf, elf->sh_off, (uint64_t)elf->sh_nr * elf->sh_size))
        elf->sh_nr = 0;
    return 0;
}

int elf_open(struct elf_image *elf, const void *data, size_t len)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    const uint8_t *ident = data;
    int rc;

    *elf = (struct elf_image){.data = data, .len = len};
    if (len < 16 || memcmp(ident, magic, sizeof(magic)) != 0)
        return -ENOENT;
    if ((ident[4] != ELFCLASS32 && ident[4] != ELFCLASS64) || ident[5] != ELFDATA2LSB ||
        ident[6] != 1)
        return -EINVAL;
    elf->is_64 = ident[4] == ELFCLASS64;
    rc = read_header(elf);
    return rc ? rc : check_tables(elf);
}

#define TAKE_SEGMENT(out, offset, p)                                                               \
    do {                                                                                           \
        (out)->type = (p).p_type;                                                                  \
        (out)->flags = (p).p_flags;                                                                \
        (out)->vaddr = (p).p_vaddr;                                                                \
        (out)->paddr = (p).p_paddr;                                                                \
        (out)->file_len = (p).p_filesz;                                                            \
        (out)->mem_len = (p).p_memsz;                                                              \
        (out)->align = (p).p_align;                                                                \
        (offset) = (p).p_offset;                                                                   \
    } while (0)

int elf_get_segment(const struct elf_image *elf, unsigned int i, struct elf_segment *out)
{
    const uint8_t *at;
    uint64_t offset;

    if (i >= elf->ph_nr)
        return -EINVAL;
    at = elf->data + elf->ph_off + (uint64_t)i * elf->ph_size;
    if (elf->is_64) {
        Elf64_Phdr p;

        memcpy(&p, at, sizeof(p));
        TAKE_SEGMENT(out, offset, p);
    } else {
        Elf32_Phdr p;

        memcpy(&p, at, sizeof(p));
        TAKE_SEGMENT(out, offset, p);
    }
    if (!inside(elf, offset, out->file_len))
        return -EINVAL;
    if (out->type == PT_LOAD && out->mem_len < out->file_len)
        return -EINVAL;
    out->data = elf->data + offset;
    return 0;
}

#define TAKE_SECTION(out, offset, s)                                                               \
    do {                                                                                           \
        (out)->name = (s).sh_name;                                                                 \
        (out)->type = (s).sh_type;                                                                 \
        (out)->link = (s).sh_link;                                                                 \
        (out)->info = (s).sh_info;                                                                 \
        (out)->flags = (s).sh_flags;                                                               \
        (out)->addr = (s).sh_addr;                                                                 \
        (out)->len = (s).sh_size;                                                                  \
        (out)->align = (s).sh_addralign;                                                           \
        (out)->entry_len = (s).sh_entsize;                                                         \
        (offset) = (s).sh_offset;                                                                  \
    } while (0)

int elf_get_section(const struct elf_image *elf, unsigned int i, struct elf_section *out)
{
    const uint8_t *at;
    uint64_t offset;

    if (i >= elf->sh_nr)
        return -EINVAL;
    at = elf->data + elf->sh_off + (uint64_t)i * elf->sh_size;
    if (elf->is_64) {
        Elf64_Shdr s;

        memcpy(&s, at, sizeof(s));
        TAKE_SECTION(out, offset, s);
    } else {
        Elf32_Shdr s;

        memcpy(&s, at, sizeof(s));
        TAKE_SECTION(out, offset, s);
    }
    out->data = NULL;
    if (out->type == SHT_NOBITS || out->type == SHT_NULL)
        return 0;
    if (!inside(elf, offset, out->len))
        return -EINVAL;
    out->data = elf->data + offset;
    return 0;
}

const char *elf_section_name(const struct elf_image *elf, const struct elf_section *s)
{
    struct elf_section strings;
    const char *name;

    if (elf_get_section(elf, elf->sh_strings, &strings) || !strings.data || s->name >= strings.len)
        return "";
    name = (const char *)strings.data + s->name;
    return memchr(name, '\0', strings.len - s->name) ? name : "";
}

int elf_load_range(const struct elf_image *elf, bool physical, uint64_t *first, uint64_t *end)
{
    uint64_t low = UINT64_MAX, high = 0;

    for (unsigned int i = 0; i < elf->ph_nr; i++) {
        struct elf_segment s;
        uint64_t at;
        int rc = elf_get_segment(elf, i, &s);

        if (rc)
            return rc;
        if (s.type != PT_LOAD || !s.mem_len)
            continue;
        at = physical ? s.paddr : s.vaddr;
        if (at + s.mem_len < at)
            return -EINVAL;
        low = at < low ? at : low;
        high = at + s.mem_len > high ? at + s.mem_len : high;
    }
    if (low >= high)
        return -EINVAL;
    *first = low;
    *end = high;
    return 0;
}

static int check_load(const struct elf_image *elf, bool physical, uint64_t base, uint64_t len)
{
    for (unsigned int i = 0; i < elf->ph_nr; i++) {
        struct elf_segment s;
        uint64_t at;
        int rc = elf_get_segment(elf, i, &s);

        if (rc)
            return rc;
        at = physical ? s.paddr : s.vaddr;
        if (s.type == PT_LOAD && s.mem_len &&
            (at < base || at - base > len || s.mem_len > len - (at - base)))
            return -E2BIG;
    }
    return 0;
}

int elf_load(const struct elf_image *elf, bool physical, void *dest, uint64_t base, uint64_t len)
{
    int rc = check_load(elf, physical, base, len);

    for (unsigned int i = 0; !rc && i < elf->ph_nr; i++) {
        struct elf_segment s;
        uint8_t *to;

        rc = elf_get_segment(elf, i, &s);
        if (rc || s.type != PT_LOAD || !s.mem_len)
            continue;
        to = (uint8_t *)dest + ((physical ? s.paddr : s.vaddr) - base);
        memcpy(to, s.data, s.file_len);
        memset(to + s.file_len, 0, s.mem_len - s.file_len);
    }
    return rc;
}
