/* SPDX-License-Identifier: MIT */
/* Sets of physical CPUs: bitmaps of NR_CPUS bits. */
#ifndef XEN_CPUMASK_H
#define XEN_CPUMASK_H

#include <xen/types.h>
#include <xen/lib/bitmap.h>
#include <asm/config.h> /* NR_CPUS */

typedef struct cpumask {
    unsigned long bits[(NR_CPUS + 63) / 64];
} cpumask_t;

extern cpumask_t cpu_possible_map; /* found in the firmware's tables */
extern cpumask_t cpu_present_map;
extern cpumask_t cpu_online_map; /* takes interrupts and schedules */
extern unsigned int nr_cpu_ids;  /* highest possible CPU + 1 */

static inline void cpumask_set(unsigned int cpu, cpumask_t *m)
{
    set_bit(cpu, m->bits);
}
static inline void cpumask_clear(unsigned int cpu, cpumask_t *m)
{
    clear_bit(cpu, m->bits);
}
static inline bool cpumask_test(unsigned int cpu, const cpumask_t *m)
{
    return test_bit(cpu, m->bits);
}
static inline bool cpumask_test_and_set(unsigned int cpu, cpumask_t *m)
{
    return test_and_set_bit(cpu, m->bits);
}
static inline bool cpumask_test_and_clear(unsigned int cpu, cpumask_t *m)
{
    return test_and_clear_bit(cpu, m->bits);
}
static inline void cpumask_zero(cpumask_t *m)
{
    bitmap_zero(m->bits, NR_CPUS);
}
static inline void cpumask_setall(cpumask_t *m)
{
    bitmap_fill(m->bits, NR_CPUS);
}
static inline void cpumask_copy(cpumask_t *d, const cpumask_t *s)
{
    *d = *s;
}
static inline void cpumask_and(cpumask_t *d, const cpumask_t *a, const cpumask_t *b)
{
    bitmap_and(d->bits, a->bits, b->bits, NR_CPUS);
}
static inline void cpumask_or(cpumask_t *d, const cpumask_t *a, const cpumask_t *b)
{
    bitmap_or(d->bits, a->bits, b->bits, NR_CPUS);
}
static inline void cpumask_andnot(cpumask_t *d, const cpumask_t *a, const cpumask_t *b)
{
    bitmap_andnot(d->bits, a->bits, b->bits, NR_CPUS);
}
static inline bool cpumask_empty(const cpumask_t *m)
{
    return bitmap_empty(m->bits, NR_CPUS);
}
static inline bool cpumask_equal(const cpumask_t *a, const cpumask_t *b)
{
    return bitmap_equal(a->bits, b->bits, NR_CPUS);
}
static inline bool cpumask_intersects(const cpumask_t *a, const cpumask_t *b)
{
    return bitmap_intersects(a->bits, b->bits, NR_CPUS);
}
static inline bool cpumask_subset(const cpumask_t *a, const cpumask_t *b)
{
    return bitmap_subset(a->bits, b->bits, NR_CPUS);
}
static inline unsigned int cpumask_weight(const cpumask_t *m)
{
    return bitmap_weight(m->bits, NR_CPUS);
}
/* NR_CPUS (or more) where there is none. */
static inline unsigned int cpumask_first(const cpumask_t *m)
{
    return find_first_bit(m->bits, NR_CPUS);
}
static inline unsigned int cpumask_next(int cpu, const cpumask_t *m)
{
    return find_next_bit(m->bits, NR_CPUS, cpu + 1);
}
/* The next one, from the start again after the last. */
static inline unsigned int cpumask_cycle(int cpu, const cpumask_t *m)
{
    unsigned int n = cpumask_next(cpu, m);

    return n < NR_CPUS ? n : cpumask_first(m);
}
static inline cpumask_t cpumask_of(unsigned int cpu)
{
    cpumask_t m = {{0}};

    m.bits[cpu / 64] = 1UL << (cpu % 64);
    return m;
}

#define for_each_cpu(cpu, m)                                                                       \
    for ((cpu) = cpumask_first(m); (cpu) < nr_cpu_ids; (cpu) = cpumask_next((int)(cpu), m))
#define for_each_online_cpu(cpu) for_each_cpu (cpu, &cpu_online_map)
#define cpu_online(cpu)          cpumask_test(cpu, &cpu_online_map)
#define num_online_cpus()        cpumask_weight(&cpu_online_map)

#endif
