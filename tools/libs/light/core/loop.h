/* SPDX-License-Identifier: MIT */
/*
 * The event loop: descriptors, times, xenstore watches, children, work on threads; and the
 * operations (struct ao) that are built from them.
 *
 * A source is a structure inside its user's own, with a callback. It is idle after memory was
 * zeroed, active from its _start to its _stop (which may be repeated), and idle again when a
 * one-shot callback runs. Callbacks run with the context locked and may start, stop and free
 * anything, their own source included.
 */
#ifndef LIBXL_CORE_LOOP_H
#define LIBXL_CORE_LOOP_H

#include "core/internal.h"

struct fd_hook;
struct timer_hook;

struct ev_fd {
    XEN_LIST_ENTRY(struct ev_fd) link;
    bool active;
    int fd;
    short events;
    void (*ready)(libxl_ctx *ctx, struct ev_fd *ev, short revents);
    struct fd_hook *hook;
};

int ev_fd_start(libxl_ctx *ctx, struct ev_fd *ev, int fd, short events,
                void (*ready)(libxl_ctx *, struct ev_fd *, short revents));
void ev_fd_stop(libxl_ctx *ctx, struct ev_fd *ev);

/* Fires once. */
struct ev_timer {
    XEN_LIST_ENTRY(struct ev_timer) link;
    bool active;
    struct timeval when;
    void (*due)(libxl_ctx *ctx, struct ev_timer *ev);
    struct timer_hook *hook;
};

int ev_timer_start(libxl_ctx *ctx, struct ev_timer *ev, unsigned int ms,
                   void (*due)(libxl_ctx *, struct ev_timer *));
void ev_timer_stop(libxl_ctx *ctx, struct ev_timer *ev);

/* Fires soon after the start, then for each change at or below the path. */
struct ev_watch {
    XEN_LIST_ENTRY(struct ev_watch) link;
    bool active;
    unsigned int id;
    char *path;
    void (*changed)(libxl_ctx *ctx, struct ev_watch *ev, const char *path);
};

int ev_watch_start(libxl_ctx *ctx, struct ev_watch *ev, const char *path,
                   void (*changed)(libxl_ctx *, struct ev_watch *, const char *));
void ev_watch_stop(libxl_ctx *ctx, struct ev_watch *ev);

/* A process of ours. It cannot be stopped, only killed: the callback always comes. */
struct ev_child {
    XEN_LIST_ENTRY(struct ev_child) link;
    bool active;
    pid_t pid;
    struct ev_fd pidfd;
    void (*ended)(libxl_ctx *ctx, struct ev_child *ev, int status);
};

/* @env: NULL-terminated, replaces the environment. Standard input is /dev/null, standard output
 * goes where standard error does. */
int ev_child_spawn(struct scope *sc, struct ev_child *ev, char *const argv[], char *const env[],
                   void (*ended)(libxl_ctx *, struct ev_child *, int status));
/* The child has @fds[0] as descriptor 3, and so on; at most CHILD_FDS_MAX. They stay ours too. */
#define CHILD_FDS_MAX  4
#define CHILD_FD_FIRST 3
int ev_child_spawn_fds(struct scope *sc, struct ev_child *ev, char *const argv[], char *const env[],
                       const int *fds, unsigned int nr_fds,
                       void (*ended)(libxl_ctx *, struct ev_child *, int status));

/* A process that is not our child and may outlive us. Standard input is @in_fd, the other two are
 * @log_fd; nothing else is passed on. Waits until it is there, but not for its end. */
int child_detach(struct scope *sc, char *const argv[], char *const env[], int in_fd, int log_fd,
                 pid_t *pid);

/* A function that may take long, on a thread of its own, without the lock and with no access to
 * the context; @done then gets its result. It cannot be stopped. */
struct ev_work {
    struct ev_fd wake;
    pthread_t thread;
    int (*run)(struct ev_work *w);
    void (*done)(libxl_ctx *ctx, struct ev_work *w, int result);
    int result, event_fd;
};

int ev_work_start(libxl_ctx *ctx, struct ev_work *w, int (*run)(struct ev_work *),
                  void (*done)(libxl_ctx *, struct ev_work *, int));

/*
 * One call of the interface that may outlive the function called. Its memory (@sc) lasts until
 * it is complete.
 *
 *   struct ao *ao = ao_begin(ctx, domid, how);
 *   struct op *op = scope_alloc(&ao->sc, sizeof(*op));   embeds the sources it waits for
 *   ... start something; whose last callback calls ao_complete(ao, rc), once
 *   return ao_run(ao);
 */
struct ao {
    XEN_LIST_ENTRY(struct ao) link;
    struct scope sc;
    bool sync, done, aborting;
    int rc;
    libxl_asyncop_how how;
    void (*abort)(struct ao *ao); /* may be NULL */
    void *abort_of;               /* for that function */
    XEN_LIST_HEAD(, struct cancel) cancels;
};

/*
 * A place where an operation waits and can be stopped. The callback ends the wait with
 * ERROR_ABORTED, or lets it go on where stopping would leave something behind; it comes at most
 * once, and the source is idle by then. What runs where no source is active runs to its end.
 */
struct cancel {
    XEN_LIST_ENTRY(struct cancel) link;
    bool active;
    void (*stop)(libxl_ctx *ctx, struct cancel *c);
};

/* @sc: the operation's own, struct ao's. ERROR_ABORTED, and nothing started, if it has been told to
 * stop before. */
int cancel_start(struct scope *sc, struct cancel *c, void (*stop)(libxl_ctx *, struct cancel *));
void cancel_stop(struct cancel *c);

struct ao *ao_begin(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how);
int ao_run(struct ao *ao);
void ao_complete(struct ao *ao, int rc);
/* For operations that need not wait: complete with @rc, then run. An error comes back at once. */
int ao_finish(struct ao *ao, int rc);

/* An event with link, type, domain and user data set; to be filled in and queued. */
libxl_event *event_new(libxl_ctx *ctx, libxl_event_type type, uint32_t domid, libxl_ev_user user);
void event_queue(libxl_ctx *ctx, libxl_event *ev);
/* Report progress as the program wants it: not at all, by callback or as an event. */
void progress_report(libxl_ctx *ctx, const libxl_asyncprogress_how *how, libxl_event *ev);

int loop_create(libxl_ctx *ctx);
void loop_destroy(libxl_ctx *ctx);
/* Called by ctx_unlock with the lock held for the last time: the program's callbacks. */
void loop_deliver(libxl_ctx *ctx);
/* One round: poll, at most until the next time, and dispatch. The lock is dropped meanwhile. */
int loop_once(libxl_ctx *ctx);

#endif
