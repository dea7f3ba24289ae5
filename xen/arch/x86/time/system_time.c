/* SPDX-License-Identifier: MIT */
/* System time: the TSC, scaled. */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/muldiv.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/smp.h>
#include <xen/time.h>
#include <asm/cpu.h>
#include <asm/irq_init.h>
#include "private.h"

DEFINE_PER_CPU(uint64_t, tsc_at_zero);
struct tsc_scale host_scale __ro_after_init; /* mul 0, time 0, before time_boot_init() */
unsigned int cpu_khz __ro_after_init;

static char opt_clocksource[8] __initdata;
PARAM_STR("clocksource", opt_clocksource);
static bool tsc_by_option __ro_after_init;
static bool tsc_unsynchronised;

static bool opt_consistent_tscs;
PARAM_BOOL("consistent_tscs", opt_consistent_tscs);

struct tsc_scale tsc_scale_of(uint64_t khz)
{
    /* ns per tick is 10^6 / khz; mul is that times 2^32, with its top bit set. */
    struct tsc_scale s = {0, 0};
    uint64_t num = 1000000;

    if (!khz)
        return s;
    while (num >= khz) {
        khz <<= 1;
        s.shift++;
    }
    while (num * 2 < khz) {
        num <<= 1;
        s.shift--;
    }
    s.mul = (uint32_t)min_t(uint64_t, muldiv64(num, UINT64_C(1) << 32, khz), 0xffffffff);
    return s;
}

s_time_t get_s_time(void)
{
    return (s_time_t)tsc_scale(rdtsc_ordered() - this_cpu(tsc_at_zero), host_scale);
}

bool tsc_is_stable(void)
{
    return !READ_ONCE(tsc_unsynchronised) &&
           (tsc_by_option || opt_consistent_tscs || cpu_has(XEN_X86_FEATURE_ITSC));
}

void tsc_mark_unsynchronised(void)
{
    WRITE_ONCE(tsc_unsynchronised, true);
}

void __init time_boot_init(void)
{
    const char *by = NULL;
    uint64_t hz;

    if (!cpu_has(XEN_X86_FEATURE_TSC))
        panic("this machine has no TSC\n");
    tsc_by_option = !strcmp(opt_clocksource, "tsc");
    this_cpu(tsc_at_zero) = rdtsc_ordered();
    hz = tsc_measure(opt_clocksource, &by);
    cpu_khz = (unsigned int)((hz + 500) / 1000);
    host_scale = tsc_scale_of(cpu_khz);
    printk("TSC: %u.%03u MHz, measured by %s%s\n", cpu_khz / 1000, cpu_khz % 1000, by,
           tsc_is_stable() ? ", constant" : "");
    apic_timer_init();
    wallclock_init();
}

void time_ap_init(void)
{
    tsc_sync_ap();
    apic_timer_init();
}
