/* SPDX-License-Identifier: MIT */
/* Schedulers: two policies whose domains have a weight and a cap. */
#include <getopt.h>

#include "xl.h"

struct policy {
    libxl_scheduler id;
    const char *command;
    void (*print_pool)(uint32_t poolid, const char *name);
};

static void print_credit_pool(uint32_t poolid, const char *name)
{
    libxl_sched_credit_params p = {0};

    if (libxl_sched_credit_params_get(ctx, poolid, &p))
        printf("Cpupool %s: [sched params unavailable]\n", name);
    else
        printf("Cpupool %s: tslice=%dms ratelimit=%dus migration-delay=%dus\n", name, p.tslice_ms,
               p.ratelimit_us, p.vcpu_migr_delay_us);
}

static void print_credit2_pool(uint32_t poolid, const char *name)
{
    libxl_sched_credit2_params p = {0};

    if (libxl_sched_credit2_params_get(ctx, poolid, &p))
        printf("Cpupool %s: [sched params unavailable]\n", name);
    else
        printf("Cpupool %s: ratelimit=%dus\n", name, p.ratelimit_us);
}

static const struct policy credit = {LIBXL_SCHEDULER_CREDIT, "sched-credit", print_credit_pool};
static const struct policy credit2 = {LIBXL_SCHEDULER_CREDIT2, "sched-credit2", print_credit2_pool};

static void print_header(void)
{
    printf("%-33s %4s %6s %4s\n", "Name", "ID", "Weight", "Cap");
}

static int print_domain(const struct policy *p, uint32_t domid)
{
    libxl_domain_sched_params params;
    char *name;

    libxl_domain_sched_params_init(&params);
    if (libxl_domain_sched_params_get(ctx, domid, &params)) {
        fprintf(stderr, "libxl_domain_sched_params_get failed.\n");
        return EXIT_BAD;
    }
    if (params.sched != p->id) {
        fprintf(stderr, "libxl_domain_sched_params_get returned %s not %s.\n",
                libxl_scheduler_to_string(params.sched), libxl_scheduler_to_string(p->id));
        return EXIT_BAD;
    }
    name = domain_name_or_id(domid);
    printf("%-33s %4u %6d %4d\n", name, domid, params.weight, params.cap);
    free(name);
    return EXIT_OK;
}

/* All pools that this policy rules, or the one named; their domains unless @params_only. */
static int print_pools(const struct policy *p, const char *only, bool params_only)
{
    uint32_t poolid = 0;
    libxl_cpupoolinfo *pools;
    libxl_dominfo *doms;
    int nr_pools, nr_doms;

    if (only && libxl_cpupool_qualifier_to_cpupoolid(ctx, only, &poolid, NULL)) {
        fprintf(stderr, "unknown cpupool '%s'\n", only);
        return EXIT_BAD;
    }
    if (params_only) { /* of one pool, whatever rules it */
        char *name = libxl_cpupoolid_to_name(ctx, poolid);

        p->print_pool(poolid, name ? name : "");
        free(name);
        return EXIT_OK;
    }
    pools = libxl_list_cpupool(ctx, &nr_pools);
    doms = libxl_list_domain(ctx, &nr_doms);
    for (int i = 0; pools && doms && i < nr_pools; i++) {
        if (pools[i].sched != p->id || (only && pools[i].poolid != poolid))
            continue;
        p->print_pool(pools[i].poolid, pools[i].pool_name);
        print_header();
        for (int d = 0; d < nr_doms; d++)
            if (doms[d].cpupool == pools[i].poolid)
                print_domain(p, doms[d].domid);
    }
    libxl_cpupoolinfo_list_free(pools, pools ? nr_pools : 0);
    libxl_dominfo_list_free(doms, doms ? nr_doms : 0);
    return EXIT_OK;
}

static int set_domain(const struct policy *p, uint32_t domid, int weight, int cap)
{
    libxl_domain_sched_params params;
    int rc;

    libxl_domain_sched_params_init(&params);
    params.sched = p->id;
    params.weight = weight;
    params.cap = cap;
    rc = libxl_domain_sched_params_set(ctx, domid, &params);
    if (rc)
        fprintf(stderr, "libxl_domain_sched_params_set failed.\n");
    return rc ? EXIT_BAD : EXIT_OK;
}

static int set_credit_pool(uint32_t poolid, int tslice, int ratelimit, int delay)
{
    libxl_sched_credit_params p = {0};

    if (libxl_sched_credit_params_get(ctx, poolid, &p))
        return EXIT_BAD;
    if (tslice >= 0)
        p.tslice_ms = tslice;
    if (ratelimit >= 0)
        p.ratelimit_us = ratelimit;
    if (delay >= 0)
        p.vcpu_migr_delay_us = delay;
    return libxl_sched_credit_params_set(ctx, poolid, &p) ? EXIT_BAD : EXIT_OK;
}

static int set_credit2_pool(uint32_t poolid, int ratelimit)
{
    libxl_sched_credit2_params p = {.ratelimit_us = ratelimit};

    return libxl_sched_credit2_params_set(ctx, poolid, &p) ? EXIT_BAD : EXIT_OK;
}

struct sched_args {
    const char *dom, *pool;
    bool schedparam;
    int weight, cap, tslice, ratelimit, delay;
};

/* What does not begin with a number counts as 0, as the stock xl has it. */
static int number(const char *s)
{
    long v = strtol(s, NULL, 10);

    if (v >= 0 && v <= 0x7fffffff)
        return (int)v;
    fprintf(stderr, "invalid number '%s'\n", s);
    exit(EXIT_BAD);
}

static int contradiction(const char *why)
{
    fprintf(stderr, "%s\n", why);
    return EXIT_BAD;
}

static int sched_run(const struct policy *p, const struct sched_args *a)
{
    bool sets_domain = a->weight >= 0 || a->cap >= 0;
    bool sets_pool = a->tslice >= 0 || a->ratelimit >= 0 || a->delay >= 0;
    uint32_t domid, poolid = 0;

    if (a->pool && (a->dom || sets_domain))
        return contradiction("Specifying a cpupool is not allowed with other options.");
    if (!a->dom && sets_domain)
        return contradiction("Must specify a domain.");
    if (p == &credit && a->schedparam && (a->dom || sets_domain))
        return contradiction("Specifying both a domain and -s is not allowed.");
    if (p == &credit && !a->schedparam && sets_pool)
        return contradiction("Must specify schedparam to set schedule parameter values.");
    if (a->schedparam && sets_pool) {
        if (a->pool && libxl_cpupool_qualifier_to_cpupoolid(ctx, a->pool, &poolid, NULL)) {
            fprintf(stderr, "unknown cpupool '%s'\n", a->pool);
            return EXIT_BAD;
        }
        return p == &credit ? set_credit_pool(poolid, a->tslice, a->ratelimit, a->delay)
                            : set_credit2_pool(poolid, a->ratelimit);
    }
    if (!a->dom || a->schedparam)
        return print_pools(p, a->pool, a->schedparam);
    domid = find_domain(a->dom);
    if (sets_domain)
        return set_domain(p, domid, a->weight, a->cap);
    print_header();
    return print_domain(p, domid);
}

static int sched_command(int argc, char **argv, const struct policy *p)
{
    const char *opts = p == &credit ? "d:w:c:p:t:r:m:hs" : "d:w:c:p:r:hs";
    static const struct option longopts[] = {
        {"domain", 1, NULL, 'd'},
        {"weight", 1, NULL, 'w'},
        {"cap", 1, NULL, 'c'},
        {"schedparam", 0, NULL, 's'},
        {"tslice_ms", 1, NULL, 't'},
        {"ratelimit_us", 1, NULL, 'r'},
        {"migration_delay_us", 1, NULL, 'm'},
        {"cpupool", 1, NULL, 'p'},
        {"help", 0, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct sched_args a = {.weight = -1, .cap = -1, .tslice = -1, .ratelimit = -1, .delay = -1};
    int opt;

    while ((opt = command_getopt(argc, argv, opts, longopts, p->command, 0)) != -1) {
        switch (opt) {
        case 'd':
            a.dom = optarg;
            break;
        case 'w':
            a.weight = number(optarg);
            break;
        case 'c':
            a.cap = number(optarg);
            break;
        case 's':
            a.schedparam = true;
            break;
        case 't':
            a.tslice = number(optarg);
            break;
        case 'r':
            a.ratelimit = number(optarg);
            break;
        case 'm':
            a.delay = number(optarg);
            break;
        case 'p':
            a.pool = optarg;
            break;
        }
    }
    return sched_run(p, &a);
}

int main_sched_credit(int argc, char **argv)
{
    return sched_command(argc, argv, &credit);
}

int main_sched_credit2(int argc, char **argv)
{
    return sched_command(argc, argv, &credit2);
}
