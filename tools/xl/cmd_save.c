/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <unistd.h>

#include "xl.h"

/* What becomes of the domain once it is saved. */
enum then { THEN_DESTROY, THEN_RUN, THEN_PAUSE };

static int save_to(uint32_t domid, const char *file, const char *config_file, bool keep_domid,
                   enum then then)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), rc;

    if (fd < 0) {
        fprintf(stderr, "Failed to open temp file %s for writing\n", file);
        return EXIT_BAD;
    }
    save_header_write(fd, file, domid, config_file, keep_domid);
    rc = libxl_domain_suspend(ctx, domid, fd, 0, NULL);
    if (close(fd) && !rc) {
        fprintf(stderr, "Failed to write %s: %s\n", file, strerror(errno));
        rc = ERROR_FAIL;
    }
    if (rc) {
        fprintf(stderr, "Failed to save domain, resuming domain\n");
        libxl_domain_resume(ctx, domid, 1, NULL);
        return EXIT_BAD;
    }
    if (then == THEN_DESTROY)
        return libxl_domain_destroy(ctx, domid, NULL) ? EXIT_BAD : EXIT_OK;
    if (then == THEN_PAUSE && libxl_domain_pause(ctx, domid, NULL))
        return EXIT_BAD;
    return libxl_domain_resume(ctx, domid, 1, NULL) ? EXIT_BAD : EXIT_OK;
}

int main_save(int argc, char **argv)
{
    enum then then = THEN_DESTROY;
    bool keep_domid = false;
    int opt;

    while ((opt = command_getopt(argc, argv, "cpDh", NULL, "save", 2)) != -1) {
        switch (opt) {
        case 'c':
            then = THEN_RUN;
            break;
        case 'p':
            then = THEN_PAUSE;
            break;
        case 'D':
            keep_domid = true;
            break;
        }
    }
    if (argc - optind > 3) {
        command_help("save");
        return EXIT_BAD;
    }
    return save_to(find_domain(argv[optind]), argv[optind + 1], argv[optind + 2], keep_domid, then);
}

static int restore_from(struct create_options *o, const char *file, const char *config_file)
{
    struct monitor m = {.daemon = !o->foreground};
    int r = EXIT_OK;

    o->restoring = true;
    o->restore_fd = open(file, O_RDONLY | O_CLOEXEC);
    if (o->restore_fd < 0) {
        fprintf(stderr, "Can't open restore file: %s\n", strerror(errno));
        return EXIT_BAD;
    }
    libxl_domain_config_init(&m.config);
    save_header_read(o->restore_fd, file, config_file, &m.config);
    if (o->debug)
        print_config(stderr, &m.config);
    fflush(stdout);
    if (bring_up(o, &m.config, &m.domid))
        r = EXIT_BAD;
    close(o->restore_fd);
    if (!r && !o->no_monitor && (!m.daemon || !monitor_daemonize(&m))) {
        r = monitor_run(&m);
        libxl_domain_config_dispose(&m.config);
        exit(r);
    }
    if (!r)
        console_wait();
    libxl_domain_config_dispose(&m.config);
    return r;
}

int main_restore(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"help", 0, NULL, 'h'},
        {"vncviewer", 0, NULL, 'V'},
        {"vncviewer-autopass", 0, NULL, 'A'},
        {NULL, 0, NULL, 0},
    };
    struct create_options o = {0};
    int opt, nr;

    while ((opt = command_getopt(argc, argv, "FcpdeVAh", longopts, "restore", 1)) != -1) {
        switch (opt) {
        case 'c':
            o.console = true;
            break;
        case 'p':
            o.paused = true;
            break;
        case 'd':
            o.debug = true;
            break;
        case 'F':
            o.foreground = true;
            break;
        case 'e':
            o.no_monitor = true;
            break;
        case 'V':
            o.vnc = true;
            break;
        case 'A':
            o.vnc = o.vnc_password = true;
            break;
        }
    }
    nr = argc - optind;
    if (nr > 2) {
        command_help("restore");
        return EXIT_BAD;
    }
    return restore_from(&o, argv[optind + nr - 1], nr == 2 ? argv[optind] : NULL);
}
