/* SPDX-License-Identifier: MIT */
/*
 * The machine's interrupt controller: GICv2 (IHI 0048B) or GICv3 (IHI 0069H), found by its device
 * tree node. Interrupts 0-15 are SGIs (between CPUs), 16-31 PPIs (of one CPU), 32 and up SPIs.
 */
#ifndef ASM_GIC_H
#define ASM_GIC_H

#include <xen/cpumask.h>
#include <xen/types.h>

struct irq_desc;
struct cpu_user_regs;

#define GIC_FIRST_PPI  16
#define GIC_FIRST_SPI  32
#define GIC_MAX_IRQS   1020 /* interrupts end here */
#define GIC_FIRST_LPI  8192
#define GIC_SPURIOUS   1023
#define GIC_MAX_LRS    16
#define GIC_MAX_RDISTS 8

/* SGIs that we use between our CPUs. */
enum gic_sgi { GIC_SGI_EVENT_CHECK, GIC_SGI_CALL_FUNCTION, NR_GIC_SGIS };

struct gic_region {
    paddr_t base;
    uint64_t size;
};

/* What the device tree said; constant after gic_boot_init(). */
struct gic_info {
    unsigned int version; /* 2 or 3 */
    int node;             /* of the host's device tree (offset in the blob) */
    struct gic_region dist;
    struct gic_region cpu;  /* GICv2, and GICv3 with the GICv2 interface: size 0 where not */
    struct gic_region hyp;  /* GICv2: GICH */
    struct gic_region vcpu; /* GICv2: GICV, mapped for guests in place of their GICC */
    uint64_t vcpu_offset;   /* where in it a guest's 8 KiB begin */
    struct gic_region rdist[GIC_MAX_RDISTS]; /* GICv3 */
    unsigned int nr_rdists;
    uint64_t rdist_stride; /* bytes between two CPUs' redistributors, 0x20000 or 0x40000 */
    unsigned int maintenance_irq;
    unsigned int nr_irqs; /* SGIs, PPIs and SPIs: a multiple of 32, at most GIC_MAX_IRQS */
    unsigned int nr_lrs;
    /* A level that is high again when a guest's EOI deactivates its interrupt is not noticed until
     * something else happens (QEMU's GICv2): then timers are not linked to their PPI. */
    bool loses_levels;
};
extern struct gic_info gic_info;

/* Boot CPU: find it, map it, silence it. Heap and device mappings are there. Panics without one.
 * Ends with what gic_cpu_init() does. */
void gic_boot_init(void);
/* A CPU that comes up, interrupts off: its own part of the controller. */
void gic_cpu_init(void);

/* The IRQ vector, from a guest and from ourselves; interrupts off. Takes all that is pending. */
void gic_handle_irq(struct cpu_user_regs *regs);

void gic_send_sgi(const cpumask_t *mask, enum gic_sgi sgi);

#endif
