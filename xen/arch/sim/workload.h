/* SPDX-License-Identifier: MIT */
/* The random run: its state and choices, shared by the files of its operations. */
#ifndef SIM_WORKLOAD_H
#define SIM_WORKLOAD_H

#include <xen/domain.h>
#include <asm/sim.h>

#define NR_WORK_DOMAINS 4

struct work {
    struct sim_input *in;
    struct domain *d[NR_WORK_DOMAINS]; /* NULL: gone, or not yet made again */
    struct vcpu *self; /* not NULL: CPUs are threads, and this one acts for itself alone */
};

/* The next choice: any number below @n (> 0); all bits; mostly a small one, at times wild. */
uint32_t pick(struct work *w, uint32_t n);
uint64_t pick_bits(struct work *w);
uint32_t pick_small(struct work *w, uint32_t n);
domid_t pick_domid(struct work *w);
/* A domain that exists, and not dom0 where @guest; NULL where there is none at that place. */
struct domain *pick_domain(struct work *w, bool guest);
struct vcpu *pick_vcpu(struct work *w, bool guest);
/* gfn of a page given to @d, or another number. */
uint64_t pick_gfn(struct work *w, struct domain *d);
/* Guest address: in the domain's pages, the grant window, or anywhere. */
uint64_t pick_addr(struct work *w, struct domain *d);

typedef void work_fn(struct work *w);
work_fn work_evtchn, work_fifo, work_write_shared;                     /* workload_evtchn.c */
work_fn work_grant_entry, work_map, work_unmap, work_copy, work_table; /* workload_grant.c */
void work_grant_version(struct vcpu *v, uint32_t version);
work_fn work_sched, work_vcpu, work_timer, work_memory, work_exchange, work_multicall, work_misc,
    work_raw;                                   /* workload_guest.c */
work_fn work_domctl, work_sysctl, work_destroy; /* workload_control.c */
work_fn work_wake_all, work_life;               /* of dom0, where CPUs are threads */

#endif
