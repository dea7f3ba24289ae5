/* SPDX-License-Identifier: MIT */
/* Memory before the heap is up: a short sorted list of free ranges. */
#include <xen/kernel.h>
#include <xen/mm.h>

struct boot_range {
    uint64_t first, end; /* frames */
};

#define MAX_BOOT_RANGES 256
#define LOW_LIMIT       (GB(4) >> PAGE_SHIFT)

static struct boot_range ranges[MAX_BOOT_RANGES] __initdata;
static unsigned int nr_ranges __initdata;

static void __init range_insert(unsigned int at, uint64_t first, uint64_t end)
{
    if (nr_ranges == MAX_BOOT_RANGES)
        panic("boot allocator: too many ranges of memory");
    for (unsigned int i = nr_ranges; i > at; i--)
        ranges[i] = ranges[i - 1];
    ranges[at] = (struct boot_range){first, end};
    nr_ranges++;
}

static void __init range_remove(unsigned int at)
{
    nr_ranges--;
    for (unsigned int i = at; i < nr_ranges; i++)
        ranges[i] = ranges[i + 1];
}

void __init boot_pages_add(paddr_t start, paddr_t end)
{
    uint64_t first = PFN_UP(start), last = PFN_DOWN(end);
    unsigned int at = 0;

    if (first == 0) /* so that frame 0 never looks like "none" */
        first = 1;
    if (first >= last)
        return;
    while (at < nr_ranges && ranges[at].first < first)
        at++;
    range_insert(at, first, last);
}

/* Cut [first, first + nr) out of range @at. */
static void __init range_take(unsigned int at, uint64_t first, uint64_t nr)
{
    struct boot_range r = ranges[at];

    range_remove(at);
    if (first + nr < r.end)
        range_insert(at, first + nr, r.end);
    if (r.first < first)
        range_insert(at, r.first, first);
}

/* The highest place below @limit. False: none. */
static bool __init take_below(uint64_t nr, uint64_t align, uint64_t limit, mfn_t *out)
{
    for (unsigned int i = nr_ranges; i-- > 0;) {
        uint64_t end = min(ranges[i].end, limit), first;

        if (end < nr)
            continue;
        first = (end - nr) / align * align;
        if (end <= ranges[i].first || first < ranges[i].first)
            continue;
        range_take(i, first, nr);
        *out = mk_mfn(first);
        return true;
    }
    return false;
}

mfn_t __init boot_pages_alloc(uint64_t nr, uint64_t align_frames)
{
    mfn_t mfn;

    if (!take_below(nr, align_frames, LOW_LIMIT, &mfn) &&
        !take_below(nr, align_frames, ~UINT64_C(0), &mfn))
        panic("out of memory at boot: %lu frames", (unsigned long)nr);
    return mfn;
}

mfn_t __init boot_pages_alloc_high(uint64_t nr, uint64_t align_frames)
{
    mfn_t mfn;

    if (!take_below(nr, align_frames, ~UINT64_C(0), &mfn))
        panic("out of memory at boot: %lu frames", (unsigned long)nr);
    return mfn;
}

void __init boot_pages_drain(void (*fn)(uint64_t first_mfn, uint64_t end_mfn))
{
    for (unsigned int i = 0; i < nr_ranges; i++)
        fn(ranges[i].first, ranges[i].end);
    nr_ranges = 0;
}
