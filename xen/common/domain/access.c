/* SPDX-License-Identifier: MIT */
/* Which interrupts, frames of devices and other resources a domain may use. */
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/lib/rangeset.h>

static rwlock_t caps_lock = RW_LOCK_INIT(RANK_NONE); /* caps of all domains */

bool caps_have(const struct rangeset *r, uint64_t first, uint64_t last)
{
    bool ok;

    if (!r || first > last)
        return false;
    read_lock(&caps_lock);
    ok = rangeset_contains(r, first, last);
    read_unlock(&caps_lock);
    return ok;
}

int caps_change(struct rangeset *r, uint64_t first, uint64_t last, bool add)
{
    int rc;

    if (!r)
        return -EINVAL;
    write_lock(&caps_lock);
    rc = add ? rangeset_add(r, first, last) : rangeset_remove(r, first, last);
    write_unlock(&caps_lock);
    return rc;
}

bool irq_access_permitted(const struct domain *d, unsigned int irq)
{
    return caps_have(d->irq_caps, irq, irq);
}

int irq_permit_access(struct domain *d, unsigned int irq)
{
    return caps_change(d->irq_caps, irq, irq, true);
}

int irq_deny_access(struct domain *d, unsigned int irq)
{
    return caps_change(d->irq_caps, irq, irq, false);
}

bool iomem_access_permitted(const struct domain *d, uint64_t first, uint64_t last)
{
    return caps_have(d->iomem_caps, first, last);
}

int iomem_permit_access(struct domain *d, uint64_t first, uint64_t last)
{
    return caps_change(d->iomem_caps, first, last, true);
}

int iomem_deny_access(struct domain *d, uint64_t first, uint64_t last)
{
    return caps_change(d->iomem_caps, first, last, false);
}
