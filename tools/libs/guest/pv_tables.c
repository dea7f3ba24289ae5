/* SPDX-License-Identifier: MIT */
/*
 * Initial page tables of a 64-bit PV guest: one tree with the initial mapping, which its own frames
 * are part of, and, if the kernel asked for it, the list of frames at an address of its own, whose
 * tables stand right behind it and outside of the initial mapping.
 *
 * Source: AMD APM vol 2, 5.3 (long mode paging); xen.h, start-of-day memory layout and start_info;
 * elfnote.h, XEN_ELFNOTE_INIT_P2M.
 */
#include "dom.h"

#define PTE_P         0x001ull
#define PTE_RW        0x002ull
#define PTE_US        0x004ull
#define PTE_A         0x020ull
#define PTE_D         0x040ull
#define PTE_PAGE      (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define PTE_PAGE_RO   (PTE_P | PTE_US | PTE_A | PTE_D)
#define PTE_TABLE     PTE_PAGE
#define LEVELS        4u
#define PER_TABLE     512u
#define INITIAL_ALIGN (4ull << 20)
#define INITIAL_PAD   (512ull << 10)

/* Virtual addresses first to last map frames from pfn on. */
struct area {
    uint64_t first;
    uint64_t last; /* inclusive */
    xen_pfn_t pfn;
    xen_pfn_t pages; /* those beyond stay unmapped */
    /* Per level, 0 for L1: number of tables, and the first of their frames. The top is shared. */
    unsigned long nr[LEVELS];
    xen_pfn_t table[LEVELS];
};

struct tables {
    struct area initial, p2m;
    bool has_p2m;
};

static unsigned int level_shift(unsigned int level)
{
    return XC_PAGE_SHIFT + 9 * (level + 1);
}

static unsigned long count_level(const struct area *a, unsigned int level)
{
    unsigned int shift = level_shift(level);

    return level == LEVELS - 1 ? 1 : (unsigned long)((a->last >> shift) - (a->first >> shift) + 1);
}

/* Tables which @a needs below the top. */
static unsigned long count_tables(struct area *a)
{
    unsigned long sum = 0;

    for (unsigned int l = 0; l < LEVELS - 1; l++)
        sum += a->nr[l] = count_level(a, l);
    return sum;
}

static void assign_tables(struct area *a, xen_pfn_t first)
{
    for (unsigned int l = LEVELS - 1; l-- > 0;) {
        a->table[l] = first;
        first += a->nr[l];
    }
}

static struct tables *tables_of(struct xc_dom_image *dom)
{
    if (!dom->arch_private)
        dom->arch_private = xc_dom_malloc(dom, sizeof(struct tables));
    return dom->arch_private;
}

/* The mapping ends beyond the tables, whose number depends on where it ends: until it fits. */
static unsigned long fit_initial(struct xc_dom_image *dom, struct area *a)
{
    unsigned long pages, before = 0;

    for (;;) {
        uint64_t end = dom->virt_alloc_end + ((before + 1) << XC_PAGE_SHIFT) + INITIAL_PAD;

        end = (end + INITIAL_ALIGN - 1) & ~(INITIAL_ALIGN - 1);
        a->last = end - 1;
        pages = 1 + count_tables(a);
        if (pages <= before)
            return before;
        before = pages;
    }
}

int dom_pv_alloc_tables(struct xc_dom_image *dom)
{
    struct tables *t = tables_of(dom);
    struct area *a;
    struct xc_dom_seg stack, pad;
    unsigned long pages;

    if (!t)
        return -1;
    a = &t->initial;
    a->first = dom->parms->virt_base;
    a->pfn = dom->rambase_pfn;
    pages = fit_initial(dom, a);
    if (xc_dom_alloc_segment(dom, &dom->pgtables_seg, "page tables", 0, pages << XC_PAGE_SHIFT))
        return -1;
    a->table[LEVELS - 1] = dom->pgtables_seg.pfn;
    assign_tables(a, dom->pgtables_seg.pfn + 1);
    if (dom->alloc_bootstack) {
        if (xc_dom_alloc_segment(dom, &stack, "boot stack", 0, XC_PAGE_SIZE))
            return -1;
        dom->bootstack_pfn = stack.pfn;
    }
    if (xc_dom_alloc_segment(dom, &pad, "padding", 0, a->last + 1 - dom->virt_alloc_end))
        return -1;
    dom->virt_pgtab_end = a->last + 1;
    a->pages = dom->pfn_alloc_end - dom->rambase_pfn;
    return 0;
}

/* The list of frames apart from the initial mapping, with its tables. */
int dom_pv_alloc_p2m(struct xc_dom_image *dom)
{
    struct tables *t = tables_of(dom);
    struct area *a = &t->p2m;
    uint64_t len = PAGE_UP((uint64_t)dom->p2m_size * sizeof(xen_pfn_t));
    unsigned long pages;

    a->first = dom->parms->p2m_base;
    if ((a->first & ~XC_PAGE_MASK) || __builtin_add_overflow(a->first, len - 1, &a->last) ||
        a->first >> level_shift(LEVELS - 2) == t->initial.first >> level_shift(LEVELS - 2))
        return dom_fail(dom, XC_INVALID_KERNEL, EINVAL, "bad address for the list of frames");
    pages = count_tables(a);
    if (xc_dom_alloc_segment(dom, &dom->p2m_seg, "frame list", 0,
                             len + ((uint64_t)pages << XC_PAGE_SHIFT)))
        return -1;
    a->pfn = dom->p2m_seg.pfn;
    a->pages = len >> XC_PAGE_SHIFT;
    assign_tables(a, a->pfn + a->pages);
    dom->p2m_seg.vstart = a->first;
    dom->p2m_seg.vend = a->last + 1;
    t->has_p2m = true;
    return 0;
}

/* The frames of tables, mapped here from @base on. */
struct window {
    uint64_t *ptr;
    xen_pfn_t base;
};

static uint64_t *entry_of(const struct window *w, const struct area *a, unsigned int level,
                          uint64_t vaddr)
{
    unsigned int shift = level_shift(level);
    xen_pfn_t pfn = a->table[level];

    if (level < LEVELS - 1)
        pfn += (vaddr >> shift) - (a->first >> shift);
    return w->ptr + (pfn - w->base) * PER_TABLE + ((vaddr >> (shift - 9)) % PER_TABLE);
}

static bool is_table(const struct xc_dom_image *dom, xen_pfn_t pfn)
{
    return pfn >= dom->pgtables_seg.pfn && pfn < dom->pgtables_seg.pfn + dom->pgtables_seg.pages;
}

static void fill_pages(struct xc_dom_image *dom, const struct window *w, const struct area *a)
{
    for (xen_pfn_t i = 0; i < a->pages; i++) {
        uint64_t mfn = xc_dom_p2m(dom, a->pfn + i);

        *entry_of(w, a, 0, a->first + (i << XC_PAGE_SHIFT)) =
            mfn << XC_PAGE_SHIFT | (is_table(dom, a->pfn + i) ? PTE_PAGE_RO : PTE_PAGE);
    }
}

/* Entries of @level that point to the tables of the level below. */
static void fill_tables(struct xc_dom_image *dom, const struct window *w, const struct area *a,
                        unsigned int level)
{
    unsigned int below = level_shift(level - 1);

    for (unsigned long i = 0; i < a->nr[level - 1]; i++) {
        uint64_t vaddr = i ? ((a->first >> below) + i) << below : a->first;
        uint64_t mfn = xc_dom_p2m(dom, a->table[level - 1] + i);

        *entry_of(w, a, level, vaddr) = mfn << XC_PAGE_SHIFT | PTE_TABLE;
    }
}

/* All but the entry of the top. */
static void fill_area(struct xc_dom_image *dom, const struct window *w, const struct area *a)
{
    fill_pages(dom, w, a);
    for (unsigned int level = 1; level < LEVELS - 1; level++)
        fill_tables(dom, w, a, level);
}

static int write_p2m_area(struct xc_dom_image *dom, struct tables *t)
{
    struct area *a = &t->p2m;
    xen_pfn_t first = a->pfn + a->pages, pages = dom->p2m_seg.pfn + dom->p2m_seg.pages - first;
    struct window w = {xc_dom_boot_domU_map(dom, first, pages), first};

    if (!w.ptr)
        return -1;
    memset(w.ptr, 0, pages << XC_PAGE_SHIFT);
    fill_area(dom, &w, a);
    munmap(w.ptr, pages << XC_PAGE_SHIFT);
    return 0;
}

int dom_pv_write_tables(struct xc_dom_image *dom)
{
    struct tables *t = dom->arch_private;
    struct xc_dom_seg *seg = &dom->pgtables_seg;
    struct window w = {xc_dom_boot_domU_map(dom, seg->pfn, seg->pages), seg->pfn};

    if (!w.ptr)
        return -1;
    memset(w.ptr, 0, seg->pages << XC_PAGE_SHIFT);
    fill_area(dom, &w, &t->initial);
    fill_tables(dom, &w, &t->initial, LEVELS - 1);
    if (t->has_p2m) {
        t->p2m.table[LEVELS - 1] = seg->pfn;
        fill_tables(dom, &w, &t->p2m, LEVELS - 1);
    }
    munmap(w.ptr, seg->pages << XC_PAGE_SHIFT);
    if (t->has_p2m && write_p2m_area(dom, t))
        return -1;
    /* What of it the frame list has is the list alone; its tables come behind. */
    return dom_write(dom, dom->p2m_seg.pfn, dom->pv_p2m, (size_t)dom->p2m_size * sizeof(xen_pfn_t));
}
