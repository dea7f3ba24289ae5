/* SPDX-License-Identifier: MIT */
/* Time is a number, which sim_advance() raises. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/time.h>

#include "private.h"

s_time_t sim_now;
static uint64_t boot_secs = 1600000000;
static uint32_t boot_nsecs;

s_time_t get_s_time(void)
{
    return __atomic_load_n(&sim_now, __ATOMIC_RELAXED);
}

void time_update_vcpu(struct vcpu *v)
{
    struct vcpu_time_info *t = &v->vcpu_info->time;

    t->version |= 1;
    smp_wmb();
    t->tsc_timestamp = t->system_time = (uint64_t)NOW();
    t->tsc_to_system_mul = 1U << 31;
    t->tsc_shift = 1;
    smp_wmb();
    t->version++;
}

void time_update_wallclock(struct domain *d)
{
    if (!d->shared_info)
        return;
    d->shared_info->wc_version |= 1;
    smp_wmb();
    d->shared_info->wc_sec = (uint32_t)(boot_secs + (uint64_t)d->time_offset_s);
    d->shared_info->wc_nsec = boot_nsecs;
    smp_wmb();
    d->shared_info->wc_version++;
}

void time_set_wallclock(uint64_t secs, uint32_t nsecs, s_time_t system_time)
{
    uint64_t ns = secs * 1000000000 + nsecs - (uint64_t)system_time;
    struct domain *d;

    boot_secs = ns / 1000000000;
    boot_nsecs = (uint32_t)(ns % 1000000000);
    rcu_read_lock();
    for_each_domain (d)
        time_update_wallclock(d);
    rcu_read_unlock();
}

void time_get_boot_wallclock(uint64_t *secs, uint32_t *nsecs)
{
    *secs = boot_secs;
    *nsecs = boot_nsecs;
}

void time_set_offset(struct domain *d, int64_t offset_s)
{
    d->time_offset_s = offset_s;
    time_update_wallclock(d);
}
