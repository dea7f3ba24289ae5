/* SPDX-License-Identifier: MIT */
/*
 * Read-copy-update by counted grace periods. Callbacks gather on the CPU that queued them (next),
 * move as a batch to wait for one grace period (cur), and run (done). A grace period ends when
 * each CPU that was not idle at its start has passed through softirq_run() or gone idle.
 */
#include <xen/kernel.h>
#include <xen/init.h>
#include <xen/percpu.h>
#include <xen/port/cpu.h>
#include <xen/rcu.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>

struct rcu_queue {
    struct rcu_head *first, **last;
};

struct rcu_cpu {
    struct rcu_queue next, cur, done;
    uint64_t cur_gp;  /* cur may run when this grace period has ended */
    uint64_t seen_gp; /* the last grace period to which this CPU has answered */
};

static DEFINE_PER_CPU(struct rcu_cpu, rcu_cpu);

static struct {
    spinlock_t lock;
    uint64_t started;   /* number of the last grace period begun */
    uint64_t completed; /* equal to started: none is going on */
    uint64_t wanted;    /* begin more until this one */
    cpumask_t waiting;  /* CPUs that have not answered yet */
    cpumask_t idle;
} rcu = {.lock = SPIN_LOCK_INIT(RANK_RCU)};

static void queue_add(struct rcu_queue *q, struct rcu_head *h)
{
    h->next = NULL;
    if (q->first == NULL)
        q->last = &q->first;
    *q->last = h;
    q->last = &h->next;
}

static void queue_splice(struct rcu_queue *from, struct rcu_queue *to)
{
    if (from->first == NULL)
        return;
    if (to->first == NULL)
        to->last = &to->first;
    *to->last = from->first;
    to->last = from->last;
    from->first = NULL;
}

/* Begin the next grace period where one is wanted and none goes on. */
static void begin_locked(void)
{
    while (rcu.completed == rcu.started && rcu.wanted > rcu.started) {
        smp_mb();
        for (unsigned int i = 0; i < ARRAY_SIZE(rcu.waiting.bits); i++)
            rcu.waiting.bits[i] = cpu_online_map.bits[i] & ~READ_ONCE(rcu.idle.bits[i]);
        WRITE_ONCE(rcu.started, rcu.started + 1);
        if (!cpumask_empty(&rcu.waiting)) {
            port_send_event_check(&rcu.waiting);
            return;
        }
        WRITE_ONCE(rcu.completed, rcu.started);
    }
}

static void answer_locked(unsigned int cpu)
{
    if (!cpumask_test(cpu, &rcu.waiting))
        return;
    cpumask_clear(cpu, &rcu.waiting);
    if (cpumask_empty(&rcu.waiting)) {
        WRITE_ONCE(rcu.completed, rcu.started);
        begin_locked();
    }
}

bool rcu_pending_here(void)
{
    const struct rcu_cpu *rc = &this_cpu(rcu_cpu);

    if (rc->seen_gp != READ_ONCE(rcu.started))
        return true;
    if (rc->cur.first)
        return rc->cur_gp <= READ_ONCE(rcu.completed);
    return rc->next.first != NULL;
}

bool rcu_needs_cpu(unsigned int cpu)
{
    const struct rcu_cpu *rc = &per_cpu(rcu_cpu, cpu);

    return rc->next.first || rc->cur.first || rc->done.first;
}

/* A quiescent state of this CPU: answer, and move its callbacks on. */
void rcu_check_callbacks(void)
{
    struct rcu_cpu *rc = &this_cpu(rcu_cpu);
    unsigned long flags;

    if (likely(!rcu_pending_here()))
        return;
    spin_lock_irqsave(&rcu.lock, flags);
    rc->seen_gp = rcu.started;
    answer_locked(smp_processor_id());
    if (rc->cur.first && rc->cur_gp <= rcu.completed) {
        queue_splice(&rc->cur, &rc->done);
        softirq_raise(SOFTIRQ_RCU);
    }
    if (!rc->cur.first && rc->next.first) {
        queue_splice(&rc->next, &rc->cur);
        /* One that is going on may have begun before our callbacks were queued. */
        rc->cur_gp = rcu.started + 1;
        rcu.wanted = max(rcu.wanted, rc->cur_gp);
        begin_locked();
    }
    spin_unlock_irqrestore(&rcu.lock, flags);
}

void rcu_call(struct rcu_head *head, void (*fn)(struct rcu_head *))
{
    unsigned long flags;

    head->fn = fn;
    local_irq_save(flags);
    queue_add(&this_cpu(rcu_cpu).next, head);
    softirq_raise(SOFTIRQ_RCU);
    local_irq_restore(flags);
}

static void rcu_softirq(void)
{
    struct rcu_queue ready = {NULL, NULL};
    unsigned long flags;
    struct rcu_head *h;

    local_irq_save(flags);
    queue_splice(&this_cpu(rcu_cpu).done, &ready);
    local_irq_restore(flags);
    while ((h = ready.first) != NULL) {
        ready.first = h->next;
        h->fn(h);
    }
}

void rcu_idle_enter(unsigned int cpu)
{
    unsigned long flags;

    cpumask_set(cpu, &rcu.idle);
    smp_mb();
    if (likely(!cpumask_test(cpu, &rcu.waiting)))
        return;
    spin_lock_irqsave(&rcu.lock, flags);
    answer_locked(cpu);
    spin_unlock_irqrestore(&rcu.lock, flags);
}

void rcu_idle_exit(unsigned int cpu)
{
    cpumask_clear(cpu, &rcu.idle);
    smp_mb();
}

struct barrier_head {
    struct rcu_head head;
    bool done;
};

static void barrier_done(struct rcu_head *head)
{
    __atomic_store_n(&container_of(head, struct barrier_head, head)->done, true, __ATOMIC_RELEASE);
}

static void barrier_on_cpu(void *arg)
{
    struct barrier_head *all = arg;

    rcu_call(&all[smp_processor_id()].head, barrier_done);
}

void rcu_barrier(void)
{
    static struct barrier_head all[NR_CPUS]; /* under RANK_DOMCTL or at boot: one at a time */
    cpumask_t cpus = cpu_online_map;
    unsigned int cpu;

    for_each_cpu (cpu, &cpus)
        all[cpu].done = false;
    on_selected_cpus(&cpus, barrier_on_cpu, all, true);
    for_each_cpu (cpu, &cpus) {
        while (!__atomic_load_n(&all[cpu].done, __ATOMIC_ACQUIRE)) {
            rcu_check_callbacks();
            softirq_run_noswitch();
            cpu_relax();
        }
    }
}

void rcu_subsys_init(void)
{
    softirq_register(SOFTIRQ_RCU, rcu_softirq);
}
