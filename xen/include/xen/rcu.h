/* SPDX-License-Identifier: MIT */
/*
 * Read-copy-update. A reader is any code between rcu_read_lock() and rcu_read_unlock(); it does
 * not sleep and does not leave the hypervisor. A CPU passes a quiescent state whenever it runs
 * softirqs on the way to a guest or idles.
 */
#ifndef XEN_RCU_H
#define XEN_RCU_H

#include <xen/types.h>

struct rcu_head {
    struct rcu_head *next;
    void (*fn)(struct rcu_head *);
};

void rcu_subsys_init(void);
static inline void rcu_read_lock(void)
{
    barrier();
}
static inline void rcu_read_unlock(void)
{
    barrier();
}
#define rcu_dereference(p)       __atomic_load_n(&(p), __ATOMIC_CONSUME)
#define rcu_assign_pointer(p, v) __atomic_store_n(&(p), v, __ATOMIC_RELEASE)
/* Call fn(head) once every reader of now is gone. */
void rcu_call(struct rcu_head *head, void (*fn)(struct rcu_head *));
bool rcu_pending_here(void);
bool rcu_needs_cpu(unsigned int cpu); /* must not enter deep idle yet */
void rcu_check_callbacks(void);       /* from the way to a guest / idle: quiescent state */
void rcu_idle_enter(unsigned int cpu);
void rcu_idle_exit(unsigned int cpu);
/* Wait until each callback queued so far has run. Process context at boot or in a tasklet. */
void rcu_barrier(void);

#endif
