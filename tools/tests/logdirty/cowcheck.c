/* SPDX-License-Identifier: MIT */
/*
 * In a guest whose writes are logged: processes fork without end and check that copy-on-write gives
 * each its own memory. One page is written all the time, another never after the start; their frame
 * numbers are printed, "pfns BUSY IDLE". Then "cow N" every ten rounds, "cow: WRONG ..." at a
 * fault. Arguments: how many parents.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS (256 * 1024 / sizeof(uint64_t))
#define PAGE  4096

static uint64_t *fresh_memory(size_t len)
{
    void *p =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

    if (p == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return p;
}

static uint64_t pattern(uint64_t round, size_t i)
{
    return (round << 20) ^ (i * 0x9e3779b97f4a7c15);
}

static void fill(uint64_t *mem, uint64_t round)
{
    for (size_t i = 0; i < WORDS; i++)
        mem[i] = pattern(round, i);
}

static void expect(const uint64_t *mem, uint64_t round, const char *who)
{
    for (size_t i = 0; i < WORDS; i++) {
        if (mem[i] == pattern(round, i))
            continue;
        printf("cow: WRONG %s round %lu word %zu: %lx\n", who, (unsigned long)round, i,
               (unsigned long)mem[i]);
        fflush(stdout);
        _exit(2);
    }
}

/* The child sees what was there at fork(), whatever the parent writes meanwhile; and vice versa. */
static void one_round(uint64_t *mem, uint64_t round)
{
    int status;
    pid_t pid;

    fill(mem, 2 * round);
    pid = fork();
    if (pid < 0) {
        perror("fork");
        _exit(1);
    }
    if (pid == 0) {
        expect(mem, 2 * round, "child");
        sched_yield();
        expect(mem, 2 * round, "child later");
        fill(mem, ~round);
        expect(mem, ~round, "child's own");
        _exit(0);
    }
    fill(mem, 2 * round + 1);
    sched_yield();
    expect(mem, 2 * round + 1, "parent");
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status)) {
        printf("cow: WRONG status %x\n", (unsigned int)status);
        _exit(2);
    }
    expect(mem, 2 * round + 1, "parent later");
}

static void parent(void)
{
    uint64_t *mem = fresh_memory(WORDS * sizeof(*mem));

    for (uint64_t round = 1;; round++) {
        one_round(mem, round);
        if (round % 10 == 0) {
            printf("cow %lu\n", (unsigned long)round);
            fflush(stdout);
        }
    }
}

static uint64_t pfn_of(const void *page)
{
    uint64_t entry = 0;
    int fd = open("/proc/self/pagemap", O_RDONLY);

    if (fd < 0 || pread(fd, &entry, sizeof(entry), (long)((uintptr_t)page / PAGE * 8)) != 8) {
        perror("pagemap");
        exit(1);
    }
    close(fd);
    return entry & ((UINT64_C(1) << 55) - 1);
}

int main(int argc, char **argv)
{
    int parents = argc > 1 ? atoi(argv[1]) : 1;
    volatile uint64_t *busy = fresh_memory(PAGE);
    uint64_t *idle = fresh_memory(PAGE);

    idle[0] = 1;
    busy[0] = 1;
    mlockall(MCL_CURRENT);
    for (int i = 0; i < parents; i++)
        if (fork() == 0)
            parent();
    /* After the forks: from now on the busy page is written in place. */
    busy[0] = 2;
    idle[0] = 2;
    printf("pfns %lu %lu\n", (unsigned long)pfn_of((void *)busy), (unsigned long)pfn_of(idle));
    fflush(stdout);
    for (;;) {
        busy[0]++;
        usleep(5000);
        if (idle[0] != 2)
            printf("cow: WRONG idle page\n");
    }
}
