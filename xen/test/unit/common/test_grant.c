/* SPDX-License-Identifier: MIT */
#include "sim_test.h"

#include <public/grant_table.h>
#include <public/memory.h>
#include <xen/frame.h>
#include <xen/grant.h>
#include <xen/log_dirty.h>

#include "../../../common/grant/private.h"
#include "ctl_ops.h"

#define WINDOW(i) (SIM_WINDOW_BASE + (uint64_t)(i)*PAGE_SIZE)

static struct domain *owner, *user;

static void two(bool hvm)
{
    dom0 = sim_domain(0, &(struct sim_domain_conf){.privileged = true});
    owner = sim_domain(1, &(struct sim_domain_conf){.hvm = hvm});
    user = sim_domain(2, &(struct sim_domain_conf){.hvm = hvm});
}

static void *table_page(struct domain *d, unsigned int idx)
{
    mfn_t mfn;

    EXPECT_EQ(grant_shared_frame(d, idx, &mfn), 0);
    return mfn_to_virt(mfn);
}

static grant_entry_v1_t *v1(struct domain *d, grant_ref_t ref)
{
    return (grant_entry_v1_t *)table_page(d, ref / 512) + ref % 512;
}

static grant_entry_v2_t *v2(struct domain *d, grant_ref_t ref)
{
    return (grant_entry_v2_t *)table_page(d, ref / 256) + ref % 256;
}

static grant_status_t *status_of(struct domain *d, grant_ref_t ref)
{
    mfn_t mfn;

    EXPECT_EQ(grant_status_frame(d, ref / 2048, &mfn), 0);
    return (grant_status_t *)mfn_to_virt(mfn) + ref % 2048;
}

static void permit(grant_ref_t ref, unsigned int page, uint16_t flags)
{
    *v1(owner, ref) = (grant_entry_v1_t){.flags = GTF_permit_access | flags,
                                         .domid = user->domain_id,
                                         .frame = (uint32_t)sim_gfn(owner, page)};
}

static int map(struct domain *by, grant_ref_t ref, uint64_t at, uint32_t flags, grant_handle_t *h)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = at, .flags = flags, .ref = ref, .dom = owner->domain_id};

    EXPECT_EQ(sim_grant_op(by->vcpu[0], GNTTABOP_map_grant_ref, &op, sizeof(op), 1), 0);
    if (op.status == GNTST_okay && h)
        *h = op.handle;
    sim_check_invariants();
    return op.status;
}

static int unmap(grant_handle_t h, uint64_t host, uint64_t dev)
{
    struct gnttab_unmap_grant_ref op = {.host_addr = host, .dev_bus_addr = dev, .handle = h};

    EXPECT_EQ(sim_grant_op(user->vcpu[0], GNTTABOP_unmap_grant_ref, &op, sizeof(op), 1), 0);
    sim_check_invariants();
    return op.status;
}

static long set_version(struct domain *d, uint32_t version)
{
    struct gnttab_set_version op = {.version = version};

    return sim_grant_op(d->vcpu[0], GNTTABOP_set_version, &op, sizeof(op), 1);
}

static uint64_t refs(struct domain *d, unsigned int page)
{
    return virt_to_page(sim_page_virt(d, page))->count_info & PGC_COUNT_MASK;
}

SIM_TEST(map_and_unmap)
{
    grant_handle_t h;

    two(false);
    permit(9, 10, 0);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map, &h), GNTST_okay);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access | GTF_reading | GTF_writing);
    EXPECT_EQ(refs(owner, 10), 2);
    /* Through the mapping the user reads what the owner has written. */
    memset(sim_page_virt(owner, 10), 0x5a, PAGE_SIZE);
    EXPECT_EQ(unmap(h, WINDOW(1), 0), GNTST_general_error);
    EXPECT_EQ(unmap(h, WINDOW(0), 0), GNTST_okay);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access);
    EXPECT_EQ(refs(owner, 10), 1);
    EXPECT_EQ(unmap(h, WINDOW(0), 0), GNTST_bad_handle);
}

SIM_TEST(readonly_grants)
{
    grant_handle_t h, h2;

    two(false);
    permit(9, 10, GTF_readonly);
    EXPECT_NE(map(user, 9, WINDOW(0), GNTMAP_host_map, NULL), GNTST_okay);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map | GNTMAP_readonly, &h), GNTST_okay);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access | GTF_readonly | GTF_reading);
    EXPECT_NE(map(user, 9, WINDOW(1), GNTMAP_host_map, NULL), GNTST_okay);
    /* The owner permits writing later. */
    v1(owner, 9)->flags &= (uint16_t)~GTF_readonly;
    EXPECT_EQ(map(user, 9, WINDOW(1), GNTMAP_host_map, &h2), GNTST_okay);
    EXPECT_EQ(unmap(h, WINDOW(0), 0), GNTST_okay);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access | GTF_reading | GTF_writing);
    EXPECT_EQ(unmap(h2, WINDOW(1), 0), GNTST_okay);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access);
}

/* Of two mappings of a page, each handle goes with an entry of its own rights. */
SIM_TEST(rights_to_write_are_given_back)
{
    grant_handle_t ro, rw;

    two(false);
    permit(9, 10, 0);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map | GNTMAP_readonly, &ro), GNTST_okay);
    EXPECT_EQ(map(user, 9, WINDOW(1), GNTMAP_host_map, &rw), GNTST_okay);
    EXPECT_EQ(unmap(rw, WINDOW(0), 0), GNTST_general_error);
    EXPECT_EQ(unmap(ro, WINDOW(1), 0), GNTST_general_error);
    EXPECT_EQ(unmap(rw, WINDOW(1), 0), GNTST_okay);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access | GTF_reading);
    EXPECT_EQ(unmap(ro, WINDOW(0), 0), GNTST_okay);
}

SIM_TEST(wrong_arguments_of_map)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = WINDOW(0), .flags = GNTMAP_host_map, .ref = 9, .dom = 77};

    two(false);
    permit(9, 10, 0);
    EXPECT_EQ(sim_grant_op(user->vcpu[0], GNTTABOP_map_grant_ref, &op, sizeof(op), 1), 0);
    EXPECT_EQ(op.status, GNTST_bad_domain);
    EXPECT_EQ(map(user, 512 * 4, WINDOW(0), GNTMAP_host_map, NULL), GNTST_bad_gntref);
    EXPECT_EQ(map(user, ~0U, WINDOW(0), GNTMAP_host_map, NULL), GNTST_bad_gntref);
    EXPECT_EQ(map(user, 8, WINDOW(0), GNTMAP_host_map, NULL), GNTST_general_error);
    EXPECT_EQ(map(user, 9, WINDOW(0) + 8, GNTMAP_host_map, NULL), GNTST_general_error);
    EXPECT_NE(map(user, 9, WINDOW(0), 0, NULL), GNTST_okay);
    EXPECT_EQ(map(dom0, 9, WINDOW(0), GNTMAP_host_map, NULL), GNTST_general_error);
    v1(owner, 9)->frame = 0xffffffff;
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map, NULL), GNTST_bad_page);
    v1(owner, 9)->frame = (uint32_t)sim_gfn(user, 10);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map, NULL), GNTST_bad_page);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access);
    EXPECT_EQ(unmap(0, WINDOW(0), 0), GNTST_bad_handle);
    EXPECT_EQ(unmap(~0U, WINDOW(0), 0), GNTST_bad_handle);
}

SIM_TEST(both_kinds_are_unmapped_one_by_one)
{
    struct gnttab_map_grant_ref op;
    uint64_t bus;

    two(false);
    permit(9, 10, 0);
    op = (struct gnttab_map_grant_ref){
        .host_addr = WINDOW(0), .ref = 9, .dom = 1, .flags = GNTMAP_host_map | GNTMAP_device_map};
    EXPECT_EQ(sim_grant_op(user->vcpu[0], GNTTABOP_map_grant_ref, &op, sizeof(op), 1), 0);
    EXPECT_EQ(op.status, GNTST_okay);
    bus = op.dev_bus_addr;
    EXPECT_EQ(bus, page_to_maddr(virt_to_page(sim_page_virt(owner, 10))));
    EXPECT_EQ(refs(owner, 10), 3);
    EXPECT_EQ(unmap(op.handle, WINDOW(0), 0), GNTST_okay);
    EXPECT_EQ(refs(owner, 10), 2);
    EXPECT_EQ(unmap(op.handle, WINDOW(0), 0), GNTST_okay);
    EXPECT_EQ(refs(owner, 10), 2);
    EXPECT_EQ(unmap(op.handle, 0, bus), GNTST_okay);
    EXPECT_EQ(refs(owner, 10), 1);
}

/* As two CPUs unmap the two kinds of one handle, and the one of them in vain. */
SIM_TEST(a_claimed_handle_stays_in_use)
{
    const uint16_t both = GNTMAP_host_map | GNTMAP_device_map;
    struct maptrack_entry e = {.domid = 7, .ref = 9}, was;
    uint16_t one, other;

    e.flags = both | GNTMAP_readonly;
    EXPECT(maptrack_claim(&e, GNTMAP_host_map, &was, &one));
    EXPECT_EQ(one, GNTMAP_host_map);
    EXPECT_EQ(was.ref, 9);
    EXPECT(maptrack_claim(&e, both, &was, &other));
    EXPECT_EQ(other, GNTMAP_device_map);
    EXPECT(!maptrack_claim(&e, both, &was, &other));
    EXPECT(!maptrack_finish(&e, GNTMAP_device_map)); /* the first is not done: not free */
    maptrack_unclaim(&e, GNTMAP_host_map);
    EXPECT_EQ(e.flags, GNTMAP_host_map | GNTMAP_readonly);
    EXPECT(maptrack_claim(&e, both, &was, &one));
    EXPECT_EQ(one, GNTMAP_host_map);
    EXPECT(maptrack_finish(&e, GNTMAP_host_map));
}

SIM_TEST(handles_run_out_and_come_back)
{
    grant_handle_t h, last = 0;
    unsigned int n = 0;
    int rc;

    dom0 = sim_domain(0, &(struct sim_domain_conf){.privileged = true});
    owner = sim_domain(1, &(struct sim_domain_conf){});
    user = sim_domain(2, &(struct sim_domain_conf){.max_maptrack = 1});
    permit(9, 10, 0);
    while ((rc = map(user, 9, WINDOW(n), GNTMAP_host_map, &h)) == GNTST_okay) {
        last = h;
        n++;
    }
    EXPECT_EQ(rc, GNTST_no_space);
    EXPECT_GE(n, 100);
    EXPECT_EQ(unmap(last, WINDOW(n - 1), 0), GNTST_okay);
    EXPECT_EQ(map(user, 9, WINDOW(n - 1), GNTMAP_host_map, &h), GNTST_okay);
    EXPECT_EQ(refs(owner, 10), n + 1);
}

SIM_TEST(mappings_end_with_the_user)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_destroydomain, .domain = 2};

    two(true);
    permit(9, 10, 0);
    for (unsigned int i = 0; i < 100; i++)
        EXPECT_EQ(map(user, 9, WINDOW(i), GNTMAP_host_map, NULL), GNTST_okay);
    /* Work is pending all the time, and yet it gets on. */
    sim_preempt(1);
    EXPECT_EQ(domctl(dom0, &op), 0);
    sim_preempt(0);
    EXPECT_EQ(refs(owner, 10), 1);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access);
}

SIM_TEST(a_dying_owner_stays_until_it_is_unmapped)
{
    grant_handle_t h;

    two(false);
    permit(9, 10, 0);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map, &h), GNTST_okay);
    sim_destroy(owner);
    sim_quiesce();
    EXPECT_NE(domain_by_id_rcu(1), NULL);
    sim_check_invariants();
    EXPECT_EQ(unmap(h, WINDOW(0), 0), GNTST_okay);
    sim_quiesce();
    EXPECT_EQ(domain_by_id_rcu(1), NULL);
}

/* The guest puts another page at the granted frame number while the grant is mapped. */
SIM_TEST(a_pinned_grant_keeps_its_page)
{
    struct xen_remove_from_physmap gone;
    struct xen_add_to_physmap move = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_gmfn, .idx = 20, .gpfn = 10};
    grant_handle_t a, b;

    two(true);
    permit(9, 10, 0);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map, &a), GNTST_okay);
    gone = (struct xen_remove_from_physmap){.domid = DOMID_SELF, .gpfn = 10};
    EXPECT_EQ(sim_op(owner->vcpu[0], __HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &gone,
                     sizeof(gone)),
              0);
    EXPECT_EQ(
        sim_op(owner->vcpu[0], __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &move, sizeof(move)),
        0);
    EXPECT_EQ(map(user, 9, WINDOW(1), GNTMAP_host_map, &b), GNTST_okay);
    EXPECT_EQ(refs(owner, 10), 3);
    EXPECT_EQ(refs(owner, 20), 1);
    EXPECT_EQ(unmap(a, WINDOW(0), 0), GNTST_okay);
    EXPECT_EQ(unmap(b, WINDOW(1), 0), GNTST_okay);
    EXPECT_EQ(refs(owner, 10), 1);
    EXPECT_EQ(refs(owner, 20), 1);
}

static int copy(grant_ref_t from, unsigned int from_off, unsigned int to_page, unsigned int to_off,
                unsigned int len)
{
    struct gnttab_copy op = {.flags = GNTCOPY_source_gref, .len = (uint16_t)len};

    op.source.u.ref = from;
    op.source.domid = owner->domain_id;
    op.source.offset = (uint16_t)from_off;
    op.dest.u.gmfn = sim_gfn(user, to_page);
    op.dest.domid = DOMID_SELF;
    op.dest.offset = (uint16_t)to_off;
    EXPECT_EQ(sim_grant_op(user->vcpu[0], GNTTABOP_copy, &op, sizeof(op), 1), 0);
    sim_check_invariants();
    return op.status;
}

SIM_TEST(copies_stay_in_their_pages)
{
    char *from, *to;

    two(false);
    permit(9, 10, GTF_readonly);
    from = sim_page_virt(owner, 10);
    to = sim_page_virt(user, 20);
    for (unsigned int i = 0; i < PAGE_SIZE; i++)
        from[i] = (char)(i * 7);
    EXPECT_EQ(copy(9, 0, 20, 0, PAGE_SIZE), GNTST_okay);
    EXPECT_EQ(memcmp(from, to, PAGE_SIZE), 0);
    memset(to, 0, PAGE_SIZE);
    EXPECT_EQ(copy(9, 100, 20, 4000, 96), GNTST_okay);
    EXPECT_EQ(memcmp(from + 100, to + 4000, 96), 0);
    EXPECT_EQ(to[3999], 0);
    EXPECT_EQ(copy(9, 100, 20, 4000, 97), GNTST_bad_copy_arg);
    EXPECT_EQ(copy(9, 4095, 20, 0, 2), GNTST_bad_copy_arg);
    EXPECT_EQ(copy(9, 65535, 20, 0, 65535), GNTST_bad_copy_arg);
    EXPECT_EQ(copy(9, 0, 20, 0, 0), GNTST_okay);
    EXPECT_EQ(copy(8, 0, 20, 0, 8), GNTST_general_error);
    EXPECT_EQ(copy(4096, 0, 20, 0, 8), GNTST_bad_gntref);
    EXPECT_EQ(v1(owner, 9)->flags, GTF_permit_access | GTF_readonly);
    EXPECT_EQ(refs(owner, 10), 1);
    EXPECT_EQ(refs(user, 20), 1);
}

SIM_TEST(a_batch_of_copies)
{
    struct gnttab_copy *ops;

    two(false);
    ops = sim_page_virt(user, 0);
    for (unsigned int i = 0; i < 64; i++) {
        permit(8 + i / 4, 10 + i / 4, 0);
        ops[i] = (struct gnttab_copy){.flags = GNTCOPY_dest_gref, .len = 64};
        ops[i].source.u.gmfn = sim_gfn(user, 30);
        ops[i].source.domid = DOMID_SELF;
        ops[i].dest.u.ref = 8 + i / 4;
        ops[i].dest.domid = 1;
        ops[i].dest.offset = (uint16_t)(64 * (i % 4));
    }
    ops[33].dest.domid = 99;
    memset(sim_page_virt(user, 30), 0x77, PAGE_SIZE);
    sim_preempt(1);
    EXPECT_EQ(sim_hypercall(user->vcpu[0], __HYPERVISOR_grant_table_op, GNTTABOP_copy,
                            sim_page(user, 0), 64),
              0);
    for (unsigned int i = 0; i < 64; i++)
        EXPECT_EQ(ops[i].status, i == 33 ? GNTST_bad_domain : GNTST_okay);
    EXPECT_EQ(((char *)sim_page_virt(owner, 10))[255], 0x77);
    EXPECT_EQ(((char *)sim_page_virt(owner, 10))[256], 0);
    EXPECT_EQ(((char *)sim_page_virt(owner, 18))[64], 0);
    for (unsigned int i = 0; i < 16; i++)
        EXPECT_EQ(refs(owner, 10 + i), 1);
}

SIM_TEST(only_control_copies_foreign_frames)
{
    struct gnttab_copy op = {.len = 16};

    two(false);
    op.source.u.gmfn = sim_gfn(owner, 10);
    op.source.domid = 1;
    op.dest.u.gmfn = sim_gfn(user, 10);
    op.dest.domid = DOMID_SELF;
    EXPECT_EQ(sim_grant_op(user->vcpu[0], GNTTABOP_copy, &op, sizeof(op), 1), 0);
    EXPECT_EQ(op.status, GNTST_permission_denied);
}

SIM_TEST(version_2_has_status_and_sub_pages)
{
    grant_entry_v2_t *e;
    grant_handle_t h;

    two(false);
    permit(1, 10, GTF_readonly);
    EXPECT_EQ(set_version(owner, 2), 0);
    EXPECT_EQ(v2(owner, 1)->hdr.domid, 2);
    EXPECT_EQ(v2(owner, 1)->full_page.frame, sim_gfn(owner, 10));
    EXPECT_EQ(map(user, 1, WINDOW(0), GNTMAP_host_map | GNTMAP_readonly, &h), GNTST_okay);
    EXPECT_EQ(*status_of(owner, 1), GTF_reading);
    EXPECT_EQ(v2(owner, 1)->hdr.flags, GTF_permit_access | GTF_readonly);
    EXPECT_EQ(set_version(owner, 1), -EBUSY);
    EXPECT_EQ(unmap(h, WINDOW(0), 0), GNTST_okay);
    EXPECT_EQ(*status_of(owner, 1), 0);
    e = v2(owner, 300);
    e->sub_page.frame = sim_gfn(owner, 11);
    e->sub_page.page_off = 1000;
    e->sub_page.length = 100;
    e->hdr.domid = 2;
    e->hdr.flags = GTF_permit_access | GTF_sub_page;
    EXPECT_EQ(copy(300, 1000, 20, 0, 100), GNTST_okay);
    EXPECT_EQ(copy(300, 1000, 20, 0, 101), GNTST_general_error);
    EXPECT_EQ(copy(300, 999, 20, 0, 2), GNTST_general_error);
    EXPECT_EQ(copy(300, 1099, 20, 0, 1), GNTST_okay);
    EXPECT_EQ(copy(300, 1100, 20, 0, 1), GNTST_general_error);
    EXPECT_EQ(map(user, 300, WINDOW(0), GNTMAP_host_map, NULL), GNTST_general_error);
    e->sub_page.page_off = 4000;
    EXPECT_EQ(copy(300, 4000, 20, 0, 96), GNTST_general_error);
    e->sub_page.page_off = 65535;
    EXPECT_EQ(copy(300, 65535, 20, 0, 1), GNTST_bad_copy_arg);
    EXPECT_EQ(set_version(owner, 1), 0);
    EXPECT_EQ(v1(owner, 1)->frame, sim_gfn(owner, 10));
    EXPECT_EQ(set_version(owner, 3), -EINVAL);
    EXPECT_EQ(set_version(owner, 0), -EINVAL);
}

SIM_TEST(mapped_status_pages_keep_version_2)
{
    struct page_info *status[2];
    mfn_t mfn;

    owner = sim_domain(1, &(struct sim_domain_conf){.max_grant_frames = 16});
    table_page(owner, 15);
    EXPECT_EQ(set_version(owner, 2), 0);
    for (unsigned int i = 0; i < 2; i++) {
        EXPECT_EQ(grant_status_frame(owner, i, &mfn), 0);
        status[i] = mfn_to_page(mfn);
    }
    for (unsigned int i = 0; i < 2; i++) {
        EXPECT(page_get(status[i], owner));
        EXPECT_EQ(set_version(owner, 1), -EBUSY);
        EXPECT_EQ(owner->grant->version, 2);
        EXPECT_EQ(page_owner(status[!i]), owner);
        EXPECT_EQ(status[!i]->count_info & PGC_COUNT_MASK, 1);
        EXPECT_EQ(page_unshare_xen(status[i]), -EBUSY);
        page_put(status[i]);
        sim_check_invariants();
    }
    EXPECT_EQ(set_version(owner, 1), 0);
    EXPECT_EQ(page_owner(status[0]), NULL);
}

SIM_TEST(version_2_may_be_refused)
{
    struct domain *d = sim_domain(3, &(struct sim_domain_conf){.grant_v1_only = true});

    EXPECT_EQ(set_version(d, 2), -ENOSYS);
    EXPECT_EQ(set_version(d, 1), 0);
}

SIM_TEST(hostile_changes_of_a_pinned_entry)
{
    grant_handle_t h, h2;

    two(false);
    permit(9, 10, 0);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map, &h), GNTST_okay);
    v1(owner, 9)->frame = (uint32_t)sim_gfn(owner, 11);
    v1(owner, 9)->flags = 0;
    EXPECT_EQ(map(user, 9, WINDOW(1), GNTMAP_host_map, &h2), GNTST_okay);
    EXPECT_EQ(refs(owner, 10), 3);
    EXPECT_EQ(refs(owner, 11), 1);
    EXPECT_EQ(unmap(h2, WINDOW(1), 0), GNTST_okay);
    EXPECT_EQ(unmap(h, WINDOW(0), 0), GNTST_okay);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map, NULL), GNTST_general_error);
}

SIM_TEST(the_table_grows_to_its_limit)
{
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 4};
    struct gnttab_query_size query = {.dom = DOMID_SELF};

    two(false);
    setup.frame_list.p = (void *)sim_page(owner, 5);
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_setup_table, &setup, sizeof(setup), 1), 0);
    EXPECT_EQ(setup.status, GNTST_okay);
    EXPECT_EQ(((xen_pfn_t *)sim_page_virt(owner, 5))[3], virt_to_mfn(table_page(owner, 3)).nr);
    setup.nr_frames = 5;
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_setup_table, &setup, sizeof(setup), 1), 0);
    EXPECT_NE(setup.status, GNTST_okay);
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_query_size, &query, sizeof(query), 1), 0);
    EXPECT_EQ(query.nr_frames, 4);
    EXPECT_EQ(query.max_nr_frames, 4);
    setup.dom = 2;
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_setup_table, &setup, sizeof(setup), 1), 0);
    EXPECT_EQ(setup.status, GNTST_permission_denied);
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_query_size, &query, sizeof(query), 2), -EINVAL);
}

SIM_TEST(pages_are_transferred)
{
    struct gnttab_transfer op;
    uint64_t before;

    two(false);
    user->max_pages++;
    before = user->tot_pages;
    op = (struct gnttab_transfer){.mfn = sim_gfn(owner, 30), .domid = 2, .ref = 9};
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_transfer, &op, sizeof(op), 1), 0);
    EXPECT_NE(op.status, GNTST_okay);
    sim_check_invariants();
    *v1(user, 9) = (grant_entry_v1_t){.flags = GTF_accept_transfer, .domid = 1, .frame = 77};
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_transfer, &op, sizeof(op), 1), 0);
    EXPECT_EQ(op.status, GNTST_okay);
    EXPECT_EQ(user->tot_pages, before + 1);
    EXPECT_EQ(v1(user, 9)->flags,
              GTF_accept_transfer | GTF_transfer_committed | GTF_transfer_completed);
    sim_check_invariants();
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_transfer, &op, sizeof(op), 1), 0);
    EXPECT_NE(op.status, GNTST_okay);
    /* A page that somebody maps cannot go. */
    permit(10, 31, 0);
    EXPECT_EQ(map(user, 10, WINDOW(0), GNTMAP_host_map, NULL), GNTST_okay);
    *v1(user, 9) = (grant_entry_v1_t){.flags = GTF_accept_transfer, .domid = 1, .frame = 77};
    op = (struct gnttab_transfer){.mfn = sim_gfn(owner, 31), .domid = 2, .ref = 9};
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_transfer, &op, sizeof(op), 1), 0);
    EXPECT_NE(op.status, GNTST_okay);
    sim_check_invariants();
}

SIM_TEST(no_transfers_by_option, .cmdline = "gnttab=no-transfer")
{
    struct gnttab_transfer op;

    two(false);
    user->max_pages++;
    *v1(user, 9) = (grant_entry_v1_t){.flags = GTF_accept_transfer, .domid = 1, .frame = 77};
    op = (struct gnttab_transfer){.mfn = sim_gfn(owner, 30), .domid = 2, .ref = 9};
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_transfer, &op, sizeof(op), 1), -EOPNOTSUPP);
    EXPECT_EQ(v1(user, 9)->flags, GTF_accept_transfer);
    EXPECT_EQ(refs(owner, 30), 1);
}

/* The receiver halves its table between the promise of the entry and the page's arrival. */
static void change_version(void)
{
    sim_on_tlb_flush = NULL;
    write_lock(&user->grant->lock);
    EXPECT_EQ(table_set_version(user, 2), 0);
    write_unlock(&user->grant->lock);
}

SIM_TEST(a_transfer_to_an_entry_that_goes)
{
    struct gnttab_transfer op;

    two(false);
    user->max_pages++;
    op = (struct gnttab_transfer){.mfn = sim_gfn(owner, 30), .domid = 2, .ref = 300};
    *v1(user, 300) = (grant_entry_v1_t){.flags = GTF_accept_transfer, .domid = 1};
    EXPECT_EQ(user->grant->nr_frames, 1);
    sim_on_tlb_flush = change_version;
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_transfer, &op, sizeof(op), 1), 0);
    EXPECT_EQ(op.status, GNTST_okay);
    EXPECT_EQ(user->grant->version, 2);
    sim_check_invariants();
}

SIM_TEST(swaps_are_preempted)
{
    struct gnttab_swap_grant_ref ops[3] = {
        {.ref_a = 9, .ref_b = 12}, {.ref_a = 9, .ref_b = 13}, {.ref_a = 9, .ref_b = 14}};

    two(false);
    sim_preempt(1);
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_swap_grant_ref, ops, sizeof(ops[0]), 3), 0);
    EXPECT_EQ(ops[2].status, GNTST_okay);
    EXPECT_EQ(owner->vcpu[0]->hcall.op, __HYPERVISOR_grant_table_op);
    EXPECT_EQ(owner->vcpu[0]->hcall.args[2], 1); /* as it was gone on with last */
}

SIM_TEST(swapped_entries)
{
    struct gnttab_swap_grant_ref op = {.ref_a = 9, .ref_b = 12};

    two(false);
    permit(9, 10, 0);
    permit(12, 11, GTF_readonly);
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_swap_grant_ref, &op, sizeof(op), 1), 0);
    EXPECT_EQ(op.status, GNTST_okay);
    EXPECT_EQ(v1(owner, 9)->frame, sim_gfn(owner, 11));
    EXPECT_EQ(v1(owner, 12)->flags, GTF_permit_access);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map | GNTMAP_readonly, NULL), GNTST_okay);
    EXPECT_EQ(sim_grant_op(owner->vcpu[0], GNTTABOP_swap_grant_ref, &op, sizeof(op), 1), 0);
    EXPECT_NE(op.status, GNTST_okay);
}

/* Whether page @page of @d is in its log; and take it out. */
static bool logged(struct domain *d, unsigned int page)
{
    uint64_t pfn = port_m2p_get(virt_to_mfn(sim_page_virt(d, page))), done = 0;
    bool was = log_dirty_test(d->log_dirty, pfn);

    EXPECT_EQ(log_dirty_read(d->log_dirty, NULL, pfn + 1, true, &done), 0);
    return was;
}

static struct log_dirty *log_writes(struct domain *d)
{
    struct log_dirty *ld = log_dirty_create();

    EXPECT_NE(ld, NULL);
    EXPECT_EQ(log_dirty_cover(ld, 1000, false), 0);
    rcu_assign_pointer(d->log_dirty, ld);
    return ld;
}

SIM_TEST(pages_written_through_grants_are_logged)
{
    struct log_dirty *lo, *lu;
    grant_handle_t h;

    two(false);
    lo = log_writes(owner);
    lu = log_writes(user);
    permit(9, 10, 0);
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map | GNTMAP_readonly, &h), GNTST_okay);
    EXPECT_EQ(unmap(h, WINDOW(0), 0), GNTST_okay);
    EXPECT(!logged(owner, 10));
    EXPECT_EQ(map(user, 9, WINDOW(0), GNTMAP_host_map, &h), GNTST_okay);
    EXPECT_EQ(unmap(h, WINDOW(0), 0), GNTST_okay);
    EXPECT(logged(owner, 10));
    EXPECT(!logged(owner, 11));
    EXPECT_EQ(copy(9, 0, 20, 0, 16), GNTST_okay);
    EXPECT(logged(user, 20));
    EXPECT(!logged(user, 21));
    EXPECT(!logged(owner, 10));
    owner->log_dirty = user->log_dirty = NULL;
    log_dirty_free(lo);
    log_dirty_free(lu);
    sim_quiesce();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(map_and_unmap),
        cmocka_unit_test(readonly_grants),
        cmocka_unit_test(rights_to_write_are_given_back),
        cmocka_unit_test(wrong_arguments_of_map),
        cmocka_unit_test(both_kinds_are_unmapped_one_by_one),
        cmocka_unit_test(a_claimed_handle_stays_in_use),
        cmocka_unit_test(handles_run_out_and_come_back),
        cmocka_unit_test(mappings_end_with_the_user),
        cmocka_unit_test(a_dying_owner_stays_until_it_is_unmapped),
        cmocka_unit_test(a_pinned_grant_keeps_its_page),
        cmocka_unit_test(copies_stay_in_their_pages),
        cmocka_unit_test(a_batch_of_copies),
        cmocka_unit_test(only_control_copies_foreign_frames),
        cmocka_unit_test(version_2_has_status_and_sub_pages),
        cmocka_unit_test(mapped_status_pages_keep_version_2),
        cmocka_unit_test(version_2_may_be_refused),
        cmocka_unit_test(hostile_changes_of_a_pinned_entry),
        cmocka_unit_test(the_table_grows_to_its_limit),
        cmocka_unit_test(pages_are_transferred),
        cmocka_unit_test(no_transfers_by_option),
        cmocka_unit_test(a_transfer_to_an_entry_that_goes),
        cmocka_unit_test(swaps_are_preempted),
        cmocka_unit_test(swapped_entries),
        cmocka_unit_test(pages_written_through_grants_are_logged),
    };

    return RUN_GROUP(tests);
}
