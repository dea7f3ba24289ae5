/* SPDX-License-Identifier: MIT */
/* GNTTABOP_copy: bytes from page to page, each side a grant or the caller's own frame. */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/port/page_type.h>
#include <xen/softirq.h>
#include <asm/current.h>

#include "private.h"

/* One side of a copy, held from one operation to the next while they name the same. */
struct side {
    bool held, is_ref, writable;
    domid_t domid;
    uint64_t name; /* gref or gfn */
    struct domain *d; /* under RCU */
    struct page_info *page;
    char *va;
    uint16_t start, length; /* bytes that may be touched */
};

static void side_release(struct side *s)
{
    if (!s->held)
        return;
    if (s->is_ref) {
        struct grant_table *gt = s->d->grant;
        struct active_entry *act;

        read_lock(&gt->lock);
        act = active_lock(gt, (grant_ref_t)s->name);
        if (s->writable)
            act->pins.host_w--;
        else
            act->pins.host_r--;
        entry_unuse(gt, (grant_ref_t)s->name, act);
        active_unlock(act);
        read_unlock(&gt->lock);
    }
    if (s->writable) {
        log_dirty_mark_mfn(s->d, page_to_mfn(s->page));
        page_put_writable(s->page);
    }
    else
        page_put(s->page);
    rcu_unlock_domain(s->d);
    s->held = false;
}

/* @page with a reference, which is given back on error; or NULL. */
static int hold_page(struct side *s, struct page_info *page)
{
    s->page = page;
    if (s->page == NULL)
        return GNTST_bad_page;
    if (s->writable && !page_get_writable_type(s->page)) {
        page_put(s->page);
        return GNTST_general_error;
    }
    s->va = page_to_virt(s->page);
    return GNTST_okay;
}

static int hold_ref_locked(struct side *s, struct active_entry *act)
{
    struct grant_table *gt = s->d->grant;
    uint16_t *count = s->writable ? &act->pins.host_w : &act->pins.host_r;
    int rc;

    if (*count == 0xffff)
        return GNTST_general_error;
    rc = entry_use(s->d, (grant_ref_t)s->name, act, current->domain->domain_id, !s->writable,
                   true);
    if (rc)
        return rc;
    rc = hold_page(s, active_get_page(s->d, act));
    if (rc) {
        entry_unuse(gt, (grant_ref_t)s->name, act);
        return rc;
    }
    if (pins_none(&act->pins))
        act->mfn = page_to_mfn(s->page);
    (*count)++;
    s->start = act->start;
    s->length = act->length;
    return GNTST_okay;
}

static int hold_ref(struct side *s)
{
    struct grant_table *gt = s->d->grant;
    struct active_entry *act;
    int rc = GNTST_bad_gntref;

    read_lock(&gt->lock);
    if (gt->version && s->name < nr_entries(gt)) {
        act = active_lock(gt, (grant_ref_t)s->name);
        rc = hold_ref_locked(s, act);
        active_unlock(act);
    }
    read_unlock(&gt->lock);
    return rc;
}

/* Make @s hold what the operation names. GNTST_*. */
static int side_hold(struct side *s, const struct gnttab_copy_ptr *ptr, bool is_ref, bool writable)
{
    uint64_t name = is_ref ? ptr->u.ref : ptr->u.gmfn;
    int rc;

    if (s->held && s->is_ref == is_ref && s->domid == ptr->domid && s->name == name)
        return GNTST_okay;
    side_release(s);
    if (!is_ref && ptr->domid != DOMID_SELF && !is_control_domain(current->domain))
        return GNTST_permission_denied;
    s->d = rcu_lock_domain_by_any_id(ptr->domid);
    if (s->d == NULL || s->d->grant == NULL)
        return GNTST_bad_domain;
    s->is_ref = is_ref;
    s->writable = writable;
    s->domid = ptr->domid;
    s->name = name;
    s->start = 0;
    s->length = PAGE_SIZE;
    rc = is_ref ? hold_ref(s) : hold_page(s, port_get_page_from_gfn(s->d, mk_gfn(name)));
    if (rc)
        rcu_unlock_domain(s->d);
    else
        s->held = true;
    return rc;
}

static bool in_side(const struct side *s, uint16_t offset, uint16_t len)
{
    return offset >= s->start && len <= s->length && offset - s->start <= s->length - len;
}

static int copy_one(const struct gnttab_copy *op, struct side *src, struct side *dst)
{
    int rc;

    if (op->source.offset + (unsigned int)op->len > PAGE_SIZE ||
        op->dest.offset + (unsigned int)op->len > PAGE_SIZE)
        return GNTST_bad_copy_arg;
    rc = side_hold(src, &op->source, op->flags & GNTCOPY_source_gref, false);
    if (rc)
        return rc;
    rc = side_hold(dst, &op->dest, op->flags & GNTCOPY_dest_gref, true);
    if (rc)
        return rc;
    if (!in_side(src, op->source.offset, op->len) || !in_side(dst, op->dest.offset, op->len))
        return GNTST_general_error;
    /* Both may be the same page. */
    memmove(dst->va + op->dest.offset, src->va + op->source.offset, op->len);
    return GNTST_okay;
}

long grant_op_copy(struct gnttab_copy *uop, unsigned int count)
{
    struct side src = { .held = false }, dst = { .held = false };
    long rc = count;

    for (unsigned int i = 0; i < count; i++) {
        struct gnttab_copy op;

        if (i && hypercall_preempt_check()) {
            rc = i;
            break;
        }
        rc = -EFAULT;
        if (copy_from_guest_bytes(&op, uop + i, sizeof(op)))
            break;
        op.status = (int16_t)copy_one(&op, &src, &dst);
        if (op.status != GNTST_okay) {
            side_release(&src);
            side_release(&dst);
        }
        if (copy_to_guest_bytes(&uop[i].status, &op.status, sizeof(op.status)))
            break;
        rc = count;
    }
    side_release(&src);
    side_release(&dst);
    return rc;
}
