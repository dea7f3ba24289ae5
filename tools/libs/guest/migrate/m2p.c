/* SPDX-License-Identifier: MIT */
#include "m2p.h"

/* One chunk of the hypervisor's table, and how many entries are in it. */
#define CHUNK_SHIFT   21
#define CHUNK_PAGES   (1u << (CHUNK_SHIFT - XC_PAGE_SHIFT))
#define CHUNK_ENTRIES ((1ul << CHUNK_SHIFT) / sizeof(uint64_t))
#define LEVELS        4u

/* One mapping of all chunks, in @prot. */
static void *map_chunks(xc_interface *xch, unsigned long nr, int prot, unsigned long *first)
{
    xen_pfn_t *frames = NULL, *starts = calloc(nr, sizeof(*starts));
    void *p = NULL;

    if (!starts || xc_machphys_mfn_list(xch, nr, starts))
        goto out;
    frames = calloc(nr * CHUNK_PAGES, sizeof(*frames));
    if (!frames)
        goto out;
    for (unsigned long i = 0; i < nr * CHUNK_PAGES; i++)
        frames[i] = starts[i / CHUNK_PAGES] + i % CHUNK_PAGES;
    p = xc_map_foreign_pages(xch, DOMID_XEN, prot, frames, (int)(nr * CHUNK_PAGES));
    if (p && first)
        *first = starts[0];
out:
    free(frames);
    free(starts);
    return p;
}

xen_pfn_t *xc_map_m2p(xc_interface *xch, unsigned long max_mfn, int prot, unsigned long *mfn0)
{
    unsigned long nr = max_mfn / CHUNK_ENTRIES + 1;
    void *p;

    if (nr > INT32_MAX / CHUNK_PAGES) {
        errno = EINVAL;
        return NULL;
    }
    p = map_chunks(xch, nr, prot, mfn0);
    if (!p)
        xc_report_error(xch, XC_INTERNAL_ERROR, "cannot map the machine-to-guest table");
    return p;
}

int m2p_map(xc_interface *xch, struct m2p *m)
{
    *m = (struct m2p){0};
    if (xc_maximum_ram_page(xch, &m->max_mfn))
        return stream_fail(xch, errno, "cannot get the machine's last frame");
    m->map = (const uint64_t *)xc_map_m2p(xch, m->max_mfn, PROT_READ, NULL);
    if (!m->map)
        return -1;
    m->bytes = (m->max_mfn / CHUNK_ENTRIES + 1) << CHUNK_SHIFT;
    return 0;
}

void m2p_unmap(struct m2p *m)
{
    if (m->map)
        munmap((void *)(uintptr_t)m->map, m->bytes);
    m->map = NULL;
}

uint64_t guest_pfn(const struct m2p *m, const struct guest_p2m *p, uint64_t mfn)
{
    uint64_t pfn;

    if (mfn > m->max_mfn)
        return NO_PFN;
    pfn = m->map[mfn];
    return pfn < p->nr_pfns && p->map[pfn] == mfn ? pfn : NO_PFN;
}

/* The table last used at each level of a walk. */
struct walk {
    xc_interface *xch;
    uint32_t domid;
    const struct m2p *m;
    uint64_t mfn[LEVELS];
    const volatile uint64_t *table[LEVELS];
};

static const volatile uint64_t *walk_table(struct walk *w, unsigned int level, uint64_t mfn)
{
    if (w->table[level] && w->mfn[level] == mfn)
        return w->table[level];
    if (w->table[level])
        munmap((void *)(uintptr_t)w->table[level], XC_PAGE_SIZE);
    w->table[level] = NULL;
    if (mfn > w->m->max_mfn) {
        errno = ERANGE;
        return NULL;
    }
    w->table[level] = xc_map_foreign_range(w->xch, w->domid, XC_PAGE_SIZE, PROT_READ, mfn);
    w->mfn[level] = mfn;
    return w->table[level];
}

static void walk_end(struct walk *w)
{
    for (unsigned int i = 0; i < LEVELS; i++)
        if (w->table[i])
            munmap((void *)(uintptr_t)w->table[i], XC_PAGE_SIZE);
}

static int walk_to(struct walk *w, uint64_t root, uint64_t vaddr, uint64_t *out)
{
    uint64_t mfn = root;

    for (unsigned int level = LEVELS; level-- > 0;) {
        const volatile uint64_t *table = walk_table(w, level, mfn);
        uint64_t pte;

        if (!table)
            return -1;
        pte = table[(vaddr >> (XC_PAGE_SHIFT + 9 * level)) & 511];
        if (!(pte & PTE_PRESENT) || (level && (pte & PTE_LARGE))) {
            errno = ERANGE;
            return -1;
        }
        mfn = (pte & PTE_ADDR_MASK) >> XC_PAGE_SHIFT;
    }
    *out = mfn;
    return 0;
}

/* The list stands at an address of the guest. */
static int frames_linear(xc_interface *xch, uint32_t domid, const struct m2p *m,
                         struct guest_p2m *p)
{
    struct walk w = {.xch = xch, .domid = domid, .m = m};
    /* As xen_cr3_to_pfn() has it. */
    uint64_t root = xen_cr3_to_pfn_x86_64(p->cr3);
    int rc = 0;

    for (uint64_t i = 0; i < p->nr_frames && !rc; i++)
        rc = walk_to(&w, root, p->vaddr + (i << XC_PAGE_SHIFT), &p->frames[i]);
    walk_end(&w);
    return rc;
}

/* There is a list of lists of the list's frames. */
static int frames_listed(xc_interface *xch, uint32_t domid, const struct m2p *m,
                         struct guest_p2m *p)
{
    struct walk w = {.xch = xch, .domid = domid, .m = m};
    int rc = -1;

    /* One page holds the frames of 512 pages, which hold those of 512 pages of the list each. */
    if (p->nr_frames > P2M_PER_PAGE * P2M_PER_PAGE) {
        errno = E2BIG;
        return -1;
    }
    for (uint64_t i = 0; i < p->nr_frames; i++) {
        const volatile uint64_t *top = walk_table(&w, 1, p->list), *mid;

        if (!top)
            goto out;
        mid = walk_table(&w, 0, top[i / P2M_PER_PAGE]);
        if (!mid)
            goto out;
        p->frames[i] = mid[i % P2M_PER_PAGE];
    }
    rc = 0;
out:
    walk_end(&w);
    return rc;
}

bool guest_p2m_same(const struct guest_p2m *p, const shared_info_x86_64_t *info)
{
    return p->cr3 == info->arch.p2m_cr3 && p->vaddr == info->arch.p2m_vaddr &&
           p->list == info->arch.pfn_to_mfn_frame_list_list &&
           p->generation == info->arch.p2m_generation && p->nr_pfns == info->arch.max_pfn;
}

static int p2m_look_up(xc_interface *xch, uint32_t domid, const struct m2p *m, struct guest_p2m *p)
{
    p->nr_frames = (p->nr_pfns + P2M_PER_PAGE - 1) / P2M_PER_PAGE;
    p->frames = calloc(p->nr_frames, sizeof(*p->frames));
    if (!p->frames)
        return stream_fail(xch, ENOMEM, "no memory for the list of the guest's frames");
    if (p->cr3 ? frames_linear(xch, domid, m, p) : frames_listed(xch, domid, m, p))
        return stream_fail(xch, errno, "cannot follow the guest's list of its frames");
    p->map = xc_map_foreign_pages(xch, domid, PROT_READ, p->frames, (int)p->nr_frames);
    if (!p->map)
        return stream_fail(xch, errno, "cannot map the guest's list of its frames");
    return 0;
}

int guest_p2m_map(xc_interface *xch, uint32_t domid, const shared_info_x86_64_t *shared,
                  const struct m2p *m, struct guest_p2m *p)
{
    const volatile shared_info_x86_64_t *info = shared;

    *p = (struct guest_p2m){
        .nr_pfns = info->arch.max_pfn,
        .cr3 = info->arch.p2m_cr3,
        .vaddr = info->arch.p2m_vaddr,
        .list = info->arch.pfn_to_mfn_frame_list_list,
        .generation = info->arch.p2m_generation,
    };
    if (p->cr3 && (p->generation & 1))
        return stream_fail(xch, EAGAIN, "the guest is changing the list of its frames");
    if (!p->nr_pfns || p->nr_pfns > UINT32_MAX)
        return stream_fail(xch, ERANGE, "the guest claims to have %#lx frames",
                           (unsigned long)p->nr_pfns);
    if (!p2m_look_up(xch, domid, m, p))
        return 0;
    guest_p2m_unmap(p);
    return -1;
}

void guest_p2m_unmap(struct guest_p2m *p)
{
    int saved = errno;

    if (p->map)
        munmap((void *)(uintptr_t)p->map, p->nr_frames << XC_PAGE_SHIFT);
    free(p->frames);
    p->map = NULL;
    p->frames = NULL;
    errno = saved;
}

int frame_types(xc_interface *xch, uint32_t domid, const xen_pfn_t *frames, unsigned int nr,
                uint8_t *types)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getpageframeinfo3, .domain = (domid_t)domid};
    DECLARE_HYPERCALL_BUFFER(xen_pfn_t, array);
    int rc;

    array = xc_hypercall_buffer_alloc(xch, array, nr * sizeof(*array));
    if (!array)
        return -1;
    memcpy(array, frames, nr * sizeof(*array));
    op.u.getpageframeinfo3.num = nr;
    set_xen_guest_handle(op.u.getpageframeinfo3.array, array);
    rc = xc_domctl(xch, &op);
    for (unsigned int i = 0; i < nr && !rc; i++)
        types[i] = (array[i] >> XEN_DOMCTL_PFINFO_LTAB_SHIFT) & 0xf;
    xc_hypercall_buffer_free(xch, array);
    return rc;
}
