/* SPDX-License-Identifier: MIT */
#include "sim_test.h"

#include <xen/hypercall.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/rcu.h>

#define LEAF 32768u

static struct log_dirty *log_of(uint64_t nr)
{
    struct log_dirty *ld = log_dirty_create();
    int rc;

    EXPECT_NE(ld, NULL);
    while ((rc = log_dirty_cover(ld, nr, false)) == -ERESTART)
        ;
    EXPECT_EQ(rc, 0);
    return ld;
}

static void done_with(struct log_dirty *ld)
{
    log_dirty_free(ld);
    sim_quiesce();
}

SIM_TEST(a_mark_is_seen_once_and_counted_once)
{
    struct log_dirty *ld = log_of(100);
    struct log_dirty_stats st;

    EXPECT(!log_dirty_test(ld, 5));
    EXPECT(log_dirty_set(ld, 5));
    EXPECT(!log_dirty_set(ld, 5));
    EXPECT(log_dirty_test(ld, 5));
    EXPECT(!log_dirty_test(ld, 4));
    EXPECT(!log_dirty_test(ld, 6));
    log_dirty_count_fault(ld);
    st = log_dirty_get_stats(ld, false);
    EXPECT_EQ(st.dirty, 1);
    EXPECT_EQ(st.faults, 1);
    st = log_dirty_get_stats(ld, true);
    EXPECT_EQ(st.dirty, 1);
    st = log_dirty_get_stats(ld, true);
    EXPECT_EQ(st.dirty, 0);
    EXPECT_EQ(st.faults, 0);
    done_with(ld);
}

SIM_TEST(frames_beyond_the_log_are_ignored)
{
    struct log_dirty *ld = log_of(1);

    EXPECT(log_dirty_set(ld, LEAF - 1)); /* it covers whole pages of bits */
    EXPECT(!log_dirty_set(ld, LEAF));
    EXPECT(!log_dirty_set(ld, LOG_DIRTY_MAX_PFNS - 1));
    EXPECT(!log_dirty_set(ld, LOG_DIRTY_MAX_PFNS));
    EXPECT(!log_dirty_set(ld, ~UINT64_C(0)));
    EXPECT(!log_dirty_test(ld, ~UINT64_C(0)));
    EXPECT_EQ(log_dirty_cover(ld, LOG_DIRTY_MAX_PFNS + 1, false), -EINVAL);
    done_with(ld);
}

SIM_TEST(what_is_covered_later_may_count_as_dirty)
{
    struct log_dirty *ld = log_of(LEAF);

    EXPECT_EQ(log_dirty_cover(ld, LEAF, true), 0);
    EXPECT(!log_dirty_test(ld, LEAF - 1));
    EXPECT_EQ(log_dirty_cover(ld, LEAF + 1, true), 0);
    EXPECT(!log_dirty_test(ld, LEAF - 1));
    EXPECT(log_dirty_test(ld, LEAF));
    EXPECT(log_dirty_test(ld, 2 * LEAF - 1));
    EXPECT(!log_dirty_test(ld, 2 * LEAF));
    done_with(ld);
}

/* Hypercalls of a guest's, so that there are its memory to copy to and a reason to be preempted. */
#define READ_LOG  62
#define COVER_LOG 63

static struct domain *guest;
static struct log_dirty *guest_log;
static uint64_t read_done;
static unsigned int rounds;

static long read_log(uint64_t to, uint64_t nr, bool clear)
{
    int rc = log_dirty_read(guest_log, (void *)to, nr, clear, &read_done);

    rounds++;
    if (rc != -ERESTART)
        return rc;
    return hypercall_continue(READ_LOG, 3, to, nr, (unsigned long)clear);
}

static long cover_log(uint64_t nr)
{
    int rc = log_dirty_cover(guest_log, nr, false);

    rounds++;
    return rc == -ERESTART ? hypercall_continue(COVER_LOG, 1, nr) : rc;
}

/* A guest with a log of @nr frames; its page 0 as we see it, and its address in *@va. */
static void *guest_with_log(uint64_t nr, uint64_t *va)
{
    HYPERCALL(READ_LOG, read_log, 3);
    HYPERCALL(COVER_LOG, cover_log, 1);
    guest = sim_domain(1, &(struct sim_domain_conf){});
    guest_log = log_of(nr);
    *va = sim_page(guest, 0);
    return sim_page_virt(guest, 0);
}

static long read_bits(uint64_t to, uint64_t nr, bool clear)
{
    read_done = 0;
    rounds = 0;
    return sim_hypercall(guest->vcpu[0], READ_LOG, to, nr, clear);
}

SIM_TEST(reading_copies_bits_in_order_and_no_more)
{
    uint64_t va;
    uint8_t *buf = guest_with_log(LEAF, &va);
    struct log_dirty *ld = guest_log;
    static const unsigned int bits[] = {0, 7, 8, 63, 64, 4095, 4096, 9999, 10000};

    for (unsigned int i = 0; i < ARRAY_SIZE(bits); i++)
        log_dirty_set(ld, bits[i]);
    memset(buf, 0xaa, PAGE_SIZE);
    EXPECT_EQ(read_bits(va, 10000, false), 0);
    for (unsigned int i = 0, n = 0; i < 10000; i++) {
        bool want = bits[n] == i;

        n += want;
        EXPECT_EQ(buf[i / 8] >> (i % 8) & 1, want);
    }
    EXPECT_EQ(buf[1250], 0xaa);
    EXPECT(log_dirty_test(ld, 0));
    /* Clearing leaves what was not asked for. */
    EXPECT_EQ(read_bits(va, 9999, true), 0);
    EXPECT(!log_dirty_test(ld, 0));
    EXPECT(!log_dirty_test(ld, 4096));
    EXPECT(log_dirty_test(ld, 9999));
    EXPECT(log_dirty_test(ld, 10000));
    EXPECT_EQ(read_bits(va, 10000, false), 0);
    EXPECT_EQ(buf[0], 0);
    EXPECT_EQ(buf[1249], 0x80);
    done_with(ld);
}

SIM_TEST(a_fault_while_reading_loses_nothing)
{
    struct log_dirty *ld;
    uint64_t va;

    guest_with_log(LEAF, &va);
    ld = guest_log;
    for (unsigned int i = 0; i < LEAF; i += 3)
        log_dirty_set(ld, i);
    EXPECT_EQ(read_bits(~UINT64_C(0xfff), LEAF, true), -EFAULT);
    EXPECT_EQ(read_done, 0);
    for (unsigned int i = 0; i < LEAF; i++)
        EXPECT_EQ(log_dirty_test(ld, i), i % 3 == 0);
    /* No buffer: only cleared. */
    EXPECT_EQ(read_bits(0, LEAF, true), 0);
    for (unsigned int i = 0; i < LEAF; i++)
        EXPECT(!log_dirty_test(ld, i));
    done_with(ld);
}

SIM_TEST(reading_and_covering_are_preempted)
{
    uint64_t va;
    uint8_t *buf = guest_with_log(LEAF, &va);

    sim_preempt(1);
    rounds = 0;
    EXPECT_EQ(sim_hypercall(guest->vcpu[0], COVER_LOG, 8 * LEAF), 0);
    EXPECT_GE(rounds, 2);
    log_dirty_set(guest_log, LEAF - 1);
    EXPECT_EQ(read_bits(va, LEAF, true), 0);
    EXPECT_GE(rounds, 2);
    EXPECT_EQ(buf[PAGE_SIZE - 1], 0x80);
    sim_preempt(0);
    done_with(guest_log);
}

SIM_TEST(no_memory_for_the_log, .ram_mb = 16)
{
    struct log_dirty *ld = log_of(LEAF);
    struct page_info *all = NULL, *pg;
    uint64_t free;

    while ((pg = heap_alloc_pages(0, 0))) {
        *(struct page_info **)page_to_virt(pg) = all;
        all = pg;
    }
    EXPECT_EQ(log_dirty_cover(ld, 64 * LEAF, false), -ENOMEM);
    while ((pg = all)) {
        all = *(struct page_info **)page_to_virt(pg);
        heap_free_pages(pg, 0);
    }
    free = heap_free_count(NUMA_NO_NODE);
    EXPECT_EQ(log_dirty_cover(ld, 64 * LEAF, false), 0);
    EXPECT(log_dirty_set(ld, 63 * LEAF));
    EXPECT_LE(heap_free_count(NUMA_NO_NODE), free - 63);
    done_with(ld);
}

SIM_TEST(a_domain_is_marked_only_while_it_is_logged)
{
    struct domain *d = sim_domain(1, &(struct sim_domain_conf){});
    struct log_dirty *ld = log_of(100);

    log_dirty_mark_pfn(d, 7);
    rcu_assign_pointer(d->log_dirty, ld);
    log_dirty_mark_pfn(d, 8);
    rcu_assign_pointer(d->log_dirty, NULL);
    log_dirty_mark_pfn(d, 9);
    EXPECT(!log_dirty_test(ld, 7));
    EXPECT(log_dirty_test(ld, 8));
    EXPECT(!log_dirty_test(ld, 9));
    done_with(ld);
}

static struct log_dirty *shared_log;

static void mark_all(unsigned int cpu)
{
    for (unsigned int i = 0; i < LEAF; i++)
        log_dirty_set(shared_log, i);
}

SIM_TEST(marks_of_many_cpus_are_counted_once)
{
    shared_log = log_of(LEAF);
    on_threads(4, mark_all);
    EXPECT_EQ(log_dirty_get_stats(shared_log, false).dirty, LEAF);
    done_with(shared_log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_is_seen_once_and_counted_once),
        cmocka_unit_test(frames_beyond_the_log_are_ignored),
        cmocka_unit_test(what_is_covered_later_may_count_as_dirty),
        cmocka_unit_test(reading_copies_bits_in_order_and_no_more),
        cmocka_unit_test(a_fault_while_reading_loses_nothing),
        cmocka_unit_test(reading_and_covering_are_preempted),
        cmocka_unit_test(no_memory_for_the_log),
        cmocka_unit_test(a_domain_is_marked_only_while_it_is_logged),
        cmocka_unit_test(marks_of_many_cpus_are_counted_once),
    };

    return RUN_GROUP(tests);
}
