/* SPDX-License-Identifier: MIT */
/*
 * A guest's UART: SBSA (PL011's registers less those for modem and line). The other end is a
 * console ring of the toolstack's, or, for a domain made at boot, the hypervisor's own console.
 */
#ifndef ASM_VPL011_H
#define ASM_VPL011_H

#include <public/xen.h>
#include <xen/types.h>

struct domain;
struct vpl011;

/*
 * @addr, @virq  where the guest sees it (GUEST_PL011_BASE, GUEST_VPL011_SPI; reserved in the vGIC).
 * @ring         gfn of the ring page and the backend domain, which gets *evtchn; NULL-like
 *               INVALID_GFN: the hypervisor's console.
 * Returns 0, -EEXIST, -EINVAL, -ENOMEM, ...
 */
int vpl011_init(struct domain *d, paddr_t addr, unsigned int virq, gfn_t ring, domid_t backend,
                uint32_t *evtchn);
/* The domain ends: let go of ring and backend, or of the console. Idempotent. */
void vpl011_disconnect(struct domain *d);
/* No reference to the domain is left. */
void vpl011_free(struct domain *d);

#endif
