/* SPDX-License-Identifier: MIT */
/* The real-time policy: a period and a budget for each vCPU, in microseconds. */
#include "core/domains.h"
#include "host/sched.h"

static int failed(struct scope *sc, const char *what)
{
    LOG_ERRNO(sc, "cannot %s", what);
    return ERROR_FAIL;
}

int rtds_params_get(struct scope *sc, uint32_t domid, libxl_domain_sched_params *p)
{
    struct xen_domctl_sched_rtds r;

    if (xc_sched_rtds_domain_get(sc->ctx->xch, domid, &r))
        return failed(sc, "get the domain's period and budget");
    p->period = (int)r.period;
    p->budget = (int)r.budget;
    p->extratime = r.flags & XEN_DOMCTL_SCHEDRT_extra;
    return 0;
}

/* @set over @r; what is not set stays. */
static int merge(struct scope *sc, struct xen_domctl_sched_rtds *r, int period, int budget,
                 int extratime)
{
    if (period != LIBXL_DOMAIN_SCHED_PARAM_PERIOD_DEFAULT)
        r->period = (uint32_t)period;
    if (budget != LIBXL_DOMAIN_SCHED_PARAM_BUDGET_DEFAULT)
        r->budget = (uint32_t)budget;
    if (extratime != LIBXL_DOMAIN_SCHED_PARAM_EXTRATIME_DEFAULT)
        r->flags = extratime ? r->flags | XEN_DOMCTL_SCHEDRT_extra
                             : r->flags & ~(uint32_t)XEN_DOMCTL_SCHEDRT_extra;
    if (period >= -1 && budget >= -1 && r->period && r->budget && r->budget <= r->period)
        return 0;
    LOG_ERROR(sc, "a budget is more than nothing and not more than its period");
    return ERROR_INVAL;
}

int rtds_params_set(struct scope *sc, uint32_t domid, const libxl_domain_sched_params *p)
{
    struct xen_domctl_sched_rtds r;
    int rc;

    if (xc_sched_rtds_domain_get(sc->ctx->xch, domid, &r))
        return failed(sc, "get the domain's period and budget");
    rc = merge(sc, &r, p->period, p->budget, p->extratime);
    if (!rc && xc_sched_rtds_domain_set(sc->ctx->xch, domid, &r))
        rc = failed(sc, "set the domain's period and budget");
    return rc;
}

/* Those of the vCPUs in @list, whose numbers are set. */
static int vcpus_get(struct scope *sc, uint32_t domid, struct xen_domctl_schedparam_vcpu *list,
                     uint32_t nr)
{
    xc_domaininfo_t xd;
    int rc = domain_get(sc, domid, &xd);

    for (uint32_t i = 0; i < nr && !rc; i++) {
        if (list[i].vcpuid > xd.max_vcpu_id) {
            LOG_ERROR(sc, "there is no vCPU %u", list[i].vcpuid);
            rc = ERROR_INVAL;
        }
    }
    if (!rc && xc_sched_rtds_vcpu_get(sc->ctx->xch, domid, list, nr))
        rc = failed(sc, "get periods and budgets");
    return rc;
}

static void vcpus_out(const struct xen_domctl_schedparam_vcpu *list, libxl_vcpu_sched_params *out)
{
    out->sched = LIBXL_SCHEDULER_RTDS;
    for (int i = 0; i < out->num_vcpus; i++) {
        out->vcpus[i].vcpuid = (int)list[i].vcpuid;
        out->vcpus[i].period = (int)list[i].u.rtds.period;
        out->vcpus[i].budget = (int)list[i].u.rtds.budget;
        out->vcpus[i].extratime = list[i].u.rtds.flags & XEN_DOMCTL_SCHEDRT_extra;
    }
}

int libxl_vcpu_sched_params_get(libxl_ctx *ctx, uint32_t domid, libxl_vcpu_sched_params *params)
{
    struct xen_domctl_schedparam_vcpu *list;
    int rc;
    API_ENTER(ctx, domid);

    list = scope_alloc(sc, (size_t)(params->num_vcpus + 1) * sizeof(*list));
    for (int i = 0; i < params->num_vcpus; i++)
        list[i].vcpuid = (uint32_t)params->vcpus[i].vcpuid;
    rc = vcpus_get(sc, domid, list, (uint32_t)params->num_vcpus);
    if (!rc)
        vcpus_out(list, params);
    API_LEAVE;
    return rc;
}

int libxl_vcpu_sched_params_get_all(libxl_ctx *ctx, uint32_t domid, libxl_vcpu_sched_params *params)
{
    xc_domaininfo_t xd;
    int rc;

    ctx_lock(ctx);
    struct scope s = {.ctx = ctx, .domid = domid};
    rc = domain_get(&s, domid, &xd);
    if (!rc) {
        params->num_vcpus = (int)xd.max_vcpu_id + 1;
        params->vcpus = xmalloc0((size_t)params->num_vcpus * sizeof(*params->vcpus));
        for (int i = 0; i < params->num_vcpus; i++) {
            libxl_sched_params_init(&params->vcpus[i]);
            params->vcpus[i].vcpuid = i;
        }
        rc = libxl_vcpu_sched_params_get(ctx, domid, params);
    }
    scope_free(&s);
    ctx_unlock(ctx);
    return rc;
}

int libxl_vcpu_sched_params_set(libxl_ctx *ctx, uint32_t domid,
                                const libxl_vcpu_sched_params *params)
{
    uint32_t nr = (uint32_t)params->num_vcpus;
    struct xen_domctl_schedparam_vcpu *list;
    int rc;
    API_ENTER(ctx, domid);

    list = scope_alloc(sc, (nr + 1) * sizeof(*list));
    for (uint32_t i = 0; i < nr; i++)
        list[i].vcpuid = (uint32_t)params->vcpus[i].vcpuid;
    rc = vcpus_get(sc, domid, list, nr);
    for (uint32_t i = 0; i < nr && !rc; i++)
        rc = merge(sc, &list[i].u.rtds, params->vcpus[i].period, params->vcpus[i].budget,
                   params->vcpus[i].extratime);
    if (!rc && xc_sched_rtds_vcpu_set(ctx->xch, domid, list, nr))
        rc = failed(sc, "set periods and budgets");
    API_LEAVE;
    return rc;
}

/* The first entry, for all vCPUs. */
int libxl_vcpu_sched_params_set_all(libxl_ctx *ctx, uint32_t domid,
                                    const libxl_vcpu_sched_params *params)
{
    libxl_vcpu_sched_params all;
    int rc;

    libxl_vcpu_sched_params_init(&all);
    if (params->num_vcpus != 1)
        return ERROR_INVAL;
    rc = libxl_vcpu_sched_params_get_all(ctx, domid, &all);
    for (int i = 0; i < all.num_vcpus; i++) {
        all.vcpus[i] = params->vcpus[0];
        all.vcpus[i].vcpuid = i;
    }
    if (!rc)
        rc = libxl_vcpu_sched_params_set(ctx, domid, &all);
    libxl_vcpu_sched_params_dispose(&all);
    return rc;
}
