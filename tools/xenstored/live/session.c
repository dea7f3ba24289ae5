/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live.h"

#define DEFAULT_TIMEOUT_S 60u
#define MAX_TIMEOUT_S     (24u * 3600)

static int answer(struct conn *conn, const struct xsd_sockmsg *req, const char *text)
{
    conn_reply(conn, req, text, strlen(text) + 1);
    return 0;
}

static void session_end(struct daemon *d)
{
    struct live_session *se = d->live;

    if (!se)
        return;
    d->live = NULL;
    free(se->program);
    free(se->cmdline);
    free(se);
}

static int set_program(struct daemon *d, struct conn *conn, const struct xsd_sockmsg *req,
                       const char *program)
{
    struct live_session *se;

    if (d->live)
        return answer(conn, req, "live-update session already active.");
    if (program[0] != '/')
        return -EINVAL;
    if (access(program, X_OK) != 0)
        return -errno;
    se = calloc(1, sizeof(*se));
    if (!se)
        return -ENOMEM;
    se->conn = conn;
    se->program = strdup(program);
    if (!se->program) {
        free(se);
        return -ENOMEM;
    }
    d->live = se;
    return answer(conn, req, "OK");
}

static int set_cmdline(struct live_session *se, const struct xsd_sockmsg *req, const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        return -ENOMEM;
    free(se->cmdline);
    se->cmdline = copy;
    return answer(se->conn, req, "OK");
}

static bool parse_timeout(const char *text, unsigned long *out)
{
    char *end;

    *out = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && *out <= MAX_TIMEOUT_S;
}

/* The answer is due once nothing stands in the way; see live_poll(). */
static int start(struct daemon *d, const struct xsd_sockmsg *req, const char *const *words,
                 unsigned int nr)
{
    struct live_session *se = d->live;
    unsigned long seconds = DEFAULT_TIMEOUT_S;
    bool force = false;

    for (unsigned int i = 0; i < nr; i++) {
        if (strcmp(words[i], "-F") == 0)
            force = true;
        else if (strcmp(words[i], "-t") != 0 || ++i == nr || !parse_timeout(words[i], &seconds))
            return -EINVAL;
    }
    if (se->started)
        return -EBUSY;
    se->started = true;
    se->force = force;
    se->req = *req;
    se->deadline_ms = d->s->now_ms + seconds * 1000;
    return 0;
}

int live_command(struct daemon *d, struct conn *conn, const struct xsd_sockmsg *req,
                 const char *const *words, unsigned int nr)
{
    if (conn->dom->domid != 0)
        return -EACCES; /* programs are of this domain */
    if (strcmp(words[0], "-f") == 0)
        return nr == 2 ? set_program(d, conn, req, words[1]) : -EINVAL;
    if (words[0][0] != '-' || !words[0][1] || !strchr("sac", words[0][1]) || words[0][2])
        return -EINVAL;
    if (!d->live || d->live->conn != conn)
        return answer(conn, req, "Not in live-update session.");
    if (words[0][1] == 's')
        return start(d, req, words + 1, nr - 1);
    if (words[0][1] == 'c')
        return nr == 2 ? set_cmdline(d->live, req, words[1]) : -EINVAL;
    if (nr != 1 || d->live->started)
        return -EINVAL;
    session_end(d);
    return answer(conn, req, "OK");
}

bool live_waits(const struct daemon *d)
{
    return d->live && d->live->started;
}

static void release_held(struct link_list *list)
{
    struct link *l;

    TAILQ_FOREACH(l, list, link)
    {
        if (l->held && !l->gone)
            link_set_ready(l, true);
        l->held = false;
    }
}

/* Nobody waits any more; the session stays until it is aborted or its connection closes. */
static void give_up(struct daemon *d, const char *why)
{
    d->live->started = false;
    answer(d->live->conn, &d->live->req, why);
    release_held(&d->socks);
    release_held(&d->rings);
}

void live_conn_gone(struct daemon *d, const struct conn *conn)
{
    if (!d->live || d->live->conn != conn)
        return;
    session_end(d);
    release_held(&d->socks);
    release_held(&d->rings);
}

static bool any_transaction(const struct store *s)
{
    const struct conn *c;

    TAILQ_FOREACH(c, &s->conns, link)
    {
        if (!LIST_EMPTY(&c->txns))
            return true;
    }
    return false;
}

static void end_transactions(struct store *s)
{
    struct conn *c;

    TAILQ_FOREACH(c, &s->conns, link)
    txn_free_all(c);
}

static void tell_transactions(const struct store *s, char why[LIVE_WHY_ROOM])
{
    size_t used = (size_t)snprintf(why, LIVE_WHY_ROOM, "Domains with long running transactions:");

    for (unsigned int i = 0; i < STORE_NR_DOMIDS && used < LIVE_WHY_ROOM; i++)
        if (s->domains[i] && s->domains[i]->transactions)
            used += (size_t)snprintf(why + used, LIVE_WHY_ROOM - used, " %u", i);
}

void live_poll(struct daemon *d)
{
    char why[LIVE_WHY_ROOM];

    if (!live_waits(d))
        return;
    if (any_transaction(d->s)) {
        if (d->s->now_ms < d->live->deadline_ms)
            return;
        if (!d->live->force) {
            tell_transactions(d->s, why);
            give_up(d, why);
            return;
        }
        end_transactions(d->s);
    }
    live_exec(d, d->live, why);
    store_log(d->s, "live update: %s", why);
    give_up(d, why);
}
