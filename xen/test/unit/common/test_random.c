/* SPDX-License-Identifier: MIT */
/*
 * Random runs. A seed that fails is repeated by build/sim/xen-sim SEED STEPS.
 * SIM_SEEDS: how many (200); SIM_STEPS: how long (600). xen-sim --seeds FIRST LAST runs more, and
 * shrinks a history that fails.
 */
#include "sim_test.h"

#include <stdlib.h>

static void one_seed_one_history(void **state)
{
    uint64_t first = hash_of_random_run(7, 4, 200, "");

    (void)state;
    assert_true(first != 0);
    for (unsigned int i = 0; i < 100; i++)
        assert_true(first == hash_of_random_run(7, 4, 200, ""));
    assert_true(first != hash_of_random_run(8, 4, 200, ""));
    assert_true(first != hash_of_random_run(7, 3, 200, ""));
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* A seed's run is not its neighbour's some steps later. */
static void seeds_are_not_alike(void **state)
{
    static uint64_t rng[100 * 100];

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(rng); i++)
        rng[i] = sim_step_rng(random_seed_of(1 + i / 100), 1 + i % 100);
    qsort(rng, ARRAY_SIZE(rng), sizeof(rng[0]), compare);
    for (unsigned int i = 1; i < ARRAY_SIZE(rng); i++)
        assert_true(rng[i - 1] != rng[i]);
}

static void many_seeds_break_no_invariant(void **state)
{
    unsigned int nr = env_number("SIM_SEEDS", 200), steps = env_number("SIM_STEPS", 600);

    (void)state;
    for (uint64_t seed = 1; seed <= nr; seed++)
        if (hash_of_random_run(seed, 1 + seed % 5, steps, "") == 0)
            fail_msg("seed %u", (unsigned int)seed);
    print_message("%u seeds\n", nr);
}

/* As many CPUs as there are vCPUs, and some to spare: null gives each one of its own. */
static void other_schedulers_break_no_invariant(void **state)
{
    static const struct {
        const char *option;
        unsigned int cpus;
    } sched[] = {{"sched=credit", 1}, {"sched=rtds", 1}, {"sched=null", 7}, {"sched=arinc653", 1}};
    unsigned int nr = env_number("SIM_SEEDS", 200), steps = env_number("SIM_STEPS", 600);

    (void)state;
    for (uint64_t seed = 1; seed <= nr; seed++) {
        unsigned int s = seed % ARRAY_SIZE(sched);

        if (hash_of_random_run(seed, sched[s].cpus + seed / 4 % 5, steps, sched[s].option) == 0)
            fail_msg("seed %u, %s", (unsigned int)seed, sched[s].option);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_seed_one_history),
        cmocka_unit_test(seeds_are_not_alike),
        cmocka_unit_test(many_seeds_break_no_invariant),
        cmocka_unit_test(other_schedulers_break_no_invariant),
    };

    return RUN_GROUP(tests);
}
