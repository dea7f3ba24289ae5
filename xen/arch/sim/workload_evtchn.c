/* SPDX-License-Identifier: MIT */
/* Random run: event channels. */
#include <public/event_channel.h>
#include <xen/kernel.h>
#include <xen/lib/string.h>

#include "private.h"
#include "workload.h"

#define PORTS 24

union any_op {
    struct evtchn_alloc_unbound alloc_unbound;
    struct evtchn_bind_interdomain bind_interdomain;
    struct evtchn_bind_virq bind_virq;
    struct evtchn_bind_pirq bind_pirq;
    struct evtchn_bind_ipi bind_ipi;
    struct evtchn_bind_vcpu bind_vcpu;
    struct evtchn_status status;
    struct evtchn_set_priority set_priority;
    struct evtchn_reset reset;
    struct evtchn_send send;
    struct evtchn_init_control init_control;
    struct evtchn_expand_array expand_array;
};

static void fill(struct work *w, unsigned int cmd, union any_op *op)
{
    switch (cmd) {
    case EVTCHNOP_alloc_unbound:
        op->alloc_unbound.dom = pick(w, 8) ? DOMID_SELF : pick_domid(w);
        op->alloc_unbound.remote_dom = pick_domid(w);
        break;
    case EVTCHNOP_bind_interdomain:
        op->bind_interdomain.remote_dom = pick_domid(w);
        op->bind_interdomain.remote_port = pick_small(w, PORTS);
        break;
    case EVTCHNOP_bind_virq:
    case EVTCHNOP_bind_pirq:
        op->bind_virq.virq = pick_small(w, NR_VIRQS);
        op->bind_virq.vcpu = pick_small(w, 2);
        break;
    case EVTCHNOP_bind_ipi:
        op->bind_ipi.vcpu = pick_small(w, 2);
        break;
    case EVTCHNOP_status:
        op->status.dom = pick_domid(w);
        op->status.port = pick_small(w, PORTS);
        break;
    case EVTCHNOP_reset:
        op->reset.dom = pick_domid(w);
        break;
    default: /* a port first, then perhaps a number */
        op->set_priority.port = pick_small(w, PORTS);
        op->set_priority.priority = pick_small(w, 17);
    }
}

void work_evtchn(struct work *w)
{
    static const uint8_t often[] = {EVTCHNOP_send, EVTCHNOP_alloc_unbound,
                                    EVTCHNOP_bind_interdomain, EVTCHNOP_send};
    struct vcpu *v = pick_vcpu(w, false);
    unsigned int cmd = pick(w, 24);
    union any_op op;

    if (!v)
        return;
    memset(&op, 0, sizeof(op));
    if (cmd >= 14)
        cmd = often[cmd % ARRAY_SIZE(often)];
    if (cmd == EVTCHNOP_reset && pick(w, 4))
        cmd = EVTCHNOP_send;
    fill(w, cmd, &op);
    sim_op(v, __HYPERVISOR_event_channel_op, cmd, &op, sizeof(op));
}

void work_fifo(struct work *w)
{
    struct vcpu *v = pick_vcpu(w, true);
    union any_op op;

    if (!v)
        return;
    memset(&op, 0, sizeof(op));
    if (pick(w, 2)) {
        op.init_control.control_gfn = pick_gfn(w, v->domain);
        op.init_control.offset = pick(w, 8) ? pick(w, 4) * 128 : pick(w, 65536);
        op.init_control.vcpu = pick_small(w, 2);
        sim_op(v, __HYPERVISOR_event_channel_op, EVTCHNOP_init_control, &op, sizeof(op));
    } else {
        op.expand_array.array_gfn = pick_gfn(w, v->domain);
        sim_op(v, __HYPERVISOR_event_channel_op, EVTCHNOP_expand_array, &op, sizeof(op));
    }
}

/* A guest writes to memory that the hypervisor reads: its pages, its shared_info. */
void work_write_shared(struct work *w)
{
    struct domain *d = pick_domain(w, true);
    unsigned int page, at;
    uint32_t value;

    if (!d)
        return;
    page = pick(w, 61);
    at = pick(w, 32) + (pick(w, 4) ? 0 : 32 * pick(w, 32));
    value = pick(w, 3) ? pick(w, 32) | (uint32_t)pick(w, 256) << 24 : (uint32_t)pick_bits(w);
    if (page != 60)
        sim_put(d, 4 + page % 60, at * sizeof(value), &value, sizeof(value));
    else if (d->shared_info)
        guest_bytes((uint32_t *)d->shared_info + at, &value, sizeof(value));
}
