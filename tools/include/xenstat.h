/* SPDX-License-Identifier: MIT */
/*
 * Statistics of a host and its domains: xenstat_get_node() takes a picture, the other functions
 * read it. What they return lives as long as the picture. None of them fails for a picture's own
 * parts; asking for a part that it does not have gives NULL.
 */
#ifndef XENSTAT_H
#define XENSTAT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct xenstat_handle xenstat_handle;
typedef struct xenstat_domain xenstat_domain;
typedef struct xenstat_node xenstat_node;
typedef struct xenstat_vcpu xenstat_vcpu;
typedef struct xenstat_network xenstat_network;
typedef struct xenstat_vbd xenstat_vbd;

/* NULL on an error. */
xenstat_handle *xenstat_init(void);
void xenstat_uninit(xenstat_handle *handle);

/* What a picture shall hold beside the node and its domains. */
#define XENSTAT_VCPU        0x1
#define XENSTAT_NETWORK     0x2
#define XENSTAT_XEN_VERSION 0x4
#define XENSTAT_VBD         0x8
#define XENSTAT_ALL         (XENSTAT_VCPU | XENSTAT_NETWORK | XENSTAT_XEN_VERSION | XENSTAT_VBD)

xenstat_node *xenstat_get_node(xenstat_handle *handle, unsigned int flags);
void xenstat_free_node(xenstat_node *node);

/* The node. Memory in bytes, except where the name says otherwise. */
xenstat_domain *xenstat_node_domain(xenstat_node *node, unsigned int domid);
xenstat_domain *xenstat_node_domain_by_index(xenstat_node *node, unsigned index);
const char *xenstat_node_xen_version(xenstat_node *node);
unsigned long long xenstat_node_tot_mem(xenstat_node *node);
unsigned long long xenstat_node_free_mem(xenstat_node *node);
long xenstat_node_freeable_mb(xenstat_node *node);
unsigned int xenstat_node_num_domains(xenstat_node *node);
unsigned int xenstat_node_num_cpus(xenstat_node *node);
unsigned long long xenstat_node_cpu_hz(xenstat_node *node);

/* A domain. */
unsigned xenstat_domain_id(xenstat_domain *domain);
char *xenstat_domain_name(xenstat_domain *domain);
unsigned long long xenstat_domain_cpu_ns(xenstat_domain *domain);
unsigned int xenstat_domain_num_vcpus(xenstat_domain *domain);
xenstat_vcpu *xenstat_domain_vcpu(xenstat_domain *domain, unsigned int vcpu);
unsigned long long xenstat_domain_cur_mem(xenstat_domain *domain);
/* All ones: there is no limit. */
unsigned long long xenstat_domain_max_mem(xenstat_domain *domain);
unsigned int xenstat_domain_ssid(xenstat_domain *domain);
unsigned int xenstat_domain_dying(xenstat_domain *domain);
unsigned int xenstat_domain_crashed(xenstat_domain *domain);
unsigned int xenstat_domain_shutdown(xenstat_domain *domain);
unsigned int xenstat_domain_paused(xenstat_domain *domain);
unsigned int xenstat_domain_blocked(xenstat_domain *domain);
unsigned int xenstat_domain_running(xenstat_domain *domain);
unsigned int xenstat_domain_num_networks(xenstat_domain *domain);
xenstat_network *xenstat_domain_network(xenstat_domain *domain, unsigned int network);
unsigned int xenstat_domain_num_vbds(xenstat_domain *domain);
xenstat_vbd *xenstat_domain_vbd(xenstat_domain *domain, unsigned int vbd);

/* A vCPU. */
unsigned int xenstat_vcpu_online(xenstat_vcpu *vcpu);
unsigned long long xenstat_vcpu_ns(xenstat_vcpu *vcpu);

/* A network card, as the guest sees it: it receives r, it transmits t. */
unsigned int xenstat_network_id(xenstat_network *network);
unsigned long long xenstat_network_rbytes(xenstat_network *network);
unsigned long long xenstat_network_rpackets(xenstat_network *network);
unsigned long long xenstat_network_rerrs(xenstat_network *network);
unsigned long long xenstat_network_rdrop(xenstat_network *network);
unsigned long long xenstat_network_tbytes(xenstat_network *network);
unsigned long long xenstat_network_tpackets(xenstat_network *network);
unsigned long long xenstat_network_terrs(xenstat_network *network);
unsigned long long xenstat_network_tdrop(xenstat_network *network);

/* A disk. Type 1: its backend is the kernel's. Requests; those found no room in the ring: oo. */
unsigned int xenstat_vbd_type(xenstat_vbd *vbd);
unsigned int xenstat_vbd_dev(xenstat_vbd *vbd);
unsigned long long xenstat_vbd_oo_reqs(xenstat_vbd *vbd);
unsigned long long xenstat_vbd_rd_reqs(xenstat_vbd *vbd);
unsigned long long xenstat_vbd_wr_reqs(xenstat_vbd *vbd);
unsigned long long xenstat_vbd_rd_sects(xenstat_vbd *vbd);
unsigned long long xenstat_vbd_wr_sects(xenstat_vbd *vbd);
bool xenstat_vbd_error(xenstat_vbd *vbd);

#ifdef __cplusplus
}
#endif

#endif
