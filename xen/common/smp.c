/* SPDX-License-Identifier: MIT */
/* Function calls on other CPUs: one at a time, each target answers in a mask. */
#include <xen/kernel.h>
#include <xen/percpu.h>
#include <xen/port/cpu.h>
#include <xen/smp.h>
#include <xen/spinlock.h>

cpumask_t cpu_possible_map, cpu_present_map, cpu_online_map;
unsigned int nr_cpu_ids = NR_CPUS;
unsigned long per_cpu_offset[NR_CPUS];

static DEFINE_SPINLOCK(call_lock, RANK_NONE);

static struct call {
    void (*fn)(void *);
    void *arg;
    bool wait;
    cpumask_t left;
} call;

void on_selected_cpus(const cpumask_t *mask, void (*fn)(void *arg), void *arg, bool wait)
{
    unsigned int me = smp_processor_id();
    cpumask_t others;
    bool here;

    ASSERT(local_irq_is_enabled() || num_online_cpus() <= 1);
    cpumask_and(&others, mask, &cpu_online_map);
    here = cpumask_test_and_clear(me, &others);

    if (!cpumask_empty(&others)) {
        spin_lock(&call_lock);
        call.fn = fn;
        call.arg = arg;
        call.wait = wait;
        __atomic_thread_fence(__ATOMIC_RELEASE);
        cpumask_copy(&call.left, &others);
        port_send_call_function(&others);
    }
    if (here) {
        unsigned long flags = local_irq_save_flags();

        fn(arg);
        local_irq_restore(flags);
    }
    if (!cpumask_empty(&others)) {
        while (!cpumask_empty(&call.left))
            cpu_relax();
        spin_unlock(&call_lock);
    }
}

void smp_call_function_interrupt(void)
{
    unsigned int cpu = smp_processor_id();
    void (*fn)(void *);
    void *arg;

    if (!cpumask_test(cpu, &call.left))
        return;
    fn = call.fn;
    arg = call.arg;
    if (call.wait) {
        fn(arg);
        cpumask_clear(cpu, &call.left);
    } else {
        cpumask_clear(cpu, &call.left);
        fn(arg);
    }
}
