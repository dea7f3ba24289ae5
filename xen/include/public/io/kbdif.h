/* SPDX-License-Identifier: MIT */
/* PV keyboard, pointer and touch device: a shared page with rings of events. */
#ifndef __XEN_PUBLIC_IO_KBDIF_H__
#define __XEN_PUBLIC_IO_KBDIF_H__

/* Nodes in xenstore: what the backend has, what the frontend asks for, and the rest. */
#define XENKBD_DRIVER_NAME             "vkbd"
#define XENKBD_FIELD_FEAT_DSBL_KEYBRD  "feature-disable-keyboard"
#define XENKBD_FIELD_FEAT_DSBL_POINTER "feature-disable-pointer"
#define XENKBD_FIELD_FEAT_ABS_POINTER  "feature-abs-pointer"
#define XENKBD_FIELD_FEAT_RAW_POINTER  "feature-raw-pointer"
#define XENKBD_FIELD_FEAT_MTOUCH       "feature-multi-touch"
#define XENKBD_FIELD_REQ_ABS_POINTER   "request-abs-pointer"
#define XENKBD_FIELD_REQ_RAW_POINTER   "request-raw-pointer"
#define XENKBD_FIELD_REQ_MTOUCH        "request-multi-touch"
#define XENKBD_FIELD_RING_GREF         "page-gref"
#define XENKBD_FIELD_RING_REF          "page-ref" /* the frame number, if there is no grant */
#define XENKBD_FIELD_EVT_CHANNEL       "event-channel"
#define XENKBD_FIELD_WIDTH             "width"
#define XENKBD_FIELD_HEIGHT            "height"
#define XENKBD_FIELD_MT_WIDTH          "multi-touch-width"
#define XENKBD_FIELD_MT_HEIGHT         "multi-touch-height"
#define XENKBD_FIELD_MT_NUM_CONTACTS   "multi-touch-num-contacts"
#define XENKBD_FIELD_UNIQUE_ID         "unique-id"

/* In: to the guest. */
#define XENKBD_TYPE_MOTION   1
#define XENKBD_TYPE_RESERVED 2
#define XENKBD_TYPE_KEY      3
#define XENKBD_TYPE_POS      4
#define XENKBD_TYPE_MTOUCH   5

struct xenkbd_motion {
    uint8_t type;
    int32_t rel_x, rel_y, rel_z; /* rel_z: wheel */
};

struct xenkbd_key {
    uint8_t type;
    uint8_t pressed;  /* boolean */
    uint32_t keycode; /* KEY_* or BTN_* of Linux */
};

struct xenkbd_position {
    uint8_t type;
    int32_t abs_x, abs_y; /* pixels, or raw 0 to 32767 */
    int32_t rel_z;
};

#define XENKBD_MT_EV_DOWN   0 /* u.pos */
#define XENKBD_MT_EV_UP     1 /* none */
#define XENKBD_MT_EV_MOTION 2 /* u.pos */
#define XENKBD_MT_EV_SYN    3 /* none: what came before belongs together */
#define XENKBD_MT_EV_SHAPE  4 /* u.shape */
#define XENKBD_MT_EV_ORIENT 5 /* u.orientation */

struct xenkbd_mtouch {
    uint8_t type;
    uint8_t event_type; /* XENKBD_MT_EV_* */
    uint8_t contact_id;
    uint8_t reserved[5];
    union {
        struct {
            int32_t abs_x, abs_y; /* pixels */
        } pos;
        struct {
            uint32_t major, minor; /* axes of the ellipse, pixels */
        } shape;
        int16_t orientation; /* degrees, clockwise from the y axis */
    } u;
};

#define XENKBD_IN_EVENT_SIZE 40
union xenkbd_in_event {
    uint8_t type;
    struct xenkbd_motion motion;
    struct xenkbd_key key;
    struct xenkbd_position pos;
    struct xenkbd_mtouch mtouch;
    char pad[XENKBD_IN_EVENT_SIZE];
};

/* Out: from the guest; there is no such event yet. */
#define XENKBD_OUT_EVENT_SIZE 40
union xenkbd_out_event {
    uint8_t type;
    char pad[XENKBD_OUT_EVENT_SIZE];
};

/* Where the rings are in the page: byte offset, bytes, events. */
#define XENKBD_IN_RING_OFFS  1024
#define XENKBD_IN_RING_SIZE  2048
#define XENKBD_IN_RING_LEN   (XENKBD_IN_RING_SIZE / XENKBD_IN_EVENT_SIZE)
#define XENKBD_OUT_RING_OFFS (XENKBD_IN_RING_SIZE + XENKBD_IN_RING_OFFS)
#define XENKBD_OUT_RING_SIZE 1024
#define XENKBD_OUT_RING_LEN  (XENKBD_OUT_RING_SIZE / XENKBD_OUT_EVENT_SIZE)

#define XENKBD_IN_RING(page)           ((union xenkbd_in_event *)(XENKBD_IN_RING_OFFS + (char *)(page)))
#define XENKBD_IN_RING_REF(page, idx)  (XENKBD_IN_RING(page)[(idx) % XENKBD_IN_RING_LEN])
#define XENKBD_OUT_RING(page)          ((union xenkbd_out_event *)(XENKBD_OUT_RING_OFFS + (char *)(page)))
#define XENKBD_OUT_RING_REF(page, idx) (XENKBD_OUT_RING(page)[(idx) % XENKBD_OUT_RING_LEN])

struct xenkbd_page {
    uint32_t in_cons, in_prod, out_cons, out_prod; /* run free */
};

#endif /* __XEN_PUBLIC_IO_KBDIF_H__ */
