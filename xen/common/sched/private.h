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

struct cpupool;
struct runq;
struct sched_unit;

/*
 * What a policy does. The queue is locked wherever there is one; NULL where a policy has nothing to
 * do. A policy's own state is in the unit, in struct sched_cpu and in pool->data.
 */
struct sched_ops {
    int (*pool_init)(struct cpupool *pool);                           /* pool->data; 0, -ENOMEM */
    bool (*before)(const struct rb_node *a, const struct rb_node *b); /* order of the queue */
    /* @u ran since u->started: charge it. */
    void (*account)(struct runq *rq, struct sched_unit *u, s_time_t now);
    /* @u is about to be queued: its place in the order. @woken: it slept until now. */
    void (*place)(struct runq *rq, struct sched_unit *u, bool woken, s_time_t now);
    /* @u goes to another queue, goes down (VPF_DOWN), or ends. */
    void (*leave)(struct runq *rq, struct sched_unit *u);
    /* Who is to run on @cpu: @prev (NULL: must leave), one of the queue (taken from it), or NULL.
     */
    struct sched_unit *(*pick)(struct runq *rq, unsigned int cpu, struct sched_unit *prev,
                               s_time_t now);
    /* The CPU to tell of @u's arrival, or NR_CPUS. */
    unsigned int (*choose_cpu)(struct runq *rq, const struct sched_unit *u, s_time_t now);
    /* After how many ns @cpu is to look again, @u (NULL: nobody) runs; 0: when it is told. */
    s_time_t (*slice)(const struct runq *rq, const struct sched_unit *u, s_time_t now);
    bool (*exhausted)(const struct sched_unit *u); /* must not run, but be parked */
    /* XEN_DOMCTL_scheduler_op and XEN_SYSCTL_scheduler_op; the queue is not locked, the latter's
     * caller holds cpupool_lock. NULL: -EINVAL. */
    int (*adjust_domain)(struct domain *d, struct xen_domctl_scheduler_op *op);
    int (*adjust_global)(struct cpupool *pool, struct xen_sysctl_scheduler_op *op, bool put);
};

struct sched_policy {
    uint32_t id; /* XEN_SCHEDULER_* */
    const char *name, *opt;
    const struct sched_ops *ops;
    unsigned int queue_cpus; /* a queue is for at most so many CPUs */
    s_time_t slice;          /* longest run while others wait */
    s_time_t wake_bonus;     /* see fair.c */
};
/* policy.c. NULL: there is none. */
const struct sched_policy *sched_policy_by_id(uint32_t id);
const struct sched_policy *sched_policy_by_name(const char *opt);

extern const struct sched_ops fair_ops, rtds_ops, arinc653_ops, null_ops;

struct runq {
    spinlock_t lock; /* RANK_RUNQ, taken with interrupts off */
    struct cpupool *pool;
    const struct sched_ops *ops; /* the pool's */
    struct rb_tree tree;         /* units that wait, in the policy's order */
    uint32_t nr_waiting;
    uint32_t nr_units;     /* units assigned here, for placement */
    uint32_t nr_cpus;      /* in cpus */
    uint64_t vtime;        /* its present: never goes back */
    cpumask_t cpus;        /* of this group */
    cpumask_t idle;        /* run their idle vCPU */
    cpumask_t tickled;     /* told to reschedule, have not yet */
    struct list_head list; /* pool->runqs [RANK_CPUPOOL] */
};

struct cpupool {
    uint32_t id;
    const struct sched_policy *policy;
    cpumask_t cpus;
    uint32_t nr_domains;
    /* These two are read without a lock. */
    s_time_t ratelimit; /* a vCPU runs at least that long */
    s_time_t slice;
    uint32_t migrate_delay_us;
    void *data; /* the policy's */
    struct list_head runqs;
    struct list_head list; /* all pools in order of id */
};

struct sched_domain {
    struct cpupool *pool; /* [RANK_CPUPOOL, domain paused] */
    uint32_t weight;
    uint32_t cap;   /* percent of one CPU, 0: none */
    int64_t budget; /* ns left in this period; atomic */
    struct timer refill;
    spinlock_t lock; /* RANK_SCHED: parameters */
};

/* A unit's part of rtds; times in ns. [queue locked] */
struct sched_rt {
    s_time_t period, budget; /* so much in each period */
    s_time_t deadline, left; /* this period's end, and what is left of the budget */
    uint32_t level;          /* how often it was used up in this period: above 0, for extra time */
    bool extra;              /* may run on, after all that have not used up theirs */
    struct timer refill;     /* at the deadline, once it was used up */
};

struct sched_unit {
    struct vcpu *v;
    struct runq *rq; /* [old and new rq locks] NULL: idle vCPU */
    struct rb_node node;
    uint64_t vtime;
    s_time_t started;      /* it runs since, or was last accounted */
    s_time_t scheduled_at; /* it was last put on a CPU */
    bool queued;
    bool parked; /* no budget */
    bool owed;   /* let go by a refill, it has not run since: it runs, budget or not */
    bool held;   /* runs on for the rate limit only, another's turn has come */
    bool yielded;
    bool affinity_broken;
    bool temporary; /* vcpu_temporary_affinity() */
    cpumask_t saved_affinity;
    struct sched_rt rt;
    unsigned int own_cpu; /* null: see null.c */
};

struct sched_cpu {
    struct runq *rq; /* NULL: in no pool, idles */
    struct vcpu *running;
    struct timer slice_timer;
    s_time_t idle_since;
    struct sched_unit *owner; /* null: the one that has this CPU [queue locked] */
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
void unit_account(struct sched_unit *u, s_time_t now);
void runq_tickle(struct runq *rq, unsigned int cpu);
void runq_insert(struct runq *rq, struct sched_unit *u); /* by the policy's order */
void runq_remove(struct runq *rq, struct sched_unit *u);
/* Where @u would run at once: its last CPU, one it likes, any; NR_CPUS. Queue locked. */
unsigned int runq_idle_cpu(const struct runq *rq, const struct sched_unit *u);

/* A domain's and its vCPUs' parameters as at their creation; for rtds one vCPU's. */
void sched_params_reset(struct domain *d);
void rtds_unit_init(struct sched_unit *u);
void rtds_unit_reset(struct sched_unit *u);
/* adjust.c, for fair_ops */
int fair_adjust_domain(struct domain *d, struct xen_domctl_scheduler_op *op);
int fair_adjust_global(struct cpupool *p, struct xen_sysctl_scheduler_op *op, bool put);

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
