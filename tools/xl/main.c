/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <unistd.h>

#include "xl.h"

#define INHERITED_MAX 4 /* forks below each other: a guard, its child, the monitor of a domain */

#define XL_CONF "/etc/xen/xl.conf"

struct settings settings = {
    .autoballoon = -1,
    .run_hotplug_scripts = true,
    .claim_mode = true,
    .max_grant_frames = LIBXL_MAX_GRANT_DEFAULT,
    .max_maptrack_frames = LIBXL_MAX_GRANT_DEFAULT,
    .max_grant_version = -1,
};
libxl_ctx *ctx;
xentoollog_logger_stdiostream *logger;

static xentoollog_level log_level(void)
{
    int level = (int)XTL_PROGRESS - settings.verbosity;

    return level < (int)XTL_DEBUG ? XTL_DEBUG : (xentoollog_level)level;
}

void ctx_open(void)
{
    if (libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, (xentoollog_logger *)logger)) {
        fprintf(stderr, "cannot init xl context\n");
        exit(EXIT_BAD);
    }
}

/* The parent's context is of no use to the child, which must not free it either (libxl_event.h): it
 * is kept where whoever looks for leaks finds it. */
void ctx_reopen_after_fork(void)
{
    static libxl_ctx *inherited[INHERITED_MAX] __attribute__((used));
    static unsigned int nr;

    libxl_postfork_child_noexec(ctx);
    if (nr < INHERITED_MAX)
        inherited[nr++] = ctx;
    ctx_open();
}

const struct command *command_find(const char *name)
{
    const struct command *found = NULL;
    size_t len = strlen(name);

    for (unsigned int i = 0; i < nr_commands; i++) {
        if (!strcmp(commands[i].name, name))
            return &commands[i];
        if (len && !strncmp(commands[i].name, name, len)) {
            if (found)
                return NULL;
            found = &commands[i];
        }
    }
    return found;
}

static void help_all(void)
{
    printf("Usage xl [-vfNtT] <subcommand> [args]\n\n"
           "xl full list of subcommands:\n\n");
    for (unsigned int i = 0; i < nr_commands; i++) {
        printf(" %-19s ", commands[i].name);
        if (strlen(commands[i].name) > 19)
            printf("\n                     ");
        printf("%s\n", commands[i].summary);
    }
}

void command_help(const char *name)
{
    const struct command *c = name ? command_find(name) : NULL;

    if (!name || !strcmp(name, "help")) {
        help_all();
        return;
    }
    if (!c) {
        printf("command \"%s\" not implemented\n", name);
        return;
    }
    printf("Usage: xl [-vtT%s%s] %s %s\n\n%s.\n\n", c->modifies ? "f" : "",
           c->can_dry_run ? "N" : "", c->name, c->args, c->summary);
    if (c->options)
        printf("Options:\n\n%s\n", c->options);
}

int command_getopt(int argc, char **argv, const char *opts, const struct option *longopts,
                   const char *name, int min_args)
{
    static const struct option help_only[] = {{"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    int opt = getopt_long(argc, argv, opts, longopts ? longopts : help_only, NULL);

    if (opt == '?') {
        fprintf(stderr, "option `%c' not supported.\n", optopt ? optopt : '-');
        exit(EXIT_USAGE);
    }
    if (opt == 'h') {
        command_help(name);
        exit(EXIT_OK);
    }
    if (opt != -1)
        return opt;
    if (argc - optind < min_args) {
        fprintf(stderr, "'xl %s' requires at least %d argument%s.\n\n", name, min_args,
                min_args > 1 ? "s" : "");
        command_help(name);
        exit(EXIT_USAGE);
    }
    return -1;
}

void no_options(int argc, char **argv, const char *name, int min_args)
{
    while (command_getopt(argc, argv, "h", NULL, name, min_args) != -1)
        ;
}

static int parse_globals(int argc, char **argv)
{
    int opt;

    opterr = 0;
    while ((opt = getopt(argc, argv, "+vftTN")) >= 0) {
        switch (opt) {
        case 'v':
            settings.verbosity++;
            break;
        case 'N':
            settings.dry_run = true;
            break;
        case 'f':
            settings.force = true;
            break;
        case 't':
            settings.progress_cr = true;
            break;
        case 'T':
            settings.timestamps = true;
            break;
        default:
            fprintf(stderr, "unknown global option\n");
            exit(EXIT_BAD);
        }
    }
    return optind;
}

int main(int argc, char **argv)
{
    int first = parse_globals(argc, argv), r;
    const struct command *c;
    unsigned int flags = 0;
    const char *name = argv[first];

    if (!name) {
        help_all();
        return EXIT_BAD;
    }
    if (settings.progress_cr)
        flags |= XTL_STDIOSTREAM_PROGRESS_USE_CR;
    if (settings.timestamps)
        flags |= XTL_STDIOSTREAM_SHOW_DATE | XTL_STDIOSTREAM_SHOW_PID;
    logger = xtl_createlogger_stdiostream(stderr, log_level(), flags);
    if (!logger)
        return EXIT_BAD;
    settings_load(XL_CONF);
    if (!strcmp(name, "help")) {
        command_help(argv[first + 1]);
        return EXIT_OK;
    }
    c = command_find(name);
    if (!c) {
        fprintf(stderr, "command not implemented\n");
        return EXIT_BAD;
    }
    if (settings.dry_run && !c->can_dry_run) {
        fprintf(stderr, "command does not implement -N (dryrun) option\n");
        return EXIT_BAD;
    }
    ctx_open();
    optind = 1;
    r = c->run(argc - first, argv + first);
    libxl_ctx_free(ctx);
    xtl_logger_destroy((xentoollog_logger *)logger);
    return r;
}
