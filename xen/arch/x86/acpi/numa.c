/* SPDX-License-Identifier: MIT */
/* Nodes of memory and CPUs, by what ACPI's SRAT and SLIT say. ACPI 6.4, 5.2.16 and 5.2.17. */
#include <xen/init.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/port/numa.h>
#include <asm/acpi.h>
#include <asm/e820.h>

_Static_assert(ACPI_MAX_NODES <= MAX_NODES, "the heap has a place for each node");

static unsigned int nr_nodes __ro_after_init = 1;

static bool opt_numa __initdata = true;
PARAM_BOOL("numa", opt_numa);

unsigned int port_nr_nodes(void)
{
    return nr_nodes;
}

/* What no entry covers is node 0's. */
unsigned int port_mfn_to_node(mfn_t mfn)
{
    paddr_t addr = mfn_to_maddr(mfn);

    if (nr_nodes == 1)
        return 0;
    for (unsigned int i = 0; i < acpi_info.nr_mem_aff; i++) {
        const struct acpi_mem_affinity *m = &acpi_info.mem_aff[i];

        if (addr - m->base < m->len)
            return m->node;
    }
    return 0;
}

unsigned int port_node_distance(unsigned int from, unsigned int to)
{
    return acpi_info.node_distance[from][to];
}

/* Node @node's share of the machine's RAM, bytes. */
static uint64_t __init ram_of(unsigned int node)
{
    uint64_t bytes = 0;

    for (unsigned int i = 0; i < acpi_info.nr_mem_aff; i++) {
        const struct acpi_mem_affinity *m = &acpi_info.mem_aff[i];

        for (unsigned int j = 0; j < e820.nr && m->node == node; j++) {
            const struct e820_entry *e = &e820.map[j];
            uint64_t from = max(e->addr, m->base), to = min(e->addr + e->size, m->base + m->len);

            if (e->type == E820_RAM && from < to)
                bytes += to - from;
        }
    }
    return bytes;
}

void __init numa_boot_init(void)
{
    uint64_t bytes = 0;

    for (unsigned int i = 0; i < acpi_info.nr_nodes; i++)
        bytes += ram_of(i);
    if (!opt_numa || acpi_info.nr_nodes < 2)
        return;
    /* A table that leaves out more than a hole or two does not describe this machine. */
    if (bytes < e820_ram_bytes(&e820) - MB(64)) {
        printk(XENLOG_WARNING "NUMA: SRAT covers %lu MiB only, not used\n", bytes >> 20);
        return;
    }
    nr_nodes = acpi_info.nr_nodes;
    heap_nodes_known();
    for (unsigned int i = 0; i < nr_nodes; i++)
        printk("NUMA: node %u has %lu MiB\n", i, ram_of(i) >> 20);
}
