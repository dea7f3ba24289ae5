/* SPDX-License-Identifier: MIT */
/* Deferred calls, in softirq context or in the idle vCPU of a CPU. */
#ifndef XEN_TASKLET_H
#define XEN_TASKLET_H

#include <xen/lib/list.h>
#include <xen/types.h>

struct tasklet {
    struct list_head list;
    int scheduled_on; /* -1: not */
    bool in_softirq;  /* else in the idle vCPU */
    bool running;
    bool dead;
    void (*fn)(void *);
    void *data;
};

void tasklet_init(struct tasklet *t, void (*fn)(void *), void *data, bool in_softirq);
void tasklet_schedule(struct tasklet *t);
void tasklet_schedule_on(struct tasklet *t, unsigned int cpu);
/* After return it neither runs nor will. Not from within itself. */
void tasklet_kill(struct tasklet *t);
bool tasklet_work_here(void); /* has the idle vCPU of this CPU tasklet work? */
void tasklet_do_work(void);   /* idle vCPU: run one */

#endif
