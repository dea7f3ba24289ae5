/* SPDX-License-Identifier: MIT */
#ifndef GNTTAB_PRIVATE_H
#define GNTTAB_PRIVATE_H

#include <stdbool.h>

#include "sysdep/toolcore.h"
#include "sysdep/xendev.h"
#include "xengnttab.h"
#include "xentoollog.h"

#define PAGE_BYTES 4096u

struct xengntdev_handle {
    struct toolcore_handle active;
    struct xentoollog_logger *logger; /* may be NULL */
    int fd;
};

struct xengntdev_handle *gntdev_open(struct xentoollog_logger *logger, const char *path,
                                     unsigned open_flags);
int gntdev_close(struct xengntdev_handle *handle);
/* Logs errno with @what, and keeps it. */
void gntdev_failed(struct xengntdev_handle *handle, const char *what);
/*
 * Ask the kernel for a notification for the page at @index of the device's file. @offset and @port:
 * ~0 for none. Returns 0 or -1 with errno.
 */
int gntdev_notify(struct xengntdev_handle *handle, unsigned long request, uint64_t index,
                  uint32_t offset, evtchn_port_t port);

#endif
