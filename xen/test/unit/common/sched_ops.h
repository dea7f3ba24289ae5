/* SPDX-License-Identifier: MIT */
/* Busy domains, what they get, and how soon who wakes runs, for tests of schedulers. */
#ifndef TEST_UNIT_COMMON_SCHED_OPS_H
#define TEST_UNIT_COMMON_SCHED_OPS_H

#include <public/sched.h>

#include "ctl_ops.h"

static inline struct domain *busy(domid_t id, unsigned int nr_vcpus)
{
    return sim_domain(id, &(struct sim_domain_conf){.nr_vcpus = nr_vcpus});
}

static inline s_time_t ran(const struct domain *d)
{
    s_time_t sum = 0;
    struct vcpu *v;

    for_each_vcpu (d, v)
        sum += vcpu_cpu_time(v);
    return sum;
}

/* Time of each domain within @ns, in 1/1000 of one CPU. */
static inline void measure(struct domain **d, unsigned int nr, s_time_t ns, long *permille)
{
    for (unsigned int i = 0; i < nr; i++)
        permille[i] = ran(d[i]);
    sim_advance(ns);
    for (unsigned int i = 0; i < nr; i++)
        permille[i] = (ran(d[i]) - permille[i]) * 1000 / ns;
    sim_check_invariants();
}

#define EXPECT_NEAR(a, b, percent)                                                                 \
    do {                                                                                           \
        EXPECT_GE((long)(a)*100, (long)(b) * (100 - (percent)));                                   \
        EXPECT_LE((long)(a)*100, (long)(b) * (100 + (percent)));                                   \
    } while (0)

/* On 16 CPUs: ten domains of a hundred vCPUs, each of which has run after @ns; equal shares. */
static inline void a_thousand_run(s_time_t ns)
{
    struct domain *d[10];
    long t[10];

    for (unsigned int i = 0; i < 10; i++)
        d[i] = busy((domid_t)(1 + i), 100);
    sim_advance(ns);
    for (unsigned int i = 0; i < 10; i++)
        for (unsigned int j = 0; j < 100; j++)
            EXPECT_GE(vcpu_cpu_time(d[i]->vcpu[j]), 1);
    /* Some 32 turns of 10 ms for each: one more or less is 3 %. */
    measure(d, 10, SECONDS(20), t);
    for (unsigned int i = 0; i < 10; i++)
        EXPECT_NEAR(t[i], 1600, 5);
}

static inline void pin(struct vcpu *v, unsigned int cpus)
{
    cpumask_t mask = {.bits = {cpus}};

    EXPECT_EQ(vcpu_set_hard_affinity(v, &mask), 0);
}

/* From the timer's expiry until it is on a CPU, ns. */
static inline s_time_t one_wake(struct vcpu *v)
{
    s_time_t expiry, step = MICROSECS(5);

    EXPECT(sim_make_current(v));
    v->vcpu_info->evtchn_upcall_pending = 0;
    v->domain->shared_info->evtchn_pending[0] = 0;
    v->vcpu_info->evtchn_pending_sel = 0;
    expiry = NOW() + MILLISECS(3) + NOW() % 777777;
    sim_hypercall(v, __HYPERVISOR_set_timer_op, (unsigned long)expiry);
    sim_hypercall(v, __HYPERVISOR_sched_op, SCHEDOP_block, 0);
    EXPECT_LE(NOW(), expiry);
    sim_advance(expiry - NOW());
    while (!v->is_running) {
        if (NOW() - expiry > MILLISECS(100)) {
            sim_dump_vcpu(v);
            sim_fail("it wakes too late");
        }
        sim_advance(step);
    }
    return NOW() - expiry;
}

/* Of 200 wake-ups of @sleeper, printed by how late they were: those within 1 ms. None may be later
 * than 30 ms. */
static inline unsigned int latency_of_wakes(const char *policy, const char *beside,
                                            struct domain *sleeper)
{
    static const s_time_t limit[] = {MICROSECS(10), MICROSECS(100), MILLISECS(1), MILLISECS(5),
                                     MILLISECS(30)};
    unsigned int n[ARRAY_SIZE(limit) + 1] = {0};

    bind_timer_virq(sleeper);
    for (unsigned int i = 0; i < 200; i++) {
        s_time_t late = one_wake(sleeper->vcpu[0]);
        unsigned int b = 0;

        while (b < ARRAY_SIZE(limit) && late > limit[b])
            b++;
        n[b]++;
    }
    print_message("%s: of 200 wake-ups beside %s: up to 10 us %u, 100 us %u, 1 ms %u, 5 ms %u, "
                  "30 ms %u, more %u\n",
                  policy, beside, n[0], n[1], n[2], n[3], n[4], n[5]);
    EXPECT_EQ(n[5], 0);
    return n[0] + n[1] + n[2];
}

#endif
