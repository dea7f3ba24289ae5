/* SPDX-License-Identifier: MIT */
/*
 * In the order in which it happens: nodes -> process -> it says "running" (or dies, or takes too
 * long) -> its terminals are asked for -> its password and address of VNC.
 */
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/store.h"
#include "device/device.h"
#include "dm/dm.h"

#define START_TIMEOUT_MS 60000

extern char **environ;

static void watching_end(libxl_ctx *ctx, struct dm_start *d)
{
    int fd = d->died.fd;

    ev_watch_stop(ctx, &d->state);
    ev_timer_stop(ctx, &d->timeout);
    cancel_stop(&d->cancel);
    if (d->died.active) {
        ev_fd_stop(ctx, &d->died);
        close(fd);
    }
}

static void failed(libxl_ctx *ctx, struct dm_start *d, const char *why)
{
    watching_end(ctx, d);
    LOG_ERROR(d->sc, "the device model %s; its log is " XEN_LOG_DIR "/qemu-dm-%s.log", why,
              d->config->c_info.name);
    d->done(ctx, d, ERROR_FAIL);
}

/* After the start: questions by QMP, one after the other. */

static const char *text_of(struct json_object *o, const char *key)
{
    struct json_object *v;

    return json_object_object_get_ex(o, key, &v) ? json_object_get_string(v) : NULL;
}

static int take_chardev(struct dm_start *d, struct json_object *o)
{
    const char *label = text_of(o, "label"), *file = text_of(o, "filename");
    unsigned int nr;
    char *path;

    if (!label || !file || strncmp(file, "pty:", 4) || sscanf(label, "serial%u", &nr) != 1)
        return 0;
    path = scope_printf(d->sc, "%s/serial/%u/tty", store_dom(d->sc, d->domid), nr);
    return store_write(d->sc, XBT_NULL, path, file + 4);
}

static int take_chardevs(struct dm_start *d, struct json_object *list)
{
    size_t nr = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    int rc = 0;

    for (size_t i = 0; i < nr && !rc; i++)
        rc = take_chardev(d, json_object_array_get_idx(list, i));
    return rc;
}

static int take_vnc(struct dm_start *d, struct json_object *o)
{
    const char *host = text_of(o, "host"), *service = text_of(o, "service");
    char *dir = scope_printf(d->sc, "%s/console", store_dom(d->sc, d->domid));
    int rc = 0;

    if (host)
        rc = store_write(d->sc, XBT_NULL, scope_printf(d->sc, "%s/vnc-listen", dir), host);
    if (!rc && service)
        rc = store_write(d->sc, XBT_NULL, scope_printf(d->sc, "%s/vnc-port", dir), service);
    return rc;
}

static const libxl_vnc_info *vnc_of(const libxl_domain_config *c)
{
    const libxl_vnc_info *vnc = NULL;

    if (c->c_info.type == LIBXL_DOMAIN_TYPE_HVM)
        vnc = &c->b_info.u.hvm.vnc;
    else if (c->num_vfbs)
        vnc = &c->vfbs[0].vnc;
    return vnc && !libxl_defbool_is_default(vnc->enable) && libxl_defbool_val(vnc->enable) ? vnc
                                                                                           : NULL;
}

static int set_password(struct dm_start *d, struct json_object *unused)
{
    const libxl_vnc_info *vnc = vnc_of(d->config);
    char *path = scope_printf(d->sc, "%s/console/vnc-pass", store_dom(d->sc, d->domid));

    (void)unused;
    return store_write(d->sc, XBT_NULL, path, vnc->passwd);
}

static bool always(const struct dm_start *d)
{
    (void)d;
    return true;
}

static bool has_vnc(const struct dm_start *d)
{
    return vnc_of(d->config);
}

static bool has_password(const struct dm_start *d)
{
    const libxl_vnc_info *vnc = vnc_of(d->config);

    return vnc && vnc->passwd && *vnc->passwd;
}

static const struct {
    const char *command;
    bool (*wanted)(const struct dm_start *d);
    int (*take)(struct dm_start *d, struct json_object *answer);
} questions[] = {
    {"query-chardev", always, take_chardevs},
    {"change-vnc-password", has_password, set_password},
    {"query-vnc", has_vnc, take_vnc},
};

static void ask_next(libxl_ctx *ctx, struct dm_start *d);

static void answered(libxl_ctx *ctx, struct qmp *q, int rc, struct json_object *answer)
{
    struct dm_start *d = CONTAINER_OF(q, struct dm_start, qmp);

    if (!rc)
        rc = questions[d->next_step].take(d, answer);
    d->next_step++;
    if (rc)
        d->done(ctx, d, rc);
    else
        ask_next(ctx, d);
}

static void ask_next(libxl_ctx *ctx, struct dm_start *d)
{
    while ((size_t)d->next_step < ARRAY_SIZE(questions) && !questions[d->next_step].wanted(d))
        d->next_step++;
    if ((size_t)d->next_step == ARRAY_SIZE(questions)) {
        d->done(ctx, d, 0);
        return;
    }
    d->qmp = (struct qmp){.sc = d->sc,
                          .domid = d->domid,
                          .command = questions[d->next_step].command,
                          .stop = QMP_ANY_TIME, /* the domain goes with it */
                          .done = answered};
    if (questions[d->next_step].take == set_password) {
        d->qmp.arguments = json_object_new_object();
        json_object_object_add(d->qmp.arguments, "password",
                               json_object_new_string(vnc_of(d->config)->passwd));
    }
    qmp_start(&d->qmp);
}

/* Until it runs. */

static void state_changed(libxl_ctx *ctx, struct ev_watch *ev, const char *path)
{
    struct dm_start *d = CONTAINER_OF(ev, struct dm_start, state);
    char *s = store_read(d->sc, XBT_NULL, d->state_path);

    (void)path;
    if (!s || strcmp(s, "running"))
        return;
    watching_end(ctx, d);
    ask_next(ctx, d);
}

static void died(libxl_ctx *ctx, struct ev_fd *ev, short revents)
{
    (void)revents;
    failed(ctx, CONTAINER_OF(ev, struct dm_start, died), "ended early");
}

static void too_late(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct dm_start *d = CONTAINER_OF(ev, struct dm_start, timeout);

    kill(d->pid, SIGKILL);
    failed(ctx, d, "does not start");
}

/* It goes with the domain. */
static void cancelled(libxl_ctx *ctx, struct cancel *c)
{
    struct dm_start *d = CONTAINER_OF(c, struct dm_start, cancel);

    watching_end(ctx, d);
    d->done(ctx, d, ERROR_ABORTED);
}

static int watch_it(libxl_ctx *ctx, struct dm_start *d)
{
    int fd = (int)syscall(SYS_pidfd_open, d->pid, 0), rc;

    if (fd < 0) {
        LOG_ERRNO(d->sc, "the device model is gone");
        return ERROR_FAIL;
    }
    rc = ev_fd_start(ctx, &d->died, fd, POLLIN, died);
    if (rc) {
        close(fd);
        return rc;
    }
    rc = ev_timer_start(ctx, &d->timeout, START_TIMEOUT_MS, too_late);
    if (!rc)
        rc = ev_watch_start(ctx, &d->state, d->state_path, state_changed);
    if (!rc)
        rc = cancel_start(d->sc, &d->cancel, cancelled);
    if (rc)
        watching_end(ctx, d);
    return rc;
}

static char **environment(struct dm_args *a)
{
    unsigned int n = 0;
    char **env;

    while (environ[n])
        n++;
    env = scope_alloc(a->sc, (n + a->nr_env + 1) * sizeof(*env));
    memcpy(env, a->env, a->nr_env * sizeof(*env));
    memcpy(env + a->nr_env, environ, n * sizeof(*env));
    return env;
}

/* Standard input: the state to start from, or nothing. */
static int open_state(struct dm_start *d)
{
    char *path = d->resume ? dm_resume_path(d->sc, d->domid) : scope_strdup(d->sc, "/dev/null");
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        LOG_ERRNO(d->sc, "cannot read %s", path);
    if (d->resume)
        unlink(path);
    return fd;
}

static int spawn_with(struct dm_start *d, int in_fd)
{
    struct dm_args a = {.sc = d->sc, .domid = d->domid, .config = d->config, .resume = d->resume};
    char *name = scope_printf(d->sc, "qemu-dm-%s", d->config->c_info.name), *log;
    int rc = dm_args_build(&a), fd;

    if (rc)
        return rc;
    for (unsigned int i = 0; i < a.nr; i++)
        LOG_DEBUG(d->sc, "device model: %s", a.argv[i]);
    if (access(a.argv[0], X_OK)) {
        LOG_ERRNO(d->sc, "there is no device model %s", a.argv[0]);
        return ERROR_FAIL;
    }
    rc = libxl_create_logfile(d->sc->ctx, name, &log);
    if (rc)
        return rc;
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        LOG_ERRNO(d->sc, "cannot write %s", log);
    free(log);
    if (fd < 0)
        return ERROR_FAIL;
    rc = child_detach(d->sc, a.argv, environment(&a), in_fd, fd, &d->pid);
    close(fd);
    return rc;
}

static int spawn(struct dm_start *d)
{
    int fd = open_state(d), rc;

    if (fd < 0)
        return ERROR_FAIL;
    rc = spawn_with(d, fd);
    close(fd);
    return rc;
}

void dm_start(struct dm_start *d)
{
    libxl_ctx *ctx = d->sc->ctx;
    char *dir = dm_store_path(d->sc, d->domid);
    int rc = store_rm(d->sc, XBT_NULL, dir);

    d->state_path = scope_printf(d->sc, "%s/state", dir);
    if (!rc)
        rc = store_make(d->sc, XBT_NULL, dir, TOOLSTACK_DOMID, XS_PERM_NONE, 0);
    if (!rc)
        rc = spawn(d);
    if (!rc)
        rc = store_writef(
            d->sc, XBT_NULL,
            scope_printf(d->sc, "%s/image/device-model-pid", store_dom(d->sc, d->domid)), "%d",
            (int)d->pid);
    if (!rc)
        rc = watch_it(ctx, d);
    if (rc)
        d->done(ctx, d, rc);
}
