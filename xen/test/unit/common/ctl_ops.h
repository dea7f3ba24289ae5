/* SPDX-License-Identifier: MIT */
/* Control calls of dom0's, and what guests set up first, for tests. */
#ifndef TEST_UNIT_COMMON_CTL_OPS_H
#define TEST_UNIT_COMMON_CTL_OPS_H

#include <public/domctl.h>
#include <public/sysctl.h>

#include "evtchn_ops.h"

static inline struct domain *control_domain(void)
{
    return sim_domain(0, &(struct sim_domain_conf){.privileged = true, .nr_pages = 256});
}

static inline long domctl(struct domain *by, struct xen_domctl *op)
{
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    return sim_op(by->vcpu[0], __HYPERVISOR_domctl, 0, op, sizeof(*op));
}

static inline long sysctl(struct domain *by, struct xen_sysctl *op)
{
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return sim_op(by->vcpu[0], __HYPERVISOR_sysctl, 0, op, sizeof(*op));
}

static inline void bind_timer_virq(struct domain *d)
{
    struct evtchn_bind_virq op = {.virq = VIRQ_TIMER, .vcpu = 0};

    EXPECT_EQ(evtchn_op(d, EVTCHNOP_bind_virq, &op, sizeof(op)), 0);
}

#endif
