/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "misc.h"
#include "xenpm.h"

#define NS_PER_MS   1000000U
#define MAX_PACKAGE 12 /* C-states of packages and of cores that are asked for */
#define MAX_CORE    8

static void print_idle(int cpu, const struct xc_cx_stat *s)
{
    printf("cpu id               : %d\n", cpu);
    printf("total C-states       : %u\n", s->nr);
    printf("idle time(ms)        : %" PRIu64 "\n", s->idle_time / NS_PER_MS);
    for (uint32_t i = 0; i < s->nr; i++) {
        printf("C%-20u: transition [%20" PRIu64 "]\n", i, s->triggers[i]);
        printf("                       residency  [%20" PRIu64 " ms]\n",
               s->residencies[i] / NS_PER_MS);
    }
    for (uint32_t i = 0; i < s->nr_pc; i++)
        printf("pc%u                  : [%20" PRIu64 " ms]\n", i + 1, s->pc[i] / NS_PER_MS);
    for (uint32_t i = 0; i < s->nr_cc; i++)
        printf("cc%u                  : [%20" PRIu64 " ms]\n", i + 1, s->cc[i] / NS_PER_MS);
    putchar('\n');
}

int show_idle(xc_interface *xch, int cpu)
{
    uint64_t package[MAX_PACKAGE], core[MAX_CORE];
    struct xc_cx_stat s = {.pc = package, .nr_pc = MAX_PACKAGE, .cc = core, .nr_cc = MAX_CORE};
    int nr, error = 0;

    if (xc_pm_get_max_cx(xch, cpu, &nr))
        return errno;
    if (nr <= 0)
        return EINVAL;
    s.nr = (uint32_t)nr;
    s.triggers = calloc((size_t)nr, sizeof(uint64_t));
    s.residencies = calloc((size_t)nr, sizeof(uint64_t));
    if (!s.triggers || !s.residencies)
        error = ENOMEM;
    else if (xc_pm_get_cxstat(xch, cpu, &s))
        error = errno;
    else if (s.nr > (uint32_t)nr || s.nr_pc > MAX_PACKAGE || s.nr_cc > MAX_CORE)
        error = EINVAL;
    else
        print_idle(cpu, &s);
    free(s.triggers);
    free(s.residencies);
    return error;
}

static void print_frequencies(int cpu, const struct xc_px_stat *s)
{
    printf("cpu id               : %d\n", cpu);
    printf("total P-states       : %u\n", s->total);
    printf("usable P-states      : %u\n", s->usable);
    if (s->cur < s->total)
        printf("current frequency    : %" PRIu64 " MHz\n", s->pt[s->cur].freq);
    for (unsigned int i = 0; i < s->total; i++) {
        printf(i == s->cur ? "*P%-9u" : "P%-10u", i);
        printf("[%4" PRIu64 " MHz]: transition [%20" PRIu64 "]\n", s->pt[i].freq, s->pt[i].count);
        printf("                       residency  [%20" PRIu64 " ms]\n",
               s->pt[i].residency / NS_PER_MS);
    }
    putchar('\n');
}

int show_frequencies(xc_interface *xch, int cpu)
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
    if (!s.trans_pt || !s.pt)
        error = ENOMEM;
    else if (xc_pm_get_pxstat(xch, cpu, &s))
        error = errno;
    else if (s.total > nr)
        error = EINVAL;
    else
        print_frequencies(cpu, &s);
    free(s.trans_pt);
    free(s.pt);
    return error;
}

int show_average(xc_interface *xch, int cpu)
{
    int average;

    if (xc_get_cpufreq_avgfreq(xch, cpu, &average))
        return errno;
    printf("cpu id               : %d\n", cpu);
    printf("average cpu frequency: %d\n\n", average);
    return 0;
}

static void print_governor(const struct xc_get_cpufreq_para *p)
{
    printf("current_governor     : %.*s\n", CPUFREQ_NAME_LEN, p->scaling_governor);
    if (!strncmp(p->scaling_governor, "userspace", CPUFREQ_NAME_LEN)) {
        puts("  userspace specific :");
        printf("    scaling_setspeed : %u\n", p->u.userspace.scaling_setspeed);
    } else if (!strncmp(p->scaling_governor, "ondemand", CPUFREQ_NAME_LEN)) {
        puts("  ondemand specific  :");
        printf("    sampling_rate    : max [%u] min [%u] cur [%u]\n",
               p->u.ondemand.sampling_rate_max, p->u.ondemand.sampling_rate_min,
               p->u.ondemand.sampling_rate);
        printf("    up_threshold     : %u\n", p->u.ondemand.up_threshold);
    }
}

static void print_parameters(int cpu, const struct xc_get_cpufreq_para *p)
{
    printf("cpu id               : %d\naffected_cpus        :", cpu);
    for (uint32_t i = 0; i < p->cpu_num; i++)
        printf(" %u", p->affected_cpus[i]);
    printf("\ncpuinfo frequency    : max [%u] min [%u] cur [%u]\n", p->cpuinfo_max_freq,
           p->cpuinfo_min_freq, p->cpuinfo_cur_freq);
    printf("scaling_driver       : %.*s\n", CPUFREQ_NAME_LEN, p->scaling_driver);
    printf("scaling_avail_gov    : %.*s\n", (int)(p->gov_num * CPUFREQ_NAME_LEN),
           p->scaling_available_governors);
    print_governor(p);
    printf("scaling_avail_freq   :");
    for (uint32_t i = 0; i < p->freq_num; i++)
        printf(p->scaling_available_frequencies[i] == p->scaling_cur_freq ? " *%u" : " %u",
               p->scaling_available_frequencies[i]);
    printf("\nscaling frequency    : max [%u] min [%u] cur [%u]\n", p->scaling_max_freq,
           p->scaling_min_freq, p->scaling_cur_freq);
    printf("turbo mode           : %s\n\n", p->turbo_enabled ? "enabled" : "disabled or n/a");
}

static int get_parameters(xc_interface *xch, int cpu, struct xc_get_cpufreq_para *p)
{
    p->affected_cpus = calloc(p->cpu_num, sizeof(uint32_t));
    p->scaling_available_frequencies = calloc(p->freq_num, sizeof(uint32_t));
    p->scaling_available_governors = calloc(p->gov_num, CPUFREQ_NAME_LEN);
    if (!p->affected_cpus || !p->scaling_available_frequencies || !p->scaling_available_governors)
        return ENOMEM;
    return xc_get_cpufreq_para(xch, cpu, p) ? errno : 0;
}

/* The first answer is how much room it takes. */
int show_parameters(xc_interface *xch, int cpu)
{
    struct xc_get_cpufreq_para p = {0};
    int error = 0;

    if (!xc_get_cpufreq_para(xch, cpu, &p))
        return EINVAL;
    if (errno != EAGAIN)
        return errno;
    error = get_parameters(xch, cpu, &p);
    if (!error)
        print_parameters(cpu, &p);
    free(p.affected_cpus);
    free(p.scaling_available_frequencies);
    free(p.scaling_available_governors);
    return error;
}

int show_idle_limit(xc_interface *xch)
{
    uint32_t state, substate;

    if (xc_get_cpuidle_max_cstate(xch, &state))
        return errno;
    if (state == XEN_SYSCTL_CX_UNLIMITED) {
        puts("All C-states allowed\n");
        return 0;
    }
    printf("Max possible C-state: C%u\n", state);
    if (!xc_get_cpuidle_max_csubstate(xch, &substate) && substate != XEN_SYSCTL_CX_UNLIMITED)
        printf("Max possible substate: %u\n", substate);
    putchar('\n');
    return 0;
}

int show_topology(xc_interface *xch)
{
    unsigned int nr = 0;
    xc_cputopo_t *cpus;
    int error = 0;

    if (xc_cputopoinfo(xch, &nr, NULL))
        return errno;
    cpus = calloc(nr, sizeof(*cpus));
    if (!cpus)
        return ENOMEM;
    if (xc_cputopoinfo(xch, &nr, cpus))
        error = errno;
    if (!error)
        puts("CPU\tcore\tsocket\tnode");
    for (unsigned int i = 0; !error && i < nr; i++)
        if (cpus[i].core != XEN_INVALID_CORE_ID)
            printf("CPU%u\t %u\t %u\t %u\n", i, cpus[i].core, cpus[i].socket, cpus[i].node);
    free(cpus);
    return error;
}
