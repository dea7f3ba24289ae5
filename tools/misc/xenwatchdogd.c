/* SPDX-License-Identifier: MIT */
/*
 * xenwatchdogd TIMEOUT [SLEEP]: keeps a watchdog of the hypervisor from ending this domain, as long
 * as there is time to run: every SLEEP seconds (TIMEOUT / 2 by default) it has TIMEOUT more.
 * SIGUSR1 ends the program and the watchdog. Any other end leaves the watchdog: SIGTERM, SIGHUP and
 * SIGINT, which come when the domain goes down, leave it LAST seconds.
 */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <xenctrl.h>

#include "misc.h"

#define LAST 300

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
    ended = number;
}

/* Signals come only while it sleeps, so that none is missed. */
static void catch_signals(sigset_t *asleep)
{
    static const int numbers[] = {SIGUSR1, SIGTERM, SIGHUP, SIGINT};
    sigset_t own;

    sigemptyset(&own);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], &(struct sigaction){.sa_handler = on_signal}, NULL);
        sigaddset(&own, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &own, asleep);
}

static int watch(xc_interface *xch, uint32_t id, unsigned long timeout, unsigned long seconds)
{
    struct timespec span = {.tv_sec = (time_t)seconds};
    sigset_t asleep;

    catch_signals(&asleep);
    for (;;) {
        ended = 0;
        if (ppoll(NULL, 0, &span, &asleep) < 0 && ended)
            break;
        if (xc_watchdog(xch, id, (uint32_t)timeout) < 0)
            return failed("xenwatchdogd", "the watchdog");
    }
    return xc_watchdog(xch, id, ended == SIGUSR1 ? 0 : LAST) < 0 ? 1 : 0;
}

/* In a process of its own: says on @fd whether the watchdog is there, then keeps it. */
static int serve(int fd, unsigned long timeout, unsigned long seconds)
{
    xc_interface *xch = xc_interface_open(NULL, NULL, 0);
    int id = xch ? xc_watchdog(xch, 0, (uint32_t)timeout) : -1;

    if (id < 0)
        return failed("xenwatchdogd", "the watchdog");
    if (write(fd, "", 1) != 1)
        return 1;
    close(fd);
    if (chdir("/") || !freopen("/dev/null", "r", stdin))
        return 1;
    return watch(xch, (uint32_t)id, timeout, seconds);
}

int main(int argc, char **argv)
{
    unsigned long timeout, seconds;
    int fds[2];
    char byte;

    if (argc < 2 || argc > 3 || !parse_number(argv[1], UINT32_MAX, &timeout) || timeout < 2 ||
        (argc == 3 && (!parse_number(argv[2], timeout - 1, &seconds) || !seconds))) {
        fputs("usage: xenwatchdogd TIMEOUT [SLEEP]   in seconds, SLEEP less than TIMEOUT\n",
              stderr);
        return 1;
    }
    if (argc == 2)
        seconds = timeout / 2;
    if (pipe(fds))
        return failed("xenwatchdogd", "pipe");
    switch (fork()) {
    case -1:
        return failed("xenwatchdogd", "fork");
    case 0:
        close(fds[0]);
        setsid();
        return serve(fds[1], timeout, seconds);
    default:
        close(fds[1]);
        return read(fds[0], &byte, 1) == 1 ? 0 : 1;
    }
}
