/* SPDX-License-Identifier: MIT */
/* The one-shot timer of each CPU: its APIC's, by TSC deadline where the CPU can. */
#include <xen/kernel.h>
#include <xen/param.h>
#include <xen/port/cpu.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <asm/apic.h>
#include <asm/cpu.h>
#include "private.h"

#define MSR_TSC_DEADLINE 0x6e0
#define MEASURE_NS       MILLISECS(10)
/* Later deadlines are programmed as this: the timer softirq then asks again. */
#define FARTHEST_NS      SECONDS(2)

static bool opt_tdt = true;
PARAM_BOOL("tdt", opt_tdt);

static bool by_deadline;
static uint64_t ticks_per_ns_32; /* APIC timer, fixed point: 32 bits of fraction */

bool port_timer_program(s_time_t deadline)
{
    s_time_t delta;
    uint64_t ticks;

    if (deadline == 0) {
        if (by_deadline)
            wrmsr(MSR_TSC_DEADLINE, 0);
        else
            apic_write(APIC_TIMER_INIT, 0);
        return true;
    }
    delta = deadline - NOW();
    if (unlikely(delta <= 0)) {
        softirq_raise(SOFTIRQ_TIMER);
        return false;
    }
    delta = min(delta, FARTHEST_NS);
    if (by_deadline) {
        wrmsr(MSR_TSC_DEADLINE, rdtsc() + (uint64_t)delta * cpu_khz / 1000000 + 1);
        return true;
    }
    ticks = (((uint64_t)delta * (ticks_per_ns_32 >> 4)) >> 28) + 1;
    apic_write(APIC_TIMER_INIT, (uint32_t)min_t(uint64_t, ticks, 0xffffffff));
    return true;
}

/* What is left of the count and when, the best of some readings: whoever takes the CPU from us in
 * between spoils one. */
static uint32_t read_count(s_time_t *when)
{
    s_time_t least = STIME_MAX;
    uint32_t count = 0;

    for (unsigned int i = 0; i < 5; i++) {
        s_time_t before = NOW();
        uint32_t left = apic_read(APIC_TIMER_COUNT);
        s_time_t took = NOW() - before;

        if (took < least) {
            least = took;
            count = left;
            *when = before + took / 2;
        }
    }
    return count;
}

/* Boot CPU, system time runs. */
static void measure_rate(void)
{
    s_time_t start, end;
    uint32_t from, passed;

    apic_write(APIC_LVT_TIMER, VECTOR_TIMER | APIC_LVT_MASKED);
    apic_write(APIC_TIMER_DIV, APIC_TIMER_DIV_1);
    apic_write(APIC_TIMER_INIT, 0xffffffff);
    from = read_count(&start);
    while (NOW() - start < MEASURE_NS)
        cpu_relax();
    passed = from - read_count(&end);
    apic_write(APIC_TIMER_INIT, 0);
    ticks_per_ns_32 = ((uint64_t)passed << 32) / (uint64_t)(end - start);
    if (ticks_per_ns_32 < 64 || ticks_per_ns_32 >> 36)
        panic("the APIC timer counts %u ticks in %ld ns\n", passed, (long)(end - start));
    printk("APIC timer: %lu kHz\n", ticks_per_ns_32 * 1000000 >> 32);
}

void apic_timer_init(void)
{
    by_deadline = opt_tdt && cpu_has(XEN_X86_FEATURE_TSC_DEADLINE);
    if (by_deadline) {
        apic_write(APIC_LVT_TIMER, VECTOR_TIMER | APIC_TIMER_DEADLINE);
        mb(); /* SDM vol 3A, 10.5.4.1: before the MSR is written */
        wrmsr(MSR_TSC_DEADLINE, 0);
        return;
    }
    if (!ticks_per_ns_32)
        measure_rate();
    apic_write(APIC_TIMER_DIV, APIC_TIMER_DIV_1);
    apic_write(APIC_LVT_TIMER, VECTOR_TIMER);
    apic_write(APIC_TIMER_INIT, 0);
}
