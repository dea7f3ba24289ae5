/* SPDX-License-Identifier: MIT */
/* CPU pools: groups of CPUs with a scheduler of their own. */
#include <public/domctl.h>
#include <public/sysctl.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <asm/current.h>

#include "private.h"

static char opt_sched[16] = "credit2";
PARAM_STR("sched", opt_sched);

/* Units of one vCPU are all there is. */
static int parse_granularity(const char *s)
{
    return strcmp(s, "cpu") ? -EINVAL : 0;
}
PARAM_FN("sched-gran", parse_granularity);

DEFINE_SPINLOCK(cpupool_lock, RANK_CPUPOOL);
struct cpupool *cpupool0;
static LIST_HEAD(pools); /* in order of id [cpupool_lock] */

struct cpupool *cpupool_find(uint32_t id)
{
    struct cpupool *p;

    list_for_each_entry (p, &pools, list)
        if (p->id == id)
            return p;
    return NULL;
}

/* The first whose id is @id or greater. */
static struct cpupool *find_next(uint32_t id)
{
    struct cpupool *p;

    list_for_each_entry (p, &pools, list)
        if (p->id >= id)
            return p;
    return NULL;
}

/* The queue with the fewest units of those that reach @affinity. */
struct runq *cpupool_choose_runq(struct cpupool *pool, const cpumask_t *affinity)
{
    struct runq *rq, *best = NULL;
    unsigned int best_load = ~0U;

    list_for_each_entry (rq, &pool->runqs, list) {
        unsigned int nr = READ_ONCE(rq->nr_cpus), load;

        if (nr == 0 || !cpumask_intersects(affinity, &rq->cpus))
            continue;
        load = READ_ONCE(rq->nr_units) * 64 / nr;
        if (load < best_load) {
            best_load = load;
            best = rq;
        }
    }
    /* No CPU of the affinity is in the pool any more: any will do. */
    if (best == NULL)
        list_for_each_entry (rq, &pool->runqs, list)
            if (!cpumask_empty(&rq->cpus))
                return rq;
    return best;
}

static struct runq *runq_with_room(struct cpupool *pool)
{
    struct runq *rq;

    list_for_each_entry (rq, &pool->runqs, list)
        if (rq->nr_cpus < pool->policy->queue_cpus)
            return rq;
    rq = xzalloc(struct runq);
    if (rq) {
        spin_lock_init(&rq->lock, RANK_RUNQ);
        rq->pool = pool;
        rq->ops = pool->policy->ops;
        rq->vtime = (uint64_t)SECONDS(1);
        list_add_tail(&rq->list, &pool->runqs);
    }
    return rq;
}

/* The CPU idles until here. */
int cpupool_cpu_add(struct cpupool *pool, unsigned int cpu)
{
    struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);
    struct runq *rq;

    spin_lock(&cpupool_lock);
    rq = runq_with_room(pool);
    if (rq) {
        cpumask_set(cpu, &pool->cpus);
        spin_lock_irq(&rq->lock);
        cpumask_set(cpu, &rq->cpus);
        WRITE_ONCE(rq->nr_cpus, rq->nr_cpus + 1);
        cpumask_set(cpu, &rq->idle);
        cpumask_clear(cpu, &rq->tickled);
        sc->owner = NULL;
        WRITE_ONCE(sc->rq, rq);
        spin_unlock_irq(&rq->lock);
    }
    spin_unlock(&cpupool_lock);
    if (rq == NULL)
        return -ENOMEM;
    softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
    return 0;
}

/* vCPUs that may run only on @cpu of @pool: what the user pinned gives way to the pool. */
static void break_affinity(struct cpupool *pool, unsigned int cpu)
{
    struct domain *d;
    struct vcpu *v;

    rcu_read_lock();
    for_each_domain (d) {
        if (d->sched == NULL || d->sched->pool != pool)
            continue;
        for_each_vcpu (d, v) {
            cpumask_t left;

            cpumask_and(&left, &v->hard_affinity, &pool->cpus);
            if (cpumask_empty(&left))
                cpumask_setall(&v->hard_affinity);
        }
    }
    rcu_read_unlock();
    (void)cpu;
}

static int cpu_remove(struct cpupool *pool, unsigned int cpu)
{
    struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);
    struct runq *rq = sc->rq;

    if (!cpumask_test(cpu, &pool->cpus))
        return -EINVAL;
    if (cpumask_weight(&pool->cpus) == 1 && pool->nr_domains)
        return -EBUSY;
    cpumask_clear(cpu, &pool->cpus);
    break_affinity(pool, cpu);
    spin_lock_irq(&rq->lock);
    cpumask_clear(cpu, &rq->cpus);
    WRITE_ONCE(rq->nr_cpus, rq->nr_cpus - 1);
    cpumask_clear(cpu, &rq->idle);
    cpumask_clear(cpu, &rq->tickled);
    WRITE_ONCE(sc->rq, NULL);
    spin_unlock_irq(&rq->lock);
    softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
    /* What waits there and may run elsewhere is looked at by the others. */
    for_each_cpu (cpu, &pool->cpus)
        softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
    return 0;
}

static struct cpupool *pool_create(uint32_t id, const struct sched_policy *policy)
{
    struct cpupool *p = xzalloc(struct cpupool), *after;

    if (p == NULL)
        return NULL;
    p->id = id;
    p->policy = policy;
    p->ratelimit = MICROSECS(1000);
    p->slice = policy->slice;
    INIT_LIST_HEAD(&p->runqs);
    if (policy->ops->pool_init && policy->ops->pool_init(p)) {
        xfree(p);
        return NULL;
    }
    list_for_each_entry (after, &pools, list)
        if (after->id > id)
            break;
    list_add_tail(&p->list, &after->list);
    return p;
}

static int op_create(struct xen_sysctl_cpupool_op *op)
{
    const struct sched_policy *policy = sched_policy_by_id(op->sched_id);
    uint32_t id = op->cpupool_id;

    if (policy == NULL)
        return -EINVAL;
    if (id == XEN_SYSCTL_CPUPOOL_PAR_ANY)
        for (id = 0; cpupool_find(id); id++)
            continue;
    else if (cpupool_find(id))
        return -EEXIST;
    if (pool_create(id, policy) == NULL)
        return -ENOMEM;
    op->cpupool_id = id;
    return 0;
}

static int op_destroy(struct cpupool *p)
{
    struct runq *rq, *next;

    if (p == cpupool0 || p->nr_domains)
        return -EBUSY;
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
        if (cpumask_test(cpu, &p->cpus))
            cpu_remove(p, cpu);
    list_for_each_entry_safe (rq, next, &p->runqs, list) {
        spin_barrier(&rq->lock);
        xfree(rq);
    }
    list_del(&p->list);
    xfree(p->data);
    xfree(p);
    return 0;
}

/* Write a CPU set in the ABI's form: as many bytes as the caller has room for. */
static int put_cpumap(struct xenctl_bitmap *map, const cpumask_t *cpus)
{
    uint32_t bytes = min_t(uint32_t, (map->nr_bits + 7) / 8, sizeof(cpus->bits));

    return copy_to_guest(map->bitmap, 0, (const uint8_t *)cpus->bits, bytes);
}

static int op_info(struct xen_sysctl_cpupool_op *op)
{
    const struct cpupool *p = find_next(op->cpupool_id);

    if (p == NULL)
        return -ENOENT;
    op->cpupool_id = p->id;
    op->sched_id = p->policy->id;
    op->n_dom = p->nr_domains;
    return put_cpumap(&op->cpumap, &p->cpus);
}

static void free_cpus(cpumask_t *out)
{
    const struct cpupool *p;

    cpumask_copy(out, &cpu_online_map);
    list_for_each_entry (p, &pools, list)
        cpumask_andnot(out, out, &p->cpus);
}

static int op_freeinfo(struct xen_sysctl_cpupool_op *op)
{
    cpumask_t cpus;

    free_cpus(&cpus);
    return put_cpumap(&op->cpumap, &cpus);
}

static int check_free(uint32_t *cpu)
{
    cpumask_t cpus;

    free_cpus(&cpus);
    if (*cpu == XEN_SYSCTL_CPUPOOL_PAR_ANY)
        *cpu = cpumask_first(&cpus);
    if (*cpu >= nr_cpu_ids)
        return -EINVAL;
    return cpumask_test(*cpu, &cpus) ? 0 : -EBUSY;
}

static int op_rmcpu(struct cpupool *p, uint32_t cpu)
{
    if (cpu == XEN_SYSCTL_CPUPOOL_PAR_ANY)
        for (cpu = nr_cpu_ids - 1; cpu > 0 && !cpumask_test(cpu, &p->cpus); cpu--)
            continue;
    return cpu < nr_cpu_ids ? cpu_remove(p, cpu) : -EINVAL;
}

static void move_vcpu(struct vcpu *v, struct cpupool *to)
{
    unsigned long flags;
    struct runq *rq;

    if (!cpumask_intersects(&v->hard_affinity, &to->cpus))
        cpumask_setall(&v->hard_affinity);
    rq = unit_lock(v->sched, &flags);
    unit_dequeue(v->sched);
    unit_assign(v->sched, cpupool_choose_runq(to, &v->hard_affinity));
    spin_unlock_irqrestore(&rq->lock, flags);
    /* Where it is shown to be until it runs again. */
    WRITE_ONCE(v->processor, cpumask_first(&v->sched->rq->cpus));
}

static int move_domain(struct domain *d, struct cpupool *to)
{
    struct vcpu *v;

    if (d->sched == NULL || cpumask_empty(&to->cpus))
        return -EBUSY;
    if (d->sched->pool == to)
        return 0;
    if (d == current->domain)
        return -EINVAL;
    domain_pause(d);
    if (d->sched->pool->policy != to->policy)
        sched_params_reset(d);
    for_each_vcpu (d, v)
        move_vcpu(v, to);
    d->sched->pool->nr_domains--;
    to->nr_domains++;
    d->sched->pool = to;
    domain_unpause(d);
    return 0;
}

static int op_movedomain(struct xen_sysctl_cpupool_op *op, struct cpupool *to)
{
    struct domain *d = rcu_lock_domain_by_id((domid_t)op->domid);
    int rc;

    if (d == NULL)
        return -ESRCH;
    rc = move_domain(d, to);
    rcu_unlock_domain(d);
    return rc;
}

static int pool_op(struct xen_sysctl_cpupool_op *op, struct cpupool **add_to)
{
    struct cpupool *p = cpupool_find(op->cpupool_id);
    int rc;

    switch (op->op) {
    case XEN_SYSCTL_CPUPOOL_OP_CREATE:
        return op_create(op);
    case XEN_SYSCTL_CPUPOOL_OP_INFO:
        return op_info(op);
    case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
        return op_freeinfo(op);
    }
    if (p == NULL)
        return -ENOENT;
    switch (op->op) {
    case XEN_SYSCTL_CPUPOOL_OP_DESTROY:
        return op_destroy(p);
    case XEN_SYSCTL_CPUPOOL_OP_ADDCPU:
        rc = check_free(&op->cpu);
        if (rc == 0)
            *add_to = p;
        return rc;
    case XEN_SYSCTL_CPUPOOL_OP_RMCPU:
        return op_rmcpu(p, op->cpu);
    case XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN:
        return op_movedomain(op, p);
    default:
        return -ENOSYS;
    }
}

int cpupool_op(struct xen_sysctl_cpupool_op *op)
{
    struct cpupool *add_to = NULL;
    int rc;

    spin_lock(&cpupool_lock);
    rc = pool_op(op, &add_to);
    spin_unlock(&cpupool_lock);
    /* One sysctl at a time: the pool cannot go meanwhile. */
    return add_to ? cpupool_cpu_add(add_to, op->cpu) : rc;
}

unsigned int sched_domain_cpupool(const struct domain *d)
{
    return d->sched ? d->sched->pool->id : 0;
}

const cpumask_t *sched_domain_cpus(const struct domain *d)
{
    return d->sched ? &d->sched->pool->cpus : &cpu_online_map;
}

static const struct sched_policy *chosen_policy(void)
{
    const struct sched_policy *policy = sched_policy_by_name(opt_sched);

    if (policy)
        return policy;
    printk(XENLOG_WARNING "Could not find scheduler: %s\n", opt_sched);
    return sched_policy_by_id(XEN_SCHEDULER_CREDIT2);
}

void cpupool_boot_init(void)
{
    const struct sched_policy *policy = chosen_policy();

    printk(XENLOG_INFO "Using scheduler: %s (%s)\n", policy->name, policy->opt);
    cpupool0 = pool_create(0, policy);
    if (cpupool0 == NULL)
        panic("no memory for Pool-0");
}

int sched_id(void)
{
    return (int)cpupool0->policy->id;
}
