/* SPDX-License-Identifier: MIT */
#include "domain/soft_reset.h"

#include <stdio.h>
#include <unistd.h>

#include "device/pci.h"

/* The state is the emulated machine's, whose registers the guest has set and will not set again. */
static int hand_on_state(struct soft_reset *r)
{
    char *from = dm_save_path(r->sc, r->domid), *to = dm_resume_path(r->sc, r->domid);

    if (!r->has_state || !rename(from, to))
        return 0;
    LOG_ERRNO(r->sc, "the device model has left no state in %s", from);
    return ERROR_FAIL;
}

static int reset_domain(struct soft_reset *r)
{
    libxl_ctx *ctx = r->sc->ctx;

    for (int i = 0; i < r->config->num_pcidevs; i++)
        pci_revoke(r->sc, r->domid, &r->config->pcidevs[i]);
    if (!xs_release_domain(ctx->xsh, r->domid)) {
        LOG_ERRNO(r->sc, "xenstored does not let go of the domain");
        return ERROR_FAIL;
    }
    if (xc_domain_soft_reset(ctx->xch, r->domid)) {
        LOG_ERRNO(r->sc, "the hypervisor does not reset the domain");
        return ERROR_FAIL;
    }
    return hand_on_state(r);
}

static void devices_gone(libxl_ctx *ctx, struct device_batch *b, int rc)
{
    struct soft_reset *r = CONTAINER_OF(b, struct soft_reset, devices);

    if (rc)
        LOG_WARN(r->sc, "not all devices went away cleanly");
    r->done(ctx, r, reset_domain(r));
}

static void dm_stopped(libxl_ctx *ctx, struct dm_stop *stop, int rc)
{
    struct soft_reset *r = CONTAINER_OF(stop, struct soft_reset, stop);

    if (rc) {
        r->done(ctx, r, rc);
        return;
    }
    device_batch_of_domain(r->sc, r->domid, &r->devices);
    r->devices.done = devices_gone;
    device_batch_run(ctx, &r->devices, device_remove);
}

static void dm_saved(libxl_ctx *ctx, struct dm_task *t, int rc)
{
    struct soft_reset *r = CONTAINER_OF(t, struct soft_reset, save);

    if (rc) {
        r->done(ctx, r, rc);
        return;
    }
    r->stop = (struct dm_stop){.sc = r->sc, .domid = r->domid, .done = dm_stopped};
    dm_stop(&r->stop);
}

int soft_reset_check(struct scope *sc, uint32_t domid, const libxl_domain_config *config)
{
    libxl_domain_type type = domain_type(sc, domid);
    xc_domaininfo_t xd;
    int rc = domain_get(sc, domid, &xd);

    if (!rc && (type != config->c_info.type || type == LIBXL_DOMAIN_TYPE_PV ||
                !(xd.flags & XEN_DOMINF_shutdown)))
        rc = ERROR_INVAL;
    if (rc)
        LOG_ERROR(sc, "no HVM or PVH guest that has shut down");
    return rc;
}

void soft_reset_start(struct soft_reset *r)
{
    const char *dom = store_dom(r->sc, r->domid);

    if (xc_domain_pause(r->sc->ctx->xch, r->domid)) {
        LOG_ERRNO(r->sc, "the domain cannot be paused");
        r->done(r->sc->ctx, r, ERROR_FAIL);
        return;
    }
    r->tty = store_readf(r->sc, XBT_NULL, "%s/console/tty", dom);
    r->console_port =
        (unsigned int)store_read_long(r->sc, scope_printf(r->sc, "%s/console/port", dom));
    r->has_state = dm_has_state(r->sc, r->domid);
    r->save = (struct dm_task){.sc = r->sc, .domid = r->domid, .done = dm_saved};
    if (r->has_state)
        dm_save(&r->save, false);
    else
        dm_saved(r->sc->ctx, &r->save, 0);
}
