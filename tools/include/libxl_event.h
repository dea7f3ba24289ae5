/* SPDX-License-Identifier: MIT */
/*
 * libxl's events, and how libxl takes part in a program's main loop.
 *
 * A program either lets libxl wait (libxl_event_wait, synchronous calls), or polls for it
 * (beforepoll, poll, afterpoll), or registers hooks by which libxl asks for descriptors and
 * times to be watched. It may mix the first two.
 *
 * Reentrancy: libxl may be called from event_occurs and from completion callbacks, never from the
 * osevent hooks, fork_replacement or disaster.
 */
#ifndef LIBXL_EVENT_H
#define LIBXL_EVENT_H

#include <poll.h>
#include <sys/time.h>

#include <libxl.h>

#define LIBXL_EVENTMASK_ALL (~(unsigned long)0)

/* Nonzero: this event is wanted. NULL in place of a predicate takes any. */
typedef int libxl_event_predicate(const libxl_event *event, void *user);

/* The oldest queued event of the types in @typemask that the predicate wants; the caller frees
 * it. ERROR_NOT_READY from check if there is none; wait blocks for one. */
int libxl_event_check(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                      libxl_event_predicate *predicate, void *predicate_user);
int libxl_event_wait(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                     libxl_event_predicate *predicate, void *predicate_user);
void libxl_event_free(libxl_ctx *ctx, libxl_event *event);

/*
 * event_occurs gets, and then owns, the events whose type's bit is in the mask; the others are
 * queued. disaster is told when events may have been lost; type 0 means of any type. Without it
 * that ends the program. The structure is not copied.
 */
typedef struct libxl_event_hooks {
    uint64_t event_occurs_mask;
    void (*event_occurs)(void *user,
#ifndef LIBXL_HAVE_NONCONST_EVENT_OCCURS_EVENT_ARG
                         const
#endif
                         libxl_event *event);
    void (*disaster)(void *user, libxl_event_type type, const char *msg, int errnoval);
} libxl_event_hooks;

void libxl_event_register_callbacks(libxl_ctx *ctx, const libxl_event_hooks *hooks, void *user);

/* Ask for DOMAIN_SHUTDOWN and DOMAIN_DEATH of a domain. A domain destroyed while it runs gives
 * only a death. The handle ends with evdisable or with the context. */
typedef struct libxl__evgen_domain_death libxl_evgen_domain_death;
int libxl_evenable_domain_death(libxl_ctx *ctx, uint32_t domid, libxl_ev_user user,
                                libxl_evgen_domain_death **evgen_out);
void libxl_evdisable_domain_death(libxl_ctx *ctx, libxl_evgen_domain_death *evgen);

/* Ask for DISK_EJECT of one of its disks. */
typedef struct libxl__evgen_disk_eject libxl_evgen_disk_eject;
int libxl_evenable_disk_eject(libxl_ctx *ctx, uint32_t domid, const char *vdev, libxl_ev_user user,
                              libxl_evgen_disk_eject **evgen_out);
void libxl_evdisable_disk_eject(libxl_ctx *ctx, libxl_evgen_disk_eject *evgen);

/*
 * Before poll(2): fill fds[0 .. *nfds_io), lower *timeout_upd (ms, negative is none) and set
 * *nfds_io to the number wanted. ERROR_BUFFERFULL: that is more than there was room for.
 * After it: act on what poll found and on the times that have passed.
 */
int libxl_osevent_beforepoll(libxl_ctx *ctx, int *nfds_io, struct pollfd *fds, int *timeout_upd,
                             struct timeval now);
void libxl_osevent_afterpoll(libxl_ctx *ctx, int nfds, const struct pollfd *fds,
                             struct timeval now);

/*
 * Hooks for a callback-driven main loop. register stores a handle of the program's own, which
 * later calls get; each may fail with ERROR_OSEVENT_REG_FAIL or a positive number, which then
 * comes back out of libxl. timeout_modify is only called with abs = 0, "at once"; a timeout is
 * never deregistered. The structure is not copied; hooks are set once, before anything else.
 */
typedef struct libxl_osevent_hooks {
    int (*fd_register)(void *user, int fd, void **for_app_registration_out, short events,
                       void *for_libxl);
    int (*fd_modify)(void *user, int fd, void **for_app_registration_update, short events);
    void (*fd_deregister)(void *user, int fd, void *for_app_registration);
    int (*timeout_register)(void *user, void **for_app_registration_out, struct timeval abs,
                            void *for_libxl);
    int (*timeout_modify)(void *user, void **for_app_registration_update, struct timeval abs);
    void (*timeout_deregister)(void *user, void *for_app_registration);
} libxl_osevent_hooks;

void libxl_osevent_register_hooks(libxl_ctx *ctx, const libxl_osevent_hooks *hooks, void *user);
void libxl_osevent_occurred_fd(libxl_ctx *ctx, void *for_libxl, int fd, short events,
                               short revents);
void libxl_osevent_occurred_timeout(libxl_ctx *ctx, void *for_libxl);

/* Who catches SIGCHLD and reaps. */
typedef enum {
    libxl_sigchld_owner_libxl,        /* libxl, while it has children; it then reaps all */
    libxl_sigchld_owner_mainloop,     /* the program; it calls one of the two functions below */
    libxl_sigchld_owner_libxl_always, /* libxl, all the time, for all children */
    libxl_sigchld_owner_libxl_always_selective_reap, /* libxl, for its own children only */
} libxl_sigchld_owner;

/* reaped_callback hears of reaped children that are not libxl's; it returns 0 if it knows the
 * child, ERROR_UNKNOWN_CHILD if not. The structure is not copied. */
typedef struct {
    libxl_sigchld_owner chldowner;
    pid_t (*fork_replacement)(void *user);
    int (*reaped_callback)(pid_t pid, int status, void *user);
} libxl_childproc_hooks;

void libxl_childproc_setmode(libxl_ctx *ctx, const libxl_childproc_hooks *hooks, void *user);
/* ERROR_UNKNOWN_CHILD: not one of libxl's. */
int libxl_childproc_reaped(libxl_ctx *ctx, pid_t pid, int status);
void libxl_childproc_sigchld_occurred(libxl_ctx *ctx);

/* In a child that goes on without exec: all contexts from before the fork are now unusable. */
void libxl_postfork_child_noexec(libxl_ctx *ctx);

#endif
