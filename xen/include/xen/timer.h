/* SPDX-License-Identifier: MIT */
/* One-shot timers, kept per CPU in a heap; callbacks run in SOFTIRQ_TIMER on that CPU. */
#ifndef XEN_TIMER_H
#define XEN_TIMER_H

#include <xen/lib/list.h>
#include <xen/types.h>

struct timer {
    s_time_t expires;
    void (*fn)(void *data);
    void *data;
    uint16_t cpu;
    uint8_t state; /* private to timer.c */
    uint32_t heap_idx;
    struct list_head inactive;
};

void timer_subsys_init(void);
void timer_init(struct timer *t, void (*fn)(void *data), void *data, unsigned int cpu);
/* Fire at system time @expires (at once where it is past). Any context. */
void timer_set(struct timer *t, s_time_t expires);
void timer_stop(struct timer *t);
void timer_migrate(struct timer *t, unsigned int new_cpu);
/* Stop for good; waits for a running callback. Not from the callback. */
void timer_kill(struct timer *t);
bool timer_active(const struct timer *t);
/* CPU goes offline: move its timers to another. */
void timer_cpu_dead(unsigned int cpu);

#endif
