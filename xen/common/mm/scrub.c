/* SPDX-License-Identifier: MIT */
/*
 * Zeroing of free memory: by CPUs that have nothing else to do, a block at a time, each page of it
 * only while nobody asks for the CPU. Memory that firmware leaves is such memory at first.
 */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/param.h>
#include <xen/poison.h>
#include <xen/port/cpu.h>
#include <xen/port/numa.h>
#include <xen/port/page_type.h>
#include <xen/rcu.h>
#include <xen/smp.h>
#include <xen/softirq.h>

#include "heap.h"

/* bootscrub=: the memory of before is left as it is, zeroed before dom0 starts, or when idle. */
static enum {
    BOOTSCRUB_OFF,
    BOOTSCRUB_ON,
    BOOTSCRUB_IDLE
} bootscrub =
#ifdef CONFIG_RAM_STARTS_ZERO
    BOOTSCRUB_OFF;
#else
    BOOTSCRUB_IDLE;
#endif

/* The largest blocks that there are go to dom0 before. */
static bool started;

static int __init parse_bootscrub(const char *value)
{
    int on = *value ? parse_bool(value, strlen(value)) : 1;

    if (strcmp(value, "idle") == 0)
        bootscrub = BOOTSCRUB_IDLE;
    else if (on >= 0)
        bootscrub = on ? BOOTSCRUB_ON : BOOTSCRUB_OFF;
    else
        return -EINVAL;
    return 0;
}
PARAM_FN("bootscrub", parse_bootscrub);

bool heap_boot_frames_dirty(void)
{
    return bootscrub != BOOTSCRUB_OFF;
}

bool heap_clean_is_zero(void)
{
#ifdef CONFIG_RAM_STARTS_ZERO
    return true;
#else
    return bootscrub != BOOTSCRUB_OFF;
#endif
}

void heap_clear_pages(struct page_info *pg, uint64_t nr)
{
    for (uint64_t i = 0; i < nr; i++)
        clear_page(page_to_virt(&pg[i]));
}

static bool cpu_is_wanted(const struct heap_node *n)
{
    return softirq_pending_here() || rcu_pending_here() || READ_ONCE(n->nr_waiting);
}

/* One page at least, so that the work comes to its end. Result: how many. */
static uint64_t clear_while_idle(const struct heap_node *n, struct page_info *pg, uint64_t nr)
{
    uint64_t done = 0;

    do {
        unpoison(page_to_virt(&pg[done]), PAGE_SIZE);
        heap_clear_pages(&pg[done], 1);
        poison(page_to_virt(&pg[done]), PAGE_SIZE);
    } while (++done < nr && !cpu_is_wanted(n));
    return done;
}

/* One CPU for each node: more would only contend with those that have work for its memory. */
static bool node_wants_scrubber(const struct heap_node *n)
{
    return READ_ONCE(n->nr_dirty) && !READ_ONCE(n->nr_held) && !READ_ONCE(n->nr_waiting);
}

static bool scrub_node(struct heap_node *n)
{
    struct page_info *pg;
    unsigned int order;

    if (!node_wants_scrubber(n))
        return false;
    pg = heap_hold_dirty(n, &order);
    if (!pg)
        return false;
    port_flush_tlb_since(pg->tlb_stamp);
    heap_release_held(n, pg, order, clear_while_idle(n, pg, UINT64_C(1) << order));
    return true;
}

bool heap_scrub_wanted(void)
{
    if (!READ_ONCE(started))
        return false;
    for (unsigned int i = 0; i < port_nr_nodes(); i++)
        if (node_wants_scrubber(&heap_nodes[i]))
            return true;
    return false;
}

void heap_scrub_step(void)
{
    unsigned int nr = port_nr_nodes(), near = port_cpu_to_node(smp_processor_id());

    for (unsigned int i = 0; i < nr; i++)
        if (scrub_node(&heap_nodes[(near + i) % nr]))
            return;
}

void __init heap_scrub_start(void)
{
    WRITE_ONCE(started, true);
    if (!heap_dirty_count())
        return;
    printk(XENLOG_INFO "Scrubbing Free RAM%s\n", bootscrub == BOOTSCRUB_ON ? "" : " in background");
    port_send_event_check(&cpu_online_map);
    while (bootscrub == BOOTSCRUB_ON && heap_dirty_count()) {
        heap_scrub_step();
        softirq_run_noswitch();
    }
}
