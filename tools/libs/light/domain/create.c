/* SPDX-License-Identifier: MIT */
/*
 * Creating a domain. The steps stand in the order in which they run:
 *
 *   check -> hypervisor's domain -> its nodes -> bootloader, if there is one
 *         -> memory, kernel, vCPUs -> rings made known -> disks, framebuffers, keyboards -> device
 * model, if there is one -> network cards
 *         -> configuration stored -> done
 *
 * Restoring, the helper takes the place of the kernel: memory and vCPUs come out of a stream. In a
 * soft reset both are there, and what the domain had else is taken from it first.
 *
 * Whatever fails after the second step takes the domain down again before the error is told.
 */
#include <unistd.h>

#include "core/userdata.h"
#include "device/pci_plug.h"
#include "dm/dm.h"
#include "domain/arch.h"
#include "domain/bootloader.h"
#include "domain/build.h"
#include "domain/domain.h"
#include "domain/helper.h"
#include "domain/soft_reset.h"

#include <xenguest.h> /* needs what the others bring */

struct create {
    struct ao *ao;
    libxl_domain_config config; /* with all defaults */
    libxl_domain_config *given; /* the program's */
    uint32_t domid, *domid_out;
    int rc;
    struct build_result built;
    struct device_batch disks, nics;
    struct dm_start dm;
    struct pci_plug_all pci;
    struct domain_destroy destroy;
    int restore_fd; /* -1: not restoring */
    const libxl_domain_restore_params *restore;
    struct helper helper;
    struct bootloader boot;
    bool resetting;
    struct soft_reset reset;
    bool tell_console;
    libxl_asyncprogress_how console_how;
    struct ev_watch console;
    struct cancel console_cancel;
};

static void create_end(struct create *c, int rc)
{
    ev_watch_stop(c->ao->sc.ctx, &c->console);
    cancel_stop(&c->console_cancel);
    libxl_domain_config_dispose(&c->config);
    if (c->domid_out)
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
    ev_watch_stop(c->ao->sc.ctx, &c->console);
    cancel_stop(&c->console_cancel);
    if (c->restore_fd >= 0 || c->resetting)
        unlink(dm_resume_path(&c->ao->sc, c->domid));
    c->rc = rc == ERROR_ABORTED ? rc : ERROR_FAIL; /* whatever the reason, as the stock library */
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
    return ERROR_FAIL;
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
    rc = arch_to_create(sc, &c->config, &dc, &c->built);
    if (rc)
        return rc;
    if (create_wants_iommu(&c->config))
        dc.flags |= XEN_DOMCTL_CDF_iommu;
    if (ci->passthrough == LIBXL_PASSTHROUGH_SYNC_PT)
        dc.iommu_opts |= XEN_DOMCTL_IOMMU_no_sharept;
    if (libxl_defbool_val(b->vpmu))
        dc.flags |= XEN_DOMCTL_CDF_vpmu;
    c->domid = libxl_domid_valid_guest(ci->domid) ? ci->domid : 0;
    if (!xc_domain_create(sc->ctx->xch, &c->domid, &dc)) {
        sc->domid = c->domid;
        arch_created(&dc, &c->built);
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

static void console_cancelled(libxl_ctx *ctx, struct cancel *cancel)
{
    (void)ctx;
    create_failed(CONTAINER_OF(cancel, struct create, console_cancel), ERROR_ABORTED);
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
    kinds_keep(g, &c->config);
}

static void nics_added(libxl_ctx *ctx, struct device_batch *b, int rc)
{
    struct create *c = CONTAINER_OF(b, struct create, nics);

    if (!rc && c->ao->aborting)
        rc = ERROR_ABORTED;
    if (!rc) {
        keep_choices(c);
        rc = save_config(c);
    }
    if (!rc && c->tell_console)
        rc = cancel_start(&c->ao->sc, &c->console_cancel, console_cancelled);
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

static int describe_nics(struct create *c)
{
    libxl_domain_config *cfg = &c->config;
    struct scope *sc = &c->ao->sc;
    int rc = 0;

    c->nics.ops = scope_alloc(sc, (size_t)(cfg->num_nics + 1) * sizeof(struct device_op));
    for (int i = 0; i < cfg->num_nics && !rc; i++)
        rc = nic_describe(sc, c->domid, &cfg->nics[i], &c->nics.ops[c->nics.nr++]);
    return rc;
}

/* The device model has made its end of emulated cards. */
static void pci_plugged(libxl_ctx *ctx, struct pci_plug_all *all, int rc)
{
    struct create *c = CONTAINER_OF(all, struct create, pci);

    if (!rc)
        rc = describe_nics(c);
    if (rc) {
        create_failed(c, rc);
        return;
    }
    c->nics.done = nics_added;
    device_batch_run(ctx, &c->nics, device_add);
}

static void dm_started(libxl_ctx *ctx, struct dm_start *d, int rc)
{
    struct create *c = CONTAINER_OF(d, struct create, dm);
    bool hvm = c->config.c_info.type == LIBXL_DOMAIN_TYPE_HVM;

    (void)ctx;
    if (rc) {
        create_failed(c, rc);
        return;
    }
    c->pci = (struct pci_plug_all){.sc = &c->ao->sc,
                                   .domid = c->domid,
                                   .pci = c->config.pcidevs,
                                   .nr = hvm ? c->config.num_pcidevs : 0,
                                   .done = pci_plugged};
    pci_plug_all(&c->pci);
}

/* A device model with state of its own? */
static bool emulates(const struct create *c)
{
    return c->config.c_info.type == LIBXL_DOMAIN_TYPE_HVM && dm_needed(&c->config);
}

static void disks_added(libxl_ctx *ctx, struct device_batch *b, int rc)
{
    struct create *c = CONTAINER_OF(b, struct create, disks);

    if (rc) {
        create_failed(c, rc);
        return;
    }
    c->dm = (struct dm_start){.sc = &c->ao->sc,
                              .domid = c->domid,
                              .config = &c->config,
                              .resume = c->resetting ? c->reset.has_state
                                                     : c->restore_fd >= 0 && emulates(c),
                              .done = dm_started};
    if (dm_needed(&c->config))
        dm_start(&c->dm);
    else
        dm_started(ctx, &c->dm, 0);
}

/* A keyboard and mouse for the drivers of an HVM guest, beside the emulated ones. */
static int describe_hvm_keyboard(struct create *c, struct device_op *op)
{
    libxl_device_vkb vkb;
    int rc;

    libxl_device_vkb_init(&vkb);
    vkb.devid = 0;
    rc = vkb_defaults(&c->ao->sc, c->domid, &vkb);
    if (!rc)
        rc = vkb_describe(&c->ao->sc, c->domid, &vkb, op);
    libxl_device_vkb_dispose(&vkb);
    return rc;
}

/* What the device model will serve does not answer yet. */
static int describe_disks(struct create *c)
{
    libxl_domain_config *cfg = &c->config;
    struct scope *sc = &c->ao->sc;
    size_t room = (size_t)(cfg->num_disks + cfg->num_vfbs + cfg->num_vkbs + 3) + kinds_count(cfg);
    struct device_op *op = scope_alloc(sc, room * sizeof(*op));
    int rc = 0;

    c->disks.ops = op;
    for (int i = 0; i < cfg->num_disks && !rc; i++, op++) {
        rc = disk_describe(sc, c->domid, &cfg->disks[i], op);
        op->unwaited = cfg->disks[i].backend == LIBXL_DISK_BACKEND_QDISK;
    }
    for (int i = 0; i < cfg->num_vfbs && !rc; i++, op++)
        rc = vfb_describe(sc, c->domid, &cfg->vfbs[i], op);
    for (int i = 0; i < cfg->num_vkbs && !rc; i++, op++)
        rc = vkb_describe(sc, c->domid, &cfg->vkbs[i], op);
    if (!rc && cfg->c_info.type == LIBXL_DOMAIN_TYPE_HVM && !cfg->num_vkbs &&
        libxl_defbool_val(cfg->b_info.u.hvm.vkb_device))
        rc = describe_hvm_keyboard(c, op++);
    if (!rc) {
        rc = kinds_describe(sc, c->domid, cfg, op);
        op += kinds_count(cfg);
    }
    if (!rc && cfg->num_pcidevs) {
        rc = pci_describe(sc, c->domid, cfg, op);
        op += !rc;
    }
    c->disks.nr = (unsigned int)(op - c->disks.ops);
    return rc;
}

/* Memory and vCPUs are there. */
static void create_built(struct create *c, int rc)
{
    struct scope *sc = &c->ao->sc;

    if (!rc)
        rc = domain_store_booted(sc, c->domid, &c->config, &c->built);
    if (!rc)
        rc = describe_disks(c);
    if (rc) {
        create_failed(c, rc);
        return;
    }
    c->disks.done = disks_added;
    device_batch_run(sc->ctx, &c->disks, device_add);
}

/* Restoring. */

static void restore_asked(libxl_ctx *ctx, struct helper *h, const struct helper_message *m)
{
    (void)ctx;
    /* What CPU policy is missing in the stream has been set from the configuration. */
    helper_answer(h, m->kind == HELPER_STATIC ? 0 : -1);
}

static void restore_ended(libxl_ctx *ctx, struct helper *h, int errnoval)
{
    struct create *c = CONTAINER_OF(h, struct create, helper);
    struct scope *sc = &c->ao->sc;

    (void)ctx;
    c->ao->abort = NULL;
    if (errnoval) {
        LOG_ERROR(sc, "the domain is not restored: %s", strerror(errnoval));
        create_built(c, c->ao->aborting ? ERROR_ABORTED : ERROR_FAIL);
        return;
    }
    if (emulates(c) && access(dm_resume_path(sc, c->domid), R_OK)) {
        LOG_ERROR(sc, "the stream has no state of a device model");
        create_built(c, ERROR_INVAL);
        return;
    }
    c->built.store_frame = (unsigned long)h->store_frame;
    c->built.console_frame = (unsigned long)h->console_frame;
    c->built.os = scope_strdup(sc, "linux");
    create_built(c, 0);
}

static void restore_abort(struct ao *ao)
{
    helper_kill(ao->abort_of);
}

static int restore_start(struct create *c)
{
    struct scope *sc = &c->ao->sc;
    int rc = build_for_restore(sc, c->domid, &c->config, &c->built);

    if (rc)
        return rc;
    const char *args[] = {
        "restore",
        scope_printf(sc, "%u", c->domid),
        scope_printf(sc, "%u", c->built.store_port),
        scope_printf(sc, "%u", c->built.console_port),
        scope_printf(sc, "%d", c->restore->checkpointed_stream),
        emulates(c) ? dm_resume_path(sc, c->domid) : "",
        NULL,
    };
    unlink(dm_resume_path(sc, c->domid));
    c->helper.sc = sc;
    c->helper.asked = restore_asked;
    c->helper.ended = restore_ended;
    rc = helper_start(&c->helper, args, c->restore_fd);
    if (rc)
        return rc;
    c->ao->abort_of = &c->helper;
    c->ao->abort = restore_abort;
    return 0;
}

/* What a restored guest has been started from does not matter any more. */
static int restore_check(struct create *c)
{
    libxl_domain_build_info *b = &c->config.b_info;

    if (c->restore->stream_version != 2) {
        LOG_ERROR(&c->ao->sc, "streams of version %u are not supported",
                  c->restore->stream_version);
        return ERROR_INVAL;
    }
    if (c->restore->checkpointed_stream == LIBXL_CHECKPOINTED_STREAM_COLO) {
        LOG_ERROR(&c->ao->sc, "COLO is not supported");
        return ERROR_NI;
    }
    free(b->bootloader);
    b->bootloader = NULL;
    /* An HVM guest needs none to begin with. */
    if (!b->kernel && c->config.c_info.type != LIBXL_DOMAIN_TYPE_HVM)
        b->kernel = xstrdup("");
    return 0;
}

/* 0: the rest is done, or under way. */
static int create_build(struct create *c)
{
    struct scope *sc = &c->ao->sc;
    int rc = build_prepare(sc, c->domid, &c->config);

    if (!rc && c->restore_fd >= 0)
        return restore_start(c);
    if (!rc)
        rc = build_domain(sc, c->domid, &c->config, &c->built);
    bootloader_clean(sc, c->domid);
    if (!rc)
        create_built(c, 0);
    return rc;
}

static void boot_abort(struct ao *ao)
{
    bootloader_kill(ao->abort_of);
}

static void booted(libxl_ctx *ctx, struct bootloader *b, int rc)
{
    struct create *c = CONTAINER_OF(b, struct create, boot);

    (void)ctx;
    c->ao->abort = NULL;
    if (rc && c->ao->aborting)
        rc = ERROR_ABORTED;
    if (!rc)
        rc = create_build(c);
    if (rc)
        create_failed(c, rc);
}

/* 0: the rest is done, or under way. */
static int create_steps(struct create *c)
{
    struct scope *sc = &c->ao->sc;
    struct store_create nodes = {c->domid, &c->config};
    int rc = store_transact(sc, domain_store_create, &nodes);

    if (rc || !c->config.b_info.bootloader || c->config.c_info.type == LIBXL_DOMAIN_TYPE_HVM)
        return rc ? rc : create_build(c);
    c->boot =
        (struct bootloader){.sc = sc, .domid = c->domid, .config = &c->config, .done = booted};
    c->ao->abort_of = &c->boot;
    c->ao->abort = boot_abort;
    bootloader_start(&c->boot);
    return 0;
}

static int check_vnuma(struct scope *sc, const libxl_domain_build_info *b)
{
    libxl_numainfo *host;
    int nr;

    if (!b->num_vnuma_nodes)
        return 0;
    host = libxl_get_numainfo(sc->ctx, &nr);
    if (!host)
        return ERROR_FAIL;
    libxl_numainfo_list_free(host, nr);
    return vnuma_check(sc, b, (unsigned int)nr);
}

static int check_devices(struct scope *sc, libxl_domain_config *cfg)
{
    bool hvm = cfg->c_info.type == LIBXL_DOMAIN_TYPE_HVM;
    int rc = 0;

    for (int i = 0; i < cfg->num_nics; i++)
        if (cfg->nics[i].devid < 0)
            cfg->nics[i].devid = i;
    for (int i = 0; i < cfg->num_disks && !rc; i++)
        rc = disk_defaults(sc, 0, hvm, &cfg->disks[i]);
    if (!rc)
        rc = arch_place_disks(sc, cfg);
    for (int i = 0; i < cfg->num_nics && !rc; i++)
        rc = nic_defaults(sc, 0, hvm, &cfg->nics[i]);
    for (int i = 0; i < cfg->num_vfbs && !rc; i++) {
        cfg->vfbs[i].devid = i;
        rc = vfb_defaults(sc, 0, &cfg->vfbs[i]);
    }
    for (int i = 0; i < cfg->num_vkbs && !rc; i++) {
        cfg->vkbs[i].devid = i;
        rc = vkb_defaults(sc, 0, &cfg->vkbs[i]);
    }
    return rc ? rc : kinds_defaults(sc, cfg);
}

/*
 * Whatever can be refused is, before anything is made. Only what is wrong in itself is told apart;
 * the stock library finds out about the others when it has made the domain, and so has ERROR_FAIL.
 */
static int create_check(struct create *c)
{
    struct scope *sc = &c->ao->sc;
    libxl_domain_config *cfg = &c->config;
    int rc = c->restore_fd >= 0 ? restore_check(c) : 0;

    if (!rc)
        rc = create_defaults(sc, cfg);
    if (!rc && !c->resetting)
        rc = pci_defaults(sc, cfg);
    if (!rc)
        rc = create_choose_passthrough(sc, cfg);
    if (rc)
        return rc;
    if (check_vnuma(sc, &cfg->b_info) || check_devices(sc, cfg))
        return ERROR_FAIL;
    return c->resetting ? 0 : check_name(sc, cfg->c_info.name);
}

static struct create *create_new(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t domid,
                                 const libxl_asyncop_how *how,
                                 const libxl_asyncprogress_how *console_how)
{
    struct ao *ao = ao_begin(ctx, domid, how);
    struct create *c = scope_alloc(&ao->sc, sizeof(*c));

    c->ao = ao;
    c->given = d_config;
    c->restore_fd = -1;
    if (console_how) {
        c->tell_console = true;
        c->console_how = *console_how;
    }
    libxl_domain_config_copy(ctx, &c->config, d_config);
    return c;
}

static int create(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t *domid, int restore_fd,
                  const libxl_domain_restore_params *params, const libxl_asyncop_how *ao_how,
                  const libxl_asyncprogress_how *aop_console_how)
{
    struct create *c = create_new(ctx, d_config, (uint32_t)INVALID_DOMID, ao_how, aop_console_how);
    struct ao *ao = c->ao;
    int rc;

    c->domid_out = domid;
    c->restore_fd = restore_fd;
    c->restore = params;
    *domid = (uint32_t)-1;
    rc = create_check(c);
    if (!rc)
        rc = make_domain(c);
    if (rc) {
        libxl_domain_config_dispose(&c->config);
        return ao_finish(ao, rc);
    }
    rc = create_steps(c);
    if (rc)
        create_failed(c, rc);
    return ao_run(ao);
}

/* Soft reset. */

static int equip_again(struct create *c)
{
    struct scope *sc = &c->ao->sc;
    struct store_create nodes = {c->domid, &c->config};
    int rc = pci_defaults(sc, &c->config); /* its own are free by now */

    if (!rc)
        rc = store_transact(sc, domain_store_create, &nodes);
    if (!rc && c->reset.tty)
        rc = store_write(sc, XBT_NULL, scope_printf(sc, "%s/console/tty", store_dom(sc, c->domid)),
                         c->reset.tty);
    if (!rc)
        rc = build_after_reset(sc, c->domid, c->reset.console_port, &c->built);
    if (!rc)
        create_built(c, 0);
    return rc;
}

static void was_reset(libxl_ctx *ctx, struct soft_reset *r, int rc)
{
    struct create *c = CONTAINER_OF(r, struct create, reset);

    (void)ctx;
    if (!rc)
        rc = equip_again(c);
    if (rc)
        create_failed(c, rc);
}

int libxl_domain_soft_reset(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t domid,
                            const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how)
{
    struct create *c = create_new(ctx, d_config, domid, ao_how, aop_console_how);
    struct ao *ao = c->ao;
    int rc;

    c->resetting = true;
    c->domid = domid;
    rc = soft_reset_check(&ao->sc, domid, &c->config);
    if (!rc)
        rc = create_check(c);
    if (rc) {
        libxl_domain_config_dispose(&c->config);
        return ao_finish(ao, rc);
    }
    c->reset =
        (struct soft_reset){.sc = &ao->sc, .domid = domid, .config = &c->config, .done = was_reset};
    soft_reset_start(&c->reset);
    return ao_run(ao);
}

int libxl_domain_create_new(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t *domid,
                            const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how)
{
    return create(ctx, d_config, domid, -1, NULL, ao_how, aop_console_how);
}

int libxl_domain_create_restore(libxl_ctx *ctx, libxl_domain_config *d_config, uint32_t *domid,
                                int restore_fd, int send_back_fd,
                                const libxl_domain_restore_params *params,
                                const libxl_asyncop_how *ao_how,
                                const libxl_asyncprogress_how *aop_console_how)
{
    (void)send_back_fd; /* COLO's */
    if (restore_fd < 0 || !params)
        return ERROR_INVAL;
    return create(ctx, d_config, domid, restore_fd, params, ao_how, aop_console_how);
}
