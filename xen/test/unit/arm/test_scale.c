/* SPDX-License-Identifier: MIT */
#include "arm_test.h"

#include "../../../arch/arm/time/scale.h"

#define NS_PER_S 1000000000U
#define YEARS    (UINT64_C(10) * 365 * 86400)

static const uint32_t rates[] = {1000,      19200000,  24000000,   54000000,   62500000,
                                 100000000, 999999999, 1000000000, 1050000000, UINT32_MAX};

static uint64_t exact(uint64_t n, uint32_t from, uint32_t to)
{
    return (uint64_t)((unsigned __int128)n * to / from);
}

static void near(uint32_t from, uint32_t to, uint64_t n)
{
    struct scale s = scale_of(from, to);
    uint64_t is = scale(&s, n), want = exact(n, from, to);

    assert_true(is == want || is == want - 1);
}

static void years_are_exact_at_each_rate(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(rates); i++) {
        for (uint64_t s = 1; s < YEARS; s = s * 3 + 1) {
            near(NS_PER_S, rates[i], s * NS_PER_S + 12345);
            near(rates[i], NS_PER_S, s * rates[i] + 12345);
        }
        near(NS_PER_S, rates[i], 1);
        near(rates[i], NS_PER_S, 1);
    }
}

/* What comes early is asked for again at once, again and again until its time. */
static void a_deadline_is_less_than_a_tick_early(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(rates); i++) {
        struct scale ns = scale_of(rates[i], NS_PER_S), ticks = scale_of(NS_PER_S, rates[i]);
        uint64_t deadline = YEARS * NS_PER_S + 7;

        assert_true(scale(&ns, scale(&ticks, deadline) + 1) + scale(&ns, 1) >= deadline);
    }
}

static void as_many_ticks_as_nanoseconds(void **state)
{
    struct scale s = scale_of(NS_PER_S, NS_PER_S);

    assert_int_equal(scale(&s, UINT64_MAX), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(years_are_exact_at_each_rate),
        cmocka_unit_test(a_deadline_is_less_than_a_tick_early),
        cmocka_unit_test(as_many_ticks_as_nanoseconds),
    };

    return RUN_GROUP(tests);
}
