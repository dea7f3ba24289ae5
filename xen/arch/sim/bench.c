/* SPDX-License-Identifier: MIT */
/*
 * Traffic between pairs of domains: one sends events to the other, which copies from the first's
 * grant, maps it and unmaps it. In one thread to count instructions, with CPUs as threads to look
 * for locks that disjoint pairs wait for.
 */
#include <public/event_channel.h>
#include <public/grant_table.h>
#include <public/sched.h>
#include <xen/evtchn.h>
#include <xen/grant.h>
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>
#include <xen/lock_profile.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <asm/sim.h>

#include "private.h"

#define REF 9U

/* Where in page 1 each argument lies, filled once. */
#define AT_SEND  0U
#define AT_COPY  256U
#define AT_MAP   512U
#define AT_UNMAP 768U

static void put_line(const char *fmt, ...) __printf(1, 2);
static void put_line(const char *fmt, ...)
{
    char text[160];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vscnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    host_write(text, (size_t)n);
}

static void grant_page(struct domain *from, struct domain *to)
{
    grant_entry_v1_t *e;
    mfn_t mfn;

    if (grant_shared_frame(from, 0, &mfn))
        sim_fail("d%u has no grant table", from->domain_id);
    e = (grant_entry_v1_t *)mfn_to_virt(mfn) + REF;
    e->frame = (uint32_t)sim_gfn(from, 5);
    e->domid = to->domain_id;
    e->flags = GTF_permit_access;
}

/* Core functions run as on CPU 0 here; ports are made as the toolstack does it. */
static void connect(struct domain *a, struct domain *b)
{
    struct evtchn_alloc_unbound alloc = {.dom = DOMID_SELF, .remote_dom = b->domain_id};
    struct evtchn_bind_interdomain bind = {.remote_dom = a->domain_id};
    struct evtchn_send send;

    if (sim_op(a->vcpu[0], __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &alloc,
               sizeof(alloc)))
        sim_fail("no port for d%u", a->domain_id);
    bind.remote_port = alloc.port;
    if (sim_op(b->vcpu[0], __HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind,
               sizeof(bind)))
        sim_fail("no port for d%u", b->domain_id);
    send.port = alloc.port;
    sim_put(a, 1, AT_SEND, &send, sizeof(send));
}

static void fill_arguments(struct domain *a, struct domain *b)
{
    struct gnttab_copy copy = {.flags = GNTCOPY_source_gref, .len = 1500};
    struct gnttab_map_grant_ref map = {
        .host_addr = SIM_WINDOW_BASE, .flags = GNTMAP_host_map, .ref = REF, .dom = a->domain_id};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = SIM_WINDOW_BASE, .handle = 0};

    copy.source.u.ref = REF;
    copy.source.domid = a->domain_id;
    copy.dest.u.gmfn = sim_gfn(b, 6);
    copy.dest.domid = DOMID_SELF;
    sim_put(b, 1, AT_COPY, &copy, sizeof(copy));
    sim_put(b, 1, AT_MAP, &map, sizeof(map));
    sim_put(b, 1, AT_UNMAP, &unmap, sizeof(unmap));
}

/* Both vCPUs of both wait for events but where they are called. */
static void block_all(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu (d, v) {
        __atomic_fetch_or(&v->pause_flags, VPF_BLOCKED, __ATOMIC_SEQ_CST);
        vcpu_sleep_nosync(v);
    }
    sim_settle();
}

static void make_pair(domid_t first, bool blocked)
{
    struct sim_domain_conf conf = {
        .nr_vcpus = 2, .nr_pages = 8, .max_grant_frames = 4, .blocked = blocked};
    struct domain *a = sim_domain(first, &conf), *b = sim_domain(first + 1, &conf);

    vcpu_unblock(a->vcpu[0]);
    vcpu_unblock(b->vcpu[0]);
    grant_page(a, b);
    connect(a, b);
    fill_arguments(a, b);
    if (blocked) {
        block_all(a);
        block_all(b);
    }
}

/* The functions that callgrind counts: one per operation, with all that is below it. */
#define MEASURED(name)                                                                             \
    void name(struct vcpu *v, unsigned int nr, const unsigned long *args);                         \
    void noinline name(struct vcpu *v, unsigned int nr, const unsigned long *args)                 \
    {                                                                                              \
        sim_call_once(v, nr, args);                                                                \
        barrier();                                                                                 \
    }
MEASURED(measured_send)
MEASURED(measured_copy)
MEASURED(measured_map)
MEASURED(measured_unmap)
MEASURED(warm_up)

static void act(struct vcpu *v, void (*fn)(struct vcpu *, unsigned int, const unsigned long *),
                unsigned int nr, unsigned long cmd, unsigned int at)
{
    unsigned long args[6] = {cmd, sim_page(v->domain, 1) + at, 1};

    vcpu_unblock(v);
    if (!sim_make_current(v))
        sim_fail("d%u does not run", v->domain->domain_id);
    fn(v, nr, args);
    sim_settle();
}

typedef void call_fn(struct vcpu *v, unsigned int nr, const unsigned long *args);
/* In this order; the first time a domain maps its table of handles is made, and the like. */
static call_fn *const measured[] = {measured_send, measured_copy, measured_map, measured_unmap};
static call_fn *const unmeasured[] = {warm_up, warm_up, warm_up, warm_up};

/* What a guest does in its upcall. */
static void take_events(struct domain *d)
{
    memset(d->shared_info->evtchn_pending, 0, sizeof(d->shared_info->evtchn_pending));
    d->vcpu[0]->vcpu_info->evtchn_pending_sel = 0;
    d->vcpu[0]->vcpu_info->evtchn_upcall_pending = 0;
}

static void one_round(domid_t first, call_fn *const fn[4])
{
    struct domain *a = domain_by_id_rcu(first), *b = domain_by_id_rcu(first + 1);
    struct gnttab_map_grant_ref *map = (void *)((char *)sim_page_virt(b, 1) + AT_MAP);
    struct gnttab_unmap_grant_ref *unmap = (void *)((char *)sim_page_virt(b, 1) + AT_UNMAP);
    const struct gnttab_copy *copy = (void *)((char *)sim_page_virt(b, 1) + AT_COPY);

    act(a->vcpu[0], fn[0], __HYPERVISOR_event_channel_op, EVTCHNOP_send, AT_SEND);
    take_events(b);
    act(b->vcpu[0], fn[1], __HYPERVISOR_grant_table_op, GNTTABOP_copy, AT_COPY);
    act(b->vcpu[0], fn[2], __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, AT_MAP);
    unmap->handle = map->handle;
    act(b->vcpu[0], fn[3], __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, AT_UNMAP);
    if (copy->status || map->status || unmap->status)
        sim_fail("d%u: copy %d, map %d, unmap %d", first + 1, copy->status, map->status,
                 unmap->status);
    block_all(a);
    block_all(b);
}

void sim_bench_scale(unsigned int nr_domains, unsigned int rounds)
{
    uint64_t before, after, idle, pages = 8;

    sim_boot(&(struct sim_conf){.nr_cpus = 64, .ram_mb = 64 + nr_domains / 4});
    xmalloc_count(&idle);
    before = heap_free_count(NUMA_NO_NODE) + idle;
    for (unsigned int i = 0; i + 1 < nr_domains; i += 2)
        make_pair((domid_t)(i + 1), true);
    xmalloc_count(&idle);
    after = heap_free_count(NUMA_NO_NODE) + idle;
    for (unsigned int i = 0; i < rounds; i++)
        one_round((domid_t)(1 + i * 7919 % (nr_domains / 2) * 2), unmeasured);
    for (unsigned int i = 0; i < rounds; i++)
        one_round((domid_t)(1 + i * 7919 % (nr_domains / 2) * 2), measured);
    /* Not what the port spends on its window of mappings, and not the guest's own pages. */
    pages += PFN_UP(SIM_WINDOW_FRAMES * sizeof(struct sim_p2m_entry));
    put_line("domains %u bytes-per-idle-domain %lu\n", nr_domains,
             (unsigned long)((before - after) * PAGE_SIZE / nr_domains - pages * PAGE_SIZE));
}

/* Threads: each domain's first vCPU goes round its operations. */
static void pair_guest(struct vcpu *v)
{
    struct domain *d = v->domain;
    unsigned long page = sim_page(d, 1);

    if (v->vcpu_id) {
        sim_hypercall(v, __HYPERVISOR_sched_op, SCHEDOP_block, 0);
        return;
    }
    if (d->domain_id % 2) {
        sim_hypercall(v, __HYPERVISOR_event_channel_op, EVTCHNOP_send, page + AT_SEND);
        return;
    }
    take_events(d);
    switch (v->arch.rng++ % 3) {
    case 0:
        sim_hypercall(v, __HYPERVISOR_grant_table_op, GNTTABOP_copy, page + AT_COPY, 1);
        break;
    case 1:
        sim_hypercall(v, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, page + AT_MAP, 1);
        break;
    default:
        sim_hypercall(v, __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, page + AT_UNMAP, 1);
    }
}

#ifdef CONFIG_LOCK_PROFILE
/* False: a class was waited for in more than one case of a hundred. */
static bool show_locks(uint64_t calls)
{
    bool ok = true;

    put_line("%-12s %12s %10s %10s %14s\n", "class", "taken", "waited", "percent", "ns/1000 calls");
    for (unsigned int rank = 0; rank < NR_LOCK_RANKS; rank++) {
        struct lock_profile p;
        const char *name = lock_profile_get(rank, &p);
        uint64_t part = p.lock_cnt ? p.block_cnt * 100000 / p.lock_cnt : 0;

        ok = ok && part <= 1000;
        if (p.lock_cnt)
            put_line("%-12s %12lu %10lu %6lu.%03lu %14lu\n", name, (unsigned long)p.lock_cnt,
                     (unsigned long)p.block_cnt, (unsigned long)(part / 1000),
                     (unsigned long)(part % 1000),
                     (unsigned long)(calls ? p.block_time * 1000 / calls : 0));
    }
    return ok;
}
#else
static bool show_locks(uint64_t calls)
{
    return true;
}
#define lock_profile_reset() ((void)0)
#endif

bool sim_bench_locks(unsigned int nr_cpus, unsigned int ms)
{
    uint64_t calls;
    bool ok;

    sim_boot(&(struct sim_conf){.nr_cpus = nr_cpus});
    for (unsigned int i = 0; i < nr_cpus; i += 2) {
        make_pair((domid_t)(i + 1), false);
        for (unsigned int j = 0; j < 2; j++) {
            cpumask_t one = cpumask_of(i + j);
            struct domain *d = domain_by_id_rcu((domid_t)(i + 1 + j));

            if (i + j < nr_cpus && vcpu_set_hard_affinity(d->vcpu[0], &one))
                sim_fail("affinity");
        }
    }
    sim_run_threads(200, pair_guest);
    lock_profile_reset();
    calls = sim_run_threads(ms, pair_guest);
    put_line("%lu calls in %u ms by %u CPUs that are threads\n", (unsigned long)calls, ms, nr_cpus);
    ok = show_locks(calls);
    sim_shutdown();
    return ok;
}
