/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_cases.h"

#define LONG         2000 /* bytes: more fits into a packet, with its path, on no transport */
#define CHILDREN     10
#define PATH_MAX_LEN 96

static char *path_of(const struct store *s, const char *name, char path[PATH_MAX_LEN])
{
    snprintf(path, PATH_MAX_LEN, "%s/%s", s->base, name);
    return path;
}

static bool wrong(void)
{
    errno = EILSEQ;
    return false;
}

/* The value that a node of this length has: not the same everywhere. */
static void fill(char *value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        value[i] = (char)('a' + i % 23);
}

static bool put(const struct store *s, xs_transaction_t t, const char *name, size_t len)
{
    char path[PATH_MAX_LEN], value[LONG];

    fill(value, len);
    return xs_write(s->xs, t, path_of(s, name, path), value, (unsigned int)len);
}

static bool is_there(const struct store *s, xs_transaction_t t, const char *name, size_t len)
{
    char path[PATH_MAX_LEN], value[LONG], *got;
    unsigned int got_len;
    bool same;

    got = xs_read(s->xs, t, path_of(s, name, path), &got_len);
    if (!got)
        return false;
    fill(value, len);
    same = got_len == len && !memcmp(got, value, len);
    free(got);
    return same || wrong();
}

static bool remove_node(const struct store *s, xs_transaction_t t, const char *name)
{
    char path[PATH_MAX_LEN];

    return xs_rm(s->xs, t, path_of(s, name, path));
}

/* A node that must not be. */
static bool is_gone(const struct store *s, const char *name)
{
    char path[PATH_MAX_LEN];
    void *value = xs_read(s->xs, XBT_NULL, path_of(s, name, path), NULL);

    free(value);
    return value ? wrong() : errno == ENOENT;
}

static bool put_short(const struct store *s)
{
    return put(s, XBT_NULL, "node", 1);
}
static bool put_long(const struct store *s)
{
    return put(s, XBT_NULL, "node", LONG);
}
static bool read_short(const struct store *s)
{
    return is_there(s, XBT_NULL, "node", 1);
}
static bool read_long(const struct store *s)
{
    return is_there(s, XBT_NULL, "node", LONG);
}
static bool write_short(const struct store *s)
{
    return put_short(s) && read_short(s);
}
static bool write_long(const struct store *s)
{
    return put_long(s) && read_long(s);
}

static bool put_children(const struct store *s)
{
    char name[32];

    for (unsigned int i = 0; i < CHILDREN; i++) {
        snprintf(name, sizeof(name), "dir/%u", i);
        if (!put(s, XBT_NULL, name, 1))
            return false;
    }
    return true;
}

static bool list(const struct store *s)
{
    char path[PATH_MAX_LEN], **names;
    unsigned int nr, seen = 0;

    names = xs_directory(s->xs, XBT_NULL, path_of(s, "dir", path), &nr);
    if (!names)
        return false;
    for (unsigned int i = 0; i < nr; i++)
        seen |= 1u << atoi(names[i]);
    free(names);
    return (nr == CHILDREN && seen == (1u << CHILDREN) - 1) || wrong();
}

static bool remove_one(const struct store *s)
{
    return remove_node(s, XBT_NULL, "node") && is_gone(s, "node");
}

static bool remove_tree(const struct store *s)
{
    return remove_node(s, XBT_NULL, "dir") && is_gone(s, "dir") && is_gone(s, "dir/1");
}

static bool start(const struct store *s, xs_transaction_t *t)
{
    *t = xs_transaction_start(s->xs);
    return *t != XBT_NULL;
}

static bool empty(const struct store *s)
{
    xs_transaction_t t;

    return start(s, &t) && xs_transaction_end(s->xs, t, false);
}

static bool empty_abort(const struct store *s)
{
    xs_transaction_t t;

    return start(s, &t) && xs_transaction_end(s->xs, t, true);
}

/* A node is read and written in a transaction, which ends so. */
static bool change(const struct store *s, bool abort)
{
    xs_transaction_t t;

    if (!start(s, &t))
        return false;
    if (!is_there(s, t, "node", 1) || !put(s, t, "node", LONG) || !is_there(s, t, "node", LONG)) {
        int error = errno;

        (void)xs_transaction_end(s->xs, t, true);
        errno = error;
        return false;
    }
    return xs_transaction_end(s->xs, t, abort);
}

static bool change_commit(const struct store *s)
{
    return change(s, false) && read_long(s);
}
static bool change_abort(const struct store *s)
{
    return change(s, true) && read_short(s);
}

/* Somebody else writes what the transaction has read: it must fail, and leave what he wrote. */
static bool conflict(const struct store *s)
{
    char path[PATH_MAX_LEN];
    xs_transaction_t t;
    bool done;

    if (!start(s, &t))
        return false;
    if (!is_there(s, t, "node", 1) || !put(s, t, "node", 2) ||
        !xs_write(s->other, XBT_NULL, path_of(s, "node", path), "abcd", 4)) {
        int error = errno;

        (void)xs_transaction_end(s->xs, t, true);
        errno = error;
        return false;
    }
    done = xs_transaction_end(s->xs, t, false);
    if (done)
        return wrong();
    return errno == EAGAIN && is_there(s, XBT_NULL, "node", 4);
}

const struct store_case store_cases[] = {
    {"read 1", "Read a node of 1 byte", put_short, read_short},
    {"read 2000", "Read a node of 2000 bytes", put_long, read_long},
    {"write 1", "Write a node of 1 byte", NULL, write_short},
    {"write 2000", "Write a node of 2000 bytes", NULL, write_long},
    {"dir", "List a node's children", put_children, list},
    {"rm node", "Remove a node", put_short, remove_one},
    {"rm dir", "Remove a node with children", put_children, remove_tree},
    {"ta empty", "A transaction of nothing", NULL, empty},
    {"ta empty x", "The same, aborted", NULL, empty_abort},
    {"ta rmw", "Read and write a node in a transaction", put_short, change_commit},
    {"ta rmw x", "The same, aborted", put_short, change_abort},
    {"ta err", "A transaction that meets another's write", put_short, conflict},
};
const unsigned int nr_store_cases = sizeof(store_cases) / sizeof(store_cases[0]);
