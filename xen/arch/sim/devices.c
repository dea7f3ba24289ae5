/* SPDX-License-Identifier: MIT */
/* There are no devices: pirqs can be had by number and bound, but none ever comes. */
#include <xen/evtchn.h>
#include <xen/hypercall.h>
#include <xen/irq.h>
#include <xen/kernel.h>
#include <xen/mm.h>
#include <xen/port/platform.h>
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

long port_platform_op(struct xen_platform_op *op, bool *copyback)
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
