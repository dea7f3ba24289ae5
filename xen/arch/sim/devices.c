/* SPDX-License-Identifier: MIT */
/* There are no devices: pirqs can be had by number and bound, but none ever comes. */
#include <xen/evtchn.h>
#include <xen/hypercall.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/serial.h>

#define NR_PIRQS 32

struct pirq_table {
    bool bound[NR_PIRQS];
};

int pirq_domain_init(struct domain *d)
{
    d->pirq = xzalloc(struct pirq_table);
    d->nr_pirqs = NR_PIRQS;
    return d->pirq ? 0 : -ENOMEM;
}

void pirq_domain_relinquish(struct domain *d)
{
}

void pirq_domain_destroy(struct domain *d)
{
    xfree(d->pirq);
    d->pirq = NULL;
}

int pirq_guest_bind(struct vcpu *v, unsigned int pirq, bool will_share, unsigned int port)
{
    struct pirq_table *t = v->domain->pirq;

    if (pirq >= NR_PIRQS || !irq_access_permitted(v->domain, pirq))
        return -EINVAL;
    if (t->bound[pirq])
        return -EEXIST;
    t->bound[pirq] = true;
    return 0;
}

void pirq_guest_unbind(struct domain *d, unsigned int pirq)
{
    BUG_ON(pirq >= NR_PIRQS || !d->pirq->bound[pirq]);
    d->pirq->bound[pirq] = false;
}

void pirq_set_affinity(struct domain *d, unsigned int pirq, const cpumask_t *mask)
{
}

void pirq_guest_eoi(struct domain *d, unsigned int pirq)
{
}

int irq_request(unsigned int irq, void (*fn)(int irq, void *dev), void *dev, const char *name)
{
    return -EINVAL;
}

void irq_release(unsigned int irq)
{
}

bool irq_access_permitted(const struct domain *d, unsigned int irq)
{
    return d->irq_caps && rangeset_contains(d->irq_caps, irq, irq);
}

int irq_permit_access(struct domain *d, unsigned int irq)
{
    return d->irq_caps ? rangeset_add(d->irq_caps, irq, irq) : -EINVAL;
}

int irq_deny_access(struct domain *d, unsigned int irq)
{
    return d->irq_caps ? rangeset_remove(d->irq_caps, irq, irq) : -EINVAL;
}

bool iomem_access_permitted(const struct domain *d, uint64_t first, uint64_t last)
{
    return d->iomem_caps && first <= last && rangeset_contains(d->iomem_caps, first, last);
}

int iomem_permit_access(struct domain *d, uint64_t first, uint64_t last)
{
    return d->iomem_caps ? rangeset_add(d->iomem_caps, first, last) : -EINVAL;
}

int iomem_deny_access(struct domain *d, uint64_t first, uint64_t last)
{
    return d->iomem_caps ? rangeset_remove(d->iomem_caps, first, last) : -EINVAL;
}

long do_platform_op(void *u_op)
{
    return -ENOSYS;
}

long do_physdev_op(int cmd, void *arg)
{
    return -ENOSYS;
}

void vga_hand_over(void)
{
}
