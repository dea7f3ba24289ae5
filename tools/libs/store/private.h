/* SPDX-License-Identifier: MIT */
#ifndef LIBXENSTORE_PRIVATE_H
#define LIBXENSTORE_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include <xenstore.h>

/* One message from the daemon; @body has a NUL behind its hdr.len bytes. */
struct xs_msg {
    struct xs_msg *next;
    struct xsd_sockmsg hdr;
    char body[];
};

struct xs_msg_queue {
    struct xs_msg *head, **tail;
};

/*
 * Locks, outermost first: request_lock (one request at a time on the connection), read_lock (who
 * reads from @fd while there is no reader thread), lock (everything marked [L]).
 */
struct xs_handle {
    int fd;              /* [c] */
    int stop_fd;         /* [c] eventfd that ends the reader thread */
    bool is_sock;        /* [c] */
    bool unwatch_filter; /* [c] */

    pthread_mutex_t request_lock;
    pthread_mutex_t read_lock;

    pthread_mutex_t lock;
    pthread_cond_t reply_cond, watch_cond;
    struct xs_msg *reply;       /* [L] answer to the request under way */
    struct xs_msg_queue events; /* [L] */
    int event_pipe[2];          /* [L] -1 until xs_fileno(); holds a byte while events wait */
    bool reader_running;        /* [L] */
    int reader_errno;           /* [L] why the reader thread ended, or 0 */
    pthread_t reader;
    void *active; /* registration with libxentoolcore, or NULL */
};

/* Reads one message from the connection and files it. 0 or -errno; -EAGAIN only if !@block. */
int xs_conn_read_one(struct xs_handle *h, bool block);

/* Starts the thread that reads from the connection, once. */
bool xs_reader_start(struct xs_handle *h);
/* Ends it. In a forked child there is none to end. */
void xs_reader_stop(struct xs_handle *h);

/*
 * Sends a request of @nr pieces and waits for its answer: the body, NUL-terminated, its length
 * in *@len if not NULL. NULL and errno on failure.
 */
char *xs_talk(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
              const struct iovec *iov, unsigned int nr, unsigned int *len);

/* Requests that carry one string, or one string and only want to know that it worked. */
char *xs_talk_str(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                  const char *s, unsigned int *len);
bool xs_talk_ok(struct xs_handle *h, xs_transaction_t t, enum xsd_sockmsg_type type,
                const struct iovec *iov, unsigned int nr);

/* Queue of messages. */
void xs_queue_init(struct xs_msg_queue *q);
void xs_queue_put(struct xs_msg_queue *q, struct xs_msg *m);
struct xs_msg *xs_queue_get(struct xs_msg_queue *q);

/* Takes the next event off the queue (with h->lock held) and keeps the pipe in step. */
struct xs_msg *xs_event_take_locked(struct xs_handle *h);
void xs_event_add_locked(struct xs_handle *h, struct xs_msg *m);

/* Registration for xentoolcore_restrict_all(). */
int xs_active_register(struct xs_handle *h);
void xs_active_deregister(struct xs_handle *h);

#endif
