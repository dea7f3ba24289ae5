/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <xen/lib/errno.h>

#include "../../../arch/sim/libc_names.h"
#include <xen/lib/string.h>

static void copies_of_every_length_and_alignment(void **state)
{
    unsigned char src[160], dst[160];

    (void)state;
    for (size_t i = 0; i < sizeof(src); i++)
        src[i] = (unsigned char)(i * 7 + 1);
    for (size_t len = 0; len < 100; len++) {
        for (size_t off = 0; off < 9; off++) {
            memset(dst, 0xaa, sizeof(dst));
            memcpy(dst + off, src + 8 - off, len);
            for (size_t i = 0; i < len; i++)
                assert_int_equal(dst[off + i], src[8 - off + i]);
            assert_int_equal(dst[off + len], 0xaa);
            assert_int_equal(memcmp(dst + off, src + 8 - off, len), 0);
        }
    }
}

static void moves_overlap_both_ways(void **state)
{
    (void)state;
    for (size_t len = 0; len < 60; len++) {
        for (int shift = -20; shift <= 20; shift++) {
            unsigned char buf[128];

            for (size_t i = 0; i < sizeof(buf); i++)
                buf[i] = (unsigned char)i;
            memmove(buf + 30 + shift, buf + 30, len);
            for (size_t i = 0; i < len; i++)
                assert_int_equal(buf[30 + shift + (int)i], 30 + i);
        }
    }
}

static void comparison_and_search(void **state)
{
    (void)state;
    assert_true(memcmp("abcdefghi", "abcdefghj", 9) < 0);
    assert_true(memcmp("\xff", "\x01", 1) > 0);
    assert_true(strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("", "") == 0);
    assert_true(strcmp("a\x80", "a\x01") > 0);
    assert_int_equal(strncmp("abcX", "abcY", 3), 0);
    assert_int_equal(strcasecmp("HeLLo", "hEllO"), 0);
    assert_true(strncasecmp("abd", "ABC", 3) > 0);
    assert_string_equal(strchr("a=b=c", '='), "=b=c");
    assert_string_equal(strrchr("a=b=c", '='), "=c");
    assert_string_equal(strchr("abc", '\0'), "");
    assert_null(strchr("abc", 'x'));
    assert_null(strrchr("abc", 'x'));
    assert_string_equal(strstr("xxabcabd", "abd"), "abd");
    assert_string_equal(strstr("x", ""), "x");
    assert_null(strstr("ab", "abc"));
    assert_int_equal(strspn("112a", "12"), 3);
    assert_int_equal(strcspn("ab,c", ","), 2);
    assert_string_equal(strpbrk("ab,c", ";,"), ",c");
    assert_null(strpbrk("abc", ";,"));
    assert_int_equal(strlen("abc"), 3);
    assert_int_equal(strnlen("abc", 2), 2);
    assert_true(strstarts("no-x", "no-") && !strstarts("n", "no-"));
    assert_ptr_equal(memchr("abc", 'z', 3), NULL);
    assert_null(mem_find_nonzero("\0\0\0\0\0\0\0\0\0", 9));
    assert_int_equal(*(const char *)mem_find_nonzero("\0\0\0\0\0\0\0\0\0a", 10), 'a');
}

static void bounded_copies(void **state)
{
    char buf[6] = "?????";

    (void)state;
    assert_int_equal(strlcpy(buf, "abcdefgh", sizeof(buf)), 8);
    assert_string_equal(buf, "abcde");
    assert_int_equal(strlcpy(buf, "ab", sizeof(buf)), 2);
    assert_int_equal(strlcat(buf, "cd", sizeof(buf)), 4);
    assert_string_equal(buf, "abcd");
    assert_int_equal(strlcat(buf, "efgh", sizeof(buf)), 8);
    assert_string_equal(buf, "abcde");
    assert_int_equal(strlcpy(buf, "x", 0), 1);
}

static void numbers(void **state)
{
    const char *end;
    uint64_t v = 7;

    (void)state;
    assert_int_equal(simple_strtoul("0x1fz", &end, 0), 0x1f);
    assert_string_equal(end, "z");
    assert_int_equal(simple_strtoul("017", NULL, 0), 15);
    assert_int_equal(simple_strtoul("12", NULL, 16), 0x12);
    assert_int_equal(simple_strtoul("0x", &end, 0), 0);
    assert_string_equal(end, "x");
    assert_int_equal(simple_strtoll("-12,", &end, 10), -12);
    assert_string_equal(end, ",");
    assert_int_equal(simple_strtoll("-", &end, 10), 0);
    assert_string_equal(end, "-");
    assert_int_equal(text_to_u64("18446744073709551615", &end, 0, &v), 0);
    assert_true(v == UINT64_MAX);
    assert_int_equal(text_to_u64("18446744073709551616", &end, 0, &v), -ERANGE);
    assert_int_equal(text_to_u64("", &end, 0, &v), -EINVAL);
    assert_int_equal(text_to_u64("x", &end, 0, &v), -EINVAL);
    assert_true(v == UINT64_MAX);
}

static void sizes_and_truth(void **state)
{
    const char *end;
    uint64_t v;

    (void)state;
    assert_int_equal(parse_size("512M,max", &end, 10, &v), 0);
    assert_true(v == 512ull << 20);
    assert_string_equal(end, ",max");
    assert_int_equal(parse_size("4", &end, 10, &v), 0);
    assert_true(v == 4096);
    assert_int_equal(parse_size("4b", &end, 10, &v), 0);
    assert_true(v == 4);
    assert_int_equal(parse_size("0x10g", NULL, 0, &v), 0);
    assert_true(v == 16ull << 30);
    assert_int_equal(parse_size("1T", NULL, 0, &v), 0);
    assert_true(v == 1ull << 40);
    assert_int_equal(parse_size("99999999999G", NULL, 0, &v), -ERANGE);
    assert_int_equal(parse_size("G", NULL, 0, &v), -EINVAL);
    assert_int_equal(parse_bool("yes", 3), 1);
    assert_int_equal(parse_bool("enable,", 6), 1);
    assert_int_equal(parse_bool("off", 3), 0);
    assert_int_equal(parse_bool("disable", 7), 0);
    assert_int_equal(parse_bool("y", 1), -EINVAL);
    assert_int_equal(parse_bool("", 0), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_of_every_length_and_alignment),
        cmocka_unit_test(moves_overlap_both_ways),
        cmocka_unit_test(comparison_and_search),
        cmocka_unit_test(bounded_copies),
        cmocka_unit_test(numbers),
        cmocka_unit_test(sizes_and_truth),
    };

    return RUN_GROUP(tests);
}
