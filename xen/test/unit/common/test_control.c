/* SPDX-License-Identifier: MIT */
/* domctl, sysctl, multicall, and the life of domains. */
#include "ctl_ops.h"

#include <public/memory.h>
#include <public/sched.h>
#include <public/version.h>
#include <xen/evtchn.h>
#include <xen/mm.h>

static struct domain *ctl, *d;

static void two(void)
{
    ctl = control_domain();
    d = sim_domain(1, &(struct sim_domain_conf){.nr_vcpus = 2});
}

static long simple(unsigned int cmd, domid_t domid)
{
    struct xen_domctl op = {.cmd = cmd, .domain = domid};

    return domctl(ctl, &op);
}

SIM_TEST(only_control_domains_control)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_pausedomain, .domain = 0};
    struct xen_sysctl sys = {.cmd = XEN_SYSCTL_physinfo};

    two();
    EXPECT_EQ(domctl(d, &op), -EPERM);
    EXPECT_EQ(sysctl(d, &sys), -EPERM);
    op.interface_version = XEN_DOMCTL_INTERFACE_VERSION + 1;
    EXPECT_EQ(sim_op(ctl->vcpu[0], __HYPERVISOR_domctl, 0, &op, sizeof(op)), -EACCES);
    sys.interface_version = 1;
    EXPECT_EQ(sim_op(ctl->vcpu[0], __HYPERVISOR_sysctl, 0, &sys, sizeof(sys)), -EACCES);
    EXPECT_EQ(sim_hypercall(ctl->vcpu[0], __HYPERVISOR_domctl, 0xffff800000000000), -EFAULT);
    EXPECT_EQ(simple(XEN_DOMCTL_pausedomain, 99), -ESRCH);
    EXPECT_EQ(simple(XEN_DOMCTL_pausedomain, 0), -EINVAL);
    EXPECT_EQ(simple(4000, 1), -ENOSYS);
}

SIM_TEST(a_domain_is_made_and_unmade)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_createdomain, .domain = 0};

    two();
    op.u.createdomain = (struct xen_domctl_createdomain){
        .max_vcpus = 3, .max_evtchn_port = 100, .max_grant_frames = 4, .max_maptrack_frames = 4};
    EXPECT_EQ(domctl(ctl, &op), 0);
    EXPECT_EQ(op.domain, 2);
    EXPECT_EQ(domctl(ctl, &op), -EEXIST);
    op = (struct xen_domctl){.cmd = XEN_DOMCTL_max_vcpus, .domain = 2, .u.max_vcpus.max = 4};
    EXPECT_EQ(domctl(ctl, &op), -EINVAL);
    op.u.max_vcpus.max = 3;
    EXPECT_EQ(domctl(ctl, &op), 0);
    op = (struct xen_domctl){.cmd = XEN_DOMCTL_getdomaininfo, .domain = 2};
    EXPECT_EQ(domctl(ctl, &op), 0);
    EXPECT_EQ(op.u.getdomaininfo.max_vcpu_id, 2);
    EXPECT_EQ(op.u.getdomaininfo.nr_online_vcpus, 0);
    EXPECT(op.u.getdomaininfo.flags & XEN_DOMINF_paused);
    op.domain = 3;
    EXPECT_EQ(domctl(ctl, &op), -ESRCH);
    sim_check_invariants();
    sim_preempt(1);
    EXPECT_EQ(simple(XEN_DOMCTL_destroydomain, 2), 0);
    EXPECT_EQ(simple(XEN_DOMCTL_destroydomain, 0), -EINVAL);
    op = (struct xen_domctl){.cmd = XEN_DOMCTL_createdomain, .domain = 9};
    EXPECT_EQ(domctl(ctl, &op), -EINVAL);
    op.u.createdomain.max_vcpus = 1;
    op.u.createdomain.flags = 1U << 31;
    EXPECT_EQ(domctl(ctl, &op), -EINVAL);
    op.u.createdomain.flags = 0;
    op.u.createdomain.cpupool_id = 7;
    EXPECT_EQ(domctl(ctl, &op), -EINVAL);
}

SIM_TEST(affinity_through_a_bitmap)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_setvcpuaffinity, .domain = 1};
    uint8_t *bits;

    two();
    bits = sim_page_virt(ctl, 8);
    bits[0] = 0x4;
    op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
    op.u.vcpuaffinity.cpumap_hard.bitmap.p = (void *)sim_page(ctl, 8);
    op.u.vcpuaffinity.cpumap_hard.nr_bits = 4;
    EXPECT_EQ(domctl(ctl, &op), 0);
    sim_advance(MILLISECS(10));
    EXPECT_EQ(d->vcpu[0]->processor, 2);
    bits[0] = 0;
    op.cmd = XEN_DOMCTL_getvcpuaffinity;
    EXPECT_EQ(domctl(ctl, &op), 0);
    EXPECT_EQ(bits[0], 4);
    op.u.vcpuaffinity.vcpu = 2;
    EXPECT_EQ(domctl(ctl, &op), -ESRCH);
    op.cmd = XEN_DOMCTL_setvcpuaffinity;
    op.u.vcpuaffinity.vcpu = 0;
    op.u.vcpuaffinity.flags = 0;
    EXPECT_EQ(domctl(ctl, &op), -EINVAL);
    op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
    op.u.vcpuaffinity.cpumap_hard.bitmap.p = (void *)0xffff800000000000;
    EXPECT_EQ(domctl(ctl, &op), -EFAULT);
}

SIM_TEST(shutdown_and_resume)
{
    struct sched_shutdown sd = {.reason = SHUTDOWN_suspend};
    struct evtchn_bind_virq virq = {.virq = VIRQ_DOM_EXC, .vcpu = 0};
    struct xen_domctl op;

    two();
    EXPECT_EQ(evtchn_op(ctl, EVTCHNOP_bind_virq, &virq, sizeof(virq)), 0);
    sim_op(d->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_shutdown, &sd, sizeof(sd));
    sim_settle();
    EXPECT(d->is_shut_down);
    EXPECT(!d->vcpu[0]->is_running);
    EXPECT(!d->vcpu[1]->is_running);
    EXPECT(pending_2l(ctl, virq.port));
    op = (struct xen_domctl){.cmd = XEN_DOMCTL_getdomaininfo, .domain = 1};
    EXPECT_EQ(domctl(ctl, &op), 0);
    EXPECT(op.u.getdomaininfo.flags & XEN_DOMINF_shutdown);
    EXPECT_EQ(op.u.getdomaininfo.flags >> XEN_DOMINF_shutdownshift & 255, SHUTDOWN_suspend);
    EXPECT_EQ(simple(XEN_DOMCTL_resumedomain, 1), 0);
    sim_advance(MILLISECS(1));
    EXPECT(d->vcpu[0]->is_running);
    sd.reason = SHUTDOWN_MAX + 5;
    sim_op(d->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_shutdown, &sd, sizeof(sd));
    sim_check_invariants();
}

SIM_TEST(a_handler_of_a_virq_does_not_outlive_its_domain)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_set_virq_handler, .domain = 1};
    struct page_info *pg;

    two();
    op.u.set_virq_handler.virq = VIRQ_CON_RING;
    EXPECT_EQ(domctl(ctl, &op), 0);
    op.u.set_virq_handler.virq = VIRQ_TIMER;
    EXPECT_EQ(domctl(ctl, &op), -EINVAL);
    op.u.set_virq_handler.virq = NR_VIRQS;
    EXPECT_EQ(domctl(ctl, &op), -EINVAL);
    pg = virt_to_page(sim_page_virt(d, 10));
    EXPECT(page_get(pg, d));
    sim_destroy(d);
    /* It is dead, and still there. */
    op.u.set_virq_handler.virq = VIRQ_CON_RING;
    EXPECT_EQ(domctl(ctl, &op), -EINVAL);
    page_put(pg);
    sim_quiesce();
    EXPECT_EQ(domain_by_id_rcu(1), NULL);
}

SIM_TEST(multicalls)
{
    multicall_entry_t *list;

    two();
    for (unsigned int every = 0; every < 2; every++) {
        list = sim_page_virt(d, 4);
        memset(list, 0xff, PAGE_SIZE);
        for (unsigned int i = 0; i < 10; i++) {
            list[i].op = __HYPERVISOR_xen_version;
            list[i].args[0] = XENVER_version;
        }
        list[3].op = 63;
        list[4].op = ~0UL;
        list[5].op = __HYPERVISOR_multicall;
        list[5].args[0] = sim_page(d, 4);
        list[5].args[1] = 1;
        sim_preempt(every);
        EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_multicall, sim_page(d, 4), 10), 0);
        sim_preempt(0);
        EXPECT_EQ(list[0].result, 4 << 16 | 17);
        EXPECT_EQ(list[3].result, -ENOSYS);
        EXPECT_EQ(list[4].result, -ENOSYS);
        EXPECT_EQ(list[5].result, -EINVAL);
        EXPECT_EQ(list[9].result, 4 << 16 | 17);
    }
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_multicall, ~0UL << 12, 3), -EFAULT);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_multicall, sim_page(d, 4), ~0U), -EFAULT);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], 63, 0), -ENOSYS);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], 64, 0), -ENOSYS);
}

/* One entry is itself preempted, again and again. */
SIM_TEST(a_multicall_continues_within_an_entry)
{
    struct xen_memory_reservation *r;
    multicall_entry_t *list;
    xen_pfn_t *gfns;

    two();
    r = sim_page_virt(d, 5);
    gfns = sim_page_virt(d, 6);
    for (unsigned int i = 0; i < 16; i++)
        gfns[i] = sim_gfn(d, 20 + i);
    *r = (struct xen_memory_reservation){.nr_extents = 16, .domid = DOMID_SELF};
    r->extent_start.p = (void *)sim_page(d, 6);
    list = sim_page_virt(d, 4);
    list[0].op = __HYPERVISOR_memory_op;
    list[0].args[0] = XENMEM_decrease_reservation;
    list[0].args[1] = sim_page(d, 5);
    list[1].op = __HYPERVISOR_xen_version;
    sim_preempt(1);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_multicall, sim_page(d, 4), 2), 0);
    EXPECT_EQ(list[0].result, 16);
    EXPECT_EQ(list[1].result, 4 << 16 | 17);
    EXPECT_EQ(d->tot_pages, 48);
}

SIM_TEST(sysctls)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo};

    two();
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.physinfo.nr_cpus, 4);
    EXPECT_EQ(op.u.physinfo.free_pages, heap_free_count(NUMA_NO_NODE));
    EXPECT_EQ(op.u.physinfo.capabilities,
              XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_gnttab_v1 | XEN_SYSCTL_PHYSCAP_gnttab_v2);
    op = (struct xen_sysctl){.cmd = XEN_SYSCTL_getdomaininfolist};
    op.u.getdomaininfolist.max_domains = 5;
    op.u.getdomaininfolist.buffer.p = (void *)sim_page(ctl, 8);
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.getdomaininfolist.num_domains, 2);
    op.u.getdomaininfolist.buffer.p = (void *)0xffff800000000000;
    EXPECT_EQ(sysctl(ctl, &op), -EFAULT);
    op = (struct xen_sysctl){.cmd = XEN_SYSCTL_readconsole};
    op.u.readconsole.buffer.p = (void *)sim_page(ctl, 8);
    op.u.readconsole.count = 4096;
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_GE(op.u.readconsole.count, 10);
    for (unsigned int cmd = 0; cmd < 40; cmd++) {
        if (cmd == XEN_SYSCTL_debug_keys || cmd == XEN_SYSCTL_readconsole)
            continue;
        op = (struct xen_sysctl){.cmd = cmd};
        EXPECT_LE(sysctl(ctl, &op), 0);
    }
    for (const char *key = "*0aegghqrtuvwz?"; *key; key++) {
        op = (struct xen_sysctl){.cmd = XEN_SYSCTL_debug_keys};
        *(char *)sim_page_virt(ctl, 8) = *key;
        op.u.debug_keys.keys.p = (void *)sim_page(ctl, 8);
        op.u.debug_keys.nr_keys = 1;
        EXPECT_EQ(sysctl(ctl, &op), 0);
        sim_settle();
    }
}

SIM_TEST(what_guests_may_know)
{
    two();
    for (unsigned int cmd = 0; cmd < 16; cmd++) {
        sim_hypercall(d->vcpu[0], __HYPERVISOR_xen_version, cmd, sim_page(d, 4));
        EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_xen_version, 100 + cmd, sim_page(d, 4)),
                  -ENOSYS);
    }
    EXPECT_EQ(sim_hypercall(ctl->vcpu[0], __HYPERVISOR_xen_version, XENVER_extraversion,
                            sim_page(ctl, 8)),
              0);
    EXPECT_EQ(*(char *)sim_page_virt(ctl, 8), '.');
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_xen_version, XENVER_extraversion, ~0UL),
              -EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_control_domains_control),
        cmocka_unit_test(a_domain_is_made_and_unmade),
        cmocka_unit_test(affinity_through_a_bitmap),
        cmocka_unit_test(shutdown_and_resume),
        cmocka_unit_test(a_handler_of_a_virq_does_not_outlive_its_domain),
        cmocka_unit_test(multicalls),
        cmocka_unit_test(a_multicall_continues_within_an_entry),
        cmocka_unit_test(sysctls),
        cmocka_unit_test(what_guests_may_know),
    };

    return RUN_GROUP(tests);
}
