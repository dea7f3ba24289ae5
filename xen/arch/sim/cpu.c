/* SPDX-License-Identifier: MIT */
/*
 * Simulated CPUs. One thread of the process is at each moment one of them; the others stand still
 * in a guest or idle, or wait in a loop further up the stack. A CPU enters the hypervisor in
 * cpu_run() (interrupts, softirqs) or by a hypercall, and what ends in a port_*() function that
 * does not return leads back there by longjmp().
 */
#include <setjmp.h>

#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/context.h>
#include <xen/port/cpu.h>
#include <xen/rcu.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/tasklet.h>
#include <xen/time.h>
#include <asm/current.h>
#include <asm/sim.h>

#include "private.h"

#define SPIN_LIMIT 200000U

struct cpu_info sim_cpus[NR_CPUS];
/* Who calls from outside of all CPUs: as on CPU 0, in its idle vCPU. */
static struct cpu_info outside = {.irqs_on = true};
__thread struct cpu_info *sim_this = &outside;
static unsigned int spins;
bool sim_threads;
static unsigned int nested; /* CPUs further up the one stack that wait for others */

void cpus_boot(unsigned int nr)
{
    size_t size = (size_t)(__per_cpu_end - __per_cpu_start);

    nr_cpu_ids = nr;
    for (unsigned int cpu = 0; cpu < nr; cpu++) {
        struct cpu_info *c = &sim_cpus[cpu];
        char *area = __per_cpu_start;

        if (cpu) {
            area = host_alloc(size);
            for (size_t i = 0; i < size; i++)
                area[i] = __per_cpu_start[i];
        }
        per_cpu_offset[cpu] = (unsigned long)(area - __per_cpu_start);
        *c = (struct cpu_info){.cpu = cpu, .irqs_on = true, .per_cpu_offset = per_cpu_offset[cpu]};
        cpumask_set(cpu, &cpu_possible_map);
        cpumask_set(cpu, &cpu_present_map);
    }
    cpumask_set(0, &cpu_online_map);
}

/* Back to who let this CPU into the hypervisor. */
static void leave(void) noreturn;
static void leave(void)
{
    longjmp(*(jmp_buf *)sim_this->resume, 1);
}

static void take_calls(struct cpu_info *c)
{
    if (!(__atomic_fetch_and(&c->irqs, ~SIM_IRQ_CALL, __ATOMIC_SEQ_CST) & SIM_IRQ_CALL))
        return;
    c->irqs_on = false;
    smp_call_function_interrupt();
    c->irqs_on = true;
}

/* In a guest or idle: through the hypervisor once. */
static void noinline pass(struct cpu_info *c)
{
    jmp_buf back;

    c->resume = &back;
    if (setjmp(back))
        return;
    if (c->idling) {
        c->idling = false;
        rcu_idle_exit(c->cpu);
    }
    take_calls(c);
    __atomic_fetch_and(&c->irqs, ~SIM_IRQ_CHECK, __ATOMIC_SEQ_CST);
    if (is_idle_vcpu(c->current_vcpu))
        idle_loop();
    softirq_run();
}

bool cpu_has_work(unsigned int cpu)
{
    return __atomic_load_n(&sim_cpus[cpu].irqs, __ATOMIC_ACQUIRE) ||
           READ_ONCE(per_cpu(softirq_bits, cpu));
}

void cpu_run(unsigned int cpu)
{
    struct cpu_info *was = sim_this, *c = &sim_cpus[cpu];

    BUG_ON(c->busy);
    sim_this = c;
    c->busy = true;
    __atomic_fetch_and(&c->irqs, ~SIM_IRQ_LATER, __ATOMIC_SEQ_CST);
    do {
        c->irqs_on = true;
        pass(c);
        if (__atomic_load_n(&c->irqs, __ATOMIC_RELAXED) & SIM_IRQ_LATER)
            break;
    } while (cpu_has_work(cpu) || (is_idle_vcpu(c->current_vcpu) && !c->idling));
    c->resume = NULL;
    c->irqs_on = true;
    lock_check_none_held();
    c->busy = false;
    sim_this = was;
}

static void noinline first_pass(struct cpu_info *c)
{
    jmp_buf back;

    c->resume = &back;
    if (!setjmp(back))
        sched_start_idle();
    c->resume = NULL;
}

void cpu_start(unsigned int cpu)
{
    struct cpu_info *was = sim_this, *c = &sim_cpus[cpu];

    if (cpu == 0)
        outside.current_vcpu = c->current_vcpu;
    sim_this = c;
    c->busy = c->irqs_on = true;
    cpumask_set(cpu, &cpu_online_map);
    first_pass(c);
    c->irqs_on = true;
    c->busy = false;
    sim_this = was;
}

void cpu_spin_reset(void)
{
    spins = 0;
}

void cpu_relax(void)
{
    if (sim_threads) {
        if (sim_this->irqs_on)
            take_calls(sim_this);
        host_yield();
        return;
    }
    /* Idle, and waiting for RCU: who waits further up the stack goes on first. */
    if (nested && sim_this->resume && is_idle_vcpu(current) && sim_this->irqs_on &&
        !softirq_pending_here()) {
        sim_this->idling = true;
        __atomic_fetch_or(&sim_this->irqs, SIM_IRQ_LATER, __ATOMIC_SEQ_CST);
        leave();
    }
    if (++spins > SPIN_LIMIT)
        host_die("a CPU spins for ever");
    if (sim_this->irqs_on)
        take_calls(sim_this);
    nested++;
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
        if (!sim_cpus[cpu].busy && cpu_online(cpu) && cpu_has_work(cpu))
            cpu_run(cpu);
    nested--;
}

void port_context_switch(struct vcpu *prev, struct vcpu *next)
{
    sim_this->current_vcpu = next;
    next->arch.nr_entries++;
    if (!sim_threads)
        sim_hash_add((uint64_t)next->domain->domain_id << 32 | next->vcpu_id << 8 | sim_this->cpu);
    sched_context_switched(prev, next);
    if (!is_idle_vcpu(next))
        vcpu_update_runstate_area(next);
    leave();
}

void port_continue_running(struct vcpu *same)
{
    leave();
}

void port_sync_vcpu_state(struct vcpu *v)
{
}

void port_idle(void)
{
    sim_this->idling = true;
    leave();
}

void port_send_event_check(const cpumask_t *mask)
{
    unsigned int cpu;

    for_each_cpu (cpu, mask)
        __atomic_fetch_or(&sim_cpus[cpu].irqs, SIM_IRQ_CHECK, __ATOMIC_SEQ_CST);
}

/*
 * The sender may wait for it, so the call is made at once where the target takes interrupts; a
 * thread does so itself.
 */
void port_send_call_function(const cpumask_t *mask)
{
    struct cpu_info *was = sim_this;
    unsigned int cpu;

    for_each_cpu (cpu, mask) {
        __atomic_fetch_or(&sim_cpus[cpu].irqs, SIM_IRQ_CALL, __ATOMIC_SEQ_CST);
        if (sim_threads)
            continue;
        sim_this = &sim_cpus[cpu];
        if (sim_this->irqs_on)
            take_calls(sim_this);
        sim_this = was;
    }
}

bool port_timer_program(s_time_t deadline)
{
    struct cpu_info *c = &sim_cpus[smp_processor_id()];

    c->deadline = deadline;
    if (deadline == 0 || deadline > NOW())
        return true;
    c->deadline = 0;
    softirq_raise(SOFTIRQ_TIMER);
    return false;
}

unsigned int port_cpu_to_core(unsigned int cpu)
{
    return cpu;
}

unsigned int port_cpu_to_socket(unsigned int cpu)
{
    return 0;
}

unsigned int port_cpu_to_node(unsigned int cpu)
{
    return 0;
}

int port_cpu_up(unsigned int cpu)
{
    return cpu_online(cpu) ? -EEXIST : -EOPNOTSUPP;
}

int port_cpu_down(unsigned int cpu)
{
    return -EOPNOTSUPP;
}

void port_machine_halt(void)
{
    host_die("the machine halts");
}

void port_machine_restart(unsigned int delay_ms)
{
    host_die("the machine restarts");
}
