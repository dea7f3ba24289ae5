/* SPDX-License-Identifier: MIT */
/*
 * What clients and servers of the store share: permissions, paths of the daemon, helpers.
 * Part of libxenstore.so.4.
 */
#ifndef XENSTORE_LIB_H
#define XENSTORE_LIB_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

/* Bits of xs_permissions.perms which travel over the wire. */
#define XS_PERM_NONE      0x00
#define XS_PERM_READ      0x01
#define XS_PERM_WRITE     0x02
/* Bits for a server's own use. */
#define XS_PERM_ENOENT_OK 0x04
#define XS_PERM_OWNER     0x08
#define XS_PERM_IGNORE    0x10

/*
 * One entry of a node's access list. In the first entry @id is the owner and @perms holds for
 * every domain that has no entry of its own.
 */
struct xs_permissions {
    unsigned int id;
    unsigned int perms;
};

/* Bytes that the decimal form of an integer expression @x can take, with its terminator. */
#define MAX_STRLEN(x) ((sizeof(x) * CHAR_BIT + CHAR_BIT - 1) / 10 * 3 + 2)

/* Directory and sockets of the daemon; XENSTORED_RUNDIR and XENSTORED_PATH override them. */
const char *xs_daemon_rundir(void);
const char *xs_daemon_socket(void);
const char *xs_daemon_socket_ro(void);

/* Writes all of @data to @fd, however many calls it takes. False, with errno, on an error. */
bool xs_write_all(int fd, const void *data, unsigned int len);

/*
 * Parses @num consecutive NUL-terminated strings such as "r12" into @perms.
 * False, with errno EINVAL, if one of them is malformed.
 */
bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num, const char *strings);

#endif
