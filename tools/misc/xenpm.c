/* SPDX-License-Identifier: MIT */
/* xenpm: idle states and frequencies of the host's CPUs. */
#include "xenpm.h"

#include "misc.h"

#define ALL (-1) /* CPUs */

struct request {
    int argc; /* without the command */
    char **argv;
    int nr_cpus;
    int cpu; /* or ALL */
};

static int missing(const char *what)
{
    fprintf(stderr, "xenpm: %s\n", what);
    return EINVAL;
}

/* What cannot be set is told, and is no failure of the program, as always with xenpm. */
static void refused(int cpu, const char *what)
{
    fprintf(stderr, "[CPU%d] failed to set %s (%d - %s)\n", cpu, what, errno, strerror(errno));
}

static int parse_cpu(const char *text, int *cpu)
{
    unsigned long n;

    if (!parse_number(text, INT32_MAX, &n)) {
        fprintf(stderr, "xenpm: this is no CPU: '%s'\n", text);
        return EINVAL;
    }
    *cpu = (int)n;
    return 0;
}

/* One CPU or all, until there is no driver. */
static int show_each(xc_interface *xch, struct request *rq, int (*show)(xc_interface *, int),
                     const char *nothing, const char *error)
{
    int first = rq->cpu == ALL ? 0 : rq->cpu, end = rq->cpu == ALL ? rq->nr_cpus : rq->cpu + 1;

    for (int cpu = first; cpu < end; cpu++) {
        int rc = show(xch, cpu);

        if (rc == ENODEV) {
            if (nothing)
                puts(nothing);
            return 0;
        }
        if (rc && error)
            fprintf(stderr, "[CPU%d] %s: %s\n", cpu, error, strerror(rc));
    }
    return 0;
}

static int get_idle(xc_interface *xch, struct request *rq)
{
    if (show_idle_limit(xch) == ENODEV) {
        puts("Either Xen cpuidle is disabled or no valid information is registered!");
        return 0;
    }
    return show_each(xch, rq, show_idle,
                     "Either Xen cpuidle is disabled or no valid information is registered!", NULL);
}

static int get_frequencies(xc_interface *xch, struct request *rq)
{
    return show_each(xch, rq, show_frequencies, NULL, NULL);
}

static int get_average(xc_interface *xch, struct request *rq)
{
    return show_each(xch, rq, show_average, NULL, NULL);
}

static int get_parameters(xc_interface *xch, struct request *rq)
{
    return show_each(xch, rq, show_parameters, "Xen cpufreq is not enabled!",
                     "the parameters of its frequency");
}

static int get_topology(xc_interface *xch, struct request *rq)
{
    int rc = show_topology(xch);

    (void)rq;
    if (rc)
        fprintf(stderr, "xenpm: the topology of the CPUs: %s\n", strerror(rc));
    return rc;
}

/* [CPU] VALUE */
static int set_each(xc_interface *xch, struct request *rq, int what, const char *name)
{
    unsigned long value;
    int first = 0, end = rq->nr_cpus;

    if (!rq->argc)
        return missing("the value is missing");
    if (rq->argc > 1) {
        if (parse_cpu(rq->argv[0], &first))
            return EINVAL;
        end = first + 1;
    }
    if (!parse_number(rq->argv[rq->argc > 1], INT32_MAX, &value))
        return missing("this is no number");
    for (int cpu = first; cpu < end; cpu++)
        if (xc_set_cpufreq_para(xch, cpu, what, (int)value))
            refused(cpu, name);
    return 0;
}

static int set_max_frequency(xc_interface *xch, struct request *rq)
{
    return set_each(xch, rq, SCALING_MAX_FREQ, "scaling max freq");
}

static int set_min_frequency(xc_interface *xch, struct request *rq)
{
    return set_each(xch, rq, SCALING_MIN_FREQ, "scaling min freq");
}

static int set_speed(xc_interface *xch, struct request *rq)
{
    return set_each(xch, rq, SCALING_SETSPEED, "scaling speed");
}

static int set_sampling_rate(xc_interface *xch, struct request *rq)
{
    return set_each(xch, rq, SAMPLING_RATE, "scaling sampling rate");
}

static int set_threshold(xc_interface *xch, struct request *rq)
{
    return set_each(xch, rq, UP_THRESHOLD, "up scaling threshold");
}

static int set_governor(xc_interface *xch, struct request *rq)
{
    int first = 0, end = rq->nr_cpus;

    if (!rq->argc)
        return missing("the governor is missing");
    if (rq->argc > 1) {
        if (parse_cpu(rq->argv[0], &first))
            return EINVAL;
        end = first + 1;
    }
    for (int cpu = first; cpu < end; cpu++)
        if (xc_set_cpufreq_gov(xch, cpu, rq->argv[rq->argc > 1]))
            refused(cpu, "governor name");
    return 0;
}

static int set_turbo(xc_interface *xch, struct request *rq, bool on)
{
    int first = rq->cpu == ALL ? 0 : rq->cpu, end = rq->cpu == ALL ? rq->nr_cpus : rq->cpu + 1;

    for (int cpu = first; cpu < end; cpu++)
        if (on ? xc_enable_turbo(xch, cpu) : xc_disable_turbo(xch, cpu))
            refused(cpu, "turbo mode");
    return 0;
}

static int enable_turbo(xc_interface *xch, struct request *rq)
{
    return set_turbo(xch, rq, true);
}

static int disable_turbo(xc_interface *xch, struct request *rq)
{
    return set_turbo(xch, rq, false);
}

static bool parse_limit(const char *text, uint32_t *value)
{
    unsigned long n = XEN_SYSCTL_CX_UNLIMITED;

    if (strcmp(text, "unlimited") && !parse_number(text, XEN_SYSCTL_CX_UNLIMITED - 1, &n))
        return false;
    *value = (uint32_t)n;
    return true;
}

/* "unlimited", or the prefix and the number */
static const char *limit_name(const char *prefix, uint32_t value)
{
    static char name[16];

    if (value == XEN_SYSCTL_CX_UNLIMITED)
        return "unlimited";
    snprintf(name, sizeof(name), "%s%u", prefix, value);
    return name;
}

/* A limit of substates is of one state: where all are allowed there is none. */
static int set_idle_limit(xc_interface *xch, struct request *rq)
{
    uint32_t state, substate = XEN_SYSCTL_CX_UNLIMITED;

    if (rq->argc < 1 || rq->argc > 2 || !parse_limit(rq->argv[0], &state) ||
        (rq->argc == 2 && !parse_limit(rq->argv[1], &substate)))
        return missing("this takes STATE [SUBSTATE], numbers or 'unlimited'");
    if (xc_set_cpuidle_max_cstate(xch, state)) {
        fprintf(stderr, "Failed to set max C-state to %s (%d - %s)\n", limit_name("C", state),
                errno, strerror(errno));
        return 0;
    }
    printf("max C-state set to %s\n", limit_name("C", state));
    if (state == XEN_SYSCTL_CX_UNLIMITED)
        return 0;
    if (xc_set_cpuidle_max_csubstate(xch, substate))
        fprintf(stderr, "Failed to set max C-substate to %s (%d - %s)\n", limit_name("", substate),
                errno, strerror(errno));
    else
        printf("max C-substate set to %s succeeded\n", limit_name("", substate));
    return 0;
}

static int set_smt(xc_interface *xch, struct request *rq)
{
    const char *verb = rq->argc ? rq->argv[0] : "";
    bool on = !strcmp(verb, "enable");

    if (rq->argc != 1 || (!on && strcmp(verb, "disable")))
        return missing("this takes enable or disable");
    if (xc_set_sched_opt_smt(xch, on))
        fprintf(stderr, "%s sched_smt_power_savings failed (%d - %s)\n", verb, errno,
                strerror(errno));
    else
        printf("%s sched_smt_power_savings succeeded\n", verb);
    return 0;
}

static int get_migration_delay(xc_interface *xch, struct request *rq)
{
    struct xen_sysctl_credit_schedule s;

    (void)rq;
    fputs("xenpm: \"xl sched-credit -s\" shows it too, and this command will go\n", stderr);
    if (xc_sched_credit_params_get(xch, 0, &s))
        fprintf(stderr, "Failed to get scheduler vcpu migration delay (%d - %s)\n", errno,
                strerror(errno));
    else
        printf("Scheduler vcpu migration delay is %u us\n", s.vcpu_migr_delay_us);
    return 0;
}

static int set_migration_delay(xc_interface *xch, struct request *rq)
{
    struct xen_sysctl_credit_schedule s;
    unsigned long delay;

    fputs("xenpm: \"xl sched-credit -s -m DELAY\" sets it too, and this command will go\n", stderr);
    if (rq->argc != 1 || !parse_number(rq->argv[0], INT32_MAX, &delay))
        return missing("this takes a number of microseconds");
    if (xc_sched_credit_params_get(xch, 0, &s))
        return missing("the parameters of the scheduler cannot be read");
    s.vcpu_migr_delay_us = (uint32_t)delay;
    if (xc_sched_credit_params_set(xch, 0, &s))
        fprintf(stderr, "set vcpu migration delay failed (%d - %s)\n", errno, strerror(errno));
    else
        printf("set vcpu migration delay to %lu us succeeded\n", delay);
    return 0;
}

static int start(xc_interface *xch, struct request *rq)
{
    unsigned long seconds = 0;

    if (rq->argc && (!parse_number(rq->argv[0], INT32_MAX, &seconds) || !seconds))
        return missing("the number of seconds is wrong");
    return sample_states(xch, rq->nr_cpus, (unsigned int)seconds);
}

static const struct command {
    const char *name, *arguments, *help;
    int (*run)(xc_interface *xch, struct request *rq);
    bool cpu; /* its argument is a CPU */
} commands[] = {
    {"get-cpuidle-states", "[CPU]", "idle states, and the time in each", get_idle, true},
    {"get-cpufreq-states", "[CPU]", "frequencies, and the time in each", get_frequencies, true},
    {"get-cpufreq-average", "[CPU]", "the frequency since this was last asked", get_average, true},
    {"get-cpufreq-para", "[CPU]", "limits, driver and governor", get_parameters, true},
    {"set-scaling-maxfreq", "[CPU] KHZ", "the highest frequency", set_max_frequency, false},
    {"set-scaling-minfreq", "[CPU] KHZ", "the lowest frequency", set_min_frequency, false},
    {"set-scaling-speed", "[CPU] KHZ", "the frequency, of the governor userspace", set_speed,
     false},
    {"set-scaling-governor", "[CPU] NAME", "who chooses the frequency", set_governor, false},
    {"set-sampling-rate", "[CPU] US", "the period of the governor ondemand", set_sampling_rate,
     false},
    {"set-up-threshold", "[CPU] PERCENT", "the load at which ondemand goes up", set_threshold,
     false},
    {"get-cpu-topology", "", "core, socket and node of each CPU", get_topology, false},
    {"set-sched-smt", "enable|disable", "fill all threads of a core before the next one", set_smt,
     false},
    {"set-vcpu-migration-delay", "US", "how long a vCPU's cache counts as warm",
     set_migration_delay, false},
    {"get-vcpu-migration-delay", "", "the same", get_migration_delay, false},
    {"set-max-cstate", "STATE [SUBSTATE]", "the deepest idle state, or 'unlimited'", set_idle_limit,
     false},
    {"enable-turbo-mode", "[CPU]", "frequencies above the nominal one", enable_turbo, true},
    {"disable-turbo-mode", "[CPU]", "none of them", disable_turbo, true},
    {"start", "[SECONDS]", "states from now to the end of the time, or an interrupt", start, false},
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(int status)
{
    FILE *f = status ? stderr : stdout;

    fputs("usage: xenpm COMMAND [ARGUMENT...]; without CPU it is all of them\n", f);
    for (size_t i = 0; i < NR_COMMANDS; i++)
        fprintf(f, "  %-24s %-16s %s\n", commands[i].name, commands[i].arguments, commands[i].help);
    return status;
}

/* By a beginning that only one has. */
static const struct command *find_command(const char *text)
{
    const struct command *found = NULL;
    unsigned int nr = 0;

    for (size_t i = 0; i < NR_COMMANDS; i++)
        if (!strncmp(commands[i].name, text, strlen(text))) {
            if (!strcmp(commands[i].name, text))
                return &commands[i];
            found = &commands[i];
            nr++;
        }
    if (nr < 2)
        return found;
    fprintf(stderr, "xenpm: %s may be", text);
    for (size_t i = 0; i < NR_COMMANDS; i++)
        if (!strncmp(commands[i].name, text, strlen(text)))
            fprintf(stderr, " %s", commands[i].name);
    fputc('\n', stderr);
    exit(EINVAL);
}

static int run(xc_interface *xch, const struct command *command, struct request *rq)
{
    xc_physinfo_t info;

    if (xc_physinfo(xch, &info)) {
        int error = errno;

        failed("xenpm", "the processors");
        return error;
    }
    rq->nr_cpus = (int)info.max_cpu_id + 1;
    rq->cpu = ALL;
    if (command->cpu && rq->argc && parse_cpu(rq->argv[0], &rq->cpu))
        return EINVAL;
    return command->run(xch, rq);
}

int main(int argc, char **argv)
{
    struct request rq = {.argc = argc - 2, .argv = argv + 2};
    const struct command *command;
    xc_interface *xch;
    int status;

    if (argc < 2 || !strcmp(argv[1], "help"))
        return usage(0);
    command = find_command(argv[1]);
    if (!command)
        return usage(EINVAL);
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch) {
        failed("xenpm", "the hypervisor");
        return EIO;
    }
    status = run(xch, command, &rq);
    xc_interface_close(xch);
    return status;
}
