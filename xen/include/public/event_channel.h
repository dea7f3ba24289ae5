/* SPDX-License-Identifier: MIT */
/*
 * Event channels: ports on which a domain receives one-bit notifications.
 * HYPERVISOR_event_channel_op(cmd, arg): arg points to the structure named after the command.
 */
#ifndef __XEN_PUBLIC_EVENT_CHANNEL_H__
#define __XEN_PUBLIC_EVENT_CHANNEL_H__

#include "xen.h"

#define EVTCHNOP_bind_interdomain 0
#define EVTCHNOP_bind_virq        1
#define EVTCHNOP_bind_pirq        2
#define EVTCHNOP_close            3
#define EVTCHNOP_send             4
#define EVTCHNOP_status           5
#define EVTCHNOP_alloc_unbound    6
#define EVTCHNOP_bind_ipi         7
#define EVTCHNOP_bind_vcpu        8
#define EVTCHNOP_unmask           9
#define EVTCHNOP_reset            10
#define EVTCHNOP_init_control     11 /* switches to FIFO delivery, once per vCPU */
#define EVTCHNOP_expand_array     12
#define EVTCHNOP_set_priority     13
#ifdef __XEN__
#define EVTCHNOP_reset_cont 14 /* continuation of a preempted reset */
#endif

/* evtchn_bind_pirq.flags */
#define BIND_PIRQ__WILL_SHARE 1

/* evtchn_status.status */
#define EVTCHNSTAT_closed      0
#define EVTCHNSTAT_unbound     1
#define EVTCHNSTAT_interdomain 2
#define EVTCHNSTAT_pirq        3
#define EVTCHNSTAT_virq        4
#define EVTCHNSTAT_ipi         5

/* 2-level delivery: 4096 ports of a 64-bit guest, 1024 of a 32-bit one. */
#define EVTCHN_2L_NR_CHANNELS (64 * sizeof(xen_ulong_t) * sizeof(xen_ulong_t))

/*
 * FIFO delivery: each port has an event word, of flags and the next port in its queue; a queue per
 * priority, 0 being the most urgent, starts in the vCPU's control block.
 */
#define EVTCHN_FIFO_PENDING     31 /* bit numbers */
#define EVTCHN_FIFO_MASKED      30
#define EVTCHN_FIFO_LINKED      29
#define EVTCHN_FIFO_BUSY        28
#define EVTCHN_FIFO_LINK_BITS   17
#define EVTCHN_FIFO_LINK_MASK   ((1 << EVTCHN_FIFO_LINK_BITS) - 1)
#define EVTCHN_FIFO_NR_CHANNELS (1 << EVTCHN_FIFO_LINK_BITS)

#define EVTCHN_FIFO_PRIORITY_MAX     0
#define EVTCHN_FIFO_PRIORITY_DEFAULT 7
#define EVTCHN_FIFO_PRIORITY_MIN     15
#define EVTCHN_FIFO_MAX_QUEUES       (EVTCHN_FIFO_PRIORITY_MIN + 1)

typedef uint32_t event_word_t;

typedef struct evtchn_fifo_control_block {
    uint32_t ready; /* a bit per queue that is not empty */
    uint32_t _rsvd;
    uint32_t head[EVTCHN_FIFO_MAX_QUEUES];
} evtchn_fifo_control_block_t;

typedef uint32_t evtchn_port_t;
DEFINE_XEN_GUEST_HANDLE(evtchn_port_t);

/* A port in @dom to which only @remote_dom may bind. */
typedef struct evtchn_alloc_unbound {
    domid_t dom, remote_dom; /* in */
    evtchn_port_t port;      /* out */
} evtchn_alloc_unbound_t;

/* Connects a new local port with an unbound one of another domain. */
typedef struct evtchn_bind_interdomain {
    domid_t remote_dom; /* in */
    evtchn_port_t remote_port;
    evtchn_port_t local_port; /* out */
} evtchn_bind_interdomain_t;

/* A VIRQ_* of the caller; those that are not per vCPU need vcpu 0. */
typedef struct evtchn_bind_virq {
    uint32_t virq, vcpu; /* in */
    evtchn_port_t port;  /* out */
} evtchn_bind_virq_t;

/* A physical interrupt mapped by PHYSDEVOP_map_pirq. */
typedef struct evtchn_bind_pirq {
    uint32_t pirq, flags; /* in */
    evtchn_port_t port;   /* out */
} evtchn_bind_pirq_t;

/* A port by which the caller's vCPUs interrupt the given one. */
typedef struct evtchn_bind_ipi {
    uint32_t vcpu;      /* in */
    evtchn_port_t port; /* out */
} evtchn_bind_ipi_t;

/* Which of the caller's vCPUs an existing port notifies. */
typedef struct evtchn_bind_vcpu {
    evtchn_port_t port;
    uint32_t vcpu;
} evtchn_bind_vcpu_t;

typedef struct evtchn_close {
    evtchn_port_t port;
} evtchn_close_t;

typedef struct evtchn_send {
    evtchn_port_t port;
} evtchn_send_t;

/* Clears the mask, and notifies if the port is pending. */
typedef struct evtchn_unmask {
    evtchn_port_t port;
} evtchn_unmask_t;

typedef struct evtchn_set_priority {
    evtchn_port_t port;
    uint32_t priority;
} evtchn_set_priority_t;

/* Closes every port and returns to 2-level delivery. */
typedef struct evtchn_reset {
    domid_t dom;
} evtchn_reset_t;

typedef struct evtchn_status {
    domid_t dom;        /* in */
    evtchn_port_t port; /* in */
    uint32_t status;    /* out: EVTCHNSTAT_* */
    uint32_t vcpu;      /* out */
    union {
        struct {
            domid_t dom;
        } unbound;
        struct {
            domid_t dom;
            evtchn_port_t port;
        } interdomain;
        uint32_t pirq, virq;
    } u; /* out, by status */
} evtchn_status_t;

/* Where the vCPU's control block lies: page and byte offset. Returns the link size in use. */
typedef struct evtchn_init_control {
    uint64_t control_gfn;
    uint32_t offset;
    uint32_t vcpu;
    uint8_t link_bits; /* out */
    uint8_t _pad[7];
} evtchn_init_control_t;

/* One more page of event words. */
typedef struct evtchn_expand_array {
    uint64_t array_gfn;
} evtchn_expand_array_t;

/* Argument of __HYPERVISOR_event_channel_op_compat. */
typedef struct evtchn_op {
    uint32_t cmd;
    union {
        evtchn_alloc_unbound_t alloc_unbound;
        evtchn_bind_interdomain_t bind_interdomain;
        evtchn_bind_ipi_t bind_ipi;
        evtchn_bind_pirq_t bind_pirq;
        evtchn_bind_vcpu_t bind_vcpu;
        evtchn_bind_virq_t bind_virq;
        evtchn_close_t close;
        evtchn_send_t send;
        evtchn_status_t status;
        evtchn_unmask_t unmask;
    } u;
} evtchn_op_t;
DEFINE_XEN_GUEST_HANDLE(evtchn_op_t);

#endif /* __XEN_PUBLIC_EVENT_CHANNEL_H__ */
