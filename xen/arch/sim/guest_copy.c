/* SPDX-License-Identifier: MIT */
/* Copies by guest pointer, page by page, each page looked up and held. */
#include <xen/domain.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/port/guest_copy.h>
#include <asm/current.h>

#include "private.h"

#define GUEST_TOP (SIM_WINDOW_BASE + ((uint64_t)SIM_WINDOW_FRAMES << PAGE_SHIFT))

/* The page at @addr of current's, with a reference where it is its own. NULL: a fault. */
static void *page_at(uint64_t addr, bool write, struct page_info **held)
{
    struct domain *d = current->domain;
    const struct sim_p2m_entry *e = p2m_slot(d, addr);

    *held = NULL;
    if (!e) {
        if (!is_pv_domain(d) || addr >= SIM_WINDOW_BASE)
            return NULL;
        *held = page_get_from_mfn(maddr_to_mfn(addr), d);
        return *held ? page_to_virt(*held) : NULL;
    }
    if (e->mfn == SIM_P2M_NONE || (write && e->kind == P2M_GRANT_RO))
        return NULL;
    if (e->kind == P2M_RAM || e->kind == P2M_SHARED) {
        *held = page_get_from_mfn(mk_mfn(e->mfn), d);
        if (!*held)
            return NULL;
    }
    return mfn_to_virt(mk_mfn(e->mfn));
}

enum way { FROM_GUEST, TO_GUEST, CLEAR };

static size_t transfer(uint64_t addr, void *ours, size_t len, enum way way)
{
    while (len) {
        size_t off = addr & ~PAGE_MASK, n = min(len, (size_t)PAGE_SIZE - off);
        struct page_info *held;
        char *page = page_at(addr, way != FROM_GUEST, &held);

        if (!page) {
            current->domain->arch.nr_faults++;
            return len;
        }
        if (way == FROM_GUEST)
            memcpy(ours, page + off, n);
        else if (way == TO_GUEST)
            memcpy(page + off, ours, n);
        else
            memset(page + off, 0, n);
        if (held)
            page_put(held);
        addr += n;
        ours = (char *)ours + n;
        len -= n;
    }
    return 0;
}

static bool range_ok(uint64_t addr, size_t len)
{
    return addr <= GUEST_TOP && len <= GUEST_TOP - addr;
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
