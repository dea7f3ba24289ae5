/* SPDX-License-Identifier: MIT */
/* "xl devd": hotplug scripts of a driver domain. */
#include <getopt.h>
#include <unistd.h>

#include "xl.h"

static int write_pid(const char *file)
{
    FILE *f = fopen(file, "we");
    int bad = !f || fprintf(f, "%ld\n", (long)getpid()) < 0;

    bad |= f && fclose(f);
    if (bad)
        perror(file);
    return bad;
}

int main_devd(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"pidfile", 1, NULL, 'p'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *pidfile = NULL;
    bool foreground = false;
    int opt;

    while ((opt = command_getopt(argc, argv, "hFp:", longopts, "devd", 0)) != -1) {
        foreground = foreground || opt == 'F';
        if (opt == 'p')
            pidfile = optarg;
    }
    if (!foreground && daemonize("xldevd"))
        return EXIT_OK;
    if (pidfile && write_pid(pidfile))
        return EXIT_BAD;
    libxl_device_events_handler(ctx, NULL); /* comes back only with an error */
    if (pidfile)
        unlink(pidfile);
    return EXIT_BAD;
}
