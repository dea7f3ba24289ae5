/* SPDX-License-Identifier: MIT */
/*
 * libxenstore.so.4: access to the store from dom0's user space or from a guest's.
 *
 * Unless stated otherwise a function returns false or NULL on failure, with the cause in errno;
 * what it returns by pointer is one malloc()ed block which the caller frees with one free().
 * A handle may be used by several threads at once. Limits of paths and payloads are the
 * XENSTORE_*_MAX of xen/io/xs_wire.h.
 */
#ifndef XENSTORE_H
#define XENSTORE_H

#include <xenstore_lib.h>

/* "Not in a transaction". */
#define XBT_NULL 0

/* Accepted and without effect. */
#define XS_OPEN_READONLY   (1UL << 0)
#define XS_OPEN_SOCKETONLY (1UL << 1)

/*
 * With this flag no event of a watch is delivered once xs_unwatch() for it has returned; without
 * it events that were already on their way still arrive. The caller must then not use one token
 * for a path and for a path below it at the same time.
 */
#define XS_UNWATCH_FILTER (1UL << 2)

struct xs_handle;
typedef uint32_t xs_transaction_t;

/*
 * Connects to the daemon's socket or, where there is none, to the kernel's xenbus device.
 * After fork() only the parent may go on using the handle.
 */
struct xs_handle *xs_open(unsigned long flags);

/* Disconnects and frees @xsh, which may be NULL. No other thread may be using it. */
void xs_close(struct xs_handle *xsh);

/* Older names of xs_open(0) and xs_close(). */
struct xs_handle *xs_daemon_open(void);
struct xs_handle *xs_domain_open(void);
struct xs_handle *xs_daemon_open_readonly(void);
void xs_daemon_close(struct xs_handle *xsh);

/* Frees in a forked child what xs_open() made in the parent, whose connection stays usable. */
void xs_daemon_destroy_postfork(struct xs_handle *xsh);

/* Names of the children of @path; their number goes to *@num. */
char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num);

/* Value of @path with a NUL behind it, which *@len (if not NULL) does not count. */
void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len);

/* Sets the value of @path; creates it and the missing nodes above it. */
bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len);

/* Creates @path with an empty value. True if it exists already. */
bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path);

/* Removes @path with all below it. True also if only the last component is missing. */
bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path);

/* No longer supported: false, with errno EOPNOTSUPP. */
bool xs_restrict(struct xs_handle *h, unsigned domid);

/* The access list of @path, *@num entries, the owner's first. */
struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                                          unsigned int *num);

/*
 * Replaces the access list of @path. Example: { {dm, XS_PERM_NONE}, {guest, XS_PERM_READ} } makes
 * dm the owner, lets guest read and nobody else do anything. Domain 0 may always do everything.
 */
bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                        struct xs_permissions *perms, unsigned int num_perms);

/*
 * Asks for an event whenever @path or something below it changes, and for one at once.
 * The event carries @token. A first watch starts a thread that reads from the connection.
 */
bool xs_watch(struct xs_handle *h, const char *path, const char *token);

/* A descriptor that polls readable while events are queued, for xs_check_watch(). */
int xs_fileno(struct xs_handle *h);

/*
 * The next event if one is there: [XS_WATCH_PATH] and [XS_WATCH_TOKEN]. NULL and EAGAIN if not.
 * After xs_fileno() polled readable call this until it says EAGAIN.
 */
char **xs_check_watch(struct xs_handle *h);

/* As xs_check_watch(), but waits for an event. *@num is the number of strings. */
char **xs_read_watch(struct xs_handle *h, unsigned int *num);

/* Drops the watch on @path with @token. */
bool xs_unwatch(struct xs_handle *h, const char *path, const char *token);

/* Starts a transaction: a view of the store that others' changes do not reach. XBT_NULL: error. */
xs_transaction_t xs_transaction_start(struct xs_handle *h);

/*
 * Ends a transaction, dropping its changes if @abort. False with EAGAIN: it was in conflict with
 * another change and has to be done again from xs_transaction_start() on.
 */
bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort);

/* Tells the daemon of a new domain: the frame of its store ring and its event channel's port. */
bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long mfn,
                         unsigned int eventchn);

/* Gives @domid the rights of @target, which it serves as device model. */
bool xs_set_target(struct xs_handle *h, unsigned int domid, unsigned int target);

/* Forgets that @domid has been shut down: it was resumed. */
bool xs_resume_domain(struct xs_handle *h, unsigned int domid);

/* Makes the daemon give up the ring of @domid. */
bool xs_release_domain(struct xs_handle *h, unsigned int domid);

/* The path to which relative paths of @domid belong. */
char *xs_get_domain_path(struct xs_handle *h, unsigned int domid);

/* Whether @child is @parent or lies below it; compares text and cannot fail. */
bool xs_path_is_subpath(const char *parent, const char *child);

/* Whether the daemon knows @domid. */
bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid);

/* Sends a command to the daemon itself; the answer as a string. @data is @len bytes or NULL. */
char *xs_control_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len);

/* Older name of xs_control_command(). */
char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len);

/* Port of the suspend event channel that @domid published, or -1. */
int xs_suspend_evtchn_port(int domid);

#endif
