/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <xen/lib/bitmap.h>
#include <xen/lib/muldiv.h>
#include <xen/lib/sort.h>

static void find_agrees_with_a_plain_search(void **state)
{
    uint64_t seed = 99;

    (void)state;
    for (int round = 0; round < 300; round++) {
        DECLARE_BITMAP(map, 200);
        unsigned int nr = (unsigned int)(next_random(&seed) % 201), weight = 0, last = nr;

        for (size_t i = 0; i < ARRAY_SIZE(map); i++)
            map[i] = next_random(&seed) & next_random(&seed) & next_random(&seed);
        for (unsigned int start = 0; start <= nr; start++) {
            unsigned int one = start, zero = start;

            while (one < nr && !test_bit(one, map))
                one++;
            while (zero < nr && test_bit(zero, map))
                zero++;
            assert_int_equal(find_next_bit(map, nr, start), one);
            assert_int_equal(find_next_zero_bit(map, nr, start), zero);
        }
        for (unsigned int i = 0; i < nr; i++) {
            weight += test_bit(i, map);
            last = test_bit(i, map) ? i : last;
        }
        assert_int_equal(bitmap_weight(map, nr), weight);
        assert_int_equal(find_last_bit(map, nr), last);
        assert_int_equal(bitmap_empty(map, nr), weight == 0);
        assert_int_equal(bitmap_full(map, nr), weight == nr);
    }
}

static void single_bits(void **state)
{
    DECLARE_BITMAP(map, 130);
    unsigned int bit, seen = 0;

    (void)state;
    bitmap_zero(map, 130);
    set_bit(129, map);
    __set_bit(64, map);
    assert_false(test_and_set_bit(0, map));
    assert_true(test_and_set_bit(0, map));
    assert_true(test_and_clear_bit(129, map));
    assert_false(test_and_clear_bit(129, map));
    assert_false(__test_and_set_bit(129, map));
    assert_true(__test_and_clear_bit(129, map));
    __change_bit(63, map);
    assert_false(test_and_change_bit(65, map));
    clear_bit(65, map);
    for_each_set_bit (bit, map, 130)
        seen = seen * 100 + bit;
    assert_int_equal(seen, 6364);
}

static void ranges_and_sets(void **state)
{
    DECLARE_BITMAP(a, 150);
    DECLARE_BITMAP(b, 150);
    DECLARE_BITMAP(c, 150);
    uint8_t bytes[19];

    (void)state;
    for (unsigned int start = 0; start < 150; start += 7) {
        for (unsigned int count = 0; start + count <= 150; count += 5) {
            bitmap_zero(a, 150);
            bitmap_set(a, start, count);
            assert_int_equal(bitmap_weight(a, 150), count);
            assert_int_equal(find_first_bit(a, 150), count ? start : 150);
            bitmap_fill(b, 150);
            bitmap_clear(b, start, count);
            bitmap_complement(c, b, 150);
            assert_true(bitmap_equal(a, c, 150));
            assert_int_equal(bitmap_intersects(a, c, 150), count != 0);
            assert_false(bitmap_intersects(a, b, 150));
            bitmap_or(c, a, b, 150);
            assert_true(bitmap_full(c, 150) && bitmap_subset(a, c, 150));
            bitmap_andnot(c, c, a, 150);
            assert_true(bitmap_equal(b, c, 150));
            bitmap_to_bytes(bytes, a, 150);
            bitmap_from_bytes(c, bytes, 150);
            assert_true(bitmap_equal(a, c, 150));
        }
    }
}

static void words(void **state)
{
    (void)state;
    assert_int_equal(ffs(0), 0);
    assert_int_equal(ffs(8), 4);
    assert_int_equal(fls(0), 0);
    assert_int_equal(fls(0x80000000u), 32);
    assert_int_equal(ffs64(1ull << 40), 41);
    assert_int_equal(fls64(UINT64_MAX), 64);
    assert_int_equal(ilog2(4095), 11);
    assert_int_equal(ilog2_ceil(4097), 13);
    assert_int_equal(ilog2_ceil(1), 0);
    assert_true(is_power_of_2(64) && !is_power_of_2(0) && !is_power_of_2(6));
    assert_int_equal(hweight64(UINT64_MAX), 64);
    assert_int_equal(hweight32(0xf00f), 8);
}

static void wide_products(void **state)
{
    uint64_t seed = 5;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        uint64_t a = next_random(&seed) >> (next_random(&seed) % 64);
        uint64_t b = next_random(&seed) >> (next_random(&seed) % 64);
        uint64_t c = (next_random(&seed) >> (next_random(&seed) % 64)) + 1;
        uint128_t q = c ? (uint128_t)a * b / c : UINT64_MAX;

        assert_true(muldiv64(a, b, c) == (q > UINT64_MAX ? UINT64_MAX : (uint64_t)q));
    }
    assert_true(muldiv64(1, 1, 0) == UINT64_MAX);
    assert_true(mul_shift64(1ull << 63, 4, 2) == 1ull << 63);
}

struct item {
    uint32_t key;
    char rest[7];
};

static int by_key(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    return x->key < y->key ? -1 : x->key > y->key;
}

static void sort_orders(void **state)
{
    static struct item items[500];
    uint64_t seed = 77;

    (void)state;
    for (size_t nr = 0; nr < ARRAY_SIZE(items); nr += nr < 20 ? 1 : 97) {
        uint64_t sum = 0, sum_after = 0;

        for (size_t i = 0; i < nr; i++)
            sum += items[i].key = (uint32_t)(next_random(&seed) % 300);
        sort(items, nr, sizeof(items[0]), by_key);
        for (size_t i = 0; i < nr; i++) {
            sum_after += items[i].key;
            assert_true(!i || items[i - 1].key <= items[i].key);
        }
        assert_true(sum == sum_after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find_agrees_with_a_plain_search),
        cmocka_unit_test(single_bits),
        cmocka_unit_test(ranges_and_sets),
        cmocka_unit_test(words),
        cmocka_unit_test(wide_products),
        cmocka_unit_test(sort_orders),
    };

    return RUN_GROUP(tests);
}
