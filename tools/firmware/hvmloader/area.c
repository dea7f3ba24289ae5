/* SPDX-License-Identifier: MIT */
#include "area.h"
#include "console.h"
#include "hypercall.h"
#include "layout.h"
#include "memory.h"
#include <xen/lib/string.h>

static uint32_t used = AREA_ADDR, populated = AREA_ADDR;

void area_populate(uint32_t from, uint32_t to)
{
    for (uint32_t gfn = from >> 12; gfn < (to ? to >> 12 : FOUR_GIB >> 12); gfn++) {
        if (memory_populate(gfn) && memory_move(memory_take_last(), gfn))
            fail("no memory for page %#x", gfn << 12);
    }
}

void *area_alloc(size_t size, size_t align)
{
    uint32_t at = (used + (uint32_t)align - 1) & ~((uint32_t)align - 1);
    uint32_t end = (at + (uint32_t)size + 0xfff) & ~0xfffu;

    if (size > AREA_END - AREA_ADDR || end > AREA_END)
        fail("no room for %zu bytes of tables", size);
    if (end > populated) {
        area_populate(populated, end);
        populated = end;
    }
    used = at + (uint32_t)size;
    return memset((void *)at, 0, size);
}

uint32_t area_end(void)
{
    return populated;
}
