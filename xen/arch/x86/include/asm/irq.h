/* SPDX-License-Identifier: MIT */
/*
 * Interrupts of the machine by number: those below nr_gsis are the GSIs of ACPI, the others are
 * given to MSIs as they are mapped.
 */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <xen/domain.h>

extern unsigned int nr_irqs; /* of both kinds */
extern unsigned int nr_gsis;

/*
 * Fix trigger and polarity of a GSI that no one uses yet.
 * 0, -EINVAL (no such pin), -EEXIST (it is set so already), -EBUSY (in use otherwise).
 */
int gsi_setup(unsigned int gsi, bool level, bool low);
/* The vector of a GSI, given one where it had none. -EINVAL, -ENOSPC. */
int gsi_vector(unsigned int gsi);
/* Registers of the I/O APIC at physical @base. 0, -EINVAL: none there. */
int ioapic_guest_read(paddr_t base, uint32_t reg, uint32_t *value);
/* The lower half of a route sets trigger and polarity; all else is the hypervisor's. */
int ioapic_guest_write(paddr_t base, uint32_t reg, uint32_t value);

/* Is the interrupt in hypervisor's hands? */
bool irq_is_xens(unsigned int irq);

/*
 * Map GSI @gsi as @pirq of @d; < 0: as the one it has already, or a free one.
 * The pirq; -EINVAL, -EEXIST (either is taken), -ENOSPC.
 */
int pirq_map_gsi(struct domain *d, unsigned int gsi, int pirq);
struct msi_request {
    uint16_t seg;
    uint8_t bus, devfn;
    bool msix;
    unsigned int nr;     /* MSI: vectors; 1 with MSI-X */
    unsigned int entry;  /* MSI-X */
    uint64_t table_base; /* MSI-X: physical address of the BAR with the table */
};
/* The same for one MSI-X entry or for all vectors of an MSI: the first pirq. -ENODEV ... */
int pirq_map_msi(struct domain *d, const struct msi_request *req, int pirq);
/* Undo either; unbinds. MSI: all of its vectors, @pirq being the first. 0, -EINVAL, -ESRCH. */
int pirq_unmap(struct domain *d, int pirq);
/* A free one, kept for a later pirq_map_*(). -ENOSPC. */
int pirq_reserve(struct domain *d, bool for_gsi);
/* XENIRQSTAT_*, or -EINVAL. */
int pirq_status(struct domain *d, unsigned int pirq);
/* The interrupt behind @pirq; -1: none. */
int pirq_to_irq(const struct domain *d, unsigned int pirq);
/*
 * PHYSDEVOP_pirq_eoi_gmfn: from now on a bit per pirq in guest page @gmfn says whether it wants
 * EOI. @unmask  v1: PHYSDEVOP_eoi also unmasks the port. 0, -EINVAL, -EBUSY (has one).
 */
int pirq_set_eoi_page(struct domain *d, gfn_t gmfn, bool unmask);
/* PHYSDEVOP_eoi. 0, -EINVAL. */
int pirq_eoi_op(struct domain *d, unsigned int pirq);

#endif
