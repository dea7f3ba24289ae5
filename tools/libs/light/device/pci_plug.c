/* SPDX-License-Identifier: MIT */
/*
 * In the order in which it happens: in: device_add -> query-pci tells the slot; out: device_del ->
 * the guest ejects it -> query-pci does not have it any more.
 */
#include "device/pci_plug.h"

#include <json-c/json.h>

#define LOOK_AGAIN_MS 500
#define LOOKS_MAX     40

static char *plug_id(const struct pci_plug *p)
{
    return scope_printf(p->sc, "pci-%04x-%02x-%02x.%x", PCI_BDF(p->pci));
}

static void ask(struct pci_plug *p, const char *command, struct json_object *arguments,
                enum qmp_stop stop,
                void (*done)(libxl_ctx *, struct qmp *, int, struct json_object *))
{
    p->qmp = (struct qmp){.sc = p->sc,
                          .domid = p->domid,
                          .command = command,
                          .arguments = arguments,
                          .stop = p->runs_on ? QMP_NEVER : stop,
                          .done = done};
    qmp_start(&p->qmp);
}

/* What the machine has. */

static int number_of(struct json_object *o, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(o, key, &v) ? json_object_get_int(v) : -1;
}

static bool is_named(struct json_object *device, const char *id)
{
    struct json_object *v;

    return json_object_object_get_ex(device, "qdev_id", &v) && json_object_get_string(v) &&
           !strcmp(json_object_get_string(v), id);
}

/* Of the first bus: there are no others in the machine. NULL: it is not there. */
static struct json_object *find_device(struct json_object *buses, const char *id)
{
    struct json_object *bus, *devices;

    if (!json_object_is_type(buses, json_type_array))
        return NULL;
    bus = json_object_array_get_idx(buses, 0);
    if (!bus || !json_object_object_get_ex(bus, "devices", &devices) ||
        !json_object_is_type(devices, json_type_array))
        return NULL;
    for (size_t i = 0; i < json_object_array_length(devices); i++)
        if (is_named(json_object_array_get_idx(devices, i), id))
            return json_object_array_get_idx(devices, i);
    return NULL;
}

/* In. */

static void slot_known(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct pci_plug *p = CONTAINER_OF(q, struct pci_plug, qmp);
    struct json_object *device = rc ? NULL : find_device(answer, plug_id(p));
    int slot = device ? number_of(device, "slot") : -1,
        function = device ? number_of(device, "function") : -1;

    if (!rc && (slot < 0 || slot > 31 || function < 0 || function > 7)) {
        LOG_ERROR(p->sc, "the device model does not say where PCI device " PCI_BDF_FMT " is",
                  PCI_BDF(p->pci));
        rc = ERROR_FAIL;
    }
    if (!rc)
        p->pci->vdevfn = (uint32_t)(slot << 3 | function);
    p->done(ctx, p, rc);
}

static void added(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct pci_plug *p = CONTAINER_OF(q, struct pci_plug, qmp);

    (void)answer;
    if (rc)
        p->done(ctx, p, rc);
    else
        ask(p, "query-pci", NULL, QMP_NEVER, slot_known);
}

void pci_plug_in(struct pci_plug *p)
{
    struct json_object *args = json_object_new_object();

    qmp_put_string(args, "driver", "xen-pci-passthrough");
    qmp_put_string(args, "id", plug_id(p));
    qmp_put_string(args, "hostaddr", scope_printf(p->sc, PCI_BDF_FMT, PCI_BDF(p->pci)));
    if (p->pci->vdevfn)
        qmp_put_string(args, "addr",
                       scope_printf(p->sc, "%x.%x", p->pci->vdevfn >> 3, p->pci->vdevfn & 7));
    if (p->pci->permissive)
        qmp_put_bool(args, "permissive", true);
    ask(p, "device_add", args, QMP_UNTIL_SENT, added);
}

/* Out. */

static void look(libxl_ctx *ctx, struct ev_timer *ev);

/* The guest may let go of it later; nobody waits for that any more. */
static void look_no_more(libxl_ctx *ctx, struct cancel *c)
{
    struct pci_plug *p = CONTAINER_OF(c, struct pci_plug, cancel);

    ev_timer_stop(ctx, &p->again);
    p->done(ctx, p, ERROR_ABORTED);
}

static int look_later(struct pci_plug *p)
{
    int rc = p->runs_on ? 0 : cancel_start(p->sc, &p->cancel, look_no_more);

    if (!rc)
        rc = ev_timer_start(p->sc->ctx, &p->again, LOOK_AGAIN_MS, look);
    if (rc)
        cancel_stop(&p->cancel);
    return rc;
}

static void looked(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct pci_plug *p = CONTAINER_OF(q, struct pci_plug, qmp);

    if (!rc && find_device(answer, plug_id(p))) {
        rc = ++p->looks < LOOKS_MAX ? look_later(p) : ERROR_TIMEDOUT;
        if (!rc)
            return;
        LOG_ERROR(p->sc, "the guest does not let go of PCI device " PCI_BDF_FMT, PCI_BDF(p->pci));
    }
    p->done(ctx, p, rc);
}

static void look(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct pci_plug *p = CONTAINER_OF(ev, struct pci_plug, again);

    (void)ctx;
    cancel_stop(&p->cancel);
    ask(p, "query-pci", NULL, QMP_ANY_TIME, looked);
}

static void removal_begun(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct pci_plug *p = CONTAINER_OF(q, struct pci_plug, qmp);

    (void)answer;
    /* The guest has let go of it since somebody asked the last time. */
    if (rc == ERROR_QMP_DEVICE_NOT_FOUND)
        p->done(ctx, p, 0);
    else if (rc)
        p->done(ctx, p, rc);
    else
        ask(p, "query-pci", NULL, QMP_ANY_TIME, looked);
}

void pci_plug_out(struct pci_plug *p)
{
    struct json_object *args = json_object_new_object();

    qmp_put_string(args, "id", plug_id(p));
    ask(p, "device_del", args, QMP_UNTIL_SENT, removal_begun);
}

/* All of a domain. */

static void plug_next(struct pci_plug_all *all);

static void plugged(libxl_ctx *ctx, struct pci_plug *p, int rc)
{
    struct pci_plug_all *all = CONTAINER_OF(p, struct pci_plug_all, one);

    if (!rc)
        rc = pci_note_slot(all->sc, all->domid, (unsigned int)all->next, p->pci);
    all->next++;
    if (rc || all->next == all->nr)
        all->done(ctx, all, rc);
    else
        plug_next(all);
}

static void plug_next(struct pci_plug_all *all)
{
    all->one = (struct pci_plug){
        .sc = all->sc, .domid = all->domid, .pci = &all->pci[all->next], .done = plugged};
    pci_plug_in(&all->one);
}

void pci_plug_all(struct pci_plug_all *all)
{
    all->next = 0;
    if (all->nr)
        plug_next(all);
    else
        all->done(all->sc->ctx, all, 0);
}
