/* SPDX-License-Identifier: MIT */
/* What the core asks of a translated domain's memory map: xen/port/p2m.h and grants. */
#include <public/memory.h>
#include <xen/domain.h>
#include <xen/grant.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/xsm.h>
#include <asm/current.h>

#include "p2m_private.h"

bool port_translated(const struct domain *d)
{
    return true;
}

struct page_info *p2m_get_page(struct domain *d, gfn_t gfn, enum p2m_type *t)
{
    struct p2m *p2m = &d->arch.p2m;
    struct page_info *pg = NULL;
    mfn_t mfn;

    read_lock(&p2m->lock);
    mfn = p2m_lookup_locked(p2m, gfn, t, NULL);
    if (mfn_valid(mfn)) {
        pg = mfn_to_page(mfn);
        if (p2m_is_foreign(*t) ? !page_get_owner_and_reference(pg)
                               : p2m_is_mmio(*t) || p2m_is_grant(*t) || !page_get(pg, d))
            pg = NULL;
    }
    read_unlock(&p2m->lock);
    return pg;
}

struct page_info *port_get_page_from_gfn(struct domain *d, gfn_t gfn)
{
    enum p2m_type t;
    struct page_info *pg = p2m_get_page(d, gfn, &t);

    if (pg && p2m_is_foreign(t)) {
        page_put(pg);
        pg = NULL;
    }
    return pg;
}

int port_physmap_clear(struct domain *d, gfn_t gfn)
{
    enum p2m_type t;

    p2m_lookup(d, gfn, &t, NULL);
    return t == p2m_invalid || p2m_is_grant(t) ? -ENOENT : p2m_unmap(d, gfn, 1, INVALID_MFN);
}

int port_physmap_add_foreign(struct domain *d, gfn_t gfn, mfn_t mfn)
{
    struct page_info *pg = mfn_valid(mfn) ? mfn_to_page(mfn) : NULL;
    int rc;

    if (!pg || !page_get_owner_and_reference(pg))
        return -EINVAL;
    rc = p2m_map(d, gfn, 1, mfn, p2m_foreign_rw);
    if (rc)
        page_put(pg);
    return rc;
}

bool port_direct_mapped(const struct domain *d)
{
    return d->arch.direct_mapped;
}

int port_physmap_add(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
    return p2m_map(d, gfn, UINT64_C(1) << order, mfn, p2m_ram_rw);
}

void port_physmap_remove(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
    if (p2m_unmap(d, gfn, UINT64_C(1) << order, mfn))
        domain_crash(d, "no memory to unmap frame %lx", (unsigned long)gfn.nr);
}

int64_t port_maximum_gpfn(struct domain *d)
{
    return (int64_t)READ_ONCE(d->arch.p2m.max_gfn);
}

/* A page of another domain's: only who controls that domain may map it. */
static int add_foreign(struct domain *d, uint64_t idx, gfn_t gfn, domid_t foreign)
{
    struct domain *fd = rcu_lock_domain_by_any_id(foreign);
    struct page_info *pg = NULL;
    enum p2m_type t;
    int rc = -EPERM;

    if (!fd)
        return -ESRCH;
    if (fd == d)
        rc = -EINVAL;
    else
        rc = xsm_check(XSM_MEMORY_GUEST, XENMEM_add_to_physmap_batch, fd);
    if (rc)
        goto out;
    pg = p2m_get_page(fd, mk_gfn(idx), &t);
    if (!pg || p2m_is_foreign(t) || page_owner(pg) != fd) {
        rc = -EINVAL;
        goto out;
    }
    rc = p2m_map(d, gfn, 1, page_to_mfn(pg), t == p2m_ram_ro ? p2m_foreign_ro : p2m_foreign_rw);
    if (rc == 0)
        pg = NULL; /* the entry has the reference */
out:
    if (pg)
        page_put(pg);
    rcu_unlock_domain(fd);
    return rc;
}

static int add_grant_frame(struct domain *d, uint64_t idx, gfn_t gfn)
{
    mfn_t mfn;
    int rc;

    if (idx & XENMAPIDX_grant_table_status)
        rc = grant_status_frame(d, (unsigned int)(idx & ~XENMAPIDX_grant_table_status), &mfn);
    else
        rc = idx > UINT32_MAX ? -EINVAL : grant_shared_frame(d, (unsigned int)idx, &mfn);
    return rc ? rc : p2m_map(d, gfn, 1, mfn, p2m_xen_rw);
}

int port_add_to_physmap(struct domain *d, unsigned int space, uint64_t idx, gfn_t gfn,
                        domid_t foreign)
{
    switch (space) {
    case XENMAPSPACE_shared_info:
        return idx ? -EINVAL : p2m_map(d, gfn, 1, virt_to_mfn(d->shared_info), p2m_xen_rw);
    case XENMAPSPACE_grant_table:
        return add_grant_frame(d, idx, gfn);
    case XENMAPSPACE_gmfn_foreign:
        return add_foreign(d, idx, gfn, foreign);
    case XENMAPSPACE_dev_mmio:
        if (foreign != DOMID_INVALID && foreign != 0)
            return -EINVAL;
        return iomem_access_permitted(d, idx, idx) ? p2m_map(d, gfn, 1, mk_mfn(idx), p2m_mmio_dev)
                                                   : -EPERM;
    default:
        return -ENOSYS;
    }
}

long port_memory_op(unsigned long cmd, void *arg)
{
    return -ENOSYS;
}

static enum p2m_type grant_type(unsigned int flags)
{
    return flags & GNTMAP_readonly ? p2m_grant_ro : p2m_grant_rw;
}

int port_grant_map_host(uint64_t addr, mfn_t mfn, unsigned int flags)
{
    if ((addr & ~PAGE_MASK) || (flags & (GNTMAP_contains_pte | GNTMAP_application_map)))
        return GNTST_general_error;
    return p2m_grant_set(current->domain, mk_gfn(addr >> PAGE_SHIFT), mfn, grant_type(flags))
               ? GNTST_general_error
               : GNTST_okay;
}

int port_grant_unmap_host(uint64_t addr, mfn_t mfn, uint64_t new_addr, unsigned int flags)
{
    if ((addr & ~PAGE_MASK) || new_addr)
        return GNTST_general_error;
    return p2m_grant_clear(current->domain, mk_gfn(addr >> PAGE_SHIFT), mfn, grant_type(flags))
               ? GNTST_general_error
               : GNTST_okay;
}

void port_flush_domain_tlb(struct domain *d)
{
    p2m_flush(&d->arch.p2m);
}

int p2m_cache_flush(struct domain *d, gfn_t *first, uint64_t nr)
{
    uint64_t end = first->nr + nr;
    unsigned int done = 0;

    while (first->nr < end) {
        unsigned int order;
        enum p2m_type t;
        mfn_t mfn = p2m_lookup(d, *first, &t, &order);
        struct page_info *pg;

        if (t == p2m_invalid) {
            first->nr = (first->nr | ((UINT64_C(1) << order) - 1)) + 1;
        } else {
            pg = p2m_is_ram(t) ? page_get_from_mfn(mfn, d) : NULL;
            if (pg) {
                dcache_clean_invalidate(page_to_virt(pg), PAGE_SIZE);
                page_put(pg);
            }
            first->nr++;
        }
        if (++done % 64 == 0 && first->nr < end && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}
