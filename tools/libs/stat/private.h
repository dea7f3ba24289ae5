/* SPDX-License-Identifier: MIT */
#ifndef LIBXENSTAT_PRIVATE_H
#define LIBXENSTAT_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

#include "xenstat.h"

struct xenstat_vcpu {
    unsigned int online;
    unsigned long long ns;
};

struct net_counts {
    unsigned long long bytes, packets, errs, drop;
};

struct xenstat_network {
    unsigned int id;
    struct net_counts r, t;
};

struct xenstat_vbd {
    unsigned int type, dev;
    bool error;
    unsigned long long oo_reqs, rd_reqs, wr_reqs, rd_sects, wr_sects;
};
#define VBD_TYPE_BLKBACK 1

struct xenstat_domain {
    unsigned int id;
    char *name;
    uint32_t flags; /* XEN_DOMINF_* */
    unsigned long long cpu_ns, cur_mem, max_mem;
    unsigned int ssid;
    unsigned int nr_vcpus, nr_networks, nr_vbds;
    struct xenstat_vcpu *vcpus; /* all three owned */
    struct xenstat_network *networks;
    struct xenstat_vbd *vbds;
};

struct xenstat_node {
    char *version; /* NULL: not asked for */
    unsigned long long tot_mem, free_mem, cpu_hz;
    unsigned int nr_cpus, nr_domains;
    struct xenstat_domain *domains; /* owned, in order of their ids */
};

/* From text as in /proc/net/dev. Cards of domains that @node has not are left out. -1: no memory.
 */
int networks_read(struct xenstat_node *node, const char *proc_net_dev);
/* From a folder as /sys/bus/xen-backend/devices, which may be missing. -1: no memory. */
int vbds_read(struct xenstat_node *node, const char *dir);

/* One more element, zeroed, at the end of an array. NULL: no memory; the array is as it was. */
void *array_grow(void **array, unsigned int *nr, size_t size);

void domain_free(struct xenstat_domain *d);

#endif
