/* SPDX-License-Identifier: MIT */
/*
 * Another frame of the machine in place of one that a PV guest has, which stands still meanwhile:
 * the frame's contents, the entries of page tables that lead there, and the guest's list follow.
 * For memory that is to be taken out of use.
 */
#include <xencall.h>

#include "migrate/m2p.h"

#define ENTRIES 512u
#define NO_MFN  (~0ull)

struct exchange {
    xc_interface *xch;
    uint32_t domid;
    struct m2p m2p;
    struct guest_p2m p2m;
    uint64_t pfn, old_mfn, new_mfn;
    uint8_t contents[XC_PAGE_SIZE];
    xencall_handle *call;
    struct mmu_update *update; /* a buffer for the hypervisor */
    /* Entries that lead to it: where they are in the machine, and what they were. */
    struct pte {
        uint64_t at, value;
    } * ptes;
    size_t nr, room;
};

static int fail(struct exchange *x, int errnoval, const char *what)
{
    return stream_fail(x->xch, errnoval, "frame %#lx of domain %u: %s", (unsigned long)x->old_mfn,
                       x->domid, what);
}

static int note_pte(struct exchange *x, uint64_t at, uint64_t value)
{
    if (x->nr == x->room) {
        size_t room = x->room ? x->room * 2 : 16;
        struct pte *p = realloc(x->ptes, room * sizeof(*p));

        if (!p)
            return fail(x, ENOMEM, "no memory");
        x->ptes = p;
        x->room = room;
    }
    x->ptes[x->nr++] = (struct pte){.at = at, .value = value};
    return 0;
}

static int look_through(struct exchange *x, uint64_t mfn)
{
    const volatile uint64_t *table =
        xc_map_foreign_range(x->xch, x->domid, XC_PAGE_SIZE, PROT_READ, mfn);
    int rc = 0;

    if (!table)
        return fail(x, errno, "cannot map a page table");
    for (unsigned int i = 0; i < ENTRIES && !rc; i++) {
        uint64_t pte = table[i];

        if ((pte & PTE_PRESENT) && (pte & PTE_ADDR_MASK) >> XC_PAGE_SHIFT == x->old_mfn)
            rc = note_pte(x, (mfn << XC_PAGE_SHIFT) + i * sizeof(uint64_t), pte);
    }
    munmap((void *)(uintptr_t)table, XC_PAGE_SIZE);
    return rc;
}

/* Through all page tables of the last level; others cannot lead to a plain page. */
static int find_ptes(struct exchange *x)
{
    xen_pfn_t frames[FRAME_TYPES_MAX];
    uint8_t types[FRAME_TYPES_MAX];

    for (uint64_t pfn = 0; pfn < x->p2m.nr_pfns; pfn += FRAME_TYPES_MAX) {
        uint64_t left = x->p2m.nr_pfns - pfn;
        unsigned int nr = left < FRAME_TYPES_MAX ? (unsigned int)left : FRAME_TYPES_MAX;

        for (unsigned int i = 0; i < nr; i++)
            frames[i] = x->p2m.map[pfn + i];
        if (frame_types(x->xch, x->domid, frames, nr, types))
            return fail(x, errno, "cannot get the types of the guest's frames");
        for (unsigned int i = 0; i < nr; i++)
            if ((types[i] & ~FRAME_PINNED) == FRAME_L1 && look_through(x, frames[i]))
                return -1;
    }
    return 0;
}

/* All entries lead to @mfn, or nowhere. Stops at the first that the hypervisor refuses. */
static int set_ptes(struct exchange *x, uint64_t mfn)
{
    /* Whose the tables are, plus one, and whose the pages (xen.h). */
    uint64_t owners = (uint64_t)(x->domid + 1) << 16 | x->domid;

    for (size_t i = 0; i < x->nr; i++) {
        uint64_t value = x->ptes[i].value & ~PTE_ADDR_MASK;

        x->update->ptr = x->ptes[i].at | MMU_NORMAL_PT_UPDATE;
        x->update->val = mfn == NO_MFN ? 0 : value | mfn << XC_PAGE_SHIFT;
        if (xencall4(x->call, __HYPERVISOR_mmu_update, (uintptr_t)x->update, 1, 0, owners) < 0)
            return fail(x, errno, "cannot change an entry of a page table");
    }
    return 0;
}

static int copy(struct exchange *x, uint64_t mfn, bool back)
{
    void *page = xc_map_foreign_range(x->xch, x->domid, XC_PAGE_SIZE,
                                      back ? PROT_READ | PROT_WRITE : PROT_READ, mfn);

    if (!page)
        return fail(x, errno, "cannot map it");
    memcpy(back ? page : x->contents, back ? x->contents : page, XC_PAGE_SIZE);
    munmap(page, XC_PAGE_SIZE);
    return 0;
}

static int set_list(struct exchange *x)
{
    uint64_t mfn = x->p2m.frames[x->pfn / P2M_PER_PAGE];
    uint64_t *page =
        xc_map_foreign_range(x->xch, x->domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE, mfn);

    if (!page)
        return fail(x, errno, "cannot map the guest's list of its frames");
    page[x->pfn % P2M_PER_PAGE] = x->new_mfn;
    munmap(page, XC_PAGE_SIZE);
    return 0;
}

/* Once nothing leads to the old frame. */
static int change_frame(struct exchange *x)
{
    xen_pfn_t in = x->old_mfn, out = x->pfn;

    if (xc_domain_memory_exchange_pages(x->xch, x->domid, 1, 0, &in, 1, 0, &out))
        return fail(x, errno, "it cannot be exchanged");
    x->new_mfn = out;
    return 0;
}

static int do_exchange(struct exchange *x)
{
    if (find_ptes(x) || copy(x, x->old_mfn, false))
        return -1;
    if (set_ptes(x, NO_MFN) || change_frame(x)) {
        int saved = errno;

        set_ptes(x, x->old_mfn);
        errno = saved;
        return -1;
    }
    if (copy(x, x->new_mfn, true) || set_list(x))
        return -1;
    return set_ptes(x, x->new_mfn);
}

/* Is it a frame that can be exchanged? Its guest frame. */
static int check_frame(struct exchange *x)
{
    xen_pfn_t frame = x->old_mfn;
    uint8_t type;

    x->pfn = guest_pfn(&x->m2p, &x->p2m, x->old_mfn);
    if (x->pfn == NO_PFN)
        return fail(x, EINVAL, "it is none of the domain's");
    if (frame_types(x->xch, x->domid, &frame, 1, &type))
        return fail(x, errno, "cannot get its type");
    if (type != FRAME_PLAIN)
        return fail(x, EINVAL, "it is a page table, or no memory");
    for (uint64_t i = 0; i < x->p2m.nr_frames; i++)
        if (x->p2m.frames[i] == x->old_mfn)
            return fail(x, EINVAL, "it is a part of the guest's list of its frames");
    return 0;
}

static int open_all(struct exchange *x, const xc_dominfo_t *info)
{
    void *shared;
    int rc;

    if (m2p_map(x->xch, &x->m2p))
        return -1;
    shared =
        xc_map_foreign_range(x->xch, x->domid, XC_PAGE_SIZE, PROT_READ, info->shared_info_frame);
    if (!shared)
        return fail(x, errno, "cannot map the guest's shared page");
    rc = guest_p2m_map(x->xch, x->domid, shared, &x->m2p, &x->p2m);
    munmap(shared, XC_PAGE_SIZE);
    if (rc)
        return rc;
    x->call = xencall_open(NULL, 0);
    x->update = x->call ? xencall_alloc_buffer(x->call, sizeof(*x->update)) : NULL;
    return x->update ? 0 : fail(x, errno, "cannot reach the hypervisor");
}

static void close_all(struct exchange *x)
{
    int saved = errno;

    if (x->update)
        xencall_free_buffer(x->call, x->update);
    if (x->call)
        xencall_close(x->call);
    guest_p2m_unmap(&x->p2m);
    m2p_unmap(&x->m2p);
    free(x->ptes);
    free(x);
    errno = saved;
}

int xc_exchange_page(xc_interface *xch, uint32_t domid, xen_pfn_t mfn)
{
    struct exchange *x = calloc(1, sizeof(*x));
    unsigned int width;
    xc_dominfo_t info;
    int rc = -1;

    if (!x)
        return -1;
    x->xch = xch;
    x->domid = domid;
    x->old_mfn = mfn;
    if (xc_domain_getinfo(xch, domid, 1, &info) != 1 || info.domid != domid)
        fail(x, ESRCH, "there is no such domain");
    else if (info.hvm || xc_domain_get_guest_width(xch, domid, &width) || width != 8)
        fail(x, EOPNOTSUPP, "not a PV guest of 64 bits");
    else if (!info.paused && !info.shutdown)
        fail(x, EBUSY, "the guest runs");
    else if (!open_all(x, &info) && !check_frame(x))
        rc = do_exchange(x);
    close_all(x);
    return rc;
}
