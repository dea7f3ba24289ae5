/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_memory_op: what is common to all ports. */
#include <public/memory.h>
#include <xen/grant.h>
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/softirq.h>
#include <xen/vnuma.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

static long op_domain_figure(unsigned int op, void *arg)
{
    struct xen_memory_domain dom;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&dom, arg, sizeof(dom)))
        return -EFAULT;
    rc = rcu_lock_domain_for(XSM_MEMORY, op, dom.domid, &d);
    if (rc)
        return rc;
    switch (op) {
    case XENMEM_current_reservation:
        rc = (long)READ_ONCE(d->tot_pages);
        break;
    case XENMEM_maximum_reservation:
        rc = (long)READ_ONCE(d->max_pages);
        break;
    default:
        rc = port_maximum_gpfn(d);
        break;
    }
    rcu_unlock_domain(d);
    return rc;
}

static long op_add_to_physmap(void *arg)
{
    struct xen_add_to_physmap xatp;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&xatp, arg, sizeof(xatp)))
        return -EFAULT;
    if (xatp.space == XENMAPSPACE_gmfn_foreign)
        return -ENOSYS;
    rc = rcu_lock_domain_for(XSM_MEMORY, XENMEM_add_to_physmap, xatp.domid, &d);
    if (rc)
        return rc;
    if (xatp.space != XENMAPSPACE_gmfn_range)
        xatp.size = 1;
    while (xatp.size && rc == 0) {
        rc = port_add_to_physmap(d, xatp.space, xatp.idx, mk_gfn(xatp.gpfn), DOMID_INVALID);
        if (rc)
            break;
        xatp.size--;
        xatp.idx++;
        xatp.gpfn++;
        if (xatp.size && hypercall_preempt_check()) {
            rc = copy_to_guest_bytes(arg, &xatp, sizeof(xatp));
            if (rc == 0)
                rc = hypercall_continue(__HYPERVISOR_memory_op, 2,
                                        (unsigned long)XENMEM_add_to_physmap, arg);
        }
    }
    rcu_unlock_domain(d);
    return rc;
}

static long batch_add(struct domain *d, struct xen_add_to_physmap_batch *b, unsigned int start)
{
    for (unsigned int i = start; i < b->size; i++) {
        xen_ulong_t idx;
        xen_pfn_t gpfn;
        int err;

        if (copy_from_guest(&idx, b->idxs, i, 1) || copy_from_guest(&gpfn, b->gpfns, i, 1))
            return -EFAULT;
        err = port_add_to_physmap(d, b->space, idx, mk_gfn(gpfn), b->u.foreign_domid);
        if (copy_to_guest(b->errs, i, &err, 1))
            return -EFAULT;
        if (i + 1 < b->size && hypercall_preempt_check())
            return i + 1;
    }
    return 0;
}

static long op_add_batch(void *arg, unsigned int start)
{
    struct xen_add_to_physmap_batch b;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&b, arg, sizeof(b)))
        return -EFAULT;
    if (start > b.size)
        return -EINVAL;
    rc = rcu_lock_domain_for(XSM_MEMORY, XENMEM_add_to_physmap_batch, b.domid, &d);
    if (rc)
        return rc;
    rc = batch_add(d, &b, start);
    rcu_unlock_domain(d);
    if (rc > 0)
        rc = hypercall_continue(
            __HYPERVISOR_memory_op, 2,
            XENMEM_add_to_physmap_batch | (unsigned long)rc << MEMOP_EXTENT_SHIFT, arg);
    return rc;
}

static long op_remove_from_physmap(void *arg)
{
    struct xen_remove_from_physmap xrfp;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&xrfp, arg, sizeof(xrfp)))
        return -EFAULT;
    rc = rcu_lock_domain_for(XSM_MEMORY, XENMEM_remove_from_physmap, xrfp.domid, &d);
    if (rc)
        return rc;
    rc = port_physmap_clear(d, mk_gfn(xrfp.gpfn));
    rcu_unlock_domain(d);
    return rc;
}

static long op_claim(void *arg)
{
    struct xen_memory_reservation res;
    struct domain *d;
    long rc;

    if (xsm_check(XSM_MEMORY_HOST, XENMEM_claim_pages, NULL))
        return -EPERM;
    if (copy_from_guest_bytes(&res, arg, sizeof(res)))
        return -EFAULT;
    if (!guest_handle_is_null(res.extent_start) || res.extent_order || res.mem_flags)
        return -EINVAL;
    rc = rcu_lock_domain_for(XSM_MEMORY_HOST, XENMEM_claim_pages, res.domid, &d);
    if (rc)
        return rc;
    rc = domain_set_claim(d, res.nr_extents);
    rcu_unlock_domain(d);
    return rc;
}

/* Tell a PV caller the frame; a translated one says where it wants it. */
static int give_frame(const struct xen_mem_acquire_resource *res, uint32_t i, mfn_t mfn)
{
    xen_pfn_t frame = mfn.nr;

    if (!port_translated(current->domain))
        return copy_to_guest(res->frame_list, i, &frame, 1);
    if (copy_from_guest(&frame, res->frame_list, i, 1))
        return -EFAULT;
    return port_physmap_add_foreign(current->domain, mk_gfn(frame), mfn);
}

/* Frames of a grant table (or its status pages) from @first on, for the toolstack to map. */
static long grant_frames(struct domain *d, const struct xen_mem_acquire_resource *res)
{
    for (uint32_t i = 0; i < res->nr_frames; i++) {
        mfn_t mfn;
        int rc;

        if (res->frame + i > UINT32_MAX)
            return -EINVAL;
        rc = res->id == XENMEM_resource_grant_table_id_shared
                 ? grant_shared_frame(d, (unsigned int)res->frame + i, &mfn)
                 : grant_status_frame(d, (unsigned int)res->frame + i, &mfn);
        if (rc)
            return rc;
        rc = give_frame(res, i, mfn);
        if (rc)
            return rc;
    }
    return 0;
}

static long acquire_from(struct domain *d, struct xen_mem_acquire_resource *res, void *arg)
{
    struct xen_mem_acquire_resource *ures = arg;

    if (res->type != XENMEM_resource_grant_table)
        return -EOPNOTSUPP;
    if (res->id != XENMEM_resource_grant_table_id_shared &&
        res->id != XENMEM_resource_grant_table_id_status)
        return -EINVAL;
    if (guest_handle_is_null(res->frame_list)) {
        /* How many are there at most? */
        if (res->nr_frames)
            return -EINVAL;
        res->nr_frames = grant_max_frames(d);
        return copy_to_guest_bytes(&ures->nr_frames, &res->nr_frames, sizeof(res->nr_frames));
    }
    if (res->nr_frames == 0 || res->nr_frames > 64)
        return res->nr_frames > 64 ? -E2BIG : -EINVAL;
    return grant_frames(d, res);
}

static long op_acquire_resource(void *arg)
{
    struct xen_mem_acquire_resource res;
    struct domain *d;
    long rc;

    if (copy_from_guest_bytes(&res, arg, sizeof(res)))
        return -EFAULT;
    if (res.pad != 0)
        return -EINVAL;
    d = rcu_lock_domain_by_id(res.domid);
    if (d == NULL)
        return -ESRCH;
    if (d == current->domain || d->grant == NULL)
        rc = -EPERM;
    else if (xsm_check(XSM_MEMORY_GUEST, XENMEM_acquire_resource, d))
        rc = -EPERM;
    else
        rc = acquire_from(d, &res, arg);
    rcu_unlock_domain(d);
    return rc;
}

long do_memory_op(unsigned long cmd, void *arg)
{
    unsigned int op = cmd & MEMOP_CMD_MASK;
    unsigned long start = cmd >> MEMOP_EXTENT_SHIFT;

    switch (op) {
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
        return memory_reservation(op, start, arg);
    case XENMEM_exchange:
        return memory_exchange(arg);
    case XENMEM_add_to_physmap_batch:
        return op_add_batch(arg, (unsigned int)min_t(unsigned long, start, UINT32_MAX));
    }
    if (start)
        return -EINVAL;
    switch (op) {
    case XENMEM_maximum_ram_page:
        return (long)max_page;
    case XENMEM_current_reservation:
    case XENMEM_maximum_reservation:
    case XENMEM_maximum_gpfn:
        return op_domain_figure(op, arg);
    case XENMEM_add_to_physmap:
        return op_add_to_physmap(arg);
    case XENMEM_remove_from_physmap:
        return op_remove_from_physmap(arg);
    case XENMEM_claim_pages:
        return op_claim(arg);
    case XENMEM_acquire_resource:
        return op_acquire_resource(arg);
    case XENMEM_get_vnumainfo:
        return vnuma_get(arg);
    case XENMEM_access_op:
    case XENMEM_paging_op:
    case XENMEM_sharing_op:
        return -EOPNOTSUPP;
    default:
        return port_memory_op(op, arg);
    }
}
