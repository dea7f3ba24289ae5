/* SPDX-License-Identifier: MIT */
/* xenstore-ls: a tree of names and values. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define AROUND_VALUE 8u /* ` = "`, the end quote and the mark of a cut one */
#define PERMS_COLUMN 60u

/* After the value, at column @col: dots up to the permissions, unless names are full paths. */
static void print_perms(struct client *c, const char *path, unsigned int col, bool cut)
{
    unsigned int num, to = c->columns < PERMS_COLUMN ? c->columns : PERMS_COLUMN;
    struct xs_permissions *p = xs_get_permissions(c->xsh, c->t, path, &num);

    if (!p) {
        warn("\ncould not access permissions for %s", path);
        return;
    }
    if (!cut)
        fputc(' ', c->out);
    if (!c->full_path && !cut) {
        for (col++; col < to; col++)
            fputc(col & 1 ? '.' : ' ', c->out);
    }
    for (unsigned int i = 0; i < num; i++)
        fprintf(c->out, "%s%c%u", i ? "," : "  (", "nrwb"[p[i].perms & 3], p[i].id);
    fputc(')', c->out);
    free(p);
}

/* Prints the value, cut where the line would get longer than the terminal is wide. */
static bool print_value(struct client *c, const char *value, unsigned int len, unsigned int used,
                        unsigned int *col)
{
    unsigned int room = c->columns > used + AROUND_VALUE ? c->columns - used - AROUND_VALUE : 0;
    bool cut = c->columns && len > room;
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    if (!f)
        err(1, NULL);
    print_escaped(f, value, len);
    fclose(f);
    if (cut && size > room)
        size = room;
    fprintf(c->out, " = \"%.*s%s\"", (int)size, text, cut ? "\\..." : "");
    *col = used + (unsigned int)size + 5;
    free(text);
    return cut;
}

static void print_node(struct client *c, const char *path, const char *name, unsigned int depth)
{
    const char *shown = c->full_path ? path : name;
    unsigned int indent = c->full_path ? 0 : depth, len, col = 0;
    unsigned int used = c->full_path ? 0 : indent + (unsigned int)strlen(name);
    int name_max = -1;
    char *value = xs_read(c->xsh, c->t, path, &len);
    bool cut = false;

    if (c->columns && used + AROUND_VALUE > c->columns)
        name_max =
            c->columns > indent + AROUND_VALUE ? (int)(c->columns - indent - AROUND_VALUE) : 0;
    fprintf(c->out, "%*s%.*s", (int)indent, "", name_max, shown);
    if (value)
        cut = print_value(c, value, len, used, &col);
    else
        fputs(":", c->out);
    free(value);
    if (c->perms)
        print_perms(c, path, col, cut);
    fputc('\n', c->out);
}

static int list_below(struct client *c, const char *path, unsigned int depth)
{
    unsigned int num;
    char **list = xs_directory(c->xsh, c->t, path, &num);
    int rc = 0;

    if (!list) {
        if (depth && (errno == ENOENT || errno == EACCES))
            return 0; /* gone since we saw its name, or not for us */
        warn("xs_directory (%s)", path);
        return 1;
    }
    for (unsigned int i = 0; rc == 0 && i < num; i++) {
        char *kid;

        if (asprintf(&kid, "%s/%s", strcmp(path, "/") ? path : "", list[i]) < 0)
            err(1, NULL);
        print_node(c, kid, list[i], depth);
        rc = list_below(c, kid, depth + 1);
        free(kid);
    }
    free(list);
    return rc;
}

int cmd_ls(struct client *c, int n, char **args)
{
    int rc = 0;

    if (n == 0)
        return list_below(c, "/", 0);
    for (int i = 0; rc == 0 && i < n; i++)
        rc = list_below(c, args[i], 0);
    return rc;
}
