/* SPDX-License-Identifier: MIT */
/*
 * libxenevtchn: event channels of this domain, for a process. A handle owns the ports bound through
 * it; closing it closes them. A child after fork() may only close an inherited handle, and must not
 * even poll its descriptor. Functions return -1 (handles: NULL) with errno on failure; none logs.
 */
#ifndef XENEVTCHN_H
#define XENEVTCHN_H

#include <stdint.h>

#include <xen/event_channel.h>

struct xentoollog_logger;

/* A port, which always fits, or -1. */
typedef int xenevtchn_port_or_error_t;
typedef struct xenevtchn_handle xenevtchn_handle;

/* Let the descriptor survive exec(), for a daemon that replaces itself by a newer version. */
#define XENEVTCHN_NO_CLOEXEC (1 << 0)

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags);
/* A handle around the descriptor that such a daemon inherited; no flags are allowed (EINVAL). */
xenevtchn_handle *xenevtchn_fdopen(struct xentoollog_logger *logger, int fd, unsigned open_flags);
int xenevtchn_close(xenevtchn_handle *xce);

/*
 * Readable when a port is pending. Do not rely on O_NONBLOCK: poll before each xenevtchn_pending().
 */
int xenevtchn_fd(xenevtchn_handle *xce);

int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port);
/* A new port to which @domid may connect. */
xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *xce, uint32_t domid);
/* A new port connected to @remote_port of @domid. */
xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *xce, uint32_t domid,
                                                     evtchn_port_t remote_port);
xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce, unsigned int virq);
int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port);
/*
 * The next pending port, waiting for one if need be. It stays masked until xenevtchn_unmask(), so
 * do the work in between; events arriving meanwhile come afterwards.
 */
xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce);
int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port);

/* From now on the handle may bind to @domid only, and to no VIRQ. */
int xenevtchn_restrict(xenevtchn_handle *xce, domid_t domid);

#endif
