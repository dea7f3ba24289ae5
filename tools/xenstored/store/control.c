/* SPDX-License-Identifier: MIT */
/* XS_CONTROL: commands to the daemon itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

#define MAX_WORDS 4u

struct control {
    struct conn *conn;
    const struct xsd_sockmsg *hdr;
    const char *words[MAX_WORDS]; /* behind the command */
    unsigned int nr;
};

static void answer(struct control *c, const char *text)
{
    conn_reply(c->conn, c->hdr, text, strlen(text) + 1);
}

static int ok(struct control *c)
{
    answer(c, "OK");
    return 0;
}

/* Each node's number of references and children must be sane; returns the number of nodes. */
static long check_node(const struct node *n, const struct store *s, long *bad)
{
    long nr = 1;

    if (n->refs == 0 || n->nr_kids > n->cap_kids || n->gen > s->gen)
        (*bad)++;
    for (unsigned int i = 0; i < n->nr_kids; i++)
        nr += check_node(n->kids[i], s, bad);
    return nr;
}

static int cmd_check(struct control *c)
{
    struct store *s = c->conn->s;
    long bad = 0, booked = 0, nr = check_node(s->root, s, &bad);

    if (c->nr)
        return -EINVAL;
    for (unsigned int i = 0; i < STORE_NR_DOMIDS; i++)
        booked += s->domains[i] ? s->domains[i]->nodes : 0;
    if (bad || nr != booked)
        store_log(s, "check: %ld bad nodes, %ld nodes of which %ld are booked", bad, nr, booked);
    return ok(c);
}

static int cmd_log(struct control *c)
{
    struct store *s = c->conn->s;
    bool on;
    int rc;

    if (c->nr != 1)
        return -EINVAL;
    on = strcmp(c->words[0], "on") == 0;
    if (!on && strcmp(c->words[0], "off") != 0)
        return -EINVAL;
    rc = s->host->set_log(s->host_ctx, on, NULL);
    return rc ? rc : ok(c);
}

static int cmd_logfile(struct control *c)
{
    struct store *s = c->conn->s;
    int rc;

    if (c->nr != 1)
        return -EINVAL;
    rc = s->host->set_log(s->host_ctx, true, c->words[0]);
    return rc ? rc : ok(c);
}

static int cmd_live_update(struct control *c)
{
    struct store *s = c->conn->s;

    if (c->nr == 0)
        return -EINVAL;
    return s->host->live_update(s->host_ctx, c->conn, c->hdr, c->words, c->nr);
}

static void print_usage(FILE *f, const struct store *s)
{
    const struct conn *conn;

    for (unsigned int i = 0; i < STORE_NR_DOMIDS; i++) {
        const struct domain *d = s->domains[i];

        if (d)
            fprintf(f,
                    "domain %u: nodes %ld, bytes %ld, watches %u (%ld), transactions %u (%ld), "
                    "queued %ld\n",
                    i, d->nodes, d->bytes, d->watches, d->watch_bytes, d->transactions,
                    d->txn_bytes, d->queue_bytes);
    }
    TAILQ_FOREACH(conn, &s->conns, link)
    fprintf(f, "connection of domain %u: %zu bytes unread\n", conn->dom->domid, conn->out_bytes);
    fprintf(f, "watched paths: %u\n", s->watches.nr);
}

static int cmd_memreport(struct control *c)
{
    FILE *f;

    if (c->nr != 1)
        return -EINVAL;
    f = fopen(c->words[0], "a");
    if (!f)
        return -EINVAL;
    print_usage(f, c->conn->s);
    fclose(f);
    return ok(c);
}

static int cmd_print(struct control *c)
{
    if (c->nr != 1)
        return -EINVAL;
    store_log(c->conn->s, "control: %s", c->words[0]);
    return ok(c);
}

static const struct quota_name {
    const char *name;
    size_t offset;
    const char *text;
} hard_quotas[] =
    {
        {"nodes", offsetof(struct quotas, nodes), "Nodes per domain"},
        {"watches", offsetof(struct quotas, watches), "Watches per domain"},
        {"transactions", offsetof(struct quotas, transactions), "Transactions per domain"},
        {"outstanding", offsetof(struct quotas, outstanding), "Outstanding requests per domain"},
        {"transaction-nodes", offsetof(struct quotas, txn_nodes),
         "Max. number of accessed nodes per transaction"},
        {"memory", offsetof(struct quotas, memory),
         "Total Xenstore memory per domain (error level)"},
        {"node-size", offsetof(struct quotas, node_size), "Max. size of a node"},
        {"path-max", offsetof(struct quotas, path_max), "Max. length of a node path"},
        {"permissions", offsetof(struct quotas, perms), "Max. number of permissions per node"},
        {0},
},
  soft_quotas[] = {
      {"memory", offsetof(struct quotas, memory_soft),
       "Total Xenstore memory per domain (warning level)"},
      {0},
};

static unsigned int *quota_place(struct store *s, const struct quota_name *q)
{
    return (unsigned int *)((char *)&s->quotas + q->offset);
}

static int quota_list(struct control *c, const struct quota_name *q)
{
    char buf[1024];
    size_t used = (size_t)snprintf(buf, sizeof(buf), "Quota settings:\n");

    for (; q->name && used < sizeof(buf); q++)
        used += (size_t)snprintf(buf + used, sizeof(buf) - used, "%-17s: %8u %s\n", q->name,
                                 *quota_place(c->conn->s, q), q->text);
    answer(c, buf);
    return 0;
}

static int quota_set(struct control *c, const struct quota_name *q)
{
    char *end;
    unsigned long val;

    for (; q->name && strcmp(q->name, c->words[1]) != 0; q++)
        ;
    val = strtoul(c->words[2], &end, 10);
    if (!q->name || *end || end == c->words[2] || val > UINT32_MAX)
        return -EINVAL;
    *quota_place(c->conn->s, q) = (unsigned int)val;
    return ok(c);
}

static int quota_of_domain(struct control *c)
{
    char buf[256], *end;
    unsigned long id = strtoul(c->words[0], &end, 10);
    const struct domain *d;

    if (*end || end == c->words[0])
        return -EINVAL;
    if (id != 0 && !domain_is_known(c->conn->s, (uint32_t)id))
        return -ENOENT;
    d = c->conn->s->domains[id];
    snprintf(buf, sizeof(buf),
             "Domain %lu:\n%-16s: %8ld\n%-16s: %8u\n%-16s: %8u\n%-16s: %8u\n%-16s: %8ld\n", id,
             "nodes", d->nodes, "watches", d->watches, "transactions", d->transactions,
             "outstanding", d->outstanding, "memory", domain_memory(d));
    answer(c, buf);
    return 0;
}

static int cmd_quota(struct control *c)
{
    if (c->nr == 0)
        return quota_list(c, hard_quotas);
    if (c->nr == 1)
        return quota_of_domain(c);
    if (c->nr == 3 && strcmp(c->words[0], "set") == 0)
        return quota_set(c, hard_quotas);
    return -EINVAL;
}

static int cmd_quota_soft(struct control *c)
{
    if (c->nr == 0)
        return quota_list(c, soft_quotas);
    if (c->nr == 3 && strcmp(c->words[0], "set") == 0)
        return quota_set(c, soft_quotas);
    return -EINVAL;
}

/* A domain's name is one of the first things that it gets. */
static const struct node *name_of(const struct node *dom)
{
    for (unsigned int i = 0; i < dom->nr_kids; i++)
        if (dom->kids[i]->name_len == 4 && memcmp(dom->kids[i]->name, "name", 4) == 0)
            return dom->kids[i];
    return NULL;
}

/*
 * For libxl, which else would have to read the name of each domain: the numbers of those whose node
 * "name" has this value, or "none". The domains themselves may be gone.
 */
static int cmd_domain_by_name(struct control *c)
{
    const struct node *all = tree_find(c->conn->s->root, "/local/domain");
    char buf[XENSTORE_PAYLOAD_MAX] = "";
    size_t used = 0, len;

    if (c->nr != 1)
        return -EINVAL;
    len = strlen(c->words[0]);
    for (unsigned int i = 0; all && i < all->nr_kids; i++) {
        const struct node *name = name_of(all->kids[i]);

        if (!name || name->value_len != len || memcmp(name->value, c->words[0], len) != 0)
            continue;
        used += (size_t)snprintf(buf + used, sizeof(buf) - used, "%s ", all->kids[i]->name);
        if (used >= sizeof(buf))
            return -E2BIG;
    }
    answer(c, used ? buf : "none");
    return 0;
}

static int cmd_help(struct control *c);

static const struct command {
    const char *name;
    int (*run)(struct control *c); /* answers and returns 0, or returns a negative errno */
    const char *params;            /* NULL: for programs only */
} commands[] = {
    {"check", cmd_check, ""},
    {"log", cmd_log, "on|off"},
    {"live-update", cmd_live_update,
     "[-c <cmdline>] [-F] [-t <timeout>] <file>\n    Default timeout is 60 seconds."},
    {"logfile", cmd_logfile, "<file>"},
    {"memreport", cmd_memreport, "[<file>]"},
    {"print", cmd_print, "<string>"},
    {"quota", cmd_quota, "[set <name> <val>|<domid>]"},
    {"quota-soft", cmd_quota_soft, "[set <name> <val>]"},
    {"domain-by-name", cmd_domain_by_name, NULL},
    {"help", cmd_help, ""},
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int cmd_help(struct control *c)
{
    char buf[1024] = "";
    size_t used = 0;

    if (c->nr)
        return -EINVAL;
    for (size_t i = 0; i < NR_COMMANDS && used < sizeof(buf); i++)
        if (commands[i].params)
            used += (size_t)snprintf(buf + used, sizeof(buf) - used, "%s\t%s\n", commands[i].name,
                                     commands[i].params);
    answer(c, buf);
    return 0;
}

void control_request(struct conn *conn, const struct xsd_sockmsg *hdr, char *body)
{
    struct control c = {.conn = conn, .hdr = hdr};
    int rc = -EINVAL;

    for (size_t off = strlen(body) + 1; off < hdr->len; off += strlen(body + off) + 1) {
        if (c.nr == MAX_WORDS)
            goto out;
        c.words[c.nr++] = body + off;
    }
    for (size_t i = 0; i < NR_COMMANDS; i++) {
        if (strcmp(commands[i].name, body) == 0)
            rc = commands[i].run(&c);
    }
out:
    if (rc)
        conn_reply_error(conn, hdr, rc);
}
