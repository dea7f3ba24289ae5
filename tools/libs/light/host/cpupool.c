/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>

#include "core/store.h"

static int failed(struct scope *sc, const char *what)
{
    LOG_ERRNO(sc, "cannot %s", what);
    return ERROR_FAIL;
}

char *libxl_cpupoolid_to_name(libxl_ctx *ctx, uint32_t poolid)
{
    char *name;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    name = store_readf(sc, XBT_NULL, "/local/pool/%u/name", poolid);
    if (name || !poolid)
        name = xstrdup(name ? name : "Pool-0");
    API_LEAVE;
    return name;
}

static int pool_fill(struct scope *sc, const xc_cpupoolinfo_t *x, libxl_cpupoolinfo *info)
{
    int n = cpus_max(sc);

    libxl_cpupoolinfo_init(info);
    if (n < 0)
        return n;
    info->poolid = x->cpupool_id;
    info->pool_name = libxl_cpupoolid_to_name(sc->ctx, x->cpupool_id);
    if (!info->pool_name)
        info->pool_name = xstrdup("");
    info->sched = (libxl_scheduler)x->sched_id;
    info->n_dom = x->n_dom;
    libxl_bitmap_alloc(sc->ctx, &info->cpumap, n);
    memcpy(info->cpumap.map, x->cpumap, info->cpumap.size);
    return 0;
}

/* The pool of this number or the next one; its number must match if @exact. */
static int pool_get(struct scope *sc, uint32_t poolid, bool exact, libxl_cpupoolinfo *info)
{
    xc_cpupoolinfo_t *x = xc_cpupool_getinfo(sc->ctx->xch, poolid);
    int rc = ERROR_NOTFOUND;

    if (!x) {
        if (errno != ENOENT)
            rc = failed(sc, "get CPU pools");
        return rc;
    }
    if (!exact || x->cpupool_id == poolid)
        rc = pool_fill(sc, x, info);
    xc_cpupool_infofree(sc->ctx->xch, x);
    return rc;
}

int libxl_cpupool_info(libxl_ctx *ctx, libxl_cpupoolinfo *info, uint32_t poolid)
{
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    libxl_cpupoolinfo_init(info);
    rc = pool_get(sc, poolid, true, info);
    API_LEAVE;
    return rc == ERROR_NOTFOUND ? ERROR_FAIL : rc;
}

libxl_cpupoolinfo *libxl_list_cpupool(libxl_ctx *ctx, int *nb_pool_out)
{
    libxl_cpupoolinfo *list = NULL, one;
    uint32_t next = 0;
    int n = 0, rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    while (!(rc = pool_get(sc, next, false, &one))) {
        list = xrealloc(list, (size_t)(n + 1) * sizeof(*list));
        list[n++] = one;
        next = one.poolid + 1;
    }
    if (rc != ERROR_NOTFOUND) {
        libxl_cpupoolinfo_list_free(list, n);
        list = NULL;
        n = 0;
    }
    *nb_pool_out = n;
    API_LEAVE;
    return list;
}

void libxl_cpupoolinfo_list_free(libxl_cpupoolinfo *list, int nb_pool)
{
    for (int i = 0; i < nb_pool; i++)
        libxl_cpupoolinfo_dispose(&list[i]);
    free(list);
}

int libxl_cpupoolid_is_valid(libxl_ctx *ctx, uint32_t poolid)
{
    libxl_cpupoolinfo info;
    int ok = !libxl_cpupool_info(ctx, &info, poolid);

    libxl_cpupoolinfo_dispose(&info);
    return ok;
}

int libxl_name_to_cpupoolid(libxl_ctx *ctx, const char *name, uint32_t *poolid)
{
    int nr, rc = ERROR_INVAL;
    libxl_cpupoolinfo *list = libxl_list_cpupool(ctx, &nr);

    for (int i = 0; i < nr && rc; i++) {
        if (!strcmp(list[i].pool_name, name)) {
            *poolid = list[i].poolid;
            rc = 0;
        }
    }
    libxl_cpupoolinfo_list_free(list, nr);
    return rc;
}

int libxl_cpupool_qualifier_to_cpupoolid(libxl_ctx *ctx, const char *p, uint32_t *poolid_r,
                                         int *was_name_r)
{
    bool number = *p;

    for (const char *c = p; *c; c++)
        number = number && isdigit((unsigned char)*c);
    if (was_name_r)
        *was_name_r = !number;
    if (!number)
        return libxl_name_to_cpupoolid(ctx, p, poolid_r);
    *poolid_r = (uint32_t)strtoul(p, NULL, 10);
    return 0;
}

int libxl_get_freecpus(libxl_ctx *ctx, libxl_bitmap *cpumap)
{
    xc_cpumap_t map;
    int rc, n;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    libxl_bitmap_init(cpumap);
    n = rc = cpus_max(sc);
    if (n > 0) {
        map = xc_cpupool_freeinfo(ctx->xch);
        rc = map ? libxl_bitmap_alloc(ctx, cpumap, n) : failed(sc, "get the free CPUs");
        if (!rc)
            memcpy(cpumap->map, map, cpumap->size);
        free(map);
    }
    API_LEAVE;
    return rc;
}

static int cpu_change(struct scope *sc, uint32_t poolid, int cpu, bool add)
{
    int r = add ? xc_cpupool_addcpu(sc->ctx->xch, poolid, cpu)
                : xc_cpupool_removecpu(sc->ctx->xch, poolid, cpu);

    if (!r)
        return 0;
    LOG_ERRNO(sc, "cannot move CPU %d %s pool %u", cpu, add ? "to" : "out of", poolid);
    return ERROR_FAIL;
}

static int cpu_one(libxl_ctx *ctx, uint32_t poolid, int cpu, bool add)
{
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    rc = cpu_change(sc, poolid, cpu, add);
    API_LEAVE;
    return rc;
}

int libxl_cpupool_cpuadd(libxl_ctx *ctx, uint32_t poolid, int cpu)
{
    return cpu_one(ctx, poolid, cpu, true);
}

int libxl_cpupool_cpuremove(libxl_ctx *ctx, uint32_t poolid, int cpu)
{
    return cpu_one(ctx, poolid, cpu, false);
}

static int cpus_all(libxl_ctx *ctx, uint32_t poolid, const libxl_bitmap *cpumap, bool add)
{
    int rc = 0;

    for (int cpu = 0; cpu < (int)cpumap->size * 8; cpu++) {
        if (!libxl_bitmap_test(cpumap, cpu))
            continue;
        if (cpu_one(ctx, poolid, cpu, add))
            rc = ERROR_FAIL;
    }
    return rc;
}

int libxl_cpupool_cpuadd_cpumap(libxl_ctx *ctx, uint32_t poolid, const libxl_bitmap *cpumap)
{
    return cpus_all(ctx, poolid, cpumap, true);
}

int libxl_cpupool_cpuremove_cpumap(libxl_ctx *ctx, uint32_t poolid, const libxl_bitmap *cpumap)
{
    return cpus_all(ctx, poolid, cpumap, false);
}

/* Of a node's CPUs those that are free to come, or in the pool to go. */
static int node_change(libxl_ctx *ctx, uint32_t poolid, int node, int *cpus, bool add)
{
    libxl_bitmap of_node, from;
    libxl_cpupoolinfo info;
    int rc;

    *cpus = 0;
    libxl_bitmap_init(&of_node);
    libxl_bitmap_init(&from);
    libxl_cpupoolinfo_init(&info);
    rc = libxl_cpu_bitmap_alloc(ctx, &of_node, 0);
    if (!rc)
        rc = libxl_node_to_cpumap(ctx, node, &of_node);
    if (!rc)
        rc = add ? libxl_get_freecpus(ctx, &from) : libxl_cpupool_info(ctx, &info, poolid);
    if (!rc && !add)
        libxl_bitmap_copy_alloc(ctx, &from, &info.cpumap);
    for (int cpu = 0; !rc && cpu < (int)of_node.size * 8; cpu++) {
        if (!libxl_bitmap_test(&of_node, cpu) || !libxl_bitmap_test(&from, cpu))
            continue;
        rc = cpu_one(ctx, poolid, cpu, add);
        *cpus += !rc;
    }
    libxl_bitmap_dispose(&of_node);
    libxl_bitmap_dispose(&from);
    libxl_cpupoolinfo_dispose(&info);
    return rc;
}

int libxl_cpupool_cpuadd_node(libxl_ctx *ctx, uint32_t poolid, int node, int *cpus)
{
    return node_change(ctx, poolid, node, cpus, true);
}

int libxl_cpupool_cpuremove_node(libxl_ctx *ctx, uint32_t poolid, int node, int *cpus)
{
    return node_change(ctx, poolid, node, cpus, false);
}

struct pool_nodes {
    uint32_t poolid;
    const char *name;
    const libxl_uuid *uuid;
};

static int write_pool(struct scope *sc, xs_transaction_t t, void *arg)
{
    const struct pool_nodes *p = arg;
    char *dir = scope_printf(sc, "/local/pool/%u", p->poolid);
    int rc = store_write(sc, t, scope_printf(sc, "%s/name", dir), p->name);

    if (!rc && p->uuid)
        rc = store_write(sc, t, scope_printf(sc, "%s/uuid", dir),
                         scope_printf(sc, LIBXL_UUID_FMT, LIBXL_UUID_BYTES(*p->uuid)));
    return rc;
}

int libxl_cpupool_create(libxl_ctx *ctx, const char *name, libxl_scheduler sched,
                         libxl_bitmap cpumap, libxl_uuid *uuid, uint32_t *poolid)
{
    struct pool_nodes p = {.name = name, .uuid = uuid};
    int rc = 0;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    if (xc_cpupool_create(ctx->xch, poolid, sched)) {
        rc = failed(sc, "make a CPU pool");
        goto out;
    }
    rc = cpus_all(ctx, *poolid, &cpumap, true);
    p.poolid = *poolid;
    if (!rc)
        rc = store_transact(sc, write_pool, &p);
    if (rc)
        libxl_cpupool_destroy(ctx, *poolid);
out:
    API_LEAVE;
    return rc;
}

int libxl_cpupool_destroy(libxl_ctx *ctx, uint32_t poolid)
{
    libxl_cpupoolinfo info;
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    libxl_cpupoolinfo_init(&info);
    rc = pool_get(sc, poolid, true, &info);
    if (!rc && info.n_dom) {
        LOG_ERROR(sc, "pool %u still has domains", poolid);
        rc = ERROR_INVAL;
    }
    if (!rc)
        rc = cpus_all(ctx, poolid, &info.cpumap, false);
    if (!rc && xc_cpupool_destroy(ctx->xch, poolid)) {
        rc = failed(sc, "destroy the CPU pool");
        cpus_all(ctx, poolid, &info.cpumap, true);
    }
    if (!rc)
        rc = store_rm(sc, XBT_NULL, scope_printf(sc, "/local/pool/%u", poolid));
    libxl_cpupoolinfo_dispose(&info);
    API_LEAVE;
    return rc;
}

int libxl_cpupool_rename(libxl_ctx *ctx, const char *name, uint32_t poolid)
{
    struct pool_nodes p = {.name = name, .poolid = poolid};
    int rc;
    API_ENTER(ctx, (uint32_t)INVALID_DOMID);

    rc = libxl_cpupoolid_is_valid(ctx, poolid) ? store_transact(sc, write_pool, &p) : ERROR_FAIL;
    API_LEAVE;
    return rc;
}

int libxl_cpupool_movedomain(libxl_ctx *ctx, uint32_t poolid, uint32_t domid)
{
    int rc = 0;
    API_ENTER(ctx, domid);

    if (xc_cpupool_movedomain(ctx->xch, poolid, domid))
        rc = failed(sc, "move the domain");
    API_LEAVE;
    return rc;
}
