/* SPDX-License-Identifier: MIT */
/* Event channel operations of a domain's vCPU 0, for tests. */
#ifndef TEST_UNIT_COMMON_EVTCHN_OPS_H
#define TEST_UNIT_COMMON_EVTCHN_OPS_H

#include <public/event_channel.h>
#include <xen/lib/bitmap.h>

#include "sim_test.h"

static inline long evtchn_op(struct domain *d, unsigned int cmd, void *op, size_t size)
{
    return sim_op(d->vcpu[0], __HYPERVISOR_event_channel_op, cmd, op, size);
}

static inline unsigned int alloc_unbound(struct domain *d, domid_t dom, domid_t remote)
{
    struct evtchn_alloc_unbound op = {.dom = dom, .remote_dom = remote};

    EXPECT_EQ(evtchn_op(d, EVTCHNOP_alloc_unbound, &op, sizeof(op)), 0);
    return op.port;
}

static inline unsigned int bind_interdomain(struct domain *d, domid_t remote, unsigned int port)
{
    struct evtchn_bind_interdomain op = {.remote_dom = remote, .remote_port = port};

    EXPECT_EQ(evtchn_op(d, EVTCHNOP_bind_interdomain, &op, sizeof(op)), 0);
    return op.local_port;
}

static inline long close_port(struct domain *d, unsigned int port)
{
    struct evtchn_close op = {.port = port};

    return evtchn_op(d, EVTCHNOP_close, &op, sizeof(op));
}

static inline long send(struct domain *d, unsigned int port)
{
    struct evtchn_send op = {.port = port};

    return evtchn_op(d, EVTCHNOP_send, &op, sizeof(op));
}

static inline unsigned int port_status(struct domain *d, unsigned int port)
{
    struct evtchn_status op = {.dom = DOMID_SELF, .port = port};

    EXPECT_EQ(evtchn_op(d, EVTCHNOP_status, &op, sizeof(op)), 0);
    return op.status;
}

/* The guest's own view of a port of the 2-level ABI. */
static inline bool pending_2l(struct domain *d, unsigned int port)
{
    return test_bit(port, (unsigned long *)d->shared_info->evtchn_pending);
}

static inline void clear_pending_2l(struct domain *d, unsigned int port)
{
    clear_bit(port, (unsigned long *)d->shared_info->evtchn_pending);
    d->vcpu[0]->vcpu_info->evtchn_pending_sel = 0;
    d->vcpu[0]->vcpu_info->evtchn_upcall_pending = 0;
}

static inline void mask_2l(struct domain *d, unsigned int port, bool masked)
{
    if (masked)
        set_bit(port, (unsigned long *)d->shared_info->evtchn_mask);
    else
        clear_bit(port, (unsigned long *)d->shared_info->evtchn_mask);
}

#endif
