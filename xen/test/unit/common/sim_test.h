/* SPDX-License-Identifier: MIT */
/* Tests of the core: each runs in a process of its own, on a machine that it boots. */
#ifndef TEST_UNIT_COMMON_SIM_TEST_H
#define TEST_UNIT_COMMON_SIM_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <asm/sim.h>

/* Run @body on a machine of @conf, check invariants and leaks; fail the cmocka test if it does. */
void run_on_machine(void (*body)(void), const struct sim_conf *conf);
/* The machine must end itself, with @says in what it writes to stderr. */
void dies_on_machine(void (*body)(void), const struct sim_conf *conf, const char *says);
void check_failed(const char *file, int line, const char *what, long a, long b) noreturn;

/* Run fn(0) to fn(nr - 1) at once, each in a thread which is that CPU. */
void on_threads(unsigned int nr, void (*fn)(unsigned int cpu));
/* The state of the choices by @seed: as xen-sim SEED. */
uint64_t random_seed_of(uint64_t seed);
/* sim_workload() on a machine of its own, by @seed alone; @cmdline: the hypervisor's. */
uint64_t hash_of_random_run(uint64_t seed, unsigned int nr_cpus, unsigned int steps,
                            const char *cmdline);
unsigned int env_number(const char *name, unsigned int otherwise);

#define SIM_TEST(name, ...)                                                                        \
    static void name##_body(void);                                                                 \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        run_on_machine(name##_body, &(struct sim_conf){__VA_ARGS__});                              \
    }                                                                                              \
    static void name##_body(void)

#define EXPECT_OP(a, op, b)                                                                        \
    do {                                                                                           \
        long a_ = (long)(a), b_ = (long)(b);                                                       \
        if (!(a_ op b_))                                                                           \
            check_failed(__FILE__, __LINE__, #a " " #op " " #b, a_, b_);                           \
    } while (0)
#define EXPECT_EQ(a, b) EXPECT_OP(a, ==, b)
#define EXPECT_NE(a, b) EXPECT_OP(a, !=, b)
#define EXPECT_LE(a, b) EXPECT_OP(a, <=, b)
#define EXPECT_GE(a, b) EXPECT_OP(a, >=, b)
#define EXPECT(a)       EXPECT_NE(a, 0)

#define RUN_GROUP(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
