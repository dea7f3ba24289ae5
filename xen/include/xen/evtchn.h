/* SPDX-License-Identifier: MIT */
/* Event channels: 2-level and FIFO. */
#ifndef XEN_EVTCHN_H
#define XEN_EVTCHN_H

#include <public/event_channel.h>
#include <xen/domain.h>

/* Part of domain_create(), of vcpu_create(), and the stages of destruction. */
int evtchn_domain_init(struct domain *d, unsigned int max_port);
int evtchn_destroy(struct domain *d); /* closes all; -ERESTART: call again */
void evtchn_destroy_final(struct domain *d);
/* Close all but the hypervisor's own and go back to the 2-level ABI. -ERESTART: the same vCPU calls
 * again; -EBUSY. */
int evtchn_reset(struct domain *d);

/* Dispatch entry. */
long do_event_channel_op(int cmd, void *arg);

/* Send through local port @lport of @ld, as EVTCHNOP_send does. 0, -EINVAL. Any context. */
int evtchn_send(struct domain *ld, unsigned int lport);
/* Raise @virq; a per-vCPU one or a per-domain one. Any context. */
void send_guest_vcpu_virq(struct vcpu *v, uint32_t virq);
void send_guest_domain_virq(struct domain *d, uint32_t virq);
/* A guest interrupt bound to an event channel: 1 if it was already pending, 0, or < 0. */
int evtchn_send_pirq(struct domain *d, unsigned int port);
/* Channels whose one end is the hypervisor (ioreq, vm_event). fn runs on notification. */
typedef void (*xen_evtchn_fn)(struct vcpu *v, unsigned int port);
int evtchn_alloc_unbound_xen(struct domain *d, unsigned int vcpu_id, domid_t remote,
                             xen_evtchn_fn fn);
void evtchn_free_xen(struct domain *d, unsigned int port);
void evtchn_notify_xen(struct domain *d, unsigned int port);
/* XEN_DOMCTL... and builders: an unbound port in @d for @remote. Port number or < 0. */
int evtchn_alloc_unbound_for(struct domain *d, domid_t remote);

/* SCHEDOP_poll: is @port of current's domain pending? -EINVAL where there is none. */
int evtchn_port_pending(struct domain *d, unsigned int port);
void evtchn_unmask_if_valid(struct domain *d, unsigned int port);
/* Deliver what is pending when a vcpu_info moves: mark all selectors, kick. */
void evtchn_mark_all_pending(struct vcpu *v);
/* Close every port of @d that depends on vCPU state which VCPUOP_down ends. */
void evtchn_move_pirqs(struct vcpu *v);
/* The PV interrupt flag of a vcpu_info; ports without it mask by the vCPU's own means. */
static inline bool vcpu_info_masked(const struct vcpu_info *info)
{
#ifdef XEN_HAVE_PV_UPCALL_MASK
    return READ_ONCE(info->evtchn_upcall_mask);
#else
    return false;
#endif
}
static inline void vcpu_info_set_mask(struct vcpu_info *info, bool masked)
{
#ifdef XEN_HAVE_PV_UPCALL_MASK
    WRITE_ONCE(info->evtchn_upcall_mask, masked);
#endif
}
/* Pending and unmasked events for @v, as its vcpu_info says. */
static inline bool vcpu_event_pending(const struct vcpu *v)
{
    return READ_ONCE(v->vcpu_info->evtchn_upcall_pending) && !vcpu_info_masked(v->vcpu_info);
}
void evtchn_dump(unsigned char key);

/* irq.c: bind and unbind a pirq for a port (EVTCHNOP_bind_pirq). */
int pirq_guest_bind(struct vcpu *v, unsigned int pirq, bool will_share, unsigned int port);
void pirq_guest_unbind(struct domain *d, unsigned int pirq);
void pirq_set_affinity(struct domain *d, unsigned int pirq, const cpumask_t *mask);

#endif
