/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's own page tables. Whoever maps owns the addresses, so no two CPUs work on one
 * entry of the last level; tables are put in by compare-and-exchange. Blocks are never split.
 */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/page_tables.h>
#include <asm/cpu.h>
#include <asm/setup.h>

#include "mm.h"

#define NR_BOOT_TABLES 24

extern pte_t xen_root[PT_ENTRIES];

const uint64_t page_flags_memory = PAGE_HYPERVISOR_RW;

/* Tables before any RAM is mapped: for early devices, and for the first bank of RAM. */
static pte_t boot_table[NR_BOOT_TABLES][PT_ENTRIES] __section(".bss.page_aligned") __aligned(4096);
static unsigned int boot_tables_used;
bool boot_ram_mapped;

static unsigned long early_next = XEN_EARLY_START;

static pte_t *entry_table(pte_t e)
{
    paddr_t ma = e.e & PTE_ADDR, image = virt_to_maddr(_start);

    if (ma >= image && ma - image < (paddr_t)(_end - _start))
        return (pte_t *)(_start + (ma - image));
    return maddr_to_virt(ma);
}

static bool is_leaf(pte_t e, unsigned int level)
{
    return level == 3 || !(e.e & PTE_TABLE);
}

static pte_t *table_alloc(void)
{
    pte_t *t;

    if (total_pages)
        t = xenheap_alloc_page();
    else if (boot_ram_mapped)
        t = mfn_to_virt(boot_pages_alloc(1, 1));
    else if (boot_tables_used < NR_BOOT_TABLES)
        t = boot_table[boot_tables_used++];
    else
        panic("no early page tables left\n");
    if (t)
        clear_page(t);
    return t;
}

static void table_free(pte_t *t)
{
    if (total_pages)
        xenheap_free_page(t);
}

/* Put table @t into the empty entry. False: somebody else was first. */
static bool table_install(pte_t *e, const pte_t *t)
{
    uint64_t old = 0, new = pte_make(virt_to_mfn(t), PTE_VALID | PTE_TABLE).e;

    return __atomic_compare_exchange_n(&e->e, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* The entry of @level for @va, with the tables above it made. NULL: no memory, or *busy: a block
 * is in the way. */
static pte_t *entry_make(unsigned long va, unsigned int level, bool *busy)
{
    pte_t *table = xen_root;

    for (unsigned int l = 0; l < level; l++) {
        pte_t *e = &table[pt_index(va, l)];

        if (!(READ_ONCE(e->e) & PTE_VALID)) {
            pte_t *t = table_alloc();

            if (!t)
                return NULL;
            if (!table_install(e, t))
                table_free(t);
        } else if (is_leaf(*e, l)) {
            *busy = true;
            return NULL;
        }
        table = entry_table(*e);
    }
    return &table[pt_index(va, level)];
}

static unsigned int best_level(unsigned long va, mfn_t mfn, unsigned long nr)
{
    unsigned long bits = (va >> PAGE_SHIFT) | mfn.nr;

    if (!(bits & 0x3ffff) && nr >= 0x40000)
        return 1;
    return !(bits & 0x1ff) && nr >= 0x200 ? 2 : 3;
}

int xen_map_range(unsigned long va, mfn_t mfn, unsigned long nr, uint64_t flags)
{
    while (nr) {
        unsigned int level = best_level(va, mfn, nr);
        unsigned long step = 1UL << (9 * (3 - level));
        bool busy = false;
        pte_t *e = entry_make(va, level, &busy);

        if (busy || (e && (e->e & PTE_VALID)))
            return -EEXIST;
        if (!e)
            return -ENOMEM;
        WRITE_ONCE(e->e, pte_make(mfn, flags | (level == 3 ? PTE_TABLE : 0)).e);
        va += step << PAGE_SHIFT;
        mfn = mfn_add(mfn, step);
        nr -= step;
    }
    dsb(ishst);
    isb();
    return 0;
}

/* The entry that maps @va and its level; NULL: not mapped, *level is that of the gap. */
static pte_t *entry_find(unsigned long va, unsigned int *level)
{
    pte_t *table = xen_root;

    for (unsigned int l = 0;; l++) {
        pte_t *e = &table[pt_index(va, l)];

        *level = l;
        if (!(READ_ONCE(e->e) & PTE_VALID))
            return NULL;
        if (is_leaf(*e, l))
            return e;
        table = entry_table(*e);
    }
}

static void flush_everywhere(void)
{
    dsb(ishst);
    __asm__ volatile("tlbi alle2is" ::: "memory");
    dsb(ish);
    isb();
}

/* Write @flags to (0: clear) all entries of a range; false where a block is only partly in it. */
static bool change_range(unsigned long va, unsigned long nr, uint64_t flags)
{
    while (nr) {
        unsigned int level;
        pte_t *e = entry_find(va, &level);
        unsigned long size = 1UL << (9 * (3 - level));
        unsigned long offset = (va >> PAGE_SHIFT) & (size - 1), step = min(size - offset, nr);

        if (e && (offset || step < size))
            return false;
        if (e)
            WRITE_ONCE(e->e, flags ? (e->e & PTE_ADDR) | flags | (level == 3 ? PTE_TABLE : 0) : 0);
        va += step << PAGE_SHIFT;
        nr -= step;
    }
    return true;
}

void xen_unmap_range(unsigned long va, unsigned long nr)
{
    /* Mappings are undone as they were made. */
    BUG_ON(!change_range(va, nr, 0));
    flush_everywhere();
}

int xen_protect_range(unsigned long va, unsigned long nr, uint64_t flags)
{
    bool ok = change_range(va, nr, flags);

    flush_everywhere();
    return ok ? 0 : -EINVAL;
}

paddr_t xen_va_to_maddr(unsigned long va)
{
    unsigned int level;
    pte_t *e = entry_find(va, &level);
    uint64_t low = (PAGE_SIZE << (9 * (3 - level))) - 1;

    return e ? (e->e & PTE_ADDR & ~low) | (va & low) : ~UINT64_C(0);
}

/* Before the heap is up; such mappings stay. */
static void *map_early(paddr_t addr, size_t len, uint64_t flags)
{
    unsigned long offset = addr & (PAGE_SIZE - 1), va = early_next;
    uint64_t nr = PFN_UP(offset + len);

    if (len == 0 || addr + len < addr || nr >= (XEN_EARLY_END - va) >> PAGE_SHIFT ||
        xen_map_pages(va, maddr_to_mfn(addr), nr, flags))
        return NULL;
    early_next += (nr + 1) << PAGE_SHIFT;
    return (void *)(va + offset);
}

static void *map_device(paddr_t addr, size_t len, uint64_t flags)
{
    return total_pages ? vmap_device(addr, len, flags) : map_early(addr, len, flags);
}

void *ioremap(paddr_t addr, size_t len)
{
    return map_device(addr, len, PAGE_HYPERVISOR_DEV);
}

void *ioremap_cache(paddr_t addr, size_t len)
{
    return map_device(addr, len, PAGE_HYPERVISOR_RW);
}

void iounmap(void *va)
{
    if (va && (unsigned long)va >= VMAP_START)
        vunmap((void *)((unsigned long)va & PAGE_MASK));
}
