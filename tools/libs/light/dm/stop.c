/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/store.h"
#include "dm/dm.h"

#define GO_TIMEOUT_MS 10000

/* A number is used again after its process has gone: look whether it is still ours. */
static bool is_ours(struct scope *sc, pid_t pid, uint32_t domid)
{
    const char mark[] = "-xen-domid";
    char buf[4096], *want = scope_printf(sc, "%u", domid);
    int fd = open(scope_printf(sc, "/proc/%d/cmdline", (int)pid), O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return false;
    buf[n] = '\0';
    for (char *s = buf; s < buf + n; s += strlen(s) + 1)
        if (!strcmp(s, mark) && s + sizeof(mark) < buf + n)
            return !strcmp(s + sizeof(mark), want);
    return false;
}

pid_t dm_pid(struct scope *sc, uint32_t domid)
{
    long pid =
        store_read_long(sc, scope_printf(sc, "%s/image/device-model-pid", store_dom(sc, domid)));

    return pid > 1 && is_ours(sc, (pid_t)pid, domid) ? (pid_t)pid : 0;
}

/* That of domain 0 itself is started with the host. */
int dm_check(struct scope *sc, uint32_t domid, uint32_t backend_domid)
{
    if (!domid || backend_domid || dm_pid(sc, domid))
        return 0;
    LOG_ERROR(sc, "device model required but not running");
    return ERROR_INVAL;
}

static void gone(libxl_ctx *ctx, struct dm_stop *d, int rc)
{
    int fd = d->died.fd;

    ev_timer_stop(ctx, &d->timeout);
    if (d->died.active) {
        ev_fd_stop(ctx, &d->died);
        close(fd);
    }
    unlink(dm_socket_path(d->sc, d->domid, "libxl"));
    unlink(dm_socket_path(d->sc, d->domid, "libxenstat"));
    if (store_rm(d->sc, XBT_NULL, dm_store_path(d->sc, d->domid)))
        rc = rc ? rc : ERROR_FAIL;
    d->done(ctx, d, rc);
}

static void has_died(libxl_ctx *ctx, struct ev_fd *ev, short revents)
{
    (void)revents;
    gone(ctx, CONTAINER_OF(ev, struct dm_stop, died), 0);
}

static void timed_out(libxl_ctx *ctx, struct ev_timer *ev)
{
    struct dm_stop *d = CONTAINER_OF(ev, struct dm_stop, timeout);

    if (d->killed) {
        LOG_ERROR(d->sc, "the device model does not go");
        gone(ctx, d, ERROR_FAIL);
        return;
    }
    LOG_WARN(d->sc, "the device model does not end: killed");
    d->killed = true;
    kill(d->pid, SIGKILL);
    if (ev_timer_start(ctx, &d->timeout, GO_TIMEOUT_MS, timed_out))
        gone(ctx, d, ERROR_FAIL);
}

void dm_stop(struct dm_stop *d)
{
    libxl_ctx *ctx = d->sc->ctx;
    int fd, rc;

    d->pid = dm_pid(d->sc, d->domid);
    fd = d->pid ? (int)syscall(SYS_pidfd_open, d->pid, 0) : -1;
    if (fd < 0) {
        gone(ctx, d, 0);
        return;
    }
    kill(d->pid, SIGHUP);
    rc = ev_fd_start(ctx, &d->died, fd, POLLIN, has_died);
    if (rc)
        close(fd);
    else
        rc = ev_timer_start(ctx, &d->timeout, GO_TIMEOUT_MS, timed_out);
    if (rc)
        gone(ctx, d, rc);
}
