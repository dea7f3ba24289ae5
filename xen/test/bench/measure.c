/* SPDX-License-Identifier: MIT */
/*
 * Costs seen from Linux, in ticks of the TSC:
 *   measure fork TIMES              fork, exec of a program that ends at once, wait; the least
 *   measure run NAME COMMAND ARG... one run of a command
 *   measure seed                    tell the kernel that its random numbers are good
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
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

static int seed(void)
{
    struct {
        struct rand_pool_info info;
        uint32_t bytes[16];
    } pool = {.info = {.entropy_count = 512, .buf_size = sizeof(pool.bytes)}};
    int fd = open("/dev/random", O_WRONLY);

    return fd < 0 || ioctl(fd, RNDADDENTROPY, &pool);
}

/* Nanoseconds and ticks are the same under -icount shift=0: the counter when this kernel's clock
 * began, which is what came before it since the machine's start. */
static int boot(void)
{
    struct timespec now;
    uint64_t t = __rdtsc();

    if (clock_gettime(CLOCK_MONOTONIC_RAW, &now))
        return 1;
    t -= (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    printf("BENCH boot_to_dom0 %llu\n", (unsigned long long)t);
    return 0;
}

int main(int argc, char **argv)
{
    char *self[] = {argv[0], (char *)"nothing", NULL};
    uint64_t least = UINT64_MAX, t;

    if (argc == 2 && !strcmp(argv[1], "nothing"))
        return 0;
    if (argc == 2 && !strcmp(argv[1], "seed"))
        return seed();
    if (argc == 2 && !strcmp(argv[1], "boot"))
        return boot();
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
    fprintf(stderr, "usage: measure fork TIMES | run NAME COMMAND... | seed | boot\n");
    return 2;
}
