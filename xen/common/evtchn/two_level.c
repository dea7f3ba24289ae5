/* SPDX-License-Identifier: MIT */
/*
 * 2-level ABI: a pending and a mask bit per port in the shared info page, and a selector word per
 * vCPU that says which words have news (public/xen.h, struct shared_info).
 */
#include <xen/kernel.h>
#include <xen/lib/bitmap.h>
#include <xen/port/domain.h>

#include "private.h"

#define WORD_BITS (8 * sizeof(xen_ulong_t))

/* A domain that has gone back from the FIFO ABI has ports beyond, all of them free. */
static bool in_bitmaps(const struct evtchn *chn)
{
    return chn->port < EVTCHN_2L_NR_CHANNELS;
}

static void two_level_init(struct domain *d, struct evtchn *chn)
{
    (void)d;
    (void)chn;
}

static void notify(struct vcpu *v, unsigned int port)
{
    if (!test_and_set_bit(port / WORD_BITS, &v->vcpu_info->evtchn_pending_sel))
        port_vcpu_mark_events_pending(v);
}

static void two_level_set_pending(struct vcpu *v, struct evtchn *chn)
{
    struct domain *d = v->domain;
    unsigned int port = chn->port;

    if (test_and_set_bit(port, d->shared_info->evtchn_pending))
        return;
    if (!test_bit(port, d->shared_info->evtchn_mask))
        notify(v, port);
    evtchn_check_pollers(d, port);
}

static void two_level_clear_pending(struct domain *d, struct evtchn *chn)
{
    clear_bit(chn->port, d->shared_info->evtchn_pending);
}

static void two_level_unmask(struct domain *d, struct evtchn *chn)
{
    unsigned int port = chn->port;

    if (in_bitmaps(chn) && test_and_clear_bit(port, d->shared_info->evtchn_mask) &&
        test_bit(port, d->shared_info->evtchn_pending))
        notify(d->vcpu[chn->vcpu_id], port);
}

static bool two_level_is_pending(const struct domain *d, const struct evtchn *chn)
{
    return in_bitmaps(chn) && test_bit(chn->port, d->shared_info->evtchn_pending);
}

static bool two_level_is_masked(const struct domain *d, const struct evtchn *chn)
{
    return !in_bitmaps(chn) || test_bit(chn->port, d->shared_info->evtchn_mask);
}

static int two_level_set_priority(struct domain *d, struct evtchn *chn, unsigned int priority)
{
    (void)d;
    (void)chn;
    (void)priority;
    return -ENOSYS;
}

const struct evtchn_ops evtchn_2l_ops = {
    .abi_ports = EVTCHN_2L_NR_CHANNELS,
    .init = two_level_init,
    .set_pending = two_level_set_pending,
    .clear_pending = two_level_clear_pending,
    .unmask = two_level_unmask,
    .is_pending = two_level_is_pending,
    .is_masked = two_level_is_masked,
    .set_priority = two_level_set_priority,
};
