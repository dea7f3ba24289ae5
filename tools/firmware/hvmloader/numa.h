/* SPDX-License-Identifier: MIT */
/* Nodes of memory that the guest is to see. */
#ifndef HVMLOADER_NUMA_H
#define HVMLOADER_NUMA_H

#include <stdint.h>

#define NUMA_NODES_MAX  64
#define NUMA_RANGES_MAX 128
#define NUMA_VCPUS_MAX  128

struct numa {
    unsigned int nr_nodes, nr_ranges;
    unsigned int node_of_vcpu[NUMA_VCPUS_MAX];
    unsigned int distance[NUMA_NODES_MAX * NUMA_NODES_MAX]; /* nr_nodes squared are used */
    struct {
        uint64_t start, end;
        unsigned int node;
    } range[NUMA_RANGES_MAX];
};

/* From the hypervisor; NULL: there are no nodes. The ranges are those of before RAM was moved. */
const struct numa *numa_get(void);

#endif
