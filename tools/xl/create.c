/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xl.h"

#define LOCK_FILE "/var/lock/xl"

int source_read(struct config_source *src, const char *file, const char *extra)
{
    size_t more = extra ? strlen(extra) + 1 : 0;
    void *data = NULL;
    int len = 0, e = 0;

    if (file) {
        e = libxl_read_file_contents(ctx, file, &data, &len);
        if (e)
            return e;
    }
    src->text = must_alloc(realloc(data, (size_t)len + more + 1));
    if (extra) {
        src->text[len] = '\n';
        memcpy(src->text + len + 1, extra, more - 1);
        len += (int)more;
    }
    src->len = len;
    return 0;
}

/* While memory is taken from dom0 for a guest nobody else may do the same. */
static int lock_take(void)
{
    const char *file = settings.lockfile ? settings.lockfile : LOCK_FILE;
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || flock(fd, LOCK_EX)) {
        fprintf(stderr, "cannot lock %s: %s\n", file, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

/* "auto": dom0 gives memory only if its size was not fixed at boot. */
static bool autoballoon(void)
{
    const libxl_version_info *v;

    if (settings.autoballoon >= 0)
        return settings.autoballoon;
    v = libxl_get_version_info(ctx);
    return !v || !v->commandline || !strstr(v->commandline, "dom0_mem=");
}

#define BALLOON_ROUNDS 3
#define BALLOON_WAIT_S 10

static int make_room(libxl_domain_config *d)
{
    uint64_t need, have;
    int rc;

    if (!autoballoon())
        return 0;
    rc = libxl_domain_need_memory(ctx, d, NO_DOMAIN, &need);
    for (int i = 0; i < BALLOON_ROUNDS && !rc; i++) {
        rc = libxl_get_free_memory(ctx, &have);
        if (rc || have >= need)
            return rc;
        rc = libxl_set_memory_target(ctx, 0, (int64_t)have - (int64_t)need, 1, 0);
        if (rc)
            break;
        if (!libxl_wait_for_free_memory(ctx, 0, need, BALLOON_WAIT_S))
            return 0;
        rc = libxl_wait_for_memory_target(ctx, 0, 1);
    }
    fprintf(stderr, "failed to free memory for the domain\n");
    return rc ? rc : ERROR_NOMEM;
}

/* The console of a domain that is being made: a child, once there is a terminal. */
static pid_t console_pid = -1;

static void console_available(libxl_ctx *c, libxl_event *ev, void *unused)
{
    uint32_t domid = ev->domid;

    (void)unused;
    libxl_event_free(c, ev);
    console_pid = fork();
    if (console_pid)
        return;
    libxl_postfork_child_noexec(ctx);
    ctx_open();
    libxl_primary_console_exec(ctx, domid, -1);
    _exit(EXIT_BAD);
}

int console_wait(void)
{
    int status;

    if (console_pid > 0)
        waitpid(console_pid, &status, 0);
    return 0;
}

void print_config(FILE *f, const libxl_domain_config *d)
{
    char *json;

    if (settings.sxp) {
        print_sxp(f, NO_DOMAIN, d);
        return;
    }
    json = libxl_domain_config_to_json(ctx, (libxl_domain_config *)(uintptr_t)d);
    fputs(json, f);
    free(json);
}

void viewer_start(uint32_t domid, bool password)
{
    pid_t pid = fork();

    if (pid < 0)
        perror("fork");
    if (pid)
        return;
    ctx_reopen_after_fork();
    libxl_vncviewer_exec(ctx, domid, password);
    _exit(EXIT_BAD);
}

static int make(const struct create_options *o, libxl_domain_config *d, uint32_t *domid)
{
    libxl_asyncprogress_how console = {.callback = console_available};
    libxl_domain_restore_params params;
    int rc;

    if (!o->restoring)
        return libxl_domain_create_new(ctx, d, domid, NULL, o->console ? &console : NULL);
    libxl_domain_restore_params_init(&params);
    params.checkpointed_stream = o->checkpointed;
    params.stream_version = 2;
    rc = libxl_domain_create_restore(ctx, d, domid, o->restore_fd, -1, &params, NULL,
                                     o->console ? &console : NULL);
    libxl_domain_restore_params_dispose(&params);
    return rc;
}

int bring_up(const struct create_options *o, libxl_domain_config *d, uint32_t *domid)
{
    int lock = lock_take(), rc;

    if (lock < 0)
        return ERROR_FAIL;
    if (settings.domid_random && (!d->c_info.domid || d->c_info.domid == NO_DOMAIN))
        d->c_info.domid = (uint32_t)RANDOM_DOMID;
    rc = make_room(d);
    if (!rc)
        rc = make(o, d, domid);
    close(lock);
    if (!rc && o->vnc)
        viewer_start(*domid, o->vnc_password);
    if (!rc && !o->paused)
        rc = libxl_domain_unpause(ctx, *domid, NULL);
    return rc;
}

int create_domain(const struct create_options *o)
{
    struct config_source src = {.name = o->file ? o->file : "command line"};
    struct monitor m = {.daemon = !o->foreground};
    int rc, r = EXIT_OK;

    if (o->file) {
        int e = source_read(&src, o->file, o->extra);

        if (e) {
            fprintf(stderr, "Failed to read config file: %s: %s\n", o->file, strerror(e));
            return EXIT_LIBXL;
        }
    } else if (source_read(&src, NULL, o->extra)) {
        return EXIT_LIBXL;
    }
    if (!o->quiet && !(settings.dry_run && o->quiet))
        fprintf(stderr, "Parsing config from %s\n", src.name);
    libxl_domain_config_init(&m.config);
    config_parse(&src, &m.config);
    free(src.text);
    if (!o->ignore_masks && cpumask_apply_config(&m.config)) {
        r = EXIT_BAD;
        goto out;
    }
    if (o->debug || settings.dry_run || settings.verbosity > 3)
        print_config(settings.dry_run ? stdout : stderr, &m.config);
    if (settings.dry_run)
        goto out;
    fflush(stdout);
    rc = bring_up(o, &m.config, &m.domid);
    if (rc) {
        r = o->restoring ? EXIT_LIBXL : -rc; /* as the stock xl */
        goto out;
    }
    if (!o->no_monitor && (!m.daemon || !monitor_daemonize(&m))) {
        r = monitor_run(&m);
        libxl_domain_config_dispose(&m.config);
        exit(r);
    }
    console_wait();
out:
    libxl_domain_config_dispose(&m.config);
    return r;
}

static bool file_exists(const char *path)
{
    struct stat st;

    return !stat(path, &st) && S_ISREG(st.st_mode);
}

static void add_line(char **to, const char *line)
{
    size_t old = *to ? strlen(*to) : 0;

    *to = must_alloc(realloc(*to, old + strlen(line) + 2));
    stpcpy(stpcpy(*to + old, line), "\n");
}

/* The first word without "=" is the file; the others are lines of their own. */
static void take_words(int argc, char **argv, struct create_options *o)
{
    for (int i = optind; i < argc; i++) {
        if (strchr(argv[i], '=') && !(i == optind && file_exists(argv[i]))) {
            add_line(&o->extra, argv[i]);
        } else if (!o->file) {
            o->file = argv[i];
        } else {
            command_help("create");
            exit(EXIT_USAGE);
        }
    }
}

int main_create(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"help", 0, NULL, 'h'},
        {"dryrun", 0, NULL, 'n'},
        {"quiet", 0, NULL, 'q'},
        {"defconfig", 1, NULL, 'f'},
        {"vncviewer", 0, NULL, 'V'},
        {"vncviewer-autopass", 0, NULL, 'A'},
        {"ignore-global-affinity-masks", 0, NULL, 'i'},
        {NULL, 0, NULL, 0},
    };
    struct create_options o = {0};
    int opt, r;

    if (argv[1] && argv[1][0] != '-' && !strchr(argv[1], '=')) { /* options may follow the file */
        o.file = *++argv;
        argc--;
    }
    while ((opt = command_getopt(argc, argv, "Fnqf:pcdeVAh", longopts, "create", 0)) != -1) {
        switch (opt) {
        case 'f':
            o.file = optarg;
            break;
        case 'n':
            settings.dry_run = true;
            break;
        case 'q':
            o.quiet = true;
            break;
        case 'p':
            o.paused = true;
            break;
        case 'c':
            o.console = true;
            break;
        case 'F':
            o.foreground = true;
            break;
        case 'd':
            o.debug = true;
            break;
        case 'e':
            o.no_monitor = true;
            break;
        case 'i':
            o.ignore_masks = true;
            break;
        case 'V':
            o.vnc = true;
            break;
        case 'A':
            o.vnc = o.vnc_password = true;
            break;
        }
    }
    take_words(argc, argv, &o);
    if (!o.file && !o.extra) {
        fprintf(stderr, "Config file not specified and none in save file\n");
        return -ERROR_INVAL;
    }
    r = create_domain(&o);
    free(o.extra);
    return r;
}

int main_config_update(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"help", 0, NULL, 'h'},
        {"defconfig", 1, NULL, 'f'},
        {NULL, 0, NULL, 0},
    };
    struct config_source src = {0};
    libxl_domain_config d;
    char *extra = NULL, *json;
    bool debug = false;
    uint32_t domid;
    int opt, rc;

    fprintf(stderr, "WARNING: xl now has better capability to manage domain configuration, "
                    "avoid using this command when possible\n");
    if (argc < 2) {
        command_help("config-update");
        return EXIT_BAD;
    }
    domid = find_domain(argv[1]);
    argv++;
    argc--;
    optind = 1;
    while ((opt = command_getopt(argc, argv, "dhf:", longopts, "config-update", 0)) != -1) {
        if (opt == 'f')
            src.name = optarg;
        debug = debug || opt == 'd';
    }
    for (int i = optind; i < argc; i++) {
        if (!src.name && !strchr(argv[i], '='))
            src.name = argv[i];
        else
            add_line(&extra, argv[i]);
    }
    rc = src.name ? source_read(&src, src.name, extra) : ENOENT;
    if (rc) {
        fprintf(stderr, "Failed to read config file: %s: %s\n", src.name ? src.name : "",
                strerror(rc));
        return src.name ? exit_code(ERROR_FAIL) : EXIT_BAD;
    }
    libxl_domain_config_init(&d);
    config_parse(&src, &d);
    if (debug)
        print_config(stdout, &d);
    printf("setting dom%u configuration\n", domid);
    json = libxl_domain_config_to_json(ctx, &d);
    rc = libxl_userdata_store(ctx, domid, "libxl-json", (uint8_t *)json, (int)strlen(json) + 1);
    free(json);
    free(extra);
    free(src.text);
    libxl_domain_config_dispose(&d);
    return rc ? EXIT_BAD : EXIT_OK;
}
