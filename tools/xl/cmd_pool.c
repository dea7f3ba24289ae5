/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <limits.h>

#include "xl.h"

static uint32_t find_pool(const char *name)
{
    uint32_t id;

    if (!libxl_cpupool_qualifier_to_cpupoolid(ctx, name, &id, NULL) &&
        libxl_cpupoolid_is_valid(ctx, id))
        return id;
    fprintf(stderr, "unknown cpupool '%s'\n", name);
    exit(EXIT_BAD);
}

static int add_node(const char *nr, libxl_bitmap *cpus)
{
    char node[32];

    snprintf(node, sizeof(node), "node:%s", nr ? nr : "");
    return parse_cpus(node, cpus);
}

/* One node or a list; not 0 if none is asked for. */
static int pool_nodes(XLU_Config *cfg, libxl_bitmap *cpus, int *rc)
{
    XLU_ConfigList *list;
    const char *s;
    int nr;

    if (!xlu_cfg_get_list(cfg, "nodes", &list, &nr, 1)) {
        for (int i = 0; i < nr && !*rc; i++)
            *rc = add_node(xlu_cfg_get_listitem(list, i), cpus);
        return 0;
    }
    if (xlu_cfg_get_string(cfg, "nodes", &s, 0))
        return -1;
    *rc = add_node(s, cpus);
    return 0;
}

/* The free CPUs that are asked for; the first one if nothing is said. */
static int pool_cpus(XLU_Config *cfg, const libxl_bitmap *free_cpus, libxl_bitmap *cpus)
{
    XLU_ConfigList *list;
    const char *s;
    int nr, rc = 0, cpu = 0;

    if (!pool_nodes(cfg, cpus, &rc)) {
        for (int i = 0; i < (int)cpus->size * 8; i++)
            if (!libxl_bitmap_test(free_cpus, i))
                libxl_bitmap_reset(cpus, i);
        if (!rc && libxl_bitmap_is_empty(cpus)) {
            fprintf(stderr, "no free CPU on these nodes\n");
            rc = ERROR_INVAL;
        }
        return rc;
    }
    if (!xlu_cfg_get_list(cfg, "cpus", &list, &nr, 1)) {
        for (int i = 0; i < nr && !rc; i++) {
            s = xlu_cfg_get_listitem(list, i);
            rc = parse_cpus(s ? s : "", cpus);
        }
        if (!rc && nr && libxl_bitmap_is_empty(cpus)) {
            fprintf(stderr, "none of the cpus is there\n");
            rc = ERROR_INVAL;
        }
    } else if (!xlu_cfg_get_string(cfg, "cpus", &s, 0)) {
        rc = parse_cpus(s, cpus);
    } else {
        while (cpu < (int)free_cpus->size * 8 && !libxl_bitmap_test(free_cpus, cpu))
            cpu++;
        if (cpu < (int)cpus->size * 8)
            libxl_bitmap_set(cpus, cpu);
        return 0;
    }
    for (int i = 0; i < (int)cpus->size * 8 && !rc; i++) {
        if (libxl_bitmap_test(cpus, i) && !libxl_bitmap_test(free_cpus, i)) {
            fprintf(stderr, "cpu %d illegal or not free\n", i);
            rc = ERROR_INVAL;
        }
    }
    return rc;
}

/* @file, or NULL: the pool is called so unless it has a name. */
static int pool_from(const struct config_source *src, const char *file)
{
    XLU_Config *cfg = must_alloc(xlu_cfg_init(stderr, src->name));
    libxl_bitmap free_cpus, cpus;
    const char *name, *s;
    int sched, r = EXIT_BAD;
    libxl_uuid uuid;
    uint32_t id = LIBXL_CPUPOOL_POOLID_ANY;

    libxl_bitmap_init(&free_cpus);
    libxl_bitmap_init(&cpus);
    if (xlu_cfg_readdata(cfg, src->text, src->len)) {
        fprintf(stderr, "Failed to parse config file\n");
        goto out;
    }
    if (xlu_cfg_get_string(cfg, "name", &name, 0)) {
        if (!file) {
            fprintf(stderr, "Missing cpupool name!\n");
            goto out;
        }
        name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
    }
    if (!libxl_name_to_cpupoolid(ctx, name, &id)) {
        fprintf(stderr, "Pool name \"%s\" already exists\n", name);
        goto out;
    }
    sched = libxl_get_scheduler(ctx);
    if (!xlu_cfg_get_string(cfg, "sched", &s, 0) &&
        libxl_scheduler_from_string(s, (libxl_scheduler *)&sched)) {
        fprintf(stderr, "Unknown scheduler\n");
        goto out;
    }
    if (libxl_get_freecpus(ctx, &free_cpus) || libxl_cpu_bitmap_alloc(ctx, &cpus, 0))
        goto out;
    if (pool_cpus(cfg, &free_cpus, &cpus)) {
        r = -ERROR_INVAL;
        goto out;
    }
    printf("Using config file \"%s\"\ncpupool name:   %s\nscheduler:      %s\nnumber of cpus: %d\n",
           src->name, name, libxl_scheduler_to_string((libxl_scheduler)sched),
           libxl_bitmap_count_set(&cpus));
    libxl_uuid_generate(&uuid);
    id = LIBXL_CPUPOOL_POOLID_ANY;
    if (!settings.dry_run &&
        libxl_cpupool_create(ctx, name, (libxl_scheduler)sched, cpus, &uuid, &id)) {
        fprintf(stderr, "error on creating cpupool\n");
        goto out;
    }
    r = EXIT_OK;
out:
    libxl_bitmap_dispose(&free_cpus);
    libxl_bitmap_dispose(&cpus);
    xlu_cfg_destroy(cfg);
    return r;
}

int main_cpupool_create(int argc, char **argv)
{
    static const struct option longopts[] = {{"defconfig", 1, NULL, 'f'},
                                             {"dryrun", 0, NULL, 'n'},
                                             {"help", 0, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};
    struct config_source src = {0};
    char *extra = NULL;
    const char *file = NULL;
    int opt, e, r;

    while ((opt = command_getopt(argc, argv, "hnf:", longopts, "cpupool-create", 0)) != -1) {
        if (opt == 'f')
            file = optarg;
        settings.dry_run = settings.dry_run || opt == 'n';
    }
    for (; optind < argc; optind++) {
        size_t old = extra ? strlen(extra) : 0;

        if (!file && !strchr(argv[optind], '=')) {
            file = argv[optind];
            continue;
        }
        extra = must_alloc(realloc(extra, old + strlen(argv[optind]) + 2));
        stpcpy(stpcpy(extra + old, argv[optind]), "\n");
    }
    src.name = file ? file : "command line";
    e = source_read(&src, file, extra);
    if (e) {
        fprintf(stderr, "Failed to read config file: %s: %s\n", file, strerror(e));
        return EXIT_BAD;
    }
    r = pool_from(&src, file);
    free(src.text);
    free(extra);
    return r;
}

static void print_cpus(const libxl_bitmap *map)
{
    bool any = false;

    for (int i = 0; i < (int)map->size * 8; i++) {
        if (!libxl_bitmap_test(map, i))
            continue;
        printf("%s%d", any ? "," : "", i);
        any = true;
    }
}

int main_cpupool_list(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"help", 0, NULL, 'h'}, {"cpus", 0, NULL, 'c'}, {NULL, 0, NULL, 0}};
    libxl_cpupoolinfo *list;
    uint32_t only = 0;
    bool cpus = false;
    int opt, nr;

    while ((opt = command_getopt(argc, argv, "hc", longopts, "cpupool-list", 0)) != -1)
        cpus = cpus || opt == 'c';
    if (optind < argc && libxl_name_to_cpupoolid(ctx, argv[optind], &only)) {
        fprintf(stderr, "Pool '%s' does not exist\n", argv[optind]);
        return EXIT_BAD;
    }
    list = libxl_list_cpupool(ctx, &nr);
    if (!list) {
        fprintf(stderr, "error on cpupool enumeration\n");
        return EXIT_BAD;
    }
    if (cpus)
        printf("%-19s%s\n", "Name", "CPU list");
    else
        printf("%-19sCPUs   Sched     Active   Domain count\n", "Name");
    for (int i = 0; i < nr; i++) {
        if (optind < argc && list[i].poolid != only)
            continue;
        printf("%-19s", list[i].pool_name);
        if (cpus)
            print_cpus(&list[i].cpumap);
        else
            printf("%3d %9s       y       %4u", libxl_bitmap_count_set(&list[i].cpumap),
                   libxl_scheduler_to_string(list[i].sched), list[i].n_dom);
        printf("\n");
    }
    libxl_cpupoolinfo_list_free(list, nr);
    return EXIT_OK;
}

int main_cpupool_destroy(int argc, char **argv)
{
    no_options(argc, argv, "cpupool-destroy", 1);
    if (!libxl_cpupool_destroy(ctx, find_pool(argv[optind])))
        return EXIT_OK;
    fprintf(stderr, "Can't destroy cpupool '%s'\n", argv[optind]);
    return EXIT_BAD;
}

int main_cpupool_rename(int argc, char **argv)
{
    no_options(argc, argv, "cpupool-rename", 2);
    if (!libxl_cpupool_rename(ctx, argv[optind + 1], find_pool(argv[optind])))
        return EXIT_OK;
    fprintf(stderr, "Can't rename cpupool '%s'\n", argv[optind]);
    return EXIT_BAD;
}

/* CPUs by number, or all of a node. */
static int change_cpus(const char *pool, const char *what, bool add)
{
    uint32_t id = find_pool(pool);
    libxl_bitmap cpus;
    int n, rc;

    if (!strncmp(what, "node:", 5)) {
        int node = atoi(what + 5);

        rc = add ? libxl_cpupool_cpuadd_node(ctx, id, node, &n)
                 : libxl_cpupool_cpuremove_node(ctx, id, node, &n);
        if (rc || !n)
            fprintf(stderr, "no CPU of node %d could be moved\n", node);
        return EXIT_OK;
    }
    libxl_bitmap_init(&cpus);
    rc = libxl_cpu_bitmap_alloc(ctx, &cpus, 0);
    if (rc || parse_cpus(what, &cpus)) {
        libxl_bitmap_dispose(&cpus);
        return EXIT_BAD;
    }
    rc = add ? libxl_cpupool_cpuadd_cpumap(ctx, id, &cpus)
             : libxl_cpupool_cpuremove_cpumap(ctx, id, &cpus);
    if (rc)
        fprintf(stderr, "some cpus may have not or only partially been %s '%s'\n",
                add ? "added to" : "removed from", pool);
    libxl_bitmap_dispose(&cpus);
    return EXIT_OK;
}

int main_cpupool_cpu_add(int argc, char **argv)
{
    no_options(argc, argv, "cpupool-cpu-add", 2);
    return change_cpus(argv[optind], argv[optind + 1], true);
}

int main_cpupool_cpu_remove(int argc, char **argv)
{
    no_options(argc, argv, "cpupool-cpu-remove", 2);
    return change_cpus(argv[optind], argv[optind + 1], false);
}

int main_cpupool_migrate(int argc, char **argv)
{
    uint32_t domid;

    no_options(argc, argv, "cpupool-migrate", 2);
    if (libxl_domain_qualifier_to_domid(ctx, argv[optind], &domid)) {
        fprintf(stderr, "unknown domain '%s'\n", argv[optind]);
        return EXIT_BAD;
    }
    return libxl_cpupool_movedomain(ctx, find_pool(argv[optind + 1]), domid) ? EXIT_BAD : EXIT_OK;
}

/* A pool for each node; the first keeps what Pool-0 has. */
static int split(const libxl_cpupoolinfo *zero, int nr_nodes)
{
    libxl_bitmap none;
    char name[32];
    int rc = 0, n;

    libxl_bitmap_init(&none);
    if (libxl_cpu_bitmap_alloc(ctx, &none, 0))
        return -1;
    for (int node = 1; node < nr_nodes && !rc; node++) {
        libxl_uuid uuid;
        uint32_t id = 0;

        rc = libxl_cpupool_cpuremove_node(ctx, zero->poolid, node, &n);
        if (rc || !n)
            continue;
        snprintf(name, sizeof(name), "Pool-node%d", node);
        libxl_uuid_generate(&uuid);
        rc = libxl_cpupool_create(ctx, name, zero->sched, none, &uuid, &id);
        if (!rc)
            rc = libxl_cpupool_cpuadd_node(ctx, id, node, &n);
    }
    libxl_bitmap_dispose(&none);
    return rc ? rc : libxl_cpupool_rename(ctx, "Pool-node0", zero->poolid);
}

int main_cpupool_numa_split(int argc, char **argv)
{
    libxl_cpupoolinfo *pools;
    libxl_numainfo *nodes;
    int nr_pools = 0, nr_nodes = 0, rc = -1;

    no_options(argc, argv, "cpupool-numa-split", 0);
    pools = libxl_list_cpupool(ctx, &nr_pools);
    nodes = libxl_get_numainfo(ctx, &nr_nodes);
    if (!pools || !nodes)
        fprintf(stderr, "cannot list pools or nodes\n");
    else if (nr_pools > 1)
        fprintf(stderr, "splitting not possible, already cpupools in use\n");
    else
        rc = split(&pools[0], nr_nodes);
    libxl_numainfo_list_free(nodes, nodes ? nr_nodes : 0);
    libxl_cpupoolinfo_list_free(pools, pools ? nr_pools : 0);
    return rc ? EXIT_BAD : EXIT_OK;
}
