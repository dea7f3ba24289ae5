/* SPDX-License-Identifier: MIT */
/* The schedulers of fixed promises: rtds (budgets and deadlines), arinc653 (a table), null (a CPU
 * each); and pools that have them. */
#include <public/vcpu.h>

#include "sched_ops.h"

static s_time_t vcpu_ran(const struct vcpu *v, s_time_t ns)
{
    s_time_t before = vcpu_cpu_time(v);

    sim_advance(ns);
    return vcpu_cpu_time(v) - before;
}

static uint32_t new_pool(uint32_t sched_id, unsigned int first_cpu, unsigned int last_cpu)
{
    struct xen_sysctl_cpupool_op op = {.op = XEN_SYSCTL_CPUPOOL_OP_CREATE,
                                       .cpupool_id = XEN_SYSCTL_CPUPOOL_PAR_ANY,
                                       .sched_id = sched_id};
    uint32_t pool;

    EXPECT_EQ(cpupool_op(&op), 0);
    pool = op.cpupool_id;
    for (unsigned int cpu = first_cpu; cpu <= last_cpu; cpu++) {
        op = (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_RMCPU, .cpu = cpu};
        EXPECT_EQ(cpupool_op(&op), 0);
        sim_settle();
        op = (struct xen_sysctl_cpupool_op){
            .op = XEN_SYSCTL_CPUPOOL_OP_ADDCPU, .cpupool_id = pool, .cpu = cpu};
        EXPECT_EQ(cpupool_op(&op), 0);
    }
    op = (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_INFO, .cpupool_id = pool};
    EXPECT_EQ(cpupool_op(&op), 0);
    EXPECT_EQ(op.sched_id, sched_id);
    return pool;
}

static void end_pool(uint32_t pool, unsigned int first_cpu, unsigned int last_cpu)
{
    struct xen_sysctl_cpupool_op op = {.op = XEN_SYSCTL_CPUPOOL_OP_DESTROY, .cpupool_id = pool};

    sim_quiesce(); /* its domains' ends */
    EXPECT_EQ(cpupool_op(&op), 0);
    for (unsigned int cpu = first_cpu; cpu <= last_cpu; cpu++) {
        sim_settle();
        op = (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_ADDCPU, .cpu = cpu};
        EXPECT_EQ(cpupool_op(&op), 0);
    }
}

static long move(struct domain *d, uint32_t pool)
{
    struct xen_sysctl_cpupool_op op = {
        .op = XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, .cpupool_id = pool, .domid = d->domain_id};

    return cpupool_op(&op);
}

/* rtds */

static void rtds_set(struct domain *d, unsigned int period_us, unsigned int budget_us, bool extra)
{
    struct xen_domctl_scheduler_op op = {.sched_id = XEN_SCHEDULER_RTDS,
                                         .cmd = XEN_DOMCTL_SCHEDOP_putinfo};

    op.u.rtds.period = period_us;
    op.u.rtds.budget = budget_us;
    op.u.rtds.flags = extra ? XEN_DOMCTL_SCHEDRT_extra : 0;
    EXPECT_EQ(sched_adjust_domain(d, &op), 0);
}

SIM_TEST(rtds_budgets_are_kept_to_and_given, .nr_cpus = 2, .cmdline = "sched=rtds")
{
    struct domain *d[3] = {busy(1, 1), busy(2, 2), busy(3, 1)};
    long t[3];

    EXPECT_EQ(sched_id(), XEN_SCHEDULER_RTDS);
    rtds_set(d[0], 10000, 2500, false);
    rtds_set(d[1], 20000, 8000, false);
    rtds_set(d[2], 100000, 10000, true);
    sim_advance(MILLISECS(100));
    measure(d, 3, SECONDS(1), t);
    EXPECT_NEAR(t[0], 250, 1);
    EXPECT_NEAR(t[1], 800, 1);
    /* All the rest of one CPU: the two others need less than two CPUs. */
    EXPECT_GE(t[2], 500);
    rtds_set(d[2], 100000, 10000, false);
    sim_advance(MILLISECS(100));
    measure(d, 3, SECONDS(1), t);
    EXPECT_NEAR(t[2], 100, 2);
}

/* One CPU, used to the last: earliest deadline first meets each of them. */
SIM_TEST(rtds_meets_the_deadlines_of_a_full_cpu, .nr_cpus = 1, .cmdline = "sched=rtds")
{
    static const unsigned int period[4] = {5000, 10000, 20000, 40000};
    struct domain *d[4];
    s_time_t t[4];

    for (unsigned int i = 0; i < 4; i++) {
        d[i] = busy((domid_t)(1 + i), 1);
        domain_pause(d[i]);
        rtds_set(d[i], period[i], period[i] / 4, false);
    }
    for (unsigned int i = 0; i < 4; i++) {
        rtds_set(d[i], period[i], period[i] / 4, false);
        domain_unpause(d[i]);
    }
    for (unsigned int round = 0; round < 50; round++) {
        for (unsigned int i = 0; i < 4; i++)
            t[i] = vcpu_cpu_time(d[i]->vcpu[0]);
        sim_advance(MICROSECS(40000));
        for (unsigned int i = 0; i < 4; i++)
            EXPECT_EQ(vcpu_cpu_time(d[i]->vcpu[0]) - t[i], MICROSECS(10000));
    }
}

/* More is promised than there is: nobody's time is taken by others' nearer deadlines for ever. */
SIM_TEST(rtds_too_much_is_promised, .nr_cpus = 1, .cmdline = "sched=rtds")
{
    for (unsigned int offset = 0; offset < 20; offset++) {
        struct domain *d[2];

        d[0] = busy(1, 2);
        sim_advance(MICROSECS(655 * offset));
        d[1] = busy(2, 2);
        sim_advance(MILLISECS(100));
        for (unsigned int i = 0; i < 4; i++)
            EXPECT_GE(vcpu_ran(d[i / 2]->vcpu[i % 2], SECONDS(1)), MILLISECS(150));
        sim_destroy(d[0]);
        sim_destroy(d[1]);
        sim_quiesce();
    }
}

SIM_TEST(rtds_extra_time_is_for_who_is_behind, .nr_cpus = 1, .cmdline = "sched=rtds")
{
    struct domain *d[3] = {busy(1, 1), busy(2, 1), busy(3, 1)};
    long t[3];

    rtds_set(d[0], 10000, 6000, false);
    rtds_set(d[1], 10000, 1000, true);
    rtds_set(d[2], 10000, 1000, true);
    sim_advance(MILLISECS(100));
    measure(d, 3, SECONDS(1), t);
    EXPECT_NEAR(t[0], 600, 1);
    EXPECT_NEAR(t[1], 200, 2);
    EXPECT_NEAR(t[2], 200, 2);
}

SIM_TEST(rtds_parameters_of_single_vcpus, .nr_cpus = 2, .cmdline = "sched=rtds")
{
    struct domain *d0 = control_domain(), *d = busy(1, 2);
    struct xen_domctl_schedparam_vcpu p[2] = {{.vcpuid = 1}, {.vcpuid = 0}};
    struct xen_domctl op = {.cmd = XEN_DOMCTL_scheduler_op, .domain = 1};

#define VCPU_OP(c, n)                                                                              \
    (op.u.scheduler_op.sched_id = XEN_SCHEDULER_RTDS, op.u.scheduler_op.cmd = (c),                 \
     op.u.scheduler_op.u.v.vcpus.p = (void *)sim_page(d0, 5),                                      \
     op.u.scheduler_op.u.v.nr_vcpus = (n), domctl(d0, &op))
    rtds_set(d0, 100000, 1000, true);
    p[0].u.rtds.period = 10000;
    p[0].u.rtds.budget = 3000;
    p[1].u.rtds.period = 8000;
    p[1].u.rtds.budget = 4000;
    sim_put(d0, 5, 0, p, sizeof(p));
    EXPECT_EQ(VCPU_OP(XEN_DOMCTL_SCHEDOP_putvcpuinfo, 2), 0);
    EXPECT_EQ(op.u.scheduler_op.u.v.nr_vcpus, 2);
    sim_advance(MILLISECS(100));
    EXPECT_NEAR(vcpu_ran(d->vcpu[0], SECONDS(1)), MILLISECS(500), 1);
    EXPECT_NEAR(vcpu_ran(d->vcpu[1], SECONDS(1)), MILLISECS(300), 1);
    memset(p, 0, sizeof(p));
    p[0].vcpuid = 1;
    sim_put(d0, 5, 0, p, sizeof(p));
    EXPECT_EQ(VCPU_OP(XEN_DOMCTL_SCHEDOP_getvcpuinfo, 2), 0);
    memcpy(p, sim_page_virt(d0, 5), sizeof(p));
    EXPECT_EQ(p[0].u.rtds.period, 10000);
    EXPECT_EQ(p[0].u.rtds.budget, 3000);
    EXPECT_EQ(p[0].u.rtds.flags, 0);
    EXPECT_EQ(p[1].u.rtds.budget, 4000);
    /* What is wrong, and who came before that. */
    p[0].u.rtds.budget = 2000;
    p[1].vcpuid = 2;
    sim_put(d0, 5, 0, p, sizeof(p));
    EXPECT_EQ(VCPU_OP(XEN_DOMCTL_SCHEDOP_putvcpuinfo, 2), -EINVAL);
    p[1].vcpuid = 0;
    p[1].u.rtds.budget = p[1].u.rtds.period + 1;
    sim_put(d0, 5, 0, p, sizeof(p));
    EXPECT_EQ(VCPU_OP(XEN_DOMCTL_SCHEDOP_putvcpuinfo, 2), -EINVAL);
    p[1].u.rtds.budget = 99;
    sim_put(d0, 5, 0, p, sizeof(p));
    EXPECT_EQ(VCPU_OP(XEN_DOMCTL_SCHEDOP_putvcpuinfo, 2), -EINVAL);
    EXPECT_EQ(VCPU_OP(XEN_DOMCTL_SCHEDOP_getvcpuinfo, 3), -EINVAL);
    EXPECT_EQ(VCPU_OP(XEN_DOMCTL_SCHEDOP_getvcpuinfo, ~0U), -EINVAL);
    op.u.scheduler_op.u.v.vcpus.p = (void *)~0UL;
    op.u.scheduler_op.u.v.nr_vcpus = 1;
    EXPECT_EQ(domctl(d0, &op), -EFAULT);
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_getinfo;
    EXPECT_EQ(domctl(d0, &op), 0);
    EXPECT_EQ(op.u.scheduler_op.u.rtds.period, 10000);
    EXPECT_EQ(op.u.scheduler_op.u.rtds.budget, 4000);
    EXPECT_EQ(op.u.scheduler_op.u.rtds.flags, XEN_DOMCTL_SCHEDRT_extra);
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT2;
    EXPECT_EQ(domctl(d0, &op), -EINVAL);
}

/* Each has asked for a 63rd of a CPU of 16. */
SIM_TEST(rtds_a_thousand_vcpus_all_run, .nr_cpus = 16, .ram_mb = 256, .cmdline = "sched=rtds")
{
    struct domain *d[10];
    long t[10];

    for (unsigned int i = 0; i < 10; i++) {
        d[i] = busy((domid_t)(1 + i), 100);
        rtds_set(d[i], 126000, 2000, i % 2);
    }
    sim_advance(MILLISECS(130));
    for (unsigned int i = 0; i < 10; i++)
        for (unsigned int j = 0; j < 100; j++)
            EXPECT_GE(vcpu_cpu_time(d[i]->vcpu[j]), MICROSECS(1900));
    measure(d, 10, SECONDS(5), t);
    for (unsigned int i = 0; i < 10; i++)
        EXPECT_NEAR(t[i], 1587, 5);
}

SIM_TEST(rtds_latency, .nr_cpus = 2, .cmdline = "sched=rtds")
{
    struct domain *sleeper;

    busy(1, 2);
    busy(2, 2);
    sleeper = busy(3, 1);
    rtds_set(sleeper, 3000, 1000, false);
    sim_advance(MILLISECS(500));
    EXPECT_GE(latency_of_wakes("sched=rtds", "four busy vCPUs on two CPUs", sleeper), 190);
}

/* Parked without budget, asleep and woken, paused: no refill is lost. */
SIM_TEST(rtds_sleepers_get_their_budgets, .nr_cpus = 1, .cmdline = "sched=rtds")
{
    struct domain *d[2] = {busy(1, 1), busy(2, 1)};

    rtds_set(d[0], 10000, 1000, false);
    rtds_set(d[1], 7000, 3000, true);
    for (unsigned int i = 0; i < 200; i++) {
        domain_pause(d[0]);
        sim_advance(MICROSECS(137 * (i % 90)));
        domain_unpause(d[0]);
        EXPECT_NEAR(vcpu_ran(d[0]->vcpu[0], MILLISECS(100)), MILLISECS(10), 10);
        sim_check_invariants();
    }
}

/* arinc653 */

static struct xen_sysctl_arinc653_schedule table;

static void entry(unsigned int i, struct domain *d, unsigned int vcpu, s_time_t runtime)
{
    memset(d->handle, d->domain_id, sizeof(d->handle));
    memset(table.sched_entries[i].dom_handle, d->domain_id, sizeof(d->handle));
    table.sched_entries[i].vcpu_id = vcpu;
    table.sched_entries[i].runtime = (uint64_t)runtime;
}

static long put_table(struct domain *d0, uint32_t pool, unsigned int nr, s_time_t major)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_scheduler_op};

    table.num_sched_entries = (uint8_t)nr;
    table.major_frame = (uint64_t)major;
    sim_put(d0, 5, 0, &table, sizeof(table));
    op.u.scheduler_op.cpupool_id = pool;
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_ARINC653;
    op.u.scheduler_op.cmd = XEN_SYSCTL_SCHEDOP_putinfo;
    op.u.scheduler_op.u.sched_arinc653.schedule.p = (void *)sim_page(d0, 5);
    return sysctl(d0, &op);
}

SIM_TEST(arinc653_follows_its_table, .nr_cpus = 2)
{
    struct domain *d0 = control_domain(), *d[3];
    uint32_t pool = new_pool(XEN_SCHEDULER_ARINC653, 1, 1);
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_scheduler_op};
    struct xen_sysctl_arinc653_schedule got;

    for (unsigned int i = 0; i < 3; i++)
        d[i] =
            sim_domain((domid_t)(1 + i), &(struct sim_domain_conf){.nr_vcpus = 2, .cpupool = pool});
    sim_advance(MILLISECS(100));
    EXPECT_EQ(vcpu_cpu_time(d[0]->vcpu[0]), 0); /* no table yet */
    entry(0, d[0], 0, MILLISECS(3));
    entry(1, d[1], 1, MILLISECS(5));
    entry(2, d[0], 0, MILLISECS(1));
    entry(3, d[1], 0, MILLISECS(2));
    EXPECT_EQ(put_table(d0, pool, 4, MILLISECS(15)), 0);
    for (unsigned int frame = 0; frame < 100; frame++) {
        EXPECT(vcpu_ran(d[0]->vcpu[0], MILLISECS(3)) == MILLISECS(3));
        EXPECT(vcpu_ran(d[1]->vcpu[1], MILLISECS(5)) == MILLISECS(5));
        EXPECT(vcpu_ran(d[0]->vcpu[0], MILLISECS(1)) == MILLISECS(1));
        EXPECT(vcpu_ran(d[1]->vcpu[0], MILLISECS(2)) == MILLISECS(2));
        sim_check_invariants();
        EXPECT(is_idle_vcpu(sim_cpus[1].current_vcpu));
        sim_advance(MILLISECS(4));
    }
    EXPECT_EQ(vcpu_cpu_time(d[0]->vcpu[1]), 0);
    EXPECT_EQ(vcpu_cpu_time(d[2]->vcpu[0]), 0);
    /* Who sleeps loses its time to nobody, and has what is left when it wakes. */
    domain_pause(d[0]);
    sim_advance(MILLISECS(1));
    EXPECT(is_idle_vcpu(sim_cpus[1].current_vcpu));
    domain_unpause(d[0]);
    EXPECT(vcpu_ran(d[0]->vcpu[0], MILLISECS(14)) == MILLISECS(3));
    op.u.scheduler_op.cpupool_id = pool;
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_ARINC653;
    op.u.scheduler_op.cmd = XEN_SYSCTL_SCHEDOP_getinfo;
    op.u.scheduler_op.u.sched_arinc653.schedule.p = (void *)sim_page(d0, 6);
    EXPECT_EQ(sysctl(d0, &op), 0);
    memcpy(&got, sim_page_virt(d0, 6), sizeof(got));
    EXPECT_EQ(memcmp(&got, &table, sizeof(got)), 0);
    for (unsigned int i = 0; i < 3; i++)
        sim_destroy(d[i]);
    end_pool(pool, 1, 1);
}

SIM_TEST(arinc653_refuses_tables_that_do_not_fit, .nr_cpus = 2)
{
    struct domain *d0 = control_domain();
    uint32_t pool = new_pool(XEN_SCHEDULER_ARINC653, 1, 1);

    entry(0, d0, 0, MILLISECS(3));
    entry(1, d0, 0, MILLISECS(7));
    EXPECT_EQ(put_table(d0, pool, 2, MILLISECS(10) - 1), -EINVAL);
    EXPECT_EQ(put_table(d0, pool, 0, MILLISECS(10)), -EINVAL);
    EXPECT_EQ(put_table(d0, pool, 65, MILLISECS(10)), -EINVAL);
    EXPECT_EQ(put_table(d0, pool, 2, 0), -EINVAL);
    EXPECT_EQ(put_table(d0, pool, 2, -1), -EINVAL);
    table.sched_entries[1].runtime = 0;
    EXPECT_EQ(put_table(d0, pool, 2, MILLISECS(10)), -EINVAL);
    table.sched_entries[1].runtime = ~0UL;
    EXPECT_EQ(put_table(d0, pool, 2, MILLISECS(10)), -EINVAL);
    EXPECT_EQ(put_table(d0, pool, 1, MILLISECS(10)), 0);
    EXPECT_EQ(put_table(d0, 0, 1, MILLISECS(10)), -EINVAL); /* another scheduler's pool */
    EXPECT_EQ(put_table(d0, 9, 1, MILLISECS(10)), -ESRCH);
    end_pool(pool, 1, 1);
}

/* dom0 boots, and may change its handle, before anybody sets a table. */
SIM_TEST(arinc653_lets_dom0_run_first, .nr_cpus = 1, .cmdline = "sched=arinc653")
{
    struct domain *other;

    dom0 = sim_domain(0, &(struct sim_domain_conf){.privileged = true, .nr_vcpus = 2});
    other = busy(1, 1);
    memset(dom0->handle, 7, sizeof(dom0->handle));
    sim_advance(MILLISECS(100));
    EXPECT_EQ(vcpu_ran(dom0->vcpu[0], SECONDS(1)), MILLISECS(500));
    EXPECT_EQ(vcpu_ran(dom0->vcpu[1], SECONDS(1)), MILLISECS(500));
    EXPECT_EQ(vcpu_cpu_time(other->vcpu[0]), 0);
    entry(0, dom0, 0, MILLISECS(1));
    entry(1, other, 0, MILLISECS(3));
    EXPECT_EQ(put_table(dom0, 0, 2, MILLISECS(4)), 0);
    sim_advance(MILLISECS(4));
    EXPECT_EQ(vcpu_ran(other->vcpu[0], SECONDS(1)), MILLISECS(750));
    EXPECT_EQ(vcpu_ran(dom0->vcpu[0], SECONDS(1)), MILLISECS(250));
}

SIM_TEST(arinc653_latency, .nr_cpus = 1, .cmdline = "sched=arinc653")
{
    struct domain *sleeper = busy(1, 1), *hog = busy(2, 1), *many[5];

    dom0 = control_domain();
    for (unsigned int i = 0; i < 5; i++)
        many[i] = busy((domid_t)(3 + i), 200); /* a thousand that are on no table */
    entry(0, sleeper, 0, MILLISECS(1));
    entry(1, hog, 0, MILLISECS(1));
    EXPECT_EQ(put_table(dom0, 0, 2, MILLISECS(2)), 0);
    sim_advance(MILLISECS(20));
    EXPECT_GE(latency_of_wakes("sched=arinc653", "a busy vCPU, a millisecond each", sleeper), 200);
    EXPECT_NEAR(vcpu_ran(hog->vcpu[0], SECONDS(1)), MILLISECS(500), 1);
    EXPECT_EQ(vcpu_cpu_time(many[4]->vcpu[199]), 0);
}

/* null */

SIM_TEST(null_gives_each_a_cpu, .nr_cpus = 4, .cmdline = "sched=null")
{
    struct domain *d[2] = {busy(1, 3), busy(2, 2)};
    unsigned int cpu[3], waiting = 0;

    sim_advance(MILLISECS(10));
    for (unsigned int i = 0; i < 3; i++)
        cpu[i] = d[0]->vcpu[i]->processor;
    for (unsigned int i = 0; i < 100; i++) {
        domain_pause(d[0]);
        sim_advance(MICROSECS(10));
        domain_unpause(d[0]);
        sim_advance(MICROSECS(10));
        for (unsigned int j = 0; j < 3; j++)
            EXPECT_EQ(d[0]->vcpu[j]->processor, cpu[j]);
    }
    for (unsigned int i = 0; i < 2; i++)
        waiting += !d[1]->vcpu[i]->is_running;
    EXPECT_EQ(waiting, 1);
    /* One goes down: its CPU is the waiting one's. Then it has to wait. */
    EXPECT_EQ(sim_hypercall(d[0]->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_down, 1), 0);
    sim_settle();
    EXPECT(d[1]->vcpu[0]->is_running && d[1]->vcpu[1]->is_running);
    EXPECT_EQ(sim_hypercall(d[0]->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_up, 1), 0);
    sim_advance(SECONDS(1));
    EXPECT(!d[0]->vcpu[1]->is_running);
    sim_check_invariants();
    sim_destroy(d[1]);
    sim_quiesce();
    EXPECT(d[0]->vcpu[1]->is_running);
}

SIM_TEST(null_keeps_affinity, .nr_cpus = 4, .cmdline = "sched=null")
{
    struct domain *d[2] = {busy(1, 1), busy(2, 1)};

    pin(d[0]->vcpu[0], 4);
    pin(d[1]->vcpu[0], 4);
    sim_advance(MILLISECS(10));
    EXPECT_EQ(d[0]->vcpu[0]->processor, 2);
    EXPECT(d[0]->vcpu[0]->is_running != d[1]->vcpu[0]->is_running);
    pin(d[0]->vcpu[0], 8);
    sim_advance(MILLISECS(10));
    EXPECT(d[0]->vcpu[0]->is_running && d[1]->vcpu[0]->is_running);
    EXPECT_EQ(d[0]->vcpu[0]->processor, 3);
    EXPECT_EQ(d[1]->vcpu[0]->processor, 2);
}

/* Whoever has a CPU keeps it; whoever waits has one in the end, as the others end. */
SIM_TEST(null_a_thousand_vcpus_all_run, .nr_cpus = 16, .ram_mb = 256, .cmdline = "sched=null")
{
    struct domain *d[125];

    for (unsigned int i = 0; i < ARRAY_SIZE(d); i++)
        d[i] =
            sim_domain((domid_t)(1 + i), &(struct sim_domain_conf){.nr_vcpus = 8, .nr_pages = 8});
    sim_advance(MILLISECS(10));
    for (unsigned int left = ARRAY_SIZE(d); left; left--) {
        unsigned int running = 0, i;

        for (i = 0; i < ARRAY_SIZE(d); i++)
            for (unsigned int j = 0; d[i] && j < 8; j++)
                running += d[i]->vcpu[j]->is_running;
        EXPECT_EQ(running, min(left * 8, 16U));
        for (i = 0; !d[i] || !d[i]->vcpu[0]->is_running; i++)
            continue;
        for (unsigned int j = 0; j < 8; j++)
            EXPECT_EQ(d[i]->vcpu[j]->is_running, 1);
        sim_destroy(d[i]);
        d[i] = NULL;
        sim_quiesce();
        sim_check_invariants();
    }
}

SIM_TEST(null_latency, .nr_cpus = 3, .cmdline = "sched=null")
{
    struct domain *sleeper = busy(3, 1);

    sim_advance(MILLISECS(10));
    busy(1, 2);
    busy(2, 2);
    EXPECT_EQ(latency_of_wakes("sched=null", "four busy vCPUs on the two other CPUs", sleeper),
              200);
}

SIM_TEST(null_gives_up_cpus_with_their_pool, .nr_cpus = 4)
{
    uint32_t pool = new_pool(XEN_SCHEDULER_NULL, 2, 3);
    struct xen_sysctl_cpupool_op op;
    struct domain *d = sim_domain(1, &(struct sim_domain_conf){.nr_vcpus = 2, .cpupool = pool});

    sim_advance(MILLISECS(10));
    EXPECT(d->vcpu[0]->is_running && d->vcpu[1]->is_running);
    op = (struct xen_sysctl_cpupool_op){
        .op = XEN_SYSCTL_CPUPOOL_OP_RMCPU, .cpupool_id = pool, .cpu = 2};
    EXPECT_EQ(cpupool_op(&op), 0);
    sim_advance(MILLISECS(10));
    sim_check_invariants();
    EXPECT_EQ(d->vcpu[0]->is_running + d->vcpu[1]->is_running, 1);
    op.op = XEN_SYSCTL_CPUPOOL_OP_ADDCPU;
    EXPECT_EQ(cpupool_op(&op), 0);
    sim_advance(MILLISECS(10));
    EXPECT(d->vcpu[0]->is_running && d->vcpu[1]->is_running);
    op.op = XEN_SYSCTL_CPUPOOL_OP_RMCPU;
    EXPECT_EQ(cpupool_op(&op), 0);
    op.cpu = 3;
    EXPECT_EQ(cpupool_op(&op), -EBUSY); /* the last one, with a domain in it */
    EXPECT_EQ(move(d, 0), 0);
    sim_advance(MILLISECS(10));
    EXPECT(d->vcpu[0]->is_running && d->vcpu[1]->is_running);
    end_pool(pool, 2, 3);
}

/* Parameters are the pool's scheduler's: they do not go along, nor do budgets and places. */
SIM_TEST(a_domain_moves_through_all_pools, .nr_cpus = 5)
{
    static const uint32_t ids[] = {XEN_SCHEDULER_RTDS, XEN_SCHEDULER_NULL, XEN_SCHEDULER_ARINC653,
                                   XEN_SCHEDULER_CREDIT};
    struct xen_domctl_scheduler_op op = {.sched_id = XEN_SCHEDULER_CREDIT2,
                                         .cmd = XEN_DOMCTL_SCHEDOP_putinfo};
    struct domain *d0 = control_domain(), *d = busy(1, 2);
    uint32_t pool[4];

    for (unsigned int i = 0; i < 4; i++)
        pool[i] = new_pool(ids[i], 1 + i, 1 + i);
    entry(0, d, 1, MILLISECS(2));
    EXPECT_EQ(put_table(d0, pool[2], 1, MILLISECS(4)), 0);
    for (unsigned int round = 0; round < 3; round++) {
        op.u.credit2.weight = 77;
        op.u.credit2.cap = 10;
        EXPECT_EQ(sched_adjust_domain(d, &op), 0);
        sim_advance(MILLISECS(17));
        EXPECT_EQ(move(d, pool[0]), 0);
        rtds_set(d, 10000, 2500, false);
        EXPECT_EQ(sched_adjust_domain(d, &op), -EINVAL);
        sim_advance(MILLISECS(20));
        EXPECT_NEAR(vcpu_ran(d->vcpu[0], MILLISECS(100)), MILLISECS(25), 1);
        EXPECT_EQ(move(d, pool[1]), 0);
        sim_advance(MILLISECS(1));
        EXPECT_EQ(d->vcpu[0]->is_running + d->vcpu[1]->is_running, 1);
        EXPECT_EQ(sched_adjust_domain(d, &op), -EINVAL);
        EXPECT_EQ(move(d, pool[2]), 0);
        sim_advance(MILLISECS(4));
        EXPECT_EQ(vcpu_ran(d->vcpu[1], MILLISECS(100)), MILLISECS(50));
        EXPECT_EQ(move(d, pool[3]), 0);
        sim_advance(MILLISECS(100));
        EXPECT_NEAR(vcpu_ran(d->vcpu[0], SECONDS(1)), MILLISECS(500), 5);
        EXPECT_EQ(move(d, 0), 0);
        op.cmd = XEN_DOMCTL_SCHEDOP_getinfo;
        EXPECT_EQ(sched_adjust_domain(d, &op), 0);
        EXPECT_EQ(op.u.credit2.weight, 256);
        EXPECT_EQ(op.u.credit2.cap, 0);
        op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
        sim_check_invariants();
    }
    for (unsigned int i = 0; i < 4; i++)
        end_pool(pool[i], 1 + i, 1 + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rtds_budgets_are_kept_to_and_given),
        cmocka_unit_test(rtds_meets_the_deadlines_of_a_full_cpu),
        cmocka_unit_test(rtds_too_much_is_promised),
        cmocka_unit_test(rtds_extra_time_is_for_who_is_behind),
        cmocka_unit_test(rtds_parameters_of_single_vcpus),
        cmocka_unit_test(rtds_a_thousand_vcpus_all_run),
        cmocka_unit_test(rtds_latency),
        cmocka_unit_test(rtds_sleepers_get_their_budgets),
        cmocka_unit_test(arinc653_follows_its_table),
        cmocka_unit_test(arinc653_refuses_tables_that_do_not_fit),
        cmocka_unit_test(arinc653_lets_dom0_run_first),
        cmocka_unit_test(arinc653_latency),
        cmocka_unit_test(null_gives_each_a_cpu),
        cmocka_unit_test(null_keeps_affinity),
        cmocka_unit_test(null_a_thousand_vcpus_all_run),
        cmocka_unit_test(null_latency),
        cmocka_unit_test(null_gives_up_cpus_with_their_pool),
        cmocka_unit_test(a_domain_moves_through_all_pools),
    };

    return RUN_GROUP(tests);
}
