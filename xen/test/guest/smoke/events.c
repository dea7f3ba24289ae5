/* SPDX-License-Identifier: MIT */
#include <smoke/smoke.h>

static volatile unsigned int upcalls;
static volatile unsigned long taken[64];
static bool mask_in_upcall;

static bool take(struct regs *r)
{
    unsigned long sel, i;

    if (r->vector != ENTRY_EVENT)
        return false;
    upcalls++;
    mask_in_upcall = vcpu_info->evtchn_upcall_mask;
    vcpu_info->evtchn_upcall_pending = 0;
    sel = __atomic_exchange_n(&vcpu_info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (i = 0; i < 64; i++)
        if (sel & (1UL << i))
            taken[i] |= __atomic_exchange_n(&shared_info->evtchn_pending[i], 0, __ATOMIC_SEQ_CST);
    return true;
}

static long close_port(evtchn_port_t port)
{
    evtchn_close_t arg = {.port = port};

    return evtchn_op(EVTCHNOP_close, &arg);
}

static long send(evtchn_port_t port)
{
    evtchn_send_t arg = {.port = port};

    return evtchn_op(EVTCHNOP_send, &arg);
}

static long unmask(evtchn_port_t port)
{
    evtchn_unmask_t arg = {.port = port};

    return evtchn_op(EVTCHNOP_unmask, &arg);
}

static bool got(evtchn_port_t port)
{
    bool was = taken[port / 64] & (1UL << (port % 64));

    taken[port / 64] &= ~(1UL << (port % 64));
    return was;
}

static void ipi(void)
{
    evtchn_bind_ipi_t b = {.vcpu = 0};
    evtchn_status_t st = {.dom = DOMID_SELF};
    unsigned int before;

    WANT("bind_ipi", evtchn_op(EVTCHNOP_bind_ipi, &b), 0);
    st.port = b.port;
    WANT("status", evtchn_op(EVTCHNOP_status, &st), 0);
    WANT("status: ipi", st.status, EVTCHNSTAT_ipi);
    unmask(b.port);
    before = upcalls;
    WANT("send", send(b.port), 0);
    WANT_TRUE("pending", shared_info->evtchn_pending[b.port / 64] & (1UL << (b.port % 64)));
    WANT("no upcall while masked", upcalls, before);
    events_unmask();
    WANT("one upcall", upcalls, before + 1);
    WANT_TRUE("of this port", got(b.port));
    WANT_TRUE("events are masked in it", mask_in_upcall);
    WANT("unmasked after it", vcpu_info->evtchn_upcall_mask, 0);
    WANT("send", send(b.port), 0);
    WANT("upcall at once", upcalls, before + 2);
    got(b.port);
    __atomic_fetch_or(&shared_info->evtchn_mask[b.port / 64], 1UL << (b.port % 64),
                      __ATOMIC_SEQ_CST);
    send(b.port);
    WANT("no upcall of a masked port", upcalls, before + 2);
    unmask(b.port);
    WANT("upcall by unmask", upcalls, before + 3);
    events_mask(true);
    WANT("close", close_port(b.port), 0);
    WANT("close again", close_port(b.port), -XEN_EINVAL);
    b.vcpu = 77;
    REFUSED("an IPI of vCPU 77", evtchn_op(EVTCHNOP_bind_ipi, &b));
}

static void loopback(void)
{
    evtchn_alloc_unbound_t a = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    evtchn_bind_interdomain_t b = {.remote_dom = DOMID_SELF};
    evtchn_bind_vcpu_t v;

    WANT("alloc_unbound", evtchn_op(EVTCHNOP_alloc_unbound, &a), 0);
    b.remote_port = a.port;
    WANT("bind to it", evtchn_op(EVTCHNOP_bind_interdomain, &b), 0);
    REFUSED("a second bind", evtchn_op(EVTCHNOP_bind_interdomain, &b));
    unmask(a.port);
    unmask(b.local_port);
    events_unmask();
    got(b.local_port); /* binding notifies the binder */
    WANT("send", send(b.local_port), 0);
    WANT_TRUE("arrives at the other end", got(a.port));
    WANT_TRUE("and not at this one", !got(b.local_port));
    events_mask(true);
    v.port = a.port;
    v.vcpu = 0;
    WANT("bind_vcpu", evtchn_op(EVTCHNOP_bind_vcpu, &v), 0);
    v.vcpu = 99;
    REFUSED("bind_vcpu 99", evtchn_op(EVTCHNOP_bind_vcpu, &v));
    WANT("close", close_port(a.port), 0);
    WANT("the other", close_port(b.local_port), 0);
}

static void abuse(void)
{
    evtchn_bind_virq_t v = {.virq = VIRQ_TIMER, .vcpu = 0};
    evtchn_alloc_unbound_t a = {.dom = 0, .remote_dom = 0};
    evtchn_bind_pirq_t p = {.pirq = 1};
    evtchn_port_t port;

    WANT("virq", evtchn_op(EVTCHNOP_bind_virq, &v), 0);
    port = v.port;
    WANT("virq twice", evtchn_op(EVTCHNOP_bind_virq, &v), -XEN_EEXIST);
    REFUSED("send to a virq", send(port));
    WANT("close", close_port(port), 0);
    v.virq = 24;
    REFUSED("virq 24", evtchn_op(EVTCHNOP_bind_virq, &v));
    v.virq = VIRQ_DOM_EXC;
    evtchn_op(EVTCHNOP_bind_virq, &v);
    REFUSED("a port in dom0", evtchn_op(EVTCHNOP_alloc_unbound, &a));
    REFUSED("a pirq", evtchn_op(EVTCHNOP_bind_pirq, &p));
    REFUSED("close 0", close_port(0));
    REFUSED("close 4095", close_port(4095));
    REFUSED("close 2^32 - 1", close_port(~0U));
    REFUSED("send to 131072", send(131072));
    REFUSED("unmask of 4096", unmask(4096));
}

static void poll(void)
{
    evtchn_bind_ipi_t b = {.vcpu = 0};
    evtchn_port_t port;
    sched_poll_t p = {.nr_ports = 1};
    uint64_t start;

    WANT("bind_ipi", evtchn_op(EVTCHNOP_bind_ipi, &b), 0);
    port = b.port;
    set_xen_guest_handle(p.ports, &port);
    __atomic_fetch_and(&shared_info->evtchn_pending[port / 64], ~(1UL << (port % 64)),
                       __ATOMIC_SEQ_CST);
    start = now_ns();
    p.timeout = start + 20000000;
    WANT("poll", sched_op(SCHEDOP_poll, &p), 0);
    WANT_TRUE("poll waits for the time", now_ns() - start >= 10000000);
    send(port);
    p.timeout = now_ns() + 20000000000;
    start = now_ns();
    WANT("poll of a pending port", sched_op(SCHEDOP_poll, &p), 0);
    WANT_TRUE("does not wait", now_ns() - start < 10000000000);
    p.nr_ports = 1000;
    REFUSED("poll of 1000 ports", sched_op(SCHEDOP_poll, &p));
    close_port(port);
}

void test_events(void)
{
    WANT("no periodic timer", vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    trap_hook = take;
    ipi();
    loopback();
    abuse();
    poll();
}

static volatile unsigned int timer_fired;

static bool take_timer(struct regs *r)
{
    if (!take(r))
        return false;
    timer_fired++;
    return true;
}

static void wait_timer(const char *what)
{
    uint64_t end = now_ns() + 5000000000;

    while (!timer_fired && now_ns() < end)
        sched_op(SCHEDOP_yield, NULL);
    WANT_TRUE(what, timer_fired);
    timer_fired = 0;
}

static void runstate(void)
{
    static vcpu_runstate_info_t area __attribute__((aligned(64)));
    static struct vcpu_time_info clock __attribute__((aligned(64)));
    vcpu_register_runstate_memory_area_t reg = {.addr.v = &area};
    vcpu_register_time_memory_area_t regt = {.addr.v = &clock};
    vcpu_runstate_info_t info;
    uint64_t sum;

    WANT("get_runstate_info", vcpu_op(VCPUOP_get_runstate_info, 0, &info), 0);
    WANT("running", info.state, RUNSTATE_running);
    sum = info.time[0] + info.time[1] + info.time[2] + info.time[3];
    WANT_TRUE("its times are sane", sum && sum <= now_ns() + 1000000000);
    WANT("register_runstate", vcpu_op(VCPUOP_register_runstate_memory_area, 0, &reg), 0);
    WANT("area: running", area.state, RUNSTATE_running);
    WANT_TRUE("area: since when", area.state_entry_time && area.state_entry_time < now_ns());
    WANT("register_time", vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &regt), 0);
    WANT_TRUE("clock area is filled", clock.tsc_to_system_mul && !(clock.version & 1));
    reg.addr.p = 0;
    vcpu_op(VCPUOP_register_runstate_memory_area, 0, &reg);
}

void test_time(void)
{
    evtchn_bind_virq_t v = {.virq = VIRQ_TIMER, .vcpu = 0};
    vcpu_set_singleshot_timer_t ss = {.flags = 0};
    vcpu_set_periodic_timer_t per = {.period_ns = 10000000};
    uint64_t t = now_ns(), u;
    unsigned int i;

    vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
    for (i = 0; i < 10000; i++, t = u) {
        u = now_ns();
        if (u < t)
            failed("time goes back", u, t);
    }
    WANT_TRUE("wall clock", shared_info->wc_sec && !(shared_info->wc_version & 1));
    trap_hook = take_timer;
    WANT("virq", evtchn_op(EVTCHNOP_bind_virq, &v), 0);
    unmask(v.port);
    events_unmask(); /* the port may still be pending from an earlier use */
    events_mask(true);
    timer_fired = 0;
    t = now_ns();
    WANT("set_timer_op", hcall1(__HYPERVISOR_set_timer_op, t + 20000000), 0);
    WANT("block", sched_op(SCHEDOP_block, NULL), 0);
    WANT("the timer wakes it", timer_fired, 1);
    WANT_TRUE("not before its time", now_ns() >= t + 19000000);
    timer_fired = 0;
    ss.timeout_abs_ns = now_ns() + 5000000;
    WANT("singleshot", vcpu_op(VCPUOP_set_singleshot_timer, 0, &ss), 0);
    wait_timer("singleshot fires");
    WANT("periodic", vcpu_op(VCPUOP_set_periodic_timer, 0, &per), 0);
    wait_timer("periodic fires");
    wait_timer("periodic fires again");
    WANT("stop", vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    per.period_ns = 1;
    REFUSED("a period of 1 ns", vcpu_op(VCPUOP_set_periodic_timer, 0, &per));
    events_mask(true);
    close_port(v.port);
    runstate();
}

/* Last of all: it cannot be undone. */
void test_vcpu_info(void)
{
    static uint8_t page[PAGE_SIZE] __attribute__((aligned(4096)));
    vcpu_register_vcpu_info_t reg = {.mfn = virt_to_mfn(page), .offset = 4096 - 32};

    REFUSED("across a page", vcpu_op(VCPUOP_register_vcpu_info, 0, &reg));
    reg.offset = 128;
    reg.mfn = ~0UL >> 12;
    REFUSED("a wild frame", vcpu_op(VCPUOP_register_vcpu_info, 0, &reg));
    reg.mfn = virt_to_mfn(page);
    WANT("register", vcpu_op(VCPUOP_register_vcpu_info, 0, &reg), 0);
    vcpu_info = (void *)(page + 128);
    WANT("the mask came along", vcpu_info->evtchn_upcall_mask, 1);
    REFUSED("a second time", vcpu_op(VCPUOP_register_vcpu_info, 0, &reg));
    trap_hook = take;
    ipi();
    WANT_TRUE("the clock runs there", now_ns() && vcpu_info->time.tsc_to_system_mul);
}
