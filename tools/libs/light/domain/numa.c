/* SPDX-License-Identifier: MIT */
#include "domain/numa.h"

#include "core/domains.h"

/* Sets that are looked at: more than a host of 16 nodes has. */
#define SETS_MAX (1u << 17)

struct candidate {
    uint64_t nodes, free_kb;
    unsigned int vcpus;
};

static bool fits(const struct numa_search *s, uint64_t nodes, struct candidate *c)
{
    unsigned int cpus = 0;

    *c = (struct candidate){.nodes = nodes};
    for (unsigned int i = 0; i < s->nr_nodes; i++) {
        if (!(nodes >> i & 1))
            continue;
        if (!s->node[i].cpus)
            return false;
        c->free_kb += s->node[i].free_kb;
        cpus += s->node[i].cpus;
    }
    if (c->free_kb < s->need_kb || cpus < s->need_cpus)
        return false;
    for (unsigned int i = 0; i < s->nr_vcpus; i++)
        c->vcpus += (s->vcpu_nodes[i] & nodes) != 0;
    return true;
}

static bool is_better(const struct candidate *a, const struct candidate *b)
{
    return a->vcpus != b->vcpus ? a->vcpus < b->vcpus : a->free_kb > b->free_kb;
}

/* The next larger mask with as many bits; 0 after the last. */
static uint64_t next_set(uint64_t nodes)
{
    uint64_t low = nodes & -nodes, up = nodes + low;

    return up ? up | ((nodes ^ up) >> 2) / low : 0;
}

uint64_t numa_choose(const struct numa_search *s)
{
    uint64_t all = s->nr_nodes < NUMA_NODES_MAX ? (1ULL << s->nr_nodes) - 1 : ~0ULL;
    unsigned int budget = SETS_MAX;
    struct candidate best = {0}, c;

    for (unsigned int n = 1; n <= s->nr_nodes && !best.nodes; n++) {
        uint64_t nodes = n < 64 ? (1ULL << n) - 1 : ~0ULL;

        for (; nodes && !(nodes & ~all) && budget; nodes = next_set(nodes), budget--)
            if (fits(s, nodes, &c) && (!best.nodes || is_better(&c, &best)))
                best = c;
    }
    return best.nodes;
}

static uint64_t node_bit(const libxl_cputopology *t, int nr, int cpu)
{
    return cpu < nr && t[cpu].node < NUMA_NODES_MAX ? 1ULL << t[cpu].node : 0;
}

/* Its hard affinity counts alone where the soft one is outside of it. */
static uint64_t nodes_of_vcpu(const libxl_cputopology *t, int nr, const libxl_vcpuinfo *v)
{
    uint64_t both = 0, hard = 0;

    for (int cpu = 0; cpu < nr; cpu++) {
        if (!libxl_bitmap_test(&v->cpumap, cpu))
            continue;
        hard |= node_bit(t, nr, cpu);
        if (libxl_bitmap_test(&v->cpumap_soft, cpu))
            both |= node_bit(t, nr, cpu);
    }
    return both ? both : hard;
}

struct vcpu_list {
    uint64_t *nodes;
    unsigned int nr, room;
};

static void add_vcpu(struct scope *sc, struct vcpu_list *l, uint64_t nodes)
{
    if (l->nr == l->room) {
        uint64_t *bigger;

        l->room = l->room ? 2 * l->room : 64;
        bigger = scope_alloc(sc, l->room * sizeof(*bigger));
        if (l->nr)
            memcpy(bigger, l->nodes, l->nr * sizeof(*bigger));
        l->nodes = bigger;
    }
    l->nodes[l->nr++] = nodes;
}

/* Of all domains but @domid; one may end meanwhile. */
static void find_vcpus(struct scope *sc, uint32_t domid, const libxl_cputopology *t, int nr_cpus,
                       struct vcpu_list *l)
{
    int nr_doms, nr, cpus;
    libxl_dominfo *dom = libxl_list_domain(sc->ctx, &nr_doms);

    for (int d = 0; dom && d < nr_doms; d++) {
        libxl_vcpuinfo *v =
            dom[d].domid == domid ? NULL : libxl_list_vcpu(sc->ctx, dom[d].domid, &nr, &cpus);

        for (int i = 0; v && i < nr; i++)
            add_vcpu(sc, l, nodes_of_vcpu(t, nr_cpus, &v[i]));
        if (v)
            libxl_vcpuinfo_list_free(v, nr);
    }
    if (dom)
        libxl_dominfo_list_free(dom, nr_doms);
}

/* The CPUs of the domain's pool are those that it may use. */
static int count_cpus(struct scope *sc, uint32_t domid, const libxl_cputopology *t, int nr_cpus,
                      struct numa_search *s)
{
    libxl_cpupoolinfo pool;
    xc_domaininfo_t xd;
    int rc = domain_get(sc, domid, &xd);

    libxl_cpupoolinfo_init(&pool);
    if (!rc)
        rc = libxl_cpupool_info(sc->ctx, &pool, xd.cpupool);
    for (int cpu = 0; !rc && cpu < nr_cpus; cpu++)
        if (libxl_bitmap_test(&pool.cpumap, cpu) && t[cpu].node < s->nr_nodes)
            s->node[t[cpu].node].cpus++;
    libxl_cpupoolinfo_dispose(&pool);
    return rc;
}

static int look_at_cpus(struct scope *sc, uint32_t domid, struct numa_search *s)
{
    int nr_cpus, rc;
    libxl_cputopology *t = libxl_get_cpu_topology(sc->ctx, &nr_cpus);
    struct vcpu_list l = {0};

    if (!t)
        return ERROR_FAIL;
    rc = count_cpus(sc, domid, t, nr_cpus, s);
    if (!rc)
        find_vcpus(sc, domid, t, nr_cpus, &l);
    s->vcpu_nodes = l.nodes;
    s->nr_vcpus = l.nr;
    libxl_cputopology_list_free(t, nr_cpus);
    return rc;
}

/* What is there on the host. No more than that it has one node, if it has. */
static int look(struct scope *sc, uint32_t domid, struct numa_search *s)
{
    int nr;
    libxl_numainfo *node = libxl_get_numainfo(sc->ctx, &nr);

    if (!node)
        return ERROR_FAIL;
    s->nr_nodes = nr < NUMA_NODES_MAX ? (unsigned int)nr : NUMA_NODES_MAX;
    for (unsigned int i = 0; i < s->nr_nodes; i++)
        if (node[i].free != LIBXL_NUMAINFO_INVALID_ENTRY)
            s->node[i].free_kb = node[i].free / 1024;
    libxl_numainfo_list_free(node, nr);
    return s->nr_nodes < 2 ? 0 : look_at_cpus(sc, domid, s);
}

static int settle(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b,
                  uint64_t chosen)
{
    libxl_bitmap nodes, cpus;
    int rc;

    libxl_bitmap_init(&nodes);
    libxl_bitmap_init(&cpus);
    rc = libxl_node_bitmap_alloc(sc->ctx, &nodes, 0);
    for (int i = 0; !rc && i < NUMA_NODES_MAX; i++)
        if (chosen >> i & 1)
            libxl_bitmap_set(&nodes, i);
    if (!rc)
        rc = libxl_cpu_bitmap_alloc(sc->ctx, &cpus, 0);
    if (!rc)
        rc = libxl_nodemap_to_cpumap(sc->ctx, &nodes, &cpus);
    if (!rc)
        rc = libxl_domain_set_nodeaffinity(sc->ctx, domid, &nodes);
    if (!rc)
        rc = libxl_set_vcpuaffinity_all(sc->ctx, domid, (unsigned int)b->max_vcpus, NULL, &cpus);
    libxl_bitmap_dispose(&nodes);
    libxl_bitmap_dispose(&cpus);
    return rc;
}

static bool is_placed(const libxl_domain_build_info *b)
{
    return b->cpumap.size || b->nodemap.size || b->num_vcpu_hard_affinity ||
           b->num_vcpu_soft_affinity || b->num_vnuma_nodes;
}

int numa_place(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b)
{
    struct numa_search s = {.need_cpus = (unsigned int)b->max_vcpus};
    uint64_t chosen;
    int rc;

    if (!libxl_defbool_val(b->numa_placement) || is_placed(b))
        return 0;
    rc = libxl_domain_need_memory_0x041200(sc->ctx, b, &s.need_kb);
    if (!rc)
        rc = look(sc, domid, &s);
    if (rc || s.nr_nodes < 2)
        return rc;
    chosen = numa_choose(&s);
    if (chosen)
        return settle(sc, domid, b, chosen);
    LOG_NOTICE(sc, "NUMA placement failed, performance might be affected");
    return 0;
}
