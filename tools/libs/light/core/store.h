/* SPDX-License-Identifier: MIT */
/* Xenstore. Functions log what goes wrong, save that a node does not exist. */
#ifndef LIBXL_CORE_STORE_H
#define LIBXL_CORE_STORE_H

#include "core/internal.h"

/* Scope memory; NULL if there is no such node (or no store). */
char *store_read(struct scope *sc, xs_transaction_t t, const char *path);
/* As above, with the path built. */
char *store_readf(struct scope *sc, xs_transaction_t t, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* -1 if there is no such node or it is no number. */
long store_read_long(struct scope *sc, const char *path);
char **store_list(struct scope *sc, xs_transaction_t t, const char *path, unsigned int *nr);

int store_write(struct scope *sc, xs_transaction_t t, const char *path, const char *value);
int store_writef(struct scope *sc, xs_transaction_t t, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Make an empty node with these rights; a node below inherits them. */
int store_make(struct scope *sc, xs_transaction_t t, const char *path, uint32_t owner,
               unsigned int others, uint32_t reader);
int store_rm(struct scope *sc, xs_transaction_t t, const char *path);
/* Remove @path, and what is then empty of @above of its parents. */
int store_prune(struct scope *sc, xs_transaction_t t, const char *path, unsigned int above);

/* Run @fn in a transaction, again if others got in the way. @fn's error aborts it. */
int store_transact(struct scope *sc, int (*fn)(struct scope *sc, xs_transaction_t t, void *arg),
                   void *arg);

/* /local/domain/ID; /libxl/ID; the path of the domain's /vm entry or NULL. */
char *store_dom(struct scope *sc, uint32_t domid);
char *store_libxl(struct scope *sc, uint32_t domid);
char *store_vm(struct scope *sc, uint32_t domid);

#endif
