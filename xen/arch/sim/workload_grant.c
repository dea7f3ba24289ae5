/* SPDX-License-Identifier: MIT */
/* Random run: grant tables. */
#include <public/grant_table.h>
#include <xen/grant.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>

#include "../../common/grant/private.h"
#include "workload.h"

#define REFS    24
#define HANDLES 24

/* From @first on, an entry of @d that is for @user; or REFS. */
static grant_ref_t find_grant(const struct domain *d, const struct domain *user, grant_ref_t first)
{
    for (unsigned int i = 0; i < REFS; i++) {
        grant_ref_t ref = (first + i) % REFS;
        const grant_entry_header_t *h = (const void *)entry_header(d->grant, ref);

        if (h->domid == user->domain_id && (h->flags & GTF_permit_access))
            return ref;
    }
    return REFS;
}

/* Most guests know what they have been granted. Where CPUs are threads nobody looks at others. */
static grant_ref_t pick_grant(struct work *w, const struct domain *user, domid_t *of)
{
    bool known = pick(w, 8) && !w->self;
    grant_ref_t first = pick(w, REFS);

    *of = pick_domid(w);
    for (unsigned int i = 0; known && i < NR_WORK_DOMAINS; i++) {
        domid_t id = (domid_t)(*of + i) % NR_WORK_DOMAINS;
        grant_ref_t ref = w->d[id] ? find_grant(w->d[id], user, first) : REFS;

        if (ref < REFS) {
            *of = id;
            return ref;
        }
    }
    return pick_small(w, REFS);
}

/* For whom an entry is. */
static domid_t pick_grantee(struct work *w)
{
    return pick(w, 8) ? (domid_t)pick(w, NR_WORK_DOMAINS) : pick_domid(w);
}

static void write_v1(struct work *w, struct domain *d, grant_entry_v1_t *e)
{
    e->frame = (uint32_t)pick_gfn(w, d);
    e->domid = pick_grantee(w);
    e->flags = (uint16_t)(pick(w, 4) ? GTF_permit_access | (pick(w, 3) ? 0 : GTF_readonly)
                                     : pick(w, 65536));
}

static void write_v2(struct work *w, struct domain *d, grant_entry_v2_t *e)
{
    bool transitive = pick(w, 3) == 0;

    if (transitive) {
        domid_t next;

        e->transitive.gref = pick_grant(w, d, &next);
        e->transitive.trans_domid = next;
    } else {
        e->full_page.frame = pick_gfn(w, d);
        e->sub_page.page_off = (uint16_t)pick(w, 5000);
        e->sub_page.length = (uint16_t)pick(w, 5000);
    }
    e->hdr.domid = pick_grantee(w);
    if (pick(w, 4) == 0)
        e->hdr.flags = (uint16_t)pick(w, 65536);
    else if (transitive)
        e->hdr.flags = GTF_transitive | (pick(w, 4) ? 0 : GTF_readonly);
    else
        e->hdr.flags = GTF_permit_access | (pick(w, 4) ? 0 : GTF_sub_page);
}

/* The guest writes entries, mostly of the version that its table has. */
void work_grant_entry(struct work *w)
{
    struct domain *d = pick_domain(w, true);
    unsigned int nr = 1 + pick(w, 4);
    char *page;
    mfn_t mfn;

    if (!d || grant_shared_frame(d, 0, &mfn))
        return;
    page = mfn_to_virt(mfn);
    while (nr-- > 0) {
        grant_ref_t ref = pick(w, REFS);

        if (pick(w, 8) ? READ_ONCE(d->grant->version) == 2 : pick(w, 2))
            write_v2(w, d, (grant_entry_v2_t *)page + ref);
        else
            write_v1(w, d, (grant_entry_v1_t *)page + ref);
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
        op[i].ref = pick_grant(w, v->domain, &op[i].dom);
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
    domid_t of;

    if (ref) {
        p->u.ref = pick_grant(w, d, &of);
    } else {
        p->u.gmfn = pick_gfn(w, d);
        of = pick(w, 8) ? DOMID_SELF : pick_domid(w);
    }
    p->domid = of;
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

void work_grant_version(struct vcpu *v, uint32_t version)
{
    struct gnttab_set_version op = {.version = version};

    sim_grant_op(v, GNTTABOP_set_version, &op, sizeof(op), 1);
}

void work_table(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);
    union {
        struct gnttab_setup_table setup;
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
        work_grant_version(v, pick(w, 4) ? 1 + pick(w, 2) : pick_small(w, 4));
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
