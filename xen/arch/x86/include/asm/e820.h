/* SPDX-License-Identifier: MIT */
/* The machine's memory as the firmware tells it. ACPI 6.4, 15. */
#ifndef ASM_E820_H
#define ASM_E820_H

#include <xen/types.h>

#define E820_RAM      1
#define E820_RESERVED 2
#define E820_ACPI     3
#define E820_NVS      4
#define E820_UNUSABLE 5
#define E820_MAX      128

struct e820_entry {
    uint64_t addr, size; /* bytes */
    uint32_t type;
} __packed;

struct e820_map {
    unsigned int nr;
    struct e820_entry map[E820_MAX];
};

/* The machine's, in rising order, without overlap; constant once booted. */
extern struct e820_map e820;

/*
 * Put in order: sorted, overlaps decided for the stricter type (higher number), neighbours of
 * one type merged, empty and wrapping entries dropped. Never fails; an entry that finds no room
 * any more is lost (RAM before others).
 */
void e820_sanitise(struct e820_map *m);
/* Change what is of type @from in [start, end) to @to. False: no room for the split. */
bool e820_change(struct e820_map *m, uint64_t start, uint64_t end, uint32_t from, uint32_t to);
void e820_print(const struct e820_map *m, const char *title);
/* End of the highest RAM, bytes. */
uint64_t e820_ram_end(const struct e820_map *m);
uint64_t e820_ram_bytes(const struct e820_map *m);

#endif
