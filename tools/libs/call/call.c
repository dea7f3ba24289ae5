/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "private.h"
#include "sysdep/xendev.h"
#include "xentoollog.h"

static void open_failed(struct xentoollog_logger *logger, const char *path)
{
    if (logger)
        xtl_log(logger, XTL_ERROR, errno, "xencall", "cannot open %s", path);
    else
        fprintf(stderr, "xencall: error: cannot open %s: %s\n", path, strerror(errno));
}

static int open_privcmd(struct xentoollog_logger *logger)
{
    static const char *const paths[] = {"/dev/xen/privcmd", "/proc/xen/privcmd"};
    int fd = open(paths[0], O_RDWR | O_CLOEXEC);

    if (fd < 0 && (errno == ENOENT || errno == ENXIO || errno == ENODEV))
        fd = open(paths[1], O_RDWR | O_CLOEXEC);
    if (fd < 0)
        open_failed(logger, paths[0]);
    return fd;
}

static int call_restrict(struct toolcore_handle *active, domid_t domid)
{
    struct xencall_handle *xcall = (void *)active;

    (void)domid;
    return xentoolcore__restrict_by_dup2_null(xcall->fd);
}

xencall_handle *xencall_open(struct xentoollog_logger *logger, unsigned open_flags)
{
    struct xencall_handle *xcall = calloc(1, sizeof(*xcall));

    if (!xcall)
        return NULL;
    xcall->active.restrict_to = call_restrict;
    xcall->threaded = !(open_flags & XENCALL_OPENFLAG_NON_REENTRANT);
    pthread_mutex_init(&xcall->cache.lock, NULL);
    xcall->fd = open_privcmd(logger);
    if (xcall->fd < 0) {
        free(xcall);
        return NULL;
    }
    xcall->buf_fd = open("/dev/xen/hypercall", O_RDWR | O_CLOEXEC);
    xentoolcore__register_active_handle(&xcall->active);
    return xcall;
}

int xencall_close(xencall_handle *xcall)
{
    int r;

    if (!xcall)
        return 0;
    xentoolcore__deregister_active_handle(&xcall->active);
    call_cache_drain(xcall);
    if (xcall->buf_fd >= 0)
        close(xcall->buf_fd);
    r = close(xcall->fd);
    pthread_mutex_destroy(&xcall->cache.lock);
    free(xcall);
    return r;
}

int xencall_fd(xencall_handle *xcall)
{
    return xcall->fd;
}

static long call(const struct xencall_handle *xcall, struct dev_hypercall hc)
{
    return ioctl(xcall->fd, DEV_PRIVCMD_HYPERCALL, &hc);
}

int xencall0(xencall_handle *xcall, unsigned int op)
{
    return call(xcall, (struct dev_hypercall){.op = op});
}

int xencall1(xencall_handle *xcall, unsigned int op, uint64_t arg1)
{
    return call(xcall, (struct dev_hypercall){op, {arg1}});
}

int xencall2(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2)
{
    return call(xcall, (struct dev_hypercall){op, {arg1, arg2}});
}

int xencall3(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
    return call(xcall, (struct dev_hypercall){op, {arg1, arg2, arg3}});
}

int xencall4(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2, uint64_t arg3,
             uint64_t arg4)
{
    return call(xcall, (struct dev_hypercall){op, {arg1, arg2, arg3, arg4}});
}

int xencall5(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2, uint64_t arg3,
             uint64_t arg4, uint64_t arg5)
{
    return call(xcall, (struct dev_hypercall){op, {arg1, arg2, arg3, arg4, arg5}});
}

long xencall2L(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2)
{
    struct dev_hypercall hc = {op, {arg1, arg2}};

    /* Only ioctl() of libc cuts the result to an int; the kernel does not. */
    return syscall(SYS_ioctl, xcall->fd, DEV_PRIVCMD_HYPERCALL, &hc);
}
