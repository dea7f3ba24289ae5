/* SPDX-License-Identifier: MIT */
/* vnuma=[["pnode=0","size=512","vcpus=0-3","vdistances=10,20"], ...]: xl.cfg(5). */
#include <ctype.h>
#include <limits.h>

#include "config.h"

#define NODES_MAX 64
#define VCPUS_MAX 4096

static int wrong(int node, const char *item)
{
    fprintf(stderr, "xl: vnuma: node %d: invalid or repeated \"%s\"\n", node, item);
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

    if (n->vcpus.size)
        return ERROR_INVAL;
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

    if (n->distances)
        return ERROR_INVAL;
    n->distances = must_alloc(calloc(NODES_MAX, sizeof(*n->distances)));
    do {
        if (n->num_distances == NODES_MAX || !isdigit((unsigned char)*s))
            return ERROR_INVAL;
        n->distances[n->num_distances++] = (uint32_t)strtoul(s, &end, 10);
        s = end + 1;
        while (*end == ',' && *s == ' ')
            s++;
    } while (*end == ',');
    return *end ? ERROR_INVAL : 0;
}

static int take_size(const char *s, libxl_vnode_info *n)
{
    unsigned long mb;

    if (n->memkb || !parse_ulong(s, &mb) || !mb || mb > ULONG_MAX >> 11)
        return ERROR_INVAL;
    n->memkb = (uint64_t)mb << 10;
    return 0;
}

#define NO_PNODE UINT32_MAX

static int take_pnode(const char *s, libxl_vnode_info *n)
{
    unsigned long nr;

    if (n->pnode != NO_PNODE || !parse_ulong(s, &nr) || nr >= NO_PNODE)
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
    return ERROR_INVAL;
}

static int take_node(XLU_Config *cfg, XLU_ConfigValue *value, int nr, libxl_vnode_info *n)
{
    XLU_ConfigList *items;

    libxl_vnode_info_init(n);
    n->pnode = NO_PNODE;
    n->memkb = 0;
    if (!value || xlu_cfg_value_get_list(cfg, value, &items, 0))
        return ERROR_INVAL;
    for (int i = 0; xlu_cfg_get_listitem2(items, i); i++) {
        const char *item = xlu_cfg_get_listitem(items, i);

        if (!item || take_item(item, n))
            return wrong(nr, item ? item : "list");
    }
    if (n->pnode != NO_PNODE && n->memkb && n->vcpus.size && n->distances)
        return 0;
    fprintf(stderr, "xl: vnuma: node %d: pnode, size, vcpus and vdistances are needed\n", nr);
    return ERROR_INVAL;
}

void config_take_vnuma(XLU_Config *cfg, libxl_domain_build_info *b)
{
    XLU_ConfigList *list;
    int nr;

    if (xlu_cfg_get_list(cfg, "vnuma", &list, &nr, 0) || !nr)
        return;
    if (nr > NODES_MAX) {
        fprintf(stderr, "xl: vnuma: more than %d nodes\n", NODES_MAX);
        exit(EXIT_BAD);
    }
    b->vnuma_nodes = must_alloc(calloc((size_t)nr, sizeof(*b->vnuma_nodes)));
    for (int i = 0; i < nr; i++)
        if (take_node(cfg, xlu_cfg_get_listitem2(list, i), i,
                      &b->vnuma_nodes[b->num_vnuma_nodes++]))
            exit(EXIT_BAD);
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
