/* SPDX-License-Identifier: MIT */
#include "private.h"

int xc_vcpu_setcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    struct xen_domctl op = DOMCTL(setvcpucontext, domid, .u.vcpucontext.vcpu = vcpu);

    return domctl_with(xch, &op, BUF_IN(op.u.vcpucontext.ctxt, ctxt, sizeof(*ctxt)));
}

int xc_vcpu_getcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    struct xen_domctl op = DOMCTL(getvcpucontext, domid, .u.vcpucontext.vcpu = vcpu);

    return domctl_with(xch, &op, BUF_BOTH(op.u.vcpucontext.ctxt, ctxt, sizeof(*ctxt)));
}

int xc_vcpu_getinfo(xc_interface *xch, uint32_t domid, uint32_t vcpu, xc_vcpuinfo_t *info)
{
    struct xen_domctl op = DOMCTL(getvcpuinfo, domid, .u.getvcpuinfo.vcpu = vcpu);
    int rc = do_domctl(xch, &op);

    if (!rc)
        *info = op.u.getvcpuinfo;
    return rc;
}

#ifdef XC_X86
int xc_vcpu_get_extstate(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                         xc_vcpu_extstate_t *extstate)
{
    struct xen_domctl op =
        DOMCTL(getvcpuextstate, domid,
               .u.vcpuextstate = {
                   .vcpu = vcpu, .size = extstate->size, .xfeature_mask = extstate->xfeature_mask});
    int rc =
        domctl_with(xch, &op, BUF_OUT(op.u.vcpuextstate.buffer, extstate->buffer, extstate->size));

    if (!rc) {
        extstate->size = op.u.vcpuextstate.size;
        extstate->xfeature_mask = op.u.vcpuextstate.xfeature_mask;
    }
    return rc;
}
#else
int xc_vcpu_get_extstate(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                         xc_vcpu_extstate_t *extstate)
{
    (void)xch, (void)domid, (void)vcpu, (void)extstate;
    return fail(EOPNOTSUPP);
}
#endif

/* Either map may be NULL, if @flags do not name it. */
static int affinity(xc_interface *xch, struct xen_domctl *op, xc_cpumap_t hard, xc_cpumap_t soft)
{
    struct xen_domctl_vcpuaffinity *va = &op->u.vcpuaffinity;
    int size = xc_get_cpumap_size(xch);

    if (size <= 0)
        return -1;
    if (((va->flags & XEN_VCPUAFFINITY_HARD) && !hard) ||
        ((va->flags & XEN_VCPUAFFINITY_SOFT) && !soft))
        return fail(EINVAL);
    if (va->flags & XEN_VCPUAFFINITY_HARD)
        va->cpumap_hard.nr_bits = (uint32_t)size * 8;
    else
        hard = NULL;
    if (va->flags & XEN_VCPUAFFINITY_SOFT)
        va->cpumap_soft.nr_bits = (uint32_t)size * 8;
    else
        soft = NULL;
    return domctl_with(xch, op, BUF_BOTH(va->cpumap_hard.bitmap, hard, (size_t)size),
                       BUF_BOTH(va->cpumap_soft.bitmap, soft, (size_t)size));
}

int xc_vcpu_setaffinity(xc_interface *xch, uint32_t domid, int vcpu, xc_cpumap_t cpumap_hard_inout,
                        xc_cpumap_t cpumap_soft_inout, uint32_t flags)
{
    struct xen_domctl op =
        DOMCTL(setvcpuaffinity, domid, .u.vcpuaffinity = {.vcpu = (uint32_t)vcpu, .flags = flags});

    return affinity(xch, &op, cpumap_hard_inout, cpumap_soft_inout);
}

int xc_vcpu_getaffinity(xc_interface *xch, uint32_t domid, int vcpu, xc_cpumap_t cpumap_hard,
                        xc_cpumap_t cpumap_soft, uint32_t flags)
{
    struct xen_domctl op =
        DOMCTL(getvcpuaffinity, domid, .u.vcpuaffinity = {.vcpu = (uint32_t)vcpu, .flags = flags});

    return affinity(xch, &op, cpumap_hard, cpumap_soft);
}

static int node_affinity(xc_interface *xch, struct xen_domctl *op, xc_nodemap_t nodemap)
{
    struct xenctl_bitmap *map = &op->u.nodeaffinity.nodemap;
    int size = xc_get_nodemap_size(xch);

    if (size <= 0)
        return -1;
    map->nr_bits = (uint32_t)size * 8;
    return domctl_with(xch, op, BUF_BOTH(map->bitmap, nodemap, (size_t)size));
}

int xc_domain_node_setaffinity(xc_interface *xch, uint32_t domid, xc_nodemap_t nodemap)
{
    struct xen_domctl op = DOMCTL(setnodeaffinity, domid);

    return node_affinity(xch, &op, nodemap);
}

int xc_domain_node_getaffinity(xc_interface *xch, uint32_t domid, xc_nodemap_t nodemap)
{
    struct xen_domctl op = DOMCTL(getnodeaffinity, domid);

    return node_affinity(xch, &op, nodemap);
}

int xc_dom_vuart_init(xc_interface *xch, uint32_t type, uint32_t domid, uint32_t console_domid,
                      xen_pfn_t gfn, evtchn_port_t *evtchn)
{
    struct xen_domctl op = DOMCTL(vuart_op, domid,
                                  .u.vuart_op = {.cmd = XEN_DOMCTL_VUART_OP_INIT,
                                                 .type = type,
                                                 .gfn = gfn,
                                                 .console_domid = (domid_t)console_domid});
    int rc = do_domctl(xch, &op);

    if (!rc)
        *evtchn = op.u.vuart_op.evtchn;
    return rc;
}

int xc_domain_hvm_getcontext(xc_interface *xch, uint32_t domid, uint8_t *ctxt_buf, uint32_t size)
{
    struct xen_domctl op = DOMCTL(gethvmcontext, domid, .u.hvmcontext.size = size);
    int rc = domctl_with(xch, &op, BUF_OUT(op.u.hvmcontext.buffer, ctxt_buf, size));

    return rc < 0 ? -1 : (int)op.u.hvmcontext.size;
}

int xc_domain_hvm_getcontext_partial(xc_interface *xch, uint32_t domid, uint16_t typecode,
                                     uint16_t instance, void *ctxt_buf, uint32_t size)
{
    struct xen_domctl op =
        DOMCTL(gethvmcontext_partial, domid,
               .u.hvmcontext_partial = {.type = typecode, .instance = instance, .bufsz = size});

    if (!ctxt_buf)
        return fail(EINVAL);
    return domctl_with(xch, &op, BUF_OUT(op.u.hvmcontext_partial.buffer, ctxt_buf, size));
}

int xc_domain_hvm_setcontext(xc_interface *xch, uint32_t domid, uint8_t *hvm_ctxt, uint32_t size)
{
    struct xen_domctl op = DOMCTL(sethvmcontext, domid, .u.hvmcontext.size = size);

    return domctl_with(xch, &op, BUF_IN(op.u.hvmcontext.buffer, hvm_ctxt, size));
}
