/* SPDX-License-Identifier: MIT */
/*
 * A 64-bit PV guest. Its page tables are only tables once they are pinned, at the end: until then
 * their pages can be written like any other.
 */
#include "restore.h"

#include <stddef.h>

#define BATCH           512u
/* Of cr1 in streams: there is a table for user mode. */
#define USER_ROOT_VALID 1ull
#define GDT_FRAMES      16u
#define GDT_PER_FRAME   512u

static int bad_length(struct restore *r, const struct record *rec)
{
    return stream_fail(r->xch, EINVAL, "record %#x (%s) has %u bytes", rec->type,
                       record_name(rec->type), rec->length);
}

static int take_info(struct restore *r, const struct record *rec)
{
    const struct record_pv_info *info = rec->data;

    if (rec->length < sizeof(*info) || r->pv_known)
        return bad_length(r, rec);
    if (info->width != 8 || info->levels != 4)
        return stream_fail(r->xch, EOPNOTSUPP, "a PV guest of %u bits and %u levels",
                           info->width * 8u, info->levels);
    r->pv_known = true;
    return 0;
}

static int take_list(struct restore *r, const struct record *rec)
{
    const struct record_p2m_frames *head = rec->data;
    uint64_t first, nr, *list;

    if (!r->pv_known || rec->length < sizeof(*head) || head->last < head->first)
        return bad_length(r, rec);
    first = head->first / P2M_PER_PAGE;
    nr = (uint64_t)head->last / P2M_PER_PAGE + 1;
    if (rec->length != sizeof(*head) + (nr - first) * sizeof(*list))
        return bad_length(r, rec);
    if (first > r->nr_list)
        return stream_fail(r->xch, EINVAL, "the guest's list of frames has a gap");
    if (restore_room(r, (uint64_t)head->last + 1))
        return -1;
    if (nr > r->nr_list) {
        list = realloc(r->list, nr * sizeof(*list));
        if (!list)
            return stream_fail(r->xch, ENOMEM, "no memory for the guest's list of frames");
        r->list = list;
        r->nr_list = nr;
    }
    memcpy(r->list + first, head + 1, (nr - first) * sizeof(*list));
    return 0;
}

static int take_vcpu(struct restore *r, const struct record *rec)
{
    const struct record_vcpu *head = rec->data;
    uint32_t len = rec->length - (uint32_t)sizeof(*head);
    struct restore_vcpu *v;

    if (rec->length < sizeof(*head) || head->zero)
        return bad_length(r, rec);
    if (head->vcpu > r->info.max_vcpu_id)
        return stream_fail(r->xch, EINVAL, "the stream has vCPU %u, the domain has not",
                           head->vcpu);
    if (!r->vcpu) {
        r->vcpu = calloc(r->info.max_vcpu_id + 1u, sizeof(*r->vcpu));
        if (!r->vcpu)
            return stream_fail(r->xch, ENOMEM, "no memory for vCPUs");
    }
    v = &r->vcpu[head->vcpu];
    switch (rec->type) {
    case RECORD_PV_VCPU_BASIC:
        return len == sizeof(vcpu_guest_context_x86_64_t)
                   ? blob_take(r, &v->basic, rec, sizeof(*head))
                   : bad_length(r, rec);
    case RECORD_PV_VCPU_EXTENDED:
        return len && len <= 128 ? blob_take(r, &v->extended, rec, sizeof(*head))
                                 : bad_length(r, rec);
    case RECORD_PV_VCPU_XSAVE:
        return len ? blob_take(r, &v->xsave, rec, sizeof(*head)) : bad_length(r, rec);
    default:
        return len && len % sizeof(xen_domctl_vcpu_msr_t) == 0
                   ? blob_take(r, &v->msrs, rec, sizeof(*head))
                   : bad_length(r, rec);
    }
}

static int pv_record(struct restore *r, const struct record *rec)
{
    switch (rec->type) {
    case RECORD_PV_INFO:
        return take_info(r, rec);
    case RECORD_PV_P2M_FRAMES:
        return take_list(r, rec);
    case RECORD_PV_VCPU_BASIC:
    case RECORD_PV_VCPU_EXTENDED:
    case RECORD_PV_VCPU_XSAVE:
    case RECORD_PV_VCPU_MSRS:
        return take_vcpu(r, rec);
    case RECORD_SHARED_INFO:
        return rec->length == XC_PAGE_SIZE ? blob_take(r, &r->shared, rec, 0) : bad_length(r, rec);
    default:
        errno = ENOTSUP;
        return -1;
    }
}

static int pv_convert(struct restore *r, unsigned int level, const uint64_t *from, uint64_t *to)
{
    for (unsigned int i = 0; i < XC_PAGE_SIZE / sizeof(*to); i++) {
        uint64_t mfn;

        to[i] = from[i];
        if (level == FRAME_L4 && i >= XEN_SLOT_FIRST && i <= XEN_SLOT_LAST)
            to[i] = 0;
        if (!(to[i] & PTE_PRESENT))
            continue;
        mfn = restore_frame(r, (from[i] & PTE_ADDR_MASK) >> XC_PAGE_SHIFT, "a page table's entry");
        if (mfn == NO_FRAME)
            return -1;
        to[i] = (from[i] & ~PTE_ADDR_MASK) | mfn << XC_PAGE_SHIFT;
    }
    return 0;
}

/* A frame that is written or read here: no page table. */
static uint64_t plain_frame(struct restore *r, uint64_t pfn, const char *what)
{
    uint64_t mfn = restore_frame(r, pfn, what);

    if (mfn != NO_FRAME && frame_type(r, pfn) == FRAME_PLAIN)
        return mfn;
    if (mfn != NO_FRAME)
        stream_fail(r->xch, EINVAL, "%s is in frame %#lx of type %#x", what, (unsigned long)pfn,
                    frame_type(r, pfn));
    return NO_FRAME;
}

/* The guest's list of frames, with the new ones. */
static int write_list_part(struct restore *r, uint64_t first, unsigned int nr)
{
    xen_pfn_t frames[BATCH] = {0};
    uint64_t *map;

    for (unsigned int i = 0; i < nr; i++) {
        frames[i] = plain_frame(r, r->list[first + i], "the guest's list of frames");
        if (frames[i] == NO_FRAME)
            return -1;
    }
    map = xc_map_foreign_pages(r->xch, r->domid, PROT_READ | PROT_WRITE, frames, (int)nr);
    if (!map)
        return stream_fail(r->xch, errno, "cannot map the guest's list of frames");
    for (uint64_t i = 0; i < nr * P2M_PER_PAGE; i++) {
        uint64_t pfn = first * P2M_PER_PAGE + i;

        map[i] = frame_maps(r, pfn);
    }
    munmap(map, (size_t)nr << XC_PAGE_SHIFT);
    return 0;
}

static int write_list(struct restore *r)
{
    int rc = 0;

    for (uint64_t i = 0; i < r->nr_list && !rc; i += BATCH)
        rc = write_list_part(r, i, r->nr_list - i < BATCH ? (unsigned int)(r->nr_list - i) : BATCH);
    return rc;
}

static int pin_some(struct restore *r, struct mmuext_op *ops, unsigned int *nr)
{
    int rc = *nr ? xc_mmuext_op(r->xch, ops, *nr, r->domid) : 0;

    *nr = 0;
    return rc ? stream_fail(r->xch, errno, "cannot pin the guest's page tables") : 0;
}

static int pin_tables(struct restore *r)
{
    struct mmuext_op ops[BATCH];
    unsigned int nr = 0;
    int rc = 0;

    for (uint64_t pfn = frame_next(r, 0); pfn < r->nr_pfns && !rc; pfn = frame_next(r, pfn + 1)) {
        unsigned int type = frame_type(r, pfn), level = frame_table_level(type);

        if (!level || !(type & FRAME_PINNED))
            continue;
        ops[nr++] = (struct mmuext_op){.cmd = MMUEXT_PIN_L1_TABLE + level - 1,
                                       .arg1.mfn = frame_maps(r, pfn)};
        if (nr == BATCH)
            rc = pin_some(r, ops, &nr);
    }
    return rc ? rc : pin_some(r, ops, &nr);
}

/*
 * The shared page: the guest finds its clocks to be the hypervisor's, and no event channel of the
 * machine that it comes from.
 */
static int write_shared(struct restore *r)
{
    const shared_info_x86_64_t *old = r->shared.data;
    shared_info_x86_64_t *new = xc_map_foreign_range(
        r->xch, r->domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE, r->info.shared_info_frame);

    if (!new)
        return stream_fail(r->xch, errno, "cannot map the guest's new shared page");
    for (unsigned int i = 0; i < sizeof(new->vcpu_info) / sizeof(new->vcpu_info[0]); i++) {
        memcpy(&new->vcpu_info[i], &old->vcpu_info[i], sizeof(old->vcpu_info[i]));
        new->vcpu_info[i].evtchn_pending_sel = 0;
    }
    new->arch = old->arch;
    /* These are frames of the other machine; the guest will say where they are now. */
    new->arch.pfn_to_mfn_frame_list_list = 0;
    new->arch.p2m_cr3 = 0;
    memset(new->evtchn_pending, 0, sizeof(new->evtchn_pending));
    memset(new->evtchn_mask, 0xff, sizeof(new->evtchn_mask));
    munmap(new, XC_PAGE_SIZE);
    return 0;
}

/* The guest has put guest frames where the addresses of its rings were. */
static int write_start_info(struct restore *r, uint64_t pfn)
{
    uint64_t mfn = plain_frame(r, pfn, "start_info");
    start_info_x86_64_t *si;
    int rc = -1;

    if (mfn == NO_FRAME)
        return -1;
    si = xc_map_foreign_range(r->xch, r->domid, XC_PAGE_SIZE, PROT_READ | PROT_WRITE, mfn);
    if (!si)
        return stream_fail(r->xch, errno, "cannot map the guest's start_info");
    r->store_frame = plain_frame(r, si->store_mfn, "xenstore's ring");
    if (r->store_frame == NO_FRAME)
        goto out;
    r->console_frame = plain_frame(r, si->console.domU.mfn, "the console's ring");
    if (r->console_frame == NO_FRAME)
        goto out;
    si->shared_info = (uint64_t)r->info.shared_info_frame << XC_PAGE_SHIFT;
    si->flags &= SIF_VIRT_P2M_4TOOLS; /* which it goes by when it tells where its list is */
    si->store_mfn = r->store_frame;
    si->store_evtchn = r->store_port;
    si->console.domU.mfn = r->console_frame;
    si->console.domU.evtchn = r->console_port;
    rc = 0;
out:
    munmap(si, XC_PAGE_SIZE);
    return rc;
}

static int to_mfn_root(struct restore *r, uint64_t *cr3)
{
    uint64_t mfn = restore_frame(r, xen_cr3_to_pfn_x86_64(*cr3), "a root table");

    *cr3 = xen_pfn_to_cr3_x86_64(mfn);
    return mfn == NO_FRAME ? -1 : 0;
}

static int convert_vcpu(struct restore *r, uint32_t vcpu, vcpu_guest_context_x86_64_t *c)
{
    if (c->gdt_ents > GDT_FRAMES * GDT_PER_FRAME)
        return stream_fail(r->xch, EINVAL, "vCPU %u has %lu descriptors", vcpu,
                           (unsigned long)c->gdt_ents);
    if (!vcpu) {
        uint64_t pfn = c->user_regs.rdx;

        if (write_start_info(r, pfn))
            return -1;
        c->user_regs.rdx = frame_maps(r, pfn);
    }
    for (unsigned int i = 0; i < (c->gdt_ents + GDT_PER_FRAME - 1) / GDT_PER_FRAME; i++) {
        c->gdt_frames[i] = plain_frame(r, c->gdt_frames[i], "a descriptor table");
        if (c->gdt_frames[i] == NO_FRAME)
            return -1;
    }
    if (to_mfn_root(r, &c->ctrlreg[3]))
        return -1;
    if (!(c->ctrlreg[1] & USER_ROOT_VALID)) {
        c->ctrlreg[1] = 0;
        return 0;
    }
    return to_mfn_root(r, &c->ctrlreg[1]);
}

static int set_basic(struct restore *r, uint32_t vcpu, const struct blob *b)
{
    vcpu_guest_context_any_t *any = calloc(1, sizeof(*any));
    int rc;

    if (!any)
        return stream_fail(r->xch, ENOMEM, "no memory for a vCPU");
    memcpy(&any->x64, b->data, sizeof(any->x64));
    rc = convert_vcpu(r, vcpu, &any->x64);
    if (!rc && xc_vcpu_setcontext(r->xch, r->domid, vcpu, any))
        rc = stream_fail(r->xch, errno, "cannot set vCPU %u", vcpu);
    free(any);
    return rc;
}

static int set_extended(struct restore *r, uint32_t vcpu, const struct blob *b)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_set_ext_vcpucontext, .domain = (domid_t)r->domid};
    size_t len = b->len < sizeof(op.u.ext_vcpucontext) ? b->len : sizeof(op.u.ext_vcpucontext);

    if (!b->data)
        return 0;
    memcpy(&op.u.ext_vcpucontext, b->data, len);
    op.u.ext_vcpucontext.vcpu = vcpu;
    if (xc_domctl(r->xch, &op))
        return stream_fail(r->xch, errno, "cannot set more of vCPU %u", vcpu);
    return 0;
}

static int set_xsave(struct restore *r, uint32_t vcpu, const struct blob *b)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_setvcpuextstate, .domain = (domid_t)r->domid};
    DECLARE_HYPERCALL_BUFFER(char, area);
    int rc = 0;

    if (!b->data)
        return 0;
    area = xc_hypercall_buffer_alloc(r->xch, area, b->len);
    if (!area)
        return stream_fail(r->xch, ENOMEM, "no memory for a vCPU");
    memcpy(area, b->data, b->len);
    op.u.vcpuextstate.vcpu = vcpu;
    op.u.vcpuextstate.size = b->len;
    set_xen_guest_handle(op.u.vcpuextstate.buffer, area);
    if (xc_domctl(r->xch, &op))
        rc = stream_fail(r->xch, errno, "cannot set the extended state of vCPU %u", vcpu);
    xc_hypercall_buffer_free(r->xch, area);
    return rc;
}

static int set_msrs(struct restore *r, uint32_t vcpu, const struct blob *b)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_set_vcpu_msrs, .domain = (domid_t)r->domid};
    DECLARE_HYPERCALL_BUFFER(xen_domctl_vcpu_msr_t, msrs);
    int rc = 0;

    if (!b->data)
        return 0;
    msrs = xc_hypercall_buffer_alloc(r->xch, msrs, b->len);
    if (!msrs)
        return stream_fail(r->xch, ENOMEM, "no memory for a vCPU");
    memcpy(msrs, b->data, b->len);
    op.u.vcpu_msrs.vcpu = vcpu;
    op.u.vcpu_msrs.msr_count = b->len / (uint32_t)sizeof(*msrs);
    set_xen_guest_handle(op.u.vcpu_msrs.msrs, msrs);
    if (xc_domctl(r->xch, &op))
        rc = stream_fail(r->xch, errno, "cannot set the MSRs of vCPU %u", vcpu);
    xc_hypercall_buffer_free(r->xch, msrs);
    return rc;
}

static int set_vcpu(struct restore *r, uint32_t vcpu, const struct restore_vcpu *v)
{
    int rc;

    if (!v->basic.data)
        return 0;
    rc = set_basic(r, vcpu, &v->basic);
    if (!rc)
        rc = set_extended(r, vcpu, &v->extended);
    if (!rc)
        rc = set_xsave(r, vcpu, &v->xsave);
    return rc ? rc : set_msrs(r, vcpu, &v->msrs);
}

static int pv_finish(struct restore *r)
{
    int rc;

    if (!r->pv_known || !r->static_done || !r->nr_list || !r->shared.data || !r->vcpu ||
        !r->vcpu[0].basic.data)
        return stream_fail(r->xch, EINVAL, "the stream has ended, but the guest is not complete");
    rc = write_list(r);
    if (!rc)
        rc = pin_tables(r);
    if (!rc)
        rc = write_shared(r);
    for (uint32_t i = 0; i <= r->info.max_vcpu_id && !rc; i++)
        rc = set_vcpu(r, i, &r->vcpu[i]);
    if (!rc)
        rc = xc_dom_gnttab_seed(r->xch, r->domid, false, r->console_frame, r->store_frame,
                                r->console_domid, r->store_domid);
    return rc;
}

static void pv_free(struct restore *r)
{
    for (uint32_t i = 0; r->vcpu && i <= r->info.max_vcpu_id; i++) {
        free(r->vcpu[i].basic.data);
        free(r->vcpu[i].extended.data);
        free(r->vcpu[i].xsave.data);
        free(r->vcpu[i].msrs.data);
    }
    free(r->vcpu);
    free(r->list);
    free(r->shared.data);
}

const struct restore_kind restore_pv = {
    .record = pv_record,
    .convert = pv_convert,
    .finish = pv_finish,
    .free = pv_free,
};
