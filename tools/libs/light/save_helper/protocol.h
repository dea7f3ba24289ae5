/* SPDX-License-Identifier: MIT */
/*
 * Between libxl and its helper, over a SOCK_SEQPACKET socket: a message per packet. The helper
 * does all that may block on a stream, so that libxl need not wait, and can kill it.
 *
 * The helper: libxl-save-helper save DOMID FLAGS STREAM_TYPE EMULATOR
 *             libxl-save-helper restore DOMID STORE_PORT CONSOLE_PORT STREAM_TYPE EMULATOR
 * where EMULATOR is the file with the state of the device model, "" if the domain has none, and
 * with the socket as descriptor 3 and the stream, which is libxl's with libxc's inside, as 4.
 * It asks, libxl answers. Its last message is DONE.
 */
#ifndef LIBXL_SAVE_HELPER_PROTOCOL_H
#define LIBXL_SAVE_HELPER_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define HELPER_CONTROL_FD 3
#define HELPER_STREAM_FD  4

enum helper_kind {
    HELPER_LOG,      /* value: xentoollog_level; a: errno or -1; text: context, then message */
    HELPER_PROGRESS, /* value: percent; a of b; text: context, then what is done */
    HELPER_RESULTS,  /* a, b: frames of the rings of xenstore and console */
    HELPER_DONE,     /* value: 0 or -1; a: errno */
    /* Questions: the answer is a HELPER_ANSWER. */
    HELPER_SUSPEND,    /* stop the guest, write the device model's state: 1 if that is done */
    HELPER_POSTCOPY,   /* let it run on after a checkpoint: 1 */
    HELPER_CHECKPOINT, /* a checkpoint is over: 1 for another one */
    HELPER_STATIC,     /* value: XGR_SDD_MISSING_*; 0 if that is all right */
    HELPER_LOG_DIRTY,  /* value: 1, the device model shall log the pages that it writes; 0, no more
                        */
    HELPER_ANSWER,
};

#define HELPER_TEXT_MAX 1024
struct helper_message {
    uint32_t kind;
    int32_t value;
    uint64_t a, b;
    uint32_t text_len; /* with the zero bytes that end its one or two strings */
    char text[HELPER_TEXT_MAX];
};
#define HELPER_HEAD_LEN offsetof(struct helper_message, text)

/* libxl's stream: big endian header, then records in the byte order of the machine. */
#define LIBXL_STREAM_IDENT   0x4c6962786c466d74ull /* "LibxlFmt" */
#define LIBXL_STREAM_VERSION 2u
#define LIBXL_STREAM_OPTIONS 3u /* big endian; made of a legacy one: neither is supported */

struct libxl_stream_header {
    uint64_t ident;
    uint32_t version, options;
};

enum libxl_record_type {
    LIBXL_RECORD_END = 0,
    LIBXL_RECORD_LIBXC_CONTEXT = 1, /* libxc's stream follows */
    LIBXL_RECORD_EMULATOR_XENSTORE = 2,
    LIBXL_RECORD_EMULATOR_CONTEXT = 3,
    LIBXL_RECORD_CHECKPOINT_END = 4,
    LIBXL_RECORD_CHECKPOINT_STATE = 5,
};

struct libxl_record {
    uint32_t type, length; /* the length without padding to 8 bytes */
};

/* The contents of both records of a device model begin with this. */
enum { LIBXL_EMULATOR_QEMU = 2 };
struct libxl_emulator {
    uint32_t id, index;
};

#endif
