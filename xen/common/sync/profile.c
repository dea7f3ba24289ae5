/* SPDX-License-Identifier: MIT */
/* Counters of the lock profile: per CPU and rank, summed up when they are read. */
#ifdef CONFIG_LOCK_PROFILE

#include <public/sysctl.h>
#include <xen/kernel.h>
#include <xen/guest_access.h>
#include <xen/lib/string.h>
#include <xen/lock_profile.h>
#include <xen/percpu.h>
#include <xen/smp.h>

#include "profile.h"

typedef struct lock_profile rank_profiles_t[NR_LOCK_RANKS];
static DEFINE_PER_CPU(rank_profiles_t, rank_profiles);
static s_time_t profile_start;

static const char *const names[NR_LOCK_RANKS] = {
    [RANK_NONE] = "unranked",
    [RANK_DOMCTL] = "domctl",
    [RANK_LIFECYCLE] = "lifecycle",
    [RANK_CPUPOOL] = "cpupool",
    [RANK_DOMAIN] = "domain",
    [RANK_GRANT] = "grant",
    [RANK_GRANT_ENT] = "grant_ent",
    [RANK_MAPTRACK] = "maptrack",
    [RANK_EVTCHN] = "evtchn",
    [RANK_PORT] = "port",
    [RANK_PIRQ] = "pirq",
    [RANK_P2M] = "p2m",
    [RANK_PAGE] = "page",
    [RANK_PAGE_ALLOC] = "page_alloc",
    [RANK_IRQ] = "irq",
    [RANK_SCHED] = "sched",
    [RANK_RUNQ] = "runq",
    [RANK_TIMER] = "timer",
    [RANK_TASKLET] = "tasklet",
    [RANK_RCU] = "rcu",
    [RANK_HEAP_SMALL] = "xmalloc",
    [RANK_HEAP] = "heap",
    [RANK_MAPPINGS] = "mappings",
    [RANK_APIC] = "apic",
    [RANK_CONSOLE] = "console",
};

/* This CPU's numbers; an interrupt between read and write loses a count, which is all. */
static void add(uint64_t *sum, uint64_t n)
{
    WRITE_ONCE(*sum, *sum + n);
}

void profile_shared(const spinlock_t *lock, s_time_t since)
{
    struct lock_profile *p = &this_cpu(rank_profiles)[lock->rank];

    add(&p->lock_cnt, 1);
    if (!since)
        return;
    add(&p->block_cnt, 1);
    add(&p->block_time, (uint64_t)(NOW() - since));
}

void profile_locked(spinlock_t *lock, s_time_t since)
{
    profile_shared(lock, since);
    lock->taken = NOW();
}

void profile_unlocked(spinlock_t *lock)
{
    add(&this_cpu(rank_profiles)[lock->rank].lock_time, (uint64_t)(NOW() - lock->taken));
}

const char *lock_profile_get(unsigned int rank, struct lock_profile *sum)
{
    unsigned int cpu;

    memset(sum, 0, sizeof(*sum));
    for_each_online_cpu(cpu)
    {
        const struct lock_profile *p = &per_cpu(rank_profiles, cpu)[rank];

        sum->lock_cnt += READ_ONCE(p->lock_cnt);
        sum->block_cnt += READ_ONCE(p->block_cnt);
        sum->lock_time += READ_ONCE(p->lock_time);
        sum->block_time += READ_ONCE(p->block_time);
    }
    return names[rank] ? names[rank] : "other";
}

void lock_profile_reset(void)
{
    unsigned int cpu;

    for_each_online_cpu(cpu) memset(per_cpu(rank_profiles, cpu), 0, sizeof(rank_profiles_t));
    profile_start = NOW();
}

static long query(struct xen_sysctl_lockprof_op *op)
{
    for (unsigned int rank = 0; rank < min_t(uint32_t, op->max_elem, NR_LOCK_RANKS); rank++) {
        struct xen_sysctl_lockprof_data data = {.type = LOCKPROF_TYPE_GLOBAL};
        struct lock_profile p;

        strlcpy(data.name, lock_profile_get(rank, &p), sizeof(data.name));
        data.lock_cnt = p.lock_cnt;
        data.block_cnt = p.block_cnt;
        data.lock_time = p.lock_time;
        data.block_time = p.block_time;
        if (copy_to_guest(op->data, rank, &data, 1))
            return -EFAULT;
    }
    op->nr_elem = NR_LOCK_RANKS;
    op->time = (uint64_t)(NOW() - profile_start);
    return 0;
}

long lock_profile_op(struct xen_sysctl_lockprof_op *op)
{
    switch (op->cmd) {
    case XEN_SYSCTL_LOCKPROF_reset:
        lock_profile_reset();
        return 0;
    case XEN_SYSCTL_LOCKPROF_query:
        return query(op);
    default:
        return -EINVAL;
    }
}

#endif
