/* SPDX-License-Identifier: MIT */
/* What loaders pass. Multiboot 0.6.96, 3.3; Multiboot 2, 3.6. */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#include <xen/types.h>

#define MB1_BOOT_MAGIC  0x2badb002
#define MB1_INFO_MEM    (1U << 0)
#define MB1_INFO_CMD    (1U << 2)
#define MB1_INFO_MODS   (1U << 3)
#define MB1_INFO_MMAP   (1U << 6)
#define MB1_INFO_LOADER (1U << 9)

struct mb1_info {
    uint32_t flags;
    uint32_t mem_lower, mem_upper; /* KiB, from 0 and from 1 MiB */
    uint32_t boot_device;
    uint32_t cmdline; /* physical addresses, here and below */
    uint32_t mods_count, mods_addr;
    uint32_t syms[4];
    uint32_t mmap_length, mmap_addr;
    uint32_t drives_length, drives_addr;
    uint32_t config_table;
    uint32_t boot_loader_name;
};

struct mb1_mod {
    uint32_t start, end;
    uint32_t cmdline;
    uint32_t pad;
};

struct mb1_mmap {
    uint32_t size; /* of what follows, bytes */
    uint64_t addr, len;
    uint32_t type;
} __packed;

#define MB2_BOOT_MAGIC   0x36d76289
#define MB2_TAG_END      0
#define MB2_TAG_CMDLINE  1
#define MB2_TAG_LOADER   2
#define MB2_TAG_MODULE   3
#define MB2_TAG_MEMINFO  4
#define MB2_TAG_MMAP     6
#define MB2_TAG_ACPI_OLD 14
#define MB2_TAG_ACPI_NEW 15

struct mb2_fixed {
    uint32_t total_size, reserved;
};
struct mb2_tag {
    uint32_t type, size; /* bytes, with this head */
};
struct mb2_tag_module {
    struct mb2_tag tag;
    uint32_t start, end;
    char cmdline[];
};
struct mb2_tag_meminfo {
    struct mb2_tag tag;
    uint32_t lower, upper;
};
struct mb2_tag_mmap {
    struct mb2_tag tag;
    uint32_t entry_size, entry_version;
};
struct mb2_mmap {
    uint64_t addr, len;
    uint32_t type, reserved;
};

#endif
