/* SPDX-License-Identifier: MIT */
/* What a GIC driver supplies, and the descriptors of interrupts. */
#ifndef GIC_PRIVATE_H
#define GIC_PRIVATE_H

#include <asm/dt.h>
#include <asm/gic.h>
#include <asm/gic_hyp.h>
#include <xen/spinlock.h>

enum irq_owner { IRQ_FREE, IRQ_XEN, IRQ_GUEST };

struct irq_desc {
    spinlock_t lock;     /* RANK_IRQ: all below */
    uint16_t irq;        /* [c] */
    uint8_t owner;       /* enum irq_owner */
    uint8_t type;        /* DT_IRQ_*, 0 unknown */
    bool type_set;       /* by the device tree: the guest's configuration does not change it */
    bool enabled;        /* SPIs */
    bool own_deactivate; /* PPIs: irq_handler_deactivates() */
    uint16_t cpu;        /* SPIs: where they go */
    uint16_t virq;       /* IRQ_GUEST */
    void (*fn)(int irq, void *dev);
    void *dev;
    struct domain *d; /* IRQ_GUEST; routes end before the domain does */
    const char *name;
    uint64_t count;
};

extern struct irq_desc *irq_descs;
/* Interrupts that no softirq and no guest has, acknowledged as @irq: run or pass on. */
void irq_dispatch(unsigned int irq);
void irq_boot_init(void);

/* A driver of the controller. Registers of one CPU: those of the caller's, interrupts off. */
struct gic_ops {
    void (*cpu_init)(void);
    /* The next interrupt (>= GIC_MAX_IRQS: none) as the CPU interface tells it, with source bits.
     */
    uint32_t (*ack)(void);
    void (*drop)(uint32_t ack); /* running priority */
    void (*deactivate)(uint32_t irq);
    void (*enable)(unsigned int irq);
    void (*disable)(unsigned int irq); /* done when it returns */
    void (*set_active)(unsigned int irq, bool active);
    void (*set_edge)(unsigned int irq, bool edge);
    void (*route)(unsigned int irq, unsigned int cpu); /* SPIs */
    void (*send_sgi)(const cpumask_t *mask, unsigned int sgi);
    struct gic_hyp_ops hyp;
};
extern const struct gic_ops *gic_ops;

/* Each finds its registers by the node, fills gic_info and the distributor's state, and gives its
 * ops. Panics where the hardware is not as told. */
const struct gic_ops *gicv2_boot_init(int node);
const struct gic_ops *gicv3_boot_init(int node);

#define GIC_PRIO_IRQ 0xa0
#define GIC_PRIO_IPI 0x90

/* Distributor registers that both versions have (IHI 0069H, 12.9), and GICR's SGI page too. */
#define GICD_CTLR       0x0000
#define GICD_TYPER      0x0004
#define GICD_IGROUPR    0x0080
#define GICD_ISENABLER  0x0100
#define GICD_ICENABLER  0x0180
#define GICD_ICPENDR    0x0280
#define GICD_ISACTIVER  0x0300
#define GICD_ICACTIVER  0x0380
#define GICD_IPRIORITYR 0x0400
#define GICD_ITARGETSR  0x0800
#define GICD_ICFGR      0x0c00
#define GICD_SGIR       0x0f00
#define GICD_IROUTER    0x6000

/* Fields of a word of two bits per interrupt. */
void gic_write_cfg(void *regs, unsigned int irq, bool edge);
/* Bring interrupts [first, first + nr) to rest: off, inactive, our priority; @group1 bits set. */
void gic_quiet(void *regs, unsigned int first, unsigned int nr, bool group1);

#endif
