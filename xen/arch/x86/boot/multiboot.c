/* SPDX-License-Identifier: MIT */
/*
 * The loader's information. It lies somewhere in low memory, as do the modules; texts are copied
 * here, modules stay where they are. The direct map covers the first 4 GiB.
 */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <asm/acpi.h>
#include <asm/layout.h>
#include <asm/setup.h>
#include "multiboot.h"

static char text_pool[8192] __initdata;
static unsigned int text_used __initdata;

/* A copy of what stands at @s, at most @max characters. */
static const char *__init keep_text(const char *s, size_t max)
{
    char *copy = text_pool + text_used;
    size_t room = sizeof(text_pool) - text_used;
    size_t len;

    if (room < 2)
        return "";
    len = strnlen(s, min(max, room - 1));
    memcpy(copy, s, len);
    copy[len] = '\0';
    text_used += (unsigned int)len + 1;
    return copy;
}

static const char *__init keep_text_at(uint32_t phys)
{
    return phys ? keep_text(maddr_to_virt(phys), ~(size_t)0) : "";
}

/* Loaders put the file's name before the arguments; GRUB 2 does not. */
static const char *__init skip_word(const char *s)
{
    while (*s == ' ')
        s++;
    while (*s && *s != ' ')
        s++;
    while (*s == ' ')
        s++;
    return s;
}

static void __init add_module(struct boot_info *bi, uint32_t start, uint32_t end, const char *text)
{
    struct boot_module *m = &bi->module[bi->nr_modules];

    if (bi->nr_modules == MAX_BOOT_MODULES || end < start)
        return;
    m->start = start;
    m->size = end - start;
    m->cmdline = text;
    bi->nr_modules++;
}

static void __init add_memory(struct e820_map *map, uint64_t addr, uint64_t len, uint32_t type)
{
    if (map->nr == E820_MAX)
        return;
    map->map[map->nr++] = (struct e820_entry){.addr = addr, .size = len, .type = type};
}

static void __init add_mem_sizes(struct e820_map *map, uint32_t lower_kb, uint32_t upper_kb)
{
    if (map->nr)
        return;
    add_memory(map, 0, KB(lower_kb), E820_RAM);
    add_memory(map, MB(1), KB(upper_kb), E820_RAM);
}

static void __init mb1_memory(const struct mb1_info *info, struct e820_map *map)
{
    const char *p = maddr_to_virt(info->mmap_addr), *end = p + info->mmap_length;

    if (info->flags & MB1_INFO_MMAP) {
        while (end - p >= (ptrdiff_t)sizeof(struct mb1_mmap)) {
            const struct mb1_mmap *e = (const void *)p;

            add_memory(map, e->addr, e->len, e->type);
            p += (size_t)e->size + sizeof(e->size);
        }
    }
    if (info->flags & MB1_INFO_MEM)
        add_mem_sizes(map, info->mem_lower, info->mem_upper);
}

static void __init parse_mb1(const struct mb1_info *info, struct boot_info *bi,
                             struct e820_map *map)
{
    const struct mb1_mod *mod = maddr_to_virt(info->mods_addr);

    bi->cmdline = bi->loader = "";
    if (info->flags & MB1_INFO_LOADER)
        bi->loader = keep_text_at(info->boot_loader_name);
    if (info->flags & MB1_INFO_CMD)
        bi->cmdline = keep_text_at(info->cmdline);
    if (info->flags & MB1_INFO_MODS) {
        for (uint32_t i = 0; i < info->mods_count && i < MAX_BOOT_MODULES; i++)
            add_module(bi, mod[i].start, mod[i].end, keep_text_at(mod[i].cmdline));
    }
    mb1_memory(info, map);
}

static void __init mb2_memory(const struct mb2_tag_mmap *tag, struct e820_map *map)
{
    const char *p = (const char *)(tag + 1), *end = (const char *)tag + tag->tag.size;

    if (tag->tag.size < sizeof(*tag) || tag->entry_size < sizeof(struct mb2_mmap))
        return;
    for (; end - p >= (ptrdiff_t)tag->entry_size; p += tag->entry_size) {
        const struct mb2_mmap *e = (const void *)p;

        add_memory(map, e->addr, e->len, e->type);
    }
}

static void __init mb2_tag(const struct mb2_tag *tag, struct boot_info *bi, struct e820_map *map)
{
    const struct mb2_tag_module *mod = (const void *)tag;
    size_t len = tag->size - sizeof(*tag);

    switch (tag->type) {
    case MB2_TAG_CMDLINE:
        bi->cmdline = keep_text((const char *)(tag + 1), len);
        break;
    case MB2_TAG_LOADER:
        bi->loader = keep_text((const char *)(tag + 1), len);
        break;
    case MB2_TAG_MODULE:
        if (tag->size >= sizeof(*mod))
            add_module(bi, mod->start, mod->end, keep_text(mod->cmdline, tag->size - sizeof(*mod)));
        break;
    case MB2_TAG_MMAP:
        mb2_memory((const void *)tag, map);
        break;
    case MB2_TAG_ACPI_OLD:
    case MB2_TAG_ACPI_NEW:
        acpi_set_rsdp(tag + 1, len);
        break;
    }
}

static void __init parse_mb2(const struct mb2_fixed *info, struct boot_info *bi,
                             struct e820_map *map)
{
    const struct mb2_tag_meminfo *sizes = NULL;
    uint32_t at = sizeof(*info);

    bi->cmdline = bi->loader = "";
    while (at < info->total_size && info->total_size - at >= sizeof(struct mb2_tag)) {
        const struct mb2_tag *tag = (const void *)((const char *)info + at);

        if (tag->type == MB2_TAG_END || tag->size < sizeof(*tag) ||
            tag->size > info->total_size - at)
            break;
        if (tag->type == MB2_TAG_MEMINFO && tag->size >= sizeof(*sizes))
            sizes = (const void *)tag;
        else
            mb2_tag(tag, bi, map);
        at += ROUNDUP(tag->size, 8U);
    }
    if (sizes)
        add_mem_sizes(map, sizes->lower, sizes->upper);
}

bool __init boot_info_parse(uint32_t magic, uint32_t info, struct boot_info *bi,
                            struct e820_map *map)
{
    if (magic == MB1_BOOT_MAGIC)
        parse_mb1(maddr_to_virt(info), bi, map);
    else if (magic == MB2_BOOT_MAGIC)
        parse_mb2(maddr_to_virt(info), bi, map);
    else
        return false;
    if (!strstarts(bi->loader, "GRUB 2"))
        bi->cmdline = skip_word(bi->cmdline);
    return true;
}
