/* SPDX-License-Identifier: MIT */
/* The map of memory that the BIOS gives to the guest. Source: ACPI 6.4, 15. */
#ifndef HVMLOADER_E820_H
#define HVMLOADER_E820_H

#include <stdbool.h>
#include <stdint.h>

enum e820_type { E820_RAM = 1, E820_RESERVED = 2, E820_ACPI = 3, E820_NVS = 4 };

struct e820_entry {
    uint64_t addr;
    uint64_t size;
    uint32_t type; /* enum e820_type */
} __attribute__((packed));

#define E820_MAX 128

struct e820_map {
    unsigned int nr;
    struct e820_entry entry[E820_MAX];
};

struct e820_shape {
    uint64_t low_end;   /* RAM below 4 GiB ends here */
    uint64_t high_end;  /* RAM above ends here; none: 4 GiB or less */
    uint64_t rom_start; /* the BIOS, up to 1 MiB */
    uint64_t nvs_end;   /* tables, from AREA_ADDR; behind it all is reserved up to 4 GiB */
    /* What the hypervisor tells; from it are taken reserved ranges outside of RAM. */
    const struct e820_entry *given;
    unsigned int nr_given;
};

/*
 * Make a map in ascending order, without overlaps.
 * Ranges past E820_MAX are left out.
 */
void e820_build(struct e820_map *map, const struct e820_shape *shape);

#endif
