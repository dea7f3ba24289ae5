/* SPDX-License-Identifier: MIT */
#include <asm/dt.h>
#include <xen/kernel.h>

static void remove_at(struct dt_ranges *rs, unsigned int i)
{
    rs->nr--;
    for (; i < rs->nr; i++)
        rs->r[i] = rs->r[i + 1];
}

static int insert_at(struct dt_ranges *rs, unsigned int i, paddr_t start, paddr_t end)
{
    if (rs->nr == DT_MAX_RANGES)
        return -E2BIG;
    for (unsigned int j = rs->nr++; j > i; j--)
        rs->r[j] = rs->r[j - 1];
    rs->r[i] = (struct dt_range){start, end - start};
    return 0;
}

static paddr_t end_of(const struct dt_range *r)
{
    return r->start + r->size;
}

int dt_ranges_add(struct dt_ranges *rs, paddr_t start, uint64_t size)
{
    paddr_t end = start + size;
    unsigned int i = 0;

    if (!size || end < start)
        return -EINVAL;
    while (i < rs->nr && end_of(&rs->r[i]) < start)
        i++;
    /* Swallow those that touch it. */
    while (i < rs->nr && rs->r[i].start <= end) {
        start = min(start, rs->r[i].start);
        end = max(end, end_of(&rs->r[i]));
        remove_at(rs, i);
    }
    return insert_at(rs, i, start, end);
}

int dt_ranges_sub(struct dt_ranges *rs, paddr_t start, uint64_t size)
{
    paddr_t end = start + size;

    if (!size || end < start)
        return -EINVAL;
    for (unsigned int i = 0; i < rs->nr; i++) {
        paddr_t s = rs->r[i].start, e = end_of(&rs->r[i]);

        if (e <= start || s >= end)
            continue;
        if (s < start && e > end) {
            int rc = insert_at(rs, i + 1, end, e);

            if (!rc)
                rs->r[i].size = start - s;
            return rc;
        }
        if (s < start)
            rs->r[i].size = start - s;
        else if (e > end)
            rs->r[i] = (struct dt_range){end, e - end};
        else
            remove_at(rs, i--);
    }
    return 0;
}

bool dt_ranges_overlap(const struct dt_ranges *rs, paddr_t start, uint64_t size)
{
    for (unsigned int i = 0; i < rs->nr; i++) {
        if (start < end_of(&rs->r[i]) && rs->r[i].start - start < size)
            return true;
        if (start >= rs->r[i].start && start < end_of(&rs->r[i]))
            return true;
    }
    return false;
}
