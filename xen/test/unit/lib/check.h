/* SPDX-License-Identifier: MIT */
/* What every test here includes first. */
#ifndef TEST_UNIT_LIB_CHECK_H
#define TEST_UNIT_LIB_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <xen/lib/compiler.h>

/* A small generator whose numbers are the same in each run. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#define RUN_GROUP(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
