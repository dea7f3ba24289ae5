/* SPDX-License-Identifier: MIT */
/* The schedulers that sched= and CPU pools may name. */
#include <public/domctl.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/time.h>

#include "private.h"

static const struct sched_policy policies[] = {
    {XEN_SCHEDULER_CREDIT2, "SMP Credit Scheduler rev2", "credit2", &fair_ops, 8, MILLISECS(10),
     MILLISECS(2)},
    {XEN_SCHEDULER_CREDIT, "SMP Credit Scheduler", "credit", &fair_ops, 8, MILLISECS(30),
     MILLISECS(30)},
    /* These order all vCPUs of the pool, so one queue is for all its CPUs. */
    {XEN_SCHEDULER_RTDS, "SMP RTDS Scheduler", "rtds", &rtds_ops, NR_CPUS, 0, 0},
    {XEN_SCHEDULER_ARINC653, "ARINC 653 Scheduler", "arinc653", &arinc653_ops, NR_CPUS, 0, 0},
    {XEN_SCHEDULER_NULL, "null Scheduler", "null", &null_ops, NR_CPUS, 0, 0},
};

const struct sched_policy *sched_policy_by_id(uint32_t id)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++)
        if (policies[i].id == id)
            return &policies[i];
    return NULL;
}

const struct sched_policy *sched_policy_by_name(const char *opt)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++)
        if (strcmp(opt, policies[i].opt) == 0)
            return &policies[i];
    return NULL;
}
