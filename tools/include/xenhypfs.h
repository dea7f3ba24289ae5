/* SPDX-License-Identifier: MIT */
/*
 * libxenhypfs: the hypervisor's tree of settings and facts, by path. Functions return NULL or -1
 * with errno on failure; results are to be freed with free().
 */
#ifndef XENHYPFS_H
#define XENHYPFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct xentoollog_logger;

typedef struct xenhypfs_handle xenhypfs_handle;

enum xenhypfs_type {
    xenhypfs_type_dir,
    xenhypfs_type_blob,
    xenhypfs_type_string,
    xenhypfs_type_uint,
    xenhypfs_type_int,
    xenhypfs_type_bool,
};

enum xenhypfs_encoding { xenhypfs_enc_plain, xenhypfs_enc_gzip };

struct xenhypfs_dirent {
    char *name;
    size_t size;             /* of the contents, in bytes */
    unsigned short type;     /* enum xenhypfs_type */
    unsigned short encoding; /* enum xenhypfs_encoding */
    unsigned int flags;
#define XENHYPFS_FLAG_WRITABLE 0x00000001
};

xenhypfs_handle *xenhypfs_open(struct xentoollog_logger *logger, unsigned int open_flags);
int xenhypfs_close(xenhypfs_handle *fshdl);

/* The contents as they are. *@dirent, if @dirent is not NULL, is to be freed too. */
void *xenhypfs_read_raw(xenhypfs_handle *fshdl, const char *path, struct xenhypfs_dirent **dirent);
/* The contents as text. EISDIR for directories, EDOM for what is no text. */
char *xenhypfs_read(xenhypfs_handle *fshdl, const char *path);
/* The entries of a directory, in one piece. */
struct xenhypfs_dirent *xenhypfs_readdir(xenhypfs_handle *fshdl, const char *path,
                                         unsigned int *num_entries);
/* @val is text, and turned into what the entry takes. EACCES if it takes nothing. */
int xenhypfs_write(xenhypfs_handle *fshdl, const char *path, const char *val);

#endif
