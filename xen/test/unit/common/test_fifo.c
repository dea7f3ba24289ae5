/* SPDX-License-Identifier: MIT */
/* Event channels by FIFO: words, queues, priorities, hostile queues. */
#include "evtchn_ops.h"

#include <xen/evtchn.h>
#include <xen/mm.h>

static struct domain *a, *b;
static evtchn_fifo_control_block_t *control;
static event_word_t *words;

static void setup(void)
{
    struct evtchn_init_control init = {.offset = 0, .vcpu = 0};
    struct evtchn_expand_array expand;

    a = sim_domain(1, &(struct sim_domain_conf){});
    b = sim_domain(2, &(struct sim_domain_conf){.nr_vcpus = 2});
    init.control_gfn = sim_gfn(b, 10);
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_init_control, &init, sizeof(init)), 0);
    EXPECT_EQ(init.link_bits, EVTCHN_FIFO_LINK_BITS);
    init.vcpu = 1;
    init.control_gfn = sim_gfn(b, 11);
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_init_control, &init, sizeof(init)), 0);
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_init_control, &init, sizeof(init)), -EINVAL);
    expand.array_gfn = sim_gfn(b, 12);
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_expand_array, &expand, sizeof(expand)), 0);
    control = sim_page_virt(b, 10);
    words = sim_page_virt(b, 12);
}

static unsigned int connect(unsigned int *at_a)
{
    unsigned int port;

    *at_a = alloc_unbound(a, DOMID_SELF, 2);
    port = bind_interdomain(b, 1, *at_a);
    words[port] = 0;
    return port;
}

/* What a guest does: the next port of queue @prio of vCPU 0; 0: it is empty. */
static unsigned int consume(unsigned int prio)
{
    unsigned int port = control->head[prio];

    if (port == 0)
        return 0;
    control->head[prio] = words[port] & EVTCHN_FIFO_LINK_MASK;
    words[port] &=
        ~((1U << EVTCHN_FIFO_LINKED) | EVTCHN_FIFO_LINK_MASK | (1U << EVTCHN_FIFO_PENDING));
    if (control->head[prio] == 0)
        control->ready &= ~(1U << prio);
    return port;
}

static void drain(void)
{
    for (unsigned int prio = 0; prio < EVTCHN_FIFO_MAX_QUEUES; prio++)
        while (consume(prio))
            continue;
    b->vcpu[0]->vcpu_info->evtchn_upcall_pending = 0;
}

SIM_TEST(events_queue_in_order_of_sending)
{
    unsigned int at_a[10], at_b[10];

    setup();
    for (unsigned int i = 0; i < 10; i++)
        at_b[i] = connect(&at_a[i]);
    drain();
    for (unsigned int i = 0; i < 10; i++)
        EXPECT_EQ(send(a, at_a[9 - i]), 0);
    EXPECT_EQ(send(a, at_a[9]), 0); /* once is enough */
    EXPECT(control->ready & (1U << EVTCHN_FIFO_PRIORITY_DEFAULT));
    EXPECT_EQ(b->vcpu[0]->vcpu_info->evtchn_upcall_pending, 1);
    for (unsigned int i = 0; i < 10; i++)
        EXPECT_EQ(consume(EVTCHN_FIFO_PRIORITY_DEFAULT), at_b[9 - i]);
    EXPECT_EQ(consume(EVTCHN_FIFO_PRIORITY_DEFAULT), 0);
    EXPECT_EQ(send(a, at_a[3]), 0);
    EXPECT_EQ(consume(EVTCHN_FIFO_PRIORITY_DEFAULT), at_b[3]);
}

SIM_TEST(priorities_choose_the_queue)
{
    struct evtchn_set_priority prio;
    unsigned int at_a, port;

    setup();
    port = connect(&at_a);
    drain();
    prio = (struct evtchn_set_priority){.port = port, .priority = 2};
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_set_priority, &prio, sizeof(prio)), 0);
    EXPECT_EQ(send(a, at_a), 0);
    EXPECT_EQ(consume(EVTCHN_FIFO_PRIORITY_DEFAULT), 0);
    EXPECT_EQ(consume(2), port);
    prio.priority = EVTCHN_FIFO_PRIORITY_MIN + 1;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_set_priority, &prio, sizeof(prio)), -EINVAL);
    prio = (struct evtchn_set_priority){.port = 999, .priority = 1};
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_set_priority, &prio, sizeof(prio)), -EINVAL);
}

SIM_TEST(masked_events_wait_for_unmask)
{
    struct evtchn_unmask unmask;
    unsigned int at_a, port;

    setup();
    port = connect(&at_a);
    drain();
    words[port] |= 1U << EVTCHN_FIFO_MASKED;
    EXPECT_EQ(send(a, at_a), 0);
    EXPECT(words[port] & (1U << EVTCHN_FIFO_PENDING));
    EXPECT(!(words[port] & (1U << EVTCHN_FIFO_LINKED)));
    EXPECT_EQ(control->ready, 0);
    unmask.port = port;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_unmask, &unmask, sizeof(unmask)), 0);
    EXPECT_EQ(consume(EVTCHN_FIFO_PRIORITY_DEFAULT), port);
}

SIM_TEST(a_new_port_keeps_the_guests_mask)
{
    struct evtchn_bind_ipi ipi = {.vcpu = 0};

    setup();
    for (unsigned int port = 1; port < 16; port++)
        words[port] = 1U << EVTCHN_FIFO_MASKED | 1U << EVTCHN_FIFO_PENDING;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_ipi, &ipi, sizeof(ipi)), 0);
    EXPECT_EQ(words[ipi.port], 1U << EVTCHN_FIFO_MASKED);
}

SIM_TEST(thousands_of_ports)
{
    enum { NR = 6000 };
    struct evtchn_expand_array expand;
    unsigned int n = 0;

    setup();
    for (unsigned int i = 0; i < 5; i++) {
        expand.array_gfn = sim_gfn(b, 13 + i);
        EXPECT_EQ(evtchn_op(b, EVTCHNOP_expand_array, &expand, sizeof(expand)), 0);
    }
    for (unsigned int i = 1; i < NR; i++) {
        struct evtchn_bind_ipi ipi = {.vcpu = 0};

        EXPECT_EQ(evtchn_op(b, EVTCHNOP_bind_ipi, &ipi, sizeof(ipi)), 0);
        EXPECT_EQ(ipi.port, i);
    }
    for (unsigned int port = 1; port < NR; port += 7)
        EXPECT_EQ(evtchn_send(b, port), 0);
    for (unsigned int port = control->head[EVTCHN_FIFO_PRIORITY_DEFAULT]; port;) {
        event_word_t *w = (event_word_t *)sim_page_virt(b, 12 + port / 1024) + port % 1024;

        EXPECT_EQ(port, 1 + 7 * n);
        n++;
        port = *w & EVTCHN_FIFO_LINK_MASK;
    }
    EXPECT_EQ(n, (NR + 5) / 7);
    sim_check_invariants();
}

SIM_TEST(a_guest_may_ruin_only_itself)
{
    unsigned int at_a[8];
    uint64_t seed = 1;

    setup();
    for (unsigned int i = 0; i < 8; i++)
        connect(&at_a[i]);
    for (unsigned int i = 0; i < 5000; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        words[seed >> 60] = (uint32_t)(seed >> 20);
        control->head[(seed >> 50) % 16] = (uint32_t)(seed >> 10);
        control->ready = (uint32_t)seed;
        EXPECT_EQ(send(a, at_a[(seed >> 40) % 8]), 0);
    }
    sim_check_invariants();
}

SIM_TEST(bad_arrays_and_control_blocks)
{
    struct evtchn_init_control init = {.vcpu = 0};
    struct evtchn_expand_array expand;
    struct domain *d;

    setup();
    d = sim_domain(3, &(struct sim_domain_conf){});
    expand.array_gfn = sim_gfn(d, 10);
    EXPECT_EQ(evtchn_op(d, EVTCHNOP_expand_array, &expand, sizeof(expand)), -EOPNOTSUPP);
    init.control_gfn = sim_gfn(a, 10);
    EXPECT_EQ(evtchn_op(d, EVTCHNOP_init_control, &init, sizeof(init)), -EINVAL);
    init.control_gfn = sim_gfn(d, 10);
    init.offset = 4;
    EXPECT_EQ(evtchn_op(d, EVTCHNOP_init_control, &init, sizeof(init)), -EINVAL);
    init.offset = 4096 - 8;
    EXPECT_EQ(evtchn_op(d, EVTCHNOP_init_control, &init, sizeof(init)), -EINVAL);
    init.offset = 0;
    init.vcpu = 5;
    EXPECT_EQ(evtchn_op(d, EVTCHNOP_init_control, &init, sizeof(init)), -ENOENT);
    expand.array_gfn = 0xffffffff;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_expand_array, &expand, sizeof(expand)), -EINVAL);
}

SIM_TEST(reset_goes_back_to_two_levels)
{
    struct evtchn_reset reset = {.dom = DOMID_SELF};
    unsigned int at_a;

    setup();
    connect(&at_a);
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_reset, &reset, sizeof(reset)), 0);
    EXPECT_EQ(alloc_unbound(b, DOMID_SELF, 1), 1);
    at_a = bind_interdomain(a, 2, 1);
    clear_pending_2l(b, 1);
    EXPECT_EQ(send(a, at_a), 0);
    EXPECT(pending_2l(b, 1));
}

static void ignore(struct vcpu *v, unsigned int port)
{
    (void)v;
    (void)port;
}

SIM_TEST(a_port_of_the_hypervisor_goes_to_two_levels_too)
{
    unsigned int xens, port, at_a;

    setup();
    xens = (unsigned int)evtchn_alloc_unbound_xen(b, 0, 1, ignore);
    EXPECT_EQ(evtchn_reset(b), 0);
    EXPECT_EQ(port_status(b, xens), EVTCHNSTAT_unbound);
    port = alloc_unbound(b, DOMID_SELF, 1);
    EXPECT_NE(port, xens);
    at_a = bind_interdomain(a, 2, port);
    clear_pending_2l(b, port);
    EXPECT_EQ(send(a, at_a), 0);
    EXPECT(pending_2l(b, port));
    evtchn_free_xen(b, xens);
    EXPECT_EQ(port_status(b, xens), EVTCHNSTAT_closed);
}

/* Another CPU may be in the middle of an operation by the old ABI: its pages stay until it is out.
 */
SIM_TEST(a_reset_frees_nothing_that_others_may_read)
{
    setup();
    EXPECT_EQ(evtchn_reset(b), 0);
    EXPECT_NE(virt_to_page(control)->type_info, 0);
    EXPECT_NE(virt_to_page(words)->type_info, 0);
    sim_quiesce();
    EXPECT_EQ(virt_to_page(control)->type_info, 0);
    EXPECT_EQ(virt_to_page(words)->type_info, 0);
}

SIM_TEST(ports_beyond_two_levels_are_nothing_after_a_reset)
{
    struct evtchn_unmask unmask = {.port = 4200};
    uint8_t *beyond;

    setup();
    while (alloc_unbound(b, DOMID_SELF, 1) < 4200)
        continue;
    EXPECT_EQ(evtchn_reset(b), 0);
    beyond = (uint8_t *)b->shared_info->evtchn_mask + 4200 / 8;
    *beyond = 0xff;
    EXPECT_EQ(evtchn_op(b, EVTCHNOP_unmask, &unmask, sizeof(unmask)), 0);
    EXPECT_EQ(*beyond, 0xff);
    /* The mask, which stands where its pending bit would be. */
    memset(b->shared_info->evtchn_mask, 0xff, sizeof(b->shared_info->evtchn_mask));
    EXPECT_EQ(evtchn_port_pending(b, 4200), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_queue_in_order_of_sending),
        cmocka_unit_test(priorities_choose_the_queue),
        cmocka_unit_test(masked_events_wait_for_unmask),
        cmocka_unit_test(a_new_port_keeps_the_guests_mask),
        cmocka_unit_test(thousands_of_ports),
        cmocka_unit_test(a_guest_may_ruin_only_itself),
        cmocka_unit_test(bad_arrays_and_control_blocks),
        cmocka_unit_test(reset_goes_back_to_two_levels),
        cmocka_unit_test(a_port_of_the_hypervisor_goes_to_two_levels_too),
        cmocka_unit_test(a_reset_frees_nothing_that_others_may_read),
        cmocka_unit_test(ports_beyond_two_levels_are_nothing_after_a_reset),
    };

    return RUN_GROUP(tests);
}
