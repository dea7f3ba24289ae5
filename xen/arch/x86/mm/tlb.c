/* SPDX-License-Identifier: MIT */
/*
 * TLB flushes, here and elsewhere, and the clock that tells which are needed.
 *
 * The clock ticks at each flush. A CPU notes the tick of its last flush; a page the clock when it
 * stopped being used as what it was. The CPU may hold stale translations of the page only if the
 * page's stamp is not older than the CPU's. Pages keep 32 bits of the clock; the latest time
 * with those bits stands for them, which is never too early.
 */
#include <xen/cpumask.h>
#include <xen/kernel.h>
#include <xen/percpu.h>
#include <xen/port/page_type.h>
#include <xen/smp.h>
#include <xen/spinlock.h>
#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/page.h>
#include <asm/tlb.h>

static uint64_t tlb_clock = 1;
static DEFINE_PER_CPU(uint64_t, tlb_flushed_at);

static DEFINE_SPINLOCK(flush_lock, RANK_NONE);
static cpumask_t flush_pending; /* CPUs that have not yet done the request below */
static unsigned long flush_va;
static unsigned int flush_flags;

/* Before the flush itself: what is freed from here on is not covered by it. */
void tlb_note_flush(void)
{
    uint64_t now = __atomic_add_fetch(&tlb_clock, 1, __ATOMIC_SEQ_CST);

    WRITE_ONCE(this_cpu(tlb_flushed_at), now);
}

uint32_t port_tlb_clock(void)
{
    return (uint32_t)READ_ONCE(tlb_clock);
}

static uint64_t stamp_time(uint32_t stamp)
{
    uint64_t now = __atomic_load_n(&tlb_clock, __ATOMIC_SEQ_CST);

    return now - (uint32_t)((uint32_t)now - stamp);
}

void tlb_filter_mask(cpumask_t *mask, uint32_t stamp)
{
    uint64_t when = stamp_time(stamp);
    unsigned int cpu;

    for_each_cpu (cpu, mask)
        if (READ_ONCE(per_cpu(tlb_flushed_at, cpu)) > when)
            cpumask_clear(cpu, mask);
}

void flush_area_local(unsigned long va, unsigned int flags)
{
    unsigned long irqs;

    if (flags & FLUSH_CACHE)
        wbinvd();
    if (flags & FLUSH_ONE) {
        invlpg(va);
        return;
    }
    if (!(flags & (FLUSH_TLB | FLUSH_TLB_GLOBAL)))
        return;
    local_irq_save(irqs);
    tlb_note_flush();
    if (flags & FLUSH_TLB_GLOBAL) {
        unsigned long cr4 = read_cr4();

        write_cr4(cr4 & ~CR4_PGE);
        if (!(cr4 & CR4_PGE))
            write_cr3(read_cr3());
        write_cr4(cr4);
    } else {
        write_cr3(read_cr3());
    }
    local_irq_restore(irqs);
}

void flush_area_interrupt(void)
{
    unsigned int cpu = smp_processor_id();

    if (!cpumask_test(cpu, &flush_pending))
        return;
    if (flush_flags & FLUSH_VCPU_STATE)
        sync_lazy_state_here();
    flush_area_local(flush_va, flush_flags);
    smp_mb();
    cpumask_clear(cpu, &flush_pending);
}

/* While waiting, serve others: they may wait for us with our interrupts off. */
static void wait_turn(void)
{
    unsigned long irqs;

    /* The interrupt serves them too: what it had answered, and what came since, would get mixed. */
    local_irq_save(irqs);
    flush_area_interrupt();
    local_irq_restore(irqs);
    cpu_relax();
}

static void flush_others(const cpumask_t *others, unsigned long va, unsigned int flags)
{
    while (!spin_trylock(&flush_lock))
        wait_turn();
    flush_va = va;
    flush_flags = flags;
    smp_wmb();
    cpumask_copy(&flush_pending, others);
    smp_mb();
    apic_send_flush(others);
    while (!cpumask_empty((const cpumask_t *)&flush_pending)) {
        cpu_relax();
        barrier();
    }
    spin_unlock(&flush_lock);
}

void flush_area_mask(const struct cpumask *mask, unsigned long va, unsigned int flags)
{
    unsigned int cpu = smp_processor_id();
    cpumask_t others;

    if (cpumask_test(cpu, mask)) {
        if (flags & FLUSH_VCPU_STATE)
            sync_lazy_state_here();
        flush_area_local(va, flags);
    }
    cpumask_and(&others, mask, &cpu_online_map);
    cpumask_clear(cpu, &others);
    if (!cpumask_empty(&others))
        flush_others(&others, va, flags);
}

void port_flush_tlb_since(uint32_t stamp)
{
    cpumask_t mask = cpu_online_map;

    tlb_filter_mask(&mask, stamp);
    if (!cpumask_empty(&mask))
        flush_area_mask(&mask, 0, FLUSH_TLB);
}

void port_flush_tlb_all(void)
{
    flush_area_mask(&cpu_online_map, 0, FLUSH_TLB);
}
