/* SPDX-License-Identifier: MIT */
/* Scheduler: what its files share. */
#ifndef SCHED_PRIVATE_H
#define SCHED_PRIVATE_H

#include <xen/lib/rbtree.h>
#include <xen/percpu.h>
#include <xen/sched.h>
#include <xen/spinlock.h>

#define SCHED_WEIGHT_DEFAULT 256
#define SCHED_WEIGHT_MAX     65535

/*
 * Proportional share by virtual time. A vCPU's vtime grows with the time it runs, the slower the
 * greater its domain's weight; who has the least vtime runs next. Who wakes is placed at most
 * wake_bonus before the queue's present, so that sleeping earns latency but no hoard.
 * A domain with a cap has a budget per period; without budget its vCPUs are parked. Whom a refill
 * lets go runs once, however soon the others of its domain use up the budget: it may be allowed few
 * CPUs, and get none of them before. What that takes too much is paid back by the next refills.
 *
 * The pools' schedulers "credit" and "credit2" are this one engine; they differ in parameters.
 */
struct sched_policy {
    uint32_t id; /* XEN_SCHEDULER_* */
    const char *name, *opt;
    s_time_t slice;      /* longest run while others wait */
    s_time_t wake_bonus; /* see above */
};
extern const struct sched_policy sched_policies[];
extern const unsigned int nr_sched_policies;
const struct sched_policy *sched_policy_by_id(uint32_t id);

/* CPUs of a pool share a queue in groups of at most this many. */
#define RUNQ_CPUS 8

struct runq {
    spinlock_t lock;        /* RANK_RUNQ, taken with interrupts off */
    struct cpupool *pool;
    struct rb_tree tree;    /* units that wait, by vtime */
    uint32_t nr_waiting;
    uint32_t nr_units;      /* units assigned here, for placement */
    uint64_t vtime;         /* its present: never goes back */
    cpumask_t cpus;         /* of this group */
    cpumask_t idle;         /* run their idle vCPU */
    cpumask_t tickled;      /* told to reschedule, have not yet */
    struct list_head list;  /* pool->runqs [RANK_CPUPOOL] */
};

struct cpupool {
    uint32_t id;
    const struct sched_policy *policy;
    cpumask_t cpus;
    uint32_t nr_domains;
    s_time_t ratelimit;      /* a vCPU runs at least that long */
    s_time_t slice;
    uint32_t migrate_delay_us;
    struct list_head runqs;
    struct list_head list;   /* all pools in order of id */
};

struct sched_domain {
    struct cpupool *pool; /* [RANK_CPUPOOL, domain paused] */
    uint32_t weight;
    uint32_t cap;         /* percent of one CPU, 0: none */
    int64_t budget;       /* ns left in this period; atomic */
    struct timer refill;
    spinlock_t lock;      /* RANK_SCHED: parameters */
};

struct sched_unit {
    struct vcpu *v;
    struct runq *rq;      /* [old and new rq locks] NULL: idle vCPU */
    struct rb_node node;
    uint64_t vtime;
    s_time_t started;     /* it runs since, or was last accounted */
    s_time_t scheduled_at; /* it was last put on a CPU */
    bool queued;
    bool parked;          /* no budget */
    bool owed;            /* let go by a refill, it has not run since: it runs, budget or not */
    bool held;            /* runs on for the rate limit only, another's turn has come */
    bool yielded;
    bool affinity_broken;
    bool temporary;       /* vcpu_temporary_affinity() */
    cpumask_t saved_affinity;
};

struct sched_cpu {
    struct runq *rq; /* NULL: in no pool, idles */
    struct vcpu *running;
    struct timer slice_timer;
    s_time_t idle_since;
};
DECLARE_PER_CPU(struct sched_cpu, sched_cpu);

/* core.c */
struct runq *unit_lock(struct sched_unit *u, unsigned long *flags);
void unit_assign(struct sched_unit *u, struct runq *rq); /* not queued, not running */
void runstate_change(struct vcpu *v, int state, s_time_t now);
/* Make it wait on its queue, and see that some CPU looks. Queue locked. @woken: it slept, and is
 * placed by the queue's present; else it keeps its vtime. */
void unit_enqueue(struct sched_unit *u, s_time_t now, bool woken);
void unit_dequeue(struct sched_unit *u);
void runq_tickle(struct runq *rq, unsigned int cpu);

/* fair.c: the engine. Queue locked. */
void fair_account(struct runq *rq, struct sched_unit *u, s_time_t now);
void fair_insert(struct runq *rq, struct sched_unit *u, bool woken);
void fair_remove(struct runq *rq, struct sched_unit *u);
/* Who is to run on @cpu: @prev (NULL: must leave), one of the queue, or NULL. */
struct sched_unit *fair_pick(struct runq *rq, unsigned int cpu, struct sched_unit *prev,
                             s_time_t now);
/* The CPU to tell of @u's arrival, or NR_CPUS. */
unsigned int fair_choose_cpu(struct runq *rq, const struct sched_unit *u, s_time_t now);
s_time_t fair_slice(const struct runq *rq, const struct sched_unit *u, s_time_t now);

/* cap.c */
bool cap_exhausted(const struct sched_unit *u);
void cap_charge(struct sched_unit *u, s_time_t ran);
void cap_init(struct domain *d);
void cap_set(struct domain *d, uint32_t cap);

/* cpupool.c */
extern struct cpupool *cpupool0;
void cpupool_boot_init(void);
struct runq *cpupool_choose_runq(struct cpupool *pool, const cpumask_t *affinity);
struct cpupool *cpupool_find(uint32_t id); /* under RANK_CPUPOOL */
int cpupool_cpu_add(struct cpupool *pool, unsigned int cpu);
extern spinlock_t cpupool_lock;

/* vcpu_timer.c */
void vcpu_timers_init(struct vcpu *v);
void vcpu_timers_kill(struct vcpu *v);

#endif
