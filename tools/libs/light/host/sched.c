/* SPDX-License-Identifier: MIT */
#include "core/domains.h"
#include "host/sched.h"

static int failed(struct scope *sc, const char *what)
{
    LOG_ERRNO(sc, "cannot %s", what);
    return ERROR_FAIL;
}

int libxl_get_scheduler(libxl_ctx *ctx)
{
    int id;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (xc_sched_id(ctx->xch, &id))
        id = failed(sc, "get the scheduler");
    API_LEAVE;
    return id;
}

int libxl_sched_credit_params_get(libxl_ctx *ctx, uint32_t poolid,
                                  libxl_sched_credit_params *scinfo)
{
    struct xen_sysctl_credit_schedule p;
    int rc = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (xc_sched_credit_params_get(ctx->xch, poolid, &p)) {
        rc = failed(sc, "get the scheduler's parameters");
    } else {
        scinfo->tslice_ms = (int)p.tslice_ms;
        scinfo->ratelimit_us = (int)p.ratelimit_us;
        scinfo->vcpu_migr_delay_us = (int)p.vcpu_migr_delay_us;
    }
    API_LEAVE;
    return rc;
}

static bool between(int v, int min, int max)
{
    return v >= min && v <= max;
}

int libxl_sched_credit_params_set(libxl_ctx *ctx, uint32_t poolid,
                                  libxl_sched_credit_params *scinfo)
{
    struct xen_sysctl_credit_schedule p = {
        .tslice_ms = (uint32_t)scinfo->tslice_ms,
        .ratelimit_us = (uint32_t)scinfo->ratelimit_us,
        .vcpu_migr_delay_us = (uint32_t)scinfo->vcpu_migr_delay_us,
    };
    int rc = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (!between(scinfo->tslice_ms, XEN_SYSCTL_CSCHED_TSLICE_MIN, XEN_SYSCTL_CSCHED_TSLICE_MAX) ||
        scinfo->ratelimit_us > scinfo->tslice_ms * 1000 ||
        !between(scinfo->vcpu_migr_delay_us, 0, XEN_SYSCTL_CSCHED_MGR_DLY_MAX_US)) {
        LOG_ERROR(sc, "a parameter of the scheduler is out of range");
        rc = ERROR_INVAL;
    } else if (xc_sched_credit_params_set(ctx->xch, poolid, &p)) {
        rc = failed(sc, "set the scheduler's parameters");
    } else {
        scinfo->tslice_ms = (int)p.tslice_ms;
        scinfo->ratelimit_us = (int)p.ratelimit_us;
        scinfo->vcpu_migr_delay_us = (int)p.vcpu_migr_delay_us;
    }
    API_LEAVE;
    return rc;
}

int libxl_sched_credit2_params_get(libxl_ctx *ctx, uint32_t poolid,
                                   libxl_sched_credit2_params *scinfo)
{
    struct xen_sysctl_credit2_schedule p;
    int rc = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (xc_sched_credit2_params_get(ctx->xch, poolid, &p))
        rc = failed(sc, "get the scheduler's parameters");
    else
        scinfo->ratelimit_us = (int)p.ratelimit_us;
    API_LEAVE;
    return rc;
}

int libxl_sched_credit2_params_set(libxl_ctx *ctx, uint32_t poolid,
                                   libxl_sched_credit2_params *scinfo)
{
    struct xen_sysctl_credit2_schedule p = {.ratelimit_us = (uint32_t)scinfo->ratelimit_us};
    int rc = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (xc_sched_credit2_params_set(ctx->xch, poolid, &p))
        rc = failed(sc, "set the scheduler's parameters");
    else
        scinfo->ratelimit_us = (int)p.ratelimit_us;
    API_LEAVE;
    return rc;
}

/* The scheduler of the pool that the domain is in. */
static int scheduler_of(struct scope *sc, uint32_t domid, int *sched)
{
    xc_cpupoolinfo_t *pool;
    xc_domaininfo_t xd;
    int rc = domain_get(sc, domid, &xd);

    if (rc)
        return rc;
    pool = xc_cpupool_getinfo(sc->ctx->xch, xd.cpupool);
    if (!pool)
        return failed(sc, "get the domain's CPU pool");
    *sched = (int)pool->sched_id;
    xc_cpupool_infofree(sc->ctx->xch, pool);
    return 0;
}

/* Weight and cap of a domain: two schedulers, two calls, the same numbers. */
struct weights {
    int weight, cap;
};

static int weights_get(struct scope *sc, uint32_t domid, int sched, struct weights *w)
{
    struct xen_domctl_sched_credit c1;
    struct xen_domctl_sched_credit2 c2;

    if (sched == LIBXL_SCHEDULER_CREDIT) {
        if (xc_sched_credit_domain_get(sc->ctx->xch, domid, &c1))
            return failed(sc, "get the domain's weight");
        *w = (struct weights){c1.weight, c1.cap};
        return 0;
    }
    if (xc_sched_credit2_domain_get(sc->ctx->xch, domid, &c2))
        return failed(sc, "get the domain's weight");
    *w = (struct weights){c2.weight, c2.cap};
    return 0;
}

static int weights_put(struct scope *sc, uint32_t domid, int sched, const struct weights *w)
{
    struct xen_domctl_sched_credit c1 = {(uint16_t)w->weight, (uint16_t)w->cap};
    struct xen_domctl_sched_credit2 c2 = {(uint16_t)w->weight, (uint16_t)w->cap};
    int r = sched == LIBXL_SCHEDULER_CREDIT ? xc_sched_credit_domain_set(sc->ctx->xch, domid, &c1)
                                            : xc_sched_credit2_domain_set(sc->ctx->xch, domid, &c2);

    return r ? failed(sc, "set the domain's weight") : 0;
}

static int params_get(struct scope *sc, uint32_t domid, libxl_domain_sched_params *params)
{
    struct weights w;
    int sched, rc = scheduler_of(sc, domid, &sched);

    if (rc)
        return rc;
    params->sched = (libxl_scheduler)sched;
    if (sched == LIBXL_SCHEDULER_NULL)
        return 0;
    if (sched == LIBXL_SCHEDULER_RTDS)
        return rtds_params_get(sc, domid, params);
    if (sched != LIBXL_SCHEDULER_CREDIT && sched != LIBXL_SCHEDULER_CREDIT2) {
        LOG_ERROR(sc, "scheduler %d is not supported", sched);
        return ERROR_INVAL;
    }
    rc = weights_get(sc, domid, sched, &w);
    if (!rc) {
        params->weight = w.weight;
        params->cap = w.cap;
    }
    return rc;
}

int libxl_domain_sched_params_get(libxl_ctx *ctx, uint32_t domid, libxl_domain_sched_params *params)
{
    int rc;
    API_ENTER(ctx, domid);

    libxl_domain_sched_params_init(params);
    rc = params_get(sc, domid, params);
    API_LEAVE;
    return rc;
}

static int params_check(struct scope *sc, uint32_t domid, const libxl_domain_sched_params *p)
{
    xc_domaininfo_t xd;
    int rc;

    if (p->weight != LIBXL_DOMAIN_SCHED_PARAM_WEIGHT_DEFAULT && !between(p->weight, 1, 65535)) {
        LOG_ERROR(sc, "Cpu weight out of range, valid values are within range from 1 to 65535");
        return ERROR_INVAL;
    }
    if (p->cap == LIBXL_DOMAIN_SCHED_PARAM_CAP_DEFAULT)
        return 0;
    rc = domain_get(sc, domid, &xd);
    if (!rc && !between(p->cap, 0, ((int)xd.max_vcpu_id + 1) * 100)) {
        LOG_ERROR(sc, "Cpu cap out of range, valid range is from 0 to %u for this domain",
                  (xd.max_vcpu_id + 1) * 100);
        rc = ERROR_INVAL;
    }
    return rc;
}

static int params_set(struct scope *sc, uint32_t domid, const libxl_domain_sched_params *p)
{
    int sched = (int)p->sched, rc = 0;
    struct weights w;

    if (sched == LIBXL_SCHEDULER_UNKNOWN)
        rc = scheduler_of(sc, domid, &sched);
    if (rc || sched == LIBXL_SCHEDULER_NULL)
        return rc;
    if (sched == LIBXL_SCHEDULER_RTDS)
        return rtds_params_set(sc, domid, p);
    if (sched != LIBXL_SCHEDULER_CREDIT && sched != LIBXL_SCHEDULER_CREDIT2) {
        LOG_ERROR(sc, "scheduler %d is not supported", sched);
        return ERROR_INVAL;
    }
    rc = params_check(sc, domid, p);
    if (!rc)
        rc = weights_get(sc, domid, sched, &w);
    if (rc)
        return rc;
    if (p->weight != LIBXL_DOMAIN_SCHED_PARAM_WEIGHT_DEFAULT)
        w.weight = p->weight;
    if (p->cap != LIBXL_DOMAIN_SCHED_PARAM_CAP_DEFAULT)
        w.cap = p->cap;
    return weights_put(sc, domid, sched, &w);
}

int libxl_domain_sched_params_set(libxl_ctx *ctx, uint32_t domid,
                                  const libxl_domain_sched_params *params)
{
    int rc;
    API_ENTER(ctx, domid);

    rc = params_set(sc, domid, params);
    API_LEAVE;
    return rc;
}
