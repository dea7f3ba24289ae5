/* SPDX-License-Identifier: MIT */
/* Pausing, blocking, waking and placing vCPUs. */
#include <xen/evtchn.h>
#include <xen/kernel.h>
#include <xen/port/context.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <asm/current.h>

#include "private.h"

#define CONTROLLER_PAUSE_MAX 255

void vcpu_unblock(struct vcpu *v)
{
    if (!(__atomic_fetch_and(&v->pause_flags, ~VPF_BLOCKED, __ATOMIC_SEQ_CST) & VPF_BLOCKED))
        return;
    if (unlikely(test_bit(v->vcpu_id, v->domain->poll_mask)))
        clear_bit(v->vcpu_id, v->domain->poll_mask);
    vcpu_wake(v);
}

void vcpu_kick(struct vcpu *v)
{
    bool running = READ_ONCE(v->is_running);
    unsigned int cpu;

    vcpu_unblock(v);
    cpu = READ_ONCE(v->processor);
    if (running && cpu != smp_processor_id()) {
        cpumask_t cpus = cpumask_of(cpu);

        port_send_event_check(&cpus);
    }
}

void vcpu_block_enable_events(void)
{
    struct vcpu *v = current;

    vcpu_info_set_mask(v->vcpu_info, false);
    __atomic_fetch_or(&v->pause_flags, VPF_BLOCKED, __ATOMIC_SEQ_CST);
    /* An event that came before is seen here; one that comes after unblocks. */
    if (vcpu_event_pending(v))
        __atomic_fetch_and(&v->pause_flags, ~VPF_BLOCKED, __ATOMIC_SEQ_CST);
    else
        softirq_raise(SOFTIRQ_SCHEDULE);
}

void vcpu_pause_nosync(struct vcpu *v)
{
    __atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
    vcpu_sleep_nosync(v);
}

void vcpu_pause(struct vcpu *v)
{
    ASSERT(v != current);
    __atomic_fetch_add(&v->pause_count, 1, __ATOMIC_SEQ_CST);
    vcpu_sleep_sync(v);
}

void vcpu_unpause(struct vcpu *v)
{
    if (__atomic_sub_fetch(&v->pause_count, 1, __ATOMIC_SEQ_CST) == 0)
        vcpu_wake(v);
}

static void pause_all(struct domain *d, bool sync, const struct vcpu *except)
{
    struct vcpu *v;

    __atomic_fetch_add(&d->pause_count, 1, __ATOMIC_SEQ_CST);
    for_each_vcpu (d, v) {
        if (v == except)
            continue;
        if (sync)
            vcpu_sleep_sync(v);
        else
            vcpu_sleep_nosync(v);
    }
    port_domain_pause(d);
}

void domain_pause(struct domain *d)
{
    ASSERT(d != current->domain);
    pause_all(d, true, NULL);
}

void domain_pause_nosync(struct domain *d)
{
    pause_all(d, false, NULL);
}

void domain_unpause(struct domain *d)
{
    struct vcpu *v;

    port_domain_unpause(d);
    if (__atomic_sub_fetch(&d->pause_count, 1, __ATOMIC_SEQ_CST) == 0) {
        for_each_vcpu (d, v)
            vcpu_wake(v);
    }
}

static bool controller_pauses(struct domain *d, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&d->controller_pause_count, &from, to, false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

int domain_pause_by_controller(struct domain *d)
{
    uint32_t count;

    do {
        count = READ_ONCE(d->controller_pause_count);
        if (count >= CONTROLLER_PAUSE_MAX)
            return -EOVERFLOW;
    } while (!controller_pauses(d, count, count + 1));
    domain_pause(d);
    return 0;
}

bool domain_pause_by_debugger(struct domain *d)
{
    /* First, so that who sees the count can end the pause. */
    domain_pause_nosync(d);
    if (controller_pauses(d, 0, 1))
        return true;
    domain_unpause(d);
    return false;
}

int domain_unpause_by_controller(struct domain *d)
{
    uint32_t count = READ_ONCE(d->controller_pause_count);

    if (count == 0)
        return -EINVAL;
    if (count == 1 && !d->is_initialised) {
        d->is_initialised = true;
        port_domain_creation_finished(d);
    }
    /* Nobody else lowers it, and a debugger's trap raises it from 0 alone. */
    WRITE_ONCE(d->controller_pause_count, count - 1);
    domain_unpause(d);
    return 0;
}

int vcpu_pause_by_controller(struct vcpu *v)
{
    if (v->controller_pause_count >= CONTROLLER_PAUSE_MAX)
        return -EOVERFLOW;
    v->controller_pause_count++;
    vcpu_pause(v);
    return 0;
}

int vcpu_unpause_by_controller(struct vcpu *v)
{
    if (v->controller_pause_count == 0)
        return -EINVAL;
    v->controller_pause_count--;
    vcpu_unpause(v);
    return 0;
}

void domain_pause_except_self(struct domain *d)
{
    struct vcpu *v;

    if (current->domain != d) {
        domain_pause(d);
        return;
    }
    for_each_vcpu (d, v)
        if (v != current)
            vcpu_pause(v);
}

void domain_unpause_except_self(struct domain *d)
{
    struct vcpu *v;

    if (current->domain != d) {
        domain_unpause(d);
        return;
    }
    for_each_vcpu (d, v)
        if (v != current)
            vcpu_unpause(v);
}

/* After a change of affinity: a vCPU that runs or waits in the wrong place moves. */
static void apply_affinity(struct vcpu *v)
{
    struct sched_unit *u = v->sched;
    unsigned long flags;
    struct runq *rq = unit_lock(u, &flags), *better;
    bool wrong = !cpumask_intersects(&v->hard_affinity, &rq->cpus);

    if (v->is_running) {
        if (!cpumask_test(v->processor, &v->hard_affinity))
            softirq_raise_on(v->processor, SOFTIRQ_SCHEDULE);
    } else if (u->queued) {
        unit_dequeue(u);
        unit_enqueue(u, NOW(), false);
    }
    spin_unlock_irqrestore(&rq->lock, flags);
    if (!wrong)
        return;
    vcpu_pause(v);
    better = cpupool_choose_runq(v->domain->sched->pool, &v->hard_affinity);
    if (better) {
        rq = unit_lock(u, &flags);
        unit_assign(u, better);
        spin_unlock_irqrestore(&rq->lock, flags);
    }
    vcpu_unpause(v);
}

int vcpu_set_hard_affinity(struct vcpu *v, const cpumask_t *mask)
{
    struct cpupool *pool = v->domain->sched->pool;
    unsigned long flags;
    struct runq *rq;

    if (!cpumask_intersects(mask, &pool->cpus))
        return -EINVAL;
    if (v->sched->temporary)
        return -EBUSY;
    rq = unit_lock(v->sched, &flags);
    cpumask_copy(&v->hard_affinity, mask);
    spin_unlock_irqrestore(&rq->lock, flags);
    if (v == current) {
        softirq_raise(SOFTIRQ_SCHEDULE);
        return 0;
    }
    apply_affinity(v);
    return 0;
}

int vcpu_set_soft_affinity(struct vcpu *v, const cpumask_t *mask)
{
    unsigned long flags;
    struct runq *rq;

    if (!cpumask_intersects(mask, &v->domain->sched->pool->cpus))
        return -EINVAL;
    rq = unit_lock(v->sched, &flags);
    cpumask_copy(&v->soft_affinity, mask);
    spin_unlock_irqrestore(&rq->lock, flags);
    return 0;
}

int vcpu_temporary_affinity(struct vcpu *v, int cpu)
{
    struct sched_unit *u = v->sched;
    unsigned long flags;
    struct runq *rq;
    int rc = 0;

    if (cpu >= 0 && !cpumask_test((unsigned int)cpu, &v->domain->sched->pool->cpus))
        return -EINVAL;
    rq = unit_lock(u, &flags);
    if (cpu >= 0 && u->temporary) {
        rc = -EBUSY;
    } else if (cpu >= 0) {
        u->saved_affinity = v->hard_affinity;
        u->temporary = true;
        v->hard_affinity = cpumask_of((unsigned int)cpu);
    } else if (u->temporary) {
        v->hard_affinity = u->saved_affinity;
        u->temporary = false;
    }
    spin_unlock_irqrestore(&rq->lock, flags);
    if (rc == 0) {
        if (v == current)
            softirq_raise(SOFTIRQ_SCHEDULE);
        else
            apply_affinity(v);
    }
    return rc;
}
