/* SPDX-License-Identifier: MIT */
/* The set of consoles: each domain's, found by domid and by event channel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"

#define PERIOD_MS       200u
#define SWEEP_MS        30000
#define DOMAINS_AT_ONCE 64u
#define DOMAIN_DIR      "/local/domain/"

static const struct console_kind kinds[] = {
    {"console", "", true},
    {"vuart/0", "-vuart0", false},
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static struct console_list *bucket_of(struct daemon *d, uint32_t domid)
{
    return &d->by_domain[domid % DOMAIN_BUCKETS];
}

struct console *console_at(struct daemon *d, const char *path)
{
    struct console *c;

    if (strncmp(path, DOMAIN_DIR, strlen(DOMAIN_DIR)) != 0)
        return NULL;
    LIST_FOREACH(c, bucket_of(d, (uint32_t)strtoul(path + strlen(DOMAIN_DIR), NULL, 10)), link)
    {
        size_t len = strlen(c->path);

        if (strncmp(c->path, path, len) == 0 && (!path[len] || path[len] == '/'))
            return c;
    }
    return NULL;
}

static void console_free(struct console *c)
{
    char token[32];

    snprintf(token, sizeof(token), "dom%u", c->domid);
    (void)xs_unwatch(c->d->xs, c->path, token);
    console_close(c);
    LIST_REMOVE(c, link);
    free(c->path);
    free(c);
}

static void console_add(struct daemon *d, uint32_t domid, const struct console_kind *kind)
{
    struct console *c = calloc(1, sizeof(*c));
    char token[32];

    if (!c)
        return;
    *c = (struct console){.d = d,
                          .kind = kind,
                          .domid = domid,
                          .seen = true,
                          .ring_ref = -1,
                          .remote_port = -1,
                          .port = -1,
                          .master = -1,
                          .slave = -1,
                          .log = {.fd = -1}};
    snprintf(token, sizeof(token), "dom%u", domid);
    if (asprintf(&c->path, DOMAIN_DIR "%u/%s", domid, kind->node) < 0) {
        free(c);
        return;
    }
    LIST_INSERT_HEAD(bucket_of(d, domid), c, link);
    if (!xs_watch(d->xs, c->path, token))
        console_free(c);
}

static bool mark_seen(struct daemon *d, uint32_t domid)
{
    struct console *c;
    bool known = false;

    LIST_FOREACH(c, bucket_of(d, domid), link)
    {
        if (c->domid == domid)
            c->seen = known = true;
    }
    return known;
}

/* True: it was not known. */
static bool saw_domain(struct daemon *d, const xc_dominfo_t *info)
{
    if (info->domid == 0 || info->dying || mark_seen(d, info->domid))
        return false;
    for (size_t i = 0; i < NR_KINDS; i++)
        console_add(d, info->domid, &kinds[i]);
    return true;
}

/* Domains from @first on. True: some are new. */
static bool scan(struct daemon *d, uint32_t first)
{
    static xc_dominfo_t info[DOMAINS_AT_ONCE];
    bool found = false;
    int n;

    do {
        n = xc_domain_getinfo(d->xch, first, DOMAINS_AT_ONCE, info);
        for (int i = 0; i < n; i++)
            found |= saw_domain(d, &info[i]);
        if (n > 0)
            first = d->next_domid = info[n - 1].domid + 1;
    } while (n == (int)DOMAINS_AT_ONCE);
    return found;
}

static void free_unseen(struct daemon *d)
{
    for (unsigned int i = 0; i < DOMAIN_BUCKETS; i++) {
        struct console *c, *next;

        for (c = LIST_FIRST(&d->by_domain[i]); c; c = next) {
            next = LIST_NEXT(c, link);
            if (!c->seen)
                console_free(c);
        }
    }
}

static void forget_seen(struct daemon *d)
{
    struct console *c;
    unsigned int i;

    FOR_EACH_CONSOLE(d, i, c)
    c->seen = false;
}

void consoles_enumerate(struct daemon *d)
{
    d->sweep_ms = 0;
    forget_seen(d);
    scan(d, 0);
    free_unseen(d);
}

void consoles_introduced(struct daemon *d, uint64_t now_ms)
{
    if (!scan(d, d->next_domid))
        consoles_enumerate(d);
    else if (!d->sweep_ms)
        d->sweep_ms = now_ms + SWEEP_MS;
}

void consoles_free(struct daemon *d)
{
    forget_seen(d);
    free_unseen(d);
    free(d->by_port);
}

void consoles_period(struct daemon *d, uint64_t now_ms)
{
    struct console *c;
    unsigned int i;

    if (now_ms - d->period_start_ms < PERIOD_MS)
        return;
    d->period_start_ms = now_ms;
    d->period++;
    if (!d->nr_masked)
        return;
    FOR_EACH_CONSOLE(d, i, c)
    {
        if (c->masked)
            console_unmask(c);
    }
}
