/* SPDX-License-Identifier: MIT */
/* vcpu_op: registered areas, timers; options of the command line; console output of guests. */
#include "ctl_ops.h"

#include <public/memory.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <xen/mm.h>

static struct domain *d;

static long vcpu_op(unsigned int cmd, unsigned int id, void *arg, size_t size)
{
    memcpy(sim_page_virt(d, 0), arg, size);
    return sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, cmd, id, sim_page(d, 0));
}

SIM_TEST(vcpu_info_moves_to_a_page_of_the_guest)
{
    struct vcpu_register_vcpu_info op = {.offset = 128};
    struct vcpu_info *info;

    d = sim_domain(1, &(struct sim_domain_conf){.nr_vcpus = 2, .hvm = true});
    op.mfn = sim_gfn(d, 10);
    d->vcpu[0]->vcpu_info->arch.cr2 = 0x1234;
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, &op, sizeof(op)), 0);
    info = (struct vcpu_info *)((char *)sim_page_virt(d, 10) + 128);
    EXPECT_EQ(d->vcpu[0]->vcpu_info, info);
    EXPECT_EQ(info->arch.cr2, 0x1234);
    EXPECT_EQ(info->evtchn_upcall_pending, 1);
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, &op, sizeof(op)), -EINVAL);
    op.offset = 4096 - 8;
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 1, &op, sizeof(op)), -EINVAL);
    op.offset = 0;
    op.mfn = 0xffffffffff;
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 1, &op, sizeof(op)), -EINVAL);
    EXPECT_EQ(vcpu_op(VCPUOP_register_vcpu_info, 7, &op, sizeof(op)), -ENOENT);
}

SIM_TEST(runstate_is_written_at_each_switch, .nr_cpus = 1)
{
    struct vcpu_register_runstate_memory_area op;
    struct vcpu_runstate_info *area, now;
    struct domain *other;

    d = sim_domain(1, &(struct sim_domain_conf){});
    other = sim_domain(2, &(struct sim_domain_conf){});
    op.addr.p = sim_page(d, 10);
    EXPECT_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &op, sizeof(op)), 0);
    area = sim_page_virt(d, 10);
    sim_advance(MILLISECS(100));
    EXPECT(sim_make_current(d->vcpu[0]));
    EXPECT_EQ(area->state, RUNSTATE_running);
    EXPECT_GE(area->time[RUNSTATE_runnable], MILLISECS(30));
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, 0,
                            sim_page(d, 11)),
              0);
    now = *(struct vcpu_runstate_info *)sim_page_virt(d, 11);
    EXPECT_EQ(now.time[RUNSTATE_runnable], area->time[RUNSTATE_runnable]);
    EXPECT_EQ(other->is_dying, 0);
}

static void register_runstate(uint64_t va)
{
    struct vcpu_register_runstate_memory_area op = {.addr.p = va};

    EXPECT_EQ(vcpu_op(VCPUOP_register_runstate_memory_area, 0, &op, sizeof(op)), 0);
}

static void remove_page(unsigned int idx)
{
    struct xen_remove_from_physmap op = {.domid = DOMID_SELF, .gpfn = sim_gfn(d, idx)};

    EXPECT_EQ(
        sim_op(d->vcpu[0], __HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &op, sizeof(op)), 0);
}

/* A translated domain's, over the end of a page: its user mode may not see the area's address. */
SIM_TEST(runstate_is_held_by_its_pages, .nr_cpus = 1)
{
    struct vcpu_runstate_info now;
    unsigned long held;
    char *first, *second;

    d = sim_domain(1, &(struct sim_domain_conf){.hvm = true});
    sim_domain(2, &(struct sim_domain_conf){});
    first = sim_page_virt(d, 10);
    second = sim_page_virt(d, 11);
    held = virt_to_page(first)->count_info;
    register_runstate(sim_page(d, 10) + PAGE_SIZE - 16);
    EXPECT_EQ(virt_to_page(first)->count_info, held + 1);
    remove_page(10);
    remove_page(11);
    memset(first + PAGE_SIZE - 16, 0, 16);
    memset(second, 0, sizeof(now) - 16);
    sim_advance(MILLISECS(100));
    EXPECT(sim_make_current(d->vcpu[0]));
    memcpy(&now, first + PAGE_SIZE - 16, 16);
    memcpy((char *)&now + 16, second, sizeof(now) - 16);
    EXPECT_EQ(now.state, RUNSTATE_running);
    EXPECT_NE(now.state_entry_time, 0);
    EXPECT_GE(now.time[RUNSTATE_runnable], MILLISECS(30));
    /* Another one, which reaches into nothing: it is not held, and costs nobody anything. */
    memset(second, 0, sizeof(now));
    register_runstate(sim_page(d, 9) + PAGE_SIZE - 16);
    register_runstate(0);
    sim_advance(MILLISECS(100));
    EXPECT(sim_make_current(d->vcpu[0]));
    EXPECT_EQ(second[0], 0);
}

SIM_TEST(timers_of_vcpus)
{
    struct vcpu_set_singleshot_timer once = {0};
    struct vcpu_set_periodic_timer each = {.period_ns = 100};
    unsigned int fired = 0;

    d = sim_domain(1, &(struct sim_domain_conf){});
    bind_timer_virq(d);
    once.timeout_abs_ns = (uint64_t)NOW() + 1000000;
    EXPECT_EQ(vcpu_op(VCPUOP_set_singleshot_timer, 0, &once, sizeof(once)), 0);
    sim_advance(MICROSECS(900));
    EXPECT(!pending_2l(d, 1));
    sim_advance(MICROSECS(200));
    EXPECT(pending_2l(d, 1));
    once.timeout_abs_ns = 1;
    once.flags = VCPU_SSHOTTMR_future;
    EXPECT_EQ(vcpu_op(VCPUOP_set_singleshot_timer, 0, &once, sizeof(once)), -ETIME);
    EXPECT_EQ(vcpu_op(VCPUOP_set_periodic_timer, 0, &each, sizeof(each)), -EINVAL);
    each.period_ns = 10000000;
    EXPECT_EQ(vcpu_op(VCPUOP_set_periodic_timer, 0, &each, sizeof(each)), 0);
    for (unsigned int i = 0; i < 100; i++) {
        clear_pending_2l(d, 1);
        sim_advance(MILLISECS(1));
        fired += pending_2l(d, 1);
    }
    EXPECT_GE(fired, 9);
    EXPECT_LE(fired, 11);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0), 0);
    clear_pending_2l(d, 1);
    sim_advance(MILLISECS(100));
    EXPECT(!pending_2l(d, 1));
    EXPECT_EQ(vcpu_op(VCPUOP_stop_singleshot_timer, 0, &once, sizeof(once)), 0);
}

SIM_TEST(options_choose_another_scheduler,
         .cmdline = "sched=credit loglvl=all guest_loglvl=all/all "
                    "console_to_ring conring_size=64k no-such-option sched_ratelimit_us=500")
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_sched_id};
    struct domain *ctl = control_domain();

    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.sched_id.sched_id, XEN_SCHEDULER_CREDIT);
    op = (struct xen_sysctl){.cmd = XEN_SYSCTL_scheduler_op};
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT;
    op.u.scheduler_op.cmd = XEN_SYSCTL_SCHEDOP_getinfo;
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.scheduler_op.u.sched_credit.tslice_ms, 30);
    op.u.scheduler_op.cmd = XEN_SYSCTL_SCHEDOP_putinfo;
    op.u.scheduler_op.u.sched_credit.tslice_ms = 5;
    EXPECT_EQ(sysctl(ctl, &op), 0);
    op.u.scheduler_op.u.sched_credit.tslice_ms = 5000;
    EXPECT_EQ(sysctl(ctl, &op), -EINVAL);
    op.u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT2;
    EXPECT_EQ(sysctl(ctl, &op), -EINVAL);
    op.u.scheduler_op.cpupool_id = 9;
    EXPECT_EQ(sysctl(ctl, &op), -ESRCH);
}

SIM_TEST(control_writes_to_the_console)
{
    static const char text[] = "hello\nworld\x01\nunfinished";
    struct domain *ctl = control_domain();

    d = sim_domain(1, &(struct sim_domain_conf){});
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_console_io, 0, 5, sim_page(d, 5)), -EPERM);
    memcpy(sim_page_virt(ctl, 5), text, sizeof(text));
    sim_preempt(1);
    EXPECT_EQ(
        sim_hypercall(ctl->vcpu[0], __HYPERVISOR_console_io, 0, sizeof(text) - 1, sim_page(ctl, 5)),
        0);
    EXPECT_EQ(sim_hypercall(ctl->vcpu[0], __HYPERVISOR_console_io, 1, 10, sim_page(ctl, 5)), 0);
    EXPECT_EQ(sim_hypercall(ctl->vcpu[0], __HYPERVISOR_console_io, 9, 10, sim_page(ctl, 5)),
              -ENOSYS);
    EXPECT_EQ(sim_hypercall(ctl->vcpu[0], __HYPERVISOR_console_io, 0, 10, ~0UL << 12), -EFAULT);
}

SIM_TEST(a_crash_stops_only_the_guest)
{
    struct sched_shutdown sd = {.reason = SHUTDOWN_crash};

    dom0 = control_domain();
    d = sim_domain(1, &(struct sim_domain_conf){});
    sim_op(d->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_shutdown, &sd, sizeof(sd));
    sim_settle();
    EXPECT(d->is_shut_down);
    EXPECT_EQ(d->shutdown_code, SHUTDOWN_crash);
    d = sim_domain(2, &(struct sim_domain_conf){});
    domain_crash(d, "as %s asks", "the test");
    sim_settle();
    EXPECT(!d->vcpu[0]->is_running);
    EXPECT(dom0->vcpu[0]->is_running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vcpu_info_moves_to_a_page_of_the_guest),
        cmocka_unit_test(runstate_is_written_at_each_switch),
        cmocka_unit_test(runstate_is_held_by_its_pages),
        cmocka_unit_test(timers_of_vcpus),
        cmocka_unit_test(options_choose_another_scheduler),
        cmocka_unit_test(control_writes_to_the_console),
        cmocka_unit_test(a_crash_stops_only_the_guest),
    };

    return RUN_GROUP(tests);
}
