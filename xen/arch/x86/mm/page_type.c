/* SPDX-License-Identifier: MIT */
/*
 * The type of a page and its count: type_info.
 *
 *                 get: count 0, type set                all entries good
 *   count 0 ------------------------------> checking ------------------> PGT_VALIDATED, count >= 1
 *      ^                                     |    ^                          |
 *      |                           preempted |    | get, or finish           | last put
 *      |                                     v    |                          v
 *      +------------------------------- PGT_PARTIAL <------------------- being undone
 *
 * In PGT_PARTIAL the first nr_validated entries hold their references. If page_info.partial is
 * set, the next entry's table is PGT_PARTIAL itself on our behalf. The state keeps a count of 1
 * and a general reference; nobody else uses the page as that type, so anyone may take it over,
 * to go on with checking as well as with undoing. Whoever meets a table without PGT_VALIDATED and
 * PGT_PARTIAL waits: another CPU is at work on it.
 *
 * The last put of any type takes PGT_VALIDATED away first, and so has the page to itself while it
 * notes the time of the TLB clock. Else another CPU could use the page in between and be done with
 * it after the time noted.
 */
#include <xen/lib/string.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/page_type.h>
#include <xen/softirq.h>
#include <asm/cpu.h>
#include <asm/perdomain.h>
#include <asm/pv.h>
#include <asm/pv_mmu.h>
#include <asm/shadow.h>
#include <asm/tlb.h>

#include "pagetable.h"

static bool is_table_type(uint64_t type)
{
    return pgt_level(type) - 1 < 4;
}

static bool needs_check(uint64_t type)
{
    return is_table_type(type) || (type & PGT_TYPE_MASK) == PGT_SEG_DESC;
}

static always_inline bool type_cas(struct page_info *pg, uint64_t *old, uint64_t new)
{
    return __atomic_compare_exchange_n(&pg->type_info, old, new, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}

static void type_store(struct page_info *pg, uint64_t x)
{
    __atomic_store_n(&pg->type_info, x, __ATOMIC_RELEASE);
}

/* The old use may still be in the TLBs of the owner's CPUs. */
static void flush_old_use(const struct page_info *pg)
{
    struct domain *d = page_owner(pg);
    cpumask_t mask;

    if (!d || is_system_domain(d))
        return;
    mask = d->arch.dirty_cpumask;
    tlb_filter_mask(&mask, pg->inuse_stamp);
    if (!cpumask_empty(&mask))
        flush_area_mask(&mask, 0, FLUSH_TLB);
}

/* The last use is over, and the page the caller's alone: on to @x, of count 0. */
static void end_use(struct page_info *pg, uint64_t x)
{
    pg->inuse_stamp = port_tlb_clock();
    type_store(pg, x);
}

/* Stop work on @pg, whose first @nr entries are good. */
static int leave_partial(struct page_info *pg, unsigned int nr, bool sub)
{
    pg->nr_validated = (uint16_t)nr;
    pg->partial = sub;
    if (!page_get_again(pg))
        BUG();
    type_store(pg, (pg->type_info & PGT_TYPE_MASK) | PGT_PARTIAL | 1);
    return -ERESTART;
}

static int undo_entries(struct page_info *pg, unsigned int level, bool preemptible)
{
    const struct domain *d = page_owner(pg);
    pte_t *table = page_table(pg);
    unsigned int i = pg->nr_validated;

    if (shadow_in_use(d))
        shadow_table_gone(d, pg);

    if (pg->partial) {
        if (page_finish_partial(mfn_to_page(pte_mfn(table[i])), preemptible))
            return leave_partial(pg, i, true);
        pg->partial = 0;
    }
    while (i-- > 0) {
        if (!(table[i].e & PTE_PRESENT) || (level == 4 && l4_slot_is_ours(i)))
            continue;
        if (level == 1) {
            l1_entry_put(table[i], d);
            continue;
        }
        if (upper_entry_put(table[i], level, preemptible))
            return leave_partial(pg, i, true);
        if (preemptible && i && hypercall_preempt_check())
            return leave_partial(pg, i, false);
    }
    return 0;
}

/* Who saves a guest saves tables otherwise than other pages: one that has become the other is to be
 * saved again, even if it is not written to. */
static void new_type_written(const struct page_info *pg, const struct domain *d)
{
    if (d)
        log_dirty_mark_mfn(d, page_to_mfn(pg));
}

/* From "being undone" to count 0. */
static int undo(struct page_info *pg, bool preemptible)
{
    uint64_t type = pg->type_info & PGT_TYPE_MASK;

    if (is_table_type(type)) {
        int rc = undo_entries(pg, pgt_level(type), preemptible);

        if (rc)
            return rc;
    }
    pg->nr_validated = 0;
    pg->inuse_stamp = port_tlb_clock();
    type_store(pg, type);
    new_type_written(pg, page_owner(pg));
    return 0;
}

static int check_descriptors(struct page_info *pg)
{
    uint64_t *desc = page_to_virt(pg);

    for (unsigned int i = 0; i < PAGE_SIZE / 8; i++)
        if (!pv_descriptor_ok(&desc[i]))
            return -EINVAL;
    return 0;
}

static int check_l1(struct page_info *pg, struct domain *d)
{
    pte_t *table = page_table(pg);
    unsigned int i;

    for (i = 0; i < PT_ENTRIES; i++) {
        pte_t e = table[i];

        if (!(e.e & PTE_PRESENT))
            continue;
        if (unlikely(l1_entry_get(&e, d, d)))
            break;
        if (e.e != table[i].e)
            table[i] = e;
    }
    pg->nr_validated = (uint16_t)i;
    return i == PT_ENTRIES ? 0 : -EINVAL;
}

static int check_upper(struct page_info *pg, unsigned int level, struct domain *d, bool preemptible)
{
    pte_t *table = page_table(pg);
    unsigned int first = pg->nr_validated;

    pg->partial = 0;
    for (unsigned int i = first; i < PT_ENTRIES; i++) {
        pte_t e = table[i];
        int rc;

        if (!(e.e & PTE_PRESENT) || (level == 4 && l4_slot_is_ours(i)))
            continue;
        if (preemptible && i > first && hypercall_preempt_check())
            return leave_partial(pg, i, false);
        rc = upper_entry_get(&e, level, d, preemptible);
        if (rc == -ERESTART)
            return leave_partial(pg, i, true);
        if (rc) {
            pg->nr_validated = (uint16_t)i;
            return rc;
        }
        table[i] = e;
    }
    pg->nr_validated = PT_ENTRIES;
    if (level == 4)
        init_guest_l4_slots(table, d);
    return 0;
}

/* From "checking" to PGT_VALIDATED. -ERESTART: left PGT_PARTIAL. Else on error: count 0. */
static int check(struct page_info *pg, uint64_t type, bool preemptible)
{
    struct domain *d = page_owner(pg);
    unsigned int level = pgt_level(type);
    int rc = 0;

    if (level == 1)
        rc = check_l1(pg, d);
    else if (is_table_type(type))
        rc = d->arch.perdomain_l3 ? check_upper(pg, level, d, preemptible) : -EINVAL;
    else if ((type & PGT_TYPE_MASK) == PGT_SEG_DESC)
        rc = check_descriptors(pg);
    if (likely(!rc)) {
        type_store(pg, type | PGT_VALIDATED | 1);
        new_type_written(pg, d);
    } else if (rc != -ERESTART && undo(pg, preemptible) == -ERESTART)
        stash_partial(pg);
    return rc;
}

static int first_get(struct page_info *pg, uint64_t old, uint64_t type, bool preemptible)
{
    if ((old & PGT_TYPE_MASK) != type)
        flush_old_use(pg);
    if (is_table_type(type)) {
        pg->nr_validated = 0;
        pg->partial = 0;
    }
    return check(pg, type, preemptible);
}

static int get_type(struct page_info *pg, uint64_t type, bool preemptible)
{
    uint64_t x = READ_ONCE(pg->type_info);

    for (;;) {
        uint64_t count = x & PGT_COUNT_MASK;

        if (count == 0) {
            bool ready = (x & PGT_TYPE_MASK) == type && !needs_check(type);

            if (!type_cas(pg, &x, type | (ready ? PGT_VALIDATED : 0) | 1))
                continue;
            return ready ? 0 : first_get(pg, x, type, preemptible);
        }
        if ((x & PGT_TYPE_MASK) != type || count == PGT_COUNT_MASK)
            return -EINVAL;
        if (likely(x & PGT_VALIDATED)) {
            if (type_cas(pg, &x, x + 1))
                return 0;
        } else if (x & PGT_PARTIAL) {
            int rc;

            if (!type_cas(pg, &x, type | 1))
                continue;
            rc = check(pg, type, preemptible);
            page_put(pg);
            return rc;
        } else {
            cpu_relax();
            x = READ_ONCE(pg->type_info);
        }
    }
}

static int put_type(struct page_info *pg, bool preemptible)
{
    uint64_t x = READ_ONCE(pg->type_info);

    for (;;) {
        ASSERT(x & PGT_COUNT_MASK);
        if (likely((x & PGT_COUNT_MASK) > 1)) {
            if (type_cas(pg, &x, x - 1))
                return 0;
        } else if (!is_table_type(x)) {
            if (type_cas(pg, &x, x & ~PGT_VALIDATED)) {
                end_use(pg, x - 1);
                return 0;
            }
        } else if (x & PGT_LOCKED) {
            cpu_relax();
            x = READ_ONCE(pg->type_info);
        } else if (type_cas(pg, &x, (x & PGT_TYPE_MASK) | 1)) {
            return undo(pg, preemptible);
        }
    }
}

int page_finish_partial(struct page_info *pg, bool preemptible)
{
    uint64_t x = READ_ONCE(pg->type_info);
    int rc;

    do {
        if (!(x & PGT_PARTIAL))
            return 0;
    } while (!type_cas(pg, &x, (x & PGT_TYPE_MASK) | 1));
    rc = undo(pg, preemptible);
    page_put(pg);
    return rc;
}

int page_get_type(struct page_info *pg, unsigned long type)
{
    return get_type(pg, type, false);
}

int page_get_type_preemptible(struct page_info *pg, unsigned long type)
{
    return get_type(pg, type, true);
}

void page_put_type(struct page_info *pg)
{
    if (put_type(pg, false))
        BUG();
}

int page_put_type_preemptible(struct page_info *pg)
{
    return put_type(pg, true);
}

#define WRITABLE_READY (PGT_WRITABLE | PGT_VALIDATED)

bool page_get_writable_type(struct page_info *pg)
{
    uint64_t x = READ_ONCE(pg->type_info);

    /* Nearly always it is writable already: only the count changes, from 0 as well. */
    while (likely(x - WRITABLE_READY < PGT_COUNT_MASK))
        if (likely(type_cas(pg, &x, x + 1)))
            return true;
    return get_type(pg, PGT_WRITABLE, false) == 0;
}

void page_put_writable_type(struct page_info *pg)
{
    uint64_t x = READ_ONCE(pg->type_info);

    ASSERT((x & PGT_TYPE_MASK) == PGT_WRITABLE && (x & PGT_COUNT_MASK));
    for (;;) {
        if ((x & PGT_COUNT_MASK) > 1) {
            if (type_cas(pg, &x, x - 1))
                return;
        } else if (type_cas(pg, &x, x & ~PGT_VALIDATED)) {
            end_use(pg, x - 1);
            return;
        }
    }
}

bool page_get_writable(struct page_info *pg, struct domain *d)
{
    return page_get_with_type(pg, d, PGT_WRITABLE);
}

void page_put_writable(struct page_info *pg)
{
    page_put_with_type(pg);
}

/* The stamp stays: it is that of the page's time in the heap. */
void port_page_assigned(struct page_info *pg, struct domain *d)
{
    pg->type_info = PGT_WRITABLE | PGT_VALIDATED;
    pg->nr_validated = 0;
    pg->partial = 0;
}

bool port_page_is_idle(const struct page_info *pg)
{
    return !(READ_ONCE(pg->type_info) & (PGT_COUNT_MASK | PGT_PINNED | PGT_PARTIAL));
}

void port_page_freed(struct page_info *pg)
{
    ASSERT((pg->type_info & PGT_COUNT_MASK) == 0);
    pg->type_info = 0;
}

/* One use that never ends. */
void port_page_shared(struct page_info *pg, bool writable)
{
    pg->type_info = (writable ? PGT_WRITABLE : PGT_NONE) | PGT_VALIDATED | 1;
}
