/* SPDX-License-Identifier: MIT */
/* A random run of several domains, by a stream of choices: numbers of a seed, or a fuzzer's bytes.
 */
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/mm.h>
#include <xen/sched.h>
#include <xen/time.h>

#include "workload.h"

static uint8_t next_byte(struct sim_input *in)
{
    if (in->pos < in->len)
        return in->data[in->pos++];
    in->rng ^= in->rng << 13;
    in->rng ^= in->rng >> 7;
    in->rng ^= in->rng << 17;
    return (uint8_t)(in->rng >> 24);
}

uint32_t pick(struct work *w, uint32_t n)
{
    uint32_t v = next_byte(w->in);

    if (n > 256)
        v |= (uint32_t)next_byte(w->in) << 8;
    if (n > 65536)
        v |= (uint32_t)next_byte(w->in) << 16;
    return v % n;
}

uint64_t pick_bits(struct work *w)
{
    uint64_t v = 0;

    for (unsigned int i = 0; i < 8; i++)
        v = v << 8 | next_byte(w->in);
    return v;
}

uint32_t pick_small(struct work *w, uint32_t n)
{
    uint8_t how = next_byte(w->in);

    return how < 250 ? how % n : (uint32_t)pick_bits(w);
}

domid_t pick_domid(struct work *w)
{
    uint8_t how = next_byte(w->in);

    if (how < 200)
        return how % NR_WORK_DOMAINS;
    return how < 250 ? DOMID_SELF : (domid_t)pick_bits(w);
}

struct domain *pick_domain(struct work *w, bool guest)
{
    if (w->self)
        return w->self->domain;
    return w->d[guest ? 1 + pick(w, NR_WORK_DOMAINS - 1) : pick(w, NR_WORK_DOMAINS)];
}

struct vcpu *pick_vcpu(struct work *w, bool guest)
{
    struct domain *d = pick_domain(w, guest);

    if (w->self)
        return w->self;
    return d ? d->vcpu[pick(w, d->max_vcpus)] : NULL;
}

uint64_t pick_gfn(struct work *w, struct domain *d)
{
    uint8_t how = next_byte(w->in);

    if (how < 230)
        return sim_gfn(d, 4 + how % 60);
    return how < 245 ? pick(w, SIM_P2M_FRAMES) : pick_bits(w);
}

uint64_t pick_addr(struct work *w, struct domain *d)
{
    uint8_t how = next_byte(w->in);

    if (how < 120)
        return sim_page(d, 4 + how % 60) + pick(w, 512) * 8;
    if (how < 230)
        return SIM_WINDOW_BASE + ((uint64_t)(how % 8) << PAGE_SHIFT);
    return pick_bits(w);
}

static void make_domain(struct work *w, domid_t id)
{
    /* Its predecessor may stay while others map its pages. */
    if (domain_by_id_rcu(id))
        return;
    w->d[id] = sim_domain(
        id, &(struct sim_domain_conf){.nr_vcpus = 2, .privileged = id == 0, .hvm = id == 3});
    w->d[id]->handle[0] = (uint8_t)id;
    if (pick(w, 2))
        work_grant_version(w->d[id]->vcpu[0], 2);
}

static void work_time(struct work *w)
{
    sim_advance((s_time_t)pick(w, 65536) * (pick(w, 4) ? 100 : 1000));
}

/* As dom0 and the guest's other vCPUs would do in the end. */
static void rouse(struct domain *d)
{
    struct vcpu *v;

    domain_resume(d);
    while (d->controller_pause_count)
        domain_unpause_by_controller(d);
    for_each_vcpu (d, v) {
        if (v->is_initialised &&
            __atomic_fetch_and(&v->pause_flags, ~VPF_DOWN, __ATOMIC_SEQ_CST) & VPF_DOWN)
            vcpu_wake(v);
        vcpu_unblock(v);
    }
}

/* Guests left asleep or shut down would make a dull run. */
static void work_stir(struct work *w)
{
    struct domain *d = pick_domain(w, false);

    if (d)
        rouse(d);
    for (domid_t id = 0; id < NR_WORK_DOMAINS; id++)
        if (!w->d[id])
            make_domain(w, id);
}

static void work_preempt(struct work *w)
{
    sim_preempt(pick(w, 5));
}

/* The more often it stands here the more often it is done. */
#define ITEM(name)                                                                                 \
    {                                                                                              \
        work_##name, #name                                                                         \
    }
static const struct {
    work_fn *fn;
    const char *name;
} menu[] = {
    ITEM(time),    ITEM(time),         ITEM(stir),     ITEM(stir),      ITEM(preempt),
    ITEM(evtchn),  ITEM(evtchn),       ITEM(evtchn),   ITEM(evtchn),    ITEM(fifo),
    ITEM(fifo),    ITEM(write_shared), ITEM(map),      ITEM(map),       ITEM(grant_entry),
    ITEM(map),     ITEM(unmap),        ITEM(unmap),    ITEM(copy),      ITEM(grant_entry),
    ITEM(table),   ITEM(sched),        ITEM(sched),    ITEM(vcpu),      ITEM(timer),
    ITEM(memory),  ITEM(memory),       ITEM(exchange), ITEM(multicall), ITEM(misc),
    ITEM(raw),     ITEM(domctl),       ITEM(domctl),   ITEM(copy),      ITEM(sysctl),
    ITEM(destroy),
};

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t sim_step_rng(uint64_t seed, unsigned int step)
{
    return mix(mix(seed) + step * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

static void one_step(struct work *w, unsigned int step, bool show)
{
    unsigned int what = pick(w, ARRAY_SIZE(menu));

    if (what >= ARRAY_SIZE(menu) - 2 && pick(w, 4))
        what = 0;
    if (show)
        printk("step %u: %s\n", step, menu[what].name);
    menu[what].fn(w);
    sim_settle();
}

void sim_workload(struct sim_input *in, unsigned int steps, unsigned int check_every)
{
    struct work w = {.in = in};
    uint64_t seed = in->rng;

    sim_preempt(0);
    for (domid_t id = 0; id < NR_WORK_DOMAINS; id++)
        make_domain(&w, id);
    for (unsigned int i = 1; i <= steps; i++) {
        if (in->skip && in->skip[i])
            continue;
        if (in->pos >= in->len)
            in->rng = sim_step_rng(seed, i);
        one_step(&w, i, in->show);
        if (i % check_every == 0)
            sim_check_invariants();
    }
    sim_preempt(0);
    sim_check_invariants();
}

/* Where CPUs are threads. */

static work_fn *const guest_menu[] = {
    work_evtchn, work_evtchn,   work_evtchn,    work_fifo,        work_write_shared,
    work_map,    work_map,      work_unmap,     work_grant_entry, work_copy,
    work_copy,   work_table,    work_sched,     work_vcpu,        work_timer,
    work_memory, work_exchange, work_multicall, work_misc,        work_raw,
};

static work_fn *const control_menu[] = {
    work_evtchn, work_map,    work_unmap,  work_copy, work_wake_all, work_wake_all,
    work_domctl, work_domctl, work_sysctl, work_life, work_life,     work_domctl,
};

void sim_workload_domains(void)
{
    for (domid_t id = 0; id < NR_WORK_DOMAINS; id++)
        sim_domain(id,
                   &(struct sim_domain_conf){.nr_vcpus = 2, .privileged = id == 0, .hvm = id == 3});
}

/* A domain that dom0 has made has no pages to put arguments in. */
static void act_without_pages(struct vcpu *v, uint8_t how)
{
    if (how % 4)
        sim_hypercall(v, __HYPERVISOR_sched_op, how % 4 == 1, 0);
    else
        sim_hypercall(v, __HYPERVISOR_event_channel_op, how % 14, how);
}

void sim_workload_guest(struct vcpu *v)
{
    struct sim_input in = {.rng = v->arch.rng};
    struct work w = {.in = &in, .self = v};

    if (!in.rng)
        in.rng = sim_step_rng((uint64_t)v->domain->domain_id + 1, v->vcpu_id + 1);
    if (v->domain->domain_id >= NR_WORK_DOMAINS) {
        act_without_pages(v, next_byte(&in));
    } else if (v->domain->domain_id) {
        guest_menu[pick(&w, ARRAY_SIZE(guest_menu))](&w);
    } else {
        w.d[0] = v->domain;
        control_menu[pick(&w, ARRAY_SIZE(control_menu))](&w);
    }
    v->arch.rng = in.rng;
}
