/* SPDX-License-Identifier: MIT */
/*
 * Sockets of a guest, served by the backend. Calls go over a request ring; each connected socket
 * has a pair of byte rings. Addresses are struct sockaddr as on Linux.
 */
#ifndef __XEN_PUBLIC_IO_PVCALLS_H__
#define __XEN_PUBLIC_IO_PVCALLS_H__

#include "ring.h"
#include "../grant_table.h"

#define PVCALLS_SOCKET  0
#define PVCALLS_CONNECT 1
#define PVCALLS_RELEASE 2
#define PVCALLS_BIND    3
#define PVCALLS_LISTEN  4
#define PVCALLS_ACCEPT  5
#define PVCALLS_POLL    6

/* Index page of a socket's rings. The errors are negative once the direction is closed. */
struct pvcalls_data_intf {
    RING_IDX in_cons, in_prod, in_error;
    uint8_t pad1[52];
    RING_IDX out_cons, out_prod, out_error;
    uint8_t pad2[52];
    RING_IDX ring_order; /* 1 << ring_order pages */
    grant_ref_t ref[];
};
DEFINE_XEN_FLEX_RING(pvcalls);

/* `id` is the frontend's number for the socket. */
struct xen_pvcalls_request {
    uint32_t req_id; /* returned in the response */
    uint32_t cmd;    /* PVCALLS_* */
    union {
        struct xen_pvcalls_socket {
            uint64_t id;
            uint32_t domain, type, protocol;
            uint8_t pad[4];
        } socket;
        struct xen_pvcalls_connect {
            uint64_t id;
            uint8_t addr[28];
            uint32_t len; /* bytes of addr */
            uint32_t flags;
            grant_ref_t ref; /* of pvcalls_data_intf */
            uint32_t evtchn;
            uint8_t pad[4];
        } connect;
        struct xen_pvcalls_release {
            uint64_t id;
            uint8_t reuse; /* boolean: the rings may be taken for another socket */
            uint8_t pad[7];
        } release;
        struct xen_pvcalls_bind {
            uint64_t id;
            uint8_t addr[28];
            uint32_t len;
        } bind;
        struct xen_pvcalls_listen {
            uint64_t id;
            uint32_t backlog;
            uint8_t pad[4];
        } listen;
        struct xen_pvcalls_accept {
            uint64_t id, id_new;
            grant_ref_t ref;
            uint32_t evtchn;
        } accept;
        struct xen_pvcalls_poll {
            uint64_t id;
        } poll;
        struct xen_pvcalls_dummy {
            uint8_t dummy[56];
        } dummy; /* sets the size */
    } u;
};

struct xen_pvcalls_response {
    uint32_t req_id, cmd;
    int32_t ret; /* 0 or more, or a negative XEN_E* */
    uint32_t pad;
    union {
        struct _xen_pvcalls_socket {
            uint64_t id;
        } socket;
        struct _xen_pvcalls_connect {
            uint64_t id;
        } connect;
        struct _xen_pvcalls_release {
            uint64_t id;
        } release;
        struct _xen_pvcalls_bind {
            uint64_t id;
        } bind;
        struct _xen_pvcalls_listen {
            uint64_t id;
        } listen;
        struct _xen_pvcalls_accept {
            uint64_t id;
        } accept;
        struct _xen_pvcalls_poll {
            uint64_t id;
        } poll;
        struct _xen_pvcalls_dummy {
            uint8_t dummy[8];
        } dummy;
    } u;
};

DEFINE_RING_TYPES(xen_pvcalls, struct xen_pvcalls_request, struct xen_pvcalls_response);

#endif /* __XEN_PUBLIC_IO_PVCALLS_H__ */
