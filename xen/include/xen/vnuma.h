/* SPDX-License-Identifier: MIT */
/*
 * Virtual NUMA: which memory and which vCPUs each node of a guest has, how far they are from one
 * another, and which nodes of the machine they are on. The toolstack says it
 * (XEN_DOMCTL_setvnumainfo), the guest's firmware or kernel asks (XENMEM_get_vnumainfo).
 */
#ifndef XEN_VNUMA_H
#define XEN_VNUMA_H

#include <public/domctl.h>
#include <xen/domain.h>

/* In place of what @d had. RANK_DOMCTL is held. 0, -EINVAL, -EFAULT, -ENOMEM. */
int vnuma_set(struct domain *d, const struct xen_domctl_vnuma *from);
/* Whom @arg names may be asked about; -EOPNOTSUPP: it has none; -ENOBUFS: @arg has the numbers. */
long vnuma_get(void *arg);
/* The machine's node of the caller's node, or NUMA_NO_NODE. */
unsigned int vnuma_node_of(const struct domain *d, unsigned int vnode);
/* Of a domain that ends, which nobody looks at any more. */
void vnuma_free(struct domain *d);

#endif
