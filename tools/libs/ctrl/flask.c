/* SPDX-License-Identifier: MIT */
/* The security server. */
#include "private.h"

/* Kinds of object contexts, as policies number them. */
#define OCON_PIRQ   1
#define OCON_IOPORT 2
#define OCON_IOMEM  3
#define OCON_DEVICE 4

#define FLASK_OP(what, ...)                                                                        \
    (xen_flask_op_t)                                                                               \
    {                                                                                              \
        .cmd = FLASK_##what, .interface_version = XEN_FLASK_INTERFACE_VERSION, ##__VA_ARGS__       \
    }
#define flask_with(xch, op, ...)                                                                   \
    op_bounced(xch, __HYPERVISOR_xsm_op, op, sizeof(*(op)), BOUNCES(__VA_ARGS__))

int xc_flask_op(xc_interface *xch, xen_flask_op_t *op)
{
    op->interface_version = XEN_FLASK_INTERFACE_VERSION;
    return op_bounced(xch, __HYPERVISOR_xsm_op, op, sizeof(*op), NULL, 0);
}

static int flask_value(xc_interface *xch, xen_flask_op_t op)
{
    return xc_flask_op(xch, &op);
}

int xc_flask_load(xc_interface *xch, char *buf, uint32_t size)
{
    xen_flask_op_t op = FLASK_OP(LOAD, .u.load.size = size);

    return flask_with(xch, &op, BUF_IN(op.u.load.buffer, buf, size));
}

int xc_flask_context_to_sid(xc_interface *xch, char *buf, uint32_t size, uint32_t *sid)
{
    xen_flask_op_t op = FLASK_OP(CONTEXT_TO_SID, .u.sid_context.size = size);
    int rc = flask_with(xch, &op, BUF_IN(op.u.sid_context.context, buf, size));

    if (!rc)
        *sid = op.u.sid_context.sid;
    return rc;
}

int xc_flask_sid_to_context(xc_interface *xch, int sid, char *buf, uint32_t size)
{
    xen_flask_op_t op =
        FLASK_OP(SID_TO_CONTEXT, .u.sid_context = {.sid = (uint32_t)sid, .size = size});

    return flask_with(xch, &op, BUF_OUT(op.u.sid_context.context, buf, size));
}

int xc_flask_getenforce(xc_interface *xch)
{
    return flask_value(xch, FLASK_OP(GETENFORCE));
}

int xc_flask_setenforce(xc_interface *xch, int mode)
{
    return flask_value(xch, FLASK_OP(SETENFORCE, .u.enforce.enforcing = (uint32_t)mode));
}

int xc_flask_policyvers(xc_interface *xch)
{
    return flask_value(xch, FLASK_OP(POLICYVERS));
}

int xc_flask_getavc_threshold(xc_interface *xch)
{
    return flask_value(xch, FLASK_OP(GETAVC_THRESHOLD));
}

int xc_flask_setavc_threshold(xc_interface *xch, int threshold)
{
    return flask_value(
        xch, FLASK_OP(SETAVC_THRESHOLD, .u.setavc_threshold.threshold = (uint32_t)threshold));
}

int xc_flask_relabel_domain(xc_interface *xch, uint32_t domid, uint32_t sid)
{
    return flask_value(xch, FLASK_OP(RELABEL_DOMAIN, .u.relabel = {.domid = domid, .sid = sid}));
}

int xc_flask_getbool_byid(xc_interface *xch, int id, char *name, uint32_t size, int *curr,
                          int *pend)
{
    xen_flask_op_t op = FLASK_OP(GETBOOL, .u.boolean = {.bool_id = (uint32_t)id, .size = size});
    int rc = flask_with(xch, &op, BUF_OUT(op.u.boolean.name, name, size));

    if (rc)
        return rc;
    if (curr)
        *curr = op.u.boolean.enforcing;
    if (pend)
        *pend = op.u.boolean.pending;
    return 0;
}

int xc_flask_getbool_byname(xc_interface *xch, char *name, int *curr, int *pend)
{
    uint32_t size = (uint32_t)strlen(name);
    xen_flask_op_t op = FLASK_OP(GETBOOL, .u.boolean = {.bool_id = ~0u, .size = size});
    int rc = flask_with(xch, &op, BUF_IN(op.u.boolean.name, name, size));

    if (rc)
        return rc;
    if (curr)
        *curr = op.u.boolean.enforcing;
    if (pend)
        *pend = op.u.boolean.pending;
    return 0;
}

int xc_flask_setbool(xc_interface *xch, char *name, int value, int commit)
{
    uint32_t size = (uint32_t)strlen(name);
    xen_flask_op_t op = FLASK_OP(SETBOOL, .u.boolean = {.bool_id = ~0u,
                                                        .size = size,
                                                        .new_value = (uint8_t)value,
                                                        .commit = (uint8_t)commit});

    return flask_with(xch, &op, BUF_IN(op.u.boolean.name, name, size));
}

static int ocontext_add(xc_interface *xch, uint32_t kind, unsigned long low, unsigned long high,
                        char *scontext)
{
    uint32_t sid;

    if (xc_flask_context_to_sid(xch, scontext, (uint32_t)strlen(scontext), &sid))
        return -1;
    return flask_value(
        xch,
        FLASK_OP(ADD_OCONTEXT, .u.ocontext = {.ocon = kind, .sid = sid, .low = low, .high = high}));
}

static int ocontext_del(xc_interface *xch, uint32_t kind, unsigned long low, unsigned long high)
{
    return flask_value(
        xch, FLASK_OP(DEL_OCONTEXT, .u.ocontext = {.ocon = kind, .low = low, .high = high}));
}

int xc_flask_add_pirq(xc_interface *xch, unsigned int pirq, char *scontext)
{
    return ocontext_add(xch, OCON_PIRQ, pirq, pirq, scontext);
}

int xc_flask_add_ioport(xc_interface *xch, unsigned long low, unsigned long high, char *scontext)
{
    return ocontext_add(xch, OCON_IOPORT, low, high, scontext);
}

int xc_flask_add_iomem(xc_interface *xch, unsigned long low, unsigned long high, char *scontext)
{
    return ocontext_add(xch, OCON_IOMEM, low, high, scontext);
}

int xc_flask_add_device(xc_interface *xch, unsigned long device, char *scontext)
{
    return ocontext_add(xch, OCON_DEVICE, device, device, scontext);
}

int xc_flask_del_pirq(xc_interface *xch, unsigned int pirq)
{
    return ocontext_del(xch, OCON_PIRQ, pirq, pirq);
}

int xc_flask_del_ioport(xc_interface *xch, unsigned long low, unsigned long high)
{
    return ocontext_del(xch, OCON_IOPORT, low, high);
}

int xc_flask_del_iomem(xc_interface *xch, unsigned long low, unsigned long high)
{
    return ocontext_del(xch, OCON_IOMEM, low, high);
}

int xc_flask_del_device(xc_interface *xch, unsigned long device)
{
    return ocontext_del(xch, OCON_DEVICE, device, device);
}

int xc_flask_access(xc_interface *xch, const char *scon, const char *tcon, uint16_t tclass,
                    uint32_t req, uint32_t *allowed, uint32_t *decided, uint32_t *auditallow,
                    uint32_t *auditdeny, uint32_t *seqno)
{
    xen_flask_op_t op = FLASK_OP(ACCESS, .u.access = {.tclass = tclass, .req = req});
    const struct xen_flask_access *a = &op.u.access;

    if (xc_flask_context_to_sid(xch, (char *)(uintptr_t)scon, (uint32_t)strlen(scon),
                                &op.u.access.ssid) ||
        xc_flask_context_to_sid(xch, (char *)(uintptr_t)tcon, (uint32_t)strlen(tcon),
                                &op.u.access.tsid) ||
        xc_flask_op(xch, &op))
        return -1;
    if (allowed)
        *allowed = a->allowed;
    if (decided)
        *decided = ~0u;
    if (auditallow)
        *auditallow = a->audit_allow;
    if (auditdeny)
        *auditdeny = a->audit_deny;
    if (seqno)
        *seqno = a->seqno;
    return (a->allowed & req) == req ? 0 : fail(EPERM);
}

int xc_flask_avc_hashstats(xc_interface *xch, char *buf, int size)
{
    xen_flask_op_t op = FLASK_OP(AVC_HASHSTATS);
    const struct xen_flask_hash_stats *h = &op.u.hash_stats;

    if (xc_flask_op(xch, &op))
        return -1;
    return snprintf(buf, (size_t)size, "entries: %u\nbuckets used: %u/%u\nlongest chain: %u\n",
                    h->entries, h->buckets_used, h->buckets_total, h->max_chain_len);
}

int xc_flask_avc_cachestats(xc_interface *xch, char *buf, int size)
{
    int n = snprintf(buf, (size_t)size, "lookups hits misses allocations reclaims frees\n");

    for (uint32_t cpu = 0; n >= 0 && n < size; cpu++) {
        xen_flask_op_t op = FLASK_OP(AVC_CACHESTATS, .u.cache_stats.cpu = cpu);
        const struct xen_flask_cache_stats *c = &op.u.cache_stats;

        if (xc_flask_op(xch, &op)) {
            if (errno == ENOENT)
                break;
            return -1;
        }
        n += snprintf(buf + n, (size_t)(size - n), "%u %u %u %u %u %u\n", c->lookups, c->hits,
                      c->misses, c->allocations, c->reclaims, c->frees);
    }
    return n;
}
