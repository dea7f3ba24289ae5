/* SPDX-License-Identifier: MIT */
/* The clocks of the machine. System time is the TSC, scaled once for all CPUs. */
#ifndef ASM_TIME_H
#define ASM_TIME_H

#include <xen/types.h>

struct vcpu;

extern unsigned int cpu_khz; /* of the TSC */

/*
 * System time from TSC, as a guest computes it from its vcpu_time_info (public/xen.h):
 * ((tsc - stamp) << shift) * mul >> 32, the shift to the right where it is negative.
 */
struct tsc_scale {
    uint32_t mul;
    int8_t shift;
};
/* The scale for a TSC of @khz. */
struct tsc_scale tsc_scale_of(uint64_t khz);
static always_inline uint64_t tsc_scale(uint64_t delta, struct tsc_scale s)
{
    delta = s.shift >= 0 ? delta << s.shift : delta >> -s.shift;
    return (uint64_t)(((unsigned __int128)delta * s.mul) >> 32);
}

/* Is the TSC constant, and the same on all CPUs? */
bool tsc_is_stable(void);

/*
 * VCPUOP_register_vcpu_time_memory_area: keep a copy of current's vcpu_time_info at guest address
 * @va. 0: no longer. 0, -EFAULT.
 */
int time_register_area(struct vcpu *v, uint64_t va);
/* Forget it: the guest has been reset. */
void time_forget_area(struct vcpu *v);

/*
 * Refresh current's vcpu_time_info from this CPU's calibration, after a context switch; its copy
 * is in the kernel's address space: false where it is due, but user mode is in force.
 */
bool time_update_vcpu(struct vcpu *v);
/* Write the copy that was due: the kernel is in force. */
void time_update_area(struct vcpu *v);

/* IPI: a CPU that comes up wants to compare its TSC with ours. */
void time_sync_interrupt(void);

/* UTC seconds by the CMOS clock, 0 where it shows none. Boot only. */
uint64_t rtc_read(void);
/* The APIC timer of this CPU; the first call, on the boot CPU, measures its rate. */
void apic_timer_init(void);

#endif
