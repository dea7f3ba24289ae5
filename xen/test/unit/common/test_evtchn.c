/* SPDX-License-Identifier: MIT */
#include "sim_test.h"

#include <public/event_channel.h>
#include <public/sched.h>
#include <xen/evtchn.h>

#include "evtchn_ops.h"

static struct domain *a, *b;

static void two_domains(void)
{
    dom0 = sim_domain(0, &(struct sim_domain_conf){.privileged = true});
    a = sim_domain(1, &(struct sim_domain_conf){.nr_vcpus = 2});
    b = sim_domain(2, &(struct sim_domain_conf){.nr_vcpus = 2, .hvm = true});
}

static unsigned int connect(unsigned int *b_port)
{
    unsigned int port = alloc_unbound(a, DOMID_SELF, 2);

    *b_port = bind_interdomain(b, 1, port);
    return port;
}

SIM_TEST(ports_are_given_from_one_up)
{
    two_domains();
    EXPECT_EQ(alloc_unbound(a, DOMID_SELF, 2), 1);
    EXPECT_EQ(alloc_unbound(a, DOMID_SELF, 2), 2);
    EXPECT_EQ(close_port(a, 1), 0);
    EXPECT_EQ(alloc_unbound(a, DOMID_SELF, 2), 1);
    EXPECT_EQ(close_port(a, 0), -EINVAL);
    EXPECT_EQ(close_port(a, 3), -EINVAL);
    EXPECT_EQ(close_port(a, 1 << 20), -EINVAL);
    EXPECT_EQ(close_port(a, ~0U), -EINVAL);
}

SIM_TEST(a_channel_carries_an_event)
{
    unsigned int pa, pb;

    two_domains();
    pa = connect(&pb);
    EXPECT_EQ(port_status(a, pa), EVTCHNSTAT_interdomain);
    EXPECT_EQ(port_status(b, pb), EVTCHNSTAT_interdomain);
    clear_pending_2l(b, pb);
    EXPECT_EQ(send(a, pa), 0);
    EXPECT(pending_2l(b, pb));
    EXPECT_EQ(b->vcpu[0]->vcpu_info->evtchn_upcall_pending, 1);
    EXPECT_EQ(send(b, pb), 0);
    EXPECT(pending_2l(a, pa));
}

SIM_TEST(closing_one_end_returns_the_other_to_unbound)
{
    unsigned int pa, pb;

    two_domains();
    pa = connect(&pb);
    EXPECT_EQ(close_port(b, pb), 0);
    EXPECT_EQ(port_status(a, pa), EVTCHNSTAT_unbound);
    EXPECT_EQ(port_status(b, pb), EVTCHNSTAT_closed);
    EXPECT_EQ(close_port(b, pb), -EINVAL);
    EXPECT_EQ(send(a, pa), 0);
    pb = bind_interdomain(b, 1, pa);
    EXPECT_EQ(port_status(a, pa), EVTCHNSTAT_interdomain);
    sim_check_invariants();
    EXPECT_EQ(close_port(a, pa), 0);
    EXPECT_EQ(port_status(b, pb), EVTCHNSTAT_unbound);
}

SIM_TEST(only_the_named_domain_may_bind)
{
    struct evtchn_bind_interdomain op = {.remote_dom = 1};
    unsigned int port;

    two_domains();
    port = alloc_unbound(a, DOMID_SELF, 0);
    op.remote_port = port;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_interdomain, &op, sizeof(op)), -EINVAL);
    op.remote_port = port + 1;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_interdomain, &op, sizeof(op)), -EINVAL);
    op.remote_port = 1U << 31;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_interdomain, &op, sizeof(op)), -EINVAL);
    op.remote_dom = 77;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_interdomain, &op, sizeof(op)), -ESRCH);
    op = (struct evtchn_bind_interdomain){.remote_dom = 1, .remote_port = port};
    EXPECT_EQ(evtchn_op(dom0, EVTCHNOP_bind_interdomain, &op, sizeof(op)), 0);
    EXPECT_EQ(evtchn_op(dom0, EVTCHNOP_bind_interdomain, &op, sizeof(op)), -EINVAL);
}

SIM_TEST(only_control_may_allocate_for_others)
{
    struct evtchn_alloc_unbound op = {.dom = 1, .remote_dom = 2};

    two_domains();
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_alloc_unbound, &op, sizeof(op)), -EPERM);
    EXPECT_EQ(evtchn_op(dom0, EVTCHNOP_alloc_unbound, &op, sizeof(op)), 0);
    EXPECT_EQ(op.port, 1);
    EXPECT_EQ(port_status(a, 1), EVTCHNSTAT_unbound);
    op.dom = 99;
    EXPECT_EQ(evtchn_op(dom0, EVTCHNOP_alloc_unbound, &op, sizeof(op)), -ESRCH);
}

SIM_TEST(loopback_channels_close_both_ways)
{
    unsigned int p, q;

    two_domains();
    p = alloc_unbound(a, DOMID_SELF, DOMID_SELF);
    q = bind_interdomain(a, DOMID_SELF, p);
    EXPECT_NE(p, q);
    clear_pending_2l(a, q);
    EXPECT_EQ(send(a, p), 0);
    EXPECT(pending_2l(a, q));
    EXPECT_EQ(close_port(a, q), 0);
    EXPECT_EQ(port_status(a, p), EVTCHNSTAT_unbound);
}

SIM_TEST(masked_events_do_not_raise_the_upcall)
{
    unsigned int pa, pb;
    struct evtchn_unmask unmask;

    two_domains();
    pa = connect(&pb);
    clear_pending_2l(b, pb);
    b->vcpu[0]->vcpu_info->evtchn_upcall_pending = 0;
    b->vcpu[0]->vcpu_info->evtchn_pending_sel = 0;
    mask_2l(b, pb, true);
    EXPECT_EQ(send(a, pa), 0);
    EXPECT(pending_2l(b, pb));
    EXPECT_EQ(b->vcpu[0]->vcpu_info->evtchn_upcall_pending, 0);
    unmask.port = pb;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_unmask, &unmask, sizeof(unmask)), 0);
    EXPECT_EQ(b->vcpu[0]->vcpu_info->evtchn_upcall_pending, 1);
    unmask.port = 4000;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_unmask, &unmask, sizeof(unmask)), -EINVAL);
}

SIM_TEST(virqs_and_ipis)
{
    struct evtchn_bind_virq virq = {.virq = VIRQ_TIMER, .vcpu = 1};
    struct evtchn_bind_ipi ipi = {.vcpu = 1};
    struct evtchn_bind_vcpu move;

    two_domains();
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_virq, &virq, sizeof(virq)), 0);
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_virq, &virq, sizeof(virq)), -EEXIST);
    send_guest_vcpu_virq(a->vcpu[1], VIRQ_TIMER);
    EXPECT(pending_2l(a, virq.port));
    EXPECT_EQ(a->vcpu[1]->vcpu_info->evtchn_upcall_pending, 1);
    EXPECT_EQ(a->vcpu[0]->vcpu_info->evtchn_upcall_pending, 0);
    send_guest_vcpu_virq(a->vcpu[0], VIRQ_TIMER);
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_ipi, &ipi, sizeof(ipi)), 0);
    EXPECT_EQ(send(a, ipi.port), 0);
    EXPECT(pending_2l(a, ipi.port));
    EXPECT_EQ(port_status(a, ipi.port), EVTCHNSTAT_ipi);
    EXPECT_EQ(port_status(a, virq.port), EVTCHNSTAT_virq);
    move = (struct evtchn_bind_vcpu){.port = ipi.port, .vcpu = 0};
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_vcpu, &move, sizeof(move)), -EINVAL);
    virq = (struct evtchn_bind_virq){.virq = NR_VIRQS, .vcpu = 0};
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_virq, &virq, sizeof(virq)), -EINVAL);
    virq = (struct evtchn_bind_virq){.virq = VIRQ_TIMER, .vcpu = 2};
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_virq, &virq, sizeof(virq)), -ENOENT);
    virq = (struct evtchn_bind_virq){.virq = VIRQ_DOM_EXC, .vcpu = 1};
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_virq, &virq, sizeof(virq)), -EINVAL);
    ipi.vcpu = 2;
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_ipi, &ipi, sizeof(ipi)), -ENOENT);
}

SIM_TEST(notification_moves_to_another_vcpu)
{
    unsigned int pa, pb;
    struct evtchn_bind_vcpu move;

    two_domains();
    pa = connect(&pb);
    clear_pending_2l(b, pb);
    b->vcpu[0]->vcpu_info->evtchn_upcall_pending = 0;
    move = (struct evtchn_bind_vcpu){.port = pb, .vcpu = 1};
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_vcpu, &move, sizeof(move)), 0);
    EXPECT_EQ(send(a, pa), 0);
    EXPECT_EQ(b->vcpu[1]->vcpu_info->evtchn_upcall_pending, 1);
    EXPECT_EQ(b->vcpu[0]->vcpu_info->evtchn_upcall_pending, 0);
    move.vcpu = 2;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_vcpu, &move, sizeof(move)), -ENOENT);
    move = (struct evtchn_bind_vcpu){.port = 500, .vcpu = 0};
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_vcpu, &move, sizeof(move)), -EINVAL);
}

SIM_TEST(two_level_ends_at_4095)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 2};

    two_domains();
    for (unsigned int i = 1; i < 4096; i++)
        EXPECT_EQ(alloc_unbound(a, DOMID_SELF, 2), i);
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_alloc_unbound, &op, sizeof(op)), -ENOSPC);
    sim_check_invariants();
    EXPECT_EQ(close_port(a, 4095), 0);
    EXPECT_EQ(alloc_unbound(a, DOMID_SELF, 2), 4095);
}

SIM_TEST(the_limit_of_creation_holds)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = 0};
    struct domain *d = sim_domain(3, &(struct sim_domain_conf){.max_evtchn = 7});

    for (unsigned int i = 1; i <= 7; i++)
        EXPECT_EQ(alloc_unbound(d, DOMID_SELF, DOMID_SELF), i);
    op.remote_dom = DOMID_SELF;
    EXPECT_EQ(evtchn_op(d, EVTCHNOP_alloc_unbound, &op, sizeof(op)), -ENOSPC);
}

SIM_TEST(reset_closes_all)
{
    struct evtchn_reset reset = {.dom = DOMID_SELF};
    unsigned int pa, pb;

    two_domains();
    pa = connect(&pb);
    for (unsigned int i = 0; i < 1000; i++)
        alloc_unbound(a, DOMID_SELF, 2);
    sim_preempt(1);
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_reset, &reset, sizeof(reset)), 0);
    sim_preempt(0);
    EXPECT_EQ(port_status(a, pa), EVTCHNSTAT_closed);
    EXPECT_EQ(port_status(b, pb), EVTCHNSTAT_unbound);
    EXPECT_EQ(alloc_unbound(a, DOMID_SELF, 2), 1);
    reset.dom = 1;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_reset, &reset, sizeof(reset)), -EPERM);
    EXPECT_EQ(evtchn_op(dom0, EVTCHNOP_reset, &reset, sizeof(reset)), 0);
}

static unsigned int nr_heard;

static void hear(struct vcpu *v, unsigned int port)
{
    (void)v;
    (void)port;
    nr_heard++;
}

SIM_TEST(a_reset_leaves_the_ports_of_the_hypervisor)
{
    struct evtchn_reset reset = {.dom = DOMID_SELF};
    struct evtchn_close close = {0};
    unsigned int own, pa, pb;

    two_domains();
    nr_heard = 0;
    own = alloc_unbound(a, DOMID_SELF, 2);
    pa = (unsigned int)evtchn_alloc_unbound_xen(a, 0, 2, hear);
    pb = bind_interdomain(b, 1, pa);
    clear_pending_2l(b, pb);
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_reset, &reset, sizeof(reset)), 0);
    EXPECT_EQ(port_status(a, own), EVTCHNSTAT_closed);
    EXPECT_EQ(port_status(a, pa), EVTCHNSTAT_interdomain);
    EXPECT_EQ(send(b, pb), 0);
    EXPECT_EQ(nr_heard, 1);
    evtchn_notify_xen(a, pa);
    EXPECT(pending_2l(b, pb));
    /* Nor has the number gone to the guest. */
    EXPECT_EQ(alloc_unbound(a, DOMID_SELF, 2), own);
    EXPECT_NE(alloc_unbound(a, DOMID_SELF, 2), pa);
    close.port = pa;
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_close, &close, sizeof(close)), -EINVAL);
    evtchn_free_xen(a, pa);
    EXPECT_EQ(port_status(a, pa), EVTCHNSTAT_closed);
    EXPECT_EQ(port_status(b, pb), EVTCHNSTAT_unbound);
    EXPECT_EQ(alloc_unbound(a, DOMID_SELF, 2), pa);
}

SIM_TEST(a_dying_domain_leaves_its_peers_unbound)
{
    unsigned int pa, pb;

    two_domains();
    pa = connect(&pb);
    sim_destroy(b);
    EXPECT_EQ(port_status(a, pa), EVTCHNSTAT_unbound);
    sim_check_invariants();
}

SIM_TEST(polling_ends_with_the_event)
{
    unsigned int pa, pb;
    evtchn_port_t *list;
    struct sched_poll *poll;

    two_domains();
    pa = connect(&pb);
    clear_pending_2l(b, pb);
    mask_2l(b, pb, true);
    poll = sim_page_virt(b, 5);
    list = sim_page_virt(b, 6);
    *poll = (struct sched_poll){.nr_ports = 1};
    poll->ports.p = (void *)sim_page(b, 6);
    *list = pb;
    EXPECT_EQ(sim_hypercall(b->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_poll, sim_page(b, 5)), 0);
    EXPECT(!vcpu_runnable(b->vcpu[0]));
    sim_advance(MILLISECS(5));
    EXPECT(!vcpu_runnable(b->vcpu[0]));
    EXPECT_EQ(send(a, pa), 0);
    EXPECT(vcpu_runnable(b->vcpu[0]));
    clear_pending_2l(b, pb);
    poll->timeout = (uint64_t)(NOW() + MILLISECS(3));
    EXPECT_EQ(sim_hypercall(b->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_poll, sim_page(b, 5)), 0);
    EXPECT(!vcpu_runnable(b->vcpu[0]));
    sim_advance(MILLISECS(4));
    EXPECT(vcpu_runnable(b->vcpu[0]));
    poll->nr_ports = 129;
    EXPECT_EQ(sim_hypercall(b->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_poll, sim_page(b, 5)),
              -EINVAL);
}

static unsigned int told, told_port;
static const struct vcpu *told_vcpu;

static void tell(struct vcpu *v, unsigned int port)
{
    told++;
    told_vcpu = v;
    told_port = port;
}

/* As the emulated UART of a guest has it: one end is the hypervisor's, in the guest's table. */
SIM_TEST(ports_of_the_hypervisor)
{
    struct evtchn_bind_vcpu move;
    int pa;
    unsigned int pb;

    two_domains();
    pa = evtchn_alloc_unbound_xen(a, 1, 2, tell);
    EXPECT_GE(pa, 1);
    evtchn_notify_xen(a, (unsigned int)pa); /* nobody is there yet */
    evtchn_notify_xen(a, 999999);
    pb = bind_interdomain(b, 1, (unsigned int)pa);
    clear_pending_2l(b, pb);
    EXPECT_EQ(send(b, pb), 0);
    EXPECT_EQ(told, 1);
    EXPECT_EQ(told_vcpu, a->vcpu[1]);
    EXPECT_EQ(told_port, pa);
    EXPECT(!pending_2l(a, (unsigned int)pa));
    evtchn_notify_xen(a, (unsigned int)pa);
    EXPECT(pending_2l(b, pb));
    sim_check_invariants();
    /* It is not the guest's to close or to move. */
    EXPECT_EQ(close_port(a, (unsigned int)pa), -EINVAL);
    move = (struct evtchn_bind_vcpu){.port = (unsigned int)pa};
    EXPECT_EQ(evtchn_op(a, EVTCHNOP_bind_vcpu, &move, sizeof(move)), -EINVAL);
    evtchn_free_xen(a, (unsigned int)pa);
    EXPECT_EQ(port_status(b, pb), EVTCHNSTAT_unbound);
    EXPECT_EQ(send(b, pb), 0);
    EXPECT_EQ(told, 1);
}

SIM_TEST(interrupts_by_ports)
{
    unsigned int p;

    two_domains();
    p = alloc_unbound(a, DOMID_SELF, 2);
    EXPECT_EQ(evtchn_send_pirq(a, 0), -EINVAL);
    EXPECT_EQ(evtchn_send_pirq(a, 999999), -EINVAL);
    EXPECT_EQ(evtchn_send_pirq(a, p), 0);
    EXPECT(pending_2l(a, p));
    EXPECT_EQ(evtchn_send_pirq(a, p), 1);
    clear_pending_2l(a, p);
    /* What comes while it is masked is raised when it is unmasked. */
    mask_2l(a, p, true);
    EXPECT_EQ(evtchn_send_pirq(a, p), 0);
    EXPECT(!a->vcpu[0]->vcpu_info->evtchn_upcall_pending);
    evtchn_unmask_if_valid(a, p);
    EXPECT(a->vcpu[0]->vcpu_info->evtchn_upcall_pending);
    evtchn_unmask_if_valid(a, 999999);
}

SIM_TEST(bad_arguments)
{
    two_domains();
    for (unsigned int cmd = 0; cmd < 20; cmd++)
        EXPECT_LE(sim_hypercall(a->vcpu[0], __HYPERVISOR_event_channel_op, cmd, 0), -1);
    EXPECT_EQ(
        sim_hypercall(a->vcpu[0], __HYPERVISOR_event_channel_op, EVTCHNOP_send, 0xffff800000000000),
        -EFAULT);
    EXPECT_EQ(sim_hypercall(a->vcpu[0], __HYPERVISOR_event_channel_op, 77, sim_page(a, 0)),
              -ENOSYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_are_given_from_one_up),
        cmocka_unit_test(a_channel_carries_an_event),
        cmocka_unit_test(closing_one_end_returns_the_other_to_unbound),
        cmocka_unit_test(only_the_named_domain_may_bind),
        cmocka_unit_test(only_control_may_allocate_for_others),
        cmocka_unit_test(loopback_channels_close_both_ways),
        cmocka_unit_test(masked_events_do_not_raise_the_upcall),
        cmocka_unit_test(virqs_and_ipis),
        cmocka_unit_test(notification_moves_to_another_vcpu),
        cmocka_unit_test(two_level_ends_at_4095),
        cmocka_unit_test(the_limit_of_creation_holds),
        cmocka_unit_test(reset_closes_all),
        cmocka_unit_test(a_reset_leaves_the_ports_of_the_hypervisor),
        cmocka_unit_test(a_dying_domain_leaves_its_peers_unbound),
        cmocka_unit_test(polling_ends_with_the_event),
        cmocka_unit_test(ports_of_the_hypervisor),
        cmocka_unit_test(interrupts_by_ports),
        cmocka_unit_test(bad_arguments),
    };

    return RUN_GROUP(tests);
}
