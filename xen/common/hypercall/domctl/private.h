/* SPDX-License-Identifier: MIT */
#ifndef DOMCTL_PRIVATE_H
#define DOMCTL_PRIVATE_H

#include <public/domctl.h>
#include <xen/domain.h>

/* An operation on @d (RCU-locked; RANK_DOMCTL is held). @op is our copy. */
typedef long domctl_fn(struct domain *d, struct xen_domctl *op);

domctl_fn domctl_create, domctl_destroy, domctl_pause, domctl_unpause, domctl_get_info,
    domctl_resume, domctl_soft_reset, domctl_max_vcpus, domctl_set_handle, domctl_set_debugging,
    domctl_set_time_offset, domctl_set_target, domctl_subscribe, domctl_set_virq_handler;
domctl_fn domctl_set_vcpu_context, domctl_get_vcpu_context, domctl_get_vcpu_info,
    domctl_vcpu_affinity, domctl_node_affinity, domctl_scheduler;
domctl_fn domctl_max_mem, domctl_irq_permission, domctl_iomem_permission, domctl_set_vnuma;

#endif
