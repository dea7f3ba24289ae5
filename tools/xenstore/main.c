/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client.h"

#define MAX_TRIES 1000

static const struct command {
    const char *name, *usage, *options;
    int (*run)(struct client *c, int n, char **args);
    int min_args;
    bool pairs; /* the number of arguments is even */
    bool transact;
} commands[] = {
    {"chmod", "[-h] [-u] [-r] [-s] key <mode [modes...]>", "hurs", cmd_chmod, 1, false, true},
    {"exists", "[-h] [-p] [-s] key [...]", "hps", cmd_exists, 1, false, true},
    {"list", "[-h] [-p] [-s] key [...]", "hps", cmd_list, 1, false, true},
    {"ls", "[-h] [-f] [-p] [-s] [path]", "hfps", cmd_ls, 0, false, false},
    {"read", "[-h] [-p] [-s] [-R] key [...]", "hpsR", cmd_read, 1, false, true},
    {"rm", "[-h] [-s] [-t] key [...]", "hst", cmd_rm, 1, false, true},
    {"watch", "[-h] [-n NR] key", "hn:", cmd_watch, 1, false, false},
    {"write", "[-h] [-s] [-R] key value [...]", "hsR", cmd_write, 2, true, true},
};

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static void __attribute__((noreturn)) usage(const struct command *cmd, const char *prog)
{
    errx(1, "Usage: %s %s", prog, cmd->usage);
}

static void set_option(struct client *c, const struct command *cmd, int opt)
{
    switch (opt) {
    case 'f':
        c->full_path = true;
        break;
    case 'n':
        c->nr_events = atoi(optarg);
        break;
    case 'p':
        if (cmd->run == cmd_exists)
            usage(cmd, c->prog);
        c->prefix = c->perms = true;
        break;
    case 'R':
        c->raw = true;
        break;
    case 'r':
        c->recurse = true;
        break;
    case 's':
        break;
    case 't':
        c->tidy = true;
        break;
    case 'u':
        c->upto = true;
        break;
    default:
        usage(cmd, c->prog);
    }
}

/* Columns for xenstore-ls; 0: no limit. */
static unsigned int output_columns(const struct client *c)
{
    struct winsize ws;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) != 0)
        return c->full_path ? 0 : 80;
    return ws.ws_col > 2 ? ws.ws_col - 2u : 0;
}

/* One try. 0 or 1: the exit status; -1: in conflict, to be done again. */
static int try_once(struct client *c, const struct command *cmd, int n, char **args)
{
    char *text = NULL;
    size_t size;
    int rc;

    c->out = open_memstream(&text, &size);
    if (!c->out)
        err(1, NULL);
    c->t = xs_transaction_start(c->xsh);
    if (c->t == XBT_NULL)
        errx(1, "couldn't start transaction");
    rc = cmd->run(c, n, args);
    fclose(c->out);
    if (!xs_transaction_end(c->xsh, c->t, rc != 0)) {
        if (rc == 0 && errno == EAGAIN)
            rc = -1;
        else if (rc == 0)
            errx(1, "couldn't end transaction");
    }
    if (rc >= 0)
        fwrite(text, 1, size, stdout);
    free(text);
    return rc;
}

static int run(struct client *c, const struct command *cmd, int n, char **args)
{
    int rc = -1;

    if (!cmd->transact) {
        c->out = stdout;
        return cmd->run(c, n, args);
    }
    for (int tries = 0; rc < 0 && tries < MAX_TRIES; tries++)
        rc = try_once(c, cmd, n, args);
    if (rc < 0)
        errx(1, "too many conflicts");
    return rc;
}

/* "xenstore-read ..." or "xenstore read ...": which command, with argv moved on to it. */
static const struct command *choose(int *argc, char ***argv, const char **prog)
{
    char *base = strrchr((*argv)[0], '/');
    const struct command *cmd;

    base = base ? base + 1 : (*argv)[0];
    if (strncmp(base, "xenstore-", 9) == 0) {
        cmd = find(base + 9);
        if (!cmd)
            errx(1, "unknown mode %s", base + 9);
        *prog = (*argv)[0];
        return cmd;
    }
    if (*argc < 2)
        errx(1, "Usage: %s <mode> [-h] [...]", (*argv)[0]);
    cmd = find((*argv)[1]);
    if (!cmd)
        errx(1, "unknown mode %s", (*argv)[1]);
    if (asprintf(&base, "%s %s", (*argv)[0], (*argv)[1]) < 0)
        err(1, NULL);
    *prog = base; /* until the end */
    (*argc)--;
    (*argv)++;
    return cmd;
}

int main(int argc, char **argv)
{
    struct client c = {.nr_events = -1};
    const struct command *cmd = choose(&argc, &argv, &c.prog);
    int opt, rc;

    while ((opt = getopt(argc, argv, cmd->options)) != -1)
        set_option(&c, cmd, opt);
    argc -= optind;
    argv += optind;
    if (argc < cmd->min_args || (cmd->pairs && argc % 2))
        usage(cmd, c.prog);
    c.columns = cmd->run == cmd_ls ? output_columns(&c) : 0;
    c.xsh = xs_open(0);
    if (!c.xsh)
        err(1, "xs_open");
    rc = run(&c, cmd, argc, argv);
    xs_close(c.xsh);
    if (fflush(stdout) != 0)
        err(1, "stdout");
    return rc;
}
