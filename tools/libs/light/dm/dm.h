/* SPDX-License-Identifier: MIT */
/*
 * The device model: a QEMU in the toolstack's domain, which emulates the devices of an HVM guest or
 * serves PV devices (disks, framebuffers, keyboards) of any guest. It is told what to do by its
 * command line and later by QMP, and says that it is ready in xenstore:
 *
 *   /local/domain/0/device-model/DOMID/state   "running"
 *   /local/domain/DOMID/image/device-model-pid
 *   /var/run/xen/qmp-libxl-DOMID               the socket
 */
#ifndef LIBXL_DM_DM_H
#define LIBXL_DM_DM_H

#include "core/loop.h"

#define DM_PATH "/usr/libexec/xen-qemu-system-i386"

struct json_object;

/* A command line and an environment in the making; scope memory. */
struct dm_args {
    struct scope *sc;
    uint32_t domid;
    const libxl_domain_config *config;
    bool resume; /* the state to start from is on standard input */
    char **argv;
    unsigned int nr, room;
    char *env[4];
    unsigned int nr_env;
};

void dm_arg(struct dm_args *a, const char *arg);
void dm_arg2(struct dm_args *a, const char *option, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* @s as a value among others: with commas doubled. */
char *dm_value(struct scope *sc, const char *s);
/* The whole line. ERROR_INVAL for what QEMU cannot do. */
int dm_args_build(struct dm_args *a);
int dm_args_display(struct dm_args *a);
int dm_args_disks(struct dm_args *a);

/* Whether a domain of this configuration needs one. */
bool dm_needed(const libxl_domain_config *config);

/* Until when a command can be called off. What is called off ends with ERROR_ABORTED. */
enum qmp_stop {
    QMP_UNTIL_SENT, /* then the machine may have changed, and somebody has to know how */
    QMP_ANY_TIME,   /* it only asks, or nobody relies on what it has done */
    QMP_NEVER,      /* it puts something right, or there is another way to stop it */
};

/* One command over a connection of its own. */
struct qmp {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    const char *command; /* its name */
    enum qmp_stop stop;
    struct json_object *arguments; /* owned by us from the start on; may be NULL */
    /* @answer is what QEMU returns, or NULL; it is freed afterwards. */
    void (*done)(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer);
    /* Private: */
    bool greeted, asked;
    struct ev_fd fd;
    struct ev_timer timeout;
    struct cancel cancel;
    char *buf;
    size_t len, room;
};
void qmp_start(struct qmp *q);
/* Into the arguments of a command. */
void qmp_put_string(struct json_object *o, const char *key, const char *value);
void qmp_put_int(struct json_object *o, const char *key, int value);
void qmp_put_bool(struct json_object *o, const char *key, bool value);
/* No more of it, and no callback. One that is over or was never started (all zeros) may be given.
 */
void qmp_stop(struct qmp *q);

/*
 * Commands to a device model, one after the other until one is refused. done comes in any case,
 * perhaps before the function that starts it returns.
 */
struct dm_task_step {
    const char *command;
    struct json_object *arguments;
};
struct dm_task {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    bool runs_on; /* it is never called off; else it is before its first command is sent */
    void (*done)(libxl_ctx *ctx, struct dm_task *t, int rc);
    /* Private: */
    struct dm_task_step *step;
    unsigned int nr, room, next;
    struct qmp qmp;
};
/* One command more; @arguments may be NULL, and are owned by us. */
void dm_task_add(struct dm_task *t, const char *command, struct json_object *arguments);
void dm_task_run(struct dm_task *t);
void dm_task_stop(struct dm_task *t); /* no callback; all zeros will do */

/* The device model's part in stopping, saving and resuming its guest; only if dm_has_state(). */
void dm_pause(struct dm_task *t);
void dm_continue(struct dm_task *t);
/* Stops it and writes its state to dm_save_path(). @live: its disks are about to be another's. */
void dm_save(struct dm_task *t, bool live);
void dm_log_dirty(struct dm_task *t, bool enable);

/* The virtual CPUs of its machine: those that are there, and then those that shall be plugged in.
 * None is ever taken out: a guest is only asked to leave it alone. */
struct dm_cpus {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    const libxl_bitmap *wanted; /* or NULL */
    libxl_bitmap *present;      /* all zeros, of any size; or NULL */
    void (*done)(libxl_ctx *ctx, struct dm_cpus *c, int rc);
    /* Private: */
    struct qmp qmp;
    struct dm_task task;
};
void dm_cpus(struct dm_cpus *c);

/* Is it an HVM guest with a device model? */
bool dm_has_state(struct scope *sc, uint32_t domid);
/* Files: what a device model has written, and what one is to start from. */
char *dm_save_path(struct scope *sc, uint32_t domid);
char *dm_resume_path(struct scope *sc, uint32_t domid);

/* Starting one, until it runs and its terminals are known. The domain stays if this fails. */
struct dm_start {
    /* Set by the caller: */
    struct scope *sc;
    uint32_t domid;
    const libxl_domain_config *config;
    bool resume; /* from the state in dm_resume_path(), which goes in any case */
    void (*done)(libxl_ctx *ctx, struct dm_start *d, int rc);
    /* Private: */
    pid_t pid;
    char *state_path;
    struct ev_watch state;
    struct ev_fd died;
    struct ev_timer timeout;
    struct cancel cancel;
    struct qmp qmp;
    int next_step;
};
void dm_start(struct dm_start *d);

/* Ending it, if there is one, with all that is known of it. */
struct dm_stop {
    struct scope *sc;
    uint32_t domid;
    void (*done)(libxl_ctx *ctx, struct dm_stop *d, int rc);
    struct ev_fd died;
    struct ev_timer timeout;
    pid_t pid;
    bool killed;
};
void dm_stop(struct dm_stop *d);

/* The process of the domain's device model; 0: none is there. */
pid_t dm_pid(struct scope *sc, uint32_t domid);
/* 0 if whoever is the backend of a new device in domain @backend_domid runs, else ERROR_INVAL. */
int dm_check(struct scope *sc, uint32_t domid, uint32_t backend_domid);
char *dm_store_path(struct scope *sc, uint32_t domid);
char *dm_socket_path(struct scope *sc, uint32_t domid, const char *user);

#endif
