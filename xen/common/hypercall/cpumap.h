/* SPDX-License-Identifier: MIT */
/* Bitmaps of the control interface: the caller gives as many bits as it likes. */
#ifndef HYPERCALL_CPUMAP_H
#define HYPERCALL_CPUMAP_H

#include <public/xen.h>
#include <xen/cpumask.h>

/* Bits beyond ours are ignored, missing ones are 0. 0 or -EFAULT. */
int bitmap_from_guest(unsigned long *bits, unsigned int nr, const struct xenctl_bitmap *map);
/* Bits of ours beyond the caller's room are dropped, its bytes beyond ours cleared. */
int bitmap_to_guest(struct xenctl_bitmap *map, const unsigned long *bits, unsigned int nr);

static inline int cpumask_from_guest(cpumask_t *m, const struct xenctl_bitmap *map)
{
    return bitmap_from_guest(m->bits, NR_CPUS, map);
}
static inline int cpumask_to_guest(struct xenctl_bitmap *map, const cpumask_t *m)
{
    return bitmap_to_guest(map, m->bits, nr_cpu_ids);
}

#endif
