/* SPDX-License-Identifier: MIT */
/* memory_op: reservations, exchange, the physical map; preempted and not. */
#include "sim_test.h"

#include <public/memory.h>
#include <xen/mm.h>

static struct domain *pv, *hvm;

static void two(void)
{
    dom0 = sim_domain(0, &(struct sim_domain_conf){.privileged = true});
    pv = sim_domain(1, &(struct sim_domain_conf){});
    hvm = sim_domain(2, &(struct sim_domain_conf){.hvm = true});
}

static long reserve(struct domain *d, unsigned int cmd, unsigned long nr, unsigned int order)
{
    struct xen_memory_reservation r = {
        .nr_extents = nr, .extent_order = order, .domid = DOMID_SELF};

    r.extent_start.p = (void *)sim_page(d, 4);
    return sim_op(d->vcpu[0], __HYPERVISOR_memory_op, cmd, &r, sizeof(r));
}

static long simple(struct domain *d, unsigned int cmd, domid_t domid)
{
    struct xen_memory_domain op = {.domid = domid};

    return sim_op(d->vcpu[0], __HYPERVISOR_memory_op, cmd, &op, sizeof(op));
}

SIM_TEST(pages_go_and_come)
{
    xen_pfn_t *list;

    two();
    for (unsigned int every = 0; every < 3; every++) {
        struct domain *d = every == 1 ? pv : hvm;

        list = sim_page_virt(d, 4);
        for (unsigned int i = 0; i < 20; i++)
            list[i] = sim_gfn(d, 10 + i);
        sim_preempt(every);
        EXPECT_EQ(reserve(d, XENMEM_decrease_reservation, 20, 0), 20);
        EXPECT_EQ(d->tot_pages, 44);
        EXPECT_EQ(simple(d, XENMEM_current_reservation, DOMID_SELF), 44);
        EXPECT_EQ(simple(d, XENMEM_maximum_reservation, DOMID_SELF), 64);
        /* They are not there any more. */
        EXPECT_EQ(reserve(d, XENMEM_decrease_reservation, 1, 0), 0);
        for (unsigned int i = 0; i < 30; i++)
            list[i] = 10 + i;
        EXPECT_EQ(reserve(d, XENMEM_populate_physmap, 30, 0), 20);
        EXPECT_EQ(d->tot_pages, 64);
        sim_preempt(0);
        sim_check_invariants();
        if (d == pv)
            EXPECT_EQ(page_owner(mfn_to_page(mk_mfn(list[3]))), pv);
    }
}

SIM_TEST(large_extents_are_for_control_or_small)
{
    two();
    pv->max_pages = 4096;
    EXPECT_EQ(reserve(pv, XENMEM_increase_reservation, 1, 30), 0);
    EXPECT_EQ(reserve(pv, XENMEM_increase_reservation, 1, MAX_ORDER + 1), 0);
    EXPECT_LE(reserve(pv, XENMEM_increase_reservation, ~0UL, 0), 4096);
    EXPECT_LE(reserve(pv, XENMEM_increase_reservation, 1UL << 40, 0), 4096);
    sim_check_invariants();
}

SIM_TEST(others_need_control)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = 2};

    two();
    EXPECT_EQ(
        sim_op(pv->vcpu[0], __HYPERVISOR_memory_op, XENMEM_increase_reservation, &r, sizeof(r)), 0);
    EXPECT_EQ(simple(pv, XENMEM_current_reservation, 2), -EPERM);
    EXPECT_EQ(simple(dom0, XENMEM_current_reservation, 2), 64);
    EXPECT_EQ(simple(dom0, XENMEM_current_reservation, 99), -ESRCH);
    EXPECT_EQ(sim_hypercall(pv->vcpu[0], __HYPERVISOR_memory_op, XENMEM_maximum_ram_page, 0),
              (long)max_page);
    EXPECT_EQ(sim_hypercall(pv->vcpu[0], __HYPERVISOR_memory_op, 60, 0), -ENOSYS);
    EXPECT_EQ(
        sim_hypercall(pv->vcpu[0], __HYPERVISOR_memory_op, XENMEM_populate_physmap, ~0UL << 12),
        -EFAULT);
    hvm->max_pages = 65;
    EXPECT_EQ(
        sim_op(dom0->vcpu[0], __HYPERVISOR_memory_op, XENMEM_increase_reservation, &r, sizeof(r)),
        1);
    EXPECT_EQ(hvm->tot_pages, 65);
}

SIM_TEST(frames_are_exchanged)
{
    struct xen_memory_exchange e;
    xen_pfn_t *in, *out;

    two();
    for (unsigned int every = 0; every < 2; every++) {
        memset(&e, 0, sizeof(e));
        in = sim_page_virt(pv, 4);
        out = sim_page_virt(pv, 5);
        for (unsigned int i = 0; i < 8; i++) {
            in[i] = every ? out[i] : sim_gfn(pv, 20 + i);
            out[i] = 20 + i;
        }
        e.in.domid = e.out.domid = DOMID_SELF;
        e.in.nr_extents = e.out.nr_extents = 8;
        e.in.extent_start.p = (void *)sim_page(pv, 4);
        e.out.extent_start.p = (void *)sim_page(pv, 5);
        sim_preempt(every);
        EXPECT_EQ(sim_op(pv->vcpu[0], __HYPERVISOR_memory_op, XENMEM_exchange, &e, sizeof(e)), 0);
        EXPECT_EQ(e.nr_exchanged, 8);
        EXPECT_EQ(pv->tot_pages, 64);
        EXPECT_EQ(page_owner(mfn_to_page(mk_mfn(out[3]))), pv);
        sim_check_invariants();
    }
    EXPECT_EQ(sim_op(hvm->vcpu[0], __HYPERVISOR_memory_op, XENMEM_exchange, &e, sizeof(e)),
              -EOPNOTSUPP);
    /* By the toolstack: the guest's frame gets another one of the machine's. */
    in = sim_page_virt(dom0, 4);
    out = sim_page_virt(dom0, 5);
    in[0] = ((xen_pfn_t *)sim_page_virt(pv, 5))[3];
    out[0] = 23;
    e = (struct xen_memory_exchange){
        .in = {.nr_extents = 1, .domid = 1, .extent_start.p = (void *)sim_page(dom0, 4)},
        .out = {.nr_extents = 1, .domid = 1, .extent_start.p = (void *)sim_page(dom0, 5)}};
    EXPECT_EQ(sim_op(dom0->vcpu[0], __HYPERVISOR_memory_op, XENMEM_exchange, &e, sizeof(e)), 0);
    EXPECT_EQ(pv->tot_pages, 64);
    EXPECT_EQ(page_owner(mfn_to_page(mk_mfn(out[0]))), pv);
    e.nr_exchanged = 0;
    EXPECT_EQ(sim_op(dom0->vcpu[0], __HYPERVISOR_memory_op, XENMEM_exchange, &e, sizeof(e)),
              -EINVAL); /* no longer its frame */
    sim_check_invariants();
    e.in.domid = e.out.domid = 2;
    EXPECT_EQ(sim_op(pv->vcpu[0], __HYPERVISOR_memory_op, XENMEM_exchange, &e, sizeof(e)), -EPERM);
    e.in.domid = e.out.domid = 99;
    EXPECT_EQ(sim_op(dom0->vcpu[0], __HYPERVISOR_memory_op, XENMEM_exchange, &e, sizeof(e)),
              -ESRCH);
    e.in.domid = e.out.domid = DOMID_SELF;
    e.in.nr_extents = 3;
    EXPECT_EQ(sim_op(pv->vcpu[0], __HYPERVISOR_memory_op, XENMEM_exchange, &e, sizeof(e)), -EINVAL);
}

SIM_TEST(the_physical_map_takes_shared_pages)
{
    struct xen_add_to_physmap op = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = 100};

    two();
    EXPECT_EQ(sim_op(hvm->vcpu[0], __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op, sizeof(op)),
              0);
    op.space = XENMAPSPACE_grant_table;
    op.gpfn = 101;
    EXPECT_EQ(sim_op(hvm->vcpu[0], __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op, sizeof(op)),
              0);
    op.idx = 1000;
    EXPECT_EQ(sim_op(hvm->vcpu[0], __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op, sizeof(op)),
              -EINVAL);
    op = (struct xen_add_to_physmap){
        .domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_range, .size = 16, .idx = 20, .gpfn = 200};
    sim_preempt(1);
    EXPECT_EQ(sim_op(hvm->vcpu[0], __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op, sizeof(op)),
              0);
    EXPECT_EQ(simple(hvm, XENMEM_maximum_gpfn, DOMID_SELF), 215);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_go_and_come),
        cmocka_unit_test(large_extents_are_for_control_or_small),
        cmocka_unit_test(others_need_control),
        cmocka_unit_test(frames_are_exchanged),
        cmocka_unit_test(the_physical_map_takes_shared_pages),
    };

    return RUN_GROUP(tests);
}
