/* SPDX-License-Identifier: MIT */
/* The parts of building a guest's memory. */
#ifndef LIBXL_DOMAIN_BUILD_H
#define LIBXL_DOMAIN_BUILD_H

#define XC_WANT_COMPAT_MAP_FOREIGN_API
#include "domain/domain.h"

#include <sys/mman.h>
#include <time.h>

#include <xenguest.h> /* needs what the others bring */

/* HVM: hvmloader as the kernel, SeaBIOS or OVMF as its module, tables of the administrator's. */
int hvm_load_firmware(struct scope *sc, struct xc_dom_image *dom, const libxl_domain_build_info *b);
/* HVM and PVH, before memory is allocated: parameters, where memory and tables shall be. */
int hvm_layout(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
               struct xc_dom_image *dom);
/* HVM and PVH, at the end: the ports of the rings, what firmware wants to know. */
int hvm_built(struct scope *sc, uint32_t domid, const libxl_domain_config *config,
              const struct xc_dom_image *dom);

struct e820entry;

/* PV guests with e820_host: the map of a guest with @ram bytes on a host with the map @host, in
 * rising order. Returns how many entries it has: at most @nr_host + 3. */
unsigned int host_map_layout(const struct e820entry *host, unsigned int nr_host, uint64_t ram,
                             struct e820entry *out, unsigned int room);
int host_map_set(struct scope *sc, uint32_t domid, uint64_t ram_kb);

/* Memory reserved for devices, in rising order; HVM guests. */
#define RDM_MAX 64
struct rdm_list {
    unsigned int nr;
    struct rdm_range {
        uint64_t start, end; /* bytes */
        bool strict;         /* that it is in the way of RAM is an error */
    } range[RDM_MAX];
};
int rdm_collect(struct scope *sc, const libxl_domain_config *c, struct rdm_list *list);
/*
 * Takes RAM of the layout in @dom out of the way: what is in that of a range at @boundary or above
 * goes above 4 GiB. Ranges below, and what is not strict, go out of the list. ERROR_FAIL with a
 * message if a strict one is in the way.
 */
int rdm_resolve(struct scope *sc, struct rdm_list *list, uint64_t boundary,
                struct xc_dom_image *dom);

/* Virtual NUMA of a guest that is to come: 0 or ERROR_VNUMA_CONFIG_INVALID. */
int vnuma_check(struct scope *sc, const libxl_domain_build_info *b, unsigned int host_nodes);
/* Where the nodes' memory is, when it is known where memory is. In scope memory. */
void vnuma_place(struct scope *sc, const libxl_domain_build_info *b, struct xc_dom_image *dom);
/* To the hypervisor, what has been placed. */
int vnuma_tell(struct scope *sc, uint32_t domid, const libxl_domain_build_info *b,
               const struct xc_dom_image *dom);
unsigned int vnuma_node_of_vcpu(const libxl_domain_build_info *b, int vcpu);
bool vnuma_is_used(struct scope *sc, uint32_t domid);

/* ACPI tables of a PVH guest, to be put at ACPI_BASE: the RSDP is at their beginning. */
#define ACPI_BASE 0xfc000000u
/* @dom: for the memory of virtual NUMA nodes. *@out is scope memory. Fails for more vCPUs than have
 * an 8-bit local APIC id. */
int acpi_build(struct scope *sc, const libxl_domain_build_info *b, const struct xc_dom_image *dom,
               uint8_t **out, uint32_t *len);

#endif
