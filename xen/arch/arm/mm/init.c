/* SPDX-License-Identifier: MIT */
/* Boot: protection of the image, the direct map, the frame table. */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/numa.h>
#include <xen/port/page_tables.h>
#include <asm/cpu.h>
#include <asm/dt.h>
#include <asm/setup.h>

#include "mm.h"

/* The frame table exists per GiB of memory which has some RAM: 10 MiB of each. */
#define CHUNK_SHIFT  (30 - PAGE_SHIFT)
#define CHUNK_FRAMES (1UL << CHUNK_SHIFT)
#define MAX_CHUNKS   ((DIRECTMAP_END - DIRECTMAP_START) >> 30)
#define BLOCK_FRAMES 512UL /* 2 MiB */

_Static_assert(CHUNK_FRAMES * sizeof(struct page_info) % (BLOCK_FRAMES * PAGE_SIZE) == 0,
               "a chunk's frame table is made of 2 MiB pages");

extern char cpu0_stack[];

uint64_t xen_phys_offset __ro_after_init;
uint64_t max_page __ro_after_init;
static unsigned long chunk_map[BITS_TO_LONGS(MAX_CHUNKS)] __ro_after_init;

bool mfn_valid(mfn_t mfn)
{
    return likely(mfn.nr < max_page) && likely(test_bit(mfn.nr >> CHUNK_SHIFT, chunk_map)) &&
           likely(!(frame_table[mfn.nr].count_info & PGC_NOT_RAM));
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

static void __init protect_image(char *from, char *to, uint64_t flags)
{
    if (from < to &&
        xen_protect_range((unsigned long)from, (unsigned long)(to - from) >> PAGE_SHIFT, flags))
        panic("protection of the image\n");
}

/* What is written is not executed, from here on. */
static void __init protect_all(void)
{
    protect_image(_stext, _etext, PAGE_HYPERVISOR_RX);
    protect_image(_etext, _erodata, PAGE_HYPERVISOR_RO);
    protect_image(_erodata, _sinittext, PAGE_HYPERVISOR_RW);
    protect_image(_sinittext, _einittext, PAGE_HYPERVISOR_RX);
    protect_image(_einittext, _end, PAGE_HYPERVISOR_RW);
    xen_unmap_range((unsigned long)cpu0_stack, 1);
    write_sysreg(read_sysreg(sctlr_el2) | SCTLR_WXN, sctlr_el2);
    isb();
}

static void __init take_away(struct dt_ranges *rs, paddr_t start, uint64_t size)
{
    if (dt_ranges_sub(rs, start, size) == -E2BIG)
        panic("too many memory ranges\n");
}

/* All of a bank but the image, which would have a writable alias, and what the firmware forbids. */
static void __init map_bank(const struct dt_range *b)
{
    static struct dt_ranges left __initdata;

    left = (struct dt_ranges){.nr = 1, .r[0] = *b};
    take_away(&left, virt_to_maddr(_start), (uint64_t)(_end - _start));
    for (unsigned int i = 0; i < dt_boot.no_map.nr; i++)
        take_away(&left, dt_boot.no_map.r[i].start, dt_boot.no_map.r[i].size);
    for (unsigned int i = 0; i < left.nr; i++) {
        paddr_t start = left.r[i].start, end = start + left.r[i].size;

        xen_map_or_panic(DIRECTMAP_START + start, PFN_DOWN(start), PFN_DOWN(end),
                         PAGE_HYPERVISOR_RW);
    }
}

static void __init add_free(paddr_t start, paddr_t end, void *bank)
{
    const struct dt_range *b = bank;

    start = max(start, b->start);
    end = min(end, b->start + b->size);
    if (start < end)
        boot_pages_add(start, end);
}

static void __init chunk_create(unsigned int chunk)
{
    unsigned long bytes = CHUNK_FRAMES * sizeof(struct page_info);
    unsigned long va = FRAMETABLE_START + chunk * bytes, block = BLOCK_FRAMES * PAGE_SIZE;
    struct page_info *pg = (struct page_info *)va;

    for (unsigned long off = 0; off < bytes; off += block) {
        mfn_t mfn = boot_pages_alloc_high(BLOCK_FRAMES, BLOCK_FRAMES);

        xen_map_or_panic(va + off, mfn.nr, mfn.nr + BLOCK_FRAMES, PAGE_HYPERVISOR_RW);
    }
    memset(pg, 0, bytes);
    for (unsigned long i = 0; i < CHUNK_FRAMES; i++)
        pg[i].count_info = PGC_NOT_RAM;
    __set_bit(chunk, chunk_map);
}

static void __init ram_frames_init(uint64_t first, uint64_t end)
{
    for (uint64_t chunk = first >> CHUNK_SHIFT; chunk <= (end - 1) >> CHUNK_SHIFT; chunk++)
        if (!test_bit(chunk, chunk_map))
            chunk_create((unsigned int)chunk);
    for (uint64_t i = first; i < end; i++)
        frame_table[i].count_info = 0;
    max_page = max(max_page, end);
}

/* What is not mapped is no memory to anybody. */
static void __init hide_frames(const struct dt_range *r)
{
    uint64_t end = min(PFN_DOWN(r->start + r->size), max_page);

    for (uint64_t i = PFN_DOWN(r->start); i < end; i++)
        if (test_bit(i >> CHUNK_SHIFT, chunk_map))
            frame_table[i].count_info = PGC_NOT_RAM;
}

/* The bank with the most memory comes first: its tables come from the image. */
static unsigned int __init largest_bank(const struct dt_ranges *ram)
{
    unsigned int best = 0;

    for (unsigned int i = 1; i < ram->nr; i++)
        if (ram->r[i].size > ram->r[best].size)
            best = i;
    return best;
}

/* From the header, which has been checked. */
static uint64_t __init fdt_bytes(void)
{
    return __builtin_bswap32(((const uint32_t *)host_fdt)[1]);
}

static void __init take_bank(struct dt_range *b, const struct dt_ranges *taken)
{
    if (b->start >= DIRECTMAP_END - DIRECTMAP_START ||
        b->size > DIRECTMAP_END - DIRECTMAP_START - b->start) {
        printk(XENLOG_WARNING "Memory at %lx is not used\n", (unsigned long)b->start);
        b->size = 0;
        return;
    }
    map_bank(b);
    dt_for_each_free_range(taken, add_free, b);
    boot_ram_mapped = true;
}

void __init mm_boot_init(void)
{
    struct dt_ranges *ram = &dt_boot.memory;
    struct dt_ranges taken = {0};
    unsigned int first = largest_bank(ram);
    paddr_t fdt = xen_va_to_maddr((unsigned long)host_fdt);
    uint64_t pages = 0;

    if (dt_ranges_add(&taken, virt_to_maddr(_start), (uint64_t)(_end - _start)) ||
        dt_ranges_add(&taken, fdt & PAGE_MASK,
                      ROUNDUP((fdt & ~PAGE_MASK) + fdt_bytes(), PAGE_SIZE)))
        panic("too many memory ranges\n");
    protect_all();
    take_bank(&ram->r[first], &taken);
    for (unsigned int i = 0; i < ram->nr; i++)
        if (i != first)
            take_bank(&ram->r[i], &taken);
    for (unsigned int i = 0; i < ram->nr; i++) {
        if (!ram->r[i].size)
            continue;
        ram_frames_init(PFN_DOWN(ram->r[i].start), PFN_DOWN(ram->r[i].start + ram->r[i].size));
        pages += PFN_DOWN(ram->r[i].size);
    }
    for (unsigned int i = 0; i < dt_boot.no_map.nr; i++)
        hide_frames(&dt_boot.no_map.r[i]);
    printk("System RAM: %luMB (%lukB)\n", (unsigned long)(pages >> 8), (unsigned long)(pages << 2));
}

void heap_add_range(paddr_t start, paddr_t end)
{
    if (PFN_UP(start) < PFN_DOWN(end))
        heap_add_frames(PFN_UP(start), PFN_DOWN(end));
}

void mm_free_init(void)
{
    unsigned long nr = (unsigned long)(_einit - _sinit) >> PAGE_SHIFT;
    paddr_t start = virt_to_maddr(_sinit);

    xen_unmap_range((unsigned long)_sinit, nr);
    if (xen_map_range((unsigned long)maddr_to_virt(start), maddr_to_mfn(start), nr,
                      PAGE_HYPERVISOR_RW) == 0)
        heap_add_range(start, start + nr * PAGE_SIZE);
}

void mm_drop_ident(void)
{
    extern pte_t xen_root[];

    WRITE_ONCE(xen_root[pt_index(virt_to_maddr(_start), 0)].e, 0);
    dsb(ishst);
    __asm__ volatile("tlbi alle2is" ::: "memory");
    dsb(ish);
    isb();
}
