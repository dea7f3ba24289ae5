/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdio.h>
#include <string.h>

int our_snprintf(char *buf, size_t size, const char *fmt, ...);
int scnprintf(char *buf, size_t size, const char *fmt, ...);
const char *pointer_ext(char buf[64], char kind, const void *ptr);

const char *pointer_ext(char buf[64], char kind, const void *ptr)
{
    if (kind == 'v') {
        snprintf(buf, 64, "d%uv%u", 1u, (unsigned int)(uintptr_t)ptr);
        return buf;
    }
    return kind == 's' ? "symbol" : NULL;
}

/* Ours and the C library's must agree. */
#define SAME(...)                                                                                  \
    do {                                                                                           \
        char a[256], b[256];                                                                       \
        int n = our_snprintf(a, sizeof(a), __VA_ARGS__);                                           \
        assert_int_equal(n, snprintf(b, sizeof(b), __VA_ARGS__));                                  \
        assert_string_equal(a, b);                                                                 \
    } while (0)

static void integers_as_the_c_library(void **state)
{
    static const long long values[] = {0,
                                       1,
                                       -1,
                                       9,
                                       10,
                                       255,
                                       256,
                                       -128,
                                       32768,
                                       2147483647,
                                       -2147483648LL,
                                       4294967295LL,
                                       INT64_MAX,
                                       INT64_MIN};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        long long v = values[i];

        SAME("%d|%i|%u|%x|%X|%o", (int)v, (int)v, (unsigned int)v, (unsigned int)v, (unsigned int)v,
             (unsigned int)v);
        SAME("%ld|%lu|%lx|%lld|%llu|%llx", (long)v, (long)v, (long)v, v, v, v);
        SAME("%hhd|%hhu|%hd|%hu|%zd|%zx|%jd|%td", (int)v, (int)v, (int)v, (int)v, (size_t)v,
             (size_t)v, (intmax_t)v, (ptrdiff_t)v);
        SAME("%5lld|%-5lld|%05lld|%+lld|% lld|%.3lld|%8.3lld|%-8.3lld", v, v, v, v, v, v, v, v);
        SAME("%#llx|%#llX|%#10llx|%#010llx|%#llo|%-#10llx|", v, v, v, v, v, v);
        SAME("%*lld|%-*lld|%.*lld|%*.*lld|", 12, v, 12, v, 4, v, 12, 4, v);
        SAME("%*lld|%.*lld", -12, v, -1, v);
        SAME("%.0lld|%.0llx|%016llx|%+05lld", v, v, v, v);
    }
}

static void text_as_the_c_library(void **state)
{
    char buf[16];

    (void)state;
    SAME("plain");
    SAME("%s|%10s|%-10s|%.2s|%10.2s|%.*s|", "abc", "abc", "abc", "abc", "abc", 1, "abc");
    SAME("%c|%3c|%-3c|%%", 'x', 'y', 'z');
    our_snprintf(buf, sizeof(buf), "%s", (const char *)NULL);
    assert_string_equal(buf, "(null)");
}

static void cut_and_counted(void **state)
{
    char buf[8];

    (void)state;
    memset(buf, '?', sizeof(buf));
    assert_int_equal(our_snprintf(buf, 4, "%s", "abcdef"), 6);
    assert_string_equal(buf, "abc");
    assert_int_equal(buf[4], '?');
    assert_int_equal(our_snprintf(NULL, 0, "%10d", 5), 10);
    assert_int_equal(our_snprintf(buf, 1, "%100d", 5), 100);
    assert_string_equal(buf, "");
    assert_int_equal(scnprintf(buf, 4, "%s", "abcdef"), 3);
    assert_int_equal(scnprintf(buf, 0, "%s", "abcdef"), 0);
    assert_int_equal(scnprintf(buf, 8, "%s", "ab"), 2);
}

static void pointers(void **state)
{
    char buf[64];
    void *p = (void *)0x1234abcd;

    (void)state;
    our_snprintf(buf, sizeof(buf), "%p", p);
    assert_string_equal(buf, "000000001234abcd");
    our_snprintf(buf, sizeof(buf), "%ps+%pv %pq.", p, (void *)3, p);
    assert_string_equal(buf, "symbol+d1v3 000000001234abcdq.");
    our_snprintf(buf, sizeof(buf), "[%8pv]", (void *)3);
    assert_string_equal(buf, "[    d1v3]");
    our_snprintf(buf, sizeof(buf), "%y%", 1);
    assert_string_equal(buf, "%y%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_as_the_c_library),
        cmocka_unit_test(text_as_the_c_library),
        cmocka_unit_test(cut_and_counted),
        cmocka_unit_test(pointers),
    };

    return RUN_GROUP(tests);
}
