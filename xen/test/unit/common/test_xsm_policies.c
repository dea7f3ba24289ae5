/* SPDX-License-Identifier: MIT */
/* What the policies grant: the default, and SILO; the option that chooses. */
#include "xsm_ops.h"

/* the default policy */

SIM_TEST(what_the_default_grants)
{
    /* Of the machine's domain, a control domain, the device model of a, a, and another: who may,
     * to a, and to nobody in particular. */
    static const struct {
        enum xsm_request what;
        const char *to_a, *to_none;
    } rows[] = {
        {XSM_DOMCTL, "hc", "hc"},
        {XSM_SYSCTL, "hc", "hc"},
        {XSM_PLATFORM_OP, "hc", "hc"},
        {XSM_CONSOLE_IO, "hc", "hc"},
        {XSM_VERSION, "hc", "hc"},
        {XSM_REMOTE_SHUTDOWN, "hc", "hc"},
        {XSM_PIN_OVERRIDE, "h", "h"},
        {XSM_PHYSDEV, "h", "h"},
        {XSM_PIRQ, "hca", "hc"},
        {XSM_VM_ASSIST, "hcmao", "hcmao"},
        {XSM_MEMORY, "hca", "hc"},
        {XSM_MEMORY_HOST, "hc", "hc"},
        {XSM_MEMORY_GUEST, "hcm", "hc"},
        {XSM_MMU, "hcma", "hc"},
        {XSM_PARAM_READ, "hca", "hc"},
        {XSM_PARAM, "hc", "hc"},
        {XSM_EVTCHN, "hca", "hc"},
        {XSM_EVTCHN_CONNECT, "hcmao", "hcmao"},
        {XSM_EVTCHN_SEND, "hcmao", "hcmao"},
        {XSM_EVTCHN_VIRQ, "hcmao", "hcmao"},
        {XSM_GRANT_TABLE, "hca", "hc"},
        {XSM_GRANT_MAP, "hcmao", "hcmao"},
        {XSM_GRANT_UNMAP, "hcmao", "hcmao"},
        {XSM_GRANT_COPY, "hcmao", "hcmao"},
        {XSM_GRANT_FRAME, "hc", "hc"},
        {XSM_GRANT_TRANSFER, "hcmao", "hcmao"},
    };
    struct domain *control, *model;

    machine();
    control = sim_domain(4, &(struct sim_domain_conf){.privileged = true});
    model = sim_domain(5, &(struct sim_domain_conf){});
    model->target = a;
    EXPECT_EQ(ARRAY_SIZE(rows), NR_XSM_REQUESTS);
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct domain *who[] = {ctl, control, model, a, b};

        for (unsigned int w = 0; w < ARRAY_SIZE(who); w++) {
            char letter = "hcmao"[w];

            EXPECT_EQ(xsm_default(rows[i].what, who[w], a),
                      strchr(rows[i].to_a, letter) ? 0 : -EPERM);
            EXPECT_EQ(xsm_default(rows[i].what, who[w], NULL),
                      strchr(rows[i].to_none, letter) ? 0 : -EPERM);
        }
    }
    model->target = NULL;
}

/* SILO */

/* 4 is a's device model, 5 serves the store. */
static struct domain *model, *store;

static void silo_machine(void)
{
    machine();
    model = sim_domain(4, &(struct sim_domain_conf){});
    store = sim_domain(5, &(struct sim_domain_conf){});
    model->target = a;
    store->is_xenstore = true;
    xsm_policy = &xsm_silo;
}

static void leave_silo(void)
{
    model->target = NULL;
    xsm_policy = NULL;
}

static long may_connect(struct domain *x, struct domain *y)
{
    struct evtchn_alloc_unbound wait = {.dom = DOMID_SELF, .remote_dom = y->domain_id};
    struct evtchn_bind_interdomain bind = {.remote_dom = x->domain_id};
    long rc = evtchn_op(x, EVTCHNOP_alloc_unbound, &wait, sizeof(wait)), rc2;

    /* Neither end may be made: the one that waits is made by another policy here. */
    if (rc) {
        xsm_policy = NULL;
        EXPECT_EQ(evtchn_op(x, EVTCHNOP_alloc_unbound, &wait, sizeof(wait)), 0);
        xsm_policy = &xsm_silo;
    }
    bind.remote_port = wait.port;
    rc2 = evtchn_op(y, EVTCHNOP_bind_interdomain, &bind, sizeof(bind));
    EXPECT_EQ(rc, rc2);
    if (rc == 0)
        EXPECT_EQ(send(y, bind.local_port), 0);
    return rc;
}

static int may_use_grant(struct domain *of, struct domain *by)
{
    struct gnttab_copy op = {.source = {{.ref = 12}, of->domain_id},
                             .dest = {{.gmfn = sim_gfn(by, 20)}, DOMID_SELF},
                             .len = 8,
                             .flags = GNTCOPY_source_gref};
    struct gnttab_transfer give = {
        .mfn = sim_gfn(of, 50 + by->domain_id), .domid = by->domain_id, .ref = 13};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = WINDOW(5)};
    bool v2 = of->grant->version == 2;
    int rc;

    if (v2) {
        grant_entry_v2_t *e = (grant_entry_v2_t *)of->grant->frame[0] + 12;

        e->full_page.frame = sim_gfn(of, 14);
        e->hdr.domid = by->domain_id;
        e->hdr.flags = GTF_permit_access;
    } else {
        permit(of, 12, by, 14);
    }
    rc = map(by, of, 12, 5, &unmap.handle);
    if (rc == GNTST_okay)
        EXPECT_EQ(sim_grant_op(by->vcpu[0], GNTTABOP_unmap_grant_ref, &unmap, sizeof(unmap), 1), 0);
    EXPECT_EQ(sim_grant_op(by->vcpu[0], GNTTABOP_copy, &op, sizeof(op), 1), 0);
    EXPECT_EQ(op.status, rc);
    if (by->grant->version == 1 && is_pv_domain(of)) {
        *entry(by, 13) =
            (grant_entry_v1_t){.flags = GTF_accept_transfer, .domid = of->domain_id, .frame = 300};
        by->max_pages++;
        EXPECT_EQ(sim_grant_op(of->vcpu[0], GNTTABOP_transfer, &give, sizeof(give), 1), 0);
        EXPECT_EQ(give.status, rc);
    }
    return rc;
}

SIM_TEST(silo_keeps_guests_apart)
{
    static const struct {
        struct domain **x, **y;
        bool together;
    } pairs[] = {
        {&a, &b, false},        {&b, &a, false},     {&a, &a, true},     {&ctl, &a, true},
        {&a, &ctl, true},       {&b, &hvm, false},   {&model, &a, true}, {&a, &model, true},
        {&b, &model, false},    {&model, &b, false}, {&store, &b, true}, {&b, &store, true},
        {&model, &store, true}, {&hvm, &ctl, true},
    };

    silo_machine();
    for (unsigned int i = 0; i < ARRAY_SIZE(pairs); i++) {
        struct domain *x = *pairs[i].x, *y = *pairs[i].y;
        long events = may_connect(x, y);
        int grants = x == y ? GNTST_okay : may_use_grant(x, y);

        if (events != (pairs[i].together ? 0 : -EPERM) ||
            grants != (pairs[i].together ? GNTST_okay : GNTST_permission_denied))
            sim_fail("pair %u: %ld, %d", i, events, grants);
        sim_check_invariants();
    }
    leave_silo();
}

/* What was connected or mapped before: nothing more goes through, but it can be given up. */
SIM_TEST(silo_lets_go)
{
    struct gnttab_unmap_grant_ref op = {.host_addr = WINDOW(0)};

    silo_machine();
    EXPECT_EQ(send(a, PORT_AB), -EPERM);
    EXPECT(!pending_2l(b, PORT_AB));
    EXPECT_EQ(close_port(a, PORT_AB), 0);
    op.handle = handle[0];
    EXPECT_EQ(sim_grant_op(a->vcpu[0], GNTTABOP_unmap_grant_ref, &op, sizeof(op), 1), 0);
    EXPECT_EQ(op.status, GNTST_okay);
    leave_silo();
}

/* The control domain leads on to b's grant what it grants to model: not into a silo. */
SIM_TEST(silo_looks_at_the_end_of_a_chain)
{
    struct gnttab_set_version v2 = {.version = 2};
    struct gnttab_copy op = {.source = {{.ref = 9}, 0},
                             .dest = {{0}, DOMID_SELF},
                             .len = 8,
                             .flags = GNTCOPY_source_gref};
    grant_entry_v2_t *e;

    silo_machine();
    op.dest.u.gmfn = sim_gfn(model, 20);
    EXPECT_EQ(sim_grant_op(ctl->vcpu[0], GNTTABOP_set_version, &v2, sizeof(v2), 1), 0);
    permit(b, 12, ctl, 14);
    e = (grant_entry_v2_t *)ctl->grant->frame[0] + 9;
    e->transitive.trans_domid = 2;
    e->transitive.gref = 12;
    e->hdr.domid = 4;
    e->hdr.flags = GTF_transitive;
    for (unsigned int silo = 0; silo < 2; silo++) {
        xsm_policy = silo ? &xsm_silo : NULL;
        op.status = 1;
        EXPECT_EQ(sim_grant_op(model->vcpu[0], GNTTABOP_copy, &op, sizeof(op), 1), 0);
        EXPECT_EQ(op.status, silo ? GNTST_permission_denied : GNTST_okay);
        EXPECT(pins_none(&active_entry_of(ctl->grant, 9)->pins));
    }
    leave_silo();
}

/* Beyond sharing it is the default. */
SIM_TEST(silo_is_otherwise_the_default)
{
    silo_machine();
    for (unsigned int what = 0; what < NR_XSM_REQUESTS; what++) {
        const struct domain *who[] = {ctl, model, a, b, NULL};

        for (unsigned int s = 0; s < 4; s++)
            for (unsigned int t = 0; t < 5; t++) {
                bool shares = what == XSM_EVTCHN_CONNECT || what == XSM_EVTCHN_SEND ||
                              what == XSM_GRANT_MAP || what == XSM_GRANT_COPY ||
                              what == XSM_GRANT_TRANSFER;

                if (!shares)
                    EXPECT_EQ(xsm_check_between(what, 0, who[s], who[t]),
                              xsm_default(what, who[s], who[t]));
            }
    }
    leave_silo();
}

/* the option */

static const char *log_text(void)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_readconsole};
    static char text[16 * 1024];
    uint32_t at = 0;

    do {
        op.u.readconsole = (struct xen_sysctl_readconsole){.index = at,
                                                           .incremental = 1,
                                                           .count = PAGE_SIZE,
                                                           .buffer = {(void *)sim_page(ctl, 8)}};
        EXPECT_EQ(sysctl(ctl, &op), 0);
        EXPECT_LE(at + op.u.readconsole.count, sizeof(text) - 1);
        memcpy(text + at, sim_page_virt(ctl, 8), op.u.readconsole.count);
        at += op.u.readconsole.count;
    } while (op.u.readconsole.count);
    return text;
}

SIM_TEST(by_default_the_dummy_rules)
{
    ctl = control_domain();
    EXPECT_EQ(xsm_policy, NULL);
    EXPECT(strstr(log_text(), "XSM: policy \"dummy\""));
}

SIM_TEST(silo_by_option, .cmdline = "xsm=silo")
{
    ctl = control_domain();
    EXPECT_EQ(xsm_policy, &xsm_silo);
    EXPECT(strstr(log_text(), "XSM: policy \"silo\""));
}

SIM_TEST(the_last_option_counts, .cmdline = "xsm=silo xsm=dummy")
{
    ctl = control_domain();
    EXPECT_EQ(xsm_policy, NULL);
}

SIM_TEST(no_such_policy, .cmdline = "xsm=flask")
{
    ctl = control_domain();
    EXPECT_EQ(xsm_policy, NULL);
    EXPECT(strstr(log_text(), "Bad value of command line option \"xsm\": \"flask\""));
    EXPECT(strstr(log_text(), "XSM: policy \"dummy\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_default_grants),
        cmocka_unit_test(silo_keeps_guests_apart),
        cmocka_unit_test(silo_lets_go),
        cmocka_unit_test(silo_looks_at_the_end_of_a_chain),
        cmocka_unit_test(silo_is_otherwise_the_default),
        cmocka_unit_test(by_default_the_dummy_rules),
        cmocka_unit_test(silo_by_option),
        cmocka_unit_test(the_last_option_counts),
        cmocka_unit_test(no_such_policy),
    };

    return RUN_GROUP(tests);
}
