/* SPDX-License-Identifier: MIT */
/* Calls on other CPUs. */
#ifndef XEN_SMP_H
#define XEN_SMP_H

#include <xen/cpumask.h>
#include <asm/current.h> /* smp_processor_id() */

/*
 * Run fn(arg) on each CPU of @mask that is online, this one included.
 * @wait   until all have run it.
 * Context: interrupts on, no lock that an interrupt takes. fn runs with interrupts off.
 */
void on_selected_cpus(const cpumask_t *mask, void (*fn)(void *arg), void *arg, bool wait);
static inline void on_each_cpu(void (*fn)(void *arg), void *arg, bool wait)
{
    on_selected_cpus(&cpu_online_map, fn, arg, wait);
}
/* Common half of the call-function IPI; the port's interrupt handler calls it. */
void smp_call_function_interrupt(void);

#endif
