/* SPDX-License-Identifier: MIT */
/* The machine's memory, its frame table, and scattered mappings. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/mappings.h>
#include <xen/port/numa.h>
#include <xen/port/page_type.h>

#include "private.h"

char *sim_ram;
struct page_info *sim_frames;
unsigned long sim_vmap;
uint64_t max_page;

static uint32_t tlb_clock = 1;
static uint32_t *vmap_frame; /* by page of the area of scattered frames; 0: nothing */

void memory_boot(uint64_t frames)
{
    sim_ram = host_reserve(SIM_MAX_FRAMES * PAGE_SIZE);
    sim_frames = host_reserve(SIM_MAX_FRAMES * sizeof(struct page_info));
    sim_vmap = (unsigned long)host_reserve(SIM_VMAP_SIZE);
    host_make_ram(sim_ram, frames << PAGE_SHIFT);
    host_make_private(sim_frames, ROUNDUP(frames * sizeof(struct page_info), PAGE_SIZE));
    vmap_frame = host_alloc(SIM_VMAP_SIZE / PAGE_SIZE * sizeof(*vmap_frame));
    sim_frames[0].count_info = PGC_NOT_RAM;
    max_page = frames;
    boot_pages_add(PAGE_SIZE, frames << PAGE_SHIFT);
}

bool mfn_valid(mfn_t mfn)
{
    return mfn.nr < max_page && !(READ_ONCE(frame_table[mfn.nr].count_info) & PGC_NOT_RAM);
}

unsigned int port_mfn_to_node(mfn_t mfn)
{
    return 0;
}

unsigned int port_nr_nodes(void)
{
    return 1;
}

unsigned int port_node_distance(unsigned int from, unsigned int to)
{
    return from == to ? 10 : 20;
}

/* Whoever had it writable has put that before the last general reference. */
void port_page_freed(struct page_info *pg)
{
    BUG_ON(pg->type_info);
    pv_page_freed(page_to_mfn(pg));
}

uint32_t port_tlb_clock(void)
{
    return __atomic_load_n(&tlb_clock, __ATOMIC_RELAXED);
}

void port_flush_tlb_all(void)
{
    __atomic_fetch_add(&tlb_clock, 1, __ATOMIC_RELAXED);
}

void port_flush_tlb_since(uint32_t stamp)
{
    if (stamp == port_tlb_clock())
        port_flush_tlb_all();
}

static uint32_t *vmap_slot(unsigned long va)
{
    return &vmap_frame[(va - VMAP_START) >> PAGE_SHIFT];
}

int port_vmap_map(unsigned long va, const mfn_t *mfns, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        *vmap_slot(va + i * PAGE_SIZE) = (uint32_t)mfns[i].nr;
        if (!host_map_frame((char *)va + i * PAGE_SIZE, mfns[i].nr)) {
            port_vmap_unmap(va, i + 1);
            return -ENOMEM;
        }
    }
    return 0;
}

void port_vmap_unmap(unsigned long va, unsigned int nr)
{
    host_unmap((void *)va, nr * PAGE_SIZE);
    for (unsigned int i = 0; i < nr; i++)
        *vmap_slot(va + i * PAGE_SIZE) = 0;
}

mfn_t port_vmap_mfn(unsigned long va)
{
    uint32_t mfn = *vmap_slot(va);

    return mfn ? mk_mfn(mfn) : INVALID_MFN;
}
