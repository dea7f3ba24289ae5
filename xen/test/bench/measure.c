/* SPDX-License-Identifier: MIT */
/*
 * Costs seen from Linux, in ticks of the TSC:
 *   measure fork TIMES              fork, exec of a program that ends at once, wait; the least
 *   measure run NAME COMMAND ARG... one run of a command
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

static int run(char **argv)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    return pid < 0 || waitpid(pid, &status, 0) != pid || status;
}

int main(int argc, char **argv)
{
    char *self[] = { argv[0], (char *)"nothing", NULL };
    uint64_t least = UINT64_MAX, t;

    if (argc == 2 && !strcmp(argv[1], "nothing"))
        return 0;
    if (argc == 3 && !strcmp(argv[1], "fork")) {
        for (int i = atoi(argv[2]); i > 0; i--) {
            t = __rdtsc();
            if (run(self))
                return 1;
            t = __rdtsc() - t;
            least = t < least ? t : least;
        }
        printf("BENCH fork_exec %llu\n", (unsigned long long)least);
        return 0;
    }
    if (argc >= 4 && !strcmp(argv[1], "run")) {
        t = __rdtsc();
        if (run(argv + 3))
            return 1;
        printf("BENCH %s %llu\n", argv[2], (unsigned long long)(__rdtsc() - t));
        return 0;
    }
    fprintf(stderr, "usage: measure fork TIMES | run NAME COMMAND...\n");
    return 2;
}
