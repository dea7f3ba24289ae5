/* SPDX-License-Identifier: MIT */
/* Memory: populating frames and filling them. */
#include "restore.h"

#define BATCH 1024u
#define TABLE (XC_PAGE_SIZE / sizeof(uint64_t))

/* Frames to be populated, gathered. */
struct wanted {
    unsigned int nr;
    uint64_t pfn[BATCH];
};

static int populate(struct restore *r, struct wanted *w)
{
    xen_pfn_t extent[BATCH];
    int rc;

    if (!w->nr)
        return 0;
    for (unsigned int i = 0; i < w->nr; i++)
        extent[i] = w->pfn[i];
    rc = xc_domain_populate_physmap_exact(r->xch, r->domid, w->nr, 0, 0, extent);
    for (unsigned int i = 0; i < w->nr; i++)
        frame_set_maps(r, w->pfn[i], rc ? NO_FRAME : extent[i]);
    w->nr = 0;
    if (rc)
        return stream_fail(r->xch, errno, "cannot get memory for the guest");
    return 0;
}

static int want(struct restore *r, struct wanted *w, uint64_t pfn)
{
    if (frame_maps(r, pfn) != NO_FRAME)
        return 0;
    if (frame_make(r, pfn))
        return -1;
    frame_set_maps(r, pfn, PENDING);
    w->pfn[w->nr++] = pfn;
    return w->nr == BATCH ? populate(r, w) : 0;
}

struct pages {
    const uint64_t *word;
    uint32_t count;
    const char *content;
};

static uint64_t page_pfn(const struct pages *p, uint32_t i)
{
    return p->word[i] & PAGES_PFN_MASK;
}
static unsigned int page_type(const struct pages *p, uint32_t i)
{
    return (unsigned int)(p->word[i] >> PAGES_TYPE_SHIFT);
}

static int pages_check(struct restore *r, const struct record *rec, struct pages *p)
{
    const struct record_pages *head = rec->data;
    uint64_t with_content = 0, last = 0;

    if (rec->length < sizeof(*head) || !head->count || head->zero ||
        head->count > (rec->length - sizeof(*head)) / sizeof(uint64_t))
        return stream_fail(r->xch, EINVAL, "a record of pages of %u bytes has a bad head",
                           rec->length);
    p->count = head->count;
    p->word = (const uint64_t *)(head + 1);
    p->content = (const char *)(p->word + p->count);
    for (uint32_t i = 0; i < p->count; i++) {
        if ((p->word[i] & PAGES_ZERO_MASK) || !frame_type_valid(page_type(p, i)))
            return stream_fail(r->xch, EINVAL, "a page is described by %#lx",
                               (unsigned long)p->word[i]);
        if (page_pfn(p, i) > last)
            last = page_pfn(p, i);
        with_content += frame_has_content(page_type(p, i));
    }
    if (rec->length != sizeof(*head) + p->count * sizeof(uint64_t) + with_content * XC_PAGE_SIZE)
        return stream_fail(r->xch, EINVAL, "a record of %lu pages has %u bytes",
                           (unsigned long)with_content, rec->length);
    if (r->kind != &restore_pv)
        return restore_room(r, last + 1);
    if (last >= r->nr_pfns)
        return stream_fail(r->xch, ERANGE, "page %#lx is beyond the guest's last one",
                           (unsigned long)last);
    return 0;
}

/* Frames that a page table names get memory too, now: their contents may come later. */
static int want_entries(struct restore *r, struct wanted *w, unsigned int level, const char *page)
{
    const uint64_t *table = (const uint64_t *)page;
    int rc = 0;

    for (unsigned int i = 0; i < TABLE && !rc; i++) {
        uint64_t pfn = (table[i] & PTE_ADDR_MASK) >> XC_PAGE_SHIFT;

        if (!(table[i] & PTE_PRESENT) ||
            (level == FRAME_L4 && i >= XEN_SLOT_FIRST && i <= XEN_SLOT_LAST))
            continue;
        if (pfn >= r->nr_pfns || (level > 1 && (table[i] & PTE_LARGE)))
            return stream_fail(r->xch, EINVAL, "a page table has the entry %#lx",
                               (unsigned long)table[i]);
        rc = want(r, w, pfn);
    }
    return rc;
}

static int pages_populate(struct restore *r, const struct pages *p)
{
    struct wanted w = {0};
    const char *page = p->content;
    int rc = 0;

    for (uint32_t i = 0; i < p->count && !rc; i++) {
        unsigned int type = page_type(p, i), level = frame_table_level(type);

        rc = frame_set_type(r, page_pfn(p, i), type);
        if (!rc && frame_type_has_memory(type))
            rc = want(r, &w, page_pfn(p, i));
        if (!rc && level && r->kind->convert)
            rc = want_entries(r, &w, level, page);
        if (frame_has_content(type))
            page += XC_PAGE_SIZE;
    }
    return rc ? rc : populate(r, &w);
}

static int page_put(struct restore *r, unsigned int type, void *to, const char *from)
{
    uint64_t converted[TABLE];
    unsigned int level = frame_table_level(type);

    if (level && r->kind->convert) {
        if (r->kind->convert(r, level, (const uint64_t *)from, converted))
            return -1;
        from = (const char *)converted;
    }
    if (r->verify)
        r->nr_different += !!memcmp(to, from, XC_PAGE_SIZE);
    else
        memcpy(to, from, XC_PAGE_SIZE);
    return 0;
}

/* Entries @first to @end of the record; *@page is the first one's contents, then the next's. */
static int pages_write(struct restore *r, const struct pages *p, uint32_t first, uint32_t end,
                       const char **page)
{
    xen_pfn_t frames[BATCH] = {0};
    unsigned int nr = 0;
    char *map, *to;
    int rc = 0;

    for (uint32_t i = first; i < end; i++) {
        if (!frame_has_content(page_type(p, i)))
            continue;
        frames[nr++] = frame_maps(r, page_pfn(p, i));
    }
    if (!nr)
        return 0;
    map = to = xc_map_foreign_pages(r->xch, r->domid, PROT_READ | PROT_WRITE, frames, (int)nr);
    if (!map)
        return stream_fail(r->xch, errno, "cannot map %u frames of the guest", nr);
    for (uint32_t i = first; i < end && !rc; i++) {
        if (!frame_has_content(page_type(p, i)))
            continue;
        rc = page_put(r, page_type(p, i), to, *page);
        to += XC_PAGE_SIZE;
        *page += XC_PAGE_SIZE;
    }
    munmap(map, (size_t)nr << XC_PAGE_SHIFT);
    return rc;
}

int restore_pages(struct restore *r, const struct record *rec)
{
    struct pages p;
    const char *page;
    int rc = pages_check(r, rec, &p);

    if (!rc)
        rc = pages_populate(r, &p);
    if (rc)
        return rc;
    page = p.content;
    for (uint32_t i = 0; i < p.count && !rc; i += BATCH)
        rc = pages_write(r, &p, i, p.count - i < BATCH ? p.count : i + BATCH, &page);
    return rc;
}

int restore_drop(struct restore *r)
{
    for (uint64_t pfn = frame_next(r, 0); pfn < r->nr_pfns; pfn = frame_next(r, pfn + 1)) {
        xen_pfn_t extent = frame_maps(r, pfn);

        if (frame_type(r, pfn) != FRAME_NONE || extent == NO_FRAME)
            continue;
        frame_set_maps(r, pfn, NO_FRAME);
        if (xc_domain_decrease_reservation_exact(r->xch, r->domid, 1, 0, &extent))
            return stream_fail(r->xch, errno, "cannot give back a frame of the guest");
    }
    return 0;
}
