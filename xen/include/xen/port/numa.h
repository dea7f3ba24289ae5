/* SPDX-License-Identifier: MIT */
/* Which memory is near to which CPU. */
#ifndef XEN_PORT_NUMA_H
#define XEN_PORT_NUMA_H

#include <xen/types.h>

/* Node of a frame of RAM, below MAX_NODES. Constant once the heap is up; 0 on flat machines. */
unsigned int port_mfn_to_node(mfn_t mfn);
/* Nodes are 0 .. port_nr_nodes() - 1. */
unsigned int port_nr_nodes(void);

#endif
