/* SPDX-License-Identifier: MIT */
/* Deferred work by number; see softirq.h. */
#include <xen/kernel.h>
#include <xen/port/cpu.h>
#include <xen/rcu.h>
#include <xen/smp.h>
#include <xen/softirq.h>

DEFINE_PER_CPU(unsigned long, softirq_bits);

static void (*handlers[NR_SOFTIRQS])(void);

/* The first of @mask that is pending is run, until there is none. */
static always_inline void run_masked(unsigned long mask, bool quiescent)
{
    for (;;) {
        unsigned long pending;
        unsigned int nr;

        if (quiescent)
            rcu_check_callbacks();
        pending = READ_ONCE(this_cpu(softirq_bits)) & mask;
        if (pending == 0)
            return;
        nr = (unsigned int)__builtin_ctzl(pending);
        clear_bit(nr, &this_cpu(softirq_bits));
        handlers[nr]();
    }
}

void softirq_run(void)
{
    run_masked(~0UL, true);
}

void softirq_run_noswitch(void)
{
    run_masked(~(1UL << SOFTIRQ_SCHEDULE), false);
}

void softirq_register(enum softirq nr, void (*fn)(void))
{
    ASSERT(nr < NR_SOFTIRQS);
    handlers[nr] = fn;
}

void softirq_raise(enum softirq nr)
{
    set_bit(nr, &this_cpu(softirq_bits));
}

void softirq_raise_on(unsigned int cpu, enum softirq nr)
{
    if (test_and_set_bit(nr, &per_cpu(softirq_bits, cpu)) || cpu == smp_processor_id())
        return;
    cpumask_t one = cpumask_of(cpu);

    port_send_event_check(&one);
}

void softirq_raise_mask(const cpumask_t *mask, enum softirq nr)
{
    cpumask_t ipi;
    unsigned int cpu;

    cpumask_zero(&ipi);
    for_each_cpu (cpu, mask)
        if (!test_and_set_bit(nr, &per_cpu(softirq_bits, cpu)) && cpu != smp_processor_id())
            cpumask_set(cpu, &ipi);
    if (!cpumask_empty(&ipi))
        port_send_event_check(&ipi);
}

bool hypercall_preempt_check(void)
{
    return unlikely(softirq_pending_here());
}
