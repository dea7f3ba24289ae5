/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

const struct quotas default_quotas = {
    .nodes = 1000,
    .watches = 128,
    .transactions = 10,
    .outstanding = 20,
    .txn_nodes = 1024,
    .memory = 2560 * 1024,
    .memory_soft = 2048 * 1024,
    .node_size = 2048,
    .path_max = 2048,
    .perms = 5,
    .event_timeout_s = 20,
};

struct store *store_new(const struct host_ops *host, void *ctx)
{
    static const struct perm dom0_only = {.domid = 0};
    struct store *s = calloc(1, sizeof(*s));
    struct perms *p = s ? perms_new(&dom0_only, 1) : NULL;

    if (!p)
        goto fail;
    TAILQ_INIT(&s->conns);
    TAILQ_INIT(&s->speaking);
    s->host = host;
    s->host_ctx = ctx;
    s->quotas = default_quotas;
    s->priv_domid = NO_DOMID;
    s->special[0] = perms_get(p);
    s->special[1] = perms_get(p);
    s->gen = 1;
    s->root = node_new("", 0, p, s->gen);
    perms_put(p);
    if (!s->root || !domain_get(s, 0))
        goto fail;
    s->domains[0]->nodes = 1;
    s->domains[0]->bytes = (long)node_bytes(s->root);
    return s;
fail:
    store_free(s);
    return NULL;
}

void store_free(struct store *s)
{
    struct conn *c;

    if (!s)
        return;
    while ((c = TAILQ_FIRST(&s->conns)))
        conn_free(c);
    node_put(s->root);
    perms_put(s->special[0]);
    perms_put(s->special[1]);
    strmap_dispose(&s->watches);
    for (unsigned int i = 0; i < STORE_NR_DOMIDS; i++)
        free(s->domains[i]);
    free(s);
}

uint64_t store_next_gen(struct store *s)
{
    return ++s->gen;
}

void store_tick(struct store *s, uint64_t now_ms)
{
    struct conn *c;

    s->now_ms = now_ms;
    TAILQ_FOREACH(c, &s->speaking, speaking)
    conn_out_age(c);
}

void store_log(struct store *s, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    s->host->log(s->host_ctx, text);
}

/* Bytes of "/local/domain/<number>/" at the start of @path, or 0. */
static size_t domain_prefix(const char *path)
{
    static const char prefix[] = "/local/domain/";
    size_t len = sizeof(prefix) - 1, digits;

    if (strncmp(path, prefix, len) != 0)
        return 0;
    digits = strspn(path + len, "0123456789");
    return digits && path[len + digits] == '/' ? len + digits + 1 : 0;
}

static bool path_chars_ok(const char *p)
{
    for (; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("-/_@", *p))
            return false;
    }
    return true;
}

bool path_is_valid(const char *path, unsigned int path_max)
{
    size_t len = strlen(path);

    if (len == 0 || len >= STORE_PATH_ROOM || path[0] != '/')
        return false;
    if (len > 1 && path[len - 1] == '/')
        return false;
    if (strstr(path, "//") || !path_chars_ok(path))
        return false;
    return len - domain_prefix(path) <= path_max;
}

int path_resolve(const struct conn *conn, const char *in, bool special, char out[STORE_PATH_ROOM])
{
    unsigned int max = conn->s->quotas.path_max;
    int n;

    if (in[0] == '@' && !special)
        return -EINVAL;
    if (in[0] == '@') {
        if (strlen(in) > max || strlen(in) >= STORE_PATH_ROOM || strchr(in, '/') ||
            !path_chars_ok(in))
            return -EINVAL;
        strcpy(out, in);
        return 0;
    }
    if (in[0] == '/' || in[0] == '\0')
        n = snprintf(out, STORE_PATH_ROOM, "%s", in);
    else if (strlen(in) > XENSTORE_REL_PATH_MAX)
        return -EINVAL;
    else
        n = snprintf(out, STORE_PATH_ROOM, "/local/domain/%u/%s", conn->dom->domid, in);
    if (n < 0 || n >= (int)STORE_PATH_ROOM || !path_is_valid(out, max))
        return -EINVAL;
    return 0;
}

void store_begin(struct store *s, struct view *v)
{
    /* The view has the only reference of the main tree, so it changes it in place. */
    view_init(v, s, s->root);
    s->root = NULL;
}

void store_commit(struct view *v)
{
    for (unsigned int i = 0; i < v->deltas.nr; i++) {
        v->deltas.d[i].dom->nodes += v->deltas.d[i].nodes;
        v->deltas.d[i].dom->bytes += v->deltas.d[i].bytes;
    }
    v->s->root = v->root;
    v->root = NULL;
    view_dispose(v);
}
