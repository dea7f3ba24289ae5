/* SPDX-License-Identifier: MIT */
/*
 * The page of a vchan: a byte stream each way between two domains. `left` goes to the client. A
 * ring of order 10 or 11 lies in this page, at 1024 or 2048; a larger one in granted pages of its
 * own.
 */
#include <stdint.h>
#include <sys/types.h>

struct ring_shared {
    uint32_t cons, prod; /* run free */
};

#define VCHAN_NOTIFY_WRITE 0x1 /* wants to hear of data written */
#define VCHAN_NOTIFY_READ  0x2 /* and of data read */

struct vchan_interface {
    struct ring_shared left, right;
    uint16_t left_order, right_order; /* log2 of the bytes */
    uint8_t cli_live, srv_live;       /* 1: open, 0: closed; client 2: not yet open */
    uint8_t cli_notify, srv_notify;   /* VCHAN_NOTIFY_* */
    uint32_t grants[0];               /* of the left ring, then of the right one */
};
