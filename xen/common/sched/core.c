/* SPDX-License-Identifier: MIT */
/* Scheduling: a vCPU's way between running, waiting and sleeping. */
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/context.h>
#include <xen/port/cpu.h>
#include <xen/rcu.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/tasklet.h>
#include <xen/time.h>
#include <asm/current.h>

#include "private.h"

DEFINE_PER_CPU(struct sched_cpu, sched_cpu);
struct vcpu *idle_vcpu[NR_CPUS];

/* Lock the queue that @u belongs to, which may change until it is locked. */
struct runq *unit_lock(struct sched_unit *u, unsigned long *flags)
{
    for (;;) {
        struct runq *rq = READ_ONCE(u->rq);

        spin_lock_irqsave(&rq->lock, *flags);
        if (likely(rq == u->rq))
            return rq;
        spin_unlock_irqrestore(&rq->lock, *flags);
    }
}

void unit_assign(struct sched_unit *u, struct runq *rq)
{
    if (u->rq) {
        if (u->rq->ops->leave)
            u->rq->ops->leave(u->rq, u);
        __atomic_fetch_sub(&u->rq->nr_units, 1, __ATOMIC_RELAXED);
    }
    if (rq) {
        __atomic_fetch_add(&rq->nr_units, 1, __ATOMIC_RELAXED);
        u->vtime = READ_ONCE(rq->vtime); /* a new unit's queue is not locked */
    }
    WRITE_ONCE(u->rq, rq);
}

void runstate_change(struct vcpu *v, int state, s_time_t now)
{
    struct vcpu_runstate_info *r = &v->runstate;
    s_time_t delta = now - (s_time_t)r->state_entry_time;

    WRITE_ONCE(v->runstate_seq, v->runstate_seq + 1);
    smp_wmb();
    if (delta > 0) {
        WRITE_ONCE(r->time[r->state], r->time[r->state] + (uint64_t)delta);
        WRITE_ONCE(r->state_entry_time, (uint64_t)now);
    }
    WRITE_ONCE(r->state, state);
    smp_wmb();
    WRITE_ONCE(v->runstate_seq, v->runstate_seq + 1);
}

void unit_account(struct sched_unit *u, s_time_t now)
{
    if (u->rq->ops->account)
        u->rq->ops->account(u->rq, u, now);
}

static int sleeping_state(const struct vcpu *v)
{
    return READ_ONCE(v->pause_flags) == VPF_BLOCKED && !READ_ONCE(v->pause_count) &&
                   !READ_ONCE(v->domain->pause_count)
               ? RUNSTATE_blocked
               : RUNSTATE_offline;
}

void runq_tickle(struct runq *rq, unsigned int cpu)
{
    if (!cpumask_test_and_set(cpu, &rq->tickled))
        softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
}

void runq_insert(struct runq *rq, struct sched_unit *u)
{
    rb_insert(&rq->tree, &u->node, rq->ops->before);
    rq->nr_waiting++;
    WRITE_ONCE(u->queued, true);
}

void runq_remove(struct runq *rq, struct sched_unit *u)
{
    rb_erase(&rq->tree, &u->node);
    rq->nr_waiting--;
    WRITE_ONCE(u->queued, false);
}

unsigned int runq_idle_cpu(const struct runq *rq, const struct sched_unit *u)
{
    const struct vcpu *v = u->v;
    cpumask_t idle, liked;
    unsigned int cpu;

    cpumask_and(&idle, &v->hard_affinity, &rq->idle);
    cpumask_andnot(&idle, &idle, &rq->tickled);
    if (cpumask_test(v->processor, &idle))
        return v->processor;
    if (cpumask_empty(&idle))
        return NR_CPUS;
    cpumask_and(&liked, &idle, &v->soft_affinity);
    cpu = cpumask_first(cpumask_empty(&liked) ? &idle : &liked);
    return cpu < nr_cpu_ids ? cpu : NR_CPUS;
}

void unit_enqueue(struct sched_unit *u, s_time_t now, bool woken)
{
    struct runq *rq = u->rq;
    unsigned int cpu;

    rq->ops->place(rq, u, woken, now);
    runq_insert(rq, u);
    cpu = rq->ops->choose_cpu(rq, u, now);
    if (cpu < NR_CPUS)
        runq_tickle(rq, cpu);
}

void unit_dequeue(struct sched_unit *u)
{
    if (u->queued)
        runq_remove(u->rq, u);
    u->parked = false;
}

/* While it sleeps anyway: to a queue of its pool with less to do. */
static void rebalance(struct sched_unit *u)
{
    struct runq *rq = READ_ONCE(u->rq), *better;
    unsigned long flags;

    if (likely(rq->pool->runqs.next == rq->pool->runqs.prev) || READ_ONCE(u->queued) ||
        READ_ONCE(u->v->is_running))
        return;
    better = cpupool_choose_runq(rq->pool, &u->v->hard_affinity);
    if (better == NULL || better == rq ||
        READ_ONCE(better->nr_units) + 1 >= READ_ONCE(rq->nr_units))
        return;
    spin_lock_irqsave(&rq->lock, flags);
    if (u->rq == rq && !u->queued && !u->v->is_running && !u->parked)
        unit_assign(u, better);
    spin_unlock_irqrestore(&rq->lock, flags);
}

void vcpu_wake(struct vcpu *v)
{
    struct sched_unit *u = v->sched;
    unsigned long flags;
    struct runq *rq;
    s_time_t now;

    rebalance(u);
    rq = unit_lock(u, &flags);
    now = NOW();
    if (likely(vcpu_runnable(v))) {
        if (v->runstate.state >= RUNSTATE_blocked)
            runstate_change(v, RUNSTATE_runnable, now);
        if (!v->is_running && !u->queued && !u->parked)
            unit_enqueue(u, now, true);
    } else if (!v->is_running) {
        runstate_change(v, sleeping_state(v), now);
    }
    spin_unlock_irqrestore(&rq->lock, flags);
}

static void leave_if_down(struct sched_unit *u)
{
    if (READ_ONCE(u->v->pause_flags) & VPF_DOWN && u->rq->ops->leave)
        u->rq->ops->leave(u->rq, u);
}

void vcpu_sleep_nosync(struct vcpu *v)
{
    struct sched_unit *u = v->sched;
    unsigned long flags;
    struct runq *rq = unit_lock(u, &flags);

    if (!vcpu_runnable(v)) {
        if (v->is_running) {
            softirq_raise_on(v->processor, SOFTIRQ_SCHEDULE);
        } else {
            unit_dequeue(u);
            leave_if_down(u);
            runstate_change(v, sleeping_state(v), NOW());
        }
    }
    spin_unlock_irqrestore(&rq->lock, flags);
}

void vcpu_sleep_sync(struct vcpu *v)
{
    vcpu_sleep_nosync(v);
    while (!vcpu_runnable(v) && __atomic_load_n(&v->is_running, __ATOMIC_ACQUIRE))
        cpu_relax();
    port_sync_vcpu_state(v);
}

static bool unit_exhausted(const struct sched_unit *u)
{
    return u->rq->ops->exhausted && u->rq->ops->exhausted(u);
}

/* The vCPU that @cpu runs next; queue locked. */
static struct vcpu *choose_next(struct sched_cpu *sc, unsigned int cpu, struct vcpu *prev,
                                s_time_t now)
{
    struct runq *rq = sc->rq;
    struct sched_unit *u, *stay = NULL;

    if (rq == NULL || tasklet_work_here())
        return idle_vcpu[cpu];
    if (!is_idle_vcpu(prev) && vcpu_runnable(prev) && prev->sched->rq == rq &&
        cpumask_test(cpu, &prev->hard_affinity) && !unit_exhausted(prev->sched))
        stay = prev->sched;
    u = rq->ops->pick(rq, cpu, stay, now);
    return u ? u->v : idle_vcpu[cpu];
}

static void start_running(struct sched_cpu *sc, struct vcpu *v, unsigned int cpu, s_time_t now)
{
    struct sched_unit *u = v->sched;

    WRITE_ONCE(v->is_running, true);
    WRITE_ONCE(v->processor, cpu);
    sc->running = v;
    u->started = now;
    u->scheduled_at = now;
    u->yielded = false;
    u->held = false;
    u->owed = false;
    runstate_change(v, RUNSTATE_running, now);
}

static void set_slice(struct sched_cpu *sc, const struct vcpu *next, s_time_t now)
{
    s_time_t slice = sc->rq->ops->slice(sc->rq, is_idle_vcpu(next) ? NULL : next->sched, now);

    if (slice)
        timer_set(&sc->slice_timer, now + slice);
    else if (timer_active(&sc->slice_timer))
        timer_stop(&sc->slice_timer);
}

static void mark_idle(struct runq *rq, unsigned int cpu, bool idle)
{
    cpumask_clear(cpu, &rq->tickled);
    if (idle)
        cpumask_set(cpu, &rq->idle);
    else
        cpumask_clear(cpu, &rq->idle);
}

/* SOFTIRQ_SCHEDULE: the stack is empty but for us. */
static void schedule(void)
{
    unsigned int cpu = smp_processor_id();
    struct sched_cpu *sc = &this_cpu(sched_cpu);
    struct vcpu *prev = current, *next;
    struct runq *rq;
    s_time_t now;

    local_irq_disable();
    rq = sc->rq;
    if (rq)
        spin_lock(&rq->lock);
    now = NOW();
    if (!is_idle_vcpu(prev))
        unit_account(prev->sched, now);
    next = choose_next(sc, cpu, prev, now);
    if (rq)
        mark_idle(rq, cpu, is_idle_vcpu(next));
    if (next != prev) {
        if (!is_idle_vcpu(prev) || prev->runstate.state == RUNSTATE_running)
            runstate_change(prev,
                            is_idle_vcpu(prev) || vcpu_runnable(prev) ? RUNSTATE_runnable
                                                                      : sleeping_state(prev),
                            now);
        start_running(sc, next, cpu, now);
    } else if (!is_idle_vcpu(prev)) {
        prev->sched->yielded = false;
    }
    if (sc->rq)
        set_slice(sc, next, now);
    if (rq)
        spin_unlock(&rq->lock);
    if (next == prev)
        port_continue_running(prev);
    port_context_switch(prev, next);
}

void sched_context_switched(struct vcpu *prev, struct vcpu *next)
{
    struct sched_unit *u = prev->sched;
    unsigned long flags;
    struct runq *rq;

    (void)next;
    if (is_idle_vcpu(prev)) {
        __atomic_store_n(&prev->is_running, false, __ATOMIC_RELEASE);
        return;
    }
    rq = unit_lock(u, &flags);
    __atomic_store_n(&prev->is_running, false, __ATOMIC_RELEASE);
    if (vcpu_runnable(prev)) {
        if (prev->runstate.state >= RUNSTATE_blocked)
            runstate_change(prev, RUNSTATE_runnable, NOW());
        if (unit_exhausted(u))
            u->parked = true;
        else
            unit_enqueue(u, NOW(), false);
    } else {
        leave_if_down(u);
    }
    spin_unlock_irqrestore(&rq->lock, flags);
}

static void slice_over(void *data)
{
    (void)data;
    softirq_raise(SOFTIRQ_SCHEDULE);
}

void vcpu_yield(void)
{
    current->sched->yielded = true;
    softirq_raise(SOFTIRQ_SCHEDULE);
}

/* A change may be under way on another CPU: try again. */
static void runstate_read(const struct vcpu *v, struct vcpu_runstate_info *out)
{
    const struct vcpu_runstate_info *r = &v->runstate;
    unsigned int seq;

    do {
        seq = READ_ONCE(v->runstate_seq);
        smp_rmb();
        out->state = READ_ONCE(r->state);
        out->state_entry_time = READ_ONCE(r->state_entry_time);
        for (unsigned int i = 0; i < ARRAY_SIZE(out->time); i++)
            out->time[i] = READ_ONCE(r->time[i]);
        smp_rmb();
    } while (unlikely(seq & 1 || seq != READ_ONCE(v->runstate_seq)));
}

void vcpu_runstate_get(const struct vcpu *v, struct vcpu_runstate_info *out)
{
    s_time_t delta;

    runstate_read(v, out);
    delta = NOW() - (s_time_t)out->state_entry_time;
    if (delta > 0)
        out->time[out->state] += (uint64_t)delta;
}

s_time_t vcpu_cpu_time(const struct vcpu *v)
{
    struct vcpu_runstate_info info;

    vcpu_runstate_get(v, &info);
    return (s_time_t)info.time[RUNSTATE_running];
}

s_time_t cpu_idle_time(unsigned int cpu)
{
    return idle_vcpu[cpu] ? vcpu_cpu_time(idle_vcpu[cpu]) : 0;
}

int sched_vcpu_init(struct vcpu *v)
{
    struct sched_unit *u = xzalloc(struct sched_unit);

    if (u == NULL)
        return -ENOMEM;
    u->v = v;
    u->own_cpu = NR_CPUS;
    v->sched = u;
    v->runstate.state = RUNSTATE_offline;
    v->runstate.state_entry_time = (uint64_t)NOW();
    vcpu_timers_init(v);
    rtds_unit_init(u);
    if (is_idle_domain(v->domain)) {
        v->hard_affinity = cpumask_of(v->vcpu_id);
        v->processor = v->vcpu_id;
        v->is_running = true;
        return 0;
    }
    cpumask_setall(&v->hard_affinity);
    cpumask_setall(&v->soft_affinity);
    spin_lock(&cpupool_lock);
    unit_assign(u, cpupool_choose_runq(v->domain->sched->pool, &v->hard_affinity));
    v->processor = cpumask_first(&u->rq->cpus);
    spin_unlock(&cpupool_lock);
    return 0;
}

void sched_vcpu_destroy(struct vcpu *v)
{
    if (v->sched == NULL)
        return;
    if (v->domain->sched)
        timer_kill(&v->domain->sched->refill); /* the domain ends: it comes upon no freed unit */
    vcpu_timers_kill(v);
    timer_kill(&v->sched->rt.refill);
    if (v->sched->rq) {
        unsigned long flags;
        struct runq *rq = unit_lock(v->sched, &flags);

        unit_dequeue(v->sched);
        unit_assign(v->sched, NULL);
        spin_unlock_irqrestore(&rq->lock, flags);
    }
    xfree(v->sched);
    v->sched = NULL;
}

void sched_params_reset(struct domain *d)
{
    struct vcpu *v;

    spin_lock(&d->sched->lock);
    WRITE_ONCE(d->sched->weight, SCHED_WEIGHT_DEFAULT);
    if (d->sched->cap)
        cap_set(d, 0);
    spin_unlock(&d->sched->lock);
    for_each_vcpu (d, v)
        rtds_unit_reset(v->sched);
}

int sched_domain_init(struct domain *d, unsigned int cpupool_id)
{
    struct sched_domain *sd;
    struct cpupool *pool;

    if (is_system_domain(d))
        return 0;
    sd = xzalloc(struct sched_domain);
    if (sd == NULL)
        return -ENOMEM;
    spin_lock_init(&sd->lock, RANK_SCHED);
    sd->weight = SCHED_WEIGHT_DEFAULT;
    spin_lock(&cpupool_lock);
    pool = cpupool_find(cpupool_id);
    if (pool && !cpumask_empty(&pool->cpus)) {
        pool->nr_domains++;
        sd->pool = pool;
        d->sched = sd;
    }
    spin_unlock(&cpupool_lock);
    if (sd->pool == NULL) {
        xfree(sd);
        return -EINVAL;
    }
    cap_init(d);
    return 0;
}

void sched_domain_destroy(struct domain *d)
{
    if (d->sched == NULL)
        return;
    timer_kill(&d->sched->refill);
    spin_lock(&cpupool_lock);
    d->sched->pool->nr_domains--;
    spin_unlock(&cpupool_lock);
    xfree(d->sched);
    d->sched = NULL;
}

void sched_init(void)
{
    softirq_register(SOFTIRQ_SCHEDULE, schedule);
    cpupool_boot_init();
}

void sched_cpu_up(unsigned int cpu)
{
    struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);

    timer_init(&sc->slice_timer, slice_over, NULL, cpu);
    sc->running = idle_vcpu[cpu];
    if (cpupool_cpu_add(cpupool0, cpu))
        panic("CPU %u does not fit into Pool-0", cpu);
}

void idle_loop(void)
{
    for (;;) {
        unsigned int cpu = smp_processor_id();

        if (tasklet_work_here())
            tasklet_do_work();
        softirq_run();
        local_irq_disable();
        if (softirq_pending_here() || tasklet_work_here() || rcu_needs_cpu(cpu)) {
            local_irq_enable();
            if (rcu_needs_cpu(cpu))
                cpu_relax();
            continue;
        }
        if (heap_scrub_wanted()) {
            local_irq_enable();
            heap_scrub_step();
            continue;
        }
        rcu_idle_enter(cpu);
        port_idle();
        rcu_idle_exit(cpu);
    }
}

void sched_start_idle(void)
{
    unsigned int cpu = smp_processor_id();
    struct sched_cpu *sc = &this_cpu(sched_cpu);
    struct vcpu *idle = idle_vcpu[cpu];

    sc->running = idle;
    idle->is_running = true;
    idle->runstate.state = RUNSTATE_running;
    idle->runstate.state_entry_time = (uint64_t)NOW();
    softirq_raise(SOFTIRQ_SCHEDULE);
    idle_loop();
}
