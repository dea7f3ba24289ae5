/* SPDX-License-Identifier: MIT */
/* PV framebuffer: a shared page with rings of events, and page lists of the pixels. */
#ifndef __XEN_PUBLIC_IO_FBIF_H__
#define __XEN_PUBLIC_IO_FBIF_H__

/* Out: from the guest. Unknown types are skipped. */
#define XENFB_TYPE_UPDATE 2
#define XENFB_TYPE_RESIZE 3

/* Pixels were drawn; only if the backend asked by "request-update". */
struct xenfb_update {
    uint8_t type;
    int32_t x, y, width, height; /* pixels */
};

/* The frontend uses another mode; only if the backend has "feature-resize". */
struct xenfb_resize {
    uint8_t type;
    int32_t width, height; /* pixels */
    int32_t stride;        /* bytes */
    int32_t depth;         /* bits */
    int32_t offset;        /* bytes, of the first pixel */
};

#define XENFB_OUT_EVENT_SIZE 40
union xenfb_out_event {
    uint8_t type;
    struct xenfb_update update;
    struct xenfb_resize resize;
    char pad[XENFB_OUT_EVENT_SIZE];
};

/* In: to the guest. */
#define XENFB_TYPE_REFRESH_PERIOD 1
#define XENFB_NO_REFRESH          0

struct xenfb_refresh_period {
    uint8_t type;
    uint32_t period; /* ms, or XENFB_NO_REFRESH */
};

#define XENFB_IN_EVENT_SIZE 40
union xenfb_in_event {
    uint8_t type;
    struct xenfb_refresh_period refresh_period;
    char pad[XENFB_IN_EVENT_SIZE];
};

/* Where the rings are in the page: byte offset, bytes, events. */
#define XENFB_IN_RING_OFFS  1024
#define XENFB_IN_RING_SIZE  1024
#define XENFB_IN_RING_LEN   (XENFB_IN_RING_SIZE / XENFB_IN_EVENT_SIZE)
#define XENFB_OUT_RING_OFFS (XENFB_IN_RING_SIZE + XENFB_IN_RING_OFFS)
#define XENFB_OUT_RING_SIZE 2048
#define XENFB_OUT_RING_LEN  (XENFB_OUT_RING_SIZE / XENFB_OUT_EVENT_SIZE)

#define XENFB_IN_RING(page)           ((union xenfb_in_event *)(XENFB_IN_RING_OFFS + (char *)(page)))
#define XENFB_IN_RING_REF(page, idx)  (XENFB_IN_RING(page)[(idx) % XENFB_IN_RING_LEN])
#define XENFB_OUT_RING(page)          ((union xenfb_out_event *)(XENFB_OUT_RING_OFFS + (char *)(page)))
#define XENFB_OUT_RING_REF(page, idx) (XENFB_OUT_RING(page)[(idx) % XENFB_OUT_RING_LEN])

struct xenfb_page {
    uint32_t in_cons, in_prod, out_cons, out_prod; /* run free */
    int32_t width, height;                         /* pixels */
    uint32_t line_length, mem_length;              /* bytes */
    uint8_t depth;                                 /* bits */
    unsigned long pd[256];                         /* pages which list the pages of pixels */
};

#ifdef __KERNEL__
/* Initial mode */
#define XENFB_WIDTH  800
#define XENFB_HEIGHT 600
#define XENFB_DEPTH  32
#endif

#endif /* __XEN_PUBLIC_IO_FBIF_H__ */
