/* SPDX-License-Identifier: MIT */
/*
 * The state of a running store as bytes, in the record format of the public document "Xenstore
 * Migration" (docs/designs/xenstore-migration of Xen), version 1, little endian: a header, then
 * records of type, length and body, each padded to eight bytes.
 *
 * What the document has no place for stands in records of our own (REC_OWN_*), which end with a
 * sum over all that is before it. A stream without any of them is read too. The access lists of
 * the special watches are NODE_DATA with the watch's name as path.
 *
 * No I/O here: file descriptors and ports are only numbers.
 */
#ifndef XENSTORED_LIVE_STREAM_H
#define XENSTORED_LIVE_STREAM_H

#include "store/store.h"

#define LIVE_IDENT   0x78656e73746f7265ull /* "xenstore" */
#define LIVE_VERSION 1u
#define LIVE_ALIGN   8u

enum live_rec {
    REC_END = 0,
    REC_GLOBAL = 1,
    REC_CONN = 2,
    REC_WATCH = 3,
    REC_TXN = 4,
    REC_NODE = 5,
    REC_OWN_SETTINGS = 0xf0000001u,
    REC_OWN_DOMAIN = 0xf0000002u,
    REC_OWN_CONN = 0xf0000003u,
    REC_OWN_GENS = 0xf0000004u,
    REC_OWN_SUM = 0xf0000005u,
};

enum { LIVE_RING = 0, LIVE_SOCKET = 1 }; /* conn-type */

#define LIVE_NO_TARGET 0x7ff4u /* DOMID_INVALID */
#define LIVE_NR_QUOTAS (sizeof(struct quotas) / sizeof(uint32_t))

struct live_head { /* both fields, and only here, big endian */
    uint64_t ident;
    uint32_t version, flags;
};

struct live_rec_head {
    uint32_t type, len;
};

struct live_global {
    int32_t rw_fd, evtchn_fd; /* or -1 */
};

struct live_conn_body {
    uint32_t id;
    uint16_t type, pad;
    union {
        struct {
            uint16_t domid, target;
            uint32_t port; /* ours, or all ones */
        } ring;
        struct {
            int32_t fd;
            uint32_t pad;
        } sock;
    };
    uint16_t in_len, rest_len; /* rest: of a message that is partly sent */
    uint32_t out_len;          /* with rest_len */
};

struct live_watch_body {
    uint32_t conn;
    uint16_t path_len, token_len; /* with their NULs */
};

struct live_node_body {
    uint32_t conn, txn; /* 0: not of a transaction */
    uint16_t path_len, value_len, access, nr_perms;
};

struct live_perm {
    uint8_t letter, flags;
    uint16_t domid;
};
#define LIVE_PERM_STALE 1u /* flags: not to be regarded */

struct live_own_settings {
    int32_t virq_port, pid_fd; /* or -1 */
    uint32_t log_on, log_len;  /* length of the file's name, with its NUL, or 0 */
    uint32_t nr_quotas;        /* as in struct quotas, which only grows; 0: not handed on */
    /* the quotas, 32 bits each, and the name of the log's file */
};

struct live_own_domain {
    uint32_t domid, target;
    uint32_t introduced, shutdown;
};

struct live_own_conn {
    uint32_t id, next_txn;
    uint32_t remote_port, map_kind, dead;
    uint32_t req_cons, rsp_prod, pad;
    uint64_t gfn;
};

/* A connection, for both directions. */
struct live_conn {
    uint32_t id;
    bool socket;
    int fd;               /* a socket's */
    uint32_t domid, port; /* a ring's */
    const void *in;       /* read and not yet processed */
    unsigned int in_len;
    const void *out; /* writing: to go behind what @conn has queued; reading: all of it */
    unsigned int out_len;
    unsigned int rest_len; /* reading only */
    bool has_own;          /* @own is filled in */
    struct live_own_conn own;
    struct conn *conn; /* writing: given; reading: for the caller to fill in, may stay NULL */
};

struct live_watch {
    uint32_t conn; /* index into the image's connections */
    const char *path, *token;
};

struct live_image {
    struct live_global global;
    bool has_own; /* @own is filled in */
    struct live_own_settings own;
    const char *log_file;    /* or NULL */
    struct quotas quotas;    /* as own.nr_quotas says; writing: all or none */
    struct live_conn *conns; /* reading: the image's */
    unsigned int nr_conns;
    struct live_watch *watches; /* reading only: in order of registration */
    unsigned int nr_watches;
};

struct live_buf {
    unsigned char *data; /* the caller frees it */
    size_t len, cap;
    bool failed; /* out of memory */
};

uint64_t live_sum(const void *data, size_t len);

/*
 * Writes the tree, the domains and the special access lists of @s, and the connections of @img
 * with what their @conn has queued and watches. No transaction is open.
 * 0 or -ENOMEM; @b's data is the caller's in both cases.
 */
int live_write(struct live_buf *b, const struct store *s, const struct live_image *img);

/*
 * Checks the whole stream and builds it in @s, a new store without connections, and in @img,
 * whose pointers lead into @data and which is disposed of with live_image_free() in all cases.
 * 0, -EINVAL or -ENOMEM, then @why (NUL-terminated) says what is wrong and where, and @s is only
 * good for store_free().
 */
int live_read(const void *data, size_t len, struct store *s, struct live_image *img, char why[128]);
void live_image_free(struct live_image *img);

/*
 * After the caller made the connections: queues what was unsent and registers the watches.
 * Connections whose @conn is NULL are left out. 0 or -ENOMEM.
 */
int live_attach(struct live_image *img);

#endif
