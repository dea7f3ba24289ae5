/* SPDX-License-Identifier: MIT */
/* Guests have interrupts by their virtual GIC; there are no pirqs, and no physdev_op for them. */
#include <asm/gic.h>
#include <xen/evtchn.h>
#include <xen/hypercall.h>
#include <xen/irq.h>
#include <xen/kernel.h>

int pirq_domain_init(struct domain *d)
{
    d->nr_pirqs = gic_info.nr_irqs; /* what XEN_DOMCTL_irq_permission may name: the machine's */
    return 0;
}

void pirq_domain_relinquish(struct domain *d)
{
}

void pirq_domain_destroy(struct domain *d)
{
}

int pirq_guest_bind(struct vcpu *v, unsigned int pirq, bool will_share, unsigned int port)
{
    return -ENOSYS;
}

void pirq_guest_unbind(struct domain *d, unsigned int pirq)
{
}

void pirq_set_affinity(struct domain *d, unsigned int pirq, const cpumask_t *mask)
{
}

void pirq_guest_eoi(struct domain *d, unsigned int pirq)
{
}

long do_physdev_op(int cmd, void *arg)
{
    return -ENOSYS;
}
