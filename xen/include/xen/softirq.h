/* SPDX-License-Identifier: MIT */
/* Work put off until the CPU leaves interrupt context; run in order of number. */
#ifndef XEN_SOFTIRQ_H
#define XEN_SOFTIRQ_H

#include <xen/cpumask.h>
#include <xen/percpu.h>

enum softirq {
    SOFTIRQ_TIMER,
    SOFTIRQ_RCU,
    SOFTIRQ_SCHEDULE, /* switches context: only on the way to a guest, with an empty stack */
    SOFTIRQ_TASKLET,
    SOFTIRQ_TIME_CALIBRATE,
    SOFTIRQ_CONSOLE, /* tell dom0 that the log has grown */
    NR_SOFTIRQS
};

DECLARE_PER_CPU(unsigned long, softirq_bits);
#define softirq_pending_here() (READ_ONCE(this_cpu(softirq_bits)) != 0)

void softirq_register(enum softirq nr, void (*fn)(void));
void softirq_raise(enum softirq nr);                      /* here */
void softirq_raise_on(unsigned int cpu, enum softirq nr); /* sends an IPI where needed */
void softirq_raise_mask(const cpumask_t *mask, enum softirq nr);
/* Run all that is pending. Interrupts on; no lock held; empty stack (may switch context). */
void softirq_run(void);
/* Run what does not switch context: for long loops during boot and in interruptible work. */
void softirq_run_noswitch(void);
/* Ought a preemptible hypercall to stop and be continued? */
bool hypercall_preempt_check(void);

#endif
