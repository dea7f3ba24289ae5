/* SPDX-License-Identifier: MIT */
/* Deferred calls; see tasklet.h. */
#include <xen/kernel.h>
#include <xen/init.h>
#include <xen/percpu.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>
#include <xen/tasklet.h>

struct tasklet_queues {
    struct list_head in_idle, in_softirq;
};

static DEFINE_PER_CPU(struct tasklet_queues, queues);
static DEFINE_SPINLOCK(tasklet_lock, RANK_TASKLET);

/* The lists of a CPU that has not been used yet are zero. */
static struct list_head *queue_of(unsigned int cpu, bool in_softirq)
{
    struct tasklet_queues *q = &per_cpu(queues, cpu);
    struct list_head *l = in_softirq ? &q->in_softirq : &q->in_idle;

    if (l->next == NULL)
        INIT_LIST_HEAD(l);
    return l;
}

static void enqueue_locked(struct tasklet *t, unsigned int cpu)
{
    list_add_tail(&t->list, queue_of(cpu, t->in_softirq));
    softirq_raise_on(cpu, t->in_softirq ? SOFTIRQ_TASKLET : SOFTIRQ_SCHEDULE);
}

void tasklet_init(struct tasklet *t, void (*fn)(void *), void *data, bool in_softirq)
{
    *t = (struct tasklet){.scheduled_on = -1, .in_softirq = in_softirq, .fn = fn, .data = data};
    INIT_LIST_HEAD(&t->list);
}

void tasklet_schedule_on(struct tasklet *t, unsigned int cpu)
{
    unsigned long flags;

    spin_lock_irqsave(&tasklet_lock, flags);
    if (!t->dead) {
        t->scheduled_on = (int)cpu;
        if (!t->running) {
            list_del_init(&t->list);
            enqueue_locked(t, cpu);
        }
    }
    spin_unlock_irqrestore(&tasklet_lock, flags);
}

void tasklet_schedule(struct tasklet *t)
{
    tasklet_schedule_on(t, smp_processor_id());
}

/* Run the first of @in_softirq's list of this CPU; whether there are more. */
static bool run_one(bool in_softirq)
{
    unsigned int cpu = smp_processor_id();
    struct list_head *l;
    struct tasklet *t;
    bool more;

    spin_lock_irq(&tasklet_lock);
    l = queue_of(cpu, in_softirq);
    if (list_empty(l)) {
        spin_unlock_irq(&tasklet_lock);
        return false;
    }
    t = list_first_entry(l, struct tasklet, list);
    list_del_init(&t->list);
    t->scheduled_on = -1;
    t->running = true;
    spin_unlock_irq(&tasklet_lock);

    t->fn(t->data);

    spin_lock_irq(&tasklet_lock);
    t->running = false;
    if (t->scheduled_on >= 0 && !t->dead)
        enqueue_locked(t, (unsigned int)t->scheduled_on);
    more = !list_empty(queue_of(cpu, in_softirq));
    spin_unlock_irq(&tasklet_lock);
    return more;
}

static void tasklet_softirq(void)
{
    if (run_one(true))
        softirq_raise(SOFTIRQ_TASKLET);
}

bool tasklet_work_here(void)
{
    const struct list_head *l = &this_cpu(queues).in_idle;

    return l->next != NULL && !list_empty(l);
}

void tasklet_do_work(void)
{
    if (!run_one(false))
        softirq_raise(SOFTIRQ_SCHEDULE);
}

void tasklet_kill(struct tasklet *t)
{
    unsigned long flags;

    spin_lock_irqsave(&tasklet_lock, flags);
    t->dead = true;
    list_del_init(&t->list);
    t->scheduled_on = -1;
    while (t->running) {
        spin_unlock_irqrestore(&tasklet_lock, flags);
        cpu_relax();
        spin_lock_irqsave(&tasklet_lock, flags);
    }
    spin_unlock_irqrestore(&tasklet_lock, flags);
}

static int tasklet_subsys_init(void)
{
    softirq_register(SOFTIRQ_TASKLET, tasklet_softirq);
    return 0;
}
PRESMP_INITCALL(tasklet_subsys_init);
