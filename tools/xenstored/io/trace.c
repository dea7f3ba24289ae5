/* SPDX-License-Identifier: MIT */
/* The trace file: a line per message. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io.h"

#define BODY_SHOWN 200u

static const char *const names[XS_TYPE_COUNT] = {
    [XS_CONTROL] = "CONTROL",
    [XS_DIRECTORY] = "DIRECTORY",
    [XS_READ] = "READ",
    [XS_GET_PERMS] = "GET_PERMS",
    [XS_WATCH] = "WATCH",
    [XS_UNWATCH] = "UNWATCH",
    [XS_TRANSACTION_START] = "TRANSACTION_START",
    [XS_TRANSACTION_END] = "TRANSACTION_END",
    [XS_INTRODUCE] = "INTRODUCE",
    [XS_RELEASE] = "RELEASE",
    [XS_GET_DOMAIN_PATH] = "GET_DOMAIN_PATH",
    [XS_WRITE] = "WRITE",
    [XS_MKDIR] = "MKDIR",
    [XS_RM] = "RM",
    [XS_SET_PERMS] = "SET_PERMS",
    [XS_WATCH_EVENT] = "WATCH_EVENT",
    [XS_ERROR] = "ERROR",
    [XS_IS_DOMAIN_INTRODUCED] = "IS_DOMAIN_INTRODUCED",
    [XS_RESUME] = "RESUME",
    [XS_SET_TARGET] = "SET_TARGET",
    [XS_RESET_WATCHES] = "RESET_WATCHES",
    [XS_DIRECTORY_PART] = "DIRECTORY_PART",
};

int trace_open(struct daemon *d, const char *file)
{
    FILE *f = fopen(file, "ae");
    char *name;

    if (!f)
        return -errno;
    setvbuf(f, NULL, _IOLBF, 0);
    name = strdup(file); /* @file may be the old one */
    free(d->log_name);
    d->log_name = name;
    if (d->trace)
        fclose(d->trace);
    d->trace = f;
    return 0;
}

static void stamp(FILE *f)
{
    time_t now = time(NULL);
    struct tm tm;
    char text[32];

    strftime(text, sizeof(text), "%Y%m%d %H:%M:%S", localtime_r(&now, &tm));
    fprintf(f, "%s ", text);
}

void trace_message(struct daemon *d, const struct link *l, const char *way,
                   const struct xsd_sockmsg *hdr, const char *body)
{
    const char *name = hdr->type < XS_TYPE_COUNT ? names[hdr->type] : NULL;
    unsigned int n = hdr->len < BODY_SHOWN ? hdr->len : BODY_SHOWN;

    if (!d->trace)
        return;
    stamp(d->trace);
    fprintf(d->trace, "%s %p dom %u tx %u %s (", way, (const void *)l, l->domid, hdr->tx_id,
            name ? name : "?");
    for (unsigned int i = 0; i < n; i++) {
        char c = body[i];

        fputc(c >= ' ' && c < 127 ? c : c ? '?' : ' ', d->trace);
    }
    fputs(")\n", d->trace);
}

void trace_text(struct daemon *d, const char *text)
{
    if (!d->trace)
        return;
    stamp(d->trace);
    fprintf(d->trace, "%s\n", text);
}
