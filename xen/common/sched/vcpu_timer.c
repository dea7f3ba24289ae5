/* SPDX-License-Identifier: MIT */
/* A vCPU's timers: each expiry is a VIRQ_TIMER. */
#include <xen/evtchn.h>
#include <xen/kernel.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/time.h>
#include <asm/current.h>

#include "private.h"

static void singleshot(void *data)
{
    send_guest_vcpu_virq(data, VIRQ_TIMER);
}

static void periodic(void *data)
{
    struct vcpu *v = data;
    s_time_t now = NOW(), period = READ_ONCE(v->periodic_period), last;

    if (period == 0)
        return;
    send_guest_vcpu_virq(v, VIRQ_TIMER);
    last = READ_ONCE(v->periodic_last) + period;
    if (last + period <= now)
        last = now; /* missed ticks are not made up */
    WRITE_ONCE(v->periodic_last, last);
    timer_set(&v->periodic_timer, last + period);
}

static void poll_over(void *data)
{
    struct vcpu *v = data;

    if (test_and_clear_bit(v->vcpu_id, v->domain->poll_mask))
        vcpu_unblock(v);
}

void vcpu_timers_init(struct vcpu *v)
{
    unsigned int cpu = smp_processor_id();

    timer_init(&v->singleshot_timer, singleshot, v, cpu);
    timer_init(&v->periodic_timer, periodic, v, cpu);
    timer_init(&v->poll_timer, poll_over, v, cpu);
}

void vcpu_timers_kill(struct vcpu *v)
{
    WRITE_ONCE(v->periodic_period, 0);
    timer_kill(&v->singleshot_timer);
    timer_kill(&v->periodic_timer);
    timer_kill(&v->poll_timer);
}

static void set_here(struct vcpu *v, struct timer *t, s_time_t expires)
{
    if (v == current && READ_ONCE(t->cpu) != smp_processor_id())
        timer_migrate(t, smp_processor_id());
    timer_set(t, expires);
}

void vcpu_set_singleshot(struct vcpu *v, s_time_t expires)
{
    set_here(v, &v->singleshot_timer, expires);
}

void vcpu_stop_singleshot(struct vcpu *v)
{
    timer_stop(&v->singleshot_timer);
}

void vcpu_set_periodic(struct vcpu *v, s_time_t period)
{
    s_time_t now;

    timer_stop(&v->periodic_timer);
    WRITE_ONCE(v->periodic_period, period);
    if (period == 0)
        return;
    now = NOW();
    WRITE_ONCE(v->periodic_last, now);
    set_here(v, &v->periodic_timer, now + period);
}

long do_set_timer_op(s_time_t timeout)
{
    struct vcpu *v = current;

    if (timeout == 0)
        timer_stop(&v->singleshot_timer);
    else if (timeout < 0)
        /* Out of range: the guest's time is off; it gets a tick to look again. */
        vcpu_set_singleshot(v, NOW() + MILLISECS(100));
    else
        vcpu_set_singleshot(v, timeout);
    return 0;
}
