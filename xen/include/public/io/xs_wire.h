/* SPDX-License-Identifier: MIT */
/*
 * The xenstore protocol, over a socket or over the ring page of a domain. A message is a header
 * and `len` bytes; strings in it end with a NUL each. Answers repeat type, req_id and tx_id.
 */
#ifndef _XS_WIRE_H
#define _XS_WIRE_H

enum xsd_sockmsg_type {
    XS_CONTROL = 0,
    XS_DIRECTORY = 1,
    XS_READ = 2,
    XS_GET_PERMS = 3,
    XS_WATCH = 4,
    XS_UNWATCH = 5,
    XS_TRANSACTION_START = 6,
    XS_TRANSACTION_END = 7,
    XS_INTRODUCE = 8,
    XS_RELEASE = 9,
    XS_GET_DOMAIN_PATH = 10,
    XS_WRITE = 11,
    XS_MKDIR = 12,
    XS_RM = 13,
    XS_SET_PERMS = 14,
    XS_WATCH_EVENT = 15, /* from the server: path, token */
    XS_ERROR = 16,       /* from the server: name of an error */
    XS_IS_DOMAIN_INTRODUCED = 17,
    XS_RESUME = 18,
    XS_SET_TARGET = 19,
    /* 20 was in use once */
    XS_RESET_WATCHES = 21,
    XS_DIRECTORY_PART = 22,

    XS_TYPE_COUNT,
    XS_INVALID = 0xffff /* no message has this type */
};

#define XS_DEBUG XS_CONTROL

#define XS_WRITE_NONE        "NONE"
#define XS_WRITE_CREATE      "CREATE"
#define XS_WRITE_CREATE_EXCL "CREATE|EXCL"

struct xsd_sockmsg {
    uint32_t type;   /* enum xsd_sockmsg_type */
    uint32_t req_id; /* the client's choice */
    uint32_t tx_id;  /* transaction, 0: none */
    uint32_t len;    /* bytes that follow */
};

/* Limits, in bytes; paths with the NUL. */
#define XENSTORE_PAYLOAD_MAX  4096
#define XENSTORE_ABS_PATH_MAX 3072
#define XENSTORE_REL_PATH_MAX 2048

/* The strings of a watch event or of XS_WATCH, by position. */
enum xs_watch_type { XS_WATCH_PATH, XS_WATCH_TOKEN };

/* Names of errors, if <errno.h> was included before. */
struct xsd_errors {
    int errnum;
    const char *errstring;
};

#ifdef EINVAL
#define XSD_ERROR(x)                                                                               \
    {                                                                                              \
        x, #x                                                                                      \
    }
#ifdef __GNUC__
__attribute__((unused))
#endif
static const struct xsd_errors xsd_errors[] = {
    XSD_ERROR(EINVAL), /* first: what unknown errors become */
    XSD_ERROR(EACCES),  XSD_ERROR(EEXIST), XSD_ERROR(EISDIR), XSD_ERROR(ENOENT),
    XSD_ERROR(ENOMEM),  XSD_ERROR(ENOSPC), XSD_ERROR(EIO),    XSD_ERROR(ENOTEMPTY),
    XSD_ERROR(ENOSYS),  XSD_ERROR(EROFS),  XSD_ERROR(EBUSY),  XSD_ERROR(EAGAIN),
    XSD_ERROR(EISCONN), XSD_ERROR(E2BIG),  XSD_ERROR(EPERM),
};
#endif

/* The ring page. Indices run free. */
#define XENSTORE_RING_SIZE 1024
typedef uint32_t XENSTORE_RING_IDX;
#define MASK_XENSTORE_IDX(idx) ((XENSTORE_RING_SIZE - 1) & (idx))

struct xenstore_domain_interface {
    char req[XENSTORE_RING_SIZE]; /* to the server */
    char rsp[XENSTORE_RING_SIZE]; /* from it */
    XENSTORE_RING_IDX req_cons, req_prod;
    XENSTORE_RING_IDX rsp_cons, rsp_prod;
    uint32_t server_features; /* XENSTORE_SERVER_FEATURE_* */
    uint32_t connection;      /* XENSTORE_CONNECTED, or RECONNECT at the guest's wish */
    uint32_t error;           /* XENSTORE_ERROR_* */
};

#define XENSTORE_SERVER_FEATURE_RECONNECTION 1
#define XENSTORE_SERVER_FEATURE_ERROR        2

#define XENSTORE_CONNECTED 0
#define XENSTORE_RECONNECT 1

#define XENSTORE_ERROR_NONE    0
#define XENSTORE_ERROR_COMM    1 /* communication */
#define XENSTORE_ERROR_RINGIDX 2 /* impossible index */
#define XENSTORE_ERROR_PROTO   3 /* malformed message */

#endif /* _XS_WIRE_H */
