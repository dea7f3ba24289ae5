/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>

#include "xl.h"

void *must_alloc(void *p)
{
    if (!p) {
        fprintf(stderr, "xl: out of memory\n");
        exit(EXIT_BAD);
    }
    return p;
}

uint32_t find_domain(const char *name)
{
    uint32_t domid;
    int rc = libxl_domain_qualifier_to_domid(ctx, name, &domid);

    if (!rc)
        return domid;
    fprintf(stderr, "%s is an invalid domain identifier (rc=%d)\n", name, rc);
    exit(EXIT_BAD);
}

bool parse_number(const char *s, int base, unsigned long *out)
{
    char *end;

    errno = 0;
    *out = strtoul(s, &end, base);
    return isdigit((unsigned char)*s) && !*end && !errno;
}

bool parse_ulong(const char *s, unsigned long *out)
{
    return parse_number(s, 10, out);
}

int64_t parse_mem_kb(const char *s)
{
    static const struct {
        char unit;
        int shift; /* from the unit to bytes */
    } units[] = {{'b', 0}, {'k', 10}, {'m', 20}, {'\0', 20}, {'g', 30}, {'t', 40}};
    char *end, c;
    long long v;

    errno = 0;
    v = strtoll(s, &end, 10);
    if (end == s || errno || v < 0 || (*end && end[1]))
        return -1;
    c = (char)tolower((unsigned char)*end);
    for (unsigned int i = 0; i < ARRAY_SIZE(units); i++) {
        int shift = units[i].shift;

        if (units[i].unit != c)
            continue;
        if (v > INT64_MAX >> shift)
            return -1;
        return (v << shift) >> 10;
    }
    return -1;
}

/* One element of a CPU list: a number, a range, "all", or nodes of these; "^" takes away. */
static int parse_cpu_range(const char *s, libxl_bitmap *map)
{
    bool away = *s == '^', nodes;
    unsigned long first, last;
    libxl_bitmap of_node;
    char *end;
    int rc = 0;

    s += away;
    nodes = !strncmp(s, "node:", 5) || !strncmp(s, "nodes:", 6);
    if (nodes)
        s = strchr(s, ':') + 1;
    if (nodes && *s == '^') {
        away = true;
        s++;
    }
    if (!strcmp(s, "all")) {
        for (int i = 0; i < (int)map->size * 8; i++)
            away ? libxl_bitmap_reset(map, i) : libxl_bitmap_set(map, i);
        return 0;
    }
    first = last = strtoul(s, &end, 10);
    if (!isdigit((unsigned char)*s))
        return ERROR_INVAL;
    if (*end == '-') {
        if (!isdigit((unsigned char)end[1]))
            return ERROR_INVAL;
        last = strtoul(end + 1, &end, 10);
    }
    if (*end || last < first)
        return ERROR_INVAL;
    if (!nodes && last >= map->size * 8ul)
        last = map->size * 8ul - 1; /* there are no more */
    libxl_bitmap_init(&of_node);
    for (unsigned long i = first; i <= last && !rc; i++) {
        if (!nodes) {
            away ? libxl_bitmap_reset(map, (int)i) : libxl_bitmap_set(map, (int)i);
            continue;
        }
        if (!of_node.size)
            rc = libxl_cpu_bitmap_alloc(ctx, &of_node, 0);
        if (!rc)
            rc = libxl_node_to_cpumap(ctx, (int)i, &of_node);
        for (int cpu = 0; !rc && cpu < (int)of_node.size * 8; cpu++)
            if (libxl_bitmap_test(&of_node, cpu))
                away ? libxl_bitmap_reset(map, cpu) : libxl_bitmap_set(map, cpu);
    }
    libxl_bitmap_dispose(&of_node);
    return rc;
}

int parse_cpus(const char *s, libxl_bitmap *map)
{
    char *copy = must_alloc(strdup(s)), *save = NULL, *part;
    int rc = 0;

    for (part = strtok_r(copy, ",", &save); part && !rc; part = strtok_r(NULL, ",", &save)) {
        while (isspace((unsigned char)*part))
            part++;
        rc = parse_cpu_range(part, map);
    }
    if (rc)
        fprintf(stderr, "Error: failed to parse CPUs '%s'\n", s);
    free(copy);
    return rc;
}

void print_bitmap(const uint8_t *map, int nr, FILE *f)
{
    bool any = false;
    int set = 0;

    for (int i = 0; i < nr; i++)
        set += !!(map[i / 8] & (1 << (i % 8)));
    if (set == nr || !set) {
        fputs(set ? "all" : "none", f);
        return;
    }
    for (int i = 0; i < nr; i++) {
        int last = i;

        if (!(map[i / 8] & (1 << (i % 8))))
            continue;
        while (last + 1 < nr && (map[(last + 1) / 8] & (1 << ((last + 1) % 8))))
            last++;
        fprintf(f, "%s%d", any ? "," : "", i);
        if (last > i)
            fprintf(f, "-%d", last);
        any = true;
        i = last;
    }
}

char *domain_name_or_id(uint32_t domid)
{
    char *name = libxl_domid_to_name(ctx, domid);

    return name ? name : must_alloc(strdup("(null)"));
}

void print_state(FILE *f, const libxl_dominfo *info)
{
    static const char reasons[] = "-rscw";
    char why = '-';

    if (info->shutdown)
        why = (unsigned int)info->shutdown_reason < sizeof(reasons) - 1
                  ? reasons[info->shutdown_reason]
                  : '?';
    fprintf(f, "%c%c%c%c%c%c", info->running ? 'r' : '-', info->blocked ? 'b' : '-',
            info->paused ? 'p' : '-', info->shutdown ? 's' : '-', why, info->dying ? 'd' : '-');
}

int each_named_domain(int argc, char **argv, void (*print)(uint32_t domid))
{
    int r = EXIT_OK;

    for (; optind < argc; optind++) {
        uint32_t domid;

        if (libxl_domain_qualifier_to_domid(ctx, argv[optind], &domid)) {
            fprintf(stderr, "%s is an invalid domain identifier\n", argv[optind]);
            r = EXIT_BAD;
            continue;
        }
        print(domid);
    }
    return r;
}
