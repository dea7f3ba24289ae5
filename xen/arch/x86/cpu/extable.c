/* SPDX-License-Identifier: MIT */
#include <xen/kernel.h>
#include <xen/lib/sort.h>
#include <asm/cpu.h>
#include <asm/extable.h>

extern struct extable_entry __ex_table_start[], __ex_table_end[];
static bool sorted __ro_after_init;

static unsigned long from_of(const struct extable_entry *e)
{
    return (unsigned long)&e->from + (long)e->from;
}

static int cmp_from(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return x < y ? -1 : x > y;
}

/* While they move, the offsets count from the table's start. */
static void rebase(long sign)
{
    for (struct extable_entry *e = __ex_table_start; e < __ex_table_end; e++) {
        long at = (char *)e - (char *)__ex_table_start;

        e->from += (int32_t)(sign * at);
        e->to += (int32_t)(sign * (at + (long)offsetof(struct extable_entry, to)));
    }
}

void __init extable_sort(void)
{
    rebase(1);
    sort(__ex_table_start, (size_t)(__ex_table_end - __ex_table_start),
         sizeof(struct extable_entry), cmp_from);
    rebase(-1);
    sorted = true;
}

unsigned long extable_find(unsigned long rip)
{
    size_t lo = 0, hi = (size_t)(__ex_table_end - __ex_table_start);

    while (sorted && lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const struct extable_entry *e = &__ex_table_start[mid];

        if (from_of(e) == rip)
            return (unsigned long)&e->to + (long)e->to;
        if (from_of(e) < rip)
            lo = mid + 1;
        else
            hi = mid;
    }
    return 0;
}

int rdmsr_safe(uint32_t msr, uint64_t *v)
{
    uint32_t lo = 0, hi = 0;
    int rc = -EFAULT;

    __asm__ volatile("1: rdmsr\n"
                     "   xor %2, %2\n"
                     "2:\n" ASM_EXTABLE("1b", "2b")
                     : "+a"(lo), "+d"(hi), "+r"(rc)
                     : "c"(msr));
    *v = rc ? 0 : lo | (uint64_t)hi << 32;
    return rc;
}

int wrmsr_safe(uint32_t msr, uint64_t v)
{
    int rc = -EFAULT;

    __asm__ volatile("1: wrmsr\n"
                     "   xor %0, %0\n"
                     "2:\n" ASM_EXTABLE("1b", "2b")
                     : "+r"(rc)
                     : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32))
                     : "memory");
    return rc;
}
