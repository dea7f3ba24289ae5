/* SPDX-License-Identifier: MIT */
/*
 * A pair of byte streams between two domains, in shared memory. The server makes it and says in
 * xenstore where it is; a client, one at a time, connects:
 *
 *   PATH/ring-ref        grant of the page with struct vchan_interface (xen/io/libxenvchan.h)
 *   PATH/event-channel   port of the server
 *
 * Functions that move data return -1 with errno on an error, also where the other side is gone.
 * One thread at a time may read, another one write.
 */
#ifndef LIBXENVCHAN_H
#define LIBXENVCHAN_H

#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>

#include <xen/io/libxenvchan.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#ifdef __cplusplus
extern "C" {
#endif

struct xentoollog_logger;

struct libxenvchan_ring {
    struct ring_shared *shr; /* in the shared page */
    void *buffer;            /* the data, of 1 << order bytes */
    int order;               /* our own copy: the other side may change the shared one */
};

/* Users may set server_persist and blocking, and read the other flags. */
struct libxenvchan {
    union {
        xengntshr_handle *gntshr; /* the server's */
        xengnttab_handle *gnttab; /* the client's */
    };
    struct vchan_interface *ring;
    xenevtchn_handle *event;
    uint32_t event_port;
    int is_server : 1;
    int server_persist : 1; /* the server stays when its client goes */
    int blocking : 1;       /* wait, in place of returning 0 */
    struct libxenvchan_ring read, write;
    char *xs_path; /* the server's */
};

/* NULL on an error. @read_min, @write_min: the least sizes of the rings, in the server's view. */
struct libxenvchan *libxenvchan_server_init(struct xentoollog_logger *logger, int domain,
                                            const char *xs_path, size_t read_min, size_t write_min);
struct libxenvchan *libxenvchan_client_init(struct xentoollog_logger *logger, int domain,
                                            const char *xs_path);
/* The other side can still read what was sent before. NULL will do. */
void libxenvchan_close(struct libxenvchan *ctrl);

/* All @size bytes, or 0 if that would block. */
int libxenvchan_recv(struct libxenvchan *ctrl, void *data, size_t size);
int libxenvchan_send(struct libxenvchan *ctrl, const void *data, size_t size);
/* What there is: at least one byte, or 0 if that would block. */
int libxenvchan_read(struct libxenvchan *ctrl, void *data, size_t size);
/* What there is room for; if blocking, all of it. */
int libxenvchan_write(struct libxenvchan *ctrl, const void *data, size_t size);

/* Until the other side has done something. */
int libxenvchan_wait(struct libxenvchan *ctrl);
/* Readable when libxenvchan_wait() would not wait. */
int libxenvchan_fd_for_select(struct libxenvchan *ctrl);
/* 0: a side is gone; 1: both are there; 2: no client is there yet, or again. */
int libxenvchan_is_open(struct libxenvchan *ctrl);
int libxenvchan_data_ready(struct libxenvchan *ctrl);
int libxenvchan_buffer_space(struct libxenvchan *ctrl);

#ifdef __cplusplus
}
#endif

#endif
