/* SPDX-License-Identifier: MIT */
/* UTC: what it was at system time 0, and each domain's view of it. */
#include <public/xen.h>
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/time.h>

#define NS_PER_S UINT64_C(1000000000)

static DEFINE_SPINLOCK(wallclock_lock, RANK_NONE); /* boot_s, boot_ns; writers of shared_info */
static uint64_t boot_s;
static uint32_t boot_ns;

void time_get_boot_wallclock(uint64_t *secs, uint32_t *nsecs)
{
    spin_lock(&wallclock_lock);
    *secs = boot_s;
    *nsecs = boot_ns;
    spin_unlock(&wallclock_lock);
}

static void publish(struct domain *d)
{
    struct shared_info *s = d->shared_info;
    uint64_t secs = boot_s + (uint64_t)d->time_offset_s;
    uint32_t version;

    if (!s)
        return;
    version = READ_ONCE(s->wc_version) | 1;
    WRITE_ONCE(s->wc_version, version);
    smp_wmb();
    s->wc_sec = (uint32_t)secs;
    s->xen_wc_sec_hi = (uint32_t)(secs >> 32);
    s->wc_nsec = boot_ns;
    smp_wmb();
    WRITE_ONCE(s->wc_version, version + 1);
}

void time_update_wallclock(struct domain *d)
{
    spin_lock(&wallclock_lock);
    publish(d);
    spin_unlock(&wallclock_lock);
}

static void set_boot_wallclock(uint64_t secs, uint32_t nsecs, s_time_t system_time)
{
    uint64_t up_s = (uint64_t)system_time / NS_PER_S, up_ns = (uint64_t)system_time % NS_PER_S;

    if (nsecs < up_ns) {
        nsecs += (uint32_t)NS_PER_S;
        secs--;
    }
    boot_s = secs - up_s;
    boot_ns = nsecs - (uint32_t)up_ns;
}

void time_set_wallclock(uint64_t secs, uint32_t nsecs, s_time_t system_time)
{
    struct domain *d;

    spin_lock(&wallclock_lock);
    set_boot_wallclock(secs + nsecs / NS_PER_S, nsecs % (uint32_t)NS_PER_S, system_time);
    spin_unlock(&wallclock_lock);
    rcu_read_lock();
    for_each_domain (d)
        time_update_wallclock(d);
    rcu_read_unlock();
}

void time_set_offset(struct domain *d, int64_t offset_s)
{
    spin_lock(&wallclock_lock);
    d->time_offset_s = offset_s;
    publish(d);
    spin_unlock(&wallclock_lock);
}
