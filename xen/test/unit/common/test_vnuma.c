/* SPDX-License-Identifier: MIT */
/* Virtual NUMA: what the toolstack says and what a guest is told. */
#include "ctl_ops.h"

#include <public/memory.h>
#include <xen/mm.h>
#include <xen/vnuma.h>
#include <xen/xsm.h>

#define NR_VCPUS 4

static struct domain *ctl, *guest;

/* Two nodes: vCPUs 0 and 1 with memory in two pieces, vCPUs 2 and 3 with one; in ctl's pages 4
 * to 7. */
static const xen_vmemrange_t ranges[] = {
    {0, 0x100000, 0, 0}, {0x100000, 0x200000, 0, 1}, {0x300000, 0x380000, 0, 0}};
static const unsigned int distance[] = {10, 21, 22, 10}, vcpu_node[] = {0, 0, 1, 1},
                          host_node[] = {0, ~0U};

static struct xen_domctl topology(void)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_setvnumainfo, .domain = 1};

    sim_put(ctl, 4, 0, ranges, sizeof(ranges));
    sim_put(ctl, 5, 0, distance, sizeof(distance));
    sim_put(ctl, 6, 0, vcpu_node, sizeof(vcpu_node));
    sim_put(ctl, 7, 0, host_node, sizeof(host_node));
    op.u.vnuma.nr_vnodes = 2;
    op.u.vnuma.nr_vcpus = NR_VCPUS;
    op.u.vnuma.nr_vmemranges = ARRAY_SIZE(ranges);
    op.u.vnuma.vmemrange.p = (void *)sim_page(ctl, 4);
    op.u.vnuma.vdistance.p = (void *)sim_page(ctl, 5);
    op.u.vnuma.vcpu_to_vnode.p = (void *)sim_page(ctl, 6);
    op.u.vnuma.vnode_to_pnode.p = (void *)sim_page(ctl, 7);
    return op;
}

static void machine(void)
{
    ctl = control_domain();
    guest = sim_domain(1, &(struct sim_domain_conf){.nr_vcpus = NR_VCPUS});
}

static void set(void)
{
    struct xen_domctl op;

    machine();
    op = topology();
    EXPECT_EQ(domctl(ctl, &op), 0);
}

/* The answer is put into the asker's pages 10 to 12. */
static long ask(struct domain *by, struct xen_vnuma_topology_info *t)
{
    t->vmemrange.h.p = (void *)sim_page(by, 10);
    t->vdistance.h.p = (void *)sim_page(by, 11);
    t->vcpu_to_vnode.h.p = (void *)sim_page(by, 12);
    return sim_op(by->vcpu[0], __HYPERVISOR_memory_op, XENMEM_get_vnumainfo, t, sizeof(*t));
}

static struct xen_vnuma_topology_info room(domid_t id)
{
    return (struct xen_vnuma_topology_info){
        .domid = id, .nr_vnodes = 2, .nr_vcpus = NR_VCPUS, .nr_vmemranges = ARRAY_SIZE(ranges)};
}

static void expect_answer(struct domain *by)
{
    EXPECT_EQ(memcmp(sim_page_virt(by, 10), ranges, sizeof(ranges)), 0);
    EXPECT_EQ(memcmp(sim_page_virt(by, 11), distance, sizeof(distance)), 0);
    EXPECT_EQ(memcmp(sim_page_virt(by, 12), vcpu_node, sizeof(vcpu_node)), 0);
}

SIM_TEST(a_guest_is_told_what_was_said)
{
    struct xen_vnuma_topology_info t = room(DOMID_SELF);

    set();
    EXPECT_EQ(ask(guest, &t), 0);
    expect_answer(guest);
    t = room(1);
    t.nr_vnodes = 60;
    t.nr_vcpus = 61;
    t.nr_vmemranges = 62;
    EXPECT_EQ(ask(ctl, &t), 0);
    expect_answer(ctl);
    EXPECT_EQ(t.nr_vnodes, 2);
    EXPECT_EQ(t.nr_vcpus, NR_VCPUS);
    EXPECT_EQ(t.nr_vmemranges, ARRAY_SIZE(ranges));
}

SIM_TEST(too_little_room)
{
    struct xen_vnuma_topology_info t;

    set();
    for (unsigned int i = 0; i < 3; i++) {
        t = room(DOMID_SELF);
        (i == 0 ? &t.nr_vnodes : i == 1 ? &t.nr_vcpus : &t.nr_vmemranges)[0]--;
        memset(sim_page_virt(guest, 10), 0x77, PAGE_SIZE);
        EXPECT_EQ(ask(guest, &t), -ENOBUFS);
        EXPECT_EQ(t.nr_vnodes, 2);
        EXPECT_EQ(t.nr_vcpus, NR_VCPUS);
        EXPECT_EQ(t.nr_vmemranges, ARRAY_SIZE(ranges));
        EXPECT_EQ(*(uint8_t *)sim_page_virt(guest, 10), 0x77);
    }
}

SIM_TEST(who_may_ask)
{
    struct xen_vnuma_topology_info t = room(DOMID_SELF);

    set();
    sim_domain(2, &(struct sim_domain_conf){.nr_vcpus = 1});
    EXPECT_EQ(ask(ctl, &t), -EOPNOTSUPP); /* it has none */
    t = room(1);
    EXPECT_EQ(ask(rcu_lock_domain_by_id(2), &t), -EPERM);
    t = room(77);
    EXPECT_EQ(ask(ctl, &t), -ESRCH);
    t = room(1);
    t.pad = 1;
    EXPECT_EQ(ask(ctl, &t), -EINVAL);
    t = room(DOMID_SELF);
    EXPECT_EQ(sim_hypercall(guest->vcpu[0], __HYPERVISOR_memory_op, XENMEM_get_vnumainfo, 8),
              -EFAULT);
}

SIM_TEST(it_can_be_said_again)
{
    struct xen_vnuma_topology_info t = room(DOMID_SELF);
    struct xen_domctl op;

    set();
    op = topology();
    op.u.vnuma.nr_vnodes = 1;
    op.u.vnuma.nr_vmemranges = 1;
    memset(sim_page_virt(ctl, 6), 0, PAGE_SIZE);
    EXPECT_EQ(domctl(ctl, &op), 0);
    EXPECT_EQ(ask(guest, &t), 0);
    EXPECT_EQ(t.nr_vnodes, 1);
    EXPECT_EQ(t.nr_vmemranges, 1);
    EXPECT_EQ(vnuma_node_of(guest, 0), 0);
    EXPECT_EQ(vnuma_node_of(guest, 1), NUMA_NO_NODE);
}

/* What is refused leaves what was there. */
static void refused(struct xen_domctl *op, long rc)
{
    struct xen_vnuma_topology_info t = room(DOMID_SELF);

    EXPECT_EQ(domctl(ctl, op), rc);
    EXPECT_EQ(ask(guest, &t), 0);
    expect_answer(guest);
}

SIM_TEST(numbers_that_are_refused)
{
    static const struct {
        uint32_t nodes, ranges, vcpus, pad;
    } rows[] = {
        {0, 1, NR_VCPUS, 0},  {65, 1, NR_VCPUS, 0},  {2, 0, NR_VCPUS, 0}, {2, 257, NR_VCPUS, 0},
        {2, 3, NR_VCPUS - 1}, {2, 3, NR_VCPUS + 1},  {2, 3, 0, 0},        {2, 3, NR_VCPUS, 1},
        {~0U, 3, NR_VCPUS},   {2, ~0U, NR_VCPUS, 0},
    };
    struct xen_domctl op;

    set();
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        op = topology();
        op.u.vnuma.nr_vnodes = rows[i].nodes;
        op.u.vnuma.nr_vmemranges = rows[i].ranges;
        op.u.vnuma.nr_vcpus = rows[i].vcpus;
        op.u.vnuma.pad = rows[i].pad;
        refused(&op, -EINVAL);
    }
}

SIM_TEST(nodes_that_are_not_there)
{
    xen_vmemrange_t bad[] = {{0, 0x1000, 0, 2}, {0x1000, 0x1000, 0, 0}, {2, 1, 0, 0}, {0, 1, 1, 0}};
    unsigned int no_node = 2, no_host = 1;
    struct xen_domctl op;

    set();
    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        op = topology();
        sim_put(ctl, 4, 2 * sizeof(bad[0]), &bad[i], sizeof(bad[0]));
        refused(&op, -EINVAL);
    }
    op = topology();
    sim_put(ctl, 6, 3 * sizeof(no_node), &no_node, sizeof(no_node));
    refused(&op, -EINVAL);
    op = topology();
    sim_put(ctl, 7, 0, &no_host, sizeof(no_host)); /* the machine has one */
    refused(&op, -EINVAL);
    op = topology();
    op.u.vnuma.vdistance.p = (void *)8;
    refused(&op, -EFAULT);
}

SIM_TEST(memory_of_a_virtual_node)
{
    xen_pfn_t gfn = 0x2000;
    struct xen_memory_reservation res = {
        .nr_extents = 1, .domid = DOMID_SELF, .mem_flags = XENMEMF_vnode | XENMEMF_node(1)};

    set();
    guest->max_pages += 2;
    EXPECT_EQ(vnuma_node_of(guest, 0), 0);
    EXPECT_EQ(vnuma_node_of(guest, 1), NUMA_NO_NODE); /* said to be on none */
    EXPECT_EQ(vnuma_node_of(guest, 2), NUMA_NO_NODE);
    EXPECT_EQ(vnuma_node_of(ctl, 0), NUMA_NO_NODE);
    for (unsigned int node = 0; node < 2; node++) {
        gfn = 0x2000 + node;
        sim_put(guest, 20, 0, &gfn, sizeof(gfn));
        res.extent_start.p = (void *)sim_page(guest, 20);
        res.mem_flags = XENMEMF_vnode | XENMEMF_node(node);
        EXPECT_EQ(sim_op(guest->vcpu[0], __HYPERVISOR_memory_op, XENMEM_populate_physmap, &res,
                         sizeof(res)),
                  1);
    }
}

SIM_TEST(a_domain_that_ends_takes_it_with_it)
{
    set();
    sim_destroy(guest); /* the leak checker looks */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_is_told_what_was_said),
        cmocka_unit_test(too_little_room),
        cmocka_unit_test(who_may_ask),
        cmocka_unit_test(it_can_be_said_again),
        cmocka_unit_test(numbers_that_are_refused),
        cmocka_unit_test(nodes_that_are_not_there),
        cmocka_unit_test(memory_of_a_virtual_node),
        cmocka_unit_test(a_domain_that_ends_takes_it_with_it),
    };

    return RUN_GROUP(tests);
}
