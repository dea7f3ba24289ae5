/* SPDX-License-Identifier: MIT */
/*
 * Creating a domain. The steps stand in the order in which they run:
 *
 *   check -> hypervisor's domain -> its nodes -> memory, kernel, vCPUs -> rings made known
 *         -> devices, all at once -> configuration stored -> done
 *
 * Whatever fails after the second step takes the domain down again before the error is told.
 */
#include "core/userdata.h"
#include "domain/domain.h"

struct create {
    struct ao *ao;
    libxl_domain_config config; /* with all defaults */
    libxl_domain_config *given; /* the program's */
    uint32_t domid, *domid_out;
    int rc;
    struct build_result built;
    struct device_batch devices;
    struct domain_destroy destroy;
    bool tell_console;
    libxl_asyncprogress_how console_how;
    struct ev_watch console;
};

static void create_end(struct create *c, int rc)
{
    ev_watch_stop(c->ao->sc.ctx, &c->console);
    libxl_domain_config_dispose(&c->config);
    *c->domid_out = rc ? (uint32_t)-1 : c->domid;
    ao_complete(c->ao, rc);
}

/* Failure. */

static void create_undone(libxl_ctx *ctx, struct domain_destroy *d, int rc)
{
    struct create *c = CONTAINER_OF(d, struct create, destroy);

    (void)ctx;
    if (rc)
        LOG_ERROR(&c->ao->sc, "the unfinished domain could not be destroyed");
    create_end(c, c->rc);
}

static void create_failed(struct create *c, int rc)
{
    c->rc = rc;
    c->destroy.sc = &c->ao->sc;
    c->destroy.domid = c->domid;
    c->destroy.done = create_undone;
    domain_destroy_start(&c->destroy);
}

/* The hypervisor's domain. */

static int check_name(struct scope *sc, const char *name)
{
    uint32_t other;

    if (libxl_name_to_domid(sc->ctx, name, &other))
        return 0;
    LOG_ERROR(sc, "Domain with name \"%s\" already exists.", name);
    return ERROR_INVAL;
}

static int pool_of(struct scope *sc, const libxl_domain_create_info *ci, uint32_t *pool)
{
    *pool = ci->poolid;
    if (!ci->pool_name)
        return 0;
    if (!libxl_cpupool_qualifier_to_cpupoolid(sc->ctx, ci->pool_name, pool, NULL))
        return 0;
    LOG_ERROR(sc, "there is no CPU pool '%s'", ci->pool_name);
    return ERROR_INVAL;
}

static int make_domain(struct create *c)
{
    const libxl_domain_create_info *ci = &c->config.c_info;
    const libxl_domain_build_info *b = &c->config.b_info;
    struct scope *sc = &c->ao->sc;
    struct xen_domctl_createdomain dc = {
        .ssidref = ci->ssidref,
        .max_vcpus = (uint32_t)b->max_vcpus,
        .max_evtchn_port = b->event_channels,
        .max_grant_frames = (int32_t)b->max_grant_frames,
        .max_maptrack_frames = (int32_t)b->max_maptrack_frames,
        .grant_opts = XEN_DOMCTL_GRANT_version(b->max_grant_version),
        .vmtrace_size = b->vmtrace_buf_kb > 0 ? (uint32_t)b->vmtrace_buf_kb * 1024 : 0,
    };
    int rc = pool_of(sc, ci, &dc.cpupool_id);

    if (rc)
        return rc;
    memcpy(dc.handle, ci->uuid.uuid, sizeof(dc.handle));
    if (libxl_defbool_val(b->vpmu))
        dc.flags |= XEN_DOMCTL_CDF_vpmu;
    if (libxl_defbool_val(b->arch_x86.msr_relaxed))
        dc.arch.misc_flags |= XEN_X86_MSR_RELAXED;
    c->domid = libxl_domid_valid_guest(ci->domid) ? ci->domid : 0;
    if (!xc_domain_create(sc->ctx->xch, &c->domid, &dc)) {
        sc->domid = c->domid;
        return 0;
    }
    LOG_ERRNO(sc, "the hypervisor makes no domain");
    return ERROR_FAIL;
}

/* The end of success. */

static void console_ready(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    struct create *c = CONTAINER_OF(ev, struct create, console);
    char *tty = store_readf(&c->ao->sc, XBT_NULL, "/local/domain/%u/console/tty", c->domid);

    (void)path;
    if (!tty || !*tty)
        return;
    progress_report(ctx, &c->console_how,
                    event_new(ctx, LIBXL_EVENT_TYPE_DOMAIN_CREATE_CONSOLE_AVAILABLE, c->domid, 0));
    create_end(c, 0);
}

static int save_config(struct create *c)
{
    struct scope *sc = &c->ao->sc;
    int lock = userdata_lock(sc), rc;

    if (lock < 0)
        return lock;
    rc = config_save(sc, c->domid, c->given);
    userdata_unlock(lock);
    return rc;
}

/* Of the defaults the stored configuration keeps those that a rebuilt domain must have again. */
static void keep_choices(struct create *c)
{
    libxl_domain_config *g = c->given;

    libxl_uuid_copy(c->ao->sc.ctx, &g->c_info.uuid, &c->config.c_info.uuid);
    g->b_info.video_memkb = c->config.b_info.video_memkb;
    g->b_info.arch_x86.msr_relaxed = c->config.b_info.arch_x86.msr_relaxed;
    for (int i = 0; i < g->num_nics; i++) {
        libxl_device_nic *to = &g->nics[i], *from = &c->config.nics[i];

        to->devid = from->devid;
        to->nictype = from->nictype;
        memcpy(to->mac, from->mac, sizeof(to->mac));
    }
}

static void devices_added(libxl_ctx *ctx, struct device_batch *b, int rc)
{
    struct create *c = CONTAINER_OF(b, struct create, devices);

    if (!rc) {
        keep_choices(c);
        rc = save_config(c);
    }
    if (!rc && c->tell_console)
        rc = ev_watch_start(ctx, &c->console,
                            scope_printf(&c->ao->sc, "/local/domain/%u/console/tty", c->domid),
                            console_ready);
    if (rc)
        create_failed(c, rc);
    else if (!c->tell_console)
        create_end(c, 0);
}

/* Devices. */

static int describe_devices(struct create *c)
{
    libxl_domain_config *cfg = &c->config;
    struct scope *sc = &c->ao->sc;
    unsigned int n = 0;
    int rc = 0;

    c->devices.ops =
        scope_alloc(sc, (size_t)(cfg->num_disks + cfg->num_nics + 1) * sizeof(struct device_op));
    for (int i = 0; i < cfg->num_disks && !rc; i++)
        rc = disk_describe(sc, c->domid, &cfg->disks[i], &c->devices.ops[n++]);
    for (int i = 0; i < cfg->num_nics && !rc; i++)
        rc = nic_describe(sc, c->domid, &cfg->nics[i], &c->devices.ops[n++]);
    c->devices.nr = n;
    return rc;
}

static int create_steps(struct create *c)
{
    struct scope *sc = &c->ao->sc;
    struct store_create nodes = {c->domid, &c->config};
    int rc = store_transact(sc, domain_store_create, &nodes);

    if (!rc)
        rc = build_prepare(sc, c->domid, &c->config);
    if (!rc)
        rc = build_pv(sc, c->domid, &c->config, &c->built);
    if (!rc)
        rc = domain_store_booted(sc, c->domid, &c->config, &c->built);
    return rc ? rc : describe_devices(c);
}

/* Whatever can be refused is, before anything is made. */
static int create_check(struct create *c)
{
    struct scope *sc = &c->ao->sc;
    libxl_domain_config *cfg = &c->config;
    int rc = create_defaults(sc, cfg);

    for (int i = 0; i < cfg->num_nics; i++)
        if (cfg->nics[i].devid < 0)
            cfg->nics[i].devid = i;
    for (int i = 0; i < cfg->num_disks && !rc; i++)
        rc = disk_defaults(sc, 0, &cfg->disks[i]);
    for (int i = 0; i < cfg->num_nics && !rc; i++)
        rc = nic_defaults(sc, 0, &cfg->nics[i]);
    return rc ? rc : check_name(sc, cfg->c_info.name);
}

int libxl_domain_create_new(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t *domid,
                            const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how)
{
    struct ao *ao = ao_begin(ctx, (uint32_t)INVALID_DOMID, ao_how);
    struct create *c = scope_alloc(&ao->sc, sizeof(*c));
    int rc;

    c->ao = ao;
    c->given = d_config;
    c->domid_out = domid;
    *domid = (uint32_t)-1;
    if (aop_console_how) {
        c->tell_console = true;
        c->console_how = *aop_console_how;
    }
    libxl_domain_config_copy(ctx, &c->config, d_config);
    rc = create_check(c);
    if (!rc)
        rc = make_domain(c);
    if (rc) {
        libxl_domain_config_dispose(&c->config);
        return ao_finish(ao, rc);
    }
    rc = create_steps(c);
    if (rc) {
        create_failed(c, rc);
    } else {
        c->devices.done = devices_added;
        device_batch_run(ctx, &c->devices, device_add);
    }
    return ao_run(ao);
}
