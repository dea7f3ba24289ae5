/* SPDX-License-Identifier: MIT */
/* Sharing of memory between HVM guests, and forks of them. */
#include "private.h"

#define SHARING(what, dom, ...)                                                                    \
    (struct xen_mem_sharing_op)                                                                    \
    {                                                                                              \
        .op = XENMEM_sharing_op_##what, .domain = (domid_t)(dom), ##__VA_ARGS__                    \
    }

static int sharing(xc_interface *xch, struct xen_mem_sharing_op *op)
{
    return (int)do_memory(xch, XENMEM_sharing_op, op);
}

static int sharing_value(xc_interface *xch, struct xen_mem_sharing_op op)
{
    return sharing(xch, &op);
}

int xc_memshr_control(xc_interface *xch, uint32_t domid, int enable)
{
    return domctl_value(xch, DOMCTL(mem_sharing_op, domid,
                                    .u.mem_sharing_op = {.op = XEN_DOMCTL_MEM_SHARING_CONTROL,
                                                         .u.enable = (uint8_t)enable}));
}

int xc_memshr_nominate_gfn(xc_interface *xch, uint32_t domid, unsigned long gfn, uint64_t *handle)
{
    struct xen_mem_sharing_op op = SHARING(nominate_gfn, domid, .u.nominate.u.gfn = gfn);
    int rc = sharing(xch, &op);

    if (!rc)
        *handle = op.u.nominate.handle;
    return rc;
}

int xc_memshr_nominate_gref(xc_interface *xch, uint32_t domid, grant_ref_t gref, uint64_t *handle)
{
    struct xen_mem_sharing_op op = SHARING(nominate_gref, domid, .u.nominate.u.grant_ref = gref);
    int rc = sharing(xch, &op);

    if (!rc)
        *handle = op.u.nominate.handle;
    return rc;
}

int xc_memshr_share_gfns(xc_interface *xch, uint32_t source_domain, unsigned long source_gfn,
                         uint64_t source_handle, uint32_t client_domain, unsigned long client_gfn,
                         uint64_t client_handle)
{
    return sharing_value(xch, SHARING(share, source_domain,
                                      .u.share = {.source_gfn = source_gfn,
                                                  .source_handle = source_handle,
                                                  .client_domain = (domid_t)client_domain,
                                                  .client_gfn = client_gfn,
                                                  .client_handle = client_handle}));
}

int xc_memshr_share_grefs(xc_interface *xch, uint32_t source_domain, grant_ref_t source_gref,
                          uint64_t source_handle, uint32_t client_domain, grant_ref_t client_gref,
                          uint64_t client_handle)
{
    uint64_t source = XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG | source_gref;
    uint64_t client = XENMEM_SHARING_OP_FIELD_IS_GREF_FLAG | client_gref;

    return xc_memshr_share_gfns(xch, source_domain, source, source_handle, client_domain, client,
                                client_handle);
}

int xc_memshr_add_to_physmap(xc_interface *xch, uint32_t source_domain, unsigned long source_gfn,
                             uint64_t source_handle, uint32_t client_domain,
                             unsigned long client_gfn)
{
    return sharing_value(xch, SHARING(add_physmap, source_domain,
                                      .u.share = {.source_gfn = source_gfn,
                                                  .source_handle = source_handle,
                                                  .client_domain = (domid_t)client_domain,
                                                  .client_gfn = client_gfn}));
}

int xc_memshr_range_share(xc_interface *xch, uint32_t source_domain, uint32_t client_domain,
                          uint64_t first_gfn, uint64_t last_gfn)
{
    return sharing_value(xch, SHARING(range_share, source_domain,
                                      .u.range = {.client_domain = (domid_t)client_domain,
                                                  .first_gfn = first_gfn,
                                                  .last_gfn = last_gfn}));
}

int xc_memshr_fork(xc_interface *xch, uint32_t source_domain, uint32_t client_domain,
                   bool allow_with_iommu, bool block_interrupts)
{
    uint16_t flags = 0;

    if (allow_with_iommu)
        flags |= XENMEM_FORK_WITH_IOMMU_ALLOWED;
    if (block_interrupts)
        flags |= XENMEM_FORK_BLOCK_INTERRUPTS;
    return sharing_value(
        xch, SHARING(fork, client_domain,
                     .u.fork = {.parent_domain = (domid_t)source_domain, .flags = flags}));
}

int xc_memshr_fork_reset(xc_interface *xch, uint32_t forked_domain, bool reset_state,
                         bool reset_memory)
{
    uint16_t flags = 0;

    if (reset_state)
        flags |= XENMEM_FORK_RESET_STATE;
    if (reset_memory)
        flags |= XENMEM_FORK_RESET_MEMORY;
    return sharing_value(xch, SHARING(fork_reset, forked_domain, .u.fork.flags = flags));
}

int xc_memshr_debug_gfn(xc_interface *xch, uint32_t domid, unsigned long gfn)
{
    return sharing_value(xch, SHARING(debug_gfn, domid, .u.debug.u.gfn = gfn));
}

int xc_memshr_debug_gref(xc_interface *xch, uint32_t domid, grant_ref_t gref)
{
    return sharing_value(xch, SHARING(debug_gref, domid, .u.debug.u.gref = gref));
}

int xc_memshr_audit(xc_interface *xch)
{
    return sharing_value(xch, SHARING(audit, 0));
}

long xc_sharing_freed_pages(xc_interface *xch)
{
    return memory_bounced(xch, XENMEM_get_sharing_freed_pages, NULL, 0, NULL, 0);
}

long xc_sharing_used_frames(xc_interface *xch)
{
    return memory_bounced(xch, XENMEM_get_sharing_shared_pages, NULL, 0, NULL, 0);
}
