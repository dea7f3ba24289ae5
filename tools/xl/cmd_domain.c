/* SPDX-License-Identifier: MIT */
/* Control of running domains. */
#include <getopt.h>
#include <unistd.h>

#include "xl.h"

int main_pause(int argc, char **argv)
{
    no_options(argc, argv, "pause", 1);
    libxl_domain_pause(ctx, find_domain(argv[optind]), NULL); /* which tells of a failure */
    return EXIT_OK;
}

int main_unpause(int argc, char **argv)
{
    no_options(argc, argv, "unpause", 1);
    libxl_domain_unpause(ctx, find_domain(argv[optind]), NULL); /* which tells of a failure */
    return EXIT_OK;
}

int main_destroy(int argc, char **argv)
{
    bool force = settings.force;
    uint32_t domid;
    int opt, rc;

    while ((opt = command_getopt(argc, argv, "fh", NULL, "destroy", 1)) != -1)
        force = force || opt == 'f';
    domid = find_domain(argv[optind]);
    if (!domid && !force) {
        fprintf(stderr, "Not destroying domain 0; use -f to force.\n"
                        "This can only be done when using a disaggregated hypervisor and "
                        "toolstack.\n\n");
        return EXIT_BAD;
    }
    rc = libxl_domain_destroy(ctx, domid, NULL);
    if (rc)
        fprintf(stderr, "destroy failed (rc=%d)\n", rc);
    return rc ? EXIT_BAD : EXIT_OK;
}

/* Shutdown and reboot. */

struct ending {
    const char *command, *doing, *noun;
    int (*request)(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how);
    libxl_trigger fallback;
};

static void ask_one(const struct ending *e, uint32_t domid, bool fallback)
{
    int rc;

    fprintf(stderr, "%s domain %u\n", e->doing, domid);
    rc = e->request(ctx, domid, NULL);
    if (rc == ERROR_NOPARAVIRT && fallback) {
        fprintf(stderr, "PV control interface not available: sending ACPI event.\n");
        rc = libxl_send_trigger(ctx, domid, e->fallback, 0, NULL);
    } else if (rc == ERROR_NOPARAVIRT) {
        fprintf(stderr,
                "PV control interface not available: external graceful %s not possible.\n"
                "Use \"-F\" to fallback to ACPI event.\n",
                e->noun);
    }
    if (rc) {
        fprintf(stderr, "%s failed (rc=%d)\n", e->noun, rc);
        exit(EXIT_BAD);
    }
}

/* Until @left domains are down; a reboot counts as that. */
static int wait_down(int left)
{
    libxl_event *ev;

    fprintf(stderr, "Waiting for %d domains\n", left);
    while (left) {
        if (libxl_event_wait(ctx, &ev, LIBXL_EVENTMASK_ALL, NULL, NULL)) {
            fprintf(stderr, "cannot wait for events\n");
            return EXIT_BAD;
        }
        if (ev->type == LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN && ev->for_user == 0) {
            fprintf(stderr, "Domain %u has been shut down, reason code %d\n", ev->domid,
                    ev->u.domain_shutdown.shutdown_reason);
            left--;
        } else if (ev->type == LIBXL_EVENT_TYPE_DOMAIN_DEATH) {
            fprintf(stderr, "Domain %u has been destroyed\n", ev->domid);
            left--;
        }
        libxl_event_free(ctx, ev);
    }
    return EXIT_OK;
}

static int end_all(const struct ending *e, const uint32_t *ids, int nr, bool wait, bool fallback)
{
    libxl_evgen_domain_death **deaths =
        must_alloc(calloc((size_t)nr + 1, sizeof(libxl_evgen_domain_death *)));
    int r = EXIT_OK;

    for (int i = 0; i < nr; i++) {
        ask_one(e, ids[i], fallback);
        if (wait && libxl_evenable_domain_death(ctx, ids[i], 0, &deaths[i])) {
            fprintf(stderr, "cannot wait for domain %u\n", ids[i]);
            exit(EXIT_BAD);
        }
    }
    if (wait)
        r = wait_down(nr);
    for (int i = 0; i < nr; i++)
        if (deaths[i])
            libxl_evdisable_domain_death(ctx, deaths[i]);
    free(deaths);
    return r;
}

static int ending(int argc, char **argv, const struct ending *e)
{
    static const struct option longopts[] = {
        {"all", 0, NULL, 'a'},
        {"wait", 0, NULL, 'w'},
        {"help", 0, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    bool all = false, wait = false, fallback = false;
    uint32_t *ids, one;
    libxl_vminfo *list;
    int opt, nr, n = 0, r;

    while ((opt = command_getopt(argc, argv, "awFh", longopts, e->command, 0)) != -1) {
        all = all || opt == 'a';
        wait = wait || opt == 'w';
        fallback = fallback || opt == 'F';
    }
    if (!argv[optind] && !all) {
        fprintf(stderr, "You must specify -a or a domain id.\n\n");
        return EXIT_BAD;
    }
    if (!all) {
        one = find_domain(argv[optind]);
        return end_all(e, &one, 1, wait, fallback);
    }
    list = libxl_list_vm(ctx, &nr);
    if (!list)
        return EXIT_BAD;
    ids = must_alloc(calloc((size_t)nr + 1, sizeof(*ids)));
    for (int i = 0; i < nr; i++)
        if (list[i].domid)
            ids[n++] = list[i].domid;
    libxl_vminfo_list_free(list, nr);
    r = end_all(e, ids, n, wait, fallback);
    free(ids);
    return r;
}

int main_shutdown(int argc, char **argv)
{
    static const struct ending e = {"shutdown", "Shutting down", "shutdown", libxl_domain_shutdown,
                                    LIBXL_TRIGGER_POWER};

    return ending(argc, argv, &e);
}

int main_reboot(int argc, char **argv)
{
    static const struct ending e = {"reboot", "Rebooting", "reboot", libxl_domain_reboot,
                                    LIBXL_TRIGGER_RESET};

    return ending(argc, argv, &e);
}

int main_console(int argc, char **argv)
{
    libxl_console_type type = LIBXL_CONSOLE_TYPE_UNKNOWN;
    uint32_t domid;
    int opt, nr = 0;

    while ((opt = command_getopt(argc, argv, "hn:t:s:", NULL, "console", 1)) != -1) {
        if (opt == 't' && libxl_console_type_from_string(optarg, &type)) {
            fprintf(stderr, "console type supported are: pv, serial, vuart\n");
            return EXIT_BAD;
        }
        if (opt == 'n')
            nr = atoi(optarg);
    }
    domid = find_domain(argv[optind]);
    if (type == LIBXL_CONSOLE_TYPE_UNKNOWN) /* -n is for those of a type */
        libxl_primary_console_exec(ctx, domid, -1);
    else
        libxl_console_exec(ctx, domid, nr, type, -1);
    fprintf(stderr, "Unable to attach console\n");
    return EXIT_BAD;
}

int main_rename(int argc, char **argv)
{
    uint32_t domid;

    no_options(argc, argv, "rename", 2);
    domid = find_domain(argv[optind]);
    if (!libxl_domain_rename(ctx, domid, NULL, argv[optind + 1]))
        return EXIT_OK;
    fprintf(stderr, "Can't rename domain '%s'.\n", argv[optind]);
    return EXIT_BAD;
}

int main_trigger(int argc, char **argv)
{
    libxl_trigger trigger;
    unsigned long vcpu = 0;
    uint32_t domid;

    no_options(argc, argv, "trigger", 2);
    domid = find_domain(argv[optind]);
    if (libxl_trigger_from_string(argv[optind + 1], &trigger)) {
        fprintf(stderr, "Invalid trigger \"%s\"\n", argv[optind + 1]);
        return EXIT_BAD;
    }
    if (argv[optind + 2] && !parse_ulong(argv[optind + 2], &vcpu))
        fprintf(stderr, "\"%s\" is no vCPU: taking the first one\n", argv[optind + 2]);
    libxl_send_trigger(ctx, domid, trigger, (uint32_t)vcpu, NULL); /* which tells of a failure */
    return EXIT_OK;
}

int main_button_press(int argc, char **argv)
{
    libxl_trigger trigger;
    uint32_t domid;

    no_options(argc, argv, "button-press", 2);
    fprintf(stderr, "WARNING: \"button-press\" is deprecated. Please use \"trigger\"\n");
    domid = find_domain(argv[optind]);
    if (!strcmp(argv[optind + 1], "power")) {
        trigger = LIBXL_TRIGGER_POWER;
    } else if (!strcmp(argv[optind + 1], "sleep")) {
        trigger = LIBXL_TRIGGER_SLEEP;
    } else {
        fprintf(stderr, "%s is an invalid button identifier\n", argv[optind + 1]);
        return EXIT_BAD;
    }
    libxl_send_trigger(ctx, domid, trigger, 0, NULL); /* which tells of a failure */
    return EXIT_OK;
}

int main_sysrq(int argc, char **argv)
{
    const char *letter;
    uint32_t domid;

    no_options(argc, argv, "sysrq", 2);
    domid = find_domain(argv[optind]);
    letter = argv[optind + 1];
    if (!letter[0] || letter[1]) {
        fprintf(stderr, "Invalid sysrq.\n\n");
        command_help("sysrq");
        return EXIT_BAD;
    }
    if (libxl_send_sysrq(ctx, domid, letter[0]))
        fprintf(stderr, "cannot press a key of domain %u\n", domid);
    return EXIT_OK;
}

int main_dump_core(int argc, char **argv)
{
    no_options(argc, argv, "dump-core", 2);
    if (!libxl_domain_core_dump(ctx, find_domain(argv[optind]), argv[optind + 1], NULL))
        return EXIT_OK;
    fprintf(stderr, "core dump failed\n");
    return EXIT_BAD;
}
