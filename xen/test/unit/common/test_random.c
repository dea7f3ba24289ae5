/* SPDX-License-Identifier: MIT */
/*
 * Random runs. A seed that fails is repeated by build/sim/xen-sim SEED STEPS.
 * SIM_SEEDS: how many (200); SIM_STEPS: how long (600).
 */
#include "sim_test.h"

static void one_seed_one_history(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        uint64_t first = hash_of_random_run(seed, 4, 300);

        assert_true(first != 0);
        assert_true(first == hash_of_random_run(seed, 4, 300));
    }
    assert_true(hash_of_random_run(1, 4, 300) != hash_of_random_run(2, 4, 300));
}

static void many_seeds_break_no_invariant(void **state)
{
    unsigned int nr = env_number("SIM_SEEDS", 200), steps = env_number("SIM_STEPS", 600);

    (void)state;
    for (uint64_t seed = 1; seed <= nr; seed++) {
        print_message("\rseed %u", (unsigned int)seed);
        assert_true(hash_of_random_run(seed, 1 + seed % 5, steps) != 0);
    }
    print_message("\r%u seeds\n", nr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_seed_one_history),
        cmocka_unit_test(many_seeds_break_no_invariant),
    };

    return RUN_GROUP(tests);
}
