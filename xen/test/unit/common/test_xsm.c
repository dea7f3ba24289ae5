/* SPDX-License-Identifier: MIT */
/* Each path asks the policy who may, with the right words, and does as it is told. */
#include "xsm_ops.h"

#include <public/memory.h>
#include <public/sched.h>
#include <public/version.h>
#include <xen/hypercall.h>
#include <xen/port/p2m.h>

#include "../../../common/evtchn/private.h"

#define BAD      ((void *)0xffff800000000000)
#define PAGE_OUT 12 /* of a: copies go there */

/* a policy that writes down what it is asked */

struct question {
    enum xsm_request what;
    uint32_t cmd;
    const struct domain *subject, *target;
};
static struct question asked[64];
static unsigned int nr_asked;
static struct question forbidden; /* what == NR_XSM_REQUESTS: nothing is */

static bool same(const struct question *p, const struct question *q)
{
    return p->what == q->what && p->cmd == q->cmd && p->subject == q->subject &&
           p->target == q->target;
}

static int write_down(enum xsm_request what, uint32_t cmd, const struct domain *subject,
                      const struct domain *target)
{
    struct question q = {what, cmd, subject, target};

    EXPECT_LE(nr_asked, ARRAY_SIZE(asked) - 1);
    asked[nr_asked++] = q;
    return same(&q, &forbidden) ? -EPERM : 0;
}
static const struct xsm_policy recorder = {.name = "recorder", .decide = write_down};

static void forbid(struct question q)
{
    forbidden = q;
    nr_asked = 0;
}
#define NOTHING ((struct question){.what = NR_XSM_REQUESTS})

static unsigned int times_asked(struct question q)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < nr_asked; i++)
        n += same(&asked[i], &q);
    return n;
}

/* what must not change where it is refused */

static uint64_t print;

static void add(uint64_t v)
{
    print = (print ^ v) * 0x100000001b3;
}

static void add_bytes(const void *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        add(((const uint8_t *)p)[i]);
}

static void add_ports(struct domain *d)
{
    add(d->evtchn->nr_active);
    for (unsigned int port = 1; port < d->evtchn->nr_valid; port++) {
        const struct evtchn *chn = evtchn_from_port(d, port);

        add(chn->state);
        add(chn->vcpu_id);
        add(chn->remote_port);
    }
    add_bytes(d->shared_info->evtchn_pending, sizeof(d->shared_info->evtchn_pending));
}

static void add_grants(struct domain *d)
{
    const struct grant_table *gt = d->grant;

    add(gt->version | gt->nr_frames << 8 | gt->nr_status << 16);
    add_bytes(gt->frame[0], PAGE_SIZE);
    for (grant_ref_t ref = 0; ref < 16; ref++)
        add_bytes(&active_entry_of(gt, ref)->pins, sizeof(struct pins));
    for (uint32_t i = 0; i < gt->nr_maptrack; i++)
        add_bytes(gt->maptrack[i], PAGE_SIZE);
}

static void add_domain(struct domain *d)
{
    add(d->domain_id | (uint64_t)d->is_dying << 16 | (uint64_t)d->is_shut_down << 32);
    add(d->shutdown_code);
    add(d->tot_pages | d->max_pages << 32);
    add(d->outstanding_pages);
    add((uint32_t)d->pause_count | (uint64_t)d->controller_pause_count << 32);
    add(d->vm_assist);
    add((uint64_t)(unsigned long)d->target);
    add((uint64_t)d->time_offset_s);
    add(d->suspend_evtchn | (uint64_t)d->debugger_attached << 32);
    add_bytes(d->handle, sizeof(d->handle));
    add_bytes(&d->vcpu[0]->hard_affinity, sizeof(cpumask_t));
    for (unsigned int virq = 0; virq < NR_VIRQS; virq++)
        add(d->vcpu[0]->virq_to_evtchn[virq]);
    add(d->arch.map ? 1 : 0);
    for (unsigned int page = 4; page < 48; page++) {
        mfn_t mfn = mk_mfn(virt_to_mfn(sim_page_virt(d, page)).nr);

        add(port_m2p_get(mfn));
        add_bytes(sim_page_virt(d, page), PAGE_SIZE);
    }
    add_ports(d);
    add_grants(d);
}

static uint64_t fingerprint(void)
{
    struct domain *d;

    print = 0xcbf29ce484222325;
    for_each_domain (d)
        add_domain(d);
    add(heap_free_count(NUMA_NO_NODE));
    return print;
}

/* the paths: one row each */

union argument {
    struct evtchn_alloc_unbound alloc;
    struct evtchn_bind_interdomain bind;
    struct evtchn_bind_virq virq;
    struct evtchn_send send;
    struct evtchn_status status;
    struct evtchn_reset reset;
    struct xen_vnuma_topology_info vnuma;
    struct gnttab_setup_table setup;
    struct gnttab_query_size query;
    struct gnttab_get_version version;
    struct gnttab_get_status_frames frames;
    struct gnttab_map_grant_ref map;
    struct gnttab_unmap_grant_ref unmap;
    struct gnttab_unmap_and_replace replace;
    struct gnttab_copy copy;
    struct gnttab_transfer transfer;
    struct sched_remote_shutdown shutdown;
    struct sched_pin_override pin;
    struct xen_memory_domain dom;
    struct xen_memory_reservation res;
    struct xen_memory_exchange exchange;
    struct xen_add_to_physmap phys;
    struct xen_add_to_physmap_batch batch;
    struct xen_remove_from_physmap remove;
    struct xen_mem_acquire_resource acquire;
    struct xen_foreign_memory_map map_of;
    struct xen_machphys_mfn_list m2p;
    struct mmu_update mmu;
    struct mmuext_op ext;
    struct xen_domctl domctl;
};

struct path {
    unsigned int call, cmd;
    struct domain **by;
    union argument u;
    struct {
        enum xsm_request what;
        uint32_t cmd;
        struct domain **target;  /* NULL: none */
        struct domain **subject; /* NULL: by */
    } ask;
    long refused, granted;
    void (*fill)(union argument *u);
    size_t size, status_at; /* of an element of grant_table_op: where its result is */
};

#define EVTCHN(op) __HYPERVISOR_event_channel_op, EVTCHNOP_##op
#define GRANT(op)  __HYPERVISOR_grant_table_op, GNTTABOP_##op
#define MEMORY(op) __HYPERVISOR_memory_op, XENMEM_##op
#define SCHED(op)  __HYPERVISOR_sched_op, SCHEDOP_##op
#define STATUS_OF(member)                                                                          \
    .size = sizeof(((union argument *)0)->member),                                                 \
    .status_at = offsetof(union argument, member.status)

static void list_at_8(union argument *u)
{
    u->setup.frame_list.p = (void *)sim_page(ctl, 8);
}

static void status_list_at_8(union argument *u)
{
    u->frames.frame_list.p = (void *)sim_page(ctl, 8);
}

static void first_handle(union argument *u)
{
    u->unmap.handle = handle[0];
}

static void second_handle(union argument *u)
{
    u->replace.handle = handle[1];
}

static void into_own_page(union argument *u)
{
    u->copy.dest.u.gmfn = sim_gfn(a, PAGE_OUT);
}

static void from_page_of_a(union argument *u)
{
    u->copy.source.u.gmfn = sim_gfn(a, 13);
    u->copy.dest.u.gmfn = sim_gfn(ctl, 13);
}

static void page_30(union argument *u)
{
    u->transfer.mfn = sim_gfn(a, 30);
}

/* Frames for the toolstack's operations on a are named in ctl's page 8. */
static void extent_40(union argument *u)
{
    *(xen_pfn_t *)sim_page_virt(ctl, 8) = sim_gfn(a, 40);
    u->res.extent_start.p = (void *)sim_page(ctl, 8);
}

static void extent_of_own(union argument *u)
{
    *(xen_pfn_t *)sim_page_virt(a, 8) = 0x2000;
    u->res.extent_start.p = (void *)sim_page(a, 8);
}

static void one_entry(union argument *u)
{
    u->map_of.map.buffer.p = (void *)sim_page(ctl, 8);
}

static void name_page_20(union argument *u)
{
    u->mmu.ptr = (sim_gfn(a, 20) << PAGE_SHIFT) | MMU_MACHPHYS_UPDATE;
}

static void name_page_21(union argument *u)
{
    u->ext.arg1.mfn = sim_gfn(a, 21);
}

static const struct path paths[] = {
    {EVTCHN(alloc_unbound),
     &ctl,
     {.alloc = {.dom = 1, .remote_dom = 2}},
     {XSM_EVTCHN, EVTCHNOP_alloc_unbound, &a},
     -EPERM},
    {EVTCHN(alloc_unbound),
     &ctl,
     {.alloc = {.dom = 1, .remote_dom = 2}},
     {XSM_EVTCHN_CONNECT, EVTCHNOP_alloc_unbound, &b, &a},
     -EPERM},
    {EVTCHN(bind_interdomain),
     &a,
     {.bind = {.remote_dom = 2, .remote_port = WAIT_B}},
     {XSM_EVTCHN_CONNECT, EVTCHNOP_bind_interdomain, &b},
     -EPERM},
    {EVTCHN(bind_virq),
     &a,
     {.virq = {.virq = VIRQ_DOM_EXC}},
     {XSM_EVTCHN_VIRQ, VIRQ_DOM_EXC, NULL},
     -EPERM},
    {EVTCHN(send), &a, {.send = {PORT_AB}}, {XSM_EVTCHN_SEND, EVTCHNOP_send, &b}, -EPERM},
    {EVTCHN(status),
     &ctl,
     {.status = {.dom = 1, .port = PORT_AB}},
     {XSM_EVTCHN, EVTCHNOP_status, &a},
     -EPERM},

    {GRANT(setup_table),
     &ctl,
     {.setup = {.dom = 1, .nr_frames = 1}},
     {XSM_GRANT_TABLE, GNTTABOP_setup_table, &a},
     GNTST_permission_denied,
     .fill = list_at_8,
     STATUS_OF(setup)},
    {GRANT(query_size),
     &ctl,
     {.query = {.dom = 1}},
     {XSM_GRANT_TABLE, GNTTABOP_query_size, &a},
     GNTST_permission_denied,
     STATUS_OF(query)},
    {GRANT(get_version),
     &ctl,
     {.version = {.dom = 1}},
     {XSM_GRANT_TABLE, GNTTABOP_get_version, &a},
     -EPERM,
     .size = sizeof(struct gnttab_get_version)},
    {GRANT(get_status_frames),
     &ctl,
     {.frames = {.dom = 1, .nr_frames = 1}},
     {XSM_GRANT_TABLE, GNTTABOP_get_status_frames, &a},
     GNTST_permission_denied,
     .fill = status_list_at_8,
     STATUS_OF(frames)},
    {GRANT(map_grant_ref),
     &a,
     {.map = {.host_addr = WINDOW(2), .flags = GNTMAP_host_map, .ref = 9, .dom = 2}},
     {XSM_GRANT_MAP, GNTTABOP_map_grant_ref, &b},
     GNTST_permission_denied,
     STATUS_OF(map)},
    {GRANT(unmap_grant_ref),
     &a,
     {.unmap = {.host_addr = WINDOW(0)}},
     {XSM_GRANT_UNMAP, GNTTABOP_unmap_grant_ref, &b},
     GNTST_permission_denied,
     .fill = first_handle,
     STATUS_OF(unmap)},
    {GRANT(unmap_and_replace),
     &a,
     {.replace = {.host_addr = WINDOW(1), .new_addr = WINDOW(9)}},
     {XSM_GRANT_UNMAP, GNTTABOP_unmap_and_replace, &b},
     GNTST_permission_denied,
     .fill = second_handle,
     STATUS_OF(replace)},
    {GRANT(copy),
     &a,
     {.copy = {{{.ref = 9}, 2, 0}, {{0}, DOMID_SELF, 0}, 64, GNTCOPY_source_gref}},
     {XSM_GRANT_COPY, GNTTABOP_copy, &b},
     GNTST_permission_denied,
     .fill = into_own_page,
     STATUS_OF(copy)},
    {GRANT(copy),
     &ctl,
     {.copy = {{{0}, 1, 0}, {{0}, DOMID_SELF, 0}, 64}},
     {XSM_GRANT_FRAME, GNTTABOP_copy, &a},
     GNTST_permission_denied,
     .fill = from_page_of_a,
     STATUS_OF(copy)},
    {GRANT(copy),
     &ctl,
     {.copy = {{{0}, 77, 0}, {{0}, DOMID_SELF, 0}, 64}},
     {XSM_GRANT_FRAME, GNTTABOP_copy, NULL},
     GNTST_permission_denied,
     GNTST_bad_domain,
     .fill = from_page_of_a,
     STATUS_OF(copy)},
    {GRANT(transfer),
     &a,
     {.transfer = {.domid = 2, .ref = 10}},
     {XSM_GRANT_TRANSFER, GNTTABOP_transfer, &b},
     GNTST_permission_denied,
     .fill = page_30,
     STATUS_OF(transfer)},

    {MEMORY(current_reservation),
     &ctl,
     {.dom = {3}},
     {XSM_MEMORY, XENMEM_current_reservation, &hvm},
     -EPERM,
     64},
    {MEMORY(maximum_reservation),
     &ctl,
     {.dom = {3}},
     {XSM_MEMORY, XENMEM_maximum_reservation, &hvm},
     -EPERM,
     64},
    {MEMORY(maximum_gpfn), &ctl, {.dom = {3}}, {XSM_MEMORY, XENMEM_maximum_gpfn, &hvm}, -EPERM, 63},
    {MEMORY(get_vnumainfo),
     &ctl,
     {.vnuma = {.domid = 1}},
     {XSM_MEMORY, XENMEM_get_vnumainfo, &a},
     -EPERM,
     -EOPNOTSUPP},
    {MEMORY(increase_reservation),
     &ctl,
     {.res = {.nr_extents = 1, .domid = 1}},
     {XSM_MEMORY, XENMEM_increase_reservation, &a},
     0,
     1},
    {MEMORY(decrease_reservation),
     &ctl,
     {.res = {.nr_extents = 1, .domid = 1}},
     {XSM_MEMORY, XENMEM_decrease_reservation, &a},
     0,
     1,
     .fill = extent_40},
    {MEMORY(exchange),
     &ctl,
     {.exchange = {.in = {.domid = 1}, .out = {.domid = 1}}},
     {XSM_MEMORY, XENMEM_exchange, &a},
     -EPERM,
     0},
    {MEMORY(populate_physmap),
     &a,
     {.res = {.nr_extents = 1, .extent_order = 10, .domid = DOMID_SELF}},
     {XSM_MEMORY_HOST, XENMEM_populate_physmap, &a},
     0,
     1,
     .fill = extent_of_own},
    {MEMORY(populate_physmap),
     &a,
     {.res = {.nr_extents = 1, .domid = 1}},
     {XSM_MEMORY, XENMEM_populate_physmap, &a},
     0,
     1,
     .fill = extent_of_own},
    {MEMORY(claim_pages),
     &ctl,
     {.res = {.nr_extents = 2000, .domid = 1}},
     {XSM_MEMORY_HOST, XENMEM_claim_pages, NULL},
     -EPERM},
    {MEMORY(claim_pages),
     &ctl,
     {.res = {.nr_extents = 0, .domid = 1}},
     {XSM_MEMORY_HOST, XENMEM_claim_pages, &a},
     -EPERM},
    {MEMORY(remove_from_physmap),
     &ctl,
     {.remove = {.domid = 3, .gpfn = 45}},
     {XSM_MEMORY, XENMEM_remove_from_physmap, &hvm},
     -EPERM},
    {MEMORY(add_to_physmap),
     &ctl,
     {.phys = {.domid = 3, .space = XENMAPSPACE_shared_info, .gpfn = 0x100}},
     {XSM_MEMORY, XENMEM_add_to_physmap, &hvm},
     -EPERM},
    {MEMORY(add_to_physmap_batch),
     &ctl,
     {.batch = {.domid = 3}},
     {XSM_MEMORY, XENMEM_add_to_physmap_batch, &hvm},
     -EPERM},
    {MEMORY(acquire_resource),
     &ctl,
     {.acquire = {.domid = 1, .type = XENMEM_resource_grant_table}},
     {XSM_MEMORY_GUEST, XENMEM_acquire_resource, &a},
     -EPERM},
    {MEMORY(set_memory_map),
     &ctl,
     {.map_of = {.domid = 1, .map = {.nr_entries = 1}}},
     {XSM_MEMORY_GUEST, XENMEM_set_memory_map, &a},
     -EPERM,
     .fill = one_entry},
    {MEMORY(machphys_mfn_list),
     &ctl,
     {.m2p = {.max_extents = 0}},
     {XSM_MEMORY_HOST, XENMEM_machphys_mfn_list, NULL},
     -EPERM},

    {__HYPERVISOR_mmu_update,
     0,
     &ctl,
     {.mmu = {.val = 0x77}},
     {XSM_MMU, __HYPERVISOR_mmu_update, &a},
     -EPERM,
     .fill = name_page_20},
    {__HYPERVISOR_mmuext_op,
     0,
     &ctl,
     {.ext = {.cmd = MMUEXT_CLEAR_PAGE}},
     {XSM_MMU, __HYPERVISOR_mmuext_op, &a},
     -EPERM,
     .fill = name_page_21},

    {__HYPERVISOR_xen_version,
     XENVER_build_id,
     &ctl,
     {},
     {XSM_VERSION, XENVER_build_id, NULL},
     -EPERM,
     -ENODATA},
    {__HYPERVISOR_console_io,
     CONSOLEIO_write,
     &ctl,
     {},
     {XSM_CONSOLE_IO, CONSOLEIO_write, NULL},
     -EPERM},
    {__HYPERVISOR_console_io,
     CONSOLEIO_read,
     &ctl,
     {},
     {XSM_CONSOLE_IO, CONSOLEIO_read, NULL},
     -EPERM},
    {__HYPERVISOR_vm_assist,
     VMASST_CMD_enable,
     &a,
     {},
     {XSM_VM_ASSIST, VMASST_TYPE_runstate_update_flag, &a},
     -EPERM},
    {__HYPERVISOR_vm_assist,
     VMASST_CMD_disable,
     &a,
     {},
     {XSM_VM_ASSIST, VMASST_TYPE_runstate_update_flag, &a},
     -EPERM},

    {__HYPERVISOR_domctl,
     XEN_DOMCTL_set_target,
     &ctl,
     {.domctl = {.domain = 2, .u.set_target = {.target = 3}}},
     {XSM_DOMCTL, XEN_DOMCTL_set_target, &hvm},
     -EPERM},

    /* What ends things. */
    {EVTCHN(reset), &ctl, {.reset = {.dom = 1}}, {XSM_EVTCHN, EVTCHNOP_reset, &a}, -EPERM},
    {SCHED(pin_override),
     &ctl,
     {.pin = {.pcpu = 1}},
     {XSM_PIN_OVERRIDE, SCHEDOP_pin_override, NULL},
     -EPERM},
    {SCHED(remote_shutdown),
     &ctl,
     {.shutdown = {2, SHUTDOWN_crash}},
     {XSM_REMOTE_SHUTDOWN, SCHEDOP_remote_shutdown, &b},
     -EPERM},
    {SCHED(remote_shutdown),
     &ctl,
     {.shutdown = {77, SHUTDOWN_crash}},
     {XSM_REMOTE_SHUTDOWN, SCHEDOP_remote_shutdown, NULL},
     -EPERM,
     -ESRCH},
};

static long go(const struct path *p)
{
    struct vcpu *v = (*p->by)->vcpu[0];
    union argument u = p->u;
    long rc;

    if (p->fill)
        p->fill(&u);
    switch (p->call) {
    case __HYPERVISOR_domctl:
        u.domctl.cmd = p->cmd;
        return domctl(*p->by, &u.domctl);
    case __HYPERVISOR_vm_assist:
        return sim_hypercall(v, p->call, p->cmd, VMASST_TYPE_runstate_update_flag);
    case __HYPERVISOR_console_io:
        return sim_hypercall(v, p->call, p->cmd, 0, sim_page(*p->by, 0));
    case __HYPERVISOR_mmu_update:
    case __HYPERVISOR_mmuext_op:
        sim_put(*p->by, 0, 0, &u, sizeof(u));
        return sim_hypercall(v, p->call, sim_page(*p->by, 0), 1, 0, 1);
    case __HYPERVISOR_grant_table_op:
        rc = sim_grant_op(v, p->cmd, &u, p->size, 1);
        return rc || !p->status_at ? rc : *(int16_t *)((char *)&u + p->status_at);
    default:
        return sim_op(v, p->call, p->cmd, &u, sizeof(u));
    }
}

static struct question question_of(const struct path *p)
{
    return (struct question){p->ask.what, p->ask.cmd, p->ask.subject ? *p->ask.subject : *p->by,
                             p->ask.target ? *p->ask.target : NULL};
}

SIM_TEST(each_path_asks_and_obeys)
{
    machine();
    xsm_policy = &recorder;
    for (unsigned int i = 0; i < ARRAY_SIZE(paths); i++) {
        const struct path *p = &paths[i];
        uint64_t before;
        long rc;

        /* Pages that are filled for the call, before the print is taken. */
        forbid(question_of(p));
        go(p);
        before = fingerprint();
        forbid(question_of(p));
        rc = go(p);
        if (rc != p->refused)
            sim_fail("path %u, refused: %ld, expected %ld", i, rc, p->refused);
        if (times_asked(question_of(p)) != 1 || !same(&asked[nr_asked - 1], &forbidden))
            sim_fail("path %u: %u questions, the right one %u times", i, nr_asked,
                     times_asked(question_of(p)));
        if (fingerprint() != before)
            sim_fail("path %u: it was refused, and something has changed", i);
        forbid(NOTHING);
        rc = go(p);
        if (rc != p->granted)
            sim_fail("path %u, granted: %ld, expected %ld", i, rc, p->granted);
        sim_check_invariants();
    }
    xsm_policy = NULL;
}

/* Whatever their number, those that are known and those that are not. */
SIM_TEST(each_domctl_and_sysctl_asks)
{
    uint64_t before;

    machine();
    xsm_policy = &recorder;
    forbid((struct question){XSM_DOMCTL, XSM_CMD_UNREAD, a, NULL});
    EXPECT_EQ(sim_hypercall(a->vcpu[0], __HYPERVISOR_domctl, (unsigned long)BAD), -EPERM);
    forbid((struct question){XSM_SYSCTL, XSM_CMD_UNREAD, a, NULL});
    EXPECT_EQ(sim_hypercall(a->vcpu[0], __HYPERVISOR_sysctl, (unsigned long)BAD), -EPERM);
    before = fingerprint();
    for (uint32_t cmd = 0; cmd < 128; cmd++) {
        bool of_none = cmd == XEN_DOMCTL_createdomain || cmd == XEN_DOMCTL_getdomaininfo;
        struct xen_domctl op = {.cmd = cmd, .domain = of_none ? 9 : 1};

        forbid((struct question){XSM_DOMCTL, cmd, ctl, of_none ? NULL : a});
        EXPECT_EQ(domctl(ctl, &op), -EPERM);
        EXPECT_EQ(nr_asked, 2);
        EXPECT_EQ(asked[0].cmd, XSM_CMD_UNREAD);
        EXPECT_EQ(fingerprint(), before);
    }
    for (uint32_t cmd = 0; cmd < 64; cmd++) {
        struct xen_sysctl op = {.cmd = cmd};

        forbid((struct question){XSM_SYSCTL, cmd, ctl, NULL});
        EXPECT_EQ(sysctl(ctl, &op), -EPERM);
        EXPECT_EQ(nr_asked, 2);
        EXPECT_EQ(asked[0].cmd, XSM_CMD_UNREAD);
        EXPECT_EQ(fingerprint(), before);
    }
    xsm_policy = NULL;
}

SIM_TEST(lists_leave_out_whom_one_may_not_see)
{
    struct xen_domctl info = {.cmd = XEN_DOMCTL_getdomaininfo, .domain = 1};
    struct xen_sysctl list = {.cmd = XEN_SYSCTL_getdomaininfolist};
    const struct xen_domctl_getdomaininfo *found;

    machine();
    found = sim_page_virt(ctl, 8);
    xsm_policy = &recorder;
    forbid((struct question){XSM_DOMCTL, XEN_DOMCTL_getdomaininfo, ctl, a});
    EXPECT_EQ(domctl(ctl, &info), 0);
    EXPECT_EQ(info.domain, 2);
    forbid((struct question){XSM_SYSCTL, XEN_SYSCTL_getdomaininfolist, ctl, b});
    list.u.getdomaininfolist.max_domains = 4;
    list.u.getdomaininfolist.buffer.p = (void *)sim_page(ctl, 8);
    EXPECT_EQ(sysctl(ctl, &list), 0);
    EXPECT_EQ(list.u.getdomaininfolist.num_domains, 3);
    EXPECT_EQ(found[0].domain, 0);
    EXPECT_EQ(found[1].domain, 1);
    EXPECT_EQ(found[2].domain, 3);
    xsm_policy = NULL;
}

static const char *text_of(struct domain *by, unsigned int cmd)
{
    memset(sim_page_virt(by, 0), 0, PAGE_SIZE);
    EXPECT_EQ(sim_hypercall(by->vcpu[0], __HYPERVISOR_xen_version, cmd, sim_page(by, 0)), 0);
    return sim_page_virt(by, 0);
}

SIM_TEST(texts_of_the_version_are_withheld)
{
    static const unsigned int cmds[] = {XENVER_extraversion, XENVER_compile_info, XENVER_changeset,
                                        XENVER_commandline};

    machine();
    for (unsigned int i = 0; i < ARRAY_SIZE(cmds); i++) {
        EXPECT(strcmp(text_of(ctl, cmds[i]), "<denied>"));
        EXPECT(!strcmp(text_of(a, cmds[i]), "<denied>"));
        xsm_policy = &recorder;
        forbid((struct question){XSM_VERSION, cmds[i], ctl, NULL});
        EXPECT(!strcmp(text_of(ctl, cmds[i]), "<denied>"));
        EXPECT(strcmp(text_of(a, cmds[i]), "<denied>"));
        EXPECT_GE(times_asked((struct question){XSM_VERSION, cmds[i], a, NULL}), 1);
        xsm_policy = NULL;
    }
}

/* nothing has been forgotten */

/* What concerns the caller only, or is known to all: nobody is asked. */
static const struct {
    unsigned int call;
    uint64_t cmds; /* a bit each */
} own_affairs[] = {
#define BIT_OF(cmd) (UINT64_C(1) << (cmd))
    {__HYPERVISOR_event_channel_op,
     BIT_OF(EVTCHNOP_bind_ipi) | BIT_OF(EVTCHNOP_bind_pirq) | BIT_OF(EVTCHNOP_close) |
         BIT_OF(EVTCHNOP_bind_vcpu) | BIT_OF(EVTCHNOP_unmask) | BIT_OF(EVTCHNOP_init_control) |
         BIT_OF(EVTCHNOP_expand_array) | BIT_OF(EVTCHNOP_set_priority)},
    {__HYPERVISOR_grant_table_op, BIT_OF(GNTTABOP_set_version) | BIT_OF(GNTTABOP_swap_grant_ref)},
    {__HYPERVISOR_memory_op, BIT_OF(XENMEM_maximum_ram_page) | BIT_OF(XENMEM_memory_map)},
    {__HYPERVISOR_sched_op, BIT_OF(SCHEDOP_yield) | BIT_OF(SCHEDOP_block) |
                                BIT_OF(SCHEDOP_shutdown) | BIT_OF(SCHEDOP_poll) |
                                BIT_OF(SCHEDOP_shutdown_code) | BIT_OF(SCHEDOP_watchdog)},
    {__HYPERVISOR_xen_version,
     BIT_OF(XENVER_version) | BIT_OF(XENVER_capabilities) | BIT_OF(XENVER_platform_parameters) |
         BIT_OF(XENVER_get_features) | BIT_OF(XENVER_pagesize) | BIT_OF(XENVER_guest_handle) |
         /* the texts have a test of their own */
         BIT_OF(XENVER_extraversion) | BIT_OF(XENVER_compile_info) | BIT_OF(XENVER_changeset) |
         BIT_OF(XENVER_commandline)},
};

static bool has_row(unsigned int call, unsigned int cmd)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(paths); i++)
        if (paths[i].call == call && paths[i].cmd == cmd)
            return true;
    for (unsigned int i = 0; i < ARRAY_SIZE(own_affairs); i++)
        if (own_affairs[i].call == call && (own_affairs[i].cmds & BIT_OF(cmd)))
            return true;
    return false;
}

/* With an argument that cannot be read: a command that is served says something else than that
 * there is none. */
static bool served(struct domain *by, unsigned int call, unsigned int cmd)
{
    long rc = sim_hypercall(by->vcpu[cmd], call, cmd, (unsigned long)BAD,
                            call == __HYPERVISOR_console_io ? (unsigned long)BAD : 1);

    return rc != -ENOSYS && rc != -EOPNOTSUPP;
}

/* A command that is added to one of these calls needs a row in paths[] or in own_affairs[]. */
SIM_TEST(each_command_has_a_row)
{
    static const unsigned int calls[] = {__HYPERVISOR_event_channel_op, __HYPERVISOR_grant_table_op,
                                         __HYPERVISOR_memory_op,        __HYPERVISOR_sched_op,
                                         __HYPERVISOR_xen_version,      __HYPERVISOR_console_io};

    ctl = control_domain();
    for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
        struct domain *many = sim_domain((domid_t)(10 + i), &(struct sim_domain_conf){
                                                                .nr_vcpus = 64,
                                                                .privileged = true,
                                                            });
        unsigned int nr = 0;

        for (unsigned int cmd = 0; cmd < 64; cmd++) {
            if (!served(many, calls[i], cmd))
                continue;
            nr++;
            if (!has_row(calls[i], cmd))
                sim_fail("hypercall %u, command %u: who may do it?", calls[i], cmd);
        }
        EXPECT_GE(nr, 2);
        sim_destroy(many);
    }
}

SIM_TEST(each_hypercall_has_rows)
{
    /* set_timer_op and vcpu_op: own affairs. multicall: each call asks for itself. sysctl: above.
     * The others are the ports' affair: test/unit/rights. */
    static const unsigned int others[] = {__HYPERVISOR_set_timer_op, __HYPERVISOR_sysctl,
                                          __HYPERVISOR_vcpu_op,      __HYPERVISOR_multicall,
                                          __HYPERVISOR_platform_op,  __HYPERVISOR_physdev_op};

    machine();
    for (unsigned int nr = 0; nr < NR_HYPERCALLS; nr++) {
        bool known = hypercall_table[nr].fn == NULL;

        for (unsigned int i = 0; i < ARRAY_SIZE(paths); i++)
            known |= paths[i].call == nr;
        for (unsigned int i = 0; i < ARRAY_SIZE(others); i++)
            known |= others[i] == nr;
        if (!known)
            sim_fail("hypercall %u: who may make it?", nr);
    }
}

SIM_TEST(each_kind_of_request_is_made)
{
    /* Of these only the ports of x86 and of Arm speak. */
    static const enum xsm_request of_ports[] = {XSM_PLATFORM_OP, XSM_PHYSDEV, XSM_PIRQ,
                                                XSM_PARAM_READ, XSM_PARAM};

    for (unsigned int what = 0; what < NR_XSM_REQUESTS; what++) {
        bool made = what == XSM_SYSCTL; /* above */

        for (unsigned int i = 0; i < ARRAY_SIZE(paths); i++)
            made |= paths[i].ask.what == what;
        for (unsigned int i = 0; i < ARRAY_SIZE(of_ports); i++)
            made |= of_ports[i] == what;
        if (!made)
            sim_fail("request %u is made nowhere", what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_asks_and_obeys),
        cmocka_unit_test(each_domctl_and_sysctl_asks),
        cmocka_unit_test(lists_leave_out_whom_one_may_not_see),
        cmocka_unit_test(texts_of_the_version_are_withheld),
        cmocka_unit_test(each_command_has_a_row),
        cmocka_unit_test(each_hypercall_has_rows),
        cmocka_unit_test(each_kind_of_request_is_made),
    };

    return RUN_GROUP(tests);
}
