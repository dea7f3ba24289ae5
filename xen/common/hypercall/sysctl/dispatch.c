/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_sysctl. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/port/domain.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

static sysctl_fn *const ops[] = {
    [XEN_SYSCTL_readconsole] = sysctl_readconsole,
    [XEN_SYSCTL_physinfo] = sysctl_physinfo,
    [XEN_SYSCTL_sched_id] = sysctl_sched_id,
    [XEN_SYSCTL_getdomaininfolist] = sysctl_get_domains,
    [XEN_SYSCTL_debug_keys] = sysctl_debug_keys,
    [XEN_SYSCTL_getcpuinfo] = sysctl_cpu_info,
    [XEN_SYSCTL_availheap] = sysctl_avail_heap,
    [XEN_SYSCTL_cputopoinfo] = sysctl_cpu_topology,
    [XEN_SYSCTL_numainfo] = sysctl_numa,
    [XEN_SYSCTL_pcitopoinfo] = sysctl_pci_topology,
    [XEN_SYSCTL_cpupool_op] = sysctl_cpupool,
    [XEN_SYSCTL_scheduler_op] = sysctl_scheduler,
#ifdef CONFIG_LOCK_PROFILE
    [XEN_SYSCTL_lockprof_op] = sysctl_lock_profile,
#endif
};

static DEFINE_SPINLOCK(sysctl_lock, RANK_DOMCTL);

static long do_locked(struct xen_sysctl *op, bool *copy_back)
{
    if (xsm_check(XSM_SYSCTL, op->cmd, NULL))
        return -EPERM;
    if (op->cmd < ARRAY_SIZE(ops) && ops[op->cmd]) {
        *copy_back = true;
        return ops[op->cmd](op);
    }
    return port_do_sysctl(op, copy_back);
}

long do_sysctl(void *u_sysctl)
{
    struct xen_sysctl op;
    bool copy_back = false;
    long rc;

    if (xsm_check(XSM_SYSCTL, XSM_CMD_UNREAD, NULL))
        return -EPERM;
    if (copy_from_guest_bytes(&op, u_sysctl, sizeof(op)))
        return -EFAULT;
    if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
        return -EACCES;
    if (!spin_trylock(&sysctl_lock))
        return hypercall_continue(__HYPERVISOR_sysctl, 1, u_sysctl);
    rc = do_locked(&op, &copy_back);
    spin_unlock(&sysctl_lock);
    if (rc == -ERESTART)
        return hypercall_continue(__HYPERVISOR_sysctl, 1, u_sysctl);
    if (rc >= 0 && copy_back && copy_to_guest_bytes(u_sysctl, &op, sizeof(op)))
        rc = -EFAULT;
    return rc;
}
