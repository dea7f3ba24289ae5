/* SPDX-License-Identifier: MIT */
/* Cache and bandwidth shares: psr-*. */
#include <getopt.h>
#include <inttypes.h>
#include <unistd.h>

#include "xl.h"

static uint32_t domain_or_none(int argc, char **argv, int at)
{
    return argc > at ? find_domain(argv[at]) : NO_DOMAIN;
}

/* Sockets with a CPU that runs. */
static int online_sockets(libxl_bitmap *map)
{
    int rc;

    libxl_bitmap_init(map);
    rc = libxl_socket_bitmap_alloc(ctx, map, 0);
    if (!rc)
        rc = libxl_get_online_socketmap(ctx, map);
    if (rc)
        fprintf(stderr, "Failed getting available sockets, rc: %d\n", rc);
    return rc;
}

/* For @one, or for every domain. */
static int each_domain(uint32_t one, int (*show)(uint32_t domid, void *arg), void *arg)
{
    libxl_dominfo *list;
    int nr, rc = 0;

    if (one != NO_DOMAIN)
        return show(one, arg);
    list = libxl_list_domain(ctx, &nr);
    if (!list) {
        fprintf(stderr, "Failed to get domain list for value display\n");
        return -1;
    }
    for (int i = 0; i < nr; i++)
        if (show(list[i].domid, arg))
            rc = -1;
    libxl_dominfo_list_free(list, nr);
    return rc;
}

/* Monitoring. */

static int cmt_info(void)
{
    static const struct {
        libxl_psr_cmt_type type;
        const char *name;
    } types[] = {
        {LIBXL_PSR_CMT_TYPE_CACHE_OCCUPANCY, "cache-occupancy"},
        {LIBXL_PSR_CMT_TYPE_TOTAL_MEM_COUNT, "total-mem-bandwidth"},
        {LIBXL_PSR_CMT_TYPE_LOCAL_MEM_COUNT, "local-mem-bandwidth"},
    };
    int enabled = libxl_psr_cmt_enabled(ctx);
    uint32_t total;
    int rc;

    printf("Cache Monitoring Technology (CMT):\n");
    printf("%-16s: %s\n", "Enabled", enabled ? "1" : "0");
    if (!enabled)
        return 0;
    rc = libxl_psr_cmt_get_total_rmid(ctx, &total);
    if (rc) {
        fprintf(stderr, "Failed to get max RMID value\n");
        return rc;
    }
    printf("%-16s: %u\n", "Total RMID", total);
    printf("Supported monitor types:\n");
    for (unsigned int i = 0; i < ARRAY_SIZE(types); i++)
        if (libxl_psr_cmt_type_supported(ctx, types[i].type))
            printf("%s\n", types[i].name);
    return 0;
}

int main_psr_cmt_attach(int argc, char **argv)
{
    no_options(argc, argv, "psr-cmt-attach", 1);
    return exit_code(libxl_psr_cmt_attach(ctx, find_domain(argv[optind])));
}

int main_psr_cmt_detach(int argc, char **argv)
{
    no_options(argc, argv, "psr-cmt-detach", 1);
    return exit_code(libxl_psr_cmt_detach(ctx, find_domain(argv[optind])));
}

#define INTERVAL_US 10000

struct cmt_show {
    libxl_psr_cmt_type type;
    const libxl_bitmap *sockets;
};

/* Bytes per second, from two readings. */
static int bandwidth(uint32_t domid, libxl_psr_cmt_type type, unsigned int socket, uint64_t *kb)
{
    uint64_t first, second, t1, t2;

    if (libxl_psr_cmt_get_sample(ctx, domid, type, socket, &first, &t1))
        return -1;
    usleep(INTERVAL_US);
    if (libxl_psr_cmt_get_sample(ctx, domid, type, socket, &second, &t2))
        return -1;
    if (second < first) {
        fprintf(stderr, "event counter overflowed\n");
        return -1;
    }
    *kb = (second - first) * 1000000 / INTERVAL_US / 1024;
    return 0;
}

static int show_monitor(uint32_t domid, void *arg)
{
    const struct cmt_show *s = arg;
    char *name;
    unsigned int socket;

    if (!libxl_psr_cmt_domain_attached(ctx, domid))
        return 0;
    name = domain_name_or_id(domid);
    printf("%-40s %5u", name, domid);
    free(name);
    libxl_for_each_set_bit(socket, *s->sockets)
    {
        uint32_t kb;
        uint64_t rate;

        if (s->type == LIBXL_PSR_CMT_TYPE_CACHE_OCCUPANCY) {
            if (!libxl_psr_cmt_get_cache_occupancy(ctx, domid, socket, &kb))
                printf("%13u KB", kb);
        } else if (!bandwidth(domid, s->type, socket, &rate)) {
            printf("%11" PRIu64 " KB/s", rate);
        }
    }
    printf("\n");
    return 0;
}

static int print_caches(const libxl_bitmap *sockets)
{
    uint32_t kb;
    unsigned int socket;

    printf("%-46s", "Total L3 Cache Size");
    libxl_for_each_set_bit(socket, *sockets)
    {
        if (libxl_psr_cmt_get_l3_cache_size(ctx, socket, &kb)) {
            fprintf(stderr, "Failed to get system l3 cache size for socket:%u\n", socket);
            return -1;
        }
        printf("%13u KB", kb);
    }
    printf("\n");
    return 0;
}

static int cmt_show(libxl_psr_cmt_type type, uint32_t domid)
{
    libxl_bitmap sockets;
    struct cmt_show s = {type, &sockets};
    uint32_t total;
    unsigned int socket;
    int rc = -1;

    if (!libxl_psr_cmt_enabled(ctx)) {
        fprintf(stderr, "CMT is disabled in the system\n");
        return -1;
    }
    if (!libxl_psr_cmt_type_supported(ctx, type)) {
        fprintf(stderr, "Monitor type '%s' is not supported in the system\n",
                libxl_psr_cmt_type_to_string(type));
        return -1;
    }
    if (online_sockets(&sockets))
        goto out;
    if (libxl_psr_cmt_get_total_rmid(ctx, &total)) {
        fprintf(stderr, "Failed to get max RMID value\n");
        goto out;
    }
    printf("Total RMID: %u\n", total);
    printf("%-40s %5s", "Name", "ID");
    libxl_for_each_set_bit(socket, sockets) printf("%14s %u", "Socket", socket);
    printf("\n");
    rc = type == LIBXL_PSR_CMT_TYPE_CACHE_OCCUPANCY ? print_caches(&sockets) : 0;
    if (!rc)
        rc = each_domain(domid, show_monitor, &s);
out:
    libxl_bitmap_dispose(&sockets);
    return rc;
}

int main_psr_cmt_show(int argc, char **argv)
{
    libxl_psr_cmt_type type;
    const char *s;

    no_options(argc, argv, "psr-cmt-show", 1);
    s = argv[optind];
    if (!strcmp(s, "cache-occupancy")) {
        type = LIBXL_PSR_CMT_TYPE_CACHE_OCCUPANCY;
    } else if (!strcmp(s, "total-mem-bandwidth")) {
        type = LIBXL_PSR_CMT_TYPE_TOTAL_MEM_COUNT;
    } else if (!strcmp(s, "local-mem-bandwidth")) {
        type = LIBXL_PSR_CMT_TYPE_LOCAL_MEM_COUNT;
    } else {
        command_help("psr-cmt-show");
        return EXIT_USAGE;
    }
    return exit_code(cmt_show(type, domain_or_none(argc, argv, optind + 1)));
}

/* Allocation. */

struct share {
    libxl_psr_feat_type feature;
    unsigned int level;
    libxl_psr_hw_info *hw; /* of the socket in hand */
};

static void print_cache_mask(uint32_t domid, libxl_psr_type type, unsigned int socket)
{
    uint64_t v;

    if (!libxl_psr_get_val(ctx, domid, type, socket, &v))
        printf("%#16" PRIx64, v);
}

static int show_share(uint32_t domid, void *arg)
{
    const struct share *s = arg;
    char *name = domain_name_or_id(domid);
    uint64_t v;

    printf("%5u%25s", domid, name);
    free(name);
    if (s->feature == LIBXL_PSR_FEAT_TYPE_MBA) {
        if (!libxl_psr_get_val(ctx, domid, LIBXL_PSR_CBM_TYPE_MBA_THRTL, s->hw->id, &v))
            printf("%16" PRIu64, v);
    } else if (s->level == 2) {
        print_cache_mask(domid, LIBXL_PSR_CBM_TYPE_L2_CBM, s->hw->id);
    } else if (s->hw->u.cat.cdp_enabled) {
        print_cache_mask(domid, LIBXL_PSR_CBM_TYPE_L3_CBM_DATA, s->hw->id);
        print_cache_mask(domid, LIBXL_PSR_CBM_TYPE_L3_CBM_CODE, s->hw->id);
    } else {
        print_cache_mask(domid, LIBXL_PSR_CBM_TYPE_L3_CBM, s->hw->id);
    }
    printf("\n");
    return 0;
}

static int print_socket(const struct share *s)
{
    uint32_t kb;

    printf("%-16s: %u\n", "Socket ID", s->hw->id);
    if (s->feature == LIBXL_PSR_FEAT_TYPE_MBA) {
        printf("%-16s: %u\n", "Default THRTL", 0);
        printf("%5s%25s%16s\n", "ID", "NAME", "THRTL");
        return 0;
    }
    if (s->level == 3) {
        if (libxl_psr_cmt_get_l3_cache_size(ctx, s->hw->id, &kb)) {
            fprintf(stderr, "Failed to get l3 cache size for socket:%u\n", s->hw->id);
            return -1;
        }
        printf("%-16s: %uKB\n", "L3 Cache", kb);
    }
    printf("%-16s: %#llx\n", "Default CBM", (1ull << s->hw->u.cat.cbm_len) - 1);
    if (s->level == 3 && s->hw->u.cat.cdp_enabled)
        printf("%5s%25s%16s%16s\n", "ID", "NAME", "CBM (data)", "CBM (code)");
    else
        printf("%5s%25s%16s\n", "ID", "NAME", "CBM");
    return 0;
}

static int show_shares(libxl_psr_feat_type feature, unsigned int level, uint32_t domid)
{
    struct share s = {feature, level, NULL};
    libxl_psr_hw_info *list;
    unsigned int nr;
    int rc = libxl_psr_get_hw_info(ctx, feature, level, &nr, &list);

    if (rc) {
        fprintf(stderr, "Failed to get info\n");
        return rc;
    }
    for (unsigned int i = 0; i < nr && !rc; i++) {
        s.hw = &list[i];
        rc = print_socket(&s);
        if (!rc)
            rc = each_domain(domid, show_share, &s);
    }
    libxl_psr_hw_info_list_free(list, nr);
    return rc;
}

static unsigned int level_of(const char *s)
{
    if (!strcmp(s, "2") || !strcmp(s, "3"))
        return (unsigned int)(*s - '0');
    fprintf(stderr, "Input lvl %s is wrong!\n", s);
    exit(EXIT_BAD);
}

/* No more words than that. */
static void at_most(int argc, int nr, const char *command)
{
    if (argc - optind <= nr)
        return;
    command_help(command);
    exit(EXIT_USAGE);
}

int main_psr_cat_show(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"level", 1, NULL, 'l'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    unsigned int level = 3;
    int opt;

    while ((opt = command_getopt(argc, argv, "hl:", longopts, "psr-cat-show", 0)) != -1)
        if (opt == 'l')
            level = level_of(optarg);
    at_most(argc, 1, "psr-cat-show");
    return exit_code(
        show_shares(LIBXL_PSR_FEAT_TYPE_CAT, level, domain_or_none(argc, argv, optind)));
}

int main_psr_mba_show(int argc, char **argv)
{
    no_options(argc, argv, "psr-mba-show", 0);
    at_most(argc, 1, "psr-mba-show");
    return exit_code(show_shares(LIBXL_PSR_FEAT_TYPE_MBA, 0, domain_or_none(argc, argv, optind)));
}

static void add_socket(libxl_bitmap *map, const char *s)
{
    unsigned long v;

    if (!map->size && libxl_socket_bitmap_alloc(ctx, map, 0)) {
        fprintf(stderr, "cannot list the sockets\n");
        exit(EXIT_BAD);
    }
    if (!parse_ulong(s, &v) || v >= (unsigned long)map->size * 8) {
        fprintf(stderr, "there is no socket '%s'\n", s);
        exit(EXIT_BAD);
    }
    libxl_bitmap_set(map, (int)v);
}

static int set_share(char **argv, libxl_psr_type type, libxl_bitmap *sockets)
{
    uint32_t domid = find_domain(argv[0]);
    char *end;
    uint64_t v = strtoull(argv[1], &end, 0);
    int rc;

    if (*end || end == argv[1]) {
        fprintf(stderr, "invalid value '%s'\n", argv[1]);
        return EXIT_BAD;
    }
    rc = sockets->size ? 0 : online_sockets(sockets);
    if (!rc)
        rc = libxl_psr_set_val(ctx, domid, type, sockets, v);
    libxl_bitmap_dispose(sockets);
    return exit_code(rc);
}

int main_psr_cat_set(int argc, char **argv)
{
    static const struct option longopts[] = {{"socket", 1, NULL, 's'}, {"data", 0, NULL, 'd'},
                                             {"code", 0, NULL, 'c'},   {"level", 1, NULL, 'l'},
                                             {"help", 0, NULL, 'h'},   {NULL, 0, NULL, 0}};
    libxl_psr_type type = LIBXL_PSR_CBM_TYPE_L3_CBM;
    bool code = false, data = false;
    unsigned int level = 3;
    libxl_bitmap sockets;
    int opt;

    libxl_bitmap_init(&sockets);
    while ((opt = command_getopt(argc, argv, "hs:l:cd", longopts, "psr-cat-set", 2)) != -1) {
        if (opt == 's')
            add_socket(&sockets, optarg);
        else if (opt == 'l')
            level = level_of(optarg);
        code = code || opt == 'c';
        data = data || opt == 'd';
    }
    at_most(argc, 2, "psr-cat-set");
    if (code && data) {
        fprintf(stderr, "Cannot handle -c and -d at the same time\n");
        return EXIT_BAD;
    }
    if (level == 2)
        type = LIBXL_PSR_CBM_TYPE_L2_CBM;
    else if (code || data)
        type = code ? LIBXL_PSR_CBM_TYPE_L3_CBM_CODE : LIBXL_PSR_CBM_TYPE_L3_CBM_DATA;
    return set_share(argv + optind, type, &sockets);
}

int main_psr_mba_set(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"socket", 1, NULL, 's'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
    libxl_bitmap sockets;
    int opt;

    libxl_bitmap_init(&sockets);
    while ((opt = command_getopt(argc, argv, "hs:", longopts, "psr-mba-set", 0)) != -1)
        if (opt == 's')
            add_socket(&sockets, optarg);
    if (argc - optind < 2) {
        command_help("psr-mba-set");
        return EXIT_BAD;
    }
    return set_share(argv + optind, LIBXL_PSR_CBM_TYPE_MBA_THRTL, &sockets);
}

static void print_cat(const libxl_psr_hw_info *hw, bool cdp)
{
    printf("%-16s: %u\n", "Socket ID", hw->id);
    if (cdp)
        printf("%-16s: %s\n", "CDP Status", hw->u.cat.cdp_enabled ? "Enabled" : "Disabled");
    printf("%-16s: %u\n", "Maximum COS", hw->u.cat.cos_max);
    printf("%-16s: %u\n", "CBM length", hw->u.cat.cbm_len);
    printf("%-16s: %#llx\n", "Default CBM", (1ull << hw->u.cat.cbm_len) - 1);
}

static void print_mba(const libxl_psr_hw_info *hw)
{
    printf("Socket ID               : %u\n", hw->id);
    printf("Linear Mode             : %s\n", hw->u.mba.linear ? "Enabled" : "Disabled");
    printf("Maximum COS             : %u\n", hw->u.mba.cos_max);
    printf("Maximum Throttling Value: %u\n", hw->u.mba.thrtl_max);
    printf("Default Throttling Value: %u\n", 0);
}

static int hw_info(libxl_psr_feat_type feature, unsigned int level, const char *title)
{
    libxl_psr_hw_info *list;
    unsigned int nr;
    int rc = libxl_psr_get_hw_info(ctx, feature, level, &nr, &list);

    if (rc)
        return rc;
    printf("%s\n", title);
    for (unsigned int i = 0; i < nr; i++) {
        if (feature == LIBXL_PSR_FEAT_TYPE_MBA)
            print_mba(&list[i]);
        else
            print_cat(&list[i], level == 3);
    }
    libxl_psr_hw_info_list_free(list, nr);
    return 0;
}

int main_psr_hwinfo(int argc, char **argv)
{
    static const struct option longopts[] = {{"cmt", 0, NULL, 'm'},
                                             {"cat", 0, NULL, 'a'},
                                             {"mba", 0, NULL, 'b'},
                                             {"help", 0, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};
    bool all = true, cmt = false, cat = false, mba = false;
    int opt, rc = 0;

    while ((opt = command_getopt(argc, argv, "hmab", longopts, "psr-hwinfo", 0)) != -1) {
        all = false;
        cmt = cmt || opt == 'm';
        cat = cat || opt == 'a';
        mba = mba || opt == 'b';
    }
    if (all || cmt)
        rc = cmt_info();
    if (!rc && (all || cat)) {
        rc = hw_info(LIBXL_PSR_FEAT_TYPE_CAT, 3, "Cache Allocation Technology (CAT):");
        /* A machine may have one level only. */
        if (!hw_info(LIBXL_PSR_FEAT_TYPE_CAT, 2, "Cache Allocation Technology (CAT): L2"))
            rc = 0;
    }
    if (!rc && (all || mba))
        rc = hw_info(LIBXL_PSR_FEAT_TYPE_MBA, 0, "Memory Bandwidth Allocation (MBA):");
    return exit_code(rc);
}
