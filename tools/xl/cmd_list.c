/* SPDX-License-Identifier: MIT */
/* Looking at domains: list, vm-list, domid, domname, uptime, claims, sharing. */
#include <getopt.h>
#include <time.h>

#include "xl.h"

struct list_options {
    bool verbose, context, claim, numa, pool;
};

static void print_head(const struct list_options *o)
{
    printf("Name                                        ID   Mem VCPUs\tState\tTime(s)");
    if (o->verbose)
        printf("   UUID                            Reason-Code\tSecurity Label");
    if (o->context && !o->verbose)
        printf("   Security Label");
    if (o->claim)
        printf("  Claimed");
    if (o->pool)
        printf("         Cpupool");
    if (o->numa)
        printf(" NODE Affinity");
    printf("\n");
}

static void print_nodes(uint32_t domid)
{
    libxl_bitmap map;
    int nr = 0;
    libxl_numainfo *info = libxl_get_numainfo(ctx, &nr);

    libxl_bitmap_init(&map);
    putchar(' ');
    if (info && !libxl_node_bitmap_alloc(ctx, &map, 0) &&
        !libxl_domain_get_nodeaffinity(ctx, domid, &map))
        print_bitmap(map.map, nr, stdout);
    libxl_numainfo_list_free(info, nr);
    libxl_bitmap_dispose(&map);
}

static void print_domain(const struct list_options *o, const libxl_dominfo *d)
{
    char *name = domain_name_or_id(d->domid);

    printf("%-40s %5u %5lu %5d     ", name, d->domid,
           (unsigned long)((d->current_memkb + d->outstanding_memkb) / 1024), d->vcpu_online);
    print_state(stdout, d);
    printf("  %8.1f", (double)d->cpu_time / 1e9);
    free(name);
    if (o->verbose) {
        printf(" " LIBXL_UUID_FMT, LIBXL_UUID_BYTES(d->uuid));
        if (d->shutdown)
            printf(" %8x", (unsigned int)d->shutdown_reason);
        else
            printf(" %8s", "-");
    }
    if (o->claim)
        printf(" %5lu", (unsigned long)d->outstanding_memkb / 1024);
    if (o->verbose || o->context)
        printf(" %16s", d->ssid_label ? d->ssid_label : "-");
    if (o->pool) {
        char *pool = libxl_cpupoolid_to_name(ctx, d->cpupool);

        printf("%16s", pool ? pool : "");
        free(pool);
    }
    if (o->numa)
        print_nodes(d->domid);
    printf("\n");
}

static void list_plain(const struct list_options *o, const libxl_dominfo *list, int nr)
{
    print_head(o);
    for (int i = 0; i < nr; i++)
        print_domain(o, &list[i]);
}

/* Elements of the outer array are indented by hand: the library prints whole texts. */
static void print_indented(const char *text, int spaces)
{
    bool start = false;

    for (; *text; text++) {
        if (*text == '\n') {
            if (!text[1])
                return; /* the text's own last newline */
            start = true;
            putchar('\n');
            continue;
        }
        if (start)
            printf("%*s", spaces, "");
        start = false;
        putchar(*text);
    }
}

static void list_long(const libxl_dominfo *list, int nr)
{
    bool first = true;

    if (!settings.sxp)
        printf("[\n");
    for (int i = 0; i < nr; i++) {
        libxl_domain_config d;
        char *json;

        libxl_domain_config_init(&d);
        if (libxl_retrieve_domain_configuration(ctx, list[i].domid, &d, NULL)) {
            libxl_domain_config_dispose(&d);
            continue;
        }
        if (settings.sxp) {
            print_sxp(stdout, list[i].domid, &d);
            libxl_domain_config_dispose(&d);
            continue;
        }
        json = libxl_domain_config_to_json(ctx, &d);
        printf("%s    {\n        \"domid\": %u,\n        \"config\": ", first ? "" : ",\n",
               list[i].domid);
        print_indented(json, 8);
        printf("\n    }");
        first = false;
        free(json);
        libxl_domain_config_dispose(&d);
    }
    if (!settings.sxp)
        printf("\n]\n\n");
}

int main_list(int argc, char **argv)
{
    static const struct option longopts[] = {
        {"long", 0, NULL, 'l'},    {"verbose", 0, NULL, 'v'}, {"context", 0, NULL, 'Z'},
        {"cpupool", 0, NULL, 'c'}, {"numa", 0, NULL, 'n'},    {"help", 0, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct list_options o = {0};
    bool all_details = false;
    libxl_dominfo *list, one;
    int opt, nr;

    while ((opt = command_getopt(argc, argv, "lvhZcn", longopts, "list", 0)) != -1) {
        all_details = all_details || opt == 'l';
        o.verbose = o.verbose || opt == 'v';
        o.context = o.context || opt == 'Z';
        o.pool = o.pool || opt == 'c';
        o.numa = o.numa || opt == 'n';
    }
    if (optind < argc - 1) {
        command_help("list");
        return EXIT_BAD;
    }
    if (optind == argc - 1) {
        uint32_t domid = find_domain(argv[optind]);

        libxl_dominfo_init(&one);
        if (libxl_domain_info(ctx, &one, domid)) {
            fprintf(stderr, "Error: Domain '%s' does not exist.\n", argv[optind]);
            return EXIT_BAD;
        }
        list = &one;
        nr = 1;
    } else {
        list = libxl_list_domain(ctx, &nr);
        if (!list) {
            fprintf(stderr, "libxl_list_domain failed.\n");
            return EXIT_BAD;
        }
    }
    if (all_details)
        list_long(list, nr);
    else
        list_plain(&o, list, nr);
    if (list == &one)
        libxl_dominfo_dispose(&one);
    else
        libxl_dominfo_list_free(list, nr);
    return EXIT_OK;
}

int main_claims(int argc, char **argv)
{
    struct list_options o = {.claim = true};
    libxl_dominfo *list;
    int nr;

    no_options(argc, argv, "claims", 0);
    if (!settings.claim_mode)
        fprintf(stderr, "claim_mode not enabled (see man xl.conf).\n");
    list = libxl_list_domain(ctx, &nr);
    if (!list)
        return EXIT_BAD;
    list_plain(&o, list, nr);
    libxl_dominfo_list_free(list, nr);
    return EXIT_OK;
}

static void print_sharing(const libxl_dominfo *d)
{
    char *name = domain_name_or_id(d->domid);

    printf("%-40s %5u %5lu  %5lu\n", name, d->domid, (unsigned long)(d->current_memkb / 1024),
           (unsigned long)(d->shared_memkb / 1024));
    free(name);
}

int main_sharing(int argc, char **argv)
{
    libxl_dominfo *list;
    uint32_t domid;
    int nr;

    no_options(argc, argv, "sharing", 0);
    if (argc - optind > 1) {
        command_help("sharing");
        return EXIT_BAD;
    }
    domid = optind < argc ? find_domain(argv[optind]) : NO_DOMAIN;
    if (domid != NO_DOMAIN && libxl_domain_info(ctx, NULL, domid)) {
        fprintf(stderr, "Error: Domain '%s' does not exist.\n", argv[optind]);
        return EXIT_BAD;
    }
    list = libxl_list_domain(ctx, &nr);
    if (!list)
        return EXIT_BAD;
    printf("Name                                        ID   Mem Shared\n");
    for (int i = 0; i < nr; i++)
        if (domid == NO_DOMAIN || list[i].domid == domid)
            print_sharing(&list[i]);
    libxl_dominfo_list_free(list, nr);
    return EXIT_OK;
}

int main_vm_list(int argc, char **argv)
{
    libxl_vminfo *list;
    int nr;

    no_options(argc, argv, "vm-list", 0);
    list = libxl_list_vm(ctx, &nr);
    if (!list)
        return EXIT_BAD;
    printf("UUID                                  ID    name\n");
    for (int i = 0; i < nr; i++) {
        char *name = domain_name_or_id(list[i].domid);

        printf(LIBXL_UUID_FMT "  %d    %-30s\n", LIBXL_UUID_BYTES(list[i].uuid), list[i].domid,
               name);
        free(name);
    }
    libxl_vminfo_list_free(list, nr);
    return EXIT_OK;
}

int main_domid(int argc, char **argv)
{
    uint32_t domid;

    no_options(argc, argv, "domid", 1);
    if (libxl_name_to_domid(ctx, argv[optind], &domid)) {
        fprintf(stderr, "Can't get domid of domain name '%s', maybe this domain does not exist.\n",
                argv[optind]);
        return EXIT_BAD;
    }
    printf("%u\n", domid);
    return EXIT_OK;
}

int main_domname(int argc, char **argv)
{
    unsigned long domid;
    char *name;

    no_options(argc, argv, "domname", 1);
    if (!parse_number(argv[optind], 0, &domid)) {
        fprintf(stderr, "Invalid domain id.\n\n");
        return EXIT_BAD;
    }
    name = libxl_domid_to_name(ctx, (uint32_t)domid);
    if (!name) {
        fprintf(stderr,
                "Can't get domain name of domain id '%s', maybe this domain does not "
                "exist.\n",
                argv[optind]);
        return EXIT_BAD;
    }
    printf("%s\n", name);
    free(name);
    return EXIT_OK;
}

/* Uptimes. */

static time_t host_uptime(void)
{
    FILE *f = fopen("/proc/uptime", "re");
    double up = 0;

    if (f) {
        if (fscanf(f, "%lf", &up) != 1)
            up = 0;
        fclose(f);
    }
    return (time_t)up;
}

static void print_uptime(uint32_t domid, time_t now, bool brief)
{
    uint32_t start = domid ? libxl_vm_get_start_time(ctx, domid) : 0;
    time_t up = domid ? now - (time_t)start : host_uptime();
    char *name, text[48], at[16];
    long days = up / 86400;
    int h = (int)(up % 86400 / 3600), m = (int)(up % 3600 / 60), s = (int)(up % 60);
    struct tm tm;

    if (start == UINT32_MAX) {
        fprintf(stderr, "cannot tell since when domain %u is there\n", domid);
        return;
    }
    name = domain_name_or_id(domid);
    if (brief) {
        strftime(at, sizeof(at), "%H:%M:%S", localtime_r(&now, &tm));
        if (days)
            snprintf(text, sizeof(text), "%ld day%s, %2d:%02d", days, days > 1 ? "s" : "", h, m);
        else
            snprintf(text, sizeof(text), "%2d:%02d", h, m);
        printf(" %s up %s, %s (%u)\n", at, text, name, domid);
    } else {
        if (days)
            snprintf(text, sizeof(text), "%ld day%s, %2d:%02d:%02d", days, days > 1 ? "s" : "", h,
                     m, s);
        else
            snprintf(text, sizeof(text), "%2d:%02d:%02d", h, m, s);
        printf("%-33s %4u %s\n", name, domid, text);
    }
    free(name);
}

int main_uptime(int argc, char **argv)
{
    time_t now = time(NULL);
    bool brief = false;
    libxl_vminfo *list;
    int opt, nr;

    while ((opt = command_getopt(argc, argv, "sh", NULL, "uptime", 0)) != -1)
        brief = brief || opt == 's';
    for (int i = optind; i < argc; i++)
        find_domain(argv[i]);
    if (!brief)
        printf("%-33s %4s %s\n", "Name", "ID", "Uptime");
    for (int i = optind; i < argc; i++)
        print_uptime(find_domain(argv[i]), now, brief);
    if (optind < argc)
        return EXIT_OK;
    print_uptime(0, now, brief);
    list = libxl_list_vm(ctx, &nr);
    for (int i = 0; list && i < nr; i++)
        if (list[i].domid)
            print_uptime(list[i].domid, now, brief);
    libxl_vminfo_list_free(list, nr);
    return EXIT_OK;
}
