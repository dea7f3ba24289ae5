/* SPDX-License-Identifier: MIT */
/* dom0_mem= and dom0_max_vcpus=. */
#include <xen/cpumask.h>
#include <xen/dom0.h>
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>

/* A size, a share of memory in per cent, or both added; negative: all but so much. */
struct amount {
    bool set, negative;
    uint64_t pages;
    unsigned int percent;
};
enum { SIZE, LEAST, MOST, NR_AMOUNTS };
static struct amount mem[NR_AMOUNTS] __initdata;
static unsigned int min_vcpus __initdata, max_vcpus __initdata;

static int __init parse_amount(const char *s, const char **end, struct amount *a)
{
    uint64_t bytes = 0;

    *a = (struct amount){.set = true, .negative = *s == '-'};
    if (*s == '-')
        s++;
    do {
        const char *digits = s;
        unsigned long n = simple_strtoul(s, end, 0);

        if (**end == '%' && *end != digits) {
            if (n >= 100)
                return -EINVAL;
            a->percent = (unsigned int)n;
            (*end)++;
        } else if (parse_size(digits, end, 10, &bytes)) {
            return -EINVAL;
        } else {
            a->pages = bytes >> PAGE_SHIFT;
        }
        s = *end + 1;
    } while (**end == '+');
    return 0;
}

static int __init parse_dom0_mem(const char *s)
{
    struct amount amounts[NR_AMOUNTS];
    int rc = 0;

    memcpy(amounts, mem, sizeof(mem));
    while (!rc && *s) {
        unsigned int which = strstarts(s, "min:") ? LEAST : strstarts(s, "max:") ? MOST : SIZE;

        rc = parse_amount(which == SIZE ? s : s + 4, &s, &amounts[which]);
        if (!rc && *s && *s++ != ',')
            rc = -EINVAL;
    }
    if (!rc)
        memcpy(mem, amounts, sizeof(mem));
    return rc;
}
PARAM_FN("dom0_mem", parse_dom0_mem);

/* "N", "N-M", "-M" or "N-". */
static int __init parse_max_vcpus(const char *s)
{
    const char *start = s, *end = s;
    unsigned int least = 0, most;

    if (*s != '-')
        least = (unsigned int)simple_strtoul(s, &end, 0);
    most = least;
    if (*end == '-') {
        s = end + 1;
        most = (unsigned int)simple_strtoul(s, &end, 0);
        if (end == s)
            most = ~0U;
    }
    if (*end || end == start)
        return -EINVAL;
    min_vcpus = least;
    max_vcpus = most;
    return 0;
}
PARAM_FN("dom0_max_vcpus", parse_max_vcpus);

unsigned int __init dom0_vcpu_count(unsigned int limit)
{
    unsigned int nr = num_online_cpus();

    if (nr < min_vcpus)
        nr = min_vcpus;
    if (max_vcpus && nr > max_vcpus)
        nr = max_vcpus;
    return nr ? min(nr, limit) : 1;
}

static unsigned long __init amount_pages(const struct amount *a, unsigned long avail)
{
    unsigned long n = a->pages + avail / 100 * a->percent;

    if (!a->negative)
        return n;
    return n < avail ? avail - n : 0;
}

unsigned long __init dom0_memory_pages(unsigned long missing, unsigned long *max_pages)
{
    unsigned long avail = heap_free_count(NUMA_NO_NODE), nr, reserve, min_nr;

    /* What its frame of page tables, its domain structures and devices' mappings take. */
    avail -= min(avail, MB(8) >> PAGE_SHIFT);
    reserve = min(avail / 16, MB(128) >> PAGE_SHIFT);
    missing = missing ? missing : avail - reserve;
    nr = mem[SIZE].set ? amount_pages(&mem[SIZE], avail) : missing;
    min_nr = mem[LEAST].set ? amount_pages(&mem[LEAST], avail) : 1;
    *max_pages = mem[MOST].set ? amount_pages(&mem[MOST], avail) : UINT32_MAX;
    nr = min(nr, *max_pages);
    nr = max(nr, min(min_nr, *max_pages));
    return min(nr, avail);
}
