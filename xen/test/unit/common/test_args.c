/* SPDX-License-Identifier: MIT */
/* Arguments of the control calls: one row per check, a call and the error that it must give. */
#include "ctl_ops.h"

#include <public/memory.h>
#include <public/platform.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <xen/irq.h>
#include <xen/mm.h>
#include <xen/time.h>

#define EXTENT_SHIFT 6 /* of memory_op's command: where to go on */
#define BAD          ((void *)0xffff800000000000)
#define NOT_OURS     20 /* the frame, and the pirq, that the control domain must not use */

static struct domain *ctl, *d, *hvm;

static void three(void)
{
    ctl = control_domain();
    d = sim_domain(1, &(struct sim_domain_conf){.nr_vcpus = 2});
    hvm = sim_domain(2, &(struct sim_domain_conf){.hvm = true});
}

static void failed(const char *table, unsigned int row, long got, long want)
{
    sim_fail("%s, row %u: %ld, expected %ld", table, row, got, want);
}

#define CREATE(vcpus, ...)                                                                         \
    XEN_DOMCTL_createdomain, 20,                                                                   \
    {                                                                                              \
        .createdomain = {                                                                          \
            .max_vcpus = (vcpus),                                                                  \
            .max_evtchn_port = 1023,                                                               \
            .max_grant_frames = 4,                                                                 \
            .max_maptrack_frames = 4,                                                              \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

SIM_TEST(domctls)
{
    static const struct {
        unsigned int cmd;
        domid_t domid;
        __typeof__(((struct xen_domctl *)0)->u) u;
        long want;
    } rows[] = {
        {CREATE(0, .flags = 0), -EINVAL},
        {CREATE(8193, .flags = 0), -EINVAL},
        {CREATE(~0U, .flags = 0), -EINVAL},
        {CREATE(1, .flags = 1U << 30), -EINVAL},
        {CREATE(1, .flags = XEN_DOMCTL_CDF_iommu), -EINVAL},
        {CREATE(1, .cpupool_id = 3), -EINVAL},
        {CREATE(1, .grant_opts = 3), -EINVAL},
        {CREATE(1, .vmtrace_size = 4096), -EINVAL},
        {CREATE(1, .ssidref = 0), 0},
        {CREATE(1, .ssidref = 0), -EEXIST},
        {XEN_DOMCTL_destroydomain, 20, {}, 0},
        {XEN_DOMCTL_destroydomain, 99, {}, -ESRCH},
        {XEN_DOMCTL_destroydomain, 0, {}, -EINVAL},
        {XEN_DOMCTL_destroydomain, DOMID_SELF, {}, -EINVAL},
        {XEN_DOMCTL_destroydomain, DOMID_XEN, {}, -ESRCH},
        {XEN_DOMCTL_pausedomain, DOMID_SELF, {}, -EINVAL},
        {XEN_DOMCTL_unpausedomain, 1, {}, -EINVAL},
        {XEN_DOMCTL_getdomaininfo, 3, {}, -ESRCH},
        {XEN_DOMCTL_getdomaininfo, DOMID_SELF, {}, 0},
        {XEN_DOMCTL_resumedomain, 0, {}, -EINVAL},
        {XEN_DOMCTL_soft_reset, 0, {}, -EINVAL},
        {XEN_DOMCTL_soft_reset, 1, {}, -EINVAL},
        {XEN_DOMCTL_setdomainhandle, 1, {.setdomainhandle = {{1, 2, 3}}}, 0},
        {XEN_DOMCTL_setdomainhandle, 50, {}, -ESRCH},
        {XEN_DOMCTL_settimeoffset, 1, {.settimeoffset = {.time_offset_seconds = -3600}}, 0},
        {XEN_DOMCTL_setdebugging, 0, {}, -EINVAL},
        {XEN_DOMCTL_setdebugging, 1, {.setdebugging = {.enable = 1}}, 0},
        {XEN_DOMCTL_setdebugging, 1, {.setdebugging = {.enable = 0}}, 0},
        {XEN_DOMCTL_subscribe, 1, {.subscribe = {.port = 3}}, 0},
        {XEN_DOMCTL_set_target, 1, {.set_target = {.target = 99}}, -ESRCH},
        {XEN_DOMCTL_set_target, 2, {.set_target = {.target = 2}}, -EINVAL},
        {XEN_DOMCTL_set_target, 2, {.set_target = {.target = 1}}, -EOPNOTSUPP},
        {XEN_DOMCTL_set_target, 1, {.set_target = {.target = 2}}, 0},
        {XEN_DOMCTL_set_target, 1, {.set_target = {.target = 2}}, -EINVAL},
        {XEN_DOMCTL_set_virq_handler, 1, {.set_virq_handler = {VIRQ_TIMER}}, -EINVAL},
        {XEN_DOMCTL_set_virq_handler, 1, {.set_virq_handler = {NR_VIRQS}}, -EINVAL},
        {XEN_DOMCTL_set_virq_handler, 1, {.set_virq_handler = {~0U}}, -EINVAL},
        {XEN_DOMCTL_max_vcpus, 1, {.max_vcpus = {0}}, -EINVAL},
        {XEN_DOMCTL_max_vcpus, 1, {.max_vcpus = {1}}, -EINVAL},
        {XEN_DOMCTL_max_vcpus, 1, {.max_vcpus = {3}}, -EINVAL},
        {XEN_DOMCTL_max_vcpus, 1, {.max_vcpus = {2}}, 0},
        {XEN_DOMCTL_max_vcpus, 0, {.max_vcpus = {1}}, -EINVAL},
        {XEN_DOMCTL_setvcpucontext, 1, {.vcpucontext = {.vcpu = 2}}, -EINVAL},
        {XEN_DOMCTL_setvcpucontext, 1, {.vcpucontext = {.vcpu = ~0U}}, -EINVAL},
        {XEN_DOMCTL_setvcpucontext, 1, {.vcpucontext = {.vcpu = 0, .ctxt = {BAD}}}, -EFAULT},
        {XEN_DOMCTL_setvcpucontext, 1, {.vcpucontext = {.vcpu = 1}}, 0},
        {XEN_DOMCTL_getvcpucontext, 1, {.vcpucontext = {.vcpu = 1, .ctxt = {BAD}}}, -ENODATA},
        {XEN_DOMCTL_getvcpucontext, 1, {.vcpucontext = {.vcpu = 2}}, -ESRCH},
        {XEN_DOMCTL_getvcpucontext, 1, {.vcpucontext = {.vcpu = 0, .ctxt = {BAD}}}, -EFAULT},
        {XEN_DOMCTL_getvcpucontext, 0, {.vcpucontext = {.vcpu = 0}}, -EINVAL},
        {XEN_DOMCTL_getvcpuinfo, 1, {.getvcpuinfo = {.vcpu = 2}}, -ESRCH},
        {XEN_DOMCTL_getvcpuinfo, 1, {.getvcpuinfo = {.vcpu = 1}}, 0},
        {XEN_DOMCTL_setvcpuaffinity, 1, {.vcpuaffinity = {.flags = 0}}, -EINVAL},
        {XEN_DOMCTL_setvcpuaffinity, 1, {.vcpuaffinity = {.flags = 8}}, -EINVAL},
        {XEN_DOMCTL_setvcpuaffinity, 1, {.vcpuaffinity = {.vcpu = 2, .flags = 1}}, -ESRCH},
        {XEN_DOMCTL_setvcpuaffinity, 1, {.vcpuaffinity = {.flags = 1}}, -EINVAL},
        {XEN_DOMCTL_setvcpuaffinity, 1, {.vcpuaffinity = {.flags = 2}}, -EINVAL},
        {XEN_DOMCTL_setvcpuaffinity,
         1,
         {.vcpuaffinity = {.flags = 2, .cpumap_soft = {{BAD}, 8}}},
         -EFAULT},
        {XEN_DOMCTL_getvcpuaffinity,
         1,
         {.vcpuaffinity = {.flags = 2, .cpumap_soft = {{BAD}, 8}}},
         -EFAULT},
        {XEN_DOMCTL_getvcpuaffinity, 1, {.vcpuaffinity = {.flags = 4}}, -EINVAL},
        {XEN_DOMCTL_setnodeaffinity, 1, {.nodeaffinity = {{{BAD}, 8}}}, -EFAULT},
        {XEN_DOMCTL_setnodeaffinity, 1, {.nodeaffinity = {{{NULL}, 0}}}, -EINVAL},
        {XEN_DOMCTL_getnodeaffinity, 1, {.nodeaffinity = {{{BAD}, 8}}}, -EFAULT},
        {XEN_DOMCTL_scheduler_op,
         1,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT, .cmd = XEN_DOMCTL_SCHEDOP_getinfo}},
         -EINVAL},
        {XEN_DOMCTL_scheduler_op,
         1,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT2, .cmd = 2}},
         -EINVAL},
        {XEN_DOMCTL_scheduler_op, 1, {.scheduler_op = {.sched_id = 4}}, -EINVAL},
        {XEN_DOMCTL_scheduler_op,
         1,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT2, .cmd = XEN_DOMCTL_SCHEDOP_getinfo}},
         0},
        {XEN_DOMCTL_max_mem, 99, {}, -ESRCH},
        {XEN_DOMCTL_max_mem, 1, {.max_mem = {.max_memkb = ~UINT64_C(0)}}, 0},
        {XEN_DOMCTL_irq_permission, 1, {.irq_permission = {.pirq = 200}}, -EINVAL},
        {XEN_DOMCTL_irq_permission, 1, {.irq_permission = {.pirq = 3, .allow_access = 1}}, 0},
        {XEN_DOMCTL_irq_permission, 1, {.irq_permission = {.pirq = 3}}, 0},
        {XEN_DOMCTL_iomem_permission, 1, {.iomem_permission = {.first_mfn = 5}}, -EINVAL},
        {XEN_DOMCTL_iomem_permission,
         1,
         {.iomem_permission = {.first_mfn = ~UINT64_C(0), .nr_mfns = 2}},
         -EINVAL},
        {XEN_DOMCTL_iomem_permission,
         1,
         {.iomem_permission = {.first_mfn = 5, .nr_mfns = 2, .allow_access = 1}},
         0},
        {XEN_DOMCTL_iomem_permission, 1, {.iomem_permission = {.first_mfn = 5, .nr_mfns = 2}}, 0},
        {XEN_DOMCTL_iomem_permission,
         1,
         {.iomem_permission = {.first_mfn = NOT_OURS - 1, .nr_mfns = 2, .allow_access = 1}},
         -EPERM},
        {XEN_DOMCTL_irq_permission,
         1,
         {.irq_permission = {.pirq = NOT_OURS, .allow_access = 1}},
         -EPERM},
        {0, 1, {}, -ENOSYS},
        {99, 1, {}, -ENOSYS},
        {~0U, 1, {}, -ENOSYS},
        {~0U, 77, {}, -ESRCH},
    };

    three();
    EXPECT_EQ(iomem_deny_access(ctl, NOT_OURS, NOT_OURS), 0);
    EXPECT_EQ(irq_deny_access(ctl, NOT_OURS), 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        struct xen_domctl op = {.cmd = rows[i].cmd, .domain = rows[i].domid};
        long rc;

        memcpy(&op.u, &rows[i].u, sizeof(op.u));
        rc = domctl(ctl, &op);
        if (rc != rows[i].want)
            failed("domctl", i, rc, rows[i].want);
    }
    EXPECT_EQ(d->handle[1], 2);
    EXPECT_EQ(d->time_offset_s, -3600);
    EXPECT_EQ(d->suspend_evtchn, 3);
    EXPECT_EQ(d->target, hvm);
    EXPECT(!d->debugger_attached);
    EXPECT(!iomem_access_permitted(d, 5, 6));
}

SIM_TEST(sysctls)
{
    static const struct {
        unsigned int cmd;
        __typeof__(((struct xen_sysctl *)0)->u) u;
        long want;
    } rows[] = {
        {XEN_SYSCTL_readconsole, {.readconsole = {.count = 64, .buffer = {BAD}}}, -EFAULT},
        {XEN_SYSCTL_readconsole, {.readconsole = {.count = 0, .buffer = {BAD}}}, 0},
        {XEN_SYSCTL_debug_keys, {.debug_keys = {.nr_keys = 1, .keys = {BAD}}}, -EFAULT},
        {XEN_SYSCTL_debug_keys, {.debug_keys = {.nr_keys = 0}}, 0},
        {XEN_SYSCTL_getcpuinfo, {.getcpuinfo = {.max_cpus = 1, .info = {BAD}}}, -EFAULT},
        {XEN_SYSCTL_getcpuinfo, {.getcpuinfo = {.max_cpus = 0, .info = {BAD}}}, 0},
        {XEN_SYSCTL_getdomaininfolist,
         {.getdomaininfolist = {.max_domains = 1, .buffer = {BAD}}},
         -EFAULT},
        {XEN_SYSCTL_getdomaininfolist,
         {.getdomaininfolist = {.max_domains = 0, .buffer = {BAD}}},
         0},
        {XEN_SYSCTL_availheap, {.availheap = {.node = -2}}, -EINVAL},
        {XEN_SYSCTL_availheap, {.availheap = {.node = 1 << 20}}, -EINVAL},
        {XEN_SYSCTL_availheap, {.availheap = {.node = -1}}, 0},
        {XEN_SYSCTL_availheap, {.availheap = {.node = 0}}, 0},
        {XEN_SYSCTL_cputopoinfo, {.cputopoinfo = {.num_cpus = 4, .cputopo = {BAD}}}, -EFAULT},
        {XEN_SYSCTL_cputopoinfo, {.cputopoinfo = {.num_cpus = 0}}, 0},
        {XEN_SYSCTL_numainfo, {.numainfo = {.num_nodes = 4, .meminfo = {BAD}}}, -EFAULT},
        {XEN_SYSCTL_numainfo, {.numainfo = {.num_nodes = 4, .distance = {BAD}}}, -EFAULT},
        {XEN_SYSCTL_numainfo, {.numainfo = {.num_nodes = 4}}, 0},
        {XEN_SYSCTL_pcitopoinfo, {.pcitopoinfo = {.num_devs = 1}}, -EINVAL},
        {XEN_SYSCTL_pcitopoinfo,
         {.pcitopoinfo = {.num_devs = 1, .devs = {BAD}, .nodes = {BAD}}},
         -EFAULT},
        {XEN_SYSCTL_pcitopoinfo,
         {.pcitopoinfo = {.num_devs = 0, .devs = {BAD}, .nodes = {BAD}}},
         0},
        {XEN_SYSCTL_cpupool_op, {.cpupool_op = {.op = 77}}, -ENOSYS},
        {XEN_SYSCTL_cpupool_op,
         {.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_CREATE,
                         .cpupool_id = XEN_SYSCTL_CPUPOOL_PAR_ANY,
                         .sched_id = 4}},
         -EINVAL},
        {XEN_SYSCTL_cpupool_op,
         {.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_DESTROY, .cpupool_id = 9}},
         -ENOENT},
        {XEN_SYSCTL_cpupool_op,
         {.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_DESTROY, .cpupool_id = 0}},
         -EBUSY},
        {XEN_SYSCTL_cpupool_op,
         {.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_INFO, .cpupool_id = 1}},
         -ENOENT},
        {XEN_SYSCTL_scheduler_op,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT2, .cmd = 7}},
         -EINVAL},
        {XEN_SYSCTL_scheduler_op,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT2,
                           .cmd = XEN_SYSCTL_SCHEDOP_getinfo,
                           .cpupool_id = 5}},
         -ESRCH},
        {XEN_SYSCTL_scheduler_op,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT, .cmd = XEN_SYSCTL_SCHEDOP_getinfo}},
         -EINVAL},
        {XEN_SYSCTL_scheduler_op,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT2,
                           .cmd = XEN_SYSCTL_SCHEDOP_putinfo,
                           .u.sched_credit2.ratelimit_us = 50}},
         -EINVAL},
        {XEN_SYSCTL_scheduler_op,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT2,
                           .cmd = XEN_SYSCTL_SCHEDOP_putinfo,
                           .u.sched_credit2.ratelimit_us = 500001}},
         -EINVAL},
        {XEN_SYSCTL_scheduler_op,
         {.scheduler_op = {.sched_id = XEN_SCHEDULER_CREDIT2,
                           .cmd = XEN_SYSCTL_SCHEDOP_putinfo,
                           .u.sched_credit2.ratelimit_us = 2000}},
         0},
        {XEN_SYSCTL_lockprof_op, {.lockprof_op = {.cmd = 0}}, -EINVAL},
        {XEN_SYSCTL_lockprof_op,
         {.lockprof_op = {.cmd = XEN_SYSCTL_LOCKPROF_query, .max_elem = 1, .data = {BAD}}},
         -EFAULT},
        {XEN_SYSCTL_lockprof_op, {.lockprof_op = {.cmd = XEN_SYSCTL_LOCKPROF_query}}, 0},
        {XEN_SYSCTL_lockprof_op, {.lockprof_op = {.cmd = XEN_SYSCTL_LOCKPROF_reset}}, 0},
        {0, {}, -ENOSYS},
        {~0U, {}, -ENOSYS},
    };

    three();
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        struct xen_sysctl op = {.cmd = rows[i].cmd};
        long rc;

        memcpy(&op.u, &rows[i].u, sizeof(op.u));
        rc = sysctl(ctl, &op);
        if (rc != rows[i].want)
            failed("sysctl", i, rc, rows[i].want);
    }
}

SIM_TEST(what_the_host_is_made_of)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_cputopoinfo};
    xen_sysctl_cputopo_t *topo;
    xen_sysctl_cpuinfo_t *info;
    xen_sysctl_meminfo_t *mem;
    uint32_t *nodes;

    three();
    topo = sim_page_virt(ctl, 8);
    op.u.cputopoinfo.num_cpus = 3;
    op.u.cputopoinfo.cputopo.p = (void *)sim_page(ctl, 8);
    memset(topo, 0xee, PAGE_SIZE);
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.cputopoinfo.num_cpus, 4);
    EXPECT_EQ(topo[2].core, 2);
    EXPECT_EQ(topo[2].socket, 0);
    EXPECT_EQ(topo[3].core, 0xeeeeeeee);

    info = sim_page_virt(ctl, 8);
    op = (struct xen_sysctl){.cmd = XEN_SYSCTL_getcpuinfo};
    op.u.getcpuinfo.max_cpus = 100;
    op.u.getcpuinfo.info.p = (void *)sim_page(ctl, 8);
    sim_advance(SECONDS(1));
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.getcpuinfo.nr_cpus, 4);
    EXPECT_LE(info[0].idletime + info[1].idletime + info[2].idletime + info[3].idletime,
              (uint64_t)SECONDS(2));

    mem = sim_page_virt(ctl, 8);
    op = (struct xen_sysctl){.cmd = XEN_SYSCTL_numainfo};
    op.u.numainfo.num_nodes = 5;
    op.u.numainfo.meminfo.p = (void *)sim_page(ctl, 8);
    op.u.numainfo.distance.p = (void *)sim_page(ctl, 9);
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.numainfo.num_nodes, 1);
    EXPECT_EQ(mem[0].memfree, heap_free_count(0) << PAGE_SHIFT);
    EXPECT_EQ(*(uint32_t *)sim_page_virt(ctl, 9), 10);

    nodes = sim_page_virt(ctl, 8);
    op = (struct xen_sysctl){.cmd = XEN_SYSCTL_pcitopoinfo};
    op.u.pcitopoinfo.num_devs = 2;
    op.u.pcitopoinfo.devs.p = (void *)sim_page(ctl, 9);
    op.u.pcitopoinfo.nodes.p = (void *)sim_page(ctl, 8);
    nodes[1] = 99;
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(nodes[1], 0);
}

SIM_TEST(locks_are_counted)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_lockprof_op};
    static DEFINE_SPINLOCK(lock, RANK_P2M);
    const xen_sysctl_lockprof_data_t *data, *p2m = NULL;

    three();
    op.u.lockprof_op.cmd = XEN_SYSCTL_LOCKPROF_reset;
    EXPECT_EQ(sysctl(ctl, &op), 0);
    for (unsigned int i = 0; i < 7; i++) {
        spin_lock(&lock);
        sim_advance(1000);
        spin_unlock(&lock);
    }
    op.u.lockprof_op.cmd = XEN_SYSCTL_LOCKPROF_query;
    op.u.lockprof_op.max_elem = 30;
    op.u.lockprof_op.data.p = (void *)sim_page(ctl, 8);
    EXPECT_EQ(sysctl(ctl, &op), 0);
    EXPECT_EQ(op.u.lockprof_op.nr_elem, NR_LOCK_RANKS);
    EXPECT_GE(op.u.lockprof_op.time, 7000);
    data = sim_page_virt(ctl, 8);
    for (unsigned int i = 0; i < NR_LOCK_RANKS; i++)
        if (!strcmp(data[i].name, "p2m"))
            p2m = &data[i];
    EXPECT(p2m);
    EXPECT_EQ(p2m->lock_cnt, 7);
    EXPECT_EQ(p2m->lock_time, 7000);
    EXPECT_EQ(p2m->block_cnt, 0);
    EXPECT_EQ(p2m->type, LOCKPROF_TYPE_GLOBAL);
}

/* (cmd, a structure, who calls) of the calls with a command and a pointer. */
struct row {
    struct domain **by;
    unsigned int cmd;
    union {
        struct xen_memory_domain dom;
        struct xen_memory_reservation res;
        struct xen_add_to_physmap add;
        struct xen_add_to_physmap_batch batch;
        struct xen_remove_from_physmap remove;
        struct xen_mem_acquire_resource acquire;
        struct sched_shutdown shutdown;
        struct sched_remote_shutdown remote;
        struct sched_watchdog watchdog;
        struct sched_poll poll;
        struct sched_pin_override pin;
    } u;
    long want;
};

static void run_rows(unsigned int nr, const struct row *rows, unsigned int n, const char *name)
{
    for (unsigned int i = 0; i < n; i++) {
        struct row r = rows[i];
        long rc = sim_op((*r.by)->vcpu[0], nr, r.cmd, &r.u, sizeof(r.u));

        if (rc != r.want)
            failed(name, i, rc, r.want);
        rc = sim_hypercall((*r.by)->vcpu[0], nr, r.cmd, (unsigned long)BAD);
        if (rc != -EFAULT && rc != -EPERM)
            failed(name, 1000 + i, rc, -EFAULT);
    }
}

SIM_TEST(memory_ops)
{
    static const struct row rows[] = {
        {&d, XENMEM_current_reservation, {.dom = {2}}, -EPERM},
        {&d, XENMEM_current_reservation, {.dom = {77}}, -ESRCH},
        {&d, XENMEM_maximum_gpfn, {.dom = {DOMID_SELF}}, 0},
        {&d, XENMEM_claim_pages, {.res = {.domid = DOMID_SELF}}, -EPERM},
        {&ctl, XENMEM_claim_pages, {.res = {.domid = 1, .extent_order = 1}}, -EINVAL},
        {&ctl, XENMEM_claim_pages, {.res = {.domid = 1, .mem_flags = 1}}, -EINVAL},
        {&ctl, XENMEM_claim_pages, {.res = {.domid = 77}}, -ESRCH},
        {&ctl, XENMEM_claim_pages, {.res = {.domid = 1, .nr_extents = 60}}, -EINVAL},
        {&ctl, XENMEM_claim_pages, {.res = {.domid = 1, .nr_extents = 1 << 30}}, -ENOMEM},
        {&ctl, XENMEM_claim_pages, {.res = {.domid = 1, .nr_extents = 0}}, 0},
        {&hvm, XENMEM_add_to_physmap, {.add = {.domid = 1}}, -EPERM},
        {&hvm, XENMEM_add_to_physmap, {.add = {.domid = DOMID_SELF, .space = 4}}, -ENOSYS},
        {&hvm, XENMEM_add_to_physmap, {.add = {.domid = DOMID_SELF, .space = 77}}, -EINVAL},
        {&hvm,
         XENMEM_add_to_physmap,
         {.add = {.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn, .idx = ~0UL}},
         -EINVAL},
        {&hvm,
         XENMEM_add_to_physmap,
         {.add = {.domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = ~0UL}},
         -EINVAL},
        {&d, XENMEM_add_to_physmap, {.add = {.domid = DOMID_SELF}}, -EOPNOTSUPP},
        {&hvm, XENMEM_add_to_physmap_batch, {.batch = {.domid = 1}}, -EPERM},
        {&hvm, XENMEM_add_to_physmap_batch, {.batch = {.domid = DOMID_SELF}}, 0},
        {&hvm,
         XENMEM_add_to_physmap_batch,
         {.batch = {.domid = DOMID_SELF, .size = 1, .idxs = {BAD}}},
         -EFAULT},
        {&hvm, XENMEM_remove_from_physmap, {.remove = {.domid = 1}}, -EPERM},
        {&hvm,
         XENMEM_remove_from_physmap,
         {.remove = {.domid = DOMID_SELF, .gpfn = 8000}},
         -ENOENT},
        {&hvm,
         XENMEM_remove_from_physmap,
         {.remove = {.domid = DOMID_SELF, .gpfn = ~0UL}},
         -ENOENT},
        {&d, XENMEM_acquire_resource, {.acquire = {.domid = 2}}, -EPERM},
        {&ctl, XENMEM_acquire_resource, {.acquire = {.domid = 0}}, -EPERM},
        {&ctl, XENMEM_acquire_resource, {.acquire = {.domid = 77}}, -ESRCH},
        {&ctl, XENMEM_acquire_resource, {.acquire = {.domid = 1, .pad = 1}}, -EINVAL},
        {&ctl, XENMEM_acquire_resource, {.acquire = {.domid = 1, .type = 77}}, -EOPNOTSUPP},
        {&ctl, XENMEM_acquire_resource, {.acquire = {.domid = 1, .type = 1, .id = 9}}, -EINVAL},
        {&ctl,
         XENMEM_acquire_resource,
         {.acquire = {.domid = 1, .type = 1, .nr_frames = 1}},
         -EINVAL},
        {&ctl,
         XENMEM_acquire_resource,
         {.acquire = {.domid = 1, .type = 1, .nr_frames = 65, .frame_list = {BAD}}},
         -E2BIG},
        {&ctl,
         XENMEM_acquire_resource,
         {.acquire = {.domid = 1, .type = 1, .nr_frames = 1, .frame_list = {BAD}}},
         -EFAULT},
        {&ctl,
         XENMEM_acquire_resource,
         {.acquire =
              {.domid = 1, .type = 1, .nr_frames = 1, .frame = ~UINT64_C(0), .frame_list = {BAD}}},
         -EINVAL},
        {&ctl, XENMEM_acquire_resource, {.acquire = {.domid = 1, .type = 1}}, 0},
    };
    uint32_t every[] = {XENMEM_access_op, XENMEM_paging_op, XENMEM_sharing_op};

    three();
    run_rows(__HYPERVISOR_memory_op, rows, ARRAY_SIZE(rows), "memory_op");
    for (unsigned int i = 0; i < ARRAY_SIZE(every); i++)
        EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_memory_op, every[i], 0), -EOPNOTSUPP);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_memory_op,
                            XENMEM_current_reservation | 1UL << EXTENT_SHIFT, 0),
              -EINVAL);
}

SIM_TEST(a_batch_into_the_physical_map)
{
    struct xen_add_to_physmap_batch b = {.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn, .size = 6};
    xen_ulong_t *idxs;
    xen_pfn_t *gpfns;
    int *errs;

    three();
    for (unsigned int every = 0; every < 2; every++) {
        idxs = sim_page_virt(hvm, 8);
        gpfns = sim_page_virt(hvm, 9);
        errs = sim_page_virt(hvm, 10);
        for (unsigned int i = 0; i < 6; i++) {
            idxs[i] = 20 + i + (every ? 180 : 0);
            gpfns[i] = 200 + i + (every ? 100 : 0);
            errs[i] = 77;
        }
        idxs[3] = 7000; /* nothing is there */
        b.idxs.p = (void *)sim_page(hvm, 8);
        b.gpfns.p = (void *)sim_page(hvm, 9);
        b.errs.p = (void *)sim_page(hvm, 10);
        sim_preempt(every);
        EXPECT_EQ(sim_op(hvm->vcpu[0], __HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, &b,
                         sizeof(b)),
                  0);
        sim_preempt(0);
        for (unsigned int i = 0; i < 6; i++)
            EXPECT_EQ(errs[i], i == 3 ? -EINVAL : 0);
    }
    /* A guest that goes on behind the end of the batch. */
    EXPECT_EQ(sim_op(hvm->vcpu[0], __HYPERVISOR_memory_op,
                     XENMEM_add_to_physmap_batch | 7UL << EXTENT_SHIFT, &b, sizeof(b)),
              -EINVAL);
}

SIM_TEST(a_claim_is_kept_from_others)
{
    struct xen_memory_reservation claim = {.domid = 1};
    uint64_t free_pages;

    three();
    d->max_pages = 1 << 20;
    free_pages = heap_free_count(NUMA_NO_NODE);
    claim.nr_extents = 64 + free_pages - 10;
    EXPECT_EQ(
        sim_op(ctl->vcpu[0], __HYPERVISOR_memory_op, XENMEM_claim_pages, &claim, sizeof(claim)), 0);
    EXPECT_EQ(heap_outstanding_claims(), free_pages - 10);
    EXPECT_EQ(heap_alloc_pages(5, 0), NULL);
    EXPECT_NE(domheap_alloc_pages(d, 5, 0), NULL);
    EXPECT_EQ(heap_outstanding_claims(), free_pages - 42);
    /* One at a time. */
    EXPECT_EQ(
        sim_op(ctl->vcpu[0], __HYPERVISOR_memory_op, XENMEM_claim_pages, &claim, sizeof(claim)),
        -EINVAL);
    claim.nr_extents = 0;
    EXPECT_EQ(
        sim_op(ctl->vcpu[0], __HYPERVISOR_memory_op, XENMEM_claim_pages, &claim, sizeof(claim)), 0);
    EXPECT_EQ(heap_outstanding_claims(), 0);
}

SIM_TEST(grant_frames_for_the_toolstack)
{
    struct xen_mem_acquire_resource r = {.domid = 1, .type = XENMEM_resource_grant_table};
    xen_pfn_t *frames;

    three();
    EXPECT_EQ(sim_op(ctl->vcpu[0], __HYPERVISOR_memory_op, XENMEM_acquire_resource, &r, sizeof(r)),
              0);
    EXPECT_EQ(r.nr_frames, 4);
    frames = sim_page_virt(ctl, 8);
    r.nr_frames = 3;
    r.frame_list.p = (void *)sim_page(ctl, 8);
    EXPECT_EQ(sim_op(ctl->vcpu[0], __HYPERVISOR_memory_op, XENMEM_acquire_resource, &r, sizeof(r)),
              0);
    for (unsigned int i = 0; i < 3; i++)
        EXPECT_EQ(page_owner(mfn_to_page(mk_mfn(frames[i]))), d);
    r.frame = 4;
    EXPECT_OP(sim_op(ctl->vcpu[0], __HYPERVISOR_memory_op, XENMEM_acquire_resource, &r, sizeof(r)),
              <, 0);
}

SIM_TEST(sched_ops)
{
    static const struct row rows[] = {
        {&d, SCHEDOP_remote_shutdown, {.remote = {2, SHUTDOWN_crash}}, -EPERM},
        {&ctl, SCHEDOP_remote_shutdown, {.remote = {77, SHUTDOWN_crash}}, -ESRCH},
        {&ctl, SCHEDOP_remote_shutdown, {.remote = {2, SHUTDOWN_crash}}, 0},
        {&d, SCHEDOP_shutdown_code, {.shutdown = {SHUTDOWN_crash}}, 0},
        {&d, SCHEDOP_poll, {.poll = {.nr_ports = 129}}, -EINVAL},
        {&d, SCHEDOP_poll, {.poll = {.nr_ports = 1, .ports = {BAD}}}, -EFAULT},
        {&d, SCHEDOP_poll, {.poll = {.nr_ports = 2, .ports = {(void *)(1UL << 39)}}}, -EFAULT},
        {&d, SCHEDOP_watchdog, {.watchdog = {.id = 3, .timeout = 1}}, -EINVAL},
        {&d, SCHEDOP_watchdog, {.watchdog = {.id = 0, .timeout = 0}}, -EINVAL},
        {&d, SCHEDOP_watchdog, {.watchdog = {.id = 1, .timeout = 5}}, -EINVAL},
        {&d, SCHEDOP_watchdog, {.watchdog = {.id = 0, .timeout = 5}}, 1},
        {&d, SCHEDOP_watchdog, {.watchdog = {.id = 0, .timeout = 5}}, 2},
        {&d, SCHEDOP_watchdog, {.watchdog = {.id = 0, .timeout = 5}}, -ENOSPC},
        {&d, SCHEDOP_watchdog, {.watchdog = {.id = 1, .timeout = 0}}, 0},
        {&d, SCHEDOP_watchdog, {.watchdog = {.id = 2, .timeout = 0}}, 0},
        {&d, SCHEDOP_pin_override, {.pin = {.pcpu = 0}}, -EPERM},
        {&ctl, SCHEDOP_pin_override, {.pin = {.pcpu = 4}}, -EINVAL},
        {&ctl, SCHEDOP_pin_override, {.pin = {.pcpu = -1}}, 0},
        {&ctl, SCHEDOP_pin_override, {.pin = {.pcpu = 2}}, 0},
        {&ctl, SCHEDOP_pin_override, {.pin = {.pcpu = 2}}, -EBUSY},
    };
    struct sched_pin_override off = {.pcpu = -1};

    three();
    run_rows(__HYPERVISOR_sched_op, rows, ARRAY_SIZE(rows), "sched_op");
    EXPECT(hvm->is_shut_down);
    EXPECT_EQ(hvm->shutdown_code, SHUTDOWN_crash);
    EXPECT_EQ(d->shutdown_code, SHUTDOWN_crash);
    EXPECT_EQ(sim_hypercall(d->vcpu[0], __HYPERVISOR_sched_op, 99, 0), -ENOSYS);
    /* While it is pinned. */
    EXPECT_EQ(ctl->vcpu[0]->processor, 2);
    EXPECT_EQ(vcpu_set_hard_affinity(ctl->vcpu[0], &cpu_online_map), -EBUSY);
    EXPECT_EQ(sim_op(ctl->vcpu[0], __HYPERVISOR_sched_op, SCHEDOP_pin_override, &off, sizeof(off)),
              0);
    EXPECT_EQ(vcpu_set_hard_affinity(ctl->vcpu[0], &cpu_online_map), 0);
}

SIM_TEST(platform_ops)
{
    static const struct {
        struct xen_platform_op op;
        long want;
    } rows[] = {
#define SET_TIME(width, ...) {.cmd = XENPF_settime##width, .u.settime##width = {__VA_ARGS__}}
        {SET_TIME(32, .secs = 77, .nsecs = 1000000000), -EINVAL},
        {SET_TIME(32, .secs = 77, .system_time = 1ULL << 63), -EINVAL},
        {SET_TIME(64, .secs = 77, .nsecs = ~0U), -EINVAL},
        {SET_TIME(64, .secs = 77, .system_time = ~0ULL), -EINVAL},
        {SET_TIME(64, .secs = 77, .mbz = 1), -EINVAL},
        {{.cmd = XENPF_firmware_info}, -ENOSYS},
        {SET_TIME(64, .secs = 5, .nsecs = 999999999), 0},
    };
    struct xen_platform_op old = {.cmd = XENPF_settime64, .interface_version = 1};
    uint64_t secs;
    uint32_t nsecs;

    ctl = control_domain();
    EXPECT_EQ(sim_op(ctl->vcpu[0], __HYPERVISOR_platform_op, 0, &old, sizeof(old)), -EACCES);
    EXPECT_EQ(sim_hypercall(ctl->vcpu[0], __HYPERVISOR_platform_op, (unsigned long)BAD), -EFAULT);
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        struct xen_platform_op op = rows[i].op;
        long rc;

        op.interface_version = XENPF_INTERFACE_VERSION;
        rc = sim_op(ctl->vcpu[0], __HYPERVISOR_platform_op, 0, &op, sizeof(op));
        if (rc != rows[i].want)
            failed("platform_ops", i, rc, rows[i].want);
        time_get_boot_wallclock(&secs, &nsecs);
        EXPECT_EQ(secs == 77, false);
    }
    EXPECT_EQ(secs, 5);
    EXPECT_EQ(nsecs, 999999999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(domctls),
        cmocka_unit_test(sysctls),
        cmocka_unit_test(what_the_host_is_made_of),
        cmocka_unit_test(locks_are_counted),
        cmocka_unit_test(memory_ops),
        cmocka_unit_test(a_batch_into_the_physical_map),
        cmocka_unit_test(a_claim_is_kept_from_others),
        cmocka_unit_test(grant_frames_for_the_toolstack),
        cmocka_unit_test(sched_ops),
        cmocka_unit_test(platform_ops),
    };

    return RUN_GROUP(tests);
}
