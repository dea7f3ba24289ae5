/* SPDX-License-Identifier: MIT */
/* sched-rtds: periods and budgets, of domains or of single vCPUs. */
#include <getopt.h>

#include "xl.h"

#define VCPUS_MAX 1024

struct rtds_args {
    const char *dom, *pool;
    bool all; /* -v all */
    int nr_vcpus, nr_periods, nr_budgets, nr_extras;
    int vcpu[VCPUS_MAX], period[VCPUS_MAX], budget[VCPUS_MAX], extra[VCPUS_MAX];
};

static const char *yes(int extratime)
{
    return extratime ? "yes" : "no";
}

static void print_header(bool vcpus)
{
    if (vcpus)
        printf("%-33s %4s %4s %9s %9s %10s\n", "Name", "ID", "VCPU", "Period", "Budget",
               "Extratime");
    else
        printf("%-33s %4s %9s %9s %10s\n", "Name", "ID", "Period", "Budget", "Extratime");
}

static int print_domain(uint32_t domid)
{
    libxl_domain_sched_params p;
    char *name;

    libxl_domain_sched_params_init(&p);
    if (libxl_domain_sched_params_get(ctx, domid, &p)) {
        fprintf(stderr, "libxl_domain_sched_params_get failed.\n");
        return EXIT_BAD;
    }
    if (p.sched != LIBXL_SCHEDULER_RTDS) {
        fprintf(stderr, "libxl_domain_sched_params_get returned %s not %s.\n",
                libxl_scheduler_to_string(p.sched),
                libxl_scheduler_to_string(LIBXL_SCHEDULER_RTDS));
        return EXIT_BAD;
    }
    name = domain_name_or_id(domid);
    printf("%-33s %4u %9d %9d %10s\n", name, domid, p.period, p.budget, yes(p.extratime));
    free(name);
    return EXIT_OK;
}

static void list_fill(libxl_vcpu_sched_params *p, const struct rtds_args *a)
{
    p->num_vcpus = a->nr_vcpus;
    p->vcpus = must_alloc(calloc((size_t)a->nr_vcpus + 1, sizeof(*p->vcpus)));
    for (int i = 0; i < a->nr_vcpus; i++) {
        libxl_sched_params_init(&p->vcpus[i]);
        p->vcpus[i].vcpuid = a->vcpu[i];
    }
}

static int print_vcpus(uint32_t domid, const struct rtds_args *a)
{
    libxl_vcpu_sched_params p;
    char *name;
    int rc;

    libxl_vcpu_sched_params_init(&p);
    if (a->all) {
        rc = libxl_vcpu_sched_params_get_all(ctx, domid, &p);
    } else {
        list_fill(&p, a);
        rc = libxl_vcpu_sched_params_get(ctx, domid, &p);
    }
    name = domain_name_or_id(domid);
    for (int i = 0; i < p.num_vcpus && !rc; i++)
        printf("%-33s %4u %4d %9d %9d %10s\n", name, domid, p.vcpus[i].vcpuid, p.vcpus[i].period,
               p.vcpus[i].budget, yes(p.vcpus[i].extratime));
    if (rc)
        fprintf(stderr, "libxl_vcpu_sched_params_get%s failed.\n", a->all ? "_all" : "");
    free(name);
    libxl_vcpu_sched_params_dispose(&p);
    return rc ? EXIT_BAD : EXIT_OK;
}

static int print_one(uint32_t domid, const struct rtds_args *a)
{
    return a->all || a->nr_vcpus ? print_vcpus(domid, a) : print_domain(domid);
}

static int print_pools(const struct rtds_args *a)
{
    uint32_t only = 0;
    libxl_cpupoolinfo *pools;
    libxl_dominfo *doms;
    int nr_pools = 0, nr_doms = 0;

    if (a->pool && libxl_cpupool_qualifier_to_cpupoolid(ctx, a->pool, &only, NULL)) {
        fprintf(stderr, "unknown cpupool '%s'\n", a->pool);
        return EXIT_BAD;
    }
    pools = libxl_list_cpupool(ctx, &nr_pools);
    doms = libxl_list_domain(ctx, &nr_doms);
    for (int i = 0; pools && doms && i < nr_pools; i++) {
        if (pools[i].sched != LIBXL_SCHEDULER_RTDS || (a->pool && pools[i].poolid != only))
            continue;
        printf("Cpupool %s: sched=RTDS\n", pools[i].pool_name);
        print_header(a->all);
        for (int d = 0; d < nr_doms; d++)
            if (doms[d].cpupool == pools[i].poolid)
                print_one(doms[d].domid, a);
    }
    libxl_cpupoolinfo_list_free(pools, pools ? nr_pools : 0);
    libxl_dominfo_list_free(doms, doms ? nr_doms : 0);
    return EXIT_OK;
}

static int set_domain(uint32_t domid, const struct rtds_args *a)
{
    libxl_domain_sched_params p;

    libxl_domain_sched_params_init(&p);
    p.sched = LIBXL_SCHEDULER_RTDS;
    p.period = a->period[0];
    p.budget = a->budget[0];
    if (a->nr_extras)
        p.extratime = a->extra[0];
    if (!libxl_domain_sched_params_set(ctx, domid, &p))
        return EXIT_OK;
    fprintf(stderr, "libxl_domain_sched_params_set failed.\n");
    return EXIT_BAD;
}

static int set_vcpus(uint32_t domid, const struct rtds_args *a)
{
    libxl_vcpu_sched_params p;
    struct rtds_args one = {.nr_vcpus = 1};
    int rc;

    libxl_vcpu_sched_params_init(&p);
    list_fill(&p, a->all ? &one : a);
    for (int i = 0; i < p.num_vcpus; i++) {
        p.vcpus[i].period = a->period[i];
        p.vcpus[i].budget = a->budget[i];
        if (a->nr_extras)
            p.vcpus[i].extratime = a->extra[i];
    }
    rc = a->all ? libxl_vcpu_sched_params_set_all(ctx, domid, &p)
                : libxl_vcpu_sched_params_set(ctx, domid, &p);
    if (rc)
        fprintf(stderr, "libxl_vcpu_sched_params_set%s failed.\n", a->all ? "_all" : "");
    libxl_vcpu_sched_params_dispose(&p);
    return rc ? EXIT_BAD : EXIT_OK;
}

static void add_number(int *list, int *nr, const char *s)
{
    unsigned long v;

    if (*nr == VCPUS_MAX || !parse_ulong(s, &v) || v > 0x7fffffff) {
        fprintf(stderr, "invalid number '%s'\n", s);
        exit(EXIT_BAD);
    }
    list[(*nr)++] = (int)v;
}

static int complain(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return EXIT_BAD;
}

static int run(const struct rtds_args *a)
{
    int groups = a->all || !a->nr_vcpus ? 1 : a->nr_vcpus;
    bool sets = a->nr_periods || a->nr_budgets || a->nr_extras;
    uint32_t domid;

    if (a->pool && !a->dom && sets)
        return complain("Specifying a cpupool is not allowed with other options.");
    if (!a->dom && (sets || a->nr_vcpus))
        return complain("Missing parameters.");
    if (sets && (a->nr_periods != groups || a->nr_budgets != groups ||
                 (a->nr_extras && a->nr_extras != groups)))
        return complain("Incorrect number of period, budget or extratime options.");
    if (!a->dom)
        return print_pools(a);
    domid = find_domain(a->dom);
    if (sets)
        return a->all || a->nr_vcpus ? set_vcpus(domid, a) : set_domain(domid, a);
    print_header(a->all || a->nr_vcpus);
    return print_one(domid, a);
}

int main_sched_rtds(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"domain", 1, NULL, 'd'},    {"period", 1, NULL, 'p'}, {"budget", 1, NULL, 'b'},
        {"extratime", 1, NULL, 'e'}, {"vcpuid", 1, NULL, 'v'}, {"cpupool", 1, NULL, 'c'},
        {"help", 0, NULL, 'h'},      {NULL, 0, NULL, 0},
    };
    static struct rtds_args a;
    int opt;

    while ((opt = command_getopt(argc, argv, "d:p:b:e:v:c:h", longopts, "sched-rtds", 0)) != -1) {
        if (opt == 'd')
            a.dom = optarg;
        else if (opt == 'c')
            a.pool = optarg;
        else if (opt == 'p')
            add_number(a.period, &a.nr_periods, optarg);
        else if (opt == 'b')
            add_number(a.budget, &a.nr_budgets, optarg);
        else if (opt == 'e')
            add_number(a.extra, &a.nr_extras, optarg);
        else if (opt == 'v' && !strcmp(optarg, "all"))
            a.all = true;
        else if (opt == 'v')
            add_number(a.vcpu, &a.nr_vcpus, optarg);
    }
    return run(&a);
}
