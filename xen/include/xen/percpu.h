/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU variables. The section .data.percpu is the initial image (CPU 0 uses it at offset 0);
 * each further CPU has a copy, at per_cpu_offset[cpu] from it. The port gives this_cpu_offset().
 */
#ifndef XEN_PERCPU_H
#define XEN_PERCPU_H

#include <xen/types.h>
#include <asm/config.h>
#include <asm/percpu.h> /* this_cpu_offset(): unsigned long, of the CPU we run on */

#define DEFINE_PER_CPU(type, name)  __section(".data.percpu") __typeof__(type) per_cpu__##name
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) per_cpu__##name

extern unsigned long per_cpu_offset[NR_CPUS];

/* Of ports with an image: the section, and a copy of it from before any code ran. */
extern char __per_cpu_start[], __per_cpu_end[], __per_cpu_pristine[];
/* Gives @cpu, which is not the boot CPU, its area, as in the image. */
void percpu_alloc(unsigned int cpu);

#define per_cpu_at(name, off) (*(__typeof__(per_cpu__##name) *)((char *)&per_cpu__##name + (off)))
#define per_cpu(name, cpu)    per_cpu_at(name, per_cpu_offset[cpu])
#define this_cpu(name)        per_cpu_at(name, this_cpu_offset())

#endif
