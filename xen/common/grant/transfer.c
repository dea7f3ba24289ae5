/* SPDX-License-Identifier: MIT */
/* GNTTABOP_transfer: a page of the caller becomes another domain's. */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>
#include <xen/softirq.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

/* Take the receiver's offer: from "committed" on the entry is the hypervisor's. */
static int commit_slot(struct domain *rd, grant_ref_t ref, domid_t from)
{
    struct grant_table *gt = rd->grant;
    uint32_t *header, seen;
    int rc = GNTST_bad_gntref;

    read_lock(&gt->lock);
    if (gt->version && ref < nr_entries(gt)) {
        header = entry_header(gt, ref);
        seen = GTF_accept_transfer | (uint32_t)from << 16;
        if (__atomic_compare_exchange_n(header, &seen, seen | GTF_transfer_committed, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
            rc = GNTST_okay;
    }
    read_unlock(&gt->lock);
    return rc;
}

/* The receiver may have changed to another version since commit_slot(), with fewer entries. */
static bool slot_exists(const struct grant_table *gt, grant_ref_t ref)
{
    return ref < nr_entries(gt);
}

static void complete_slot(struct domain *rd, grant_ref_t ref, mfn_t mfn)
{
    struct grant_table *gt = rd->grant;

    read_lock(&gt->lock);
    if (slot_exists(gt, ref)) {
        if (gt->version == 2)
            WRITE_ONCE(entry_v2(gt, ref)->full_page.frame, mfn.nr);
        else
            WRITE_ONCE(entry_v1(gt, ref)->frame, (uint32_t)mfn.nr);
        __atomic_fetch_or(entry_header(gt, ref), GTF_transfer_completed, __ATOMIC_RELEASE);
    }
    read_unlock(&gt->lock);
}

static void withdraw_slot(struct domain *rd, grant_ref_t ref)
{
    read_lock(&rd->grant->lock);
    if (slot_exists(rd->grant, ref))
        __atomic_fetch_and(entry_header(rd->grant, ref), ~(uint32_t)GTF_transfer_committed,
                           __ATOMIC_RELEASE);
    read_unlock(&rd->grant->lock);
}

static int give(struct domain *rd, struct page_info *pg, const struct gnttab_transfer *op)
{
    struct domain *ld = current->domain;
    mfn_t mfn = page_to_mfn(pg);
    int rc;

    if (mfn.nr >> 32 && READ_ONCE(rd->grant->version) != 2)
        return GNTST_address_too_big;
    rc = commit_slot(rd, op->ref, ld->domain_id);
    if (rc)
        return rc;
    if (page_steal(ld, pg, 0)) {
        withdraw_slot(rd, op->ref);
        return GNTST_bad_page;
    }
    port_flush_domain_tlb(ld);
    if (page_assign(pg, 0, rd, 0)) {
        withdraw_slot(rd, op->ref);
        /* It is nobody's now; the caller gave it up. */
        heap_free_pages(pg, 0);
        return GNTST_general_error;
    }
    complete_slot(rd, op->ref, mfn);
    return GNTST_okay;
}

static int transfer_one(const struct gnttab_transfer *op)
{
    struct domain *rd;
    mfn_t mfn = mk_mfn(op->mfn);
    int rc;

    if (port_translated(current->domain) || !mfn_valid(mfn))
        return GNTST_bad_page;
    rd = rcu_lock_domain_by_id(op->domid);
    if (rd == NULL)
        return GNTST_bad_domain;
    if (rd->grant == NULL || rd == current->domain)
        rc = GNTST_bad_domain;
    else if (xsm_check(XSM_GRANT_TRANSFER, GNTTABOP_transfer, rd))
        rc = GNTST_permission_denied;
    else
        rc = give(rd, mfn_to_page(mfn), op);
    rcu_unlock_domain(rd);
    return rc;
}

long grant_op_transfer(struct gnttab_transfer *uop, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        struct gnttab_transfer op;

        if (i && hypercall_preempt_check())
            return i;
        if (copy_from_guest_bytes(&op, uop + i, sizeof(op)))
            return -EFAULT;
        op.status = (int16_t)transfer_one(&op);
        if (copy_to_guest_bytes(&uop[i].status, &op.status, sizeof(op.status)))
            return -EFAULT;
    }
    return count;
}
