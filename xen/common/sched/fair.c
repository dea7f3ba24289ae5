/* SPDX-License-Identifier: MIT */
/* The proportional-share engine: see private.h. */
#include <public/domctl.h>
#include <xen/kernel.h>
#include <xen/smp.h>
#include <xen/time.h>

#include "private.h"

const struct sched_policy sched_policies[] = {
    { XEN_SCHEDULER_CREDIT2, "SMP Credit Scheduler rev2", "credit2", MILLISECS(10), MILLISECS(2) },
    { XEN_SCHEDULER_CREDIT, "SMP Credit Scheduler", "credit", MILLISECS(30), MILLISECS(30) },
};
const unsigned int nr_sched_policies = ARRAY_SIZE(sched_policies);

const struct sched_policy *sched_policy_by_id(uint32_t id)
{
    for (unsigned int i = 0; i < nr_sched_policies; i++)
        if (sched_policies[i].id == id)
            return &sched_policies[i];
    return NULL;
}

/* How many slices a unit may be ahead of its queue's present, or behind. */
#define LEAD_SLICES 4

static struct sched_unit *unit_of(struct rb_node *n)
{
    return n ? container_of(n, struct sched_unit, node) : NULL;
}

/* vtime is in ns of a domain of default weight. */
static uint64_t weigh(const struct sched_unit *u, s_time_t ran)
{
    return (uint64_t)ran * SCHED_WEIGHT_DEFAULT / READ_ONCE(u->v->domain->sched->weight);
}

void fair_account(struct runq *rq, struct sched_unit *u, s_time_t now)
{
    s_time_t ran = now - u->started;
    uint64_t least;

    if (ran <= 0)
        return;
    u->started = now;
    /* Time that nobody else wanted is not held against it for long; nor can it save up what no
     * single CPU could have given it. */
    least = (uint64_t)(LEAD_SLICES * rq->pool->slice);
    least = rq->vtime > least ? rq->vtime - least : 0;
    u->vtime = max(min(u->vtime + weigh(u, ran), rq->vtime + weigh(u, LEAD_SLICES * rq->pool->slice)),
                   least);
    cap_charge(u, ran);
}

static bool earlier(const struct rb_node *a, const struct rb_node *b)
{
    return container_of(a, struct sched_unit, node)->vtime <
           container_of(b, struct sched_unit, node)->vtime;
}

void fair_insert(struct runq *rq, struct sched_unit *u, bool woken)
{
    uint64_t least = rq->vtime;

    if (woken) {
        uint64_t bonus = (uint64_t)rq->pool->policy->wake_bonus;

        least = least > bonus ? least - bonus : 0;
        u->vtime = max(u->vtime, least);
    }
    rb_insert(&rq->tree, &u->node, earlier);
    rq->nr_waiting++;
    u->queued = true;
}

void fair_remove(struct runq *rq, struct sched_unit *u)
{
    rb_erase(&rq->tree, &u->node);
    rq->nr_waiting--;
    u->queued = false;
}

/* The first waiting unit that may run on @cpu; those without budget are parked on the way. */
static struct sched_unit *first_for(struct runq *rq, unsigned int cpu)
{
    struct rb_node *n = rb_first(&rq->tree);

    while (n) {
        struct sched_unit *u = unit_of(n);

        n = rb_next(n);
        if (unlikely(cap_exhausted(u)) && !u->owed) {
            fair_remove(rq, u);
            u->parked = true;
            continue;
        }
        if (cpumask_test(cpu, &u->v->hard_affinity))
            return u;
    }
    return NULL;
}

struct sched_unit *fair_pick(struct runq *rq, unsigned int cpu, struct sched_unit *prev,
                             s_time_t now)
{
    struct sched_unit *best = first_for(rq, cpu);

    if (prev)
        prev->held = false;
    if (prev && best) {
        bool young = now - prev->scheduled_at < rq->pool->ratelimit;
        bool ahead = prev->vtime > best->vtime;

        rq->vtime = max(rq->vtime, min(prev->vtime, best->vtime));
        if (!prev->yielded && (young || !ahead)) {
            prev->held = ahead;
            best = NULL;
        }
    }
    if (best == NULL)
        return prev;
    fair_remove(rq, best);
    rq->vtime = max(rq->vtime, best->vtime);
    return best;
}

unsigned int fair_choose_cpu(struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    const struct vcpu *v = u->v;
    unsigned int cpu, worst = NR_CPUS;
    uint64_t worst_vtime = u->vtime;
    cpumask_t mask;

    cpumask_and(&mask, &v->hard_affinity, &rq->cpus);
    /* Its last CPU if that idles, an idle one it likes, any idle one. */
    if (cpumask_test(v->processor, &mask) && cpumask_test(v->processor, &rq->idle) &&
        !cpumask_test(v->processor, &rq->tickled))
        return v->processor;
    if (!cpumask_empty(&rq->idle)) {
        cpumask_t idle, liked;

        cpumask_and(&idle, &mask, &rq->idle);
        cpumask_andnot(&idle, &idle, &rq->tickled);
        cpumask_and(&liked, &idle, &v->soft_affinity);
        cpu = cpumask_first(cpumask_empty(&liked) ? &idle : &liked);
        if (cpu < nr_cpu_ids)
            return cpu;
    }
    /* The one that has run ahead the most; or one whose slice has no end, as nobody waited. */
    for_each_cpu (cpu, &mask) {
        const struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);
        const struct vcpu *r = sc->running;
        const struct sched_unit *ru;
        uint64_t vtime;

        if (cpumask_test(cpu, &rq->tickled) || r == NULL || is_idle_vcpu(r))
            continue;
        ru = r->sched;
        vtime = ru->vtime + weigh(ru, max_t(s_time_t, now - ru->started, 0));
        if (vtime > worst_vtime || (worst == NR_CPUS && !timer_active(&sc->slice_timer))) {
            worst_vtime = max(vtime, worst_vtime);
            worst = cpu;
        }
    }
    return worst;
}

/* A long slice is for few: the more wait for each CPU the shorter it is. */
#define SLICE_LONG MILLISECS(10)

static s_time_t share_slice(const struct runq *rq, s_time_t slice)
{
    unsigned int cpus = cpumask_weight(&rq->cpus);

    return max_t(s_time_t, slice / (1 + rq->nr_waiting / max(cpus, 1U)), SLICE_LONG);
}

s_time_t fair_slice(const struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    s_time_t slice = rq->pool->slice;

    if (u->held)
        return u->scheduled_at + rq->pool->ratelimit - now;
    if (slice > SLICE_LONG)
        slice = share_slice(rq, slice);
    if (READ_ONCE(u->v->domain->sched->cap)) {
        s_time_t left = __atomic_load_n(&u->v->domain->sched->budget, __ATOMIC_RELAXED);

        slice = min(slice, max_t(s_time_t, left, MICROSECS(500)));
    } else if (rq->nr_waiting == 0) {
        return 0; /* nobody waits: an arrival will tell */
    }
    return max(slice, rq->pool->ratelimit);
}
