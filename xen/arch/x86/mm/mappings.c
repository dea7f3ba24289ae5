/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's own page tables. Whoever maps owns the addresses, so no two CPUs work on one
 * entry of the last level; tables are put in by compare-and-exchange.
 */
#include <xen/cpumask.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/page_tables.h>
#include <xen/smp.h>
#include <asm/cpu.h>
#include <asm/page.h>

const uint64_t page_flags_memory = PAGE_HYPERVISOR_RW;

pte_t idle_l4[PT_ENTRIES] __aligned(4096);

static pte_t *entry_table(pte_t e)
{
    return mfn_to_virt(pte_mfn(e));
}

static bool is_leaf(pte_t e, unsigned int level)
{
    return level == 1 || (e.e & PTE_PSE);
}

static pte_t *table_alloc(void)
{
    pte_t *t;

    if (total_pages)
        t = xenheap_alloc_page();
    else
        t = mfn_to_virt(boot_pages_alloc(1, 1));
    if (t)
        clear_page(t);
    return t;
}

static void table_free(pte_t *t)
{
    if (total_pages)
        xenheap_free_page(t);
}

/* Put table @t where @old is. False: somebody else was first. */
static bool table_install(pte_t *e, uint64_t old, const pte_t *t, uint64_t extra_flags)
{
    uint64_t new = pte_make(virt_to_mfn(t), PAGE_HYPERVISOR_TABLE | extra_flags).e;

    return __atomic_compare_exchange_n(&e->e, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* The entry of @level for @va, with the tables above it made. NULL: no memory; or a superpage
 * is in the way, then *busy. */
static pte_t *entry_make(unsigned long va, unsigned int level, uint64_t user, bool *busy)
{
    pte_t *table = idle_l4;

    for (unsigned int l = 4; l > level; l--) {
        pte_t *e = &table[pt_index(va, l)];

        if (!(READ_ONCE(e->e) & PTE_PRESENT)) {
            pte_t *t = table_alloc();

            if (!t)
                return NULL;
            if (!table_install(e, 0, t, user))
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

    if (!(bits & 0x3ffff) && nr >= 0x40000 && cpu_has(XEN_X86_FEATURE_PAGE1GB))
        return 3;
    return !(bits & 0x1ff) && nr >= 0x200 ? 2 : 1;
}

/* The same flags in an entry of @level: the PAT bit lies elsewhere in a superpage's. */
static uint64_t flags_for_level(uint64_t flags, unsigned int level)
{
    if (level == 1)
        return flags;
    return (flags & ~PTE_PAT) | (flags & PTE_PAT ? PTE_PSE_PAT : 0) | PTE_PSE;
}

int xen_map_range(unsigned long va, mfn_t mfn, unsigned long nr, uint64_t flags)
{
    while (nr) {
        unsigned int level = best_level(va, mfn, nr);
        unsigned long step = 1UL << (9 * (level - 1));
        bool busy = false;
        pte_t *e = entry_make(va, level, flags & PTE_USER, &busy);

        if (busy || (e && (e->e & PTE_PRESENT)))
            return -EEXIST;
        if (!e)
            return -ENOMEM;
        WRITE_ONCE(e->e, pte_make(mfn, flags_for_level(flags, level)).e);
        va += step << PAGE_SHIFT;
        mfn = mfn_add(mfn, step);
        nr -= step;
    }
    return 0;
}

/* The entry that maps @va and its level; NULL: not mapped, *level is that of the gap. */
static pte_t *entry_find(unsigned long va, unsigned int *level)
{
    pte_t *table = idle_l4;

    for (unsigned int l = 4;; l--) {
        pte_t *e = &table[pt_index(va, l)];

        *level = l;
        if (!(READ_ONCE(e->e) & PTE_PRESENT))
            return NULL;
        if (is_leaf(*e, l))
            return e;
        table = entry_table(*e);
    }
}

/* Replace a superpage by a table of entries one level down. */
static int entry_split(pte_t *e, unsigned int level)
{
    uint64_t flags = e->e & ~(PTE_ADDR | PTE_PSE), addr = e->e & PTE_ADDR & ~PTE_PSE_PAT;
    uint64_t step = PAGE_SIZE << (9 * (level - 2));
    pte_t *t = table_alloc();

    if (!t)
        return -ENOMEM;
    flags |= e->e & PTE_PSE_PAT ? PTE_PAT : 0;
    for (unsigned int i = 0; i < PT_ENTRIES; i++)
        t[i].e = (addr + i * step) | flags_for_level(flags, level - 1);
    if (!table_install(e, e->e, t, e->e & PTE_USER))
        table_free(t);
    return 0;
}

/* Write @flags to (0: clear) all entries of a range. */
static int change_range(unsigned long va, unsigned long nr, uint64_t flags)
{
    while (nr) {
        unsigned int level;
        pte_t *e = entry_find(va, &level);
        unsigned long size = 1UL << (9 * (level - 1));
        unsigned long offset = (va >> PAGE_SHIFT) & (size - 1), step = min(size - offset, nr);

        if (e && (offset || step < size)) {
            int rc = entry_split(e, level);

            if (rc)
                return rc;
            continue;
        }
        if (e) {
            uint64_t addr = e->e & PTE_ADDR & ~(level > 1 ? PTE_PSE_PAT : 0);

            WRITE_ONCE(e->e, flags ? addr | flags_for_level(flags, level) : 0);
        }
        va += step << PAGE_SHIFT;
        nr -= step;
    }
    return 0;
}

static void flush_everywhere(void)
{
    flush_area_local(0, FLUSH_TLB_GLOBAL);
    if (num_online_cpus() > 1) {
        cpumask_t others = cpu_online_map;

        cpumask_clear(smp_processor_id(), &others);
        flush_area_mask(&others, 0, FLUSH_TLB_GLOBAL);
    }
}

void xen_unmap_range(unsigned long va, unsigned long nr)
{
    /* Only splitting allocates, and mappings are undone as they were made. */
    if (change_range(va, nr, 0))
        panic("no memory to unmap %lu pages at %lx", nr, va);
    flush_everywhere();
}

int xen_protect_range(unsigned long va, unsigned long nr, uint64_t flags)
{
    int rc = change_range(va, nr, flags);

    flush_everywhere();
    return rc;
}

paddr_t xen_va_to_maddr(unsigned long va)
{
    unsigned int level;
    pte_t *e = entry_find(va, &level);
    uint64_t low = (PAGE_SIZE << (9 * (level - 1))) - 1;

    return e ? (e->e & PTE_ADDR & ~low) | (va & low) : ~UINT64_C(0);
}

void *ioremap(paddr_t addr, size_t len)
{
    return vmap_device(addr, len, PAGE_HYPERVISOR_UC);
}

void iounmap(void *va)
{
    vunmap(va);
}
