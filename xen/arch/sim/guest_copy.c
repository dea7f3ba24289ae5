/* SPDX-License-Identifier: MIT */
/* Copies by guest pointer, page by page, each page looked up and held. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/guest_copy.h>
#include <asm/current.h>

#include "private.h"

#define GUEST_TOP (SIM_WINDOW_BASE + ((uint64_t)SIM_WINDOW_FRAMES << PAGE_SHIFT))

/* A page that is being copied from or to: held by a reference, or a grant's by the lock. */
struct held {
    struct page_info *pg;
    spinlock_t *lock;
    char *va; /* NULL: a fault */
};

static void hold_own(struct held *h, mfn_t mfn, const struct domain *d)
{
    h->pg = page_get_from_mfn(mfn, d);
    if (h->pg)
        h->va = page_to_virt(h->pg);
}

static struct held page_at(uint64_t addr, bool write)
{
    struct domain *d = current->domain;
    const struct sim_p2m_entry *e = p2m_slot(d, addr);
    struct held h = {NULL, NULL, NULL};

    if (!e) {
        if (is_pv_domain(d) && addr < SIM_WINDOW_BASE)
            hold_own(&h, maddr_to_mfn(addr), d);
        return h;
    }
    spin_lock(&d->arch.p2m_lock);
    if (e->mfn != SIM_P2M_NONE && (e->kind == P2M_RAM || e->kind == P2M_SHARED)) {
        hold_own(&h, mk_mfn(e->mfn), d);
    } else if (e->mfn != SIM_P2M_NONE && !(write && e->kind == P2M_GRANT_RO)) {
        h.va = mfn_to_virt(mk_mfn(e->mfn));
        h.lock = &d->arch.p2m_lock;
        return h;
    }
    spin_unlock(&d->arch.p2m_lock);
    return h;
}

/* As arm does it, for the translated domains. */
struct page_info *port_get_area_page(const void *guest)
{
    struct domain *d = current->domain;
    struct held h;

    if (is_pv_domain(d))
        return NULL;
    h = page_at((uint64_t)guest, true);
    if (h.lock)
        spin_unlock(h.lock);
    return h.pg;
}

static void release(const struct held *h)
{
    if (h->pg)
        page_put(h->pg);
    if (h->lock)
        spin_unlock(h->lock);
}

size_t (*sim_dom0_copy)(uint64_t addr, void *ours, size_t len, enum copy_way way);

static bool elsewhere(void)
{
    return sim_dom0_copy && current->domain == dom0;
}

static size_t transfer(uint64_t addr, void *ours, size_t len, enum copy_way way)
{
    if (elsewhere())
        return sim_dom0_copy(addr, ours, len, way);
    while (len) {
        size_t off = addr & ~PAGE_MASK, n = min(len, (size_t)PAGE_SIZE - off);
        struct held h = page_at(addr, way != FROM_GUEST);

        if (!h.va) {
            __atomic_fetch_add(&current->domain->arch.nr_faults, 1, __ATOMIC_RELAXED);
            return len;
        }
        if (way == FROM_GUEST)
            guest_bytes(ours, h.va + off, n);
        else if (way == TO_GUEST)
            guest_bytes(h.va + off, ours, n);
        else
            guest_clear(h.va + off, n);
        release(&h);
        addr += n;
        ours = (char *)ours + n;
        len -= n;
    }
    return 0;
}

static bool range_ok(uint64_t addr, size_t len)
{
    return elsewhere() || (addr <= GUEST_TOP && len <= GUEST_TOP - addr);
}

size_t port_copy_from_guest(void *to, const void *from_guest, size_t len)
{
    uint64_t addr = (uint64_t)from_guest;

    return range_ok(addr, len) ? transfer(addr, to, len, FROM_GUEST) : len;
}

size_t port_copy_to_guest(void *to_guest, const void *from, size_t len)
{
    uint64_t addr = (uint64_t)to_guest;

    return range_ok(addr, len) ? transfer(addr, (void *)from, len, TO_GUEST) : len;
}

size_t port_clear_guest(void *to_guest, size_t len)
{
    uint64_t addr = (uint64_t)to_guest;

    return range_ok(addr, len) ? transfer(addr, NULL, len, CLEAR) : len;
}

bool port_guest_range_ok(const void *guest, size_t nr, size_t size)
{
    size_t len;

    return !__builtin_mul_overflow(nr, size, &len) && range_ok((uint64_t)guest, len);
}
