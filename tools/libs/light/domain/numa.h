/* SPDX-License-Identifier: MIT */
/* Nodes of the host for a guest that names no CPUs: xl-numa-placement(7). */
#ifndef LIBXL_DOMAIN_NUMA_H
#define LIBXL_DOMAIN_NUMA_H

#include "core/internal.h"

#define NUMA_NODES_MAX 64

struct numa_node {
    uint64_t free_kb;
    unsigned int cpus; /* that the guest may use; 0: it is not for it */
};

/* Sets of nodes are masks. */
struct numa_search {
    struct numa_node node[NUMA_NODES_MAX];
    unsigned int nr_nodes;
    const uint64_t *vcpu_nodes; /* of each vCPU on the host: where it may run */
    unsigned int nr_vcpus;
    uint64_t need_kb;
    unsigned int need_cpus;
};

/* The fewest nodes that together have memory and CPUs enough; of those sets the one with the fewest
 * vCPUs that may run there; of those the one with most free memory. 0: there is none. */
uint64_t numa_choose(const struct numa_search *s);

/* Gives the domain a node affinity, and its vCPUs a soft affinity, if nobody has said anything. */
int numa_place(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b);

#endif
