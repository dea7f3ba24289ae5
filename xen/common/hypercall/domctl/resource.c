/* SPDX-License-Identifier: MIT */
/* What a domain may have: memory, and of its controller's interrupts and device memory. */
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/vnuma.h>
#include <asm/current.h>

#include "private.h"

long domctl_max_mem(struct domain *d, struct xen_domctl *op)
{
    spin_lock(&d->page_lock);
    WRITE_ONCE(d->max_pages,
               min_t(uint64_t, op->u.max_mem.max_memkb >> (PAGE_SHIFT - 10), UINT32_MAX));
    spin_unlock(&d->page_lock);
    return 0;
}

long domctl_irq_permission(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_irq_permission *p = &op->u.irq_permission;

    if (p->pirq >= d->nr_pirqs)
        return -EINVAL;
    if (!irq_access_permitted(current->domain, p->pirq))
        return -EPERM;
    return p->allow_access ? irq_permit_access(d, p->pirq) : irq_deny_access(d, p->pirq);
}

long domctl_iomem_permission(struct domain *d, struct xen_domctl *op)
{
    const struct xen_domctl_iomem_permission *p = &op->u.iomem_permission;
    uint64_t last = p->first_mfn + p->nr_mfns - 1;

    if (last < p->first_mfn)
        return -EINVAL;
    if (!iomem_access_permitted(current->domain, p->first_mfn, last))
        return -EPERM;
    return p->allow_access ? iomem_permit_access(d, p->first_mfn, last)
                           : iomem_deny_access(d, p->first_mfn, last);
}

long domctl_set_vnuma(struct domain *d, struct xen_domctl *op)
{
    return vnuma_set(d, &op->u.vnuma);
}
