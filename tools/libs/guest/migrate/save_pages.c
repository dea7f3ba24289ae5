/* SPDX-License-Identifier: MIT */
/* PAGE_DATA records: a batch of frames, with their types, and the contents of those that have any.
 */
#include "save.h"

#define BATCH FRAME_TYPES_MAX

struct save_batch {
    unsigned int nr;
    uint64_t pfn[BATCH];
    uint8_t type[BATCH];
    xen_pfn_t frame[BATCH]; /* what to map */
    /* Those with contents, in the order of the above. */
    unsigned int nr_mapped;
    xen_pfn_t map[BATCH];
    int err[BATCH];
    unsigned int index[BATCH]; /* of them in the arrays above */
    char *mapping;
    /* The record. */
    struct record_header head;
    struct record_pages pages;
    uint64_t word[BATCH];
    struct iovec iov[BATCH + 3];
    uint64_t tables[BATCH][XC_PAGE_SIZE / 8]; /* converted page tables */
};

void save_pages_free(struct save *s)
{
    free(s->batch);
    s->batch = NULL;
}

static int batch_types(struct save *s, struct save_batch *b)
{
    xen_pfn_t known[BATCH];
    uint8_t type[BATCH];
    unsigned int nr = 0, which[BATCH];

    for (unsigned int i = 0; i < b->nr; i++) {
        b->type[i] = FRAME_NONE;
        if (!s->kind->frame(s, b->pfn[i], &b->frame[i]))
            continue;
        which[nr] = i;
        known[nr++] = b->frame[i];
    }
    if (nr && frame_types(s->xch, s->domid, known, nr, type))
        return stream_fail(s->xch, errno, "cannot get types of the guest's frames");
    for (unsigned int i = 0; i < nr; i++) {
        /* What is there without contents exists only in streams. */
        b->type[which[i]] = frame_type_valid(type[i]) ? type[i] : FRAME_NONE;
    }
    return 0;
}

static int batch_map(struct save *s, struct save_batch *b)
{
    b->nr_mapped = 0;
    b->mapping = NULL;
    for (unsigned int i = 0; i < b->nr; i++) {
        if (!frame_has_content(b->type[i]))
            continue;
        b->index[b->nr_mapped] = i;
        b->map[b->nr_mapped++] = b->frame[i];
    }
    if (!b->nr_mapped)
        return 0;
    b->mapping = xc_map_foreign_bulk(s->xch, s->domid, PROT_READ, b->map, b->err, b->nr_mapped);
    if (!b->mapping)
        return stream_fail(s->xch, errno, "cannot map %u frames of the guest", b->nr_mapped);
    return 0;
}

/* The page cannot be sent: no more than a delay while the guest runs. */
static int put_off(struct save *s, uint64_t pfn, const char *why)
{
    if (!s->deferred || s->stopped)
        return stream_fail(s->xch, EIO, "frame %#lx of the guest %s", (unsigned long)pfn, why);
    if (!bit_is_set(s->deferred, pfn)) {
        bit_set(s->deferred, pfn);
        s->nr_deferred++;
    }
    return 0;
}

/* Fills in the record with what can be sent. */
static int batch_fill(struct save *s, struct save_batch *b)
{
    unsigned int parts = 3, tables = 0, words = 0;
    size_t length = 0;

    for (unsigned int i = 0, m = 0; i < b->nr; i++) {
        unsigned int level = frame_table_level(b->type[i]);
        void *content = NULL;

        if (frame_has_content(b->type[i])) {
            content = b->mapping + ((size_t)m << XC_PAGE_SHIFT);
            if (b->err[m++]) {
                if (put_off(s, b->pfn[i], "cannot be mapped"))
                    return -1;
                continue;
            }
        }
        if (level && s->kind->convert) {
            if (s->kind->convert(s, level, content, b->tables[tables])) {
                if (put_off(s, b->pfn[i], "is a page table with strange entries"))
                    return -1;
                continue;
            }
            content = b->tables[tables++];
        }
        b->word[words++] = b->pfn[i] | (uint64_t)b->type[i] << PAGES_TYPE_SHIFT;
        if (!content)
            continue;
        b->iov[parts++] = (struct iovec){content, XC_PAGE_SIZE};
        length += XC_PAGE_SIZE;
    }
    b->pages = (struct record_pages){.count = words};
    b->head.type = RECORD_PAGE_DATA;
    b->head.length = (uint32_t)(sizeof(b->pages) + words * sizeof(b->word[0]) + length);
    b->iov[0] = (struct iovec){&b->head, sizeof(b->head)};
    b->iov[1] = (struct iovec){&b->pages, sizeof(b->pages)};
    b->iov[2] = (struct iovec){b->word, words * sizeof(b->word[0])};
    return words ? (int)parts : 0;
}

static int batch_send(struct save *s)
{
    struct save_batch *b = s->batch;
    int parts, rc;

    if (!b->nr)
        return 0;
    rc = batch_types(s, b);
    if (!rc)
        rc = batch_map(s, b);
    if (rc)
        return rc;
    parts = batch_fill(s, b);
    if (parts < 0)
        rc = -1;
    else if (parts && stream_writev(s->fd, b->iov, (unsigned int)parts))
        rc = stream_fail(s->xch, errno, "cannot write pages");
    if (b->mapping)
        munmap(b->mapping, (size_t)b->nr_mapped << XC_PAGE_SHIFT);
    s->stats.total_written += b->nr;
    b->nr = 0;
    return rc;
}

int save_pages(struct save *s, const unsigned long *bits, const char *what)
{
    const char *before = xc_set_progress_prefix(s->xch, what);
    int rc = 0;

    if (!s->batch)
        s->batch = malloc(sizeof(*s->batch));
    if (!s->batch)
        return stream_fail(s->xch, ENOMEM, "no memory for pages");
    s->batch->nr = 0;
    for (uint64_t pfn = 0; pfn < s->nr_pfns && !rc; pfn++) {
        if (bits && !bits[pfn / BITS_PER_WORD]) {
            pfn |= BITS_PER_WORD - 1;
            continue;
        }
        if (bits && !bit_is_set(bits, pfn))
            continue;
        s->batch->pfn[s->batch->nr++] = pfn;
        if (s->batch->nr == BATCH) {
            rc = batch_send(s);
            xc_report_progress_step(s->xch, pfn + 1, s->nr_pfns);
        }
    }
    if (!rc)
        rc = batch_send(s);
    if (!rc)
        xc_report_progress_step(s->xch, s->nr_pfns, s->nr_pfns);
    xc_set_progress_prefix(s->xch, before);
    return rc;
}
