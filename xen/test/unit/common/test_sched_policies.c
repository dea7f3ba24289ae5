/* SPDX-License-Identifier: MIT */
/* Each scheduling policy, chosen as on the command line: shares, weights, caps, many vCPUs, and
 * how soon who wakes runs. */
#include "ctl_ops.h"
#include "sched_ops.h"

static const struct policy {
    const char *cmdline;
    uint32_t id;
} policies[] = {
    {"sched=credit2", XEN_SCHEDULER_CREDIT2},
    {"sched=credit", XEN_SCHEDULER_CREDIT},
};
static const struct policy *policy;

static void set_params(struct domain *d, unsigned int weight, unsigned int cap)
{
    struct xen_domctl_scheduler_op op = {.sched_id = policy->id, .cmd = XEN_DOMCTL_SCHEDOP_putinfo};

    if (policy->id == XEN_SCHEDULER_CREDIT2) {
        op.u.credit2.weight = (uint16_t)weight;
        op.u.credit2.cap = (uint16_t)cap;
    } else {
        op.u.credit.weight = (uint16_t)weight;
        op.u.credit.cap = (uint16_t)cap;
    }
    EXPECT_EQ(sched_adjust_domain(d, &op), 0);
}

static void it_is_the_one_chosen(void)
{
    EXPECT_EQ(sched_id(), policy->id);
}

static void equal_weights(void)
{
    struct domain *d[4] = {busy(1, 1), busy(2, 2), busy(3, 1), busy(4, 2)};
    long t[4];

    sim_advance(MILLISECS(100));
    measure(d, 4, SECONDS(1), t);
    /* Two CPUs, six vCPUs. */
    EXPECT_NEAR(t[0], 333, 5);
    EXPECT_NEAR(t[1], 667, 5);
    EXPECT_NEAR(t[2], 333, 5);
    EXPECT_NEAR(t[3], 667, 5);
}

static void unequal_weights(void)
{
    static const unsigned int weight[3] = {256, 512, 1024};
    struct domain *d[3];
    long t[3];

    for (unsigned int i = 0; i < 3; i++) {
        d[i] = busy((domid_t)(1 + i), 2);
        set_params(d[i], weight[i], 0);
    }
    sim_advance(SECONDS(1));
    measure(d, 3, SECONDS(3), t);
    for (unsigned int i = 0; i < 3; i++)
        EXPECT_NEAR(t[i], 2000 * weight[i] / 1792, 5);
}

static void caps(void)
{
    struct domain *d[3] = {busy(1, 1), busy(2, 2), busy(3, 2)};
    long t[3];

    set_params(d[0], 256, 20);
    set_params(d[1], 256, 50);
    sim_advance(MILLISECS(500));
    measure(d, 3, SECONDS(1), t);
    EXPECT_NEAR(t[0], 200, 5);
    EXPECT_NEAR(t[1], 500, 5);
    EXPECT_NEAR(t[2], 1300, 5);
}

static void a_thousand_vcpus(void)
{
    a_thousand_run(SECONDS(3));
}

static void wake_latency(void)
{
    struct domain *sleeper;

    busy(1, 2);
    busy(2, 2);
    sleeper = busy(3, 1);
    sim_advance(MILLISECS(500));
    EXPECT_GE(latency_of_wakes(policy->cmdline, "four busy vCPUs on two CPUs", sleeper), 190);
}

static void with_each(void (*body)(void), const struct sim_conf *conf)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++) {
        struct sim_conf c = *conf;

        policy = &policies[i];
        c.cmdline = policy->cmdline;
        run_on_machine(body, &c);
    }
}

#define POLICY_TEST(name, ...)                                                                     \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        with_each(name, &(struct sim_conf){__VA_ARGS__});                                          \
    }
POLICY_TEST(it_is_the_one_chosen, .nr_cpus = 2)
POLICY_TEST(equal_weights, .nr_cpus = 2)
POLICY_TEST(unequal_weights, .nr_cpus = 2)
POLICY_TEST(caps, .nr_cpus = 2)
POLICY_TEST(a_thousand_vcpus, .nr_cpus = 16, .ram_mb = 256)
POLICY_TEST(wake_latency, .nr_cpus = 2)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_the_one_chosen), cmocka_unit_test(test_equal_weights),
        cmocka_unit_test(test_unequal_weights),      cmocka_unit_test(test_caps),
        cmocka_unit_test(test_a_thousand_vcpus),     cmocka_unit_test(test_wake_latency),
    };

    return RUN_GROUP(tests);
}
