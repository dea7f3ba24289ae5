/* SPDX-License-Identifier: MIT */
#include <smoke/smoke.h>

static unsigned int nr_failed;
static char first[128];
static const char *current;

void failed(const char *what, long got, long wanted)
{
    print("not ok - %s: %s: got %ld (0x%lx), wanted %ld (0x%lx)\n", current, what, got, got, wanted,
          wanted);
    if (!nr_failed++)
        snprintf(first, sizeof(first), "%s: %s", current, what);
}

void skipped(const char *what, long rc)
{
    print("skip - %s: %s: %ld\n", current, what, rc);
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    {"calls", test_calls},   {"traps", test_traps},         {"privileged", test_privileged},
    {"events", test_events}, {"time", test_time},           {"tables", test_tables},
    {"pins", test_pins},     {"segments", test_segments},   {"user", test_user},
    {"debug", test_debug},   {"grants", test_grants},       {"memory", test_memory},
    {"smp", test_smp},       {"vcpu_info", test_vcpu_info},
};

void guest_main(const char *cmdline)
{
    uint64_t only = cmdline_number(cmdline, "only", ~0UL);
    unsigned int i, before;

    print("smoke: %lu pages\n", start_info->nr_pages);
    for (i = 0; i < ARRAY_SIZE(tests); i++) {
        if (!(only & (1UL << i)))
            continue;
        before = nr_failed;
        current = tests[i].name;
        tests[i].run();
        trap_hook = NULL;
        if (nr_failed == before)
            print("ok - %s\n", current);
    }
    if (nr_failed)
        finish(RESULT_FAILURE, "%u checks, the first is %s", nr_failed, first);
}
