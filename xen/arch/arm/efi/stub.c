/* SPDX-License-Identifier: MIT */
/*
 * The image as a program of the firmware's: it puts a copy of itself where it can run, leaves the
 * firmware, and enters the copy as any boot loader would, with the device tree that the firmware or
 * GRUB has installed. What it knows besides goes along in the copy: memory, and the command line.
 *
 * This runs wherever the firmware has loaded it, not at the address that it is linked for: no
 * pointers in constant data here, nothing from a global offset table, no variables. After the copy
 * was made nothing may be written to but the copy.
 */
#include <asm/efi.h>
#include <asm/page.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>

#include "efi.h"

#define IMAGE_ALIGN  (2UL << 20)
#define MAP_SLACK    4096U /* the map grows by what is allocated meanwhile */
#define EXIT_TRIES   4U
#define FDT_MAGIC_BE 0xedfe0dd0U

extern char _start[], _einit[], _end[];

struct memory_map {
    void *at;
    uint64_t room, bytes, entry_bytes, key;
};

static efi_status_t refuse(struct efi_system_table *table, const uint16_t *why, efi_status_t status)
{
    if (table->out)
        table->out->output(table->out, why);
    return status;
}

static const void *find_fdt(const struct efi_system_table *table)
{
    const struct efi_guid guid = {
        0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};

    for (uint64_t i = 0; i < table->nr_tables; i++) {
        const void *fdt = table->tables[i].table;

        if (memcmp(&table->tables[i].guid, &guid, sizeof(guid)) == 0 &&
            *(const uint32_t *)fdt == FDT_MAGIC_BE)
            return fdt;
    }
    return NULL;
}

/* The loader's words, without what is not ASCII. */
static void take_options(void *image, const struct efi_system_table *table, char *to, size_t room)
{
    const struct efi_guid guid = {
        0x5b1b31a1, 0x9562, 0x11d2, {0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
    struct efi_loaded_image *li;
    size_t len = 0;
    void *found = NULL;

    if (!table->boot->handle_protocol(image, &guid, &found) && found) {
        li = found;
        for (uint32_t i = 0; li->options && i < li->options_bytes / 2 && li->options[i]; i++) {
            if (li->options[i] >= ' ' && li->options[i] < 0x7f && len < room - 1)
                to[len++] = (char)li->options[i];
        }
    }
    to[len] = '\0';
}

static efi_status_t read_map(const struct efi_system_table *table, struct memory_map *m)
{
    uint32_t version;

    m->bytes = m->room;
    return table->boot->get_memory_map(&m->bytes, m->at, &m->key, &m->entry_bytes, &version);
}

static efi_status_t alloc_map(const struct efi_system_table *table, struct memory_map *m)
{
    *m = (struct memory_map){.at = NULL};
    (void)read_map(table, m); /* fails, and says how much there is */
    m->room = m->bytes + MAP_SLACK;
    return table->boot->allocate_pool(EFI_LOADER_DATA, m->room, &m->at);
}

static bool is_ram(const struct efi_memory_descriptor *e)
{
    switch (e->type) {
    case EFI_LOADER_CODE:
    case EFI_LOADER_DATA:
    case EFI_BOOT_CODE:
    case EFI_BOOT_DATA:
    case EFI_CONVENTIONAL:
        return e->attribute & EFI_MEMORY_WB && e->pages && e->pages < UINT64_C(1) << 40 &&
               e->start < UINT64_C(1) << 52;
    default:
        return false;
    }
}

static void take_map(const struct memory_map *m, struct efi_handover *h)
{
    struct efi_memory_descriptor e;

    for (uint64_t off = 0; m->entry_bytes >= sizeof(e) && off + sizeof(e) <= m->bytes;
         off += m->entry_bytes) {
        memcpy(&e, (const char *)m->at + off, sizeof(e));
        if (is_ram(&e) && dt_ranges_add(&h->memory, e.start, e.pages << PAGE_SHIFT))
            h->truncated = true;
    }
}

/* Where the image and its .bss fit, aligned as the entry wants it. */
static char *alloc_copy(const struct efi_system_table *table)
{
    uint64_t at = 0;

    if (table->boot->allocate_pages(EFI_ANY_ADDRESS, EFI_LOADER_CODE,
                                    ((uint64_t)(_end - _start) + IMAGE_ALIGN) >> PAGE_SHIFT, &at))
        return NULL;
    return (char *)ROUNDUP(at, IMAGE_ALIGN);
}

efi_status_t efi_stub(void *image, struct efi_system_table *table)
{
    const void *fdt = find_fdt(table);
    efi_status_t status = EFI_UNSUPPORTED;
    struct efi_handover *h;
    struct memory_map map;
    char *copy;

    if (efi_exception_level() != 2)
        return refuse(table, u"Not at EL2: no hypervisor can run.\r\n", EFI_UNSUPPORTED);
    if (!fdt)
        return refuse(table, u"The firmware has no device tree.\r\n", EFI_NOT_FOUND);
    copy = alloc_copy(table);
    if (!copy || alloc_map(table, &map))
        return refuse(table, u"No memory.\r\n", EFI_NO_MEMORY);
    memcpy(copy, _start, (size_t)(_einit - _start));
    h = (struct efi_handover *)(copy + ((char *)&efi_handover - _start));
    h->present = true;
    take_options(image, table, h->cmdline, sizeof(h->cmdline));
    for (unsigned int i = 0; status && i < EXIT_TRIES; i++) {
        status = read_map(table, &map);
        if (!status)
            status = table->boot->exit_boot_services(image, map.key);
    }
    if (status)
        return status; /* nothing may be called but what gives the map */
    take_map(&map, h);
    efi_leave(fdt, copy, (uint64_t)(_end - _start));
}
