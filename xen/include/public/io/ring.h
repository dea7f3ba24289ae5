/* SPDX-License-Identifier: MIT */
/*
 * Rings of requests and responses between a frontend and a backend, in shared memory.
 *
 * Indices run free and wrap at 2^32; a ring has a power of two of entries, each of which holds a
 * request or the response to it. Each side keeps private copies of the indices which it advances
 * itself. The includer supplies memset() and memcpy() for the macros that use them, offsetof() for
 * __CONST_RING_SIZE, and the barriers xen_mb(), xen_rmb() and xen_wmb().
 */
#ifndef __XEN_PUBLIC_IO_RING_H__
#define __XEN_PUBLIC_IO_RING_H__

#include "../xen-compat.h"

#if __XEN_INTERFACE_VERSION__ < 0x00030208
#define xen_wmb() wmb()
#define xen_rmb() rmb()
#define xen_mb()  mb()
#endif

typedef unsigned int RING_IDX;

/* The highest power of two that is not above a 32-bit number; a constant if the number is. */
#define __RD2(x)  ((x) >> 1 ? 2 : (x))
#define __RD4(x)  ((x) >> 2 ? __RD2((x) >> 2) << 2 : __RD2(x))
#define __RD8(x)  ((x) >> 4 ? __RD4((x) >> 4) << 4 : __RD4(x))
#define __RD16(x) ((x) >> 8 ? __RD8((x) >> 8) << 8 : __RD8(x))
#define __RD32(x) ((x) >> 16 ? __RD16((x) >> 16) << 16 : __RD16(x))

/* Entries in a ring of `size` bytes: by the name of the ring, and by a pointer to it. */
#define __CONST_RING_SIZE(name, size)                                                              \
    (__RD32(((size)-offsetof(struct name##_sring, ring)) /                                         \
            sizeof(((struct name##_sring *)0)->ring[0])))
#define __RING_SIZE(s, size)                                                                       \
    (__RD32(((size) - ((long)(s)->ring - (long)(s))) / sizeof((s)->ring[0])))

/*
 * DEFINE_RING_TYPES(name, request, response) defines
 *   name_sring_t       the shared page
 *   name_front_ring_t  the frontend's view
 *   name_back_ring_t   the backend's view
 * req_event and rsp_event say at which producer index the other side wants a notification.
 */
#define DEFINE_RING_TYPES(name, request, response)                                                 \
    union name##_sring_entry {                                                                     \
        request req;                                                                               \
        response rsp;                                                                              \
    };                                                                                             \
    typedef struct name##_sring {                                                                  \
        RING_IDX req_prod, req_event;                                                              \
        RING_IDX rsp_prod, rsp_event;                                                              \
        union {                                                                                    \
            uint8_t pvt_pad[4];                                                                    \
            struct {                                                                               \
                uint8_t smartpoll_active;                                                          \
            } netif;                                                                               \
            struct {                                                                               \
                uint8_t msg;                                                                       \
            } tapif_user;                                                                          \
        } pvt;                                                                                     \
        uint8_t __pad[44];                                                                         \
        union name##_sring_entry ring[1]; /* to the end of the page */                             \
    } name##_sring_t;                                                                              \
    typedef struct name##_front_ring {                                                             \
        RING_IDX req_prod_pvt, rsp_cons;                                                           \
        unsigned int nr_ents;                                                                      \
        struct name##_sring *sring;                                                                \
    } name##_front_ring_t;                                                                         \
    typedef struct name##_back_ring {                                                              \
        RING_IDX rsp_prod_pvt, req_cons;                                                           \
        unsigned int nr_ents;                                                                      \
        struct name##_sring *sring;                                                                \
    } name##_back_ring_t

/*
 * Setting up. ATTACH takes an existing ring at index `at`, INIT a fresh one.
 */
#define SHARED_RING_INIT(s)                                                                        \
    do {                                                                                           \
        (s)->rsp_prod = (s)->req_prod = 0;                                                         \
        (s)->rsp_event = (s)->req_event = 1;                                                       \
        (void)memset(&(s)->pvt, 0, sizeof((s)->pvt));                                              \
        (void)memset((s)->__pad, 0, sizeof((s)->__pad));                                           \
    } while (0)

#define FRONT_RING_ATTACH(r, s, at, size)                                                          \
    do {                                                                                           \
        (r)->sring = (s);                                                                          \
        (r)->nr_ents = __RING_SIZE(s, size);                                                       \
        (r)->rsp_cons = (at);                                                                      \
        (r)->req_prod_pvt = (at);                                                                  \
    } while (0)

#define BACK_RING_ATTACH(r, s, at, size)                                                           \
    do {                                                                                           \
        (r)->sring = (s);                                                                          \
        (r)->nr_ents = __RING_SIZE(s, size);                                                       \
        (r)->req_cons = (at);                                                                      \
        (r)->rsp_prod_pvt = (at);                                                                  \
    } while (0)

#define FRONT_RING_INIT(r, s, size) FRONT_RING_ATTACH(r, s, 0, size)
#define BACK_RING_INIT(r, s, size)  BACK_RING_ATTACH(r, s, 0, size)

/* Both of the frontend's duties: the shared page and its own view. */
#define XEN_FRONT_RING_INIT(r, s, size)                                                            \
    do {                                                                                           \
        SHARED_RING_INIT(s);                                                                       \
        FRONT_RING_INIT(r, s, size);                                                               \
    } while (0)

/*
 * Counting
 */
#define RING_SIZE(r)          ((r)->nr_ents)
#define RING_FREE_REQUESTS(r) (RING_SIZE(r) - ((r)->req_prod_pvt - (r)->rsp_cons))
#define RING_FULL(r)          (!RING_FREE_REQUESTS(r))

#define XEN_RING_NR_UNCONSUMED_RESPONSES(r) ((r)->sring->rsp_prod - (r)->rsp_cons)

/* Never more than there are free entries, whatever the frontend claims. */
#ifndef __GNUC__
#define __xen_ring_req_new(r) ((r)->sring->req_prod - (r)->req_cons)
#define __xen_ring_req_max(r) (RING_SIZE(r) - ((r)->req_cons - (r)->rsp_prod_pvt))
#define XEN_RING_NR_UNCONSUMED_REQUESTS(r)                                                         \
    (__xen_ring_req_max(r) <= __xen_ring_req_new(r) ? __xen_ring_req_max(r) : __xen_ring_req_new(r))
#else
#define XEN_RING_NR_UNCONSUMED_REQUESTS(r)                                                         \
    ({                                                                                             \
        unsigned int __new_reqs = (r)->sring->req_prod - (r)->req_cons;                            \
        unsigned int __max_reqs = RING_SIZE(r) - ((r)->req_cons - (r)->rsp_prod_pvt);              \
        __max_reqs <= __new_reqs ? __max_reqs : __new_reqs;                                        \
    })
#endif

#ifndef XEN_RING_HAS_UNCONSUMED_IS_BOOL
#define RING_HAS_UNCONSUMED_REQUESTS(r)  XEN_RING_NR_UNCONSUMED_REQUESTS(r)
#define RING_HAS_UNCONSUMED_RESPONSES(r) XEN_RING_NR_UNCONSUMED_RESPONSES(r)
#else
#define RING_HAS_UNCONSUMED_REQUESTS(r)  (XEN_RING_NR_UNCONSUMED_REQUESTS(r) != 0)
#define RING_HAS_UNCONSUMED_RESPONSES(r) (XEN_RING_NR_UNCONSUMED_RESPONSES(r) != 0)
#endif

/* True if an index which the other side wrote cannot be right. */
#define RING_REQUEST_CONS_OVERFLOW(r, cons)  (RING_SIZE(r) <= ((cons) - (r)->rsp_prod_pvt))
#define RING_REQUEST_PROD_OVERFLOW(r, prod)  (RING_SIZE(r) < ((prod) - (r)->rsp_prod_pvt))
#define RING_RESPONSE_PROD_OVERFLOW(r, prod) (RING_SIZE(r) < ((prod) - (r)->rsp_cons))

/*
 * Entries. GET points into shared memory; COPY reads the entry once.
 */
#define __xen_ring_entry(r, idx)  ((r)->sring->ring[(RING_SIZE(r) - 1) & (idx)])
#define RING_GET_REQUEST(r, idx)  (&__xen_ring_entry(r, idx).req)
#define RING_GET_RESPONSE(r, idx) (&__xen_ring_entry(r, idx).rsp)

#define RING_COPY_(type, r, idx, dest)                                                             \
    do {                                                                                           \
        *(dest) = *(volatile __typeof__(dest))RING_GET_##type(r, idx);                             \
    } while (0)
#define RING_COPY_REQUEST(r, idx, dest)  RING_COPY_(REQUEST, r, idx, dest)
#define RING_COPY_RESPONSE(r, idx, dest) RING_COPY_(RESPONSE, r, idx, dest)

/*
 * Publishing what was produced. The AND_CHECK_NOTIFY forms set `notify` if the other side asked to
 * be told about one of the new entries.
 */
#define RING_PUSH_REQUESTS(r)                                                                      \
    do {                                                                                           \
        xen_wmb(); /* entries before the index */                                                  \
        (r)->sring->req_prod = (r)->req_prod_pvt;                                                  \
    } while (0)

#define RING_PUSH_RESPONSES(r)                                                                     \
    do {                                                                                           \
        xen_wmb(); /* entries before the index */                                                  \
        (r)->sring->rsp_prod = (r)->rsp_prod_pvt;                                                  \
    } while (0)

#define __xen_ring_push_notify(r, prod, event, notify)                                             \
    do {                                                                                           \
        RING_IDX __first = (r)->sring->prod, __end = (r)->prod##_pvt;                              \
        xen_wmb(); /* entries before the index */                                                  \
        (r)->sring->prod = __end;                                                                  \
        xen_mb(); /* the index before the look at the event */                                     \
        (notify) = (RING_IDX)(__end - (r)->sring->event) < (RING_IDX)(__end - __first);            \
    } while (0)
#define RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(r, notify)                                             \
    __xen_ring_push_notify(r, req_prod, req_event, notify)
#define RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(r, notify)                                            \
    __xen_ring_push_notify(r, rsp_prod, rsp_event, notify)

/*
 * Before sleeping: ask to be notified of the next entry, and look once more.
 */
#define __xen_ring_final_check(r, work, has_work, event, cons)                                     \
    do {                                                                                           \
        (work) = has_work(r);                                                                      \
        if (!(work)) {                                                                             \
            (r)->sring->event = (r)->cons + 1;                                                     \
            xen_mb(); /* the request to be told before the last look */                            \
            (work) = has_work(r);                                                                  \
        }                                                                                          \
    } while (0)
#define RING_FINAL_CHECK_FOR_REQUESTS(r, work)                                                     \
    __xen_ring_final_check(r, work, RING_HAS_UNCONSUMED_REQUESTS, req_event, req_cons)
#define RING_FINAL_CHECK_FOR_RESPONSES(r, work)                                                    \
    __xen_ring_final_check(r, work, RING_HAS_UNCONSUMED_RESPONSES, rsp_event, rsp_cons)

/*
 * Byte rings in two directions (9pfs, pvcalls): the data pages are cut in two halves.
 *
 * DEFINE_XEN_FLEX_RING(name) gives, for a ring of ring_size bytes (a power of two):
 *   name_mask          an index within the ring
 *   name_get_ring_ptr  a byte of it
 *   name_read_packet   copies bytes out; indices are masked, masked_cons advances
 *   name_write_packet  copies bytes in, likewise
 *   name_queued        bytes between two indices that are not masked
 *   struct name_data   the two halves
 * The callers of the packet functions have made sure that there are data or room.
 */
#ifndef XEN_PAGE_SHIFT
#define XEN_PAGE_SHIFT 12
#endif

/* Bytes of one half, if there are 1 << order pages. */
#define XEN_FLEX_RING_SIZE(order) (1UL << (XEN_PAGE_SHIFT + (order)-1))

#define DEFINE_XEN_FLEX_RING(name)                                                                 \
    struct name##_data {                                                                           \
        unsigned char *in, *out;                                                                   \
    };                                                                                             \
    static inline RING_IDX name##_mask(RING_IDX idx, RING_IDX ring_size)                           \
    {                                                                                              \
        return (ring_size - 1) & idx;                                                              \
    }                                                                                              \
    static inline unsigned char *name##_get_ring_ptr(unsigned char *buf, RING_IDX idx,             \
                                                     RING_IDX ring_size)                           \
    {                                                                                              \
        return &buf[name##_mask(idx, ring_size)];                                                  \
    }                                                                                              \
    static inline void name##_read_packet(void *opaque, const unsigned char *buf, size_t size,     \
                                          RING_IDX masked_prod, RING_IDX *masked_cons,             \
                                          RING_IDX ring_size)                                      \
    {                                                                                              \
        RING_IDX at = *masked_cons;                                                                \
        size_t head = size;                                                                        \
                                                                                                   \
        if (at >= masked_prod && head > ring_size - at)                                            \
            head = ring_size - at;                                                                 \
        memcpy(opaque, &buf[at], head);                                                            \
        memcpy((unsigned char *)opaque + head, buf, size - head);                                  \
        *masked_cons = name##_mask(at + size, ring_size);                                          \
    }                                                                                              \
    static inline void name##_write_packet(unsigned char *buf, const void *opaque, size_t size,    \
                                           RING_IDX *masked_prod, RING_IDX masked_cons,            \
                                           RING_IDX ring_size)                                     \
    {                                                                                              \
        RING_IDX at = *masked_prod;                                                                \
        size_t head = size;                                                                        \
                                                                                                   \
        if (at >= masked_cons && head > ring_size - at)                                            \
            head = ring_size - at;                                                                 \
        memcpy(&buf[at], opaque, head);                                                            \
        memcpy(buf, (const unsigned char *)opaque + head, size - head);                            \
        *masked_prod = name##_mask(at + size, ring_size);                                          \
    }                                                                                              \
    static inline RING_IDX name##_queued(RING_IDX prod, RING_IDX cons, RING_IDX ring_size)         \
    {                                                                                              \
        RING_IDX used = name##_mask(prod - cons, ring_size);                                       \
                                                                                                   \
        return prod != cons && used == 0 ? ring_size : used;                                       \
    }                                                                                              \
    struct name##_data

/* And with them the page of indices, which lists the data pages. */
#define DEFINE_XEN_FLEX_RING_AND_INTF(name)                                                        \
    struct name##_data_intf {                                                                      \
        RING_IDX in_cons, in_prod;                                                                 \
        uint8_t pad1[56];                                                                          \
        RING_IDX out_cons, out_prod;                                                               \
        uint8_t pad2[56];                                                                          \
        RING_IDX ring_order; /* 1 << ring_order pages */                                           \
        grant_ref_t ref[];                                                                         \
    };                                                                                             \
    DEFINE_XEN_FLEX_RING(name)

#endif /* __XEN_PUBLIC_IO_RING_H__ */
