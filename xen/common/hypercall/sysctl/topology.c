/* SPDX-License-Identifier: MIT */
/* What the host is made of. */
#include <xen/domain.h>
#include <xen/guest_access.h>
#include <xen/grant.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/cpu.h>
#include <xen/port/domain.h>
#include <xen/port/numa.h>

#include "private.h"

/* How many online CPUs share @of's socket (@core: and core too). */
static uint32_t siblings(unsigned int of, bool core)
{
    unsigned int cpu;
    uint32_t nr = 0;

    for_each_online_cpu(cpu) if (port_cpu_to_socket(cpu) == port_cpu_to_socket(of) &&
                                 (!core || port_cpu_to_core(cpu) == port_cpu_to_core(of))) nr++;
    return nr;
}

long sysctl_physinfo(struct xen_sysctl *op)
{
    struct xen_sysctl_physinfo *pi = &op->u.physinfo;

    __builtin_memset(pi, 0, sizeof(*pi));
    pi->threads_per_core = siblings(0, true);
    pi->cores_per_socket = siblings(0, false) / max(pi->threads_per_core, 1U);
    pi->nr_cpus = num_online_cpus();
    pi->max_cpu_id = nr_cpu_ids - 1;
    pi->nr_nodes = port_nr_nodes();
    pi->max_node_id = pi->nr_nodes - 1;
    pi->total_pages = total_pages;
    pi->free_pages = heap_free_count(NUMA_NO_NODE);
    pi->outstanding_pages = heap_outstanding_claims();
    pi->max_mfn = max_page - 1;
    pi->capabilities = XEN_SYSCTL_PHYSCAP_gnttab_v1;
    if (grant_max_version() > 1)
        pi->capabilities |= XEN_SYSCTL_PHYSCAP_gnttab_v2;
    port_physinfo(pi);
    return 0;
}

long sysctl_cpu_topology(struct xen_sysctl *op)
{
    struct xen_sysctl_cputopoinfo *ti = &op->u.cputopoinfo;
    uint32_t nr = nr_cpu_ids;

    if (guest_handle_is_null(ti->cputopo)) {
        ti->num_cpus = nr;
        return 0;
    }
    nr = min(nr, ti->num_cpus);
    for (uint32_t i = 0; i < nr; i++) {
        struct xen_sysctl_cputopo topo = {XEN_INVALID_CORE_ID, XEN_INVALID_SOCKET_ID,
                                          XEN_INVALID_NODE_ID};

        if (cpu_online(i)) {
            topo.core = port_cpu_to_core(i);
            topo.socket = port_cpu_to_socket(i);
            topo.node = port_cpu_to_node(i);
        }
        if (copy_to_guest(ti->cputopo, i, &topo, 1))
            return -EFAULT;
    }
    ti->num_cpus = nr_cpu_ids;
    return 0;
}

long sysctl_numa(struct xen_sysctl *op)
{
    struct xen_sysctl_numainfo *ni = &op->u.numainfo;
    uint32_t all = port_nr_nodes(), nr = min(all, ni->num_nodes);
    bool want_mem = !guest_handle_is_null(ni->meminfo);
    bool want_distance = !guest_handle_is_null(ni->distance);

    for (uint32_t i = 0; i < nr && want_mem; i++) {
        struct xen_sysctl_meminfo mi = {
            .memsize = heap_total_count(i) << PAGE_SHIFT,
            .memfree = heap_free_count(i) << PAGE_SHIFT,
        };

        if (copy_to_guest(ni->meminfo, i, &mi, 1))
            return -EFAULT;
    }
    for (uint32_t i = 0; i < nr * nr && want_distance; i++) {
        uint32_t distance = port_node_distance(i / nr, i % nr);

        if (copy_to_guest(ni->distance, i, &distance, 1))
            return -EFAULT;
    }
    ni->num_nodes = all;
    return 0;
}

long sysctl_pci_topology(struct xen_sysctl *op)
{
    struct xen_sysctl_pcitopoinfo *ti = &op->u.pcitopoinfo;

    if (guest_handle_is_null(ti->devs) || guest_handle_is_null(ti->nodes))
        return -EINVAL;
    for (uint32_t i = 0; i < min(ti->num_devs, 4096U); i++) {
        uint32_t node = port_nr_nodes() > 1 ? XEN_INVALID_NODE_ID : 0;

        if (copy_to_guest(ti->nodes, i, &node, 1))
            return -EFAULT;
    }
    ti->num_devs = min(ti->num_devs, 4096U);
    return 0;
}
