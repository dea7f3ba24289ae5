/* SPDX-License-Identifier: MIT */
#include "core/userdata.h"
#include "domain/domain.h"

/* In the order in which it happens: stop, device model, devices, nodes, files, memory. */

static void memory_gone(libxl_ctx *ctx, struct ev_work *w, int result)
{
    struct domain_destroy *d = CONTAINER_OF(w, struct domain_destroy, work);

    if (result) {
        LOG_ERROR(d->sc, "the domain cannot be destroyed: %s", strerror(result));
        d->rc = ERROR_FAIL;
    }
    d->done(ctx, d, d->rc);
}

/* Freeing a large guest takes a while. */
static int free_memory(struct ev_work *w)
{
    struct domain_destroy *d = CONTAINER_OF(w, struct domain_destroy, work);

    return xc_domain_destroy(d->sc->ctx->xch, d->domid) ? errno : 0;
}

/* After a migration to the same host two domains have one UUID. */
static bool vm_shared(struct scope *sc, xs_transaction_t t, const char *vm, uint32_t domid)
{
    unsigned int nr;
    char **domains = store_list(sc, t, "/local/domain", &nr);

    for (unsigned int i = 0; domains && i < nr; i++) {
        char *other = store_readf(sc, t, "/local/domain/%s/vm", domains[i]);

        if (other && !strcmp(other, vm) && strtoul(domains[i], NULL, 10) != domid)
            return true;
    }
    return false;
}

static int remove_nodes(struct scope *sc, xs_transaction_t t, void *arg)
{
    struct domain_destroy *d = arg;
    char *vm = store_readf(sc, t, "/local/domain/%u/vm", d->domid);
    int rc = 0;

    if (vm && !strncmp(vm, "/vm/", 4) && !vm_shared(sc, t, vm, d->domid))
        rc = store_rm(sc, t, vm);
    if (!rc)
        rc = store_rm(sc, t, store_dom(sc, d->domid));
    return rc ? rc : store_rm(sc, t, store_libxl(sc, d->domid));
}

static void devices_gone(libxl_ctx *ctx, struct device_batch *b, int rc)
{
    struct domain_destroy *d = CONTAINER_OF(b, struct domain_destroy, devices);

    if (rc)
        LOG_WARN(d->sc, "not all devices went away cleanly");
    if (store_transact(d->sc, remove_nodes, d))
        d->rc = ERROR_FAIL;
    userdata_remove_all(d->sc, d->domid);
    rc = ev_work_start(ctx, &d->work, free_memory, memory_gone);
    if (rc)
        memory_gone(ctx, &d->work, free_memory(&d->work));
}

static void dm_stopped(libxl_ctx *ctx, struct dm_stop *stop, int rc)
{
    struct domain_destroy *d = CONTAINER_OF(stop, struct domain_destroy, dm);

    if (rc)
        d->rc = rc;
    device_batch_of_domain(d->sc, d->domid, &d->devices);
    d->devices.done = devices_gone;
    device_batch_run(ctx, &d->devices, device_remove);
}

void domain_destroy_start(struct domain_destroy *d)
{
    libxl_ctx *ctx = d->sc->ctx;
    xc_domaininfo_t xd;
    int rc = domain_get(d->sc, d->domid, &xd);

    if (rc) {
        LOG_ERROR(d->sc, "no such domain");
        d->done(ctx, d, rc);
        return;
    }
    /* It must not run while its devices vanish. Of a dying one this fails, and need not succeed. */
    (void)xc_domain_pause(ctx->xch, d->domid);
    d->dm = (struct dm_stop){.sc = d->sc, .domid = d->domid, .done = dm_stopped};
    dm_stop(&d->dm);
}

static void destroyed(libxl_ctx *ctx, struct domain_destroy *d, int rc)
{
    (void)ctx;
    ao_complete(d->ao, rc);
}

int libxl_domain_destroy(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct domain_destroy *d = scope_alloc(&ao->sc, sizeof(*d));

    d->sc = &ao->sc;
    d->ao = ao;
    d->domid = domid;
    d->done = destroyed;
    domain_destroy_start(d);
    return ao_run(ao);
}
