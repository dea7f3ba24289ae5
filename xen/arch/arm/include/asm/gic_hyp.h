/* SPDX-License-Identifier: MIT */
/* The virtual CPU interface as the hypervisor programs it; one shape for GICv2 and GICv3. */
#ifndef ASM_GIC_HYP_H
#define ASM_GIC_HYP_H

#include <xen/types.h>

struct irq_desc;
struct vgic_cpu_state;

#define GIC_LR_PENDING 1U
#define GIC_LR_ACTIVE  2U

struct gic_lr {
    uint16_t virq;
    uint16_t pirq; /* where hw */
    uint8_t priority;
    uint8_t state;  /* GIC_LR_*; 0: empty */
    uint8_t source; /* GICv2 SGI: the sending CPU */
    bool hw;
    bool eoi; /* not hw: maintenance interrupt when it ends */
};

/* GICH_HCR and ICH_HCR_EL2 */
#define GIC_HCR_EN   (1U << 0)
#define GIC_HCR_UIE  (1U << 1)
/* GICv3: system registers of the interface trap, for a guest that is to have none. */
#define GIC_HCR_TRAP (7U << 10)

/* All of this CPU, interrupts off. */
struct gic_hyp_ops {
    void (*lr_write)(unsigned int lr, const struct gic_lr *v);
    void (*lr_read)(unsigned int lr, struct gic_lr *v);
    unsigned int (*lr_state)(unsigned int lr); /* GIC_LR_* */
    uint32_t (*lr_empty)(void);                /* bit per LR: empty, or no valid interrupt */
    void (*lr_clear)(unsigned int lr);
    void (*hcr_write)(uint32_t hcr);
    /* All but LRs; load switches the interface on, save off. */
    void (*save)(struct vgic_cpu_state *s);
    void (*load)(const struct vgic_cpu_state *s, uint32_t hcr);
    void (*reset)(struct vgic_cpu_state *s); /* of the state in memory */
    /* Is group 0 (GICv2) or 1 (GICv3) on, and the least priority let through (exclusive)? */
    bool (*lets_through)(uint8_t priority);
};
extern const struct gic_hyp_ops *gic_hyp;

/* The machine's side of a virtual interrupt: SPI or, of this CPU, PPI. Locks: takes RANK_IRQ. */
void gic_guest_enable(struct irq_desc *desc, bool on);
void gic_guest_configure(struct irq_desc *desc, bool edge);
void gic_guest_route(struct irq_desc *desc, unsigned int cpu);
void gic_deactivate(unsigned int irq);
void gic_set_active(unsigned int irq, bool active);
unsigned int irq_desc_number(const struct irq_desc *desc);
struct irq_desc *irq_to_desc(unsigned int irq);

#endif
