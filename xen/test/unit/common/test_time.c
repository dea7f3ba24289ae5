/* SPDX-License-Identifier: MIT */
/* Timers, softirqs, tasklets, RCU, calls on other CPUs. */
#include "sim_test.h"

#include <xen/rcu.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/tasklet.h>
#include <xen/timer.h>
#include <xen/mm.h>

enum { NR = 500 };
static struct timer timers[NR];
static unsigned int fired;
static s_time_t last_expiry;

static void fire(void *data)
{
    const struct timer *t = data;

    EXPECT_GE(NOW(), t->expires);
    EXPECT_GE(t->expires, last_expiry);
    EXPECT_EQ(smp_processor_id(), t->cpu);
    last_expiry = t->expires;
    fired++;
}

/* More than a CPU's heap has room for at the start. */
SIM_TEST(timers_fire_in_order)
{
    uint64_t seed = 99;

    sim_keep(1, 0); /* the heap's array has grown */
    for (unsigned int i = 0; i < NR; i++) {
        timer_init(&timers[i], fire, &timers[i], 1);
        seed = seed * 6364136223846793005 + 1442695040888963407;
        timer_set(&timers[i], NOW() + 1000 + (s_time_t)(seed >> 40));
        EXPECT(timer_active(&timers[i]));
    }
    sim_advance(MILLISECS(20));
    EXPECT_EQ(fired, NR);
    for (unsigned int i = 0; i < NR; i++)
        EXPECT(!timer_active(&timers[i]));
}

static bool due[NR]; /* the test means this one to fire */

static void fire_in_time(void *data)
{
    const struct timer *t = data;

    EXPECT_EQ(NOW(), t->expires);
    EXPECT(due[t - timers]);
    due[t - timers] = false;
    fired++;
}

/* Stopping takes timers out of the middle of the heap, which must stay one. */
SIM_TEST(timers_set_and_stopped_at_random)
{
    uint64_t seed = 5;
    unsigned int set = 0, taken = 0;

    for (unsigned int i = 0; i < 48; i++)
        timer_init(&timers[i], fire_in_time, &timers[i], 1);
    for (unsigned int i = 0; i < 20000; i++) {
        unsigned int which = (unsigned int)((seed = seed * 6364136223846793005 + 1) >> 33) % 48;

        taken += due[which];
        if (seed >> 62) {
            timer_set(&timers[which], NOW() + 1 + (s_time_t)(seed >> 44));
            due[which] = true;
            set++;
        } else {
            timer_stop(&timers[which]);
            due[which] = false;
        }
        if (i % 4 == 0)
            sim_advance((s_time_t)(seed >> 48));
    }
    sim_advance(MILLISECS(20));
    EXPECT_EQ(fired, set - taken);
    for (unsigned int i = 0; i < 48; i++)
        EXPECT(!due[i]);
}

SIM_TEST(timers_are_stopped_moved_and_killed)
{
    for (unsigned int i = 0; i < 4; i++) {
        timer_init(&timers[i], fire, &timers[i], i);
        timer_set(&timers[i], NOW() + MILLISECS(1));
    }
    timer_stop(&timers[0]);
    timer_migrate(&timers[1], 3);
    timer_kill(&timers[2]);
    timer_set(&timers[2], NOW() + 1);
    timer_set(&timers[3], NOW() + MILLISECS(5));
    sim_advance(MILLISECS(2));
    EXPECT_EQ(fired, 1);
    EXPECT_EQ(timers[1].cpu, 3);
    sim_advance(MILLISECS(4));
    EXPECT_EQ(fired, 2);
    timer_set(&timers[0], NOW() - 5);
    EXPECT(timer_active(&timers[0]));
    sim_advance(0);
    last_expiry = 0;
    sim_advance(1);
    EXPECT_EQ(fired, 3);
}

static void rearm(void *data)
{
    if (++fired < 100)
        timer_set(data, NOW() + MICROSECS(10));
}

SIM_TEST(a_callback_may_set_its_timer_again)
{
    timer_init(&timers[0], rearm, &timers[0], 2);
    timer_set(&timers[0], NOW() + MICROSECS(10));
    sim_advance(MICROSECS(995));
    EXPECT_EQ(fired, 99);
    sim_advance(SECONDS(1));
    EXPECT_EQ(fired, 100);
}

static unsigned int ran_on[NR_CPUS];

static void note_cpu(void *arg)
{
    ran_on[smp_processor_id()]++;
    EXPECT(!local_irq_is_enabled());
    EXPECT_EQ((unsigned long)arg, 5);
}

SIM_TEST(calls_reach_the_cpus_of_the_mask, .nr_cpus = 8)
{
    cpumask_t mask = cpumask_of(3);

    cpumask_set(0, &mask);
    cpumask_set(7, &mask);
    cpumask_set(12, &mask); /* not online */
    on_selected_cpus(&mask, note_cpu, (void *)5, true);
    on_each_cpu(note_cpu, (void *)5, true);
    for (unsigned int cpu = 0; cpu < 8; cpu++)
        EXPECT_EQ(ran_on[cpu], cpumask_test(cpu, &mask) ? 2 : 1);
    EXPECT_EQ(ran_on[12], 0);
}

static struct tasklet tasklets[3];
static unsigned int order[8], nr_order;

static void note(void *data)
{
    order[nr_order++] = (unsigned int)(unsigned long)data;
}

static void again(void *data)
{
    if (nr_order < 5)
        tasklet_schedule(data);
    order[nr_order++] = 9;
}

SIM_TEST(tasklets_run_in_order_once)
{
    tasklet_init(&tasklets[0], note, (void *)1, true);
    tasklet_init(&tasklets[1], note, (void *)2, true);
    tasklet_init(&tasklets[2], note, (void *)3, false);
    tasklet_schedule_on(&tasklets[0], 2);
    tasklet_schedule_on(&tasklets[1], 2);
    tasklet_schedule_on(&tasklets[1], 2);
    tasklet_schedule_on(&tasklets[2], 2);
    sim_settle();
    EXPECT_EQ(nr_order, 3);
    /* The idle vCPU's has its own place. */
    for (unsigned int i = 0, next = 1; i < 3; i++)
        if (order[i] != 3)
            EXPECT_EQ(order[i], next++);
    tasklet_schedule_on(&tasklets[0], 1);
    tasklet_kill(&tasklets[0]);
    tasklet_schedule(&tasklets[0]);
    sim_settle();
    EXPECT_LE(nr_order, 4);
}

SIM_TEST(a_tasklet_may_schedule_itself)
{
    tasklet_init(&tasklets[0], again, &tasklets[0], false);
    tasklet_schedule_on(&tasklets[0], 3);
    sim_settle();
    EXPECT_EQ(nr_order, 6);
}

/* A tasklet of the idle vCPU has its turn even where a guest never sleeps. */
SIM_TEST(tasklets_interrupt_guests, .nr_cpus = 1)
{
    struct domain *d = sim_domain(1, &(struct sim_domain_conf){});

    sim_advance(MILLISECS(1));
    EXPECT(d->vcpu[0]->is_running);
    tasklet_init(&tasklets[0], note, (void *)1, false);
    tasklet_schedule_on(&tasklets[0], 0);
    sim_advance(MILLISECS(1));
    EXPECT_EQ(nr_order, 1);
    EXPECT(d->vcpu[0]->is_running);
}

static struct rcu_head heads[64];
static unsigned int nr_called;

static void called(struct rcu_head *h)
{
    nr_called++;
}

SIM_TEST(rcu_callbacks_wait_for_all_cpus)
{
    struct domain *d = sim_domain(1, &(struct sim_domain_conf){.nr_vcpus = 4});

    sim_advance(MILLISECS(1));
    for (unsigned int i = 0; i < 4; i++)
        EXPECT(d->vcpu[i]->is_running);
    for (unsigned int i = 0; i < 64; i++)
        rcu_call(&heads[i], called);
    EXPECT_EQ(nr_called, 0);
    sim_quiesce();
    EXPECT_EQ(nr_called, 64);
}

SIM_TEST(rcu_barrier_waits_for_what_is_queued)
{
    for (unsigned int i = 0; i < 10; i++)
        rcu_call(&heads[i], called);
    rcu_barrier();
    EXPECT_EQ(nr_called, 10);
}

SIM_TEST(softirqs_are_raised_elsewhere)
{
    cpumask_t mask = cpumask_of(1);

    cpumask_set(2, &mask);
    softirq_raise_on(3, SOFTIRQ_RCU);
    EXPECT(per_cpu(softirq_bits, 3));
    softirq_raise_mask(&mask, SOFTIRQ_TASKLET);
    EXPECT(per_cpu(softirq_bits, 1));
    EXPECT(per_cpu(softirq_bits, 2));
    EXPECT(!softirq_pending_here());
    sim_settle();
    for (unsigned int cpu = 0; cpu < 4; cpu++)
        EXPECT(!per_cpu(softirq_bits, cpu));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_in_order),
        cmocka_unit_test(timers_set_and_stopped_at_random),
        cmocka_unit_test(timers_are_stopped_moved_and_killed),
        cmocka_unit_test(a_callback_may_set_its_timer_again),
        cmocka_unit_test(calls_reach_the_cpus_of_the_mask),
        cmocka_unit_test(tasklets_run_in_order_once),
        cmocka_unit_test(a_tasklet_may_schedule_itself),
        cmocka_unit_test(tasklets_interrupt_guests),
        cmocka_unit_test(rcu_callbacks_wait_for_all_cpus),
        cmocka_unit_test(rcu_barrier_waits_for_what_is_queued),
        cmocka_unit_test(softirqs_are_raised_elsewhere),
    };

    return RUN_GROUP(tests);
}
