/* SPDX-License-Identifier: MIT */
/*
 * null: a vCPU has a CPU of its own (u->own_cpu, and that CPU's sc->owner), asleep or awake, until
 * it ends, goes down, or may not run there any more. Those for whom there is none wait in the
 * queue, and take the first that becomes free.
 */
#include <xen/kernel.h>
#include <xen/smp.h>

#include "private.h"

static bool null_before(const struct rb_node *a, const struct rb_node *b)
{
    (void)a;
    (void)b;
    return false; /* in order of arrival */
}

static bool owns(const struct runq *rq, const struct sched_unit *u, unsigned int cpu)
{
    return cpumask_test(cpu, &rq->cpus) && per_cpu(sched_cpu, cpu).owner == u;
}

static bool has_cpu(const struct runq *rq, const struct sched_unit *u)
{
    return u->own_cpu < nr_cpu_ids && owns(rq, u, u->own_cpu) &&
           cpumask_test(u->own_cpu, &u->v->hard_affinity);
}

static void take(struct sched_unit *u, unsigned int cpu)
{
    per_cpu(sched_cpu, cpu).owner = u;
    u->own_cpu = cpu;
}

static void null_leave(struct runq *rq, struct sched_unit *u)
{
    if (u->own_cpu < nr_cpu_ids && owns(rq, u, u->own_cpu)) {
        per_cpu(sched_cpu, u->own_cpu).owner = NULL;
        if (rq->nr_waiting)
            runq_tickle(rq, u->own_cpu);
    }
    u->own_cpu = NR_CPUS;
}

static void null_place(struct runq *rq, struct sched_unit *u, bool woken, s_time_t now)
{
    cpumask_t mask, vacant, liked;
    unsigned int cpu;

    (void)woken;
    (void)now;
    if (has_cpu(rq, u))
        return;
    null_leave(rq, u);
    cpumask_and(&mask, &u->v->hard_affinity, &rq->cpus);
    cpumask_zero(&vacant);
    for_each_cpu (cpu, &mask)
        if (per_cpu(sched_cpu, cpu).owner == NULL)
            cpumask_set(cpu, &vacant);
    cpumask_and(&liked, &vacant, &u->v->soft_affinity);
    if (cpumask_test(u->v->processor, &vacant))
        cpu = u->v->processor;
    else
        cpu = cpumask_first(cpumask_empty(&liked) ? &vacant : &liked);
    if (cpu < nr_cpu_ids)
        take(u, cpu);
}

/* The first of those that wait for a CPU and may have this one. */
static struct sched_unit *first_without(struct runq *rq, unsigned int cpu)
{
    for (struct rb_node *n = rb_first(&rq->tree); n; n = rb_next(n)) {
        struct sched_unit *u = container_of(n, struct sched_unit, node);

        if (!has_cpu(rq, u) && cpumask_test(cpu, &u->v->hard_affinity))
            return u;
    }
    return NULL;
}

static struct sched_unit *null_pick(struct runq *rq, unsigned int cpu, struct sched_unit *prev,
                                    s_time_t now)
{
    struct sched_unit *u = per_cpu(sched_cpu, cpu).owner;

    (void)now;
    if (prev && prev == u)
        return prev;
    if (u == NULL) {
        u = first_without(rq, cpu);
        if (u == NULL)
            return NULL;
        take(u, cpu);
    }
    if (!u->queued || !has_cpu(rq, u))
        return NULL;
    runq_remove(rq, u);
    return u;
}

static unsigned int null_choose_cpu(struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    (void)now;
    return has_cpu(rq, u) ? u->own_cpu : NR_CPUS;
}

static s_time_t null_slice(const struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    (void)rq;
    (void)u;
    (void)now;
    return 0;
}

const struct sched_ops null_ops = {
    .before = null_before,
    .place = null_place,
    .leave = null_leave,
    .pick = null_pick,
    .choose_cpu = null_choose_cpu,
    .slice = null_slice,
};
