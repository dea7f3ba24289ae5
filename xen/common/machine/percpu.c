/* SPDX-License-Identifier: MIT */
/* Per-CPU areas, copies of the one in the image. */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/percpu.h>

void __init percpu_alloc(unsigned int cpu)
{
    size_t size = (size_t)(__per_cpu_end - __per_cpu_start);
    char *area = xenheap_alloc_pages(order_from_bytes(size), 0);

    if (!area)
        panic("no memory for CPU %u\n", cpu);
    memcpy(area, __per_cpu_pristine, size);
    per_cpu_offset[cpu] = (unsigned long)(area - __per_cpu_start);
}
