/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "migrate_guard.h"
#include "xl.h"

#define REST_TRIES   600
#define REST_WAIT_US 100000

static uint32_t *shared; /* enum send_phase; NULL: no guard */
static volatile pid_t worker;
static volatile sig_atomic_t interrupted;

void send_guard_set(enum send_phase phase)
{
    if (shared)
        __atomic_store_n(shared, (uint32_t)phase, __ATOMIC_RELEASE);
}

bool send_guard_interrupted(void)
{
    return interrupted;
}

static void pass_on(int sig)
{
    int saved = errno;

    if (worker > 0)
        kill(worker, sig);
    else
        interrupted = 1;
    errno = saved;
}

/* A terminal's signals come to both: then the guard cleans up. What it alone gets it passes on. */
static void guard_signals(sigset_t *held)
{
    struct sigaction sa = {.sa_handler = pass_on, .sa_flags = SA_RESTART};

    sigemptyset(held);
    sigaddset(held, SIGTERM);
    sigaddset(held, SIGINT);
    sigaddset(held, SIGHUP);
    sigaddset(held, SIGQUIT);
    sigprocmask(SIG_BLOCK, held, NULL);
    for (int sig = 1; sig < NSIG; sig++) {
        struct sigaction was;

        if (sigismember(held, sig) == 1 && !sigaction(sig, NULL, &was) && was.sa_handler != SIG_IGN)
            sigaction(sig, &sa, NULL);
    }
}

static void worker_signals(const sigset_t *held)
{
    for (int sig = 1; sig < NSIG; sig++) {
        struct sigaction was;

        if (sigismember(held, sig) == 1 && !sigaction(sig, NULL, &was) && was.sa_handler == pass_on)
            signal(sig, SIG_DFL);
    }
    sigprocmask(SIG_UNBLOCK, held, NULL);
}

/*
 * The helper that saves, and the way to the receiver: they end when they find the worker gone.
 * Later there is no helper, and a receiver on this host may have left its monitor to us.
 */
static void wait_for_rest(void)
{
    for (unsigned int i = 0; i < REST_TRIES; i++) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);

        if (pid < 0 && errno == ECHILD)
            return;
        if (pid <= 0)
            usleep(REST_WAIT_US);
    }
}

bool send_guard(enum send_phase *phase)
{
    sigset_t held;
    int status;

    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
        perror("a guard");
        exit(EXIT_BAD);
    }
    guard_signals(&held);
    fflush(NULL);
    worker = fork();
    if (worker < 0) {
        perror("fork");
        exit(EXIT_BAD);
    }
    if (worker == 0) {
        worker_signals(&held);
        ctx_reopen_after_fork();
        return true;
    }
    sigprocmask(SIG_UNBLOCK, &held, NULL);
    while (waitpid(worker, &status, 0) < 0)
        if (errno != EINTR)
            exit(EXIT_BAD);
    worker = 0;
    if (WIFEXITED(status))
        exit(WEXITSTATUS(status));
    fprintf(stderr, "migration sender: the sending process was killed (signal %d).\n",
            WTERMSIG(status));
    *phase = __atomic_load_n(shared, __ATOMIC_ACQUIRE);
    if (*phase == SENDING)
        wait_for_rest();
    return false;
}
