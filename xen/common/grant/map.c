/* SPDX-License-Identifier: MIT */
/* GNTTABOP_map_grant_ref, unmap_grant_ref, unmap_and_replace. */
#include <xen/guest_access.h>
#include <xen/kernel.h>
#include <xen/log_dirty.h>
#include <xen/port/page_type.h>
#include <xen/softirq.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "private.h"

#define BATCH    32 /* unmaps for one TLB flush */
#define PINS_MAX 0xffff

/* A page reference per kind of mapping: general, and writable type where it is to be written. */
static int take_page(struct domain *rd, struct active_entry *act, bool readonly)
{
    struct page_info *pg = active_get_page(rd, act);

    if (pg == NULL)
        return GNTST_bad_page;
    if (!readonly && !page_get_writable_type(pg)) {
        page_put(pg);
        return GNTST_general_error;
    }
    if (pins_none(&act->pins))
        act->mfn = page_to_mfn(pg);
    return GNTST_okay;
}

static void drop_page(mfn_t mfn, bool readonly)
{
    struct page_info *pg = mfn_to_page(mfn);

    if (readonly)
        page_put(pg);
    else
        page_put_writable(pg);
}

static uint16_t *pin_of(struct pins *p, unsigned int kind, bool readonly)
{
    if (kind == GNTMAP_host_map)
        return readonly ? &p->host_r : &p->host_w;
    return readonly ? &p->dev_r : &p->dev_w;
}

/* One reference and one pin for each kind in @flags. */
static int pin(struct domain *rd, grant_ref_t ref, struct active_entry *act, domid_t ld,
               unsigned int flags)
{
    bool readonly = flags & GNTMAP_readonly;
    unsigned int done = 0;
    int rc = entry_use(rd, ref, act, ld, readonly, false);

    if (rc)
        return rc;
    for (unsigned int kind = GNTMAP_device_map; kind <= GNTMAP_host_map; kind <<= 1) {
        if (!(flags & kind))
            continue;
        rc = *pin_of(&act->pins, kind, readonly) == PINS_MAX ? GNTST_general_error
                                                             : take_page(rd, act, readonly);
        if (rc)
            break;
        (*pin_of(&act->pins, kind, readonly))++;
        done |= kind;
    }
    if (rc == GNTST_okay)
        return rc;
    for (unsigned int kind = GNTMAP_device_map; kind <= GNTMAP_host_map; kind <<= 1)
        if (done & kind) {
            (*pin_of(&act->pins, kind, readonly))--;
            drop_page(act->mfn, readonly);
        }
    entry_unuse(rd->grant, ref, act);
    return rc;
}

/* Undo pin() for the kinds in @flags. Table of @rd read-held here. */
static void unpin(struct domain *rd, grant_ref_t ref, unsigned int flags)
{
    struct grant_table *gt = rd->grant;
    bool readonly = flags & GNTMAP_readonly;
    struct active_entry *act;
    mfn_t mfn;

    read_lock(&gt->lock);
    act = active_lock(gt, ref);
    mfn = act->mfn;
    for (unsigned int kind = GNTMAP_device_map; kind <= GNTMAP_host_map; kind <<= 1)
        if (flags & kind)
            (*pin_of(&act->pins, kind, readonly))--;
    entry_unuse(gt, ref, act);
    active_unlock(act);
    read_unlock(&gt->lock);
    if (!readonly)
        log_dirty_mark_mfn(rd, mfn);
    for (unsigned int kind = GNTMAP_device_map; kind <= GNTMAP_host_map; kind <<= 1)
        if (flags & kind)
            drop_page(mfn, readonly);
}

static int pin_ref(struct domain *rd, grant_ref_t ref, domid_t ld, unsigned int flags, mfn_t *mfn)
{
    struct grant_table *gt = rd->grant;
    struct active_entry *act;
    int rc = GNTST_bad_gntref;

    read_lock(&gt->lock);
    if (gt->version && ref < nr_entries(gt)) {
        act = active_lock(gt, ref);
        rc = pin(rd, ref, act, ld, flags);
        *mfn = act->mfn;
        active_unlock(act);
    }
    read_unlock(&gt->lock);
    return rc;
}

static int map_from(struct domain *rd, struct gnttab_map_grant_ref *op)
{
    struct domain *ld = current->domain;
    grant_handle_t handle;
    struct maptrack_entry *mt, new;
    mfn_t mfn;
    int rc;

    if (maptrack_get(ld->grant, &handle))
        return GNTST_no_space;
    rc = pin_ref(rd, op->ref, ld->domain_id, op->flags, &mfn);
    if (rc)
        goto put_handle;
    if (op->flags & GNTMAP_host_map) {
        rc = port_grant_map_host(op->host_addr, mfn, op->flags);
        if (rc)
            goto unpin;
    }
    mt = &ld->grant->maptrack[handle / MAPTRACK_PER_PAGE][handle % MAPTRACK_PER_PAGE];
    new = (struct maptrack_entry){.domid = rd->domain_id, .ref = op->ref};
    new.flags = (uint16_t)(op->flags & MAP_FLAGS);
    __atomic_store_n(&mt->word, new.word, __ATOMIC_RELEASE);
    op->dev_bus_addr = mfn_to_maddr(mfn);
    op->handle = handle;
    return GNTST_okay;
unpin:
    unpin(rd, op->ref, op->flags);
put_handle:
    maptrack_put(ld->grant, handle);
    return rc;
}

static int map_one(struct gnttab_map_grant_ref *op)
{
    struct domain *rd;
    int rc;

    if (!(op->flags & MAP_KINDS))
        return GNTST_bad_gntref;
    rd = rcu_lock_domain_by_id(op->dom);
    if (rd == NULL)
        return GNTST_bad_domain;
    if (rd->grant == NULL)
        rc = GNTST_bad_domain;
    else if (xsm_check(XSM_GRANT_MAP, GNTTABOP_map_grant_ref, rd))
        rc = GNTST_permission_denied;
    else
        rc = map_from(rd, op);
    rcu_unlock_domain(rd);
    return rc;
}

long grant_op_map(struct gnttab_map_grant_ref *uop, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        struct gnttab_map_grant_ref op;

        if (i && hypercall_preempt_check())
            return i;
        if (copy_from_guest_bytes(&op, uop + i, sizeof(op)))
            return -EFAULT;
        op.status = (int16_t)map_one(&op);
        if (copy_to_guest_bytes(uop + i, &op, sizeof(op)))
            return -EFAULT;
    }
    return count;
}

/* An unmap between removal of the mapping and the TLB flush. */
struct unmapped {
    domid_t domid;
    grant_ref_t ref;
    grant_handle_t handle;
    uint16_t flags; /* kinds removed, and readonly; 0: nothing to complete */
    struct maptrack_entry *mt;
};

/* What is claimed goes out of the page tables. GNTST_*. */
static int remove_claimed(const struct unmapped *um, uint16_t kinds, uint64_t host_addr,
                          uint64_t dev_addr, uint64_t new_addr)
{
    struct domain *rd;
    mfn_t mfn;
    int rc;

    if (kinds == 0)
        return GNTST_okay;
    rd = rcu_lock_domain_by_id(um->domid);
    if (rd == NULL)
        return GNTST_bad_domain;
    /* No locks: what is claimed has pins, with which neither the entry nor its frame changes. */
    mfn = active_entry_of(rd->grant, um->ref)->mfn;
    rc = xsm_check(XSM_GRANT_UNMAP,
                   new_addr ? GNTTABOP_unmap_and_replace : GNTTABOP_unmap_grant_ref, rd);
    rcu_unlock_domain(rd);
    if (rc)
        return GNTST_permission_denied;
    if (dev_addr && (dev_addr & PAGE_MASK) != mfn_to_maddr(mfn))
        return GNTST_bad_dev_addr;
    if (kinds & GNTMAP_host_map)
        return port_grant_unmap_host(host_addr, mfn, new_addr, um->flags & ~MAP_KINDS);
    return GNTST_okay;
}

static int unmap_begin(uint64_t host_addr, uint64_t dev_addr, uint64_t new_addr,
                       grant_handle_t handle, struct unmapped *um)
{
    struct maptrack_entry *mt = maptrack_lookup(current->domain->grant, handle), was;
    uint16_t want = (host_addr ? GNTMAP_host_map : 0) | (dev_addr ? GNTMAP_device_map : 0), kinds;
    int rc;

    um->flags = 0;
    if (mt == NULL || !maptrack_claim(mt, want, &was, &kinds))
        return GNTST_bad_handle;
    um->domid = was.domid;
    um->ref = was.ref;
    um->handle = handle;
    um->mt = mt;
    um->flags = (uint16_t)(kinds | (was.flags & (MAP_FLAGS & ~MAP_KINDS)));
    rc = remove_claimed(um, kinds, host_addr, dev_addr, new_addr);
    if (rc)
        maptrack_unclaim(mt, kinds);
    if (rc || kinds == 0)
        um->flags = 0;
    return rc;
}

/* TLBs are flushed: the grant's pins and the page may go. */
static void unmap_complete(const struct unmapped *um)
{
    struct domain *rd;

    if (um->flags == 0)
        return;
    /* A pinned grant keeps its domain's table, and RCU the domain, until here. */
    rd = rcu_lock_domain_by_id(um->domid);
    if (rd == NULL)
        return;
    unpin(rd, um->ref, um->flags);
    rcu_unlock_domain(rd);
    if (maptrack_finish(um->mt, um->flags & MAP_KINDS))
        maptrack_put(current->domain->grant, um->handle);
}

static void unmap_complete_all(const struct unmapped *um, unsigned int nr, bool flush)
{
    if (flush)
        port_flush_domain_tlb(current->domain);
    for (unsigned int i = 0; i < nr; i++)
        unmap_complete(&um[i]);
}

long grant_op_unmap(struct gnttab_unmap_grant_ref *uop, unsigned int count)
{
    struct unmapped um[BATCH];
    unsigned int done = 0;

    while (done < count) {
        unsigned int nr = min_t(unsigned int, count - done, BATCH), i;
        bool flush = false;
        int err = 0;

        for (i = 0; i < nr && !err; i++) {
            struct gnttab_unmap_grant_ref op;

            um[i].flags = 0;
            if (copy_from_guest_bytes(&op, uop + done + i, sizeof(op))) {
                err = -EFAULT;
                break;
            }
            op.status = (int16_t)unmap_begin(op.host_addr, op.dev_bus_addr, 0, op.handle, &um[i]);
            flush |= um[i].flags & GNTMAP_host_map;
            if (copy_to_guest_bytes(&uop[done + i].status, &op.status, sizeof(op.status)))
                err = -EFAULT;
        }
        unmap_complete_all(um, i, flush);
        if (err)
            return err;
        done += nr;
        if (done < count && hypercall_preempt_check())
            break;
    }
    return done;
}

long grant_op_unmap_replace(struct gnttab_unmap_and_replace *uop, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        struct gnttab_unmap_and_replace op;
        struct unmapped um;

        if (i && hypercall_preempt_check())
            return i;
        if (copy_from_guest_bytes(&op, uop + i, sizeof(op)))
            return -EFAULT;
        if (op.new_addr == 0 || op.host_addr == 0) {
            um.flags = 0;
            op.status = GNTST_bad_virt_addr;
        } else {
            op.status = (int16_t)unmap_begin(op.host_addr, 0, op.new_addr, op.handle, &um);
        }
        unmap_complete_all(&um, 1, um.flags & GNTMAP_host_map);
        if (copy_to_guest_bytes(&uop[i].status, &op.status, sizeof(op.status)))
            return -EFAULT;
    }
    return count;
}

/* The domain dies: its page tables are gone, its mappings' pins and references are left. */
static void release_mapping(struct grant_table *gt, grant_handle_t handle)
{
    const struct maptrack_entry *mt = maptrack_lookup(gt, handle);
    struct domain *rd;

    if (mt == NULL)
        return;
    rd = rcu_lock_domain_by_id(mt->domid);
    if (rd) {
        unpin(rd, mt->ref, mt->flags);
        rcu_unlock_domain(rd);
    }
    maptrack_put(gt, handle);
}

int grant_release_mappings(struct domain *d)
{
    struct grant_table *gt = d->grant;
    uint32_t total = gt ? gt->nr_maptrack * (uint32_t)MAPTRACK_PER_PAGE : 0;

    while (gt && gt->release_next < total) {
        release_mapping(gt, gt->release_next++);
        if (gt->release_next % 64 == 0 && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}
