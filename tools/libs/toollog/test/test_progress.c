/* SPDX-License-Identifier: MIT */
/* Lines of progress in a log, as the stock library writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <xentoollog.h>

/* What is written of progress in steps of 1/1000, then of another kind. */
static char *log_of(xentoollog_level level)
{
    xentoollog_logger_stdiostream *lg;
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    assert_non_null(f);
    lg = xtl_createlogger_stdiostream(f, level, XTL_STDIOSTREAM_PROGRESS_NO_CR);
    assert_non_null(lg);
    for (unsigned long i = 0; i <= 110; i++)
        xtl_progress((xentoollog_logger *)lg, "xc", "Saving", i, 1000);
    xtl_progress((xentoollog_logger *)lg, NULL, "End", 0, 0);
    xtl_logger_destroy((xentoollog_logger *)lg);
    fclose(f);
    return text;
}

static void a_line_for_each_5_per_cent(void **state)
{
    char *text = log_of(XTL_PROGRESS);

    (void)state;
    assert_string_equal(text, "xc: progress: Saving: 50/1000    5%\n"
                              "xc: progress: Saving: 100/1000   10%\n"
                              "progress: End: 0/0    0%\n");
    free(text);
    text = log_of(XTL_INFO);
    assert_string_equal(text, "");
    free(text);
}

static void in_detail_for_each(void **state)
{
    char *text = log_of(XTL_DETAIL), *at = text;
    int lines = 0;

    (void)state;
    while (*at)
        lines += *at++ == '\n';
    assert_int_equal(lines, 12);
    assert_non_null(strstr(text, "xc: detail: Saving: 10/1000    1%\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_for_each_5_per_cent),
        cmocka_unit_test(in_detail_for_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
