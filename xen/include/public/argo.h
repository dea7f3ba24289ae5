/* SPDX-License-Identifier: MIT */
/*
 * Messages between domains, copied by the hypervisor into rings of the receiver.
 * HYPERVISOR_argo_op(cmd, arg1, arg2, arg3, arg4).
 */
#ifndef __XEN_PUBLIC_ARGO_H__
#define __XEN_PUBLIC_ARGO_H__

#include "xen.h"

/* xen_argo_register_ring, xen_argo_gfn_t[], number of gfns, flags */
#define XEN_ARGO_OP_register_ring   1
/* xen_argo_unregister_ring */
#define XEN_ARGO_OP_unregister_ring 2
/* xen_argo_send_addr, xen_argo_iov_t[], number of them, message type; returns bytes sent */
#define XEN_ARGO_OP_sendv           3
/* xen_argo_ring_data: in what is to be sent where; out, how the rings are. VIRQ_ARGO follows */
#define XEN_ARGO_OP_notify          4

/* Flags of register_ring: -EEXIST if there is one already. */
#define XEN_ARGO_REGISTER_FLAG_FAIL_EXIST 0x1
#ifdef __XEN__
#define XEN_ARGO_REGISTER_FLAG_MASK XEN_ARGO_REGISTER_FLAG_FAIL_EXIST
#endif

#define XEN_ARGO_DOMID_ANY     DOMID_INVALID  /* a ring for any sender */
#define XEN_ARGO_MAX_RING_SIZE (0x1000000ULL) /* bytes */
#define XEN_ARGO_MAXIOV        8U
#define XEN_ARGO_MSG_SLOT_SIZE 0x10 /* bytes: messages in a ring start at multiples */

typedef uint32_t xen_argo_port_t;
typedef uint64_t xen_argo_gfn_t;

typedef struct xen_argo_iov {
    XEN_GUEST_HANDLE(uint8) iov_hnd;
    uint32_t iov_len, pad; /* bytes */
} xen_argo_iov_t;

typedef struct xen_argo_addr {
    xen_argo_port_t aport;
    domid_t domain_id;
    uint16_t pad;
} xen_argo_addr_t;

typedef struct xen_argo_send_addr {
    xen_argo_addr_t src, dst;
} xen_argo_send_addr_t;

typedef struct xen_argo_register_ring {
    xen_argo_port_t aport;
    domid_t partner_id; /* who may send */
    uint16_t pad;
    uint32_t len; /* bytes of the ring proper */
} xen_argo_register_ring_t;

typedef struct xen_argo_unregister_ring {
    xen_argo_port_t aport;
    domid_t partner_id;
    uint16_t pad;
} xen_argo_unregister_ring_t;

/* Start of the shared memory. Byte offsets: the guest moves rx_ptr, the hypervisor tx_ptr. */
typedef struct xen_argo_ring {
    uint32_t rx_ptr, tx_ptr;
    uint8_t reserved[56];
    uint8_t ring[XEN_FLEX_ARRAY_DIM];
} xen_argo_ring_t;

/* A message in a ring. */
struct xen_argo_ring_message_header {
    uint32_t len; /* bytes with this header */
    xen_argo_addr_t source;
    uint32_t message_type; /* as the sender gave it */
    uint8_t data[XEN_FLEX_ARRAY_DIM];
};

/* xen_argo_ring_data_ent.flags, out */
#define XEN_ARGO_RING_EXISTS     (1U << 0)
#define XEN_ARGO_RING_SHARED     (1U << 1) /* it has other senders */
#define XEN_ARGO_RING_EMPTY      (1U << 2)
#define XEN_ARGO_RING_SUFFICIENT (1U << 3) /* there is space now */
#define XEN_ARGO_RING_EMSGSIZE   (1U << 4) /* there never will be */
#define XEN_ARGO_RING_EBUSY      (1U << 5) /* too many domains wait for space */

typedef struct xen_argo_ring_data_ent {
    xen_argo_addr_t ring; /* in */
    uint16_t flags;       /* out */
    uint16_t pad;
    uint32_t space_required;   /* in: bytes */
    uint32_t max_message_size; /* out: bytes */
} xen_argo_ring_data_ent_t;

typedef struct xen_argo_ring_data {
    uint32_t nent, pad;
    xen_argo_ring_data_ent_t data[XEN_FLEX_ARRAY_DIM];
} xen_argo_ring_data_t;

#endif /* __XEN_PUBLIC_ARGO_H__ */
