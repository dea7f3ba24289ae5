/* SPDX-License-Identifier: MIT */
/* The daemon's side towards the world: sockets, rings, event channels, logs. One thread. */
#ifndef XENSTORED_IO_H
#define XENSTORED_IO_H

#include <stdio.h>
#include <sys/queue.h>

#include "ring.h"
#include "store/store.h"

struct link;

/* How bytes move on one kind of connection. */
struct link_ops {
    /* Bytes moved; 0: not now; negative errno: the connection is broken. */
    int (*read)(struct link *l, void *buf, size_t len);
    int (*write)(struct link *l, const void *buf, size_t len);
    /* After a turn in which bytes moved. */
    void (*flush)(struct link *l);
    /* The connection is broken (an errno): close it, or stop serving it. May free @l. */
    void (*broken)(struct link *l, int err);
};

/* A connection of either kind, with the message that is coming in. */
struct link {
    TAILQ_ENTRY(link) link;
    const struct link_ops *ops;
    struct daemon *d;
    struct conn *conn;
    TAILQ_ENTRY(link) turn;
    bool ready; /* there may be something to read: it is on d->ready */
    bool dead;  /* not served */
    bool gone;  /* released; freed at the end of the round */
    bool moved; /* bytes moved in this turn */
    bool held;  /* a whole request is here and may not be taken yet: see live_waits() */
    struct xsd_sockmsg hdr;
    unsigned int got; /* bytes of header and body */
    char body[XENSTORE_PAYLOAD_MAX + 1];

    /* a socket */
    int fd;
    uint32_t polled; /* for which events the loop waits */

    /* a domain */
    struct ring ring;
    uint32_t domid;
    int port; /* ours, or -1 */
    uint32_t remote_port;
    uint64_t gfn; /* of the ring, as introduced */
    int map_kind; /* see domio.c */
};
TAILQ_HEAD(link_list, link);

struct xen_handles;  /* domio.c */
struct live_session; /* live/live.h */
struct live_conn;    /* live/stream.h */

struct daemon {
    struct store *s;
    struct link_list socks, rings;
    struct link_list ready; /* of both, those that may have something to read */
    bool reap;              /* some ring is gone */
    int listen_fd, epoll_fd;
    struct xen_handles *xen; /* NULL: run without domains */
    FILE *trace;
    const char *trace_file;
    char *log_name; /* what @trace was opened as */
    int argc;       /* what this program was called with */
    char **argv;
    int pid_fd;                /* locked, or -1 */
    struct live_session *live; /* or NULL */
    bool verbose;
    volatile bool stop;
};

/* link.c: moves what can be moved; one request at most. True: there may be more to do. */
bool link_turn(struct link *l);
/* Only sends. */
void link_push(struct link *l);
void link_set_ready(struct link *l, bool ready);
struct link *link_new(struct daemon *d, const struct link_ops *ops, uint32_t domid);
void link_free(struct link *l);

/* sock.c */
int sock_listen(struct daemon *d, const char *path);
void sock_accept(struct daemon *d);
struct link *sock_adopt(struct daemon *d, int fd); /* NULL: out of memory, @fd as it was */

/* domio.c */
extern const struct host_ops domain_host_ops;
int domio_open(struct daemon *d);
int domio_connect_dom0(struct daemon *d);
int domio_fd(const struct daemon *d);
void domio_event(struct daemon *d);
void domio_reap(struct daemon *d); /* frees what was released in this round */
void domio_close(struct daemon *d);
int domio_virq_port(const struct daemon *d); /* or -1 */
void domio_check(struct daemon *d);          /* looks for domains that have ended */
/* As domio_open(), with event channels that are open at @evtchn_fd already. */
int domio_resume(struct daemon *d, int evtchn_fd, int virq_port);
/* Goes on with the ring of a domain. NULL: it cannot be mapped, its channel is closed. */
struct link *domio_adopt(struct daemon *d, const struct live_conn *c);

/* trace.c */
int trace_open(struct daemon *d, const char *file);
void trace_message(struct daemon *d, const struct link *l, const char *way,
                   const struct xsd_sockmsg *hdr, const char *body);
void trace_text(struct daemon *d, const char *text);

/* loop.c: serves until d->stop. 0 or a negative errno. */
int loop_open(struct daemon *d); /* before the first socket */
int loop_run(struct daemon *d);
/* Sockets that the loop waits for. 0, or negative errno. */
int loop_add(struct link *l);
void loop_remove(struct link *l);
void loop_update(struct link *l); /* what is waited for may have changed */

#endif
