/* SPDX-License-Identifier: MIT */
/* Interrupts: descriptors of the machine's, and pirqs, a domain's view of them. */
#ifndef XEN_IRQ_H
#define XEN_IRQ_H

#include <xen/domain.h>

struct irq_desc;
struct rangeset;

/* Hypervisor's own handler; fn runs with interrupts off. 0, -EBUSY, -EINVAL. */
int irq_request(unsigned int irq, void (*fn)(int irq, void *dev), void *dev, const char *name);
void irq_release(unsigned int irq);

/* Pirqs of a domain: created with it, gone with it. */
int pirq_domain_init(struct domain *d);
/* Part of its destruction, before its pages are given back: unmap all, drop the page of EOI bits.
 */
void pirq_domain_relinquish(struct domain *d);
void pirq_domain_destroy(struct domain *d);
/* EVTCHNOP_unmask / PHYSDEVOP_eoi: the guest is done with it. */
void pirq_guest_eoi(struct domain *d, unsigned int pirq);

/*
 * Permissions ("caps") of domains: the sets change while other CPUs ask, so both go through these,
 * which take one lock for all domains' sets. NULL: an empty set that cannot grow.
 * Returns: caps_change() 0, -EINVAL, -ENOMEM.
 */
bool caps_have(const struct rangeset *r, uint64_t first, uint64_t last);
int caps_change(struct rangeset *r, uint64_t first, uint64_t last, bool add);
bool irq_access_permitted(const struct domain *d, unsigned int irq);
int irq_permit_access(struct domain *d, unsigned int irq);
int irq_deny_access(struct domain *d, unsigned int irq);
bool iomem_access_permitted(const struct domain *d, uint64_t first, uint64_t last);
int iomem_permit_access(struct domain *d, uint64_t first, uint64_t last);
int iomem_deny_access(struct domain *d, uint64_t first, uint64_t last);

#endif
