/* SPDX-License-Identifier: MIT */
/* USB: a virtual host controller. One ring for transfers (URBs), one for ports coming and going. */
#ifndef __XEN_PUBLIC_IO_USBIF_H__
#define __XEN_PUBLIC_IO_USBIF_H__

#include "ring.h"
#include "../grant_table.h"

/* The backend's "usb-ver" node */
enum usb_spec_version {
    USB_VER_UNKNOWN,
    USB_VER_USB11,
    USB_VER_USB20,
    USB_VER_USB30,
};

#define USBIF_MAX_PORTNR               31
#define USBIF_MAX_SEGMENTS_PER_REQUEST (16)
#define USBIF_RING_SIZE                4096 /* bytes */

/*
 * A pipe: port in 4:0, 5 cancel (u.unlink), 7 direction (1: in), device in 14:8, endpoint in
 * 18:15, type in 31:30.
 */
#define USBIF_PIPE_PORT_MASK  0x0000001f
#define USBIF_PIPE_UNLINK     0x00000020
#define USBIF_PIPE_DIR        0x00000080
#define USBIF_PIPE_DEV_SHIFT  8
#define USBIF_PIPE_DEV_MASK   0x0000007f
#define USBIF_PIPE_EP_SHIFT   15
#define USBIF_PIPE_EP_MASK    0x0000000f
#define USBIF_PIPE_TYPE_SHIFT 30
#define USBIF_PIPE_TYPE_MASK  0x00000003
#define USBIF_PIPE_TYPE_ISOC  0
#define USBIF_PIPE_TYPE_INT   1
#define USBIF_PIPE_TYPE_CTRL  2
#define USBIF_PIPE_TYPE_BULK  3

#define __usbif_field(pipe, what) (USBIF_PIPE_##what##_MASK & ((pipe) >> USBIF_PIPE_##what##_SHIFT))

#define usbif_pipeportnum(pipe)              (USBIF_PIPE_PORT_MASK & (pipe))
#define usbif_setportnum_pipe(pipe, portnum) ((portnum) | (pipe))
#define usbif_pipeunlink(pipe)               (USBIF_PIPE_UNLINK & (pipe))
#define usbif_setunlink_pipe(pipe)           (USBIF_PIPE_UNLINK | (pipe))
#define usbif_pipesubmit(pipe)               (!usbif_pipeunlink(pipe))
#define usbif_pipein(pipe)                   (USBIF_PIPE_DIR & (pipe))
#define usbif_pipeout(pipe)                  (!usbif_pipein(pipe))
#define usbif_pipedevice(pipe)               __usbif_field(pipe, DEV)
#define usbif_pipeendpoint(pipe)             __usbif_field(pipe, EP)
#define usbif_pipetype(pipe)                 __usbif_field(pipe, TYPE)
#define usbif_pipeisoc(pipe)                 (USBIF_PIPE_TYPE_ISOC == usbif_pipetype(pipe))
#define usbif_pipeint(pipe)                  (USBIF_PIPE_TYPE_INT == usbif_pipetype(pipe))
#define usbif_pipectrl(pipe)                 (USBIF_PIPE_TYPE_CTRL == usbif_pipetype(pipe))
#define usbif_pipebulk(pipe)                 (USBIF_PIPE_TYPE_BULK == usbif_pipetype(pipe))

struct usbif_request_segment {
    grant_ref_t gref;
    uint16_t offset, length; /* bytes */
};

#define USBIF_SHORT_NOT_OK 0x0001 /* transfer_flags */

typedef struct usbif_urb_request {
    uint16_t id; /* returned in the response */
    uint16_t nr_buffer_segs;
    uint32_t pipe;
    uint16_t transfer_flags;
    uint16_t buffer_length; /* bytes */
    union {
        uint8_t ctrl[8]; /* setup packet */
        struct {
            uint16_t interval; /* frames or microframes */
            uint16_t start_frame, number_of_packets;
            uint16_t nr_frame_desc_segs; /* segments that follow those of the buffer */
        } isoc;
        struct {
            uint16_t interval;
            uint16_t pad[3];
        } intr;
        struct {
            uint16_t unlink_id; /* of the request to cancel */
            uint16_t pad[3];
        } unlink;
    } u;
    struct usbif_request_segment seg[USBIF_MAX_SEGMENTS_PER_REQUEST];
} usbif_urb_request_t;

/* Negative errnos of Linux. */
#define USBIF_STATUS_OK       0
#define USBIF_STATUS_NODEV    (-19)
#define USBIF_STATUS_INVAL    (-22)
#define USBIF_STATUS_STALL    (-32)
#define USBIF_STATUS_IOERROR  (-71)
#define USBIF_STATUS_BABBLE   (-75)
#define USBIF_STATUS_SHUTDOWN (-108)

typedef struct usbif_urb_response {
    uint16_t id;
    uint16_t start_frame;  /* isochronous */
    int32_t status;        /* USBIF_STATUS_* */
    int32_t actual_length; /* bytes */
    int32_t error_count;   /* isochronous */
} usbif_urb_response_t;

DEFINE_RING_TYPES(usbif_urb, struct usbif_urb_request, struct usbif_urb_response);
#define USB_URB_RING_SIZE __CONST_RING_SIZE(usbif_urb, USBIF_RING_SIZE)

/* The frontend keeps requests in this ring, the backend answers one when a port changes. */
typedef struct usbif_conn_request {
    uint16_t id;
} usbif_conn_request_t;

#define USBIF_SPEED_NONE 0 /* nothing is plugged in */
#define USBIF_SPEED_LOW  1
#define USBIF_SPEED_FULL 2
#define USBIF_SPEED_HIGH 3

typedef struct usbif_conn_response {
    uint16_t id;
    uint8_t portnum; /* from 1 */
    uint8_t speed;   /* USBIF_SPEED_* */
} usbif_conn_response_t;

DEFINE_RING_TYPES(usbif_conn, struct usbif_conn_request, struct usbif_conn_response);
#define USB_CONN_RING_SIZE __CONST_RING_SIZE(usbif_conn, USBIF_RING_SIZE)

#endif /* __XEN_PUBLIC_IO_USBIF_H__ */
