/* SPDX-License-Identifier: MIT */
/*
 * What a PVH kernel finds at the physical address in EBX. It starts in 32-bit protected mode with
 * flat segments, paging off. All addresses here are physical, sizes are bytes.
 */
#ifndef __XEN_PUBLIC_ARCH_X86_HVM_START_INFO_H__
#define __XEN_PUBLIC_ARCH_X86_HVM_START_INFO_H__

#define XEN_HVM_START_MAGIC_VALUE 0x336ec578

/* Types of the memory map: those of ACPI. */
#define XEN_HVM_MEMMAP_TYPE_RAM      1
#define XEN_HVM_MEMMAP_TYPE_RESERVED 2
#define XEN_HVM_MEMMAP_TYPE_ACPI     3
#define XEN_HVM_MEMMAP_TYPE_NVS      4
#define XEN_HVM_MEMMAP_TYPE_UNUSABLE 5
#define XEN_HVM_MEMMAP_TYPE_DISABLED 6
#define XEN_HVM_MEMMAP_TYPE_PMEM     7

struct hvm_start_info {
    uint32_t magic;
    uint32_t version; /* 1: memmap_* exist */
    uint32_t flags;   /* SIF_* */
    uint32_t nr_modules;
    uint64_t modlist_paddr; /* hvm_modlist_entry[nr_modules] */
    uint64_t cmdline_paddr; /* text with a final NUL, or 0 */
    uint64_t rsdp_paddr;
    uint64_t memmap_paddr; /* hvm_memmap_table_entry[memmap_entries] */
    uint32_t memmap_entries, reserved;
};

struct hvm_modlist_entry {
    uint64_t paddr, size;
    uint64_t cmdline_paddr;
    uint64_t reserved;
};

struct hvm_memmap_table_entry {
    uint64_t addr, size;
    uint32_t type, reserved;
};

#endif /* __XEN_PUBLIC_ARCH_X86_HVM_START_INFO_H__ */
