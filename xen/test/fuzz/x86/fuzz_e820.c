/* SPDX-License-Identifier: MIT */
/* A memory map of any bytes is put in order, then a part of it is changed. */
#include <xen/kernel.h>
#include <asm/e820.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        __builtin_trap();
}

/* Rising, apart, not empty, nothing that wraps; neighbours of one type are one. */
static void check(const struct e820_map *m)
{
    require(m->nr <= E820_MAX);
    for (unsigned int i = 0; i < m->nr; i++) {
        const struct e820_entry *e = &m->map[i];

        require(e->size && e->type && e->addr + (e->size - 1) >= e->addr);
        if (i == 0)
            continue;
        require(e[-1].addr + e[-1].size <= e->addr);
        require(e[-1].type != e->type || e[-1].addr + e[-1].size < e->addr);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct e820_map m = {0};
    uint64_t bytes;

    m.nr = (unsigned int)min_t(size_t, size / sizeof(m.map[0]), E820_MAX);
    __builtin_memcpy(m.map, data, m.nr * sizeof(m.map[0]));
    e820_sanitise(&m);
    check(&m);
    bytes = e820_ram_bytes(&m);
    require(e820_ram_end(&m) >= bytes);
    if (size >= 16) {
        uint64_t start, end;

        __builtin_memcpy(&start, data, 8);
        __builtin_memcpy(&end, data + 8, 8);
        if (start < end && e820_change(&m, start, end, E820_RAM, E820_RESERVED)) {
            require(e820_ram_bytes(&m) <= bytes);
            for (unsigned int i = 0; i < m.nr; i++)
                require(m.map[i].type != E820_RAM || m.map[i].addr >= end ||
                        m.map[i].addr + m.map[i].size <= start);
        }
    }
    return 0;
}
