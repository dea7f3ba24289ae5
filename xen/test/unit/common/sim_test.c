/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <asm/current.h>

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
    fprintf(stderr, "%s:%d: expected %s: %ld (%#lx), %ld (%#lx)\n", file, line, what, a,
            (unsigned long)a, b, (unsigned long)b);
    leave(1);
}

static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS};
static struct sigaction fault_action[ARRAY_SIZE(faults)];

/* A sanitizer's handlers, or none: before cmocka sets its own. */
static void __attribute__((constructor)) remember_fault_actions(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(faults); i++)
        sigaction(faults[i], NULL, &fault_action[i]);
}

/* By cmocka's a child that faults would go on with the other tests, in the parent's place. */
static void let_faults_kill(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(faults); i++)
        sigaction(faults[i], &fault_action[i], NULL);
}

static pid_t start_machine(void (*body)(void), const struct sim_conf *conf, int output)
{
    pid_t child;

    fflush(stdout);
    fflush(stderr);
    child = fork();
    assert_true(child >= 0);
    if (child)
        return child;
    if (output >= 0)
        dup2(output, STDERR_FILENO);
    let_faults_kill();
    alarm(120);
    sim_boot(conf);
    body();
    sim_check_invariants();
    sim_shutdown();
    leave(0);
}

void run_on_machine(void (*body)(void), const struct sim_conf *conf)
{
    pid_t child = start_machine(body, conf, -1);
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        fail_msg("status %x", status);
}

void dies_on_machine(void (*body)(void), const struct sim_conf *conf, const char *says)
{
    static char text[65536];
    size_t len = 0;
    ssize_t got;
    int pipe_fd[2], status;
    pid_t child;

    assert_int_equal(pipe(pipe_fd), 0);
    child = start_machine(body, conf, pipe_fd[1]);
    close(pipe_fd[1]);
    while (len + 1 < sizeof(text) &&
           (got = read(pipe_fd[0], text + len, sizeof(text) - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = 0;
    close(pipe_fd[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || !strstr(text, says))
        fail_msg("status %x, \"%s\" expected in: %s", status, says, text);
}

static uint64_t *shared_word(void)
{
    static uint64_t *word;

    if (!word)
        word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return word;
}

static uint64_t random_seed;
static unsigned int random_steps;

static void random_run(void)
{
    struct sim_input in = {.rng = random_seed};

    sim_workload(&in, random_steps, 8);
    *shared_word() = sim_hash();
}

uint64_t random_seed_of(uint64_t seed)
{
    return seed * 0x9e3779b97f4a7c15 + 1;
}

uint64_t hash_of_random_run(uint64_t seed, unsigned int nr_cpus, unsigned int steps,
                            const char *cmdline)
{
    random_seed = random_seed_of(seed);
    random_steps = steps;
    *shared_word() = 0;
    run_on_machine(random_run,
                   &(struct sim_conf){.nr_cpus = nr_cpus, .seed = random_seed, .cmdline = cmdline});
    return *shared_word();
}

unsigned int env_number(const char *name, unsigned int otherwise)
{
    const char *text = getenv(name);

    return text ? (unsigned int)strtoul(text, NULL, 0) : otherwise;
}

static void (*thread_fn)(unsigned int cpu);

static void *thread_main(void *arg)
{
    unsigned int cpu = (unsigned int)(unsigned long)arg;

    sim_this = &sim_cpus[cpu];
    thread_fn(cpu);
    return NULL;
}

void on_threads(unsigned int nr, void (*fn)(unsigned int cpu))
{
    pthread_t t[NR_CPUS];

    sim_threads = true;
    thread_fn = fn;
    for (unsigned long i = 0; i < nr; i++)
        if (pthread_create(&t[i], NULL, thread_main, (void *)i))
            check_failed(__FILE__, __LINE__, "thread", (long)i, 0);
    for (unsigned int i = 0; i < nr; i++)
        pthread_join(t[i], NULL);
    sim_threads = false;
}
