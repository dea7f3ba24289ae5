/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "sysdep/toolcore.h"
#include "sysdep/xendev.h"
#include "xenevtchn.h"

struct xenevtchn_handle {
    struct toolcore_handle active;
    int fd;
};

static int evtchn_restrict(struct toolcore_handle *active, domid_t domid)
{
    struct xenevtchn_handle *xce = (void *)active;

    return xenevtchn_restrict(xce, domid);
}

static xenevtchn_handle *handle_new(int fd)
{
    struct xenevtchn_handle *xce = calloc(1, sizeof(*xce));

    if (!xce)
        return NULL;
    xce->active.restrict_to = evtchn_restrict;
    xce->fd = fd;
    xentoolcore__register_active_handle(&xce->active);
    return xce;
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
    int fd, saved;
    xenevtchn_handle *xce;

    (void)logger;
    if (flags & ~XENEVTCHN_NO_CLOEXEC) {
        errno = EINVAL;
        return NULL;
    }
    fd = open("/dev/xen/evtchn", O_RDWR | (flags & XENEVTCHN_NO_CLOEXEC ? 0 : O_CLOEXEC));
    if (fd < 0)
        return NULL;
    xce = handle_new(fd);
    if (!xce) {
        saved = errno;
        close(fd);
        errno = saved;
    }
    return xce;
}

xenevtchn_handle *xenevtchn_fdopen(struct xentoollog_logger *logger, int fd, unsigned open_flags)
{
    (void)logger;
    if (open_flags) {
        errno = EINVAL;
        return NULL;
    }
    return handle_new(fd);
}

int xenevtchn_close(xenevtchn_handle *xce)
{
    int r;

    if (!xce)
        return 0;
    xentoolcore__deregister_active_handle(&xce->active);
    r = close(xce->fd);
    free(xce);
    return r;
}

int xenevtchn_fd(xenevtchn_handle *xce)
{
    return xce->fd;
}

int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
    uint32_t arg = port;

    return ioctl(xce->fd, DEV_EVTCHN_NOTIFY, &arg);
}

xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *xce, uint32_t domid)
{
    return ioctl(xce->fd, DEV_EVTCHN_BIND_UNBOUND, &domid);
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *xce, uint32_t domid,
                                                     evtchn_port_t remote_port)
{
    struct dev_evtchn_pair arg = {domid, remote_port};

    return ioctl(xce->fd, DEV_EVTCHN_BIND_INTERDOMAIN, &arg);
}

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce, unsigned int virq)
{
    uint32_t arg = virq;

    return ioctl(xce->fd, DEV_EVTCHN_BIND_VIRQ, &arg);
}

int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
    uint32_t arg = port;

    return ioctl(xce->fd, DEV_EVTCHN_UNBIND, &arg);
}

/* The device moves whole 32-bit ports only. */
static int transferred(ssize_t n, evtchn_port_t port)
{
    if (n == sizeof(port))
        return (int)port;
    if (n >= 0)
        errno = EIO;
    return -1;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
    evtchn_port_t port = 0;
    ssize_t n = read(xce->fd, &port, sizeof(port));

    return transferred(n, port);
}

int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port)
{
    ssize_t n = write(xce->fd, &port, sizeof(port));

    return transferred(n, port) < 0 ? -1 : 0;
}

int xenevtchn_restrict(xenevtchn_handle *xce, domid_t domid)
{
    uint16_t arg = domid;

    return ioctl(xce->fd, DEV_EVTCHN_RESTRICT, &arg);
}
