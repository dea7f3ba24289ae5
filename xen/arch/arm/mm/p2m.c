/* SPDX-License-Identifier: MIT */
/*
 * Stage-2 tables: walking and changing them. An entry's type stands in bits that the hardware
 * ignores; its permissions follow from type and access.
 * Changes of valid entries go by way of an invalid one and a TLB flush ("break before make"); a
 * guest that faults in between finds a valid entry again (p2m_resolve_fault()).
 * Source: Arm ARM D8.3.3 (stage 2 descriptors), D8.14 (TLB maintenance).
 */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <asm/cpu.h>

#include "p2m_private.h"

/* Stage-2 attributes */
#define S2_MEM_NORMAL (0xfUL << 2)
#define S2_MEM_NC     (0x5UL << 2)
#define S2_MEM_DEVICE (0x1UL << 2) /* nGnRE */
#define S2_R          (1UL << 6)
#define S2_W          (2UL << 6)
#define S2_XN         (1UL << 54)

/* Software bits */
#define S2_TYPE_SHIFT 55
#define S2_DENY_SHIFT 59 /* P2M_ACCESS_* taken away by who watches the guest */

static enum p2m_type entry_type(pte_t e)
{
    return (enum p2m_type)(e.e >> S2_TYPE_SHIFT & 0xf);
}

static unsigned int type_allows(enum p2m_type t)
{
    switch (t) {
    case p2m_ram_rw:
    case p2m_ram_ro:
        return t == p2m_ram_rw ? P2M_ACCESS_RWX : P2M_ACCESS_R | P2M_ACCESS_X;
    case p2m_foreign_ro:
    case p2m_grant_ro:
        return P2M_ACCESS_R;
    case p2m_invalid:
        return 0;
    default:
        return P2M_ACCESS_R | P2M_ACCESS_W;
    }
}

static uint64_t type_attributes(enum p2m_type t)
{
    switch (t) {
    case p2m_mmio_dev:
        return S2_MEM_DEVICE | PTE_SH_OUTER;
    case p2m_mmio_nc:
        return S2_MEM_NC | PTE_SH_OUTER;
    default:
        return S2_MEM_NORMAL | PTE_SH_INNER;
    }
}

static pte_t leaf_make(mfn_t mfn, enum p2m_type t, unsigned int deny, unsigned int level)
{
    unsigned int can = type_allows(t) & ~deny;
    uint64_t e = mfn_to_maddr(mfn) | PTE_VALID | PTE_AF | type_attributes(t);

    e |= (level == 3 ? PTE_TABLE : 0) | (uint64_t)t << S2_TYPE_SHIFT;
    e |= (uint64_t)deny << S2_DENY_SHIFT;
    e |= (can & P2M_ACCESS_R ? S2_R : 0) | (can & P2M_ACCESS_W ? S2_W : 0);
    return (pte_t){e | (can & P2M_ACCESS_X ? 0 : S2_XN)};
}

static bool is_valid(pte_t e)
{
    return e.e & PTE_VALID;
}
static bool is_leaf(pte_t e, unsigned int level)
{
    return level == 3 || !(e.e & PTE_TABLE);
}
static pte_t *entry_table(pte_t e)
{
    return mfn_to_virt(pte_mfn(e));
}
static unsigned int level_order(unsigned int level)
{
    return 9 * (3 - level);
}

/* Hardware may walk with its caches off towards memory, or not see stores at once. */
static void entry_write(pte_t *p, uint64_t e)
{
    WRITE_ONCE(p->e, e);
    dsb(ishst);
}

static pte_t *root_entry(const struct p2m *p2m, gfn_t gfn)
{
    /* Concatenated root tables are one large one. */
    return &p2m->root[gfn.nr >> level_order(p2m_root_level)];
}

static pte_t *table_new(struct domain *d)
{
    struct p2m *p2m = &d->arch.p2m;
    struct page_info *pg = p2m_table_alloc(d);
    pte_t *t;

    if (!pg)
        return NULL;
    page_list_add(pg, &p2m->tables);
    p2m->nr_tables++;
    t = page_to_virt(pg);
    clear_page(t);
    return t;
}

static void table_set(pte_t *e, pte_t *table)
{
    dsb(ishst); /* what is in it before the way to it */
    entry_write(e, mfn_to_maddr(virt_to_mfn(table)) | PTE_VALID | PTE_TABLE);
}

/* A block becomes a table of smaller ones that map the same. */
static int split(struct domain *d, pte_t *e, unsigned int level)
{
    struct p2m *p2m = &d->arch.p2m;
    uint64_t flags = e->e & ~PTE_ADDR, step = PAGE_SIZE << level_order(level + 1);
    paddr_t ma = e->e & PTE_ADDR;
    pte_t *t = table_new(d);

    if (!t)
        return -ENOMEM;
    for (unsigned int i = 0; i < PT_ENTRIES; i++)
        t[i].e = (ma + i * step) | flags | (level + 1 == 3 ? PTE_TABLE : 0);
    entry_write(e, 0);
    p2m_flush(p2m);
    table_set(e, t);
    return 0;
}

/* The entry of @level for @gfn; tables are made and blocks split on the way. */
static int entry_get(struct domain *d, gfn_t gfn, unsigned int level, pte_t **out)
{
    pte_t *e = root_entry(&d->arch.p2m, gfn);

    for (unsigned int l = p2m_root_level; l < level; l++) {
        if (!is_valid(*e)) {
            pte_t *t = table_new(d);

            if (!t)
                return -ENOMEM;
            table_set(e, t);
        } else if (is_leaf(*e, l)) {
            int rc = split(d, e, l);

            if (rc)
                return rc;
        }
        e = &entry_table(*e)[(gfn.nr >> level_order(l + 1)) & (PT_ENTRIES - 1)];
    }
    *out = e;
    return 0;
}

/* The entry that maps @gfn, or the gap; *level says which. */
static pte_t *entry_find(const struct p2m *p2m, gfn_t gfn, unsigned int *level)
{
    pte_t *e = root_entry(p2m, gfn);
    unsigned int l;

    for (l = p2m_root_level; is_valid(*e) && !is_leaf(*e, l); l++)
        e = &entry_table(*e)[(gfn.nr >> level_order(l + 1)) & (PT_ENTRIES - 1)];
    *level = l;
    return e;
}

/* Pages of others that leaves have held, to be let go without the lock: with the last page of a
 * dead domain goes the domain. */
struct released {
    unsigned int nr;
    struct page_info *pg[32];
};

/* A leaf is gone and flushed. */
static void entry_release(pte_t old, unsigned int level, struct released *out)
{
    if (is_valid(old) && level == 3 && p2m_is_foreign(entry_type(old)))
        out->pg[out->nr++] = mfn_to_page(pte_mfn(old));
}

static void release_pages(struct released *r)
{
    while (r->nr)
        page_put(r->pg[--r->nr]);
}

static unsigned int best_level(gfn_t gfn, mfn_t mfn, uint64_t nr, enum p2m_type t)
{
    uint64_t bits = gfn.nr | mfn.nr;

    if (p2m_is_foreign(t) || p2m_is_grant(t))
        return 3;
    if (!(bits & 0x3ffff) && nr >= 0x40000)
        return 1;
    return !(bits & 0x1ff) && nr >= 0x200 ? 2 : 3;
}

static void leaf_set(struct p2m *p2m, pte_t *e, unsigned int level, pte_t new, struct released *out)
{
    pte_t old = *e;

    if (is_valid(old)) {
        entry_write(e, 0);
        p2m_flush(p2m);
    }
    if (new.e)
        entry_write(e, new.e);
    entry_release(old, level, out);
}

/* A piece of a guest's map that is being changed. */
struct span {
    gfn_t gfn;
    uint64_t nr;
    mfn_t mfn; /* INVALID_MFN: of no matter */
};

static void span_advance(struct span *s, uint64_t step)
{
    s->gfn = gfn_add(s->gfn, step);
    s->nr -= step;
    if (!mfn_eq(s->mfn, INVALID_MFN))
        s->mfn = mfn_add(s->mfn, step);
}

/* One leaf. */
static int map_one(struct domain *d, struct span *s, enum p2m_type t, struct released *out)
{
    struct p2m *p2m = &d->arch.p2m;
    unsigned int level = best_level(s->gfn, s->mfn, s->nr, t);
    pte_t *e;
    int rc;

    if (level < p2m_root_level)
        level = p2m_root_level;
    rc = entry_get(d, s->gfn, level, &e);
    /* Finer tables that are there stay: their entries are set one by one. */
    while (rc == 0 && level < 3 && is_valid(*e) && !is_leaf(*e, level)) {
        level++;
        rc = entry_get(d, s->gfn, level, &e);
    }
    if (rc)
        return rc;
    if (is_valid(*e) && p2m_is_grant(entry_type(*e)))
        return -EBUSY;
    leaf_set(p2m, e, level, leaf_make(s->mfn, t, 0, level), out);
    span_advance(s, UINT64_C(1) << level_order(level));
    p2m->max_gfn = max(p2m->max_gfn, s->gfn.nr - 1);
    return 0;
}

static bool range_ok(gfn_t gfn, uint64_t nr)
{
    uint64_t limit = UINT64_C(1) << (p2m_ipa_bits - PAGE_SHIFT);

    return nr && gfn.nr < limit && nr <= limit - gfn.nr;
}

int p2m_map(struct domain *d, gfn_t gfn, uint64_t nr, mfn_t mfn, enum p2m_type t)
{
    struct p2m *p2m = &d->arch.p2m;
    struct span s = {gfn, nr, mfn};
    int rc = 0;

    if (!range_ok(gfn, nr))
        return -EINVAL;
    /* A guest with its caches off would see what memory held before the caches had zeroes. */
    if (p2m_is_ram(t))
        dcache_clean_invalidate(mfn_to_virt(mfn), nr << PAGE_SHIFT);
    while (s.nr && rc == 0) {
        struct released out = {0};

        write_lock(&p2m->lock);
        if (READ_ONCE(d->is_dying))
            rc = -EINVAL;
        while (s.nr && rc == 0 && out.nr < ARRAY_SIZE(out.pg))
            rc = map_one(d, &s, t, &out);
        write_unlock(&p2m->lock);
        release_pages(&out);
    }
    return rc;
}

int p2m_map_mmio(struct domain *d, gfn_t gfn, uint64_t nr, mfn_t mfn, enum p2m_type t)
{
    return p2m_map(d, gfn, nr, mfn, t);
}

static bool leaf_maps(pte_t e, gfn_t gfn, unsigned int level, mfn_t mfn)
{
    uint64_t offset = gfn.nr & ((UINT64_C(1) << level_order(level)) - 1);

    return mfn_eq(mfn, INVALID_MFN) || pte_mfn(e).nr + offset == mfn.nr;
}

/* One leaf or gap. */
static int unmap_one(struct domain *d, struct span *s, struct released *out)
{
    struct p2m *p2m = &d->arch.p2m;
    unsigned int level;
    pte_t *e = entry_find(p2m, s->gfn, &level);
    uint64_t size = UINT64_C(1) << level_order(level);
    uint64_t offset = s->gfn.nr & (size - 1), step = min(size - offset, s->nr);

    if (is_valid(*e) && leaf_maps(*e, s->gfn, level, s->mfn) && !p2m_is_grant(entry_type(*e))) {
        if (offset || step < size)
            return split(d, e, level);
        leaf_set(p2m, e, level, (pte_t){0}, out);
    }
    span_advance(s, step);
    return 0;
}

int p2m_unmap(struct domain *d, gfn_t gfn, uint64_t nr, mfn_t mfn)
{
    struct p2m *p2m = &d->arch.p2m;
    struct span s = {gfn, nr, mfn};
    int rc = 0;

    if (!range_ok(gfn, nr))
        return -EINVAL;
    while (s.nr && rc == 0) {
        struct released out = {0};

        write_lock(&p2m->lock);
        while (s.nr && rc == 0 && out.nr < ARRAY_SIZE(out.pg))
            rc = unmap_one(d, &s, &out);
        write_unlock(&p2m->lock);
        release_pages(&out);
    }
    return rc;
}

mfn_t p2m_lookup_locked(const struct p2m *p2m, gfn_t gfn, enum p2m_type *t, unsigned int *order)
{
    unsigned int level;
    const pte_t *e;

    *t = p2m_invalid;
    if (order)
        *order = 0;
    if (!range_ok(gfn, 1))
        return INVALID_MFN;
    e = entry_find(p2m, gfn, &level);
    if (order)
        *order = level_order(level);
    if (!is_valid(*e))
        return INVALID_MFN;
    *t = entry_type(*e);
    return mfn_add(pte_mfn(*e), gfn.nr & ((UINT64_C(1) << level_order(level)) - 1));
}

mfn_t p2m_lookup(struct domain *d, gfn_t gfn, enum p2m_type *t, unsigned int *order)
{
    enum p2m_type found;
    mfn_t mfn;

    read_lock(&d->arch.p2m.lock);
    mfn = p2m_lookup_locked(&d->arch.p2m, gfn, &found, order);
    read_unlock(&d->arch.p2m.lock);
    if (t)
        *t = found;
    return mfn;
}

bool p2m_resolve_fault(struct domain *d, gfn_t gfn, bool write, bool exec)
{
    unsigned int need = write ? P2M_ACCESS_W : exec ? P2M_ACCESS_X : P2M_ACCESS_R;
    enum p2m_type t;

    /* Waits for whoever is between break and make. */
    p2m_lookup(d, gfn, &t, NULL);
    return t != p2m_invalid && (type_allows(t) & need);
}

/* Grants: the page is held by the grant code, which flushes before it lets go. */
int p2m_grant_set(struct domain *d, gfn_t gfn, mfn_t mfn, enum p2m_type t)
{
    struct p2m *p2m = &d->arch.p2m;
    pte_t *e;
    int rc;

    if (!range_ok(gfn, 1))
        return -EINVAL;
    write_lock(&p2m->lock);
    rc = READ_ONCE(d->is_dying) ? -EINVAL : entry_get(d, gfn, 3, &e);
    if (rc == 0 && is_valid(*e))
        rc = -EBUSY;
    if (rc == 0) {
        entry_write(e, leaf_make(mfn, t, 0, 3).e);
        p2m->max_gfn = max(p2m->max_gfn, gfn.nr);
    }
    write_unlock(&p2m->lock);
    return rc;
}

int p2m_grant_clear(struct domain *d, gfn_t gfn, mfn_t mfn, enum p2m_type t)
{
    struct p2m *p2m = &d->arch.p2m;
    unsigned int level;
    int rc = -ENOENT;
    pte_t *e;

    if (!range_ok(gfn, 1))
        return -EINVAL;
    write_lock(&p2m->lock);
    e = entry_find(p2m, gfn, &level);
    if (is_valid(*e) && level == 3 && entry_type(*e) == t && mfn_eq(pte_mfn(*e), mfn)) {
        entry_write(e, 0);
        rc = 0;
    }
    write_unlock(&p2m->lock);
    return rc;
}

/* The domain is dying: nobody maps any more, and the flush is done. Up to 512 pages are put. */
static void put_entries(pte_t *table)
{
    for (unsigned int i = 0; i < PT_ENTRIES; i++) {
        pte_t old = table[i];

        WRITE_ONCE(table[i].e, 0);
        if (is_valid(old) && p2m_is_foreign(entry_type(old)))
            page_put(mfn_to_page(pte_mfn(old)));
    }
}

/* A table of level 3, a block, or a gap. */
static void relinquish_step(struct p2m *p2m)
{
    unsigned int level;
    pte_t *e = root_entry(p2m, mk_gfn(p2m->relinquish_at));

    for (level = p2m_root_level; level < 2 && is_valid(*e) && !is_leaf(*e, level); level++)
        e = &entry_table(*e)[(p2m->relinquish_at >> level_order(level + 1)) & (PT_ENTRIES - 1)];
    if (is_valid(*e) && !is_leaf(*e, level))
        put_entries(entry_table(*e));
    entry_write(e, 0);
    p2m->relinquish_at |= (UINT64_C(1) << level_order(level)) - 1;
    p2m->relinquish_at++;
}

int p2m_domain_relinquish(struct domain *d)
{
    struct p2m *p2m = &d->arch.p2m;

    if (!p2m->root)
        return 0;
    /* Whoever was mapping has finished, or sees that the domain is dying. */
    write_lock(&p2m->lock);
    p2m_flush(p2m);
    write_unlock(&p2m->lock);
    while (p2m->relinquish_at <= p2m->max_gfn) {
        relinquish_step(p2m);
        if (hypercall_preempt_check())
            return -ERESTART;
    }
    write_lock(&p2m->lock);
    for (unsigned int i = 0; i < p2m_root_entries; i++)
        p2m->root[i].e = 0;
    p2m_flush(p2m);
    write_unlock(&p2m->lock);
    /* The domain may stay for as long as others hold its pages; its tables need not. */
    return p2m_release_tables(p2m);
}
