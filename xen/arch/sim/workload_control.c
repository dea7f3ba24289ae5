/* SPDX-License-Identifier: MIT */
/* Random run: what the control domain does. */
#include <public/domctl.h>
#include <public/sysctl.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/sched.h>

#include "workload.h"

static struct vcpu *control_vcpu(struct work *w)
{
    return w->self ? w->self : w->d[0]->vcpu[0];
}

static void fill_bitmap(struct work *w, struct domain *d0, struct xenctl_bitmap *map)
{
    uint8_t bits = (uint8_t)(pick(w, 16) | (pick(w, 8) ? 0 : 0xf0));

    sim_put(d0, 2, 0, &bits, 1);
    map->bitmap.p = (void *)sim_page(d0, 2);
    map->nr_bits = pick(w, 8) ? 8 : pick_small(w, 100);
}

static void fill_rtds(struct work *w, struct xen_domctl_sched_rtds *p)
{
    p->budget = pick_small(w, 5) * 1000 + pick(w, 300);
    p->period = p->budget + pick(w, 30000);
    p->flags = pick_small(w, 2);
}

static void fill_scheduler_op(struct work *w, struct domain *d0, struct xen_domctl_scheduler_op *op)
{
    struct xen_domctl_schedparam_vcpu one;

    op->sched_id = (uint32_t)sched_id();
    op->cmd = pick_small(w, 4);
    if (op->sched_id != XEN_SCHEDULER_RTDS) {
        op->u.credit2.weight = (uint16_t)(128 + pick(w, 900));
        op->u.credit2.cap = (uint16_t)(pick(w, 2) ? 0 : pick(w, 250));
    } else if (op->cmd == XEN_DOMCTL_SCHEDOP_putinfo) {
        fill_rtds(w, &op->u.rtds);
    } else {
        memset(&one, 0, sizeof(one));
        one.vcpuid = pick_small(w, 2);
        fill_rtds(w, &one.u.rtds);
        sim_put(d0, 2, 0, &one, sizeof(one));
        op->u.v.vcpus.p = (void *)sim_page(d0, 2);
        op->u.v.nr_vcpus = pick_small(w, 3);
    }
}

/* Of a guest with two vCPUs and up to two nodes; all arrays are in one page. */
static void fill_vnuma(struct work *w, struct domain *d0, struct xen_domctl_vnuma *v)
{
    unsigned int numbers[8];
    xen_vmemrange_t range[2];

    for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++)
        numbers[i] = pick(w, 16) ? pick(w, 2) : pick_small(w, 4);
    for (unsigned int i = 0; i < ARRAY_SIZE(range); i++)
        range[i] = (xen_vmemrange_t){.start = i << 20, .end = pick(w, 3) << 20, .nid = pick(w, 2)};
    sim_put(d0, 4, 0, numbers, sizeof(numbers));
    sim_put(d0, 4, 64, range, sizeof(range));
    v->nr_vnodes = pick_small(w, 3);
    v->nr_vmemranges = pick_small(w, 3);
    v->nr_vcpus = pick(w, 8) ? 2 : pick_small(w, 4);
    v->vdistance.p = (void *)sim_page(d0, 4);
    v->vcpu_to_vnode.p = (void *)(sim_page(d0, 4) + 16);
    v->vnode_to_pnode.p = (void *)(sim_page(d0, 4) + 24);
    v->vmemrange.p = (void *)(sim_page(d0, 4) + 64);
}

static void fill(struct work *w, struct domain *d0, struct xen_domctl *op)
{
    switch (op->cmd) {
    case XEN_DOMCTL_setvcpuaffinity:
    case XEN_DOMCTL_getvcpuaffinity:
        op->u.vcpuaffinity.vcpu = pick_small(w, 2);
        op->u.vcpuaffinity.flags = pick_small(w, 8);
        fill_bitmap(w, d0, &op->u.vcpuaffinity.cpumap_hard);
        fill_bitmap(w, d0, &op->u.vcpuaffinity.cpumap_soft);
        break;
    case XEN_DOMCTL_scheduler_op:
        fill_scheduler_op(w, d0, &op->u.scheduler_op);
        break;
    case XEN_DOMCTL_max_mem:
        op->u.max_mem.max_memkb = pick(w, 2) ? 300 : pick(w, 2000);
        break;
    case XEN_DOMCTL_max_vcpus:
        op->u.max_vcpus.max = pick_small(w, 4);
        break;
    case XEN_DOMCTL_setvnumainfo:
        fill_vnuma(w, d0, &op->u.vnuma);
        break;
    case XEN_DOMCTL_irq_permission:
        op->u.irq_permission.pirq = (uint8_t)pick(w, 40);
        op->u.irq_permission.allow_access = (uint8_t)pick(w, 2);
        break;
    case XEN_DOMCTL_set_virq_handler:
        op->u.set_virq_handler.virq = pick_small(w, NR_VIRQS);
        break;
    case XEN_DOMCTL_getvcpuinfo:
        op->u.getvcpuinfo.vcpu = pick_small(w, 2);
        break;
    case XEN_DOMCTL_getvcpucontext:
    case XEN_DOMCTL_setvcpucontext:
        op->u.vcpucontext.vcpu = pick_small(w, 2);
        op->u.vcpucontext.ctxt.p = (void *)sim_page(d0, 4);
        break;
    case XEN_DOMCTL_iomem_permission:
        op->u.iomem_permission.first_mfn = pick(w, 100);
        op->u.iomem_permission.nr_mfns = pick_small(w, 100);
        op->u.iomem_permission.allow_access = (uint8_t)pick(w, 2);
        break;
    }
}

void work_domctl(struct work *w)
{
    static const uint8_t cmds[] = {
        XEN_DOMCTL_pausedomain,      XEN_DOMCTL_unpausedomain,   XEN_DOMCTL_unpausedomain,
        XEN_DOMCTL_unpausedomain,    XEN_DOMCTL_getdomaininfo,   XEN_DOMCTL_resumedomain,
        XEN_DOMCTL_setvcpuaffinity,  XEN_DOMCTL_getvcpuaffinity, XEN_DOMCTL_scheduler_op,
        XEN_DOMCTL_max_mem,          XEN_DOMCTL_max_vcpus,       XEN_DOMCTL_irq_permission,
        XEN_DOMCTL_set_virq_handler, XEN_DOMCTL_getvcpuinfo,     XEN_DOMCTL_getvcpucontext,
        XEN_DOMCTL_iomem_permission, XEN_DOMCTL_soft_reset,      XEN_DOMCTL_settimeoffset,
        XEN_DOMCTL_setvcpucontext,   XEN_DOMCTL_setvnumainfo,
    };
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op.cmd = pick(w, 16) ? cmds[pick(w, ARRAY_SIZE(cmds))] : pick(w, 100);
    op.domain = pick_domid(w);
    if (op.cmd == XEN_DOMCTL_createdomain || op.cmd == XEN_DOMCTL_destroydomain)
        return; /* make_domain() and work_destroy() keep the books */
    fill(w, w->d[0], &op);
    sim_op(control_vcpu(w), __HYPERVISOR_domctl, 0, &op, sizeof(op));
}

static void fill_arinc653(struct work *w, struct domain *d0, struct xen_sysctl_sched_arinc653 *p)
{
    struct xen_sysctl_arinc653_schedule s;

    memset(&s, 0, sizeof(s));
    s.num_sched_entries = (uint8_t)(pick(w, 16) ? 1 + pick(w, 8) : pick(w, 256));
    for (unsigned int i = 0; i < min_t(unsigned int, s.num_sched_entries, 64); i++) {
        s.sched_entries[i].dom_handle[0] = (uint8_t)pick(w, NR_WORK_DOMAINS);
        s.sched_entries[i].vcpu_id = pick_small(w, 3);
        s.sched_entries[i].runtime = (uint64_t)pick(w, 100) * 50000;
        s.major_frame += s.sched_entries[i].runtime;
    }
    s.major_frame = pick(w, 8) ? s.major_frame + pick(w, 3) * 100000 : pick_bits(w);
    sim_put(d0, 4, 0, &s, sizeof(s));
    p->schedule.p = (void *)sim_page(d0, 4);
}

static void fill_sysctl_scheduler(struct work *w, struct domain *d0,
                                  struct xen_sysctl_scheduler_op *op)
{
    op->sched_id = pick(w, 8) ? (uint32_t)sched_id() : pick(w, 12);
    op->cmd = pick_small(w, 3);
    if (op->sched_id == XEN_SCHEDULER_ARINC653)
        fill_arinc653(w, d0, &op->u.sched_arinc653);
    else
        /* Longer ones are allowed: then a vCPU may wait for seconds. */
        op->u.sched_credit = (struct xen_sysctl_credit_schedule){
            .tslice_ms = pick(w, 16) ? pick(w, 40) : 1001,
            .ratelimit_us = pick(w, 16) ? pick(w, 10000) : 500001,
            .vcpu_migr_delay_us = pick(w, 16) ? pick(w, 10000) : 100001,
        };
}

void work_sysctl(struct work *w)
{
    struct xen_sysctl op;

    memset(&op, 0, sizeof(op));
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    op.cmd = pick(w, 31);
    if (op.cmd == XEN_SYSCTL_debug_keys)
        return; /* 'R' and 'C' end the machine */
    if (op.cmd == XEN_SYSCTL_cpupool_op) {
        op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_INFO;
        op.u.cpupool_op.cpupool_id = pick_small(w, 3);
    } else if (op.cmd == XEN_SYSCTL_scheduler_op) {
        fill_sysctl_scheduler(w, w->d[0], &op.u.scheduler_op);
    } else if (op.cmd == XEN_SYSCTL_getdomaininfolist) {
        op.u.getdomaininfolist.first_domain = pick_domid(w);
        op.u.getdomaininfolist.max_domains = pick_small(w, 5);
        op.u.getdomaininfolist.buffer.p = (void *)sim_page(w->d[0], 4);
    }
    sim_op(control_vcpu(w), __HYPERVISOR_sysctl, 0, &op, sizeof(op));
}

/* Guests left asleep or shut down would make a dull run. */
void work_wake_all(struct work *w)
{
    struct domain *d;
    struct vcpu *v;

    rcu_read_lock();
    for_each_domain (d) {
        if (d == w->self->domain)
            continue;
        for_each_vcpu (d, v)
            vcpu_unblock(v);
    }
    rcu_read_unlock();
}

/* Domains of higher numbers come and go, a step of their life at a time. */
void work_life(struct work *w)
{
    static const uint8_t cmds[] = {
        XEN_DOMCTL_createdomain,  XEN_DOMCTL_max_vcpus, XEN_DOMCTL_setvcpucontext,
        XEN_DOMCTL_unpausedomain, XEN_DOMCTL_max_mem,   XEN_DOMCTL_destroydomain,
        XEN_DOMCTL_getdomaininfo,
    };
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op.cmd = cmds[pick(w, ARRAY_SIZE(cmds))];
    op.domain = (domid_t)(8 + pick(w, 3));
    if (op.cmd == XEN_DOMCTL_createdomain)
        op.u.createdomain = (struct xen_domctl_createdomain){.max_vcpus = 2,
                                                             .max_evtchn_port = 1023,
                                                             .max_grant_frames = 4,
                                                             .max_maptrack_frames = 4};
    else if (op.cmd == XEN_DOMCTL_max_vcpus)
        op.u.max_vcpus.max = 2;
    else if (op.cmd == XEN_DOMCTL_setvcpucontext)
        op.u.vcpucontext.ctxt.p = (void *)sim_page(w->self->domain, 4);
    else if (op.cmd == XEN_DOMCTL_max_mem)
        op.u.max_mem.max_memkb = 400;
    sim_op(w->self, __HYPERVISOR_domctl, 0, &op, sizeof(op));
}

void work_destroy(struct work *w)
{
    unsigned int id = 1 + pick(w, NR_WORK_DOMAINS - 1);
    struct xen_domctl op;

    if (!w->d[id])
        return;
    memset(&op, 0, sizeof(op));
    op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op.cmd = XEN_DOMCTL_destroydomain;
    op.domain = (domid_t)id;
    if (sim_op(w->d[0]->vcpu[0], __HYPERVISOR_domctl, 0, &op, sizeof(op)) != 0)
        sim_destroy(w->d[id]);
    w->d[id] = NULL;
}
