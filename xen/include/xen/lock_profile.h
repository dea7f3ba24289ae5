/* SPDX-License-Identifier: MIT */
/* What builds with lock_profile=y know about their locks, by class (lock_rank.h). */
#ifndef XEN_LOCK_PROFILE_H
#define XEN_LOCK_PROFILE_H

#include <xen/lock_rank.h>
#include <xen/types.h>

struct xen_sysctl_lockprof_op;

struct lock_profile {
    uint64_t lock_cnt, block_cnt;   /* taken; of these after a wait */
    uint64_t lock_time, block_time; /* ns held (not by readers), ns waited */
};

/* Of all CPUs, since the reset. Returns the name of the class. */
const char *lock_profile_get(unsigned int rank, struct lock_profile *sum);
void lock_profile_reset(void);
/* XEN_SYSCTL_lockprof_op. 0, -EINVAL, -EFAULT. */
long lock_profile_op(struct xen_sysctl_lockprof_op *op);

#endif
