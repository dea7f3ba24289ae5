/* SPDX-License-Identifier: MIT */
/*
 * arinc653: a major frame of entries, each a vCPU and a time, over and over. Nobody else runs, and
 * nobody runs when an entry's vCPU sleeps or when the entries end before the frame does. A vCPU
 * runs on the first CPU of the pool that its affinity allows.
 *
 * Until a schedule is set, dom0's vCPUs have 10 ms each in turn: somebody must be able to set one.
 */
#include <public/sysctl.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/smp.h>
#include <xen/time.h>

#include "private.h"

#define ENTRIES_MAX  ARRAY_SIZE(((struct xen_sysctl_arinc653_schedule *)0)->sched_entries)
#define DOM0_RUNTIME MILLISECS(10)
#define SLICE_MIN    MICROSECS(50)

/* pool->data. Changed under cpupool_lock and the pool's queue's. */
struct schedule {
    struct xen_sysctl_arinc653_schedule s;
    s_time_t start; /* a frame began then */
    bool of_dom0;   /* none was set: dom0's vCPUs are meant, whatever its handle */
};

struct slot {
    int entry; /* -1: nobody's time */
    s_time_t left;
};

static int arinc653_pool_init(struct cpupool *pool)
{
    pool->data = xzalloc(struct schedule);
    return pool->data ? 0 : -ENOMEM;
}

/* Whose time @now is. */
static struct slot slot_at(const struct schedule *sc, s_time_t now)
{
    s_time_t at = (now - sc->start) % (s_time_t)sc->s.major_frame, end = 0;

    for (int i = 0; i < sc->s.num_sched_entries; i++) {
        end += (s_time_t)sc->s.sched_entries[i].runtime;
        if (at < end)
            return (struct slot){.entry = i, .left = end - at};
    }
    return (struct slot){.entry = -1, .left = (s_time_t)sc->s.major_frame - at};
}

static void schedule_of_dom0(struct schedule *sc)
{
    unsigned int nr = min_t(unsigned int, dom0->max_vcpus, ENTRIES_MAX);

    for (unsigned int i = 0; i < nr; i++) {
        memcpy(sc->s.sched_entries[i].dom_handle, dom0->handle, sizeof(dom0->handle));
        sc->s.sched_entries[i].vcpu_id = i;
        sc->s.sched_entries[i].runtime = DOM0_RUNTIME;
    }
    sc->s.major_frame = nr * (uint64_t)DOM0_RUNTIME;
    sc->s.num_sched_entries = (uint8_t)nr;
    sc->of_dom0 = true;
}

static bool entry_means(const struct schedule *sc, int entry, const struct sched_unit *u)
{
    const struct domain *d = u->v->domain;

    if (sc->s.sched_entries[entry].vcpu_id != u->v->vcpu_id)
        return false;
    return sc->of_dom0
               ? d == dom0
               : memcmp(sc->s.sched_entries[entry].dom_handle, d->handle, sizeof(d->handle)) == 0;
}

static unsigned int cpu_of(const struct runq *rq, const struct sched_unit *u)
{
    cpumask_t mask;

    cpumask_and(&mask, &u->v->hard_affinity, &rq->cpus);
    return cpumask_first(&mask);
}

static bool arinc653_before(const struct rb_node *a, const struct rb_node *b)
{
    (void)a;
    (void)b;
    return false; /* in order of arrival */
}

static void arinc653_place(struct runq *rq, struct sched_unit *u, bool woken, s_time_t now)
{
    struct schedule *sc = rq->pool->data;

    (void)woken;
    (void)now;
    if (sc->s.num_sched_entries == 0 && dom0 && u->v->domain == dom0)
        schedule_of_dom0(sc);
}

static struct sched_unit *arinc653_pick(struct runq *rq, unsigned int cpu, struct sched_unit *prev,
                                        s_time_t now)
{
    const struct schedule *sc = rq->pool->data;
    struct slot slot;

    if (sc->s.num_sched_entries == 0)
        return NULL;
    slot = slot_at(sc, now);
    if (slot.entry < 0)
        return NULL;
    if (prev && entry_means(sc, slot.entry, prev))
        return cpu_of(rq, prev) == cpu ? prev : NULL;
    for (struct rb_node *n = rb_first(&rq->tree); n; n = rb_next(n)) {
        struct sched_unit *u = container_of(n, struct sched_unit, node);

        if (entry_means(sc, slot.entry, u) && cpu_of(rq, u) == cpu) {
            runq_remove(rq, u);
            return u;
        }
    }
    return NULL;
}

static unsigned int arinc653_choose_cpu(struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    const struct schedule *sc = rq->pool->data;
    unsigned int cpu = cpu_of(rq, u);
    struct slot slot;

    if (sc->s.num_sched_entries == 0 || cpu >= nr_cpu_ids)
        return NR_CPUS;
    slot = slot_at(sc, now);
    return slot.entry >= 0 && entry_means(sc, slot.entry, u) ? cpu : NR_CPUS;
}

static s_time_t arinc653_slice(const struct runq *rq, const struct sched_unit *u, s_time_t now)
{
    const struct schedule *sc = rq->pool->data;

    (void)u;
    return sc->s.num_sched_entries ? max_t(s_time_t, slot_at(sc, now).left, SLICE_MIN) : 0;
}

static int schedule_check(const struct xen_sysctl_arinc653_schedule *s)
{
    uint64_t sum = 0;

    if (s->num_sched_entries < 1 || s->num_sched_entries > ENTRIES_MAX || s->major_frame == 0 ||
        s->major_frame > INT64_MAX)
        return -EINVAL;
    for (unsigned int i = 0; i < s->num_sched_entries; i++) {
        uint64_t runtime = s->sched_entries[i].runtime;

        if (runtime == 0 || runtime > s->major_frame - sum)
            return -EINVAL;
        sum += runtime;
    }
    return 0;
}

/* Its first frame begins now. */
static void schedule_set(struct cpupool *pool, const struct xen_sysctl_arinc653_schedule *s)
{
    struct schedule *sc = pool->data;
    struct runq *rq = NULL;
    unsigned int cpu;

    /* A pool that has had no CPU yet has no queue; it has one at most. */
    if (!list_empty(&pool->runqs)) {
        rq = list_first_entry(&pool->runqs, struct runq, list);
        spin_lock_irq(&rq->lock);
    }
    sc->s = *s;
    sc->of_dom0 = false;
    sc->start = NOW();
    if (rq) {
        for_each_cpu (cpu, &rq->cpus)
            runq_tickle(rq, cpu);
        spin_unlock_irq(&rq->lock);
    }
}

static int arinc653_adjust_global(struct cpupool *pool, struct xen_sysctl_scheduler_op *op,
                                  bool put)
{
    struct schedule *sc = pool->data;
    struct xen_sysctl_arinc653_schedule *s;
    int rc;

    if (!put && sc->of_dom0)
        schedule_of_dom0(sc); /* the handle that it has now */
    if (!put)
        return copy_to_guest(op->u.sched_arinc653.schedule, 0, &sc->s, 1) ? -EFAULT : 0;
    s = xmalloc(struct xen_sysctl_arinc653_schedule);
    if (s == NULL)
        return -ENOMEM;
    rc = copy_from_guest(s, op->u.sched_arinc653.schedule, 0, 1) ? -EFAULT : schedule_check(s);
    if (rc == 0)
        schedule_set(pool, s);
    xfree(s);
    return rc;
}

const struct sched_ops arinc653_ops = {
    .pool_init = arinc653_pool_init,
    .before = arinc653_before,
    .place = arinc653_place,
    .pick = arinc653_pick,
    .choose_cpu = arinc653_choose_cpu,
    .slice = arinc653_slice,
    .adjust_global = arinc653_adjust_global,
};
