/* SPDX-License-Identifier: MIT */
/* Interrupts of the machine by GIC number, and those which are given to a guest. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <xen/domain.h>
#include <xen/irq.h>

/* Types are DT_IRQ_* of asm/dt.h: bits 0 and 1 edge, bits 2 and 3 level, 0 unknown. */

/* gic_info.nr_irqs; valid from gic_boot_init() on. */
extern unsigned int nr_irqs;

/* Before it is requested or routed: as the device tree says. 0, -EINVAL, -EBUSY (in use and not
 * of that type). */
int irq_set_type(unsigned int irq, unsigned int type);
bool irq_is_level(unsigned int irq);
/* irq_request() (xen/irq.h) enables an SPI at once, on CPU 0; a PPI on this CPU only: the others
 * call this. */
void irq_enable_local(unsigned int irq);
/* PPI @irq's handler calls gic_deactivate() itself, or leaves that to a guest. */
void irq_handler_deactivates(unsigned int irq);
/* Is the interrupt in the hypervisor's hands? */
bool irq_is_xens(unsigned int irq);

/*
 * SPI @irq comes to @d as its SPI @virq. The type is what irq_set_type() said, else what the guest
 * sets. 0, -EINVAL (no SPI), -EBUSY (has a user), -EEXIST (@virq is taken).
 */
int irq_route_to_guest(struct domain *d, unsigned int virq, unsigned int irq, const char *name);
/* Undo it: masked, and deactivated where the guest had it. 0, -EINVAL. */
int irq_release_guest(struct domain *d, unsigned int virq);

#endif
