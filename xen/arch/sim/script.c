/* SPDX-License-Identifier: MIT */
/*
 * The scripted guest: it comes up as a PV kernel does (start_info, shared page, event channels,
 * the list of its frames), echoes its console, does what the store says, and suspends. With "tick"
 * in its command line a timer of 10 ms counts, and writes to the next of "work=N" pages, whose old
 * content it checks: a write that a migration has lost crashes it.
 */
#include <public/event_channel.h>
#include <public/sched.h>
#include <public/xen.h>
#include <xen/console.h>
#include <xen/hypercall.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>
#include <xen/lib/printf.h>
#include <xen/log_dirty.h>
#include <xen/mm.h>
#include <xen/port/p2m.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <asm/sim.h>

#include "private.h"
#include "script.h"

#define RIP_RUNNING   0x5c41000UL
#define RIP_SUSPENDED 0x5c42000UL
#define STATE_MAGIC   UINT64_C(0x73746174655f6f66)
#define TICK          MILLISECS(10)
#define WORK_MAX      4096U

/* Frames from the end of its memory: for arguments of hypercalls, its state, the work. */
enum { PAGE_ARGS = 1, PAGE_STATE, PAGE_WORK };

static struct vcpu_guest_context *regs(struct script *s)
{
    return s->v->arch.ctx;
}

static uint64_t root(struct script *s)
{
    return xen_cr3_to_pfn(regs(s)->ctrlreg[3]);
}

/* The guest's own page, or NULL. Nobody else runs while it does. */
static void *own_page(struct script *s, mfn_t mfn)
{
    struct page_info *pg = page_get_from_mfn(mfn, s->v->domain);

    if (!pg)
        return NULL;
    page_put(pg);
    return page_to_virt(pg);
}

static void *by_address(struct script *s, uint64_t va, mfn_t *mfn)
{
    void *page = pv_walk(s->v->domain, root(s), va, mfn) ? own_page(s, *mfn) : NULL;

    return page ? (char *)page + (va & ~PAGE_MASK) : NULL;
}

/* By the list of its frames. */
static void *by_pfn(struct script *s, uint64_t pfn, mfn_t *mfn)
{
    mfn_t list;
    const uint64_t *entry = by_address(s, s->si->mfn_list + pfn * sizeof(*entry), &list);

    if (!entry || pfn >= s->si->nr_pages)
        return NULL;
    *mfn = mk_mfn(*entry);
    return own_page(s, *mfn);
}

static void *from_end(struct script *s, unsigned int nr, mfn_t *mfn)
{
    return by_pfn(s, s->si->nr_pages - nr, mfn);
}

void script_dirty(struct script *s, mfn_t mfn)
{
    log_dirty_mark_mfn(s->v->domain, mfn);
}

struct script_state *script_state(struct script *s)
{
    static struct script_state none;
    mfn_t mfn;
    struct script_state *st = from_end(s, PAGE_STATE, &mfn);

    if (!st) {
        none = (struct script_state){0};
        return &none;
    }
    script_dirty(s, mfn);
    return st;
}

/* The hypercall nr(cmd, arg), @arg in the guest's own memory. */
static long call(struct script *s, unsigned int nr, unsigned int cmd, void *arg, size_t len)
{
    mfn_t mfn;
    void *page = from_end(s, PAGE_ARGS, &mfn);
    long rc;

    if (!page)
        return -EFAULT;
    memcpy(page, arg, len);
    script_dirty(s, mfn);
    rc = sim_hypercall(s->v, nr, cmd, mfn.nr << PAGE_SHIFT);
    memcpy(arg, page, len);
    return rc;
}

void script_notify(struct script *s, uint32_t port)
{
    struct evtchn_send send = {.port = port};

    call(s, __HYPERVISOR_event_channel_op, EVTCHNOP_send, &send, sizeof(send));
}

static bool console_has_room(const struct xencons_interface *c)
{
    return c->out_prod - READ_ONCE(c->out_cons) < sizeof(c->out);
}

static void put(struct xencons_interface *c, char ch)
{
    c->out[MASK_XENCONS_IDX(c->out_prod, c->out)] = ch;
    smp_wmb();
    WRITE_ONCE(c->out_prod, c->out_prod + 1);
}

static void console_done(struct script *s)
{
    script_dirty(s, s->console_mfn);
    script_notify(s, s->si->console.domU.evtchn);
}

static void print(struct script *s, const char *text)
{
    while (*text && console_has_room(s->console))
        put(s->console, *text++);
    console_done(s);
}

/* Typed text goes back as it came; what has no room waits until some is made. */
static void console_event(struct script *s)
{
    struct xencons_interface *c = s->console;
    bool took = false;

    while (c->in_cons != READ_ONCE(c->in_prod) && console_has_room(c)) {
        smp_rmb();
        put(c, c->in[MASK_XENCONS_IDX(c->in_cons, c->in)]);
        WRITE_ONCE(c->in_cons, c->in_cons + 1);
        took = true;
    }
    if (took)
        console_done(s);
}

static bool has_word(struct script *s, const char *word)
{
    return strstr((const char *)s->si->cmd_line, word) != NULL;
}

static unsigned int work_pages(struct script *s)
{
    const char *p = strstr((const char *)s->si->cmd_line, "work=");
    unsigned int nr = 0;

    for (p = p ? p + 5 : ""; *p >= '0' && *p <= '9' && nr < WORK_MAX; p++)
        nr = nr * 10 + (unsigned int)(*p - '0');
    return min(nr, (unsigned int)(s->si->nr_pages / 4));
}

static void timer_start(struct script *s)
{
    sim_hypercall(s->v, __HYPERVISOR_set_timer_op, (unsigned long)(NOW() + TICK));
}

static void tick(struct script *s)
{
    struct script_state *st = script_state(s);
    unsigned int nr = work_pages(s);
    uint64_t now = ++st->counter, *page;
    mfn_t mfn;

    timer_start(s);
    page = nr ? from_end(s, PAGE_WORK + (unsigned int)(now % nr), &mfn) : NULL;
    if (!page)
        return;
    if (now > nr && *page != now - nr) {
        printk("d%u: page %lu has %lu, and should have %lu\n", s->v->domain->domain_id,
               (unsigned long)(now % nr), (unsigned long)*page, (unsigned long)(now - nr));
        s->action = ACT_CRASH;
    }
    *page = now;
    script_dirty(s, mfn);
}

/* The ports that the toolstack has made for it; a new timer. */
static void events_setup(struct script *s)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_TIMER, .vcpu = 0};
    struct shared_info *sh = s->v->domain->shared_info;

    clear_bit(s->si->store_evtchn % 4096, sh->evtchn_mask);
    clear_bit(s->si->console.domU.evtchn % 4096, sh->evtchn_mask);
    s->timer_port = 0;
    if (!has_word(s, "tick") ||
        call(s, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &bind, sizeof(bind)))
        return;
    s->timer_port = bind.port;
    clear_bit(bind.port % 4096, sh->evtchn_mask);
    timer_start(s);
}

static bool rings_setup(struct script *s)
{
    s->store_mfn = mk_mfn(s->si->store_mfn);
    s->console_mfn = mk_mfn(s->si->console.domU.mfn);
    s->store = own_page(s, s->store_mfn);
    s->console = own_page(s, s->console_mfn);
    return s->store && s->console;
}

/* Booted, or restored in a new domain. */
static bool setup(struct script *s, mfn_t si)
{
    struct arch_shared_info *arch = &s->v->domain->shared_info->arch;

    s->si_mfn = si;
    s->si = own_page(s, si);
    if (!s->si || s->si->nr_pages < 64 || !rings_setup(s))
        return false;
    arch->max_pfn = s->si->nr_pages;
    arch->p2m_vaddr = s->si->mfn_list;
    arch->p2m_cr3 = regs(s)->ctrlreg[3];
    s->waiting = -1;
    s->asks = 1U << ASK_WATCH_SHUTDOWN | 1U << ASK_WATCH_DATA;
    events_setup(s);
    script_store_event(s);
    return true;
}

static bool boot(struct script *s)
{
    struct script_state *st;
    mfn_t si;

    if (!by_address(s, regs(s)->user_regs.rsi, &si) || !setup(s, si))
        return false;
    st = script_state(s);
    *st = (struct script_state){.magic = STATE_MAGIC};
    print(s, "sim guest is up\n");
    return true;
}

/* The suspend was called off: the rings' frames are where they were. */
static bool go_on(struct script *s)
{
    mfn_t store, console;

    if (!by_pfn(s, s->si->store_mfn, &store) || !by_pfn(s, s->si->console.domU.mfn, &console))
        return false;
    s->si->store_mfn = store.nr;
    s->si->console.domU.mfn = console.nr;
    script_dirty(s, s->si_mfn);
    if (s->timer_port)
        timer_start(s);
    script_store_event(s);
    return rings_setup(s);
}

static bool restored(struct script *s)
{
    if (!setup(s, mk_mfn(regs(s)->user_regs.rdx)) || script_state(s)->magic != STATE_MAGIC)
        return false;
    print(s, "sim guest goes on\n");
    return true;
}

static void shut_down(struct script *s, unsigned int reason)
{
    struct sched_shutdown arg = {.reason = reason};

    call(s, __HYPERVISOR_sched_op, SCHEDOP_shutdown, &arg, sizeof(arg));
}

static void suspend(struct script *s)
{
    s->si->store_mfn = port_m2p_get(s->store_mfn);
    s->si->console.domU.mfn = port_m2p_get(s->console_mfn);
    script_dirty(s, s->si_mfn);
    regs(s)->user_regs.rip = RIP_SUSPENDED;
    regs(s)->user_regs.rdx = s->si_mfn.nr;
    regs(s)->user_regs.rax = 0;
    shut_down(s, SHUTDOWN_suspend);
}

static bool wake(struct script *s)
{
    uint64_t rip = regs(s)->user_regs.rip;
    bool ok;

    if (rip == RIP_RUNNING)
        return true;
    if (rip == RIP_SUSPENDED && regs(s)->user_regs.rax)
        ok = s->si && go_on(s);
    else
        ok = rip == RIP_SUSPENDED ? restored(s) : boot(s);
    regs(s)->user_regs.rip = RIP_RUNNING;
    return ok;
}

static void take_events(struct script *s)
{
    struct shared_info *sh = s->v->domain->shared_info;
    struct vcpu_info *vi = s->v->vcpu_info;
    bool store = test_and_clear_bit(s->si->store_evtchn % 4096, sh->evtchn_pending);
    bool console = test_and_clear_bit(s->si->console.domU.evtchn % 4096, sh->evtchn_pending);
    bool timer = s->timer_port && test_and_clear_bit(s->timer_port % 4096, sh->evtchn_pending);

    vi->evtchn_upcall_pending = 0;
    vi->evtchn_upcall_mask = 0;
    vi->evtchn_pending_sel = 0;
    if (store)
        script_store_event(s);
    if (console)
        console_event(s);
    if (timer)
        tick(s);
}

static void act(struct script *s)
{
    enum script_action a = s->action;

    s->action = ACT_NONE;
    if (a == ACT_SUSPEND)
        suspend(s);
    else if (a == ACT_NONE)
        sim_hypercall(s->v, __HYPERVISOR_sched_op, SCHEDOP_block, 0);
    else
        shut_down(s, a == ACT_POWEROFF ? SHUTDOWN_poweroff
                     : a == ACT_REBOOT ? SHUTDOWN_reboot
                                       : SHUTDOWN_crash);
}

void script_run(struct vcpu *v)
{
    struct domain *d = v->domain;
    struct script *s = d->arch.script;

    if (!s) {
        s = d->arch.script = xzalloc(struct script);
        if (!s)
            return;
        s->v = v;
    }
    if (!v->arch.ctx || v->vcpu_id || !wake(s)) {
        printk("d%u: the guest cannot run here\n", d->domain_id);
        domain_shutdown(d, SHUTDOWN_crash);
        sim_settle();
        return;
    }
    take_events(s);
    act(s);
}
