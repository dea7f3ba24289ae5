/* SPDX-License-Identifier: MIT */
/*
 * A CPU that comes up compares its TSC with CPU 0's. It interrupts CPU 0, then they exchange
 * turns: each turn brackets a reading of CPU 0's between two of the newcomer's.
 */
#include <xen/cpumask.h>
#include <xen/kernel.h>
#include <xen/smp.h>
#include <asm/apic.h>
#include <asm/cpu.h>
#include "private.h"

#define TURNS 8U

static struct {
    uint32_t asked, answered; /* turns; TURNS + 1: over */
    uint64_t tsc;             /* CPU 0's at the last answer */
} exchange;

static uint64_t patience(void)
{
    return (uint64_t)cpu_khz * 1000; /* a second */
}

void time_sync_interrupt(void)
{
    uint64_t start = rdtsc();
    uint32_t turn = 0;

    while (turn <= TURNS && rdtsc() - start < patience()) {
        uint32_t asked = __atomic_load_n(&exchange.asked, __ATOMIC_ACQUIRE);

        if (asked == turn) {
            cpu_relax();
            continue;
        }
        turn = asked;
        exchange.tsc = rdtsc_ordered();
        __atomic_store_n(&exchange.answered, turn, __ATOMIC_RELEASE);
    }
}

static bool ask(uint32_t turn, uint64_t *before, uint64_t *theirs, uint64_t *after)
{
    *before = rdtsc_ordered();
    __atomic_store_n(&exchange.asked, turn, __ATOMIC_RELEASE);
    while (__atomic_load_n(&exchange.answered, __ATOMIC_ACQUIRE) != turn) {
        if (rdtsc() - *before > patience())
            return false;
        cpu_relax();
    }
    *theirs = exchange.tsc;
    *after = rdtsc_ordered();
    return true;
}

/* Ours minus CPU 0's: 0 where the readings agree with that, else the estimate of the best turn. */
static int64_t measure_offset(void)
{
    uint64_t before, theirs, after, least = ~UINT64_C(0);
    int64_t offset = 0;
    bool agree = true;

    for (uint32_t turn = 1; turn <= TURNS; turn++) {
        if (!ask(turn, &before, &theirs, &after))
            break;
        agree = agree && (int64_t)(theirs - before) >= 0 && (int64_t)(after - theirs) >= 0;
        if (after - before < least) {
            least = after - before;
            offset = (int64_t)(before + least / 2 - theirs);
        }
    }
    __atomic_store_n(&exchange.asked, TURNS + 1, __ATOMIC_RELEASE);
    return agree ? 0 : offset;
}

void tsc_sync_ap(void)
{
    const cpumask_t first = cpumask_of(0);
    int64_t offset;

    exchange.asked = exchange.answered = 0;
    apic_send_vector(&first, VECTOR_TIME_SYNC);
    offset = measure_offset();
    this_cpu(tsc_at_zero) = per_cpu(tsc_at_zero, 0) + (uint64_t)offset;
    if (offset) {
        tsc_mark_unsynchronised();
        printk(XENLOG_WARNING "TSC of CPU %u is %ld ticks from CPU 0's\n", smp_processor_id(),
               (long)offset);
    }
}
