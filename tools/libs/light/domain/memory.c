/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "domain/domain.h"

#define PAGE_KB (XC_PAGE_SIZE / 1024)

static long long node_kb(struct scope *sc, uint32_t domid, const char *what)
{
    return store_read_long(sc, scope_printf(sc, "/local/domain/%u/memory/%s", domid, what));
}

/* dom0 comes without nodes: what it has and may have now is what they start with. */
static int target_or_current(struct scope *sc, uint32_t domid, uint64_t *target, uint64_t *max)
{
    long long t = node_kb(sc, domid, "target"), m = node_kb(sc, domid, "static-max");
    xc_domaininfo_t xd;
    int rc;

    if (t < 0 || m < 0) {
        rc = domain_get(sc, domid, &xd);
        if (rc)
            return rc;
        if (t < 0)
            t = (long long)((xd.tot_pages + xd.outstanding_pages) * PAGE_KB);
        if (m < 0)
            m = (long long)(xd.max_pages == ~0ull >> 32 ? xd.tot_pages : xd.max_pages) * PAGE_KB;
    }
    *target = (uint64_t)t;
    *max = (uint64_t)m;
    return 0;
}

int libxl_get_memory_target(libxl_ctx *ctx, uint32_t domid, uint64_t *out_target)
{
    uint64_t max;
    int rc;
    API_ENTER(ctx, domid);

    rc = target_or_current(sc, domid, out_target, &max);
    API_LEAVE;
    return rc;
}

static int write_target(struct scope *sc, uint32_t domid, uint64_t target, uint64_t max, bool first)
{
    char *dir = scope_printf(sc, "/local/domain/%u/memory", domid);
    int rc = store_writef(sc, XBT_NULL, scope_printf(sc, "%s/target", dir), "%llu",
                          (unsigned long long)target);

    if (!rc && first)
        rc = store_writef(sc, XBT_NULL, scope_printf(sc, "%s/static-max", dir), "%llu",
                          (unsigned long long)max);
    return rc;
}

static int set_target(struct scope *sc, uint32_t domid, int64_t kb, bool relative, bool enforce)
{
    uint64_t now, max, want, video;
    xc_interface *xch = sc->ctx->xch;
    bool first = node_kb(sc, domid, "static-max") < 0;
    long long v = node_kb(sc, domid, "videoram");
    int rc = target_or_current(sc, domid, &now, &max);

    if (rc)
        return rc;
    video = v < 0 ? 0 : (uint64_t)v;
    if (relative) {
        if (kb < 0 && (uint64_t)-kb > now)
            want = 0;
        else
            want = now + (uint64_t)kb;
    } else {
        want = (uint64_t)kb - (uint64_t)kb % PAGE_KB;
    }
    if (want > max) {
        LOG_ERROR(sc, "memory_dynamic_max must be less than or equal to memory_static_max");
        return ERROR_INVAL;
    }
    if (!domid && want < 128 * 1024) {
        LOG_ERROR(sc, "new target %llu for dom0 is below the minimum threshold",
                  (unsigned long long)want);
        return ERROR_INVAL;
    }
    if (enforce && xc_domain_setmaxmem(xch, domid, want + MAXMEM_SLACK_KB)) {
        LOG_ERRNO(sc, "cannot set the memory limit to %llu KiB", (unsigned long long)want);
        return ERROR_FAIL;
    }
    return write_target(sc, domid, want - video, max, first);
}

int libxl_set_memory_target(libxl_ctx *ctx, uint32_t domid, int64_t target_memkb, int relative,
                            int enforce)
{
    int rc;
    API_ENTER(ctx, domid);

    if (!relative && target_memkb < 0)
        rc = ERROR_INVAL;
    else
        rc = set_target(sc, domid, target_memkb, relative, enforce);
    API_LEAVE;
    return rc;
}

static int set_max(struct scope *sc, uint32_t domid, uint64_t kb)
{
    uint64_t target, max;
    int rc = target_or_current(sc, domid, &target, &max);

    if (rc)
        return rc;
    if (kb < target) {
        LOG_ERROR(sc, "memory_static_max must be greater than or or equal to memory_dynamic_max");
        return ERROR_FAIL;
    }
    if (xc_domain_setmaxmem(sc->ctx->xch, domid, kb + MAXMEM_SLACK_KB)) {
        LOG_ERRNO(sc, "cannot set the memory limit");
        return ERROR_FAIL;
    }
    return store_writef(sc, XBT_NULL, scope_printf(sc, "/local/domain/%u/memory/static-max", domid),
                        "%llu", (unsigned long long)kb);
}

int libxl_domain_setmaxmem(libxl_ctx *ctx, uint32_t domid, uint64_t target_memkb)
{
    int rc;
    API_ENTER(ctx, domid);

    rc = set_max(sc, domid, target_memkb);
    API_LEAVE;
    return rc;
}

int libxl_get_free_memory(libxl_ctx *ctx, uint64_t *memkb)
{
    xc_physinfo_t p;
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    rc = physinfo_get(sc, &p);
    if (!rc)
        *memkb = (p.free_pages + p.scrub_pages - p.outstanding_pages) * PAGE_KB;
    API_LEAVE;
    return rc;
}

/* What the domain takes of the host: its memory, the slack and shadows of HVM guests. */
static uint64_t need_of(const libxl_domain_build_info *b)
{
    uint64_t kb = b->target_memkb == LIBXL_MEMKB_DEFAULT ? b->max_memkb : b->target_memkb;

    if (kb == LIBXL_MEMKB_DEFAULT)
        kb = 32 * 1024;
    kb += MAXMEM_SLACK_KB;
    if (b->type != LIBXL_DOMAIN_TYPE_PV)
        kb += libxl_get_required_shadow_memory(b->max_memkb, (unsigned int)b->max_vcpus);
    if (b->type == LIBXL_DOMAIN_TYPE_PV && b->u.pv.slack_memkb != LIBXL_MEMKB_DEFAULT)
        kb += b->u.pv.slack_memkb;
    return kb + (kb % 4 ? 4 - kb % 4 : 0);
}

int libxl_domain_need_memory(libxl_ctx *ctx, libxl_domain_config *config,
                             uint32_t domid_for_logging, uint64_t *need_memkb)
{
    (void)ctx;
    (void)domid_for_logging;
    *need_memkb = need_of(&config->b_info);
    return 0;
}

int libxl_domain_need_memory_0x041200(libxl_ctx *ctx, const libxl_domain_build_info *b_info_in,
                                      uint64_t *need_memkb)
{
    (void)ctx;
    *need_memkb = need_of(b_info_in);
    return 0;
}

static int narrow(int rc, uint64_t v, uint32_t *out)
{
    if (rc)
        return rc;
    *out = (uint32_t)v;
    return v >> 32 ? ERROR_FAIL : 0;
}

int libxl_domain_need_memory_0x040700(libxl_ctx *ctx, const libxl_domain_build_info *b_info_in,
                                      uint32_t *need_memkb)
{
    uint64_t v = 0;
    int rc = libxl_domain_need_memory_0x041200(ctx, b_info_in, &v);

    return narrow(rc, v, need_memkb);
}

int libxl_get_free_memory_0x040700(libxl_ctx *ctx, uint32_t *memkb)
{
    uint64_t v = 0;
    int rc = libxl_get_free_memory(ctx, &v);

    return narrow(rc, v, memkb);
}

int libxl_get_memory_target_0x040700(libxl_ctx *ctx, uint32_t domid, uint32_t *out_target)
{
    uint64_t v = 0;
    int rc = libxl_get_memory_target(ctx, domid, &v);

    return narrow(rc, v, out_target);
}

/* Nothing tells when memory becomes free; once a second is often enough. */
int libxl_wait_for_free_memory(libxl_ctx *ctx, uint32_t domid, uint64_t memory_kb, int wait_secs)
{
    uint64_t free_kb;
    int rc;

    (void)domid;
    for (;;) {
        rc = libxl_get_free_memory(ctx, &free_kb);
        if (rc || free_kb >= memory_kb)
            return rc;
        if (wait_secs-- <= 0)
            return ERROR_NOMEM;
        sleep(1);
    }
}

/* As long as the domain comes nearer to its target the time starts anew. */
int libxl_wait_for_memory_target(libxl_ctx *ctx, uint32_t domid, int wait_secs)
{
    uint64_t target, before = 0;
    libxl_dominfo info;
    int left = wait_secs, rc = libxl_get_memory_target(ctx, domid, &target);

    while (!rc) {
        libxl_dominfo_init(&info);
        rc = libxl_domain_info(ctx, &info, domid);
        if (rc || info.current_memkb <= target) {
            libxl_dominfo_dispose(&info);
            return rc;
        }
        if (before && info.current_memkb < before)
            left = wait_secs;
        before = info.current_memkb;
        libxl_dominfo_dispose(&info);
        if (left-- <= 0)
            return ERROR_FAIL;
        sleep(1);
    }
    return rc;
}
