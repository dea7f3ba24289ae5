/* SPDX-License-Identifier: MIT */
/* Tests of what arch/arm reads from the outside. Device trees are compiled from the .dts here. */
#ifndef TEST_UNIT_ARM_ARM_TEST_H
#define TEST_UNIT_ARM_ARM_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/dt.h>
#include <xen/kernel.h>

/* The tree named, in memory of exactly its size; ends the test where it is not there. */
const void *load_tree(const char *name, size_t *size);
void free_tree(const void *fdt);
int node_at(const void *fdt, const char *path); /* ends the test where there is none */

static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#define RUN_GROUP(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
