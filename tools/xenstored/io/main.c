/* SPDX-License-Identifier: MIT */
/* xenstored: the store's daemon. */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <xenstore_lib.h>

#include "io.h"
#include "live/live.h"
#include "options.h"

static struct daemon the_daemon;

static void on_term(int sig)
{
    (void)sig;
    the_daemon.stop = true;
}

static void set_signals(void)
{
    struct sigaction sa = {.sa_handler = on_term};

    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGINT, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
}

/* The descriptor stays open, and with it the lock. */
static int write_pid_file(const char *file)
{
    char text[16];
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int len;

    if (fd < 0)
        err(1, "opening pid file %s", file);
    if (lockf(fd, F_TLOCK, 0) != 0)
        exit(0); /* another one runs and keeps its lock */
    len = snprintf(text, sizeof(text), "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || write(fd, text, (size_t)len) != len)
        err(1, "writing pid file %s", file);
    return fd;
}

/* The parent ends with the child's verdict, so that the socket is there when it returns. */
static int fork_off(void)
{
    int p[2];
    char c = 1;
    pid_t pid;

    if (pipe2(p, O_CLOEXEC) != 0)
        err(1, "pipe");
    pid = fork();
    if (pid < 0)
        err(1, "fork");
    if (pid > 0) {
        close(p[1]);
        if (read(p[0], &c, 1) != 1)
            c = 1;
        _exit(c);
    }
    close(p[0]);
    setsid();
    if (chdir("/") != 0)
        err(1, "chdir");
    umask(022);
    return p[1];
}

static void report_ready(int fd)
{
    char zero = 0;
    int null_fd;

    if (fd < 0)
        return;
    null_fd = open("/dev/null", O_RDWR);
    if (null_fd >= 0) {
        for (int i = 0; i < 3; i++)
            dup2(null_fd, i);
        if (null_fd > 2)
            close(null_fd);
    }
    (void)!write(fd, &zero, 1);
    close(fd);
}

static void first_nodes(struct store *s)
{
    static const struct actor dom0 = {.domid = 0, .target = NO_DOMID, .privileged = true};
    struct view v;

    store_begin(s, &v);
    if (view_mkdir(&v, &dom0, "/tool/xenstored") != 0)
        errx(1, "out of memory");
    store_commit(&v);
}

static void start_store(struct daemon *d, const struct options *o)
{
    d->s = store_new(&domain_host_ops, d);
    if (!d->s)
        errx(1, "out of memory");
    d->s->quotas = o->quotas;
    d->s->keep_orphans = o->keep_orphans;
    d->s->priv_domid = o->priv_domid;
    first_nodes(d->s);
}

static void start_domains(struct daemon *d, const struct options *o)
{
    int rc;

    if (o->no_domains) {
        store_domain_introduced(d->s, 0);
        return;
    }
    rc = domio_open(d);
    if (rc)
        errx(1, "cannot reach the hypervisor: %s", strerror(-rc));
    if (o->no_dom0)
        return;
    rc = domio_connect_dom0(d);
    if (rc)
        errx(1, "cannot connect to this domain's kernel: %s", strerror(-rc));
}

static void start_socket(struct daemon *d)
{
    int rc;

    (void)mkdir(xs_daemon_rundir(), 0755);
    rc = sock_listen(d, xs_daemon_socket());
    if (rc)
        errx(1, "socket %s: %s", xs_daemon_socket(), strerror(-rc));
}

static void start_all(struct daemon *d, const struct options *o)
{
    int rc;

    if (o->pid_file)
        d->pid_fd = write_pid_file(o->pid_file);
    if (o->trace_file && (rc = trace_open(d, o->trace_file)) != 0)
        errx(1, "trace file %s: %s", o->trace_file, strerror(-rc));
    start_store(d, o);
    start_domains(d, o);
    start_socket(d);
    if (o->output_pid) {
        printf("%d\n", (int)getpid());
        fflush(stdout);
    }
}

static void stop_all(struct daemon *d)
{
    struct link *l;

    while ((l = TAILQ_FIRST(&d->socks)))
        l->ops->broken(l, 0);
    domio_close(d);
    store_free(d->s);
    if (d->trace)
        fclose(d->trace);
    free(d->log_name);
    unlink(xs_daemon_socket());
}

int main(int argc, char **argv)
{
    struct daemon *d = &the_daemon;
    struct options o;
    int ready_fd = -1, rc;

    options_parse(argc, argv, &o);
    if (o.live_check)
        return live_check(&o);
    TAILQ_INIT(&d->socks);
    TAILQ_INIT(&d->rings);
    TAILQ_INIT(&d->ready);
    d->verbose = o.verbose;
    d->trace_file = o.trace_file;
    d->argc = argc;
    d->argv = argv;
    d->pid_fd = -1;
    if (!o.no_fork && o.live_fd < 0)
        ready_fd = fork_off();
    openlog("xenstored", LOG_PID, LOG_DAEMON);
    set_signals();
    rc = loop_open(d);
    if (rc)
        errx(1, "cannot wait for events: %s", strerror(-rc));
    if (o.live_fd >= 0)
        live_resume(d, &o);
    else
        start_all(d, &o);
    if (o.verbose)
        syslog(LOG_INFO, "ready");
    report_ready(ready_fd);
    rc = loop_run(d);
    if (rc)
        syslog(LOG_ERR, "ended: %s", strerror(-rc));
    stop_all(d);
    return rc ? 1 : 0;
}
