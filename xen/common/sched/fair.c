/* SPDX-License-Identifier: MIT */
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
#include <xen/kernel.h>
#include <xen/smp.h>
#include <xen/time.h>

#include "private.h"

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

static void fair_account(struct runq *rq, struct sched_unit *u, s_time_t now)
{
    s_time_t ran = now - u->started;
    uint64_t least;

    if (ran <= 0)
        return;
    u->started = now;
    /* Time that nobody else wanted is not held against it for long; nor can it save up what no
     * single CPU could have given it. */
    least = (uint64_t)(LEAD_SLICES * READ_ONCE(rq->pool->slice));
    least = rq->vtime > least ? rq->vtime - least : 0;
    u->vtime = max(min(u->vtime + weigh(u, ran),
                       rq->vtime + weigh(u, LEAD_SLICES * READ_ONCE(rq->pool->slice))),
                   least);
    cap_charge(u, ran);
}

static bool earlier(const struct rb_node *a, const struct rb_node *b)
{
    return container_of(a, struct sched_unit, node)->vtime <
           container_of(b, struct sched_unit, node)->vtime;
}

static void fair_place(struct runq *rq, struct sched_unit *u, bool woken, s_time_t now)
{
    uint64_t least = rq->vtime, bonus = (uint64_t)rq->pool->policy->wake_bonus;

    (void)now;
    if (!woken)
        return;
    least = least > bonus ? least - bonus : 0;
    u->vtime = max(u->vtime, least);
}

/* The first waiting unit that may run on @cpu; those without budget are parked on the way. */
static struct sched_unit *first_for(struct runq *rq, unsigned int cpu)
{
    struct rb_node *n = rb_first(&rq->tree);

    while (n) {
        struct sched_unit *u = unit_of(n);

        n = rb_next(n);
        if (unlikely(cap_exhausted(u)) && !u->owed) {
            runq_remove(rq, u);
            u->parked = true;
            continue;
        }
        if (cpumask_test(cpu, &u->v->hard_affinity))
            return u;
    }
    return NULL;
}

static struct sched_unit *fair_pick(struct runq *rq, unsigned int cpu, struct sched_unit *prev,
                                    s_time_t now)
{
    struct sched_unit *best = first_for(rq, cpu);

    if (prev)
        prev->held = false;
    if (prev && best) {
        bool young = now - prev->scheduled_at < READ_ONCE(rq->pool->ratelimit);
        bool ahead = prev->vtime > best->vtime;

        WRITE_ONCE(rq->vtime, max(rq->vtime, min(prev->vtime, best->vtime)));
        if (!prev->yielded && (young || !ahead)) {
            prev->held = ahead;
            best = NULL;
        }
    }
    if (best == NULL)
        return prev;
    runq_remove(rq, best);
    WRITE_ONCE(rq->vtime, max(rq->vtime, best->vtime));
    return best;
}

static unsigned int fair_choose_cpu(struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    unsigned int cpu = runq_idle_cpu(rq, u), worst = NR_CPUS;
    uint64_t worst_vtime = u->vtime;
    cpumask_t mask;

    if (cpu < NR_CPUS)
        return cpu;
    cpumask_and(&mask, &u->v->hard_affinity, &rq->cpus);
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

/*
 * The more wait for each CPU the shorter a slice is (though never below the rate limit), so that a
 * round of all does not take much longer than ROUND: where many wait, most may do so for the one of
 * them that holds a lock, and use up their slices spinning.
 */
#define ROUND MILLISECS(60)

static s_time_t share_slice(const struct runq *rq, s_time_t slice)
{
    return min(slice, max(slice, ROUND) / (1 + rq->nr_waiting / max(rq->nr_cpus, 1U)));
}

static s_time_t fair_slice(const struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    s_time_t slice = share_slice(rq, READ_ONCE(rq->pool->slice));

    if (u == NULL)
        return 0;
    if (u->held)
        return u->scheduled_at + READ_ONCE(rq->pool->ratelimit) - now;
    if (READ_ONCE(u->v->domain->sched->cap)) {
        s_time_t left = __atomic_load_n(&u->v->domain->sched->budget, __ATOMIC_RELAXED);

        slice = min(slice, max_t(s_time_t, left, MICROSECS(500)));
    } else if (rq->nr_waiting == 0) {
        return 0; /* nobody waits: an arrival will tell */
    }
    return max(slice, READ_ONCE(rq->pool->ratelimit));
}

const struct sched_ops fair_ops = {
    .before = earlier,
    .account = fair_account,
    .place = fair_place,
    .pick = fair_pick,
    .choose_cpu = fair_choose_cpu,
    .slice = fair_slice,
    .exhausted = cap_exhausted,
    .adjust_domain = fair_adjust_domain,
    .adjust_global = fair_adjust_global,
};
