/* SPDX-License-Identifier: MIT */
/* The xenstore-* commands: one program that looks at the name it was called by. */
#ifndef XENSTORE_CLIENT_H
#define XENSTORE_CLIENT_H

#include <stdbool.h>
#include <stdio.h>

#include <xenstore.h>

struct client {
    const char *prog; /* for messages */
    struct xs_handle *xsh;
    xs_transaction_t t;
    bool prefix, tidy, upto, recurse, raw, full_path, perms;
    int nr_events;        /* of xenstore-watch; negative: no end */
    unsigned int columns; /* for a line of xenstore-ls; 0: no limit */
    FILE *out;            /* shown once the transaction has been closed */
};

/*
 * Each runs on @n arguments and returns the exit status; messages about errors it has printed.
 * They run in a transaction and may be run again after a conflict.
 */
int cmd_read(struct client *c, int n, char **args);
int cmd_write(struct client *c, int n, char **args);
int cmd_rm(struct client *c, int n, char **args);
int cmd_exists(struct client *c, int n, char **args);
int cmd_list(struct client *c, int n, char **args);
int cmd_ls(struct client *c, int n, char **args);
int cmd_chmod(struct client *c, int n, char **args);
int cmd_watch(struct client *c, int n, char **args);

/* Prints @len bytes so that they stay on one line: \n, \r, \t, \\ and octal numbers. */
void print_escaped(FILE *f, const char *value, unsigned int len);
/* The inverse, in place; also takes \xHH. The new length, or -1 on a malformed escape. */
int unescape(char *text);

#endif
