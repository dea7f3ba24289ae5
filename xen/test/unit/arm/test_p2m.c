/* SPDX-License-Identifier: MIT */
/* mm/p2m.c: entries and superpages against a model, references, grants, and the end. */
#include "arm_test.h"
#include "p2m/machine.h"

#define NONE   (~UINT64_C(0))
#define SPAN   (4U << 9) /* frames of the random test, from BASE on */
#define BASE   UINT64_C(0x40000)
#define STEPS  20000
#define EBUSY_ 16

static void expect_at(uint64_t gfn, uint64_t mfn, int type)
{
    unsigned int order;
    int t;
    uint64_t found = m_lookup(gfn, &t, &order);

    assert_int_equal(t, type);
    assert_int_equal(found, mfn);
}

static unsigned int order_at(uint64_t gfn)
{
    unsigned int order;
    int t;

    m_lookup(gfn, &t, &order);
    return order;
}

static void aligned_ranges_take_superpages(void **state)
{
    machine_start(0, 100);
    assert_int_equal(m_map(0x40000, 0x80000 + 0x200 + 1, 0x80000, T_RAM), 0);
    assert_int_equal(order_at(0x40000), 18);
    assert_int_equal(order_at(0xc0000), 9);
    assert_int_equal(order_at(0xc0200), 0);
    expect_at(0x40000 + 0x12345, 0x80000 + 0x12345, T_RAM);
    expect_at(0xc0201, NONE, T_NONE);
    /* Not aligned to each other */
    assert_int_equal(m_map(0x200000, 0x400, 0x80001, T_RAM), 0);
    assert_int_equal(order_at(0x200000), 0);
    machine_stop();
}

static void unmapping_a_part_splits_it(void **state)
{
    machine_start(1, 100);
    assert_int_equal(m_map(0x40000, 0x40000, 0x40000, T_RAM), 0);
    assert_int_equal(m_unmap(0x50005, 1, 0x50005), 0);
    expect_at(0x50004, 0x50004, T_RAM);
    expect_at(0x50005, NONE, T_NONE);
    expect_at(0x50006, 0x50006, T_RAM);
    assert_int_equal(order_at(0x50200), 9);
    assert_true(m_flushes() >= 2);
    /* Only where it maps what the caller says */
    assert_int_equal(m_unmap(0x50006, 1, 0x50007), 0);
    expect_at(0x50006, 0x50006, T_RAM);
    machine_stop();
}

static void no_table_no_change(void **state)
{
    machine_start(0, 2);
    assert_int_equal(m_map(0x40000, 0x200, 0x40000, T_RAM), 0);
    assert_int_equal(m_unmap(0x40001, 1, NONE), -12);
    expect_at(0x40001, 0x40001, T_RAM);
    assert_int_equal(m_map(0x80000, 1, 0x80000, T_RAM), -12);
    expect_at(0x80000, NONE, T_NONE);
    machine_stop();
}

static void addresses_are_bounded(void **state)
{
    const uint64_t end = UINT64_C(1) << (40 - 12);

    machine_start(1, 100);
    assert_int_equal(m_map(end, 1, 1, T_RAM), -22);
    assert_int_equal(m_map(end - 1, 2, 1, T_RAM), -22);
    assert_int_equal(m_map(NONE, 2, 1, T_RAM), -22);
    assert_int_equal(m_map(1, NONE, 1, T_RAM), -22);
    assert_int_equal(m_map(1, 0, 1, T_RAM), -22);
    assert_int_equal(m_map(end - 1, 1, 1, T_RAM), 0);
    expect_at(end - 1, 1, T_RAM);
    expect_at(end, NONE, T_NONE);
    expect_at(NONE, NONE, T_NONE);
    machine_stop();
}

static void permissions_follow_the_type(void **state)
{
    static const struct {
        int type;
        unsigned int access, memory;
    } want[] = {
        {T_RAM, 7, 15},   {T_RAM_RO, 5, 15},   {T_DEV, 3, 1},      {T_DEV_NC, 3, 5},
        {T_DEV_C, 3, 15}, {T_XEN, 3, 15},      {T_FOREIGN, 3, 15}, {T_FOREIGN_RO, 1, 15},
        {T_GRANT, 3, 15}, {T_GRANT_RO, 1, 15},
    };

    machine_start(0, 100);
    for (unsigned int i = 0; i < ARRAY_SIZE(want); i++) {
        uint64_t gfn = 0x1000 + i;

        if (want[i].type < T_GRANT)
            assert_int_equal(m_map(gfn, 1, 0x500 + i, want[i].type), 0);
        else
            assert_int_equal(m_grant_set(gfn, 0x500 + i, want[i].type == T_GRANT_RO), 0);
        assert_int_equal(m_hw_access(gfn), want[i].access);
        assert_int_equal(m_hw_memory(gfn), want[i].memory);
        assert_int_equal(m_may(gfn, false, false), true);
        assert_int_equal(m_may(gfn, true, false), (want[i].access & 2) != 0);
        assert_int_equal(m_may(gfn, false, true), (want[i].access & 4) != 0);
    }
    assert_false(m_may(0x2000, false, false));
    machine_stop();
}

static void foreign_entries_hold_their_page(void **state)
{
    machine_start(0, 100);
    assert_int_equal(m_map(0x1000, 1, 0x500, T_FOREIGN), 0);
    assert_int_equal(m_map(0x1000, 1, 0x501, T_FOREIGN), 0);
    assert_int_equal(m_refs(0x500), 1);
    assert_int_equal(m_unmap(0x1000, 1, NONE), 0);
    assert_int_equal(m_refs(0x501), 1);
    assert_int_equal(m_map(0x1000, 1, 0x502, T_FOREIGN_RO), 0);
    assert_int_equal(m_map(0x80000000, 1, 0x503, T_FOREIGN), 0);
    m_preempt(1);
    while (m_relinquish())
        ;
    assert_int_equal(m_refs(0x502), 1);
    assert_int_equal(m_refs(0x503), 1);
    expect_at(0x1000, NONE, T_NONE);
    machine_stop();
}

/* Whoever holds a page of a dead domain's keeps the domain, but not its tables. */
static void the_end_gives_tables_and_pool_back(void **state)
{
    unsigned int rounds = 0;

    machine_start(0, 50);
    assert_int_equal(m_map(0x40000, 0x200 * 8 + 1, 0x80001, T_RAM), 0);
    assert_true(m_tables() > 8);
    assert_int_equal(m_heap_pages(), 50);
    assert_int_equal(m_set_pool(60), 0);
    assert_int_equal(m_heap_pages(), 60);
    assert_int_equal(m_set_pool(40), 0);
    assert_int_equal(m_heap_pages(), 40);
    m_preempt(3);
    while (m_relinquish())
        rounds++;
    assert_true(rounds >= 40 / 3);
    assert_int_equal(m_heap_pages(), 0);
    assert_int_equal(m_tables(), 0);
    expect_at(0x40000, NONE, T_NONE);
    assert_int_equal(m_set_pool(1), -22);
    assert_int_equal(m_heap_pages(), 0);
    assert_int_equal(m_map(0x40000, 1, 0x80001, T_RAM), -22);
    machine_stop();
}

/* The pages let go are put without the lock, which the model's page_put() checks. */
static void many_foreign_entries_at_once(void **state)
{
    machine_start(0, 100);
    for (unsigned int i = 0; i < 200; i++)
        assert_int_equal(m_map(0x1000 + i, 1, 0x500 + i, T_FOREIGN), 0);
    assert_int_equal(m_unmap(0x1000, 100, NONE), 0);
    assert_int_equal(m_map(0x1000 + 100, 100, 0x800, T_RAM), 0);
    for (unsigned int i = 0; i < 200; i++)
        assert_int_equal(m_refs(0x500 + i), 1);
    machine_stop();
}

static void grants_go_by_their_own_door(void **state)
{
    machine_start(0, 100);
    assert_int_equal(m_grant_set(0x1000, 0x500, false), 0);
    assert_int_equal(m_grant_set(0x1000, 0x501, false), -EBUSY_);
    assert_int_equal(m_map(0x1000, 1, 0x501, T_RAM), -EBUSY_);
    assert_int_equal(m_map(0x1000, 0x200, 0x600, T_RAM), -EBUSY_);
    assert_int_equal(m_unmap(0x1000, 1, NONE), 0);
    expect_at(0x1000, 0x500, T_GRANT);
    assert_int_equal(m_grant_clear(0x1000, 0x501, false), -2);
    assert_int_equal(m_grant_clear(0x1000, 0x500, true), -2);
    assert_int_equal(m_grant_clear(0x1000, 0x500, false), 0);
    assert_int_equal(m_grant_clear(0x1000, 0x500, false), -2);
    assert_int_equal(m_map(0x1000, 1, 0x501, T_RAM), 0);
    assert_int_equal(m_grant_set(0x1000, 0x500, true), -EBUSY_);
    machine_stop();
}

struct slot {
    uint64_t mfn;
    int type;
};

static void model_step(struct slot *model, uint64_t *rng)
{
    uint64_t r = next_random(rng);
    uint64_t at = r % SPAN, nr = (r >> 16) % 8 == 0 ? 512 : 1 + (r >> 20) % 40;
    uint64_t mfn = 0x1000 + (r >> 32) % 0x4000;
    int type = 1 + (int)((r >> 50) % 6);

    if ((r >> 60) & 1) {
        at &= ~UINT64_C(511);
        mfn &= ~UINT64_C(511);
    }
    nr = nr > SPAN - at ? SPAN - at : nr;
    if ((r >> 61) % 3) {
        assert_int_equal(m_map(BASE + at, nr, mfn, type), 0);
        for (uint64_t i = 0; i < nr; i++)
            model[at + i] = (struct slot){mfn + i, type};
    } else {
        assert_int_equal(m_unmap(BASE + at, nr, NONE), 0);
        for (uint64_t i = 0; i < nr; i++)
            model[at + i] = (struct slot){NONE, T_NONE};
    }
    for (unsigned int i = 0; i < 8; i++) {
        uint64_t g = next_random(rng) % SPAN;

        expect_at(BASE + g, model[g].mfn, model[g].type);
    }
}

static void random_changes_match_the_model(void **state)
{
    static struct slot model[SPAN];
    uint64_t rng = 42;

    machine_start(1, 100);
    for (unsigned int i = 0; i < SPAN; i++)
        model[i] = (struct slot){NONE, T_NONE};
    for (unsigned int i = 0; i < STEPS; i++)
        model_step(model, &rng);
    for (unsigned int i = 0; i < SPAN; i++)
        expect_at(BASE + i, model[i].mfn, model[i].type);
    /* One of level 2 and one of level 3 for each 2 MiB */
    assert_true(m_tables() <= 2 + SPAN / 512);
    machine_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_ranges_take_superpages),
        cmocka_unit_test(unmapping_a_part_splits_it),
        cmocka_unit_test(no_table_no_change),
        cmocka_unit_test(addresses_are_bounded),
        cmocka_unit_test(permissions_follow_the_type),
        cmocka_unit_test(foreign_entries_hold_their_page),
        cmocka_unit_test(the_end_gives_tables_and_pool_back),
        cmocka_unit_test(many_foreign_entries_at_once),
        cmocka_unit_test(grants_go_by_their_own_door),
        cmocka_unit_test(random_changes_match_the_model),
    };

    return RUN_GROUP(tests);
}
