/* SPDX-License-Identifier: MIT */
/* Virtual CPUs, affinities, and the bitmaps that name CPUs and nodes. */
#include "core/domains.h"
#include "core/loop.h"
#include "core/store.h"
#include "dm/dm.h"
#include "core/userdata.h"

static int sized_alloc(libxl_ctx *ctx, libxl_bitmap *map, int max, int (*ask)(libxl_ctx *))
{
    int n = max;

    if (max < 0)
        return ERROR_INVAL;
    if (!max)
        n = ask(ctx);
    return n <= 0 ? ERROR_FAIL : libxl_bitmap_alloc(ctx, map, n);
}

int libxl_cpu_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *cpumap, int max_cpus)
{
    return sized_alloc(ctx, cpumap, max_cpus, libxl_get_max_cpus);
}

int libxl_node_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *nodemap, int max_nodes)
{
    return sized_alloc(ctx, nodemap, max_nodes, libxl_get_max_nodes);
}

static int sockets_max(libxl_ctx *ctx)
{
    int nr, max = 0;
    libxl_cputopology *t = libxl_get_cpu_topology(ctx, &nr);

    for (int i = 0; t && i < nr; i++)
        if (t[i].socket != LIBXL_CPUTOPOLOGY_INVALID_ENTRY && (int)t[i].socket >= max)
            max = (int)t[i].socket + 1;
    libxl_cputopology_list_free(t, 0);
    return max;
}

int libxl_socket_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *socketmap, int max_sockets)
{
    return sized_alloc(ctx, socketmap, max_sockets, sockets_max);
}

int libxl_get_online_socketmap(libxl_ctx *ctx, libxl_bitmap *socketmap)
{
    int nr;
    libxl_cputopology *t = libxl_get_cpu_topology(ctx, &nr);

    for (int i = 0; t && i < nr; i++)
        if (t[i].socket != LIBXL_CPUTOPOLOGY_INVALID_ENTRY)
            libxl_bitmap_set(socketmap, (int)t[i].socket);
    libxl_cputopology_list_free(t, 0);
    return t ? 0 : ERROR_FAIL;
}

int libxl_nodemap_to_cpumap(libxl_ctx *ctx, const libxl_bitmap *nodemap, libxl_bitmap *cpumap)
{
    int nr;
    libxl_cputopology *t = libxl_get_cpu_topology(ctx, &nr);

    if (!t)
        return ERROR_FAIL;
    libxl_bitmap_set_none(cpumap);
    for (int i = 0; i < nr; i++)
        if (t[i].node != LIBXL_CPUTOPOLOGY_INVALID_ENTRY &&
            libxl_bitmap_test(nodemap, (int)t[i].node))
            libxl_bitmap_set(cpumap, i);
    libxl_cputopology_list_free(t, nr);
    return 0;
}

int libxl_node_to_cpumap(libxl_ctx *ctx, int node, libxl_bitmap *cpumap)
{
    libxl_bitmap nodemap;
    int rc;

    libxl_bitmap_init(&nodemap);
    rc = libxl_node_bitmap_alloc(ctx, &nodemap, 0);
    if (!rc) {
        libxl_bitmap_set(&nodemap, node);
        rc = libxl_nodemap_to_cpumap(ctx, &nodemap, cpumap);
    }
    libxl_bitmap_dispose(&nodemap);
    return rc;
}

int libxl_cpumap_to_nodemap(libxl_ctx *ctx, const libxl_bitmap *cpumap, libxl_bitmap *nodemap)
{
    int nr;
    libxl_cputopology *t = libxl_get_cpu_topology(ctx, &nr);

    if (!t)
        return ERROR_FAIL;
    libxl_bitmap_set_none(nodemap);
    for (int i = 0; i < nr; i++)
        if (libxl_bitmap_test(cpumap, i) && t[i].node != LIBXL_CPUTOPOLOGY_INVALID_ENTRY)
            libxl_bitmap_set(nodemap, (int)t[i].node);
    libxl_cputopology_list_free(t, nr);
    return 0;
}

/* Listing. */

static int vcpu_get(struct scope *sc, uint32_t domid, uint32_t nr, libxl_vcpuinfo *out)
{
    xc_vcpuinfo_t xv;

    libxl_vcpuinfo_init(out);
    if (libxl_cpu_bitmap_alloc(sc->ctx, &out->cpumap, 0) ||
        libxl_cpu_bitmap_alloc(sc->ctx, &out->cpumap_soft, 0))
        return ERROR_FAIL;
    if (xc_vcpu_getinfo(sc->ctx->xch, domid, nr, &xv)) {
        LOG_ERRNO(sc, "cannot get vCPU %u", nr);
        return ERROR_FAIL;
    }
    if (xc_vcpu_getaffinity(sc->ctx->xch, domid, (int)nr, out->cpumap.map, out->cpumap_soft.map,
                            XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT)) {
        LOG_ERRNO(sc, "cannot get the affinity of vCPU %u", nr);
        return ERROR_FAIL;
    }
    out->vcpuid = nr;
    out->cpu = xv.cpu;
    out->online = xv.online;
    out->blocked = xv.blocked;
    out->running = xv.running;
    out->vcpu_time = xv.cpu_time;
    return 0;
}

libxl_vcpuinfo *libxl_list_vcpu(libxl_ctx *ctx, uint32_t domid, int *nb_vcpu, int *nr_cpus_out)
{
    libxl_vcpuinfo *list = NULL;
    xc_domaininfo_t xd;
    int rc, n = 0;
    API_ENTER(ctx, domid);

    rc = domain_get(sc, domid, &xd);
    if (!rc && (*nr_cpus_out = cpus_max(sc)) > 0) {
        list = xmalloc0((xd.max_vcpu_id + 1) * sizeof(*list));
        for (uint32_t i = 0; i <= xd.max_vcpu_id && !rc; i++)
            rc = vcpu_get(sc, domid, i, &list[n++]);
    }
    if (rc) {
        libxl_vcpuinfo_list_free(list, n);
        list = NULL;
    }
    *nb_vcpu = list ? n : 0;
    API_LEAVE;
    return list;
}

void libxl_vcpuinfo_list_free(libxl_vcpuinfo *list, int nr)
{
    for (int i = 0; list && i < nr; i++)
        libxl_vcpuinfo_dispose(&list[i]);
    free(list);
}

/* Affinity. The hypervisor writes back what is effective, into a copy. */

static int affinity_set(struct scope *sc, uint32_t domid, uint32_t vcpu, const libxl_bitmap *hard,
                        const libxl_bitmap *soft, uint32_t flags)
{
    libxl_bitmap h, s;
    int rc, r;

    libxl_bitmap_init(&h);
    libxl_bitmap_init(&s);
    rc = libxl_cpu_bitmap_alloc(sc->ctx, &h, 0);
    if (!rc)
        rc = libxl_cpu_bitmap_alloc(sc->ctx, &s, 0);
    if (rc)
        goto out;
    if (hard) {
        libxl_bitmap_copy(sc->ctx, &h, hard);
        flags |= XEN_VCPUAFFINITY_HARD;
    }
    if (soft) {
        libxl_bitmap_copy(sc->ctx, &s, soft);
        flags |= XEN_VCPUAFFINITY_SOFT;
    }
    r = xc_vcpu_setaffinity(sc->ctx->xch, domid, (int)vcpu, hard ? h.map : NULL,
                            soft ? s.map : NULL, flags);
    if (r) {
        LOG_ERRNO(sc, "Setting vcpu affinity");
        rc = ERROR_FAIL;
        goto out;
    }
    if (soft && libxl_bitmap_is_empty(&s))
        LOG_WARN(sc, "soft affinity of vCPU %u has no CPU where it may run", vcpu);
out:
    libxl_bitmap_dispose(&h);
    libxl_bitmap_dispose(&s);
    return rc;
}

int libxl_set_vcpuaffinity(libxl_ctx *ctx, uint32_t domid, uint32_t vcpuid,
                           const libxl_bitmap *cpumap_hard, const libxl_bitmap *cpumap_soft)
{
    int rc;
    API_ENTER(ctx, domid);

    rc = affinity_set(sc, domid, vcpuid, cpumap_hard, cpumap_soft, 0);
    API_LEAVE;
    return rc;
}

int libxl_set_vcpuaffinity_force(libxl_ctx *ctx, uint32_t domid, uint32_t vcpuid,
                                 const libxl_bitmap *cpumap_hard, const libxl_bitmap *cpumap_soft)
{
    int rc;
    API_ENTER(ctx, domid);

    rc = affinity_set(sc, domid, vcpuid, cpumap_hard, cpumap_soft, XEN_VCPUAFFINITY_FORCE);
    API_LEAVE;
    return rc;
}

int libxl_set_vcpuaffinity_all(libxl_ctx *ctx, uint32_t domid, unsigned int max_vcpus,
                               const libxl_bitmap *cpumap_hard, const libxl_bitmap *cpumap_soft)
{
    int rc = 0;

    for (unsigned int i = 0; i < max_vcpus; i++) {
        int one = libxl_set_vcpuaffinity(ctx, domid, i, cpumap_hard, cpumap_soft);

        rc = rc ? rc : one;
    }
    return rc;
}

int libxl_domain_set_nodeaffinity(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *nodemap)
{
    int rc = 0;
    API_ENTER(ctx, domid);

    if (xc_domain_node_setaffinity(ctx->xch, domid, nodemap->map)) {
        LOG_ERRNO(sc, "cannot set the node affinity");
        rc = ERROR_FAIL;
    }
    API_LEAVE;
    return rc;
}

int libxl_domain_get_nodeaffinity(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *nodemap)
{
    int rc = 0;
    API_ENTER(ctx, domid);

    if (xc_domain_node_getaffinity(ctx->xch, domid, nodemap->map)) {
        LOG_ERRNO(sc, "cannot get the node affinity");
        rc = ERROR_FAIL;
    }
    API_LEAVE;
    return rc;
}

/* vCPU hot plug: a word per vCPU in xenstore, after an HVM guest's machine has them. */

struct online {
    struct ao *ao;
    uint32_t domid, max;
    libxl_bitmap *map; /* ours */
    struct dm_cpus cpus;
};

static int write_online(struct scope *sc, xs_transaction_t t, void *arg)
{
    const struct online *o = arg;
    int rc = 0;

    for (uint32_t i = 0; i <= o->max && !rc; i++)
        rc = store_write(sc, t,
                         scope_printf(sc, "/local/domain/%u/cpu/%u/availability", o->domid, i),
                         libxl_bitmap_test(o->map, (int)i) ? "online" : "offline");
    return rc;
}

static int online_check(struct scope *sc, struct online *o)
{
    xc_domaininfo_t xd;
    int rc = domain_get(sc, o->domid, &xd);

    if (rc)
        return rc;
    if (libxl_bitmap_count_set(o->map) > (int)xd.max_vcpu_id + 1) {
        LOG_ERROR(sc, "Requested %d VCPUs, however maxcpus is %u!", libxl_bitmap_count_set(o->map),
                  xd.max_vcpu_id + 1);
        return ERROR_FAIL;
    }
    o->max = xd.max_vcpu_id;
    return 0;
}

static void online_plugged(libxl_ctx *ctx, struct dm_cpus *c, int rc)
{
    struct online *o = CONTAINER_OF(c, struct online, cpus);

    (void)ctx;
    if (!rc)
        rc = store_transact(&o->ao->sc, write_online, o);
    ao_complete(o->ao, rc);
}

/* The caller's may be gone before the operation ends. */
static libxl_bitmap *keep_map(struct scope *sc, const libxl_bitmap *map)
{
    libxl_bitmap *copy = scope_alloc(sc, sizeof(*copy));

    copy->size = map->size;
    copy->map = scope_alloc(sc, map->size);
    memcpy(copy->map, map->map, map->size);
    return copy;
}

int libxl_set_vcpuonline(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *cpumap,
                         const libxl_asyncop_how *ao_how)
{
    struct ao *ao = ao_begin(ctx, domid, ao_how);
    struct online *o = scope_alloc(&ao->sc, sizeof(*o));
    int rc;

    *o = (struct online){.ao = ao, .domid = domid, .map = keep_map(&ao->sc, cpumap)};
    rc = online_check(&ao->sc, o);
    if (rc || !dm_has_state(&ao->sc, domid))
        return ao_finish(ao, rc ? rc : store_transact(&ao->sc, write_online, o));
    o->cpus =
        (struct dm_cpus){.sc = &ao->sc, .domid = domid, .wanted = o->map, .done = online_plugged};
    dm_cpus(&o->cpus);
    return ao_run(ao);
}
