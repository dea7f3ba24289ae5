/* SPDX-License-Identifier: MIT */
#include "private.h"

/* A domain's parameters under one scheduler: get and set differ in the command alone. */
#define DOMAIN_PARAMS(name, member, id)                                                            \
    static int name##_domain(xc_interface *xch, uint32_t domid, uint32_t cmd,                      \
                             struct xen_domctl_sched_##member *sdom)                               \
    {                                                                                              \
        struct xen_domctl op =                                                                     \
            DOMCTL(scheduler_op, domid,                                                            \
                   .u.scheduler_op = {.sched_id = (id), .cmd = cmd, .u.member = *sdom});           \
        int rc = do_domctl(xch, &op);                                                              \
                                                                                                   \
        if (!rc)                                                                                   \
            *sdom = op.u.scheduler_op.u.member;                                                    \
        return rc;                                                                                 \
    }                                                                                              \
    int xc_sched_##name##_domain_set(xc_interface *xch, uint32_t domid,                            \
                                     struct xen_domctl_sched_##member *sdom)                       \
    {                                                                                              \
        return name##_domain(xch, domid, XEN_DOMCTL_SCHEDOP_putinfo, sdom);                        \
    }                                                                                              \
    int xc_sched_##name##_domain_get(xc_interface *xch, uint32_t domid,                            \
                                     struct xen_domctl_sched_##member *sdom)                       \
    {                                                                                              \
        return name##_domain(xch, domid, XEN_DOMCTL_SCHEDOP_getinfo, sdom);                        \
    }

DOMAIN_PARAMS(credit, credit, XEN_SCHEDULER_CREDIT)
DOMAIN_PARAMS(credit2, credit2, XEN_SCHEDULER_CREDIT2)
DOMAIN_PARAMS(rtds, rtds, XEN_SCHEDULER_RTDS)

/* A pool's parameters. */
#define POOL_PARAMS(name, member, type, id)                                                        \
    static int name##_params(xc_interface *xch, uint32_t pool, uint32_t cmd, struct type *p)       \
    {                                                                                              \
        struct xen_sysctl op = SYSCTL(                                                             \
            scheduler_op,                                                                          \
            .u.scheduler_op = {.cpupool_id = pool, .sched_id = (id), .cmd = cmd, .u.member = *p}); \
        int rc = do_sysctl(xch, &op);                                                              \
                                                                                                   \
        if (!rc)                                                                                   \
            *p = op.u.scheduler_op.u.member;                                                       \
        return rc;                                                                                 \
    }                                                                                              \
    int xc_sched_##name##_params_set(xc_interface *xch, uint32_t cpupool_id,                       \
                                     struct type *schedule)                                        \
    {                                                                                              \
        return name##_params(xch, cpupool_id, XEN_SYSCTL_SCHEDOP_putinfo, schedule);               \
    }                                                                                              \
    int xc_sched_##name##_params_get(xc_interface *xch, uint32_t cpupool_id,                       \
                                     struct type *schedule)                                        \
    {                                                                                              \
        return name##_params(xch, cpupool_id, XEN_SYSCTL_SCHEDOP_getinfo, schedule);               \
    }

POOL_PARAMS(credit, sched_credit, xen_sysctl_credit_schedule, XEN_SCHEDULER_CREDIT)
POOL_PARAMS(credit2, sched_credit2, xen_sysctl_credit2_schedule, XEN_SCHEDULER_CREDIT2)

static int rtds_vcpu(xc_interface *xch, uint32_t domid, uint32_t cmd,
                     struct xen_domctl_schedparam_vcpu *vcpus, uint32_t num_vcpus)
{
    struct xen_domctl op = DOMCTL(
        scheduler_op, domid,
        .u.scheduler_op = {.sched_id = XEN_SCHEDULER_RTDS, .cmd = cmd, .u.v.nr_vcpus = num_vcpus});

    return domctl_with(xch, &op,
                       BUF_BOTH(op.u.scheduler_op.u.v.vcpus, vcpus, sizeof(*vcpus) * num_vcpus));
}

int xc_sched_rtds_vcpu_set(xc_interface *xch, uint32_t domid,
                           struct xen_domctl_schedparam_vcpu *vcpus, uint32_t num_vcpus)
{
    return rtds_vcpu(xch, domid, XEN_DOMCTL_SCHEDOP_putvcpuinfo, vcpus, num_vcpus);
}

int xc_sched_rtds_vcpu_get(xc_interface *xch, uint32_t domid,
                           struct xen_domctl_schedparam_vcpu *vcpus, uint32_t num_vcpus)
{
    return rtds_vcpu(xch, domid, XEN_DOMCTL_SCHEDOP_getvcpuinfo, vcpus, num_vcpus);
}

static int arinc653(xc_interface *xch, uint32_t pool, uint32_t cmd,
                    struct xen_sysctl_arinc653_schedule *schedule)
{
    struct xen_sysctl op = SYSCTL(
        scheduler_op,
        .u.scheduler_op = {.cpupool_id = pool, .cmd = cmd, .sched_id = XEN_SCHEDULER_ARINC653});

    return sysctl_with(
        xch, &op,
        BUF_BOTH(op.u.scheduler_op.u.sched_arinc653.schedule, schedule, sizeof(*schedule)));
}

int xc_sched_arinc653_schedule_set(xc_interface *xch, uint32_t cpupool_id,
                                   struct xen_sysctl_arinc653_schedule *schedule)
{
    return arinc653(xch, cpupool_id, XEN_SYSCTL_SCHEDOP_putinfo, schedule);
}

int xc_sched_arinc653_schedule_get(xc_interface *xch, uint32_t cpupool_id,
                                   struct xen_sysctl_arinc653_schedule *schedule)
{
    return arinc653(xch, cpupool_id, XEN_SYSCTL_SCHEDOP_getinfo, schedule);
}

int xc_sched_id(xc_interface *xch, int *sched_id)
{
    struct xen_sysctl op = SYSCTL(sched_id);
    int rc = do_sysctl(xch, &op);

    if (!rc)
        *sched_id = (int)op.u.sched_id.sched_id;
    return rc;
}

/* A pool operation that another one under way makes wait. */
static int pool_op(xc_interface *xch, struct xen_sysctl_cpupool_op arg, uint32_t *poolid)
{
    struct xen_sysctl op = SYSCTL(cpupool_op, .u.cpupool_op = arg);
    int rc, tries = 0;

    do {
        rc = do_sysctl(xch, &op);
    } while (rc && errno == EBUSY && arg.op == XEN_SYSCTL_CPUPOOL_OP_RMCPU && ++tries < 20);
    if (!rc && poolid)
        *poolid = op.u.cpupool_op.cpupool_id;
    return rc;
}

int xc_cpupool_create(xc_interface *xch, uint32_t *ppoolid, uint32_t sched_id)
{
    return pool_op(xch,
                   (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_CREATE,
                                                  .cpupool_id = *ppoolid,
                                                  .sched_id = sched_id},
                   ppoolid);
}

int xc_cpupool_destroy(xc_interface *xch, uint32_t poolid)
{
    return pool_op(
        xch,
        (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_DESTROY, .cpupool_id = poolid},
        NULL);
}

static uint32_t pool_cpu(int cpu)
{
    return cpu < 0 ? XEN_SYSCTL_CPUPOOL_PAR_ANY : (uint32_t)cpu;
}

int xc_cpupool_addcpu(xc_interface *xch, uint32_t poolid, int cpu)
{
    return pool_op(xch,
                   (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_ADDCPU,
                                                  .cpupool_id = poolid,
                                                  .cpu = pool_cpu(cpu)},
                   NULL);
}

int xc_cpupool_removecpu(xc_interface *xch, uint32_t poolid, int cpu)
{
    return pool_op(xch,
                   (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_RMCPU,
                                                  .cpupool_id = poolid,
                                                  .cpu = pool_cpu(cpu)},
                   NULL);
}

int xc_cpupool_movedomain(xc_interface *xch, uint32_t poolid, uint32_t domid)
{
    return pool_op(xch,
                   (struct xen_sysctl_cpupool_op){.op = XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN,
                                                  .cpupool_id = poolid,
                                                  .domid = domid},
                   NULL);
}

xc_cpupoolinfo_t *xc_cpupool_getinfo(xc_interface *xch, uint32_t poolid)
{
    struct xen_sysctl op = SYSCTL(
        cpupool_op, .u.cpupool_op = {.op = XEN_SYSCTL_CPUPOOL_OP_INFO, .cpupool_id = poolid});
    struct xen_sysctl_cpupool_op *pool = &op.u.cpupool_op;
    int size = xc_get_cpumap_size(xch);
    xc_cpupoolinfo_t *info;

    if (size <= 0)
        return NULL;
    info = calloc(1, sizeof(*info) + (size_t)size);
    if (!info)
        return NULL;
    info->cpumap = (xc_cpumap_t)(info + 1);
    pool->cpumap.nr_bits = (uint32_t)size * 8;
    if (sysctl_with(xch, &op, BUF_OUT(pool->cpumap.bitmap, info->cpumap, (size_t)size)) < 0) {
        free(info);
        return NULL;
    }
    info->cpupool_id = pool->cpupool_id;
    info->sched_id = pool->sched_id;
    info->n_dom = pool->n_dom;
    return info;
}

void xc_cpupool_infofree(xc_interface *xch, xc_cpupoolinfo_t *info)
{
    (void)xch;
    free(info);
}

xc_cpumap_t xc_cpupool_freeinfo(xc_interface *xch)
{
    struct xen_sysctl op = SYSCTL(cpupool_op, .u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO);
    struct xenctl_bitmap *map = &op.u.cpupool_op.cpumap;
    int size = xc_get_cpumap_size(xch);
    xc_cpumap_t cpumap = xc_cpumap_alloc(xch);

    if (!cpumap || size <= 0)
        return NULL;
    map->nr_bits = (uint32_t)size * 8;
    if (sysctl_with(xch, &op, BUF_OUT(map->bitmap, cpumap, (size_t)size)) < 0) {
        free(cpumap);
        return NULL;
    }
    return cpumap;
}
