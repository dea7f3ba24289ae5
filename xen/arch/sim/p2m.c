/* SPDX-License-Identifier: MIT */
/*
 * What guest pointers mean. A translated domain has an array from guest frames to machine frames;
 * a PV domain's pointers are machine addresses of its own pages. Grants are mapped in a window
 * (and in the array, where a translated domain asks for that).
 */
#include <xen/domain.h>
#include <xen/grant.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>

#include <public/memory.h>

#include "private.h"

static uint64_t *m2p;
static uint64_t m2p_nr_frames; /* 0: not in the machine's memory */

static struct sim_p2m_entry *new_table(unsigned int nr)
{
    struct sim_p2m_entry *t = xmalloc_array(struct sim_p2m_entry, nr);

    for (unsigned int i = 0; t && i < nr; i++)
        t[i] = (struct sim_p2m_entry){.mfn = SIM_P2M_NONE};
    return t;
}

int p2m_domain_init(struct domain *d)
{
    spin_lock_init(&d->arch.p2m_lock, RANK_NONE);
    d->arch.window = new_table(SIM_WINDOW_FRAMES);
    if (is_hvm_domain(d))
        d->arch.p2m = new_table(SIM_P2M_FRAMES);
    if (d->arch.window && (d->arch.p2m || !is_hvm_domain(d)))
        return 0;
    p2m_domain_destroy(d);
    return -ENOMEM;
}

void p2m_domain_forget(struct domain *d)
{
    spin_lock(&d->arch.p2m_lock);
    for (unsigned int i = 0; d->arch.window && i < SIM_WINDOW_FRAMES; i++)
        d->arch.window[i].mfn = SIM_P2M_NONE;
    for (unsigned int i = 0; d->arch.p2m && i < SIM_P2M_FRAMES; i++)
        d->arch.p2m[i].mfn = SIM_P2M_NONE;
    spin_unlock(&d->arch.p2m_lock);
}

void p2m_domain_destroy(struct domain *d)
{
    xfree(d->arch.window);
    xfree(d->arch.p2m);
    d->arch.window = d->arch.p2m = NULL;
}

struct sim_p2m_entry *p2m_slot(struct domain *d, uint64_t addr)
{
    uint64_t idx = addr >> PAGE_SHIFT;

    if (addr >= SIM_WINDOW_BASE) {
        idx -= SIM_WINDOW_BASE >> PAGE_SHIFT;
        return idx < SIM_WINDOW_FRAMES && d->arch.window ? &d->arch.window[idx] : NULL;
    }
    return idx < SIM_P2M_FRAMES && d->arch.p2m ? &d->arch.p2m[idx] : NULL;
}

bool port_translated(const struct domain *d)
{
    return !is_pv_domain(d);
}

struct page_info *port_get_page_from_gfn(struct domain *d, gfn_t gfn)
{
    struct sim_p2m_entry *e;

    struct page_info *pg = NULL;

    if (!port_translated(d))
        return page_get_from_mfn(mk_mfn(gfn.nr), d);
    e = gfn.nr < SIM_P2M_FRAMES ? p2m_slot(d, gfn.nr << PAGE_SHIFT) : NULL;
    spin_lock(&d->arch.p2m_lock);
    if (e && e->mfn != SIM_P2M_NONE && (e->kind == P2M_RAM || e->kind == P2M_SHARED))
        pg = page_get_from_mfn(mk_mfn(e->mfn), d);
    spin_unlock(&d->arch.p2m_lock);
    return pg;
}

static bool is_grant(const struct sim_p2m_entry *e)
{
    return e->mfn != SIM_P2M_NONE && (e->kind == P2M_GRANT_RW || e->kind == P2M_GRANT_RO);
}

static int physmap_add_locked(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
    uint64_t nr = UINT64_C(1) << order;

    if (port_translated(d)) {
        if (gfn.nr >= SIM_P2M_FRAMES || nr > SIM_P2M_FRAMES - gfn.nr)
            return -EINVAL;
        for (uint64_t i = 0; i < nr; i++)
            if (is_grant(&d->arch.p2m[gfn.nr + i]))
                return -EBUSY;
    }
    for (uint64_t i = 0; i < nr; i++) {
        if (port_translated(d))
            d->arch.p2m[gfn.nr + i] =
                (struct sim_p2m_entry){.mfn = (uint32_t)(mfn.nr + i), .kind = P2M_RAM};
        port_m2p_set(mfn_add(mfn, i), gfn.nr + i);
    }
    return 0;
}

int port_physmap_add(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
    int rc;

    spin_lock(&d->arch.p2m_lock);
    rc = physmap_add_locked(d, gfn, mfn, order);
    spin_unlock(&d->arch.p2m_lock);
    return rc;
}

void port_physmap_remove(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order)
{
    spin_lock(&d->arch.p2m_lock);
    for (uint64_t i = 0; i < UINT64_C(1) << order; i++) {
        if (port_translated(d) && gfn.nr + i < SIM_P2M_FRAMES)
            d->arch.p2m[gfn.nr + i].mfn = SIM_P2M_NONE;
        port_m2p_set(mfn_add(mfn, i), INVALID_M2P_ENTRY);
    }
    spin_unlock(&d->arch.p2m_lock);
}

int port_physmap_clear(struct domain *d, gfn_t gfn)
{
    struct page_info *pg = port_get_page_from_gfn(d, gfn);

    if (!pg)
        return -ENOENT;
    port_physmap_remove(d, gfn, page_to_mfn(pg), 0);
    page_put(pg);
    return 0;
}

int port_physmap_add_foreign(struct domain *d, gfn_t gfn, mfn_t mfn)
{
    return -EOPNOTSUPP;
}

bool port_direct_mapped(const struct domain *d)
{
    return false;
}

void m2p_boot_in_ram(void)
{
    uint64_t frames = ROUNDUP(max_page * sizeof(*m2p), 2UL << 20) >> PAGE_SHIFT;
    mfn_t first = boot_pages_alloc(frames, 1);

    m2p = mfn_to_virt(first);
    m2p_nr_frames = frames;
    for (uint64_t i = 0; i < max_page; i++)
        m2p[i] = INVALID_M2P_ENTRY;
}

uint64_t sim_m2p_frames(uint64_t *first)
{
    *first = m2p_nr_frames ? virt_to_mfn(m2p).nr : 0;
    return m2p_nr_frames;
}

void m2p_share(void)
{
    for (uint64_t i = 0; i < m2p_nr_frames; i++)
        page_share_xen_with_privileged(virt_to_page(m2p) + i, SHARE_RO);
}

void port_m2p_set(mfn_t mfn, uint64_t pfn)
{
    if (!m2p)
        m2p = host_alloc(SIM_MAX_FRAMES * sizeof(*m2p));
    if (mfn.nr < max_page)
        m2p[mfn.nr] = pfn;
}

uint64_t port_m2p_get(mfn_t mfn)
{
    return m2p && mfn.nr < max_page ? m2p[mfn.nr] : INVALID_M2P_ENTRY;
}

int64_t port_maximum_gpfn(struct domain *d)
{
    int64_t max = 0;

    for (unsigned int i = 0; d->arch.p2m && i < SIM_P2M_FRAMES; i++)
        if (d->arch.p2m[i].mfn != SIM_P2M_NONE)
            max = i;
    return max;
}

static int shared_frame(struct domain *d, unsigned int space, uint64_t idx, mfn_t *mfn)
{
    switch (space) {
    case XENMAPSPACE_shared_info:
        *mfn = virt_to_mfn(d->shared_info);
        return idx ? -EINVAL : 0;
    case XENMAPSPACE_grant_table:
        if (idx & XENMAPIDX_grant_table_status)
            return grant_status_frame(d, (unsigned int)(idx & ~XENMAPIDX_grant_table_status), mfn);
        return grant_shared_frame(d, (unsigned int)idx, mfn);
    default:
        return -EINVAL;
    }
}

/* A page of the domain's own moves within it. */
static int move_page(struct domain *d, uint64_t from, gfn_t to)
{
    struct sim_p2m_entry *e;

    if (from >= SIM_P2M_FRAMES)
        return -EINVAL;
    e = &d->arch.p2m[from];
    if (e->mfn == SIM_P2M_NONE || e->kind != P2M_RAM || from == to.nr)
        return -EINVAL;
    d->arch.p2m[to.nr] = *e;
    e->mfn = SIM_P2M_NONE;
    return 0;
}

int port_add_to_physmap(struct domain *d, unsigned int space, uint64_t idx, gfn_t gfn,
                        domid_t foreign)
{
    bool move = space == XENMAPSPACE_gmfn || space == XENMAPSPACE_gmfn_range;
    mfn_t mfn = INVALID_MFN;
    int rc = 0;

    if (!port_translated(d))
        return -EOPNOTSUPP;
    if (gfn.nr >= SIM_P2M_FRAMES)
        return -EINVAL;
    if (!move)
        rc = shared_frame(d, space, idx, &mfn);
    if (rc)
        return rc;
    spin_lock(&d->arch.p2m_lock);
    if (is_grant(&d->arch.p2m[gfn.nr]))
        rc = -EINVAL;
    else if (move)
        rc = move_page(d, idx, gfn);
    else
        d->arch.p2m[gfn.nr] = (struct sim_p2m_entry){.mfn = (uint32_t)mfn.nr, .kind = P2M_SHARED};
    spin_unlock(&d->arch.p2m_lock);
    return rc;
}

int port_grant_map_host(uint64_t addr, mfn_t mfn, unsigned int flags)
{
    struct domain *d = current->domain;
    struct sim_p2m_entry *e = p2m_slot(d, addr);
    int rc = GNTST_general_error;

    if (!e || (addr & ~PAGE_MASK) || (flags & GNTMAP_contains_pte))
        return rc;
    spin_lock(&d->arch.p2m_lock);
    if (e->mfn == SIM_P2M_NONE) {
        e->kind = flags & GNTMAP_readonly ? P2M_GRANT_RO : P2M_GRANT_RW;
        e->mfn = (uint32_t)mfn.nr;
        rc = GNTST_okay;
    }
    spin_unlock(&d->arch.p2m_lock);
    return rc;
}

static int unmap_host_locked(uint64_t addr, mfn_t mfn, uint64_t new_addr, unsigned int flags)
{
    struct sim_p2m_entry *e = p2m_slot(current->domain, addr), *from = NULL;

    if (!e || !is_grant(e) || e->mfn != mfn.nr || (flags & GNTMAP_contains_pte) ||
        (e->kind == P2M_GRANT_RO) != !!(flags & GNTMAP_readonly))
        return GNTST_general_error;
    if (new_addr) {
        from = p2m_slot(current->domain, new_addr);
        if (!from || from == e || is_grant(from))
            return GNTST_general_error;
    }
    *e = from ? *from : (struct sim_p2m_entry){.mfn = SIM_P2M_NONE};
    if (from)
        from->mfn = SIM_P2M_NONE;
    return GNTST_okay;
}

int port_grant_unmap_host(uint64_t addr, mfn_t mfn, uint64_t new_addr, unsigned int flags)
{
    struct domain *d = current->domain;
    int rc;

    spin_lock(&d->arch.p2m_lock);
    rc = unmap_host_locked(addr, mfn, new_addr, flags);
    spin_unlock(&d->arch.p2m_lock);
    return rc;
}

void (*sim_on_tlb_flush)(void);

void port_flush_domain_tlb(struct domain *d)
{
    if (sim_on_tlb_flush)
        sim_on_tlb_flush();
}
