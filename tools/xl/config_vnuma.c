/* SPDX-License-Identifier: MIT */
/* vnuma=[["pnode=0","size=512","vcpus=0-3","vdistances=10,20"], ...]: xl.cfg(5). */
#include <ctype.h>
#include <limits.h>

#include "config.h"

#define NODES_MAX 64
#define VCPUS_MAX 4096

static int wrong(int node, const char *item)
{
    fprintf(stderr, "xl: vnuma: node %d: invalid \"%s\"\n", node, item);
    return ERROR_INVAL;
}

/* "0-3,8" */
static int take_range(const char **s, libxl_bitmap *map)
{
    char *end;
    unsigned long first, last;

    if (!isdigit((unsigned char)**s))
        return ERROR_INVAL;
    first = last = strtoul(*s, &end, 10);
    if (*end == '-' && isdigit((unsigned char)end[1]))
        last = strtoul(end + 1, &end, 10);
    if (last < first || last >= VCPUS_MAX || (*end && *end != ','))
        return ERROR_INVAL;
    for (; first <= last; first++)
        libxl_bitmap_set(map, (int)first);
    *s = end;
    return 0;
}

static int take_vcpus(const char *s, libxl_vnode_info *n)
{
    int rc = 0;

    libxl_bitmap_dispose(&n->vcpus);
    if (libxl_bitmap_alloc(ctx, &n->vcpus, VCPUS_MAX))
        return ERROR_NOMEM;
    do
        rc = take_range(&s, &n->vcpus);
    while (!rc && *s++ == ',');
    return rc;
}

static int take_distances(const char *s, libxl_vnode_info *n)
{
    char *end;

    uint32_t distance;
    int i = 0;

    do {
        if (!isdigit((unsigned char)*s))
            return ERROR_INVAL;
        distance = (uint32_t)strtoul(s, &end, 10);
        if (i < n->num_distances)
            n->distances[i++] = distance;
        s = end + 1;
        while (*end == ',' && *s == ' ')
            s++;
    } while (*end == ',');
    return *end ? ERROR_INVAL : 0;
}

static int take_size(const char *s, libxl_vnode_info *n)
{
    unsigned long mb;

    if (!parse_ulong(s, &mb) || mb > ULONG_MAX >> 11)
        return ERROR_INVAL;
    n->memkb = (uint64_t)mb << 10;
    return 0;
}

static int host_nodes(void)
{
    int nr = 0;
    libxl_numainfo *nodes = libxl_get_numainfo(ctx, &nr);

    libxl_numainfo_list_free(nodes, nr);
    return nodes ? nr : 0;
}

static int take_pnode(const char *s, libxl_vnode_info *n)
{
    unsigned long nr;

    if (!parse_ulong(s, &nr) || nr >= (unsigned long)host_nodes())
        return ERROR_INVAL;
    n->pnode = (uint32_t)nr;
    return 0;
}

static int take_item(const char *item, libxl_vnode_info *n)
{
    static const struct {
        const char *key;
        int (*take)(const char *value, libxl_vnode_info *n);
    } keys[] = {{"pnode=", take_pnode},
                {"size=", take_size},
                {"vcpus=", take_vcpus},
                {"vdistances=", take_distances}};

    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
        if (!strncmp(item, keys[i].key, strlen(keys[i].key)))
            return keys[i].take(item + strlen(keys[i].key), n);
    return strchr(item, '=') ? 0 : ERROR_INVAL;
}

/* What is not said stays 0. @placed: it is said on which of the host's nodes it shall be. */
static int take_node(XLU_Config *cfg, XLU_ConfigValue *value, int nr, libxl_vnode_info *n,
                     bool *placed)
{
    XLU_ConfigList *items;

    if (!value || xlu_cfg_value_get_list(cfg, value, &items, 0))
        return ERROR_INVAL;
    for (int i = 0; xlu_cfg_get_listitem2(items, i); i++) {
        const char *item = xlu_cfg_get_listitem(items, i);

        if (!item || take_item(item, n))
            return wrong(nr, item ? item : "list");
        *placed = *placed || !strncmp(item, "pnode=", strlen("pnode="));
    }
    return 0;
}

static void init_node(libxl_vnode_info *n, int nr_nodes)
{
    libxl_vnode_info_init(n);
    n->memkb = 0;
    n->num_distances = nr_nodes;
    n->distances = must_alloc(calloc((size_t)nr_nodes, sizeof(*n->distances)));
}

/* More than the host has CPUs are a mistake unless maxvcpus= says the same. */
static void check_vcpus(XLU_Config *cfg, const libxl_domain_build_info *b)
{
    long max;

    if (!xlu_cfg_get_long(cfg, "maxvcpus", &max, 1) || vnuma_vcpus(b) <= libxl_get_online_cpus(ctx))
        return;
    fprintf(stderr, "xl: vnuma: more vCPUs than the host has CPUs, and no maxvcpus=\n");
    exit(EXIT_BAD);
}

void config_take_vnuma(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    bool placed = false;
    int nr;

    if (xlu_cfg_get_list(cfg, "vnuma", &list, &nr, 1) || !nr)
        return;
    if (nr > NODES_MAX) {
        fprintf(stderr, "xl: vnuma: more than %d nodes\n", NODES_MAX);
        exit(EXIT_BAD);
    }
    b->vnuma_nodes = must_alloc(calloc((size_t)nr, sizeof(*b->vnuma_nodes)));
    for (int i = 0; i < nr; i++) {
        libxl_vnode_info *n = &b->vnuma_nodes[b->num_vnuma_nodes++];

        init_node(n, nr);
        if (take_node(cfg, xlu_cfg_get_listitem2(list, i), i, n, &placed))
            exit(EXIT_BAD);
    }
    check_vcpus(cfg, b);
    if (placed)
        libxl_defbool_set(&b->numa_placement, false);
}

long vnuma_vcpus(const libxl_domain_build_info *b)
{
    long nr = 0;

    for (int i = 0; i < b->num_vnuma_nodes; i++)
        nr += libxl_bitmap_count_set(&b->vnuma_nodes[i].vcpus);
    return nr;
}

uint64_t vnuma_memkb(const libxl_domain_build_info *b)
{
    uint64_t kb = 0;

    for (int i = 0; i < b->num_vnuma_nodes; i++)
        kb += b->vnuma_nodes[i].memkb;
    return kb;
}
