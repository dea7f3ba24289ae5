/* SPDX-License-Identifier: MIT */
/* Virtual NUMA nodes of HVM and PVH guests (xl.cfg(5), vnuma=). */
#include "domain/build.h"

#define FOUR_GIB     (1ULL << 32)
#define DISTANCE_MIN 10u /* to oneself; ACPI 5.2.17 */

#define WRONG(sc, fmt, ...)                                                                        \
    (LOG_ERROR(sc, "virtual NUMA: " fmt, ##__VA_ARGS__), ERROR_VNUMA_CONFIG_INVALID)

/* Each vCPU is on one node. */
static int check_vcpus(struct scope *sc, const libxl_domain_build_info *b)
{
    for (int v = 0; v < b->max_vcpus; v++) {
        int nodes = 0;

        for (int i = 0; i < b->num_vnuma_nodes; i++)
            nodes += libxl_bitmap_test(&b->vnuma_nodes[i].vcpus, v) != 0;
        if (nodes != 1)
            return WRONG(sc, "vCPU %d is on %d nodes", v, nodes);
    }
    return 0;
}

static int check_node(struct scope *sc, const libxl_domain_build_info *b, int i,
                      unsigned int host_nodes)
{
    const libxl_vnode_info *n = &b->vnuma_nodes[i];

    if (n->pnode >= host_nodes)
        return WRONG(sc, "node %d is on node %u of the host, which has %u", i, n->pnode,
                     host_nodes);
    if (n->num_distances != b->num_vnuma_nodes)
        return WRONG(sc, "node %d has %d distances, to %d nodes", i, n->num_distances,
                     b->num_vnuma_nodes);
    for (int j = 0; j < n->num_distances; j++)
        if (n->distances[j] < DISTANCE_MIN)
            return WRONG(sc, "node %d: a distance of %u is less than %u", i, n->distances[j],
                         DISTANCE_MIN);
    for (int v = b->max_vcpus; v < (int)n->vcpus.size * 8; v++)
        if (libxl_bitmap_test(&n->vcpus, v))
            return WRONG(sc, "node %d has vCPU %d, the guest has %d", i, v, b->max_vcpus);
    return 0;
}

static int check_memory(struct scope *sc, const libxl_domain_build_info *b)
{
    uint64_t sum = 0;

    for (int i = 0; i < b->num_vnuma_nodes; i++) {
        if (!b->vnuma_nodes[i].memkb)
            return WRONG(sc, "node %d has no memory", i);
        sum += b->vnuma_nodes[i].memkb;
    }
    if (sum != b->max_memkb)
        return WRONG(sc, "the nodes have %llu KiB, the guest %llu KiB", (unsigned long long)sum,
                     (unsigned long long)b->max_memkb);
    if (b->target_memkb != b->max_memkb)
        return WRONG(sc, "memory on demand does not know of nodes");
    if (b->vnuma_nodes[0].memkb <= b->video_memkb)
        return WRONG(sc, "the first node has less memory than the video card");
    return 0;
}

int vnuma_check(struct scope *sc, const libxl_domain_build_info *b, unsigned int host_nodes)
{
    int rc = 0;

    if (b->type == LIBXL_DOMAIN_TYPE_PV)
        return WRONG(sc, "PV guests cannot have it");
    for (int i = 0; i < b->num_vnuma_nodes && !rc; i++)
        rc = check_node(sc, b, i, host_nodes);
    if (!rc)
        rc = check_vcpus(sc, b);
    return rc ? rc : check_memory(sc, b);
}

/* One node after the other, around the hole for devices. The video card's memory, which is not
 * allocated here, is of the first node. */
void vnuma_place(struct scope *sc, const libxl_domain_build_info *b, struct xc_dom_image *dom)
{
    uint64_t at = 0;

    if (!b->num_vnuma_nodes)
        return;
    dom->nr_vnodes = (unsigned int)b->num_vnuma_nodes;
    dom->vnode_to_pnode = scope_alloc(sc, dom->nr_vnodes * sizeof(*dom->vnode_to_pnode));
    dom->vmemranges = scope_alloc(sc, (dom->nr_vnodes + 1) * sizeof(*dom->vmemranges));
    dom->nr_vmemranges = 0;
    for (unsigned int i = 0; i < dom->nr_vnodes; i++) {
        uint64_t left = (b->vnuma_nodes[i].memkb - (i ? 0 : b->video_memkb)) * 1024;

        dom->vnode_to_pnode[i] = b->vnuma_nodes[i].pnode;
        while (left) {
            uint64_t room = at < dom->lowmem_end ? dom->lowmem_end - at : left;
            uint64_t n = left < room ? left : room;

            dom->vmemranges[dom->nr_vmemranges++] =
                (xen_vmemrange_t){.start = at, .end = at + n, .nid = i};
            at += n;
            left -= n;
            if (at == dom->lowmem_end)
                at = FOUR_GIB;
        }
    }
}

unsigned int vnuma_node_of_vcpu(const libxl_domain_build_info *b, int vcpu)
{
    unsigned int i = 0;

    while (!libxl_bitmap_test(&b->vnuma_nodes[i].vcpus, vcpu))
        i++;
    return i;
}

int vnuma_tell(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b,
               const struct xc_dom_image *dom)
{
    unsigned int nr = dom->nr_vnodes, *distances, *vcpus;

    if (!nr)
        return 0;
    distances = scope_alloc(sc, (size_t)nr * nr * sizeof(*distances));
    vcpus = scope_alloc(sc, (size_t)b->max_vcpus * sizeof(*vcpus));
    for (unsigned int i = 0; i < nr; i++)
        memcpy(distances + (size_t)i * nr, b->vnuma_nodes[i].distances, nr * sizeof(*distances));
    for (int v = 0; v < b->max_vcpus; v++)
        vcpus[v] = vnuma_node_of_vcpu(b, v);
    if (!xc_domain_setvnuma(sc->ctx->xch, domid, nr, dom->nr_vmemranges, (uint32_t)b->max_vcpus,
                            dom->vmemranges, distances, vcpus, dom->vnode_to_pnode))
        return 0;
    LOG_ERRNO(sc, "cannot set the guest's virtual NUMA nodes");
    return ERROR_FAIL;
}

bool vnuma_is_used(struct scope *sc, uint32_t domid)
{
    uint32_t nodes = 0, ranges = 0, vcpus = 0;

    return xc_domain_getvnuma(sc->ctx->xch, domid, &nodes, &ranges, &vcpus, NULL, NULL, NULL) &&
           errno == ENOBUFS;
}
