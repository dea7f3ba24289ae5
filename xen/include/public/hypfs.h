/* SPDX-License-Identifier: MIT */
/*
 * A tree of settings and facts of the hypervisor, e.g. /params or /buildinfo.
 * HYPERVISOR_hypfs_op(cmd, path, path_len, buffer, buffer_len); path_len counts the NUL.
 */
#ifndef __XEN_PUBLIC_HYPFS_H__
#define __XEN_PUBLIC_HYPFS_H__

#include "xen.h"

#define XEN_HYPFS_VERSION     1
#define XEN_HYPFS_MAX_PATHLEN 1024 /* bytes with the NUL */

#define XEN_HYPFS_OP_get_version    0 /* none: returns XEN_HYPFS_VERSION */
#define XEN_HYPFS_OP_read           1 /* a direntry and the content; of a directory: the list */
#define XEN_HYPFS_OP_write_contents 2 /* the new content */

#define XEN_HYPFS_TYPE_DIR    0
#define XEN_HYPFS_TYPE_BLOB   1
#define XEN_HYPFS_TYPE_STRING 2
#define XEN_HYPFS_TYPE_UINT   3
#define XEN_HYPFS_TYPE_INT    4
#define XEN_HYPFS_TYPE_BOOL   5

#define XEN_HYPFS_ENC_PLAIN 0
#define XEN_HYPFS_ENC_GZIP  1

typedef struct xen_hypfs_direntry {
    uint8_t type;     /* XEN_HYPFS_TYPE_* */
    uint8_t encoding; /* XEN_HYPFS_ENC_* */
    uint16_t pad;
    uint32_t content_len;   /* bytes */
    uint32_t max_write_len; /* bytes; 0: read-only */
} xen_hypfs_direntry_t;

struct xen_hypfs_dirlistentry {
    xen_hypfs_direntry_t e;
    uint16_t off_next; /* bytes from this entry; 0: the last one */
    char name[XEN_FLEX_ARRAY_DIM];
};

#endif /* __XEN_PUBLIC_HYPFS_H__ */
