/* SPDX-License-Identifier: MIT */
/* Guest frames and machine frames. */
#ifndef XEN_PORT_P2M_H
#define XEN_PORT_P2M_H

#include <xen/domain.h>

/* @d's own page behind @gfn with a general reference, or NULL; for PV gfn is mfn. Never one that it
 * has mapped from another domain. */
struct page_info *port_get_page_from_gfn(struct domain *d, gfn_t gfn);
/* Domains with a p2m of the hypervisor's (not PV). */
bool port_translated(const struct domain *d);
/* Translated: put 1 << order frames at @gfn. PV: sets the machine-to-physical entries. */
int __must_check port_physmap_add(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order);
void port_physmap_remove(struct domain *d, gfn_t gfn, mfn_t mfn, unsigned int order);
/* XENMEM_remove_from_physmap: whatever is at @gfn but a grant, another domain's page too. 0,
 * -ENOENT (nothing there), -ENOMEM. */
int port_physmap_clear(struct domain *d, gfn_t gfn);
/* Translated: map a frame that belongs to another domain, or is shared by it, at @gfn of @d, which
 * has the right to it. Takes a reference of its own. 0 or an error. */
int port_physmap_add_foreign(struct domain *d, gfn_t gfn, mfn_t mfn);
/* Are guest frames machine frames, for devices without an IOMMU? The domain then keeps pages that
 * it gives up: nobody could give it the same ones back. */
bool port_direct_mapped(const struct domain *d);
/* Machine to guest-physical as the guest sees it; SHARED_M2P and INVALID as in the ABI. */
void port_m2p_set(mfn_t mfn, uint64_t pfn);
uint64_t port_m2p_get(mfn_t mfn);
#define INVALID_M2P_ENTRY (~0UL)
/* Highest gfn in use: XENMEM_maximum_gpfn. */
int64_t port_maximum_gpfn(struct domain *d);
/* XENMEM_add_to_physmap, one page: spaces of the ABI. 0 or an error. */
int port_add_to_physmap(struct domain *d, unsigned int space, uint64_t idx, gfn_t gfn,
                        domid_t foreign);
/* Arch subcommands of memory_op. -ENOSYS where unknown. */
long port_memory_op(unsigned long cmd, void *arg);

#endif
