/* SPDX-License-Identifier: MIT */
/* Console, debug keys, domains and schedulers of the host. */
#include <xen/console.h>
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lock_profile.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xen/xsm.h>

#include "private.h"

long sysctl_readconsole(struct xen_sysctl *op)
{
    return console_read_ring(&op->u.readconsole);
}

long sysctl_sched_id(struct xen_sysctl *op)
{
    op->u.sched_id.sched_id = (uint32_t)sched_id();
    return 0;
}

long sysctl_get_domains(struct xen_sysctl *op)
{
    struct xen_sysctl_getdomaininfolist *list = &op->u.getdomaininfolist;
    struct xen_domctl_getdomaininfo info;
    struct domain *d;
    uint32_t nr = 0;
    long rc = 0;

    rcu_read_lock();
    /* Mostly asked for by number: then not through all before it. */
    d = list->first_domain < DOMID_FIRST_RESERVED ? domain_by_id_rcu((domid_t)list->first_domain)
                                                  : NULL;
    for (d = d ?: rcu_dereference(domain_list); d; d = rcu_dereference(d->next_in_list)) {
        if (d->domain_id < list->first_domain ||
            xsm_check(XSM_SYSCTL, XEN_SYSCTL_getdomaininfolist, d))
            continue;
        if (nr == list->max_domains)
            break;
        domain_get_info(d, &info);
        if (copy_to_guest(list->buffer, nr, &info, 1)) {
            rc = -EFAULT;
            break;
        }
        nr++;
    }
    rcu_read_unlock();
    list->num_domains = nr;
    return rc;
}

long sysctl_debug_keys(struct xen_sysctl *op)
{
    for (uint32_t i = 0; i < min(op->u.debug_keys.nr_keys, 256U); i++) {
        char c;

        if (copy_from_guest(&c, op->u.debug_keys.keys, i, 1))
            return -EFAULT;
        keyhandler_handle((unsigned char)c);
    }
    return 0;
}

long sysctl_cpu_info(struct xen_sysctl *op)
{
    struct xen_sysctl_getcpuinfo *ci = &op->u.getcpuinfo;
    uint32_t nr = min(ci->max_cpus, nr_cpu_ids);

    for (uint32_t i = 0; i < nr; i++) {
        struct xen_sysctl_cpuinfo info = {.idletime = (uint64_t)cpu_idle_time(i)};

        if (copy_to_guest(ci->info, i, &info, 1))
            return -EFAULT;
    }
    ci->nr_cpus = nr;
    return 0;
}

long sysctl_avail_heap(struct xen_sysctl *op)
{
    struct xen_sysctl_availheap *ah = &op->u.availheap;

    if (ah->node < -1 || ah->node >= MAX_NODES)
        return -EINVAL;
    ah->avail_bytes = heap_free_count(ah->node < 0 ? NUMA_NO_NODE : (unsigned int)ah->node)
                      << PAGE_SHIFT;
    return 0;
}

long sysctl_cpupool(struct xen_sysctl *op)
{
    return cpupool_op(&op->u.cpupool_op);
}

long sysctl_scheduler(struct xen_sysctl *op)
{
    return sched_adjust_global(&op->u.scheduler_op);
}

#ifdef CONFIG_LOCK_PROFILE
long sysctl_lock_profile(struct xen_sysctl *op)
{
    return lock_profile_op(&op->u.lockprof_op);
}
#endif
