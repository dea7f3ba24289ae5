/* SPDX-License-Identifier: MIT */
/* The generic timer (Arm ARM D11): its counter is system time. */
#ifndef ASM_TIME_H
#define ASM_TIME_H

#include <xen/types.h>

/* Interrupts of the host's timer node; types of asm/irq.h. */
enum timer_ppi { TIMER_PHYS_SECURE, TIMER_PHYS, TIMER_VIRT, TIMER_HYP, NR_TIMER_PPIS };

struct timer_info {
    unsigned int irq[NR_TIMER_PPIS]; /* 0: the node does not name it */
    uint32_t hz;
    uint32_t dt_clock_frequency; /* the property of that name, 0: none */
    uint64_t boot_count;         /* of the counter, at system time 0 */
};
extern struct timer_info timer_info;

/* Find the timer node and the counter's rate; system time starts. Before the GIC. */
void time_boot_init(void);
/* Its interrupts and the maintenance interrupt: part of gic_boot_init(). */
void time_irq_init(void);
/* This CPU's timers: after gic_boot_init() or gic_cpu_init(). */
void time_cpu_init(void);

uint64_t counter_read(void); /* CNTPCT, in order */
s_time_t ticks_to_ns(uint64_t ticks);
uint64_t ns_to_ticks(s_time_t ns);
/* System time of a value of the counter. */
static inline s_time_t counter_to_ns(uint64_t count)
{
    return ticks_to_ns(count - timer_info.boot_count);
}

#endif
