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
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

/* How many entries of transitive grants may follow one another, the last one with the page. */
#define CHAIN_MAX 8

struct link {
    struct domain *d; /* under RCU */
    grant_ref_t ref;  /* of the side's kind pinned, where it names grants */
};

/* One side of a copy, held from one operation to the next while they name the same. */
struct side {
    bool held, is_ref, writable;
    uint8_t nr_links;
    domid_t domid;
    uint64_t name;               /* gref or gfn */
    struct link link[CHAIN_MAX]; /* the last one's domain is the page's */
    struct page_info *page;
    char *va;
    uint16_t start, length; /* bytes that may be touched */
};

static uint16_t *pin_count(const struct side *s, struct active_entry *act)
{
    return s->writable ? &act->pins.host_w : &act->pins.host_r;
}

/* Each table is locked by itself: a chain may lead through them in any order. */
static void unpin_links(const struct side *s)
{
    for (unsigned int i = s->nr_links; i-- > 0;) {
        const struct link *l = &s->link[i];
        struct grant_table *gt = l->d->grant;
        struct active_entry *act;

        read_lock(&gt->lock);
        act = active_lock(gt, l->ref);
        (*pin_count(s, act))--;
        entry_unuse(gt, l->ref, act);
        active_unlock(act);
        read_unlock(&gt->lock);
    }
}

static void unlock_domains(struct side *s)
{
    while (s->nr_links > 0)
        rcu_unlock_domain(s->link[--s->nr_links].d);
}

static void side_release(struct side *s)
{
    if (!s->held)
        return;
    if (s->is_ref)
        unpin_links(s);
    if (s->writable) {
        log_dirty_mark_mfn(s->link[s->nr_links - 1].d, page_to_mfn(s->page));
        page_put_writable(s->page);
    } else
        page_put(s->page);
    unlock_domains(s);
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

static int hold_entry_page(struct side *s, struct domain *d, struct active_entry *act)
{
    int rc = hold_page(s, active_get_page(d, act));

    if (rc)
        return rc;
    if (pins_none(&act->pins))
        act->mfn = page_to_mfn(s->page);
    s->start = act->start;
    s->length = act->length;
    return GNTST_okay;
}

static int hold_entry(struct side *s, const struct link *l, domid_t grantee,
                      struct active_entry *act)
{
    int rc;

    if (*pin_count(s, act) == 0xffff)
        return GNTST_general_error;
    rc = entry_use(l->d, l->ref, act, grantee, !s->writable, true);
    if (rc)
        return rc;
    rc = act->transitive ? GNTST_okay : hold_entry_page(s, l->d, act);
    if (rc)
        entry_unuse(l->d->grant, l->ref, act);
    else
        (*pin_count(s, act))++;
    return rc;
}

/* Where a chain goes on, and as whose grant it must be there. */
struct next {
    bool more;
    domid_t domid, grantee;
    grant_ref_t ref;
};

/* The entry that @next names. On success @next is what comes after it. */
static int hold_link(struct side *s, struct domain *d, struct next *next)
{
    const struct link l = {d, next->ref};
    struct grant_table *gt = d->grant;
    struct active_entry *act;
    int rc = GNTST_bad_gntref;

    if (xsm_check(XSM_GRANT_COPY, GNTTABOP_copy, d))
        return GNTST_permission_denied;
    read_lock(&gt->lock);
    if (gt->version && l.ref < nr_entries(gt)) {
        act = active_lock(gt, l.ref);
        rc = hold_entry(s, &l, next->grantee, act);
        next->more = act->transitive;
        next->domid = act->next_domid;
        next->ref = act->next_ref;
        active_unlock(act);
    }
    read_unlock(&gt->lock);
    next->grantee = d->domain_id;
    if (rc == GNTST_okay)
        s->link[s->nr_links++] = l;
    return rc;
}

static int hold_chain(struct side *s, struct domain *d, grant_ref_t ref)
{
    struct next next = {.grantee = current->domain->domain_id, .ref = ref};

    for (;;) {
        int rc = hold_link(s, d, &next);

        if (rc) {
            rcu_unlock_domain(d);
            return rc;
        }
        if (!next.more)
            return GNTST_okay;
        if (s->nr_links == CHAIN_MAX)
            return GNTST_general_error;
        d = rcu_lock_domain_by_id(next.domid);
        if (d == NULL)
            return GNTST_bad_domain;
        if (d->grant == NULL) {
            rcu_unlock_domain(d);
            return GNTST_bad_domain;
        }
    }
}

static int hold_ref(struct side *s, struct domain *d, grant_ref_t ref)
{
    int rc = hold_chain(s, d, ref);

    if (rc) {
        unpin_links(s);
        unlock_domains(s);
    }
    return rc;
}

static int hold_frame(struct side *s, struct domain *d, gfn_t gfn)
{
    int rc = hold_page(s, port_get_page_from_gfn(d, gfn));

    if (rc)
        rcu_unlock_domain(d);
    else
        s->link[s->nr_links++].d = d;
    return rc;
}

/* Make @s hold what the operation names. GNTST_*. */
static int side_hold(struct side *s, const struct gnttab_copy_ptr *ptr, bool is_ref, bool writable)
{
    uint64_t name = is_ref ? ptr->u.ref : ptr->u.gmfn;
    struct domain *d;
    int rc;

    if (s->held && s->is_ref == is_ref && s->domid == ptr->domid && s->name == name)
        return GNTST_okay;
    side_release(s);
    d = rcu_lock_domain_by_any_id(ptr->domid);
    rc = d && d->grant ? GNTST_okay : GNTST_bad_domain;
    if (!is_ref && ptr->domid != DOMID_SELF && xsm_check(XSM_GRANT_FRAME, GNTTABOP_copy, d))
        rc = GNTST_permission_denied;
    if (rc) {
        if (d)
            rcu_unlock_domain(d);
        return rc;
    }
    s->is_ref = is_ref;
    s->writable = writable;
    s->nr_links = 0;
    s->domid = ptr->domid;
    s->name = name;
    s->start = 0;
    s->length = PAGE_SIZE;
    rc = is_ref ? hold_ref(s, d, (grant_ref_t)name) : hold_frame(s, d, mk_gfn(name));
    s->held = rc == GNTST_okay;
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
    struct side src, dst; /* large: not cleared for nothing */
    long rc = count;

    src.held = dst.held = false;
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
