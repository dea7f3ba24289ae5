/* SPDX-License-Identifier: MIT */
/* Saving a 64-bit PV guest: its own view of its memory, its shared page, its vCPUs. */
#include "save.h"

#include <stddef.h>

#define WIDTH           8
#define LEVELS          4
/* Of cr1 in streams: there is a table for user mode. */
#define USER_ROOT_VALID 1ull

static int pv_start(struct save *s)
{
    unsigned int width;

    if (xc_domain_get_guest_width(s->xch, s->domid, &width))
        return stream_fail(s->xch, errno, "cannot get the guest's width");
    if (width != WIDTH)
        return stream_fail(s->xch, EOPNOTSUPP, "32-bit PV guests are not supported");
    if (m2p_map(s->xch, &s->m2p))
        return -1;
    s->shared =
        xc_map_foreign_range(s->xch, s->domid, XC_PAGE_SIZE, PROT_READ, s->info.shared_info_frame);
    if (!s->shared)
        return stream_fail(s->xch, errno, "cannot map the guest's shared page");
    if (guest_p2m_map(s->xch, s->domid, s->shared, &s->m2p, &s->p2m))
        return -1;
    s->nr_pfns = s->p2m.nr_pfns;
    xc_report(s->xch, XC_LOG_MAIN, XTL_DETAIL, -1, "%lu frames, their list has %lu pages",
              (unsigned long)s->nr_pfns, (unsigned long)s->p2m.nr_frames);
    return 0;
}

static void pv_finish(struct save *s)
{
    guest_p2m_unmap(&s->p2m);
    if (s->shared)
        munmap(s->shared, XC_PAGE_SIZE);
    m2p_unmap(&s->m2p);
}

static int pv_write_static(struct save *s)
{
    struct record_pv_info info = {.width = WIDTH, .levels = LEVELS};

    if (record_write(s->fd, RECORD_PV_INFO, &info, sizeof(info), NULL, 0))
        return stream_fail(s->xch, errno, "cannot write what kind of guest it is");
    return 0;
}

static int pv_write_start(struct save *s)
{
    struct record_p2m_frames head = {.first = 0, .last = (uint32_t)(s->nr_pfns - 1)};
    uint64_t *pfns = calloc(s->p2m.nr_frames, sizeof(*pfns));
    int rc = 0;

    if (!pfns)
        return stream_fail(s->xch, ENOMEM, "no memory for the list of the guest's frames");
    for (uint64_t i = 0; i < s->p2m.nr_frames && !rc; i++) {
        pfns[i] = guest_pfn(&s->m2p, &s->p2m, s->p2m.frames[i]);
        if (pfns[i] == NO_PFN)
            rc = stream_fail(s->xch, ERANGE, "page %lu of the guest's list is not its own",
                             (unsigned long)i);
    }
    if (!rc && record_write(s->fd, RECORD_PV_P2M_FRAMES, &head, sizeof(head), pfns,
                            s->p2m.nr_frames * sizeof(*pfns)))
        rc = stream_fail(s->xch, errno, "cannot write the list of the guest's frames");
    free(pfns);
    return rc;
}

/* The list may have moved while the guest ran; it must not have grown, since nobody has logged it.
 */
static int pv_check(struct save *s)
{
    uint64_t nr = s->p2m.nr_pfns;

    if (guest_p2m_same(&s->p2m, s->shared))
        return 0;
    guest_p2m_unmap(&s->p2m);
    if (guest_p2m_map(s->xch, s->domid, s->shared, &s->m2p, &s->p2m))
        return -1;
    if (s->p2m.nr_pfns != nr)
        return stream_fail(s->xch, EAGAIN, "the guest's memory grew while it was saved");
    return pv_write_start(s);
}

static bool pv_frame(struct save *s, uint64_t pfn, xen_pfn_t *out)
{
    uint64_t mfn = s->p2m.map[pfn];

    /* Not there; or somebody else's, by a grant: the guest has to let go of it by itself. */
    if (mfn > s->m2p.max_mfn || s->m2p.map[mfn] != pfn)
        return false;
    *out = mfn;
    return true;
}

static int pv_convert(struct save *s, unsigned int level, const uint64_t *from, uint64_t *to)
{
    const volatile uint64_t *table = from; /* the guest may be at it */

    for (unsigned int i = 0; i < XC_PAGE_SIZE / sizeof(*to); i++) {
        bool xen = level == LEVELS && i >= XEN_SLOT_FIRST && i <= XEN_SLOT_LAST;
        uint64_t pte = table[i], pfn;

        if (xen) {
            to[i] = 0;
            continue;
        }
        to[i] = pte;
        if (!(pte & PTE_PRESENT))
            continue;
        pfn = guest_pfn(&s->m2p, &s->p2m, (pte & PTE_ADDR_MASK) >> XC_PAGE_SHIFT);
        if (pfn == NO_PFN || (level > 1 && (pte & PTE_LARGE))) {
            errno = ENXIO;
            return -1;
        }
        to[i] = (pte & ~PTE_ADDR_MASK) | pfn << XC_PAGE_SHIFT;
    }
    return 0;
}

/* A frame number in a vCPU's state. */
static int to_pfn(struct save *s, uint64_t *nr, const char *what)
{
    uint64_t pfn = guest_pfn(&s->m2p, &s->p2m, *nr);

    if (pfn == NO_PFN)
        return stream_fail(s->xch, ERANGE, "%s is in frame %#lx, which is not the guest's", what,
                           (unsigned long)*nr);
    *nr = pfn;
    return 0;
}

static int to_pfn_root(struct save *s, uint64_t *cr3)
{
    uint64_t nr = xen_cr3_to_pfn_x86_64(*cr3);
    int rc = to_pfn(s, &nr, "a root table");

    *cr3 = xen_pfn_to_cr3_x86_64(nr);
    return rc;
}

static int convert_vcpu(struct save *s, uint32_t vcpu, vcpu_guest_context_x86_64_t *c)
{
    uint64_t gdt_pages = (c->gdt_ents + 511) / 512;
    /* Where the first vCPU has stopped, in a hypercall, its third argument is a frame. */
    int rc = vcpu ? 0 : to_pfn(s, &c->user_regs.rdx, "start_info");

    for (uint64_t i = 0; i < gdt_pages && i < 16 && !rc; i++)
        rc = to_pfn(s, &c->gdt_frames[i], "a descriptor table");
    if (!rc)
        rc = to_pfn_root(s, &c->ctrlreg[3]);
    if (!rc && c->ctrlreg[1]) {
        rc = to_pfn_root(s, &c->ctrlreg[1]);
        c->ctrlreg[1] |= USER_ROOT_VALID;
    }
    return rc;
}

static int write_vcpu(struct save *s, uint32_t type, uint32_t vcpu, const void *data, size_t len)
{
    struct record_vcpu head = {.vcpu = vcpu};

    if (record_write(s->fd, type, &head, sizeof(head), data, len))
        return stream_fail(s->xch, errno, "cannot write the record '%s'", record_name(type));
    return 0;
}

static int vcpu_basic(struct save *s, uint32_t vcpu)
{
    vcpu_guest_context_any_t *any = calloc(1, sizeof(*any));
    int rc;

    if (!any)
        return stream_fail(s->xch, ENOMEM, "no memory for a vCPU");
    if (xc_vcpu_getcontext(s->xch, s->domid, vcpu, any))
        rc = stream_fail(s->xch, errno, "cannot get vCPU %u", vcpu);
    else
        rc = convert_vcpu(s, vcpu, &any->x64);
    if (!rc)
        rc = write_vcpu(s, RECORD_PV_VCPU_BASIC, vcpu, &any->x64, sizeof(any->x64));
    free(any);
    return rc;
}

static int vcpu_extended(struct save *s, uint32_t vcpu)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_get_ext_vcpucontext, .domain = (domid_t)s->domid};

    op.u.ext_vcpucontext.vcpu = vcpu;
    if (xc_domctl(s->xch, &op))
        return stream_fail(s->xch, errno, "cannot get more of vCPU %u", vcpu);
    return write_vcpu(s, RECORD_PV_VCPU_EXTENDED, vcpu, &op.u.ext_vcpucontext,
                      sizeof(op.u.ext_vcpucontext));
}

/* The two below ask twice: for the size, then for the contents. */

static int vcpu_xsave(struct save *s, uint32_t vcpu)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_getvcpuextstate, .domain = (domid_t)s->domid};
    DECLARE_HYPERCALL_BUFFER(char, area);
    size_t size;
    int rc = -1;

    op.u.vcpuextstate.vcpu = vcpu;
    if (xc_domctl(s->xch, &op))
        return stream_fail(s->xch, errno, "cannot get the extended state of vCPU %u", vcpu);
    size = op.u.vcpuextstate.size;
    if (!size)
        return 0;
    area = xc_hypercall_buffer_alloc(s->xch, area, size);
    if (!area)
        return stream_fail(s->xch, ENOMEM, "no memory for a vCPU");
    set_xen_guest_handle(op.u.vcpuextstate.buffer, area);
    if (xc_domctl(s->xch, &op))
        stream_fail(s->xch, errno, "cannot get the extended state of vCPU %u", vcpu);
    else
        rc = op.u.vcpuextstate.size
                 ? write_vcpu(s, RECORD_PV_VCPU_XSAVE, vcpu, area, op.u.vcpuextstate.size)
                 : 0;
    xc_hypercall_buffer_free(s->xch, area);
    return rc;
}

static int vcpu_msrs(struct save *s, uint32_t vcpu)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_get_vcpu_msrs, .domain = (domid_t)s->domid};
    DECLARE_HYPERCALL_BUFFER(xen_domctl_vcpu_msr_t, msrs);
    size_t size;
    int rc = -1;

    op.u.vcpu_msrs.vcpu = vcpu;
    if (xc_domctl(s->xch, &op))
        return stream_fail(s->xch, errno, "cannot get the MSRs of vCPU %u", vcpu);
    size = op.u.vcpu_msrs.msr_count * sizeof(*msrs);
    if (!size)
        return 0;
    msrs = xc_hypercall_buffer_alloc(s->xch, msrs, size);
    if (!msrs)
        return stream_fail(s->xch, ENOMEM, "no memory for a vCPU");
    set_xen_guest_handle(op.u.vcpu_msrs.msrs, msrs);
    if (xc_domctl(s->xch, &op))
        stream_fail(s->xch, errno, "cannot get the MSRs of vCPU %u", vcpu);
    else
        rc = op.u.vcpu_msrs.msr_count ? write_vcpu(s, RECORD_PV_VCPU_MSRS, vcpu, msrs,
                                                   op.u.vcpu_msrs.msr_count * sizeof(*msrs))
                                      : 0;
    xc_hypercall_buffer_free(s->xch, msrs);
    return rc;
}

static int pv_vcpu(struct save *s, uint32_t vcpu)
{
    xc_vcpuinfo_t info;
    int rc;

    if (xc_vcpu_getinfo(s->xch, s->domid, vcpu, &info))
        return stream_fail(s->xch, errno, "cannot look at vCPU %u", vcpu);
    if (!info.online)
        return 0;
    rc = vcpu_basic(s, vcpu);
    if (!rc)
        rc = vcpu_extended(s, vcpu);
    if (!rc)
        rc = vcpu_xsave(s, vcpu);
    return rc ? rc : vcpu_msrs(s, vcpu);
}

static int pv_write_end(struct save *s)
{
    int rc = save_tsc(s);

    if (!rc && record_write(s->fd, RECORD_SHARED_INFO, s->shared, XC_PAGE_SIZE, NULL, 0))
        rc = stream_fail(s->xch, errno, "cannot write the guest's shared page");
    for (uint32_t i = 0; i <= s->info.max_vcpu_id && !rc; i++)
        rc = pv_vcpu(s, i);
    return rc;
}

const struct save_kind save_pv = {
    .stream_type = STREAM_PV,
    .start = pv_start,
    .write_static = pv_write_static,
    .write_start = pv_write_start,
    .check = pv_check,
    .frame = pv_frame,
    .convert = pv_convert,
    .write_end = pv_write_end,
    .finish = pv_finish,
};
