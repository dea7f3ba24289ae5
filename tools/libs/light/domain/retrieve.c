/* SPDX-License-Identifier: MIT */
/* A domain's configuration as it is now: what was stored, with what has changed since. */
#include "core/userdata.h"
#include "dm/dm.h"
#include "domain/domain.h"

static void take_name(struct scope *sc, uint32_t domid, libxl_domain_config *config)
{
    char *name = domain_name(sc, domid);

    free(config->c_info.name);
    config->c_info.name = name ? xstrdup(name) : NULL;
}

static int take_memory(struct scope *sc, uint32_t domid, libxl_domain_config *config)
{
    long max = store_read_long(sc, scope_printf(sc, "/local/domain/%u/memory/static-max", domid));
    uint64_t target;
    int rc = libxl_get_memory_target(sc->ctx, domid, &target);
    xc_domaininfo_t xd;

    if (rc)
        return rc;
    config->b_info.target_memkb = target;
    if (config->b_info.video_memkb != LIBXL_MEMKB_DEFAULT)
        config->b_info.target_memkb += config->b_info.video_memkb;
    if (max > 0) {
        config->b_info.max_memkb = (uint64_t)max;
        return 0;
    }
    rc = domain_get(sc, domid, &xd);
    if (!rc)
        config->b_info.max_memkb = xd.max_pages * (XC_PAGE_SIZE / 1024);
    return rc;
}

/* The words of xenstore: what the guest is asked to use. */
static void take_vcpus(struct scope *sc, uint32_t domid, libxl_domain_config *config)
{
    libxl_domain_build_info *b = &config->b_info;

    if (!b->max_vcpus)
        return;
    libxl_bitmap_dispose(&b->avail_vcpus);
    libxl_bitmap_alloc(sc->ctx, &b->avail_vcpus, b->max_vcpus);
    for (int i = 0; i < b->max_vcpus; i++) {
        char *s = store_readf(sc, XBT_NULL, "/local/domain/%u/cpu/%d/availability", domid, i);

        if (s && !strcmp(s, "online"))
            libxl_bitmap_set(&b->avail_vcpus, i);
    }
}

static int take(struct scope *sc, uint32_t domid, libxl_domain_config *config)
{
    int lock = userdata_lock(sc), rc;

    if (lock < 0)
        return lock;
    libxl_domain_config_dispose(config);
    rc = config_load(sc, domid, config);
    userdata_unlock(lock);
    if (rc == ERROR_JSON_CONFIG_EMPTY)
        LOG_ERROR(sc, "the domain has no stored configuration");
    if (rc)
        return rc;
    take_name(sc, domid, config);
    take_vcpus(sc, domid, config);
    rc = take_memory(sc, domid, config);
    return rc ? rc : libxl_domain_sched_params_get(sc->ctx, domid, &config->b_info.sched_params);
}

struct retrieval {
    struct ao *ao;
    libxl_domain_config *config;
    libxl_bitmap present;
    struct dm_cpus cpus;
};

/* Another device model, to be given the guest's state, needs all CPUs that this one has. */
static void cpus_known(libxl_ctx *ctx, struct dm_cpus *c, int rc)
{
    struct retrieval *r = CONTAINER_OF(c, struct retrieval, cpus);

    if (!rc)
        libxl_bitmap_copy(ctx, &r->config->b_info.avail_vcpus, &r->present);
    libxl_bitmap_dispose(&r->present);
    ao_complete(r->ao, rc);
}

int libxl_retrieve_domain_configuration(libxl_ctx *ctx, uint32_t domid,
                                        libxl_domain_config *d_config,
                                        const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct retrieval *r = scope_alloc(&ao->sc, sizeof(*r));
    int rc = take(&ao->sc, domid, d_config);

    if (rc || !d_config->b_info.max_vcpus || !dm_has_state(&ao->sc, domid))
        return ao_finish(ao, rc);
    r->ao = ao;
    r->config = d_config;
    libxl_bitmap_init(&r->present);
    libxl_bitmap_alloc(ctx, &r->present, d_config->b_info.max_vcpus);
    r->cpus =
        (struct dm_cpus){.sc = &ao->sc, .domid = domid, .present = &r->present, .done = cpus_known};
    dm_cpus(&r->cpus);
    return ao_run(ao);
}
