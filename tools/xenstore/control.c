/* SPDX-License-Identifier: MIT */
/* xenstore-control: commands to the daemon. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

enum { EXIT_NO_DAEMON = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3 };

/* The arguments one behind the other, each with its NUL. */
static char *join(int n, char **args, unsigned int *len)
{
    char *text, *p;

    *len = 0;
    for (int i = 0; i < n; i++)
        *len += (unsigned int)strlen(args[i]) + 1;
    p = text = malloc(*len + 1);
    for (int i = 0; text && i < n; i++)
        p = stpcpy(p, args[i]) + 1;
    return text;
}

static void list_commands(struct xs_handle *xsh)
{
    char *help = xs_control_command(xsh, "help", NULL, 0);

    fprintf(stderr, "Command not supported. Valid commands are:\n%s\n", help ? help : "");
    free(help);
}

static int refused(const char *what, const char *why)
{
    fprintf(stderr, "%s:\n%s\n", what, why);
    return EXIT_REFUSED;
}

static int run(struct xs_handle *xsh, const char *cmd, int n, char **args)
{
    unsigned int len;
    char *data = join(n, args, &len), *answer;
    int rc = 0;

    if (!data)
        return EXIT_NO_DAEMON;
    answer = xs_control_command(xsh, cmd, n ? data : NULL, len);
    if (!answer) {
        list_commands(xsh);
        rc = EXIT_REFUSED;
    } else {
        puts(answer);
    }
    free(answer);
    free(data);
    return rc;
}

struct live_args {
    char *program, *cmdline, *timeout;
    bool force;
};

/* 0, or the exit code after a complaint. */
static int live_parse(int n, char **args, struct live_args *la)
{
    *la = (struct live_args){.timeout = "60"};
    for (int i = 0; i < n; i++) {
        bool is_c = strcmp(args[i], "-c") == 0, is_t = strcmp(args[i], "-t") == 0;

        if ((is_c || is_t) && i + 1 == n) {
            fprintf(stderr, "Missing %s value\n", is_c ? "command line" : "timeout");
            return EXIT_USAGE;
        }
        if (is_c)
            la->cmdline = args[++i];
        else if (is_t)
            la->timeout = args[++i];
        else if (strcmp(args[i], "-F") == 0)
            la->force = true;
        else
            la->program = args[i];
    }
    if (!la->program)
        fprintf(stderr, "Missing binary specification\n");
    return la->program ? 0 : EXIT_USAGE;
}

/* NULL: the answer was OK. Else what it was, or the error's text: to be freed. */
static char *live_ask(struct xs_handle *xsh, int n, char **args)
{
    unsigned int len;
    char *data = join(n, args, &len);
    char *answer = data ? xs_control_command(xsh, "live-update", data, len) : NULL;

    free(data);
    if (!answer)
        return strdup(strerror(errno));
    if (strcmp(answer, "OK") != 0)
        return answer;
    free(answer);
    return NULL;
}

static char *live_start(struct xs_handle *xsh, const struct live_args *la)
{
    char *args[] = {"-s", "-t", la->timeout, "-F"}, *why;

    /* "BUSY": the daemon wants to be asked again */
    while ((why = live_ask(xsh, la->force ? 4 : 3, args)) && strcmp(why, "BUSY") == 0)
        free(why);
    return why;
}

static int live_update(struct xs_handle *xsh, int n, char **args)
{
    const char *what = "Setting update binary failed";
    struct live_args la;
    char *why;
    int rc = live_parse(n, args, &la);

    if (rc)
        return rc;
    why = live_ask(xsh, 2, (char *[]){"-f", la.program});
    if (!why && la.cmdline) {
        what = "Setting command line failed";
        why = live_ask(xsh, 2, (char *[]){"-c", la.cmdline});
    }
    if (!why) {
        what = "Starting live update failed";
        why = live_start(xsh, &la);
    }
    if (!why)
        return 0;
    rc = refused(what, why);
    free(why);
    free(live_ask(xsh, 1, (char *[]){"-a"}));
    return rc;
}

int main(int argc, char **argv)
{
    struct xs_handle *xsh;
    int rc;

    if (argc < 2) {
        fprintf(stderr, "Usage:\n%s <command> [<arg>...]\n", argv[0]);
        return EXIT_USAGE;
    }
    xsh = xs_open(0);
    if (!xsh) {
        fprintf(stderr, "Failed to contact Xenstored.\n");
        return EXIT_NO_DAEMON;
    }
    if (strcmp(argv[1], "live-update") == 0)
        rc = live_update(xsh, argc - 2, argv + 2);
    else
        rc = run(xsh, argv[1], argc - 2, argv + 2);
    xs_close(xsh);
    return rc;
}
