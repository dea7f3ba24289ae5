/* SPDX-License-Identifier: MIT */
#ifndef X86_TIME_PRIVATE_H
#define X86_TIME_PRIVATE_H

#include <xen/compiler.h>
#include <xen/percpu.h>
#include <xen/types.h>
#include <asm/time.h>

/* Measure the TSC against another clock: its rate in Hz. @want: name by clocksource=, or "". */
uint64_t tsc_measure(const char *want, const char **used);

/* TSC of each CPU at system time 0. */
DECLARE_PER_CPU(uint64_t, tsc_at_zero);
extern struct tsc_scale host_scale;

void wallclock_init(void);
/* Find this CPU's tsc_at_zero by comparison with CPU 0. */
void tsc_sync_ap(void);
void tsc_mark_unsynchronised(void);

#endif
