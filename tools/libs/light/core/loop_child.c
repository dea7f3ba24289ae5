/* SPDX-License-Identifier: MIT */
/*
 * Children and threads.
 *
 * A child's end shows on its pidfd, so that libxl neither installs a signal handler nor touches
 * processes which are not its own. Two modes differ: with owner_mainloop the program reaps, and
 * with owner_libxl_always libxl reaps the program's children too and needs SIGCHLD for that.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/loop_impl.h"

static void child_ended(libxl_ctx *ctx, struct ev_child *ev, int status)
{
    int fd = ev->pidfd.fd;

    if (ev->pidfd.active) {
        ev_fd_stop(ctx, &ev->pidfd);
        close(fd);
    }
    ev->active = false;
    XEN_LIST_REMOVE(ev, link);
    ev->ended(ctx, ev, status);
}

static bool child_reap(libxl_ctx *ctx, struct ev_child *ev, int flags)
{
    int status;
    pid_t r;

    do
        r = waitpid(ev->pid, &status, flags);
    while (r < 0 && errno == EINTR);
    if (!r)
        return false;
    child_ended(ctx, ev, r == ev->pid ? status : -1);
    return true;
}

static void pidfd_readable(libxl_ctx *ctx, struct ev_fd *fd, short revents)
{
    (void)revents;
    /* It is dead; on a busy machine it may take a moment more until waitpid() has it too. */
    child_reap(ctx, CONTAINER_OF(fd, struct ev_child, pidfd), 0);
}

static bool program_reaps(const struct loop *l)
{
    return l->child_hooks && l->child_hooks->chldowner == libxl_sigchld_owner_mainloop;
}

static int child_watch(libxl_ctx *ctx, struct ev_child *ev)
{
    int fd, rc;

    if (program_reaps(ctx->loop))
        return 0;
    fd = (int)syscall(SYS_pidfd_open, ev->pid, 0);
    if (fd < 0)
        return ERROR_FAIL;
    rc = ev_fd_start(ctx, &ev->pidfd, fd, POLLIN, pidfd_readable);
    if (rc)
        close(fd);
    return rc;
}

/* With a fork of the program's own; everything after it must be safe in a copy of any thread. */
static pid_t spawn_forked(pid_t (*fork_fn)(void *), void *user, char *const argv[],
                          char *const env[], const int *fds, unsigned int nr_fds)
{
    pid_t pid = fork_fn(user);
    int null;

    if (pid)
        return pid;
    null = open("/dev/null", O_RDONLY);
    for (unsigned int i = 0; i < nr_fds; i++)
        if (dup2(fds[i], CHILD_FD_FIRST + (int)i) < 0)
            _exit(127);
    if (null >= 0 && dup2(null, 0) == 0 && dup2(2, 1) == 1)
        execve(argv[0], argv, env);
    _exit(127);
}

/* @fds are above those that they become. */
static pid_t spawn(libxl_ctx *ctx, char *const argv[], char *const env[], const int *fds,
                   unsigned int nr_fds)
{
    const libxl_childproc_hooks *h = ctx->loop->child_hooks;
    posix_spawn_file_actions_t fa;
    posix_spawnattr_t attr;
    sigset_t none, deflt;
    pid_t pid;
    int r;

    if (h && h->fork_replacement)
        return spawn_forked(h->fork_replacement, ctx->loop->child_user, argv, env, fds, nr_fds);
    sigemptyset(&none);
    sigemptyset(&deflt);
    sigaddset(&deflt, SIGPIPE);
    sigaddset(&deflt, SIGCHLD);
    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&fa, 2, 1);
    for (unsigned int i = 0; i < nr_fds; i++)
        posix_spawn_file_actions_adddup2(&fa, fds[i], CHILD_FD_FIRST + (int)i);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &deflt);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    r = posix_spawn(&pid, argv[0], &fa, &attr, argv, env);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&fa);
    if (r) {
        errno = r;
        return -1;
    }
    return pid;
}

int ev_child_spawn(struct scope *sc, struct ev_child *ev, char *const argv[], char *const env[],
                   void (*ended)(libxl_ctx *, struct ev_child *, int))
{
    return ev_child_spawn_fds(sc, ev, argv, env, NULL, 0, ended);
}

/* Copies out of the way of the descriptors that the child gets. */
static int copy_fds(int *copies, const int *fds, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++) {
        copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, CHILD_FD_FIRST + CHILD_FDS_MAX);
        if (copies[i] >= 0)
            continue;
        while (i--)
            close(copies[i]);
        return -1;
    }
    return 0;
}

static pid_t spawn_with(libxl_ctx *ctx, char *const argv[], char *const env[], const int *fds,
                        unsigned int nr_fds)
{
    int copies[CHILD_FDS_MAX] = {0}, saved;
    pid_t pid;

    if (copy_fds(copies, fds, nr_fds))
        return -1;
    pid = spawn(ctx, argv, env, copies, nr_fds);
    saved = errno;
    for (unsigned int i = 0; i < nr_fds; i++)
        close(copies[i]);
    errno = saved;
    return pid;
}

int ev_child_spawn_fds(struct scope *sc, struct ev_child *ev, char *const argv[], char *const env[],
                       const int *fds, unsigned int nr_fds,
                       void (*ended)(libxl_ctx *, struct ev_child *, int))
{
    int rc, status;

    ev->ended = ended;
    ev->pid = spawn_with(sc->ctx, argv, env, fds, nr_fds);
    if (ev->pid < 0) {
        LOG_ERRNO(sc, "cannot execute %s", argv[0]);
        return ERROR_FAIL;
    }
    ev->active = true;
    XEN_LIST_INSERT_HEAD(&sc->ctx->loop->children, ev, link);
    rc = child_watch(sc->ctx, ev);
    if (rc) {
        LOG_ERRNO(sc, "cannot watch process %d", (int)ev->pid);
        kill(ev->pid, SIGKILL);
        waitpid(ev->pid, &status, 0);
        ev->active = false;
        XEN_LIST_REMOVE(ev, link);
    }
    return rc;
}

/* Clear of the numbers that it will have: without this dup2() leaves FD_CLOEXEC, or hits the other.
 */
static int dup_away(int *fd)
{
    *fd = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
    return *fd < 0;
}

/* Between fork and exec; only what is safe there. */
static void detached_run(char *const argv[], char *const env[], int in_fd, int log_fd)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    if (dup_away(&in_fd) || dup_away(&log_fd) || dup2(in_fd, 0) || dup2(log_fd, 1) != 1 ||
        dup2(log_fd, 2) != 2)
        _exit(127);
    syscall(SYS_close_range, 3u, ~0u, 0u);
    execve(argv[0], argv, env);
    _exit(127);
}

/* The first process, which makes the second, says its number and ends. */
static void detaching_run(char *const argv[], char *const env[], int in_fd, int log_fd, int report)
{
    pid_t pid;

    setsid();
    pid = fork();
    if (!pid)
        detached_run(argv, env, in_fd, log_fd);
    if (write(report, &pid, sizeof(pid)) != (ssize_t)sizeof(pid))
        _exit(1);
    _exit(pid < 0);
}

int child_detach(struct scope *sc, char *const argv[], char *const env[], int in_fd, int log_fd,
                 pid_t *pid)
{
    const libxl_childproc_hooks *h = sc->ctx->loop->child_hooks;
    bool hooked = h && h->fork_replacement;
    int report[2], status;
    pid_t child;
    ssize_t n;

    if (pipe2(report, O_CLOEXEC)) {
        LOG_ERRNO(sc, "cannot make a pipe");
        return ERROR_FAIL;
    }
    child = hooked ? h->fork_replacement(sc->ctx->loop->child_user) : fork();
    if (!child)
        detaching_run(argv, env, in_fd, log_fd, report[1]);
    close(report[1]);
    *pid = -1;
    n = child < 0 ? -1 : read(report[0], pid, sizeof(*pid));
    close(report[0]);
    if (child > 0)
        waitpid(child, &status, 0); /* in vain if the program reaps it first */
    if (n == (ssize_t)sizeof(*pid) && *pid > 0)
        return 0;
    LOG_ERROR(sc, "cannot make a process for %s", argv[0]);
    return ERROR_FAIL;
}

int libxl_childproc_reaped(libxl_ctx *ctx, pid_t pid, int status)
{
    struct ev_child *ev;
    int rc = ERROR_UNKNOWN_CHILD;

    ctx_lock(ctx);
    XEN_LIST_FOREACH(ev, &ctx->loop->children, link)
    {
        if (ev->pid == pid) {
            child_ended(ctx, ev, status);
            rc = 0;
            break;
        }
    }
    ctx_unlock(ctx);
    return rc;
}

static void reap_own(libxl_ctx *ctx)
{
    struct ev_child *ev;

again:
    XEN_LIST_FOREACH(ev, &ctx->loop->children, link)
    {
        if (child_reap(ctx, ev, WNOHANG))
            goto again; /* the callback may have changed the list */
    }
}

void libxl_childproc_sigchld_occurred(libxl_ctx *ctx)
{
    ctx_lock(ctx);
    reap_own(ctx);
    ctx_unlock(ctx);
}

/* owner_libxl_always: the handler writes to an eventfd, the loop reaps everything. */

static int sigchld_event = -1;

static void sigchld_handler(int sig)
{
    int saved = errno;

    (void)sig;
    (void)eventfd_write(sigchld_event, 1);
    errno = saved;
}

static void reap_foreign(libxl_ctx *ctx, pid_t pid, int status)
{
    const libxl_childproc_hooks *h = ctx->loop->child_hooks;
    struct scope sc = {.ctx = ctx, .domid = (uint32_t)INVALID_DOMID};

    if (h && h->reaped_callback && !h->reaped_callback(pid, status, ctx->loop->child_user))
        return;
    LOG_WARN(&sc, "process %d, unknown to libxl, ended with status 0x%x", (int)pid, status);
}

static void sigchld_readable(libxl_ctx *ctx, struct ev_fd *fd, short revents)
{
    eventfd_t v;
    siginfo_t si;
    int status;
    pid_t pid;

    (void)revents;
    (void)eventfd_read(fd->fd, &v);
    reap_own(ctx);
    for (;;) {
        si.si_pid = 0;
        if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) || !si.si_pid)
            return;
        pid = waitpid(si.si_pid, &status, 0);
        if (pid <= 0)
            return;
        reap_foreign(ctx, pid, status);
    }
}

void libxl_childproc_setmode(libxl_ctx *ctx, const libxl_childproc_hooks *hooks, void *user)
{
    struct sigaction sa = {.sa_handler = sigchld_handler, .sa_flags = SA_NOCLDSTOP | SA_RESTART};
    struct loop *l = ctx->loop;

    ctx_lock(ctx);
    l->child_hooks = hooks;
    l->child_user = user;
    if (hooks && hooks->chldowner == libxl_sigchld_owner_libxl_always && !l->sigchld_fd.active) {
        if (sigchld_event < 0)
            sigchld_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (sigchld_event >= 0 &&
            !ev_fd_start(ctx, &l->sigchld_fd, sigchld_event, POLLIN, sigchld_readable))
            sigaction(SIGCHLD, &sa, NULL);
    }
    ctx_unlock(ctx);
}

/* Threads. */

static void *work_thread(void *arg)
{
    struct ev_work *w = arg;
    int fd = w->event_fd;

    w->result = w->run(w);
    (void)eventfd_write(fd, 1);
    return NULL;
}

static void work_ended(libxl_ctx *ctx, struct ev_fd *fd, short revents)
{
    struct ev_work *w = CONTAINER_OF(fd, struct ev_work, wake);

    (void)revents;
    pthread_join(w->thread, NULL);
    ev_fd_stop(ctx, fd);
    close(w->event_fd);
    w->done(ctx, w, w->result);
}

int ev_work_start(libxl_ctx *ctx, struct ev_work *w, int (*run)(struct ev_work *),
                  void (*done)(libxl_ctx *, struct ev_work *, int))
{
    sigset_t all, old;
    int rc, r;

    w->run = run;
    w->done = done;
    w->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->event_fd < 0)
        return ERROR_FAIL;
    rc = ev_fd_start(ctx, &w->wake, w->event_fd, POLLIN, work_ended);
    if (rc)
        goto close;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    r = pthread_create(&w->thread, NULL, work_thread, w);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!r)
        return 0;
    ev_fd_stop(ctx, &w->wake);
    rc = ERROR_FAIL;
close:
    close(w->event_fd);
    return rc;
}
