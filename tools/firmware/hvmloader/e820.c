/* SPDX-License-Identifier: MIT */
#include "e820.h"
#include "layout.h"
#include <xen/lib/string.h>

static void add(struct e820_map *map, uint64_t from, uint64_t to, uint32_t type)
{
    unsigned int at = map->nr;

    if (from >= to || map->nr == E820_MAX)
        return;
    while (at && map->entry[at - 1].addr > from)
        at--;
    memmove(&map->entry[at + 1], &map->entry[at], (map->nr - at) * sizeof(map->entry[0]));
    map->entry[at] = (struct e820_entry){.addr = from, .size = to - from, .type = type};
    map->nr++;
}

/* What of [from, to) no entry has; that is what ours leave of it. */
static void add_rest(struct e820_map *map, uint64_t from, uint64_t to, uint32_t type)
{
    for (unsigned int i = 0; i < map->nr && from < to; i++) {
        const struct e820_entry *e = &map->entry[i];
        uint64_t end = e->addr + e->size;

        if (end <= from)
            continue;
        if (e->addr >= to)
            break;
        if (e->addr > from) {
            add(map, from, e->addr, type);
            i++; /* the entry that was added stands before this one */
        }
        from = end;
    }
    add(map, from, to, type);
}

void e820_build(struct e820_map *map, const struct e820_shape *shape)
{
    map->nr = 0;
    add(map, 0, VGA_START, E820_RAM);
    add(map, shape->rom_start, LOW_END, E820_RESERVED);
    add(map, LOW_END, shape->low_end, E820_RAM);
    add(map, AREA_ADDR, shape->nvs_end, E820_NVS);
    add(map, shape->nvs_end, FOUR_GIB, E820_RESERVED);
    add(map, FOUR_GIB, shape->high_end, E820_RAM);
    for (unsigned int i = 0; i < shape->nr_given; i++) {
        const struct e820_entry *g = &shape->given[i];

        if (g->type != E820_RAM && g->addr + g->size > g->addr)
            add_rest(map, g->addr, g->addr + g->size, g->type);
    }
}
