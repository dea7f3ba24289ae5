/* SPDX-License-Identifier: MIT */
/* "xenpm start": in which states the CPUs were between its start and its end. */
#include <inttypes.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "xenpm.h"

#include "misc.h"

#define NS_PER_MS 1000000u

/* What a CPU has counted of its states; nr is 0 if it counts nothing. */
struct counters {
    unsigned int nr_idle, nr_freq;
    uint64_t *entries, *idle_ns, *freq_ns;
};

struct sample {
    uint64_t time_ms;
    struct counters *cpus;
};

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / NS_PER_MS;
}

/* 0, or errno; without counters there is nothing to be freed. */
static int take_idle(xc_interface *xch, int cpu, struct counters *c)
{
    struct xc_cx_stat s = {0};
    int nr, error;

    if (xc_pm_get_max_cx(xch, cpu, &nr))
        return errno;
    if (nr <= 0)
        return EINVAL;
    s.nr = (uint32_t)nr;
    s.triggers = calloc((size_t)nr, sizeof(uint64_t));
    s.residencies = calloc((size_t)nr, sizeof(uint64_t));
    if (!s.triggers || !s.residencies) {
        error = ENOMEM;
    } else if (xc_pm_get_cxstat(xch, cpu, &s)) {
        error = errno;
    } else {
        c->nr_idle = s.nr < (uint32_t)nr ? s.nr : (uint32_t)nr;
        c->entries = s.triggers;
        c->idle_ns = s.residencies;
        return 0;
    }
    free(s.triggers);
    free(s.residencies);
    return error;
}

static int take_frequencies(xc_interface *xch, int cpu, struct counters *c)
{
    struct xc_px_stat s = {0};
    int nr, error = 0;

    if (xc_pm_get_max_px(xch, cpu, &nr))
        return errno;
    if (nr <= 0 || nr > UINT8_MAX)
        return EINVAL;
    s.total = (uint8_t)nr;
    s.trans_pt = calloc((size_t)nr * (size_t)nr, sizeof(uint64_t));
    s.pt = calloc((size_t)nr, sizeof(*s.pt));
    c->freq_ns = calloc((size_t)nr, sizeof(uint64_t));
    if (!s.trans_pt || !s.pt || !c->freq_ns)
        error = ENOMEM;
    else if (xc_pm_get_pxstat(xch, cpu, &s))
        error = errno;
    else
        c->nr_freq = s.total < nr ? s.total : (unsigned int)nr;
    for (unsigned int i = 0; i < c->nr_freq; i++)
        c->freq_ns[i] = s.pt[i].residency;
    free(s.trans_pt);
    free(s.pt);
    return error;
}

static void free_sample(struct sample *s, int nr_cpus)
{
    for (int cpu = 0; s->cpus && cpu < nr_cpus; cpu++) {
        free(s->cpus[cpu].entries);
        free(s->cpus[cpu].idle_ns);
        free(s->cpus[cpu].freq_ns);
    }
    free(s->cpus);
}

/* All CPUs. ENODEV: the first counts nothing at all. */
static int take(xc_interface *xch, int nr_cpus, struct sample *s)
{
    int idle, freq, average;

    s->cpus = calloc((size_t)nr_cpus, sizeof(*s->cpus));
    if (!s->cpus)
        return ENOMEM;
    for (int cpu = 0; cpu < nr_cpus; cpu++) {
        idle = take_idle(xch, cpu, &s->cpus[cpu]);
        freq = take_frequencies(xch, cpu, &s->cpus[cpu]);
        if (cpu == 0 && idle == ENODEV && freq == ENODEV)
            return ENODEV;
        /* The average is that since it was last asked for. */
        if (!freq)
            (void)xc_get_cpufreq_avgfreq(xch, cpu, &average);
    }
    s->time_ms = now_ms();
    return 0;
}

static uint64_t rise(const uint64_t *from, const uint64_t *to, unsigned int i)
{
    return to[i] > from[i] ? to[i] - from[i] : 0;
}

static uint64_t sum(const uint64_t *from, const uint64_t *to, unsigned int nr)
{
    uint64_t all = 0;

    for (unsigned int i = 0; i < nr; i++)
        all += rise(from, to, i);
    return all;
}

static double percent(uint64_t part, uint64_t all)
{
    return 100.0 * (double)part / (double)all;
}

static void print_idle(const struct counters *from, const struct counters *to)
{
    unsigned int nr = from->nr_idle < to->nr_idle ? from->nr_idle : to->nr_idle;
    uint64_t all = sum(from->idle_ns, to->idle_ns, nr);

    if (!all)
        return;
    for (unsigned int i = 0; i < nr; i++) {
        uint64_t ns = rise(from->idle_ns, to->idle_ns, i);
        uint64_t entries = rise(from->entries, to->entries, i);

        printf("  C%u\t%" PRIu64 "\t(%5.2f%%)\t%.2f\n", i, ns / NS_PER_MS, percent(ns, all),
               entries ? (double)ns / (double)entries / NS_PER_MS : 0.0);
    }
    putchar('\n');
}

static void print_frequencies(const struct counters *from, const struct counters *to)
{
    unsigned int nr = from->nr_freq < to->nr_freq ? from->nr_freq : to->nr_freq;
    uint64_t all = sum(from->freq_ns, to->freq_ns, nr);

    for (unsigned int i = 0; all && i < nr; i++) {
        uint64_t ns = rise(from->freq_ns, to->freq_ns, i);

        printf("  P%u\t%" PRIu64 "\t(%5.2f%%)\n", i, ns / NS_PER_MS, percent(ns, all));
    }
}

static void print_cpu(xc_interface *xch, int cpu, const struct counters *from, struct counters *to)
{
    int average;

    printf("\nCPU%d:\tResidency(ms)\t\tAvg Res(ms)\n", cpu);
    print_idle(from, to);
    print_frequencies(from, to);
    if (!xc_get_cpufreq_avgfreq(xch, cpu, &average))
        printf("  Avg freq\t%d\tKHz\n", average);
}

static int print_all(xc_interface *xch, int nr_cpus, const struct sample *from)
{
    struct sample to = {0};
    int error;

    to.cpus = calloc((size_t)nr_cpus, sizeof(*to.cpus));
    error = to.cpus ? 0 : ENOMEM;
    for (int cpu = 0; to.cpus && cpu < nr_cpus; cpu++) {
        (void)take_idle(xch, cpu, &to.cpus[cpu]);
        (void)take_frequencies(xch, cpu, &to.cpus[cpu]);
    }
    to.time_ms = now_ms();
    printf("Elapsed time (ms): %" PRIu64 "\n", to.time_ms - from->time_ms);
    for (int cpu = 0; to.cpus && cpu < nr_cpus; cpu++)
        print_cpu(xch, cpu, &from->cpus[cpu], &to.cpus[cpu]);
    free_sample(&to, nr_cpus);
    return error;
}

/* A signal, or the end of the time. The signals are blocked, so that none is missed. */
static void wait_for_end(const sigset_t *signals, unsigned int seconds)
{
    int sig;

    puts("Start sampling, waiting for CTRL-C or SIGINT or SIGALARM signal ...");
    fflush(stdout);
    alarm(seconds);
    sigwait(signals, &sig);
}

int sample_states(xc_interface *xch, int nr_cpus, unsigned int seconds)
{
    struct sample from = {0};
    sigset_t signals;
    int error;

    if (seconds)
        printf("Timeout set to %u seconds\n", seconds);
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGALRM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    error = take(xch, nr_cpus, &from);
    if (error == ENODEV) {
        fputs("Xen cpu idle and frequency is disabled!\n", stderr);
        error = 0;
    } else if (!error) {
        wait_for_end(&signals, seconds);
        error = print_all(xch, nr_cpus, &from);
    }
    free_sample(&from, nr_cpus);
    return error;
}
