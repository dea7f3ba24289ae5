/* SPDX-License-Identifier: MIT */
/* Grants that lead to another domain's grant: GNTTABOP_copy alone follows them. */
#include "sim_test.h"

#include <public/grant_table.h>
#include <xen/console.h>
#include <xen/frame.h>
#include <xen/grant.h>
#include <asm/host.h>

#include "../../../arch/sim/private.h"
#include "../../../common/grant/private.h"

/* 0 copies; its grants are of 1, which lead to those of 2, or of 3. */
#define NR  4
#define REF 9
static struct domain *d[NR];

static long set_version(struct domain *of, uint32_t version)
{
    struct gnttab_set_version op = {.version = version};

    return sim_grant_op(of->vcpu[0], GNTTABOP_set_version, &op, sizeof(op), 1);
}

static void domains(void)
{
    for (domid_t id = 0; id < NR; id++) {
        d[id] = sim_domain(id, &(struct sim_domain_conf){.privileged = id == 0});
        EXPECT_EQ(set_version(d[id], 2), 0);
    }
}

static grant_entry_v2_t *entry(domid_t of, grant_ref_t ref)
{
    mfn_t mfn;

    EXPECT_EQ(grant_shared_frame(d[of], ref / 256, &mfn), 0);
    return (grant_entry_v2_t *)mfn_to_virt(mfn) + ref % 256;
}

static grant_status_t status_of(domid_t of, grant_ref_t ref)
{
    return *entry_status(d[of]->grant, ref);
}

static void permit(domid_t of, grant_ref_t ref, domid_t to, unsigned int page, uint16_t flags)
{
    grant_entry_v2_t *e = entry(of, ref);

    e->full_page.frame = sim_gfn(d[of], page);
    e->hdr.domid = to;
    e->hdr.flags = GTF_permit_access | flags;
}

static void lead(domid_t of, grant_ref_t ref, domid_t to, domid_t next, grant_ref_t next_ref,
                 uint16_t flags)
{
    grant_entry_v2_t *e = entry(of, ref);

    e->transitive.trans_domid = next;
    e->transitive.gref = next_ref;
    e->hdr.domid = to;
    e->hdr.flags = GTF_transitive | flags;
}

/* 1's REF for 0 leads to 2's REF for 1, which is page 10. */
static void one_step(void)
{
    domains();
    lead(1, REF, 0, 2, REF, 0);
    permit(2, REF, 1, 10, 0);
}

static void nothing_is_held(void)
{
    sim_check_invariants(); /* pins */
    for (unsigned int i = 0; i < 64; i++)
        for (domid_t id = 0; id < NR; id++) {
            EXPECT_EQ(virt_to_page(sim_page_virt(d[id], i))->count_info & PGC_COUNT_MASK, 1);
            if (d[id]->grant->version == 2)
                EXPECT_EQ(status_of(id, i), 0);
        }
}

static int copy_unchecked(struct gnttab_copy *op)
{
    EXPECT_EQ(sim_grant_op(d[0]->vcpu[0], GNTTABOP_copy, op, sizeof(*op), 1), 0);
    return op->status;
}

static int copy(struct gnttab_copy *op)
{
    int status = copy_unchecked(op);

    nothing_is_held();
    return status;
}

/* Of 0's page 20 and 1's grant @ref. */
static struct gnttab_copy from(grant_ref_t ref, unsigned int off, unsigned int len)
{
    struct gnttab_copy op = {.flags = GNTCOPY_source_gref, .len = (uint16_t)len};

    op.source.u.ref = ref;
    op.source.domid = 1;
    op.source.offset = (uint16_t)off;
    op.dest.u.gmfn = sim_gfn(d[0], 20);
    op.dest.domid = DOMID_SELF;
    return op;
}

static int copy_from(grant_ref_t ref, unsigned int off, unsigned int len)
{
    struct gnttab_copy op = from(ref, off, len);

    return copy(&op);
}

static int copy_to(grant_ref_t ref, unsigned int off, unsigned int len)
{
    struct gnttab_copy op = {.flags = GNTCOPY_dest_gref, .len = (uint16_t)len};

    op.dest.u.ref = ref;
    op.dest.domid = 1;
    op.dest.offset = (uint16_t)off;
    op.source.u.gmfn = sim_gfn(d[0], 20);
    op.source.domid = DOMID_SELF;
    return copy(&op);
}

SIM_TEST(a_copy_goes_through)
{
    char *far, *own;

    one_step();
    far = sim_page_virt(d[2], 10);
    own = sim_page_virt(d[0], 20);
    memset(far, 0x5a, PAGE_SIZE);
    EXPECT_EQ(copy_from(REF, 0, PAGE_SIZE), GNTST_okay);
    EXPECT_EQ(memcmp(far, own, PAGE_SIZE), 0);
    memset(own, 0x33, PAGE_SIZE);
    EXPECT_EQ(copy_to(REF, 100, 200), GNTST_okay);
    EXPECT_EQ(far[99], 0x5a);
    EXPECT_EQ(far[100], 0x33);
    EXPECT_EQ(far[299], 0x33);
    EXPECT_EQ(far[300], 0x5a);
    EXPECT_EQ(copy_to(REF, 4000, 97), GNTST_bad_copy_arg);
}

SIM_TEST(both_sides_may_be_transitive)
{
    struct gnttab_copy op = {.flags = GNTCOPY_dest_gref | GNTCOPY_source_gref, .len = 16};

    one_step();
    lead(1, REF + 1, 0, 3, 5, GTF_readonly);
    permit(3, 5, 1, 11, GTF_readonly);
    memset(sim_page_virt(d[3], 11), 0x44, 16);
    op.source.u.ref = REF + 1;
    op.source.domid = op.dest.domid = 1;
    op.dest.u.ref = REF;
    EXPECT_EQ(copy(&op), GNTST_okay);
    EXPECT_EQ(((char *)sim_page_virt(d[2], 10))[15], 0x44);
    /* And both the same one. */
    op.source.u.ref = REF;
    op.dest.offset = 16;
    EXPECT_EQ(copy(&op), GNTST_okay);
    EXPECT_EQ(((char *)sim_page_virt(d[2], 10))[31], 0x44);
}

SIM_TEST(each_entry_restricts)
{
    one_step();
    lead(1, REF, 0, 2, REF, GTF_readonly);
    EXPECT_EQ(copy_from(REF, 0, 8), GNTST_okay);
    EXPECT_EQ(copy_to(REF, 0, 8), GNTST_general_error);
    lead(1, REF, 0, 2, REF, 0);
    permit(2, REF, 1, 10, GTF_readonly);
    EXPECT_EQ(copy_from(REF, 0, 8), GNTST_okay);
    EXPECT_EQ(copy_to(REF, 0, 8), GNTST_general_error);
    entry(2, REF)->sub_page.page_off = 1000;
    entry(2, REF)->sub_page.length = 100;
    entry(2, REF)->hdr.flags = GTF_permit_access | GTF_sub_page;
    EXPECT_EQ(copy_to(REF, 1000, 100), GNTST_okay);
    EXPECT_EQ(copy_to(REF, 1000, 101), GNTST_general_error);
    EXPECT_EQ(copy_from(REF, 999, 2), GNTST_general_error);
}

SIM_TEST(chains_that_lead_nowhere)
{
    static const struct {
        domid_t to, next;
        grant_ref_t next_ref;
        domid_t far_to;
        int status;
    } rows[] = {
        {0, 2, REF, 1, GNTST_okay},
        {3, 2, REF, 1, GNTST_general_error},     /* the first is another's */
        {0, 2, REF, 0, GNTST_general_error},     /* the second is not the first's domain's */
        {0, 2, REF + 1, 1, GNTST_general_error}, /* not granted */
        {0, 2, 5000, 1, GNTST_bad_gntref},
        {0, 2, ~0U, 1, GNTST_bad_gntref},
        {0, 77, REF, 1, GNTST_bad_domain},
        {0, DOMID_SELF, REF, 1, GNTST_bad_domain},
        {0, DOMID_XEN, REF, 1, GNTST_bad_domain},
    };

    domains();
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        lead(1, REF, rows[i].to, rows[i].next, rows[i].next_ref, 0);
        permit(2, REF, rows[i].far_to, 10, 0);
        EXPECT_EQ(copy_from(REF, 0, 8), rows[i].status);
        EXPECT_EQ(copy_to(REF, 0, 8), rows[i].status);
    }
    one_step();
    entry(2, REF)->full_page.frame = ~0UL;
    EXPECT_EQ(copy_from(REF, 0, 8), GNTST_bad_page);
    permit(2, REF, 1, 10, 0);
    /* The bits are of version 2 alone. */
    EXPECT_EQ(set_version(d[1], 1), 0);
    ((grant_entry_v1_t *)entry(1, 0))[REF] =
        (grant_entry_v1_t){.flags = GTF_transitive, .frame = (uint32_t)sim_gfn(d[1], 3)};
    EXPECT_EQ(copy_from(REF, 0, 8), GNTST_general_error);
}

SIM_TEST(the_last_table_may_be_of_version_1)
{
    one_step();
    EXPECT_EQ(set_version(d[2], 1), 0);
    ((grant_entry_v1_t *)entry(2, 0))[REF] = (grant_entry_v1_t){
        .flags = GTF_permit_access, .domid = 1, .frame = (uint32_t)sim_gfn(d[2], 10)};
    EXPECT_EQ(copy_to(REF, 0, 8), GNTST_okay);
}

SIM_TEST(they_are_not_mapped)
{
    struct gnttab_map_grant_ref op = {.host_addr = SIM_WINDOW_BASE, .ref = REF, .dom = 1};

    one_step();
    for (uint32_t kinds = GNTMAP_device_map; kinds <= GNTMAP_host_map; kinds++) {
        op.flags = kinds;
        EXPECT_EQ(sim_grant_op(d[0]->vcpu[0], GNTTABOP_map_grant_ref, &op, sizeof(op), 1), 0);
        EXPECT_EQ(op.status, GNTST_general_error);
        nothing_is_held();
    }
}

/* @nr entries from 1's ref 10 on, by turns of 1 and 2; the last has page 10. */
static void chain(unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        domid_t of = 1 + i % 2, to = i ? 1 + (i + 1) % 2 : 0;

        if (i + 1 == nr)
            permit(of, 10 + i, to, 10, 0);
        else
            lead(of, 10 + i, to, 1 + (i + 1) % 2, 11 + i, 0);
    }
}

SIM_TEST(chains_and_loops_end)
{
    domains();
    for (unsigned int nr = 1; nr <= 12; nr++) {
        chain(nr);
        EXPECT_EQ(copy_from(10, 0, 8), nr <= 8 ? GNTST_okay : GNTST_general_error);
        EXPECT_EQ(copy_to(10, 0, 8), nr <= 8 ? GNTST_okay : GNTST_general_error);
    }
    /* To itself, for which it must be granted to itself. */
    lead(1, REF, 0, 1, REF + 1, 0);
    lead(1, REF + 1, 1, 1, REF + 1, 0);
    EXPECT_EQ(copy_to(REF, 0, 8), GNTST_general_error);
    /* Between two. */
    lead(1, REF, 0, 2, REF, 0);
    lead(2, REF, 1, 1, REF + 2, 0);
    lead(1, REF + 2, 2, 2, REF + 2, 0);
    lead(2, REF + 2, 1, 1, REF + 2, 0);
    EXPECT_EQ(copy_from(REF, 0, 8), GNTST_general_error);
    /* Back to the caller's own table. */
    lead(1, REF, 0, 0, REF, 0);
    permit(0, REF, 1, 30, 0);
    EXPECT_EQ(copy_to(REF, 0, 8), GNTST_okay);
}

SIM_TEST(no_transitive_ones_by_option, .cmdline = "gnttab=max-ver:2,transitive=no")
{
    one_step();
    EXPECT_EQ(copy_from(REF, 0, 8), GNTST_general_error);
    permit(1, REF, 0, 10, 0);
    EXPECT_EQ(copy_from(REF, 0, 8), GNTST_okay);
}

static void wants_version_2(void)
{
    sim_domain(1, &(struct sim_domain_conf){});
}

static void no_version_2_by_option(void **state)
{
    (void)state;
    dies_on_machine(wants_version_2, &(struct sim_conf){.cmdline = "gnttab=transitive,max-ver:1"},
                    "domain 1 cannot be created: -22");
}

/* What the others do when dom0 has the first status of two, its sides being held. */
static void (*in_between)(void);
static char heard[4096];

static void hear(const char *s, size_t len)
{
    len = min(len, sizeof(heard) - 1 - strlen(heard));
    memcpy(heard + strlen(heard), s, len);
}

static size_t dom0_memory(uint64_t addr, void *ours, size_t len, enum copy_way way)
{
    void (*fn)(void) = in_between;

    if (way == FROM_GUEST)
        memcpy(ours, (void *)addr, len);
    else
        memcpy((void *)addr, ours, len);
    if (way == TO_GUEST && fn) {
        in_between = NULL;
        fn();
    }
    return 0;
}

/* The states of two copies by 1's REF, with @fn between them, and of a third by 1's REF again
 * after another grant of 1. */
static void copies_around(void (*fn)(void), bool writing, int16_t status[3])
{
    struct gnttab_copy op[4] = {0};

    for (unsigned int i = 0; i < 4; i++) {
        struct gnttab_copy_ptr *side = writing ? &op[i].dest : &op[i].source;
        struct gnttab_copy_ptr *own = writing ? &op[i].source : &op[i].dest;

        op[i].len = 8;
        op[i].flags = writing ? GNTCOPY_dest_gref : GNTCOPY_source_gref;
        side->u.ref = i == 2 ? REF + 1 : REF;
        side->domid = 1;
        own->u.gmfn = sim_gfn(d[0], 20);
        own->domid = DOMID_SELF;
    }
    permit(1, REF + 1, 0, 11, 0);
    in_between = fn;
    sim_dom0_copy = dom0_memory;
    EXPECT_EQ(sim_hypercall(d[0]->vcpu[0], __HYPERVISOR_grant_table_op, GNTTABOP_copy,
                            (unsigned long)op, 4),
              0);
    sim_dom0_copy = NULL;
    EXPECT_EQ(in_between, NULL);
    EXPECT_EQ(op[2].status, GNTST_okay);
    status[0] = op[0].status;
    status[1] = op[1].status;
    status[2] = op[3].status;
    nothing_is_held();
}

static void copies_succeed_around(void (*fn)(void), bool writing)
{
    int16_t status[3];

    copies_around(fn, writing, status);
    for (unsigned int i = 0; i < 3; i++)
        EXPECT_EQ(status[i], GNTST_okay);
}

static int change_version(domid_t of)
{
    int rc;

    write_lock(&d[of]->grant->lock);
    rc = table_set_version(d[of], 1);
    write_unlock(&d[of]->grant->lock);
    return rc;
}

static void look(void)
{
    static struct console_sink ear = {.name = "ear", .write = hear, .enabled = true};

    EXPECT_EQ(status_of(1, REF), GTF_reading | GTF_writing);
    EXPECT_EQ(status_of(2, REF), GTF_reading | GTF_writing);
    EXPECT_EQ(active_entry_of(d[1]->grant, REF)->pins.host_w, 1);
    EXPECT_EQ(active_entry_of(d[2]->grant, REF)->pins.host_w, 1);
    EXPECT_EQ(virt_to_page(sim_page_virt(d[2], 10))->count_info & PGC_COUNT_MASK, 2);
    console_register(&ear);
    grant_dump('g');
    EXPECT_NE(strstr(heard, "[0x009]     0 to d2 [0x009] w=1 r=0"), NULL);
    ear.enabled = false;
}

SIM_TEST(entries_in_the_middle_are_pinned)
{
    one_step();
    copies_succeed_around(look, true);
}

static void switch_versions(void)
{
    EXPECT_EQ(change_version(1), -EBUSY);
    EXPECT_EQ(change_version(2), -EBUSY);
    EXPECT_EQ(change_version(3), 0);
}

SIM_TEST(versions_stay_while_a_chain_is_held)
{
    one_step();
    copies_succeed_around(switch_versions, false);
    EXPECT_EQ(change_version(1), 0);
    EXPECT_EQ(change_version(2), 0);
}

static void revoke_middle(void)
{
    entry(1, REF)->hdr.flags = 0;
}

static void revoke_end(void)
{
    entry(2, REF)->hdr.flags = 0;
}

/* The middle is turned to 3, whose page is written once the old chain is let go. */
static void redirect(void)
{
    permit(3, 5, 1, 12, 0);
    lead(1, REF, 0, 3, 5, 0);
    memset(sim_page_virt(d[0], 20), 0x99, 8);
}

static void becomes_a_page(void)
{
    permit(1, REF, 0, 13, 0);
}

SIM_TEST(who_is_held_stays_and_is_not_had_again)
{
    static void (*const revoke[])(void) = {revoke_middle, revoke_end};
    int16_t status[3];

    for (unsigned int i = 0; i < 4; i++) {
        if (i == 0)
            domains();
        lead(1, REF, 0, 2, REF, 0);
        permit(2, REF, 1, 10, 0);
        copies_around(revoke[i % 2], i < 2, status);
        EXPECT_EQ(status[0], GNTST_okay);
        EXPECT_EQ(status[1], GNTST_okay);
        EXPECT_EQ(status[2], GNTST_general_error);
    }
}

SIM_TEST(a_chain_is_followed_anew)
{
    one_step();
    copies_succeed_around(redirect, true);
    EXPECT_EQ(((uint8_t *)sim_page_virt(d[2], 10))[0], 0x99);
    EXPECT_EQ(((uint8_t *)sim_page_virt(d[3], 12))[0], 0x99);
    lead(1, REF, 0, 2, REF, 0);
    copies_succeed_around(becomes_a_page, true);
    EXPECT_EQ(((uint8_t *)sim_page_virt(d[1], 13))[0], 0x99);
}

/* While read through, the entry is turned into one that permits writing to a page: who holds the
 * chain gets no right to write along it. */
static void write_through(void)
{
    struct active_entry *act = active_entry_of(d[1]->grant, REF);

    permit(1, REF, 0, 13, 0);
    EXPECT_EQ(entry_use(d[1], REF, act, 0, false, true), GNTST_general_error);
    EXPECT_EQ(entry_use(d[1], REF, act, 0, true, true), GNTST_okay);
    EXPECT_EQ(entry_use(d[1], REF, act, 0, true, false), GNTST_general_error);
}

SIM_TEST(no_writing_by_an_entry_turned_around)
{
    one_step();
    copies_succeed_around(write_through, false);
}

static int read_unchecked(void)
{
    struct gnttab_copy op = from(REF, 0, 8);

    return copy_unchecked(&op);
}

SIM_TEST(a_domain_of_the_chain_that_is_gone)
{
    one_step();
    sim_destroy(d[2]);
    EXPECT_EQ(read_unchecked(), GNTST_bad_domain);
    EXPECT_EQ(status_of(1, REF), 0);
    sim_destroy(d[1]);
    EXPECT_EQ(read_unchecked(), GNTST_bad_domain);
}

SIM_TEST(pins_have_an_end)
{
    struct active_entry *act;

    one_step();
    act = active_entry_of(d[1]->grant, REF);
    act->pins.host_r = 0xffff;
    EXPECT_EQ(read_unchecked(), GNTST_general_error);
    act->pins.host_r = 0;
    act = active_entry_of(d[2]->grant, REF);
    act->pins.host_r = 0xffff;
    EXPECT_EQ(read_unchecked(), GNTST_general_error);
    act->pins.host_r = 0;
    EXPECT_EQ(copy_from(REF, 0, 8), GNTST_okay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_goes_through),
        cmocka_unit_test(both_sides_may_be_transitive),
        cmocka_unit_test(each_entry_restricts),
        cmocka_unit_test(chains_that_lead_nowhere),
        cmocka_unit_test(the_last_table_may_be_of_version_1),
        cmocka_unit_test(they_are_not_mapped),
        cmocka_unit_test(chains_and_loops_end),
        cmocka_unit_test(no_transitive_ones_by_option),
        cmocka_unit_test(no_version_2_by_option),
        cmocka_unit_test(entries_in_the_middle_are_pinned),
        cmocka_unit_test(versions_stay_while_a_chain_is_held),
        cmocka_unit_test(who_is_held_stays_and_is_not_had_again),
        cmocka_unit_test(a_chain_is_followed_anew),
        cmocka_unit_test(no_writing_by_an_entry_turned_around),
        cmocka_unit_test(a_domain_of_the_chain_that_is_gone),
        cmocka_unit_test(pins_have_an_end),
    };

    return RUN_GROUP(tests);
}
