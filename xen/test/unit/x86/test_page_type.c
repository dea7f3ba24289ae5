/* SPDX-License-Identifier: MIT */
/* arch/x86/mm/page_type.c and pt_entry.c: what keeps a guest from writing its own page tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machine.h"

#define EINVAL_   (-22)
#define ERESTART_ (-85)

static void a_page_is_writable_or_a_table(void **state)
{
    machine_start();
    assert_int_equal(m_get(10, T_WRITABLE, false), 0);
    assert_int_equal(m_get(10, T_L1, false), EINVAL_);
    assert_int_equal(m_get(10, T_WRITABLE, false), 0);
    m_put(10, false);
    m_put(10, false);
    assert_int_equal(m_flushes, 0);
    assert_int_equal(m_get(10, T_L1, false), 0);
    assert_int_equal(m_flushes, 1); /* who wrote to it may have it in a TLB still */
    assert_int_equal(m_get(10, T_WRITABLE, false), EINVAL_);
    assert_int_equal(m_get(10, T_L2, false), EINVAL_);
    m_put(10, false);
    assert_int_equal(m_get(10, T_WRITABLE, false), 0);
    m_put(10, false);
    machine_stop();
}

static unsigned int watched, reads;

/* Whoever could use the page now might be done with it after the time that is being read. */
static void nobody_gets_it_now(void)
{
    reads++;
    assert_int_equal(m_type_count(watched), 1);
    assert_false(m_validated(watched));
}

static void the_end_of_use_is_timed_when_it_is_over(void **state)
{
    static const unsigned int types[] = {T_WRITABLE, T_SEG};

    machine_start();
    m_clock = 77;
    watched = 20;
    for (unsigned int i = 0; i < 2; i++) {
        assert_int_equal(m_get(20, types[i], false), 0);
        assert_int_equal(m_get(20, types[i], false), 0);
        m_put(20, false);
        reads = 0;
        m_clock_read = nobody_gets_it_now;
        m_put(20, false);
        m_clock_read = NULL;
        assert_int_equal(reads, 1);
        assert_int_equal(m_stamp(20), 77);
    }
    assert_int_equal(m_get(20, T_WRITABLE, false), 0);
    m_put(20, false);
    assert_true(m_get_writable(20));
    assert_true(m_get_writable(20));
    m_put_writable(20);
    m_clock = 78;
    m_clock_read = nobody_gets_it_now;
    m_put_writable(20);
    m_clock_read = NULL;
    assert_int_equal(m_stamp(20), 78);
    assert_true(m_get_writable(20));
    m_put_writable(20);
    machine_stop();
}

static void entries_hold_references(void **state)
{
    uint64_t *l1;

    machine_start();
    l1 = m_page(30);
    l1[0] = m_entry(40, P | RW);
    l1[1] = m_entry(40, P);
    l1[7] = m_entry(41, RW); /* not present */
    l1[511] = m_entry(40, P | RW);
    assert_int_equal(m_get(30, T_L1, false), 0);
    assert_int_equal(m_refs(40), 4);
    assert_int_equal(m_type_count(40), 2);
    assert_int_equal(m_refs(41), 1);
    m_put(30, false);
    assert_int_equal(m_refs(40), 1);
    machine_stop();
}

static void one_bad_entry_undoes_all(void **state)
{
    static const uint64_t bad[] = {30UL << 12 | P | RW, (uint64_t)NR_FRAMES << 12 | P};
    uint64_t *l1;

    machine_start();
    l1 = m_page(30);
    for (unsigned int i = 0; i < 2; i++) {
        for (unsigned int e = 0; e < 500; e++)
            l1[e] = m_entry(100 + e, P | RW);
        l1[500] = bad[i];
        assert_int_equal(m_get(30, T_L1, false), EINVAL_);
        assert_int_equal(m_refs(100), 1);
        assert_int_equal(m_type_count(30), 0);
        assert_int_equal(m_get(30, T_WRITABLE, false), 0);
        m_put(30, false);
    }
    m_page(31)[3] = m_entry(50, P | PSE);
    assert_int_equal(m_get(31, T_L2, false), EINVAL_);
    m_page(31)[3] = m_entry(31, P); /* itself: no linear page tables */
    assert_int_equal(m_get(31, T_L2, false), EINVAL_);
    m_page(32)[9] = 0xbad;
    assert_int_equal(m_get(32, T_SEG, false), EINVAL_);
    machine_stop();
}

/* A root at frame 1, over tables of the levels below, each with @width entries. */
static void make_tree(unsigned int width)
{
    unsigned int next = 2, level_first = 1, level_nr = 1;

    for (unsigned int level = 4; level > 1; level--) {
        unsigned int first = next;

        for (unsigned int t = 0; t < level_nr; t++)
            for (unsigned int i = 0; i < width; i++)
                m_page(level_first + t)[i] = m_entry(next++, P | RW);
        level_first = first;
        level_nr *= width;
    }
    for (unsigned int t = 0; t < level_nr; t++)
        m_page(level_first + t)[5] = m_entry(2000, P | RW);
}

static void preempted_at_each_step(void **state)
{
    unsigned int tries;

    for (unsigned int every = 1; every < 8; every++) {
        machine_start();
        make_tree(5);
        m_preempt_every(every);
        for (tries = 0; m_get(1, T_L4, true) == ERESTART_; tries++) {
            assert_true(m_partial(1));
            assert_true(tries < 10000);
        }
        assert_true(tries > 0);
        assert_true(m_validated(1));
        assert_int_equal(m_type_count(2000), 125);
        assert_int_equal(m_refs(2000), 126);
        if (m_put(1, true) == ERESTART_) {
            assert_true(m_partial(1));
            /* Taken up again as what it was, and undone in one go. */
            m_preempt_every(0);
            assert_int_equal(m_get(1, T_L4, true), 0);
            m_put(1, false);
        }
        assert_int_equal(m_stashed, 0);
        machine_stop();
    }
}

static void the_hypervisors_slots_are_its_own(void **state)
{
    machine_start();
    m_page(1)[260] = m_entry(3, P | RW);
    m_page(1)[256] = m_entry((unsigned int)NR_FRAMES + 5, P | RW);
    assert_int_equal(m_get(1, T_L4, false), 0);
    assert_int_equal(m_refs(3), 1);
    assert_int_equal(m_page(1)[260], 0); /* our model's per-domain entry */
    m_put(1, false);
    machine_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_writable_or_a_table),
        cmocka_unit_test(the_end_of_use_is_timed_when_it_is_over),
        cmocka_unit_test(entries_hold_references),
        cmocka_unit_test(one_bad_entry_undoes_all),
        cmocka_unit_test(preempted_at_each_step),
        cmocka_unit_test(the_hypervisors_slots_are_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
