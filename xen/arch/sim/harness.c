/* SPDX-License-Identifier: MIT */
/* Boot, time, hypercalls, domains: see sim.h. */
#include <public/domctl.h>
#include <public/grant_table.h>
#include <xen/console.h>
#include <xen/hypercall.h>
#include <xen/init.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/lib/printf.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/port/p2m.h>
#include <xen/rcu.h>
#include <xen/sched.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <xen/timer.h>
#include <xen/lib/bitmap.h>
#include <asm/current.h>
#include <asm/sim.h>

#include "../../common/sched/private.h"
#include "private.h"

#define MAX_PAGES   1024
#define MAX_DOMAINS 8192

static struct sim {
    uint64_t hash, rng;
    bool verbose;
    unsigned int preempt_every, preempt_count;
    uint64_t free_at_boot, objects_at_boot;
    uint64_t nr_hypercalls;
    struct given {
        unsigned int nr;
        uint32_t mfn[MAX_PAGES];
    } * given[MAX_DOMAINS]; /* by domid: pages as sim_domain() gave them */
} sim = {.hash = 0xcbf29ce484222325};

struct boot_info boot_info;

static void sink_write(const char *s, size_t len)
{
    if (sim.verbose)
        host_write(s, len);
    else
        host_log(s, len);
}
static struct console_sink sink = {.name = "com1", .write = sink_write};

void sim_fail(const char *fmt, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    host_die(text);
}

void sim_hash_add(uint64_t value)
{
    for (unsigned int i = 0; i < 8; i++, value >>= 8)
        sim.hash = (sim.hash ^ (value & 0xff)) * 0x100000001b3;
}

uint64_t sim_hash(void)
{
    return sim.hash;
}

uint64_t sim_hypercalls(void)
{
    return sim.nr_hypercalls;
}

static uint64_t live_pages(void)
{
    uint64_t idle;

    xmalloc_count(&idle);
    return heap_free_count(NUMA_NO_NODE) + idle;
}

static uint64_t live_objects(void)
{
    uint64_t idle;

    return xmalloc_count(&idle);
}

static void boot_cpus(unsigned int nr)
{
    sched_init();
    domain_subsys_init();
    for (unsigned int cpu = 0; cpu < nr; cpu++) {
        struct vcpu *idle = vcpu_create(idle_domain, cpu);

        if (!idle)
            sim_fail("no memory for the idle vCPU of CPU %u", cpu);
        sim_cpus[cpu].current_vcpu = idle;
        sched_cpu_up(cpu);
        if (cpu == 0)
            do_presmp_initcalls();
    }
    for (unsigned int cpu = 0; cpu < nr; cpu++)
        cpu_start(cpu);
    do_initcalls();
}

void sim_boot(const struct sim_conf *conf)
{
    sim.rng = conf->seed;
    sim.verbose = conf->verbose;
    sim_now = MILLISECS(1);
    cpus_boot(conf->nr_cpus ? conf->nr_cpus : 4);
    memory_boot(((uint64_t)(conf->ram_mb ? conf->ram_mb : 64) << 20) >> PAGE_SHIFT);
    cmdline_parse(conf->cmdline ? conf->cmdline : "");
    console_register(&sink);
    console_early_init();
    if (conf->server)
        m2p_boot_in_ram();
    heap_init();
    console_init();
    rcu_subsys_init();
    timer_subsys_init();
    time_set_wallclock(1600000000, 0, 0);
    boot_cpus(nr_cpu_ids);
    heap_scrub_start();
    console_end_boot();
    sim_settle();
    sim.free_at_boot = live_pages();
    sim.objects_at_boot = live_objects();
}

static unsigned int first_cpu(void)
{
    if (!sim.rng)
        return 0;
    sim.rng ^= sim.rng << 13;
    sim.rng ^= sim.rng >> 7;
    sim.rng ^= sim.rng << 17;
    return (unsigned int)(sim.rng % nr_cpu_ids);
}

void sim_settle(void)
{
    bool any;
    unsigned int rounds = 0;

    cpu_spin_reset();
    do {
        unsigned int first = first_cpu();

        any = false;
        for (unsigned int i = 0; i < nr_cpu_ids; i++) {
            unsigned int cpu = (first + i) % nr_cpu_ids;

            if (sim_cpus[cpu].busy || !cpu_has_work(cpu))
                continue;
            cpu_run(cpu);
            any = true;
        }
        if (++rounds > 100000)
            sim_fail("CPUs give each other work for ever");
    } while (any);
}

s_time_t sim_next_deadline(void)
{
    s_time_t first = STIME_MAX;

    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
        if (sim_cpus[cpu].deadline)
            first = min(first, sim_cpus[cpu].deadline);
    return first;
}

static void timers_expire(void)
{
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
        struct cpu_info *c = &sim_cpus[cpu];

        if (!c->deadline || c->deadline > sim_now)
            continue;
        c->deadline = 0;
        set_bit(SOFTIRQ_TIMER, &per_cpu(softirq_bits, cpu));
    }
}

void sim_advance(s_time_t ns)
{
    s_time_t end = sim_now + ns, at;
    unsigned int stuck = 0;

    sim_settle();
    while ((at = sim_next_deadline()) <= end) {
        stuck = at > sim_now ? 0 : stuck + 1;
        if (stuck > 10000)
            sim_fail("timers expire for ever at one moment");
        sim_now = max(sim_now, at);
        timers_expire();
        sim_settle();
    }
    sim_now = end;
    sim_hash_add((uint64_t)end);
}

void sim_quiesce(void)
{
    for (unsigned int i = 0; i < 20; i++) {
        cpumask_t all = cpu_online_map;
        unsigned int cpu;

        for_each_cpu (cpu, &all)
            sim_cpus[cpu].irqs |= SIM_IRQ_CHECK;
        sim_advance(MICROSECS(100));
    }
}

static bool is_current(const struct vcpu *v)
{
    return v->processor < nr_cpu_ids && sim_cpus[v->processor].current_vcpu == v;
}

/* Whose policy gives CPUs to some and none to others may never run. */
static bool may_be_left_out(const struct vcpu *v)
{
    const struct sched_ops *ops = v->sched->rq->ops;

    return ops == &null_ops || ops == &arinc653_ops;
}

bool sim_make_current(struct vcpu *v)
{
    unsigned int rounds = may_be_left_out(v) ? 100 : 4000;

    for (unsigned int i = 0; i < rounds; i++) {
        sim_settle();
        if (!vcpu_runnable(v))
            return false;
        if (is_current(v))
            return true;
        sim_advance(MICROSECS(500));
    }
    if (may_be_left_out(v))
        return false;
    sim_dump_vcpu(v);
    sim_fail("d%uv%u is runnable and does not run", v->domain->domain_id, v->vcpu_id);
}

void sim_preempt(unsigned int every)
{
    sim.preempt_every = every;
    sim.preempt_count = 0;
}

long sim_call_once(struct vcpu *v, unsigned int nr, const unsigned long *a)
{
    hypercall_fn_t *fn = nr < NR_HYPERCALLS ? hypercall_table[nr].fn : NULL;
    struct cpu_info *was = sim_this, *c = &sim_cpus[v->processor];
    long rc;

    if (sim.preempt_every && ++sim.preempt_count % sim.preempt_every == 0)
        set_bit(SOFTIRQ_RCU, &per_cpu(softirq_bits, c->cpu));
    sim_this = c;
    c->busy = true;
    v->hcall.restart = false;
    rc = fn ? fn(a[0], a[1], a[2], a[3], a[4], a[5]) : -ENOSYS;
    BUG_ON(!c->irqs_on || v->hcall.in_multicall);
    lock_check_none_held();
    c->busy = false;
    sim_this = was;
    return rc;
}

long sim_hypercall_args(struct vcpu *v, unsigned int nr, const unsigned long args[6])
{
    unsigned long a[6];
    long rc;

    if (sim_threads) {
        v->arch.call.pending = true;
        v->arch.call.nr = nr;
        memcpy(v->arch.call.args, args, sizeof(a));
        return 0;
    }
    memcpy(a, args, sizeof(a));
    sim.nr_hypercalls++;
    sim_hash_add(((uint64_t)v->domain->domain_id << 32) | nr << 8 | v->vcpu_id);
    for (unsigned int i = 0; i < 6; i++)
        sim_hash_add(a[i]);
    for (unsigned int round = 0; round < 100000; round++) {
        if (!sim_make_current(v))
            return SIM_STOPPED;
        rc = sim_call_once(v, nr, a);
        if (!v->hcall.restart) {
            sim_hash_add((uint64_t)rc);
            sim_settle();
            return rc;
        }
        v->hcall.restart = false;
        nr = v->hcall.op;
        for (unsigned int i = 0; i < 6; i++)
            a[i] = i < v->hcall.nr_args ? v->hcall.args[i] : 0xdeadbeefdeadbeef;
    }
    sim_fail("hypercall %u(%lx, %lx, %lx) is continued for ever; page 0: %x", nr, a[0], a[1], a[2],
             *(uint32_t *)sim_page_virt(v->domain, 0));
}

uint64_t sim_gfn(struct domain *d, unsigned int idx)
{
    const struct given *g = d->domain_id < MAX_DOMAINS ? sim.given[d->domain_id] : NULL;

    BUG_ON(!g || idx >= g->nr);
    return is_pv_domain(d) ? g->mfn[idx] : idx;
}

/* Pages that the domain has given away are not there any more: a place without effect. */
static void *pages_virt(struct domain *d, unsigned int idx, unsigned int nr)
{
    static char nowhere[4 * PAGE_SIZE] __aligned(PAGE_SIZE);
    struct page_info *first;

    sim_gfn(d, idx);
    first = mfn_to_page(mk_mfn(sim.given[d->domain_id]->mfn[idx]));
    for (const struct page_info *pg = first; pg < first + nr; pg++)
        if (!(pg->count_info & PGC_COUNT_MASK) || page_owner(pg) != d)
            return nowhere;
    return page_to_virt(first);
}

void *sim_page_virt(struct domain *d, unsigned int idx)
{
    return pages_virt(d, idx, 1);
}

/* Within one page; page references keep another CPU from giving it away meanwhile. */
void sim_put(struct domain *d, unsigned int idx, size_t offset, const void *data, size_t len)
{
    struct page_info *pg;

    sim_gfn(d, idx);
    BUG_ON(offset + len > PAGE_SIZE);
    pg = page_get_from_mfn(mk_mfn(sim.given[d->domain_id]->mfn[idx]), d);
    if (!pg)
        return;
    guest_bytes((char *)page_to_virt(pg) + offset, data, len);
    page_put(pg);
}

static void put_args(struct domain *d, const char *arg, size_t size)
{
    BUG_ON(size > 4 * PAGE_SIZE);
    for (size_t at = 0; at < size; at += PAGE_SIZE)
        sim_put(d, (unsigned int)(at / PAGE_SIZE), 0, arg + at, min(size - at, (size_t)PAGE_SIZE));
}

static void get_results(struct domain *d, void *arg, size_t size)
{
    if (!sim_threads)
        memcpy(arg, pages_virt(d, 0, (unsigned int)PFN_UP(size)), size);
}

long sim_op(struct vcpu *v, unsigned int nr, unsigned long cmd, void *arg, size_t size)
{
    long rc;

    put_args(v->domain, arg, size);
    if (nr == __HYPERVISOR_domctl || nr == __HYPERVISOR_sysctl || nr == __HYPERVISOR_platform_op)
        rc = sim_hypercall(v, nr, sim_page(v->domain, 0));
    else
        rc = sim_hypercall(v, nr, cmd, sim_page(v->domain, 0));
    get_results(v->domain, arg, size);
    return rc;
}

long sim_grant_op(struct vcpu *v, unsigned int cmd, void *ops, size_t size, unsigned int count)
{
    long rc;

    put_args(v->domain, ops, size * count);
    rc = sim_hypercall(v, __HYPERVISOR_grant_table_op, cmd, sim_page(v->domain, 0), count);
    get_results(v->domain, ops, size * count);
    return rc;
}

uint64_t sim_page(struct domain *d, unsigned int idx)
{
    return sim_gfn(d, idx) << PAGE_SHIFT;
}

static void give_pages(struct domain *d, unsigned int nr)
{
    struct given *g;

    BUG_ON(d->domain_id >= MAX_DOMAINS || nr < 4 || nr > MAX_PAGES);
    if (!sim.given[d->domain_id])
        sim.given[d->domain_id] = host_alloc(sizeof(*g));
    g = sim.given[d->domain_id];
    d->max_pages = nr;
    for (g->nr = 0; g->nr < nr;) {
        unsigned int order = g->nr ? 0 : 2;
        struct page_info *pg = domheap_alloc_pages(d, order, 0);

        if (!pg || port_physmap_add(d, mk_gfn(g->nr), page_to_mfn(pg), order))
            sim_fail("no memory for d%u", d->domain_id);
        memset(page_to_virt(pg), 0, PAGE_SIZE << order);
        for (unsigned int i = 0; i < 1U << order; i++)
            g->mfn[g->nr++] = (uint32_t)page_to_mfn(pg).nr + i;
    }
}

static void start_vcpu(struct domain *d, unsigned int id, bool blocked)
{
    struct vcpu *v = vcpu_create(d, id);

    if (!v)
        sim_fail("no memory for d%uv%u", d->domain_id, id);
    v->is_initialised = true;
    v->pause_flags = blocked ? VPF_BLOCKED : 0;
    vcpu_wake(v);
}

struct domain *sim_domain(domid_t id, const struct sim_domain_conf *conf)
{
    struct xen_domctl_createdomain c = {
        .flags = conf->hvm ? XEN_DOMCTL_CDF_hvm : 0,
        .max_vcpus = conf->nr_vcpus ? conf->nr_vcpus : 1,
        .max_evtchn_port = conf->max_evtchn ? conf->max_evtchn : 131071,
        .max_grant_frames = conf->max_grant_frames ? conf->max_grant_frames : 4,
        .max_maptrack_frames = conf->max_maptrack ? conf->max_maptrack : 4,
        .grant_opts = conf->grant_v1_only ? 1 : 2,
        .cpupool_id = conf->cpupool,
    };
    struct domain *d = domain_create(id, &c, conf->privileged ? DOMAIN_PRIVILEGED : 0);

    if (IS_ERR(d))
        sim_fail("domain %u cannot be created: %ld", id, PTR_ERR(d));
    if (conf->privileged && (caps_change(d->iomem_caps, 0, SIM_MAX_FRAMES - 1, true) ||
                             caps_change(d->irq_caps, 0, d->nr_pirqs - 1, true)))
        sim_fail("no memory for the permissions of d%u", id);
    give_pages(d, conf->nr_pages ? conf->nr_pages : 64);
    for (unsigned int i = 0; i < c.max_vcpus; i++)
        start_vcpu(d, i, conf->blocked);
    if (!conf->paused && domain_unpause_by_controller(d))
        sim_fail("domain %u cannot be unpaused", id);
    sim_settle();
    return d;
}

void sim_destroy(struct domain *d)
{
    int rc;

    for (unsigned int i = 0; (rc = domain_kill(d)) == -ERESTART; i++) {
        sim_settle();
        if (i > 1000000)
            sim_fail("d%u is destroyed for ever", d->domain_id);
    }
    if (rc)
        sim_fail("d%u cannot be destroyed: %d", d->domain_id, rc);
    sim_settle();
}

void sim_keep(uint64_t pages, uint64_t objects)
{
    sim.free_at_boot -= pages;
    sim.objects_at_boot += objects;
}

static struct domain *next_to_destroy(void)
{
    struct domain *d;

    for_each_domain (d)
        if (d != dom0 && d->is_dying != DOMDYING_DEAD)
            return d;
    return NULL;
}

/* dom0 last: it is told of the others' ends. */
static void destroy_all(void)
{
    struct domain *d, *last = dom0;

    while ((d = next_to_destroy()) != NULL)
        sim_destroy(d);
    dom0 = NULL;
    if (last && last->is_dying != DOMDYING_DEAD)
        sim_destroy(last);
}

void sim_shutdown(void)
{
    uint64_t pages, objects;

    destroy_all();
    sim_quiesce();
    if (domain_list)
        sim_fail("d%u stays, with %u references, %lu pages", domain_list->domain_id,
                 domain_list->refcnt, (unsigned long)domain_list->tot_pages);
    objects = live_objects();
    if (objects != sim.objects_at_boot)
        sim_fail("%ld small objects leak", (long)(objects - sim.objects_at_boot));
    pages = live_pages();
    if (pages != sim.free_at_boot)
        sim_fail("%ld pages leak", (long)(sim.free_at_boot - pages));
}
