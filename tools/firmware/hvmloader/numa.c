/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include <xen/memory.h>
#include <xen/xen.h>

#include "console.h"
#include "hypercall.h"
#include "memory.h"
#include "numa.h"

static struct numa numa;
static xen_vmemrange_t ranges[NUMA_RANGES_MAX];

const struct numa *numa_get(void)
{
    struct xen_vnuma_topology_info v = {.domid = DOMID_SELF,
                                        .nr_vnodes = NUMA_NODES_MAX,
                                        .nr_vcpus = NUMA_VCPUS_MAX,
                                        .nr_vmemranges = NUMA_RANGES_MAX};

    set_xen_guest_handle(v.vdistance.h, numa.distance);
    set_xen_guest_handle(v.vcpu_to_vnode.h, numa.node_of_vcpu);
    set_xen_guest_handle(v.vmemrange.h, ranges);
    if (memory_get_vnuma(&v) || !v.nr_vnodes || v.nr_vcpus < memory.nr_vcpus)
        return NULL;
    numa.nr_nodes = v.nr_vnodes;
    numa.nr_ranges = v.nr_vmemranges;
    for (unsigned int i = 0; i < v.nr_vmemranges; i++) {
        numa.range[i].start = ranges[i].start;
        numa.range[i].end = ranges[i].end;
        numa.range[i].node = ranges[i].nid;
    }
    say("%u NUMA nodes", numa.nr_nodes);
    return &numa;
}
