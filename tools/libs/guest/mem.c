/* SPDX-License-Identifier: MIT */
/* The guest's memory: places in it, mappings of it, writing to it. */
#include "dom.h"

#define CLEAR_BATCH     512u
#define WRITE_MAX_PAGES 4096u

void *xc_dom_boot_domU_map(struct xc_dom_image *dom, xen_pfn_t pfn, xen_pfn_t count)
{
    xen_pfn_t *mfns;
    void *p;
    int saved;

    if (!count || count > INT32_MAX) {
        errno = EINVAL;
        return NULL;
    }
    mfns = malloc(count * sizeof(*mfns));
    if (!mfns)
        return NULL;
    for (xen_pfn_t i = 0; i < count; i++)
        mfns[i] = xc_dom_p2m(dom, pfn + i);
    p = xc_map_foreign_pages(dom->xch, dom->guest_domid, PROT_READ | PROT_WRITE, mfns, (int)count);
    saved = errno;
    free(mfns);
    errno = saved;
    if (!p)
        dom_fail(dom, XC_INTERNAL_ERROR, errno, "cannot map %lu frames from %#lx on", count, pfn);
    return p;
}

static struct xc_dom_phys *mapping_of(struct xc_dom_image *dom, xen_pfn_t pfn, xen_pfn_t count)
{
    for (struct xc_dom_phys *m = dom->phys_pages; m; m = m->next)
        if (pfn >= m->first && pfn < m->first + m->count && count <= m->count - (pfn - m->first))
            return m;
    return NULL;
}

void *xc_dom_pfn_to_ptr_retcount(struct xc_dom_image *dom, xen_pfn_t first, xen_pfn_t count,
                                 xen_pfn_t *count_out)
{
    struct xc_dom_phys *m = mapping_of(dom, first, count ? count : 1);

    *count_out = 0;
    if (!m) {
        if (!count)
            return NULL; /* only asks for what is there */
        m = calloc(1, sizeof(*m));
        if (!m)
            return NULL;
        m->ptr = xc_dom_boot_domU_map(dom, first, count);
        if (!m->ptr) {
            free(m);
            return NULL;
        }
        m->first = first;
        m->count = count;
        m->next = dom->phys_pages;
        dom->phys_pages = m;
        dom->alloc_domU_map += count << XC_PAGE_SHIFT;
    }
    *count_out = count ? count : m->count - (first - m->first);
    return (char *)m->ptr + ((first - m->first) << XC_PAGE_SHIFT);
}

void *xc_dom_pfn_to_ptr(struct xc_dom_image *dom, xen_pfn_t first, xen_pfn_t count)
{
    xen_pfn_t got;

    return xc_dom_pfn_to_ptr_retcount(dom, first, count, &got);
}

static void mapping_drop(struct xc_dom_image *dom, struct xc_dom_phys **link)
{
    struct xc_dom_phys *m = *link;

    *link = m->next;
    munmap(m->ptr, m->count << XC_PAGE_SHIFT);
    dom->alloc_domU_map -= m->count << XC_PAGE_SHIFT;
    free(m);
}

void xc_dom_unmap_one(struct xc_dom_image *dom, xen_pfn_t pfn)
{
    for (struct xc_dom_phys **link = &dom->phys_pages; *link; link = &(*link)->next) {
        if (pfn >= (*link)->first && pfn < (*link)->first + (*link)->count) {
            mapping_drop(dom, link);
            return;
        }
    }
}

void xc_dom_unmap_all(struct xc_dom_image *dom)
{
    while (dom->phys_pages)
        mapping_drop(dom, &dom->phys_pages);
}

void xc_dom_release_phys(struct xc_dom_image *dom)
{
    xc_dom_unmap_all(dom);
}

void *xc_dom_vaddr_to_ptr(struct xc_dom_image *dom, xen_vaddr_t vaddr, size_t *safe_region_out)
{
    uint64_t off = vaddr - dom->parms->virt_base;
    xen_pfn_t count;
    char *p;

    *safe_region_out = 0;
    if (vaddr < dom->parms->virt_base)
        return NULL;
    p = xc_dom_pfn_to_ptr_retcount(dom, dom->rambase_pfn + (off >> XC_PAGE_SHIFT), 0, &count);
    if (!p)
        return NULL;
    *safe_region_out = (count << XC_PAGE_SHIFT) - (off & ~XC_PAGE_MASK);
    return p + (off & ~XC_PAGE_MASK);
}

/* Up to where things can be placed. The builder works below the hole for devices. */
static xen_pfn_t place_end(const struct xc_dom_image *dom)
{
    return xc_dom_translated(dom) ? dom->lowmem_end >> XC_PAGE_SHIFT
                                  : dom->rambase_pfn + dom->total_pages;
}

/* Moves the end of what is placed by @pages; false if the guest has not so many. */
static bool take_pages(struct xc_dom_image *dom, const char *name, uint64_t pages)
{
    uint64_t room = place_end(dom) - dom->pfn_alloc_end;

    if (pages > room) {
        dom_fail(dom, XC_OUT_OF_MEMORY, ENOMEM, "%s: %lu frames, but the guest has %lu left", name,
                 (unsigned long)pages, (unsigned long)room);
        return false;
    }
    dom->pfn_alloc_end += pages;
    dom->virt_alloc_end += pages << XC_PAGE_SHIFT;
    return true;
}

int xc_dom_alloc_segment(struct xc_dom_image *dom, struct xc_dom_seg *seg, const char *name,
                         xen_vaddr_t start, xen_vaddr_t size)
{
    uint64_t pages = PAGE_UP(size) >> XC_PAGE_SHIFT;

    if (start) {
        if (start < dom->virt_alloc_end || (start & ~XC_PAGE_MASK))
            return dom_fail(dom, XC_INTERNAL_ERROR, EINVAL, "%s cannot be at %#lx", name,
                            (unsigned long)start);
        if (!take_pages(dom, name, (start - dom->virt_alloc_end) >> XC_PAGE_SHIFT))
            return -1;
    }
    seg->vstart = dom->virt_alloc_end;
    seg->pfn = dom->pfn_alloc_end;
    if (!take_pages(dom, name, pages))
        return -1;
    seg->vend = dom->virt_alloc_end;
    seg->pages = pages;
    xc_dom_printf(dom->xch, "%-12s %#lx to %#lx, %lu frames from %#lx on", name,
                  (unsigned long)seg->vstart, (unsigned long)seg->vend, (unsigned long)pages,
                  (unsigned long)seg->pfn);
    return 0;
}

xen_pfn_t xc_dom_alloc_page(struct xc_dom_image *dom, const char *name)
{
    struct xc_dom_seg seg;

    return xc_dom_alloc_segment(dom, &seg, name, 0, XC_PAGE_SIZE) ? INVALID_MFN : seg.pfn;
}

/* HVM and PVH: the hypervisor clears no frames by their guest numbers. */
static int clear_mapped(struct xc_dom_image *dom, xen_pfn_t first, xen_pfn_t count)
{
    while (count) {
        xen_pfn_t nr = count < WRITE_MAX_PAGES ? count : WRITE_MAX_PAGES;
        void *p = xc_dom_boot_domU_map(dom, first, nr);

        if (!p)
            return -1;
        memset(p, 0, nr << XC_PAGE_SHIFT);
        munmap(p, nr << XC_PAGE_SHIFT);
        first += nr;
        count -= nr;
    }
    return 0;
}

static int clear_frames(struct xc_dom_image *dom, xen_pfn_t first, xen_pfn_t count)
{
    struct mmuext_op op[CLEAR_BATCH];
    xen_pfn_t done = 0;

    if (xc_dom_translated(dom))
        return clear_mapped(dom, first, count);
    while (done < count) {
        unsigned int nr = count - done < CLEAR_BATCH ? (unsigned int)(count - done) : CLEAR_BATCH;

        for (unsigned int i = 0; i < nr; i++)
            op[i] = (struct mmuext_op){.cmd = MMUEXT_CLEAR_PAGE,
                                       .arg1.mfn = xc_dom_p2m(dom, first + done + i)};
        if (xc_mmuext_op(dom->xch, op, nr, dom->guest_domid) < 0)
            return -1;
        done += nr;
    }
    return 0;
}

static int copy_frames(struct xc_dom_image *dom, xen_pfn_t first, const char *src, size_t len)
{
    size_t mapped = PAGE_UP(len);
    char *p = xc_dom_boot_domU_map(dom, first, mapped >> XC_PAGE_SHIFT);

    if (!p)
        return -1;
    memcpy(p, src, len);
    memset(p + len, 0, mapped - len);
    munmap(p, mapped);
    return 0;
}

static bool page_is_zero(const char *src)
{
    const uint64_t *w = (const uint64_t *)(const void *)src;

    for (unsigned int i = 0; i < XC_PAGE_SIZE / 8; i += 8)
        if (w[i] | w[i + 1] | w[i + 2] | w[i + 3] | w[i + 4] | w[i + 5] | w[i + 6] | w[i + 7])
            return false;
    return true;
}

/* Whole pages from @at on that are alike, zero or not. */
static size_t run_length(const char *src, size_t at, size_t len, bool zero)
{
    size_t n = at;

    while (n < len && (n - at) / XC_PAGE_SIZE < WRITE_MAX_PAGES &&
           (len - n >= XC_PAGE_SIZE && page_is_zero(src + n)) == zero)
        n += XC_PAGE_SIZE;
    return (n < len ? n : len) - at;
}

int dom_write(struct xc_dom_image *dom, xen_pfn_t first, const void *src, size_t len)
{
    size_t at = 0;

    if (!src)
        return clear_frames(dom, first, PAGE_UP(len) >> XC_PAGE_SHIFT);
    if ((uintptr_t)src % 8)
        return copy_frames(dom, first, src, len);
    while (at < len) {
        const char *from = (const char *)src + at;
        bool zero = len - at >= XC_PAGE_SIZE && page_is_zero(from);
        size_t run = run_length(src, at, len, zero);
        xen_pfn_t pfn = first + (at >> XC_PAGE_SHIFT);

        if (zero ? clear_frames(dom, pfn, run >> XC_PAGE_SHIFT) : copy_frames(dom, pfn, from, run))
            return -1;
        at += run;
    }
    return 0;
}
