/* SPDX-License-Identifier: MIT */
/* xenstore-control: commands to the daemon. */
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
    } else if (strcmp(cmd, "live-update") == 0 && strcmp(answer, "OK") != 0) {
        fprintf(stderr, "Starting live update failed:\n%s\n", answer);
        rc = EXIT_REFUSED;
    } else {
        puts(answer);
    }
    free(answer);
    free(data);
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
    rc = run(xsh, argv[1], argc - 2, argv + 2);
    xs_close(xsh);
    return rc;
}
