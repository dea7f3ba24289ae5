/* SPDX-License-Identifier: MIT */
/* The loop's insides, shared by the core/loop*.c files only. */
#ifndef LIBXL_CORE_LOOP_IMPL_H
#define LIBXL_CORE_LOOP_IMPL_H

#include "core/loop.h"

XEN_LIST_HEAD(fd_list, struct ev_fd);
XEN_LIST_HEAD(timer_list, struct ev_timer);
XEN_LIST_HEAD(watch_list, struct ev_watch);
XEN_LIST_HEAD(child_list, struct ev_child);
XEN_LIST_HEAD(ao_list, struct ao);
XEN_TAILQ_HEAD(event_list, struct libxl_event);

/* A callback to the program that waits until the context is unlocked. */
struct delivery {
    XEN_TAILQ_ENTRY(struct delivery) link;
    struct ao *ao;      /* completion, or */
    libxl_event *event; /* event, to the hooks or to "progress" */
    libxl_asyncprogress_how progress;
};
XEN_TAILQ_HEAD(delivery_list, struct delivery);

struct libxl__evgen_domain_death {
    XEN_LIST_ENTRY(struct libxl__evgen_domain_death) link;
    uint32_t domid;
    libxl_ev_user user;
    bool shutdown_reported, death_reported;
    uint8_t reason; /* of the shutdown that was reported */
};
XEN_LIST_HEAD(death_list, struct libxl__evgen_domain_death);

struct libxl__evgen_disk_eject {
    XEN_LIST_ENTRY(struct libxl__evgen_disk_eject) link;
    uint32_t domid;
    libxl_ev_user user;
    char *vdev;
    struct ev_watch watch;
};
XEN_LIST_HEAD(eject_list, struct libxl__evgen_disk_eject);

/* What the program's own loop holds of ours; "ev" is NULL once we have let go. They are kept
 * until the context ends, since the program may still be about to call with them. */
struct fd_hook {
    XEN_LIST_ENTRY(struct fd_hook) link;
    struct ev_fd *ev;
    void *app;
};
XEN_LIST_HEAD(fd_hook_list, struct fd_hook);

struct timer_hook {
    struct ev_timer *ev;
    void *app;
};

struct loop {
    struct fd_list fds;
    struct timer_list timers; /* by time */
    struct watch_list watches;
    struct child_list children;
    struct ao_list aos; /* asynchronous ones in progress */
    struct event_list events;
    struct delivery_list deliveries;
    struct death_list deaths;
    struct eject_list ejects;
    struct fd_hook_list free_fd_hooks;
    struct ev_watch death_watch;
    struct ev_fd xs_fd, sigchld_fd;
    unsigned int next_watch_id;
    unsigned int waiters; /* threads inside poll */
    int wake_fd;          /* eventfd: makes them look again */
    struct ev_fd wake;
    const libxl_event_hooks *event_hooks;
    void *event_user;
    const libxl_osevent_hooks *os_hooks;
    void *os_user;
    const libxl_childproc_hooks *child_hooks;
    void *child_user;
};

void loop_wake(libxl_ctx *ctx);
void loop_dispatch_fd(libxl_ctx *ctx, int fd, short revents);
void loop_dispatch_timers(libxl_ctx *ctx, struct timeval now);
void watches_stop_all(libxl_ctx *ctx);
void death_check(libxl_ctx *ctx);

#endif
