/* SPDX-License-Identifier: MIT */
/* The BIOS: SeaBIOS or OVMF, which the builder loaded behind us, and what each wants to be told. */
#ifndef HVMLOADER_BIOS_H
#define HVMLOADER_BIOS_H

#include <stddef.h>
#include <stdint.h>

struct e820_map;

/* Tables that the BIOS is to pass on; 0: there is none. */
struct bios_tables {
    uint32_t rsdp, smbios, mptable, pir;
};

struct bios {
    const char *name; /* in the store, at hvmloader/bios */
    const char *title;
    uint32_t rom_start; /* what it takes of memory below 1 MiB begins here */
    /* Put the @len bytes of @image where it runs. */
    void (*load)(const void *image, size_t len);
    /* Leave word of the tables and of the map, both of which stay where they are. */
    void (*inform)(const struct bios_tables *tables, const struct e820_map *map);
};

/* NULL: nobody here knows it. */
const struct bios *bios_find(const char *name);

#endif
