/* SPDX-License-Identifier: MIT */
/*
 * The memory map of a PV guest with e820_host: its RAM from 0 on, and the host's holes and reserved
 * regions where the host has them, so that the guest finds room for PCI devices. RAM that would
 * reach into the first hole goes on behind 4 GiB and everything that is reserved.
 */
#include "domain/build.h"

#define HOST_ENTRIES 128u
#define LOW_END      0x100000ULL /* holes of a PC below do not count */
#define RAM_HIGH     (1ULL << 32)

struct map {
    struct e820entry *entry;
    unsigned int nr, room;
};

static void put(struct map *m, uint64_t from, uint64_t to, uint32_t type)
{
    if (from < to && m->nr < m->room)
        m->entry[m->nr++] = (struct e820entry){.addr = from, .size = to - from, .type = type};
}

static uint64_t end_of(const struct e820entry *e)
{
    return e->addr + e->size;
}

/* Where the host's RAM, seen from LOW_END, first ends. @host is in rising order. */
static uint64_t first_hole(const struct e820entry *host, unsigned int nr)
{
    uint64_t end = LOW_END;

    for (unsigned int i = 0; i < nr; i++)
        if (host[i].type == E820_RAM && host[i].addr <= end && end_of(&host[i]) > end)
            end = end_of(&host[i]);
    return end;
}

unsigned int host_map_layout(const struct e820entry *host, unsigned int nr_host, uint64_t ram,
                             struct e820entry *out, unsigned int room)
{
    struct map m = {.entry = out, .room = room};
    uint64_t hole = first_hole(host, nr_host), low = ram < hole ? ram : hole, high = RAM_HIGH;

    put(&m, 0, low, E820_RAM);
    put(&m, low, hole, E820_UNUSABLE);
    for (unsigned int i = 0; i < nr_host; i++) {
        if (host[i].type == E820_RAM || host[i].addr < hole)
            continue;
        put(&m, host[i].addr, end_of(&host[i]), host[i].type);
        if (end_of(&host[i]) > high)
            high = end_of(&host[i]);
    }
    put(&m, high, high + (ram - low), E820_RAM);
    return m.nr;
}

int host_map_set(struct scope *sc, uint32_t domid, uint64_t ram_kb)
{
    struct e820entry host[HOST_ENTRIES], map[HOST_ENTRIES + 3];
    int nr = xc_get_machine_memory_map(sc->ctx->xch, host, HOST_ENTRIES);
    unsigned int used;

    if (nr < 0) {
        LOG_ERRNO(sc, "cannot read the host's memory map");
        return ERROR_FAIL;
    }
    used = host_map_layout(host, (unsigned int)nr, ram_kb * 1024, map, ARRAY_SIZE(map));
    if (!xc_domain_set_memory_map(sc->ctx->xch, domid, map, used))
        return 0;
    LOG_ERRNO(sc, "cannot set the memory map");
    return ERROR_FAIL;
}
