/* SPDX-License-Identifier: MIT */
/* Each allocation fails in turn: the store must stay whole and lose no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "harness.h"

#define STEP(client, type, tx, text)                                                               \
    {                                                                                              \
        client, type, tx, text, sizeof(text) - 1                                                   \
    }

static const struct {
    unsigned int client;
    uint32_t type, tx;
    const char *body;
    size_t len;
} script[] = {
    STEP(0, XS_INTRODUCE, 0,
         "1\0"
         "1\0"
         "1\0"),
    STEP(0, XS_MKDIR, 0, "/local/domain/1/data\0"),
    STEP(0, XS_SET_PERMS, 0, "/local/domain/1/data\0n1\0"),
    STEP(0, XS_WATCH, 0, "/local\0tok\0"),
    STEP(1, XS_WATCH, 0, "data\0tok\0"),
    STEP(1, XS_WRITE, 0, "data/a/b/c\0value"),
    STEP(1, XS_WRITE, 0, "data/a/b/d\0value"),
    STEP(1, XS_TRANSACTION_START, 0, "\0"),
    STEP(1, XS_READ, 1, "data/a/b/c\0"),
    STEP(1, XS_WRITE, 1, "data/e/f\0value"),
    STEP(1, XS_RM, 1, "data/a/b/d\0"),
    STEP(1, XS_SET_PERMS, 1, "data/a\0n1\0r0\0"),
    STEP(0, XS_WRITE, 0, "/local/domain/1/data/x\0value"),
    STEP(1, XS_TRANSACTION_END, 1, "T\0"),
    STEP(1, XS_DIRECTORY, 0, "data/a\0"),
    STEP(1, XS_DIRECTORY_PART, 0,
         "data/a\0"
         "0\0"),
    STEP(1, XS_GET_PERMS, 0, "data/a\0"),
    STEP(0, XS_CONTROL, 0, "quota\0"),
    STEP(1, XS_TRANSACTION_START, 0, "\0"),
    STEP(1, XS_MKDIR, 2, "data/g\0"),
    STEP(0, XS_RM, 0, "/local/domain/1/data/a\0"),
    STEP(1, XS_UNWATCH, 0, "data\0tok\0"),
    STEP(0, XS_RELEASE, 0, "1\0"),
};

#define NR_STEPS (sizeof(script) / sizeof(script[0]))

/* Runs the script with allocation number @n failing. False: there were fewer. */
static bool run(long n)
{
    struct store *s;
    struct conn *c[2];
    char body[256];

    s = harness_store();
    assert_non_null(s);
    c[0] = conn_new(s, 0);
    c[1] = conn_new(s, 1);
    until_failure = n;
    for (size_t i = 0; i < NR_STEPS; i++) {
        struct xsd_sockmsg hdr = {
            .type = script[i].type, .tx_id = script[i].tx, .len = (uint32_t)script[i].len};

        memcpy(body, script[i].body, script[i].len);
        conn_request(c[script[i].client], &hdr, body);
        assert_true(harness_consistent(s));
    }
    bool done = until_failure >= 0;
    until_failure = -1;
    store_free(s);
    return !done;
}

static void every_allocation_may_fail(void **state)
{
    long n = 0;

    (void)state;
    while (run(n))
        n++;
    assert_true(n > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
