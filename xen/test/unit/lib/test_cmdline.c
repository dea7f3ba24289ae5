/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include <xen/lib/cmdline.h>
#include <xen/lib/errno.h>

static void tokens(void **state)
{
    const char *line = "  a=1 no-b c \"d e\"=\"f g\" no- x='y \"z' e= -- console=hvc0 -- q";
    struct cmdline_opt opt;

    (void)state;
    assert_non_null(line = cmdline_next(line, &opt));
    assert_string_equal(opt.name, "a");
    assert_string_equal(opt.value, "1");
    assert_non_null(line = cmdline_next(line, &opt));
    assert_string_equal(opt.name, "b");
    assert_true(opt.negated && !opt.value);
    assert_non_null(line = cmdline_next(line, &opt));
    assert_string_equal(opt.name, "c");
    assert_non_null(line = cmdline_next(line, &opt));
    assert_string_equal(opt.name, "d e");
    assert_string_equal(opt.value, "f g");
    assert_non_null(line = cmdline_next(line, &opt));
    assert_string_equal(opt.name, "no-");
    assert_non_null(line = cmdline_next(line, &opt));
    assert_string_equal(opt.value, "y \"z");
    assert_non_null(line = cmdline_next(line, &opt));
    assert_string_equal(opt.value, "");
    assert_string_equal(cmdline_rest(line), "console=hvc0 -- q");
    assert_null(cmdline_next(line, &opt));
    assert_null(cmdline_rest("a b"));
    assert_string_equal(cmdline_rest("a --"), "");
}

static void items(void **state)
{
    const char *list = "max:8,,no-x,y=2";
    struct cmdline_opt opt;

    (void)state;
    assert_non_null(list = cmdline_next_item(list, &opt));
    assert_string_equal(opt.name, "max:8");
    assert_non_null(list = cmdline_next_item(list, &opt));
    assert_true(opt.negated);
    assert_non_null(list = cmdline_next_item(list, &opt));
    assert_string_equal(opt.value, "2");
    assert_null(cmdline_next_item(list, &opt));
}

static char seen_custom[64];

static int custom(const char *value)
{
    strcat(seen_custom, "<");
    strcat(seen_custom, value);
    strcat(seen_custom, ">");
    return strcmp(value, "bad") ? 0 : -EINVAL;
}

static char errors[200];

static void report(void *ctx, const struct cmdline_opt *opt, int error)
{
    char *end = errors + strlen(errors);

    assert_ptr_equal(ctx, &seen_custom);
    snprintf(end, sizeof(errors) - (size_t)(end - errors), "%.20s:%d ", opt->name, error);
}

static void options(void **state)
{
    static char text[8];
    static bool flag, off = true, no_reboot;
    static int32_t i32;
    static int8_t i8;
    static uint16_t u16;
    static uint64_t size;
    static const struct cmdline_param params[] = {
        {"text", CMDLINE_STRING, sizeof(text), {text}},
        {"flag", CMDLINE_BOOL, sizeof(flag), {&flag}},
        {"off_line", CMDLINE_BOOL, sizeof(off), {&off}},
        {"no-reboot", CMDLINE_BOOL, sizeof(no_reboot), {&no_reboot}},
        {"i32", CMDLINE_INT, sizeof(i32), {&i32}},
        {"i8", CMDLINE_INT, sizeof(i8), {&i8}},
        {"u16", CMDLINE_UINT, sizeof(u16), {&u16}},
        {"size", CMDLINE_SIZE, sizeof(size), {&size}},
        {"custom", CMDLINE_CUSTOM, 0, {.handler = custom}},
    };
    char line[900];

    (void)state;
    assert_int_equal(cmdline_apply("text=abc flag no-off-line no-reboot i32=-5 i8=-128 u16=0xffff "
                                   "size=4M custom no-custom custom=v -- bogus",
                                   params, ARRAY_SIZE(params), report, seen_custom),
                     0);
    assert_string_equal(text, "abc");
    assert_true(flag && !off && no_reboot && i32 == -5 && i8 == -128 && u16 == 0xffff);
    assert_true(size == 4 << 20);
    assert_string_equal(seen_custom, "<><no><v>");
    assert_int_equal(cmdline_apply("bogus text=abcdefgh i8=128 i8=-129 u16=65536 u16=1x size i32= "
                                   "custom=bad flag=maybe",
                                   params, ARRAY_SIZE(params), report, seen_custom),
                     10);
    assert_string_equal(errors, "bogus:-2 text:-7 i8:-34 i8:-34 u16:-34 u16:-22 size:-22 i32:-22 "
                                "custom:-22 flag:-22 ");
    assert_true(i8 == -128 && u16 == 0xffff);
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    memcpy(line, "custom=", 7);
    assert_int_equal(cmdline_apply(line, params, ARRAY_SIZE(params), NULL, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens),
        cmocka_unit_test(items),
        cmocka_unit_test(options),
    };

    return RUN_GROUP(tests);
}
