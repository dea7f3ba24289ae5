/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define MAX_PERMS 64

int cmd_read(struct client *c, int n, char **args)
{
    for (int i = 0; i < n; i++) {
        unsigned int len;
        char *value = xs_read(c->xsh, c->t, args[i], &len);

        if (!value) {
            warnx("couldn't read path %s", args[i]);
            return 1;
        }
        if (c->prefix)
            fprintf(c->out, "%s: ", args[i]);
        if (c->raw) {
            fwrite(value, 1, len, c->out);
        } else {
            print_escaped(c->out, value, len);
            fputc('\n', c->out);
        }
        free(value);
    }
    return 0;
}

static int write_one(struct client *c, const char *path, const char *text)
{
    char *value = strdup(text);
    int len;
    bool ok;

    if (!value)
        err(1, NULL);
    len = c->raw ? (int)strlen(value) : unescape(value);
    if (len < 0)
        errx(1, "invalid escape in value for %s", path);
    ok = xs_write(c->xsh, c->t, path, value, (unsigned int)len);
    if (!ok)
        warnx("could not write path %s", path);
    free(value);
    return ok ? 0 : 1;
}

int cmd_write(struct client *c, int n, char **args)
{
    for (int i = 0; i + 1 < n; i += 2) {
        if (write_one(c, args[i], args[i + 1]) != 0)
            return 1;
    }
    return 0;
}

/* Whether the node has neither children nor a value. */
static bool is_empty(struct client *c, const char *path)
{
    unsigned int num = 1, len = 1;
    char **kids = xs_directory(c->xsh, c->t, path, &num);
    char *value = xs_read(c->xsh, c->t, path, &len);
    bool empty = kids && value && num == 0 && len == 0;

    free(kids);
    free(value);
    return empty;
}

static int tidy_above(struct client *c, const char *path)
{
    char *p = strdup(path), *slash;
    int rc = 0;

    if (!p)
        err(1, NULL);
    while (rc == 0 && (slash = strrchr(p, '/')) && slash != p) {
        *slash = '\0';
        if (!is_empty(c, p))
            break;
        if (!xs_rm(c->xsh, c->t, p)) {
            warnx("could not remove path %s", p);
            rc = 1;
        }
    }
    free(p);
    return rc;
}

int cmd_rm(struct client *c, int n, char **args)
{
    for (int i = 0; i < n; i++) {
        if (!xs_rm(c->xsh, c->t, args[i])) {
            warnx("could not remove path %s", args[i]);
            return 1;
        }
        if (c->tidy && tidy_above(c, args[i]) != 0)
            return 1;
    }
    return 0;
}

int cmd_exists(struct client *c, int n, char **args)
{
    for (int i = 0; i < n; i++) {
        char *value = xs_read(c->xsh, c->t, args[i], NULL);

        free(value);
        if (!value)
            return 1;
    }
    return 0;
}

int cmd_list(struct client *c, int n, char **args)
{
    for (int i = 0; i < n; i++) {
        unsigned int num;
        char **list = xs_directory(c->xsh, c->t, args[i], &num);

        if (!list) {
            warnx("could not list path %s", args[i]);
            return 1;
        }
        for (unsigned int k = 0; k < num; k++) {
            if (c->prefix)
                fprintf(c->out, "%s/", args[i]);
            fprintf(c->out, "%s\n", list[k]);
        }
        free(list);
    }
    return 0;
}

static void parse_perms(int n, char **args, struct xs_permissions *perms)
{
    for (int i = 0; i < n; i++) {
        char letter = args[i][0];

        if (!strchr("nrwb", letter) || !letter)
            errx(1, "Invalid permission specification: '%c'", letter);
        if (!xs_strings_to_perms(&perms[i], 1, args[i]))
            errx(1, "Invalid permission specification: '%s'", args[i]);
    }
}

static int chmod_one(struct client *c, const char *path, struct xs_permissions *perms, int nr)
{
    if (xs_set_permissions(c->xsh, c->t, path, perms, (unsigned int)nr))
        return 0;
    warn("Error occurred setting permissions on '%s'", path);
    return 1;
}

static int chmod_below(struct client *c, const char *path, struct xs_permissions *perms, int nr)
{
    unsigned int num;
    char **list = xs_directory(c->xsh, c->t, path, &num);
    int rc = 0;

    if (!list) {
        warn("xs_directory (%s)", path);
        return 1;
    }
    for (unsigned int i = 0; rc == 0 && i < num; i++) {
        char *kid;

        if (asprintf(&kid, "%s/%s", strcmp(path, "/") ? path : "", list[i]) < 0)
            err(1, NULL);
        rc = chmod_one(c, kid, perms, nr);
        if (rc == 0)
            rc = chmod_below(c, kid, perms, nr);
        free(kid);
    }
    free(list);
    return rc;
}

static int chmod_above(struct client *c, const char *path, struct xs_permissions *perms, int nr)
{
    char *p = strdup(path), *slash;
    int rc = 0;

    if (!p)
        err(1, NULL);
    while (rc == 0 && (slash = strrchr(p, '/')) && slash != p) {
        *slash = '\0';
        rc = chmod_one(c, p, perms, nr);
    }
    free(p);
    return rc;
}

int cmd_chmod(struct client *c, int n, char **args)
{
    struct xs_permissions perms[MAX_PERMS];
    int nr = n - 1, rc;

    if (nr > MAX_PERMS)
        errx(1, "too many permissions, at most %d are supported", MAX_PERMS);
    parse_perms(nr, args + 1, perms);
    rc = chmod_one(c, args[0], perms, nr);
    if (rc == 0 && c->upto)
        rc = chmod_above(c, args[0], perms, nr);
    if (rc == 0 && c->recurse)
        rc = chmod_below(c, args[0], perms, nr);
    return rc;
}

int cmd_watch(struct client *c, int n, char **args)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < n; i++) {
        if (!xs_watch(c->xsh, args[i], args[i]))
            errx(1, "Unable to add watch on %s\n", args[i]);
    }
    for (int left = c->nr_events; left != 0; left -= left > 0) {
        unsigned int num;
        char **event = xs_read_watch(c->xsh, &num);

        if (!event)
            err(1, "xs_read_watch");
        printf("%s\n", event[XS_WATCH_PATH]);
        free(event);
    }
    return 0;
}
