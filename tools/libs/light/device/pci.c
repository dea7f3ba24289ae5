/* SPDX-License-Identifier: MIT */
/*
 * PCI devices of guests. A guest with none gets the split device with its first; a later one is
 * added to the backend's list, and taken off it. For PV guests in these steps:
 *
 *   toolstack: state-N = Initialising or Closing, state = Reconfiguring
 *   pciback:   state-N = Initialised or Closed,   state = Reconfigured
 *   guest:     the two ends come back to Connected
 *
 * HVM guests see the devices in their emulated machine (device/pci_plug.h): here the list is only a
 * record of what they have.
 */
#include "device/pci.h"

#include <stdio.h>

#include "core/domains.h"
#include "core/userdata.h"
#include "device/config.h"
#include "device/interface.h"
#include "device/pci_plug.h"

#define XENBUS_RECONFIGURING   7
#define XENBUS_RECONFIGURED    8
#define RECONFIGURE_TIMEOUT_MS 60000 /* the guest's driver starts in it */

CONFIG_KIND_SAME(pci, pcidevs, pci_same);

static bool pci_same(const void *a, const void *b)
{
    const libxl_device_pci *x = a, *y = b;

    return x->domain == y->domain && x->bus == y->bus && x->dev == y->dev && x->func == y->func;
}

static struct device pci_device(uint32_t domid)
{
    return (struct device){domid, TOOLSTACK_DOMID, "pci", 0, NULL};
}

static char *back_node(struct scope *sc, uint32_t domid, const char *key, unsigned int nr)
{
    struct device dev = pci_device(domid);

    return scope_printf(sc, "%s/%s-%u", device_back_path(sc, &dev), key, nr);
}

static unsigned int nr_devices(struct scope *sc, xs_transaction_t t, uint32_t domid)
{
    struct device dev = pci_device(domid);
    char *s = store_readf(sc, t, "%s/num_devs", device_back_path(sc, &dev));
    int nr = s ? atoi(s) : 0;

    return nr < 0 ? 0 : nr > PCI_DEVICES_MAX ? PCI_DEVICES_MAX : (unsigned int)nr;
}

/* Where the list has it; -1 if nowhere. */
static int index_of(struct scope *sc, xs_transaction_t t, uint32_t domid,
                    const libxl_device_pci *pci)
{
    unsigned int nr = nr_devices(sc, t, domid);

    for (unsigned int i = 0; i < nr; i++) {
        char *s = store_read(sc, t, back_node(sc, domid, "dev", i));
        libxl_device_pci other;

        if (s && pci_parse_bdf(s, &other) && pci_same(&other, pci))
            return (int)i;
    }
    return -1;
}

/* Does another domain have it? */
static int check_free(struct scope *sc, const libxl_device_pci *pci)
{
    unsigned int nr;
    char **ids = store_list(sc, XBT_NULL, "/local/domain/0/backend/pci", &nr);

    for (unsigned int i = 0; i < nr; i++) {
        if (index_of(sc, XBT_NULL, (uint32_t)atoi(ids[i]), pci) < 0)
            continue;
        LOG_ERROR(sc, PCI_BDF_FMT " belongs to domain %s", PCI_BDF(pci), ids[i]);
        return ERROR_FAIL;
    }
    return 0;
}

/* Held by pciback, perhaps since now, and nobody else's. */
static int check_usable(struct scope *sc, libxl_device_pci *pci)
{
    int rc = pci_find(sc, pci);

    if (!rc && pci->vfunc_mask == LIBXL_PCI_FUNC_ALL) {
        LOG_ERROR(sc, "all functions of a device at once are not supported");
        return ERROR_NI;
    }
    if (!rc)
        rc = check_free(sc, pci);
    if (!rc && !pci_is_assignable(sc, pci)) {
        if (pci->seize)
            return pci_make_assignable(sc, pci, true);
        LOG_ERROR(sc, "PCI device " PCI_BDF_FMT " is not assignable", PCI_BDF(pci));
        return ERROR_FAIL;
    }
    return rc;
}

/* The nodes of the list's entry @nr. */
static void describe_one(struct scope *sc, const libxl_device_pci *pci, unsigned int nr,
                         struct nodes *n)
{
    char *bdf = scope_printf(sc, PCI_BDF_FMT, PCI_BDF(pci));

    nodes_add(n, scope_printf(sc, "key-%u", nr), bdf);
    nodes_add(n, scope_printf(sc, "dev-%u", nr), bdf);
    if (pci->vdevfn)
        nodes_addf(sc, n, scope_printf(sc, "vdevfn-%u", nr), "%x", pci->vdevfn);
    nodes_addf(sc, n, scope_printf(sc, "opts-%u", nr),
               "msitranslate=%d,power_mgmt=%d,permissive=%d", pci->msitranslate, pci->power_mgmt,
               pci->permissive);
    nodes_addf(sc, n, scope_printf(sc, "state-%u", nr), "%d", XENBUS_INITIALISING);
}

static void describe_device(struct scope *sc, uint32_t domid, unsigned int nr, struct device_op *op)
{
    struct device dev = pci_device(domid);

    device_op_describe(sc, &dev, op);
    nodes_add(&op->back, "domain", domain_name(sc, domid));
    nodes_addf(sc, &op->back, "num_devs", "%u", nr);
}

static int give(struct scope *sc, uint32_t domid, const libxl_device_pci *pci, bool pv)
{
    int rc = pci->permissive && pv ? pciback_write(sc, "permissive", pci) : 0;

    return rc ? rc : pci_grant(sc, domid, pci, pv);
}

int pci_note_slot(struct scope *sc, uint32_t domid, unsigned int nr, const libxl_device_pci *pci)
{
    return store_writef(sc, XBT_NULL, back_node(sc, domid, "vdevfn", nr), "%x", pci->vdevfn);
}

/* New domains. */

/* Without an IOMMU only PV guests can have devices, which then do DMA as dom0's do. */
static int check_passthrough(struct scope *sc, libxl_domain_create_info *ci)
{
    xc_physinfo_t phys;
    int rc = physinfo_get(sc, &phys);

    if (rc)
        return rc;
    if (ci->passthrough == LIBXL_PASSTHROUGH_DISABLED) {
        LOG_ERROR(sc, "passthrough disabled but devices are specified");
        return ERROR_INVAL;
    }
    if (!(phys.capabilities & XEN_SYSCTL_PHYSCAP_directio)) {
        if (ci->type == LIBXL_DOMAIN_TYPE_PV && ci->passthrough == LIBXL_PASSTHROUGH_DEFAULT)
            return 0;
        LOG_ERROR(sc, "passthrough not supported on this platform");
        return ERROR_INVAL;
    }
    if (ci->passthrough == LIBXL_PASSTHROUGH_DEFAULT)
        ci->passthrough = LIBXL_PASSTHROUGH_ENABLED;
    return 0;
}

int pci_defaults(struct scope *sc, libxl_domain_config *c)
{
    int rc;

    if (!c->num_pcidevs)
        return 0;
    if (c->c_info.type == LIBXL_DOMAIN_TYPE_PVH) {
        LOG_ERROR(sc, "PVH guests cannot have PCI devices");
        return ERROR_INVAL;
    }
    if (c->num_pcidevs > PCI_DEVICES_MAX) {
        LOG_ERROR(sc, "a domain has at most %d PCI devices", PCI_DEVICES_MAX);
        return ERROR_INVAL;
    }
    rc = check_passthrough(sc, &c->c_info);
    for (int i = 0; i < c->num_pcidevs && !rc; i++) {
        if (c->c_info.type == LIBXL_DOMAIN_TYPE_HVM &&
            c->pcidevs[i].rdm_policy == LIBXL_RDM_RESERVE_POLICY_INVALID)
            c->pcidevs[i].rdm_policy = c->b_info.u.hvm.rdm.policy;
        rc = check_usable(sc, &c->pcidevs[i]);
    }
    return rc;
}

int pci_describe(struct scope *sc, uint32_t domid, const libxl_domain_config *c,
                 struct device_op *op)
{
    bool pv = c->c_info.type == LIBXL_DOMAIN_TYPE_PV;
    int rc = 0;

    describe_device(sc, domid, (unsigned int)c->num_pcidevs, op);
    op->unwaited = !pv;
    for (int i = 0; i < c->num_pcidevs && !rc; i++) {
        describe_one(sc, &c->pcidevs[i], (unsigned int)i, &op->back);
        rc = give(sc, domid, &c->pcidevs[i], pv);
    }
    return rc;
}

/* One device more or less of a domain that runs. */

struct pci_change {
    struct ao *ao;
    uint32_t domid;
    libxl_device_pci pci;
    bool adding, force, hvm;
    unsigned int nr; /* its place in the list */
    char *state_path;
    struct ev_watch state;
    struct ev_timer timeout;
    struct cancel cancel;
    /* Of the split device, which comes with the first and goes with the last. */
    struct device_op op;
    /* Of an HVM guest. */
    struct pci_plug plug;
    int failed; /* it is taken out again, since this happened */
};

static void change_end(struct pci_change *c, int rc)
{
    struct scope *sc = &c->ao->sc;

    ev_watch_stop(sc->ctx, &c->state);
    ev_timer_stop(sc->ctx, &c->timeout);
    cancel_stop(&c->cancel);
    if (c->adding ? rc : !rc || c->force)
        pci_revoke(sc, c->domid, &c->pci);
    if (!rc)
        rc = c->adding ? config_add(sc, c->domid, &pci_kind, &c->pci)
                       : config_remove(sc, c->domid, &pci_kind, &c->pci);
    libxl_device_pci_dispose(&c->pci);
    ao_complete(c->ao, rc);
}

static void recorded(struct pci_change *c, int rc);

/* A device that did not come is taken back first. */
static void device_changed(libxl_ctx *ctx, struct device_op *op, int rc)
{
    (void)ctx;
    if (device_op_settled(op, &rc))
        recorded(CONTAINER_OF(op, struct pci_change, op), rc);
}

static int list_extend(struct scope *sc, xs_transaction_t t, void *arg)
{
    struct pci_change *c = arg;
    struct device dev = pci_device(c->domid);
    struct nodes n = {0};

    c->nr = nr_devices(sc, t, c->domid);
    if (c->nr == PCI_DEVICES_MAX) {
        LOG_ERROR(sc, "the domain has %d PCI devices already", PCI_DEVICES_MAX);
        return ERROR_INVAL;
    }
    describe_one(sc, &c->pci, c->nr, &n);
    nodes_addf(sc, &n, "num_devs", "%u", c->nr + 1);
    if (!c->hvm)
        nodes_addf(sc, &n, "state", "%d", XENBUS_RECONFIGURING);
    return nodes_write(sc, t, device_back_path(sc, &dev), &n, c->domid);
}

static int list_close(struct scope *sc, xs_transaction_t t, void *arg)
{
    struct pci_change *c = arg;
    int rc = store_writef(sc, t, back_node(sc, c->domid, "state", c->nr), "%d", XENBUS_CLOSING);

    return rc ? rc : store_writef(sc, t, c->state_path, "%d", XENBUS_RECONFIGURING);
}

static int entry_move(struct scope *sc, xs_transaction_t t, uint32_t domid, const char *key,
                      unsigned int from)
{
    char *value = store_read(sc, t, back_node(sc, domid, key, from));
    int rc = store_rm(sc, t, back_node(sc, domid, key, from));

    return rc || !value ? rc : store_write(sc, t, back_node(sc, domid, key, from - 1), value);
}

/* Those behind it move up. */
static int list_shorten(struct scope *sc, xs_transaction_t t, void *arg)
{
    static const char *const keys[] = {"key", "dev", "vdev", "vdevfn", "opts", "state"};
    struct pci_change *c = arg;
    struct device dev = pci_device(c->domid);
    unsigned int nr = nr_devices(sc, t, c->domid);
    int rc = 0;

    for (unsigned int k = 0; k < ARRAY_SIZE(keys) && !rc; k++) {
        rc = store_rm(sc, t, back_node(sc, c->domid, keys[k], c->nr));
        for (unsigned int i = c->nr + 1; i < nr && !rc; i++)
            rc = entry_move(sc, t, c->domid, keys[k], i);
    }
    return rc ? rc
              : store_writef(sc, t, scope_printf(sc, "%s/num_devs", device_back_path(sc, &dev)),
                             "%u", nr - 1);
}

/* The backend has done its part and the guest knows. */
static void reconfigured(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    struct pci_change *c = CONTAINER_OF(ev, struct pci_change, state);
    struct scope *sc = &c->ao->sc;
    int rc = 0;

    (void)ctx;
    (void)path;
    if (store_read_long(sc, c->state_path) != XENBUS_CONNECTED)
        return;
    if (!c->adding)
        rc = store_transact(sc, list_shorten, c);
    change_end(c, rc);
}

/* An entry that does not come, or is taken by force, leaves the list as it is without the guest. */
static void reconfigure_failed(struct pci_change *c, int rc)
{
    struct scope *sc = &c->ao->sc;

    if ((c->adding || c->force) && !store_transact(sc, list_shorten, c) && !c->adding)
        rc = 0;
    change_end(c, rc);
}

static void reconfigure_late(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct pci_change *c = CONTAINER_OF(ev, struct pci_change, timeout);

    (void)ctx;
    LOG_ERROR(&c->ao->sc, "the guest or pciback does not %s " PCI_BDF_FMT,
              c->adding ? "take" : "give up", PCI_BDF(&c->pci));
    reconfigure_failed(c, ERROR_FAIL);
}

static void reconfigure_stop(libxl_ctx *ctx, struct cancel *cancel)
{
    (void)ctx;
    reconfigure_failed(CONTAINER_OF(cancel, struct pci_change, cancel), ERROR_ABORTED);
}

static void reconfigure(struct pci_change *c)
{
    struct scope *sc = &c->ao->sc;
    struct device dev = pci_device(c->domid);
    int rc;

    c->state_path = scope_printf(sc, "%s/state", device_back_path(sc, &dev));
    if (store_read_long(sc, c->state_path) != XENBUS_CONNECTED) {
        LOG_ERROR(sc, "the guest has not connected to its PCI devices");
        change_end(c, ERROR_FAIL);
        return;
    }
    rc = store_transact(sc, c->adding ? list_extend : list_close, c);
    if (rc) {
        change_end(c, rc);
        return;
    }
    rc = cancel_start(sc, &c->cancel, reconfigure_stop);
    if (!rc)
        rc = ev_watch_start(sc->ctx, &c->state, c->state_path, reconfigured);
    if (!rc)
        rc = ev_timer_start(sc->ctx, &c->timeout, RECONFIGURE_TIMEOUT_MS, reconfigure_late);
    if (rc)
        reconfigure_failed(c, rc);
}

/* The list of an HVM guest follows the device model. */

static void taken_out_again(libxl_ctx *ctx, struct pci_plug *p, int rc)
{
    struct pci_change *c = CONTAINER_OF(p, struct pci_change, plug);

    (void)ctx;
    (void)rc;
    change_end(c, c->failed);
}

static void recorded(struct pci_change *c, int rc)
{
    if (!rc || !c->hvm || !c->adding) {
        change_end(c, rc);
        return;
    }
    c->failed = rc;
    c->plug.done = taken_out_again;
    c->plug.runs_on = true;
    pci_plug_out(&c->plug);
}

/* The first, or the last. */
static void change_device(struct pci_change *c)
{
    if (c->adding) {
        describe_device(&c->ao->sc, c->domid, 1, &c->op);
        describe_one(&c->ao->sc, &c->pci, 0, &c->op.back);
        device_add(&c->op);
    } else {
        device_remove(&c->op);
    }
}

static void plugged(libxl_ctx *ctx, struct pci_plug *p, int rc)
{
    struct pci_change *c = CONTAINER_OF(p, struct pci_change, plug);
    struct scope *sc = &c->ao->sc;
    unsigned int others = nr_devices(sc, XBT_NULL, c->domid) - !c->adding;

    (void)ctx;
    if (rc && !c->force)
        change_end(c, rc);
    else if (others)
        recorded(c, store_transact(sc, c->adding ? list_extend : list_shorten, c));
    else
        change_device(c);
}

static void change_start(struct pci_change *c)
{
    if (c->hvm && c->adding)
        pci_plug_in(&c->plug);
    else if (c->hvm)
        pci_plug_out(&c->plug);
    else if (nr_devices(&c->ao->sc, XBT_NULL, c->domid) > !c->adding)
        reconfigure(c);
    else
        change_device(c);
}

static struct pci_change *change_new(libxl_ctx *ctx, uint32_t domid, const libxl_device_pci *pci,
                                     const libxl_asyncop_how *how)
{
    struct ao *ao = ao_begin(ctx, domid, how);
    struct pci_change *c = scope_alloc(&ao->sc, sizeof(*c));

    c->ao = ao;
    c->domid = domid;
    c->hvm = domain_type(&ao->sc, domid) == LIBXL_DOMAIN_TYPE_HVM;
    libxl_device_pci_copy(ctx, &c->pci, pci);
    c->op.sc = &ao->sc;
    c->op.dev = pci_device(domid);
    c->op.done = device_changed;
    c->op.unwaited = c->hvm;
    c->plug = (struct pci_plug){.sc = &ao->sc, .domid = domid, .pci = &c->pci, .done = plugged};
    return c;
}

static int change_refused(struct pci_change *c, int rc)
{
    libxl_device_pci_dispose(&c->pci);
    return ao_finish(c->ao, rc);
}

/* May the domain have it at all? */
static int check_type(struct scope *sc, uint32_t domid, const libxl_device_pci *pci)
{
    switch (domain_type(sc, domid)) {
    case LIBXL_DOMAIN_TYPE_PV:
        return 0;
    case LIBXL_DOMAIN_TYPE_HVM:
        return pci_test(sc, domid, pci);
    default:
        LOG_ERROR(sc, "only PV and HVM guests can have PCI devices");
        return ERROR_INVAL;
    }
}

int libxl_device_pci_add(libxl_ctx *ctx, uint32_t domid, libxl_device_pci *pci,
                         const libxl_asyncop_how *ao_how)
{
    struct pci_change *c = change_new(ctx, domid, pci, ao_how);
    struct scope *sc = &c->ao->sc;
    int rc = check_type(sc, domid, &c->pci);

    c->adding = true;
    if (!rc)
        rc = check_usable(sc, &c->pci);
    if (!rc)
        rc = give(sc, domid, &c->pci, !c->hvm);
    if (rc)
        return change_refused(c, rc);
    change_start(c);
    return ao_run(c->ao);
}

static int pci_take_away(libxl_ctx *ctx, uint32_t domid, const libxl_device_pci *pci,
                         const libxl_asyncop_how *how, bool force)
{
    struct pci_change *c = change_new(ctx, domid, pci, how);
    struct scope *sc = &c->ao->sc;
    int rc = pci_find(sc, &c->pci), nr = rc ? -1 : index_of(sc, XBT_NULL, domid, &c->pci);

    if (!rc && nr < 0) {
        LOG_ERROR(sc, "the domain does not have PCI device " PCI_BDF_FMT, PCI_BDF(&c->pci));
        rc = ERROR_INVAL;
    }
    if (rc)
        return change_refused(c, rc);
    c->force = c->op.force = force;
    c->nr = (unsigned int)nr;
    change_start(c);
    return ao_run(c->ao);
}

DEVICE_REMOVE_BY(pci)

static bool pci_read(struct scope *sc, uint32_t domid, unsigned int nr, libxl_device_pci *pci)
{
    char *bdf = store_read(sc, XBT_NULL, back_node(sc, domid, "dev", nr));
    char *opts = store_read(sc, XBT_NULL, back_node(sc, domid, "opts", nr));
    char *vdevfn = store_read(sc, XBT_NULL, back_node(sc, domid, "vdevfn", nr));
    int translate = 0, power = 0, permissive = 0;

    libxl_device_pci_init(pci);
    if (!bdf || !pci_parse_bdf(bdf, pci))
        return false;
    if (vdevfn)
        pci->vdevfn = (uint32_t)strtoul(vdevfn, NULL, 16);
    if (opts)
        (void)sscanf(opts, "msitranslate=%d,power_mgmt=%d,permissive=%d", &translate, &power,
                     &permissive);
    pci->msitranslate = translate;
    pci->power_mgmt = power;
    pci->permissive = permissive;
    return true;
}

libxl_device_pci *libxl_device_pci_list(libxl_ctx *ctx, uint32_t domid, int *num)
{
    libxl_device_pci *list;
    unsigned int nr;
    API_ENTER(ctx, domid);

    nr = nr_devices(sc, XBT_NULL, domid);
    list = nr ? xmalloc0(nr * sizeof(*list)) : NULL;
    *num = 0;
    for (unsigned int i = 0; i < nr; i++)
        if (pci_read(sc, domid, i, &list[*num]))
            (*num)++;
    API_LEAVE;
    return list;
}

void libxl_device_pci_list_free(libxl_device_pci *list, int num)
{
    libxl_device_pci_assignable_list_free(list, num);
}
