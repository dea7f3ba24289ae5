/* SPDX-License-Identifier: MIT */
#include "bios.h"
#include "area.h"
#include "bytes.h"
#include "console.h"
#include "e820.h"
#include "layout.h"
#include "smbios.h"
#include "../acpi/tables.h"
#include <xen/lib/compiler.h>
#include <xen/lib/string.h>

/* The least e820 map that BIOS_INFO_ADDR has room for, behind the rest. */
_Static_assert(BIOS_INFO_END - BIOS_INFO_ADDR >= 0x200 + sizeof(struct e820_map),
               "room for the map");

/* Source: SeaBIOS, src/fw/xen.c */
struct seabios_info {
    char signature[14];
    uint8_t length;
    uint8_t checksum;
    uint32_t tables, nr_tables;
    uint32_t e820, nr_e820;
} __attribute__((packed));

/* Source: EDK2, OvmfPkg/XenPlatformPei/Xen.h */
struct ovmf_info {
    char signature[14];
    uint8_t length;
    uint8_t checksum;
    uint64_t tables;
    uint32_t nr_tables;
    uint64_t e820;
    uint32_t nr_e820;
} __attribute__((packed));

static void *const info_at = (void *)BIOS_INFO_ADDR;
static uint32_t *const tables_at = (uint32_t *)(BIOS_INFO_ADDR + 0x100);
static struct e820_entry *const e820_at = (struct e820_entry *)(BIOS_INFO_ADDR + 0x200);

static void put_map(const struct e820_map *map)
{
    memcpy(e820_at, map->entry, map->nr * sizeof(map->entry[0]));
}

static unsigned int put_tables(const struct bios_tables *t)
{
    const uint32_t list[] = {t->smbios, t->mptable, t->pir, t->rsdp};
    unsigned int nr = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(list); i++)
        if (list[i])
            tables_at[nr++] = list[i];
    return nr;
}

/* It ends at 1 MiB. */
static void seabios_load(const void *image, size_t len)
{
    if (len < 0x10000 || len > LOW_END - ROM_START || len % 0x1000)
        fail("SeaBIOS has %zu bytes", len);
    memcpy((void *)(LOW_END - len), image, len);
}

static void seabios_inform(const struct bios_tables *tables, const struct e820_map *map)
{
    struct seabios_info *info = info_at;

    put_map(map);
    *info = (struct seabios_info){
        .signature = "XenHVMSeaBIOS",
        .length = sizeof(*info),
        .tables = (uint32_t)tables_at,
        .nr_tables = put_tables(tables),
        .e820 = (uint32_t)e820_at,
        .nr_e820 = map->nr,
    };
    info->checksum = (uint8_t)-byte_sum(info, sizeof(*info));
}

/* It ends at 4 GiB; its last 64 KiB, which run first, are below 1 MiB too. */
static void ovmf_load(const void *image, size_t len)
{
    uint32_t start = (uint32_t)-len;

    if (len < 0x10000 || len > 0x1000000 || len % 0x1000)
        fail("OVMF has %zu bytes", len);
    area_populate(start, 0);
    memcpy((void *)start, image, len);
    memcpy((void *)OVMF_MIRROR, (const char *)image + len - 0x10000, 0x10000);
}

/* It looks for tables below 1 MiB, and for no list of them. */
static void ovmf_inform(const struct bios_tables *tables, const struct e820_map *map)
{
    struct ovmf_info *info = info_at;

    put_map(map);
    if (tables->rsdp)
        memcpy((void *)OVMF_RSDP_ADDR, (const void *)tables->rsdp, sizeof(struct acpi_rsdp));
    if (tables->smbios)
        memcpy((void *)OVMF_SMBIOS, (const void *)tables->smbios, SMBIOS_ENTRY_SIZE);
    *info = (struct ovmf_info){
        .signature = "XenHVMOVMF",
        .length = sizeof(*info),
        .e820 = (uint32_t)e820_at,
        .nr_e820 = map->nr,
    };
    info->checksum = (uint8_t)-byte_sum(info, sizeof(*info));
}

static const struct bios all[] = {
    {"seabios", "SeaBIOS", ROM_START, seabios_load, seabios_inform},
    {"ovmf", "OVMF", OVMF_RSDP_ADDR & ~0xfffu, ovmf_load, ovmf_inform},
};

const struct bios *bios_find(const char *name)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(all); i++)
        if (!strcmp(all[i].name, name))
            return &all[i];
    return NULL;
}
