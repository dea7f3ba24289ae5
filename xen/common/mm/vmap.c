/* SPDX-License-Identifier: MIT */
/*
 * Scattered frames at consecutive addresses. A bitmap has a bit per page of the area; between two
 * mappings there is always a free page, which catches overruns and ends the mapping.
 */
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/mappings.h>
#include <xen/spinlock.h>

#define VMAP_PAGES (1U << 20) /* 4 GiB of the area */

static DEFINE_SPINLOCK(vmap_lock, RANK_MAPPINGS);
static DECLARE_BITMAP(vmap_used, VMAP_PAGES);
static unsigned int vmap_hint;

static unsigned long page_va(unsigned int idx)
{
    return VMAP_START + (unsigned long)idx * PAGE_SIZE;
}

/* Index of the first of @nr pages, with one free on either side, at or after @from; 0: none. */
static unsigned int find_space(unsigned int nr, unsigned int from)
{
    while (from + nr + 2 <= VMAP_PAGES) {
        unsigned int first = find_next_zero_bit(vmap_used, VMAP_PAGES, from);
        unsigned int stop;

        if (first + nr + 2 > VMAP_PAGES)
            return 0;
        stop = find_next_bit(vmap_used, first + nr + 2, first);
        if (stop == first + nr + 2)
            return first + 1;
        from = stop + 1;
    }
    return 0;
}

static unsigned int space_take(unsigned int nr)
{
    unsigned int idx;

    if (nr == 0 || nr >= VMAP_PAGES - 2)
        return 0;
    spin_lock(&vmap_lock);
    idx = find_space(nr, vmap_hint);
    if (!idx)
        idx = find_space(nr, 0);
    if (idx) {
        bitmap_set(vmap_used, idx, nr);
        vmap_hint = idx + nr;
    }
    spin_unlock(&vmap_lock);
    return idx;
}

static void space_release(unsigned int idx, unsigned int nr)
{
    spin_lock(&vmap_lock);
    bitmap_clear(vmap_used, idx, nr);
    vmap_hint = min(vmap_hint, idx - 1);
    spin_unlock(&vmap_lock);
}

unsigned long vmap_reserve(unsigned int nr)
{
    unsigned int idx = space_take(nr);

    return idx ? page_va(idx) : 0;
}

unsigned int vmap_size(const void *va)
{
    unsigned int idx = (unsigned int)(((unsigned long)va - VMAP_START) >> PAGE_SHIFT), end;

    BUG_ON((unsigned long)va < VMAP_START || idx >= VMAP_PAGES || !test_bit(idx, vmap_used));
    spin_lock(&vmap_lock);
    end = find_next_zero_bit(vmap_used, VMAP_PAGES, idx);
    spin_unlock(&vmap_lock);
    return end - idx;
}

void vmap_release(unsigned long va, unsigned int nr)
{
    space_release((unsigned int)((va - VMAP_START) >> PAGE_SHIFT), nr);
}

void *vmap_frames(const mfn_t *mfns, unsigned int nr)
{
    unsigned long va = vmap_reserve(nr);

    if (!va)
        return NULL;
    if (port_vmap_map(va, mfns, nr)) {
        vmap_release(va, nr);
        return NULL;
    }
    return (void *)va;
}

void vunmap(const void *va)
{
    unsigned long start = (unsigned long)va & PAGE_MASK;
    unsigned int nr;

    if (!va)
        return;
    nr = vmap_size((void *)start);
    port_vmap_unmap(start, nr);
    vmap_release(start, nr);
}

static void free_frames(const mfn_t *mfns, unsigned int nr)
{
    while (nr-- > 0)
        heap_free_pages(mfn_to_page(mfns[nr]), 0);
}

void *vmalloc(size_t bytes)
{
    unsigned int nr = (unsigned int)PFN_UP(bytes), done;
    mfn_t *mfns;
    void *va = NULL;

    if (bytes == 0 || PFN_UP(bytes) >= VMAP_PAGES)
        return NULL;
    mfns = xmalloc_array(mfn_t, nr);
    if (!mfns)
        return NULL;
    for (done = 0; done < nr; done++) {
        struct page_info *pg = heap_alloc_pages(0, MEMF_no_scrub);

        if (!pg)
            goto fail;
        mfns[done] = page_to_mfn(pg);
    }
    va = vmap_frames(mfns, nr);
    if (va)
        goto out;
fail:
    free_frames(mfns, done);
out:
    xfree(mfns);
    return va;
}

void *vzalloc(size_t bytes)
{
    void *va = vmalloc(bytes);

    return va ? memset(va, 0, bytes) : NULL;
}

void vfree(void *va)
{
    struct page_list_head pages = PAGE_LIST_HEAD_INIT;
    struct page_info *pg;
    unsigned int nr;

    if (!va)
        return;
    nr = vmap_size(va);
    for (unsigned int i = 0; i < nr; i++) {
        mfn_t mfn = port_vmap_mfn((unsigned long)va + i * PAGE_SIZE);

        page_list_add(mfn_to_page(mfn), &pages);
    }
    vunmap(va);
    while ((pg = page_list_remove_head(&pages)) != NULL)
        heap_free_pages(pg, 0);
}
