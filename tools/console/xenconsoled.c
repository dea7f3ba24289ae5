/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "daemon.h"

#define DEFAULT_PID_FILE "/var/run/xenconsoled.pid"
#define DEFAULT_LOG_DIR  "/var/log/xen/console"
#define WANTED_FILES     (33000u * 2)

static struct daemon the_daemon;

struct start_options {
    bool interactive, verbose;
    const char *pid_file;
};

static const struct option longopts[] = {
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {"verbose", no_argument, NULL, 'v'},
    {"interactive", no_argument, NULL, 'i'},
    {"log", required_argument, NULL, 'l'},
    {"log-dir", required_argument, NULL, 'r'},
    {"pid-file", required_argument, NULL, 'p'},
    {"timestamp", required_argument, NULL, 't'},
    {"overflow-data", required_argument, NULL, 'o'},
    {"replace-escape", no_argument, NULL, 'e'},
    {0},
};

static void usage(FILE *f, const char *prog)
{
    fprintf(f,
            "Usage: %s [-h] [-V] [-v] [-i] [--log=none|guest|hv|all] [--log-dir=DIR] "
            "[--pid-file=PATH] [-t, --timestamp=none|guest|hv|all] "
            "[-o, --overflow-data=discard|keep] [--replace-escape]\n"
            "  --replace-escape  - replace ESC character with dot when writing console log\n",
            prog);
}

static void which(const char *arg, bool *hv, bool *guest)
{
    *hv = strcmp(arg, "hv") == 0 || strcmp(arg, "all") == 0;
    *guest = strcmp(arg, "guest") == 0 || strcmp(arg, "all") == 0;
}

static void parse_one(int opt, char **argv, struct options *o, struct start_options *s)
{
    switch (opt) {
    case 'h':
        usage(stdout, argv[0]);
        exit(0);
    case 'V':
        puts("Xen Console Daemon 3.0");
        exit(0);
    case 'v':
        s->verbose = true;
        break;
    case 'i':
        s->interactive = true;
        break;
    case 'l':
        which(optarg, &o->log_hv, &o->log_guest);
        break;
    case 'r':
        o->log_dir = optarg;
        break;
    case 'p':
        s->pid_file = optarg;
        break;
    case 't':
        which(optarg, &o->stamp_hv, &o->stamp_guest);
        break;
    case 'o':
        o->keep_overflow = strcmp(optarg, "keep") == 0;
        break;
    case 'e':
        o->replace_escape = true;
        break;
    default:
        fprintf(stderr, "Try `%s --help' for more information\n", argv[0]);
        exit(22); /* EINVAL */
    }
}

static void on_signal(int sig)
{
    if (sig == SIGHUP)
        the_daemon.reopen = true;
    else
        the_daemon.stop = true;
}

static void set_signals(void)
{
    struct sigaction sa = {.sa_handler = on_signal};

    sigaction(SIGHUP, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void fork_off(void)
{
    pid_t pid = fork();
    int null_fd;

    if (pid < 0)
        err(1, "fork");
    if (pid > 0)
        _exit(0);
    setsid();
    umask(027);
    if (chdir("/") != 0)
        err(1, "chdir");
    null_fd = open("/dev/null", O_RDWR);
    for (int i = 0; null_fd >= 0 && i < 3; i++)
        dup2(null_fd, i);
    if (null_fd > 2)
        close(null_fd);
}

static void write_pid_file(const char *file)
{
    char text[16];
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

    if (fd < 0 || lockf(fd, F_TLOCK, 0) != 0)
        exit(1); /* another one runs and keeps its lock */
    if (ftruncate(fd, 0) != 0 || write(fd, text, (size_t)len) != len)
        exit(1);
    /* stays open, and with it the lock */
}

/* Each console takes two descriptors. */
static void raise_file_limit(void)
{
    struct rlimit lim = {WANTED_FILES, WANTED_FILES};

    if (setrlimit(RLIMIT_NOFILE, &lim) != 0)
        syslog(LOG_NOTICE, "cannot raise the limit of open files: %m");
}

static int open_all(struct daemon *d)
{
    d->xs = xs_open(0);
    d->xch = xc_interface_open(NULL, NULL, 0);
    d->xce = xenevtchn_open(NULL, 0);
    d->fmem = xenforeignmemory_open(NULL, 0);
    if (!d->xs || !d->xch || !d->xce || !d->fmem)
        return -errno;
    d->xgt = xengnttab_open(NULL, 0);
    d->hv_log.fd = -1;
    d->hv_port = -1;
    if (!xs_watch(d->xs, "@introduceDomain", "domlist") ||
        !xs_watch(d->xs, "@releaseDomain", "domlist"))
        return -errno;
    return loop_init(d);
}

static void close_all(struct daemon *d)
{
    consoles_free(d);
    log_close(&d->hv_log);
    xs_close(d->xs);
    if (d->xgt)
        xengnttab_close(d->xgt);
    xenforeignmemory_close(d->fmem);
    xenevtchn_close(d->xce);
    xc_interface_close(d->xch);
    close(d->epoll_fd);
}

int main(int argc, char **argv)
{
    struct daemon *d = &the_daemon;
    struct start_options s = {.pid_file = DEFAULT_PID_FILE};
    int opt, rc;

    d->opt.log_dir = DEFAULT_LOG_DIR;
    while ((opt = getopt_long(argc, argv, "hVvit:o:", longopts, NULL)) != -1)
        parse_one(opt, argv, &d->opt, &s);
    openlog("xenconsoled", LOG_PID | (s.verbose ? LOG_PERROR : 0), LOG_DAEMON);
    set_signals();
    if (!s.interactive) {
        fork_off();
        write_pid_file(s.pid_file);
    }
    raise_file_limit();
    rc = open_all(d);
    if (rc) {
        syslog(LOG_ERR, "cannot start: %s", strerror(-rc));
        return 1;
    }
    if (d->opt.log_hv && hvlog_start(d) != 0)
        syslog(LOG_ERR, "no log of the hypervisor");
    rc = loop_run(d);
    close_all(d);
    return rc ? 1 : 0;
}
