/* SPDX-License-Identifier: MIT */
#include "sim_test.h"

#include <public/domctl.h>
#include <public/sched.h>
#include <public/sysctl.h>
#include <public/vcpu.h>

#include "ctl_ops.h"
#include "sched_ops.h"

static void set_params(struct domain *d, unsigned int weight, unsigned int cap)
{
    struct xen_domctl_scheduler_op op = {.sched_id = XEN_SCHEDULER_CREDIT2,
                                         .cmd = XEN_DOMCTL_SCHEDOP_putinfo};

    op.u.credit2.weight = (uint16_t)weight;
    op.u.credit2.cap = (uint16_t)cap;
    EXPECT_EQ(sched_adjust_domain(d, &op), 0);
}

SIM_TEST(equal_weights_share_equally, .nr_cpus = 1)
{
    struct domain *d[3] = {busy(1, 1), busy(2, 1), busy(3, 1)};
    long t[3];

    measure(d, 3, SECONDS(1), t);
    for (unsigned int i = 0; i < 3; i++)
        EXPECT_NEAR(t[i], 333, 5);
}

SIM_TEST(weight_512_runs_twice_as_long_as_256, .nr_cpus = 1)
{
    struct domain *d[2] = {busy(1, 1), busy(2, 1)};
    long t[2];

    set_params(d[1], 512, 0);
    sim_advance(MILLISECS(50));
    measure(d, 2, SECONDS(1), t);
    EXPECT_NEAR(t[0], 333, 5);
    EXPECT_NEAR(t[1], 667, 5);
}

SIM_TEST(eight_vcpus_share_four_cpus)
{
    struct domain *d[4] = {busy(1, 2), busy(2, 2), busy(3, 2), busy(4, 2)};
    long t[4];

    measure(d, 4, SECONDS(1), t);
    for (unsigned int i = 0; i < 4; i++)
        EXPECT_NEAR(t[i], 1000, 5);
}

SIM_TEST(no_cpu_idles_while_somebody_waits)
{
    struct domain *d[5] = {busy(1, 1), busy(2, 1), busy(3, 1), busy(4, 1), busy(5, 1)};
    long t[5], sum = 0;

    measure(d, 5, SECONDS(1), t);
    for (unsigned int i = 0; i < 5; i++)
        sum += t[i];
    EXPECT_NEAR(sum, 4000, 1);
}

SIM_TEST(a_newcomer_does_not_starve_who_ran_alone, .nr_cpus = 1)
{
    struct domain *d[2];
    long t[2];

    d[0] = busy(1, 1);
    sim_advance(SECONDS(5));
    d[1] = busy(2, 1);
    measure(d, 2, SECONDS(1), t);
    EXPECT_NEAR(t[0], 500, 5);
    EXPECT_NEAR(t[1], 500, 5);
}

SIM_TEST(who_returns_after_a_long_run_is_not_starved, .nr_cpus = 1)
{
    struct domain *d[2];
    long t[2];

    d[0] = busy(1, 1);
    sim_advance(SECONDS(5));
    domain_pause(d[0]);
    d[1] = busy(2, 1);
    sim_advance(MILLISECS(100));
    domain_unpause(d[0]);
    measure(d, 2, SECONDS(1), t);
    EXPECT_NEAR(t[0], 500, 5);
    EXPECT_NEAR(t[1], 500, 5);
}

SIM_TEST(a_cap_holds, .nr_cpus = 1)
{
    struct domain *d[1] = {busy(1, 1)};
    long t[1];

    set_params(d[0], 256, 25);
    sim_advance(MILLISECS(200));
    measure(d, 1, SECONDS(1), t);
    EXPECT_NEAR(t[0], 250, 5);
    set_params(d[0], 256, 0);
    sim_advance(MILLISECS(200));
    measure(d, 1, SECONDS(1), t);
    EXPECT_NEAR(t[0], 1000, 1);
}

SIM_TEST(a_new_cap_does_not_count_the_past, .nr_cpus = 1)
{
    struct domain *d[1] = {busy(1, 1)};
    long t[1];

    sim_advance(SECONDS(5));
    set_params(d[0], 256, 25);
    measure(d, 1, SECONDS(1), t);
    EXPECT_NEAR(t[0], 250, 5);
}

SIM_TEST(capped_vcpus_of_one_cpu_all_run, .nr_cpus = 1)
{
    struct domain *d = busy(1, 3);

    set_params(d, 256, 3);
    sim_advance(SECONDS(3));
    for (unsigned int i = 0; i < 3; i++)
        EXPECT_GE(vcpu_cpu_time(d->vcpu[i]), MILLISECS(15));
}

/* Found by the fuzzer: each refill put it at the queue's present, which CPU 0's vCPUs carry on, and
 * so behind those of great weight on the one CPU that it may use. */
SIM_TEST(a_capped_vcpu_is_not_starved_by_great_weights, .nr_cpus = 2)
{
    struct domain *great = busy(1, 8), *capped = busy(2, 2), *hog = busy(3, 2);
    struct vcpu *v;
    s_time_t t;

    set_params(great, 5120, 0);
    for_each_vcpu (great, v)
        pin(v, 2);
    for_each_vcpu (hog, v)
        pin(v, 1);
    pin(capped->vcpu[0], 1);
    pin(capped->vcpu[1], 2);
    set_params(capped, 256, 5);
    sim_advance(SECONDS(1));
    t = vcpu_cpu_time(capped->vcpu[1]);
    sim_advance(SECONDS(20));
    EXPECT_GE(vcpu_cpu_time(capped->vcpu[1]) - t, MILLISECS(450)); /* half of the cap: 500 */
}

/* Found by the fuzzer: one period's budget is less than the shortest run, so that only each second
 * refill lets somebody run, and it was always the same one's turn. */
SIM_TEST(a_tiny_cap_is_shared, .nr_cpus = 1)
{
    struct domain *d[2] = {busy(1, 2), busy(2, 1)};
    s_time_t t[2];

    set_params(d[0], 256, 1);
    sim_advance(SECONDS(1));
    for (unsigned int i = 0; i < 2; i++)
        t[i] = vcpu_cpu_time(d[0]->vcpu[i]);
    sim_advance(SECONDS(4));
    for (unsigned int i = 0; i < 2; i++)
        EXPECT_GE(vcpu_cpu_time(d[0]->vcpu[i]) - t[i], MILLISECS(10));
}

/* Found by the fuzzer: the other vCPU used up each budget before the one CPU that this one may use
 * had run somebody else for the rate limit. */
SIM_TEST(who_may_use_one_cpu_gets_of_its_domains_cap, .nr_cpus = 2)
{
    struct domain *d = busy(1, 2), *there = busy(2, 1);
    s_time_t t;

    pin(d->vcpu[0], 1);
    pin(d->vcpu[1], 2);
    pin(there->vcpu[0], 2);
    set_params(d, 256, 1);
    sim_advance(MILLISECS(100) - MICROSECS(100));
    t = vcpu_cpu_time(d->vcpu[1]);
    for (unsigned int i = 0; i < 100; i++) {
        domain_pause(there);
        domain_unpause(there); /* young when the period begins, 0.1 ms from now */
        sim_advance(MICROSECS(700));
        if (d->vcpu[0]->is_running) /* for 0.6 ms, which is all there is */
            sim_hypercall(d->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_yield, 0);
        sim_advance(MILLISECS(50) - MICROSECS(700));
    }
    EXPECT_GE(vcpu_cpu_time(d->vcpu[1]) - t, MILLISECS(10));
}

/* ... and was kept waiting for a whole slice where the rate limit had kept it waiting. */
SIM_TEST(a_young_one_is_left_when_the_rate_limit_ends, .nr_cpus = 1)
{
    struct domain *d[2] = {busy(1, 1), busy(2, 1)};

    domain_pause(d[1]);
    sim_advance(MILLISECS(100));
    domain_pause(d[0]);
    domain_unpause(d[0]);
    sim_advance(MICROSECS(300));
    domain_unpause(d[1]);
    sim_settle();
    EXPECT(d[0]->vcpu[0]->is_running);
    sim_advance(MICROSECS(699));
    EXPECT(d[0]->vcpu[0]->is_running);
    sim_advance(MICROSECS(1));
    EXPECT(d[1]->vcpu[0]->is_running);
}

/* Found with a guest of 64 vCPUs, whose kernel's queued locks took a round of slices for each: */
SIM_TEST(of_many_each_comes_round_soon, .nr_cpus = 2)
{
    struct domain *d = busy(1, 64);
    s_time_t t[64];

    sim_advance(SECONDS(1));
    for (unsigned int i = 0; i < 64; i++)
        t[i] = vcpu_cpu_time(d->vcpu[i]);
    sim_advance(MILLISECS(80));
    for (unsigned int i = 0; i < 64; i++)
        EXPECT_GE(vcpu_cpu_time(d->vcpu[i]) - t[i], MILLISECS(1));
}

SIM_TEST(a_great_weight_saves_up_nothing, .nr_cpus = 2)
{
    struct domain *d[4];
    long t[4];

    d[0] = busy(1, 1);
    set_params(d[0], 10240, 0);
    d[1] = busy(2, 1);
    d[2] = busy(3, 1);
    sim_advance(SECONDS(5));
    d[3] = busy(4, 1);
    set_params(d[3], 10240, 0);
    measure(d, 4, SECONDS(1), t);
    EXPECT_GE(t[0], 950);
    EXPECT_GE(t[3], 900);
    set_params(d[0], 256, 0);
    set_params(d[3], 256, 0);
    /* What they were ahead or behind by their weights, a few slices, is made up for first. */
    measure(d, 4, SECONDS(1), t);
    for (unsigned int i = 0; i < 4; i++)
        EXPECT_NEAR(t[i], 500, 10);
    measure(d, 4, SECONDS(1), t);
    for (unsigned int i = 0; i < 4; i++)
        EXPECT_NEAR(t[i], 500, 5);
}

SIM_TEST(a_cap_counts_all_vcpus)
{
    struct domain *d[2] = {busy(1, 4), busy(2, 4)};
    long t[2];

    set_params(d[0], 256, 150);
    sim_advance(MILLISECS(200));
    measure(d, 2, SECONDS(1), t);
    EXPECT_NEAR(t[0], 1500, 5);
    EXPECT_NEAR(t[1], 2500, 5);
}

/* vCPU 0 of @d sleeps @ns each time; result: worst time from wake-up to running, ns. */
static s_time_t worst_latency(struct domain *d, unsigned int times)
{
    s_time_t worst = 0;

    for (unsigned int i = 0; i < times; i++) {
        struct vcpu_runstate_info before, after;

        EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_set_timer_op, NOW() + MILLISECS(7)), 0);
        vcpu_runstate_get(d->vcpu[0], &before);
        EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_block, 0), 0);
        sim_advance(MILLISECS(7));
        EXPECT(sim_make_current(d->vcpu[0]));
        d->vcpu[0]->vcpu_info->evtchn_upcall_pending = 0;
        memset(d->shared_info->evtchn_pending, 0, sizeof(d->shared_info->evtchn_pending));
        d->vcpu[0]->vcpu_info->evtchn_pending_sel = 0;
        vcpu_runstate_get(d->vcpu[0], &after);
        worst =
            max(worst, (s_time_t)(after.time[RUNSTATE_runnable] - before.time[RUNSTATE_runnable]));
    }
    return worst;
}

SIM_TEST(who_sleeps_wakes_soon_beside_hogs, .nr_cpus = 2)
{
    struct domain *sleeper;

    busy(1, 2);
    busy(2, 2);
    sleeper = busy(3, 1);
    bind_timer_virq(sleeper);
    sim_advance(MILLISECS(500));
    EXPECT_LE(worst_latency(sleeper, 50), MILLISECS(2));
}

SIM_TEST(affinity_is_kept)
{
    struct domain *d = busy(1, 4);
    cpumask_t one = cpumask_of(2), none, two;
    struct vcpu *v;

    for_each_vcpu (d, v)
        EXPECT_EQ(vcpu_set_hard_affinity(v, &one), 0);
    sim_advance(MILLISECS(100));
    for_each_vcpu (d, v)
        EXPECT_EQ(v->processor, 2);
    sim_check_invariants();
    cpumask_zero(&none);
    EXPECT_EQ(vcpu_set_hard_affinity(d->vcpu[0], &none), -EINVAL);
    two = cpumask_of(3);
    EXPECT_EQ(vcpu_set_hard_affinity(d->vcpu[1], &two), 0);
    sim_advance(MILLISECS(100));
    EXPECT_EQ(d->vcpu[1]->processor, 3);
    EXPECT(d->vcpu[1]->is_running);
}

SIM_TEST(pinned_vcpus_share_their_cpu, .nr_cpus = 2)
{
    struct domain *d[3] = {busy(1, 1), busy(2, 1), busy(3, 1)};
    cpumask_t one = cpumask_of(1);
    long t[3];

    EXPECT_EQ(vcpu_set_hard_affinity(d[0]->vcpu[0], &one), 0);
    EXPECT_EQ(vcpu_set_hard_affinity(d[1]->vcpu[0], &one), 0);
    sim_advance(MILLISECS(100));
    measure(d, 3, SECONDS(1), t);
    EXPECT_GE(t[0], 450);
    EXPECT_GE(t[1], 450);
}

SIM_TEST(pauses_are_counted)
{
    struct domain *d = busy(1, 2);

    domain_pause(d);
    EXPECT(!d->vcpu[0]->is_running);
    EXPECT(!d->vcpu[1]->is_running);
    domain_pause(d);
    domain_unpause(d);
    sim_advance(MILLISECS(1));
    EXPECT(!d->vcpu[0]->is_running);
    sim_check_invariants();
    domain_unpause(d);
    sim_advance(MILLISECS(1));
    EXPECT(d->vcpu[0]->is_running);
    EXPECT_EQ(domain_unpause_by_controller(d), -EINVAL);
    for (unsigned int i = 0; i < 255; i++)
        EXPECT_EQ(domain_pause_by_controller(d), 0);
    EXPECT_EQ(domain_pause_by_controller(d), -EOVERFLOW);
    for (unsigned int i = 0; i < 255; i++)
        EXPECT_EQ(domain_unpause_by_controller(d), 0);
    sim_advance(MILLISECS(1));
    EXPECT(d->vcpu[0]->is_running);
}

SIM_TEST(a_yield_lets_the_other_run, .nr_cpus = 1)
{
    struct domain *d[2] = {busy(1, 1), busy(2, 1)};

    sim_advance(MILLISECS(20));
    EXPECT(sim_make_current(d[0]->vcpu[0]));
    EXPECT_EQ(sim_hypercall(d[0]->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_yield, 0), 0);
    EXPECT(d[1]->vcpu[0]->is_running);
}

SIM_TEST(vcpus_go_down_and_up)
{
    struct domain *d = busy(1, 2);

    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_is_up, 1), 1);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_down, 1), 0);
    sim_advance(MILLISECS(1));
    EXPECT(!d->vcpu[1]->is_running);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_is_up, 1), 0);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_up, 1), 0);
    sim_advance(MILLISECS(1));
    EXPECT(d->vcpu[1]->is_running);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_up, 2), -ENOENT);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, 99, 0), -ENOSYS);
}

SIM_TEST(runstate_times_add_up)
{
    struct domain *d = busy(1, 1);
    struct vcpu_runstate_info r;
    s_time_t born = NOW();
    uint64_t sum = 0;

    sim_advance(MILLISECS(10));
    domain_pause(d);
    sim_advance(MILLISECS(10));
    domain_unpause(d);
    sim_advance(MILLISECS(10));
    vcpu_runstate_get(d->vcpu[0], &r);
    for (unsigned int i = 0; i < 4; i++)
        sum += r.time[i];
    EXPECT_EQ(sum, NOW() - born);
    EXPECT_EQ(r.time[RUNSTATE_running], MILLISECS(20));
    EXPECT_EQ(r.time[RUNSTATE_offline], MILLISECS(10));
}

SIM_TEST(a_pool_of_its_own)
{
    struct xen_sysctl_cpupool_op op = {.op = XEN_SYSCTL_CPUPOOL_OP_CREATE,
                                       .cpupool_id = XEN_SYSCTL_CPUPOOL_PAR_ANY,
                                       .sched_id = XEN_SCHEDULER_CREDIT2};
    uint32_t pool;
    struct domain *d, *other = busy(1, 4);

    EXPECT_EQ(cpupool_op(&op), 0);
    pool = op.cpupool_id;
    op = (struct xen_sysctl_cpupool_op){
        .op = XEN_SYSCTL_CPUPOOL_OP_ADDCPU, .cpupool_id = pool, .cpu = 3};
    EXPECT_EQ(cpupool_op(&op), -EBUSY);
    op = (struct xen_sysctl_cpupool_op){
        .op = XEN_SYSCTL_CPUPOOL_OP_RMCPU, .cpupool_id = 0, .cpu = 3};
    EXPECT_EQ(cpupool_op(&op), 0);
    sim_advance(MILLISECS(10));
    sim_check_invariants();
    op = (struct xen_sysctl_cpupool_op){
        .op = XEN_SYSCTL_CPUPOOL_OP_ADDCPU, .cpupool_id = pool, .cpu = 3};
    EXPECT_EQ(cpupool_op(&op), 0);
    d = sim_domain(2, &(struct sim_domain_conf){.nr_vcpus = 2, .cpupool = pool});
    sim_advance(MILLISECS(200));
    sim_check_invariants();
    EXPECT_EQ(d->vcpu[0]->processor, 3);
    EXPECT_EQ(d->vcpu[1]->processor, 3);
    for (unsigned int i = 0; i < 4; i++)
        EXPECT_NE(other->vcpu[i]->processor, 3);
    op = (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_DESTROY, .cpupool_id = pool};
    EXPECT_EQ(cpupool_op(&op), -EBUSY);
    op = (struct xen_sysctl_cpupool_op){
        .op = XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, .cpupool_id = 0, .domid = 2};
    EXPECT_EQ(cpupool_op(&op), 0);
    sim_advance(MILLISECS(100));
    sim_check_invariants();
    EXPECT_EQ(sched_domain_cpupool(d), 0);
    EXPECT_NE(d->vcpu[0]->processor, 3);
    op = (struct xen_sysctl_cpupool_op){
        .op = XEN_SYSCTL_CPUPOOL_OP_RMCPU, .cpupool_id = pool, .cpu = 3};
    EXPECT_EQ(cpupool_op(&op), 0);
    op = (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_DESTROY, .cpupool_id = pool};
    EXPECT_EQ(cpupool_op(&op), 0);
    op = (struct xen_sysctl_cpupool_op){
        .op = XEN_SYSCTL_CPUPOOL_OP_ADDCPU, .cpupool_id = 0, .cpu = 3};
    EXPECT_EQ(cpupool_op(&op), 0);
}

SIM_TEST(a_thousand_vcpus_all_run, .nr_cpus = 16, .ram_mb = 256)
{
    a_thousand_run(SECONDS(1));
}

SIM_TEST(the_watchdog_bites)
{
    struct sched_watchdog w = {.id = 0, .timeout = 2};
    struct domain *d;

    dom0 = sim_domain(0, &(struct sim_domain_conf){.privileged = true});
    d = busy(1, 1);
    EXPECT_EQ(sim_op(d->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_watchdog, &w, sizeof(w)), 1);
    w.id = 1;
    sim_advance(SECONDS(1));
    EXPECT_EQ(sim_op(d->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_watchdog, &w, sizeof(w)), 0);
    sim_advance(SECONDS(1) + MILLISECS(500));
    EXPECT(!d->is_shut_down);
    sim_advance(SECONDS(1));
    EXPECT(d->is_shut_down);
    EXPECT_EQ(d->shutdown_code, SHUTDOWN_watchdog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_weights_share_equally),
        cmocka_unit_test(weight_512_runs_twice_as_long_as_256),
        cmocka_unit_test(eight_vcpus_share_four_cpus),
        cmocka_unit_test(no_cpu_idles_while_somebody_waits),
        cmocka_unit_test(a_newcomer_does_not_starve_who_ran_alone),
        cmocka_unit_test(who_returns_after_a_long_run_is_not_starved),
        cmocka_unit_test(a_cap_holds),
        cmocka_unit_test(a_new_cap_does_not_count_the_past),
        cmocka_unit_test(capped_vcpus_of_one_cpu_all_run),
        cmocka_unit_test(a_tiny_cap_is_shared),
        cmocka_unit_test(a_capped_vcpu_is_not_starved_by_great_weights),
        cmocka_unit_test(who_may_use_one_cpu_gets_of_its_domains_cap),
        cmocka_unit_test(a_young_one_is_left_when_the_rate_limit_ends),
        cmocka_unit_test(of_many_each_comes_round_soon),
        cmocka_unit_test(a_great_weight_saves_up_nothing),
        cmocka_unit_test(a_cap_counts_all_vcpus),
        cmocka_unit_test(who_sleeps_wakes_soon_beside_hogs),
        cmocka_unit_test(affinity_is_kept),
        cmocka_unit_test(pinned_vcpus_share_their_cpu),
        cmocka_unit_test(pauses_are_counted),
        cmocka_unit_test(a_yield_lets_the_other_run),
        cmocka_unit_test(vcpus_go_down_and_up),
        cmocka_unit_test(runstate_times_add_up),
        cmocka_unit_test(a_pool_of_its_own),
        cmocka_unit_test(a_thousand_vcpus_all_run),
        cmocka_unit_test(the_watchdog_bites),
    };

    return RUN_GROUP(tests);
}
