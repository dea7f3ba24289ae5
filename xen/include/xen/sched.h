/* SPDX-License-Identifier: MIT */
/* vCPU states and what puts them to sleep and wakes them. */
#ifndef XEN_SCHED_H
#define XEN_SCHED_H

#include <xen/domain.h>

void sched_init(void);                /* boot CPU: policy chosen by sched=, idle vCPU running */
void sched_cpu_up(unsigned int cpu);  /* before it goes online: per-CPU data, idle vCPU */
void sched_start_idle(void) noreturn; /* each CPU's first entry into the idle loop */
void idle_loop(void) noreturn;

/* Creation of a domain's and vCPU's part. 0, -ENOMEM, -EINVAL. */
int sched_domain_init(struct domain *d, unsigned int cpupool_id);
void sched_domain_destroy(struct domain *d);
int sched_vcpu_init(struct vcpu *v);
void sched_vcpu_destroy(struct vcpu *v);
/* dom0's vCPUs start out where dom0_vcpus_pin and dom0_nodes say. */

/* Make @v runnable if nothing holds it (pause flags, block). Any context. */
void vcpu_wake(struct vcpu *v);
/* Take it off its CPU: asynchronous, or wait until it has stopped and its state is saved. */
void vcpu_sleep_nosync(struct vcpu *v);
void vcpu_sleep_sync(struct vcpu *v);
/* Wake from SCHEDOP_block/poll; then make a running one notice the event. */
void vcpu_unblock(struct vcpu *v);
void vcpu_kick(struct vcpu *v);
void vcpu_block_enable_events(void); /* SCHEDOP_block of current */
void vcpu_yield(void);
/* Counted pauses: hold @v until as many unpauses. _nosync does not wait for it to stop. */
void vcpu_pause(struct vcpu *v);
void vcpu_pause_nosync(struct vcpu *v);
void vcpu_unpause(struct vcpu *v);
void domain_pause(struct domain *d);
void domain_pause_nosync(struct domain *d);
void domain_unpause(struct domain *d);
/* The control domain's own count, with its limits: -EOVERFLOW over 255, -EINVAL below 0. */
int domain_pause_by_controller(struct domain *d);
int domain_unpause_by_controller(struct domain *d);
int vcpu_pause_by_controller(struct vcpu *v);
int vcpu_unpause_by_controller(struct vcpu *v);
/* As if the control domain had paused current's domain; false: it had already. */
bool domain_pause_by_debugger(struct domain *d);
/* Except the current vCPU. */
void domain_pause_except_self(struct domain *d);
void domain_unpause_except_self(struct domain *d);

static inline bool vcpu_runnable(const struct vcpu *v)
{
    return !(READ_ONCE(v->pause_flags) | (unsigned int)READ_ONCE(v->pause_count) |
             (unsigned int)READ_ONCE(v->domain->pause_count));
}

/* Called by port_context_switch() once the old stack and state are left. */
void sched_context_switched(struct vcpu *prev, struct vcpu *next);

/* Affinity. Masks are held to the domain's pool. 0, -EINVAL. */
int vcpu_set_hard_affinity(struct vcpu *v, const cpumask_t *mask);
int vcpu_set_soft_affinity(struct vcpu *v, const cpumask_t *mask);
/* Run @v on @cpu alone for a while (cpu == -1: end of it); for physdev and CPU hotplug. */
int vcpu_temporary_affinity(struct vcpu *v, int cpu);

void vcpu_runstate_get(const struct vcpu *v, struct vcpu_runstate_info *out);
s_time_t vcpu_cpu_time(const struct vcpu *v); /* ns running, for getdomaininfo */
s_time_t cpu_idle_time(unsigned int cpu);     /* ns idle, for getcpuinfo */

/* Scheduler control calls: xen_domctl_scheduler_op, xen_sysctl_scheduler_op, cpupool_op. */
struct xen_domctl_scheduler_op;
struct xen_sysctl_scheduler_op;
struct xen_sysctl_cpupool_op;
int sched_adjust_domain(struct domain *d, struct xen_domctl_scheduler_op *op);
int sched_adjust_global(struct xen_sysctl_scheduler_op *op);
int sched_id(void);
int cpupool_op(struct xen_sysctl_cpupool_op *op);
unsigned int sched_domain_cpupool(const struct domain *d);
const cpumask_t *sched_domain_cpus(const struct domain *d); /* CPUs of its pool */
void sched_dump(unsigned char key);

/* SCHEDOP_* and its old form; dispatch table entries. */
long do_sched_op(int cmd, void *arg);
long do_set_timer_op(s_time_t timeout);

/* VIRQ_TIMER at @expires (system time); each @period ns, 0: none. */
void vcpu_set_singleshot(struct vcpu *v, s_time_t expires);
void vcpu_stop_singleshot(struct vcpu *v);
void vcpu_set_periodic(struct vcpu *v, s_time_t period);

#endif
