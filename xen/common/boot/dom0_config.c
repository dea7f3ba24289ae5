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
static struct amount mem_size __initdata, mem_min __initdata, mem_max __initdata;
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
    int rc = 0;

    while (!rc && *s) {
        struct amount *a = &mem_size;

        if (strstarts(s, "min:"))
            a = &mem_min;
        else if (strstarts(s, "max:"))
            a = &mem_max;
        rc = parse_amount(a == &mem_size ? s : s + 4, &s, a);
        if (!rc && *s && *s++ != ',')
            rc = -EINVAL;
    }
    return rc;
}
PARAM_FN("dom0_mem", parse_dom0_mem);

static int __init parse_max_vcpus(const char *s)
{
    const char *end;

    min_vcpus = *s == '-' ? 0 : (unsigned int)simple_strtoul(s, &end, 0);
    if (*s == '-')
        end = s;
    if (*end == '\0')
        max_vcpus = min_vcpus;
    else if (*end == '-' && end[1])
        max_vcpus = (unsigned int)simple_strtoul(end + 1, &end, 0);
    else if (*end == '-')
        max_vcpus = ~0U;
    return *end == '\0' || (*end == '-' && !end[1]) ? 0 : -EINVAL;
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
    nr = mem_size.set ? amount_pages(&mem_size, avail) : missing;
    min_nr = mem_min.set ? amount_pages(&mem_min, avail) : 1;
    *max_pages = mem_max.set ? amount_pages(&mem_max, avail) : UINT32_MAX;
    nr = min(nr, *max_pages);
    nr = max(nr, min(min_nr, *max_pages));
    return min(nr, avail);
}
