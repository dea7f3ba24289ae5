/* SPDX-License-Identifier: MIT */
/* Boot: the final page tables, the frame table and the machine-to-physical table. */
#include <xen/domain.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/numa.h>
#include <xen/port/p2m.h>
#include <xen/port/page_tables.h>
#include <asm/cpu.h>
#include <asm/mm_init.h>
#include <asm/page.h>

#include "mm.h"

/* Frame table and M2P exist per GiB of memory which has some RAM: 10 MiB and 2 MiB of each. */
#define CHUNK_SHIFT  (30 - PAGE_SHIFT)
#define CHUNK_FRAMES (1UL << CHUNK_SHIFT)
#define MAX_CHUNKS   ((DIRECTMAP_END - DIRECTMAP_START) >> 30)
#define BLOCK_FRAMES 512UL /* 2 MiB */

_Static_assert(CHUNK_FRAMES * sizeof(struct page_info) % (BLOCK_FRAMES * PAGE_SIZE) == 0,
               "a chunk's frame table is made of 2 MiB pages");
_Static_assert(CHUNK_FRAMES * sizeof(unsigned long) == BLOCK_FRAMES * PAGE_SIZE,
               "a chunk's M2P is one 2 MiB page");

uint64_t max_page __ro_after_init;
static unsigned long chunk_map[BITS_TO_LONGS(MAX_CHUNKS)] __ro_after_init;

bool mfn_valid(mfn_t mfn)
{
    return likely(mfn.nr < max_page) && likely(test_bit(mfn.nr >> CHUNK_SHIFT, chunk_map)) &&
           likely(!(frame_table[mfn.nr].count_info & PGC_NOT_RAM));
}

/* Guests copy our root entries once, so they must never change: make all tables now. */
static void __init alloc_l3_tables(uint64_t end_mfn)
{
    for (unsigned int slot = XEN_L4_FIRST; slot <= XEN_L4_LAST; slot++) {
        unsigned long va = 0xffff000000000000UL | (unsigned long)slot << PT_SHIFT(4);
        uint64_t flags = PAGE_HYPERVISOR_TABLE;
        pte_t *t;

        if (slot == pt_index(PERDOMAIN_START, 4) || (slot > 256 && slot < 260))
            continue;
        if (va >= DIRECTMAP_START && (va - DIRECTMAP_START) >> PAGE_SHIFT >= end_mfn)
            continue;
        t = mfn_to_virt(boot_pages_alloc(1, 1));
        clear_page(t);
        if (va < RO_M2P_END)
            flags = (flags & ~PTE_RW) | PTE_USER;
        idle_l4[slot] = pte_make(virt_to_mfn(t), flags);
    }
}

static uint64_t __init image_flags(const char *p)
{
    if ((p >= _stext && p < _etext) || (p >= _sinittext && p < _einittext))
        return PAGE_HYPERVISOR_RX;
    return p >= _etext && p < _erodata ? PAGE_HYPERVISOR_RO : PAGE_HYPERVISOR_RW;
}

static void __init map_image(void)
{
    char *first = (char *)((unsigned long)_start & PAGE_MASK);

    for (char *p = first; p < _end; p += PAGE_SIZE) {
        uint64_t mfn = virt_to_mfn(p).nr;

        xen_map_or_panic((unsigned long)p, mfn, mfn + 1, image_flags(p));
    }
}

/* RAM, firmware tables and the first MiB. */
static bool __init in_direct_map(const struct e820_entry *e)
{
    return e->type == E820_RAM || e->type == E820_ACPI || e->type == E820_NVS;
}

static void __init map_memory(const struct e820_map *map)
{
    uint64_t done = MB(1) >> PAGE_SHIFT;

    xen_map_or_panic(DIRECTMAP_START, 0, done, PAGE_HYPERVISOR_RW);
    for (unsigned int i = 0; i < map->nr; i++) {
        const struct e820_entry *e = &map->map[i];
        uint64_t first = max(PFN_DOWN(e->addr), done), end = PFN_UP(e->addr + e->size);

        if (!in_direct_map(e) || end > (DIRECTMAP_END - DIRECTMAP_START) >> PAGE_SHIFT)
            continue;
        xen_map_or_panic(DIRECTMAP_START + (first << PAGE_SHIFT), first, end, PAGE_HYPERVISOR_RW);
        done = max(done, end);
    }
}

static void __init for_each_ram(const struct e820_map *map, void (*fn)(uint64_t, uint64_t))
{
    for (unsigned int i = 0; i < map->nr; i++) {
        const struct e820_entry *e = &map->map[i];
        uint64_t first = PFN_UP(e->addr), end = PFN_DOWN(e->addr + e->size);

        end = min(end, (DIRECTMAP_END - DIRECTMAP_START) >> PAGE_SHIFT);
        if (e->type == E820_RAM && first < end)
            fn(first, end);
    }
}

static void __init chunk_create(unsigned int chunk)
{
    unsigned long bytes = CHUNK_FRAMES * sizeof(struct page_info);
    unsigned long va = FRAMETABLE_START + chunk * bytes, block = BLOCK_FRAMES * PAGE_SIZE;
    struct page_info *pg = (struct page_info *)va;
    mfn_t mfn;

    for (unsigned long off = 0; off < bytes; off += block) {
        mfn = boot_pages_alloc_high(BLOCK_FRAMES, BLOCK_FRAMES);
        xen_map_or_panic(va + off, mfn.nr, mfn.nr + BLOCK_FRAMES, PAGE_HYPERVISOR_RW);
    }
    memset(pg, 0, bytes);
    for (unsigned long i = 0; i < CHUNK_FRAMES; i++)
        pg[i].count_info = PGC_NOT_RAM;

    mfn = boot_pages_alloc_high(BLOCK_FRAMES, BLOCK_FRAMES);
    xen_map_or_panic(RW_M2P_START + chunk * block, mfn.nr, mfn.nr + BLOCK_FRAMES,
                     PAGE_HYPERVISOR_RW);
    /* Not global: some of the guests' root tables leave it out. */
    xen_map_or_panic(RO_M2P_START + chunk * block, mfn.nr, mfn.nr + BLOCK_FRAMES,
                     (PAGE_HYPERVISOR_RO & ~PTE_GLOBAL) | PTE_USER);
    memset((void *)(RW_M2P_START + chunk * block), 0xff, block);
    __set_bit(chunk, chunk_map);
}

static void __init ram_frames_init(uint64_t first, uint64_t end)
{
    for (uint64_t chunk = first >> CHUNK_SHIFT; chunk <= (end - 1) >> CHUNK_SHIFT; chunk++)
        if (!test_bit(chunk, chunk_map))
            chunk_create(chunk);
    for (uint64_t i = first; i < end; i++)
        frame_table[i].count_info = 0;
    max_page = max(max_page, end);
}

void __init mm_boot_init(const struct e820_map *map)
{
    uint64_t ram_end = PFN_UP(e820_ram_end(map));

    alloc_l3_tables(max(ram_end, GB(4) >> PAGE_SHIFT));
    map_image();
    map_memory(map);
    write_cr3(virt_to_maddr(idle_l4));
    flush_area_local(0, FLUSH_TLB_GLOBAL);
    for_each_ram(map, ram_frames_init);
    printk(XENLOG_INFO "Memory: %lu MiB up to frame %lx\n",
           (unsigned long)(max_page >> (20 - PAGE_SHIFT)), (unsigned long)max_page);
}

void heap_add_range(paddr_t start, paddr_t end)
{
    if (PFN_UP(start) < PFN_DOWN(end))
        heap_add_frames(PFN_UP(start), PFN_DOWN(end));
}

mfn_t m2p_block_mfn(unsigned int chunk)
{
    if (chunk >= MAX_CHUNKS || !test_bit(chunk, chunk_map))
        return INVALID_MFN;
    return maddr_to_mfn(xen_va_to_maddr(RW_M2P_START + chunk * BLOCK_FRAMES * PAGE_SIZE));
}

bool m2p_covers(mfn_t mfn)
{
    return mfn.nr < max_page && test_bit(mfn.nr >> CHUNK_SHIFT, chunk_map);
}

/* The tools map the table through DOMID_XEN. */
static int __init share_m2p(void)
{
    for (unsigned int chunk = 0; chunk < m2p_nr_blocks(); chunk++) {
        mfn_t mfn = m2p_block_mfn(chunk);

        if (mfn_eq(mfn, INVALID_MFN))
            continue;
        for (unsigned long i = 0; i < BLOCK_FRAMES; i++)
            page_share_xen_with_privileged(mfn_to_page(mfn_add(mfn, i)), SHARE_RO);
    }
    return 0;
}
INITCALL(share_m2p);
