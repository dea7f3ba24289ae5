/* SPDX-License-Identifier: MIT */
/* What must hold between any two steps. Looks into the modules, and so includes their headers. */
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <asm/current.h>
#include <asm/sim.h>

#include "../../common/evtchn/private.h"
#include "../../common/grant/private.h"
#include "../../common/mm/heap.h"
#include "../../common/sched/private.h"

static void check_list(struct domain *d, const struct page_list_head *l, uint64_t len,
                       const char *name)
{
    uint64_t n = 0;

    for (struct page_info *pg = page_list_first(l); pg; pg = page_list_next(pg)) {
        if (page_owner(pg) != d)
            sim_fail("d%u's %s holds a page of another's", d->domain_id, name);
        if (!(pg->count_info & PGC_COUNT_MASK))
            sim_fail("d%u's %s holds a page without references", d->domain_id, name);
        n++;
    }
    if (n != len)
        sim_fail("d%u's %s has %lu pages, %lu are counted", d->domain_id, name, (unsigned long)n,
                 (unsigned long)len);
}

static void check_pages(struct domain *d)
{
    check_list(d, &d->page_list, d->tot_pages, "page list");
    check_list(d, &d->extra_page_list, d->extra_pages, "extra list");
    check_list(d, &d->xenpage_list, d->xenheap_pages, "list of shared pages");
}

static void check_port(struct domain *d, const struct evtchn *chn)
{
    const struct evtchn *peer;

    switch (chn->state) {
    case ECS_INTERDOMAIN:
        peer = evtchn_from_port(chn->remote, chn->remote_port);
        if (!peer || peer->state != ECS_INTERDOMAIN || peer->remote != d ||
            peer->remote_port != chn->port)
            sim_fail("d%u port %u: its peer d%u port %u does not know it", d->domain_id, chn->port,
                     chn->remote->domain_id, chn->remote_port);
        break;
    case ECS_VIRQ:
        if (d->vcpu[chn->vcpu_id] == NULL)
            sim_fail("d%u port %u: no vCPU %u", d->domain_id, chn->port, chn->vcpu_id);
        break;
    }
}

static void check_virqs(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu (d, v)
        for (unsigned int virq = 0; virq < NR_VIRQS; virq++) {
            unsigned int port = v->virq_to_evtchn[virq];
            const struct evtchn *chn = port ? evtchn_from_port(d, port) : NULL;

            if (port && (!chn || chn->state != ECS_VIRQ || chn->virq != virq))
                sim_fail("d%uv%u: virq %u is not at port %u", d->domain_id, v->vcpu_id, virq, port);
        }
}

static void check_evtchn(struct domain *d)
{
    unsigned int active = 0;

    for (unsigned int port = 0; port < d->evtchn->nr_valid; port++) {
        const struct evtchn *chn = evtchn_from_port(d, port);

        if (chn->state != ECS_FREE && chn->state != ECS_RESERVED)
            active++;
        if (chn->state == ECS_FREE && port < d->evtchn->next_free)
            sim_fail("d%u port %u is free and is not found", d->domain_id, port);
        check_port(d, chn);
    }
    if (active != d->evtchn->nr_active)
        sim_fail("d%u has %u ports in use, %u are counted", d->domain_id, active,
                 d->evtchn->nr_active);
    check_virqs(d);
}

/* Mappings of @rd's entry @ref by all domains. */
static struct pins mapped_pins(const struct domain *rd, grant_ref_t ref)
{
    struct pins p = {0, 0, 0, 0};
    struct domain *d;

    for_each_domain (d) {
        for (uint32_t h = 0; h < d->grant->nr_maptrack * MAPTRACK_PER_PAGE; h++) {
            const struct maptrack_entry *mt = maptrack_lookup(d->grant, h);

            if (!mt || mt->domid != rd->domain_id || mt->ref != ref)
                continue;
            if (mt->flags & GNTMAP_host_map)
                (*(mt->flags & GNTMAP_readonly ? &p.host_r : &p.host_w))++;
            if (mt->flags & GNTMAP_device_map)
                (*(mt->flags & GNTMAP_readonly ? &p.dev_r : &p.dev_w))++;
        }
    }
    return p;
}

static uint64_t pinned_of(const struct pins *p)
{
    return (uint64_t)p->host_w + p->host_r + p->dev_w + p->dev_r;
}

static uint64_t check_entries(const struct domain *d)
{
    struct grant_table *gt = d->grant;
    uint64_t total = 0;

    for (grant_ref_t ref = 0; ref < gt->nr_chunks * ACTIVE_PER_CHUNK; ref++) {
        const struct active_entry *act =
            &gt->active[ref / ACTIVE_PER_CHUNK][ref % ACTIVE_PER_CHUNK];
        struct pins p;

        if (pins_none(&act->pins))
            continue;
        if (act->transitive)
            sim_fail("d%u grant %u: a transitive entry is still pinned", d->domain_id, ref);
        p = mapped_pins(d, ref);
        if (p.host_w != act->pins.host_w || p.host_r != act->pins.host_r ||
            p.dev_w != act->pins.dev_w || p.dev_r != act->pins.dev_r)
            sim_fail("d%u grant %u: pins %u %u %u %u, mapped %u %u %u %u", d->domain_id, ref,
                     act->pins.host_w, act->pins.host_r, act->pins.dev_w, act->pins.dev_r, p.host_w,
                     p.host_r, p.dev_w, p.dev_r);
        if ((mfn_to_page(act->mfn)->count_info & PGC_COUNT_MASK) < pinned_of(&p))
            sim_fail("d%u grant %u: fewer references than pins", d->domain_id, ref);
        total += pinned_of(&p);
    }
    return total;
}

static void check_grants(void)
{
    uint64_t pinned = 0, mapped = 0;
    struct domain *d;

    for_each_domain (d) {
        uint32_t nr = 0;

        pinned += check_entries(d);
        for (uint32_t h = 0; h < d->grant->nr_maptrack * MAPTRACK_PER_PAGE; h++) {
            const struct maptrack_entry *mt = maptrack_lookup(d->grant, h);

            if (!mt)
                continue;
            nr++;
            mapped += !!(mt->flags & GNTMAP_host_map) + !!(mt->flags & GNTMAP_device_map);
        }
        if (nr != d->grant->nr_mapped)
            sim_fail("d%u has %u handles, %u are counted", d->domain_id, nr, d->grant->nr_mapped);
    }
    if (pinned != mapped)
        sim_fail("%lu pins, %lu mappings", (unsigned long)pinned, (unsigned long)mapped);
}

static void check_vcpu(const struct vcpu *v)
{
    const struct sched_unit *u = v->sched;
    bool on_cpu = v->processor < nr_cpu_ids && sim_cpus[v->processor].current_vcpu == v;

    if (v->is_running != on_cpu)
        sim_fail("%pv: running is %u, on its CPU %u", v, v->is_running, on_cpu);
    if (u->queued && v->is_running)
        sim_fail("%pv runs and waits", v);
    if (u->queued && !vcpu_runnable(v))
        sim_fail("%pv waits and is not runnable", v);
    if (vcpu_runnable(v) && !v->is_running && !u->queued && !u->parked)
        sim_fail("%pv is runnable and forgotten", v);
    if (v->runstate.state == RUNSTATE_running && !v->is_running)
        sim_fail("%pv: runstate running", v);
    if (v->is_running && !cpumask_test(v->processor, &u->rq->cpus))
        sim_fail("%pv runs outside of its queue's CPUs", v);
}

static void check_runq(const struct runq *rq)
{
    const struct rb_node *last = NULL;
    unsigned int n = 0;

    for (struct rb_node *node = rb_first(&rq->tree); node; node = rb_next(node)) {
        const struct sched_unit *u = container_of(node, struct sched_unit, node);

        if (u->rq != rq || !u->queued)
            sim_fail("%pv stands in a queue that is not its own", u->v);
        if (last && rq->ops->before(node, last))
            sim_fail("%pv: the queue is out of order", u->v);
        last = node;
        n++;
    }
    if (n != rq->nr_waiting)
        sim_fail("%u wait, %u are counted", n, rq->nr_waiting);
    if (cpumask_weight(&rq->cpus) != rq->nr_cpus)
        sim_fail("a queue of %u CPUs, %u are counted", cpumask_weight(&rq->cpus), rq->nr_cpus);
}

static void check_cpus(void)
{
    for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
        const struct sched_cpu *sc = &per_cpu(sched_cpu, cpu);
        const struct vcpu *v = sim_cpus[cpu].current_vcpu;

        if (sc->running != v)
            sim_fail("CPU %u runs %pv, the scheduler means %pv", cpu, v, sc->running);
        if (!sc->rq)
            continue;
        check_runq(sc->rq);
        if (cpumask_test(cpu, &sc->rq->idle) != is_idle_vcpu(v))
            sim_fail("CPU %u: its idle bit is wrong", cpu);
    }
}

/* Read although it is free. */
__attribute__((no_sanitize("address"))) static void check_blank(const struct page_info *pg,
                                                                unsigned int order)
{
    const uint64_t *word = page_to_virt(pg);

    for (uint64_t i = 0; i < (PAGE_SIZE << order) / sizeof(*word); i++)
        if (word[i])
            sim_fail("frame %lx is free and clean, and not zero",
                     (unsigned long)page_to_mfn(pg).nr + i / (PAGE_SIZE / sizeof(*word)));
}

static void check_free_block(const struct page_info *pg, unsigned int order, bool dirty)
{
    uint64_t nr = page_to_mfn(pg).nr, state = PGC_FREE | (dirty ? PGC_NEED_SCRUB : 0);
    mfn_t other = mk_mfn(nr ^ (UINT64_C(1) << order));
    const struct page_info *buddy = mfn_to_page(other);

    if (pg->count_info != state || pg->order != order || nr & ((UINT64_C(1) << order) - 1))
        sim_fail("frame %lx: not a free block of order %u", (unsigned long)nr, order);
    if (order < MAX_ORDER && mfn_valid(other) && buddy->count_info == state &&
        buddy->order == order)
        sim_fail("frame %lx: apart from its buddy of order %u", (unsigned long)nr, order);
    /* Larger ones are mostly memory that nobody has ever had. */
    if (!dirty && order < 10)
        check_blank(pg, order);
}

/* Pages in them. */
static uint64_t check_blocks(const struct heap_blocks *b, bool dirty)
{
    uint64_t pages = 0;

    for (unsigned int order = 0; order <= MAX_ORDER; order++) {
        uint64_t n = 0;

        for (struct page_info *pg = page_list_first(&b->free[order]); pg; pg = page_list_next(pg)) {
            check_free_block(pg, order, dirty);
            n++;
        }
        if (n != b->nr[order] || (n > 0) != (b->nonempty >> order & 1))
            sim_fail("%lu free blocks of order %u, %lu are counted", (unsigned long)n, order,
                     (unsigned long)b->nr[order]);
        pages += n << order;
    }
    return pages;
}

static void check_heap(const struct heap_node *n)
{
    uint64_t clean = 0, dirty = 0;

    for (unsigned int zone = 0; zone < NR_ZONES; zone++) {
        clean += check_blocks(&n->blocks[zone][false], false);
        dirty += check_blocks(&n->blocks[zone][true], true);
    }
    if (n->nr_held || n->nr_waiting)
        sim_fail("%lu free pages are being scrubbed, %u wait for them", (unsigned long)n->nr_held,
                 n->nr_waiting);
    if (dirty != n->nr_dirty || clean + dirty != n->nr_free)
        sim_fail("%lu clean and %lu dirty pages, %lu free and %lu dirty are counted",
                 (unsigned long)clean, (unsigned long)dirty, (unsigned long)n->nr_free,
                 (unsigned long)n->nr_dirty);
}

void sim_check_invariants(void)
{
    struct domain *d;
    struct vcpu *v;

    for_each_domain (d) {
        check_pages(d);
        check_evtchn(d);
        for_each_vcpu (d, v)
            check_vcpu(v);
    }
    check_grants();
    check_cpus();
    check_heap(&heap_nodes[0]);
}

void sim_dump_vcpu(const struct vcpu *v)
{
    const struct sched_unit *u = v->sched;
    const struct sched_domain *sd = v->domain->sched;

    printk("%pv: running %u queued %u parked %u, CPU %u, affinity %lx, cap %u, budget %ld, refill "
           "%ld active %u on CPU %u, now %ld\n",
           v, v->is_running, u->queued, u->parked, v->processor, v->hard_affinity.bits[0], sd->cap,
           (long)sd->budget, (long)sd->refill.expires, timer_active(&sd->refill), sd->refill.cpu,
           (long)NOW());
    sched_dump('r');
}
