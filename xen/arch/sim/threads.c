/* SPDX-License-Identifier: MIT */
/*
 * CPUs as threads of the process: each lets the vCPU that it runs make one call after the other,
 * and takes interrupts and softirqs between them. A vCPU has no stack: the call that it makes, or
 * goes on with, stands in its arch.call.
 */
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/rcu.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <asm/current.h>
#include <asm/sim.h>

#include "private.h"

static sim_guest_fn *guest;
static unsigned int run_ms;
static bool stop;
static unsigned int nr_quiet;
static uint64_t nr_calls[NR_CPUS]; /* [own CPU] */

static void check_timer(struct cpu_info *c)
{
    if (!c->deadline || c->deadline > NOW())
        return;
    c->deadline = 0;
    softirq_raise(SOFTIRQ_TIMER);
}

/* The vCPU runs until its call ends or is to be made again. */
static void make_call(struct cpu_info *c, struct vcpu *v)
{
    struct sim_guest_call *g = &v->arch.call;

    nr_calls[c->cpu] += !v->hcall.restart;
    g->pending = false;
    sim_call_once(v, g->nr, g->args);
    if (!v->hcall.restart)
        return;
    g->pending = true;
    g->nr = v->hcall.op;
    for (unsigned int i = 0; i < 6; i++)
        g->args[i] = i < v->hcall.nr_args ? v->hcall.args[i] : 0xdeadbeefdeadbeef;
}

static void run_guest(struct cpu_info *c, struct vcpu *v)
{
    struct sim_guest_call *g = &v->arch.call;

    if (!g->pending) {
        v->hcall.restart = false;
        guest(v);
    }
    if (g->pending)
        make_call(c, v);
}

/* Whoever is still in the hypervisor may wait for the others: until all are out, they serve. */
static bool may_leave(bool *quiet)
{
    if (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
        return false;
    if (!*quiet)
        __atomic_add_fetch(&nr_quiet, 1, __ATOMIC_ACQ_REL);
    *quiet = true;
    return __atomic_load_n(&nr_quiet, __ATOMIC_ACQUIRE) == nr_cpu_ids;
}

/* To work again, which may take the others: not once all are free to leave. */
static bool may_work(bool *quiet)
{
    unsigned int nr = __atomic_load_n(&nr_quiet, __ATOMIC_ACQUIRE);

    while (*quiet) {
        if (nr == nr_cpu_ids)
            return false;
        *quiet = !__atomic_compare_exchange_n(&nr_quiet, &nr, nr - 1, false, __ATOMIC_ACQ_REL,
                                              __ATOMIC_ACQUIRE);
    }
    return true;
}

static void cpu_thread(unsigned int cpu)
{
    struct cpu_info *c = &sim_cpus[cpu];
    bool quiet = false;

    sim_this = c;
    for (;;) {
        check_timer(c);
        if (cpu_has_work(cpu) && may_work(&quiet))
            cpu_run(cpu);
        else if (may_leave(&quiet))
            return;
        else if (!quiet && !is_idle_vcpu(c->current_vcpu))
            run_guest(c, c->current_vcpu);
        else
            host_nap();
    }
}

static void wait_and_stop(void)
{
    host_sleep_ms(run_ms);
    __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
}

uint64_t sim_run_threads(unsigned int ms, sim_guest_fn *fn)
{
    uint64_t calls = 0;

    guest = fn;
    run_ms = ms;
    stop = false;
    nr_quiet = 0;
    sim_clock_offset = sim_now - (s_time_t)host_clock();
    sim_threads = true;
    host_run_threads(nr_cpu_ids, cpu_thread, wait_and_stop);
    sim_now = NOW();
    sim_threads = false;
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
        calls += nr_calls[cpu];
        nr_calls[cpu] = 0;
    }
    return calls;
}
