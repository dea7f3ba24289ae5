/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_grant_table_op: dispatch, and the operations on whole tables. */
#include <xen/guest_access.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/softirq.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

/* The table of @domid, for operation @cmd. GNTST_*. */
static int lock_target(unsigned int cmd, domid_t domid, struct domain **d)
{
    int rc = rcu_lock_domain_for(XSM_GRANT_TABLE, cmd, domid, d);

    if (rc)
        return rc == -ESRCH ? GNTST_bad_domain : GNTST_permission_denied;
    if ((*d)->grant)
        return GNTST_okay;
    rcu_unlock_domain(*d);
    return GNTST_permission_denied;
}

static int setup_table(struct domain *d, const struct gnttab_setup_table *op)
{
    struct grant_table *gt = d->grant;
    int rc = GNTST_okay;

    if (op->nr_frames > gt->max_frames)
        return GNTST_general_error;
    write_lock(&gt->lock);
    if (gt->nr_frames < op->nr_frames && table_grow(d, op->nr_frames))
        rc = GNTST_general_error;
    write_unlock(&gt->lock);
    for (uint32_t i = 0; rc == GNTST_okay && i < op->nr_frames; i++) {
        xen_pfn_t frame = virt_to_mfn(gt->frame[i]).nr;

        if (copy_to_guest(op->frame_list, i, &frame, 1))
            rc = GNTST_bad_virt_addr;
    }
    return rc;
}

static long op_setup_table(struct gnttab_setup_table *uop, unsigned int count)
{
    struct gnttab_setup_table op;
    struct domain *d;

    if (count != 1)
        return -EINVAL;
    if (copy_from_guest_ptr(&op, uop))
        return -EFAULT;
    op.status = (int16_t)lock_target(GNTTABOP_setup_table, op.dom, &d);
    if (op.status == GNTST_okay) {
        op.status = (int16_t)setup_table(d, &op);
        rcu_unlock_domain(d);
    }
    return copy_to_guest_bytes(&uop->status, &op.status, sizeof(op.status));
}

static long op_query_size(struct gnttab_query_size *uop, unsigned int count)
{
    struct gnttab_query_size op;
    struct domain *d;

    if (count != 1)
        return -EINVAL;
    if (copy_from_guest_ptr(&op, uop))
        return -EFAULT;
    op.status = (int16_t)lock_target(GNTTABOP_query_size, op.dom, &d);
    if (op.status == GNTST_okay) {
        op.nr_frames = d->grant->nr_frames;
        op.max_nr_frames = d->grant->max_frames;
        rcu_unlock_domain(d);
    }
    return copy_to_guest_ptr(uop, &op);
}

static long op_set_version(struct gnttab_set_version *uop)
{
    struct domain *d = current->domain;
    struct gnttab_set_version op;
    long rc;

    if (copy_from_guest_ptr(&op, uop))
        return -EFAULT;
    write_lock(&d->grant->lock);
    rc = table_set_version(d, op.version);
    op.version = d->grant->version;
    write_unlock(&d->grant->lock);
    if (copy_to_guest_ptr(uop, &op))
        rc = -EFAULT;
    return rc;
}

static long op_get_version(struct gnttab_get_version *uop)
{
    struct gnttab_get_version op;
    struct domain *d;
    int rc;

    if (copy_from_guest_ptr(&op, uop))
        return -EFAULT;
    rc = lock_target(GNTTABOP_get_version, op.dom, &d);
    if (rc)
        return rc == GNTST_bad_domain ? -ESRCH : -EPERM;
    op.version = READ_ONCE(d->grant->version);
    rcu_unlock_domain(d);
    return copy_to_guest_ptr(uop, &op);
}

static int status_frames(struct domain *d, const struct gnttab_get_status_frames *op)
{
    struct grant_table *gt = d->grant;
    int rc = GNTST_okay;

    for (uint32_t i = 0; rc == GNTST_okay && i < op->nr_frames; i++) {
        uint64_t frame = 0;

        /* Another vCPU may be giving them up. */
        read_lock(&gt->lock);
        if (gt->version == 2 && op->nr_frames <= gt->nr_status)
            frame = virt_to_mfn(gt->status[i]).nr;
        read_unlock(&gt->lock);
        if (frame == 0)
            rc = GNTST_general_error;
        else if (copy_to_guest(op->frame_list, i, &frame, 1))
            rc = GNTST_bad_virt_addr;
    }
    return rc;
}

static long op_get_status_frames(struct gnttab_get_status_frames *uop, unsigned int count)
{
    struct gnttab_get_status_frames op;
    struct domain *d;

    if (count != 1)
        return -EINVAL;
    if (copy_from_guest_ptr(&op, uop))
        return -EFAULT;
    op.status = (int16_t)lock_target(GNTTABOP_get_status_frames, op.dom, &d);
    if (op.status == GNTST_okay) {
        op.status = (int16_t)status_frames(d, &op);
        rcu_unlock_domain(d);
    }
    return copy_to_guest_bytes(&uop->status, &op.status, sizeof(op.status));
}

static int swap_refs(struct grant_table *gt, grant_ref_t a, grant_ref_t b)
{
    if (a >= nr_entries(gt) || b >= nr_entries(gt))
        return GNTST_bad_gntref;
    if (a == b)
        return GNTST_okay;
    if (!pins_none(&active_entry_of(gt, a)->pins) || !pins_none(&active_entry_of(gt, b)->pins))
        return GNTST_eagain;
    if (gt->version == 2) {
        grant_entry_v2_t t = *entry_v2(gt, a);

        *entry_v2(gt, a) = *entry_v2(gt, b);
        *entry_v2(gt, b) = t;
    } else {
        grant_entry_v1_t t = *entry_v1(gt, a);

        *entry_v1(gt, a) = *entry_v1(gt, b);
        *entry_v1(gt, b) = t;
    }
    return GNTST_okay;
}

static long op_swap(struct gnttab_swap_grant_ref *uop, unsigned int count)
{
    struct grant_table *gt = current->domain->grant;

    for (unsigned int i = 0; i < count; i++) {
        struct gnttab_swap_grant_ref op;

        if (i && hypercall_preempt_check())
            return i;
        if (copy_from_guest_bytes(&op, uop + i, sizeof(op)))
            return -EFAULT;
        write_lock(&gt->lock);
        op.status = (int16_t)swap_refs(gt, op.ref_a, op.ref_b);
        write_unlock(&gt->lock);
        if (copy_to_guest_bytes(&uop[i].status, &op.status, sizeof(op.status)))
            return -EFAULT;
    }
    return count;
}

/* Size of an element, where the operation works on an array and may be preempted. */
static const uint8_t element_size[] = {
    [GNTTABOP_map_grant_ref] = sizeof(struct gnttab_map_grant_ref),
    [GNTTABOP_unmap_grant_ref] = sizeof(struct gnttab_unmap_grant_ref),
    [GNTTABOP_transfer] = sizeof(struct gnttab_transfer),
    [GNTTABOP_copy] = sizeof(struct gnttab_copy),
    [GNTTABOP_unmap_and_replace] = sizeof(struct gnttab_unmap_and_replace),
    [GNTTABOP_swap_grant_ref] = sizeof(struct gnttab_swap_grant_ref),
};

static long array_op(unsigned int cmd, void *uop, unsigned int count)
{
    switch (cmd) {
    case GNTTABOP_map_grant_ref:
        return grant_op_map(uop, count);
    case GNTTABOP_unmap_grant_ref:
        return grant_op_unmap(uop, count);
    case GNTTABOP_copy:
        return grant_op_copy(uop, count);
    case GNTTABOP_transfer:
        return grant_op_transfer(uop, count);
    case GNTTABOP_unmap_and_replace:
        return grant_op_unmap_replace(uop, count);
    default:
        return op_swap(uop, count);
    }
}

long do_grant_table_op(unsigned int cmd, void *uop, unsigned int count)
{
    long done;

    if ((int)count < 0)
        return -EINVAL;
    if (current->domain->grant == NULL)
        return -ENOSYS;
    switch (cmd) {
    case GNTTABOP_setup_table:
        return op_setup_table(uop, count);
    case GNTTABOP_query_size:
        return op_query_size(uop, count);
    case GNTTABOP_set_version:
        return op_set_version(uop);
    case GNTTABOP_get_version:
        return op_get_version(uop);
    case GNTTABOP_get_status_frames:
        return op_get_status_frames(uop, count);
    }
    if (cmd >= ARRAY_SIZE(element_size) || element_size[cmd] == 0)
        return -ENOSYS;
    if (cmd == GNTTABOP_transfer && !opt_grant_transfer)
        return -EOPNOTSUPP;
    if (!port_guest_range_ok(uop, count, element_size[cmd]))
        return -EFAULT;
    done = array_op(cmd, uop, count);
    if (done < 0 || done == count)
        return done < 0 ? done : 0;
    return hypercall_continue(__HYPERVISOR_grant_table_op, 3, (unsigned long)cmd,
                              (char *)uop + done * element_size[cmd],
                              (unsigned long)(count - done));
}
