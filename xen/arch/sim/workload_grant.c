/* SPDX-License-Identifier: MIT */
/* Random run: grant tables. */
#include <public/grant_table.h>
#include <xen/grant.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>

#include "workload.h"

#define REFS    24
#define HANDLES 24

/* The guest writes an entry; what version the table is of makes no difference to the bytes. */
void work_grant_entry(struct work *w)
{
    struct domain *d = pick_domain(w, true);
    grant_ref_t ref = pick(w, REFS);
    bool v2;
    char *page;
    mfn_t mfn;

    if (!d || grant_shared_frame(d, 0, &mfn))
        return;
    page = mfn_to_virt(mfn);
    v2 = pick(w, 2);
    if (v2) {
        grant_entry_v2_t *e = (grant_entry_v2_t *)page + ref;

        e->full_page.frame = pick_gfn(w, d);
        e->sub_page.page_off = (uint16_t)pick(w, 5000);
        e->sub_page.length = (uint16_t)pick(w, 5000);
        e->hdr.domid = pick_domid(w);
        e->hdr.flags = (uint16_t)(pick(w, 4) ? GTF_permit_access | (pick(w, 4) ? 0 : GTF_sub_page)
                                             : pick(w, 65536));
    } else {
        grant_entry_v1_t *e = (grant_entry_v1_t *)page + ref;

        e->frame = (uint32_t)pick_gfn(w, d);
        e->domid = pick_domid(w);
        e->flags = (uint16_t)(pick(w, 4) ? GTF_permit_access | (pick(w, 3) ? 0 : GTF_readonly)
                                         : pick(w, 65536));
    }
}

void work_map(struct work *w)
{
    struct gnttab_map_grant_ref op[3];
    struct vcpu *v = pick_vcpu(w, false);
    unsigned int nr = 1 + pick(w, 3);

    if (!v)
        return;
    memset(op, 0, sizeof(op));
    for (unsigned int i = 0; i < nr; i++) {
        op[i].host_addr = pick_addr(w, v->domain);
        op[i].flags =
            pick(w, 8) ? GNTMAP_host_map | (pick(w, 3) ? 0 : GNTMAP_readonly) : pick(w, 65536);
        op[i].ref = pick_small(w, REFS);
        op[i].dom = pick_domid(w);
    }
    sim_grant_op(v, GNTTABOP_map_grant_ref, op, sizeof(op[0]), nr);
}

void work_unmap(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, false);
    unsigned int nr = 1 + pick(w, 3);

    if (!v)
        return;
    if (pick(w, 4) == 0) {
        struct gnttab_unmap_and_replace op = {.host_addr = pick_addr(w, v->domain),
                                              .new_addr = pick_addr(w, v->domain),
                                              .handle = pick_small(w, HANDLES)};

        sim_grant_op(v, GNTTABOP_unmap_and_replace, &op, sizeof(op), 1);
    } else {
        struct gnttab_unmap_grant_ref op[3];

        memset(op, 0, sizeof(op));
        for (unsigned int i = 0; i < nr; i++) {
            op[i].handle = pick_small(w, HANDLES);
            op[i].host_addr = pick(w, 4) ? pick_addr(w, v->domain) : 0;
            op[i].dev_bus_addr = pick(w, 4) ? 0 : pick_addr(w, v->domain);
        }
        sim_grant_op(v, GNTTABOP_unmap_grant_ref, op, sizeof(op[0]), nr);
    }
}

static void fill_side(struct work *w, struct domain *d, struct gnttab_copy_ptr *p, bool ref)
{
    if (ref)
        p->u.ref = pick_small(w, REFS);
    else
        p->u.gmfn = pick_gfn(w, d);
    p->domid = ref || pick(w, 8) == 0 ? pick_domid(w) : DOMID_SELF;
    p->offset = (uint16_t)pick(w, 4200);
}

void work_copy(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, false);
    struct gnttab_copy op[3];
    unsigned int nr = 1 + pick(w, 3);

    if (!v)
        return;
    memset(op, 0, sizeof(op));
    for (unsigned int i = 0; i < nr; i++) {
        op[i].flags = (uint16_t)pick(w, 4);
        op[i].len = (uint16_t)pick(w, pick(w, 4) ? 300 : 65536);
        fill_side(w, v->domain, &op[i].source, op[i].flags & GNTCOPY_source_gref);
        fill_side(w, v->domain, &op[i].dest, op[i].flags & GNTCOPY_dest_gref);
    }
    sim_grant_op(v, GNTTABOP_copy, op, sizeof(op[0]), nr);
}

static void transfer(struct work *w, struct vcpu *v)
{
    struct gnttab_transfer op = {
        .mfn = pick_gfn(w, v->domain), .domid = pick_domid(w), .ref = pick_small(w, REFS)};

    sim_grant_op(v, GNTTABOP_transfer, &op, sizeof(op), 1);
}

void work_table(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);
    union {
        struct gnttab_setup_table setup;
        struct gnttab_set_version version;
        struct gnttab_swap_grant_ref swap;
        struct gnttab_get_status_frames status;
        struct gnttab_query_size query;
    } op;

    if (!v)
        return;
    memset(&op, 0, sizeof(op));
    switch (pick(w, 6)) {
    case 0:
        op.setup.dom = pick_domid(w);
        op.setup.nr_frames = pick_small(w, 6);
        op.setup.frame_list.p = (void *)pick_addr(w, v->domain);
        sim_grant_op(v, GNTTABOP_setup_table, &op, sizeof(op.setup), 1);
        break;
    case 1:
        op.version.version = pick_small(w, 4);
        sim_grant_op(v, GNTTABOP_set_version, &op, sizeof(op.version), 1);
        break;
    case 2:
        op.swap.ref_a = pick_small(w, REFS);
        op.swap.ref_b = pick_small(w, REFS);
        sim_grant_op(v, GNTTABOP_swap_grant_ref, &op, sizeof(op.swap), 1);
        break;
    case 3:
        op.status.dom = pick_domid(w);
        op.status.nr_frames = pick_small(w, 4);
        op.status.frame_list.p = (void *)pick_addr(w, v->domain);
        sim_grant_op(v, GNTTABOP_get_status_frames, &op, sizeof(op.status), 1);
        break;
    case 4:
        op.query.dom = pick_domid(w);
        sim_grant_op(v, pick(w, 2) ? GNTTABOP_query_size : GNTTABOP_get_version, &op,
                     sizeof(op.query), 1);
        break;
    default:
        transfer(w, v);
    }
}
