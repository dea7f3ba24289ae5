/* SPDX-License-Identifier: MIT */
/* Which memory is near to which CPU. */
#ifndef XEN_PORT_NUMA_H
#define XEN_PORT_NUMA_H

#include <xen/types.h>

/* Node of a frame of RAM, below MAX_NODES; 0 on flat machines. It may change once during boot, and
 * the port then calls heap_nodes_known(). */
unsigned int port_mfn_to_node(mfn_t mfn);
/* Nodes are 0 .. port_nr_nodes() - 1. */
unsigned int port_nr_nodes(void);
/* As ACPI's SLIT has it: 10 is local. */
unsigned int port_node_distance(unsigned int from, unsigned int to);

#endif
