/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim_test.h"

/* Of coverage builds: a process that leaves by _exit() must write its counts itself. */
int __llvm_profile_write_file(void) __attribute__((weak));

static void leave(int code) noreturn;
static void leave(int code)
{
    fflush(stdout);
    fflush(stderr);
    if (__llvm_profile_write_file)
        __llvm_profile_write_file();
    _exit(code);
}

void check_failed(const char *file, int line, const char *what, long a, long b)
{
    fprintf(stderr, "%s:%d: expected %s: %ld (%#lx), %ld (%#lx)\n", file, line, what, a, (unsigned long)a, b,
            (unsigned long)b);
    leave(1);
}

void run_on_machine(void (*body)(void), const struct sim_conf *conf)
{
    int status;
    pid_t child;

    fflush(stdout);
    fflush(stderr);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(120);
        sim_boot(conf);
        body();
        sim_check_invariants();
        sim_shutdown();
        leave(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        fail_msg("status %x", status);
}
