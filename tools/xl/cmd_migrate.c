/* SPDX-License-Identifier: MIT */
/*
 * Moving a domain to another host. The two sides talk through a child's standard input and output,
 * mostly those of ssh:
 *
 *   receiver                          sender
 *   banner                     ->
 *                              <-     header with configuration, libxl's stream
 *   ready: it is all there     ->     renames its domain
 *                              <-     go: it is yours
 *   renames and unpauses
 *   report, with one byte      ->     destroys its domain if it is 0
 *   if not: destroys its copy
 *   go: it is yours again      ->     renames and resumes its own
 *
 * Up to "go" the sender has the domain, then the receiver. If the line is cut just then, the sender
 * asks on a new one what has become of the domain, and goes by that. Without an answer it keeps the
 * domain as it is, suspended, and can be told later to ask again.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "migrate_guard.h"
#include "xl.h"

/* Sent without the zero byte at its end, all the others with it. */
static const char banner[] = "xl migration receiver ready, send binary domain data.\n";
static const char ready[] = "domain received, ready to unpause";
static const char go[] = "domain is yours, you are cleared to unpause";
static const char report[] = "my copy unpause results are as follows";

#define CHILD_WAIT_S    2
#define SUSPEND_TRIES   50
#define SUSPEND_WAIT_US 100000
#define PATIENCE_S      60
#define MAX_PATIENCE_S  1000000
#define GO_LIMIT_MS     60000
#define GO_AGAIN_MS     10000

/* What both sides have. */
struct link {
    int in, out;
    const char *from; /* for messages */
    pid_t child;      /* the sender's */
};

static int expect(const struct link *l, const char *what, size_t len, const char *name)
{
    char got[sizeof(banner) + sizeof(go)];
    int rc = libxl_read_exactly(ctx, l->in, got, (ssize_t)len, l->from, name);

    if (!rc && memcmp(got, what, len)) {
        fprintf(stderr, "unexpected data from %s instead of %s\n", l->from, name);
        rc = ERROR_FAIL;
    }
    return rc;
}
#define EXPECT(l, message) expect((l), (message), sizeof(message), #message)

static int tell(const struct link *l, const void *what, size_t len, const char *name)
{
    return libxl_write_exactly(ctx, l->out, what, (ssize_t)len, "migration stream", name);
}
#define TELL(l, message) tell((l), (message), sizeof(message), #message)

/* The sender. */

struct sender {
    struct link link;
    uint32_t domid;
    char *name;
    const char *command; /* ssh, or what takes its place; empty: "host" is all of it */
    const char *host;
    const char *config_file;
    libxl_uuid uuid;
    unsigned long patience_s; /* how long to ask a host that is not reached */
    bool keep_domid, debug, no_monitor, paused, remus;
};

static char *command_line(const struct sender *s)
{
    char *line, verbose[16] = "";
    int n = 0;

    if (!*s->command)
        return must_alloc(strdup(s->host));
    if (settings.verbosity) {
        verbose[n++] = ' ';
        verbose[n++] = '-';
        for (int i = 0; i < settings.verbosity && n < (int)sizeof(verbose) - 1; i++)
            verbose[n++] = 'v';
    }
    if (asprintf(&line, "exec %s %s xl%s%s migrate-receive%s%s%s%s", s->command, s->host,
                 settings.progress_cr ? " -t" : "", verbose, s->remus ? " -r" : "",
                 s->no_monitor ? " -e" : "", s->debug ? " -d" : "", s->paused ? " -p" : "") < 0)
        line = NULL;
    return must_alloc(line);
}

static void child_start(struct sender *s)
{
    char *line = command_line(s);
    int to[2], from[2];

    if (libxl_pipe(ctx, to) || libxl_pipe(ctx, from))
        exit(EXIT_BAD);
    fflush(NULL);
    s->link.child = fork();
    if (s->link.child < 0) {
        perror("fork");
        exit(EXIT_BAD);
    }
    if (!s->link.child) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        for (int i = 0; i < 2; i++) {
            close(to[i]);
            close(from[i]);
        }
        signal(SIGPIPE, SIG_DFL);
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        perror("/bin/sh");
        _exit(EXIT_BAD);
    }
    free(line);
    close(to[0]);
    close(from[1]);
    s->link.out = to[1];
    s->link.in = from[0];
    fcntl(s->link.out, F_SETFD, FD_CLOEXEC);
    fcntl(s->link.in, F_SETFD, FD_CLOEXEC);
    s->link.from = "migration receiver stream";
}

/*
 * It had what it needed; it need not keep us waiting. True: the receiver has not said how it ended;
 * it, or the line, may be dead. A status above 128 is a shell's for who was killed, and 255 is
 * ssh's.
 */
static bool child_end(struct sender *s)
{
    pid_t child = s->link.child, r;
    int status;

    if (!child)
        return true; /* another process's, which is dead */
    close(s->link.out);
    close(s->link.in);
    for (int i = 0; i < CHILD_WAIT_S * 20; i++) {
        r = waitpid(child, &status, WNOHANG);
        if (r < 0) {
            fprintf(stderr, "wait for migration child [%ld] failed: %s\n", (long)child,
                    strerror(errno));
            return true;
        }
        if (r) {
            if (status)
                libxl_report_child_exitstatus(ctx, XTL_INFO, "migration transport process", child,
                                              status);
            return !WIFEXITED(status) || WEXITSTATUS(status) > 128;
        }
        usleep(50000);
    }
    fprintf(
        stderr,
        "migration child [%ld] not exiting, no longer waiting (exit status will be unreported)\n",
        (long)child);
    return true;
}

static void preamble(struct sender *s)
{
    child_start(s);
    if (expect(&s->link, banner, sizeof(banner) - 1, "banner")) {
        child_end(s);
        exit(EXIT_BAD);
    }
    save_header_write(s->link.out, "migration stream", s->domid, s->config_file, s->keep_domid);
}

static char *aside_name(const struct sender *s)
{
    char *aside;

    if (asprintf(&aside, "%s" ASIDE, s->name) < 0)
        aside = NULL;
    return must_alloc(aside);
}

static int rename_aside(const struct sender *s)
{
    char *aside;
    int rc;

    if (!s->name)
        return 0;
    aside = aside_name(s);
    rc = libxl_domain_rename(ctx, s->domid, s->name, aside);
    free(aside);
    return rc;
}

/* Where it has been put aside. */
static void rename_back(const struct sender *s)
{
    char *name = libxl_domid_to_name(ctx, s->domid);

    if (name && s->name && strcmp(name, s->name))
        libxl_domain_rename(ctx, s->domid, name, s->name);
    free(name);
}

static int gave_up(struct sender *s, const char *why)
{
    child_end(s);
    fprintf(stderr, "%s\n", why);
    return EXIT_BAD;
}

/* What has become of the domain on the other host. */
static enum outcome outcome_there(const struct sender *s, unsigned long patience_s)
{
    return outcome_ask(s->command, s->host, &s->uuid, patience_s);
}

static int resume_here(struct sender *s)
{
    bool lost = child_end(s);

    fprintf(stderr, "Migration failed, resuming at sender.\n");
    libxl_domain_resume(ctx, s->domid, 1, NULL);
    /* Who is asked also looks after what a receiver has left that was killed. */
    if (lost)
        outcome_there(s, 0);
    return EXIT_BAD;
}

/* The domain is destroyed or resumed here by what the other host says of it, or kept as it is. */
static enum outcome settle(struct sender *s)
{
    enum outcome there = outcome_there(s, s->patience_s);

    switch (there) {
    case IS_STARTED:
        libxl_domain_destroy(ctx, s->domid, NULL);
        fprintf(stderr, "The line was cut, but the target has started the domain.\n"
                        "Migration successful.\n");
        break;
    case IS_GONE:
        rename_back(s);
        libxl_domain_resume(ctx, s->domid, 1, NULL);
        fprintf(stderr, "The line was cut, and the target has not started the domain.\n"
                        "Migration failed, resuming at sender.\n");
        break;
    case IS_UNKNOWN:
        fprintf(stderr,
                "** Migration failed during final handshake **\n"
                "Whether the domain runs at the other host is not known here. This one is kept,\n"
                "suspended, as domain %u%s%s%s: destroy it if it does; if it does not,\n"
                "rename and resume it. \"xl migrate --finish\" with this domain, and with the\n"
                "other options and the host as before, asks there again and does it.\n",
                s->domid, s->name ? " (" : "", s->name ? s->name : "", s->name ? ASIDE ")" : "");
        break;
    }
    return there;
}

static int handshake_failed(struct sender *s)
{
    child_end(s);
    return settle(s) == IS_STARTED ? EXIT_OK : EXIT_BAD;
}

static int startup_failed(struct sender *s, int status)
{
    fprintf(stderr, "migration sender: Target reports startup failure (status code %d).\n", status);
    if (EXPECT(&s->link, go))
        return handshake_failed(s);
    fprintf(stderr, "migration sender: Trying to resume at our end.\n");
    rename_back(s);
    if (!libxl_domain_resume(ctx, s->domid, 1, NULL))
        fprintf(stderr, "migration sender: Resumed OK.\n");
    return gave_up(s, "Migration failed due to problems at target.");
}

static int done_here(struct sender *s)
{
    libxl_domain_destroy(ctx, s->domid, NULL);
    fprintf(stderr, "Migration successful.\n");
    child_end(s);
    return EXIT_OK;
}

/* From the moment in which the domain may be on either side. */
static int hand_over(struct sender *s)
{
    char status;

    fprintf(stderr, "migration sender: Giving target permission to start.\n");
    send_guard_set(GO_TOLD);
    if (TELL(&s->link, go) || EXPECT(&s->link, report) ||
        libxl_read_exactly(ctx, s->link.in, &status, sizeof(status), s->link.from, "result"))
        return handshake_failed(s);
    if (status)
        return startup_failed(s, status);
    send_guard_set(SENT);
    fprintf(stderr, "migration sender: Target reports successful startup.\n");
    return done_here(s);
}

static int migrate(struct sender *s)
{
    int flags = LIBXL_SUSPEND_LIVE | (s->debug ? LIBXL_SUSPEND_DEBUG : 0), rc;

    preamble(s);
    rc = libxl_domain_suspend(ctx, s->domid, s->link.out, flags, NULL);
    if (rc) {
        fprintf(stderr, "migration sender: libxl_domain_suspend failed (rc=%d)\n", rc);
        if (rc == ERROR_GUEST_TIMEDOUT)
            return gave_up(s, "Migration failed, failed to suspend at sender.");
        return resume_here(s);
    }
    if (EXPECT(&s->link, ready))
        return resume_here(s);
    fprintf(stderr, "migration sender: Target has acknowledged transfer.\n");
    if (rename_aside(s))
        return resume_here(s);
    return hand_over(s);
}

static bool is_suspended(uint32_t domid)
{
    libxl_dominfo info;
    bool is;

    libxl_dominfo_init(&info);
    is = !libxl_domain_info(ctx, &info, domid) && info.shutdown &&
         info.shutdown_reason == LIBXL_SHUTDOWN_REASON_SUSPEND;
    libxl_dominfo_dispose(&info);
    return is;
}

/* The process that was killed may have asked the guest to suspend itself just before. */
static int take_back(struct sender *s)
{
    rename_back(s);
    for (int i = 0; i < SUSPEND_TRIES && !is_suspended(s->domid); i++)
        usleep(SUSPEND_WAIT_US);
    if (is_suspended(s->domid)) {
        fprintf(stderr, "Migration failed, resuming at sender.\n");
        libxl_domain_resume(ctx, s->domid, 1, NULL);
    }
    return EXIT_BAD;
}

/* In place of a process that was killed. */
static int go_on(struct sender *s, enum send_phase phase)
{
    switch (phase) {
    case SENT:
        return done_here(s);
    case GO_TOLD:
        return handshake_failed(s);
    default:
        return take_back(s);
    }
}

/* What a migration has left whose sender is dead, or has had no answer. */
static int finish(struct sender *s)
{
    size_t len = s->name ? strlen(s->name) : 0, n = sizeof(ASIDE) - 1;
    bool aside = len > n && !strcmp(s->name + len - n, ASIDE);

    if (!is_suspended(s->domid)) {
        fprintf(stderr, "Domain %u is not suspended: no migration has left it.\n", s->domid);
        return EXIT_BAD;
    }
    if (aside)
        s->name[len - n] = '\0';
    if (aside || !s->name)
        return settle(s) == IS_UNKNOWN ? EXIT_BAD : EXIT_OK;
    /* It has not been put aside, so nobody has been told that it is his. */
    fprintf(stderr, "The migration had not come to its end; resuming the domain here.\n");
    return libxl_domain_resume(ctx, s->domid, 1, NULL) ? EXIT_BAD : EXIT_OK;
}

static int send_domain(struct sender *s, bool only_finish)
{
    enum send_phase phase;
    libxl_dominfo info;
    int rc;

    libxl_dominfo_init(&info);
    rc = libxl_domain_info(ctx, &info, s->domid);
    s->uuid = info.uuid;
    libxl_dominfo_dispose(&info);
    if (rc) {
        fprintf(stderr, "Domain %u cannot be looked at (rc=%d)\n", s->domid, rc);
        return EXIT_BAD;
    }
    if (!send_begin(&s->uuid)) {
        fprintf(stderr, "Domain %u is being migrated already.\n", s->domid);
        return EXIT_BAD;
    }
    if (only_finish)
        return finish(s);
    return send_guard(&phase) ? migrate(s) : go_on(s, phase);
}

int main_migrate(int argc, char **argv)
{
    enum { OPT_FINISH = 0x100, OPT_PATIENCE };
    static const struct option longopts[] = {
        {"help", 0, NULL, 'h'},
        {"debug", 0, NULL, 'v'},
        {"live", 0, NULL, 'l'},
        {"finish", 0, NULL, OPT_FINISH},
        {"patience", 1, NULL, OPT_PATIENCE},
        {NULL, 0, NULL, 0},
    };
    struct sender s = {.command = "ssh", .patience_s = PATIENCE_S};
    bool only_finish = false;
    int opt, r;

    while ((opt = command_getopt(argc, argv, "FC:s:epDh", longopts, "migrate", 2)) != -1) {
        switch (opt) {
        case 'C':
            s.config_file = optarg;
            break;
        case 's':
            s.command = optarg;
            break;
        case 'e':
            s.no_monitor = true;
            break;
        case 'p':
            s.paused = true;
            break;
        case 'D':
            s.keep_domid = true;
            break;
        case 'v':
            s.debug = true;
            break;
        case OPT_FINISH:
            only_finish = true;
            break;
        case OPT_PATIENCE:
            if (!parse_ulong(optarg, &s.patience_s) || s.patience_s > MAX_PATIENCE_S) {
                fprintf(stderr, "%s is no number of seconds\n", optarg);
                return EXIT_USAGE;
            }
            break;
        case 'F': /* the receiver would stay in the foreground: no more */
        case 'l': /* it always is */
            break;
        }
    }
    s.domid = find_domain(argv[optind]);
    s.host = argv[optind + 1];
    s.name = libxl_domid_to_name(ctx, s.domid);
    signal(SIGPIPE, SIG_IGN);
    r = send_domain(&s, only_finish);
    free(s.name);
    return r;
}

/* The receiver. */

struct receiver {
    struct link link;
    struct create_options create;
    struct monitor monitor;
    char *name;                  /* as it is to be called at the end */
    struct receive_guard *guard; /* NULL: none */
};

/* Done already, perhaps, by a process that was killed. */
static int rename_final(const struct receiver *r)
{
    char *now = libxl_domid_to_name(ctx, r->monitor.domid);
    bool done = now && !strcmp(now, r->name);

    free(now);
    if (done)
        return 0;
    return libxl_domain_rename(ctx, r->monitor.domid, r->monitor.config.c_info.name, r->name);
}

/*
 * Until the sender says something. It does not before it has heard us: if the way back to it is
 * cut, while the way from it is kept open, both sides would wait for the other one for ever.
 */
static int await_sender(const struct link *l)
{
    struct pollfd fds[] = {{.fd = l->in, .events = POLLIN}, {.fd = l->out}};
    int r;

    do
        r = poll(fds, 2, -1);
    while (r < 0 && errno == EINTR);
    if (r > 0 && !fds[1].revents)
        return 0;
    fprintf(stderr, "migration target: The sender does not listen: %s\n",
            r < 0 ? strerror(errno) : "its end of the line is closed");
    return ERROR_FAIL;
}

static int receive_header(struct receiver *r)
{
    libxl_domain_config *d = &r->monitor.config;

    fprintf(stderr, "migration target: Ready to receive domain.\n");
    if (tell(&r->link, banner, sizeof(banner) - 1, "banner") || await_sender(&r->link))
        return EXIT_BAD;
    save_header_read(r->link.in, "<incoming migration stream>", NULL, d);
    if (r->create.debug) {
        char *json = must_alloc(libxl_domain_config_to_json(ctx, d));

        fputs(json, stderr); /* standard output is the sender's */
        free(json);
    }
    r->name = d->c_info.name;
    if (asprintf(&d->c_info.name, "%s" INCOMING, r->name) < 0)
        d->c_info.name = NULL;
    must_alloc(d->c_info.name);
    return EXIT_OK;
}

static int receive(struct receiver *r)
{
    int rc = bring_up(&r->create, &r->monitor.config, &r->monitor.domid);

    if (r->guard)
        r->guard->domid = r->monitor.domid;
    if (!rc)
        return EXIT_OK;
    fprintf(stderr, "migration target: Domain creation failed (code %d).\n", rc);
    return EXIT_BAD;
}

/* The sender has said "go". */
static int start(struct receiver *r, bool paused)
{
    const libxl_uuid *uuid = &r->monitor.config.c_info.uuid;
    uint32_t domid = r->monitor.domid;
    int rc, failed;
    char status;

    receive_record(uuid, paused ? RECORD_STARTING_PAUSED : RECORD_STARTING);
    rc = rename_final(r);
    if (!rc && !paused)
        rc = receive_unpause(domid);
    if (!rc) {
        receive_record(uuid, RECORD_STARTED);
        receive_guard_set(r->guard, STARTED);
    }
    status = (char)-rc;
    failed = TELL(&r->link, report) || tell(&r->link, &status, sizeof(status), "result");
    if (!rc)
        receive_guard_set(r->guard, RESULT_TOLD);
    if (!rc) {
        fprintf(stderr, "migration target: Domain started successsfully.\n");
        return EXIT_OK; /* even if the sender has not heard of it */
    }
    fprintf(stderr, "migration target: Failure, destroying our copy.\n");
    rc = libxl_domain_destroy(ctx, domid, NULL);
    if (!rc)
        receive_record(uuid, RECORD_NONE);
    if (rc)
        fprintf(stderr, "migration target: Failed to destroy our copy (code %d).\n", rc);
    else if (!failed) {
        fprintf(stderr, "migration target: Cleanup OK, granting sender permission to resume.\n");
        TELL(&r->link, go);
    }
    return EXIT_BAD;
}

/* True: the sender says something within the time, if only that it is gone. */
static bool hears(int fd, int limit_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int r;

    do
        r = poll(&p, 1, limit_ms);
    while (r < 0 && errno == EINTR);
    return r > 0;
}

static int ask_for_go(struct receiver *r, enum receive_phase phase)
{
    int limit_ms = GO_AGAIN_MS;

    if (phase < READY_TOLD) {
        fprintf(stderr,
                "migration target: Transfer complete, requesting permission to start domain.\n");
        if (TELL(&r->link, ready))
            return -1;
        receive_guard_set(r->guard, READY_TOLD);
        limit_ms = GO_LIMIT_MS;
    }
    /* Who was killed may have heard it; or the line is dead. The sender will ask. */
    if (!hears(r->link.in, limit_ms)) {
        fprintf(stderr, "migration target: The sender says nothing.\n");
        return -1;
    }
    if (EXPECT(&r->link, go))
        return -1;
    receive_guard_set(r->guard, GO_HEARD);
    fprintf(stderr, "migration target: Got permission, starting domain.\n");
    return 0;
}

static int take_over(struct receiver *r, bool paused, enum receive_phase phase)
{
    if (phase < GO_HEARD && ask_for_go(r, phase)) {
        fprintf(stderr, "migration target: Failure, destroying our copy.\n");
        libxl_domain_destroy(ctx, r->monitor.domid, NULL);
        return EXIT_BAD;
    }
    return start(r, paused);
}

/* The primary is gone. */
static int fail_over(struct receiver *r)
{
    int rc;

    fprintf(stderr, "migration target: %s Failover for domain %u\n", "Remus", r->monitor.domid);
    rc = rename_final(r);
    if (rc)
        fprintf(stderr, "migration target (%s): Failed to rename domain from %s to %s:%d\n",
                "Remus", r->monitor.config.c_info.name, r->name, rc);
    rc = libxl_domain_unpause(ctx, r->monitor.domid, NULL);
    if (rc)
        fprintf(stderr, "migration target (%s): Failed to unpause domain %s (id: %u):%d\n", "Remus",
                r->name, r->monitor.domid, rc);
    return rc ? EXIT_BAD : EXIT_OK;
}

/* Everything up to the monitor. */
static int receive_all(struct receiver *r, bool paused, bool remus)
{
    enum receive_phase phase = RECEIVING;
    int status = receive_header(r);

    if (!status)
        receive_begin(&r->monitor.config.c_info.uuid);
    if (!status && !remus)
        phase = receive_guard(&r->guard, &r->monitor.config.c_info.uuid);
    if (phase != RECEIVING)
        r->monitor.domid = r->guard->domid;
    else if (!status)
        status = receive(r);
    if (status)
        return status;
    return remus ? fail_over(r) : take_over(r, paused, phase);
}

static int follow(struct receiver *r)
{
    receive_over();
    free(r->monitor.config.c_info.name);
    r->monitor.config.c_info.name = must_alloc(strdup(r->name));
    r->monitor.daemon = true;
    if (monitor_daemonize(&r->monitor))
        return EXIT_OK;
    exit(monitor_run(&r->monitor));
}

int main_migrate_receive(int argc, char **argv)
{
    enum { OPT_COLO = 0x100, OPT_PROXY, OPT_PROXY_USER, OPT_OUTCOME };
    static const struct option longopts[] = {
        {"help", 0, NULL, 'h'},
        {"colo", 0, NULL, OPT_COLO},
        {"coloft-script", 1, NULL, OPT_PROXY},
        {"userspace-colo-proxy", 0, NULL, OPT_PROXY_USER},
        {"outcome", 1, NULL, OPT_OUTCOME},
        {NULL, 0, NULL, 0},
    };
    struct receiver r = {.link = {.in = 0, .out = 1, .from = "migration stream"},
                         .create = {.restoring = true, .restore_fd = 0, .paused = true}};
    bool paused = false, remus = false;
    int opt, status;

    while ((opt = command_getopt(argc, argv, "Fedrph", longopts, "migrate-receive", 0)) != -1) {
        switch (opt) {
        case 'e':
            r.create.no_monitor = true;
            break;
        case 'd':
            r.create.debug = true;
            break;
        case 'r':
            remus = true;
            r.create.checkpointed = LIBXL_CHECKPOINTED_STREAM_REMUS;
            break;
        case 'p':
            paused = true;
            break;
        case OPT_OUTCOME:
            return outcome_tell(optarg);
        case OPT_COLO:
        case OPT_PROXY:
        case OPT_PROXY_USER:
            fprintf(stderr, "migration target: COLO is not supported\n");
            return EXIT_BAD;
        }
    }
    if (argc != optind) {
        command_help("migrate-receive");
        return EXIT_BAD;
    }
    signal(SIGPIPE, SIG_IGN);
    libxl_domain_config_init(&r.monitor.config);
    status = receive_all(&r, paused, remus);
    if (!status && !r.create.no_monitor)
        status = follow(&r);
    free(r.name);
    libxl_domain_config_dispose(&r.monitor.config);
    return status;
}

/* Remus: migration without an end. */

static int remus_run(struct sender *s, libxl_domain_remus_info *info)
{
    int rc;

    if (libxl_defbool_val(info->blackhole)) {
        s->link.out = open("/dev/null", O_RDWR | O_CLOEXEC);
        s->link.in = -1;
        if (s->link.out < 0) {
            perror("/dev/null");
            return EXIT_BAD;
        }
    } else {
        preamble(s);
    }
    rc = libxl_domain_remus_start(ctx, info, s->domid, s->link.out, s->link.in, NULL);
    /* That it ended at all is a failure, of this host's or of the other one's. */
    fprintf(stderr, "remus sender: libxl_domain_remus_start failed (rc=%d)\n", rc);
    if (rc == ERROR_GUEST_TIMEDOUT) {
        fprintf(stderr, "Failed to suspend domain at primary.\n");
    } else {
        fprintf(stderr, "Remus: Backup failed? resuming domain at primary.\n");
        libxl_domain_resume(ctx, s->domid, 1, NULL);
    }
    if (libxl_defbool_val(info->blackhole))
        close(s->link.out);
    else
        child_end(s);
    return EXIT_BAD;
}

int main_remus(int argc, char **argv)
{
    struct sender s = {.command = "ssh", .remus = true};
    libxl_domain_remus_info info;
    int opt, r;

    libxl_domain_remus_info_init(&info);
    if (settings.netbuf_script)
        info.netbufscript = must_alloc(strdup(settings.netbuf_script));
    while ((opt = command_getopt(argc, argv, "Fbundi:s:N:ecph", NULL, "remus", 1)) != -1) {
        switch (opt) {
        case 'i':
            info.interval = atoi(optarg);
            break;
        case 'F':
            libxl_defbool_set(&info.allow_unsafe, true);
            break;
        case 'b':
            libxl_defbool_set(&info.blackhole, true);
            break;
        case 'u':
            libxl_defbool_set(&info.compression, false);
            break;
        case 'n':
            libxl_defbool_set(&info.netbuf, false);
            break;
        case 'd':
            libxl_defbool_set(&info.diskbuf, false);
            break;
        case 's':
            s.command = optarg;
            break;
        case 'N':
            free(info.netbufscript);
            info.netbufscript = must_alloc(strdup(optarg));
            break;
        case 'e':
            s.no_monitor = true;
            break;
        case 'c':
            libxl_defbool_set(&info.colo, true);
            break;
        case 'p':
            libxl_defbool_set(&info.userspace_colo_proxy, true);
            break;
        }
    }
    libxl_defbool_setdefault(&info.blackhole, false);
    if (!libxl_defbool_val(info.blackhole) && argc - optind < 2) {
        command_help("remus");
        return EXIT_USAGE;
    }
    s.domid = find_domain(argv[optind]);
    s.host = argv[optind + 1];
    signal(SIGPIPE, SIG_IGN);
    r = remus_run(&s, &info);
    libxl_domain_remus_info_dispose(&info);
    return r;
}
