/* SPDX-License-Identifier: MIT */
/*
 * xen-sim [SEED [STEPS [STEP...]]]: a random run, its history as a hash; of its steps only those
 * named. xen-sim --seeds FIRST LAST [STEPS]: many of them; the steps that make a run fail are
 * searched, and the command printed that repeats it. xen-sim --threads SECONDS [CPUS]: CPUs are
 * threads; no hash then. --server SOCKET [MB [CPUS]]: a machine for the tools, see server.h.
 * --scale DOMAINS ROUNDS, --locks CPUS MS: see bench.c.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asm/sim.h>

#define STEPS_DEFAULT 600
#define STEPS_MAX     100000

struct run {
    uint64_t seed;
    unsigned int steps;
    uint8_t *skip; /* [steps + 1] */
    bool show;
};

static uint64_t *calls; /* made by all runs; shared with the children */

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 0);
}

static uint64_t machine(const struct run *r)
{
    struct sim_input in = {
        .rng = r->seed * 0x9e3779b97f4a7c15 + 1, .skip = r->skip, .show = r->show};

    sim_boot(&(struct sim_conf){
        .nr_cpus = 1 + (unsigned int)(r->seed % 5), .seed = in.rng, .verbose = r->show});
    sim_workload(&in, r->steps, 8);
    sim_shutdown();
    return sim_hash();
}

/* In a process of its own. @quiet: without its last words. */
static bool passes(const struct run *r, bool quiet)
{
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        if (quiet && (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout)))
            _exit(1);
        alarm(60);
        machine(r);
        *calls += sim_hypercalls();
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

/* The shortest beginning that fails; a longer one need not, so this is a guess, then tested. */
static void cut_end(struct run *r)
{
    unsigned int good = 0, bad = r->steps;

    while (bad - good > 1) {
        struct run half = *r;

        half.steps = good + (bad - good) / 2;
        *(passes(&half, true) ? &good : &bad) = half.steps;
    }
    r->steps = bad;
}

/* Leave out ever smaller pieces, as long as it fails without them. */
static void drop_pieces(struct run *r)
{
    uint8_t *kept = malloc(r->steps + 1);

    for (unsigned int len = r->steps / 2 ? r->steps / 2 : 1; len; len /= 2) {
        for (unsigned int at = 1; at <= r->steps; at += len) {
            unsigned int n = at + len <= r->steps + 1 ? len : r->steps + 1 - at;

            memcpy(kept, r->skip, r->steps + 1);
            if (!memchr(r->skip + at, 0, n))
                continue;
            memset(r->skip + at, 1, n);
            if (passes(r, true))
                memcpy(r->skip, kept, r->steps + 1);
        }
    }
    free(kept);
}

static void shrink_and_show(struct run *r, const char *self)
{
    unsigned int left = 0;

    printf("\nseed %lu breaks within %u steps; looking for those that matter\n",
           (unsigned long)r->seed, r->steps);
    cut_end(r);
    drop_pieces(r);
    r->show = true;
    passes(r, false);
    printf("repeat: %s %lu %u", self, (unsigned long)r->seed, r->steps);
    for (unsigned int i = 1; i <= r->steps; i++)
        if (!r->skip[i]) {
            printf(" %u", i);
            left++;
        }
    printf("\n%u of %u steps are left\n", left, r->steps);
}

static int many(uint64_t first, uint64_t last, unsigned int steps, const char *self)
{
    uint8_t *skip = calloc(1, steps + 1);

    for (uint64_t seed = first; seed <= last; seed++) {
        struct run r = {.seed = seed, .steps = steps, .skip = skip};

        if (!passes(&r, true)) {
            shrink_and_show(&r, self);
            free(skip);
            return 1;
        }
        if (seed % 100 == 0) {
            printf("%lu seeds, %lu hypercalls\n", (unsigned long)(seed - first + 1),
                   (unsigned long)*calls);
            fflush(stdout);
        }
    }
    free(skip);
    printf("%lu seeds of %u steps, %lu hypercalls: no invariant is broken\n",
           (unsigned long)(last - first + 1), steps, (unsigned long)*calls);
    return 0;
}

static unsigned int parse_steps(const char *text)
{
    uint64_t steps = text ? number(text) : STEPS_DEFAULT;

    return steps < 1 ? 1 : steps > STEPS_MAX ? STEPS_MAX : (unsigned int)steps;
}

/* Calls of four domains at once, on CPUs that are threads. */
static int threads(unsigned int seconds, unsigned int nr_cpus)
{
    uint64_t nr = 0;

    sim_boot(&(struct sim_conf){.nr_cpus = nr_cpus});
    sim_workload_domains();
    for (unsigned int i = 0; i < seconds; i++) {
        nr += sim_run_threads(1000, sim_workload_guest);
        sim_settle();
        sim_check_invariants();
    }
    sim_shutdown();
    printf("%lu hypercalls on %u threads in %u s: no invariant is broken\n", (unsigned long)nr,
           nr_cpus, seconds);
    return 0;
}

int main(int argc, char **argv)
{
    struct run r = {.seed = argc > 1 ? number(argv[1]) : 1};

    calls = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (argc > 3 && !strcmp(argv[1], "--seeds"))
        return many(number(argv[2]), number(argv[3]), parse_steps(argc > 4 ? argv[4] : NULL),
                    argv[0]);
    if (argc > 2 && !strcmp(argv[1], "--threads"))
        return threads((unsigned int)number(argv[2]), argc > 3 ? (unsigned int)number(argv[3]) : 4);
    if (argc > 3 && !strcmp(argv[1], "--scale")) {
        sim_bench_scale((unsigned int)number(argv[2]), (unsigned int)number(argv[3]));
        return 0;
    }
    if (argc > 3 && !strcmp(argv[1], "--locks")) {
        return !sim_bench_locks((unsigned int)number(argv[2]), (unsigned int)number(argv[3]));
    }
    if (argc > 2 && !strcmp(argv[1], "--server"))
        return sim_server(argv[2], argc > 3 ? (unsigned int)number(argv[3]) : 256,
                          argc > 4 ? (unsigned int)number(argv[4]) : 4);
    r.steps = parse_steps(argc > 2 ? argv[2] : NULL);
    r.skip = calloc(1, r.steps + 1);
    r.show = getenv("SIM_VERBOSE") != NULL;
    if (argc > 3)
        memset(r.skip, 1, r.steps + 1);
    for (int i = 3; i < argc; i++)
        if (number(argv[i]) <= r.steps)
            r.skip[number(argv[i])] = 0;
    printf("seed %lu steps %u hash %016lx\n", (unsigned long)r.seed, r.steps,
           (unsigned long)machine(&r));
    free(r.skip);
    return 0;
}
