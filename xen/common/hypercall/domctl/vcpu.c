/* SPDX-License-Identifier: MIT */
/* Registers, affinity and scheduling of vCPUs. */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/sched.h>

#include "../cpumap.h"
#include "private.h"

static long set_context(struct domain *d, struct vcpu *v, struct vcpu_guest_context *uctx)
{
    struct vcpu_guest_context *ctx = xmalloc(struct vcpu_guest_context);
    long rc;

    if (ctx == NULL)
        return -ENOMEM;
    if (copy_from_guest_ptr(ctx, uctx)) {
        rc = -EFAULT;
    } else {
        domain_pause(d);
        rc = port_set_vcpu_context(v, ctx);
        domain_unpause(d);
    }
    xfree(ctx);
    return rc;
}

long domctl_set_vcpu_context(struct domain *d, struct xen_domctl *op)
{
    struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
    long rc;

    if (v == NULL)
        return -EINVAL;
    if (guest_handle_is_null(op->u.vcpucontext.ctxt)) {
        vcpu_pause(v);
        rc = port_vcpu_reset(v);
        vcpu_unpause(v);
        return rc;
    }
    rc = set_context(d, v, op->u.vcpucontext.ctxt.p);
    if (rc == 0 && v->vcpu_id == 0 &&
        (__atomic_fetch_and(&v->pause_flags, ~VPF_DOWN, __ATOMIC_SEQ_CST) & VPF_DOWN))
        vcpu_wake(v);
    return rc;
}

long domctl_get_vcpu_context(struct domain *d, struct xen_domctl *op)
{
    struct vcpu *v = domain_vcpu(d, op->u.vcpucontext.vcpu);
    struct vcpu_guest_context *ctx;
    long rc;

    if (v == NULL)
        return -ESRCH;
    if (!v->is_initialised)
        return -ENODATA;
    ctx = xzalloc(struct vcpu_guest_context);
    if (ctx == NULL)
        return -ENOMEM;
    vcpu_pause(v);
    port_get_vcpu_context(v, ctx);
    vcpu_unpause(v);
    rc = copy_to_guest_ptr(op->u.vcpucontext.ctxt.p, ctx);
    xfree(ctx);
    return rc;
}

long domctl_get_vcpu_info(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_getvcpuinfo *info = &op->u.getvcpuinfo;
    struct vcpu *v = domain_vcpu(d, info->vcpu);

    if (v == NULL)
        return -ESRCH;
    info->online = !(READ_ONCE(v->pause_flags) & VPF_DOWN);
    info->blocked = !!(READ_ONCE(v->pause_flags) & VPF_BLOCKED);
    info->running = READ_ONCE(v->is_running);
    info->cpu_time = (uint64_t)vcpu_cpu_time(v);
    info->cpu = READ_ONCE(v->processor);
    return 0;
}

/* Unless the tools chose nodes: those of the CPUs on which its vCPUs run, best of all. */
static void update_node_affinity(struct domain *d)
{
    uint64_t nodes = 0;
    struct vcpu *v;

    if (!d->auto_node_affinity)
        return;
    for_each_vcpu (d, v) {
        cpumask_t cpus, best;
        unsigned int cpu;

        cpumask_and(&cpus, &v->hard_affinity, sched_domain_cpus(d));
        if (cpumask_intersects(&cpus, &v->soft_affinity)) {
            cpumask_and(&best, &cpus, &v->soft_affinity);
            cpumask_copy(&cpus, &best);
        }
        for_each_cpu (cpu, &cpus)
            nodes |= UINT64_C(1) << port_cpu_to_node(cpu);
    }
    WRITE_ONCE(d->node_affinity, nodes ? nodes : ~UINT64_C(0));
}

static long set_affinity(struct vcpu *v, struct xen_domctl_vcpuaffinity *a)
{
    cpumask_t old = v->hard_affinity, mask;
    long rc = 0;

    if (a->flags & XEN_VCPUAFFINITY_FORCE)
        vcpu_temporary_affinity(v, -1);
    if (a->flags & XEN_VCPUAFFINITY_HARD) {
        rc = cpumask_from_guest(&mask, &a->cpumap_hard);
        if (rc == 0)
            rc = vcpu_set_hard_affinity(v, &mask);
        if (rc == 0 && cpumask_to_guest(&a->cpumap_hard, &v->hard_affinity))
            rc = -EFAULT;
        if (rc)
            return rc;
    }
    if (a->flags & XEN_VCPUAFFINITY_SOFT) {
        rc = cpumask_from_guest(&mask, &a->cpumap_soft);
        if (rc == 0)
            rc = vcpu_set_soft_affinity(v, &mask);
        if (rc) {
            if (a->flags & XEN_VCPUAFFINITY_HARD)
                vcpu_set_hard_affinity(v, &old);
            return rc;
        }
        /* What it comes to: the hard affinity and the pool limit it. */
        cpumask_and(&mask, &v->soft_affinity, sched_domain_cpus(v->domain));
        cpumask_and(&mask, &mask, &v->hard_affinity);
        rc = cpumask_to_guest(&a->cpumap_soft, &mask);
    }
    return rc;
}

long domctl_vcpu_affinity(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
    const uint32_t both = XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT;
    struct vcpu *v = domain_vcpu(d, a->vcpu);
    long rc = 0;

    if (a->flags & ~(both | XEN_VCPUAFFINITY_FORCE) || !(a->flags & both))
        return -EINVAL;
    if (v == NULL)
        return -ESRCH;
    if (op->cmd == XEN_DOMCTL_setvcpuaffinity) {
        rc = set_affinity(v, a);
        update_node_affinity(d);
        return rc;
    }
    if (a->flags & XEN_VCPUAFFINITY_HARD)
        rc = cpumask_to_guest(&a->cpumap_hard, &v->hard_affinity);
    if (rc == 0 && (a->flags & XEN_VCPUAFFINITY_SOFT))
        rc = cpumask_to_guest(&a->cpumap_soft, &v->soft_affinity);
    return rc;
}

long domctl_node_affinity(struct domain *d, struct xen_domctl *op)
{
    struct xenctl_bitmap *map = &op->u.nodeaffinity.nodemap;
    unsigned long nodes;

    if (op->cmd == XEN_DOMCTL_getnodeaffinity) {
        nodes = d->node_affinity;
        return bitmap_to_guest(map, &nodes, MAX_NODES);
    }
    if (bitmap_from_guest(&nodes, MAX_NODES, map))
        return -EFAULT;
    if (nodes == 0)
        return -EINVAL;
    WRITE_ONCE(d->node_affinity, nodes);
    d->auto_node_affinity = nodes == ~0UL;
    update_node_affinity(d);
    return 0;
}

long domctl_scheduler(struct domain *d, struct xen_domctl *op)
{
    return sched_adjust_domain(d, &op->u.scheduler_op);
}
