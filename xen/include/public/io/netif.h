/* SPDX-License-Identifier: MIT */
/*
 * Network devices. Per queue a ring for packets from the guest (tx) and one for packets to it
 * (rx), and per device an optional control ring.
 *
 * A packet takes one slot per piece of data. The first request (tx) or response (rx) may be
 * followed by slots of netif_extra_info; all but the last slot of data have "more_data". In the tx
 * ring the first size is the whole packet's, the others are their own.
 */
#ifndef __XEN_PUBLIC_IO_NETIF_H__
#define __XEN_PUBLIC_IO_NETIF_H__

#include "ring.h"
#include "../grant_table.h"

/* Slots per packet which every backend takes. */
#define XEN_NETIF_NR_SLOTS_MIN 18
#define XEN_NETIF_MAX_TX_SIZE  0xFFFF /* bytes of a packet */

/*
 * From the guest
 */
#define _NETTXF_csum_blank     (0) /* the checksum is left to the receiver or the NIC */
#define _NETTXF_data_validated (1) /* the data are known to be good */
#define _NETTXF_more_data      (2)
#define _NETTXF_extra_info     (3)
#define NETTXF_csum_blank      (1U << _NETTXF_csum_blank)
#define NETTXF_data_validated  (1U << _NETTXF_data_validated)
#define NETTXF_more_data       (1U << _NETTXF_more_data)
#define NETTXF_extra_info      (1U << _NETTXF_extra_info)

typedef struct netif_tx_request {
    grant_ref_t gref;
    uint16_t offset; /* bytes, in the page */
    uint16_t flags;  /* NETTXF_* */
    uint16_t id;     /* returned in the response */
    uint16_t size;   /* bytes */
} netif_tx_request_t;

/* status of both directions */
#define NETIF_RSP_OKAY    0
#define NETIF_RSP_NULL    1 /* tx: answers a slot of extra_info */
#define NETIF_RSP_ERROR   (-1)
#define NETIF_RSP_DROPPED (-2)

typedef struct netif_tx_response {
    uint16_t id;
    int16_t status; /* NETIF_RSP_* */
} netif_tx_response_t;

/*
 * To the guest: the frontend offers empty pages
 */
typedef struct netif_rx_request {
    uint16_t id, pad;
    grant_ref_t gref;
} netif_rx_request_t;

#define _NETRXF_data_validated (0)
#define _NETRXF_csum_blank     (1)
#define _NETRXF_more_data      (2)
#define _NETRXF_extra_info     (3)
#define _NETRXF_gso_prefix     (4) /* this slot has no data but the segment size, as offset */
#define NETRXF_data_validated  (1U << _NETRXF_data_validated)
#define NETRXF_csum_blank      (1U << _NETRXF_csum_blank)
#define NETRXF_more_data       (1U << _NETRXF_more_data)
#define NETRXF_extra_info      (1U << _NETRXF_extra_info)
#define NETRXF_gso_prefix      (1U << _NETRXF_gso_prefix)

typedef struct netif_rx_response {
    uint16_t id;
    uint16_t offset; /* bytes */
    uint16_t flags;  /* NETRXF_* */
    int16_t status;  /* bytes, or NETIF_RSP_ERROR ... */
} netif_rx_response_t;

/*
 * Extra slots
 */
#define XEN_NETIF_EXTRA_TYPE_NONE      (0)
#define XEN_NETIF_EXTRA_TYPE_GSO       (1)
#define XEN_NETIF_EXTRA_TYPE_MCAST_ADD (2) /* alone: no data follow */
#define XEN_NETIF_EXTRA_TYPE_MCAST_DEL (3)
#define XEN_NETIF_EXTRA_TYPE_HASH      (4)
#define XEN_NETIF_EXTRA_TYPE_MAX       (5)

#define _XEN_NETIF_EXTRA_FLAG_MORE (0) /* another extra slot follows */
#define XEN_NETIF_EXTRA_FLAG_MORE  (1U << _XEN_NETIF_EXTRA_FLAG_MORE)

#define XEN_NETIF_GSO_TYPE_NONE  (0)
#define XEN_NETIF_GSO_TYPE_TCPV4 (1)
#define XEN_NETIF_GSO_TYPE_TCPV6 (2)

typedef struct netif_extra_info {
    uint8_t type;  /* XEN_NETIF_EXTRA_TYPE_* */
    uint8_t flags; /* XEN_NETIF_EXTRA_FLAG_* */
    union {
        struct {
            uint16_t size;     /* bytes of payload per segment */
            uint8_t type, pad; /* XEN_NETIF_GSO_TYPE_* */
            uint16_t features; /* 0 */
        } gso;
        struct {
            uint8_t addr[6];
        } mcast;
        struct {
            uint8_t type;      /* _XEN_NETIF_CTRL_HASH_TYPE_* */
            uint8_t algorithm; /* XEN_NETIF_CTRL_HASH_ALGORITHM_* */
            uint8_t value[4];  /* little endian */
        } hash;
        uint16_t pad[3];
    } u;
} netif_extra_info_t;

DEFINE_RING_TYPES(netif_tx, struct netif_tx_request, struct netif_tx_response);
DEFINE_RING_TYPES(netif_rx, struct netif_rx_request, struct netif_rx_response);

/*
 * Control ring: how the backend hashes packets to queues, and grants it may keep mapped
 */
#define XEN_NETIF_CTRL_TYPE_INVALID               0
#define XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS        1  /* out: data, types it can */
#define XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS        2  /* types */
#define XEN_NETIF_CTRL_TYPE_SET_HASH_KEY          3  /* grant, bytes */
#define XEN_NETIF_CTRL_TYPE_GET_HASH_MAPPING_SIZE 4  /* out: data, largest it can */
#define XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING_SIZE 5  /* entries */
#define XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING      6  /* grant of 32-bit queues, count, first */
#define XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM    7  /* XEN_NETIF_CTRL_HASH_ALGORITHM_* */
#define XEN_NETIF_CTRL_TYPE_GET_GREF_MAPPING_SIZE 8  /* queue; out: data, how many it can */
#define XEN_NETIF_CTRL_TYPE_ADD_GREF_MAPPING      9  /* queue, grant of xen_netif_gref[], count */
#define XEN_NETIF_CTRL_TYPE_DEL_GREF_MAPPING      10 /* likewise */

#define XEN_NETIF_CTRL_STATUS_SUCCESS           0
#define XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED     1
#define XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER 2
#define XEN_NETIF_CTRL_STATUS_BUFFER_OVERFLOW   3

#define _XEN_NETIF_CTRL_HASH_TYPE_IPV4     0
#define _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP 1
#define _XEN_NETIF_CTRL_HASH_TYPE_IPV6     2
#define _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP 3
#define XEN_NETIF_CTRL_HASH_TYPE_IPV4      (1 << _XEN_NETIF_CTRL_HASH_TYPE_IPV4)
#define XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP  (1 << _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP)
#define XEN_NETIF_CTRL_HASH_TYPE_IPV6      (1 << _XEN_NETIF_CTRL_HASH_TYPE_IPV6)
#define XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP  (1 << _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP)

#define XEN_NETIF_CTRL_HASH_ALGORITHM_NONE     0
#define XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ 1

struct xen_netif_ctrl_request {
    uint16_t id, type; /* XEN_NETIF_CTRL_TYPE_* */
    uint32_t data[3];
};

struct xen_netif_ctrl_response {
    uint16_t id, type;
    uint32_t status; /* XEN_NETIF_CTRL_STATUS_* */
    uint32_t data;
};

#define _XEN_NETIF_CTRLF_GREF_readonly 0
#define XEN_NETIF_CTRLF_GREF_readonly  (1U << _XEN_NETIF_CTRLF_GREF_readonly)

struct xen_netif_gref {
    grant_ref_t ref;
    uint16_t flags;  /* in: XEN_NETIF_CTRLF_GREF_* */
    uint16_t status; /* out: XEN_NETIF_CTRL_STATUS_* */
};

DEFINE_RING_TYPES(xen_netif_ctrl, struct xen_netif_ctrl_request, struct xen_netif_ctrl_response);

#ifdef XEN_NETIF_DEFINE_TOEPLITZ
/*
 * The Toeplitz hash: for every set bit of the input, the 32 bits of the key which start at that
 * bit's position are added modulo 2. The key goes on with zeros. Lengths are in bytes.
 */
static uint32_t xen_netif_toeplitz_hash(const uint8_t *key, unsigned int keylen, const uint8_t *buf,
                                        unsigned int buflen)
{
    uint32_t window = 0, hash = 0;
    unsigned int i;

    for (i = 0; i < 32 / 8; i++)
        window = window << 8 | (i < keylen ? key[i] : 0);

    for (i = 0; i < 8 * buflen; i++) {
        unsigned int next = i + 32; /* bit of the key which enters the window */

        if (buf[i / 8] >> (7 - i % 8) & 1)
            hash ^= window;
        window <<= 1;
        if (next / 8 < keylen)
            window |= key[next / 8] >> (7 - next % 8) & 1;
    }
    return hash;
}
#endif /* XEN_NETIF_DEFINE_TOEPLITZ */

#endif /* __XEN_PUBLIC_IO_NETIF_H__ */
