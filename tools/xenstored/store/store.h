/* SPDX-License-Identifier: MIT */
/*
 * The store without its connections to the outside: tree, domains, quotas, watches, transactions
 * and requests. It does no I/O, knows no hypervisor, and runs in one thread. The io/ side feeds
 * whole messages to conn_request() and takes answers and events from conn_out_peek().
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <xen/io/xs_wire.h>

#include "view.h"

#define STORE_PATH_ROOM (XENSTORE_ABS_PATH_MAX + 1)
#define STORE_NR_DOMIDS 0x7ff0u /* DOMID_FIRST_RESERVED */
#define STORE_NO_TIME   UINT64_MAX

struct conn;
struct txn;

/* Limits for one domain without privilege; 0: none, but see conn.c for the queues. */
struct quotas {
    unsigned int nodes;
    unsigned int watches;
    unsigned int transactions;
    unsigned int outstanding;
    unsigned int txn_nodes;
    unsigned int memory;          /* bytes: refuse beyond this */
    unsigned int memory_soft;     /* bytes: warn beyond this */
    unsigned int node_size;       /* bytes of value and of the children's names */
    unsigned int path_max;        /* of the part below the domain's own directory */
    unsigned int perms;           /* entries of an access list */
    unsigned int event_timeout_s; /* how long an unread event counts as outstanding; 0: always */
};

struct domain {
    uint32_t domid;
    bool introduced;
    bool shutdown;     /* its shutdown has been told */
    bool warned;       /* about the soft memory quota */
    uint32_t target;   /* or NO_DOMID */
    long nodes, bytes; /* of the nodes that it owns */
    long watch_bytes, txn_bytes, queue_bytes;
    unsigned int watches, transactions;
    unsigned int outstanding; /* unread messages that its requests caused */
};

/* What the store asks of the outside. Every member is set. */
struct host_ops {
    /* Maps the ring, binds the channel, makes a conn. 0 or a negative errno. */
    int (*introduce)(void *ctx, uint32_t domid, uint64_t gfn, uint32_t port);
    /* Undoes it; the conn is freed. */
    void (*release)(void *ctx, uint32_t domid);
    bool (*domain_exists)(void *ctx, uint32_t domid);
    /* @file NULL: only switch. 0 or a negative errno. */
    int (*set_log)(void *ctx, bool on, const char *file);
    void (*log)(void *ctx, const char *text);
    /* "live-update" of dom0 with one word at least: answers, if later, and 0; or an errno. */
    int (*live_update)(void *ctx, struct conn *conn, const struct xsd_sockmsg *req,
                       const char *const *words, unsigned int nr);
};

struct watch {
    LIST_ENTRY(watch) conn_link, path_link;
    struct conn *conn;
    uint64_t seq; /* order of registration */
    char *path;   /* absolute, or the name of a special watch */
    char *token;
    size_t strip; /* bytes to leave out of an event's path: the watch was relative */
};
LIST_HEAD(watch_list, watch);

/* A message for the client, header in host byte order as on the wire. */
struct out_msg {
    STAILQ_ENTRY(out_msg) link;
    struct domain *cause; /* counts as outstanding there, or NULL */
    bool event;
    uint64_t since_ms;
    unsigned int sent; /* bytes already gone, for the io side */
    struct xsd_sockmsg hdr;
    char body[];
};
STAILQ_HEAD(out_queue, out_msg);

struct conn {
    TAILQ_ENTRY(conn) link;
    struct store *s;
    struct domain *dom;
    bool privileged;
    bool overflow; /* privileged client that reads nothing: to be closed */
    uint32_t next_txn;
    struct watch_list watches;
    LIST_HEAD(, txn) txns;
    struct out_queue out;
    TAILQ_ENTRY(conn) speaking; /* while @out has something */
    void *user;                 /* the transport's */
    size_t out_bytes;
    unsigned int replies; /* answers in @out */
};
TAILQ_HEAD(conn_list, conn);

struct store {
    struct node *root;
    uint64_t gen;
    uint64_t watch_seq;
    uint64_t now_ms; /* set by store_tick() */
    struct quotas quotas;
    bool keep_orphans;
    uint32_t priv_domid;      /* has privilege besides dom0, or NO_DOMID */
    struct perms *special[2]; /* of @introduceDomain and @releaseDomain */
    struct strmap watches;    /* path -> struct watch_list * */
    struct conn_list conns;
    struct conn_list speaking; /* those with something to send, for whoever goes round them */
    const struct host_ops *host;
    void *host_ctx;
    struct domain *domains[STORE_NR_DOMIDS];
};

extern const struct quotas default_quotas;

/* store.c */
struct store *store_new(const struct host_ops *host, void *ctx);
void store_free(struct store *s);
uint64_t store_next_gen(struct store *s);
void store_tick(struct store *s, uint64_t now_ms); /* call now and then: ages unread events */
void store_log(struct store *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Characters, slashes and length. @path_max: as in struct quotas. */
bool path_is_valid(const char *path, unsigned int path_max);

/*
 * Makes the absolute path for what @conn sent. 0, or -EINVAL if it is no path.
 * @special: allow names of special watches; they come back unchanged.
 */
int path_resolve(const struct conn *conn, const char *in, bool special, char out[STORE_PATH_ROOM]);

/* A change outside of transactions: apply @v (disposed of) to the store and tell the watches. */
void store_commit(struct view *v);
void store_begin(struct store *s, struct view *v);

/* domain.c */
struct domain *domain_get(struct store *s, uint32_t domid); /* NULL: no such id or no memory */
bool domain_is_known(struct store *s, uint32_t domid);
long domain_memory(const struct domain *d);
bool domain_over_memory(struct store *s, struct domain *d);
void store_domain_introduced(struct store *s, uint32_t domid);
/* The domain is gone: forget it, its nodes and its rights. Tells nobody. */
void store_domain_forget(struct store *s, uint32_t domid);
void store_tell_special(struct store *s, bool release);

/* watch.c */
int watch_add(struct conn *conn, const char *given, const char *path, const char *token);
/* One that an earlier daemon had, as the client gave its path: no quota, no first event. */
int watch_restore(struct conn *conn, const char *given, const char *token);
int watch_del(struct conn *conn, const char *path, const char *token);
void watch_del_all(struct conn *conn);
void watch_tell(struct store *s, struct view *v, const struct conn *cause);
void watch_tell_special(struct store *s, const char *name, const struct perms *perms);

/* conn.c */
struct conn *conn_new(struct store *s, uint32_t domid); /* see priv_domid */
void conn_free(struct conn *conn);
/* Drops watches and transactions: the client starts anew. */
void conn_reset(struct conn *conn);
void conn_actor(const struct conn *conn, struct actor *out);
/* Whether the next request of this client may be taken now. */
bool conn_may_request(const struct conn *conn);
void conn_reply(struct conn *conn, const struct xsd_sockmsg *req, const void *data, size_t len);
void conn_reply_error(struct conn *conn, const struct xsd_sockmsg *req, int err);
void conn_event(struct conn *conn, const struct conn *cause, const char *path, const char *token);
/* Queues what an earlier daemon left unsent: a message, or the last @len bytes of one. -ENOMEM. */
int conn_requeue(struct conn *conn, const struct xsd_sockmsg *hdr, const void *body);
int conn_requeue_rest(struct conn *conn, const void *rest, size_t len);
struct out_msg *conn_out_peek(struct conn *conn);
void conn_out_pop(struct conn *conn);
void conn_out_age(struct conn *conn);

/*
 * Handles one request: @hdr as read, hdr->len bytes at @body with room for one more byte.
 * hdr->len is at most XENSTORE_PAYLOAD_MAX. Answers and events are queued.
 */
void conn_request(struct conn *conn, const struct xsd_sockmsg *hdr, char *body);

/* txn.c */
int txn_start(struct conn *conn, uint32_t *id);
struct txn *txn_find(struct conn *conn, uint32_t id);
int txn_end(struct conn *conn, struct txn *t, bool commit);
void txn_free_all(struct conn *conn);
struct view *txn_view(struct txn *t);
/* Notes that the outcome so far depends on @path. 0, -ENOMEM, -ENOSPC. */
int txn_note_read(struct txn *t, const char *path);

enum txn_op { TXN_WRITE, TXN_MKDIR, TXN_RM, TXN_SET_PERMS };
/* Does the change in the transaction and keeps it for the end. @perms: for TXN_SET_PERMS. */
int txn_do(struct txn *t, enum txn_op op, const char *path, const void *value, unsigned int len,
           struct perms *perms);

/* control.c */
void control_request(struct conn *conn, const struct xsd_sockmsg *hdr, char *body);

#endif
