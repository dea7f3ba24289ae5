/* SPDX-License-Identifier: MIT */
#ifndef SYSCTL_PRIVATE_H
#define SYSCTL_PRIVATE_H

#include <public/domctl.h>
#include <public/sysctl.h>

/* RANK_DOMCTL is held; @op is our copy, copied back where the result is 0. */
typedef long sysctl_fn(struct xen_sysctl *op);

sysctl_fn sysctl_readconsole, sysctl_sched_id, sysctl_get_domains, sysctl_debug_keys,
    sysctl_cpu_info, sysctl_avail_heap, sysctl_cpupool, sysctl_scheduler, sysctl_lock_profile;
sysctl_fn sysctl_physinfo, sysctl_cpu_topology, sysctl_numa, sysctl_pci_topology;

#endif
