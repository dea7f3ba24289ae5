/* SPDX-License-Identifier: MIT */
/* Each path of the port asks whether it may, and is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machine.h"

static void each_path_asks_and_obeys(void **state)
{
    const char *name, *wrong;
    unsigned int i;

    (void)state;
    for (i = 0;; i++) {
        wrong = machine_check(i, &name);
        if (!name)
            break;
        if (wrong)
            fail_msg("%s: %s", name, wrong);
    }
    assert_true(i > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_path_asks_and_obeys)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
