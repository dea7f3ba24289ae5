/* SPDX-License-Identifier: MIT */
#include <kernel/bench.h>

static unsigned int near_port, far_port; /* a channel of which both ends are ours */

bool event_take(unsigned int port)
{
    unsigned long bit = 1UL << (port % 64), old;

    old = __atomic_fetch_and(&shared_info->evtchn_pending[port / 64], ~bit, __ATOMIC_SEQ_CST);
    vcpu_info->evtchn_pending_sel = 0;
    vcpu_info->evtchn_upcall_pending = 0;
    return old & bit;
}

void event_wait(unsigned int port)
{
    evtchn_port_t ports[1] = {port};
    sched_poll_t poll = {.ports = {ports}, .nr_ports = 1};

    while (!event_take(port))
        sched_op(SCHEDOP_poll, &poll);
}

long event_send(unsigned int port)
{
    evtchn_send_t send = {.port = port};

    return evtchn_op(EVTCHNOP_send, &send);
}

static long version(void)
{
    return hcall2(__HYPERVISOR_xen_version, 0, 0) <= 0;
}

static long send_self(void)
{
    return event_send(near_port) || !event_take(far_port);
}

static long set_timer(void)
{
    return hcall1(__HYPERVISOR_set_timer_op, now_ns() + 1000000000);
}

void bench_local(void)
{
    evtchn_alloc_unbound_t unbound = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    evtchn_bind_interdomain_t bind = {.remote_dom = DOMID_SELF};

    measure("xen_version", 1000, version);
    if (evtchn_op(EVTCHNOP_alloc_unbound, &unbound))
        finish(RESULT_FAILURE, "alloc_unbound");
    bind.remote_port = unbound.port;
    if (evtchn_op(EVTCHNOP_bind_interdomain, &bind))
        finish(RESULT_FAILURE, "bind_interdomain");
    near_port = bind.local_port;
    far_port = unbound.port;
    event_take(near_port);
    event_take(far_port);
    shared_info->evtchn_mask[far_port / 64] &= ~(1UL << (far_port % 64));
    measure("evtchn_send_self", 1000, send_self);
    measure("set_timer", 1000, set_timer);
    hcall1(__HYPERVISOR_set_timer_op, 0);
}
