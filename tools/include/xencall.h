/* SPDX-License-Identifier: MIT */
/*
 * libxencall: hypercalls by number, and memory that may be passed to them. What the numbers and
 * arguments mean is the hypervisor's business, and not as stable as this library.
 *
 * A handle and its buffers belong to the process that opened it: a child must open its own, and may
 * only xencall_close() an inherited one. Handles are safe to use from several threads, unless
 * opened as non-reentrant. Nothing here logs, but for xencall_open().
 */
#ifndef XENCALL_H
#define XENCALL_H

#include <stddef.h>
#include <stdint.h>

struct xentoollog_logger;

typedef struct xencall_handle xencall_handle;

/* The caller keeps threads apart itself. */
#define XENCALL_OPENFLAG_NON_REENTRANT (1U << 0)

/* NULL with errno set on failure. @logger NULL: errors go to stderr. */
xencall_handle *xencall_open(struct xentoollog_logger *logger, unsigned open_flags);
/* Buffers should be freed before. NULL is allowed. Returns 0, or -1 with errno. */
int xencall_close(xencall_handle *xcall);
/* The device's file descriptor, which stays the handle's. */
int xencall_fd(xencall_handle *xcall);

/*
 * Make the call. A pointer among the arguments, direct or in a structure, must point into a buffer
 * from this handle. Returns what the hypervisor returned if that is not negative; otherwise -1 with
 * errno, whether the hypervisor or the kernel refused.
 */
int xencall0(xencall_handle *xcall, unsigned int op);
int xencall1(xencall_handle *xcall, unsigned int op, uint64_t arg1);
int xencall2(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2);
int xencall3(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2, uint64_t arg3);
int xencall4(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2, uint64_t arg3,
             uint64_t arg4);
int xencall5(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2, uint64_t arg3,
             uint64_t arg4, uint64_t arg5);
/* For calls whose result may exceed an int. */
long xencall2L(xencall_handle *xcall, unsigned int op, uint64_t arg1, uint64_t arg2);

/*
 * Buffers: page aligned and zeroed (pages), or aligned for any object. NULL with errno on failure.
 * Free with the function of the same kind; NULL may be freed. They keep errno.
 */
void *xencall_alloc_buffer_pages(xencall_handle *xcall, size_t nr_pages);
void xencall_free_buffer_pages(xencall_handle *xcall, void *p, size_t nr_pages);
void *xencall_alloc_buffer(xencall_handle *xcall, size_t size);
void xencall_free_buffer(xencall_handle *xcall, void *p);

/* Nonzero: the hypervisor can always reach the buffers. Zero: calls may fail with EFAULT. */
int xencall_buffers_never_fault(xencall_handle *xcall);

#endif
