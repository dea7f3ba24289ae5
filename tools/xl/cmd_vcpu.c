/* SPDX-License-Identifier: MIT */
#include <getopt.h>

#include "xl.h"

static void print_vcpu(const char *name, uint32_t domid, const libxl_vcpuinfo *v, int nr_cpus)
{
    printf("%-32s %5u %5u", name, domid, v->vcpuid);
    if (!v->online)
        printf(" %4c   --p", '-');
    else
        printf(" %4u   %c%c-", v->cpu, v->running ? 'r' : '-', v->blocked ? 'b' : '-');
    printf(" %9.1f  ", (double)v->vcpu_time / 1e9);
    print_bitmap(v->cpumap.map, nr_cpus, stdout);
    printf(" / ");
    print_bitmap(v->cpumap_soft.map, nr_cpus, stdout);
    printf("\n");
}

static void list_domain(uint32_t domid, int nr_cpus)
{
    char *name = domain_name_or_id(domid);
    int nr, unused;
    libxl_vcpuinfo *list = libxl_list_vcpu(ctx, domid, &nr, &unused);

    for (int i = 0; list && i < nr; i++)
        print_vcpu(name, domid, &list[i], nr_cpus);
    if (!list)
        fprintf(stderr, "libxl_list_vcpu failed.\n");
    libxl_vcpuinfo_list_free(list, nr);
    free(name);
}

int main_vcpu_list(int argc, char **argv)
{
    libxl_physinfo p;
    libxl_dominfo *list;
    int nr;

    no_options(argc, argv, "vcpu-list", 0);
    libxl_physinfo_init(&p);
    if (libxl_get_physinfo(ctx, &p)) {
        fprintf(stderr, "libxl_physinfo failed.\n");
        return EXIT_BAD;
    }
    printf("%-32s %5s %5s %5s %5s %9s %s\n", "Name", "ID", "VCPU", "CPU", "State", "Time(s)",
           "Affinity (Hard / Soft)");
    if (optind == argc) {
        list = libxl_list_domain(ctx, &nr);
        for (int i = 0; list && i < nr; i++)
            list_domain(list[i].domid, (int)p.nr_cpus);
        libxl_dominfo_list_free(list, list ? nr : 0);
    }
    for (; optind < argc; optind++) {
        uint32_t domid;

        if (libxl_domain_qualifier_to_domid(ctx, argv[optind], &domid)) {
            fprintf(stderr, "%s is an invalid domain identifier\n", argv[optind]);
            libxl_physinfo_dispose(&p);
            return EXIT_BAD;
        }
        list_domain(domid, (int)p.nr_cpus);
    }
    libxl_physinfo_dispose(&p);
    return EXIT_OK;
}

/* "-" leaves an affinity alone, and is then no map. */
static const libxl_bitmap *affinity(const char *s, const char *kind, libxl_bitmap *map)
{
    if (!s || !strcmp(s, "-"))
        return NULL;
    if (libxl_cpu_bitmap_alloc(ctx, map, 0) || parse_cpus(s, map))
        exit(EXIT_BAD);
    if (libxl_bitmap_is_empty(map)) {
        fprintf(stderr, "vcpu %s affinity map is empty\n", kind);
        exit(EXIT_BAD);
    }
    return map;
}

static void print_plan(const libxl_bitmap *hard, const libxl_bitmap *soft)
{
    int nr = libxl_get_max_cpus(ctx);

    printf("cpumap: ");
    if (hard)
        print_bitmap(hard->map, nr, stdout);
    else
        putchar('-');
    if (soft) {
        putchar(' ');
        print_bitmap(soft->map, nr, stdout);
    }
    putchar('\n');
}

static int pin_all(uint32_t domid, const libxl_bitmap *hard, const libxl_bitmap *soft, bool force)
{
    int nr, cpus, rc = 0;
    libxl_vcpuinfo *list = libxl_list_vcpu(ctx, domid, &nr, &cpus);

    if (!list) {
        fprintf(stderr, "libxl_list_vcpu failed.\n");
        return EXIT_BAD;
    }
    if (!force)
        rc = libxl_set_vcpuaffinity_all(ctx, domid, (unsigned int)nr, hard, soft);
    for (int i = 0; i < nr && force && !rc; i++)
        rc = libxl_set_vcpuaffinity_force(ctx, domid, list[i].vcpuid, hard, soft);
    if (rc)
        fprintf(stderr, "Could not set affinity.\n");
    libxl_vcpuinfo_list_free(list, nr);
    return rc ? EXIT_BAD : EXIT_OK;
}

static libxl_domain_type type_of(uint32_t domid)
{
    libxl_domain_type type = LIBXL_DOMAIN_TYPE_INVALID;
    libxl_dominfo info;

    libxl_dominfo_init(&info);
    if (!libxl_domain_info(ctx, &info, domid))
        type = info.domain_type;
    libxl_dominfo_dispose(&info);
    return type;
}

int main_vcpu_pin(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"force", 0, NULL, 'f'},
        {"ignore-global-affinity-masks", 0, NULL, 'i'},
        {"help", 0, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    libxl_bitmap hard_map, soft_map;
    const libxl_bitmap *hard, *soft;
    bool force = settings.force, ignore_masks = false;
    unsigned long vcpu = 0;
    uint32_t domid;
    const char *which;
    int opt, rc, r = EXIT_OK;

    while ((opt = command_getopt(argc, argv, "fh", longopts, "vcpu-pin", 3)) != -1) {
        force = force || opt == 'f';
        ignore_masks = ignore_masks || opt == 'i';
    }
    libxl_bitmap_init(&hard_map);
    libxl_bitmap_init(&soft_map);
    domid = find_domain(argv[optind]);
    which = argv[optind + 1];
    if (strcmp(which, "all") && !parse_ulong(which, &vcpu)) {
        fprintf(stderr, "Error: Invalid argument %s as VCPU.\n", which);
        return EXIT_BAD;
    }
    hard = affinity(argv[optind + 2], "hard", &hard_map);
    if (hard && !ignore_masks && cpumask_apply(type_of(domid), &hard_map))
        return EXIT_BAD;
    soft = affinity(argv[optind + 3], "soft", &soft_map);
    if (settings.dry_run) {
        print_plan(hard, soft);
    } else if (!strcmp(which, "all")) {
        r = pin_all(domid, hard, soft, force);
    } else {
        rc = force ? libxl_set_vcpuaffinity_force(ctx, domid, (uint32_t)vcpu, hard, soft)
                   : libxl_set_vcpuaffinity(ctx, domid, (uint32_t)vcpu, hard, soft);
        if (rc) {
            fprintf(stderr, "Could not set affinity for vcpu `%lu'.\n", vcpu);
            r = EXIT_BAD;
        }
    }
    libxl_bitmap_dispose(&hard_map);
    libxl_bitmap_dispose(&soft_map);
    return r;
}

/* More vCPUs than the host has CPUs are wanted only by who says so. */
static bool overcommitted(unsigned long want)
{
    libxl_physinfo p;
    bool over = false;

    libxl_physinfo_init(&p);
    if (!libxl_get_physinfo(ctx, &p) && want > p.nr_cpus) {
        fprintf(stderr,
                "You are overcommmitting! You have %u physical CPUs and want %lu vCPUs! Aborting, "
                "use --ignore-host to continue\n",
                p.nr_cpus, want);
        over = true;
    }
    libxl_physinfo_dispose(&p);
    return over;
}

int main_vcpu_set(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"ignore-host", 0, NULL, 'i'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool ignore_host = false;
    unsigned long nr;
    libxl_bitmap map;
    uint32_t domid;
    int opt, rc;

    while ((opt = command_getopt(argc, argv, "ih", longopts, "vcpu-set", 2)) != -1)
        ignore_host = ignore_host || opt == 'i';
    domid = find_domain(argv[optind]);
    if (!parse_ulong(argv[optind + 1], &nr) || !nr || nr > 0xffff) {
        fprintf(stderr, "Error: Invalid argument.\n");
        return EXIT_BAD;
    }
    if (!ignore_host && overcommitted(nr))
        return EXIT_BAD;
    libxl_bitmap_init(&map);
    if (libxl_cpu_bitmap_alloc(ctx, &map, (int)nr))
        return EXIT_BAD;
    for (unsigned long i = 0; i < nr; i++)
        libxl_bitmap_set(&map, (int)i);
    rc = libxl_set_vcpuonline(ctx, domid, &map, NULL);
    if (rc == ERROR_DOMAIN_NOTFOUND)
        fprintf(stderr, "Domain %u does not exist.\n", domid);
    else if (rc)
        fprintf(stderr, "libxl_set_vcpuonline failed domid=%u max_vcpus=%lu, rc: %d\n", domid, nr,
                rc);
    libxl_bitmap_dispose(&map);
    return rc ? EXIT_BAD : EXIT_OK;
}
